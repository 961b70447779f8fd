package service_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// try is one letter handed to the mail server.
type try struct {
	at    time.Time
	to    string
	taken bool
}

// outage is a mail server that cannot be reached for a while, with letters owed before and during.
type outage struct {
	*mailingDesk
	over    time.Time
	fault   *domain.DeliveryFault
	tries   []try
	late    int
	mailing string
}

const outageMailing = 60

func newOutage(t *testing.T, people domain.Seats, lasts time.Duration, fault *domain.DeliveryFault) *outage {
	t.Helper()
	k := testkit.OpenWith(t, store.Options{Synchronous: "OFF", Unsafe: true}) // days of tries, and no power cut
	d := &outage{mailingDesk: &mailingDesk{Kit: k, t: t, event: k.AddEvent(t, testkit.Event("lulea", people+100))}, fault: fault}
	d.s = &service.Mailings{Store: k.Store, Registrations: k.Registrations, Now: k.Clock.Now}
	d.a = domain.Actor{Name: "Bo Exempel", Grants: []domain.Grant{{Role: domain.RoleCaseWorker, County: "BD"}}}
	k.Registrations.Withhold = true
	for i := range int(people) {
		register(t, k, testkit.Input(d.event, testkit.Person(i+1)))
	}
	k.Registrations.Withhold = false
	d.o, d.r = outbox(k, nil)
	d.o.Parallel = 1 // so that the order is that of the tries
	d.over = d.Clock.Now().Add(lasts)
	d.r.answer = func(_ int, to string) error {
		now := d.Clock.Now()
		d.tries = append(d.tries, try{now, to, !now.Before(d.over)})
		if now.Before(d.over) {
			return d.fault
		}
		return nil
	}
	if people > 0 {
		d.mailing = d.begin(practical())
		d.approve(d.mailing, int(people))
	}
	d.someone()
	return d
}

// someone owes a personal letter.
func (d *outage) someone() {
	d.t.Helper()
	d.late++
	p := testkit.Person(0)
	p.Email = fmt.Sprintf("sen%d@example.se", d.late)
	if _, err := d.Registrations.Register(d.t.Context(), domain.Visitor(), testkit.Input(d.event, p)); err != nil {
		d.t.Fatal(err)
	}
}

// pass lets time pass until an instant, with somebody registering every so often.
func (d *outage) pass(until time.Time, every time.Duration) {
	d.t.Helper()
	register := d.Clock.Now().Add(every)
	for range 20_000 {
		next, err := d.s.Advance(d.t.Context(), domain.Worker())
		if err != nil {
			d.t.Fatal(err)
		}
		at, err := d.o.Deliver(d.t.Context(), domain.Worker())
		if err != nil {
			d.t.Fatal(err)
		}
		if !at.IsZero() && next.After(d.Clock.Now()) || next.IsZero() { // a mailing looks every two seconds
			next = at
		}
		if every > 0 && (next.IsZero() || register.Before(next)) {
			next = register
		}
		if next.IsZero() || next.After(until) {
			d.Clock.Set(until)
			return
		}
		if next.After(d.Clock.Now()) {
			d.Clock.Set(next)
		}
		if every > 0 && !d.Clock.Now().Before(register) {
			d.someone()
			register = register.Add(every)
		}
	}
	d.t.Fatal("the time never passed")
}

func (d *outage) of(to string) (out []try) {
	for _, y := range d.tries {
		if y.to == to {
			out = append(out, y)
		}
	}
	return out
}

// people are all that letters were tried to.
func (d *outage) people() []string {
	var out []string
	for _, y := range d.tries {
		if !slices.Contains(out, y.to) {
			out = append(out, y.to)
		}
	}
	return out
}

// Three days without a mail server: nothing is lost, nothing fails, each letter waits as long between its tries
// as it is said to, and when the server is back each goes once, what one person waits for before what goes to many.
func TestDelivery_outageOfThreeDays(t *testing.T) {
	t.Parallel()
	d := newOutage(t, outageMailing, 72*time.Hour, &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "the mail server cannot be reached"})
	d.pass(d.over.Add(-time.Second), 4*time.Hour)
	if got := state(t, d.Kit); got[domain.LetterFailed] != 0 || got[domain.LetterAccepted] != 0 {
		t.Fatalf("after three days the outbox is %v", got)
	}
	if d.late < 15 {
		t.Fatalf("only %d personal letters", d.late)
	}
	d.pass(d.over.Add(24*time.Hour), 0)
	if got := state(t, d.Kit); got[domain.LetterAccepted] != outageMailing+d.late || len(got) != 2 { // and the withheld
		t.Errorf("a day later the outbox is %v, want %d taken", got, outageMailing+d.late)
	}
	if _, c := d.look(d.mailing); c.Accepted != outageMailing {
		t.Errorf("the mailing: %+v", c)
	}
	for _, to := range d.people() {
		for _, wrong := range wrongWaits(d.of(to)) {
			t.Errorf("%s: %s", to, wrong)
		}
	}
	for _, wrong := range wrongOrder(d.tries, d.over) {
		t.Error(wrong)
	}
}

// wrongWaits tells where a letter was tried sooner or later than its number of tries says, went twice, or was
// tried again after it had gone.
func wrongWaits(tries []try) (wrong []string) {
	for i, y := range tries {
		if y.taken != (i == len(tries)-1) {
			wrong = append(wrong, fmt.Sprintf("try %d of %d is taken: %v", i+1, len(tries), y.taken))
		}
		if i == 0 {
			continue
		}
		least, again := domain.RetryAfter(i)
		if got := y.at.Sub(tries[i-1].at); !again || got < least || got > least+least/5+time.Second {
			wrong = append(wrong, fmt.Sprintf("try %d came %v after the one before, want %v and a fifth at most", i+1, got, least))
		}
	}
	return wrong
}

// wrongOrder tells where, at one instant, a letter to many went before a personal one.
func wrongOrder(tries []try, from time.Time) (wrong []string) {
	var many time.Time
	personal := 0
	for _, y := range tries {
		if y.at.Before(from) {
			continue
		}
		if !strings.HasPrefix(y.to, "sen") {
			many = y.at
		} else if personal++; y.at.Equal(many) {
			wrong = append(wrong, fmt.Sprintf("at %v a personal letter went after one to many", y.at))
		}
	}
	if personal == 0 {
		wrong = append(wrong, "no personal letter went")
	}
	return wrong
}

// The twin: waits that do not grow, two of one letter, one that never goes, and the lanes in the wrong order
// are all seen.
func TestDelivery_outageOfThreeDays_twin(t *testing.T) {
	t.Parallel()
	at := time.Date(2016, 10, 1, 0, 0, 0, 0, time.UTC)
	for name, tries := range map[string][]try{
		"always a minute": {{at, "a", false}, {at.Add(time.Minute), "a", false}, {at.Add(2 * time.Minute), "a", true}},
		"twice":           {{at, "a", true}, {at.Add(time.Minute), "a", true}},
		"never":           {{at, "a", false}},
	} {
		if wrongWaits(tries) == nil {
			t.Errorf("%s: nothing is seen", name)
		}
	}
	if wrongOrder([]try{{at, "person1@example.se", true}, {at, "sen1@example.se", true}}, at) == nil {
		t.Error("the lanes in the wrong order: nothing is seen")
	}
}

// An outage of more than five days: each letter fails with its reason when its five days are over and not before,
// and the staff of the event are told.
func TestDelivery_outageOfAWeek(t *testing.T) {
	t.Parallel()
	d := newOutage(t, outageMailing, 8*24*time.Hour, &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "the mail server cannot be reached"})
	began := d.Clock.Now()
	d.pass(began.Add(5*24*time.Hour), 0)
	if got := state(t, d.Kit); got[domain.LetterFailed] != 0 {
		t.Fatalf("after five days the outbox is %v", got)
	}
	d.pass(d.over, 0)
	got := state(t, d.Kit)
	if got[domain.LetterFailed] != domain.MailingCanary+1 || got[domain.LetterQueued]+got[domain.LetterSending] != 0 {
		t.Errorf("after eight days the outbox is %v, want one personal letter and the first of the mailing failed", got)
	}
	if m, c := d.look(d.mailing); m.State != domain.MailingPaused || c.Left != outageMailing-domain.MailingCanary {
		t.Errorf("the mailing is %s: %+v", m.State, c)
	}
	m, _ := d.look(d.mailing)
	letters, err := d.Store.FailedLetters(t.Context(), m.ID)
	if err != nil || len(letters) != domain.MailingCanary {
		t.Errorf("the mailing has %d letters that failed, %v", len(letters), err)
	}
	for _, failed := range letters {
		if l, err := d.Store.LetterByID(t.Context(), failed.ID); err != nil || l.LastError != "the mail server cannot be reached" {
			t.Errorf("the letter to %s failed because of %q, %v", failed.To, l.LastError, err)
		}
	}
	desk := &service.Desk{Store: d.Store, Now: d.Clock.Now}
	e, err := desk.Event(t.Context(), d.a, "lulea")
	if err != nil || !slices.ContainsFunc(e.Todos, func(do domain.Todo) bool {
		return do.Kind == domain.TodoLetters && do.Count == domain.MailingCanary+1
	}) {
		t.Errorf("staff are told %+v, %v", e.Todos, err)
	}
}

// A mail server that refuses us for days wears no letter out: none of them was tried for itself. When it is
// back and then puts everything off once, all go nevertheless.
func TestDelivery_refusedForDays(t *testing.T) {
	t.Parallel()
	d := newOutage(t, 0, 12*time.Hour, &domain.DeliveryFault{Class: domain.FaultRelay, Code: 535, Status: "5.7.8", Reason: "the mail server refuses the sign-in"})
	d.pass(d.over.Add(-time.Second), 6*time.Hour)
	later := map[string]bool{}
	answer := d.r.answer
	d.r.answer = func(n int, to string) error {
		if err := answer(n, to); err != nil || later[to] {
			return err
		}
		later[to] = true
		return &domain.DeliveryFault{Class: domain.FaultRetry, Code: 450, Status: "4.2.1", Reason: "greylisted"}
	}
	d.pass(d.over.Add(24*time.Hour), 0)
	if got := state(t, d.Kit); got[domain.LetterAccepted] != d.late || len(got) != 1 || len(d.tries) < 3*38 {
		t.Errorf("after %d tries the outbox is %v, want %d taken", len(d.tries), got, d.late)
	}
}
