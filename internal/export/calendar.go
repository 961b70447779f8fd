package export

import (
	"bytes"
	"cmp"
	"io"
	"net/url"
	"strings"

	ics "github.com/arran4/golang-ical"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// FeedOptions say how a calendar for everyone is written.
type FeedOptions struct {
	Domain   string                    // required: what the identities of the entries end in
	EventURL func(domain.Event) string // absolute address of an event's page; nil for none
}

// Feed writes a calendar called name to subscribe to (RFC 5545 and 7986), in the language of p.
// Events without a day are left out. The same events give the same bytes.
func Feed(w io.Writer, p *i18n.Printer, name string, events []domain.Event, o FeedOptions) error {
	cal := newCalendar(ics.MethodPublish)
	if name := calendarText(name); name != "" {
		cal.SetName(name)
	}
	cal.SetXWRTimezone(zone)
	cal.SetRefreshInterval("PT1H")
	cal.SetXPublishedTTL("PT1H")
	addZone(cal)
	for _, e := range events {
		if !e.Day.IsZero() {
			addPublic(cal, p, e, o).SetTimeTransparency(ics.TransparencyTransparent)
		}
	}
	return serialize(w, cal)
}

// EventFile writes one event as a file to put into a calendar once. It writes a calendar without
// entries for an event without a day.
func EventFile(w io.Writer, p *i18n.Printer, e domain.Event, o FeedOptions) error {
	cal := newCalendar(ics.MethodPublish)
	addZone(cal)
	if !e.Day.IsZero() {
		addPublic(cal, p, e, o)
	}
	return serialize(w, cal)
}

// addPublic adds what everyone may know of an event. Its identity is the slug, and its sequence the
// event's revision, so that a new edition replaces the old one.
func addPublic(cal *ics.Calendar, p *i18n.Printer, e domain.Event, o FeedOptions) *ics.VEvent {
	entry := cal.AddEvent(e.Slug + "@" + o.Domain)
	stamp := e.UpdatedAt
	if stamp.IsZero() {
		stamp = e.Day.Start()
	}
	entry.SetDtStampTime(stamp)
	entry.SetModifiedAt(stamp)
	entry.SetSequence(e.Revision)
	setTimes(entry, e)
	title := e.Title.In(p.Lang())
	entry.SetStatus(ics.ObjectStatusConfirmed)
	if e.State == domain.EventCancelled { // many readers of feeds look at the name alone
		title = p.T("calendar.cancelled", "title", title)
		entry.SetStatus(ics.ObjectStatusCancelled)
	}
	entry.SetSummary(calendarText(title))
	if where := location(p, e); where != "" {
		entry.SetLocation(calendarText(where))
	}
	address := ""
	if o.EventURL != nil {
		address = o.EventURL(e)
		entry.SetURL(plainURL(address))
	}
	entry.SetDescription(calendarText(publicDescription(p, e, address)))
	setOrganiser(entry, e.Owner.Short, e.Owner.Email)
	return entry
}

func publicDescription(p *i18n.Printer, e domain.Event, address string) string {
	var lines []string
	add := func(s string) {
		if s != "" {
			lines = append(lines, s)
		}
	}
	add(e.Lead.In(p.Lang()))
	if e.State != domain.EventCancelled {
		if e.Arrival.Known() {
			add(p.T("calendar.arrival", "time", p.Hours(e.Arrival, domain.NoClock)))
		}
		if !e.RegisterUntil.IsZero() {
			add(p.T("calendar.register_until", "day", e.RegisterUntil))
		}
	}
	if e.Owner.Short != "" {
		add(p.T("calendar.organiser", "name", e.Owner.Short))
	}
	if address != "" {
		add(p.T("calendar.read_more", "address", address))
	}
	return strings.Join(lines, "\n")
}

// location is where an event is held, as far as it is known.
func location(p *i18n.Printer, e domain.Event) string {
	if e.Venue.IsZero() {
		if e.Online {
			return p.T("where.online")
		}
		return e.Town
	}
	town := cmp.Or(e.Venue.Town, e.Town)
	if code := e.Venue.PostalCode; len(code) == 5 {
		town = strings.TrimSpace(code[:3] + " " + code[3:] + " " + town)
	}
	var parts []string
	for _, part := range []string{e.Venue.Name, e.Venue.Address, town} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

const (
	zone       = "Europe/Stockholm"
	localStamp = "20060102T150405"
)

// setTimes writes when the event is: by the clock where its hours are known, else as whole days.
// One day whose end alone is not known has a start and no end; nothing is made up.
func setTimes(entry *ics.VEvent, e domain.Event) {
	last := e.FinalDay()
	oneDay := last == e.Day
	switch {
	case e.Starts.Known() && (oneDay || e.Ends.Known()):
		from := e.Day.At(e.Starts)
		entry.SetProperty(ics.ComponentPropertyDtStart, from.Format(localStamp), ics.WithTZID(zone))
		if !e.Ends.Known() {
			return
		}
		if to := last.At(e.Ends); to.After(from) {
			entry.SetProperty(ics.ComponentPropertyDtEnd, to.Format(localStamp), ics.WithTZID(zone))
		}
	default:
		entry.SetAllDayStartAt(e.Day.Start())
		entry.SetAllDayEndAt(last.AddDays(1).Start())
	}
}

func newCalendar(m ics.Method) *ics.Calendar {
	cal := &ics.Calendar{}
	cal.SetVersion("2.0")
	cal.SetProductId("-//Temadag//Temadag//SV")
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(m)
	return cal
}

// addZone tells the calendar when the clocks of Sweden are changed: readers may know no zone by
// its name (RFC 5545 section 3.6.5).
func addZone(cal *ics.Calendar) {
	z := cal.AddTimezone(zone)
	z.AddProperty("X-LIC-LOCATION", zone)
	rule := func(start, from, to, name, month string) ics.ComponentBase {
		var c ics.ComponentBase
		c.AddProperty(ics.ComponentPropertyDtStart, start)
		c.AddProperty(ics.ComponentPropertyRrule, "FREQ=YEARLY;BYMONTH="+month+";BYDAY=-1SU")
		c.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), from)
		c.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), to)
		c.AddProperty(ics.ComponentProperty(ics.PropertyTzname), name)
		return c
	}
	z.Components = append(z.Components,
		&ics.Daylight{ComponentBase: rule("19700329T020000", "+0100", "+0200", "CEST", "3")},
		&ics.Standard{ComponentBase: rule("19701025T030000", "+0200", "+0100", "CET", "10")})
}

// setOrganiser names who invites. Without an address it names nobody, as the format has no other
// way.
func setOrganiser(entry *ics.VEvent, name, address string) {
	if address == "" {
		return
	}
	entry.Properties = append(entry.Properties, person("ORGANIZER", address, "CN="+quoted(name)))
}

// person is a property whose value is a mail address. The library would put a backslash before an
// apostrophe in a name, which no reader takes away (D\'Arcy), so the parameters are written here as
// RFC 5545 section 3.2 has them and handed over as part of the property's name.
func person(property, address string, parameters ...string) ics.IANAProperty {
	return ics.IANAProperty{BaseProperty: ics.BaseProperty{
		IANAToken: property + ";" + strings.Join(parameters, ";"),
		Value:     "mailto:" + url.PathEscape(address),
	}}
}

// quoted is s as the value of a parameter: within quotes, without what cannot stand there, and
// without the backslash, which some readers take for an escape.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`"`, "'", `\`, "/").Replace(oneLine(s)) + `"`
}

// calendarText is s as a text may stand in a calendar; the library folds and escapes it.
func calendarText(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(legalXML(s), "\t", " "))
}

// plainURL is s without what would end its line.
func plainURL(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, legalXML(s))
}

func serialize(w io.Writer, cal *ics.Calendar) error {
	var b bytes.Buffer
	if err := cal.SerializeTo(&b, ics.WithNewLineWindows); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
