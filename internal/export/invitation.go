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

// Invitation is the calendar part of a letter to one person (RFC 5546), as the letter's kind asks
// for: METHOD:REQUEST, accepted already and without a question, puts the event into her calendar or
// changes it there; METHOD:CANCEL takes it out. The same facts give the same bytes. It is nil,
// without an error, where the letter leaves the calendar alone or there is nothing to tell it: the
// event has no day, it is cancelled, or the place is not hers any more when the letter is written.
//
// All entries of one registration have one identity, and a sequence that the letter carries: the
// later letter wins. The entry is private, and where the event has a neutral name for shared
// calendars it carries that name and nothing else that tells of its subject. It never holds the
// personal link.
func Invitation(f domain.LetterFacts, o InvitationOptions) ([]byte, error) {
	if f.Event.Day.IsZero() {
		return nil, nil
	}
	switch f.Letter.Kind.Calendar(f.Letter.Status) {
	case domain.CalendarRequest:
		if f.Registration.Status != domain.Confirmed || f.Event.State == domain.EventCancelled {
			return nil, nil
		}
		return personal(f, o, ics.MethodRequest, ics.ObjectStatusConfirmed)
	case domain.CalendarCancel:
		if f.Letter.Kind == domain.LetterAddressOld && f.Letter.Status != domain.Confirmed {
			return nil, nil // no place, and so no entry at the old address
		}
		return personal(f, o, ics.MethodCancel, ics.ObjectStatusCancelled)
	case domain.CalendarNone:
	}
	return nil, nil
}

// OwnFile is the entry of a confirmed registration as a file to put into a calendar once, from the
// personal page: the one that the letters carry, with its identity and the sequence that the latest
// of them has, so that the two never stand side by side and a later letter replaces it. It is
// published (RFC 5546 section 3.2.1), and so names no attendee. It is nil, without an error, where
// there is no place to enter: the registration is not confirmed, or the event has no day or is
// cancelled.
func OwnFile(f domain.LetterFacts, o InvitationOptions) ([]byte, error) {
	if f.Event.Day.IsZero() || f.Registration.Status != domain.Confirmed || f.Event.State == domain.EventCancelled {
		return nil, nil
	}
	f.Letter.Details.Sequence = f.Registration.Revision
	return personal(f, o, ics.MethodPublish, ics.ObjectStatusConfirmed)
}

// personal is the calendar entry of one registration. A cancellation is the same entry with another
// method and status and a higher sequence.
func personal(f domain.LetterFacts, o InvitationOptions, m ics.Method, s ics.ObjectStatus) ([]byte, error) {
	e, r := f.Event, f.Registration
	if r.Reference() == "" || f.Letter.To == "" && m != ics.MethodPublish || o.From == "" || o.Domain == "" {
		return nil, errors.New("export: invitation: a reference, an address or a domain is missing")
	}
	p := o.Catalogue.For(f.Letter.Lang)
	cal := newCalendar(m)
	addZone(cal)
	entry := cal.AddEvent(invitationUID(r, o.Domain))
	entry.SetDtStampTime(f.Letter.Date)
	entry.SetModifiedAt(f.Letter.Date)
	entry.SetSequence(e.Revision + f.Letter.Details.Sequence)
	setTimes(entry, e)
	entry.SetSummary(calendarText(cmp.Or(e.Calendar.In(p.Lang()), e.Title.In(p.Lang()))))
	if where := location(p, e); where != "" {
		entry.SetLocation(calendarText(where))
	}
	entry.SetDescription(calendarText(privateDescription(p, f, s == ics.ObjectStatusCancelled)))
	if e.Calendar.IsZero() && f.EventLink != "" {
		entry.SetURL(plainURL(f.EventLink))
	}
	setOrganiser(entry, e.Owner.Short, o.From)
	if m != ics.MethodPublish {
		entry.Properties = append(entry.Properties, person("ATTENDEE", f.Letter.To,
			"CN="+quoted(cmp.Or(r.Name(), f.Letter.To)), "CUTYPE=INDIVIDUAL", "ROLE=REQ-PARTICIPANT",
			"PARTSTAT=ACCEPTED", "RSVP=FALSE"))
	}
	entry.SetClass(ics.ClassificationPrivate)
	entry.SetStatus(s)
	entry.SetTimeTransparency(transparency(s))
	var b bytes.Buffer
	err := serialize(&b, cal)
	return b.Bytes(), err
}

// transparency keeps the hours busy for a place, and free where an entry outlives it.
func transparency(s ics.ObjectStatus) ics.TimeTransparency {
	if s == ics.ObjectStatusCancelled {
		return ics.TransparencyTransparent
	}
	return ics.TransparencyOpaque
}

// invitationUID is the identity of a registration's entry, the same for all its life. It is made of the reference, so that two
// people never share one and it tells nothing.
func invitationUID(r domain.Registration, host string) string {
	return strings.ToLower(strings.ReplaceAll(r.Reference(), "-", "")) + "@" + host
}

func privateDescription(p *i18n.Printer, f domain.LetterFacts, gone bool) string {
	e := f.Event
	key := "calendar.registered"
	switch {
	case f.Letter.Kind == domain.LetterAddressOld:
		key = "calendar.address_old"
	case gone:
		key = "calendar.given_back"
	}
	lines := []string{p.T(key, "reference", f.Registration.Reference())}
	if e.Arrival.Known() && !gone {
		lines = append(lines, p.T("calendar.arrival", "time", p.Hours(e.Arrival, domain.NoClock)))
	}
	if e.Binding && !gone {
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
