package store_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	h, err := k.Store.Health(t.Context())
	if err != nil || !h.Newest.IsZero() || h.Replica != nil {
		t.Fatalf("an empty database: %+v, %v", h, err)
	}
	if lite := h.SQLite; lite != nil && (lite.Number < lite.Least || lite.Version == "") {
		t.Errorf("%+v", lite)
	}
	if s := h.Server; s != nil && (s.Version < 140000 || s.Connections < 1 || s.MaxConnections < s.Connections || s.ConnectionsPerHost < 2 || s.Now.IsZero()) {
		t.Errorf("%+v", s)
	}
	if (h.SQLite == nil) == (h.Server == nil) {
		t.Errorf("one engine is asked: %+v", h)
	}
	e := k.AddEvent(t, testkit.Event("halsa", 10))
	k.Clock.Turn(25 * time.Hour)
	if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(e, testkit.Person(1))); err != nil {
		t.Fatal(err)
	}
	if h, err = k.Store.Health(t.Context()); err != nil || !h.Newest.Equal(k.Clock.Now()) {
		t.Errorf("the newest row is of %s, want %s: %v", h.Newest, k.Clock.Now(), err)
	}
}

// healthyReplica waits until the replica follows and has everything.
func healthyReplica(t *testing.T, k *testkit.Kit) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		h, err := k.Store.Health(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if h.Replica.Err == nil && h.Replica.Following && h.Replica.Behind == 0 && h.Server.Streaming == 1 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("a replica that follows: %+v of %+v", h.Replica, h.Server)
		}
	}
}

// lame tells of a replica that does not do its work as of one.
func lame(t *testing.T, k *testkit.Kit, what string, is func(r *store.ReplicaHealth) bool) {
	t.Helper()
	if h, err := k.Store.Health(t.Context()); err != nil || !is(h.Replica) {
		t.Errorf("a replica that %s: %+v, %v", what, h.Replica, err)
	}
}

func TestHealth_ofAServerThatFollowsNobody(t *testing.T) {
	t.Parallel()
	url := testkit.FreshPostgres(t)
	k := testkit.OpenWith(t, store.Options{URL: url, Replica: url, Unsafe: true, Migrations: db.Migrations})
	lame(t, k, "follows nobody", func(r *store.ReplicaHealth) bool { return r.Err == nil && !r.Following })
}

// Nobody else on the machine reads the file, nor those that the engine lays beside it: neither of a database that
// is made, nor of one that was put back by somebody in a hurry.
func TestOpen_isPrivate(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	o := testkit.Database(t)
	private := func(what string) {
		t.Helper()
		s, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Write(t.Context(), func(tx *store.Tx) error { return tx.PutSetting(t.Context(), "x", what) })
		for _, beside := range []string{"", "-wal", "-shm"} {
			info, errStat := os.Stat(o.Path + beside)
			if err = errors.Join(err, errStat); errStat == nil && info.Mode().Perm() != 0o600 {
				t.Errorf("%s%s has mode %04o", what, beside, info.Mode().Perm())
			}
		}
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
	}
	private("a new database")
	if err := os.Chmod(o.Path, 0o644); err != nil {
		t.Fatal(err)
	}
	private("one that was put back")
}
