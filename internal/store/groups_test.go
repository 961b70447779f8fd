package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

func TestGroups(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 5))
	at := k.Clock.Now().UTC().Truncate(time.Microsecond)
	g := store.KeptGroup{UID: auth.UID("group x"), LinkHash: []byte("hash"), Group: domain.Group{
		EventID: e.ID, Name: "Eva Ek", Email: "eva@example.se", Phone: "010", Organisation: "Piteå kommun", Lang: domain.English,
		Mode: domain.GroupSome, ReceivedAt: at, LinkVersion: 1,
	}}
	places := []domain.GroupPlace{{ID: 7, Name: "Åsa Öst", Status: domain.Confirmed}, {ID: 8, Status: domain.Confirmed}, {Name: "Bo"}}
	err := k.Store.Write(t.Context(), func(tx *store.Tx) (err error) {
		if g.ID, err = tx.InsertGroup(t.Context(), g); err != nil {
			return err
		}
		return tx.PutGroupPlaces(t.Context(), g.ID, places)
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func() (store.KeptGroup, error){
		"by uid": func() (store.KeptGroup, error) { return k.Store.GroupByUID(t.Context(), g.UID) },
		"by id":  func() (store.KeptGroup, error) { return k.Store.GroupByID(t.Context(), g.ID) },
	} {
		got, err := read()
		if err != nil || !slices.Equal(got.Places, places) || !got.ReceivedAt.Equal(at) || string(got.LinkHash) != "hash" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		got.Places, got.ReceivedAt = nil, g.ReceivedAt
		if got.Name != g.Name || got.Email != g.Email || got.Lang != g.Lang || got.Mode != g.Mode || got.EventID != e.ID {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, err := k.Store.GroupByUID(t.Context(), auth.UID("nobody's")); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("nobody's group: %v", err)
	}
	var first, again bool
	err = k.Store.Write(t.Context(), func(tx *store.Tx) (err error) {
		if first, err = tx.NoteGroupWarned(t.Context(), g.ID, at); err != nil {
			return err
		}
		again, err = tx.NoteGroupWarned(t.Context(), g.ID, at)
		return err
	})
	if err != nil || !first || again {
		t.Errorf("warned %v, then %v (%v)", first, again, err)
	}
	if open, err := k.Store.UnnamedGroups(t.Context(), e.Day); err != nil || len(open) != 0 {
		t.Errorf("groups without names = %v, %v", open, err)
	}
}
