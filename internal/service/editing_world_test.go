package service_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// backOffice is an office with its work with events, and two organisers of Norrbotten.
type backOffice struct {
	*office
	events    *service.Events
	eva, nils domain.Actor
}

func openBackOffice(t testing.TB) *backOffice {
	t.Helper()
	o := openOffice(t)
	b := &backOffice{office: o, events: &service.Events{Store: o.Store, Registrations: o.Registrations, Now: o.Clock.Now}}
	b.eva, b.nils = o.actor(t, domain.RoleOrganiser, "BD"), o.actor(t, domain.RoleAdministrator, "BD")
	b.eva.Name, b.nils.Name = "Eva Exempel", "Nils Nilsson"
	return b
}

// open is an event as an editor begins with it.
func (b *backOffice) open(t testing.TB, a domain.Actor, slug string) service.EventEditing {
	t.Helper()
	d, err := b.events.Draft(t.Context(), a, slug)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// edit is what an editor sends who has changed something of what she saw.
func edit(d service.EventEditing, change func(in *domain.EventEntry)) service.EditInput {
	in := service.EditInput{Slug: d.Event.Slug, Seen: d.Mark, Entry: domain.EntryOf(d.Event)}
	change(&in.Entry)
	return in
}

// save opens, changes and saves in one go.
func (b *backOffice) save(t testing.TB, a domain.Actor, slug string, change func(in *domain.EventEntry)) {
	t.Helper()
	if err := b.events.Save(t.Context(), a, edit(b.open(t, a, slug), change)); err != nil {
		t.Fatalf("save %s: %v", slug, err)
	}
}

// public is the event as everyone reads it.
func (b *backOffice) public(t testing.TB, slug string) domain.Event {
	t.Helper()
	e, err := b.Programme.Event(t.Context(), slug)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// audited are the actions that the audit log tells of an event, oldest first.
func (b *backOffice) audited(t testing.TB, slug string) string {
	t.Helper()
	audit := &service.Audit{Store: b.Store, Now: b.Clock.Now}
	lines, _, err := audit.Entries(t.Context(), domain.Operator(), domain.AuditFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i].Details["event"] == slug {
			out = append(out, string(lines[i].Action))
		}
	}
	return strings.Join(out, " ")
}

// comes registers the n-th made-up person and answers the token of her page.
func (b *backOffice) comes(t testing.TB, e domain.Event, n int, change ...func(in *domain.Entry)) string {
	t.Helper()
	in := testkit.Input(e, testkit.Person(n))
	for _, c := range change {
		c(&in.Entry)
	}
	if _, err := b.Registrations.Register(t.Context(), domain.Visitor(), in); err != nil {
		t.Fatal(err)
	}
	return b.Keys.Link(auth.UID(in.Key), 1)
}

// faults is what *domain.Invalid tells, and in which fields.
func faults(err error) string {
	var v *domain.Invalid
	if !errors.As(err, &v) {
		return inWords(err)
	}
	var out []string
	for _, f := range v.Faults {
		out = append(out, f.Field+": "+f.Key)
	}
	return strings.Join(out, ", ")
}

// ready fills in what an event must have before it is published.
func ready(in *domain.EventEntry) {
	in.Day, in.Starts, in.Ends, in.Capacity, in.RegisterUntil, in.CancelUntil = "2017-03-01", "9", "16", "40", "2017-02-15", "2017-02-20"
	in.Venue = domain.VenueEntry{Name: "Stadshuset", Address: "Rådhustorget 1", Access: domain.Access{StepFree: domain.Yes}}
	in.TargetGroup = []domain.Text{{Sv: "Socialtjänst", En: "Social services"}}
	in.Terms = domain.Text{Sv: "Anmälan är bindande.", En: "The registration is binding."}
	in.RetentionWeeks, in.RetentionSupport = "12", "RA-FS 2021:6"
	in.Contact = domain.Contact{Name: "Eva", Phone: "010-225 50 00"}
}
