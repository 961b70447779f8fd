package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

func TestWrite_oneFailureLeavesTheOthers(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 100))
	boom := errors.New("boom")
	var wg sync.WaitGroup
	var mu sync.Mutex
	failed, panicked, fine := 0, 0, 0
	for i := range 300 {
		wg.Go(func() {
			err := k.Store.Write(t.Context(), func(tx *store.Tx) error {
				if err := tx.JoinQueue(t.Context(), e.ID); err != nil {
					return err
				}
				switch i % 3 {
				case 0:
					return boom
				case 1:
					panic("a fault in one caller")
				}
				return nil
			})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, boom):
				failed++
			case err != nil:
				panicked++
			default:
				fine++
			}
		})
	}
	wg.Wait()
	if failed != 100 || panicked != 100 || fine != 100 {
		t.Errorf("%d failed, %d panicked, %d fine; want 100 each", failed, panicked, fine)
	}
	after, err := k.Store.EventFacts(t.Context(), e.ID)
	if err != nil || after.Waiting != 100 {
		t.Errorf("the queue is %d long (%v), want 100: what failed was undone, what did not was kept", after.Waiting, err)
	}
	if s := k.Store.Stats(); s.Largest < 2 {
		t.Errorf("the largest commit held %d callers; nobody ever shared one", s.Largest)
	}
}

// TestWrite_failureIsUndoneWhateverItAskedFirst: a caller's savepoint is opened by the first statement that is asked in
// her turn, whichever way it is asked.
func TestWrite_failureIsUndoneWhateverItAskedFirst(t *testing.T) {
	t.Parallel()
	ctx, boom := t.Context(), errors.New("boom")
	claim := func(k *testkit.Kit, tx *store.Tx) (int, error) {
		letters, err := tx.ClaimLetters(ctx, k.Clock.Now(), time.Hour, 10)
		return len(letters), err
	}
	for name, ask := range map[string]func(k *testkit.Kit, tx *store.Tx, e domain.EventID, second store.Kept) error{
		"a command": func(_ *testkit.Kit, tx *store.Tx, e domain.EventID, _ store.Kept) error { return tx.JoinQueue(ctx, e) },
		"a new row": func(_ *testkit.Kit, tx *store.Tx, _ domain.EventID, second store.Kept) error {
			_, _, err := tx.InsertRegistration(ctx, second)
			return err
		},
		"rows that a command answers": func(k *testkit.Kit, tx *store.Tx, _ domain.EventID, _ store.Kept) error {
			n, err := claim(k, tx)
			if err == nil && n != 1 {
				err = errors.New("no letter was due")
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := testkit.Open(t)
			event := k.AddEvent(t, testkit.Event("lulea", 100))
			e, first, second := event.ID, newcomer(t, event, 1, auth.UID("first")), newcomer(t, event, 2, auth.UID("second"))
			err := k.Store.Write(ctx, func(tx *store.Tx) error {
				id, _, err := tx.InsertRegistration(ctx, first)
				if err != nil {
					return err
				}
				return tx.InsertLetter(ctx, 0, domain.Letter{
					Kind: domain.LetterConfirmed, RegistrationID: id, To: "anna@example.se", Lang: domain.Swedish, Status: domain.Confirmed,
					MessageID: "m", Date: k.Clock.Now(), State: domain.LetterQueued, NextTry: k.Clock.Now(),
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			fine := func(tx *store.Tx) error { return tx.JoinQueue(ctx, e) }
			errs := batch(t, k.Store, fine, func(tx *store.Tx) error { return errors.Join(ask(k, tx, e, second), boom) }, fine)
			if errs[0] != nil || errs[1] == nil || errs[1].Error() != boom.Error() || errs[2] != nil {
				t.Fatalf("the three were told %v", errs)
			}
			facts, err := k.Store.EventFacts(ctx, e)
			if err != nil || facts.Waiting != 2 {
				t.Errorf("the queue is %d long (%v), want 2", facts.Waiting, err)
			}
			if _, err := k.Store.RegistrationByUID(ctx, second.UID); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("who was refused is there: %v", err)
			}
			if err := k.Store.Write(ctx, func(tx *store.Tx) error {
				if n, err := claim(k, tx); n != 1 || err != nil {
					return fmt.Errorf("%d letters are due, want 1: %w", n, err)
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWrite_callerWhoLeavesWhileWaitingChangesNothing(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 100))
	hold, held := make(chan struct{}), make(chan struct{})
	go func() {
		_ = k.Store.Write(context.Background(), func(*store.Tx) error { close(held); <-hold; return nil })
	}()
	<-held
	ctx, leave := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- k.Store.Write(ctx, func(tx *store.Tx) error { return tx.JoinQueue(ctx, e.ID) })
	}()
	leave()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller who left got %v", err)
	}
	close(hold)
	if err := k.Store.Write(t.Context(), func(*store.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if after, _ := k.Store.EventFacts(t.Context(), e.ID); after.Waiting != 0 {
		t.Errorf("the queue is %d long, want 0", after.Waiting)
	}
}

// One visitor in four leaves while her statement runs. Those who share her commit notice nothing:
// with the visitor's own context in the statements, hundreds of them were refused.
func TestWrite_leavingHurtsNobodyElse(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	long := strings.Repeat("x", 20_000)
	var refused atomic.Int64
	for round := range 100 {
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				name, value, leaves := fmt.Sprintf("%d-%d", round, i), "x", i%4 == 3
				err := k.Store.Write(ctx, func(tx *store.Tx) error {
					if leaves {
						go cancel()
						value = long
					}
					return tx.PutSetting(ctx, name, value)
				})
				if err != nil && !leaves {
					refused.Add(1)
				}
			})
		}
		wg.Wait()
	}
	if n := refused.Load(); n > 0 {
		t.Errorf("%d people who stayed were refused because others left", n)
	}
}

// The last word about places is the database's own: even code that forgot the condition cannot
// sell one twice.
func TestSeats_theTableRefusesOneTooMany(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 1))
	take := func() (taken bool, err error) {
		err = k.Store.Write(t.Context(), func(tx *store.Tx) error { taken, err = tx.TakeSeat(t.Context(), e.ID); return err })
		return taken, err
	}
	if taken, err := take(); !taken || err != nil {
		t.Fatalf("the only place: %v, %v", taken, err)
	}
	if taken, err := take(); taken || err != nil {
		t.Errorf("a place that is not there: %v, %v", taken, err)
	}
	raw := k.Raw(t)
	if _, err := raw.Exec(`UPDATE events SET seats_taken = seats_taken + 1`); err == nil || !strings.Contains(strings.ToLower(err.Error()), "check") {
		t.Errorf("without the condition: %v, want the CHECK to refuse", err)
	}
	// The twin: with the CHECK off, the same statement sells a place twice, and fsck sees it.
	raw.LetThrough(t, "events")
	if _, err := raw.Exec(`UPDATE events SET seats_taken = seats_taken + 1`); err != nil {
		t.Fatal(err)
	}
	found, err := k.Store.Check(t.Context())
	if err != nil || len(found) == 0 {
		t.Errorf("fsck found %v (%v) in a database with a wrong counter", found, err)
	}
}

func TestVersion_noticesAnotherProcess(t *testing.T) {
	testkit.OnlySQLite(t)
	if testing.Short() {
		t.Skip("by design: waits for a second process")
	}
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is missing: changes made by another process were not tried")
	}
	k := testkit.Open(t)
	k.AddEvent(t, testkit.Event("lulea", 1))
	time.Sleep(700 * time.Millisecond) // the writer has looked once
	before := k.Store.Version()
	out, err := exec.CommandContext(t.Context(), python, "-c", `import sqlite3, sys
c = sqlite3.connect(sys.argv[1], timeout=5)
c.execute("UPDATE events SET town = 'Piteå'")
c.commit()`, k.Path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for range 40 {
		if k.Store.Version() != before {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("two seconds after another process changed the programme nobody has noticed")
}

// Whoever removes the file of a running program ends its promises; it must not go on making them.
func TestWrite_stopsWhenTheFileIsGone(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	k := testkit.Open(t)
	if err := os.Rename(k.Path, k.Path+".away"); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.Rename(k.Path+".away", k.Path); err != nil {
			t.Error(err)
		}
	}()
	for start := time.Now(); k.Store.Healthy() == nil; time.Sleep(20 * time.Millisecond) {
		if time.Since(start) > 5*time.Second {
			t.Fatal("nobody noticed")
		}
	}
	err := k.Store.Write(t.Context(), func(*store.Tx) error { return nil })
	if !errors.Is(err, &domain.Error{Code: domain.CodeUnavailable}) {
		t.Errorf("a write was answered %v", err)
	}
}

func TestOpen_mustExist(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none", "x.db")
	if _, err := store.Open(t.Context(), store.Options{Path: path, Migrations: db.Migrations, MustExist: true}); !errors.Is(err, store.ErrAbsent) {
		t.Errorf("opening gave %v", err)
	}
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("a directory was made")
	}
}

func TestOpen_refusesWhatCouldLoseARegistration(t *testing.T) {
	t.Parallel()
	o := store.Options{Path: filepath.Join(t.TempDir(), "x.db"), Migrations: db.Migrations, Synchronous: "NORMAL"}
	if s, err := store.Open(t.Context(), o); err == nil {
		t.Error("a database that may forget what it acknowledged was opened")
		_ = s.Close()
	}
}

func TestOpen_refusesANewerDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	newer := fstest.MapFS{
		"migrations/0001_a.sql":        {Data: []byte("-- +goose Up\nCREATE TABLE a (x INTEGER);\n")},
		"migrations/0002_b.sqlite.sql": {Data: []byte("-- +goose Up\nCREATE TABLE b (x INTEGER);\n")},
		"migrations/0002_b.other.sql":  {Data: []byte("-- +goose Up\nthis is not for SQLite;\n")},
	}
	s, err := store.Open(t.Context(), store.Options{Path: path, Migrations: newer})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	older := fstest.MapFS{"migrations/0001_a.sql": newer["migrations/0001_a.sql"]}
	if s, err := store.Open(t.Context(), store.Options{Path: path, Migrations: older}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("opening gave %v, want ErrNewer", err)
		if err == nil {
			_ = s.Close()
		}
	}
}

func TestListPage_bySwedishNameAndKey(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 100))
	names := []string{"Öberg", "Åberg", "Zorn", "Ängström", "Wa", "Vb", "Åberg"}
	for i, n := range names {
		p := testkit.Person(i)
		p.FamilyName = n
		if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(e, p)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	var after store.ListKey
	for more := true; more; {
		var page []domain.Registration
		var err error
		if page, after, more, err = k.Store.ListPage(t.Context(), e.ID, after, 2); err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			got = append(got, r.FamilyName)
		}
	}
	want := []string{"Vb", "Wa", "Zorn", "Åberg", "Åberg", "Ängström", "Öberg"}
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// TestInsertRegistration_ready: what was worked out beforehand is written as it would have been without, but for the status
// and the time of arrival, which are decided last.
func TestInsertRegistration_ready(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	written := func(ready bool) (got store.Kept) {
		k := testkit.Open(t)
		c := newcomer(t, k.AddEvent(t, testkit.Event("lulea", 100)), 1, auth.UID("one"))
		if c.Status = domain.Pending; ready {
			if err := c.MakeReady(); err != nil {
				t.Fatal(err)
			}
		}
		c.Status, c.ReceivedAt = domain.Waitlisted, c.ReceivedAt.Add(time.Minute)
		err := k.Store.Write(ctx, func(tx *store.Tx) (err error) {
			if _, _, err = tx.InsertRegistration(ctx, c); err == nil {
				got, err = tx.RegistrationByUID(ctx, c.UID)
			}
			return err
		})
		if err != nil || got.Status != domain.Waitlisted || !got.ReceivedAt.Equal(c.ReceivedAt) {
			t.Fatalf("ready %v: %s at %v, want %s at %v: %v", ready, got.Status, got.ReceivedAt, domain.Waitlisted, c.ReceivedAt, err)
		}
		return got
	}
	if a, b := written(false), written(true); !reflect.DeepEqual(a, b) {
		t.Errorf("made ready beforehand it is\n%+v\nand otherwise\n%+v", b, a)
	}
}
