package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/backup"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// moved is a database that other tools than ours copy and bring back: pg_dump and pg_restore, or a file that is
// laid in place as Litestream does.
type moved struct {
	*Config
	url, copied string // url is "" for a file
	links       []string
}

func beginMoved(t *testing.T) *moved {
	t.Helper()
	dir := t.TempDir()
	m := &moved{Config: &Config{
		Addr: "127.0.0.1:0", DataDir: filepath.Join(dir, "data"), RateLimit: "on", Secret: "a secret for tests only, 32 bytes or more",
	}, copied: filepath.Join(dir, "copied")}
	if testkit.Engine() == testkit.Postgres {
		m.url = testkit.FreshPostgres(t)
		m.DatabaseURL = m.url
	}
	err := m.begin(t.Context(), func(p *program) error {
		k := &testkit.Kit{Store: p.store, Keys: p.keys, Programme: p.programme, Registrations: p.registrations, Editing: p.editing}
		e := testkit.Event("lulea", 50)
		e.Day = domain.DateIn(time.Now()).AddDays(40)
		e.RegisterUntil, e.CancelUntil = e.Day.AddDays(-14), e.Day.AddDays(-14)
		e.Rules.Food = true
		e = k.AddEvent(t, e)
		for n := range 3 {
			in := testkit.Input(e, testkit.Person(n))
			in.Entry.Needs = domain.NeedsEntry{Diet: []string{string(domain.DietVegetarian)}}
			if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), in); err != nil {
				return err
			}
			m.links = append(m.links, k.Keys.Link(auth.UID(in.Key), 1))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *moved) file() string { return filepath.Join(m.DataDir, "temadag.db") }

func (m *moved) copyAway(t *testing.T) {
	t.Helper()
	if m.url != "" {
		tool(t, "pg_dump", "--format=custom", "--file="+m.copied, m.url)
		return
	}
	if err := store.CopyFile(t.Context(), m.file(), m.copied, nil); err != nil {
		t.Fatal(err)
	}
}

func (m *moved) layBack(t *testing.T) {
	t.Helper()
	if m.url != "" {
		tool(t, "pg_restore", "--clean", "--if-exists", "--exit-on-error", "--dbname="+m.url, m.copied)
		return
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(m.file() + end)
	}
	tool(t, "cp", m.copied, m.file())
}

func tool(t *testing.T, name string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// told is how many tell of what they eat.
func (m *moved) told(t *testing.T, p *program) int {
	t.Helper()
	events, err := p.store.EventsWithNeeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(events) == 0 {
		return 0
	}
	ids, _, err := p.store.NeedsTold(t.Context(), events[0])
	if err != nil {
		t.Fatal(err)
	}
	return len(ids)
}

func (m *moved) erase(ctx context.Context, p *program, n int) error {
	return p.registrations.TellNeeds(ctx, domain.Visitor(), m.links[n], domain.NeedsEntry{})
}

// started is what serve does before its first page.
func started(ctx context.Context) func(p *program) error {
	return func(p *program) error {
		log, err := p.eraseFirst(ctx)
		if err != nil {
			return err
		}
		return log.Close()
	}
}

// A database that other tools bring back is finished by restore --in-place: what was erased since is erased again,
// also by another server, with a log of its own, and by one that died before it could tell; letters are held, and
// the log tells of the return. A server that is started at once erases again what its own log names. Without
// either, the twin, all of it stands again.
func TestInPlace(t *testing.T) {
	t.Parallel()
	ctx, m := t.Context(), beginMoved(t)
	m.copyAway(t)
	other := t.TempDir()
	err := m.with(ctx, func(p *program) error {
		if err := m.erase(ctx, p, 0); err != nil {
			return err
		}
		p.registrations.Erased = func(mark int64, gone []domain.Erased) (func(...domain.Erased) error, error) {
			_, err := p.erasures.intend(mark, gone)
			return func(...domain.Erased) error { return nil }, err // it is dead by then
		}
		if err := m.erase(ctx, p, 1); err != nil {
			return err
		}
		log, err := backup.OpenLog(p.keys, other)
		if err != nil {
			return err
		}
		p.registrations.Erased = log.Intend
		if err := m.erase(ctx, p, 2); err != nil {
			return err
		}
		return log.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		finish func(p *program) error // beside the database laid back; nil for the command
		r      restoreCommand
		told   int
		held   bool
	}{
		"nothing is done":     {func(*program) error { return nil }, restoreCommand{}, 3, false},
		"a server is started": {started(ctx), restoreCommand{}, 1, false},
		"its own log alone":   {nil, restoreCommand{InPlace: true}, 1, true},
		"the logs of both":    {nil, restoreCommand{InPlace: true, Erasures: []string{other}}, 0, true},
	} {
		m.layBack(t)
		if tt.finish == nil {
			if err := tt.r.Run(ctx, m.Config); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		err := m.with(ctx, func(p *program) error {
			if tt.finish != nil {
				if err := tt.finish(p); err != nil {
					return err
				}
			}
			held, err := p.backupsOf().Hold(ctx, domain.Operator())
			if got := m.told(t, p); got != tt.told || len(held) > 0 != tt.held {
				t.Errorf("%s: %d tell of what they eat, want %d; held %v", name, got, tt.told, held)
			}
			return err
		})
		if err != nil {
			t.Fatal(name, err)
		}
		if err := (fsckCommand{}).Run(ctx, m.Config); err != nil {
			t.Error(name, err)
		}
	}
	for _, r := range []restoreCommand{{}, {InPlace: true, Drill: true}, {InPlace: true, Replace: true}, {InPlace: true, File: m.copied}} {
		if err := r.Run(ctx, m.Config); err == nil {
			t.Errorf("%+v was done", r)
		}
	}
	if err := os.Remove(filepath.Join(m.DataDir, backup.LogName)); err != nil {
		t.Fatal(err)
	}
	if err := (restoreCommand{InPlace: true}).Run(ctx, m.Config); err == nil {
		t.Error("brought back without a log of what was erased")
	}
}
