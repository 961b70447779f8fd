package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// TestTurns: of two programs on one file that both write all the time, each writes once before the other does so
// again. In the twin nobody gives way, and who writes already goes on for a while.
func TestTurns(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	fair := changesOfTurn(t, func(*store.Store) {})
	rude := changesOfTurn(t, store.Rude)
	if t.Logf("changes of turn for each commit: %.2f, in the twin %.2f", fair, rude); fair < 1.3*rude {
		t.Error("those who give way take turns no more often than those who do not")
	}
}

// changesOfTurn is how often one of two programs wrote after the other, for each commit.
func changesOfTurn(t *testing.T, breaking func(*store.Store)) float64 {
	t.Helper()
	k := testkit.OpenWith(t, store.Options{Patience: time.Minute})
	other := testkit.OpenWith(t, store.Options{Path: k.Path, Patience: time.Minute})
	var mu sync.Mutex
	changes, last := 0, 0
	ctx, stop := context.WithTimeout(context.Background(), 600*time.Millisecond)
	defer stop()
	var all sync.WaitGroup
	before := k.Store.Stats().Commits + other.Store.Stats().Commits
	for i, s := range []*store.Store{k.Store, other.Store} {
		breaking(s)
		for c := range 4 { // so that somebody is always queued
			all.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					err := s.Write(context.Background(), func(tx *store.Tx) error {
						mu.Lock()
						if last != i {
							changes, last = changes+1, i
						}
						mu.Unlock()
						return tx.PutSetting(context.Background(), fmt.Sprint(i, c), fmt.Sprint(n))
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	all.Wait()
	return float64(changes) / float64(k.Store.Stats().Commits+other.Store.Stats().Commits-before)
}
