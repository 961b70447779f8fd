package service_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

func TestPublish(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	slug, err := b.events.Create(t.Context(), b.eva, service.NewEvent{Owner: "BD", Title: domain.Text{Sv: "Temadag"}, Town: "Gällivare"})
	if err != nil || slug != "temadag-gallivare" {
		t.Fatalf("%s, %v", slug, err)
	}
	err = b.events.Publish(t.Context(), b.eva, slug)
	for _, part := range []string{"target_group: checklist.target_group.missing", "retention_weeks: checklist.retention.missing", "terms_sv: checklist.terms.missing"} {
		if !strings.Contains(faults(err), part) {
			t.Errorf("published without: %s, told %s", part, faults(err))
		}
	}
	if _, err := b.Programme.Event(t.Context(), slug); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a draft is shown: %v", err)
	}
	b.save(t, b.eva, slug, ready)
	for range 2 {
		if err := b.events.Publish(t.Context(), b.eva, slug); err != nil {
			t.Fatalf("a whole event: %s", faults(err))
		}
	}
	e := b.public(t, slug)
	if err := b.events.Unpublish(t.Context(), b.eva, slug); err != nil {
		t.Errorf("nobody has registered: %v", err)
	}
	if err := b.events.Publish(t.Context(), b.eva, slug); err != nil {
		t.Fatal(err)
	}
	token := b.comes(t, e, 1)
	if err := b.Registrations.Cancel(t.Context(), domain.Visitor(), token, ""); err != nil {
		t.Fatal(err)
	}
	if err := b.events.Unpublish(t.Context(), b.eva, slug); inWords(err) != "conflict: event.has_registrations" {
		t.Errorf("someone has been registered: %v", err)
	}
	if got := b.audited(t, slug); got != "event.created event.saved event.published event.unpublished event.published" {
		t.Errorf("log: %s", got)
	}
	draft, err := b.events.Draft(t.Context(), b.eva, slug)
	if err != nil || !domain.Publishable(draft.Checks) {
		t.Errorf("checklist %v, %v", draft.Checks, err)
	}
}

// TestPublish_announced: day and places may be told later, and then nobody can register meanwhile.
func TestPublish_announced(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	slug, err := b.events.Create(t.Context(), b.eva, service.NewEvent{Owner: "BD", Title: domain.Text{Sv: "Konferens"}, Kind: domain.KindConference})
	if err != nil {
		t.Fatal(err)
	}
	b.save(t, b.eva, slug, func(in *domain.EventEntry) {
		ready(in)
		in.Day, in.Starts, in.Ends, in.Capacity, in.Venue, in.RegisterUntil, in.CancelUntil = "", "", "", "", domain.VenueEntry{}, "", ""
	})
	if err := b.events.Publish(t.Context(), b.eva, slug); err != nil {
		t.Fatalf("announced: %s", faults(err))
	}
	err = b.events.Save(t.Context(), b.eva, edit(b.open(t, b.eva, slug), func(in *domain.EventEntry) { in.Capacity, in.RegisterUntil = "10", "2017-01-10" }))
	if got := faults(err); got != "day: checklist.day.missing, starts: checklist.starts.missing, venue: checklist.venue.missing, town: checklist.town.missing" {
		t.Errorf("it opens for registration without a day: %s", got)
	}
	b.save(t, b.eva, slug, func(in *domain.EventEntry) { ready(in); in.Town = "Luleå" })
}

// TestKeepDraft: what was typed survives, however wrong it is, and is its owner's alone.
func TestKeepDraft(t *testing.T) {
	t.Parallel()
	b := openBackOffice(t)
	in := edit(b.open(t, b.eva, "lulea"), func(in *domain.EventEntry) {
		in.Day, in.Title.Sv = "den trettio", "\xffHalv"
		in.Programme = append(in.Programme, domain.SessionEntry{})
	})
	for range 2 {
		if err := b.events.KeepDraft(t.Context(), b.eva, in); err != nil {
			t.Fatal(err)
		}
	}
	d := b.open(t, b.eva, "lulea")
	if d.Mine == nil || d.Mine.Entry.Day != "den trettio" || d.Mine.Stale || len(d.Mine.Entry.Programme) != 1 || d.Event.Title != b.lulea.Title {
		t.Errorf("kept: %+v", d.Mine)
	}
	if e, err := b.events.Preview(t.Context(), b.eva, "lulea"); err != nil || e.Title != b.lulea.Title {
		t.Errorf("what cannot be read is shown as %v, %v", e.Title, err)
	}
	in.Entry.Day, in.Entry.Title.Sv, in.Entry.Programme = "", "Halv", nil
	if err := b.events.KeepDraft(t.Context(), b.eva, in); err != nil {
		t.Fatal(err)
	}
	if e, err := b.events.Preview(t.Context(), b.eva, "lulea"); err != nil || e.Title.Sv != "Halv" {
		t.Errorf("the preview is %v, %v", e.Title, err)
	}
	if d := b.open(t, b.nils, "lulea"); d.Mine != nil || len(d.Others) != 1 || d.Others[0].By != "Eva Exempel" {
		t.Errorf("another editor sees %+v and %+v", d.Mine, d.Others)
	}
	in.Entry.Body.Sv = strings.Repeat("x", 2<<20)
	if got := faults(b.events.KeepDraft(t.Context(), b.eva, in)); got != ": edit.too_much" {
		t.Errorf("two megabytes: %s", got)
	}
	if err := b.events.DropDraft(t.Context(), b.eva, "lulea"); err != nil || b.open(t, b.eva, "lulea").Mine != nil {
		t.Errorf("dropped: %v", err)
	}
	b.Clock.Turn(8 * 24 * time.Hour)
	if err := b.events.KeepDraft(t.Context(), domain.Operator(), in); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("nobody's draft: %v", err)
	}
}
