package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// Arrival is one made-up registration as it comes in: what was typed, when, in which language and
// by which way. Key is its submission key, different for every arrival.
type Arrival struct {
	EventSlug string
	Key       string
	At        time.Time
	Entry     domain.Entry
	Lang      domain.Lang
	Channel   domain.Channel
}

// Shielded names a participant whose personal data staff have marked as protected.
type Shielded struct {
	EventSlug string
	Email     string
}

// Crowd is everyone who has registered, in the order of arrival, and whom to mark as protected once
// they are there.
type Crowd struct {
	Arrivals  []Arrival
	Protected []Shielded
}

// sought is how many arrive at each theme day, so that every state is seen: 32 of 80 places left in
// Luleå, 3 of 60 in Östersund, a full Umeå with six people waiting, 18 of 70 left in Härnösand.
func sought(event string) int {
	switch event {
	case "temadag-lulea":
		return 48
	case "temadag-ostersund":
		return 57
	case "temadag-umea":
		return 96
	case "temadag-harnosand":
		return 52
	}
	return 0
}

// Participants are the made-up people who registered for the given events between the hour when
// registration opened and the start of the day asOf; both must come from Programme(asOf). Pass the
// events as the store gives them back: answers are kept by the ids of their questions. Events that
// nobody seeks are passed over. An event gets the same people whichever others are given.
func Participants(asOf domain.Date, events ...domain.Event) Crowd {
	var crowd Crowd
	guests := everyone()
	for _, e := range events {
		arrivals := arrive(e, guests[e.Slug], asOf)
		crowd.Arrivals = append(crowd.Arrivals, arrivals...)
		crowd.Protected = append(crowd.Protected, shielded(arrivals)...)
	}
	slices.SortStableFunc(crowd.Arrivals, func(a, b Arrival) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	return crowd
}

func arrive(e domain.Event, someone []person, asOf domain.Date) []Arrival {
	d := newDice(e.Slug)
	times := hours(d, e.OpensAt, asOf.Start(), len(someone))
	out := make([]Arrival, len(someone))
	for i := range out {
		out[i] = Arrival{
			EventSlug: e.Slug,
			Key:       fmt.Sprintf("demo-%s-%03d", e.Slug, i+1),
			At:        times[i],
			Entry:     entry(d, e, someone[i]),
			Lang:      domain.Swedish,
			Channel: weighed(d, []share[domain.Channel]{
				{domain.ChannelWeb, 92}, {domain.ChannelPhone, 5}, {domain.ChannelEmail, 3},
			}),
		}
		if out[i].Channel == domain.ChannelWeb && d.chance(4) {
			out[i].Lang = domain.English
		}
	}
	return out
}

func entry(d *dice, e domain.Event, someone person) domain.Entry {
	municipality := e.Town
	if !d.chance(42) {
		municipality = pick(d, domain.MunicipalitiesIn(e.Owner.Code))
	}
	w := work(d, municipality, e.Town)
	in := domain.Entry{
		GivenName:        someone.given,
		FamilyName:       someone.family,
		Email:            someone.email,
		Organisation:     w.organisation,
		OrganisationType: string(w.kind),
		Title:            w.title,
		Municipality:     municipality,
		Answers:          answers(d, e.Questions),
		Sessions:         session(d, e.ChosenSessions()),
		Needs:            needs(d, e),
	}
	if d.chance(64) {
		in.Phone = phone(d)
	}
	return in
}

// session is one of those held at once; none where nothing is chosen.
func session(d *dice, chosen []domain.Session) []string {
	if len(chosen) == 0 {
		return nil
	}
	return []string{strconv.FormatInt(pick(d, chosen).ID, 10)}
}

// needs are told by about every fifth, from the closed choices alone.
func needs(d *dice, e domain.Event) domain.NeedsEntry {
	var n domain.NeedsEntry
	if e.Rules.Food && d.chance(18) {
		n.Diet = []string{string(pick(d, domain.Diets()))}
	}
	if e.Rules.Access && d.chance(4) {
		n.Access = []string{string(pick(d, domain.AccessNeeds()))}
	}
	return n
}

// phone is one of the numbers set apart for fiction, written in one of the ways people write them.
func phone(d *dice) string {
	n := 605 + d.roll(95)
	switch d.roll(10) {
	case 0:
		return fmt.Sprintf("0701740%d", n)
	case 1:
		return fmt.Sprintf("+46 70 174 0%d %02d", n/100, n%100)
	case 2:
		return fmt.Sprintf("0980-319 2%02d", d.roll(100))
	case 3:
		return fmt.Sprintf("08-465 004 %02d", d.roll(100))
	}
	return fmt.Sprintf("070-174 0%d %02d", n/100, n%100)
}

// shielded picks out the two people whose data are protected: they work where it is nothing out of
// the ordinary.
func shielded(arrivals []Arrival) []Shielded {
	for _, a := range arrivals {
		at := a.EventSlug == "temadag-ostersund" && a.Entry.OrganisationType == string(domain.OrgShelter) ||
			a.EventSlug == "temadag-harnosand" && a.Entry.OrganisationType == string(domain.OrgJustice)
		if at {
			return []Shielded{{EventSlug: a.EventSlug, Email: a.Entry.Email}}
		}
	}
	return nil
}

// hours spreads n instants between from and until, each at least a second after the one before:
// most of them on weekdays and in office hours.
func hours(d *dice, from, until time.Time, n int) []time.Time {
	first, last := domain.DateIn(from), domain.DateIn(until)
	days := first.DaysUntil(last)
	out := make([]time.Time, 0, n)
	for len(out) < n {
		day := first.AddDays(d.roll(max(days, 1)))
		if wd := day.Weekday(); (wd == time.Saturday || wd == time.Sunday) && !d.chance(25) {
			continue
		}
		hour := weighed(d, []share[int]{{7, 4}, {8, 12}, {9, 14}, {10, 13}, {11, 9}, {12, 7}, {13, 13}, {14, 12}, {15, 9}, {16, 5}, {19, 2}, {20, 3}, {21, 2}})
		at := day.At(domain.Clock(hour*60 + d.roll(60))).Add(time.Duration(d.roll(60)) * time.Second)
		if at.After(from) && at.Before(until) {
			out = append(out, at)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	for i := 1; i < n; i++ {
		if !out[i].After(out[i-1]) {
			out[i] = out[i-1].Add(time.Second)
		}
	}
	return out
}
