package service_test

import (
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

// TestAutomatics_whenTheClockIsTurned: a reminder goes once, though its hour comes twice; and the clock does not
// take it back. The twin lacks the unique index, and finds it due the second time.
func TestAutomatics_whenTheClockIsTurned(t *testing.T) {
	t.Parallel()
	twice := func(d *automaticDesk) int {
		due := wall(t, "2016-11-24 09:00")
		d.begin(due)
		for _, at := range []time.Time{due.Add(-time.Hour), due, due.AddDate(1, 0, 0), due.Add(-24 * time.Hour), due.Add(time.Minute)} {
			d.begin(at)
		}
		d.Clock.Set(due) // a worker that found it due by the clock, whatever it knows of before
		if err := service.BeginFound(t.Context(), d.worker(d.Store), domain.Worker(), d.event.ID, domain.AutomaticReminder); err != nil {
			t.Fatal(err)
		}
		d.run()
		return d.sent()
	}
	d := newAutomaticDesk(t, 5)
	if n := twice(d); n != 5 {
		t.Errorf("%d letters to 5 people", n)
	}
	twin := newAutomaticDesk(t, 5)
	twin.exec(`DROP INDEX mailings_auto`)
	if n := twice(twin); n <= 5 {
		t.Errorf("without the index %d letters: the test proves nothing", n)
	}
}
