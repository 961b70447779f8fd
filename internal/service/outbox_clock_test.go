package service_test

import (
	"context"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

const (
	year     = 365 * 24 * time.Hour
	ofOthers = 45 * time.Minute // for which another sender holds a letter
)

// turned is one way in which the clock is turned while letters wait. sent tells how often the letter has gone
// after each turn.
type turned struct {
	answer func(try int, to string) error
	begun  bool // the outbox has run before
	leased bool // another one that sends holds the letter
	turns  []time.Duration
	sent   []int
}

func clockTurns() map[string]turned {
	taken := func(int, string) error { return nil }
	once := func(try int, _ string) error {
		if try == 1 {
			return &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "later"}
		}
		return nil
	}
	refused := func(try int, _ string) error {
		if try == 1 {
			return &domain.DeliveryFault{Class: domain.FaultRelay, Reason: "refused", Code: 535}
		}
		return nil
	}
	return map[string]turned{
		"a letter that is due, an hour back":                 {taken, true, false, []time.Duration{-time.Hour}, []int{1}},
		"the same, and the program begins after it":          {taken, false, false, []time.Duration{-time.Hour}, []int{1}},
		"a letter that is tried again, an hour back":         {once, true, false, []time.Duration{0, -time.Hour, 5 * time.Minute}, []int{1, 1, 2}},
		"a mail server that is left alone, an hour back":     {refused, true, false, []time.Duration{0, -time.Hour}, []int{1, 2}},
		"a letter that a dead one holds, an hour back":       {taken, true, true, []time.Duration{0, -time.Hour, ofOthers}, []int{0, 0, 1}},
		"a letter that another one is sending, a year on":    {taken, true, true, []time.Duration{0, year, ofOthers / 2, ofOthers}, []int{0, 0, 0, 1}},
		"a letter that is tried again, a year on and back":   {once, true, false, []time.Duration{year, -year, 5 * time.Minute}, []int{1, 1, 2}},
		"a letter that is due, over the night of a leap day": {taken, true, false, []time.Duration{48 * time.Hour}, []int{1}},
	}
}

// TestDeliver_whenTheClockIsTurned: a letter is neither lost nor sent twice, and none lies for as long as the clock
// was put back. The twin does not mind the clock.
func TestDeliver_whenTheClockIsTurned(t *testing.T) {
	t.Parallel()
	blind := 0
	for name, c := range clockTurns() {
		for i, n := range c.after(t, false) {
			if n != c.sent[i] {
				t.Errorf("%s: after turn %d it has gone %d times, want %d", name, i+1, n, c.sent[i])
				break
			}
		}
		for i, n := range c.after(t, true) {
			if n != c.sent[i] {
				blind++
				break
			}
		}
	}
	if blind < len(clockTurns())-1 { // the last is as good without
		t.Errorf("the twin is found out in %d of %d cases", blind, len(clockTurns()))
	}
}

func (c turned) after(t *testing.T, twin bool) (sent []int) {
	t.Helper()
	k := testkit.Open(t)
	k.Clock.Set(time.Date(2028, 2, 28, 23, 30, 0, 0, domain.Stockholm()))
	e := testkit.Event("lulea", 10)
	e.Day, e.RegisterUntil, e.CancelUntil = domain.Date{Year: 2028, Month: 6, Day: 1}, domain.Date{Year: 2028, Month: 5, Day: 1}, domain.Date{Year: 2028, Month: 5, Day: 1}
	o, r := outbox(k, c.answer)
	if twin {
		service.Deaf(o)
	}
	deliver := func() {
		for range 5 { // each is one turn of the job
			if _, err := o.Deliver(t.Context(), domain.Worker()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if c.leased {
		other := testkit.OpenWith(t, k.Where())
		if _, err := other.Store.JoinSenders(t.Context(), k.Clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if c.begun {
		deliver()
	}
	register(t, k, testkit.Input(k.AddEvent(t, e), testkit.Person(1)))
	if c.leased {
		err := k.Store.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ClaimLetters(context.Background(), k.Clock.Now(), ofOthers, 10)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, by := range c.turns {
		for ; !twin && by > 5*time.Minute && by <= ofOthers; by -= 5 * time.Minute { // it passes; nobody turns it
			k.Clock.Turn(5 * time.Minute)
			deliver()
		}
		k.Clock.Turn(by)
		deliver()
		n := 0
		for _, each := range r.sent {
			n += len(each)
		}
		sent = append(sent, n)
	}
	return sent
}
