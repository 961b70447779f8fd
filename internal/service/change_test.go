package service_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// amend changes person n's registration, as a form that was just shown would.
func amend(t *testing.T, k *testkit.Kit, token string, n int, change func(in *domain.Entry)) (string, error) {
	t.Helper()
	in := testkit.Person(n)
	if change != nil {
		change(&in)
	}
	id := own(t, k, token).Registration.ID
	out, err := k.Registrations.Change(t.Context(), domain.Visitor(), token, service.Change{Entry: in, Seen: own(t, k, token).Registration.Revision})
	if err != nil || !out.Address {
		return token, err
	}
	kept, err := k.Store.RegistrationByID(t.Context(), id) // the letter to the new address has the link
	return k.Keys.Link(kept.UID, kept.LinkVersion), err
}

func TestChange_keepsWhatWasTold(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 5))
	token := enter(t, k, e, 1, nil)
	id := own(t, k, token).Registration.ID
	kindsOwed(t, k)
	if same, err := amend(t, k, token, 1, nil); err != nil || same != token || len(kindsOwed(t, k)) != 0 {
		t.Errorf("nothing was changed, and yet: %q, %v", same, err)
	}
	first := k.Clock.Now()
	if _, err := amend(t, k, token, 1, func(in *domain.Entry) { in.Title = "Enhetschef" }); err != nil {
		t.Fatal(err)
	}
	k.Clock.Turn(time.Minute)
	if _, err := amend(t, k, token, 1, func(in *domain.Entry) { in.Title, in.FamilyName = "Enhetschef", "Öst" }); err != nil {
		t.Fatal(err)
	}
	o := own(t, k, token)
	if o.Registration.Title != "Enhetschef" || o.Registration.FamilyName != "Öst" || kinds(o) != "registered changed changed" ||
		strings.Join(o.History[2].Details.Fields, ",") != "family_name" {
		t.Errorf("own = %+v, history %+v", o.Registration, o.History)
	}
	if got := kindsOwed(t, k); got[domain.LetterChanged] != 2 || len(got) != 1 {
		t.Errorf("letters = %v", got)
	}
	versions, err := k.Registrations.Versions(t.Context(), domain.Operator(), id)
	if err != nil || len(versions) != 2 || versions[0].N != 1 || !versions[0].Until.Equal(first) ||
		versions[0].Participant.Title != "Socialsekreterare" || versions[1].Participant.FamilyName != "Oŋŋá" ||
		versions[1].Participant.Title != "Enhetschef" {
		t.Errorf("versions = %+v, %v", versions, err)
	}
	for name, a := range map[string]domain.Actor{
		"a visitor": domain.Visitor(), "another county": {Role: domain.RoleOperator, County: "Z"}, "a needs officer": needsOfficer(),
	} {
		if _, err := k.Registrations.Versions(t.Context(), a, id); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s reads versions: %v", name, err)
		}
	}
	sound(t, k)
}

// A new address is a new link: the old one is dead at once, and the old address is told without any
// link at all. The twin link, of the version that was, opens nothing.
func TestChange_ofTheAddress(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 5))
	token := enter(t, k, e, 1, nil)
	kindsOwed(t, k)
	fresh, err := amend(t, k, token, 1, func(in *domain.Entry) { in.Email = "ny@example.se" })
	if err != nil || fresh == token {
		t.Fatalf("link = %q, %v", fresh, err)
	}
	if _, err := k.Registrations.Own(t.Context(), domain.Visitor(), token); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the old link still opens: %v", err)
	}
	o := own(t, k, fresh)
	if o.Registration.Email != "ny@example.se" || kinds(o) != "registered address_changed" {
		t.Errorf("own = %+v, %s", o.Registration, kinds(o))
	}
	all := letters(t, k)
	if len(all) != 2 {
		t.Fatalf("letters = %+v", all)
	}
	before, after := all[0], all[1]
	if before.Kind != domain.LetterAddressOld || before.To != "person1@example.se" || after.Kind != domain.LetterAddressNew || after.To != "ny@example.se" {
		t.Errorf("letters = %+v", all)
	}
	if after.Details.LinkVersion != 2 || before.Details.Sequence >= after.Details.Sequence {
		t.Errorf("the new address's letter carries link %d, sequence %d after %d", after.Details.LinkVersion, after.Details.Sequence, before.Details.Sequence)
	}
	// The same address in other letters is the same address.
	if again, err := amend(t, k, fresh, 1, func(in *domain.Entry) { in.Email = "NY@example.se" }); err != nil || again != fresh {
		t.Errorf("capitals: %q, %v", again, err)
	}
	// The address together with something else: both are told, each in its own letter.
	if _, err := amend(t, k, fresh, 1, func(in *domain.Entry) { in.Email, in.Phone = "annan@example.se", "" }); err != nil {
		t.Fatal(err)
	}
	got := kindsOwed(t, k)
	if got[domain.LetterChanged] != 2 || got[domain.LetterAddressNew] != 1 || got[domain.LetterAddressOld] != 1 {
		t.Errorf("letters = %v", got)
	}
	// The address that was given up is free for someone else.
	enter(t, k, e, 1, nil)
	sound(t, k)
}

func TestChange_sendsNoLinkToTheOldAddress(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 5))
	token := enter(t, k, e, 1, nil)
	o, r := outbox(k, func(int, string) error { return nil })
	o.Composer = &gossip{}
	drain(t, k, o)
	fresh, err := amend(t, k, token, 1, func(in *domain.Entry) { in.Email = "ny@example.se" })
	if err != nil {
		t.Fatal(err)
	}
	drain(t, k, o)
	old := r.sent["person1@example.se"]
	if len(old) != 2 || strings.Contains(string(old[1]), fresh) || strings.Contains(string(old[1]), token) {
		t.Errorf("to the old address: %.400q", old)
	}
	if got := r.sent["ny@example.se"]; len(got) != 1 || !strings.Contains(string(got[0]), fresh) || strings.Contains(string(got[0]), token) {
		t.Errorf("to the new address: %.400q", got)
	}
}

func TestChange_refusals(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	day := testkit.Event("lulea", 5)
	day.Rules.ChangeUntil, day.Rules.AccessCode, day.Rules.EmailDomains = day.Day.AddDays(-7), "LULEÅ", []string{"example.se"}
	e := k.AddEvent(t, day)
	code := func(in *domain.Entry) { in.AccessCode = "luleå" }
	token := enter(t, k, e, 1, code)
	enter(t, k, e, 2, code)
	gone := enter(t, k, e, 3, code)
	if err := k.Registrations.Cancel(t.Context(), domain.Visitor(), gone, ""); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		token  string
		change func(in *domain.Entry)
		want   string
	}{
		"the code is not asked again": {token, func(in *domain.Entry) { in.Title = "Chef" }, ""},
		"an address of another":       {token, func(in *domain.Entry) { in.Email = "person2@example.se" }, "invalid: change.address_taken (email)"},
		"another person":              {token, func(in *domain.Entry) { in.GivenName, in.Email = "Bo", "bo@example.se" }, "invalid: change.another_person (email)"},
		"an address of another kind":  {token, func(in *domain.Entry) { in.Email = "anne@polisen.se" }, "invalid: field.email.domain (email)"},
		"something missing":           {token, func(in *domain.Entry) { in.GivenName = "" }, "invalid: field.given_name.missing (given_name)"},
		"whoever has left":            {gone, func(in *domain.Entry) { in.Title = "Chef" }, "closed: change.too_late"},
		"an address that left":        {token, func(in *domain.Entry) { in.Title, in.Email = "Chef", "person3@example.se" }, ""},
		"without a link":              {"", nil, "not_found: registration.not_found"},
	}
	order := []string{"the code is not asked again", "an address of another", "another person", "an address of another kind", "something missing", "whoever has left", "without a link", "an address that left"}
	for _, name := range order {
		tt := tests[name]
		in, n := service.Change{Entry: testkit.Person(1)}, 1
		if tt.token == gone {
			n = 3
		}
		in.Entry = testkit.Person(n)
		if tt.change != nil {
			tt.change(&in.Entry)
		}
		if tt.token != "" {
			in.Seen = own(t, k, tt.token).Registration.Revision
		}
		_, err := k.Registrations.Change(t.Context(), domain.Visitor(), tt.token, in)
		if got := inWords(err); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	sound(t, k)
}

func TestChange_untilTheDay(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	day := testkit.Event("lulea", 5)
	day.Rules.ChangeUntil = day.Day.AddDays(-7)
	e := k.AddEvent(t, day)
	token := enter(t, k, e, 1, nil)
	k.Clock.Set(day.Rules.ChangeUntil.End().Add(-time.Microsecond))
	if _, err := amend(t, k, token, 1, func(in *domain.Entry) { in.Title = "Chef" }); err != nil {
		t.Errorf("on the last day: %v", err)
	}
	k.Clock.Set(day.Rules.ChangeUntil.End())
	if _, err := amend(t, k, token, 1, nil); inWords(err) != "closed: change.too_late" {
		t.Errorf("the day after: %v", err)
	}
}

// Two forms that were shown at once: one of them is kept, the other is told, and nothing is lost
// unseen. The twin says that it has seen what it has not, and overwrites.
func TestChange_meanwhile(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 5))
	token := enter(t, k, e, 1, nil)
	seen := own(t, k, token).Registration.Revision
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[string]int{}
	for _, title := range []string{"Chef", "Samordnare", "Utredare"} {
		wg.Go(func() {
			in := testkit.Person(1)
			in.Title = title
			_, err := k.Registrations.Change(t.Context(), domain.Visitor(), token, service.Change{Entry: in, Seen: seen})
			mu.Lock()
			defer mu.Unlock()
			got[inWords(err)]++
		})
	}
	wg.Wait()
	if got[""] != 1 || got["conflict: change.meanwhile"] != 2 {
		t.Errorf("answers = %v", got)
	}
	// Sent twice, the same form is taken once and not refused.
	in := testkit.Person(1)
	in.Title = own(t, k, token).Registration.Title
	if _, err := k.Registrations.Change(t.Context(), domain.Visitor(), token, service.Change{Entry: in, Seen: seen}); err != nil {
		t.Errorf("the form that was taken, once more: %v", err)
	}
	in.Title = "Den som inte har sett efter"
	blind := service.Change{Entry: in, Seen: own(t, k, token).Registration.Revision}
	if _, err := k.Registrations.Change(t.Context(), domain.Visitor(), token, blind); err != nil || own(t, k, token).Registration.Title != in.Title {
		t.Errorf("the twin: %v", err)
	}
	sound(t, k)
}

// In the queue a change keeps the place there.
func TestChange_inTheQueue(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 1))
	enter(t, k, e, 1, nil)
	token := enter(t, k, e, 2, nil)
	enter(t, k, e, 3, nil)
	letters(t, k)
	fresh, err := amend(t, k, token, 2, func(in *domain.Entry) { in.Email = "ny@example.se" })
	if err != nil {
		t.Fatal(err)
	}
	if o := own(t, k, fresh); o.Registration.QueuePosition != 1 || o.Registration.Status != domain.Waitlisted {
		t.Errorf("own = %+v", o.Registration)
	}
	for _, l := range letters(t, k) {
		if l.QueuePosition != 1 {
			t.Errorf("%s tells of position %d", l.Kind, l.QueuePosition)
		}
	}
	sound(t, k)
}

// inWords is a refusal in words, "" for none.
func inWords(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
