package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// A new program brings the schema up to date while two of the old one serve: it is done once, whoever comes first,
// the old ones go on, and an old one that starts afterwards is refused.
func TestMigrate_besideAnOldProgram(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{testkit.SQLite, testkit.Postgres} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := store.Options{Path: filepath.Join(t.TempDir(), "temadag.db")}
			if engine == testkit.Postgres {
				o = store.Options{URL: testkit.FreshPostgres(t)}
			}
			k := testkit.OpenWith(t, o)
			e := k.AddEvent(t, testkit.Event("lulea", 50000))
			stop, served := serveOn(t, k, e)
			// A second run of this one would fail: the column would be there.
			add := later(t, `ALTER TABLE news ADD COLUMN later TEXT NOT NULL DEFAULT ''; INSERT INTO settings (name, value) VALUES ('later', 'once');`, "sqlite", "postgres")
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() {
					at := o
					at.Path, at.URL, at.Migrations = k.Path, k.URL, add
					s, err := store.Open(context.WithoutCancel(t.Context()), at)
					if err == nil {
						err = s.Close()
					}
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if n := stop(); n < 1 || served() != nil {
				t.Errorf("the old program served %d people meanwhile: %v", n, served())
			}
			if v, err := k.Store.Setting(t.Context(), "later"); err != nil || v != "once" {
				t.Errorf("the schema was not brought up to date: %q, %v", v, err)
			}
			old := k.Where()
			old.Migrations = db.Migrations
			if _, err := store.Open(t.Context(), old); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "9999") {
				t.Errorf("an old program starts on a newer schema: %v", err)
			}
		})
	}
}

// serveOn registers one person after the other until it is stopped, which waits for one more and tells how many.
func serveOn(t *testing.T, k *testkit.Kit, e domain.Event) (stop func() int, fault func() error) {
	t.Helper()
	end, ended := make(chan struct{}), make(chan struct{})
	var n int
	var err error
	go func() {
		defer close(ended)
		for {
			if _, err = k.Registrations.Register(context.WithoutCancel(t.Context()), domain.Operator(), testkit.Input(e, testkit.Person(n))); err != nil {
				return
			}
			n++
			select {
			case <-end:
				return
			default:
			}
		}
	}()
	return func() int { close(end); <-ended; return n }, func() error { return err }
}
