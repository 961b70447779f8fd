package domain

import (
	"slices"
	"strconv"
)

// SessionID identifies an item of a programme.
type SessionID int64

// ChoiceStatus is where a chosen session stands for one person.
type ChoiceStatus string

// The states of a choice.
const (
	ChoiceWished     ChoiceStatus = "wished"     // she has no place at the event yet
	ChoiceConfirmed  ChoiceStatus = "confirmed"  // a place in the session
	ChoiceWaitlisted ChoiceStatus = "waitlisted" // in the queue of the session
)

// ChosenSession is one session that a person has chosen.
type ChosenSession struct {
	Session Session
	Status  ChoiceStatus
	Ahead   int // people before her in its queue
}

// Chosen reports whether the session is one that participants choose.
func (s Session) Chosen() bool { return s.Parallel != "" }

// Overlaps reports whether nobody can be at both: on the same day, and of one mark or at hours that
// meet.
func (s Session) Overlaps(o Session) bool {
	if s.ID == o.ID || s.Day != o.Day {
		return false
	}
	if s.Parallel != "" && s.Parallel == o.Parallel {
		return true
	}
	known := s.Starts.Known() && s.Ends.Known() && o.Starts.Known() && o.Ends.Known()
	return known && s.Starts < o.Ends && o.Starts < s.Ends
}

// ChosenSessions are the sessions of the programme that participants choose.
func (e Event) ChosenSessions() []Session {
	var out []Session
	for _, s := range e.Programme {
		if s.Chosen() {
			out = append(out, s)
		}
	}
	return out
}

// readSessions keeps the sessions that the programme offers, in its order, and refuses two at the
// same time ("field.sessions.clash", with the titles "first" and "second").
func (e Event) readSessions(v *Invalid, typed []string) []SessionID {
	var chosen []Session
	known := 0
	for _, s := range e.ChosenSessions() {
		if slices.Contains(typed, strconv.FormatInt(s.ID, 10)) {
			known++
			for _, c := range chosen {
				if c.Overlaps(s) {
					v.Add("sessions", "field.sessions.clash", map[string]any{"first": c.Title, "second": s.Title})
				}
			}
			chosen = append(chosen, s)
		}
	}
	wanted := make(map[string]bool)
	for _, t := range typed {
		if t != "" {
			wanted[t] = true
		}
	}
	if len(wanted) > known {
		v.Add("sessions", "field.sessions.wrong", nil)
	}
	ids := make([]SessionID, len(chosen))
	for i, s := range chosen {
		ids[i] = SessionID(s.ID)
	}
	return ids
}
