package store_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// How fast a copy goes, and how much room a registration takes on either engine, as registered: with history, and a
// letter that is not composed yet.
func TestCarry_speed(t *testing.T) {
	if !testkit.Thorough() {
		t.Skip("by design: it measures; set TEMADAG_TEST_THOROUGH")
	}
	const people = 20000
	url := testkit.FreshPostgres(t)
	k := testkit.OpenWith(t, store.Options{Path: filepath.Join(t.TempDir(), "temadag.db")})
	e := k.AddEvent(t, testkit.Event("lulea", people))
	empty := sizes(t, k.Path, url)
	var all sync.WaitGroup
	for lane := range 64 {
		all.Go(func() {
			for n := lane; n < people; n += 64 {
				if _, err := k.Registrations.Register(t.Context(), domain.Operator(), testkit.Input(e, testkit.Person(n))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	w := wiredTo{k}
	o := store.CarryOptions{From: w.of(store.Options{Path: k.Path}), To: w.of(store.Options{URL: url})}
	for _, what := range []string{"all rows", "nothing new"} {
		began := time.Now()
		last, doing := began, ""
		o.Progress = func(d, _ string, _ int64) {
			if d != doing {
				t.Logf("  %s ended after %s", doing, time.Since(last).Round(time.Millisecond))
				last, doing = time.Now(), d
			}
		}
		done := carried(t, o)
		took := time.Since(began)
		t.Logf("  %s and the promises ended after %s", doing, time.Since(last).Round(time.Millisecond))
		t.Logf("%s: %d rows in %s, %.0f rows a second, both sides read again included", what, done.Rows, took.Round(time.Millisecond), float64(done.Rows)/took.Seconds())
	}
	full := sizes(t, k.Path, url)
	t.Logf("bytes a registration: %d on SQLite, %d on PostgreSQL", (full[0]-empty[0])/people, (full[1]-empty[1])/people)
}

// sizes are the bytes of a file, without its log, and of a database of PostgreSQL.
func sizes(t *testing.T, path, url string) (out [2]int64) {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "size.db")
	if err := store.CopyFile(t.Context(), path, copied, nil); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(copied)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := sqlx.Open("pgx", url)
	if err == nil {
		err = raw.Get(&out[1], `SELECT pg_database_size(current_database())`)
	}
	if err != nil {
		t.Fatal(err)
	}
	out[0] = info.Size()
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}
