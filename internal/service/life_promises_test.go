package service_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// rounds is how often a test does what it does: TEMADAG_ROUNDS multiplies it.
func rounds(n int) int {
	if more, err := strconv.Atoi(os.Getenv("TEMADAG_ROUNDS")); err == nil && more > 0 {
		return n * more
	}
	if testing.Short() {
		return max(1, n/4)
	}
	return n
}

// promises are looked at in the tables alone, so that a fault which the model shares with the program is
// found all the same. before and after are the registrations around one act.
func promises(w *world, m *model, a act, before, after []mreg) error {
	was := make(map[int]mreg, len(before))
	for _, r := range before {
		was[r.id] = r
	}
	var events []struct {
		ID, Capacity, Taken, Waiting int
	}
	err := w.db.Select(&events, `SELECT id, capacity, seats_taken AS taken, waiting FROM events ORDER BY id`)
	if err != nil {
		return err
	}
	for i, e := range events {
		at := m.events[i]
		seats, queue := 0, []mreg(nil)
		persons := map[int]int{}
		for _, r := range after {
			if r.ev != i {
				continue
			}
			if r.status.HoldsSeat() {
				seats++
			}
			if r.status == domain.Waitlisted {
				queue = append(queue, r)
			}
			if r.status.Live() && r.who >= 0 {
				persons[r.who]++
			}
		}
		switch {
		case seats > e.Capacity:
			return fmt.Errorf("event %d: %d people in %d places", i, seats, e.Capacity)
		case e.Taken != seats || e.Waiting != len(queue):
			return fmt.Errorf("event %d: counters %d and %d, registrations %d and %d", i, e.Taken, e.Waiting, seats, len(queue))
		}
		for who, n := range persons {
			if n > 1 {
				return fmt.Errorf("event %d: person %d has %d live registrations", i, who, n)
			}
		}
		if err := inOrder(at, m, a, was, after, i); err != nil {
			return err
		}
		if err := quiet(at, m, a, i, e.Capacity-seats, queue); err != nil {
			return err
		}
	}
	return nil
}

// inOrder reports who was given a place before someone who came earlier and still waits.
func inOrder(e mevent, m *model, a act, was map[int]mreg, after []mreg, ev int) error {
	mode, _ := e.plan(m.now)
	for _, r := range after {
		old, known := was[r.id]
		if r.ev != ev || !r.status.HoldsSeat() || (known && old.status.HoldsSeat()) {
			continue
		}
		if r.status == domain.Offered {
			now, until := m.now.In(domain.Stockholm()), r.until.In(domain.Stockholm())
			if !kindly(until) || !holds(now, until, slices.Min(e.hours(domain.DateOf(now).DaysUntil(e.day)))) || until.After(e.start.Add(-12*time.Hour)) {
				return fmt.Errorf("%d has been offered a place until %s", r.id, until)
			}
		}
		if (a.Do == "accept" && a.Reg == r.id && mode == "race") || (a.Do == "hand over" && r.follows == a.Reg) {
			continue // the first to answer; a place that was never free
		}
		for _, first := range after {
			waited := was[first.id].status == domain.Waitlisted && first.status == domain.Waitlisted
			if first.ev != ev || first.id >= r.id || !waited || pairWaits(first, after) {
				continue
			}
			return fmt.Errorf("%d got a place (%s) before %d, who came earlier and waits", r.id, r.status, first.id)
		}
	}
	return nil
}

func pairWaits(r mreg, all []mreg) bool {
	for _, o := range all {
		if o.id != r.id && r.together && o.together && r.group != 0 && o.group == r.group && o.status == domain.Waitlisted {
			return true
		}
	}
	return false
}

// quiet is what must hold when an act is over: no place stands idle while someone who could use it waits;
// and where the first to answer has it, everyone knows as soon as the clock has come by.
func quiet(e mevent, m *model, a act, ev, free int, queue []mreg) error {
	mode, _ := e.plan(m.now)
	if free <= 0 {
		return nil
	}
	for _, r := range queue {
		switch {
		case mode == "race" && !r.told && a.Do == "clock":
			return fmt.Errorf("event %d: a place is free for the first to answer, and %d does not know", ev, r.id)
		case mode == "held" && (free > 1 || !pairWaits(r, queue)):
			return fmt.Errorf("event %d: %d places are idle, and %d waits", ev, free, r.id)
		}
	}
	return nil
}
