package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// marked is a copy of a file that carries a setting besides.
func marked(t *testing.T, path string, settings ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "marked.db")
	if err := store.CopyFile(t.Context(), path, out, nil); err != nil {
		t.Fatal(err)
	}
	raw, err := sqlx.Open("sqlite3", out)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(settings); i += 2 {
		raw.MustExec(`INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, settings[i], settings[i+1])
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// What is no source is refused in words, and nothing is made for it.
func TestCarry_refusesASource(t *testing.T) {
	t.Parallel()
	url := testkit.FreshPostgres(t)
	k := inUse(t, 4)
	w := wiredTo{k}
	file := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	mine, other := k.Keys.Fingerprint(), strings.Repeat("0", len(k.Keys.Fingerprint()))
	for name, c := range map[string]struct {
		path, fingerprint, want string
		keep                    bool
	}{
		"an empty file":      {file("empty", ""), mine, "holds no installation", true},
		"a file of words":    {file("words", strings.Repeat("hej ", 1000)), mine, "cannot be read", true},
		"nothing":            {filepath.Join(t.TempDir(), "nothing"), mine, "cannot be read", true},
		"another's":          {marked(t, k.Path, "secret fingerprint", other), mine, "secret is not the one", false},
		"half a copy":        {marked(t, k.Path, "unfinished copy", "of x"), mine, "unfinished copy itself", true},
		"moved, to be kept":  {marked(t, k.Path, "moved", "elsewhere"), mine, "were moved", true},
		"moved, to be moved": {marked(t, k.Path, "moved", "elsewhere"), mine, "were moved", false},
	} {
		o := store.CarryOptions{From: w.of(store.Options{Path: c.path}), To: w.of(store.Options{URL: url}), Fingerprint: c.fingerprint, Keep: c.keep, Move: !c.keep}
		if _, err := store.Carry(t.Context(), o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	// The twin: where no secret is told of, nothing is compared. It comes last, for what it copies makes a move that was
	// begun of the one above, and such a move goes on.
	if _, err := store.Carry(t.Context(), store.CarryOptions{From: w.of(store.Options{Path: k.Path}), To: w.of(store.Options{URL: url})}); err != nil {
		t.Errorf("no secret is told of: %v", err)
	}
	if left, err := filepath.Glob(filepath.Dir(k.Path) + "/*.carried*"); err != nil || len(left) > 0 {
		t.Errorf("left beside the source: %v, %v", left, err)
	}
}

// A move that was killed when it had closed the source and not yet opened the target goes on: until then no server
// starts on either.
func TestCarry_goesOnBetweenItsLastSteps(t *testing.T) {
	t.Parallel()
	url := testkit.FreshPostgres(t)
	k := inUse(t, 4)
	w := wiredTo{k}
	stopped := marked(t, k.Path)
	o := store.CarryOptions{From: w.of(store.Options{Path: stopped}), To: w.of(store.Options{URL: url})}
	carried(t, o)
	o.From.Path = marked(t, stopped, "moved", "elsewhere")
	for _, side := range []store.Options{o.From, o.To} {
		if _, err := store.Open(t.Context(), side); !errors.Is(err, store.ErrMidway) {
			t.Errorf("a server starts on %s%s: %v", side.Path, side.URL, err)
		}
	}
	o.Move = true
	carried(t, o)
	s, err := store.Open(t.Context(), o.To)
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Errorf("no server starts on what was moved: %v", err)
	}
}

// The checks of everything take longer in a big database than a visitor would wait: no clock ends them. The twin is a
// statement that a visitor waits for.
func TestCheck_isPatient(t *testing.T) {
	t.Parallel()
	url := testkit.FreshPostgres(t)
	s, err := store.Open(t.Context(), store.Options{URL: url + "&statement_timeout=2000", Migrations: db.Migrations})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	raw, err := sqlx.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	held := raw.MustBegin()
	held.MustExec(`LOCK TABLE events IN ACCESS EXCLUSIVE MODE`)
	checked := make(chan error, 1)
	go func() {
		found, err := s.Check(t.Context())
		if len(found) > 0 {
			err = fmt.Errorf("%v", found)
		}
		checked <- err
	}()
	if _, err := s.Events(t.Context(), store.EventScope{Drafts: true}); err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("a visitor waits for ever: %v", err)
	}
	time.Sleep(500 * time.Millisecond) // as long as the check's own two seconds may be behind
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-checked; err != nil {
		t.Errorf("check: %v", err)
	}
}
