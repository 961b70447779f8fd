package journey_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"
)

// letter is a message as a mail program would show it.
type letter struct {
	to, from, replyTo, subject string
	header                     mail.Header
	parts                      map[string][]byte // decoded, by media type; the first of each
}

// readLetter parses the bytes of a message, or fails the test where it is not sound.
func readLetter(t testing.TB, raw []byte) *letter {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("letter: %v\n%.500s", err, raw)
	}
	l := &letter{header: m.Header, parts: map[string][]byte{}}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 {
		t.Fatalf("letter: one recipient expected: %v %v", to, err)
	}
	l.to = to[0].Address
	l.from, l.replyTo = m.Header.Get("From"), m.Header.Get("Reply-To")
	if l.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatalf("letter: subject: %v", err)
	}
	if err := l.read(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body); err != nil {
		t.Fatalf("letter: %v", err)
	}
	return l
}

func (l *letter) read(contentType, encoding string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(kind, "multipart/") {
		switch strings.ToLower(encoding) {
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, body)
		case "quoted-printable":
			body = quotedprintable.NewReader(body)
		}
		content, err := io.ReadAll(body)
		if _, taken := l.parts[kind]; !taken {
			l.parts[kind] = content
		}
		return err
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := l.read(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
			return err
		}
	}
}

// links lists the web addresses in the plain text and in the HTML.
func (l *letter) links() []string {
	pattern := regexp.MustCompile(`https?://[^\s"'<>)]+`)
	seen := map[string]bool{}
	var out []string
	for _, kind := range []string{"text/plain", "text/html"} {
		for _, u := range pattern.FindAllString(string(l.parts[kind]), -1) {
			if u = strings.TrimRight(u, ".,;"); !seen[u] {
				seen[u] = true
				out = append(out, u)
			}
		}
	}
	return out
}

// link is the first address in the letter that holds one of the words.
func (l *letter) link(t testing.TB, words ...string) string {
	t.Helper()
	for _, u := range l.links() {
		for _, w := range words {
			if strings.Contains(u, w) {
				return u
			}
		}
	}
	t.Fatalf("no link with %q in the letter: %v\n%s", words, l.links(), l.parts["text/plain"])
	return ""
}
