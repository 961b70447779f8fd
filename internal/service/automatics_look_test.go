package service_test

import (
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// keptDate composes nothing and keeps the day of the letter.
type keptDate struct{ at time.Time }

func (k *keptDate) Compose(f domain.LetterFacts) ([]byte, error) {
	k.at = f.Letter.Date
	return nil, nil
}

// A letter is looked at as it is when it goes: its Date is that day, by people in order of surname.
func TestAutomatics_lookedAtAsItGoes(t *testing.T) {
	t.Parallel()
	d := newAutomaticDesk(t, 3)
	due := wall(t, "2016-11-24 09:00")
	d.Clock.Turn(time.Hour)
	var kept keptDate
	d.o.Composer = &kept
	if _, err := d.auto.Look(t.Context(), d.a, "lulea", domain.AutomaticReminder, "", domain.Swedish); err != nil {
		t.Fatal(err)
	}
	if !kept.at.Equal(due) || kept.at.Equal(d.Clock.Now()) {
		t.Errorf("of %v, want %v", kept.at, due)
	}
	d.exec(`UPDATE registrations SET family_name = CASE email WHEN 'person1@example.se' THEN 'Öberg' WHEN 'person2@example.se' THEN 'Åberg' ELSE 'Zander' END`)
	readers, err := d.auto.Readers(t.Context(), d.a, "lulea", domain.AutomaticReminder)
	var names []string
	for _, r := range readers {
		names = append(names, r.FamilyName)
	}
	if got := strings.Join(names, " "); err != nil || got != "Zander Åberg Öberg" {
		t.Errorf("%q, %v", got, err)
	}
}

// Whoever cannot come tells it when the place cannot be given back any more, also where nobody is asked, and once.
func TestSayNotComing(t *testing.T) {
	t.Parallel()
	d := newAutomaticDesk(t, 1)
	k, err := d.Store.LiveRegistration(t.Context(), d.event.ID, "person1@example.se")
	if err != nil {
		t.Fatal(err)
	}
	token := d.Keys.Link(k.UID, 1)
	say := func() error {
		return d.Registrations.SayNotComing(t.Context(), domain.Visitor(), token, "Ingen kan ta platsen.")
	}
	if err := say(); domain.CodeOf(err) != domain.CodeClosed { // she may cancel, and is to
		t.Errorf("while it can be cancelled: %v", err)
	}
	d.Clock.Set(wall(t, "2016-11-30 09:00"))
	if err := d.Registrations.AskToCancel(t.Context(), domain.Visitor(), token, "Sjuk"); domain.CodeOf(err) != domain.CodeClosed {
		t.Errorf("the test proves nothing where everyone may ask: %v", err)
	}
	for range 2 {
		if err := say(); err != nil {
			t.Fatal(err)
		}
	}
	history, err := d.Store.History(t.Context(), k.ID)
	said := 0
	for _, h := range history {
		if h.Kind == domain.HistoryAsked {
			said++
		}
	}
	if err != nil || said != 1 {
		t.Errorf("told %d times, %v", said, err)
	}
	d.Clock.Set(wall(t, "2016-12-01 12:00"))
	if err := say(); domain.CodeOf(err) != domain.CodeClosed {
		t.Errorf("while the event is on: %v", err)
	}
}
