package service_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// act is one thing that somebody does, or that time does. Numbers that name people, events and
// registrations are taken modulo what there is, so that every list of acts can be carried out and a
// shorter one still can.
type act struct {
	Do      string
	Ev, Reg int
	A, B    int // addresses, or whatever number the act needs
	Yes     bool
	Twice   bool // sent a second time
}

func (a act) String() string {
	return fmt.Sprintf("{Do: %q, Ev: %d, Reg: %d, A: %d, B: %d, Yes: %t, Twice: %t}", a.Do, a.Ev, a.Reg, a.A, a.B, a.Yes, a.Twice)
}

// people is how many addresses there are in a sequence: few, so that they meet.
const people = 7

const (
	web   = domain.ChannelWeb
	phone = domain.ChannelPhone
	clock = domain.ChannelClock
)

// settled is an act with its numbers brought down to what there is; false where there is nobody.
func (m *model) settled(a act) (act, bool) {
	a.Ev %= len(m.events)
	switch a.Do {
	case "nothing", "register", "phone", "group", "capacity", "wait", "clock":
		return a, true
	case "decide request":
		if len(m.asked) == 0 {
			return a, false
		}
		a.Reg = a.Reg%len(m.asked) + 1
		return a, true
	}
	if len(m.regs) == 0 {
		return a, false
	}
	if fit := m.fitting(a.Do); len(fit) > 0 && a.Reg%4 > 0 {
		a.Reg = fit[a.Reg%len(fit)]
	} else {
		a.Reg = a.Reg%len(m.regs) + 1
	}
	return a, true
}

// fitting are those to whom an act means something: without a preference for them most acts of a
// sequence would be refused.
func (m *model) fitting(do string) (fit []int) {
	wanted := []domain.RegistrationStatus{domain.Confirmed, domain.Offered, domain.Waitlisted, domain.Pending}
	switch do {
	case "accept":
		wanted = []domain.RegistrationStatus{domain.Offered, domain.Waitlisted}
	case "decline", "pass over":
		wanted = []domain.RegistrationStatus{domain.Offered}
	case "wait for two":
		wanted = []domain.RegistrationStatus{domain.Offered, domain.Waitlisted}
	case "hand over", "move", "ask", "cancel", "cancel for":
		wanted = []domain.RegistrationStatus{domain.Confirmed}
	case "decide":
		wanted = []domain.RegistrationStatus{domain.Pending}
	}
	for _, r := range m.regs {
		if slices.Contains(wanted, r.status) && (do != "wait for two" || r.group != 0) {
			fit = append(fit, r.id)
		}
	}
	return fit
}

// do carries an act out and answers what whoever did it is told: "ok" with what matters, or a refusal.
// A refusal changes nothing.
func (m *model) do(a act) string {
	switch a.Do {
	case "register":
		return m.register(a.Ev, a.A%people, a.Yes, web)
	case "phone":
		return m.register(a.Ev, -1, false, phone)
	case "group":
		return m.registerTwo(a)
	case "cancel":
		return m.cancel(a.Reg, web, true)
	case "cancel for":
		return m.cancel(a.Reg, phone, false)
	case "ask":
		return m.ask(a.Reg)
	case "decide request":
		return m.decideRequest(a.Reg, a.Yes)
	case "extend":
		return m.extend(a.Reg, domain.DateIn(m.now).AddDays(a.A%5))
	case "hand over":
		return m.handOver(a.Reg, a.A%people)
	case "move":
		return m.move(a.Reg, a.Ev, a.Yes)
	case "leave other":
		return m.leaveOther(a.Reg, a.Ev)
	case "accept":
		return m.accept(a.Reg)
	case "decline":
		return m.decline(a.Reg)
	case "wait for two":
		return m.waitForTwo(a.Reg)
	case "pass over":
		return m.passOver(a.Reg, a.Yes)
	case "withdraw":
		return m.withdraw(a.Reg)
	case "decide":
		return m.decide(a.Reg, a.Yes)
	case "capacity":
		return m.setCapacity(a.Ev, a.A%4+1)
	case "change":
		return m.change(a.Reg, a.A%people)
	case "clock":
		m.clock()
	}
	return "ok"
}

// admit is what a newcomer gets.
func (m *model) admit(ev int) (domain.RegistrationStatus, string) {
	e := m.events[ev]
	switch {
	case !m.now.Before(e.day.At(16 * 60)):
		return "", "closed: registration.held"
	case !m.now.Before(e.registerUntil.End()) || m.begun(ev):
		return "", "closed: registration.closed"
	case e.approval:
		return domain.Pending, ""
	case m.free(ev) > 0 && m.waiting(ev) == 0:
		return domain.Confirmed, ""
	case e.list:
		return domain.Waitlisted, ""
	}
	return "", "full: registration.full"
}

var arrivals = map[domain.RegistrationStatus][2]string{
	domain.Confirmed:  {string(domain.HistoryRegistered), string(domain.LetterConfirmed)},
	domain.Waitlisted: {string(domain.HistoryWaitlisted), string(domain.LetterWaitlisted)},
	domain.Pending:    {string(domain.HistoryApplied), string(domain.LetterApplied)},
}

func (m *model) arrive(r mreg, ch domain.Channel) int {
	words := arrivals[r.status]
	free := m.free(r.ev)
	id := m.add(r, domain.HistoryKind(words[0]), domain.LetterKind(words[1]), ch)
	if r.status == domain.Waitlisted && free > 0 {
		m.settle(r.ev, ch)
	}
	return id
}

func (m *model) register(ev, who int, seatOnly bool, ch domain.Channel) string {
	status, refusal := m.admit(ev)
	switch {
	case refusal != "":
		return refusal
	case status == domain.Waitlisted && seatOnly:
		return "full: registration.queue_only"
	}
	if there := m.live(ev, who); there != 0 {
		m.repeat(there, ch)
	} else {
		m.arrive(mreg{ev: ev, who: who, status: status}, ch)
	}
	return "ok " + string(status)
}

// repeat is an address that is registered again: its owner is told, at most twice a day.
func (m *model) repeat(id int, ch domain.Channel) bool {
	r := m.reg(id)
	today := 0
	for _, at := range r.repeats {
		if !at.Before(m.now.Add(-24 * time.Hour)) {
			today++
		}
	}
	r.repeats = append(r.repeats, m.now)
	if today >= 2 {
		return false
	}
	m.note(id, domain.HistoryRepeated, domain.LetterAlreadyRegistered, ch)
	return true
}

// registerTwo is two people registered by one: as many as there is room for, or (Yes) as a pair.
func (m *model) registerTwo(a act) string {
	two := []int{a.A % people, (a.A + 1 + a.B%(people-1)) % people}
	status, refusal := m.admit(a.Ev)
	pair := a.Yes && status == domain.Waitlisted
	alone := a.Yes && status == domain.Confirmed && m.free(a.Ev) < 2
	switch {
	case refusal != "":
		return refusal
	case alone && !m.events[a.Ev].list:
		return "full: registration.full"
	}
	m.groups++
	contact, own, last := 0, false, false
	for i, who := range two {
		if status, refusal = m.admit(a.Ev); pair || alone {
			status, refusal = domain.Waitlisted, ""
		}
		if refusal != "" {
			continue // no room for the second
		}
		there := m.live(a.Ev, who)
		if there == 0 {
			r := mreg{ev: a.Ev, who: who, status: status, group: m.groups, together: pair || alone || (a.Yes && status == domain.Pending)}
			if pair || alone {
				words := arrivals[status]
				there = m.add(r, domain.HistoryKind(words[0]), domain.LetterKind(words[1]), web)
			} else {
				there = m.arrive(r, web)
			}
			if !own {
				contact, own = there, true
			}
		} else if told := m.repeat(there, web); i == 0 {
			contact, last = there, told
		}
	}
	if pair || alone {
		m.settle(a.Ev, web)
	}
	m.tellContact(contact, own, last)
	return "ok"
}

// tellContact is the letter to whoever registered two: beside the first line of one of them, or where
// both were there already, beside the line that tells of it.
func (m *model) tellContact(id int, own, told bool) {
	r := m.reg(id)
	n := 1
	if !own {
		if !told {
			r.steps = append(r.steps, string(domain.HistoryRepeated)+"@web")
		}
		n = len(r.steps)
	}
	r.letters = append(r.letters, fmt.Sprintf("%d %s>%s", n, domain.LetterGroup, contactAddress))
}

const contactAddress = "kontakt@example.se"

func (m *model) cancel(id int, ch domain.Channel, own bool) string {
	r := m.reg(id)
	switch {
	case r.status == domain.Cancelled:
		return "ok"
	case !r.status.Live():
		return "closed: cancel.ended"
	case !own || r.status == domain.Offered || m.mayCancel(id):
	case m.begun(r.ev):
		return "closed: cancel.begun"
	case r.status != domain.Confirmed:
	case m.events[r.ev].contact:
		return "closed: cancel.ask"
	default:
		return "closed: cancel.hand_over"
	}
	kind, letter := domain.HistoryCancelled, domain.LetterCancelled
	switch r.status {
	case domain.Offered:
		kind, letter = domain.HistoryRefused, domain.LetterRefused
	case domain.Waitlisted, domain.Pending:
		kind, letter = domain.HistoryLeft, domain.LetterLeft
	default:
	}
	m.end(id, domain.Cancelled, kind, letter, ch)
	return "ok"
}

func (m *model) end(id int, to domain.RegistrationStatus, kind domain.HistoryKind, letter domain.LetterKind, ch domain.Channel) {
	m.leave(id, to)
	m.note(id, kind, letter, ch)
	m.settle(m.reg(id).ev, ch)
}

func (m *model) ask(id int) string {
	r := m.reg(id)
	if r.status != domain.Confirmed || m.mayCancel(id) || m.begun(r.ev) || !m.events[r.ev].contact {
		return "closed: ask.not_now"
	}
	if slices.Contains(m.asked, mrequest{id, "open"}) {
		return "ok"
	}
	m.asked = append(m.asked, mrequest{id, "open"})
	m.note(id, domain.HistoryAsked, domain.LetterAsked, web)
	return "ok"
}

func (m *model) decideRequest(n int, yes bool) string {
	r := &m.asked[n-1]
	switch {
	case r.state != "open" && (r.state == "granted") != yes:
		return "conflict: request.answered"
	case r.state != "open":
		return "ok"
	case yes:
		return m.cancel(r.reg, web, false)
	}
	r.state = "refused"
	m.note(r.reg, domain.HistoryAskRefused, domain.LetterAskRefused, web)
	return "ok"
}

func (m *model) extend(id int, d domain.Date) string {
	r := m.reg(id)
	if !r.status.Live() {
		return "closed: cancel.ended"
	}
	if r.day != d {
		r.day = d
		m.note(id, domain.HistoryExtended, domain.LetterExtended, web)
	}
	return "ok"
}

func workplace(who int) string { return address(who)[strings.LastIndexByte(address(who), '@')+1:] }

func (m *model) handOver(id, who int) string {
	r := m.reg(id)
	there := m.live(r.ev, who)
	switch {
	case r.status == domain.Transferred:
		return "ok"
	case m.begun(r.ev):
		return "closed: hand_over.begun"
	case r.status != domain.Confirmed:
		return "closed: hand_over.no_place"
	case r.who == who:
		return "invalid email: hand_over.same_person"
	case m.events[r.ev].sameOrg && workplace(r.who) != workplace(who):
		return "invalid email: hand_over.other_organisation"
	case there != 0 && m.reg(there).status != domain.Waitlisted:
		return "invalid email: hand_over.registered"
	}
	if there != 0 {
		m.leave(there, domain.Cancelled)
		m.note(there, domain.HistoryLeft, "", web)
	}
	m.leave(id, domain.Transferred)
	m.note(id, domain.HistoryHandedOver, domain.LetterHandedOver, web)
	m.add(mreg{ev: r.ev, who: who, status: domain.Confirmed, follows: id}, domain.HistoryReceived, domain.LetterReceived, web)
	m.settle(m.reg(id).ev, web)
	return "ok"
}
