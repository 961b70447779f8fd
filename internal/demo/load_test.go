package demo_test

import (
	"bytes"
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/demo"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// load puts the demonstration into a fresh database by the same use cases as everyone's.
func load(t *testing.T, asOf domain.Date) (*testkit.Kit, demo.Content) {
	t.Helper()
	kit, me, ctx := testkit.Open(t), domain.Operator(), context.Background()
	kit.Clock.Set(asOf.At(9 * 60))
	c := demo.Programme(asOf)
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	must(kit.Editing.PutOrganisers(ctx, me, c.Organisers))
	for _, s := range c.Series {
		files := map[string][]service.File{}
		for _, e := range s.Events {
			files[e.Slug] = withBytes(c, e.Documents)
		}
		must(kit.Editing.AddSeries(ctx, me, s, files))
	}
	for _, e := range c.Events {
		must(kit.Editing.AddEvent(ctx, me, e, withBytes(c, e.Documents)))
	}
	for _, n := range c.News {
		must(kit.Editing.AddNews(ctx, me, n, withBytes(c, n.Documents)))
	}
	return kit, c
}

func withBytes(c demo.Content, documents []domain.Document) []service.File {
	var out []service.File
	for _, d := range documents {
		out = append(out, service.File{Document: d, Content: c.Files[d.Slug]})
	}
	return out
}

func TestTheProgrammeIsReadBackAsItWasGiven(t *testing.T) {
	ctx := context.Background()
	kit, c := load(t, domain.Date{Year: 2026, Month: time.November, Day: 23})
	for _, want := range c.AllEvents() {
		got, err := kit.Programme.Event(ctx, want.Slug)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := told(got), told(want); !reflect.DeepEqual(a, b) {
			t.Errorf("%s comes back as\n%+v\nnot\n%+v", want.Slug, a, b)
		}
		for i, d := range got.Documents {
			_, b, err := kit.Programme.Document(ctx, d.Slug)
			if err != nil || !bytes.Equal(b, c.Files[want.Documents[i].Slug]) {
				t.Errorf("%s: %d bytes, %v", d.Slug, len(b), err)
			}
		}
	}
	news, err := kit.Programme.News(ctx, 100)
	if err != nil || len(news) != 6 || news[0].Slug != "temadagar-i-fyra-stader" {
		t.Errorf("%d news are published, %v", len(news), err)
	}
}

// told is what an event tells, without what the store adds to it.
func told(e domain.Event) domain.Event {
	e.ID, e.SeriesID, e.Venue.ID, e.Terms.ID = 0, 0, 0, 0
	e.UpdatedAt = time.Time{}
	e.OpensAt = e.OpensAt.UTC()
	e.Programme = append([]domain.Session(nil), e.Programme...)
	for i := range e.Programme {
		e.Programme[i].ID = 0
		e.Programme[i].Speakers = unnumbered(e.Programme[i].Speakers)
	}
	e.Speakers = unnumbered(e.Speakers)
	e.Questions = append([]domain.Question(nil), e.Questions...)
	for i := range e.Questions {
		e.Questions[i].ID, e.Questions[i].Position = 0, 0
	}
	e.Documents = append([]domain.Document(nil), e.Documents...)
	for i := range e.Documents {
		e.Documents[i].ID = 0
	}
	return e
}

func unnumbered(speakers []domain.Speaker) []domain.Speaker {
	speakers = append([]domain.Speaker(nil), speakers...)
	for i := range speakers {
		speakers[i].ID = 0
	}
	return speakers
}

func TestEveryoneIsRegistered(t *testing.T) {
	ctx := context.Background()
	asOf := domain.Date{Year: 2026, Month: time.November, Day: 23}
	kit, c := load(t, asOf)
	var events []domain.Event
	terms := map[string]int64{}
	for _, e := range c.AllEvents() {
		kept, err := kit.Programme.Event(ctx, e.Slug)
		if err != nil {
			t.Fatal(err)
		}
		events, terms[e.Slug] = append(events, kept), kept.Terms.ID
	}
	crowd := demo.Participants(asOf, events...)
	for _, a := range crowd.Arrivals {
		kit.Clock.Set(a.At)
		_, err := kit.Registrations.Register(ctx, domain.Operator(), service.RegisterInput{
			EventSlug: a.EventSlug, Key: a.Key, Entry: a.Entry, TermsID: terms[a.EventSlug], Lang: a.Lang, Channel: a.Channel,
		})
		if err != nil {
			t.Fatalf("%s: %v", a.Key, err)
		}
	}
	kit.Clock.Set(asOf.At(9 * 60))
	for _, p := range crowd.Protected {
		if err := kit.Registrations.Protect(ctx, domain.Operator(), p.EventSlug, p.Email); err != nil {
			t.Errorf("%v: %v", p, err)
		}
	}
	list, err := kit.Lists.Open(ctx, domain.Operator(), domain.ListScope{Series: c.Series[0].Slug})
	if err != nil {
		t.Fatal(err)
	}
	want := [][2]int{{48, 0}, {57, 0}, {90, 6}, {52, 0}}
	for i, e := range list.Events {
		if got := [2]int{e.Confirmed, e.Waiting}; got != want[i] {
			t.Errorf("%s: confirmed and waiting are %v, want %v", e.Event.Slug, got, want[i])
		}
	}
	findings, err := kit.Store.Check(ctx)
	if err != nil || len(findings) != 0 {
		t.Errorf("the check finds %v, %v", findings, err)
	}
}
