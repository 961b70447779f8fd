package domain_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func TestEventReadNeeds(t *testing.T) {
	t.Parallel()
	both := domain.Event{Rules: domain.Rules{Food: true, Access: true}}
	all := domain.NeedsEntry{
		Diet: []string{"gluten_free", "vegan", "vegan", ""}, DietText: " Lök \r\n i soppan ", Access: []string{"quiet_room"}, AccessText: "Plats vid dörren",
	}
	tests := map[string]struct {
		event domain.Event
		in    domain.NeedsEntry
		want  domain.Needs
		told  string
	}{
		"nothing": {both, domain.NeedsEntry{}, domain.Needs{}, ""},
		"everything, in the order of the form": {both, all, domain.Needs{
			Diet: []domain.Diet{domain.DietVegan, domain.DietGluten}, DietText: "Lök\n i soppan",
			Access: []domain.AccessNeed{domain.NeedQuiet}, AccessText: "Plats vid dörren",
		}, ""},
		"what is not asked is not kept": {domain.Event{}, all, domain.Needs{}, ""},
		"food alone":                    {domain.Event{Rules: domain.Rules{Food: true}}, domain.NeedsEntry{Diet: []string{"vegan"}, Access: []string{"wheelchair"}}, domain.Needs{Diet: []domain.Diet{domain.DietVegan}}, ""},
		"a diet that is not offered":    {both, domain.NeedsEntry{Diet: []string{"kosher"}}, domain.Needs{}, "diet field.diet.wrong"},
		"a need that is not offered":    {both, domain.NeedsEntry{Access: []string{"vegan"}}, domain.Needs{}, "access field.access.wrong"},
		"a text that just fits":         {both, domain.NeedsEntry{DietText: strings.Repeat("å", 300)}, domain.Needs{DietText: strings.Repeat("å", 300)}, ""},
		"a text too long":               {both, domain.NeedsEntry{DietText: strings.Repeat("å", 301)}, domain.Needs{}, "diet_text field.need_text.too_long"},
		"a personal number":             {both, domain.NeedsEntry{AccessText: "811218-9876"}, domain.Needs{}, "access_text field.need_text.personal_number"},
		"not UTF-8":                     {both, domain.NeedsEntry{AccessText: "\xff"}, domain.Needs{}, "access_text field.encoding"},
		"white space is nothing":        {both, domain.NeedsEntry{DietText: " \n\t"}, domain.Needs{}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := tt.event.ReadNeeds(tt.in)
			if told := strings.Join(faults(err), ", "); told != tt.told {
				t.Fatalf("faults = %q, want %q", told, tt.told)
			}
			if !got.Equal(tt.want) {
				t.Errorf("needs = %+v, want %+v", got, tt.want)
			}
		})
	}
}

// A fault in needs is told by its key alone: what was typed may be about health.
func TestEventReadNeeds_tellsNothingOfWhatWasTyped(t *testing.T) {
	t.Parallel()
	e := domain.Event{Rules: domain.Rules{Food: true, Access: true}}
	_, err := e.ReadNeeds(domain.NeedsEntry{Diet: []string{"hemligt"}, AccessText: "hemligt 811218-9876"})
	if err == nil || strings.Contains(err.Error(), "hemligt") {
		t.Errorf("err = %v", err)
	}
	for _, f := range err.(*domain.Invalid).Faults {
		if len(f.Args) != 0 {
			t.Errorf("%s tells %v", f.Key, f.Args)
		}
	}
}

func TestEventNeedsDays(t *testing.T) {
	t.Parallel()
	day := domain.Date{Year: 2016, Month: time.December, Day: 1}
	two := domain.Event{Day: day, LastDay: day.AddDays(1)}
	if got, want := two.NeedsErasedOn(), day.AddDays(8); got != want {
		t.Errorf("erased on %v, want seven days after the last day, %v", got, want)
	}
	two.Rules.NeedsDays = 14
	if got, want := two.NeedsErasedOn(), day.AddDays(15); got != want || two.NeedsKept() != 14 {
		t.Errorf("erased on %v, want %v", got, want)
	}
	if got := (domain.Event{}).NeedsErasedOn(); !got.IsZero() {
		t.Errorf("an event without a day: %v", got)
	}
	if got, want := two.NeedsBy(), day.AddDays(-21); got != want {
		t.Errorf("wanted by %v, want three weeks before, %v", got, want)
	}
	by := day.AddDays(-3)
	two.Rules.NeedsBy = by
	for at, late := range map[time.Time]bool{by.End().Add(-time.Nanosecond): false, by.End(): true} {
		if got := two.NeedsLate(at); got != late {
			t.Errorf("at %v late is %v", at, got)
		}
	}
	if (domain.Event{}).NeedsLate(day.Start()) {
		t.Error("nothing is late for an event without a day")
	}
}

func TestEventMayTellNeeds(t *testing.T) {
	t.Parallel()
	day := domain.Date{Year: 2016, Month: time.December, Day: 1}
	e := domain.Event{State: domain.EventPublished, Day: day, Starts: 9 * 60}
	r := domain.Registration{Status: domain.Confirmed, Participant: domain.Participant{GivenName: "Eva"}}
	begins := e.StartsAt()
	tests := map[string]struct {
		change func(e *domain.Event, r *domain.Registration)
		at     time.Time
		may    bool
	}{
		"until it begins":           {func(*domain.Event, *domain.Registration) {}, begins.Add(-time.Second), true},
		"not when it has begun":     {func(*domain.Event, *domain.Registration) {}, begins, false},
		"in the queue too":          {func(_ *domain.Event, r *domain.Registration) { r.Status = domain.Waitlisted }, begins.Add(-time.Hour), true},
		"not when she has left":     {func(_ *domain.Event, r *domain.Registration) { r.Status = domain.Cancelled }, begins.Add(-time.Hour), false},
		"not without a name":        {func(_ *domain.Event, r *domain.Registration) { r.GivenName = "" }, begins.Add(-time.Hour), false},
		"not when it is called off": {func(e *domain.Event, _ *domain.Registration) { e.State = domain.EventCancelled }, begins.Add(-time.Hour), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e, r := e, r
			tt.change(&e, &r)
			if err := e.MayTellNeeds(r, tt.at); (err == nil) != tt.may {
				t.Errorf("err = %v, want %v", err, tt.may)
			}
		})
	}
}

func TestNeedsSheetCount(t *testing.T) {
	t.Parallel()
	s := domain.NewNeedsSheet(domain.Event{}, 5)
	s.Count(domain.Needs{}, true)
	s.Count(domain.Needs{Diet: []domain.Diet{domain.DietVegan, domain.DietNuts}, DietText: "x"}, false)
	s.Count(domain.Needs{Diet: []domain.Diet{domain.DietVegan}, Access: []domain.AccessNeed{domain.NeedQuiet}, AccessText: "y"}, true)
	if s.Coming != 5 || s.Told != 2 || s.ToldFood != 2 || s.ToldAccess != 1 || s.Late != 1 || s.Diets[domain.DietVegan] != 2 || s.Diets[domain.DietNuts] != 1 ||
		s.AccessNeeds[domain.NeedQuiet] != 1 || s.DietTexts != 1 || s.AccessTexts != 1 {
		t.Errorf("sheet = %+v", s)
	}
	if !slices.Contains(domain.Diets(), domain.DietPork) || len(domain.AccessNeeds()) != 8 {
		t.Error("the closed lists have changed: so must the sheet")
	}
}
