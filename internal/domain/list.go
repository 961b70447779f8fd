package domain

import "time"

// ListScope says which registrations a list is about: exactly one of the fields is set.
type ListScope struct {
	Event  string // slug
	Series string // slug
	County OrganiserCode
}

// List is the head of an attendee list: what it is about and the events it holds, by date and then
// town. The rows are read event by event.
type List struct {
	Scope  ListScope
	Title  Text
	MadeAt time.Time
	MadeBy string
	Events []ListEvent
}

// ListEvent is one event of a list with its numbers.
type ListEvent struct {
	Event          Event
	Confirmed      int
	Waiting        int
	Cancelled      int                      // cancelled, transferred, withdrawn and declined
	ByType         map[OrganisationType]int // confirmed only
	ByMunicipality []Count                  // confirmed only, in Swedish order
}

// Count is a number of people under a label.
type Count struct {
	Label string
	N     int
}
