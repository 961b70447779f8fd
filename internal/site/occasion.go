package site

import (
	"slices"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

// occasion is an event in a list, with what may be done about it now said in words.
type occasion struct {
	domain.Event
	Status   domain.Availability
	Line     string // "32 av 80 platser kvar"
	Deadline string // "Anmäl dig senast torsdag 17 november 2016"; "" where it no longer matters
	Hours    string // "kl. 09.00–16.00", of an event of one day; "" where not announced
	Action   string // "Anmäl dig till Luleå"; "" where nobody can register
	Queue    bool   // the action leads to the queue
	Apply    bool   // the action leads to an application, which the organiser answers
	Mood     string // "few", "full" or "none": how the line about places is set
}

func newOccasion(p *i18n.Printer, e domain.Event, now time.Time) occasion {
	o := occasion{Event: e, Status: e.Availability(now)}
	o.Line = seatsLine(p, e, o.Status)
	o.Mood = mood(e, o.Status)
	if !e.Day.IsZero() && e.FinalDay() == e.Day {
		o.Hours = p.Hours(e.Starts, e.Ends)
	}
	name := townOrTitle(p.Lang(), e)
	if e.Rules.Approval && takes(e, now) {
		o.Action, o.Apply = p.T("occasion.apply", "town", name), true
		o.Deadline = p.T("occasion.deadline", "day", e.RegisterUntil)
		return o
	}
	switch o.Status {
	case domain.AvailableOpen:
		o.Action = p.T("occasion.register", "town", name)
		o.Deadline = p.T("occasion.deadline", "day", e.RegisterUntil)
	case domain.AvailableQueue:
		o.Action, o.Queue = p.T("occasion.queue", "town", name), true
		o.Deadline = p.T("occasion.deadline", "day", e.RegisterUntil)
	case domain.AvailableSoon:
		o.Deadline = p.T("occasion.deadline", "day", e.RegisterUntil)
	}
	return o
}

// townOrTitle is what tells the occasions of a series apart: the town, or the title of an event that
// has none.
func townOrTitle(l domain.Lang, e domain.Event) string {
	if e.Town != "" {
		return e.Town
	}
	return e.Title.In(l)
}

func occasions(p *i18n.Printer, events []domain.Event, now time.Time) []occasion {
	out := make([]occasion, len(events))
	for i, e := range events {
		out[i] = newOccasion(p, e, now)
	}
	return out
}

// mood is how much the line about places should be noticed; the line itself says it in words.
func mood(e domain.Event, status domain.Availability) string {
	switch status {
	case domain.AvailableOpen:
		if left := e.Left(); left <= 5 || left*10 <= e.Capacity {
			return "few"
		}
		return ""
	case domain.AvailableQueue, domain.AvailableFull:
		return "full"
	}
	return "none"
}

// seatsLine tells how many places are left, or why nobody can register, in words.
func seatsLine(p *i18n.Printer, e domain.Event, status domain.Availability) string {
	switch status {
	case domain.AvailableOpen:
		return p.T("seats.left", "count", int(e.Left()), "of", int(e.Capacity))
	case domain.AvailableQueue:
		if e.Waiting == 0 {
			return p.T("seats.queue_empty")
		}
		return p.T("seats.queue", "count", e.Waiting)
	case domain.AvailableFull:
		return p.T("seats.full")
	case domain.AvailableSoon:
		return p.T("occasion.opens", "at", e.OpensAt)
	case domain.AvailableClosed:
		if e.RegisterUntil.IsZero() {
			return p.T("availability.closed")
		}
		return p.T("occasion.closed", "day", e.RegisterUntil)
	}
	return p.T("availability." + string(status))
}

// placeLine is the house and street, "På webben", or that the house is told later.
func placeLine(p *i18n.Printer, e domain.Event) string {
	switch {
	case e.Online:
		return p.T("where.online")
	case e.Venue.IsZero():
		return p.T("where.undecided")
	case e.Venue.Address == "":
		return e.Venue.Name
	}
	return e.Venue.Name + ", " + e.Venue.Address
}

// open are those that somebody can still register for, first the ones with places left.
func open(all []occasion) []occasion {
	var out []occasion
	for _, wanted := range []domain.Availability{domain.AvailableOpen, domain.AvailableQueue} {
		for _, o := range all {
			if o.Status == wanted {
				out = append(out, o)
			}
		}
	}
	return out
}

// others is all without the one with the slug.
func others(all []occasion, slug string) []occasion {
	return slices.DeleteFunc(slices.Clone(all), func(o occasion) bool { return o.Slug == slug })
}

// elsewhere says where there are places when there are none here: "Fullt i Umeå. 18 platser kvar i
// Härnösand." It is "" where no other occasion has places.
func elsewhere(p *i18n.Printer, here domain.Event, all []occasion) string {
	var places []string
	for _, o := range all {
		if o.Status == domain.AvailableOpen && o.Slug != here.Slug {
			places = append(places, p.T("occasion.places_in", "count", int(o.Left()), "town", o.Town))
		}
	}
	if len(places) == 0 {
		return ""
	}
	return p.T("occasion.elsewhere", "list", listed(p, places))
}

// listed is "Luleå", "Luleå och Umeå" or "Luleå, Umeå och Falun"; words has at least one.
func listed(p *i18n.Printer, words []string) string {
	list := words[0]
	for i, word := range words[1:] {
		if i == len(words)-2 {
			list += " " + p.T("frame.and") + " " + word
		} else {
			list += ", " + word
		}
	}
	return list
}
