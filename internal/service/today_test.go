package service_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// desk is three events, two of Norrbotten and one of Jämtland that Norrbotten arranges with it.
func threeCounties(t *testing.T) (*testkit.Kit, *service.Desk, map[string]domain.Event) {
	t.Helper()
	k := testkit.Open(t)
	shared := testkit.Event("gemensam", 5)
	shared.Owner, shared.Rules.CoOrganisers = testkit.Jamtland(), []domain.OrganiserCode{"BD"}
	theirs := testkit.Event("ostersund", 5)
	theirs.Owner = testkit.Jamtland()
	events := make(map[string]domain.Event)
	for _, e := range []domain.Event{testkit.Event("lulea", 5), testkit.Event("pitea", 5), shared, theirs} {
		events[e.Slug] = k.AddEvent(t, e)
	}
	return k, &service.Desk{Store: k.Store, Now: k.Clock.Now}, events
}

func staff(grants ...domain.Grant) domain.Actor {
	return domain.Actor{Role: domain.RoleUser, User: 1, Name: "Eva Exempel", Grants: grants}
}

// The SQL that limits what is read and the rule of the domain must say the same of every grant.
func TestDesk_reachesWhatTheRuleSays(t *testing.T) {
	k, d, events := threeCounties(t)
	ctx := context.Background()
	for _, county := range []domain.OrganiserCode{"BD", "Z", "AC", ""} {
		for _, at := range []domain.EventID{0, events["lulea"].ID, events["gemensam"].ID, events["ostersund"].ID, 999} {
			for _, role := range append(domain.StaffRoles(), "", "unknown") {
				a := staff(domain.Grant{Role: role, County: county, Event: at})
				for slug, e := range events {
					want := a.MayAt(domain.PermReadEvent, e)
					_, err := d.Event(ctx, a, slug)
					if (err == nil) != want || err != nil && !errors.Is(err, domain.ErrNotFound) {
						t.Errorf("%v at %s: %v, want %v", a.Grants, slug, err, want)
					}
				}
			}
		}
	}
	// The twin: a reach of everything finds what the grant does not cover.
	found, err := k.Store.DeskEvents(ctx, store.DeskScope{Reach: store.Reach{All: true}, Slug: "ostersund"})
	if err != nil || len(found) != 1 {
		t.Errorf("without a scope there are %d (%v)", len(found), err)
	}
	if found, err := k.Store.DeskEvents(ctx, store.DeskScope{}); err != nil || len(found) != 0 {
		t.Errorf("the zero scope reads %d events (%v)", len(found), err)
	}
}

func TestDesk_today(t *testing.T) {
	k, d, events := threeCounties(t)
	ctx := context.Background()
	for n := range 7 {
		if _, err := k.Registrations.Register(ctx, domain.Visitor(), testkit.Input(events["lulea"], testkit.Person(n))); err != nil {
			t.Fatal(err)
		}
		k.Clock.Turn(25 * time.Hour)
	}
	a := staff(domain.Grant{Role: domain.RoleOrganiser, County: "BD"})
	today, err := d.Today(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	if len(today.Coming) != 3 || len(today.Past) != 0 {
		t.Fatalf("%d coming and %d past", len(today.Coming), len(today.Past))
	}
	for _, e := range today.Coming {
		if e.Slug == "lulea" && (e.Registered() != 5 || e.ByStatus[domain.Waitlisted] != 2) {
			t.Errorf("lulea counts %v", e.ByStatus)
		}
	}
	s := today.Spread
	if s.Total() != 5 || s.Capacity != 15 || s.ByType[domain.OrgSocialServices] != 5 || s.ByMunicipality["Piteå"] != 5 {
		t.Errorf("the spread is %+v", s)
	}
	growth := s.Growth()
	if len(growth) != 5 || growth[4].N != 5 || growth[0].Day != domain.DateIn(events["lulea"].StartsAt().AddDate(0, -2, 0)) {
		t.Errorf("the growth is %v", growth)
	}
	theirs, err := d.Today(ctx, staff(domain.Grant{Role: domain.RoleOrganiser, County: "Z"}))
	if err != nil || theirs.Spread.Total() != 0 || len(theirs.Coming) != 2 {
		t.Errorf("Jämtland sees %d events with %d people (%v)", len(theirs.Coming), theirs.Spread.Total(), err)
	}
	if _, err := d.Today(ctx, domain.Visitor()); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a visitor is answered %v", err)
	}
}

func TestDesk_whatWaitsIsShownToThoseWhoMayDoIt(t *testing.T) {
	k := testkit.Open(t)
	e := testkit.Event("lulea", 5)
	e.Rules.Approval, e.Retention = true, domain.Retention{}
	e = k.AddEvent(t, e)
	ctx := context.Background()
	if _, err := k.Registrations.Register(ctx, domain.Visitor(), testkit.Input(e, testkit.Person(1))); err != nil {
		t.Fatal(err)
	}
	d := &service.Desk{Store: k.Store, Now: k.Clock.Now}
	for role, want := range map[domain.Role]int{domain.RoleOrganiser: 2, domain.RoleCaseWorker: 1, domain.RoleReader: 0, domain.RoleNeedsOfficer: 0} {
		a := staff(domain.Grant{Role: role, County: "BD"})
		got, err := d.Event(ctx, a, "lulea")
		if err != nil || len(got.Todos) != want {
			t.Errorf("%s has %v to do (%v), want %d", role, got.Todos, err, want)
		}
		due, err := d.AnswersDue(ctx, a, "lulea")
		if may := a.MayAt(domain.PermManage, e); (err == nil) != may || may && (len(due) != 1 || due[0].Registration.Email == "") {
			t.Errorf("%s is told of %v (%v)", role, due, err)
		}
	}
	if err := k.Registrations.Protect(ctx, domain.Operator(), "lulea", testkit.Person(1).Email); err != nil {
		t.Fatal(err)
	}
	due, err := d.AnswersDue(ctx, staff(domain.Grant{Role: domain.RoleOrganiser, County: "BD"}), "lulea")
	if err != nil || due[0].Registration.Name() != "" || due[0].Registration.Email != "" || due[0].Registration.Ref == "" {
		t.Errorf("a protected person is shown as %+v (%v)", due, err)
	}
}

// Who is at a large event is counted by itself, and stands in the plots of everyone in whose scope it is: once.
func TestDesk_largeEventsAreCountedOnce(t *testing.T) {
	k, d, events := threeCounties(t)
	for i, slug := range []string{"lulea", "pitea", "gemensam", "ostersund"} {
		for n := range i + 1 {
			in := testkit.Input(events[slug], testkit.Person(10*i+n))
			if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), in); err != nil {
				t.Fatal(err)
			}
		}
	}
	a := staff(domain.Grant{Role: domain.RoleOrganiser, County: "BD"})
	want, err := d.Today(t.Context(), a)
	if err != nil || want.Spread.Total() != 6 {
		t.Fatalf("%d hold a place (%v)", want.Spread.Total(), err)
	}
	if _, err := k.Raw(t).Exec(`UPDATE events SET seats_taken = 5000, capacity = 5000 WHERE slug IN ('pitea', 'ostersund')`); err != nil {
		t.Fatal(err)
	}
	if next, err := d.Draw(t.Context(), domain.Worker()); err != nil || !next.After(k.Clock.Now()) {
		t.Errorf("drawn again at %v (%v)", next, err)
	}
	got, err := d.Today(t.Context(), a)
	if got.Spread.Capacity = want.Spread.Capacity; err != nil || !reflect.DeepEqual(got.Spread, want.Spread) {
		t.Errorf("with a large event: %+v (%v), want %+v", got.Spread, err, want.Spread)
	}
	one, err := d.Event(t.Context(), a, "pitea")
	if err != nil || one.Spread.Total() != 2 || one.ByStatus[domain.Confirmed] != 2 {
		t.Errorf("at the large event: %+v %v (%v)", one.Spread, one.ByStatus, err)
	}
}

func TestTodos(t *testing.T) {
	e := testkit.Event("lulea", 5)
	e.Rules = domain.Rules{NameBy: e.Day.AddDays(-7), Food: true, NeedsBy: e.Day.AddDays(-5)}
	counts := domain.DeskCounts{
		ByStatus: map[domain.RegistrationStatus]int{domain.Confirmed: 3, domain.Pending: 2}, Unnamed: 1, Failed: 1, Asked: 1, Needs: 2,
	}
	at := func(d domain.Date) time.Time { return d.At(12 * 60) }
	for name, tt := range map[string]struct {
		now  time.Time
		want []domain.TodoKind
	}{
		"long before":    {at(e.Day.AddDays(-40)), []domain.TodoKind{domain.TodoLetters, domain.TodoRequests, domain.TodoApplications}},
		"names are due":  {at(e.Day.AddDays(-21)), []domain.TodoKind{domain.TodoLetters, domain.TodoRequests, domain.TodoApplications, domain.TodoNames}},
		"soon":           {at(e.Day.AddDays(-14)), []domain.TodoKind{domain.TodoLetters, domain.TodoRequests, domain.TodoApplications, domain.TodoNames, domain.TodoNeeds}},
		"over":           {at(e.Day.AddDays(3)), []domain.TodoKind{domain.TodoLetters}},
		"erasure":        {at(e.Day.AddDays(12*7 - 14)), []domain.TodoKind{domain.TodoLetters, domain.TodoErasure}},
		"the day before": {at(e.Day.AddDays(12*7 - 15)), []domain.TodoKind{domain.TodoLetters}},
	} {
		var got []domain.TodoKind
		for _, todo := range e.Todos(counts, tt.now) {
			got = append(got, todo.Kind)
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %v, want %v", name, got, tt.want)
			}
		}
	}
}
