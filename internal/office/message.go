package office

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// message is an e-mail as a page shows it.
type message struct {
	From, To, ReplyTo, Subject string
	Text, HTML                 string
	Files                      []messageFile
	Header                     string // all of it, as it was sent
}

type messageFile struct {
	Filename string
	Size     int64
}

// readMessage takes apart an e-mail that this program has composed.
func readMessage(raw []byte) (message, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return message{}, fmt.Errorf("office: message: %w", err)
	}
	var out message
	words := new(mime.WordDecoder)
	for name, to := range map[string]*string{"From": &out.From, "To": &out.To, "Reply-To": &out.ReplyTo, "Subject": &out.Subject} {
		if *to, err = words.DecodeHeader(m.Header.Get(name)); err != nil {
			*to = m.Header.Get(name)
		}
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	out.Header = strings.ReplaceAll(string(head), "\r\n", "\n")
	return out, out.part(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Header.Get("Content-Disposition"), m.Body)
}

func (m *message) part(kind, coding, placed string, body io.Reader) error {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return fmt.Errorf("office: message: %w", err)
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return fmt.Errorf("office: message: %w", err)
			}
			if err := m.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(coding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("office: message: %w", err)
	}
	how, where, _ := mime.ParseMediaType(placed)
	switch {
	case how == "attachment":
		m.Files = append(m.Files, messageFile{where["filename"], int64(len(content))})
	case media == "text/plain" && m.Text == "":
		m.Text = strings.ReplaceAll(string(content), "\r\n", "\n")
	case media == "text/html":
		m.HTML = string(content)
	}
	return nil
}
