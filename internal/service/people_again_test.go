package service_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// letters are those of a registration, with a mark for those that were given up.
func (o *office) letters(t testing.TB, id domain.RegistrationID) (out []domain.SentLetter) {
	t.Helper()
	out, err := o.Store.LettersOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// settle takes all letters that are due as one mail server did.
func (o *office) settle(t testing.TB, fail bool) {
	t.Helper()
	err := o.Store.Write(t.Context(), func(tx *store.Tx) error {
		all, err := tx.ClaimLetters(t.Context(), o.Clock.Now(), time.Hour, 10_000)
		for _, l := range all {
			if fail {
				err = errors.Join(err, tx.LetterFailed(t.Context(), l.ID, "mailbox full"))
				continue
			}
			_, kept := tx.KeepBody(t.Context(), l.ID, []byte("x"))
			err = errors.Join(err, kept, tx.LetterAccepted(t.Context(), l.ID, o.Clock.Now()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func key(err error) string {
	var e *domain.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

// A letter that failed, or was lost on the way, goes again with a new link; never two at once, not at once
// again, and not more than three in a day.
func TestRegistrations_SendAgain(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	r := o.add(t, o.lulea, who("Aina", "Berg", "Luleå kommun", "aina@example.se"))
	a := o.actor(t, domain.RoleCaseWorker, "BD")
	again := func() error {
		l := o.letters(t, r.ID)
		return o.Registrations.SendAgain(t.Context(), a, r.ID, l[len(l)-1].ID)
	}
	if err := again(); key(err) != "letter.on_its_way" {
		t.Errorf("beside one on its way: %v", err)
	}
	o.settle(t, true)
	kept, err := o.Store.RegistrationByID(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	old := o.Keys.Link(kept.UID, kept.LinkVersion)
	if err := again(); err != nil {
		t.Fatal(err)
	}
	letters := o.letters(t, r.ID)
	if len(letters) != 2 || letters[1].Kind != letters[0].Kind || letters[1].State != domain.LetterQueued || letters[1].To != "aina@example.se" {
		t.Fatalf("letters are %+v", letters)
	}
	if _, err := o.Registrations.Own(t.Context(), domain.Visitor(), old); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the link of the letter that was lost still opens: %v", err)
	}
	own, err := o.Registrations.Own(t.Context(), domain.Visitor(), o.Keys.Link(kept.UID, kept.LinkVersion+1))
	if err != nil || own.History[len(own.History)-1].Kind != domain.HistoryLetterAgain {
		t.Errorf("the new link shows %+v, %v", own.History, err)
	}
	o.settle(t, false)
	if err := again(); key(err) != "letter.wait" {
		t.Errorf("at once again: %v", err)
	}
	for range 2 {
		o.Clock.Turn(domain.AgainWait)
		if err := again(); err != nil {
			t.Fatal(err)
		}
		o.settle(t, false)
	}
	o.Clock.Turn(domain.AgainWait)
	if err := again(); key(err) != "letter.enough" {
		t.Errorf("a fourth in a day: %v", err)
	}
	o.Clock.Turn(24 * time.Hour)
	if err := again(); err != nil {
		t.Errorf("the day after: %v", err)
	}
	if findings, err := o.Store.Check(t.Context()); err != nil || len(findings) > 0 {
		t.Errorf("fsck finds %v, %v", findings, err)
	}
}

// What is no longer so is not told again, and nobody reaches another county's letters.
func TestRegistrations_SendAgain_refuses(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	r := o.add(t, o.lulea, who("Aina", "Berg", "Luleå kommun", "aina@example.se"))
	phoned := o.add(t, o.lulea, who("Bo", "Ek", "Luleå kommun", ""))
	o.settle(t, true)
	first := o.letters(t, r.ID)[0].ID
	a := o.actor(t, domain.RoleOrganiser, "BD")
	for name, stranger := range map[string]domain.Actor{
		"another county": o.actor(t, domain.RoleAdministrator, "Z"), "a reader": o.actor(t, domain.RoleReader, "BD"),
		"a registrar": o.actor(t, domain.RoleRegistrar, "BD"), "a visitor": domain.Visitor(),
	} {
		if err := o.Registrations.SendAgain(t.Context(), stranger, r.ID, first); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := o.Registrations.SendAgain(t.Context(), a, phoned.ID, first); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another's letter: %v", err)
	}
	if err := o.Registrations.SendAgain(t.Context(), a, phoned.ID, o.letters(t, phoned.ID)[0].ID); key(err) != "letter.no_address" {
		t.Errorf("without an address: %v", err)
	}
	if err := o.Registrations.CancelFor(t.Context(), a, r.ID, domain.ChannelPhone, ""); err != nil {
		t.Fatal(err)
	}
	o.settle(t, false)
	if err := o.Registrations.SendAgain(t.Context(), a, r.ID, first); key(err) != "letter.past" {
		t.Errorf("a confirmation of what was cancelled: %v", err)
	}
	if n := len(o.letters(t, r.ID)); n != 2 {
		t.Errorf("%d letters, want 2: what is refused sends nothing", n)
	}
}

// A letter that was sent again waits no longer on the first page, nor in the list of those with failed ones.
func TestRegistrations_SendAgain_leavesTheList(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	r := o.add(t, o.lulea, who("Aina", "Berg", "Luleå kommun", "aina@example.se"))
	o.settle(t, true)
	a := o.actor(t, domain.RoleCaseWorker, "BD")
	failed := func() (n int, marked bool) {
		t.Helper()
		page, err := o.people.Find(t.Context(), a, domain.PeopleQuery{
			Scope: domain.ListScope{Event: "lulea"}, Filter: domain.PeopleFilter{Letters: domain.LetterFailed},
		})
		all, err2 := o.people.Find(t.Context(), a, domain.PeopleQuery{Scope: domain.ListScope{Event: "lulea"}})
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		return page.Total, all.Rows[0].Failed
	}
	if n, marked := failed(); n != 1 || !marked {
		t.Fatalf("%d with a failed letter, marked %v", n, marked)
	}
	if err := o.Registrations.SendAgain(t.Context(), a, r.ID, o.letters(t, r.ID)[0].ID); err != nil {
		t.Fatal(err)
	}
	if n, marked := failed(); n != 0 || marked {
		t.Errorf("%d with a failed letter, marked %v, after it was sent again", n, marked)
	}
	o.settle(t, true) // and when that fails too, it is back
	if n, marked := failed(); n != 1 || !marked {
		t.Errorf("%d with a failed letter, marked %v, after both failed", n, marked)
	}
}

// Who has told is told to the needs officer alone, without what, and without any more of anyone.
func TestRegistrations_WhoNeeds(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	e := o.AddEvent(t, hungry("matig", 10))
	aina := who("Aina", "Berg", "Luleå kommun", "aina@example.se")
	aina.Needs.DietText = marker
	bo := who("Bo", "Ek", "Luleå kommun", "bo@example.se")
	bo.Needs = domain.NeedsEntry{}
	o.add(t, e, aina)
	o.add(t, e, bo)
	for name, stranger := range map[string]domain.Actor{
		"an administrator": o.actor(t, domain.RoleAdministrator, "BD"), "another county": o.actor(t, domain.RoleNeedsOfficer, "Z"), "the operator": domain.Operator(),
	} {
		if _, told, err := o.Registrations.WhoNeeds(t.Context(), stranger, "matig"); !errors.Is(err, domain.ErrNotFound) || len(told) > 0 {
			t.Errorf("%s: %v, %v", name, told, err)
		}
	}
	officer := o.actor(t, domain.RoleNeedsOfficer, "BD")
	_, told, err := o.Registrations.WhoNeeds(t.Context(), officer, "matig")
	if err != nil || len(told) != 1 || told[0].Name() != "Aina Berg" {
		t.Fatalf("%+v, %v", told, err)
	}
	if n := told[0]; n.Email+n.Phone+n.Organisation+n.Title+n.Municipality != "" || strings.Contains(n.SearchText(), "luleå") {
		t.Errorf("more than the name is told: %+v", n)
	}
	if err := o.people.Protect(t.Context(), o.actor(t, domain.RoleCaseWorker, "BD"), told[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, told, err := o.Registrations.WhoNeeds(t.Context(), officer, "matig"); err != nil || len(told) != 1 || told[0].Name() != "" {
		t.Errorf("a protected person: %+v, %v", told, err)
	}
}
