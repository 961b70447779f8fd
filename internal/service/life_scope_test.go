package service_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// Staff of one county can do nothing at an event of another, and are told no more than that there is nothing:
// whoever is absent and whoever is not theirs look the same. Visitors can do nothing of what staff can.
func TestLife_theWallBetweenCounties(t *testing.T) {
	t.Parallel()
	w := openWorld(t)
	m := sequence{Events: []setting{{Capacity: 1, Ahead: 10, Contact: true}, {Capacity: 1, Ahead: 10, Approval: true}}}.model()
	if err := w.begin(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for _, a := range []act{reg(0, 0), reg(0, 1), reg(0, 2), reg(1, 3), one("cancel", 1), one("accept", 2)} {
		w.try(t.Context(), a, auth.NewKey())
	}
	w.k.Clock.Set(m.events[0].cancelUntil.End())
	w.try(t.Context(), one("ask", 2), "")
	before, err := w.dump()
	if err != nil {
		t.Fatal(err)
	}
	slug := w.events[0].Slug
	acts := map[string]func(a domain.Actor, id domain.RegistrationID) error{
		"Withdraw": func(a domain.Actor, id domain.RegistrationID) error {
			return w.k.Registrations.Withdraw(t.Context(), a, id, "En god anledning.")
		},
		"CancelFor": func(a domain.Actor, id domain.RegistrationID) error {
			return w.k.Registrations.CancelFor(t.Context(), a, id, phone, "")
		},
		"AcceptFor": func(a domain.Actor, id domain.RegistrationID) error {
			return w.k.Registrations.AcceptFor(t.Context(), a, id, phone)
		},
		"RefuseFor": func(a domain.Actor, id domain.RegistrationID) error {
			return w.k.Registrations.RefuseFor(t.Context(), a, id, phone)
		},
		"Extend": func(a domain.Actor, id domain.RegistrationID) error {
			return w.k.Registrations.Extend(t.Context(), a, id, m.events[0].day)
		},
		"PassOver": func(a domain.Actor, id domain.RegistrationID) error {
			return w.k.Registrations.PassOver(t.Context(), a, id, "En god anledning.")
		},
		"Decide": func(a domain.Actor, id domain.RegistrationID) error {
			return w.k.Registrations.Decide(t.Context(), a, id, true, "")
		},
		"Versions": func(a domain.Actor, id domain.RegistrationID) error {
			_, err := w.k.Registrations.Versions(t.Context(), a, id)
			return err
		},
		"DecideRequest": func(a domain.Actor, id domain.RegistrationID) error {
			return w.k.Registrations.DecideRequest(t.Context(), a, w.request(1)*int64(min(id, 1)), true, "")
		},
		"SetCapacity": func(a domain.Actor, id domain.RegistrationID) error {
			return w.k.Registrations.SetCapacity(t.Context(), a, []string{"absent", slug}[min(id, 1)], 9)
		},
		"Protect": func(a domain.Actor, id domain.RegistrationID) error {
			return w.k.Registrations.Protect(t.Context(), a, []string{"absent", slug}[min(id, 1)], address(1))
		},
		"Register by telephone": func(a domain.Actor, id domain.RegistrationID) error {
			in := testkit.Input(w.events[0], person(5))
			in.Channel, in.EventSlug = phone, []string{"absent", slug}[min(id, 1)]
			_, err := w.k.Registrations.Register(t.Context(), a, in)
			return err
		},
		"KeepTime": func(a domain.Actor, _ domain.RegistrationID) error {
			_, err := w.k.Registrations.KeepTime(t.Context(), a)
			return err
		},
	}
	strangers := map[string]domain.Actor{
		"nobody": {}, "a visitor": domain.Visitor(), "another county": {Role: domain.RoleOperator, County: "Z"},
		"no county": {Role: domain.RoleOperator}, "granted another county": {Grants: []domain.Grant{{Role: domain.RoleOperator, County: "Z"}}},
		"granted another event": {Grants: []domain.Grant{{Role: domain.RoleOperator, County: "BD", Event: 99}}},
	}
	for name, act := range acts {
		for who, a := range strangers {
			absent := act(a, 0)
			for id := domain.RegistrationID(1); id <= 4; id++ {
				if err := act(a, w.id(int(id))); !errors.Is(err, domain.ErrNotFound) || err.Error() != absent.Error() {
					t.Errorf("%s by %s: %v for %d, %v for nobody", name, who, err, id, absent)
				}
			}
		}
	}
	if after, err := w.dump(); err != nil || !slices.Equal(after, before) {
		t.Errorf("something changed (%v):\n%s", err, differences(after, before))
	}
	// The twin: whoever the wall does not keep out comes in, and is seen.
	home := domain.Actor{Grants: []domain.Grant{{Role: domain.RoleOperator, County: "BD"}}, Name: "Eva"}
	if err := acts["Withdraw"](home, w.id(2)); err != nil {
		t.Errorf("staff of the county itself: %v", err)
	}
	if after, err := w.dump(); err != nil || slices.Equal(after, before) {
		t.Errorf("nothing changed (%v)", err)
	}
}

// A personal link opens one registration, and only the one now in force does.
func TestLife_linksOfOthers(t *testing.T) {
	t.Parallel()
	w := openWorld(t)
	m := sequence{Events: []setting{{Capacity: 2, Ahead: 10}}}.model()
	if err := w.begin(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	w.try(t.Context(), reg(0, 0), auth.NewKey())
	old := w.token(1)
	if got := w.try(t.Context(), with("change", 1, 1), ""); got != "ok" {
		t.Fatal(got)
	}
	before, _ := w.dump()
	r, me := w.k.Registrations, domain.Visitor()
	for name, token := range map[string]string{"an old link": old, "nothing": "", "nonsense": "abc", "a made-up link": w.k.Keys.Link(auth.UID("x"), 1)} {
		_, move := r.Move(t.Context(), me, token, service.Move{To: w.events[0].Slug, TermsID: w.events[0].Terms.ID})
		for what, err := range map[string]error{
			"Cancel": r.Cancel(t.Context(), me, token, ""), "AskToCancel": r.AskToCancel(t.Context(), me, token, "Sjuk."),
			"HandOver": r.HandOver(t.Context(), me, token, service.HandOver{GivenName: "Áile", Email: address(3)}),
			"Accept":   r.Accept(t.Context(), me, token), "Decline": r.Decline(t.Context(), me, token),
			"WaitForTwo": r.WaitForTwo(t.Context(), me, token), "LeaveOther": r.LeaveOther(t.Context(), me, token, w.events[0].Slug),
			"TellNeeds": r.TellNeeds(t.Context(), me, token, domain.NeedsEntry{}), "Move": move,
		} {
			if !errors.Is(err, &domain.Error{Code: domain.CodeNotFound, Key: "registration.not_found"}) {
				t.Errorf("%s with %s: %v", what, name, err)
			}
		}
	}
	if after, err := w.dump(); err != nil || !slices.Equal(after, before) {
		t.Errorf("something changed (%v):\n%s", err, differences(after, before))
	}
}

// The clock asks to be called when the next offer ends, whatever brought that offer about; and whoever waits for
// the clock is woken by each step that gave something an end.
func TestLife_theClockKnowsWhenToWake(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	woken := 0
	k.Registrations.WakeClock = func() { woken++ }
	e := k.AddEvent(t, forGroups("lulea", 2))
	join(t, k, several(e, domain.GroupSome, 1, 1)) // a person and a place without a name
	register(t, k, testkit.Input(e, testkit.Person(2)))
	_, back := e.NamesDue()
	k.Clock.Set(back)
	next, err := k.Registrations.KeepTime(t.Context(), domain.Worker())
	if err != nil {
		t.Fatal(err)
	}
	_, offered, err := k.Store.OffersOver(t.Context(), back, 1)
	if err != nil || offered.IsZero() || !next.Equal(offered) {
		t.Errorf("a place that went back is offered until %s (%v), and the clock wants to be called at %s", offered, err, next)
	}

	// A pair waits for two places, one is free, and the form is what makes the offer to whoever comes next.
	pair := k.AddEvent(t, forGroups("pitea", 2))
	first := testkit.Input(pair, testkit.Person(1))
	k.Clock.Turn(-14 * 24 * time.Hour)
	register(t, k, first)
	register(t, k, testkit.Input(pair, testkit.Person(2)))
	join(t, k, several(pair, domain.GroupTogether, 0, 3, 4))
	if err := k.Registrations.Cancel(t.Context(), domain.Visitor(), k.Keys.Link(auth.UID(first.Key), 1), ""); err != nil {
		t.Fatal(err)
	}
	woken = 0
	in := testkit.Input(pair, testkit.Person(5))
	register(t, k, in)
	if o := own(t, k, k.Keys.Link(auth.UID(in.Key), 1)); o.Registration.Status != domain.Offered || woken == 0 {
		t.Errorf("she is %s, and the clock was woken %d times", o.Registration.Status, woken)
	}
	sound(t, k)
}

// Who has told another address is reached at that one alone: what still goes to the old address, the page of a
// place where she waits, does not give the new link away.
func TestLife_theNewLinkIsNotGivenAway(t *testing.T) {
	t.Parallel()
	w := openWorld(t)
	m := sequence{Events: []setting{{Capacity: 2, Ahead: 10}, {Capacity: 1, Ahead: 10}}}.model()
	if err := w.begin(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for _, a := range []act{reg(0, 0), reg(1, 1), to("move", 1, 1, true)} {
		w.try(t.Context(), a, auth.NewKey())
	}
	waits := w.token(3)
	if o := own(t, w.k, waits); o.Keeps == nil || o.Keeps.Token != w.token(1) {
		t.Errorf("before she told another address, her page leads to %+v", o.Keeps)
	}
	if got := w.try(t.Context(), with("change", 1, 2), ""); got != "ok" {
		t.Fatal(got)
	}
	if o := own(t, w.k, waits); o.Keeps != nil && o.Keeps.Token == w.token(1) {
		t.Error("the page behind the link at the old address gives the new link away")
	}
}

// A place is kept by one who waits in another town, and not by two at one event because she told another
// address in between.
func TestLife_oneWaitsForOnePlace(t *testing.T) {
	t.Parallel()
	w := openWorld(t)
	m := sequence{Events: []setting{{Capacity: 1, Ahead: 10}, {Capacity: 1, Ahead: 10}}}.model()
	if err := w.begin(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for _, d := range []deed{
		{"", reg(0, 0), okPlace},
		{"", reg(1, 1), okPlace},
		{"", to("move", 1, 1, true), "ok"},
		{"", with("change", 1, 2), "ok"},
		{"", to("move", 1, 1, true), "conflict: move.registered"},
	} {
		if got := w.try(t.Context(), d.do, auth.NewKey()); got != d.told {
			t.Errorf("%s: told %q, want %q", d.do, got, d.told)
		}
	}
	sound(t, w.k)
}
