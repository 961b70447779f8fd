package mail

import (
	"bytes"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"path"
	"strings"
	"sync"
	texttemplate "text/template"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// Composer writes letters. Its fields are set once, before the first letter; it is safe for use by
// several goroutines.
//
// Templates holds mail/frame.html, which has no words, and for each language and kind of letter two
// files: mail/sv/registration_confirmed.txt, whose first line is the subject, and
// mail/sv/registration_confirmed.html. What letters have in common, from the greeting to the date of
// erasure, stands once per language and part, in mail/sv/parts.txt and mail/sv/parts.html.
type Composer struct {
	Catalogue   *i18n.Catalogue
	Templates   fs.FS
	FromAddress string                                   // an address on our own domain
	MailDomain  string                                   // the right half of every Message-ID
	Invite      func(domain.LetterFacts) ([]byte, error) // the calendar part, or nil where there is nothing to enclose
	Written     Written                                  // reads what staff have written; needed for their letters alone
	Signing     *Signing                                 // signs the letters; nil where the mail server does it
	Dev         bool                                     // templates are read again for each letter

	mu     sync.RWMutex
	parsed map[string]pair
	moulds moulds
	read   wordings
}

// Written turns Markdown into safe HTML and into plain text.
type Written interface {
	HTML(source string) (htmltemplate.HTML, error)
	Plain(source string) string
}

// pair is the two templates of a letter.
type pair struct {
	text *texttemplate.Template
	html *htmltemplate.Template
}

// Check parses every template and tries the addresses, so that a fault is found at start and not
// with the first letter.
func (c *Composer) Check() error {
	var faults []error
	if _, ok := wireAddress(c.FromAddress); !ok {
		faults = append(faults, fmt.Errorf("mail: the sender's address %q is no address", c.FromAddress))
	}
	if _, ok := wireAddress("x@" + c.MailDomain); !ok {
		faults = append(faults, fmt.Errorf("mail: %q is no mail domain", c.MailDomain))
	}
	for _, l := range domain.Langs() {
		for _, k := range append(domain.LetterKinds(), domain.LetterMailing, domain.LetterSubscription, domain.LetterInvitation) {
			_, err := c.templates(l, k)
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// Compose is the complete message for the letter in f: header and body in CR LF lines, the same
// bytes each time for the same facts. It refuses facts with control characters where a line is
// expected, and a recipient that is not one plain address.
func (c *Composer) Compose(f domain.LetterFacts) ([]byte, error) {
	p, err := c.templates(f.Letter.Lang, f.Letter.Kind)
	if err != nil {
		return nil, err
	}
	calendar, method, err := c.calendar(f)
	if err != nil {
		return nil, err
	}
	l, err := c.letterOf(f, method)
	if err != nil {
		return nil, err
	}
	if f.Letter.Kind == domain.LetterMailing || f.Letter.Kind == domain.LetterInvitation {
		if err := c.write(l, f); err != nil {
			return nil, err
		}
	}
	text, html, err := c.fill(p, string(l.Lang)+"/"+string(f.Letter.Kind), l)
	if err != nil {
		return nil, err
	}
	raw, err := envelope{
		fromName: l.Organiser, fromAddress: c.FromAddress, replyTo: l.ReplyTo, to: f.Letter.To,
		messageID: f.Letter.MessageID + "@" + c.MailDomain, date: f.Letter.Date, lang: f.Letter.Lang,
		subject: l.Subject, text: text, html: html, calendar: calendar, method: method, enclosed: f.Enclosed,
		list: c.listOf(f),
	}.bytes()
	return c.signed(raw, err, f.Letter.Date)
}

// calendar is the calendar part of the letter and what it does, or nothing for a letter that leaves
// the calendar alone.
func (c *Composer) calendar(f domain.LetterFacts) ([]byte, domain.CalendarMethod, error) {
	method := f.Letter.Kind.Calendar(f.Letter.Status)
	if method == domain.CalendarNone || f.Event.Day.IsZero() || c.Invite == nil {
		return nil, domain.CalendarNone, nil
	}
	part, err := c.Invite(f)
	if err != nil {
		return nil, domain.CalendarNone, fmt.Errorf("mail: calendar: %w", err)
	}
	if len(part) == 0 {
		return nil, domain.CalendarNone, nil
	}
	return part, method, nil
}

// templates is the pair of templates of a letter, parsed once.
func (c *Composer) templates(l domain.Lang, k domain.LetterKind) (pair, error) {
	name := string(l) + "/" + string(k)
	if !c.Dev {
		c.mu.RLock()
		p, ok := c.parsed[name]
		c.mu.RUnlock()
		if ok {
			return p, nil
		}
	}
	p, err := c.parse(l, k)
	if err != nil {
		return pair{}, fmt.Errorf("mail: templates of %s: %w", name, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.parsed == nil {
		c.parsed = map[string]pair{}
	}
	c.parsed[name] = p
	return p, nil
}

func (c *Composer) parse(l domain.Lang, k domain.LetterKind) (pair, error) {
	folder := "mail/" + string(l) + "/"
	text, err := texttemplate.New(string(k)+".txt").Option("missingkey=error").
		Funcs(texttemplate.FuncMap{"fact": fact}).
		ParseFS(c.Templates, folder+"parts.txt", folder+string(k)+".txt")
	if err != nil {
		return pair{}, err
	}
	html := htmltemplate.New("frame.html").Option("missingkey=error").
		Funcs(htmltemplate.FuncMap{"look": look, "lang": langOf, "outlook": outlook, "tel": tel, "hold": hold})
	for _, name := range []string{"mail/frame.html", folder + "parts.html", folder + string(k) + ".html"} {
		source, err := fs.ReadFile(c.Templates, name)
		if err != nil {
			return pair{}, err
		}
		t := html
		if name != "mail/frame.html" {
			t = html.New(path.Base(name))
		}
		if _, err := t.Parse(withLooks(string(source))); err != nil {
			return pair{}, err
		}
	}
	if html.Lookup("content") == nil {
		return pair{}, errors.New(folder + string(k) + `.html defines no "content"`)
	}
	return pair{text, html}, nil
}

// fill is the plain part and the HTML part of a letter, whose subject it notes.
func (p pair) fill(l *letter) (text, html string, err error) {
	if text, err = l.body(p.text); err != nil {
		return "", "", err
	}
	html, err = l.html(p.html)
	return layOut(text), html, err
}

// body fills the plain part and takes the subject from its first line.
func (l *letter) body(t *texttemplate.Template) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, l); err != nil {
		return "", fmt.Errorf("mail: %w", err)
	}
	subject, body, _ := strings.Cut(b.String(), "\n")
	if l.Subject = strings.TrimSpace(subject); l.Words == nil { // whoever writes her own words sees how long they are
		l.Subject = l.fitSubject(subject)
	}
	if l.Subject == "" {
		return "", errors.New("mail: the letter has no subject")
	}
	return body, nil
}

func (l *letter) html(t *htmltemplate.Template) (string, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, l); err != nil {
		return "", fmt.Errorf("mail: %w", err)
	}
	return b.String(), nil
}
