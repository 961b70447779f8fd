package service_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// teller keeps the facts that letters are written from, by recipient.
type teller struct {
	mu  sync.Mutex
	all map[string][]domain.LetterFacts
}

func (c *teller) Compose(f domain.LetterFacts) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[f.Letter.To] = append(c.all[f.Letter.To], f)
	return []byte(f.Letter.MessageID), nil
}

func told(t *testing.T, k *testkit.Kit) map[string][]domain.LetterFacts {
	t.Helper()
	o, _ := outbox(k, func(int, string) error { return nil })
	c := &teller{all: make(map[string][]domain.LetterFacts)}
	o.Composer = c
	o.GroupLink = func(_ domain.Lang, token string) string { return "https://example.se/g/" + token }
	drain(t, k, o)
	return c.all
}

// A letter that has waited while its reader changed her address carries the link of its own time, which is
// dead: the new link is for the new address alone.
func TestOutbox_anOldAddressGetsNoNewLink(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	token := enter(t, k, k.AddEvent(t, testkit.Event("lulea", 5)), 1, nil)
	id := own(t, k, token).Registration.ID
	in := testkit.Person(1)
	in.Email = "ny.adress@example.se"
	if _, err := k.Registrations.Change(t.Context(), domain.Visitor(), token, service.Change{
		Entry: in, Seen: own(t, k, token).Registration.Revision,
	}); err != nil {
		t.Fatal(err)
	}
	kept, err := k.Store.RegistrationByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	fresh := "https://example.se/" + k.Keys.Link(kept.UID, kept.LinkVersion)
	letters := told(t, k)
	for _, f := range letters["person1@example.se"] {
		if f.Link == fresh {
			t.Errorf("the letter %s to the old address holds the new link", f.Letter.Kind)
		}
	}
	if len(letters["person1@example.se"]) < 2 {
		t.Errorf("there are %d letters to the old address: nothing is proved", len(letters["person1@example.se"]))
	}
	found := false
	for _, f := range letters[in.Email] {
		found = found || f.Link == fresh
	}
	if !found {
		t.Error("nobody has been given the new link")
	}
}

// Whoever is registered by somebody else is told by whom (GDPR article 14).
func TestOutbox_tellsWhoRegisteredHer(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	in := several(k.AddEvent(t, forGroups("lulea", 5)), domain.GroupAll, 0, 1, 2)
	join(t, k, in)
	seen := 0
	for to, letters := range told(t, k) {
		for _, f := range letters {
			if f.Letter.Kind != domain.LetterConfirmed {
				continue
			}
			if seen++; f.Group.Name == "" {
				t.Errorf("%s is not told who registered her", to)
			}
			if len(f.Group.Places) > 0 {
				t.Errorf("%s is told of the others", to)
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d were confirmed, want 2", seen)
	}
}

func TestExtend_toADayThatHasPassed(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	token := enter(t, k, k.AddEvent(t, testkit.Event("lulea", 5)), 1, nil)
	id, today := own(t, k, token).Registration.ID, domain.DateIn(k.Clock.Now())
	for _, day := range []domain.Date{{}, today.AddDays(-1)} {
		var invalid *domain.Invalid
		if err := k.Registrations.Extend(t.Context(), domain.Operator(), id, day); !errors.As(err, &invalid) || invalid.Faults[0].Key != "field.day.passed" {
			t.Errorf("%v: %v", day, err)
		}
	}
	if err := k.Registrations.Extend(t.Context(), domain.Operator(), id, today); err != nil {
		t.Error(err)
	}
}

// A letter tells of other towns only where somebody could go to them.
func TestOutbox_otherTowns(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(other *domain.Event)
		want   int
	}{
		"public":     {func(*domain.Event) {}, 1},
		"a draft":    {func(o *domain.Event) { o.State = domain.EventDraft }, 0},
		"over":       {func(o *domain.Event) { o.Day = domain.Date{Year: 2016, Month: 1, Day: 12} }, 0},
		"called off": {func(o *domain.Event) { o.State = domain.EventCancelled }, 0},
	} {
		k := testkit.Open(t)
		here, there := testkit.Event("lulea", 5), testkit.Event("kiruna", 5)
		tt.change(&there)
		if err := k.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{testkit.Norrbotten()}); err != nil {
			t.Fatal(err)
		}
		if err := k.Editing.AddSeries(t.Context(), domain.Operator(), domain.Series{
			Slug: "tema", Title: domain.Text{Sv: "Temat"}, Events: []domain.Event{here, there},
		}, nil); err != nil {
			t.Fatal(err)
		}
		e, err := k.Programme.Event(t.Context(), "lulea")
		if err != nil {
			t.Fatal(err)
		}
		enter(t, k, e, 1, nil)
		if got := told(t, k)["person1@example.se"]; len(got) != 1 || got[0].Sisters != tt.want {
			t.Errorf("%s: %d letters, %d other towns, want %d", name, len(got), got[0].Sisters, tt.want)
		}
	}
}
