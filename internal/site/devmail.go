package site

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"strconv"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/view"
)

// Mailbox is the letters that were kept on the developer's own machine instead of being sent.
type Mailbox interface {
	Letters() ([]string, error)       // ids, newest first
	Letter(id string) ([]byte, error) // as it would have been sent; domain.ErrNotFound for an unknown id
}

// letter is a kept letter taken apart.
type letter struct {
	ID      string
	From    string
	To      string
	Subject string
	Date    string
	Headers []headerLine
	Text    []stretch
	Parts   []letterPart
	HTML    bool
}

type headerLine struct{ Name, Value string }

// stretch is a part of the text that leads to one of our own pages, or nowhere.
type stretch struct{ Words, URL string }

type letterPart struct {
	Number      int
	ContentType string
	Filename    string
	Size        int
	body        []byte
}

// mostLetters is how many kept letters the list shows.
const mostLetters = 200

type mailIndexPage struct{ Letters []letter }

func (s *Site) mailIndex(c *gin.Context) error {
	ids, err := s.mailbox.Letters()
	if err != nil {
		return fmt.Errorf("site: letters: %w", err)
	}
	body := mailIndexPage{}
	for _, id := range ids[:min(len(ids), mostLetters)] {
		l, err := s.readLetter(id)
		if err != nil {
			return err
		}
		body.Letters = append(body.Letters, l)
	}
	return s.write(c, http.StatusOK, page{
		template: "public/dev_mail",
		Page:     view.Page{Title: s.printer(domain.Swedish).T("devmail.title"), NoIndex: true, Body: body},
	})
}

func (s *Site) mailShow(c *gin.Context) error {
	l, err := s.readLetter(c.Param("id"))
	if err != nil {
		return err
	}
	return s.write(c, http.StatusOK, page{
		template: "public/dev_letter", Page: view.Page{Title: l.Subject, NoIndex: true, Body: l},
	})
}

// mailBody is the HTML of a letter, shown in a frame without rights: as in a mail program, nothing
// in it runs and nothing is fetched. Its links open in the whole window.
func (s *Site) mailBody(c *gin.Context) error {
	l, err := s.readLetter(c.Param("id"))
	if err != nil {
		return err
	}
	part, ok := l.part("text/html")
	if !ok {
		return domain.NotFound("")
	}
	const rights = "allow-top-navigation-by-user-activation"
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox "+rights)
	c.Header("Cache-Control", "no-store")
	body := bytes.Replace(part.body, []byte("<head>"), []byte(`<head><base target="_top">`), 1)
	c.Data(http.StatusOK, "text/html; charset=utf-8", body)
	return nil
}

// mailPart is one part of a letter, to be saved; part 0 is the whole letter.
func (s *Site) mailPart(c *gin.Context) error {
	id := c.Param("id")
	number, err := strconv.Atoi(c.Param("part"))
	if err != nil {
		return domain.NotFound("")
	}
	c.Header("Cache-Control", "no-store")
	if number == 0 {
		raw, err := s.mailbox.Letter(id)
		if err != nil {
			return err
		}
		c.Header("Content-Disposition", `attachment; filename="letter.eml"`)
		c.Data(http.StatusOK, "message/rfc822", raw)
		return nil
	}
	l, err := s.readLetter(id)
	if err != nil {
		return err
	}
	for _, p := range l.Parts {
		if p.Number == number {
			c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": p.Filename}))
			c.Data(http.StatusOK, documentType(p.ContentType), p.body)
			return nil
		}
	}
	return domain.NotFound("")
}

func (s *Site) readLetter(id string) (letter, error) {
	raw, err := s.mailbox.Letter(id)
	if err != nil {
		return letter{}, err
	}
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return letter{}, fmt.Errorf("site: letter: %w", err)
	}
	l := letter{
		ID: id, From: decoded(message.Header.Get("From")), To: decoded(message.Header.Get("To")),
		Subject: decoded(message.Header.Get("Subject")), Date: message.Header.Get("Date"),
		Headers: headerLines(raw),
	}
	if err := l.take(message.Header.Get("Content-Type"), message.Header.Get("Content-Transfer-Encoding"), "", message.Body); err != nil {
		return letter{}, fmt.Errorf("site: letter: %w", err)
	}
	if text, ok := l.part("text/plain"); ok {
		l.Text = stretches(string(text.body), s.base+"/")
	}
	_, l.HTML = l.part("text/html")
	return l, nil
}

// stretches parts the text at the addresses that begin with base.
func stretches(text, base string) []stretch {
	var out []stretch
	for {
		before, rest, found := strings.Cut(text, base)
		out = append(out, stretch{Words: before})
		if !found {
			return out
		}
		end := strings.IndexFunc(rest, unicode.IsSpace)
		if end < 0 {
			end = len(rest)
		}
		out = append(out, stretch{Words: base + rest[:end], URL: base + rest[:end]})
		text = rest[end:]
	}
}

func decoded(s string) string {
	if words, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		return words
	}
	return s
}

// headerLines is the head of the letter as it stands, unfolded.
func headerLines(raw []byte) []headerLine {
	head, _, _ := strings.Cut(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n\n")
	var lines []headerLine
	for line := range strings.SplitSeq(head, "\n") {
		if n := len(lines); n > 0 && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")) {
			lines[n-1].Value += " " + strings.TrimSpace(line)
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		lines = append(lines, headerLine{name, strings.TrimSpace(value)})
	}
	for i := range lines {
		lines[i].Value = decoded(lines[i].Value)
	}
	return lines
}

// take adds a part, or everything in a part of parts.
func (l *letter) take(contentType, encoding, disposition string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind, params = "text/plain", nil
	}
	if strings.HasPrefix(kind, "multipart/") {
		return l.takeAll(multipart.NewReader(body, params["boundary"]))
	}
	buf, err := io.ReadAll(plainReader(encoding, body))
	if err != nil {
		return err
	}
	p := letterPart{Number: len(l.Parts) + 1, ContentType: contentType, Size: len(buf), body: buf}
	if _, named, err := mime.ParseMediaType(disposition); err == nil {
		p.Filename = named["filename"]
	}
	if p.Filename == "" {
		p.Filename = fmt.Sprintf("part-%d%s", p.Number, ending(kind))
	}
	l.Parts = append(l.Parts, p)
	return nil
}

func (l *letter) takeAll(parts *multipart.Reader) error {
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		h := part.Header
		if err := l.take(h.Get("Content-Type"), h.Get("Content-Transfer-Encoding"), h.Get("Content-Disposition"), part); err != nil {
			return err
		}
	}
}

func plainReader(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}

func ending(kind string) string {
	switch kind {
	case "text/calendar":
		return ".ics"
	case "text/html":
		return ".html"
	case "text/plain":
		return ".txt"
	}
	return ".bin"
}

func (l letter) part(kind string) (letterPart, bool) {
	for _, p := range l.Parts {
		if k, _, err := mime.ParseMediaType(p.ContentType); err == nil && k == kind {
			return p, true
		}
	}
	return letterPart{}, false
}
