package service_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// automaticDesk is an event of Norrbotten on 1 December 2016 with its letters, and the worker that lets them go.
// Its reminder is due on 24 November at nine.
type automaticDesk struct {
	*mailingDesk
	auto *service.Automatics
	db   testkit.Raw
}

func newAutomaticDesk(t *testing.T, people int) *automaticDesk {
	t.Helper()
	d := &automaticDesk{mailingDesk: newMailingDesk(t, people, nil)}
	d.o.PageLink = func(_ domain.Lang, route string, args ...string) string {
		return "https://example.se/" + route + "/" + args[0]
	}
	d.auto = d.worker(d.Store)
	db := d.Raw(t)
	d.db = db
	d.exec(`UPDATE events SET register_until = '2016-11-30'`)
	if err := d.Store.Write(t.Context(), func(tx *store.Tx) error { // which lets go of what was known of the event
		return tx.SetCapacity(t.Context(), d.event.ID, domain.Seats(people+5), d.Clock.Now())
	}); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *automaticDesk) worker(s *store.Store) *service.Automatics {
	words := make(map[domain.AutomaticKind]domain.MailingEntry)
	for _, k := range domain.AutomaticKinds() {
		words[k] = domain.MailingEntry{
			Subject: domain.Text{Sv: "Om {tillfälle}", En: "About {event}"}, Body: domain.Text{Sv: "Hej {förnamn}!", En: "Hello {given name}!"},
		}
	}
	return &service.Automatics{
		Store: s, Words: words, Now: d.Clock.Now, Log: slog.New(slog.DiscardHandler),
		Mailings: &service.Mailings{Store: s, Registrations: d.Registrations, Outbox: d.o, Now: d.Clock.Now},
	}
}

func (d *automaticDesk) exec(query string, args ...any) {
	d.t.Helper()
	if _, err := d.db.Exec(query, args...); err != nil {
		d.t.Fatal(err)
	}
}

// begin runs the worker at an instant, lets what it made go, and answers when it wants to be called again and
// how many letters went.
func (d *automaticDesk) begin(at time.Time) (next time.Time, went int) {
	d.t.Helper()
	d.Clock.Set(at)
	next, err := d.auto.Begin(d.t.Context(), domain.Worker())
	if err != nil {
		d.t.Fatal(err)
	}
	before := d.sent()
	d.run()
	return next, d.sent() - before
}

func (d *automaticDesk) turn(k domain.AutomaticKind, on bool) {
	d.t.Helper()
	if err := d.auto.Switch(d.t.Context(), d.a, "lulea", k, on); err != nil {
		d.t.Fatal(err)
	}
}

func (d *automaticDesk) letter(k domain.AutomaticKind) service.AutomaticLetter {
	d.t.Helper()
	e, err := d.auto.Of(d.t.Context(), d.a, "lulea")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, l := range e.Letters {
		if l.Kind == k {
			return l
		}
	}
	d.t.Fatal("no such letter")
	return service.AutomaticLetter{}
}

func wall(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, domain.Stockholm())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// The reminder goes at nine on its day, to those who were registered then, once however often the worker runs;
// and the worker asks to be woken at that very instant.
func TestAutomatics_reminder(t *testing.T) {
	t.Parallel()
	d := newAutomaticDesk(t, 30)
	due := wall(t, "2016-11-24 09:00")
	if next, went := d.begin(wall(t, "2016-11-24 08:00")); went != 0 || !next.Equal(due) {
		t.Fatalf("an hour before: %d letters, again at %v", went, next)
	}
	if l := d.letter(domain.AutomaticReminder); l.Plan.State != domain.AutomaticAhead || !l.Plan.At.Equal(due) || l.People != 30 {
		t.Errorf("the page says %+v", l.Plan)
	}
	if _, went := d.begin(due); went != 30 {
		t.Fatalf("%d letters, want 30", went)
	}
	register(t, d.Kit, testkit.Input(d.event, testkit.Person(31)))
	d.r.sent = map[string][][]byte{}
	for _, at := range []string{"2016-11-24 09:10", "2016-11-25 09:00", "2016-11-30 23:00", "2016-12-12 09:00"} {
		if _, went := d.begin(wall(t, at)); went > 1 || went == 1 && len(d.r.sent["person31@example.se"]) != 1 { // her own confirmation
			t.Errorf("%s: %d letters", at, went)
		}
	}
	l := d.letter(domain.AutomaticReminder)
	if l.Plan.State != domain.AutomaticGone || l.People != 30 {
		t.Errorf("the page says %s to %d", l.Plan.State, l.People)
	}
	m, c := d.look(l.Plan.Sent.Mailing)
	if m.State != domain.MailingDone || c.Accepted != 30 || m.Auto.Kind != domain.AutomaticReminder || m.Auto.Day != d.event.Day {
		t.Errorf("its mailing: %s %+v %+v", m.State, c, m.Auto)
	}
	sound(t, d.Kit)
}

// The program is down when the reminder is due: it goes when the program is up again, but never to those who
// registered meanwhile, and not when the event has begun.
func TestAutomatics_programDown(t *testing.T) {
	t.Parallel()
	d := newAutomaticDesk(t, 3)
	d.Clock.Set(wall(t, "2016-11-24 12:00"))
	late := register(t, d.Kit, testkit.Input(d.event, testkit.Person(9)))
	drain(t, d.Kit, d.o)
	clear(d.r.sent)
	if _, went := d.begin(wall(t, "2016-11-25 13:37")); went != 3 || len(d.r.sent["person9@example.se"]) != 0 {
		t.Errorf("%d letters, %d to who registered too late (%s)", went, len(d.r.sent["person9@example.se"]), late.Reference)
	}
	gone := newAutomaticDesk(t, 3)
	if _, went := gone.begin(wall(t, "2016-12-01 09:00")); went != 0 || gone.letter(domain.AutomaticReminder).Plan.State != domain.AutomaticLapsed {
		t.Errorf("%d letters when the event has begun", went)
	}

	// the twin: a clock of arrival that says nothing of when she came
	twin := newAutomaticDesk(t, 3)
	twin.Clock.Set(wall(t, "2016-11-24 12:00"))
	register(t, twin.Kit, testkit.Input(twin.event, testkit.Person(9)))
	drain(t, twin.Kit, twin.o)
	clear(twin.r.sent)
	twin.exec(`UPDATE registrations SET received_at = 1`)
	if twin.begin(wall(t, "2016-11-25 13:37")); len(twin.r.sent["person9@example.se"]) != 1 {
		t.Error("the twin without the rule writes to nobody who came late: the test proves nothing")
	}
}

// Several workers find the letter due at the same moment: one mailing is made. Without the unique index of the
// database each makes one.
func TestAutomatics_severalWorkers(t *testing.T) {
	t.Parallel()
	race := func(d *automaticDesk) int {
		d.Clock.Set(wall(t, "2016-11-24 09:00"))
		var wg sync.WaitGroup
		for range 4 { // each has found it due before any of the others wrote
			w := d.worker(d.Store)
			wg.Go(func() {
				if err := service.BeginFound(t.Context(), w, domain.Worker(), d.event.ID, domain.AutomaticReminder); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var n int
		if err := d.db.Get(&n, `SELECT count(*) FROM mailings WHERE auto_kind = 'reminder'`); err != nil {
			t.Fatal(err)
		}
		d.run()
		return n
	}
	d := newAutomaticDesk(t, 3)
	if n := race(d); n != 1 || d.sent() != 3 {
		t.Errorf("%d mailings and %d letters, want 1 and 3", n, d.sent())
	}
	twin := newAutomaticDesk(t, 3)
	twin.exec(`DROP INDEX mailings_auto`)
	if n := race(twin); n < 2 || twin.sent() < 6 {
		t.Errorf("without the index %d mailings and %d letters: the test proves nothing", n, twin.sent())
	}
}

// A worker that is killed between making the mailing and its letters leaves everything to the next.
func TestAutomatics_killedBetween(t *testing.T) {
	t.Parallel()
	d := newAutomaticDesk(t, 25)
	d.Clock.Set(wall(t, "2016-11-24 09:00"))
	dead, kill := context.WithCancel(t.Context())
	kill()
	if _, err := d.auto.Begin(dead, domain.Worker()); err == nil {
		t.Fatal("a dead worker works")
	}
	if _, err := d.auto.Begin(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.s.Advance(t.Context(), domain.Worker()); err != nil { // the first are begun with, none is sent
		t.Fatal(err)
	}
	if _, went := d.begin(wall(t, "2016-11-24 09:05")); went != 25 || len(d.r.sent) != 25 {
		t.Errorf("%d letters to %d people, want 25", went, len(d.r.sent))
	}
}

// Switched off, called off or moved: nothing goes that should not, and a new day has a new reminder.
func TestAutomatics_changes(t *testing.T) {
	t.Parallel()
	due := "2016-11-24 09:00"
	off := newAutomaticDesk(t, 2)
	off.turn(domain.AutomaticReminder, false)
	if _, went := off.begin(wall(t, due)); went != 0 {
		t.Errorf("switched off: %d letters", went)
	}
	off.Clock.Set(wall(t, "2016-11-24 10:00"))
	off.turn(domain.AutomaticReminder, true)
	if _, went := off.begin(wall(t, "2016-11-24 11:00")); went != 0 || off.letter(domain.AutomaticReminder).Plan.State != domain.AutomaticMissed {
		t.Errorf("switched on too late: %d letters, %s", went, off.letter(domain.AutomaticReminder).Plan.State)
	}

	moved := newAutomaticDesk(t, 2)
	moved.begin(wall(t, due))
	moved.Clock.Set(wall(t, "2016-11-28 10:00"))
	moved.exec(`UPDATE events SET day = '2016-12-15', timed_at = ?`, moved.Clock.Now().UnixMicro())
	if _, went := moved.begin(wall(t, "2016-12-08 09:00")); went != 2 {
		t.Errorf("moved by two weeks: %d letters for the new day", went)
	}
	near := newAutomaticDesk(t, 2)
	near.begin(wall(t, due))
	near.exec(`UPDATE events SET day = '2016-12-05', timed_at = ?`, near.Clock.Now().UnixMicro())
	if _, went := near.begin(wall(t, "2016-11-28 09:00")); went != 0 || near.letter(domain.AutomaticReminder).Plan.State != domain.AutomaticClose {
		t.Errorf("moved by four days: %d letters, %s", went, near.letter(domain.AutomaticReminder).Plan.State)
	}
	called := newAutomaticDesk(t, 2)
	called.exec(`UPDATE events SET state = 'cancelled'`)
	if _, went := called.begin(wall(t, due)); went != 0 {
		t.Errorf("called off: %d letters", went)
	}
}

// Weeks on the clock: thanks go to those who were there, and to the absent when somebody has noted who they are.
func TestAutomatics_afterwards(t *testing.T) {
	t.Parallel()
	d := newAutomaticDesk(t, 4)
	for _, k := range []domain.AutomaticKind{domain.AutomaticPractical, domain.AutomaticReminder, domain.AutomaticThanks, domain.AutomaticAbsent} {
		d.turn(k, true)
	}
	went := map[string]int{}
	for at := wall(t, "2016-11-01 09:00"); at.Before(wall(t, "2017-01-10 09:00")); {
		if at.Equal(wall(t, "2016-12-06 09:00")) { // five days after
			d.exec(`UPDATE registrations SET attendance = CASE WHEN id % 2 = 0 THEN 'present' ELSE 'absent' END`)
		}
		if _, n := d.begin(at); n > 0 {
			went[at.In(domain.Stockholm()).Format("01-02")] = n
		}
		y, m, day := at.In(domain.Stockholm()).Date()
		at = time.Date(y, m, day+1, 9, 0, 0, 0, domain.Stockholm())
	}
	if len(went) != 4 || went["11-17"] != 4 || went["11-24"] != 4 || went["12-02"] != 4 || went["12-06"] != 2 {
		t.Errorf("letters went on %v", went)
	}
	marked := newAutomaticDesk(t, 4)
	marked.turn(domain.AutomaticThanks, true)
	marked.exec(`UPDATE registrations SET attendance = CASE WHEN id = 1 THEN 'present' ELSE 'absent' END`)
	marked.turn(domain.AutomaticReminder, false)
	if _, n := marked.begin(wall(t, "2016-12-02 09:00")); n != 1 {
		t.Errorf("%d thanks, want 1", n)
	}
}

// What has a fault cannot be saved, two who write at once hear of each other, and nobody does anything at an
// event whose mail is not theirs.
func TestAutomatics_save(t *testing.T) {
	t.Parallel()
	d := newAutomaticDesk(t, 1)
	l := d.letter(domain.AutomaticReminder)
	in := domain.AutomaticEntry{On: true, Days: "3", Subject: l.Own.Subject, Body: domain.Text{Sv: "Kom {ortt}!", En: l.Own.Body.En}}
	var wrong *domain.Invalid
	if err := d.auto.Save(t.Context(), d.a, "lulea", l.Kind, 0, in); !errors.As(err, &wrong) || wrong.Faults[0].Args["line"] != 1 {
		t.Errorf("a word that is none: %v", err)
	}
	in.Body.Sv = "Kom till {ort}!"
	if err := d.auto.Save(t.Context(), d.a, "lulea", l.Kind, 0, in); err != nil {
		t.Fatal(err)
	}
	if err := d.auto.Save(t.Context(), d.a, "lulea", l.Kind, 0, in); domain.CodeOf(err) != domain.CodeConflict {
		t.Errorf("saved over somebody else: %v", err)
	}
	if now := d.letter(l.Kind); now.Body.Sv != in.Body.Sv || now.Days != 3 || now.Body.En != "" || now.ChangedBy != "Bo Exempel" || now.Revision != 1 {
		t.Errorf("%+v", now.Automatic)
	}
	other := domain.Actor{Name: "Zara", Grants: []domain.Grant{{Role: domain.RoleCaseWorker, County: "Z"}}}
	reader := domain.Actor{Name: "Rut", Grants: []domain.Grant{{Role: domain.RoleCheckIn, County: "BD"}}}
	for _, a := range []domain.Actor{other, reader} {
		if _, err := d.auto.Of(t.Context(), a, "lulea"); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s sees the letters: %v", a.Name, err)
		}
		if err := d.auto.Switch(t.Context(), a, "lulea", l.Kind, false); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s switches: %v", a.Name, err)
		}
		if _, err := d.auto.Look(t.Context(), a, "lulea", l.Kind, "", domain.Swedish); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s looks: %v", a.Name, err)
		}
	}
	d.exec(`UPDATE registrations SET protected = TRUE`)
	if who, err := d.auto.Readers(t.Context(), d.a, "lulea", l.Kind); err != nil || len(who) != 0 {
		t.Errorf("a letter to someone with protected identity can be looked at: %v %v", who, err)
	}
}

// A letter that has no value for one of its words waits, and goes when it has.
func TestAutomatics_blocked(t *testing.T) {
	t.Parallel()
	d := newAutomaticDesk(t, 2)
	l := d.letter(domain.AutomaticReminder)
	in := domain.AutomaticEntry{On: true, Days: "5", Subject: l.Own.Subject, Body: domain.Text{Sv: "Vi börjar {tid}.", En: l.Own.Body.En}}
	if err := d.auto.Save(t.Context(), d.a, "lulea", l.Kind, 0, in); err != nil {
		t.Fatal(err)
	}
	d.exec(`UPDATE events SET starts = -1, ends = -1`)
	if next, went := d.begin(wall(t, "2016-11-24 09:00")); went != 0 || !next.Equal(wall(t, "2016-11-24 10:00")) || d.letter(l.Kind).Blocked == nil {
		t.Errorf("%d letters, again at %v", went, next)
	}
	d.exec(`UPDATE events SET starts = 540, ends = 960`)
	if _, went := d.begin(wall(t, "2016-11-24 10:00")); went != 2 {
		t.Errorf("%d letters when it is mended", went)
	}
}

func TestSayComing(t *testing.T) {
	t.Parallel()
	d := newAutomaticDesk(t, 1)
	k, err := d.Store.LiveRegistration(t.Context(), d.event.ID, "person1@example.se")
	if err != nil {
		t.Fatal(err)
	}
	token := d.Keys.Link(k.UID, 1)
	for range 2 {
		if err := d.Registrations.SayComing(t.Context(), domain.Visitor(), token); err != nil {
			t.Fatal(err)
		}
		d.Clock.Turn(time.Hour)
	}
	history, err := d.Store.History(t.Context(), k.ID)
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, h := range history {
		if h.Kind == domain.HistoryComing {
			said++
		}
	}
	k, err = d.Store.LiveRegistration(t.Context(), d.event.ID, "person1@example.se")
	if err != nil || said != 1 || k.Coming.IsZero() || !k.Coming.Before(d.Clock.Now().Add(-time.Hour)) {
		t.Errorf("%d lines, %v, %v", said, k.Coming, err)
	}
	if e, err := d.auto.Of(t.Context(), d.a, "lulea"); err != nil || e.Coming != 1 {
		t.Errorf("%d are coming, %v", e.Coming, err)
	}
	if err := d.Registrations.Cancel(t.Context(), domain.Visitor(), token, ""); err != nil {
		t.Fatal(err)
	}
	if err := d.Registrations.SayComing(t.Context(), domain.Visitor(), token); domain.CodeOf(err) != domain.CodeClosed {
		t.Errorf("she comes without a place: %v", err)
	}
	if n, err := d.Store.Coming(t.Context(), d.event.ID); err != nil || n != 0 {
		t.Errorf("%d are coming who have left, %v", n, err)
	}
}
