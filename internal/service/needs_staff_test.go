package service_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

func TestKitchen(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	day := hungry("lulea", 3)
	day.Rules.NeedsBy = domain.Date{Year: 2016, Month: time.October, Day: 31}
	e := k.AddEvent(t, day)
	vegan := func(in *domain.Entry) { in.Needs.Diet = []string{"vegan"} }
	enter(t, k, e, 1, vegan)
	enter(t, k, e, 2, nil)
	k.Clock.Set(day.Rules.NeedsBy.End())
	enter(t, k, e, 3, func(in *domain.Entry) {
		in.Needs = domain.NeedsEntry{Diet: []string{"vegan", "nut_free"}, DietText: marker, Access: []string{"wheelchair"}}
	})
	enter(t, k, e, 4, vegan) // in the queue
	s, err := k.Registrations.Kitchen(t.Context(), needsOfficer(), e.Slug)
	if err != nil || s.Coming != 3 || s.Told != 2 || s.Late != 1 || s.Diets[domain.DietVegan] != 2 || s.Diets[domain.DietNuts] != 1 ||
		s.AccessNeeds[domain.NeedWheelchair] != 1 || s.DietTexts != 1 || s.AccessTexts != 0 {
		t.Errorf("sheet = %+v, %v", s, err)
	}
	if text := fmt.Sprintf("%+v", s); strings.Contains(text, marker) || strings.Contains(text, "person1@") {
		t.Errorf("the sheet tells of someone: %s", text)
	}
	for name, a := range map[string]domain.Actor{
		"a visitor":         domain.Visitor(),
		"another county":    {Role: domain.RoleNeedsOfficer, County: "Z"},
		"nobody":            {},
		"the worker":        domain.Worker(),
		"of no county":      {Role: domain.RoleOperator},
		"a role of its own": {Role: "kitchen", AllCounties: true},
	} {
		if _, err := k.Registrations.Kitchen(t.Context(), a, e.Slug); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s counts needs: %v", name, err)
		}
	}
	if _, err := k.Registrations.Kitchen(t.Context(), domain.Operator(), e.Slug); err != nil {
		t.Errorf("the operator counts: %v", err)
	}
}

func TestOpenNeeds(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, hungry("lulea", 3))
	token := enter(t, k, e, 1, func(in *domain.Entry) { in.Needs.DietText = marker })
	id := own(t, k, token).Registration.ID
	for name, a := range map[string]domain.Actor{
		"a visitor":      domain.Visitor(),
		"the operator":   domain.Operator(),
		"another county": {Role: domain.RoleNeedsOfficer, County: "Z", Name: "Annan"},
	} {
		if n, err := k.Registrations.OpenNeeds(t.Context(), a, id); !errors.Is(err, domain.ErrNotFound) || !n.Empty() {
			t.Errorf("%s opens needs: %+v, %v", name, n, err)
		}
	}
	if got := kinds(own(t, k, token)); got != "registered" {
		t.Errorf("history = %s: nothing has been opened yet", got)
	}
	for range 2 {
		if n, err := k.Registrations.OpenNeeds(t.Context(), needsOfficer(), id); err != nil || n.DietText != marker {
			t.Errorf("needs = %+v, %v", n, err)
		}
	}
	o := own(t, k, token)
	if got := kinds(o); got != "registered needs_opened needs_opened" || o.History[1].Actor != "Behovsansvarig Ek" {
		t.Errorf("history = %s by %q: each opening must stand there", got, o.History[1].Actor)
	}
	if n, err := k.Registrations.OpenNeeds(t.Context(), needsOfficer(), 999); !errors.Is(err, domain.ErrNotFound) || !n.Empty() {
		t.Errorf("nobody's needs: %+v, %v", n, err)
	}
}

// On the day that the form promised, and not an hour before, needs are gone: batch by batch, with a line
// for each person in her history and one in the archival record, without anything of anyone.
func TestKeepTime_erasesNeedsOnTheirDay(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e, later := hungry("lulea", 500), hungry("pitea", 5)
	later.Rules.NeedsDays = 30
	e, later = k.AddEvent(t, e), k.AddEvent(t, later)
	with := func(in *domain.Entry) { in.Needs.DietText = marker }
	var token string
	for i := range 450 {
		token = enter(t, k, e, i, with)
	}
	keptLonger := enter(t, k, later, 1, with)
	due := e.NeedsErasedOn().Start()
	tick := func() time.Time {
		t.Helper()
		next, err := k.Registrations.KeepTime(t.Context(), domain.Worker())
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	k.Clock.Set(due.Add(-time.Second))
	if next := tick(); !next.Equal(due) || own(t, k, token).Needs.Empty() {
		t.Errorf("a second before: next %v, want %v", next, due)
	}
	k.Clock.Set(due)
	if next, want := tick(), later.NeedsErasedOn().Start(); !next.Equal(want) {
		t.Errorf("next = %v, want %v", next, want)
	}
	o := own(t, k, token)
	if !o.Needs.Empty() || !strings.HasSuffix(kinds(o), "needs_erased") || o.History[len(o.History)-1].Actor != "Temadag" {
		t.Errorf("after: %+v, %s", o.Needs, kinds(o))
	}
	if own(t, k, keptLonger).Needs.Empty() {
		t.Error("needs whose day has not come are gone")
	}
	record, err := k.Store.Erasures(t.Context(), e.ID)
	if err != nil || len(record) != 1 || record[0].Records != 450 || record[0].What != "needs" ||
		record[0].Rule != "behov: 7 dagar efter tillfället" || record[0].Actor != "Temadag" {
		t.Errorf("record = %+v, %v", record, err)
	}
	tick()
	if again, err := k.Store.Erasures(t.Context(), e.ID); err != nil || len(again) != 1 {
		t.Errorf("nothing was left to erase, and yet: %+v, %v", again, err)
	}
	if _, err := k.Registrations.KeepTime(t.Context(), domain.Operator()); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the operator keeps the time: %v", err)
	}
	sound(t, k)
}
