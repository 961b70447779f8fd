package demo_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/demo"
	"github.com/temadag/temadag/internal/domain"
)

func everyDay(from, to int, visit func(domain.Date)) {
	for d := (domain.Date{Year: from, Month: time.January, Day: 1}); d.Year <= to; d = d.AddDays(1) {
		visit(d)
	}
}

func TestShiftBringsTheFirstThemeDayEightToNineWeeksAhead(t *testing.T) {
	first := domain.Date{Year: 2016, Month: time.December, Day: 1}
	// 2016, 2020, 2024 and 2028 are leap years; 2015, 2020 and 2026 have 53 weeks.
	everyDay(2014, 2033, func(today domain.Date) {
		moved := first.AddDays(7 * demo.Shift(today))
		if ahead := today.DaysUntil(moved); ahead < 56 || ahead >= 63 {
			t.Errorf("on %v the first theme day is %d days ahead", today, ahead)
		}
		if moved.Weekday() != time.Thursday {
			t.Errorf("on %v the first theme day is a %v", today, moved.Weekday())
		}
	})
	if demo.Shift(demo.Historical()) != 0 {
		t.Error("the historical programme is moved")
	}
}

func TestEveryDayMovesTogether(t *testing.T) {
	then := days(demo.Programme(demo.Historical()))
	everyDay(2026, 2026, func(today domain.Date) {
		c := demo.Programme(today)
		now := days(c)
		for i := range then {
			if then[i].AddDays(7*c.Shift) != now[i] {
				t.Fatalf("on %v, %v became %v", today, then[i], now[i])
			}
		}
	})
}

// days lists every day of the programme, instants as the day in Stockholm.
func days(c demo.Content) []domain.Date {
	var out []domain.Date
	for _, s := range c.Series {
		out = append(out, s.Announced)
	}
	for _, e := range c.AllEvents() {
		if !e.Day.IsZero() {
			out = append(out, e.Day, e.LastDay, e.CancelUntil)
		}
		out = append(out, e.RegisterUntil, domain.DateIn(e.OpensAt), domain.DateIn(e.UpdatedAt))
		for _, s := range e.Programme {
			out = append(out, s.Day)
		}
	}
	for _, n := range c.News {
		out = append(out, domain.DateIn(n.PublishedAt), domain.DateIn(n.UpdatedAt))
	}
	return out
}

func TestTheClockStaysOnTheWall(t *testing.T) {
	everyDay(2026, 2027, func(today domain.Date) {
		for _, n := range demo.Programme(today).News {
			if at := n.PublishedAt.In(domain.Stockholm()); at.Hour() != 9 || at.Minute() != 0 {
				t.Fatalf("on %v, %s is published at %v", today, n.Slug, at)
			}
		}
	})
}

func TestStatesOnTheFirstDay(t *testing.T) {
	everyDay(2026, 2027, func(today domain.Date) {
		c := demo.Programme(today)
		for _, now := range []time.Time{today.Start(), today.End().Add(-time.Second)} {
			for _, e := range c.Series[0].Events {
				if got := e.Availability(now); got != domain.AvailableOpen {
					t.Fatalf("on %v, %s is %s", now, e.Slug, got)
				}
			}
			if got := c.Events[0].Availability(now); got != domain.AvailableClosed {
				t.Fatalf("on %v, the conference is %s", now, got)
			}
		}
	})
}

func TestDeadlinesComeInOrder(t *testing.T) {
	for _, e := range demo.Programme(demo.Historical()).AllEvents() {
		opens := domain.DateIn(e.OpensAt)
		if !opens.Before(e.RegisterUntil) {
			t.Errorf("%s opens %v and closes %v", e.Slug, opens, e.RegisterUntil)
		}
		if wd := e.RegisterUntil.Weekday(); wd == time.Saturday || wd == time.Sunday {
			t.Errorf("%s closes on a %v", e.Slug, wd)
		}
		if e.Day.IsZero() {
			continue
		}
		if e.RegisterUntil.Before(e.CancelUntil) || !e.RegisterUntil.Before(e.Day) {
			t.Errorf("%s: cancel until %v, register until %v, day %v", e.Slug, e.CancelUntil, e.RegisterUntil, e.Day)
		}
		if !strings.Contains(e.Terms.Text.Sv, fmt.Sprint(e.CancelUntil.Day)) || !strings.Contains(e.Terms.Text.En, fmt.Sprint(e.CancelUntil.Year)) {
			t.Errorf("%s: the terms do not tell the last day to cancel: %q", e.Slug, e.Terms.Text)
		}
		if e.ErasedOn() != e.Day.AddDays(12*7) {
			t.Errorf("%s is erased on %v", e.Slug, e.ErasedOn())
		}
	}
}

func TestProgrammesFillTheDay(t *testing.T) {
	for _, e := range demo.Programme(demo.Historical()).Series[0].Events {
		at := e.Arrival
		named := map[string]bool{}
		for i, s := range e.Programme {
			if i > 0 && s.Parallel != "" && s.Parallel == e.Programme[i-1].Parallel {
				at = e.Programme[i-1].Starts // held at once with the one before
			}
			if s.Starts != at || s.Ends <= s.Starts || s.Day != e.Day || s.Title.IsZero() {
				t.Errorf("%s: %q from %v to %v, expected from %v", e.Slug, s.Title.Sv, s.Starts, s.Ends, at)
			}
			at = s.Ends
			for _, who := range s.Speakers {
				named[who.Name] = true
			}
		}
		if at != e.Ends || e.Starts <= e.Arrival {
			t.Errorf("%s: arrival %v, starts %v, ends %v, programme ends %v", e.Slug, e.Arrival, e.Starts, e.Ends, at)
		}
		if len(e.Speakers) != len(named) || len(named) < 5 {
			t.Errorf("%s: %d speakers, %d named in the programme", e.Slug, len(e.Speakers), len(named))
		}
	}
}

func TestTextsAreWholeInBothLanguages(t *testing.T) {
	for _, today := range []domain.Date{demo.Historical(), {Year: 2026, Month: time.November, Day: 23}} {
		for _, fault := range textFaults(demo.Programme(today)) {
			t.Errorf("%v: %s", today, fault)
		}
	}
}

func TestTextFaultsAreFound(t *testing.T) {
	for name, spoil := range map[string]func(*demo.Content){
		"no English":    func(c *demo.Content) { c.News[3].Body.En = "" },
		"no Swedish":    func(c *demo.Content) { c.Series[0].Events[2].Questions[0].Label.Sv = "" },
		"an open hole":  func(c *demo.Content) { c.News[0].Body.Sv += " {day}" },
		"a tilde":       func(c *demo.Content) { c.Events[0].Lead.En += " 10~days" },
		"officialese":   func(c *demo.Content) { c.Series[0].Events[0].Cost.Sv += " Vänligen ta med eget kaffe." },
		"copied across": func(c *demo.Content) { c.Series[0].Body.En = c.Series[0].Body.Sv },
	} {
		c := demo.Programme(demo.Historical())
		spoil(&c)
		if len(textFaults(c)) == 0 {
			t.Errorf("%s is not noticed", name)
		}
	}
}

// textFaults lists what is wrong with any wording in c.
func textFaults(c demo.Content) []string {
	var faults []string
	banned := regexp.MustCompile(`(?i)vänligen|tyvärr|\boj\b|ogiltig|obligatorisk|klicka här|~|\{[a-z]+\}`)
	eachText(reflect.ValueOf(c), func(t domain.Text) {
		switch {
		case t.IsZero():
		case t.Sv == "" || t.En == "":
			faults = append(faults, fmt.Sprintf("one language is missing: %q", t))
		case banned.MatchString(t.Sv + t.En):
			faults = append(faults, fmt.Sprintf("%q has %q", t, banned.FindString(t.Sv+t.En)))
		case t.Sv == t.En && len(t.Sv) > 20:
			faults = append(faults, fmt.Sprintf("the languages are the same: %q", t.Sv))
		}
	})
	return faults
}

func eachText(v reflect.Value, visit func(domain.Text)) {
	if t, ok := v.Interface().(domain.Text); ok {
		visit(t)
		return
	}
	if _, ok := v.Interface().(time.Time); ok {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			eachText(v.Field(i), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachText(v.Index(i), visit)
		}
	}
}

func TestEventsSayWhatTheyMust(t *testing.T) {
	kinds := map[domain.QuestionKind]bool{}
	required := 0
	seen := map[string]bool{}
	ids := map[int64]bool{}
	c := demo.Programme(demo.Historical())
	for _, e := range c.AllEvents() {
		if seen[e.Slug] || strings.Trim(e.Slug, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("slug %q is used twice or is not plain", e.Slug)
		}
		seen[e.Slug] = true
		texts := []domain.Text{e.Title, e.Lead, e.Body, e.Cost, e.PhotoNote, e.Calendar, e.Terms.Text, e.Owner.Minority, e.Owner.LegalBasis}
		if i := slices.IndexFunc(texts, domain.Text.IsZero); i >= 0 {
			t.Errorf("%s: text %d is missing", e.Slug, i)
		}
		if !regexp.MustCompile(`^\d{3}-\d{4}-2016$`).MatchString(e.CaseNumber) {
			t.Errorf("%s: case number %q", e.Slug, e.CaseNumber)
		}
		if strings.Contains(strings.ToLower(e.Calendar.Sv), "sex") || strings.Contains(strings.ToLower(e.Calendar.Sv), "prostitution") {
			t.Errorf("%s: a shared calendar would tell the subject", e.Slug)
		}
		for i, q := range e.Questions {
			if ids[q.ID] || q.ID == 0 || q.Position != i+1 {
				t.Errorf("%s: question %d at %d", e.Slug, q.ID, q.Position)
			}
			ids[q.ID] = true
			kinds[q.Kind] = true
			if q.Required {
				required++
			}
		}
	}
	if len(kinds) != 5 || required == 0 {
		t.Errorf("%d kinds of question are asked, %d required", len(kinds), required)
	}
}

func TestTheSameDayGivesTheSameProgramme(t *testing.T) {
	today := domain.Date{Year: 2028, Month: time.February, Day: 29}
	if !reflect.DeepEqual(demo.Programme(today), demo.Programme(today)) {
		t.Error("two programmes of one day differ")
	}
	if reflect.DeepEqual(demo.Programme(today), demo.Programme(demo.Historical())) {
		t.Error("programmes of different days are the same")
	}
}
