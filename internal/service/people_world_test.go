package service_test

import (
	"fmt"
	"testing"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// office is a database with an event in each of two counties, and those who work with them.
type office struct {
	*testkit.Kit
	people *service.People
	lulea  domain.Event // Norrbotten
	kiruna domain.Event // Norrbotten, of the same series as Östersund
	ost    domain.Event // Jämtland
}

func openOffice(t testing.TB) *office {
	t.Helper()
	k := testkit.Open(t)
	o := &office{Kit: k, people: &service.People{Store: k.Store, Registrations: k.Registrations, Now: k.Clock.Now}}
	o.lulea = k.AddEvent(t, testkit.Event("lulea", 50))
	if err := k.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{testkit.Jamtland()}); err != nil {
		t.Fatal(err)
	}
	kiruna, ost := testkit.Event("kiruna", 50), testkit.Event("ostersund", 50)
	kiruna.Town, ost.Town, ost.Owner = "Kiruna", "Östersund", testkit.Jamtland()
	series := domain.Series{Slug: "efterfragan", Title: domain.Text{Sv: "Efterfrågan", En: "Demand"}, Events: []domain.Event{kiruna, ost}}
	if err := k.Editing.AddSeries(t.Context(), domain.Operator(), series, nil); err != nil {
		t.Fatal(err)
	}
	var err error
	if o.kiruna, err = k.Programme.Event(t.Context(), "kiruna"); err != nil {
		t.Fatal(err)
	}
	if o.ost, err = k.Programme.Event(t.Context(), "ostersund"); err != nil {
		t.Fatal(err)
	}
	return o
}

// actor is a signed-in user with one role in one county.
func (o *office) actor(t testing.TB, r domain.Role, c domain.OrganiserCode) domain.Actor {
	t.Helper()
	return o.granted(t, domain.Grant{Role: r, County: c})
}

func (o *office) granted(t testing.TB, grants ...domain.Grant) domain.Actor {
	t.Helper()
	email := fmt.Sprintf("user%s@example.se", auth.NewKey()[:8])
	a := domain.Actor{Role: domain.RoleUser, Name: "Eva Exempel", Grants: grants}
	err := o.Store.Write(t.Context(), func(tx *store.Tx) (err error) {
		a.User, err = tx.InsertUser(t.Context(), domain.User{
			Email: email, Name: a.Name, Lang: domain.Swedish, State: domain.UserActive, CreatedAt: o.Clock.Now(),
		}, auth.NewHandle())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// who is a made-up participant with a name and a workplace of her own.
func who(given, family, organisation, email string) domain.Entry {
	p := testkit.Person(0)
	p.GivenName, p.FamilyName, p.Organisation, p.Email = given, family, organisation, email
	return p
}

// add registers someone and answers her registration.
func (o *office) add(t testing.TB, e domain.Event, p domain.Entry) domain.Registration {
	t.Helper()
	in := testkit.Input(e, p)
	a := domain.Visitor()
	if p.Email == "" {
		a, in.Channel = domain.Operator(), domain.ChannelPhone
	}
	r, err := o.Registrations.Register(t.Context(), a, in)
	if err != nil {
		t.Fatal(err)
	}
	k, err := o.Store.PersonByReference(t.Context(), e.ID, r.Reference)
	if err != nil {
		t.Fatal(err)
	}
	return k.Registration
}

func names(rows []domain.PersonRow) (out []string) {
	for _, r := range rows {
		if r.Hidden {
			out = append(out, "(skyddad)")
			continue
		}
		out = append(out, r.Name())
	}
	return out
}
