package mail

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// letter is what the templates may tell, and all that they may tell: it has no answers to questions,
// no needs and nothing the participant typed but the given name.
type letter struct {
	news
	*Words                // what staff have written; nil for every other letter
	Asked   *subscription // of those who have asked for invitations; nil for every other letter
	Lang    domain.Lang
	Subject string

	Name     string // "" where the given name could be taken for something else
	Status   domain.RegistrationStatus
	Position int // in the queue; 0 where not waiting or not known

	Title    *wording
	Brief    string // a discreet name with town and day, for the subject
	brief    brief
	When     string
	Where    string // house, street and town, or what is known of it
	Travel   *wording
	Access   string // sentences
	Parking  *wording
	DropOff  *wording
	Note     *wording
	Arrival  string // an hour
	Cost     *wording
	Calendar domain.CalendarMethod // of the part that is enclosed; "" for none

	Binding  bool
	Terms    *wording
	Cancel   cancelRule
	LastDay  string // to cancel, the longer time that this person has been given counted
	Transfer bool   // afterwards the place may go to a colleague; else we can be asked, too
	Fee      string // for staying away; "" for none

	TermsBind bool // the terms themselves say that the registration is binding
	TermsTell bool // the terms themselves tell until when the place may be given back

	Link, EventLink string

	Organiser string // "Länsstyrelsen Norrbotten"
	Authority string // "Länsstyrelsen i Norrbottens län"
	ReplyTo   string // its function mailbox, or ""
	Contact   domain.Contact

	Reference  string
	ReceivedAt string
	CaseNumber string
	ErasedOn   string
	Support    string // the decision behind ErasedOn
	LegalBasis *wording
	DPO        string
}

// cancelRule is whether the place can be given back when the letter is written.
type cancelRule string

const (
	cancelOpen   cancelRule = "open"
	cancelPassed cancelRule = "passed"
	cancelNever  cancelRule = "never"
)

// wording is a text that may be in another language than the letter. A nil one is a text not given.
type wording struct {
	text string
	lang domain.Lang // "" where it is the letter's
}

func (w *wording) String() string { return w.text }

// TellsRule reports whether the letter has anything to add to the terms.
func (l *letter) TellsRule() bool { return !l.TermsTell || l.Fee != "" || l.Binding && !l.TermsBind }

// newLetter gathers what the templates need from f, refusing what could break out of a line.
func newLetter(f domain.LetterFacts, p *i18n.Printer, method domain.CalendarMethod) (*letter, error) {
	e, r, lang := f.Event, f.Registration, f.Letter.Lang
	l := &letter{
		news: newsOf(f, p),
		Lang: lang, Name: greetable(r.GivenName, maxGreeting), Status: f.Letter.Status, Position: f.Letter.QueuePosition,
		Title: in(e.Title, lang), When: p.When(e), Where: where(e, p), Travel: in(e.Venue.Travel, lang),
		Access:  accessSentences(e.Venue.Access, p),
		Parking: in(e.Venue.Access.Parking, lang), DropOff: in(e.Venue.Access.DropOff, lang),
		Note: in(e.Venue.Access.Note, lang), Arrival: p.Hours(e.Arrival, e.Arrival), Cost: in(e.Cost, lang),
		Calendar: method, Binding: e.Binding, Terms: in(f.Terms.Text, lang),
		Transfer: e.AfterCancel == domain.TransferOnly,
		Link:     f.Link, EventLink: f.EventLink,
		Organiser: e.Owner.Short, Authority: e.Owner.Name, ReplyTo: e.Owner.Email, Contact: contact(e),
		Reference: r.Reference(), ReceivedAt: p.Instant(r.ReceivedAt), CaseNumber: e.CaseNumber,
		ErasedOn: p.Date(e.ErasedOn()), Support: e.Retention.Support,
		LegalBasis: in(e.Owner.LegalBasis, lang), DPO: e.Owner.DPO,
	}
	switch k := f.Letter.Kind; {
	case k == domain.LetterAlreadyRegistered:
		l.Status, l.Position = r.Status, r.QueuePosition
	case k.ToContact():
		l.Name = greetable(f.Group.Name, 2*maxGreeting)
	case k.Linkless(): // to an address that may be someone else's by now
		l.Name, l.Link, l.EventLink = "", "", ""
	}
	if e.NoShowFee > 0 {
		l.Fee = p.Number(e.NoShowFee)
	}
	l.setCancel(f, p)
	if l.ReplyTo == "" {
		l.ReplyTo = l.Contact.Email
	}
	l.brief = briefOf(e, lang, p)
	l.Brief = l.brief.String()
	return l, l.check(f.Letter.Kind.Linkless())
}

// setCancel tells until when the place can be given back. For someone without a place yet it is what
// will hold once she has one.
func (l *letter) setCancel(f domain.LetterFacts, p *i18n.Printer) {
	last := f.Event.CancelUntil
	if own := f.Registration.CancelUntil; last.IsZero() || last.Before(own) {
		last = own
	}
	l.LastDay = p.Date(last)
	switch {
	case last.IsZero():
		l.Cancel = cancelNever
	case f.Letter.Date.Before(last.End()):
		l.Cancel = cancelOpen
	default:
		l.Cancel = cancelPassed
	}
	l.TermsBind = l.Terms.says(binding(l.Lang))
	l.TermsTell = l.Terms.tells(p.DateNoWeekday(last)) || l.Cancel == cancelNever && l.Terms.says("")
}

// check refuses control characters in what goes on one line, and links that are none.
func (l *letter) check(linkless bool) error {
	lines := map[string]string{
		"brief name": l.Brief, "town": l.Town, "place": l.Where, "organiser": l.Organiser, "authority": l.Authority,
		"reply address": l.ReplyTo, "contact": l.Contact.Name + l.Contact.Phone + l.Contact.Email,
		"case number": l.CaseNumber, "decision": l.Support, "data protection officer": l.DPO,
	}
	if l.Title == nil {
		return errors.New("mail: the event has no title")
	}
	lines["title"] = l.Title.text
	for name, s := range lines {
		if hasControl(s) {
			return fmt.Errorf("mail: control character in the %s", name)
		}
	}
	for _, w := range []*wording{l.Travel, l.Parking, l.DropOff, l.Note, l.Cost, l.Terms, l.LegalBasis} {
		if w == nil {
			continue
		}
		w.text = onOneLine.Replace(w.text)
		if hasControl(w.text) {
			return fmt.Errorf("mail: control character in a wording")
		}
	}
	for _, s := range []string{l.Link, l.EventLink} {
		if !linkless && !isLink(s) {
			return fmt.Errorf("mail: a link is no web address")
		}
	}
	return nil
}

var onOneLine = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ")

// isLink reports whether s is an absolute web address of plain characters.
func isLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>"\`, r) })
}

func in(t domain.Text, l domain.Lang) *wording {
	s := t.In(l)
	if strings.TrimSpace(s) == "" {
		return nil
	}
	w := &wording{text: s}
	if t.LangIn(l) != l {
		w.lang = t.LangIn(l)
	}
	return w
}

// maxGreeting is the longest name to greet with, in characters.
const maxGreeting = 40

// greetable is the name to greet with. Whoever signs someone else up chooses the name, so what is
// long, or what a mail program could turn into a link, is left out.
func greetable(name string, longest int) string {
	if utf8.RuneCountInString(name) > longest {
		return ""
	}
	dot := false
	for _, r := range name {
		if dot && r != ' ' {
			return ""
		}
		dot = r == '.'
		if !unicode.IsLetter(r) && !unicode.In(r, unicode.Mn, unicode.Mc) && !strings.ContainsRune(" -'’.‐‑", r) {
			return ""
		}
	}
	return strings.TrimSpace(name)
}

// where is the place on one line, with the town told even before the house is.
func where(e domain.Event, p *i18n.Printer) string {
	v := e.Venue
	switch {
	case v.IsZero() && e.Online:
		return p.T("where.online")
	case v.IsZero() && e.Town == "":
		return p.T("where.undecided")
	case v.IsZero():
		return e.Town + ". " + p.T("where.undecided")
	}
	town := v.Town
	if town == "" {
		town = e.Town
	}
	code := v.PostalCode
	if len(code) == 5 {
		code = code[:3] + "\u00a0" + code[3:]
	}
	parts := []string{v.Name, v.Address, strings.TrimSpace(code + " " + town)}
	return strings.Join(withoutEmpty(parts), ", ")
}

func withoutEmpty(parts []string) []string {
	out := parts[:0]
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// accessSentences tells what is known of the house; what is not known stands on the event's page.
func accessSentences(a domain.Access, p *i18n.Printer) string {
	facts := []struct {
		key   string
		known domain.Known
	}{
		{"step_free", a.StepFree},
		{"lift", a.Lift},
		{"hearing_loop", a.HearingLoop},
		{"accessible_toilet", a.AccessibleToilet},
		{"quiet_room", a.QuietRoom},
		{"scent_free", a.ScentFree},
	}
	var out []string
	for _, f := range facts {
		if f.known == domain.Yes || f.known == domain.No {
			out = append(out, p.T("access."+f.key+"."+string(f.known)))
		}
	}
	return strings.Join(out, " ")
}

// contact is whom to ask, or the county administration where the event names nobody. A phone number
// stays on one line.
func contact(e domain.Event) domain.Contact {
	c := e.Contact
	if c == (domain.Contact{}) {
		c = domain.Contact{Name: e.Owner.Short, Phone: e.Owner.Phone, Email: e.Owner.Email}
	}
	c.Phone = strings.ReplaceAll(c.Phone, " ", "\u00a0")
	return c
}
