package store_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Registrations from before there was a search are found once the program has been started on them.
func TestOpen_makesOldRegistrationsFindable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "temadag.db")
	old, err := store.Open(t.Context(), store.Options{Path: path, Migrations: upTo(t, "0002")})
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite3", path+"?_foreign_keys=on")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.ExecContext(t.Context(), schema2+`; UPDATE registrations SET protected = 1 WHERE id = 2`); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing left to do
		s, err := store.Open(t.Context(), store.Options{Path: path, Migrations: db.Migrations})
		if err != nil {
			t.Fatal(err)
		}
		search := store.PeopleSearch{Events: []domain.EventID{1}, Words: []string{"asa"}, Limit: 10}
		found, _, err := s.FindPeople(t.Context(), search)
		if err != nil || len(found) != 1 || found[0].GivenName != "Åsa" {
			t.Errorf("found %v, %v", found, err)
		}
		search.Words, search.Filter.Question = nil, 1
		if found, _, err = s.FindPeople(t.Context(), search); err != nil || len(found) != 1 {
			t.Errorf("found %v by the question, %v", found, err)
		}
		all, _, err := s.FindPeople(t.Context(), store.PeopleSearch{Events: []domain.EventID{1}, Limit: 10})
		if err != nil || len(all) != 2 || all[1].ID != 2 {
			t.Errorf("the protected one does not stand last: %v, %v", all, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A search that was told of no event finds nobody, whatever else it was told.
func TestPeopleSearch_holdsNobodyByItself(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "temadag.db")
	s, err := store.Open(t.Context(), store.Options{Path: path, Migrations: db.Migrations})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, search := range []store.PeopleSearch{{}, {Limit: 10}, {Limit: 10, Clear: []domain.EventID{1}, Words: []string{"a"}}} {
		ids, err := s.FindIDs(t.Context(), search, 10)
		if err != nil || len(ids) != 0 {
			t.Errorf("%+v found %v, %v", search, ids, err)
		}
		if counts, err := s.CountPeople(t.Context(), search); err != nil || len(counts) != 0 {
			t.Errorf("%+v counted %v, %v", search, counts, err)
		}
	}
	if slices.Contains(domain.SearchWords("a%_"), "%") {
		t.Error("a sign stands alone")
	}
}
