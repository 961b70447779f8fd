package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// TestOwed: the first line and the first letter of everyone who registers in one commit stand in their tables,
// whoever looks in between, and nothing of those whose step is undone; and so do they themselves.
func TestOwed(t *testing.T) {
	manners := map[string]manner{"registrations at once": batchEverywhere}
	if testkit.Engine() == testkit.SQLite {
		manners["registrations owed"] = batchAt
	}
	for name, write := range manners {
		if faults := owedFaults(t, testkit.Open(t), write); len(faults) > 0 {
			t.Errorf("%s: %q", name, faults)
		}
		if k := testkit.Open(t); store.Careless(k.Store) && len(owedFaults(t, k, write)) == 0 {
			t.Errorf("%s: the twin writes what those owed whose step was undone, and nobody sees it", name)
		}
	}
}

// manner runs steps in one commit.
type manner func(t *testing.T, s *store.Store, e domain.EventID, fns ...func(tx *store.Tx) error) []error

func batchEverywhere(t *testing.T, s *store.Store, _ domain.EventID, fns ...func(tx *store.Tx) error) []error {
	t.Helper()
	return batch(t, s, fns...)
}

// batchAfter is batchAt in a commit that somebody else has written in before them: what she wrote stays.
func batchAfter(t *testing.T, s *store.Store, e domain.EventID, fns ...func(tx *store.Tx) error) []error {
	t.Helper()
	before, err := s.EventFacts(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	var others atomic.Bool
	write := func(ctx context.Context, fn func(tx *store.Tx) error) error {
		if others.Swap(true) {
			return s.WriteAt(ctx, e, fn)
		}
		return s.Write(ctx, fn)
	}
	queue := func(tx *store.Tx) error { return tx.JoinQueue(t.Context(), e) }
	errs := batchBy(t, s, write, append([]func(tx *store.Tx) error{queue}, fns...)...)
	if after, err := s.EventFacts(t.Context(), e); errs[0] != nil || err != nil || after.Waiting != before.Waiting+1 {
		t.Errorf("what was written before them in the same commit is not there: %d wait, %d before: %v", after.Waiting, before.Waiting, errors.Join(errs[0], err))
	}
	return errs[1:]
}

// TestOwed_there: whoever is there already, as the same submission, as the repeat of one or as the person, is told so
// though she registers in one commit with people who are new, and all of those are written, each once.
func TestOwed_there(t *testing.T) {
	testkit.OnlySQLite(t)
	for name, there := range map[string]func(l leftBehind) map[int]store.Kept{
		"the submission, and the person": func(l leftBehind) map[int]store.Kept { return map[int]store.Kept{7: l.met, 9: l.as(l.met)} },
		"the person":                     func(l leftBehind) map[int]store.Kept { return map[int]store.Kept{33: l.as(l.met)} },
		"a repeat":                       func(l leftBehind) map[int]store.Kept { return map[int]store.Kept{3: l.repeat} },
		"a repeat, beyond full rows":     func(l leftBehind) map[int]store.Kept { return map[int]store.Kept{38: l.repeat} },
		"twice in one commit":            func(l leftBehind) map[int]store.Kept { return map[int]store.Kept{5: l.as(l.fresh[4])} },
		"the submission twice in one":    func(l leftBehind) map[int]store.Kept { return map[int]store.Kept{20: l.fresh[4]} },
	} {
		for manner, write := range map[string]manner{"alone": batchAt, "after somebody else": batchAfter} {
			if faults := thereFaults(t, testkit.Open(t), write, there); len(faults) > 0 {
				t.Errorf("%s, %s: %q", name, manner, faults)
			}
			if k := testkit.Open(t); store.Hasty(k.Store) && len(thereFaults(t, k, write, there)) == 0 {
				t.Errorf("%s, %s: the twin tells people that they have places that nobody has written, and nobody sees it", name, manner)
			}
		}
	}
}

// leftBehind is who is there already, and forty who are not.
type leftBehind struct {
	met, repeat store.Kept
	fresh       []store.Kept
}

// as is another submission of the same person.
func (leftBehind) as(k store.Kept) store.Kept {
	k.UID = auth.UID(auth.NewKey())
	k.LinkHash = k.UID
	return k
}

// thereFaults is what is not as it should be after two commits of forty, some of whom there says are there already
// in the first.
func thereFaults(t *testing.T, k *testkit.Kit, write manner, there func(l leftBehind) map[int]store.Kept) (faults []string) {
	t.Helper()
	e := k.AddEvent(t, testkit.Event("lulea", 100))
	ctx := t.Context()
	somebody := func(i int) store.Kept { return newcomer(t, e, i, auth.UID(auth.NewKey())) }
	l := leftBehind{met: somebody(1000), repeat: somebody(1001)}
	for i := range 40 {
		l.fresh = append(l.fresh, somebody(i))
	}
	err := k.Store.WriteAt(ctx, e.ID, func(tx *store.Tx) error {
		id, err := admit(ctx, tx, l.met)
		if err != nil {
			return err
		}
		_, err = tx.InsertRepeat(ctx, store.Repeat{
			UID: l.repeat.UID, EventID: e.ID, RegistrationID: id, Status: domain.Confirmed, Email: l.met.Email, Lang: domain.Swedish, ReceivedAt: l.met.ReceivedAt,
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	met := there(l)
	for commit := range 2 {
		people := slices.Clone(l.fresh)
		for i, p := range met {
			people[i] = p
		}
		ids := make([]domain.RegistrationID, len(people))
		var fns []func(tx *store.Tx) error
		for i := range people {
			fns = append(fns, func(tx *store.Tx) (err error) {
				ids[i], err = admit(ctx, tx, people[i])
				return err
			})
		}
		for i, err := range write(t, k.Store, e.ID, fns...) {
			_, known := met[i]
			switch {
			case known != errors.Is(err, errThere):
				faults = append(faults, fmt.Sprintf("commit %d, step %d: %v", commit, i, err))
			case !known:
				lines, err := k.Store.History(ctx, ids[i])
				if kept, rerr := k.Store.RegistrationByUID(ctx, people[i].UID); errors.Join(err, rerr) != nil || len(lines) != 1 || kept.ID != ids[i] || kept.Email != people[i].Email {
					faults = append(faults, fmt.Sprintf("commit %d, step %d: %d lines, %d for %d: %v", commit, i, len(lines), kept.ID, ids[i], errors.Join(err, rerr)))
				}
			}
		}
		met = nil // and then all are new
		for i := range l.fresh {
			l.fresh[i] = somebody(100 + i)
		}
	}
	return faults
}

// owedFaults is what is not as it should be after fifty have registered in one commit, and five of them not.
func owedFaults(t *testing.T, k *testkit.Kit, write manner) (faults []string) {
	t.Helper()
	e := k.AddEvent(t, testkit.Event("lulea", 100))
	undone := errors.New("undone")
	ctx := t.Context()
	ids := make([]domain.RegistrationID, 50)
	var fns []func(tx *store.Tx) error
	for i := range ids {
		fns = append(fns, func(tx *store.Tx) error {
			var err error
			if ids[i], err = arrive(t, tx, e, i); err != nil {
				return err
			}
			if i%20 == 19 { // somebody who looks makes the tables get what they are owed
				lines, err := tx.History(ctx, ids[i-1])
				letters, lerr := tx.LettersOf(ctx, ids[i-1])
				if err := errors.Join(err, lerr); err != nil || len(lines) != 1 || len(letters) != 1 {
					faults = append(faults, fmt.Sprintf("%d lines and %d letters of the one before: %v", len(lines), len(letters), err))
				}
			}
			if i%10 == 9 {
				return undone
			}
			return nil
		})
	}
	for i, err := range write(t, k.Store, e.ID, fns...) {
		if (err != nil) != (i%10 == 9) {
			faults = append(faults, fmt.Sprintf("step %d: %v", i, err))
		}
	}
	for i, id := range ids {
		if i%10 == 9 {
			continue // the next one has its number
		}
		lines, err := k.Store.History(ctx, id)
		letters, lerr := k.Store.LettersOf(ctx, id)
		if err := errors.Join(err, lerr); err != nil || len(lines) != 1 || len(letters) != 1 {
			faults = append(faults, fmt.Sprintf("step %d: %d lines, %d letters: %v", i, len(lines), len(letters), err))
		}
	}
	return faults
}

var errThere = errors.New("not new")

func arrive(t *testing.T, tx *store.Tx, e domain.Event, i int) (domain.RegistrationID, error) {
	t.Helper()
	return admit(t.Context(), tx, newcomer(t, e, i, auth.UID(auth.NewKey())))
}

func newcomer(t *testing.T, e domain.Event, i int, uid []byte) store.Kept {
	t.Helper()
	p, err := e.ReadEntry(testkit.Person(i))
	if err != nil {
		t.Fatal(err)
	}
	return store.Kept{UID: uid, LinkHash: uid, Registration: domain.Registration{
		Participant: p.Participant, EventID: e.ID, Status: domain.Confirmed, Channel: domain.ChannelWeb, Lang: domain.Swedish,
		ReceivedAt: time.Date(2016, 9, 1, 8, 0, 0, 0, time.UTC), TermsID: e.Terms.ID, LinkVersion: 1,
	}}
}

func admit(ctx context.Context, tx *store.Tx, k store.Kept) (domain.RegistrationID, error) {
	id, isNew, err := tx.InsertRegistration(ctx, k)
	if err != nil || !isNew {
		return 0, errors.Join(errThere, err)
	}
	return id, errors.Join(
		tx.InsertHistory(ctx, 1, domain.HistoryEntry{RegistrationID: id, At: k.ReceivedAt, Kind: domain.HistoryRegistered, Channel: domain.ChannelWeb}),
		tx.InsertLetter(ctx, 0, domain.Letter{
			Kind: domain.LetterConfirmed, RegistrationID: id, To: k.Email, Lang: domain.Swedish, Status: domain.Confirmed,
			MessageID: fmt.Sprintf("<%d@example.se>", id), Date: k.ReceivedAt, State: domain.LetterQueued, NextTry: k.ReceivedAt,
		}),
	)
}
