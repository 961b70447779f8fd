package export

import (
	"bytes"
	"cmp"
	"errors"
	"strings"

	ics "github.com/arran4/golang-ical"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// InvitationOptions say in whose name invitations are made.
type InvitationOptions struct {
	Catalogue *i18n.Catalogue
	Domain    string // what the identities of the entries end in
	From      string // the address that the letters come from: the organiser of the entry
}

// Invitation is the calendar part of a letter to one person (METHOD:REQUEST, RFC 5546): the entry is
// accepted already and asks for no answer. The same facts give the same bytes. It is nil, without an
// error, where there is nothing to put into a calendar: the person has no confirmed place, the event
// is cancelled or has no day yet.
//
// The entry is private, and where the event has a neutral name for shared calendars it carries that
// name and nothing else that tells of its subject. It never holds the personal link.
func Invitation(f domain.LetterFacts, o InvitationOptions) ([]byte, error) {
	if f.Letter.Status != domain.Confirmed || f.Registration.Status != domain.Confirmed ||
		f.Event.State == domain.EventCancelled || f.Event.Day.IsZero() {
		return nil, nil
	}
	return personal(f, o, ics.MethodRequest, ics.ObjectStatusConfirmed)
}

// personal is the calendar entry of one registration. A cancellation is the same entry with another
// method and status and a higher sequence.
func personal(f domain.LetterFacts, o InvitationOptions, m ics.Method, s ics.ObjectStatus) ([]byte, error) {
	e, r := f.Event, f.Registration
	if r.Reference() == "" || f.Letter.To == "" || o.From == "" || o.Domain == "" {
		return nil, errors.New("export: invitation: a reference, an address or a domain is missing")
	}
	p := o.Catalogue.For(f.Letter.Lang)
	cal := newCalendar(m)
	addZone(cal)
	entry := cal.AddEvent(invitationUID(r, o.Domain))
	entry.SetDtStampTime(f.Letter.Date)
	entry.SetModifiedAt(f.Letter.Date)
	entry.SetSequence(r.Revision + e.Revision)
	setTimes(entry, e)
	entry.SetSummary(calendarText(cmp.Or(e.Calendar.In(p.Lang()), e.Title.In(p.Lang()))))
	if where := location(p, e); where != "" {
		entry.SetLocation(calendarText(where))
	}
	entry.SetDescription(calendarText(privateDescription(p, f)))
	if e.Calendar.IsZero() && f.EventLink != "" {
		entry.SetURL(plainURL(f.EventLink))
	}
	setOrganiser(entry, e.Owner.Short, o.From)
	entry.Properties = append(entry.Properties, person("ATTENDEE", f.Letter.To,
		"CN="+quoted(cmp.Or(r.Name(), f.Letter.To)), "CUTYPE=INDIVIDUAL", "ROLE=REQ-PARTICIPANT",
		"PARTSTAT=ACCEPTED", "RSVP=FALSE"))
	entry.SetClass(ics.ClassificationPrivate)
	entry.SetStatus(s)
	entry.SetTimeTransparency(ics.TransparencyOpaque)
	var b bytes.Buffer
	err := serialize(&b, cal)
	return b.Bytes(), err
}

// invitationUID is the identity of a registration's entry. It is made of the reference, so that two
// people never share one and it tells nothing.
func invitationUID(r domain.Registration, host string) string {
	return strings.ToLower(strings.ReplaceAll(r.Reference(), "-", "")) + "@" + host
}

func privateDescription(p *i18n.Printer, f domain.LetterFacts) string {
	e := f.Event
	lines := []string{p.T("calendar.registered", "reference", f.Registration.Reference())}
	if e.Arrival.Known() {
		lines = append(lines, p.T("calendar.arrival", "time", p.Hours(e.Arrival, domain.NoClock)))
	}
	if e.Binding {
		lines = append(lines, p.T("calendar.binding"))
	}
	var contact []string
	for _, part := range []string{
		cmp.Or(e.Contact.Name, e.Owner.Short), cmp.Or(e.Contact.Phone, e.Owner.Phone),
		cmp.Or(e.Contact.Email, e.Owner.Email),
	} {
		if part != "" {
			contact = append(contact, part)
		}
	}
	if len(contact) > 0 {
		lines = append(lines, p.T("calendar.contact", "contact", contact))
	}
	if e.Calendar.IsZero() && f.EventLink != "" {
		lines = append(lines, p.T("calendar.read_more", "address", f.EventLink))
	}
	return strings.Join(lines, "\n")
}
