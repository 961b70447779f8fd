package service_test

import (
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// Someone who types another's address into her own registration must be let nearer to nothing of the
// other's: what opens the page that tells of it goes to the address, and to nobody who typed it.
func TestChange_anAddressThatIsTypedProvesNothing(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	if err := k.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{testkit.Norrbotten()}); err != nil {
		t.Fatal(err)
	}
	if err := k.Editing.AddSeries(t.Context(), domain.Operator(), domain.Series{
		Slug: "tema", Title: domain.Text{Sv: "Tema", En: "Theme"},
		Events: []domain.Event{testkit.Event("lulea", 5), testkit.Event("umea", 5)},
	}, nil); err != nil {
		t.Fatal(err)
	}
	at := func(slug string) domain.Event {
		e, err := k.Programme.Event(t.Context(), slug)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	enter(t, k, at("umea"), 1, nil)
	mine := enter(t, k, at("lulea"), 2, nil)
	victim, thief := testkit.Person(1), testkit.Person(2)
	thief.Email = victim.Email
	id := own(t, k, mine).Registration.ID
	out, err := k.Registrations.Change(t.Context(), domain.Visitor(), mine, service.Change{
		Entry: thief, Seen: own(t, k, mine).Registration.Revision,
	})
	if err != nil || !out.Address || !out.Anything {
		t.Fatalf("the change answered %+v, %v", out, err)
	}
	if _, err := k.Registrations.Own(t.Context(), domain.Visitor(), mine); err == nil {
		t.Error("the old link still opens a page, and that page tells of the other's registration")
	}
	// The owner of the address, who has the letter, sees both: the twin shows that there was something
	// to be kept from the one who typed it.
	kept, err := k.Store.RegistrationByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if others := own(t, k, k.Keys.Link(kept.UID, kept.LinkVersion)).Others; len(others) != 1 || others[0].Token == "" {
		t.Errorf("twin: behind the new link are %d other registrations, want the one that was to be protected", len(others))
	}
}

func TestChange_nothingIsNothing(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	token := enter(t, k, k.AddEvent(t, testkit.Event("lulea", 5)), 1, nil)
	seen := own(t, k, token).Registration.Revision
	out, err := k.Registrations.Change(t.Context(), domain.Visitor(), token, service.Change{Entry: testkit.Person(1), Seen: seen})
	if err != nil || out.Anything || out.Address {
		t.Errorf("no change answered %+v, %v", out, err)
	}
}

// A place without a name goes to somebody new: an address that stands in the group already is told.
func TestNamePlace_twiceTheSamePerson(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, forGroups("lulea", 5))
	in := several(e, domain.GroupAll, 1, 1)
	join(t, k, in)
	link := groupLink(k, in)
	id := open(group(t, k, link))[0]
	err := k.Registrations.NamePlace(t.Context(), domain.Visitor(), link, id, named(1))
	if err == nil || !strings.Contains(err.Error(), "group.same_address") {
		t.Errorf("naming the same person twice answered %v", err)
	}
	if g := group(t, k, link); g.Unnamed != 1 {
		t.Errorf("%d places are left to be named, want 1: nothing was to change", g.Unnamed)
	}
}

func TestReceipt_tellsWhatWasSent(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 5))
	in := testkit.Input(e, testkit.Person(1))
	if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), in); err != nil {
		t.Fatal(err)
	}
	before, err := k.Registrations.Receipt(t.Context(), in.Key)
	if err != nil {
		t.Fatal(err)
	}
	token := k.Keys.Link(auth.UID(in.Key), 1)
	if _, err := amend(t, k, token, 1, func(p *domain.Entry) { p.Email, p.Organisation = "annan@example.se", "En annan arbetsplats" }); err != nil {
		t.Fatal(err)
	}
	after, err := k.Registrations.Receipt(t.Context(), in.Key)
	if err != nil || after != before {
		t.Errorf("the receipt has become %+v (%v), was %+v", after, err, before)
	}
}
