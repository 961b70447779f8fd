package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// onPostgres is two instances on one database of PostgreSQL, and a person's events there.
func onPostgres(t *testing.T) (a, b *testkit.Kit) {
	t.Helper()
	url := testkit.FreshPostgres(t)
	o := store.Options{URL: url}
	return testkit.OpenWith(t, o), testkit.OpenWith(t, o)
}

// together starts fn n times at once and waits for all.
func together(n int, fn func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(1)
	for i := range n {
		done.Go(func() { ready.Wait(); fn(i) })
	}
	ready.Done()
	done.Wait()
}

// What a plain Write decides by nobody changes meanwhile, from whatever instance: a number is read and written
// back one higher. The twin, which may run beside everyone, loses some.
func TestLanes_aloneInTheWholeDatabase(t *testing.T) {
	t.Parallel()
	a, b := onPostgres(t)
	count := func(name string, write func(s *store.Store) func(context.Context, func(*store.Tx) error) error) int {
		together(40, func(i int) {
			s := []*store.Store{a.Store, b.Store}[i%2]
			err := write(s)(t.Context(), func(tx *store.Tx) error {
				was, err := tx.Setting(t.Context(), name)
				if err != nil {
					return err
				}
				var n int
				_, _ = fmt.Sscan(was, &n)
				time.Sleep(2 * time.Millisecond)
				return tx.PutSetting(t.Context(), name, fmt.Sprint(n+1))
			})
			if err != nil {
				t.Error(err)
			}
		})
		got, err := a.Store.Setting(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		var n int
		_, _ = fmt.Sscan(got, &n)
		return n
	}
	if got := count("alone", func(s *store.Store) func(context.Context, func(*store.Tx) error) error { return s.Write }); got != 40 {
		t.Errorf("counted to %d, want 40", got)
	}
	if got := count("beside", func(s *store.Store) func(context.Context, func(*store.Tx) error) error { return s.WriteBeside }); got == 40 {
		t.Error("the twin lost nothing, so that the test shows nothing")
	}
}

// Those at one event never meet; those of two events do.
func TestLanes_atAnEvent(t *testing.T) {
	t.Parallel()
	a, b := onPostgres(t)
	var at [3]atomic.Int32
	var met, crossed atomic.Bool
	together(24, func(i int) {
		event := domain.EventID(1 + i%2)
		s := []*store.Store{a.Store, b.Store}[i/2%2]
		err := s.WriteAt(t.Context(), event, func(*store.Tx) error {
			if at[event].Add(1) > 1 {
				met.Store(true)
			}
			time.Sleep(3 * time.Millisecond)
			if at[3-event].Load() > 0 {
				crossed.Store(true)
			}
			at[event].Add(-1)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	if met.Load() {
		t.Error("two were at one event at the same time")
	}
	if !crossed.Load() {
		t.Error("nobody was ever at the other event meanwhile")
	}
}

// The errors of jobs that share a transaction are their own.
func TestLanes_oneFailureLeavesTheOthers(t *testing.T) {
	t.Parallel()
	a, _ := onPostgres(t)
	hold := make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- a.Store.WriteAt(t.Context(), 1, func(*store.Tx) error { <-hold; return nil })
	}()
	mine := errors.New("mine")
	errs := make([]error, 30)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			errs[i] = a.Store.WriteAt(t.Context(), 1, func(tx *store.Tx) error {
				if err := tx.PutSetting(t.Context(), fmt.Sprint("lane ", i), "x"); err != nil {
					return err
				}
				switch i % 3 {
				case 1:
					return mine
				case 2:
					return tx.InsertHistory(t.Context(), 1, domain.HistoryEntry{RegistrationID: 404}) // nobody: it breaks the transaction
				}
				return nil
			})
		})
	}
	time.Sleep(50 * time.Millisecond)
	close(hold)
	wg.Wait()
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	for i, err := range errs {
		kept, readErr := a.Store.Setting(t.Context(), fmt.Sprint("lane ", i))
		if readErr != nil {
			t.Fatal(readErr)
		}
		fine := i%3 == 0
		if (err == nil) != fine || (kept == "x") != fine || i%3 == 1 && !errors.Is(err, mine) {
			t.Errorf("job %d: %v, kept %q", i, err, kept)
		}
	}
	if a.Store.Stats().Largest < 10 {
		t.Errorf("the largest commit held %d", a.Store.Stats().Largest)
	}
}

// The last place goes to one of many at two instances, and pages of the other one know within a second.
func TestLanes_oversellsNothing(t *testing.T) {
	t.Parallel()
	a, b := onPostgres(t)
	e := a.AddEvent(t, testkit.Event("hett", 7))
	if _, err := b.Programme.Event(t.Context(), "hett"); err != nil {
		t.Fatal(err)
	}
	seen := b.Store.SeatsVersion()
	var confirmed atomic.Int32
	together(120, func(i int) {
		r, err := []*testkit.Kit{a, b}[i%2].Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(e, testkit.Person(i)))
		if err != nil {
			t.Error(err)
		}
		if r.Status == domain.Confirmed {
			confirmed.Add(1)
		}
	})
	if confirmed.Load() != 7 {
		t.Errorf("%d were told that they have a place, of 7", confirmed.Load())
	}
	found, err := a.Store.Check(t.Context())
	if err != nil || len(found) > 0 {
		t.Error(found, err)
	}
	for until := time.Now().Add(time.Second); b.Store.SeatsVersion() == seen; {
		if time.Now().After(until) {
			t.Fatal("the other instance does not know within a second")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// A programme that one instance changes is shown by the other within a second.
func TestLanes_programmeIsTold(t *testing.T) {
	t.Parallel()
	a, b := onPostgres(t)
	a.AddEvent(t, testkit.Event("forst", 7))
	time.Sleep(600 * time.Millisecond) // it has been seen
	seen := b.Store.Version()
	a.AddEvent(t, testkit.Event("sedan", 7))
	for until := time.Now().Add(time.Second); b.Store.Version() == seen; {
		if time.Now().After(until) {
			t.Fatal("the other instance does not know within a second")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := b.Programme.Event(t.Context(), "sedan"); err != nil {
		t.Error(err)
	}
}

// Several instances count what one sender sends as one.
func TestCountTogether(t *testing.T) {
	t.Parallel()
	a, b := onPostgres(t)
	from := a.Clock.Now()
	count := func(s *store.Store, mine map[int64]int) map[int64]int {
		t.Helper()
		all, err := s.CountTogether(t.Context(), from, mine)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	count(a.Store, map[int64]int{1: 5, 2: 1})
	if all := count(b.Store, map[int64]int{1: 3}); all[1] != 8 {
		t.Errorf("together %v", all)
	}
	if all := count(a.Store, map[int64]int{1: 1, 2: 1}); all[1] != 9 || all[2] != 2 {
		t.Errorf("together %v", all)
	}
	from = from.Add(10 * time.Minute)
	if all := count(a.Store, map[int64]int{1: 1}); all[1] != 1 {
		t.Errorf("a new window begins with %v", all)
	}
}

// Instances that send letters know of each other.
func TestSenders(t *testing.T) {
	t.Parallel()
	a, b := onPostgres(t)
	knows := func(s *store.Store, want int) {
		t.Helper()
		for until := time.Now().Add(2 * time.Second); s.Senders() != want; {
			if time.Now().After(until) {
				t.Fatalf("it knows of %d, want %d", s.Senders(), want)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	for i, k := range []*testkit.Kit{a, b} {
		if _, err := k.Store.JoinSenders(t.Context(), k.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		knows(a.Store, i+1)
	}
	knows(b.Store, 2)
	other := testkit.OpenWith(t, a.Where())
	if _, err := other.Store.JoinSenders(t.Context(), other.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	knows(a.Store, 3)
	if err := other.Store.Close(); err != nil {
		t.Fatal(err)
	}
	knows(a.Store, 2)
}

// A queue that is full tells so at once, and an event's own lane does not hold up others.
func TestLanes_oneEventDoesNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	a, _ := onPostgres(t)
	hold := make(chan struct{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := a.Store.WriteAt(context.Background(), 1, func(*store.Tx) error { <-hold; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := a.Store.WriteAt(ctx, 2, func(*store.Tx) error { return nil }); err != nil {
		t.Errorf("another event waits: %v", err)
	}
	if err := a.Store.WriteBeside(ctx, func(*store.Tx) error { return nil }); err != nil {
		t.Errorf("whoever may run beside everyone waits: %v", err)
	}
	close(hold)
	wg.Wait()
}
