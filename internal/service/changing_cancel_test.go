package service_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// TestCancel: everything at the event ends, everyone is told, and nobody gets a place by it.
func TestCancel(t *testing.T) {
	t.Parallel()
	c := openGathering(t)
	c.save(t, c.eva, "lulea", func(in *domain.EventEntry) {
		in.Capacity = "4"
		in.Rules.Food = true
		in.Programme = []domain.SessionEntry{{Title: domain.Text{Sv: "Samtal"}, Starts: "13", Parallel: "A", Capacity: "1"}}
	})
	e := c.public(t, "lulea")
	talk := fmt.Sprint(e.Programme[0].ID)
	for _, token := range []string{c.anna} {
		o := own(t, c.Kit, token)
		in := testkit.Person(1)
		in.Sessions = []string{talk}
		if _, err := c.Registrations.Change(t.Context(), domain.Visitor(), token, service.Change{Entry: in, Seen: o.Registration.Revision}); err != nil {
			t.Fatal(err)
		}
		if err := c.Registrations.TellNeeds(t.Context(), domain.Visitor(), token, domain.NeedsEntry{DietText: "Nötter"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Registrations.Accept(t.Context(), domain.Visitor(), c.offered); err != nil {
		t.Fatal(err)
	}
	o := own(t, c.Kit, c.offered)
	in := testkit.Person(4)
	in.Sessions = []string{talk}
	if _, err := c.Registrations.Change(t.Context(), domain.Visitor(), c.offered, service.Change{Entry: in, Seen: o.Registration.Revision}); err != nil {
		t.Fatal(err)
	}
	letters(t, c.Kit)
	if _, err := c.events.Cancel(t.Context(), c.eva, "lulea", domain.Text{}); faults(err) != "reason_sv: edit.reason.missing" {
		t.Errorf("without a reason: %s", faults(err))
	}
	plan, err := c.events.PlanCancel(t.Context(), c.eva, "lulea")
	if err != nil || plan.Holdings.Live() != 4 || plan.Holdings.NoEmail != 1 {
		t.Errorf("plan %+v, %v", plan.Holdings, err)
	}
	told, err := c.events.Cancel(t.Context(), c.eva, "lulea", domain.Text{Sv: "Föreläsaren är sjuk.", En: "Illness."})
	if err != nil || told != 3 {
		t.Fatalf("told %d, %v", told, err)
	}
	if got := c.rows(t, `SELECT status FROM registrations WHERE event_id = ? ORDER BY id`, c.e.ID); got != "withdrawn, withdrawn, cancelled, withdrawn, withdrawn" {
		t.Errorf("registrations: %s", got)
	}
	if got := c.rows(t, `SELECT kind || ' ' || status || ' ' || state FROM letters WHERE state = 'queued' OR kind = 'event_cancelled' ORDER BY id`); got !=
		"event_cancelled withdrawn queued, event_cancelled withdrawn withheld, event_cancelled withdrawn queued, event_cancelled withdrawn queued" {
		t.Errorf("letters: %s", got)
	}
	if got := c.rows(t, `SELECT (SELECT count(*) FROM needs) || ' ' || (SELECT count(*) FROM choices) || ' ' || seats_taken || ' ' || waiting || ' ' || state FROM events WHERE slug = 'lulea'`); got != "0 0 0 0 cancelled" {
		t.Errorf("needs, choices, places, queue, state: %s", got)
	}
	now := c.public(t, "lulea")
	if now.CancelNote.En != "Illness." || now.Revision <= e.Revision || now.Availability(c.Clock.Now()) != domain.AvailableCancelled {
		t.Errorf("its page tells %+v", now)
	}
	if told, err := c.events.Cancel(t.Context(), c.eva, "lulea", domain.Text{}); err != nil || told != 0 {
		t.Errorf("again: %d, %v", told, err)
	}
	if got := c.audited(t, "lulea"); !strings.HasSuffix(got, " event.cancelled") {
		t.Errorf("log: %s", got)
	}
	for name, err := range map[string]error{
		"save":    c.events.Save(t.Context(), c.eva, edit(c.open(t, c.eva, "lulea"), c.move)),
		"publish": c.events.Publish(t.Context(), c.eva, "lulea"), "unpublish": c.events.Unpublish(t.Context(), c.eva, "lulea"),
	} {
		if inWords(err) != "closed: registration.cancelled" {
			t.Errorf("%s: %v", name, err)
		}
	}
	sound(t, c.Kit)
}

func TestCancel_refusals(t *testing.T) {
	t.Parallel()
	c := openGathering(t)
	slug, err := c.events.Create(t.Context(), c.eva, service.NewEvent{Owner: "BD", Title: domain.Text{Sv: "Utkast"}})
	if err != nil {
		t.Fatal(err)
	}
	why := domain.Text{Sv: "Sjukdom."}
	if _, err := c.events.Cancel(t.Context(), c.eva, slug, why); inWords(err) != "conflict: event.not_published" {
		t.Errorf("a draft: %v", err)
	}
	c.Clock.Set(c.e.EndsAt())
	if _, err := c.events.Cancel(t.Context(), c.eva, "lulea", why); inWords(err) != "closed: registration.held" {
		t.Errorf("one that is over: %v", err)
	}
}

// TestCancel_whileTheyCome: whoever registers while it is cancelled is told no, or told that it is cancelled.
func TestCancel_whileTheyCome(t *testing.T) {
	t.Parallel()
	c := openGathering(t)
	c.save(t, c.eva, "kiruna", func(in *domain.EventEntry) { in.Capacity = "30" })
	e := c.public(t, "kiruna")
	var wg sync.WaitGroup
	for n := range 60 {
		wg.Go(func() {
			_, err := c.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(e, testkit.Person(n)))
			if err != nil && inWords(err) != "closed: registration.cancelled" {
				t.Errorf("told %v", err)
			}
		})
	}
	wg.Go(func() {
		if _, err := c.events.Cancel(t.Context(), c.eva, "kiruna", domain.Text{Sv: "Storm."}); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	if got := c.rows(t, `SELECT count(*) || '' FROM registrations WHERE event_id = ? AND status <> 'withdrawn'`, e.ID); got != "0" {
		t.Errorf("%s are registered at a cancelled event", got)
	}
	sound(t, c.Kit)
}

// TestReach: who has not been reached, why, and how to call her; protected people stay masked.
func TestReach(t *testing.T) {
	t.Parallel()
	c := openGathering(t)
	if err := c.Registrations.Protect(t.Context(), domain.Operator(), "lulea", "person4@example.se"); err != nil {
		t.Fatal(err)
	}
	if r, err := c.events.Reach(t.Context(), c.eva, "lulea", false); err != nil || r.Total != 0 || r.Kind != "" {
		t.Errorf("nothing has happened: %+v, %v", r, err)
	}
	if _, err := c.change(t, domain.TellAll, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := c.db.Exec(`UPDATE letters SET state = CASE WHEN recipient LIKE 'person4%' THEN 'failed' ELSE 'accepted' END
WHERE kind = 'event_changed' AND state = 'queued'`); err != nil {
		t.Fatal(err)
	}
	r, err := c.events.Reach(t.Context(), c.eva, "lulea", false)
	if err != nil || r.Total != 4 || r.Accepted != 2 || len(r.Unreached) != 2 || r.At != domain.DateIn(c.Clock.Now()) {
		t.Fatalf("reach %+v, %v", r, err)
	}
	if u := r.Unreached[0]; u.Why != domain.UnreachedNoEmail || u.Phone == "" || u.Hidden {
		t.Errorf("first %+v", u)
	}
	if u := r.Unreached[1]; u.Why != domain.UnreachedFailed || u.Name() != "" || u.Email != "" || u.Phone != "" || !u.Hidden || u.Ref == "" {
		t.Errorf("second %+v", u)
	}
	reader := c.actor(t, domain.RoleReader, "BD")
	for who, a := range map[string]domain.Actor{"organiser": c.eva, "reader": reader} {
		r, err := c.events.Reach(t.Context(), a, "lulea", true)
		if shown := err == nil && !r.Unreached[1].Hidden; shown != (who == "organiser") {
			t.Errorf("%s, asking to see: %t, %v", who, shown, err)
		}
	}
	if got := c.audited(t, "lulea"); !strings.HasSuffix(got, "event.changed registration.protected_shown") || strings.Count(got, "protected_shown") != 1 {
		t.Errorf("log: %s", got)
	}
	if err := c.Registrations.Cancel(t.Context(), domain.Visitor(), c.offered, ""); err != nil {
		t.Fatal(err)
	}
	if r, _ := c.events.Reach(t.Context(), c.eva, "lulea", false); r.Total != 3 || len(r.Unreached) != 1 {
		t.Errorf("who has left is still to be reached: %+v", r)
	}
	if _, err := c.events.Reach(t.Context(), c.actor(t, domain.RoleCheckIn, "BD"), "lulea", false); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("at the door: %v", err)
	}
}
