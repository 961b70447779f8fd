package service_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// model is the life of registrations as the promises tell it, written without a look at how the
// program keeps them: a list of people in order of arrival, and nothing that is counted twice. One
// model is never changed by two: clone first.
type model struct {
	now    time.Time
	events []mevent
	regs   []mreg // in order of arrival; the id of one is its place, from 1
	asked  []mrequest
	groups int
}

type mevent struct {
	capacity                         int
	list, approval, sameOrg, contact bool
	start                            time.Time
	day, registerUntil, cancelUntil  domain.Date
	shortDays, shortHours, raceDays  int
	series                           int
}

type mreg struct {
	id, ev, who    int // who is an address, -1 for none
	status         domain.RegistrationStatus
	until          time.Time
	day            domain.Date // a last day of her own to cancel
	keeps, follows int
	group          int
	together, told bool
	link           int
	repeats        []time.Time
	steps          []string // what happened, with the channel
	letters        []string // line of the history, kind, recipient
}

type mrequest struct {
	reg   int
	state string
}

func (m *model) clone() *model {
	c := *m
	c.events, c.regs, c.asked = slices.Clone(m.events), slices.Clone(m.regs), slices.Clone(m.asked)
	for i := range c.regs { // what is appended to a copy must not be seen by the other
		r := &c.regs[i]
		r.repeats, r.steps, r.letters = slices.Clip(r.repeats), slices.Clip(r.steps), slices.Clip(r.letters)
	}
	return &c
}

func (m *model) reg(id int) *mreg { return &m.regs[id-1] }

func (m *model) count(ev int, s ...domain.RegistrationStatus) (n int) {
	for _, r := range m.regs {
		if r.ev == ev && slices.Contains(s, r.status) {
			n++
		}
	}
	return n
}

func (m *model) free(ev int) int {
	return m.events[ev].capacity - m.count(ev, domain.Confirmed, domain.Offered)
}

func (m *model) waiting(ev int) int { return m.count(ev, domain.Waitlisted) }

// live is the registration that an address has at an event, 0 for none.
func (m *model) live(ev, who int) int {
	for _, r := range m.regs {
		if who >= 0 && r.ev == ev && r.who == who && r.status.Live() {
			return r.id
		}
	}
	return 0
}

// add is a newcomer with the first line of her history.
func (m *model) add(r mreg, kind domain.HistoryKind, letter domain.LetterKind, ch domain.Channel) int {
	r.id, r.link = len(m.regs)+1, 1
	r.steps = []string{string(kind) + "@" + string(ch)}
	r.letters = []string{fmt.Sprintf("0 %s>%s", letter, address(r.who))}
	m.regs = append(m.regs, r)
	return r.id
}

func (m *model) note(id int, kind domain.HistoryKind, letter domain.LetterKind, ch domain.Channel) {
	r := m.reg(id)
	r.steps = append(r.steps, string(kind)+"@"+string(ch))
	if letter != "" {
		r.letters = append(r.letters, fmt.Sprintf("%d %s>%s", len(r.steps), letter, address(r.who)))
	}
}

// leave ends a registration: what it holds is given back, and what others keep of it is forgotten.
func (m *model) leave(id int, to domain.RegistrationStatus) {
	r := m.reg(id)
	r.status, r.until, r.told, r.keeps = to, time.Time{}, false, 0
	for i := range m.regs {
		if m.regs[i].keeps == id {
			m.regs[i].keeps = 0
		}
	}
	for i := range m.asked {
		if m.asked[i].reg == id && m.asked[i].state == "open" {
			m.asked[i].state = "granted"
		}
	}
}

// holidays are those of Sweden that fall on the days which the sequences cross, with the eves that
// count as days off.
var holidays = []string{
	"2026-12-24", "2026-12-25", "2026-12-26", "2026-12-31", "2027-01-01", "2027-01-06", "2027-03-26", "2027-03-28",
	"2027-03-29", "2027-05-01", "2027-05-06", "2027-05-16", "2027-06-06", "2027-06-25", "2027-06-26", "2027-11-06",
}

func dayOff(t time.Time) bool {
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday || slices.Contains(holidays, t.Format(time.DateOnly))
}

// kindly reports whether an offer may end at t: on the hour, between noon and four on a working day.
func kindly(t time.Time) bool {
	h, m, s := t.Clock()
	return !dayOff(t) && h >= 12 && h <= 16 && h*3600+m*60+s == h*3600 && t.Nanosecond() == 0
}

// holds reports whether at least so many hours lie between, on the wall and on the stopwatch.
func holds(now, t time.Time, hours int) bool {
	wall := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	}
	need := time.Duration(hours) * time.Hour
	return t.Sub(now) >= need && wall(t).Sub(wall(now)) >= need
}

// plan is how a freed place is given out: "race", "none", or until when it is held.
func (e mevent) plan(now time.Time) (string, time.Time) {
	now = now.In(domain.Stockholm())
	if !now.Before(e.start) {
		return "none", time.Time{}
	}
	left := domain.DateOf(now).DaysUntil(e.day)
	if e.raceDays > 0 && left <= e.raceDays {
		return "race", time.Time{}
	}
	for _, hours := range e.hours(left) {
		t := now.Truncate(time.Hour)
		for !kindly(t) || !holds(now, t, hours) {
			t = t.Add(time.Hour)
		}
		if !t.After(e.start.Add(-12 * time.Hour)) {
			return "held", t
		}
	}
	return "race", time.Time{}
}

// hours is how long an offer holds at least, so many days before the event: a day, or fewer hours in the
// days for which that is announced, and where a day does not fit any more.
func (e mevent) hours(left int) []int {
	switch {
	case e.shortDays == 0:
		return []int{24}
	case left <= e.shortDays:
		return []int{e.shortHours}
	}
	return []int{24, e.shortHours}
}

// settle gives free places to the queue: whoever came first and can use one.
func (m *model) settle(ev int, ch domain.Channel) {
	for {
		var queue []int
		for _, r := range m.regs {
			if r.ev == ev && r.status == domain.Waitlisted {
				queue = append(queue, r.id)
			}
		}
		if len(queue) == 0 {
			return
		}
		free := m.free(ev)
		mode, until := m.events[ev].plan(m.now)
		switch {
		case free <= 0:
			m.untell(queue)
			return
		case mode == "none":
			return
		case mode == "race":
			for _, id := range queue {
				if !m.reg(id).told {
					m.reg(id).told = true
					m.note(id, domain.HistoryRaceTold, domain.LetterRace, ch)
				}
			}
			return
		}
		m.untell(queue)
		turn := m.turn(queue, free)
		if len(turn) == 0 {
			return
		}
		for _, id := range turn {
			m.give(id, until, ch)
		}
	}
}

func (m *model) untell(queue []int) {
	for _, id := range queue {
		m.reg(id).told = false
	}
}

// turn is whose turn it is: one, or a pair that comes together.
func (m *model) turn(queue []int, free int) []int {
	for _, id := range queue {
		mate := 0
		for _, other := range queue {
			r, o := m.reg(id), m.reg(other)
			if other != id && r.together && o.together && r.group != 0 && r.group == o.group {
				mate = other
			}
		}
		switch {
		case mate == 0:
			return []int{id}
		case free >= 2:
			return []int{id, mate}
		}
	}
	return nil
}

func (m *model) give(id int, until time.Time, ch domain.Channel) {
	r := m.reg(id)
	if r.keeps != 0 {
		m.arriveMoved(id, ch)
		return
	}
	r.status, r.until, r.told = domain.Offered, until, false
	m.note(id, domain.HistoryOffered, domain.LetterOffered, ch)
}

func (m *model) arriveMoved(id int, ch domain.Channel) {
	r := m.reg(id)
	old := r.keeps
	if !m.mayCancel(old) {
		m.leave(id, domain.Cancelled)
		m.note(id, domain.HistoryMoveLapsed, domain.LetterMoveLapsed, ch)
		return
	}
	r.status, r.told, r.keeps, r.follows = domain.Confirmed, false, 0, old
	m.note(id, domain.HistoryMoved, domain.LetterMoved, ch)
	m.departed(old, ch)
}

func (m *model) departed(old int, ch domain.Channel) {
	m.leave(old, domain.Cancelled)
	m.note(old, domain.HistoryMovedFrom, domain.LetterMovedFrom, ch)
	m.settle(m.reg(old).ev, ch)
}

func (m *model) begun(ev int) bool { return !m.now.Before(m.events[ev].start) }

// mayCancel reports whether a confirmed place can be given back.
func (m *model) mayCancel(id int) bool {
	r := m.reg(id)
	last := m.events[r.ev].cancelUntil
	if last.Before(r.day) {
		last = r.day
	}
	return r.status == domain.Confirmed && !m.begun(r.ev) && m.now.Before(last.End())
}

// dump is everything that can be seen of the model, a line for each.
func (m *model) dump() []string {
	var out []string
	for i, e := range m.events {
		out = append(out, fmt.Sprintf("event %d: %d of %d, %d wait", i, e.capacity-m.free(i), e.capacity, m.waiting(i)))
	}
	for _, r := range m.regs {
		out = append(out, r.line())
	}
	for i, r := range m.asked {
		out = append(out, fmt.Sprintf("request %d: of %d, %s", i+1, r.reg, r.state))
	}
	return out
}

func (r mreg) line() string {
	until := ""
	if !r.until.IsZero() {
		until = r.until.In(domain.Stockholm()).Format("2006-01-02 15:04:05.000000")
	}
	return fmt.Sprintf("%d: %s at %d %s until=%q own=%q keeps=%d follows=%d group=%d together=%t told=%t link=%d | %s | %s", r.id,
		address(r.who), r.ev, r.status, until, r.day, r.keeps, r.follows, r.group, r.together, r.told, r.link,
		strings.Join(r.steps, " "), strings.Join(r.letters, " "))
}

// address is the address of a made-up person: half of them work at one place, half at another.
func address(who int) string {
	if who < 0 {
		return ""
	}
	return fmt.Sprintf("p%d@%s.example.se", who, []string{"ett", "annat"}[who%2])
}
