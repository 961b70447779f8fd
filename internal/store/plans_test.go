package store_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// planned is what the pages and the clock ask of a file that grows for years.
func planned(e domain.Event, last domain.RegistrationID) map[string]func(context.Context, store.Queries) error {
	one := []domain.EventID{e.ID}
	desk := store.DeskScope{Reach: store.ReachOf(domain.Actor{Role: domain.RoleOrganiser, County: e.Owner.Code}, domain.PermReadRegistrations)}
	out := map[string]func(context.Context, store.Queries) error{
		"numbers":     func(ctx context.Context, q store.Queries) error { _, err := q.Numbers(ctx, e.ID); return err },
		"desk counts": func(ctx context.Context, q store.Queries) error { _, err := q.DeskCounts(ctx, desk); return err },
		"desk spread": func(ctx context.Context, q store.Queries) error { _, err := q.DeskSpread(ctx, desk); return err },
		"answers due": func(ctx context.Context, q store.Queries) error { _, err := q.AnswersDue(ctx, desk); return err },
		"queue position": func(ctx context.Context, q store.Queries) error {
			_, err := q.QueuePosition(ctx, e.ID, last)
			return err
		},
		"offers over": func(ctx context.Context, q store.Queries) error {
			_, _, err := q.OffersOver(ctx, e.UpdatedAt, 10)
			return err
		},
		"next letter":    func(ctx context.Context, q store.Queries) error { _, err := q.NextLetter(ctx); return err },
		"needs":          func(ctx context.Context, q store.Queries) error { _, _, err := q.NeedsComing(ctx, e.ID); return err },
		"needs to erase": func(ctx context.Context, q store.Queries) error { _, err := q.NeedsToErase(ctx, e.ID, 10); return err },
		"places": func(ctx context.Context, q store.Queries) error {
			_, _, err := q.PlacesBefore(ctx, e.ID, e.UpdatedAt, 10)
			return err
		},
		"events with needs": func(ctx context.Context, q store.Queries) error { _, err := q.EventsWithNeeds(ctx); return err },
		"unsettled":         func(ctx context.Context, q store.Queries) error { _, err := q.Unsettled(ctx, e.Day); return err },
		"large events":      func(ctx context.Context, q store.Queries) error { _, err := q.LargeEvents(ctx, e.Day, 1); return err },
		"unnamed groups":    func(ctx context.Context, q store.Queries) error { _, err := q.UnnamedGroups(ctx, e.Day); return err },
		"coming":            func(ctx context.Context, q store.Queries) error { _, err := q.Coming(ctx, e.ID); return err },
		"places due":        func(ctx context.Context, q store.Queries) error { _, err := q.AutomaticEvents(ctx, e.Day); return err },
		"marks":             func(ctx context.Context, q store.Queries) error { _, err := q.Marks(ctx, e.ID); return err },
		"mailings": func(ctx context.Context, q store.Queries) error {
			_, err := q.Mailings(ctx, desk.Reach, "", 0, 20)
			return err
		},
		"same names": func(ctx context.Context, q store.Queries) error { _, err := q.SameNames(ctx, e.ID, 10); return err },
		"outbox":     func(ctx context.Context, q store.Queries) error { _, err := q.Outbox(ctx); return err },
		"measure":    func(ctx context.Context, q store.Queries) error { _, err := q.Measure(ctx); return err },
		"addresses":  func(ctx context.Context, q store.Queries) error { _, err := q.LiveAddresses(ctx, e.ID, 0); return err },
	}
	find := func(name string, s store.PeopleSearch) {
		s.Events, s.Limit = one, 50
		out["people "+name] = func(ctx context.Context, q store.Queries) error { _, _, err := q.FindPeople(ctx, s); return err }
		out["count "+name] = func(ctx context.Context, q store.Queries) error { _, err := q.CountPeople(ctx, s); return err }
	}
	for _, sort := range []domain.PeopleSort{domain.SortByName, domain.SortByArrival, domain.SortByNewest, domain.SortByOrganisation} {
		find("by "+string(sort), store.PeopleSearch{Sort: sort})
		find("after, by "+string(sort), store.PeopleSearch{Sort: sort, After: last})
	}
	find("words", store.PeopleSearch{Words: []string{"lind"}})
	find("status", store.PeopleSearch{Filter: domain.PeopleFilter{Statuses: []domain.RegistrationStatus{domain.Confirmed}}})
	find("letters", store.PeopleSearch{Filter: domain.PeopleFilter{Letters: domain.LetterFailed}})
	return out
}

// scanned is a step that goes through a table or an index from end to end.
var scanned = regexp.MustCompile(`^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?`)

// small are what may be gone through: tables that do not grow with those who come, and indexes that hold
// nothing but what waits.
func small(table, index string) bool {
	return slices.Contains([]string{"events", "mailings", "me", "er", "co", "n", "w", "requests", "needs", "v", "CONSTANT"}, table) ||
		slices.Contains([]string{"letters_due", "letters_failed", "returns_failed", "registrations_offers", "registrations_pending"}, index)
}

// faultsOfPlans are the steps of any of the statements that go through everyone who ever came.
func faultsOfPlans(t *testing.T, k *testkit.Kit, e domain.Event, last domain.RegistrationID) (faults []string) {
	t.Helper()
	raw := k.Raw(t)
	for name, ask := range planned(e, last) {
		q := k.Store.Recorded(func(query string, args []any) {
			var steps []struct {
				ID, Parent, NotUsed int
				Detail              string
			}
			if err := raw.Unsafe().Select(&steps, "EXPLAIN QUERY PLAN "+query, args...); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, query)
			}
			for _, s := range steps {
				if m := scanned.FindStringSubmatch(s.Detail); m != nil && !small(m[1], m[2]) {
					faults = append(faults, fmt.Sprintf("%s: %s\n%s", name, s.Detail, query))
				}
			}
		})
		if err := ask(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return faults
}

// What is read for a page, and at each turn of the clock, takes no longer for all who came to other events:
// no statement goes through them. Without the index of the list some do, and are found out.
func TestPlans(t *testing.T) {
	t.Parallel()
	testkit.OnlySQLite(t)
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 10))
	_, err := k.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(e, testkit.Person(1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faultsOfPlans(t, k, e, 1) {
		t.Error(f)
	}
	raw := k.Raw(t)
	for _, index := range []string{"registrations_list", "registrations_arrival"} {
		if _, err := raw.Exec("DROP INDEX " + index); err != nil {
			t.Fatal(err)
		}
	}
	if len(faultsOfPlans(t, k, e, 1)) == 0 {
		t.Error("without the indexes of the list no statement is found to go through everyone")
	}
}
