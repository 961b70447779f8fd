package domain

import (
	"slices"
	"time"
)

// DeskCounts is an event's registrations counted, for those who look after it. It tells of nobody.
type DeskCounts struct {
	ByStatus map[RegistrationStatus]int
	Unnamed  int // places without a name
	Failed   int // letters that were refused for good
	Asked    int // people who wait for an answer to their wish to be let off
	Needs    int // people who have told of food or access

	Calls     int       // people who are offered a place and have no address that the offer could go to
	CallsFrom time.Time // when the first of those offers ends; zero for none
}

// Registered is how many hold a place: those who have one, and those who are offered one.
func (c DeskCounts) Registered() int { return c.ByStatus[Confirmed] + c.ByStatus[Offered] }

// Kept is how many registrations there are of any kind: what is erased one day.
func (c DeskCounts) Kept() (n int) {
	for _, count := range c.ByStatus {
		n += count
	}
	return n
}

// TodoKind is a thing that waits for somebody at an event.
type TodoKind string

// The things, the most pressing first.
const (
	TodoCalls        TodoKind = "calls"        // offers that are told by telephone or not at all
	TodoLetters      TodoKind = "letters"      // letters that did not reach anyone
	TodoRequests     TodoKind = "requests"     // wishes to be let off
	TodoApplications TodoKind = "applications" // to be answered with yes or no
	TodoNames        TodoKind = "names"        // places that nobody has been named for
	TodoNeeds        TodoKind = "needs"        // kitchen and venue are to be told
	TodoErasure      TodoKind = "erasure"      // the day to erase comes, or has come
	TodoDecision     TodoKind = "decision"     // nobody has decided when to erase
)

// TodoKinds lists every kind.
func TodoKinds() []TodoKind {
	return []TodoKind{TodoCalls, TodoLetters, TodoRequests, TodoApplications, TodoNames, TodoNeeds, TodoErasure, TodoDecision}
}

// Permission is what it takes to do the thing.
func (k TodoKind) Permission() Permission {
	switch k {
	case TodoLetters:
		return PermReadMail
	case TodoCalls, TodoRequests, TodoApplications, TodoNames:
		return PermManage
	case TodoNeeds:
		return PermCountNeeds
	case TodoErasure:
		return PermManageRetention
	case TodoDecision:
		return PermEditProgramme
	}
	panic("unknown thing to do " + string(k))
}

// Todo is one thing that waits. Day is when it is due or was; zero where it has no day. Until is the
// instant, for a thing that has one.
type Todo struct {
	Kind  TodoKind
	Count int
	Day   Date
	Until time.Time
}

// How many days before its day a thing is shown.
const (
	namesAhead   = 14
	needsAhead   = 14
	erasureAhead = 14
)

// Todos are the things that wait at an event at now, whoever is to do them.
func (e Event) Todos(c DeskCounts, now time.Time) []Todo {
	today := DateIn(now)
	over := !e.Day.IsZero() && !now.Before(e.EndsAt())
	soon := func(d Date, days int) bool { return !d.IsZero() && !today.AddDays(days).Before(d) }
	var out []Todo
	add := func(k TodoKind, n int, day Date, when bool) {
		if when && n > 0 {
			out = append(out, Todo{Kind: k, Count: n, Day: day})
		}
	}
	if c.Calls > 0 && !over {
		out = append(out, Todo{Kind: TodoCalls, Count: c.Calls, Until: c.CallsFrom})
	}
	add(TodoLetters, c.Failed, Date{}, true)
	add(TodoRequests, c.Asked, Date{}, !over)
	add(TodoApplications, c.ByStatus[Pending], Date{}, !over)
	add(TodoNames, c.Unnamed, e.Rules.NameBy, !over && soon(e.Rules.NameBy, namesAhead))
	add(TodoNeeds, c.Needs, e.NeedsBy(), !over && soon(e.Day, needsAhead))
	add(TodoErasure, c.Kept(), e.ErasedOn(), soon(e.ErasedOn(), erasureAhead))
	add(TodoDecision, c.Kept(), Date{}, e.Retention.Weeks <= 0 || e.Retention.Support == "")
	return out
}

// DeskEvent is an event as those who look after it see it at a glance.
type DeskEvent struct {
	Event
	DeskCounts
	Todos []Todo // those that the actor may do
}

// Today is what the first page of the staff shows.
type Today struct {
	Coming []DeskEvent // by day; those without a day last
	Past   []DeskEvent // over, and with something that waits; the latest first
	Spread Spread      // of everything in Coming
}

// EventDesk is one event with its numbers.
type EventDesk struct {
	DeskEvent
	Spread   Spread
	Siblings []DeskEvent // the events of its series within the actor's reach, itself among them; nil for none
}

// DayCount is how many came in on a day.
type DayCount struct {
	Day Date
	N   int
}

// Spread is those who hold a place, counted in three ways.
type Spread struct {
	Capacity       Seats
	Arrivals       []DayCount // by the day on which their registration came in
	ByType         map[OrganisationType]int
	ByMunicipality map[string]int
}

// NewSpread is the spread of nobody.
func NewSpread() Spread {
	return Spread{ByType: make(map[OrganisationType]int), ByMunicipality: make(map[string]int)}
}

// Add counts others too. What they are counted in is not kept.
func (s *Spread) Add(more Spread) {
	for t, n := range more.ByType {
		s.ByType[t] += n
	}
	for m, n := range more.ByMunicipality {
		s.ByMunicipality[m] += n
	}
	days := append(slices.Clone(s.Arrivals), more.Arrivals...)
	slices.SortStableFunc(days, func(a, b DayCount) int { return b.Day.DaysUntil(a.Day) })
	s.Arrivals = nil
	for _, d := range days {
		if n := len(s.Arrivals); n > 0 && s.Arrivals[n-1].Day == d.Day {
			s.Arrivals[n-1].N += d.N
			continue
		}
		s.Arrivals = append(s.Arrivals, d)
	}
}

// Total is how many there are.
func (s Spread) Total() (n int) {
	for _, d := range s.Arrivals {
		n += d.N
	}
	return n
}

// Growth is how many there were at the end of each day on which it became more, in order.
func (s Spread) Growth() []DayCount {
	days := slices.Clone(s.Arrivals)
	slices.SortFunc(days, func(a, b DayCount) int { return b.Day.DaysUntil(a.Day) })
	var out []DayCount
	sum := 0
	for _, d := range days {
		sum += d.N
		if n := len(out); n > 0 && out[n-1].Day == d.Day {
			out[n-1].N = sum
			continue
		}
		out = append(out, DayCount{d.Day, sum})
	}
	return out
}

// AnswerDue is someone who waits for an answer: to an application, or to a wish to be let off.
type AnswerDue struct {
	Registration Registration // masked where the identity is protected
	Request      int64        // 0 for an application
	Reason       string       // in her words
	At           time.Time
}
