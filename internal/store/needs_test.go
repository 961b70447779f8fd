package store_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// What is erased is overwritten in the file, so that nobody who has a copy of it, or a disk that was
// thrown away, finds it there. The twin erases the same row with a connection that does not
// overwrite, and the bytes are still to be found.
func TestEraseNeeds_leavesNothingInTheFile(t *testing.T) {
	t.Parallel()
	marker := bytes.Repeat([]byte("sealed-marker-"), 20)
	tests := map[string]struct {
		erase func(t *testing.T, path string, id domain.RegistrationID)
		left  bool
	}{
		"the program erases": {func(t *testing.T, path string, id domain.RegistrationID) {
			s, err := store.Open(t.Context(), store.Options{Path: path, Migrations: db.Migrations})
			if err != nil {
				t.Fatal(err)
			}
			err = s.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.EraseNeeds(t.Context(), id)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}, false},
		"twin: a connection that does not overwrite": {func(t *testing.T, path string, id domain.RegistrationID) {
			raw, err := sql.Open("sqlite3", "file:"+path+"?_secure_delete=off")
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range []string{`DELETE FROM needs WHERE registration_id = ?`, `PRAGMA wal_checkpoint(TRUNCATE) -- ?`} {
				if _, err := raw.ExecContext(t.Context(), q, int64(id)); err != nil {
					t.Fatal(err)
				}
			}
			if err := raw.Close(); err != nil {
				t.Fatal(err)
			}
		}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "temadag.db")
			id := withNeeds(t, path, marker)
			if !found(t, path, marker) {
				t.Fatal("the sealed needs are nowhere in the file: this test sees nothing")
			}
			tt.erase(t, path, id)
			if got := found(t, path, marker); got != tt.left {
				t.Errorf("after erasing the bytes are in the file: %v, want %v", got, tt.left)
			}
		})
	}
}

// withNeeds makes a database with two registrations, the first of which has these sealed needs, and
// closes it.
func withNeeds(t *testing.T, path string, sealed []byte) (id domain.RegistrationID) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Path: path, Migrations: db.Migrations})
	if err != nil {
		t.Fatal(err)
	}
	clock := testkit.NewClock(t, "2016-10-01 09:00")
	keys, err := auth.New(bytes.Repeat([]byte("k"), auth.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	p := &service.Programme{Store: s, Now: clock.Now}
	k := &testkit.Kit{
		Store: s, Keys: keys, Clock: clock, Programme: p, Editing: &service.Editing{Store: s, Now: clock.Now},
		Registrations: &service.Registrations{Store: s, Programme: p, Keys: keys, Now: clock.Now},
	}
	e := k.AddEvent(t, testkit.Event("lulea", 5))
	for i := range 2 {
		in := testkit.Input(e, testkit.Person(i))
		if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), in); err != nil {
			t.Fatal(err)
		}
		reg, err := s.RegistrationByUID(t.Context(), auth.UID(in.Key))
		if err != nil {
			t.Fatal(err)
		}
		n := store.SealedNeeds{RegistrationID: reg.ID, Sealed: sealed}
		if i == 0 {
			id = reg.ID
		} else {
			n.Sealed = []byte("another's")
		}
		if err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.PutNeeds(t.Context(), n, clock.Now()) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return id
}

// found looks for bytes in a database that nobody has open, and in its log.
func found(t *testing.T, path string, what []byte) bool {
	t.Helper()
	for _, name := range []string{path, path + "-wal"} {
		buf, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(buf, what[:32]) {
			return true
		}
	}
	return false
}

func TestPutNeeds_replacesAndErases(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 5))
	id := registered(t, k, e, 1)
	put := func(sealed string, late bool) {
		t.Helper()
		err := k.Store.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutNeeds(t.Context(), store.SealedNeeds{RegistrationID: id, Sealed: []byte(sealed), Late: late}, k.Clock.Now())
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, told, err := k.Store.NeedsOf(t.Context(), id); told || err != nil {
		t.Fatalf("needs before any were told: %v, %v", told, err)
	}
	put("one", false)
	put("two", true)
	all, coming, err := k.Store.NeedsComing(t.Context(), e.ID)
	if err != nil || coming != 1 || len(all) != 1 || string(all[0].Sealed) != "two" || !all[0].Late {
		t.Errorf("needs = %+v, %d coming, %v", all, coming, err)
	}
	erase := func() (was bool) {
		t.Helper()
		err := k.Store.Write(t.Context(), func(tx *store.Tx) (err error) { was, err = tx.EraseNeeds(t.Context(), id); return err })
		if err != nil {
			t.Fatal(err)
		}
		return was
	}
	if !erase() || erase() {
		t.Error("erasing does not tell whether there was anything")
	}
	if events, err := k.Store.EventsWithNeeds(t.Context()); err != nil || len(events) != 0 {
		t.Errorf("events with needs = %v, %v", events, err)
	}
}

// The batches of one run are one line of the archival record; another run is another line.
func TestNoteErasure(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 5))
	at := k.Clock.Now().UTC().Truncate(time.Microsecond)
	line := store.Erasure{EventID: e.ID, At: at, What: "needs", Rule: "behov: 7 dagar efter tillfället", Records: 200, Actor: "Temadag"}
	later := line
	later.At, later.Records = at.Add(time.Hour), 1
	for _, l := range []store.Erasure{line, line, later} {
		if err := k.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.NoteErasure(t.Context(), l) }); err != nil {
			t.Fatal(err)
		}
	}
	got, err := k.Store.Erasures(t.Context(), e.ID)
	if err != nil || len(got) != 2 || got[0].Records != 400 || got[1].Records != 1 || !got[0].At.Equal(at) {
		t.Errorf("record = %+v, %v", got, err)
	}
}

func registered(t *testing.T, k *testkit.Kit, e domain.Event, n int) domain.RegistrationID {
	t.Helper()
	in := testkit.Input(e, testkit.Person(n))
	if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), in); err != nil {
		t.Fatal(err)
	}
	reg, err := k.Store.RegistrationByUID(t.Context(), auth.UID(in.Key))
	if err != nil {
		t.Fatal(err)
	}
	return reg.ID
}
