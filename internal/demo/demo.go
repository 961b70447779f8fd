package demo

import (
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// Content is the whole demonstration programme. Ids are zero save those of the questions, which
// are provisional: they tell questions apart until the store has given them its own.
type Content struct {
	Shift      int                // whole weeks that the programme was moved from its historical days
	Organisers []domain.Organiser // owners of everything below
	Series     []domain.Series    // with their Events
	Events     []domain.Event     // those outside any series
	News       []domain.News      // oldest first; some are published after the day of loading
	Files      map[string][]byte  // the bytes of every document of events and news, by document slug
	Note       domain.Text        // what of this is made up, in short lines, to be told to whoever loads it
}

// AllEvents lists the events of the series and those outside any, in that order.
func (c Content) AllEvents() []domain.Event {
	var out []domain.Event
	for _, s := range c.Series {
		out = append(out, s.Events...)
	}
	return append(out, c.Events...)
}

// Historical is the day for which the programme stands on its historical days: nothing is moved.
func Historical() domain.Date { return domain.Date{Year: 2016, Month: time.October, Day: 1} }

// The first theme day is shown between these many days ahead, the later bound excluded.
const (
	nearest = 8 * 7
	beyond  = 9 * 7
)

// Shift is the number of whole weeks by which the programme is moved so that its first theme day
// comes 8 to 9 weeks after today: at least 56 days, fewer than 63. Weekdays stay what they were.
func Shift(today domain.Date) int {
	ahead := today.DaysUntil(firstThemeDay())
	weeks := (beyond - 1 - ahead) / 7
	if ahead+7*weeks >= beyond || ahead+7*weeks < nearest {
		weeks--
	}
	return weeks
}

// Programme is the demonstration programme as it is shown on the day asOf. Every day in it is
// moved by Shift(asOf) weeks; hours on the wall stay the same.
func Programme(asOf domain.Date) Content {
	c := calendar{weeks: Shift(asOf)}
	content := Content{
		Shift:      c.weeks,
		Organisers: organisers(),
		Series:     []domain.Series{themeDays(c)},
		Events:     []domain.Event{conference(c)},
		News:       news(c),
		Note:       note(c.weeks),
	}
	content.Files = files(content)
	return content
}

// note is a few lines, the last of them only where the programme was moved.
func note(weeks int) domain.Text {
	lines := []domain.Text{
		text(`Det här är ett demonstrationsprogram.`, `This is a demonstration programme.`),
		text(`Som det en gång tillkännagavs: dagar, städer, lokaler, inbjudare, målgrupper och konferensens medverkande.`,
			`As once announced: days, towns, venues, hosts, target groups and the speakers at the conference.`),
		text(`Påhittat: allt annat, även deltagare, villkor, diarienummer och uppgifter om lokalernas tillgänglighet.`,
			`Made up: everything else, also participants, terms, case numbers and access to the venues.`),
		text(`Adresser slutar på example.se och telefonnumren är avsatta för fiktion, utom stödtelefonen 020-390~000.`,
			`Addresses end in example.se and phone numbers are set apart for fiction, except the support line 020-390~000.`),
	}
	if weeks != 0 {
		lines = append(lines, text(`Programmet är flyttat i hela veckor, så en dag kan hamna på en helgdag.`,
			`The programme was moved by whole weeks, so a day may fall on a public holiday.`))
	}
	var out domain.Text
	for i, l := range lines {
		if i > 0 {
			l.Sv, l.En = "\n"+l.Sv, "\n"+l.En
		}
		out.Sv, out.En = out.Sv+l.Sv, out.En+l.En
	}
	return out
}
