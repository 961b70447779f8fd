package service

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Letter is a letter to a participant as it was sent, and its recipient. Personal links are taken out: whoever
// reads it is not she. Of someone with protected identity no more is told than what has become of the letter;
// see RevealLetter. domain.ErrNotFound for what the actor does not reach with PermReadMail.
func (s *People) Letter(ctx context.Context, a domain.Actor, slug, ref string, id domain.LetterID) (domain.PersonView, domain.OpenedLetter, error) {
	v, l, err := s.letterOf(ctx, a, slug, ref, id)
	if err != nil || v.Hidden {
		return v, domain.OpenedLetter{SentLetter: l}, err
	}
	o, err := s.opened(ctx, l)
	return v, o, err
}

// RevealLetter is Letter of someone with protected identity, for those who hold PermProtect at the event. That
// it was read is in the audit log before anything is shown.
func (s *People) RevealLetter(ctx context.Context, a domain.Actor, slug, ref string, id domain.LetterID, why domain.RevealReason) (domain.PersonView, domain.OpenedLetter, error) {
	v, l, err := s.letterOf(ctx, a, slug, ref, id)
	if err != nil {
		return v, domain.OpenedLetter{}, err
	}
	if !a.MayAt(domain.PermProtect, v.Event) {
		return domain.PersonView{}, domain.OpenedLetter{}, domain.NotFound("registration.not_found")
	}
	if v.Hidden {
		err := s.Store.Write(ctx, func(tx *store.Tx) error {
			return tx.Audit(ctx, s.line(a, v.Event, domain.AuditProtectedShown, auditPerson, int64(v.ID), map[string]string{"why": string(why)}))
		})
		if err != nil {
			return domain.PersonView{}, domain.OpenedLetter{}, err
		}
	}
	o, err := s.opened(ctx, l)
	return v, o, err
}

func (s *People) letterOf(ctx context.Context, a domain.Actor, slug, ref string, id domain.LetterID) (domain.PersonView, domain.SentLetter, error) {
	whose, err := s.PersonByReference(ctx, a, slug, ref)
	if err != nil {
		return domain.PersonView{}, domain.SentLetter{}, err
	}
	v, err := s.Person(ctx, a, whose)
	if err != nil {
		return v, domain.SentLetter{}, err
	}
	i := slices.IndexFunc(v.Letters, func(l domain.SentLetter) bool { return l.ID == id })
	if i < 0 || !a.MayAt(domain.PermReadMail, v.Event) {
		return domain.PersonView{}, domain.SentLetter{}, domain.NotFound("registration.not_found")
	}
	return v, v.Letters[i], nil
}

// opened reads the bytes of a letter.
func (s *People) opened(ctx context.Context, l domain.SentLetter) (domain.OpenedLetter, error) {
	out := domain.OpenedLetter{SentLetter: l}
	sealed, err := s.Store.LetterBody(ctx, l.ID)
	if err != nil || sealed == nil {
		return out, err
	}
	raw, err := s.Registrations.Keys.Open(sealed, letterPlace(l.ID))
	if err != nil {
		return out, fmt.Errorf("service: open letter %d: %w", l.ID, err)
	}
	if out, err = ReadLetter(raw); err == nil {
		out.SentLetter = l
	}
	return out, err
}

func letterPlace(id domain.LetterID) string { return "letter " + strconv.FormatInt(int64(id), 10) }

// secret is what a link to somebody's own page is made of: nothing else in a letter is so long and so mixed.
var secret = regexp.MustCompile(`[a-z2-7]{40,}`)

// withoutLinks is a part of a letter without the secrets of its links.
func withoutLinks(s string) string { return secret.ReplaceAllString(s, "…") }

// ReadLetter takes apart a letter that this program has composed, without the personal links in it. Its
// SentLetter is empty.
func ReadLetter(raw []byte) (domain.OpenedLetter, error) {
	out := domain.OpenedLetter{Written: true}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return out, fmt.Errorf("service: letter: %w", err)
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	unfolded := strings.NewReplacer("\r\n ", " ", "\r\n\t", " ").Replace(string(head))
	for _, line := range strings.Split(unfolded, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		value = withoutLinks(plainWords(strings.TrimSpace(value)))
		out.Headers = append(out.Headers, domain.LetterHeader{Name: name, Value: value})
		if strings.EqualFold(name, "Subject") {
			out.Subject = value
		}
	}
	return out, readPart(&out, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
}

func plainWords(s string) string {
	if words, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		return words
	}
	return s
}

// readPart keeps the text and the HTML of a letter, and of what is enclosed the name and size.
func readPart(out *domain.OpenedLetter, kind, encoding, disposition string, body io.Reader) error {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return fmt.Errorf("service: letter: %w", err)
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("service: letter: %w", err)
			}
			if err := readPart(out, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p); err != nil {
				return err
			}
		}
	}
	switch encoding {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("service: letter: %w", err)
	}
	_, named, _ := mime.ParseMediaType(disposition)
	switch {
	case disposition == "" && media == "text/plain":
		out.Text = withoutLinks(strings.ReplaceAll(string(content), "\r\n", "\n"))
	case disposition == "" && media == "text/html":
		out.HTML = []byte(withoutLinks(string(content)))
	case disposition != "":
		out.Files = append(out.Files, domain.LetterFile{Name: plainWords(named["filename"]), MIME: media, Size: len(content)})
	}
	return nil
}
