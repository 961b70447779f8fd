package mail

import (
	"errors"
	"fmt"
	htmltemplate "html/template"
	"regexp"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// Words is what staff have written, filled in for one reader.
type Words struct {
	Heading string // the subject
	HTML    htmltemplate.HTML
	Plain   string
	automatic
}

// write fills what staff have written with what is the reader's own. In the subject a value stands as it is,
// on one line; in the text it can be no mark, link or line of its own.
func (c *Composer) write(l *letter, f domain.LetterFacts) error {
	if c.Written == nil || f.Mailing == nil {
		return errors.New("mail: there is nothing written")
	}
	lang := f.Letter.Lang
	if strings.TrimSpace(f.Mailing.Body.In(lang)) == "" {
		return errors.New("mail: there is nothing written in the reader's language")
	}
	values := placeValues(l, f, c.Catalogue.For(lang))
	subject, ok := c.read.wording(f.Mailing.Subject.In(lang), lang)
	body, too := c.read.wording(f.Mailing.Body.In(lang), lang)
	if !ok || !too {
		return errors.New("mail: the words have placeholders that are none")
	}
	html, plain, err := c.read.told(c.Written, body, values)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	w := &Words{Heading: strings.Join(strings.Fields(subject.Fill(values, nil)), " "), HTML: html, Plain: plain}
	if w.automatic, err = automaticOf(f); err != nil {
		return err
	}
	if w.Heading == "" || hasControl(w.Heading) {
		return errors.New("mail: the subject is none")
	}
	l.Words = w
	if f.Mailing.ReplyTo != "" {
		l.ReplyTo = f.Mailing.ReplyTo
	}
	return nil
}

// placeValues is what each placeholder stands for, as letters tell it.
func placeValues(l *letter, f domain.LetterFacts, p *i18n.Printer) map[domain.Placeholder]string {
	r := f.Registration
	name := greetable(strings.TrimSpace(r.GivenName+" "+r.FamilyName), 2*maxGreeting)
	given := l.Name
	if given == "" { // what could be taken for something else than a name
		given = r.Reference()
	}
	if name == "" {
		name = r.Reference()
	}
	title := ""
	if l.Title != nil {
		title = l.Title.text
	}
	contact := make([]string, 0, 3)
	for _, s := range []string{l.Contact.Name, l.Contact.Phone, l.Contact.Email} {
		if s != "" {
			contact = append(contact, s)
		}
	}
	return map[domain.Placeholder]string{
		domain.PlaceGivenName: given, domain.PlaceName: name, domain.PlaceOrganisation: r.Organisation,
		domain.PlaceReference: r.Reference(), domain.PlaceLink: f.Link, domain.PlaceEvent: title, domain.PlaceTown: f.Event.Town,
		domain.PlaceDay: p.Days(f.Event.Day, f.Event.LastDay), domain.PlaceHours: p.Hours(f.Event.Starts, f.Event.Ends),
		domain.PlaceVenue: l.Where, domain.PlaceCancelUntil: l.LastDay, domain.PlaceContact: strings.Join(contact, ", "),
	}
}

var bareTag = regexp.MustCompile(`<(p|h2|h3|h4|blockquote)>`)

// dressed gives the written parts the look of the letter's own, since some mail programs drop style sheets.
func dressed(html htmltemplate.HTML) htmltemplate.HTML {
	as := map[string]string{"p": "p", "h2": "h2", "h3": "h2", "h4": "h2", "blockquote": "quote"}
	return htmltemplate.HTML(bareTag.ReplaceAllStringFunc(string(html), func(tag string) string { //nolint:gosec // it was safe, and so are the looks
		name := tag[1 : len(tag)-1]
		return "<" + name + " " + string(looks[as[name]]) + ">"
	}))
}
