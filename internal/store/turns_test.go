package store_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// TestTurns: of two programs on one file, the one that waits writes before the one that has just written does so
// again. In the twin nobody gives way, and who writes already goes on.
func TestTurns(t *testing.T) {
	testkit.OnlySQLite(t)
	const rounds = 6
	polite, rude := 0, 0
	for range rounds {
		if otherFirst(t, false) {
			polite++
		}
		if otherFirst(t, true) {
			rude++
		}
	}
	if t.Logf("the other came first %d times of %d, in the twin %d", polite, rounds, rude); polite < rude+rounds/2 {
		t.Error("who waits comes first no more often where others give way")
	}
}

// otherFirst reports whether a program that waits comes before the next write of the one that writes.
func otherFirst(t *testing.T, twin bool) bool {
	t.Helper()
	k := testkit.OpenWith(t, store.Options{Patience: time.Minute})
	other := testkit.OpenWith(t, store.Options{Path: k.Path, Patience: time.Minute})
	if twin {
		store.Rude(k.Store)
		store.Rude(other.Store)
	}
	var mu sync.Mutex
	var order []*store.Store
	var all sync.WaitGroup
	write := func(s *store.Store) {
		all.Go(func() {
			err := s.Write(context.Background(), func(tx *store.Tx) error {
				mu.Lock()
				defer mu.Unlock()
				order = append(order, s)
				return tx.PutSetting(context.Background(), "a", "b")
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	inside, goOn := make(chan struct{}), make(chan struct{})
	all.Go(func() {
		_ = k.Store.Write(context.Background(), func(*store.Tx) error { close(inside); <-goOn; return nil })
	})
	<-inside
	write(k.Store)
	for k.Store.Stats().Queued == 0 {
		time.Sleep(time.Millisecond)
	}
	write(other.Store)
	if twin {
		time.Sleep(20 * time.Millisecond) // it waits by then, and shows it to nobody
	} else {
		awaitSign(t, k.Path+"-turns")
	}
	close(goOn)
	all.Wait()
	return order[0] == other.Store
}

// awaitSign waits until somebody shows that she waits.
func awaitSign(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for range 10_000 {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return
		}
		_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
		time.Sleep(time.Millisecond)
	}
	t.Fatal("nobody waits")
}
