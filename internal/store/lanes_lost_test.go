package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/cluster"
)

// journal is what callers were told of the settings that they wrote.
type journal struct {
	mu             sync.Mutex
	yes, no, maybe []string
	n              atomic.Int64
}

func (j *journal) write(s *store.Store, key string) {
	err := s.WriteAt(context.Background(), domain.EventID(j.n.Add(1)%3+1), func(tx *store.Tx) error {
		return tx.PutSetting(context.Background(), key, "x")
	})
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case err == nil:
		j.yes = append(j.yes, key)
	case errors.Is(err, domain.ErrUnsettled):
		j.maybe = append(j.maybe, key)
	default:
		j.no = append(j.no, key)
	}
}

// keepWriting has n callers write one after the other until it is stopped.
func (j *journal) keepWriting(s *store.Store, n int) (stop func()) {
	end := make(chan struct{})
	var callers sync.WaitGroup
	for c := range n {
		callers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-end:
					return
				default:
					j.write(s, fmt.Sprintf("caller %d, %d", c, i))
				}
			}
		})
	}
	return func() { close(end); callers.Wait() }
}

// compare fails where what was told is not so.
func (j *journal) compare(t *testing.T, s *store.Store) {
	t.Helper()
	is := func(key string) bool {
		v, err := s.Setting(t.Context(), key)
		for until := time.Now().Add(5 * time.Second); err != nil && time.Now().Before(until); { // connections of the pool may be dead
			v, err = s.Setting(t.Context(), key)
		}
		if err != nil {
			t.Fatal(err)
		}
		return v == "x"
	}
	for _, k := range j.yes {
		if !is(k) {
			t.Errorf("%s was acknowledged and is lost", k)
		}
	}
	for _, k := range j.no {
		if is(k) {
			t.Errorf("%s was refused and is there", k)
		}
	}
	t.Logf("%d acknowledged, %d refused, %d not known", len(j.yes), len(j.no), len(j.maybe))
}

// Connections that are cut at any moment, during a commit too, make nobody believe what is not so.
func TestLanes_connectionsAreCut(t *testing.T) {
	t.Parallel()
	a, _ := onPostgres(t)
	cut, err := pgx.Connect(t.Context(), a.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cut.Close(context.Background()) }()
	j := &journal{}
	stop := j.keepWriting(a.Store, 12)
	for range 60 {
		time.Sleep(15 * time.Millisecond)
		_, err := cut.Exec(t.Context(), `
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'temadag' AND pid <> pg_backend_pid() AND state <> 'idle'`)
		if err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if len(j.yes) < 100 || len(j.no) == 0 {
		t.Errorf("%d acknowledged, %d refused: nothing was put to the test", len(j.yes), len(j.no))
	}
	j.compare(t, a.Store)
}

// A server that crashes keeps what was acknowledged, and the program goes on by itself when it is back. On the
// twin, where a commit does not wait for the disk, something acknowledged is lost.
func TestPostgres_crashes(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts servers")
	}
	t.Parallel()
	run := func(unsafe bool, settings ...string) (*journal, *store.Store, func()) {
		c, err := cluster.Start(t.Context(), settings...)
		if errors.Is(err, cluster.ErrAbsent) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(t.Context(), store.Options{URL: c.URL("postgres"), Migrations: db.Migrations, Unsafe: unsafe})
		if err != nil {
			t.Fatal(err)
		}
		j := &journal{}
		stop := j.keepWriting(s, 8)
		for range 3 {
			time.Sleep(300 * time.Millisecond)
			if err := errors.Join(c.Kill(), c.Again(t.Context(), settings...)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(700 * time.Millisecond) // it is noticed that it answers again
		after := len(j.yesNow())
		time.Sleep(200 * time.Millisecond)
		if len(j.yesNow()) == after {
			t.Error("nothing is written after the crash")
		}
		stop()
		return j, s, func() { _ = s.Close(); _ = c.Stop() }
	}
	j, s, end := run(false)
	j.compare(t, s)
	if err := s.Healthy(); err != nil {
		t.Error(err)
	}
	end()

	j, s, end = run(true, "synchronous_commit=off", "wal_writer_delay=10s")
	defer end()
	lost := 0
	for _, k := range j.yes {
		if v, err := s.Setting(t.Context(), k); err == nil && v == "" {
			lost++
		}
	}
	if lost == 0 {
		t.Error("the twin lost nothing, so that the test shows nothing")
	}
	t.Logf("the twin lost %d of %d", lost, len(j.yes))
}

func (j *journal) yesNow() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.yes
}

// A server that would lose what it acknowledges is refused.
func TestPostgres_refusesCarelessServers(t *testing.T) {
	t.Parallel()
	url := testkit.FreshPostgres(t)
	s, err := store.Open(t.Context(), store.Options{URL: url, Migrations: db.Migrations})
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	for name, url := range map[string]string{"a commit does not wait for the disk": url + "&synchronous_commit=off", "nobody listens": "postgres://temadag@127.0.0.1:1/x?connect_timeout=2", "no address": "postgres://%zz"} {
		if s, err := store.Open(t.Context(), store.Options{URL: url, Migrations: db.Migrations}); err == nil {
			_ = s.Close()
			t.Errorf("%s: it was opened", name)
		}
	}
}
