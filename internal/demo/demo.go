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
	Note       domain.Text        // what of this is made up, to be told to whoever loads it
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
		Note:       note(),
	}
	content.Files = files(content)
	return content
}

func note() domain.Text {
	return text(
		`Det här är ett demonstrationsprogram. Dagar, städer, lokaler, adresser, inbjudare, målgrupper och konferensens medverkande följer vad som en gång tillkännagavs. Allt annat är demonstrationens eget: antal platser, klockslag, sista dagar för temadagarna, kostnad, program, uppgifter om lokalernas tillgänglighet, temadagarnas medverkande, frågor, villkor, diarienummer, dokument och samtliga texter. Deltagarna är påhittade, e-postadresserna slutar på example.se och telefonnumren är sådana som är avsatta för fiktion. Undantaget är stödtelefonen 020-390~000. Programmet flyttas i hela veckor, så en dag kan hamna på en helgdag.`,
		`This is a demonstration programme. Days, towns, venues, addresses, hosts, target groups and the speakers at the conference follow what was once announced. Everything else belongs to the demonstration: the number of places, hours, last days for the theme days, cost, programme, facts about access to the venues, the speakers at the theme days, questions, terms, case numbers, documents and all wording. The participants are made up, the e-mail addresses end in example.se and the telephone numbers are set apart for fiction, except the support line 020-390~000. The programme is moved by whole weeks, so a day may fall on a public holiday.`)
}
