package domain_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// A letter after the event waits for whoever notes attendance, but never so long that it does not go at all.
func TestAutomatic_WaitsUntil(t *testing.T) {
	t.Parallel()
	e := domain.Event{Day: domain.Date{Year: 2016, Month: time.December, Day: 1}}
	letter := domain.DefaultAutomatic(domain.AutomaticAbsent)
	due, lapses := letter.DueAt(e), letter.Lapses(e)
	cases := map[string]struct {
		kind      domain.AutomaticKind
		last, now time.Time
		want      time.Time
	}{
		"nobody has noted anything":       {domain.AutomaticAbsent, time.Time{}, due, time.Time{}},
		"noted a while ago":               {domain.AutomaticAbsent, due.Add(-time.Minute), due, due.Add(59 * time.Minute)},
		"noted an hour ago":               {domain.AutomaticAbsent, due.Add(-time.Hour), due, time.Time{}},
		"thanks wait as well":             {domain.AutomaticThanks, due, due, due.Add(time.Hour)},
		"a reminder waits for nobody":     {domain.AutomaticReminder, due, due, time.Time{}},
		"nor does what goes on a change":  {domain.AutomaticCancelled, due, due, time.Time{}},
		"it would lapse while it waits":   {domain.AutomaticAbsent, lapses.Add(-time.Hour), lapses.Add(-time.Minute), time.Time{}},
		"the last moment at which it may": {domain.AutomaticAbsent, lapses.Add(-time.Hour - 1), lapses.Add(-time.Minute), lapses.Add(-1)},
	}
	for name, c := range cases {
		if got := domain.DefaultAutomatic(c.kind).WaitsUntil(e, c.last, c.now); !got.Equal(c.want) {
			t.Errorf("%s: until %v, want %v", name, got, c.want)
		}
	}
}

func TestEvent_MayNoteAttendance(t *testing.T) {
	t.Parallel()
	day := domain.Date{Year: 2016, Month: time.December, Day: 1}
	e := domain.Event{Day: day, LastDay: day.AddDays(1), Ends: domain.NoClock, State: domain.EventPublished}
	undecided, cancelled := e, e
	undecided.Day, undecided.LastDay, cancelled.State = domain.Date{}, domain.Date{}, domain.EventCancelled
	for name, c := range map[string]struct {
		e          domain.Event
		now        time.Time
		some, rest string
	}{
		"the day before":        {e, day.Start().Add(-1), "attendance.not_yet", "attendance.not_yet"},
		"the first day":         {e, day.Start(), "", "attendance.not_over"},
		"the end of the last":   {e, day.AddDays(1).End().Add(-1), "", "attendance.not_over"},
		"when it is over":       {e, day.AddDays(1).End(), "", ""},
		"no day is decided":     {undecided, day.End(), "attendance.no_day", "attendance.no_day"},
		"it has been cancelled": {cancelled, day.AddDays(9).End(), "attendance.called_off", "attendance.called_off"},
	} {
		if some, rest := keyOf(c.e.MayNoteAttendance(c.now)), keyOf(c.e.MayNoteTheRest(c.now)); some != c.some || rest != c.rest {
			t.Errorf("%s: %q and %q", name, some, rest)
		}
	}
}

func keyOf(err error) string {
	var e *domain.Error
	errors.As(err, &e)
	if e == nil {
		return ""
	}
	return e.Key
}

// Whoever stands at the door finds by a few letters of what the list shows, and by nothing that it hides.
func TestDoorSearch(t *testing.T) {
	t.Parallel()
	person := func(given, family, work string, protected bool) domain.Registration {
		return domain.Registration{
			Ref: "K7M2-9QX4", Protected: protected,
			Participant: domain.Participant{GivenName: given, FamilyName: family, Organisation: work, Email: "hemlig@example.se", Phone: "0701740605"},
		}
	}
	asa, sami := person("Åsa", "Öberg Ärlig", "Kvinnojouren Måsen", false), person("Máret", "Ŋuolla Čiegŧ", "Sámediggi", false)
	hidden := person("Åsa", "Öberg", "Kvinnojouren Måsen", true)
	for name, c := range map[string]struct {
		typed string
		who   domain.Registration
		want  bool
	}{
		"nothing is typed":                 {"  ", asa, true},
		"three letters":                    {"obe", asa, true},
		"the Swedish letters as they are":  {"ÖBERG ärl", asa, true},
		"taken apart":                      {"o\u0308berg", asa, true},
		"an organisation":                  {"mås", asa, true},
		"both, in any order":               {"måsen åsa", asa, true},
		"one of two words":                 {"åsa ek", asa, false},
		"a word that reaches over":         {"ärligkvinno", asa, false},
		"Sámi letters":                     {"ŋuolla", sami, true},
		"Sámi letters without their marks": {"ciegt sam", sami, true},
		"an address":                       {"hemlig@", asa, false},
		"a telephone number":               {"174", asa, false},
		"the reference number":             {"k7m2-9qx4", asa, true},
		"its first half, misheard":         {"K7M2 9", asa, true},
		"less than half of it":             {"k7m", asa, false},
		"its second half":                  {"9qx4", asa, false},
		"the name of whoever is hidden":    {"öberg", hidden, false},
		"her organisation":                 {"måsen", hidden, false},
		"her address":                      {"hemlig", hidden, false},
		"her number":                       {"K7M2-9QX4", hidden, true},
		"its beginning":                    {"k7m2", hidden, true},
	} {
		if got := domain.ReadDoorSearch(c.typed).Finds(c.who); got != c.want {
			t.Errorf("%s: %q finds her: %t, want %t", name, c.typed, got, c.want)
		}
	}
	if text, ref := hidden.DoorKeys(); strings.TrimSpace(text) != "" || ref != "k7m29qx4" {
		t.Errorf("of whoever is hidden the page holds %q, %q", text, ref)
	}
}
