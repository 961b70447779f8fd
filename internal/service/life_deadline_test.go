package service_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// rush is many people who come around an instant, by a clock that runs over it while they do.
type rush struct {
	k       *testkit.Kit
	instant time.Time
	began   time.Time // when the clock, in truth, showed lead before the instant
	wrong   time.Duration
}

const lead = 100 * time.Millisecond

// newRush turns the kit's clock to shortly before an instant and lets it run. The use cases read it wrong
// by so much; those who come read it right.
func newRush(k *testkit.Kit, instant time.Time, wrong time.Duration) *rush {
	r := &rush{k: k, instant: instant, began: time.Now(), wrong: wrong}
	now := func() time.Time { return r.now().Add(wrong) }
	k.Registrations.Now, k.Programme.Now = now, now
	return r
}

func (r *rush) now() time.Time { return r.instant.Add(-lead).Add(time.Since(r.began)) }

// visit is what one person was answered, and what the clock showed before she asked and when she was told.
type visit struct {
	before, after time.Time
	err           error
}

// come lets n people come, one a little after another, and answers what each was told.
func (r *rush) come(n int, do func(i int) error) []visit {
	out := make([]visit, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			time.Sleep(time.Until(r.began.Add(2 * lead * time.Duration(i) / time.Duration(n))))
			before := r.now()
			err := do(i)
			out[i] = visit{before, r.now(), err}
		})
	}
	wg.Wait()
	return out
}

// faults are the answers that do not agree with the instant. Until says whether it is the end of what they
// wanted, or the beginning.
func (r *rush) faults(all []visit, until bool, refusal *domain.Error) (faults []string) {
	yes := 0
	for i, c := range all {
		early, late := c.after.Before(r.instant), !c.before.Before(r.instant)
		if !until {
			early, late = late, early
		}
		switch {
		case c.err == nil && late:
			faults = append(faults, fmt.Sprintf("%d was let in, who came at %s", i, c.before.Sub(r.instant)))
		case c.err != nil && early:
			faults = append(faults, fmt.Sprintf("%d was refused, who was answered at %s: %v", i, c.after.Sub(r.instant), c.err))
		case c.err != nil && !errors.Is(c.err, refusal):
			faults = append(faults, fmt.Sprintf("%d was refused with %v", i, c.err))
		}
		if c.err == nil {
			yes++
		}
	}
	if yes == 0 || yes == len(all) {
		faults = append(faults, fmt.Sprintf("%d of %d were let in: the clock did not run over the instant", yes, len(all)))
	}
	return faults
}

// registering lets people register around an instant, and holds what each was told against the tables.
func registering(t *testing.T, k *testkit.Kit, r *rush, e domain.Event, until bool, refusal *domain.Error) []string {
	t.Helper()
	n := 1000
	if testing.Short() {
		n = 200
	}
	keys := make([]string, n)
	all := r.come(n, func(i int) error {
		in := testkit.Input(e, testkit.Person(i))
		keys[i] = in.Key
		_, err := k.Registrations.Register(context.Background(), domain.Visitor(), in)
		return err
	})
	faults := r.faults(all, until, refusal)
	in := 0
	for i, key := range keys {
		row, err := k.Store.RegistrationByUID(t.Context(), auth.UID(key))
		switch {
		case (err == nil) != (all[i].err == nil):
			faults = append(faults, fmt.Sprintf("%d was told %v, and the table says %v", i, all[i].err, err))
		case err == nil && row.ReceivedAt.Before(r.instant) != until:
			faults = append(faults, fmt.Sprintf("%d was let in, and the table says she came at %s", i, row.ReceivedAt.Sub(r.instant)))
		}
		if err == nil {
			in++
		}
	}
	facts, err := k.Store.EventFacts(t.Context(), e.ID)
	if err != nil || int(facts.Taken)+facts.Waiting != in {
		faults = append(faults, fmt.Sprintf("%d and %d are counted (%v), %d were let in", facts.Taken, facts.Waiting, err, in))
	}
	sound(t, k)
	return faults
}

func tellAll(t *testing.T, faults []string) {
	t.Helper()
	for i, f := range faults {
		if i == 5 {
			t.Errorf("and %d more", len(faults)-i)
			return
		}
		t.Error(f)
	}
}

var closed = &domain.Error{Code: domain.CodeClosed, Key: "registration.closed"}

// A thousand people come in the second when the last day ends: whoever was let in came before its end and
// stands in the table, and nobody else does.
func TestLife_deadline(t *testing.T) {
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 300))
	r := newRush(k, e.RegisterUntil.End(), 0)
	tellAll(t, registering(t, k, r, e, true, closed))
}

// The same people find out a program whose clock is slow, or that decides by the hour at which a form was
// opened.
func TestLife_deadline_twin(t *testing.T) {
	foundOut(t, "a clock that is slow lets nobody in too late", func() []string {
		k := testkit.Open(t)
		e := k.AddEvent(t, testkit.Event("lulea", 300))
		r := newRush(k, e.RegisterUntil.End(), -10*lead)
		return registering(t, k, r, e, true, closed)
	})
}

// foundOut lets a twin try again that had luck: on a machine with much else to do its people may all come so late
// that even the wrong clock is right about them.
func foundOut(t *testing.T, otherwise string, faults func() []string) {
	t.Helper()
	for range 5 {
		if len(faults()) > 0 {
			return
		}
	}
	t.Error(otherwise)
}

// Nobody comes in before a registration opens, and who is first to come is first in the table.
func TestLife_opening(t *testing.T) {
	k := testkit.Open(t)
	ev := testkit.Event("lulea", 300)
	ev.OpensAt = domain.Date{Year: 2016, Month: time.October, Day: 10}.At(9 * 60)
	e := k.AddEvent(t, ev)
	r := newRush(k, ev.OpensAt, 0)
	tellAll(t, registering(t, k, r, e, false, &domain.Error{Code: domain.CodeClosed, Key: "registration.soon"}))
	tellAll(t, outOfOrder(t, k))
}

func TestLife_opening_twin(t *testing.T) {
	foundOut(t, "a clock that is fast lets nobody in too early", func() []string {
		k := testkit.Open(t)
		ev := testkit.Event("lulea", 300)
		ev.OpensAt = domain.Date{Year: 2016, Month: time.October, Day: 10}.At(9 * 60)
		e := k.AddEvent(t, ev)
		r := newRush(k, ev.OpensAt, 10*lead)
		return registering(t, k, r, e, false, &domain.Error{Code: domain.CodeClosed, Key: "registration.soon"})
	})
}

// The instant that stands in the table is the one that was decided by, however long the way there was.
func TestLife_opening_decidedAndKept(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	ev := testkit.Event("lulea", 1)
	ev.OpensAt = domain.Date{Year: 2016, Month: time.October, Day: 10}.At(9 * 60)
	e := k.AddEvent(t, ev)
	looks := 0
	k.Registrations.Now = func() time.Time {
		looks++
		return ev.OpensAt.Add(time.Duration(looks-2) * time.Millisecond) // the first look is too early
	}
	in := testkit.Input(e, testkit.Person(1))
	_, err := k.Registrations.Register(t.Context(), domain.Visitor(), in)
	row, absent := k.Store.RegistrationByUID(t.Context(), auth.UID(in.Key))
	if (err == nil) != (absent == nil) || (err == nil && row.ReceivedAt.Before(ev.OpensAt)) {
		t.Errorf("told %v, and stands in the table (%v) as of %s", err, absent, row.ReceivedAt.Sub(ev.OpensAt))
	}
}

// outOfOrder are those who stand in the table before somebody who came earlier.
func outOfOrder(t *testing.T, k *testkit.Kit) (faults []string) {
	t.Helper()
	var last time.Time
	for id := domain.RegistrationID(1); id < 2000; id++ {
		row, err := k.Store.RegistrationByID(t.Context(), id)
		if errors.Is(err, domain.ErrNotFound) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if row.ReceivedAt.Before(last) {
			faults = append(faults, fmt.Sprintf("%d came %s before the one who stands before her", id, last.Sub(row.ReceivedAt)))
		}
		last = row.ReceivedAt
	}
	return faults
}

// Those who cancel in the second when the last day for it ends: whoever was told yes has no place, and whoever
// was told no has hers, and each place given back stands in an offer.
func TestLife_cancelDeadline(t *testing.T) {
	t.Run("told right", func(t *testing.T) { tellAll(t, cancelling(t, 0)) })
	t.Run("twin: a slow clock", func(t *testing.T) {
		if faults := cancelling(t, -10*lead); len(faults) == 0 {
			t.Error("a clock that is slow lets nobody out too late")
		}
	})
}

func cancelling(t *testing.T, wrong time.Duration) []string {
	t.Helper()
	const places, queue = 300, 200
	k := testkit.Open(t)
	ev := testkit.Event("lulea", places)
	ev.RegisterUntil = ev.Day.AddDays(-1)
	e := k.AddEvent(t, ev)
	tokens := make([]string, places+queue)
	var wg sync.WaitGroup
	for i := range tokens {
		in := testkit.Input(e, testkit.Person(i))
		tokens[i] = k.Keys.Link(auth.UID(in.Key), 1)
		if i < places {
			wg.Go(func() { register(t, k, in) })
			continue
		}
		wg.Wait()
		register(t, k, in)
	}
	r := newRush(k, e.CancelUntil.End(), wrong)
	all := r.come(places, func(i int) error {
		return k.Registrations.Cancel(context.Background(), domain.Visitor(), tokens[i], "")
	})
	faults := r.faults(all, true, &domain.Error{Code: domain.CodeClosed, Key: "cancel.hand_over"})
	out := 0
	for i, c := range all {
		own, err := k.Registrations.Own(t.Context(), domain.Visitor(), tokens[i])
		if err != nil || (own.Registration.Status == domain.Cancelled) != (c.err == nil) {
			faults = append(faults, fmt.Sprintf("%d was told %v, and is %s (%v)", i, c.err, own.Registration.Status, err))
		}
		if c.err == nil {
			out++
		}
	}
	for i := range queue {
		own, err := k.Registrations.Own(t.Context(), domain.Visitor(), tokens[places+i])
		if err != nil || (own.Registration.Status == domain.Offered) != (i < out) {
			faults = append(faults, fmt.Sprintf("%d in the queue is %s (%v), %d places came free", i+1, own.Registration.Status, err, out))
		}
	}
	sound(t, k)
	return faults
}
