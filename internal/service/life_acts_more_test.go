package service_test

import (
	"slices"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func (m *model) move(id, to int, queue bool) string {
	r := m.reg(id)
	for _, o := range m.regs {
		there := o.keeps == id || (o.follows == id && r.status == domain.Cancelled)
		switch {
		case o.ev == to && there && o.who == r.who:
			return "ok" // she has gone there, or waits there, already
		case o.ev == to && o.keeps == id:
			return "conflict: move.registered" // and has told another address since
		}
	}
	switch {
	case to == r.ev || m.events[to].series != m.events[r.ev].series:
		return "not_found: event.not_found"
	case !m.mayCancel(id):
		return "closed: move.too_late"
	case m.live(to, r.who) != 0:
		return "conflict: move.registered"
	}
	status, refusal := m.admit(to)
	switch {
	case refusal != "":
		return refusal
	case status == domain.Waitlisted && !queue:
		return "full: move.queue_only"
	}
	next := mreg{ev: to, who: r.who, status: status, keeps: id}
	if status == domain.Pending {
		m.arrive(next, web)
		return "ok"
	}
	if status == domain.Waitlisted {
		free := m.free(to)
		m.add(next, domain.HistoryMoveWaiting, domain.LetterMoveWaiting, web)
		if free > 0 {
			m.settle(to, web)
		}
		return "ok"
	}
	next.keeps, next.follows = 0, id
	m.add(next, domain.HistoryMoved, domain.LetterMoved, web)
	m.departed(id, web)
	return "ok"
}

func (m *model) leaveOther(id, ev int) string {
	r := m.reg(id)
	if ev == r.ev || m.events[ev].series != m.events[r.ev].series || r.who < 0 || !r.status.Live() {
		return "not_found: event.not_found"
	}
	if there := m.live(ev, r.who); there != 0 {
		return m.cancel(there, web, true)
	}
	return "ok"
}

func (m *model) accept(id int) string {
	r := m.reg(id)
	mode, _ := m.events[r.ev].plan(m.now)
	switch {
	case r.status == domain.Confirmed:
		return "ok"
	case r.status == domain.Offered && m.now.Before(r.until) && !m.begun(r.ev):
		r.status, r.until = domain.Confirmed, time.Time{}
		m.note(id, domain.HistoryAccepted, domain.LetterConfirmed, web)
		return "ok"
	case r.status == domain.Offered:
		return "closed: offer.expired"
	case r.status != domain.Waitlisted || mode != "race":
		return "closed: offer.none"
	case m.free(r.ev) <= 0:
		return "full: offer.gone"
	case r.keeps != 0:
		m.arriveMoved(id, web)
	default:
		r.status, r.told = domain.Confirmed, false
		m.note(id, domain.HistoryClaimed, domain.LetterConfirmed, web)
	}
	m.settle(m.reg(id).ev, web)
	return "ok"
}

func (m *model) decline(id int) string {
	switch r := m.reg(id); {
	case r.status.Live() && r.status != domain.Offered:
		return "closed: offer.none"
	default:
		return m.cancel(id, web, true)
	}
}

// mate is the other of two registered together who still waits or has been offered a place.
func (m *model) mate(id int) int {
	r, mate, live := m.reg(id), 0, 0
	for _, o := range m.regs {
		if r.group == 0 || o.group != r.group || !o.status.Live() {
			continue
		}
		live++
		if o.id != id && (o.status == domain.Waitlisted || o.status == domain.Offered) {
			mate = o.id
		}
	}
	if live != 2 {
		return 0
	}
	return mate
}

func (m *model) waitForTwo(id int) string {
	r, mate := m.reg(id), m.mate(id)
	switch {
	case r.together && r.status == domain.Waitlisted:
		return "ok"
	case r.status == domain.Offered && !m.now.Before(r.until):
		return "closed: offer.expired"
	case mate == 0 || (r.status != domain.Offered && r.status != domain.Waitlisted):
		return "closed: offer.no_pair"
	case r.status == domain.Offered && m.reg(mate).status == domain.Offered:
		return "ok" // there are two
	}
	for _, one := range []int{id, mate} {
		o := m.reg(one)
		o.together, o.until = true, time.Time{}
		if o.status == domain.Offered {
			o.status = domain.Waitlisted
		}
		m.note(one, domain.HistoryWaitsForTwo, domain.LetterWaitsForTwo, web)
	}
	m.settle(r.ev, web)
	return "ok"
}

func (m *model) passOver(id int, reason bool) string {
	r := m.reg(id)
	mode, until := m.events[r.ev].plan(m.now)
	if !reason {
		return "invalid reason: field.reason.missing"
	}
	if r.status != domain.Offered || mode != "held" {
		return "closed: pass_over.no_offer"
	}
	var queue []int
	for _, o := range m.regs {
		if o.ev == r.ev && o.status == domain.Waitlisted {
			queue = append(queue, o.id)
		}
	}
	turn := m.turn(queue, 1)
	if len(turn) == 0 {
		return "closed: pass_over.nobody"
	}
	r.status, r.until = domain.Waitlisted, time.Time{}
	m.note(id, domain.HistoryPassedOver, domain.LetterPassedOver, web)
	m.give(turn[0], until, web)
	m.settle(r.ev, web)
	return "ok"
}

func (m *model) withdraw(id int) string {
	switch r := m.reg(id); {
	case r.status == domain.Withdrawn:
		return "ok"
	case !r.status.Live():
		return "closed: cancel.ended"
	}
	m.end(id, domain.Withdrawn, domain.HistoryWithdrawn, domain.LetterWithdrawn, web)
	return "ok"
}

func (m *model) decide(id int, yes bool) string {
	r := m.reg(id)
	room := m.free(r.ev) > 0 && m.waiting(r.ev) == 0
	switch {
	case r.status != domain.Pending && ((yes && r.status.Live()) || (!yes && r.status == domain.Declined)):
		return "ok"
	case r.status != domain.Pending:
		return "closed: decide.not_pending"
	case !yes:
		m.end(id, domain.Declined, domain.HistoryDeclined, domain.LetterDeclined, web)
		return "ok"
	case room && r.keeps == 0:
		r.status = domain.Confirmed
		m.note(id, domain.HistoryApproved, domain.LetterConfirmed, web)
		return "ok"
	case !room && !m.events[r.ev].list:
		return "full: decide.full"
	}
	r.status = domain.Waitlisted
	m.note(id, domain.HistoryApprovedQueue, domain.LetterApprovedQueue, web)
	m.settle(r.ev, web)
	return "ok"
}

func (m *model) setCapacity(ev, n int) string {
	if n < m.count(ev, domain.Confirmed, domain.Offered) {
		return "conflict: capacity.below"
	}
	m.events[ev].capacity = n
	m.settle(ev, web)
	return "ok"
}

// change is a participant who tells another address of her own.
func (m *model) change(id, who int) string {
	r := m.reg(id)
	switch {
	case r.who == who:
		return "ok"
	case !r.status.Live() || m.begun(r.ev):
		return "closed: change.too_late"
	case m.live(r.ev, who) != 0:
		return "invalid email: change.address_taken"
	}
	old := r.who
	r.steps = append(r.steps, string(domain.HistoryAddress)+"@web")
	if old >= 0 {
		r.letters = append(r.letters, letterLine(len(r.steps), domain.LetterAddressOld, address(old)))
	}
	r.letters = append(r.letters, letterLine(len(r.steps), domain.LetterAddressNew, address(who)))
	r.who = who
	r.link++
	return "ok"
}

// clock is what time alone brings about: offers run out, the earliest first, and what the days have
// changed is looked at.
func (m *model) clock() {
	var over []int
	for _, r := range m.regs {
		if r.status == domain.Offered && !m.now.Before(r.until) {
			over = append(over, r.id)
		}
	}
	slices.SortStableFunc(over, func(a, b int) int { return m.reg(a).until.Compare(m.reg(b).until) })
	for _, id := range over {
		m.end(id, domain.Cancelled, domain.HistoryExpired, domain.LetterExpired, clock)
	}
	for ev := range m.events {
		if m.free(ev) > 0 && m.waiting(ev) > 0 {
			m.settle(ev, clock)
		}
	}
}

// pass lets time pass before an act: a second, or as an act that waits says.
func (m *model) pass(a act) {
	m.now = m.now.Add(time.Second)
	if a.Do != "wait" {
		return
	}
	var next time.Time
	consider := func(t time.Time) {
		if t.After(m.now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	switch a.A % 8 {
	case 0:
		m.now = m.now.Add(10 * time.Minute)
	case 1:
		m.now = m.now.Add(3 * time.Hour)
	case 2:
		m.now = m.now.Add(24 * time.Hour)
	case 3:
		m.now = m.now.Add(3 * 24 * time.Hour)
	case 4, 5:
		for _, r := range m.regs {
			consider(r.until)
		}
	default:
		e := m.events[a.Ev]
		for _, t := range []time.Time{
			e.start, e.registerUntil.End(), e.cancelUntil.End(), e.day.AddDays(-e.raceDays).Start(), e.day.AddDays(-e.shortDays).Start(),
		} {
			consider(t)
		}
	}
	if !next.IsZero() {
		m.now = next
		if a.Yes {
			m.now = next.Add(-time.Microsecond)
		}
	}
}
