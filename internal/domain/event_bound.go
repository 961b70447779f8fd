package domain

import "slices"

// Occasion is when and where an event is held: what people bind themselves to. The zero Occasion is
// none at all; one that is not announced has NoClock for its hours.
type Occasion struct {
	Day        Date   `json:"day,omitzero"`
	LastDay    Date   `json:"last_day,omitzero"` // zero for one day
	Starts     Clock  `json:"starts"`
	Ends       Clock  `json:"ends"`
	Venue      string `json:"venue,omitempty"`
	Address    string `json:"address,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	VenueTown  string `json:"venue_town,omitempty"`
	Town       string `json:"town,omitempty"`
	Online     bool   `json:"online,omitempty"`
}

// Occasion is when and where the event is held.
func (e Event) Occasion() Occasion {
	o := Occasion{
		Day: e.Day, LastDay: e.LastDay, Starts: e.Starts, Ends: e.Ends, Venue: e.Venue.Name, Address: e.Venue.Address,
		PostalCode: e.Venue.PostalCode, VenueTown: e.Venue.Town, Town: e.Town, Online: e.Online,
	}
	if o.LastDay == o.Day {
		o.LastDay = Date{}
	}
	if o.VenueTown == "" && o.Venue != "" {
		o.VenueTown = o.Town
	}
	return o
}

// IsZero reports whether there is none.
func (o Occasion) IsZero() bool { return o == Occasion{} }

// Event is an event that is known by nothing but when and where.
func (o Occasion) Event() Event {
	return Event{
		Day: o.Day, LastDay: o.LastDay, Starts: o.Starts, Ends: o.Ends, Arrival: NoClock, Town: o.Town, Online: o.Online,
		Venue: Venue{Name: o.Venue, Address: o.Address, PostalCode: o.PostalCode, Town: o.VenueTown},
	}
}

// The parts of an occasion, as letters name them.
const (
	BoundDay   = "day"
	BoundHours = "hours"
	BoundPlace = "place"
)

// BoundChanges are the parts of what people have bound themselves to in which two occasions differ. What was
// not announced before binds nobody, and is no change when it is: that a house is told where there was
// only a town, or an hour where there was only a day.
func (o Occasion) BoundChanges(to Occasion) []string {
	var parts []string
	add := func(part string, changed bool) {
		if changed {
			parts = append(parts, part)
		}
	}
	add(BoundDay, !o.Day.IsZero() && (o.Day != to.Day || o.LastDay != to.LastDay))
	add(BoundHours, (o.Starts.Known() && o.Starts != to.Starts) || (o.Ends.Known() && o.Ends != to.Ends))
	house := o.Venue != "" && (o.Venue != to.Venue || o.Address != to.Address || o.PostalCode != to.PostalCode || o.VenueTown != to.VenueTown)
	add(BoundPlace, house || (o.Town != "" && o.Town != to.Town) || (o.Online != to.Online && (o.Online || o.Venue != "" || o.Town != "")))
	return parts
}

// Holdings are what people have got at an event, which no edit may take from them unseen.
type Holdings struct {
	Confirmed, Offered, Waiting, Pending int

	NoEmail  int                // of them, those whom no letter reaches
	Ever     int                // registrations of any status
	Answered map[int64][]string // by question: each value that anyone has answered
	Chosen   map[SessionID]int  // by session: those who have chosen it, with a place there or not
}

// Live is how many registrations there are that count.
func (h Holdings) Live() int { return h.Confirmed + h.Offered + h.Waiting + h.Pending }

// MayReplace is nil where the event can become next as it stands. The faults, reported together as
// *Invalid: "capacity" below those who have a place ("capacity.below", with "taken"); a fee or a binding
// that was not there when people registered; a question of another kind or without a choice that someone
// has made; a session that someone has chosen and that is gone, not chosen any more, or too small.
func (e Event) MayReplace(next Event, h Holdings) error {
	v := &Invalid{}
	if next.Capacity < e.Taken {
		v.Add("capacity", "capacity.below", map[string]any{"taken": int(e.Taken)})
	}
	if h.Live() > 0 && e.State == EventPublished {
		if next.NoShowFee > e.NoShowFee {
			v.Add("no_show_fee", "edit.fee.bound", map[string]any{"count": h.Live()})
		}
		if next.Binding && !e.Binding {
			v.Add("binding", "edit.binding.bound", map[string]any{"count": h.Live()})
		}
	}
	e.sessionsKept(v, next, h)
	e.questionsKept(v, next, h)
	return v.Err()
}

func (e Event) sessionsKept(v *Invalid, next Event, h Holdings) {
	for _, s := range e.Programme {
		n := h.Chosen[SessionID(s.ID)]
		if n == 0 {
			continue
		}
		args := map[string]any{"title": s.Title, "count": n}
		i := slices.IndexFunc(next.Programme, func(o Session) bool { return o.ID == s.ID })
		switch {
		case i < 0:
			v.Add("programme", "edit.session.chosen", args)
		case next.Programme[i].Parallel == "":
			v.Add(RowField("session", i, "parallel"), "edit.session.chosen", args)
		case next.Programme[i].Capacity > 0 && next.Programme[i].Capacity < s.Taken:
			v.Add(RowField("session", i, "capacity"), "capacity.below", map[string]any{"taken": int(s.Taken)})
		}
	}
}

func (e Event) questionsKept(v *Invalid, next Event, h Holdings) {
	for i, q := range next.Questions {
		b := slices.IndexFunc(e.Questions, func(o Question) bool { return q.ID != 0 && o.ID == q.ID })
		if b < 0 || len(h.Answered[q.ID]) == 0 {
			continue
		}
		before := e.Questions[b]
		if q.Kind != before.Kind {
			v.Add(RowField("question", i, "kind"), "edit.question.answered", nil)
			continue
		}
		for _, c := range before.Choices {
			gone := !slices.ContainsFunc(q.Choices, func(o Choice) bool { return o.Value == c.Value })
			if gone && slices.Contains(h.Answered[q.ID], c.Value) {
				v.Add(RowField("question", i, "choices"), "edit.choice.answered", map[string]any{"label": c.Label})
			}
		}
	}
}

// LaterCancelDay is the day until which those are let off freely who registered before the event was
// changed: two weeks from today, but no later than its first day. The zero Date where it is over, or
// has no day that can be reached.
func (e Event) LaterCancelDay(today Date) Date {
	const days = 14
	d := later(e.CancelUntil, today.AddDays(days))
	if !e.Day.IsZero() && e.Day.Before(d) {
		d = e.Day
	}
	if d.Before(today) {
		return Date{}
	}
	return d
}

// TellWhom says who gets a letter when an event is changed. Who gets none has the change in her history
// all the same, and stands among those not reached.
type TellWhom string

// The answers, the usual one first.
const (
	TellAll    TellWhom = "all"    // everyone who is registered, waits or has applied
	TellPlaces TellWhom = "places" // those with a place, or the offer of one
	TellNobody TellWhom = "nobody" // they are told in some other way
)

// TellWhoms lists the answers in the order they are offered.
func TellWhoms() []TellWhom { return []TellWhom{TellAll, TellPlaces, TellNobody} }

// Tells reports whether a letter is sent to someone of that status.
func (t TellWhom) Tells(s RegistrationStatus) bool {
	return t == TellAll || (t == TellPlaces && s.HoldsSeat())
}

// ChangePlan is what a change of day, hours or place would mean, before anything is done.
type ChangePlan struct {
	Was, Will Event
	Parts     []string // see Occasion.BoundChanges; none where nobody would have to be told
	Fields    []string // everything that differs, as the form names it
	Holdings  Holdings
	Until     Date // proposal: the last day to cancel freely
}

// Reach is how far what was told about a change or a cancellation has come.
type Reach struct {
	Kind      LetterKind // of the last that everyone was told; "" where nothing was
	At        Date       // the day when it was told
	Total     int
	Accepted  int // taken by the recipient's mail server
	OnTheWay  int
	Waiting   []Unreached // those whose letter is on the way
	Unreached []Unreached
}

// UnreachedWhy is why a letter has not reached someone.
type UnreachedWhy string

// The reasons.
const (
	UnreachedNoEmail  UnreachedWhy = "no_email"
	UnreachedFailed   UnreachedWhy = "failed"
	UnreachedWithheld UnreachedWhy = "withheld" // somebody decided that it was not to be sent
	UnreachedYet      UnreachedWhy = "yet"      // the letter is on the way
)

// Unreached is someone who has not been reached by letter, with what is needed to call her.
type Unreached struct {
	Registration        // masked where the identity is protected and the actor may not see it
	Hidden       bool   // it is masked
	Contact      string // of a place without a name: the name and number of the group's contact person
	Why          UnreachedWhy
}
