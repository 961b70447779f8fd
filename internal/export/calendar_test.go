package export_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/testkit/check"
)

var update = flag.Bool("update", false, "write the golden files anew")

func feedOptions() export.FeedOptions {
	return export.FeedOptions{
		Domain:   "temadag.example.se",
		EventURL: func(e domain.Event) string { return "https://temadag.example.se/tillfalle/" + e.Slug },
	}
}

func invitationOptions(t testing.TB) export.InvitationOptions {
	return export.InvitationOptions{Catalogue: catalogue(t), Domain: "temadag.example.se", From: "anmalan@temadag.example.se"}
}

func letter(r domain.Registration, e domain.Event) domain.LetterFacts {
	return domain.LetterFacts{
		Letter: domain.Letter{
			ID: 7, Kind: domain.LetterConfirmed, RegistrationID: r.ID, EventID: e.ID, To: r.Email,
			Lang: domain.Swedish, Status: r.Status, Date: time.Date(2016, 10, 3, 7, 8, 9, 0, time.UTC),
		},
		Registration: r, Event: e,
		Link:      "https://temadag.example.se/min-anmalan/hemlig-lank",
		EventLink: "https://temadag.example.se/tillfalle/" + e.Slug,
	}
}

// someEvents are a day with hours, days without, one cancelled, one without an end and one undated.
func someEvents() []domain.Event {
	whole, days, cancelled, open, undated, online := lulea(), lulea(), lulea(), lulea(), lulea(), lulea()
	days.Slug, days.Day, days.LastDay, days.Starts, days.Ends = "dagar", date("2017-03-25"), date("2017-03-26"), domain.NoClock, domain.NoClock
	cancelled.Slug, cancelled.State, cancelled.Revision = "installt", domain.EventCancelled, 3
	open.Slug, open.Ends, open.Venue = "utan-slut", domain.NoClock, domain.Venue{}
	undated.Slug, undated.Day, undated.LastDay = "utan-dag", domain.Date{}, domain.Date{}
	online.Slug, online.Online, online.Venue, online.Town = "pa-webben", true, domain.Venue{}, ""
	return []domain.Event{whole, days, cancelled, open, undated, online}
}

func feed(t testing.TB, events []domain.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := export.Feed(&b, catalogue(t).For(domain.Swedish), "Temadagar i Norrbotten", events, feedOptions()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func invitation(t testing.TB, f domain.LetterFacts) []byte {
	t.Helper()
	b, err := export.Invitation(f, invitationOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; see what -update changes\ngot:\n%s", name, got)
	}
}

func TestCalendars_golden(t *testing.T) {
	r := person(1, 2)
	r.GivenName, r.FamilyName = "Ánne-Sárá", "D'Arcy-Öberg, \"Oŋŋá\"; dr"
	changed := func(e domain.Event) domain.LetterFacts {
		f := letter(r, e)
		f.Letter.Details.Sequence = 1
		return f
	}
	gone := changed(lulea())
	gone.Letter.Kind, gone.Letter.Status, gone.Registration.Status = domain.LetterCancelled, domain.Cancelled, domain.Cancelled
	neutral := lulea()
	neutral.Calendar = domain.Text{Sv: "Utbildningsdag"}
	var one bytes.Buffer
	if err := export.EventFile(&one, catalogue(t).For(domain.English), lulea(), feedOptions()); err != nil {
		t.Fatal(err)
	}
	for name, buf := range map[string][]byte{
		"feed.ics": feed(t, someEvents()), "event.ics": one.Bytes(),
		"invitation.ics": invitation(t, changed(lulea())), "invitation_neutral.ics": invitation(t, changed(neutral)),
		"cancellation.ics": invitation(t, gone),
	} {
		golden(t, name, buf)
		checkLines(t, name, buf)
	}
}

// checkLines holds a calendar against the form that RFC 5545 section 3.1 gives its lines.
func checkLines(t testing.TB, name string, buf []byte) {
	t.Helper()
	if fault := lineFault(buf); fault != "" {
		t.Errorf("%s: %s", name, fault)
	}
}

func lineFault(buf []byte) string {
	text := string(buf)
	if !strings.HasSuffix(text, "END:VCALENDAR\r\n") {
		return "the end is missing"
	}
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") || strings.Count(text, "\r") != strings.Count(text, "\r\n") {
		return "a line does not end in CR LF"
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		switch {
		case len(line) > 75:
			return "a line is too long: " + line
		case !utf8.ValidString(line):
			return "a letter is folded in two: " + line
		case strings.TrimSpace(line) == "":
			return "a line is empty"
		}
	}
	return ""
}

func TestCalendars_linesTwin(t *testing.T) {
	cal := ics.NewCalendar()
	cal.AddEvent("x").SetSummary(strings.Repeat("å", 100))
	for name, broken := range map[string]string{
		"line feeds alone":       cal.Serialize(),
		"lines that never end":   cal.Serialize(ics.WithNewLineWindows, ics.WithLineLength(9999)),
		"a letter folded in two": "SUMMARY:\xc3\r\n \xa5\r\nEND:VCALENDAR\r\n",
	} {
		if lineFault([]byte(broken)) == "" {
			t.Errorf("%s go unnoticed", name)
		}
	}
}

// value is the only property with that name, as the first parser reads it.
func value(t *testing.T, e *ics.VEvent, name string) string {
	t.Helper()
	found := e.GetProperties(ics.ComponentProperty(name))
	if len(found) != 1 {
		t.Fatalf("%d properties are called %s", len(found), name)
	}
	return found[0].Value
}

func parsed(t *testing.T, buf []byte) *ics.Calendar {
	t.Helper()
	cal, err := ics.ParseCalendar(bytes.NewReader(buf))
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func TestFeed_saysWhatIsKnown(t *testing.T) {
	events := parsed(t, feed(t, someEvents())).Events()
	if len(events) != 5 {
		t.Fatalf("the feed has %d entries, want those with a day", len(events))
	}
	want := []map[string]string{
		{
			"UID": "temadag-lulea@temadag.example.se", "SEQUENCE": "2", "STATUS": "CONFIRMED",
			"DTSTART": "20161201T090000", "DTEND": "20161201T160000", "URL": "https://temadag.example.se/tillfalle/temadag-lulea",
			"SUMMARY":  "Temadag om sex mot ersättning, med fokus på efterfrågan",
			"LOCATION": "Clarion Sense, Skeppsbrogatan 34, 972 31 Luleå",
		},
		{"UID": "dagar@temadag.example.se", "DTSTART": "20170325", "DTEND": "20170327"},
		{
			"UID": "installt@temadag.example.se", "STATUS": "CANCELLED", "SEQUENCE": "3",
			"SUMMARY": "Inställt: Temadag om sex mot ersättning, med fokus på efterfrågan",
		},
		{"UID": "utan-slut@temadag.example.se", "DTSTART": "20161201T090000", "LOCATION": "Luleå"},
		{"UID": "pa-webben@temadag.example.se", "LOCATION": "På webben"},
	}
	for i, properties := range want {
		for name, text := range properties {
			if got := value(t, events[i], name); got != text {
				t.Errorf("entry %d: %s is %q, want %q", i, name, got, text)
			}
		}
	}
	if events[3].HasProperty(ics.ComponentPropertyDtEnd) {
		t.Error("an end is made up")
	}
}

func TestInvitation_isForOnePerson(t *testing.T) {
	r := person(1, 2)
	r.GivenName, r.FamilyName = "Sára", "D'Arcy"
	f := letter(r, lulea())
	f.Letter.Details.Sequence = 3
	buf := invitation(t, f)
	cal := parsed(t, buf)
	e := cal.Events()[0]
	for name, want := range map[string]string{
		"SEQUENCE": "5", "DTSTAMP": "20161003T070809Z", "CLASS": "PRIVATE", "STATUS": "CONFIRMED",
		"ATTENDEE": "mailto:person2@example.se", "ORGANIZER": "mailto:anmalan@temadag.example.se",
	} {
		if got := value(t, e, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	attendee := e.GetProperties(ics.ComponentPropertyAttendee)[0].ICalParameters
	for name, want := range map[string]string{"CN": "Sára D'Arcy", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"} {
		if got := attendee[name]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	text := unfold(buf)
	if !strings.Contains(text, "METHOD:REQUEST\r\n") || strings.Contains(text, "VALARM") {
		t.Error("the calendar is not a plain invitation")
	}
	if strings.Contains(text, "hemlig-lank") {
		t.Error("the personal link is in the calendar, which colleagues may read")
	}
	if !bytes.Equal(buf, invitation(t, f)) {
		t.Error("the same facts give other bytes")
	}
}

func unfold(buf []byte) string { return strings.ReplaceAll(string(buf), "\r\n ", "") }

func TestInvitation_neutral(t *testing.T) {
	e := lulea()
	e.Slug = "sex-mot-ersattning"
	e.Calendar = domain.Text{Sv: "Utbildningsdag"}
	r := person(1, 1)
	text := unfold(invitation(t, letter(r, e)))
	for _, telling := range []string{"sex", "efterfrågan", "Temadag om"} {
		if strings.Contains(text, telling) {
			t.Errorf("the neutral entry tells %q", telling)
		}
	}
	e.Calendar = domain.Text{}
	if !strings.Contains(unfold(invitation(t, letter(r, e))), "efterfrågan") {
		t.Error("without a neutral name the entry tells nothing either; the test above would prove nothing")
	}
}

func TestInvitation_onlyForAPlace(t *testing.T) {
	cases := map[string]func(*domain.LetterFacts){
		"a place in the queue":     func(f *domain.LetterFacts) { f.Letter.Status = domain.Waitlisted },
		"cancelled since":          func(f *domain.LetterFacts) { f.Registration.Status = domain.Cancelled },
		"the event is cancelled":   func(f *domain.LetterFacts) { f.Event.State = domain.EventCancelled },
		"the event has no day yet": func(f *domain.LetterFacts) { f.Event.Day = domain.Date{} },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			f := letter(person(1, 1), lulea())
			change(&f)
			if buf := invitation(t, f); buf != nil {
				t.Errorf("an invitation is made: %s", buf)
			}
		})
	}
}

func TestInvitation_identities(t *testing.T) {
	seen := map[string]bool{}
	for i := range 500 {
		r := person(1, i)
		uid := value(t, parsed(t, invitation(t, letter(r, lulea()))).Events()[0], "UID")
		if seen[uid] {
			t.Fatalf("two registrations share %s", uid)
		}
		if strings.Contains(uid, "person") || !strings.HasSuffix(uid, "@temadag.example.se") {
			t.Fatalf("the identity %s tells of the person", uid)
		}
		seen[uid] = true
	}
}

// TestCalendars_apostropheTwin shows what the library makes of a name when it writes it itself.
func TestCalendars_apostropheTwin(t *testing.T) {
	cal := ics.NewCalendar()
	cal.AddEvent("x").AddAttendee("a@example.se", ics.WithCN("D'Arcy"))
	if !strings.Contains(cal.Serialize(), `CN=D\'Arcy`) {
		t.Error("the library writes names right by now; write them with it")
	}
}

// TestCalendars_foreignParsers lets two other libraries read what is written.
func TestCalendars_foreignParsers(t *testing.T) {
	parsers := map[string]func(testing.TB, []byte) []check.CalendarEvent{
		"ical.js": check.CalendarByNode, "icalendar": check.CalendarByPython,
	}
	for name, parse := range parsers {
		t.Run(name, func(t *testing.T) {
			e := lulea()
			e.Title = domain.Text{Sv: `Stöd; "råd", \ och ` + strings.TrimSpace(strings.Repeat("åäö ŋŧđ ", 30))}
			r := person(1, 2)
			r.FamilyName = `D'Arcy-Öberg, "Oŋŋá"; dr`
			got := parse(t, invitation(t, letter(r, e)))[0]
			want := got
			want.Method, want.UID, want.Sequence = "REQUEST", strings.ToLower(strings.ReplaceAll(r.Ref, "-", ""))+"@temadag.example.se", 2
			want.Summary, want.Location = e.Title.Sv, "Clarion Sense, Skeppsbrogatan 34, 972 31 Luleå"
			want.Start, want.End = "20161201T080000Z", "20161201T150000Z"
			want.Organizer, want.Attendees = "mailto:anmalan@temadag.example.se", []string{"mailto:person2@example.se"}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("the invitation reads\n%+v, want\n%+v", got, want)
			}
			summer := lulea()
			summer.Day, summer.LastDay = date("2027-03-28"), date("2027-03-28") // the clocks go forward at two
			if got := parse(t, feed(t, []domain.Event{summer}))[0]; got.Start != "20270328T070000Z" {
				t.Errorf("on the first day of summer time nine o'clock is %s", got.Start)
			}
			all := parse(t, feed(t, someEvents()))
			if len(all) != 5 || all[1].Start != "20170325" || all[1].End != "20170327" || all[2].Status != "CANCELLED" {
				t.Errorf("the feed reads %+v", all)
			}
		})
	}
}

// FuzzCalendarText writes any text as the name of an event and reads it again.
func FuzzCalendarText(f *testing.F) {
	for _, s := range append(hostile(), `a;b,c\d`, "a\r\nBEGIN:VEVENT", strings.Repeat("å", 80), "👩‍👩‍👧", `\n`, `\\n`) {
		f.Add(s)
	}
	words := catalogue(f).For(domain.Swedish)
	f.Fuzz(func(t *testing.T, s string) {
		e := lulea()
		e.Title, e.Lead, e.Town, e.Venue.Name = domain.Text{Sv: s}, domain.Text{Sv: s}, s, s
		e.Owner.Short = s
		var b bytes.Buffer
		if err := export.Feed(&b, words, s, []domain.Event{e}, feedOptions()); err != nil {
			t.Fatal(err)
		}
		checkLines(t, "the feed", b.Bytes())
		cal, err := ics.ParseCalendar(&b)
		if err != nil {
			t.Fatal(err)
		}
		if len(cal.Events()) != 1 {
			t.Fatalf("%d events", len(cal.Events()))
		}
		want := strings.TrimSpace(strings.ReplaceAll(mended(s), "\t", " "))
		if p := cal.Events()[0].GetProperty(ics.ComponentPropertySummary); p.Value != want {
			t.Errorf("%q reads %q", want, p.Value)
		}
	})
}
