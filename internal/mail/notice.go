package mail

import (
	"bytes"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"strings"
	texttemplate "text/template"

	"github.com/temadag/temadag/internal/domain"
)

// sender of letters about accounts: they come from the program and no organiser.
const noticeFrom = "Temadag"

// notice is what the templates of letters about accounts may tell.
type notice struct {
	domain.Notice
	Lang     domain.Lang
	At, Ends string
	List     string // that was taken
	Rows     string
	// What follows is made from the plain part.
	Organiser, Subject string
	Parts              []noticePart
}

// noticePart is a paragraph, or a button with its Link.
type noticePart struct{ Text, Link string }

// CheckNotices parses every template of letters about accounts and tries each with made-up facts, so that
// a fault is found at start.
func (c *Composer) CheckNotices() error {
	var faults []error
	for _, l := range domain.Langs() {
		for _, k := range domain.NoticeKinds() {
			_, err := c.ComposeNotice(domain.Notice{
				Kind: k, Lang: l, To: "eva@example.se", Name: "Eva", MessageID: "x", Link: "https://temadag.example.se/x", Network: "192.0.2.0/24",
				Taken: domain.ListTaken{By: "Eva Exempel", List: domain.Text{Sv: "Temadag"}, Purpose: "Utskick", Rows: 501},
			})
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// ComposeNotice is the complete message of a letter about an account, the same bytes each time for the
// same facts. Both parts are made from one text, so that they say the same: mail/sv/account.txt holds a
// template for each kind, whose first line is the subject.
func (c *Composer) ComposeNotice(n domain.Notice) ([]byte, error) {
	if hasControl(n.Taken.By+n.Taken.Purpose+n.Taken.List.Sv+n.Taken.List.En) || hasControl(n.Name) || hasControl(n.Link) || hasControl(n.Network) || hasControl(n.Agent) {
		return nil, errors.New("mail: control character in a letter about an account")
	}
	if u, err := url.Parse(n.Link); n.Link != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return nil, errors.New("mail: the link of a letter about an account is none")
	}
	p := c.Catalogue.For(n.Lang)
	l := notice{Notice: n, Lang: n.Lang, At: p.Instant(n.Date), Ends: p.Instant(n.Ends), Organiser: noticeFrom}
	l.Name = greetable(n.Name, maxGreeting)
	l.List, l.Rows = n.Taken.List.In(n.Lang), p.Number(n.Taken.Rows)
	text, err := c.noticeText(&l)
	if err != nil {
		return nil, err
	}
	html, err := c.noticeHTML(l)
	if err != nil {
		return nil, err
	}
	raw, err := envelope{
		fromName: noticeFrom, fromAddress: c.FromAddress, to: n.To, messageID: n.MessageID + "@" + c.MailDomain,
		date: n.Date, lang: n.Lang, subject: l.Subject, text: text, html: html,
	}.bytes()
	return c.signed(raw, err, n.Date)
}

// noticeText fills the plain part, and takes subject and paragraphs from it.
func (c *Composer) noticeText(l *notice) (string, error) {
	t, err := texttemplate.New("").Option("missingkey=error").
		Funcs(texttemplate.FuncMap{"button": func(label, link string) string { return label + ":\n" + link }}).
		ParseFS(c.Templates, "mail/"+string(l.Lang)+"/account.txt")
	if err != nil {
		return "", fmt.Errorf("mail: %w", err)
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, string(l.Kind), l); err != nil {
		return "", fmt.Errorf("mail: %w", err)
	}
	subject, body, _ := strings.Cut(b.String(), "\n")
	if l.Subject = strings.TrimSpace(subject); l.Subject == "" {
		return "", errors.New("mail: the letter has no subject")
	}
	body = strings.TrimSpace(body)
	for _, s := range strings.Split(body, "\n\n") {
		part := noticePart{Text: s}
		if label, link, ok := strings.Cut(s, ":\n"); ok && link == l.Link && link != "" {
			part = noticePart{Text: label, Link: link}
		}
		l.Parts = append(l.Parts, part)
	}
	return layOut(body), nil
}

func (c *Composer) noticeHTML(l notice) (string, error) {
	t, err := htmltemplate.New("frame.html").Option("missingkey=error").
		Funcs(htmltemplate.FuncMap{"look": look, "outlook": outlook}).
		ParseFS(c.Templates, "mail/frame.html", "mail/account.html")
	if err != nil {
		return "", fmt.Errorf("mail: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, l); err != nil {
		return "", fmt.Errorf("mail: %w", err)
	}
	return b.String(), nil
}
