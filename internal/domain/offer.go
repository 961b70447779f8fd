package domain

import "time"

// OfferRules tell how long a freed place is held for the one whom it is offered to. The zero
// value holds it for 24 hours however near the event is.
type OfferRules struct {
	Hours      int `json:"hours,omitempty"`       // at least this long; 0 means 24, and it is never below 24
	ShortDays  int `json:"short_days,omitempty"`  // in the last calendar days before the event, ShortHours hold; 0: never shortened
	ShortHours int `json:"short_hours,omitempty"` // at least this long in those days; never below 2 nor above Hours
	RaceDays   int `json:"race_days,omitempty"`   // in the last calendar days, a place goes to the first in the queue to answer; 0: none
}

// OfferMode is how a freed place finds its next participant.
type OfferMode string

// The ways to hand out a freed place.
const (
	OfferHeld OfferMode = "held" // for the first of the queue alone, until an instant
	OfferRace OfferMode = "race" // for everyone in the queue, and the first to answer has it
	OfferNone OfferMode = "none" // the event has begun
)

const (
	offerHours      = 24
	offerShortHours = 2
	offerMargin     = 12 * time.Hour // between the end of an offer and the event

	offerEndsFrom Clock = 12 * 60
	offerEndsTo   Clock = 16 * 60
)

// Announced is the rules as they are applied, with what is missing or out of bounds filled in.
// ShortHours is 0 where nothing is shortened.
func (r OfferRules) Announced() OfferRules {
	r.Hours = max(r.Hours, offerHours)
	r.ShortDays, r.RaceDays = max(r.ShortDays, 0), max(r.RaceDays, 0)
	r.ShortHours = min(max(r.ShortHours, offerShortHours), r.Hours)
	if r.ShortDays == 0 {
		r.ShortHours = 0
	}
	return r
}

// Plan decides what becomes of a place freed at now, at an event that starts at startsAt on day.
// Where the mode is OfferHeld, until is the first instant when the offer no longer stands: a whole
// hour from 12.00 to 16.00 on a working day in Stockholm, with no less than the hours of the rules
// left by the clock on the wall and by the stopwatch alike. Otherwise until is the zero time.
//
// An offer that would end less than twelve hours before the event is held for the short hours where
// the rules have them and they fit; else it is a race, and stays one. Where startsAt or day is zero
// the event is not dated yet: its offers are held, and never shortened.
func (r OfferRules) Plan(now, startsAt time.Time, day Date) (mode OfferMode, until time.Time) {
	r = r.Announced()
	if startsAt.IsZero() || day.IsZero() {
		return OfferHeld, offerEnd(now, r.Hours)
	}
	if !now.Before(startsAt) {
		return OfferNone, time.Time{}
	}
	left := DateIn(now).DaysUntil(day)
	if r.RaceDays > 0 && left <= r.RaceDays {
		return OfferRace, time.Time{}
	}
	hours := r.Hours
	if r.ShortDays > 0 && left <= r.ShortDays {
		hours = r.ShortHours
	}
	latest := startsAt.Add(-offerMargin)
	until = offerEnd(now, hours)
	if until.After(latest) && r.ShortDays > 0 {
		until = offerEnd(now, r.ShortHours) // else the first to answer would have it today, and be held again tomorrow
	}
	if until.After(latest) {
		return OfferRace, time.Time{}
	}
	return OfferHeld, until
}

// offerEnd moves the end out of nights, days off and mornings, so that whoever reads their mail on
// a working morning still has that morning. No end lies between 09.00 and 12.00 either: an offer
// made on a Sunday at 09.00 would be gone by Monday at 09.00, and before one made an hour earlier.
func offerEnd(now time.Time, hours int) time.Time {
	end := addWallHours(now, hours)
	if full := end.Truncate(time.Hour); full.Before(end) {
		end = full.Add(time.Hour)
	}
	day, clock := DateOf(end), Clock(end.Hour()*60)
	if !day.Workday() || clock > offerEndsTo {
		return day.AddWorkdays(1).At(offerEndsFrom)
	}
	return day.At(max(clock, offerEndsFrom))
}

// addWallHours turns the clock in Stockholm on by some hours. In the night that loses an hour that
// would be too little time, and the hours on the stopwatch decide.
func addWallHours(now time.Time, hours int) time.Time {
	t := now.In(stockholm)
	y, m, d := t.Date()
	wall := time.Date(y, m, d, t.Hour()+hours, t.Minute(), t.Second(), t.Nanosecond(), stockholm)
	if least := t.Add(time.Duration(hours) * time.Hour); wall.Before(least) {
		return least
	}
	return wall
}
