package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// TestOwed: the first line and the first letter of everyone who registers in one commit stand in their tables,
// whoever looks in between, and nothing of those whose step is undone.
func TestOwed(t *testing.T) {
	if faults := owedFaults(t, testkit.Open(t)); len(faults) > 0 {
		t.Errorf("%q", faults)
	}
	if k := testkit.Open(t); store.Careless(k.Store) && len(owedFaults(t, k)) == 0 {
		t.Error("the twin writes what those owed whose step was undone, and nobody sees it")
	}
}

// owedFaults is what is not as it should be after fifty have registered in one commit, and five of them not.
func owedFaults(t *testing.T, k *testkit.Kit) (faults []string) {
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
	for i, err := range batch(t, k.Store, fns...) {
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

func arrive(t *testing.T, tx *store.Tx, e domain.Event, i int) (domain.RegistrationID, error) {
	t.Helper()
	now := time.Date(2016, 9, 1, 8, 0, 0, 0, time.UTC)
	uid := auth.UID(auth.NewKey())
	p, err := e.ReadEntry(testkit.Person(i))
	if err != nil {
		return 0, err
	}
	r := domain.Registration{
		Participant: p.Participant, EventID: e.ID, Status: domain.Confirmed, Channel: domain.ChannelWeb,
		Lang: domain.Swedish, ReceivedAt: now, TermsID: e.Terms.ID, LinkVersion: 1,
	}
	id, isNew, err := tx.InsertRegistration(t.Context(), store.Kept{Registration: r, UID: uid, LinkHash: uid})
	if err != nil || !isNew {
		return 0, errors.Join(errors.New("not new"), err)
	}
	return id, errors.Join(
		tx.InsertHistory(t.Context(), 1, domain.HistoryEntry{RegistrationID: id, At: now, Kind: domain.HistoryRegistered, Channel: domain.ChannelWeb}),
		tx.InsertLetter(t.Context(), 0, domain.Letter{
			Kind: domain.LetterConfirmed, RegistrationID: id, To: r.Email, Lang: domain.Swedish, Status: domain.Confirmed,
			MessageID: fmt.Sprintf("<%d@example.se>", id), Date: now, State: domain.LetterQueued, NextTry: now,
		}),
	)
}
