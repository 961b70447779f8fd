package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/cluster"
)

// Lists are read from a replica, and never show less than what was acknowledged: one that lags is waited for, and
// one that lags for long, or is gone, is done without.
func TestLists_fromAReplica(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts servers")
	}
	t.Parallel()
	primary, err := cluster.Start(t.Context(), "fsync=off", "wal_level=replica", "max_wal_senders=4")
	if errors.Is(err, cluster.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = primary.Stop() })
	replica, err := primary.Follow(t.Context(), "fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = replica.Stop() })
	k := testkit.OpenWith(t, store.Options{URL: primary.URL("postgres"), Replica: replica.URL("postgres"), Unsafe: true, Migrations: db.Migrations})
	e := k.AddEvent(t, testkit.Event("langt", 1000))

	elsewhere := 0
	for i := range 40 {
		if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(e, testkit.Person(i))); err != nil {
			t.Fatal(err)
		}
		q := k.Store.Lists(t.Context())
		page, _, _, err := q.ListPage(t.Context(), e.ID, store.ListKey{}, 100)
		if err != nil || len(page) != i+1 {
			t.Fatalf("%d of %d stand on the list, %v", len(page), i+1, err)
		}
		if q != k.Store.Queries {
			elsewhere++
		}
	}
	if elsewhere == 0 {
		t.Error("the replica was never asked")
	}
	t.Logf("%d of 40 lists were read from the replica", elsewhere)

	healthyReplica(t, k)
	pause(t, replica, `SELECT pg_wal_replay_pause()`)
	if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(e, testkit.Person(40))); err != nil {
		t.Fatal(err)
	}
	page, _, _, err := k.Store.Lists(t.Context()).ListPage(t.Context(), e.ID, store.ListKey{}, 100)
	if err != nil || len(page) != 41 {
		t.Errorf("with a replica that stands still %d stand on the list, want 41: %v", len(page), err)
	}
	lame(t, k, "stands still", func(r *store.ReplicaHealth) bool { return r.Err == nil && r.Following && r.Behind > 0 })
	if err := replica.Kill(); err != nil {
		t.Fatal(err)
	}
	lame(t, k, "is gone", func(r *store.ReplicaHealth) bool { return r.Err != nil })
	start := time.Now()
	page, _, _, err = k.Store.Lists(t.Context()).ListPage(t.Context(), e.ID, store.ListKey{}, 100)
	if err != nil || len(page) != 41 || time.Since(start) > 3*time.Second {
		t.Errorf("without the replica %d stand on the list after %s, want 41: %v", len(page), time.Since(start), err)
	}
}

func pause(t *testing.T, c *cluster.Cluster, statement string) {
	t.Helper()
	if err := c.Run(context.Background(), statement); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", statement, err))
	}
}
