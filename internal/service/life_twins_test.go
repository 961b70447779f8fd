package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/testkit"
)

// breaks are programs that would keep a promise badly: what they would leave behind is put into the tables
// after each act.
var breaks = map[string]struct {
	sql   func(w *world) string
	found string // what must be said of it
}{
	"the last in the queue is taken": {always(`
CREATE TEMP TABLE swap AS SELECT o.id AS first, o.offer_until AS until, max(q.id) AS last
FROM registrations o JOIN registrations q ON q.event_id = o.event_id AND q.status = 'waitlisted' AND q.id > o.id AND q.keeps_id IS NULL
WHERE o.status = 'offered' GROUP BY o.id LIMIT 1;
UPDATE registrations SET status = 'waitlisted', offer_until = 0 WHERE id IN (SELECT first FROM swap);
UPDATE registrations SET status = 'offered', offer_until = (SELECT until FROM swap) WHERE id IN (SELECT last FROM swap);
DROP TABLE swap`), "who came earlier and waits"},
	"a counter of places is not moved":  {always(`UPDATE events SET seats_taken = seats_taken - 1 WHERE seats_taken > 0`), "counters"},
	"a counter of a queue is not moved": {always(`UPDATE events SET waiting = waiting + 1 WHERE waiting > 0`), "counters"},
	"an offer ends a day later, whatever hour that is": {func(w *world) string {
		until := w.k.Clock.Now().Add(24 * time.Hour).UnixMicro()
		return fmt.Sprintf(`UPDATE registrations SET offer_until = %d WHERE status = 'offered'`, until)
	}, "has been offered a place until"},
	"one more is let in than there are places": {always(`
PRAGMA ignore_check_constraints = ON;
CREATE TEMP TABLE extra AS SELECT min(r.id) AS id, e.id AS event FROM registrations r JOIN events e ON e.id = r.event_id
WHERE r.status = 'waitlisted' AND e.seats_taken = e.capacity GROUP BY e.id LIMIT 1;
UPDATE registrations SET status = 'confirmed', keeps_id = NULL WHERE id IN (SELECT id FROM extra);
UPDATE events SET seats_taken = seats_taken + 1, waiting = waiting - 1 WHERE id IN (SELECT event FROM extra);
DROP TABLE extra`), "people in"},
	"nobody is offered what comes free": {always(`
UPDATE events SET seats_taken = seats_taken - (SELECT count(*) FROM registrations r WHERE r.event_id = events.id AND r.status = 'offered'),
  waiting = waiting + (SELECT count(*) FROM registrations r WHERE r.event_id = events.id AND r.status = 'offered');
UPDATE registrations SET status = 'waitlisted', offer_until = 0 WHERE status = 'offered'`), "places are idle"},
	"a letter is forgotten": {always(`DELETE FROM letters WHERE n > 1`), "differs"},
	"a line of the history is forgotten": {always(`
DELETE FROM history WHERE n > 1 AND n = (SELECT max(n) FROM history h WHERE h.registration_id = history.registration_id)`), "differs"},
	"a place that is handed over is free in between": {always(`
UPDATE events SET seats_taken = seats_taken - 1 WHERE id IN (SELECT event_id FROM registrations WHERE status = 'transferred') AND seats_taken > 0`), "counters"},
	"a link dies with the place": {always(`UPDATE registrations SET link_hash = x'00' WHERE status = 'cancelled'`), "the link of"},
	"a kept place is forgotten":  {always(`UPDATE registrations SET keeps_id = NULL`), "differs"},
}

func always(sql string) func(*world) string { return func(*world) string { return sql } }

// Each of them is found out by a few of the same random sequences, and by the words that fit.
func TestLife_randomSequences_twins(t *testing.T) {
	testkit.OnlySQLite(t) // the broken programs are written in its words; what finds them is the same
	t.Parallel()
	for name, broken := range breaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := openWorld(t)
			fault := func(w *world) error {
				_, err := w.db.Exec(broken.sql(w))
				return err
			}
			said := map[string]bool{}
			for seed := range 60 {
				err := drive(t.Context(), w, sequences().Example(seed), fault, tally{})
				if err != nil && strings.Contains(err.Error(), broken.found) {
					return
				}
				said[fmt.Sprint(err)] = true
			}
			t.Errorf("not found out as %q; said was %v", broken.found, said)
		})
	}
}
