package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/backup"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// erasing is a world in which somebody erases what she told of food an hour after a backup.
type erasing struct {
	k    *testkit.Kit
	dir  string // of the log
	log  *backup.Log
	copy store.Options
	own  string
}

func beginErasing(t *testing.T) *erasing {
	t.Helper()
	w := &erasing{k: testkit.Open(t), dir: t.TempDir()}
	var err error
	if w.log, err = backup.OpenLog(w.k.Keys, w.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.log.Close() })
	w.own, _, _ = someone(t, w.k)
	w.copy = copyOf(t, w.k)
	w.k.Clock.Turn(time.Hour)
	return w
}

func (w *erasing) erase(t *testing.T) error {
	t.Helper()
	return w.k.Registrations.TellNeeds(t.Context(), domain.Visitor(), w.own, domain.NeedsEntry{})
}

// start does what a start does with the log in a database, and tells whether the needs stand afterwards.
func (w *erasing) start(t *testing.T, in *testkit.Kit) bool {
	t.Helper()
	lines, err := backup.ReadLines(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	all, open, unread := backup.Read(w.k.Keys, lines)
	if unread != 0 {
		t.Errorf("%d lines cannot be read", unread)
	}
	b := &service.Backups{Store: in.Store, Keys: w.k.Keys, Now: w.k.Clock.Now}
	for _, o := range open {
		fate, err := b.Fate(t.Context(), domain.Worker(), o.Meant)
		if err != nil {
			t.Fatal(err)
		}
		if fate == service.FateLost {
			all = append(all, o.Erased)
		}
		if fate == service.FateUnknown {
			continue
		}
		if err := w.log.Settle(o, fate != service.FateNever); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Replay(t.Context(), domain.Worker(), all); err != nil {
		t.Fatal(err)
	}
	return sealedNeeds(t, in) != nil
}

// older is the backup, brought back.
func (w *erasing) older(t *testing.T) *testkit.Kit {
	t.Helper()
	copied := w.copy
	if copied.Path != "" {
		copied.Path = filepath.Join(t.TempDir(), "temadag.db")
		duplicate(t, w.copy.Path, copied.Path)
	}
	back := reopenAt(t, w.k, copied)
	t.Cleanup(func() { _ = back.Store.Close() })
	return back
}

// The program dies between the commit and the line that tells of it. Whether the file is lost at once or after
// the next start, the backup brings nobody back. Its twin, which writes after the commit alone, does.
func TestCut_afterTheCommit(t *testing.T) {
	for _, defended := range []bool{true, false} {
		for _, restarts := range []bool{true, false} {
			if restarts && testkit.Engine() == testkit.Postgres && !testkit.Thorough() {
				continue // a dump each: what a start does is shown to be the same on both
			}
			w := beginErasing(t)
			w.k.Registrations.Erased = func(mark int64, gone []domain.Erased) (func(...domain.Erased) error, error) {
				if defended {
					if _, err := w.log.Intend(mark, gone); err != nil {
						return nil, err
					}
				}
				return func(...domain.Erased) error { return nil }, nil // it is dead by then
			}
			if err := w.erase(t); err != nil {
				t.Fatal(err)
			}
			if restarts && w.start(t, w.k) {
				t.Error("what was erased stands in the database itself")
			}
			if stands := w.start(t, w.older(t)); stands == defended {
				t.Errorf("defended %v, started once more %v: what was erased stands in the backup: %v", defended, restarts, stands)
			}
		}
	}
}

// The program dies before the commit: nothing was erased, and the next start finds that out, so that the line
// does no harm ever after. Its twin takes what was meant for done.
func TestCut_beforeTheCommit(t *testing.T) {
	w := beginErasing(t)
	w.k.Registrations.Erased = func(mark int64, gone []domain.Erased) (func(...domain.Erased) error, error) {
		_, err := w.log.Intend(mark, gone)
		return nil, errors.Join(err, errors.New("it is dead by now"))
	}
	if err := w.erase(t); err == nil || sealedNeeds(t, w.k) == nil {
		t.Fatal("it was erased all the same")
	}
	if !w.start(t, w.k) { // at once: another process may have it under way
		t.Error("what was never erased is gone")
	}
	w.k.Clock.Turn(time.Hour)
	before, err := os.ReadFile(filepath.Join(w.dir, backup.LogName))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if !w.start(t, w.k) {
			t.Error("what was never erased is gone")
		}
	}
	if !w.start(t, w.older(t)) {
		t.Error("what was never erased is gone from a backup")
	}
	if err := os.WriteFile(filepath.Join(w.dir, backup.LogName), before, 0o600); err != nil { // the twin has not found out
		t.Fatal(err)
	}
	if w.start(t, w.older(t)) {
		t.Error("the twin did no harm: the test judges nothing")
	}
}

// What cannot be written down is not erased, and whoever asked is told so; a transaction that fails leaves
// nothing open.
func TestCut_refused(t *testing.T) {
	w := beginErasing(t)
	broken := errors.New("no space left")
	w.k.Registrations.Erased = func(int64, []domain.Erased) (func(...domain.Erased) error, error) { return nil, broken }
	if err := w.erase(t); !errors.Is(err, broken) || domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("told %v", err)
	}
	if sealedNeeds(t, w.k) == nil {
		t.Error("it was erased without a line")
	}
	w.k.Registrations.Erased = w.log.Intend
	if err := w.erase(t); err != nil {
		t.Fatal(err)
	}
	lines, err := backup.ReadLines(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	if all, open, _ := backup.Read(w.k.Keys, lines); len(all) != 1 || len(open) != 0 {
		t.Errorf("the log holds %v, open %v", all, open)
	}
}

// A file that cannot take a line whole gets it whole later, on a line of its own.
func TestLog_cutInTheMiddle(t *testing.T) {
	k, dir := keys(t), t.TempDir()
	path := filepath.Join(dir, backup.LogName)
	l, err := backup.OpenLog(k, dir)
	if err != nil {
		t.Fatal(err)
	}
	settle, err := l.Intend(7, []domain.Erased{erased(1)})
	if err != nil {
		t.Fatal(err)
	}
	lines, _ := backup.ReadLines(dir)
	if _, open, unread := backup.Read(k, lines); len(open) != 1 || open[0].Erased != erased(1) || open[0].Mark != 7 || unread != 0 {
		t.Fatalf("open: %v, %d unread", open, unread)
	}
	changed := append([]string{}, lines...)
	changed[0] = "6" + changed[0][1:]
	if _, open, unread := backup.Read(k, changed); len(open) != 0 || unread != 1 {
		t.Error("a line whose number was changed is believed")
	}
	if err := settle(erased(1)); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(text) {
		if err := os.WriteFile(path, text[:cut], 0o600); err != nil { // as a crash leaves it
			t.Fatal(err)
		}
		lines, _ := backup.ReadLines(dir)
		all, open, unread := backup.Read(k, lines)
		if whole := len(lines) > 0; whole && len(all) == 0 && len(open) == 0 || unread != 0 {
			t.Fatalf("cut after %d of %d bytes: %v, %v, %d unread", cut, len(text), all, open, unread)
		}
	}
}
