package mail_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

// parsed is a message as the standard library reads it.
type parsed struct {
	header     netmail.Header
	structure  string
	text, html string
	calendar   []byte
	method     string
	attachment []byte
	filename   string
}

func parse(t testing.TB, raw []byte) parsed {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	p := parsed{header: m.Header}
	p.structure = p.walk(t, m.Header.Get, m.Body)
	return p
}

func (p *parsed) walk(t testing.TB, header func(string) string, body io.Reader) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		var inside []string
		r := multipart.NewReader(body, params["boundary"])
		for {
			part, err := r.NextRawPart()
			if errors.Is(err, io.EOF) {
				return kind + "(" + strings.Join(inside, ", ") + ")"
			}
			if err != nil {
				t.Fatal(err)
			}
			inside = append(inside, p.walk(t, part.Header.Get, part))
		}
	}
	switch header("Content-Transfer-Encoding") {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	default:
		t.Fatalf("encoding %q", header("Content-Transfer-Encoding"))
	}
	content, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	switch kind {
	case "text/plain":
		p.text = string(content)
	case "text/html":
		p.html = string(content)
	case "text/calendar":
		p.calendar, p.method = content, params["method"]
	case "application/ics":
		p.attachment = content
		_, disposition, _ := mime.ParseMediaType(header("Content-Disposition"))
		p.filename = disposition["filename"]
	}
	return kind
}

func decoded(t testing.TB, s string) string {
	t.Helper()
	out, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func compose(t testing.TB, c *mail.Composer, f domain.LetterFacts) []byte {
	t.Helper()
	raw, err := c.Compose(f)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
