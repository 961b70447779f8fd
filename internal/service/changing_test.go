package service_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// gathering is an event of three places with one of everyone: two with a place, one of them without an
// address; one with an offer; one who waits; one who has left.
type gathering struct {
	*backOffice
	e                    domain.Event
	anna, offered, waits string // tokens
	db                   testkit.Raw
}

func openGathering(t *testing.T) *gathering {
	t.Helper()
	c := &gathering{backOffice: openBackOffice(t)}
	db := c.Raw(t)
	c.db = db
	c.save(t, c.eva, "lulea", func(in *domain.EventEntry) { in.Capacity = "3" })
	c.e = c.public(t, "lulea")
	c.anna = c.comes(t, c.e, 1, func(in *domain.Entry) { in.Needs.DietText = "" })
	in := testkit.Input(c.e, testkit.Person(2))
	in.Channel, in.Entry.Email = domain.ChannelPhone, ""
	if _, err := c.Registrations.Register(t.Context(), domain.Operator(), in); err != nil {
		t.Fatal(err)
	}
	leaver := c.comes(t, c.e, 3)
	c.offered, c.waits = c.comes(t, c.e, 4), c.comes(t, c.e, 5)
	if err := c.Registrations.Cancel(t.Context(), domain.Visitor(), leaver, ""); err != nil {
		t.Fatal(err)
	}
	letters(t, c.Kit)
	return c
}

// rows are those of a query, in words.
func (c *gathering) rows(t *testing.T, query string, args ...any) string {
	t.Helper()
	var out []string
	if err := c.db.Select(&out, query, args...); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, ", ")
}

func (c *gathering) move(in *domain.EventEntry) { in.Day, in.Starts = "8 december 2016", "10.00" }

func (c *gathering) change(t *testing.T, tell domain.TellWhom, until string) (int, error) {
	t.Helper()
	return c.events.Change(t.Context(), c.eva, service.ChangeInput{
		EditInput: edit(c.open(t, c.eva, "lulea"), c.move), Tell: tell, Until: until, Note: domain.Text{Sv: "Tåget är inställt.", En: "No train."},
	})
}

// TestChange: whoever is live has it in her history, a letter that changes her calendar, and the right to let
// go of her place.
func TestChange(t *testing.T) {
	t.Parallel()
	c := openGathering(t)
	in := edit(c.open(t, c.eva, "lulea"), c.move)
	if err := c.events.Save(t.Context(), c.eva, in); inWords(err) != "conflict: event.people_bound" {
		t.Fatalf("saved behind their backs: %v", err)
	}
	plan, err := c.events.PlanChange(t.Context(), c.eva, in)
	if err != nil {
		t.Fatal(err)
	}
	h := plan.Holdings
	if strings.Join(plan.Parts, " ") != "day hours" || h.Confirmed != 2 || h.Offered != 1 || h.Waiting != 1 || h.NoEmail != 1 || h.Live() != 4 ||
		plan.Until != c.e.CancelUntil || plan.Will.Programme != nil {
		t.Errorf("plan %+v", plan)
	}
	c.Clock.Set(c.e.CancelUntil.AddDays(3).At(9 * 60))
	if err := c.Registrations.Cancel(t.Context(), domain.Visitor(), c.anna, ""); inWords(err) != "closed: cancel.hand_over" {
		t.Errorf("the last day has passed: %v", err)
	}
	in = edit(c.open(t, c.eva, "lulea"), c.move)
	told, err := c.events.Change(t.Context(), c.eva, service.ChangeInput{EditInput: in, Tell: domain.TellAll, Note: domain.Text{Sv: "Tåget är inställt."}})
	if err != nil || told != 3 {
		t.Fatalf("told %d, %v", told, err)
	}
	e := c.public(t, "lulea")
	if e.Day.String() != "2016-12-08" || e.Starts != 600 || e.Revision != c.e.Revision+1 || e.UpdatedAt.Before(c.Clock.Now().Add(-time.Second)) {
		t.Errorf("the event is %+v", e)
	}
	until := domain.DateIn(c.Clock.Now()).AddDays(14)
	if got := c.rows(t, `SELECT status || ' ' || cancel_until FROM registrations WHERE event_id = ? ORDER BY id`, c.e.ID); got !=
		strings.ReplaceAll("confirmed U, confirmed U, cancelled , offered U, waitlisted U", "U", until.String()) {
		t.Errorf("registrations: %s", got)
	}
	if got := c.rows(t, `SELECT l.kind || ' ' || l.status || ' ' || l.state || ' ' || l.queue_position FROM letters l JOIN registrations r ON r.id = l.registration_id
WHERE l.kind LIKE '%event_%' ORDER BY l.id`); got !=
		"event_changed confirmed queued 0, event_changed confirmed withheld 0, event_changed offered queued 0, event_changed waitlisted queued 1" {
		t.Errorf("letters: %s", got)
	}
	o := own(t, c.Kit, c.anna)
	last := o.History[len(o.History)-1]
	if last.Kind != domain.HistoryEventChanged || last.Actor != "Eva Exempel" || last.Details.Was.Day != c.e.Day || last.Details.Reason != "Tåget är inställt." ||
		last.Details.Day != until || o.Registration.Revision == 0 || !o.Options.Cancel {
		t.Errorf("her history ends with %+v, options %+v", last, o.Options)
	}
	var d domain.Details
	if err := json.Unmarshal([]byte(c.rows(t, `SELECT details FROM letters WHERE kind = 'event_changed' ORDER BY id LIMIT 1`)), &d); err != nil || d.Sequence != o.Registration.Revision {
		t.Errorf("the letter has the sequence %d, the registration %d (%v)", d.Sequence, o.Registration.Revision, err)
	}
	// The same again, as when a button is pressed twice, tells nobody anything.
	if told, err := c.events.Change(t.Context(), c.eva, service.ChangeInput{EditInput: in, Tell: domain.TellAll}); err != nil || told != 0 {
		t.Errorf("sent again: %d, %v", told, err)
	}
	if got := c.audited(t, "lulea"); got != "event.saved event.changed" {
		t.Errorf("log: %s", got)
	}
	c.Clock.Set(until.At(23 * 60))
	if err := c.Registrations.Cancel(t.Context(), domain.Visitor(), c.anna, ""); err != nil {
		t.Errorf("she cannot let go: %v", err)
	}
	sound(t, c.Kit)
}

// TestChange_thoseWhoCameAfter: who registers for the new day is bound to it as anyone else.
func TestChange_thoseWhoCameAfter(t *testing.T) {
	t.Parallel()
	c := openGathering(t)
	if _, err := c.change(t, domain.TellAll, ""); err != nil {
		t.Fatal(err)
	}
	c.save(t, c.eva, "lulea", func(in *domain.EventEntry) { in.Capacity = "10" })
	late := c.comes(t, c.public(t, "lulea"), 9)
	if got := c.rows(t, `SELECT cancel_until FROM registrations ORDER BY id DESC LIMIT 1`); got != "" {
		t.Errorf("who came after may cancel until %q", got)
	}
	c.Clock.Set(c.e.CancelUntil.AddDays(1).At(60))
	if own(t, c.Kit, late).Options.Cancel {
		t.Error("the last day does not bind who came after")
	}
	sound(t, c.Kit)
}

func TestChange_tellWhom(t *testing.T) {
	t.Parallel()
	for tell, want := range map[domain.TellWhom]struct {
		told                        int
		accepted, onTheWay, missing int
	}{
		domain.TellAll: {3, 0, 3, 1}, domain.TellPlaces: {2, 0, 2, 2}, domain.TellNobody: {0, 0, 0, 4},
	} {
		t.Run(string(tell), func(t *testing.T) {
			t.Parallel()
			c := openGathering(t)
			told, err := c.change(t, tell, "")
			if err != nil || told != want.told {
				t.Fatalf("told %d, %v", told, err)
			}
			if n := c.rows(t, `SELECT count(*) FROM history WHERE kind = 'event_changed'`); n != "4" {
				t.Errorf("%s have it in their history", n)
			}
			r, err := c.events.Reach(t.Context(), c.eva, "lulea", false)
			if err != nil || r.Kind != domain.LetterEventChanged || r.Total != 4 || r.OnTheWay != want.onTheWay || len(r.Unreached) != want.missing || len(r.Waiting) != r.OnTheWay ||
				(len(r.Waiting) > 0 && r.Waiting[0].Why != domain.UnreachedYet) {
				t.Errorf("reach %+v, %v", r, err)
			}
			sound(t, c.Kit)
		})
	}
}

func TestChange_faults(t *testing.T) {
	t.Parallel()
	c := openGathering(t)
	before := c.rows(t, `SELECT count(*) || '' FROM letters UNION ALL SELECT count(*) || '' FROM history UNION ALL SELECT day FROM events`)
	for want, in := range map[string]service.ChangeInput{
		"tell: edit.tell.missing":                             {},
		"until: field.date.year_missing":                      {Tell: domain.TellAll, Until: "1 december"},
		"until: field.day.passed":                             {Tell: domain.TellAll, Until: "2016-09-01"},
		"until: edit.until.after":                             {Tell: domain.TellAll, Until: "2016-12-09"},
		"note_sv: edit.reason.too_long":                       {Tell: domain.TellAll, Note: domain.Text{Sv: strings.Repeat("x", 501)}},
		"note_sv: field.personal_number":                      {Tell: domain.TellAll, Note: domain.Text{Sv: "Ring 19121212-1212."}},
		"tell: edit.tell.missing, note_en: field.web_address": {Tell: "some", Note: domain.Text{En: "See https://x.example"}},
	} {
		in.EditInput = edit(c.open(t, c.eva, "lulea"), c.move)
		if _, err := c.events.Change(t.Context(), c.eva, in); faults(err) != want {
			t.Errorf("got %s, want %s", faults(err), want)
		}
		if _, err := c.events.ReviewChange(t.Context(), c.eva, in); faults(err) != want {
			t.Errorf("reviewed: got %s, want %s", faults(err), want)
		}
	}
	reviewed, err := c.events.ReviewChange(t.Context(), c.eva, service.ChangeInput{
		EditInput: edit(c.open(t, c.eva, "lulea"), c.move), Tell: domain.TellAll, Until: "2016-11-30",
	})
	if err != nil || reviewed.Until.String() != "2016-11-30" || reviewed.Will.Day.String() != "2016-12-08" {
		t.Errorf("reviewed %+v, %v", reviewed, err)
	}
	if after := c.rows(t, `SELECT count(*) || '' FROM letters UNION ALL SELECT count(*) || '' FROM history UNION ALL SELECT day FROM events`); after != before {
		t.Errorf("a refusal has changed something: %s, was %s", after, before)
	}
	if d := c.open(t, c.eva, "lulea"); d.Mine == nil || d.Mine.Entry.Day != "8 december 2016" {
		t.Error("what was refused is lost")
	}
	c.Clock.Set(c.e.EndsAt())
	if _, err := c.change(t, domain.TellAll, ""); inWords(err) != "closed: registration.held" {
		t.Errorf("an event that is over: %v", err)
	}
}

// TestChange_group: the contact person is told once of all her places without a name.
func TestChange_group(t *testing.T) {
	t.Parallel()
	c := openGathering(t)
	g := c.AddEvent(t, forGroups("grupper", 20))
	join(t, c.Kit, several(g, domain.GroupSome, 3, 1))
	letters(t, c.Kit)
	in := service.ChangeInput{EditInput: edit(c.open(t, c.eva, "grupper"), c.move), Tell: domain.TellAll}
	told, err := c.events.Change(t.Context(), c.eva, in)
	if err != nil || told != 2 {
		t.Fatalf("told %d, %v", told, err)
	}
	if got := c.rows(t, `SELECT kind || ' ' || recipient || ' ' || state FROM letters WHERE kind LIKE '%event_%' ORDER BY id`); got !=
		"event_changed person1@example.se queued, group_event_changed "+contact+" queued, event_changed  withheld, event_changed  withheld" {
		t.Errorf("letters: %s", got)
	}
	r, err := c.events.Reach(t.Context(), c.eva, "grupper", false)
	if err != nil || r.Total != 2 || len(r.Unreached) != 0 {
		t.Errorf("reach %+v, %v", r, err)
	}
	letters(t, c.Kit)
	if told, err = c.events.Cancel(t.Context(), c.eva, "grupper", domain.Text{Sv: "Sjukdom."}); err != nil || told != 2 {
		t.Fatalf("told %d of the cancellation, %v", told, err)
	}
	if got := c.rows(t, `SELECT '' || `+c.db.Number("details", "reserved")+` FROM letters WHERE kind = 'group_event_cancelled'`); got != "3" {
		t.Errorf("the contact person is told of %s places", got)
	}
	if _, err := c.db.Exec(`UPDATE letters SET state = 'failed' WHERE kind = 'group_event_cancelled'`); err != nil {
		t.Fatal(err)
	}
	r, err = c.events.Reach(t.Context(), c.eva, "grupper", false)
	if err != nil || r.Kind != domain.LetterEventCancelled || len(r.Unreached) != 1 || r.Unreached[0].Contact != "Eva Exempel" || r.Unreached[0].Email != contact {
		t.Errorf("reach %+v, %v", r, err)
	}
	sound(t, c.Kit)
}
