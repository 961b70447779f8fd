package domain

import "time"

// EventID identifies an event inside the program; pages use its slug.
type EventID int64

// EventKind is what an event calls itself.
type EventKind string

// The kinds of event.
const (
	KindThemeDay   EventKind = "theme_day"
	KindConference EventKind = "conference"
	KindSeminar    EventKind = "seminar"
	KindCourse     EventKind = "course"
	KindWebinar    EventKind = "webinar"
)

// EventKinds lists the kinds in the order they are offered.
func EventKinds() []EventKind {
	return []EventKind{KindThemeDay, KindConference, KindSeminar, KindCourse, KindWebinar}
}

// EventState is what the organiser has decided about an event. Open, full and closed are derived
// by Event.Availability and never stored.
type EventState string

// The states of an event.
const (
	EventDraft     EventState = "draft"
	EventPublished EventState = "published"
	EventCancelled EventState = "cancelled"
)

// Seats counts places. Temadag has no prices, and so no other quantity.
type Seats int

// AfterLastCancelDay is what a participant may still do when the last day to cancel has passed.
type AfterLastCancelDay string

// The two rules for late hindrances.
const (
	TransferOnly AfterLastCancelDay = "transfer_only" // hand the place over to a colleague
	ContactUs    AfterLastCancelDay = "contact_us"
)

// Terms are the binding terms of an event in one version. A version is never changed: a
// registration points at the one that was on the screen.
type Terms struct {
	ID      int64
	Version int
	Text    Text // one or two sentences, shown beside the button and in the letter
}

// Retention tells when registrations are erased and on what decision. Nothing is erased
// while Support is empty.
type Retention struct {
	Weeks   int    // after the last day of the event
	Support string // "RA-FS 2021:6, tillämpningsbeslut dnr …"
}

// Contact is whom to ask about an event.
type Contact struct {
	Name  string
	Phone string
	Email string
}

// Event is one occasion: a theme day, seminar or conference with place, time and capacity. What is
// not announced is the zero value and is shown as such, never made up.
type Event struct {
	ID         EventID
	SeriesID   SeriesID // 0 for an event of its own
	SeriesSlug string
	Slug       string
	Owner      Organiser
	Kind       EventKind
	State      EventState

	Title       Text
	Lead        Text
	Body        Text // Markdown
	TargetGroup []Text
	InvitedBy   []string // names of co-inviting organisations, owner first
	Cost        Text     // "Kostnadsfritt. Lunch ingår."
	CancelNote  Text     // why it was cancelled, for the page of a cancelled event
	PhotoNote   Text
	Calendar    Text     // a neutral name for shared calendars; zero means Title

	Day     Date // first day
	LastDay Date // same as Day for one-day events; zero when Day is
	Arrival Clock
	Starts  Clock // on Day
	Ends    Clock // on LastDay

	Venue    Venue
	Town     string // told even before the venue is
	Online   bool
	Language Lang

	Capacity    Seats // 0: not decided, and then nobody can register
	Taken       Seats // confirmed + offered
	Waiting     int   // people in the queue
	WaitingList bool  // a full event offers its queue

	OpensAt       time.Time // zero: open as soon as it is published
	RegisterUntil Date      // last day, inclusive; zero: not decided, and then nobody can register
	CancelUntil   Date      // last day, inclusive; zero: never
	AfterCancel   AfterLastCancelDay
	NoShowFee     int // kronor; 0 for none
	Terms         Terms
	Binding       bool
	Rules         Rules

	Contact    Contact
	CaseNumber string // diarienummer
	Retention  Retention
	Revision   int // raised when time or place changes; the SEQUENCE of its calendar entries
	UpdatedAt  time.Time

	// Filled only by readers that say so.
	Programme []Session
	Speakers  []Speaker // those of the whole event, in order; sessions name their own
	Questions []Question
	Documents []Document
}

// Availability is what the public may do about an event at an instant.
type Availability string

// The answers of Event.Availability.
const (
	AvailableOpen      Availability = "open"      // places left
	AvailableQueue     Availability = "queue"     // full, the waiting list is open
	AvailableFull      Availability = "full"      // full, and no waiting list
	AvailableSoon      Availability = "soon"      // opens at OpensAt
	AvailableUndecided Availability = "undecided" // capacity or last day not decided yet
	AvailableClosed    Availability = "closed"    // the last day to register has passed
	AvailableHeld      Availability = "held"      // the event is over
	AvailableCancelled Availability = "cancelled"
)

// Availability is what the public may do about the event at now. Deadlines are exclusive: at the
// first instant of the day after RegisterUntil, and at the first instant of the event, it is
// closed.
func (e Event) Availability(now time.Time) Availability {
	switch {
	case e.State == EventCancelled:
		return AvailableCancelled
	case !e.Day.IsZero() && !now.Before(e.EndsAt()):
		return AvailableHeld
	case e.closed(now):
		return AvailableClosed
	case e.Capacity <= 0 || e.RegisterUntil.IsZero():
		return AvailableUndecided
	case now.Before(e.OpensAt):
		return AvailableSoon
	case e.Taken < e.Capacity && e.Waiting == 0:
		return AvailableOpen
	case e.WaitingList:
		return AvailableQueue
	}
	return AvailableFull
}

func (e Event) closed(now time.Time) bool {
	if !e.RegisterUntil.IsZero() && !now.Before(e.RegisterUntil.End()) {
		return true
	}
	return !e.Day.IsZero() && !now.Before(e.StartsAt())
}

// Left is the number of places that a newcomer could take: none while anyone waits, since a freed
// place goes to the queue first.
func (e Event) Left() Seats {
	if e.Waiting > 0 || e.Taken >= e.Capacity {
		return 0
	}
	return e.Capacity - e.Taken
}

// StartsAt is the first instant of the event: its hour, or the start of its day where the hour is
// not announced. The zero time where the day is not announced.
func (e Event) StartsAt() time.Time {
	switch {
	case e.Day.IsZero():
		return time.Time{}
	case !e.Starts.Known():
		return e.Day.Start()
	}
	return e.Day.At(e.Starts)
}

// EndsAt is the instant after which the event is over: its last hour, or the end of its last day
// where the hour is not announced. The zero time where the day is not announced.
func (e Event) EndsAt() time.Time {
	last := e.FinalDay()
	switch {
	case last.IsZero():
		return time.Time{}
	case !e.Ends.Known():
		return last.End()
	}
	return last.At(e.Ends)
}

// FinalDay is LastDay, or Day where the event lasts one day.
func (e Event) FinalDay() Date {
	if e.LastDay.IsZero() {
		return e.Day
	}
	return e.LastDay
}

// ErasedOn is the day when its registrations are erased, or the zero Date where the day of the
// event or the decision to erase is missing.
func (e Event) ErasedOn() Date {
	if e.FinalDay().IsZero() || e.Retention.Weeks <= 0 || e.Retention.Support == "" {
		return Date{}
	}
	return e.FinalDay().AddDays(7 * e.Retention.Weeks)
}

// NextChange is the first instant after now at which Availability, or what the pages say of the
// event's days, changes by time alone; the zero time for never. Pages are kept no longer than that.
func (e Event) NextChange(now time.Time) time.Time {
	var next time.Time
	consider := func(t time.Time) {
		if !t.IsZero() && t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	consider(e.OpensAt)
	if !e.RegisterUntil.IsZero() {
		consider(e.RegisterUntil.End())
	}
	if !e.CancelUntil.IsZero() {
		consider(e.CancelUntil.End())
	}
	if !e.Rules.ChangeUntil.IsZero() {
		consider(e.Rules.ChangeUntil.End())
	}
	consider(e.StartsAt())
	consider(e.EndsAt())
	return next
}
