package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// batch has every fn run in one commit, in order, and answers their errors.
func batch(t *testing.T, s *store.Store, fns ...func(tx *store.Tx) error) []error {
	t.Helper()
	return batchBy(t, s, s.Write, fns...)
}

// batchAt is batch of those at one event, on SQLite; on PostgreSQL they share a commit as they come.
func batchAt(t *testing.T, s *store.Store, e domain.EventID, fns ...func(tx *store.Tx) error) []error {
	t.Helper()
	at := func(ctx context.Context, fn func(tx *store.Tx) error) error { return s.WriteAt(ctx, e, fn) }
	return batchBy(t, s, at, fns...)
}

func batchBy(t *testing.T, s *store.Store, write func(context.Context, func(tx *store.Tx) error) error, fns ...func(tx *store.Tx) error) []error {
	t.Helper()
	begun, goOn := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = s.Write(context.Background(), func(*store.Tx) error { close(begun); <-goOn; return nil })
	})
	<-begun
	errs := make([]error, len(fns))
	for i, fn := range fns {
		all.Go(func() { errs[i] = write(context.Background(), fn) })
		for s.Stats().Queued <= i {
			continue
		}
	}
	close(goOn)
	all.Wait()
	return errs
}

// TestHeld: what many in one commit do to the counters of an event stands in the table as if each had written
// it alone, whoever looks in between, and nothing of those whose step is undone.
func TestHeld(t *testing.T) {
	for _, fault := range heldFaults(t, testkit.Open(t)) {
		t.Error(fault)
	}
	if k := testkit.Open(t); store.Careless(k.Store) && len(heldFaults(t, k)) == 0 {
		t.Error("the twin counts those whose step was undone, and nobody sees it")
	}
}

// heldFaults is what is not as it should be after eight steps in one commit, three of them undone.
func heldFaults(t *testing.T, k *testkit.Kit) (faults []string) {
	t.Helper()
	fail := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	id := k.AddEvent(t, testkit.Event("lulea", 4)).ID
	other := k.AddEvent(t, testkit.Event("umea", 4)).ID
	undone := errors.New("undone")
	ctx := t.Context()
	lock := func(tx *store.Tx, at domain.EventID, taken domain.Seats, waiting int) {
		if e, err := tx.LockEvent(ctx, at); err != nil || e.Taken != taken || e.Waiting != waiting {
			fail("event %d: %d taken and %d waiting, want %d and %d: %v", at, e.Taken, e.Waiting, taken, waiting, err)
		}
	}
	look := func(tx *store.Tx, taken domain.Seats) { // by another way, which does not know what is held
		if e, err := tx.EventFacts(ctx, id); err != nil || e.Taken != taken {
			fail("the table says %d taken, want %d: %v", e.Taken, taken, err)
		}
	}
	take := func(tx *store.Tx, at domain.EventID, want bool) {
		if taken, err := tx.TakeSeat(ctx, at); err != nil || taken != want {
			fail("a place at event %d: %v, %v", at, taken, err)
		}
	}
	errs := batch(
		t, k.Store,
		func(tx *store.Tx) error {
			lock(tx, id, 0, 0)
			take(tx, id, true)
			lock(tx, other, 0, 0)
			take(tx, other, true)
			return nil
		},
		func(tx *store.Tx) error { lock(tx, id, 1, 0); take(tx, id, true); return undone },
		func(tx *store.Tx) error {
			lock(tx, id, 1, 0)
			take(tx, id, true)
			look(tx, 2)
			lock(tx, id, 2, 0)
			take(tx, id, true)
			return undone
		},
		func(tx *store.Tx) error { lock(tx, id, 1, 0); return tx.JoinQueue(ctx, id) },
		func(tx *store.Tx) error {
			lock(tx, id, 1, 1)
			take(tx, id, true)
			look(tx, 2)
			take(tx, id, true)
			return nil
		},
		func(tx *store.Tx) error { lock(tx, id, 3, 1); take(tx, id, true); take(tx, id, false); return nil },
		func(tx *store.Tx) error { lock(tx, id, 4, 1); return tx.FreeSeat(ctx, id) },
		func(tx *store.Tx) error { lock(tx, id, 3, 1); panic("undone too") },
	)
	for i, err := range errs {
		if bad := i == 1 || i == 2 || i == 7; (err != nil) != bad {
			fail("step %d: %v", i, err)
		}
	}
	for at, want := range map[domain.EventID][2]int{id: {3, 1}, other: {1, 0}} {
		if e, err := k.Store.EventFacts(ctx, at); err != nil || int(e.Taken) != want[0] || e.Waiting != want[1] {
			fail("in the end event %d has %d taken and %d waiting: %v", at, e.Taken, e.Waiting, err)
		}
	}
	return faults
}
