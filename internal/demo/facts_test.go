package demo_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/demo"
	"github.com/temadag/temadag/internal/domain"
)

// What was announced, kept apart from the code that shows it.
type occasion struct {
	town    string
	owner   domain.OrganiserCode
	day     string
	venue   string
	address string
}

func announcedOccasions() []occasion {
	return []occasion{
		{"Luleå", "BD", "2016-12-01", "Clarion Sense", "Skeppsbrogatan 34"},
		{"Östersund", "Z", "2016-12-02", "Clarion Hotel Grand Östersund", "Prästgatan 16"},
		{"Umeå", "AC", "2016-12-07", "Folkets hus Umeå", "Skolgatan 59"},
		{"Härnösand", "Y", "2016-12-08", "Härnösands teater", "Storgatan 9"},
	}
}

func TestThemeDaysAreAsAnnounced(t *testing.T) {
	c := demo.Programme(demo.Historical())
	if c.Shift != 0 || len(c.Series) != 1 {
		t.Fatalf("moved by %d weeks, %d series", c.Shift, len(c.Series))
	}
	s := c.Series[0]
	if s.Title.Sv != "Temadagar om sex mot ersättning med fokus på efterfrågan" || s.Announced.String() != "2016-09-28" {
		t.Errorf("the series is %q, announced %v", s.Title.Sv, s.Announced)
	}
	var got []occasion
	for _, e := range s.Events {
		got = append(got, occasion{e.Town, e.Owner.Code, e.Day.String(), e.Venue.Name, e.Venue.Address})
		if e.Venue.Town != e.Town || e.Kind != domain.KindThemeDay || e.SeriesSlug != s.Slug || e.LastDay != e.Day {
			t.Errorf("%s: %+v", e.Slug, e)
		}
	}
	if !slices.Equal(got, announcedOccasions()) {
		t.Errorf("the occasions are %v", got)
	}
}

func TestThemeDaysNameWhoInvitesAndWhoIsInvited(t *testing.T) {
	groups := []string{
		"hälso- och sjukvård", "socialtjänst", "rättsväsende", "kvinno- och tjejjourer", "skola",
		"elevhälsa", "boenden för ensamkommande ungdomar",
	}
	hosts := []string{
		"Kunskapsnätverket hiv/STI Norr", "Länsstyrelsen Jämtland", "Länsstyrelsen Norrbotten",
		"Länsstyrelsen Västerbotten", "Länsstyrelsen Västernorrland",
	}
	for _, e := range demo.Programme(demo.Historical()).Series[0].Events {
		var target []string
		for _, g := range e.TargetGroup {
			target = append(target, g.Sv)
		}
		if !slices.Equal(target, groups) {
			t.Errorf("%s is for %v", e.Slug, target)
		}
		if e.InvitedBy[0] != e.Owner.Short {
			t.Errorf("%s: %q is named before the owner", e.Slug, e.InvitedBy[0])
		}
		if sorted := slices.Sorted(slices.Values(e.InvitedBy)); !slices.Equal(sorted, hosts) {
			t.Errorf("%s invites by %v", e.Slug, sorted)
		}
	}
}

func TestConferenceIsAsAnnounced(t *testing.T) {
	c := demo.Programme(demo.Historical())
	if len(c.Events) != 1 {
		t.Fatalf("%d events stand alone", len(c.Events))
	}
	e := c.Events[0]
	if e.Title.Sv != "Nationell heldagskonferens om prostitution och människohandel, med fokus på efterfrågan" ||
		e.Owner.Code != "AB" || e.Kind != domain.KindConference || !e.Binding || e.RegisterUntil.String() != "2016-09-29" {
		t.Errorf("the conference is %+v", e)
	}
	if !e.Day.IsZero() || !e.LastDay.IsZero() || !e.Venue.IsZero() || e.Town != "" || e.Capacity != 0 ||
		e.Starts.Known() || e.Ends.Known() || e.Arrival.Known() || len(e.Programme) != 0 {
		t.Error("the conference says what was never announced")
	}
	want := [][2]string{
		{"Åsa Regnér", "Barn-, äldre- och jämställdhetsminister"},
		{"Per-Anders Sunesson", "Sveriges ambassadör för arbetet mot människohandel"},
		{"Patrik Cederlöf", "Nationell samordnare mot prostitution och människohandel"},
		{"Simon Häggström", "Kriminalinspektör, chef för Stockholmspolisens prostitutionsgrupp"},
		{"Anna Lagerdal", "Kriminalinspektör"},
		{"Max Waltman", "Fil.dr, gästforskare vid Harvard University"},
	}
	var got [][2]string
	for _, s := range e.Speakers {
		got = append(got, [2]string{s.Name, s.Title.Sv})
	}
	if !slices.Equal(got, want) {
		t.Errorf("its speakers are %v", got)
	}
}

func TestOrganisersAreAsAnnounced(t *testing.T) {
	want := [][4]string{
		{"BD", "Länsstyrelsen i Norrbottens län", "Länsstyrelsen Norrbotten", "Luleå"},
		{"Z", "Länsstyrelsen i Jämtlands län", "Länsstyrelsen Jämtland", "Östersund"},
		{"AC", "Länsstyrelsen i Västerbottens län", "Länsstyrelsen Västerbotten", "Umeå"},
		{"Y", "Länsstyrelsen i Västernorrlands län", "Länsstyrelsen Västernorrland", "Härnösand"},
		{"AB", "Länsstyrelsen i Stockholms län", "Länsstyrelsen Stockholm", "Stockholm"},
	}
	var got [][4]string
	for _, o := range demo.Programme(demo.Historical()).Organisers {
		got = append(got, [4]string{string(o.Code), o.Name, o.Short, o.Town})
	}
	if !slices.Equal(got, want) {
		t.Errorf("the organisers are %v", got)
	}
}

func TestNewsStandOnTheirDays(t *testing.T) {
	want := []string{
		"2016-05-09", "2016-05-13", "2016-05-23", "2016-07-19", "2016-09-26", "2016-09-28",
		"2016-10-18", "2016-10-27", "2016-12-08", "2017-03-16",
	}
	c := demo.Programme(demo.Historical())
	var got []string
	visible := 0
	for _, n := range c.News {
		got = append(got, domain.DateIn(n.PublishedAt).String())
		if n.PublishedAt.Before(demo.Historical().Start()) {
			visible++
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the news are of %v", got)
	}
	if visible != 6 {
		t.Errorf("%d items are published on the historical day, want 6", visible)
	}
}

// TestNoteIsShortLines: it speaks of moved days only where they were moved.
func TestNoteIsShortLines(t *testing.T) {
	moved := demo.Historical()
	moved.Year += 10
	for _, at := range []domain.Date{demo.Historical(), moved} {
		c := demo.Programme(at)
		for _, note := range []string{c.Note.Sv, c.Note.En} {
			lines := strings.Split(note, "\n")
			if len(lines) < 3 || len(lines) > 5 {
				t.Errorf("%d lines", len(lines))
			}
			for _, line := range lines {
				if n := utf8.RuneCountInString(line); n == 0 || n > 120 {
					t.Errorf("a line of %d characters: %q", n, line)
				}
			}
			if says := strings.Contains(note, "hela veckor") || strings.Contains(note, "whole weeks"); says != (c.Shift != 0) {
				t.Errorf("moved %d weeks, and the note says so: %t", c.Shift, says)
			}
		}
	}
}
