package store_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// withSessions is an event with two parallel sessions, of which the first holds capacity people.
func withSessions(t *testing.T, k *testkit.Kit, places, capacity domain.Seats) (domain.Event, domain.SessionID) {
	t.Helper()
	e := testkit.Event("lulea", places)
	e.Programme = []domain.Session{
		{Day: e.Day, Starts: 9 * 60, Ends: 10 * 60, Title: domain.Text{Sv: "Inledning"}},
		{Day: e.Day, Starts: 10 * 60, Ends: 11 * 60, Title: domain.Text{Sv: "Samtalet", En: "The talk"}, Parallel: "a", Capacity: capacity},
		{Day: e.Day, Starts: 10 * 60, Ends: 11 * 60, Title: domain.Text{Sv: "Nätet"}, Parallel: "a"},
	}
	e = k.AddEvent(t, e)
	return e, domain.SessionID(e.Programme[1].ID)
}

func TestInsertEvent_keepsWhatIsChosen(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e, _ := withSessions(t, k, 5, 3)
	if p := e.Programme; p[0].Parallel != "" || p[1].Parallel != "a" || p[1].Capacity != 3 || p[1].Taken != 0 || p[2].Capacity != 0 {
		t.Errorf("programme = %+v", p)
	}
}

// Fifty people at once for seven places in a session: seven have one. A statement without the
// condition is stopped by the table itself; without that too, an eighth person would be let in.
func TestSeatInSession_neverOverfills(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e, session := withSessions(t, k, 60, 7)
	var seated atomic.Int32
	var wg sync.WaitGroup
	for i := range 50 {
		id := registered(t, k, e, i)
		wg.Go(func() {
			err := k.Store.Write(t.Context(), func(tx *store.Tx) error {
				if err := tx.WishSession(t.Context(), e.ID, id, session); err != nil {
					return err
				}
				ok, err := tx.SeatInSession(t.Context(), id, session)
				if ok {
					seated.Add(1)
				} else if err == nil {
					err = tx.QueueForSession(t.Context(), id, session)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if seated.Load() != 7 {
		t.Errorf("%d people have a place, want 7", seated.Load())
	}
	wellKept(t, k)
	err := k.Store.Write(t.Context(), func(tx *store.Tx) error {
		_, promoted, err := tx.PromoteInSession(t.Context(), session)
		if promoted {
			t.Error("someone was let into a full session")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	raw := k.Raw(t)
	if _, err := raw.Exec(`UPDATE sessions SET taken = taken + 1 WHERE id = ?`, int64(session)); err == nil {
		t.Error("the table lets an eighth person in")
	}
	raw.LetThrough(t, "sessions")
	if _, err := raw.Exec(`UPDATE sessions SET taken = taken + 1 WHERE capacity = 7`); err != nil {
		t.Errorf("the twin: %v", err)
	}
	if found, err := k.Store.Check(t.Context()); err != nil || len(found) == 0 {
		t.Errorf("nobody sees eight in a session for seven: %v", err)
	}
}

// Whoever comes to stand in a session's queue stands last, however early she wished for it; and
// nobody sits down past those who wait.
func TestSessionQueue_isStrict(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e, session := withSessions(t, k, 60, 1)
	ids := make([]domain.RegistrationID, 4)
	for i := range ids {
		ids[i] = registered(t, k, e, i)
	}
	var order []domain.RegistrationID
	err := k.Store.Write(t.Context(), func(tx *store.Tx) error {
		for _, id := range ids { // all wish in this order …
			if err := tx.WishSession(t.Context(), e.ID, id, session); err != nil {
				return err
			}
		}
		if ok, err := tx.SeatInSession(t.Context(), ids[0], session); err != nil || !ok {
			t.Errorf("the first has no place: %v", err)
		}
		for _, i := range []int{3, 1, 2} { // … and come to stand in the queue in another
			if err := tx.QueueForSession(t.Context(), ids[i], session); err != nil {
				return err
			}
		}
		if err := tx.DropChoice(t.Context(), ids[0], store.Choice{Session: session, Status: domain.ChoiceConfirmed}); err != nil {
			return err
		}
		if err := tx.WishSession(t.Context(), e.ID, ids[0], session); err != nil {
			return err
		}
		if ok, err := tx.SeatInSession(t.Context(), ids[0], session); err != nil || ok {
			t.Errorf("she sat down past three who wait (%v)", err)
		}
		for range 3 {
			id, promoted, err := tx.PromoteInSession(t.Context(), session)
			if err != nil || !promoted {
				t.Errorf("promoted %v, %v", promoted, err)
				return err
			}
			order = append(order, id)
			if err := tx.DropChoice(t.Context(), id, store.Choice{Session: session, Status: domain.ChoiceConfirmed}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []domain.RegistrationID{ids[3], ids[1], ids[2]}; len(order) != 3 || order[0] != want[0] || order[1] != want[1] || order[2] != want[2] {
		t.Errorf("promoted %v, want %v", order, want)
	}
}

// A session of another event, or one for everyone, is nobody's to choose.
func TestWishSession_onlyOfHerEvent(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e, session := withSessions(t, k, 5, 1)
	other := k.AddEvent(t, testkit.Event("pitea", 5))
	id, stranger := registered(t, k, e, 1), registered(t, k, other, 1)
	err := k.Store.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.WishSession(t.Context(), other.ID, stranger, session); err != nil {
			return err
		}
		return tx.WishSession(t.Context(), e.ID, id, domain.SessionID(e.Programme[0].ID))
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []domain.RegistrationID{id, stranger} {
		if got, err := k.Store.Choices(t.Context(), r); err != nil || len(got) != 0 {
			t.Errorf("choices = %v, %v", got, err)
		}
	}
}

// The checks see what they are there for.
func TestCheck_seesWrongChoices(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e, session := withSessions(t, k, 5, 2)
	id := registered(t, k, e, 1)
	err := k.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.WishSession(t.Context(), e.ID, id, session) })
	if err != nil {
		t.Fatal(err)
	}
	// A wish of someone who has her place at the event was never answered.
	if found, err := k.Store.Check(t.Context()); err != nil || len(found) != 1 {
		t.Errorf("findings = %v, %v; want one", found, err)
	}
	err = k.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.QueueForSession(t.Context(), id, session) })
	if err != nil {
		t.Fatal(err)
	}
	// She waits for a session that has room.
	if found, err := k.Store.Check(t.Context()); err != nil || len(found) != 1 {
		t.Errorf("findings = %v, %v; want one", found, err)
	}
}

func wellKept(t *testing.T, k *testkit.Kit) {
	t.Helper()
	if found, err := k.Store.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("fsck: %v %v", found, err)
	}
}
