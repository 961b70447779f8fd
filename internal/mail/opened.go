package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"slices"
	"strings"
)

// HeaderField is a field of a message as a reader sees it, its words decoded.
type HeaderField struct{ Name, Value string }

// Part is a part of a message beside its texts.
type Part struct {
	Name string // "inbjudan.ics", or "" where the part has none
	Type string // "text/calendar"
	Data []byte
}

// Opened is a letter taken out of the spool.
type Opened struct {
	Kept
	Header []HeaderField // by name
	Text   string        // lines end in \n
	HTML   string        // a whole document, not to be put into a page but to be framed
	Parts  []Part        // calendar and attachments, in order
	Raw    []byte
}

// ErrNoLetter is the answer where the spool has no such letter.
var ErrNoLetter = errors.New("mail: no such letter")

// Read is the letter with the id, parsed; ErrNoLetter where there is none, whatever the id is.
func (s *Spool) Read(id string) (Opened, error) {
	if !spoolName.MatchString(id) {
		return Opened{}, ErrNoLetter
	}
	info, err := os.Lstat(s.path(id))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return Opened{}, ErrNoLetter
	}
	if err != nil {
		return Opened{}, fmt.Errorf("mail: spool: %w", err)
	}
	raw, err := os.ReadFile(s.path(id))
	if err != nil {
		return Opened{}, fmt.Errorf("mail: spool: %w", err)
	}
	return open(id, raw)
}

func open(id string, raw []byte) (Opened, error) {
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Opened{}, fmt.Errorf("mail: spool: %w", err)
	}
	o := Opened{Kept: keptOf(id, m.Header), Raw: raw}
	for name, values := range m.Header {
		for _, v := range values {
			o.Header = append(o.Header, HeaderField{name, decodeHeader(v)})
		}
	}
	slices.SortStableFunc(o.Header, func(a, b HeaderField) int { return strings.Compare(a.Name, b.Name) })
	if err := o.walk(m.Header.Get, m.Body, 0); err != nil {
		return Opened{}, fmt.Errorf("mail: spool: %w", err)
	}
	return o, nil
}

// walk sorts the parts below one header.
func (o *Opened) walk(header func(string) string, body io.Reader, depth int) error {
	kind, params, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		kind, params = "text/plain", nil
	}
	const deepest = 5
	if strings.HasPrefix(kind, "multipart/") && depth < deepest {
		return o.walkParts(multipart.NewReader(body, params["boundary"]), depth+1)
	}
	data, err := io.ReadAll(plain(header("Content-Transfer-Encoding"), body))
	if err != nil {
		return err
	}
	_, disposition, _ := mime.ParseMediaType(header("Content-Disposition"))
	switch {
	case kind == "text/plain" && o.Text == "":
		o.Text = strings.ReplaceAll(string(data), "\r\n", "\n")
	case kind == "text/html" && o.HTML == "":
		o.HTML = string(data)
	default:
		o.Parts = append(o.Parts, Part{Name: disposition["filename"], Type: kind, Data: data})
	}
	return nil
}

func (o *Opened) walkParts(r *multipart.Reader, depth int) error {
	for {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := o.walk(part.Header.Get, part, depth); err != nil {
			return err
		}
	}
}

// plain undoes the transfer encoding.
func plain(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}
