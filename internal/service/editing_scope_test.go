package service_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

// act on an event by its slug, as every use case with events does.
type eventAct func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error

// editors are the acts of those who may edit an event, readers those of more.
func editors() map[string]eventAct {
	entry := func(b *backOffice, slug string) service.EditInput {
		in := service.EditInput{Slug: slug, Entry: domain.EntryOf(b.lulea)}
		in.Seen = in.Entry.Mark()
		return in
	}
	return map[string]eventAct{
		"draft": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			_, err := b.events.Draft(ctx, a, slug)
			return err
		},
		"preview": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			_, err := b.events.Preview(ctx, a, slug)
			return err
		},
		"save": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			return b.events.Save(ctx, a, entry(b, slug))
		},
		"plan": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			_, err := b.events.PlanChange(ctx, a, entry(b, slug))
			return err
		},
		"change": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			_, err := b.events.Change(ctx, a, service.ChangeInput{EditInput: entry(b, slug), Tell: domain.TellAll})
			return err
		},
		"keep draft": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			return b.events.KeepDraft(ctx, a, entry(b, slug))
		},
		"drop draft": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			return b.events.DropDraft(ctx, a, slug)
		},
		"publish": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			return b.events.Publish(ctx, a, slug)
		},
		"unpublish": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			return b.events.Unpublish(ctx, a, slug)
		},
		"venues": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			_, err := b.events.KnownVenues(ctx, a, slug)
			return err
		},
		"copy": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			_, err := b.events.Copy(ctx, a, service.CopyInput{Slug: slug})
			return err
		},
		"plan to cancel": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			_, err := b.events.PlanCancel(ctx, a, slug)
			return err
		},
		"cancel": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			_, err := b.events.Cancel(ctx, a, slug, domain.Text{})
			return err
		},
		"share": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			return b.events.Share(ctx, a, slug, "Z")
		},
		"unshare": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			return b.events.Unshare(ctx, a, slug, "M")
		},
		"add document": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			_, err := b.events.AddDocument(ctx, a, slug, service.NewDocument{})
			return err
		},
		"describe document": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			return hide(b.events.DescribeDocument(ctx, a, slug, "none", domain.Text{Sv: "x"}, domain.Text{}, ""))
		},
		"fetch document": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			_, _, err := b.events.Document(ctx, a, slug, "none")
			return hide(err)
		},
		"remove document": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			return hide(b.events.RemoveDocument(ctx, a, slug, "none"))
		},
		"move document": func(b *backOffice, ctx context.Context, a domain.Actor, slug string) error {
			return hide(b.events.MoveDocument(ctx, a, slug, "none", 1))
		},
	}
}

// hide is err, but for that there is no such document: the event was reached.
func hide(err error) error {
	if inWords(err) == "not_found: document.not_found" {
		return nil
	}
	return err
}

// TestEvents_scope: every use case with events, by everyone: what is another county's and what is absent look
// the same and change nothing, and whoever may do it is not told so. An act that forgot to look would be seen.
func TestEvents_scope(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	event := func(c domain.OrganiserCode, e domain.Event) domain.Grant {
		return domain.Grant{Role: domain.RoleOrganiser, County: c, Event: e.ID}
	}
	strangers := map[string]domain.Actor{
		"nobody": {}, "a visitor": domain.Visitor(), "the worker": domain.Worker(),
		"signed in, without a grant":  b.granted(t),
		"an organiser elsewhere":      b.actor(t, domain.RoleOrganiser, "Z"),
		"an administrator elsewhere":  b.actor(t, domain.RoleAdministrator, "Z"),
		"a reader":                    b.actor(t, domain.RoleReader, "BD"),
		"a case worker":               b.actor(t, domain.RoleCaseWorker, "BD"),
		"at the door":                 b.actor(t, domain.RoleCheckIn, "BD"),
		"a needs officer":             b.actor(t, domain.RoleNeedsOfficer, "BD"),
		"the registry":                b.actor(t, domain.RoleRegistrar, "BD"),
		"of another event":            b.granted(t, event("BD", b.kiruna)),
		"an organiser of two others":  b.granted(t, domain.Grant{Role: domain.RoleOrganiser, County: "Z"}, domain.Grant{Role: domain.RoleReader, County: "BD"}),
		"of the event, for elsewhere": b.granted(t, event("Z", b.lulea)),
	}
	state := func() string {
		d := b.open(t, b.eva, "lulea")
		d.Mine = nil
		return fmt.Sprintf("%+v %+v %s", d.Entry, d.Event.Rules, b.audited(t, "lulea"))
	}
	before := state()
	for what, act := range editors() {
		for who, a := range strangers {
			theirs, absent := act(b, t.Context(), a, "lulea"), act(b, t.Context(), a, "finns-inte")
			if !errors.Is(theirs, domain.ErrNotFound) || !reflect.DeepEqual(theirs, absent) {
				t.Errorf("%s by %s: %v, and of what is absent %v", what, who, theirs, absent)
			}
		}
	}
	if state() != before {
		t.Error("a stranger has changed the event")
	}
	for who, a := range map[string]domain.Actor{
		"an organiser": b.eva, "an administrator": b.nils, "an organiser of the event": b.granted(t, event("BD", b.lulea)), "the operator": domain.Operator(),
	} {
		for what, act := range editors() {
			if what == "keep draft" && a.User == 0 {
				continue // the operator has no account to keep it under
			}
			b := openBackOffice(t)
			if err := act(b, t.Context(), a, "lulea"); errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s by %s: %v", what, who, err)
			}
		}
	}
}

// TestShare: a county that arranges an event with its owner reaches that one and nothing else, cannot let in
// a third, and reaches nothing when it is over.
func TestShare(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	z := b.actor(t, domain.RoleOrganiser, "Z")
	for range 2 {
		if err := b.events.Share(t.Context(), b.eva, "lulea", "Z"); err != nil {
			t.Fatal(err)
		}
	}
	b.save(t, z, "lulea", func(in *domain.EventEntry) { in.CaseNumber = "Z" })
	if _, err := b.events.Draft(t.Context(), z, "kiruna"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another event: %v", err)
	}
	if err := b.events.Share(t.Context(), z, "lulea", "M"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a third: %v", err)
	}
	if b.open(t, z, "lulea").Shares || !b.open(t, b.eva, "lulea").Shares {
		t.Error("the page offers what is refused")
	}
	for _, c := range []domain.OrganiserCode{"BD", "XX", ""} {
		if got := faults(b.events.Share(t.Context(), b.eva, "lulea", c)); got != "county: edit.county.wrong" {
			t.Errorf("with %q: %s", c, got)
		}
	}
	for range 2 {
		if err := b.events.Unshare(t.Context(), b.eva, "lulea", "Z"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.events.Draft(t.Context(), z, "lulea"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("when it is over: %v", err)
	}
	if got := b.audited(t, "lulea"); got != "event.shared event.saved event.unshared" {
		t.Errorf("log: %s", got)
	}
	sound(t, b.Kit)
}

// TestEvents_makersScope: an event is made in a county of one's own alone, and what drafts of other counties
// tell of speakers is not offered.
func TestEvents_makersScope(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	z := b.actor(t, domain.RoleOrganiser, "Z")
	slug, err := b.events.Create(t.Context(), z, service.NewEvent{Owner: "Z", Title: domain.Text{Sv: "Hemligt"}})
	if err != nil {
		t.Fatal(err)
	}
	b.save(t, z, slug, func(in *domain.EventEntry) { in.Speakers = []domain.SpeakerEntry{{Name: "Hemliga Gästen"}} })
	for who, want := range map[*domain.Actor]int{&z: 1, &b.eva: 0} {
		if found, err := b.events.KnownSpeakers(t.Context(), *who, "hemliga"); err != nil || len(found) != want {
			t.Errorf("%s is offered %v, %v", who.Name, found, err)
		}
	}
	for name, a := range map[string]domain.Actor{"elsewhere": z, "a reader": b.actor(t, domain.RoleReader, "BD"), "of one event": b.granted(t, domain.Grant{Role: domain.RoleOrganiser, County: "BD", Event: b.lulea.ID})} {
		_, err := b.events.Create(t.Context(), a, service.NewEvent{Owner: "BD", Title: domain.Text{Sv: "T"}})
		if err == nil {
			t.Errorf("%s has made an event", name)
		}
	}
	if _, err := b.events.KnownSpeakers(t.Context(), domain.Visitor(), ""); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a visitor asks who takes part: %v", err)
	}
	if _, err := b.events.ReadInvitation(domain.Visitor(), "x"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a visitor has an invitation read: %v", err)
	}
}
