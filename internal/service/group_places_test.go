package service_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// group is the page behind the link to a group.
func group(t *testing.T, k *testkit.Kit, link string) domain.OwnGroup {
	t.Helper()
	g, err := k.Registrations.Group(t.Context(), domain.Visitor(), link)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// open are the places of a group that can be named.
func open(g domain.OwnGroup) (ids []domain.RegistrationID) {
	for _, p := range g.Group.Places {
		if p.ID != 0 && p.Status == domain.Confirmed {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func named(n int) domain.Entry {
	p := testkit.Person(n)
	return domain.Entry{GivenName: p.GivenName, FamilyName: p.FamilyName, Email: p.Email, Title: "Chef"}
}

func TestNamePlace(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, forGroups("lulea", 5))
	in := several(e, domain.GroupAll, 3, 1)
	join(t, k, in)
	letters(t, k)
	link := groupLink(k, in)
	g := group(t, k, link)
	ids := open(g)
	if !g.MayName || g.Unnamed != 3 || len(ids) != 3 || g.Group.Places[0].ID != 0 {
		t.Fatalf("group = %+v", g)
	}
	name := func(id domain.RegistrationID, in domain.Entry) error {
		return k.Registrations.NamePlace(t.Context(), domain.Visitor(), link, id, in)
	}
	var wg sync.WaitGroup
	for range 10 { // one button, pressed ten times
		wg.Go(func() {
			if err := name(ids[0], named(2)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	all := letters(t, k)
	if len(all) != 1 || all[0].Kind != domain.LetterConfirmed || all[0].To != "person2@example.se" {
		t.Fatalf("letters = %+v", all)
	}
	r, err := k.Store.LiveRegistration(t.Context(), e.ID, "person2@example.se")
	if err != nil || r.ID != ids[0] || r.Title != "Chef" || r.Organisation != "Piteå kommun" || r.SortKey() == "" {
		t.Errorf("the place is %+v, %v", r, err)
	}
	o := own(t, k, k.Keys.Link(r.UID, r.LinkVersion))
	if kinds(o) != "reserved named" || !o.Options.HandOver || !o.Options.Change {
		t.Errorf("her page: %s, %+v", kinds(o), o.Options)
	}
	refusals := []struct {
		name string
		err  error
		want string
	}{
		{"to someone else", name(ids[0], named(3)), "conflict: group.named_already"},
		{"no name", name(ids[1], domain.Entry{Email: "x@example.se"}), "invalid: field.given_name.missing (given_name)"},
		{"a place of another", name(1, named(3)), "conflict: group.named_already"}, // her own row: named from the start
		{"no place at all", name(999, named(3)), "not_found: registration.not_found"},
		{"another's link", k.Registrations.NamePlace(t.Context(), domain.Visitor(), "x", ids[1], named(3)), "not_found: group.not_found"},
	}
	for _, r := range refusals {
		if got := inWords(r.err); got != r.want {
			t.Errorf("%s: %q, want %q", r.name, got, r.want)
		}
	}
	k.Clock.Set(e.Rules.NameBy.End())
	if got := inWords(name(ids[1], named(3))); got != "closed: group.name_closed" {
		t.Errorf("after the day: %q", got)
	}
	if group(t, k, link).MayName {
		t.Error("the page offers what is refused")
	}
	sound(t, k)
}

// A link to one group names no place of another.
func TestNamePlace_ofAnotherGroup(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, forGroups("lulea", 5))
	mine, theirs := several(e, domain.GroupAll, 1), several(e, domain.GroupAll, 1)
	join(t, k, mine)
	join(t, k, theirs)
	id := open(group(t, k, groupLink(k, theirs)))[0]
	err := k.Registrations.NamePlace(t.Context(), domain.Visitor(), groupLink(k, mine), id, named(1))
	if !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("err = %v", err)
	}
	if err := k.Registrations.NamePlace(t.Context(), domain.Visitor(), groupLink(k, theirs), id, named(1)); err != nil {
		t.Errorf("the twin, by its own link: %v", err)
	}
	sound(t, k)
}

// To the contact person, naming someone looks the same whoever she is: new, in the queue, or one who
// has a place. In the queue she gets the place at once; who has one keeps it, and the second goes back.
func TestNamePlace_whoeverIsNamed(t *testing.T) {
	t.Parallel()
	pages := map[string]string{}
	tests := map[string]struct {
		before func(t *testing.T, k *testkit.Kit, e domain.Event) // three places, one of them of the group
		taken  domain.Seats
		letter domain.LetterKind
	}{
		"new": {func(*testing.T, *testkit.Kit, domain.Event) {}, 1, domain.LetterConfirmed},
		"in the queue": {func(t *testing.T, k *testkit.Kit, e domain.Event) {
			for _, n := range []int{10, 11, 1} {
				enter(t, k, e, n, nil)
			}
		}, 3, domain.LetterConfirmed},
		"with a place": {func(t *testing.T, k *testkit.Kit, e domain.Event) { enter(t, k, e, 1, nil) }, 1, domain.LetterAlreadyRegistered},
	}
	for name, tt := range tests {
		k := testkit.Open(t)
		e := k.AddEvent(t, forGroups("lulea", 3))
		in := several(e, domain.GroupAll, 1)
		join(t, k, in)
		tt.before(t, k, e)
		letters(t, k)
		id := open(group(t, k, groupLink(k, in)))[0]
		for range 2 { // twice, as people click
			if err := k.Registrations.NamePlace(t.Context(), domain.Visitor(), groupLink(k, in), id, named(1)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		g := group(t, k, groupLink(k, in))
		pages[fmt.Sprintf("%+v %v %d", g.Group.Places, g.MayName, g.Unnamed)] = name
		all := letters(t, k)
		if len(all) != 1 || all[0].Kind != tt.letter || all[0].To != "person1@example.se" {
			t.Errorf("%s: letters = %+v", name, all)
		}
		r, err := k.Store.LiveRegistration(t.Context(), e.ID, "person1@example.se")
		if err != nil || r.Status != domain.Confirmed {
			t.Errorf("%s: she is %s (%v)", name, r.Status, err)
		}
		if after, err := k.Store.EventFacts(t.Context(), e.ID); err != nil || after.Taken != tt.taken || after.Waiting != 0 {
			t.Errorf("%s: %d places are taken and %d wait (%v)", name, after.Taken, after.Waiting, err)
		}
		sound(t, k)
	}
	if len(pages) != 1 {
		t.Errorf("the page of the group tells who was there: %v", pages)
	}
}

// Three working days before the day the contact person is warned, once; when it has passed, the places
// go to the queue, and she is told once for all of them.
func TestKeepTime_returnsPlacesWithoutNames(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, forGroups("lulea", 4)) // to be named by Thursday 24 November
	in := several(e, domain.GroupAll, 3, 1)
	join(t, k, in)
	var waits [2]string
	for i := range waits {
		waits[i] = enter(t, k, e, 10+i, nil)
	}
	letters(t, k)
	tick := func(at time.Time) (time.Time, []domain.Letter) {
		t.Helper()
		k.Clock.Set(at)
		next, err := k.Registrations.KeepTime(t.Context(), domain.Worker())
		if err != nil {
			t.Fatal(err)
		}
		var out []domain.Letter
		for _, l := range letters(t, k) {
			if !l.Date.Before(at.Truncate(time.Second)) { // not those that are due once more
				out = append(out, l)
			}
		}
		return next, out
	}
	warn, back := e.NamesDue()
	if want := (domain.Date{Year: 2016, Month: time.November, Day: 21}).At(9 * 60); !warn.Equal(want) {
		t.Fatalf("the warning is due at %v", warn)
	}
	if next, all := tick(warn.Add(-time.Second)); len(all) != 0 || !next.Equal(warn) {
		t.Errorf("a second before: next %v, letters %+v", next, all)
	}
	next, all := tick(warn)
	if len(all) != 1 || all[0].Kind != domain.LetterNameMissing || all[0].To != contact || all[0].Details.Reserved != 3 ||
		all[0].Details.Day != e.Rules.NameBy || !next.Equal(back) {
		t.Errorf("at the warning: next %v, letters %+v", next, all)
	}
	if _, all := tick(warn.Add(time.Minute)); len(all) != 0 {
		t.Errorf("warned twice: %+v", all)
	}
	g := group(t, k, groupLink(k, in))
	if err := k.Registrations.NamePlace(t.Context(), domain.Visitor(), groupLink(k, in), open(g)[1], named(2)); err != nil {
		t.Fatal(err)
	}
	if _, all := tick(back.Add(-time.Second)); len(all) != 0 {
		t.Errorf("on the last day: %+v", all)
	}
	_, all = tick(back)
	got := map[domain.LetterKind]int{}
	for _, l := range all {
		got[l.Kind]++
		if l.Kind == domain.LetterNameReturned && (l.To != contact || l.Details.Reserved != 2) {
			t.Errorf("letter = %+v", l)
		}
	}
	if got[domain.LetterNameReturned] != 1 || got[domain.LetterOffered] != 2 || len(got) != 2 {
		t.Errorf("when the day has passed: %v", got)
	}
	for _, token := range waits {
		if s := own(t, k, token).Registration.Status; s != domain.Offered {
			t.Errorf("who waited is %s", s)
		}
	}
	g = group(t, k, groupLink(k, in))
	if came(g.Group.Places) != "confirmed, unnamed withdrawn, confirmed, unnamed withdrawn" || g.MayName || g.Unnamed != 0 {
		t.Errorf("the page shows %s, %+v", came(g.Group.Places), g)
	}
	if _, all := tick(back.Add(time.Hour)); len(all) != 0 {
		t.Errorf("an hour later: %+v", all)
	}
	sound(t, k)
}

// What happens to a person after she has been named is hers alone.
func TestGroup_tellsNothingOfLater(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, forGroups("lulea", 4))
	in := several(e, domain.GroupAll, 1, 1)
	join(t, k, in)
	link := groupLink(k, in)
	if err := k.Registrations.NamePlace(t.Context(), domain.Visitor(), link, open(group(t, k, link))[0], named(2)); err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprintf("%+v", group(t, k, link).Group)
	for n := 1; n <= 2; n++ {
		r, err := k.Store.LiveRegistration(t.Context(), e.ID, fmt.Sprintf("person%d@example.se", n))
		if err != nil {
			t.Fatal(err)
		}
		token := k.Keys.Link(r.UID, 1)
		if n == 1 {
			_, err = amend(t, k, token, 1, func(in *domain.Entry) { in.FamilyName = "Hemlig" })
		} else {
			err = k.Registrations.Cancel(t.Context(), domain.Visitor(), token, "")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	after := fmt.Sprintf("%+v", group(t, k, link).Group)
	if before != after || strings.Contains(after, "Hemlig") {
		t.Errorf("the page of the group was\n%s\nand is\n%s", before, after)
	}
	sound(t, k)
}

// A pair in the queue is offered two places or none.
func TestRegisterGroup_pairComesTogether(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, forGroups("lulea", 3))
	var holder [2]string
	for i := range holder {
		holder[i] = enter(t, k, e, 10+i, nil)
	}
	join(t, k, several(e, domain.GroupTogether, 0, 1, 2)) // one place is free, and not enough
	status := func() (out []string) {
		for n := 1; n <= 2; n++ {
			r, err := k.Store.LiveRegistration(t.Context(), e.ID, fmt.Sprintf("person%d@example.se", n))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(r.Status))
		}
		return out
	}
	if got := fmt.Sprint(status()); got != "[waitlisted waitlisted]" {
		t.Errorf("with one place: %s", got)
	}
	// Somebody alone is not held up by the two who wait for two.
	if r := register(t, k, testkit.Input(e, testkit.Person(3))); r.Status != domain.Waitlisted {
		t.Errorf("someone alone came past: %s", r.Status)
	}
	three, err := k.Store.LiveRegistration(t.Context(), e.ID, "person3@example.se")
	if err != nil || three.Status != domain.Offered {
		t.Errorf("someone alone is %s (%v), want an offer of the place that the two cannot use", three.Status, err)
	}
	for _, token := range holder {
		if err := k.Registrations.Cancel(t.Context(), domain.Visitor(), token, ""); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(status()); got != "[offered offered]" {
		t.Errorf("with two places: %s", got)
	}
	sound(t, k)
}
