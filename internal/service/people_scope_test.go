package service_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// Whose identity is protected is for the county that she is registered with to say, and for no other.
func TestPeople_Protect_reachesTheOwnCounty(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	her := o.add(t, o.lulea, who("Eva", "Ek", "Piteå kommun", "eva.ek@example.se"))
	for _, a := range []domain.Actor{
		o.actor(t, domain.RoleOrganiser, "Z"), o.actor(t, domain.RoleReader, "BD"),
		o.granted(t, domain.Grant{Role: domain.RoleReader, County: "BD"}, domain.Grant{Role: domain.RoleOrganiser, County: "Z"}),
		o.granted(t, domain.Grant{Role: domain.RoleOrganiser, County: "BD", Event: o.kiruna.ID}),
	} {
		if err := o.people.Protect(t.Context(), a, her.ID); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%+v marks her: %v", a.Grants, err)
		}
	}
	if k, err := o.Store.RegistrationByID(t.Context(), her.ID); err != nil || k.Protected {
		t.Errorf("she is protected: %t, %v", k.Protected, err)
	}
}

// Why someone wants to be let off is told to those who answer her, and not to those who only read.
func TestPeople_Person_tellsWhyToThoseWhoAnswer(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	lenient := testkit.Event("boden", 20)
	lenient.AfterCancel = domain.ContactUs
	her := o.add(t, o.AddEvent(t, lenient), who("Eva", "Ek", "Piteå kommun", "eva.ek@example.se"))
	k, err := o.Store.RegistrationByID(t.Context(), her.ID)
	if err != nil {
		t.Fatal(err)
	}
	o.Clock.Turn(50 * 24 * time.Hour)
	if err := o.Registrations.AskToCancel(t.Context(), domain.Visitor(), o.Keys.Link(k.UID, 1), "Jag är sjuk."); err != nil {
		t.Fatal(err)
	}
	for role, want := range map[domain.Role]string{domain.RoleCaseWorker: "Jag är sjuk.", domain.RoleReader: "", domain.RoleRegistrar: ""} {
		v, err := o.people.Person(t.Context(), o.actor(t, role, "BD"), her.ID)
		if err != nil || v.Request == nil || v.Request.Reason != want {
			t.Errorf("%s: %+v, %v; want %q", role, v.Request, err, want)
		}
	}
}

// Where someone came from is not told to those who do not reach it.
func TestPeople_Person_tiesWithinReach(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	her := o.add(t, o.kiruna, who("Eva", "Ek", "Piteå kommun", "eva.ek@example.se"))
	k, err := o.Store.RegistrationByID(t.Context(), her.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Registrations.Move(t.Context(), domain.Visitor(), o.Keys.Link(k.UID, 1), service.Move{
		To: o.ost.Slug, TermsID: o.ost.Terms.ID, Lang: domain.Swedish, Entry: who("Eva", "Ek", "Piteå kommun", "eva.ek@example.se"),
	})
	if err != nil {
		t.Fatal(err)
	}
	there, err := o.Store.LiveRegistration(t.Context(), o.ost.ID, domain.EmailKey("eva.ek@example.se"))
	if err != nil {
		t.Fatal(err)
	}
	both := o.granted(t, domain.Grant{Role: domain.RoleReader, County: "BD"}, domain.Grant{Role: domain.RoleReader, County: "Z"})
	for _, c := range []struct {
		actor domain.Actor
		id    domain.RegistrationID
		tied  bool
	}{
		{o.actor(t, domain.RoleReader, "Z"), there.ID, false},
		{o.actor(t, domain.RoleReader, "BD"), her.ID, false},
		{both, there.ID, true},
		{both, her.ID, true},
	} {
		v, err := o.people.Person(t.Context(), c.actor, c.id)
		if err != nil || (v.Follows != nil || v.FollowedBy != nil) != c.tied {
			t.Errorf("%v of %d: follows %v, followed by %v, %v; want %t", c.actor.Grants, c.id, v.Follows, v.FollowedBy, err, c.tied)
		}
	}
}

// Who manages users in one county and only reads in another manages none there.
func TestUsers_whereSheManagesThem(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for email, county := range map[string]domain.OrganiserCode{"bd@example.se": "BD", "z@example.se": "Z"} {
		if _, err := d.AddUser(t.Context(), domain.Operator(), service.NewUser{
			Email: email, Name: "Eva " + string(county), Grants: []domain.Grant{{Role: domain.RoleReader, County: county}}, Silent: true,
		}); err != nil {
			t.Fatal(err)
		}
	}
	me := domain.Actor{Role: domain.RoleUser, User: 99, Grants: []domain.Grant{
		{Role: domain.RoleAdministrator, County: "BD"}, {Role: domain.RoleReader, County: "Z"},
	}}
	users, err := d.Users(t.Context(), me)
	found := slices.ContainsFunc(users, func(u domain.User) bool { return u.Email == "z@example.se" })
	if err != nil || len(users) != 1 || found {
		t.Errorf("she sees %+v, %v", users, err)
	}
}
