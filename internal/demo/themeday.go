package demo

import (
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

// town is what differs between the theme days. Facts as announced: owner, name, day, venue and
// address. The rest is the demonstration's own.
type town struct {
	owner    domain.OrganiserCode
	name     string
	slug     string
	day      string // historical
	venue    domain.Venue
	capacity domain.Seats

	registerUntil string // historical
	cancelUntil   string // historical
	phone         string
	number        int // within the case number
	local         domain.Text
	host          domain.Speaker
	begins        string
	minutes       agenda
	asks          bool // after the last day to cancel the organiser can be asked
	parallel      bool // the conversations are held in two groups at once, and one is chosen
	questions     []domain.Question
}

func themeDay(c calendar, t town, questions *numbered) domain.Event {
	owner := organiserOf(t.owner)
	sessions, speakers := t.programme(c.day(t.day))
	return domain.Event{
		SeriesSlug:    seriesSlug,
		Slug:          t.slug,
		Owner:         owner,
		Kind:          domain.KindThemeDay,
		State:         domain.EventPublished,
		Title:         text("Temadag i "+t.name+" om sex mot ersättning", "Theme day in "+t.name+" on sex in exchange for payment"),
		Lead:          themeDayLead(),
		Body:          themeDayBody(t),
		TargetGroup:   targetGroup(),
		InvitedBy:     invitedBy(t.owner),
		Cost:          text("Kostnadsfritt. Kaffe och smörgås ingår. Lunchen betalar du själv.", "Free of charge. Coffee and a sandwich are included. You pay for your own lunch."),
		PhotoNote:     photoNote(),
		Calendar:      text("Heldag i "+t.name, "Full day in "+t.name),
		Day:           c.day(t.day),
		LastDay:       c.day(t.day),
		Arrival:       sessions[0].Starts,
		Starts:        sessions[1].Starts,
		Ends:          sessions[len(sessions)-1].Ends,
		Venue:         t.venue,
		Town:          t.name,
		Language:      domain.Swedish,
		Capacity:      t.capacity,
		WaitingList:   true,
		OpensAt:       c.at(announced, "09:00"),
		RegisterUntil: c.day(t.registerUntil),
		CancelUntil:   c.day(t.cancelUntil),
		AfterCancel:   t.afterCancel(),
		Rules:         t.rules(c),
		Terms:         domain.Terms{Version: 1, Text: themeDayTerms(c, t)},
		Binding:       true,
		Contact:       contact(owner, t.phone),
		CaseNumber:    caseNumber(c, announced, t.number),
		Retention:     retention(c, announced, t.number),
		UpdatedAt:     c.at(announced, "09:00"),
		Programme:     sessions,
		Speakers:      speakers,
		Questions:     questions.assign(t.questions),
		Documents:     themeDayDocuments(t.slug),
	}
}

func themeDayLead() domain.Text {
	return text(
		`En dag om dem som betalar för sex: vad vi vet om dem, hur vi kan tala med dem och hur vi bättre kan stötta dem som utsätts. För dig som möter frågan i ditt arbete.`,
		`A day about those who pay for sex: what we know about them, how we can talk with them and how we can better support those affected. For people who meet the issue in their work.`)
}

func themeDayBody(t town) domain.Text {
	return fill(text(`Dagen börjar med vad forskningen säger om efterfrågan och slutar med vad vi kan göra här i länet. Däremellan får du höra hur det går att tala med män som köper sex, vilket stöd som hjälper den som har sålt sex och vad lagen kräver av dig. Vi avsätter gott om tid för samtal i mindre grupper.

Föreläsningarna hålls på svenska. Du behöver inga förkunskaper, men läs gärna igenom frågorna i underlaget innan du kommer.

{local}`,
		`The day begins with what research says about demand and ends with what we can do here in the county. In between you will hear how it is possible to talk with men who buy sex, what support helps those who have sold sex and what the law requires of you. We set aside plenty of time for conversations in smaller groups.

The lectures are given in Swedish. You need no previous knowledge, but please read through the questions in the preparation sheet before you come.

{local}`), map[string]domain.Text{"local": t.local})
}

// afterCancel differs, so that both ways can be seen.
func (t town) afterCancel() domain.AfterLastCancelDay {
	if t.asks {
		return domain.ContactUs
	}
	return domain.TransferOnly
}

// rules are the demonstration's own: offers are shortened in the last week and go to whoever answers
// first in the last two days, a workplace may send up to five, and needs are asked.
func (t town) rules(c calendar) domain.Rules {
	return domain.Rules{
		Offers:     domain.OfferRules{ShortDays: 7, ShortHours: 4, RaceDays: 2},
		GroupLimit: 5, NameBy: c.day(t.cancelUntil), ChangeUntil: c.day(t.registerUntil),
		Food: true, Access: true,
	}
}

func themeDayTerms(c calendar, t town) domain.Text {
	if t.asks {
		return fill(text(
			`Anmälan är bindande: får du förhinder kan du avboka till och med {day}. Därefter kan du överlåta platsen till en kollega, eller höra av dig till oss.`,
			`Your registration is binding: if you cannot come, you may cancel up to and including {day}. After that you can hand the place over to a colleague, or contact us.`),
			map[string]domain.Text{"day": c.long(t.cancelUntil)})
	}
	return fill(text(
		`Anmälan är bindande: får du förhinder kan du avboka till och med {day}. Därefter kan du bara överlåta platsen till en kollega.`,
		`Your registration is binding: if you cannot come, you may cancel up to and including {day}. After that you can only hand the place over to a colleague.`),
		map[string]domain.Text{"day": c.long(t.cancelUntil)})
}

func photoNote() domain.Text {
	return text(
		`Vi fotograferar bara dem som föreläser, och först när de har sagt ja. Publiken fotograferas inte. Fotografera inte heller du andra deltagare.`,
		`We take pictures only of those who lecture, and only when they have said yes. The audience is not photographed. Please do not photograph other participants yourself.`)
}

// caseNumber is a made-up diarienummer of the year when the event was announced.
func caseNumber(c calendar, opened string, number int) string {
	return fmt.Sprintf("801-%d-%d", number, c.day(opened).Year)
}

// retention is a made-up decision on erasure, under the general regulations in force at the time.
func retention(c calendar, opened string, number int) domain.Retention {
	rules := "RA-FS 2021:6"
	if c.day(opened).Year < 2022 {
		rules = "RA-FS 1991:6"
	}
	return domain.Retention{
		Weeks:   12,
		Support: fmt.Sprintf("%s, tillämpningsbeslut dnr %s", rules, caseNumber(c, opened, number+1)),
	}
}

// access is what is said of every house in the demonstration, besides its equipment.
func access(a domain.Access, parking, dropOff, note domain.Text) domain.Access {
	a.Parking, a.DropOff, a.Note = parking, dropOff, note
	return a
}
