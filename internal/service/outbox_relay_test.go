package service_test

import (
	"errors"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// TestDeliver_pauseIsKept: a mail server that refuses our sign-in is told to staff, asked with one letter each
// five minutes by one worker alone, also after a restart, and everything goes when it takes one again.
func TestDeliver_pauseIsKept(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 100))
	for i := range 100 {
		register(t, k, testkit.Input(e, testkit.Person(i)))
	}
	refuses, tries, meanwhile := true, 0, func() {}
	answer := func(int, string) error {
		tries++
		meanwhile()
		if refuses {
			return &domain.DeliveryFault{Class: domain.FaultRelay, Code: 535, Status: "5.7.8", Reason: "the mail server refuses the sign-in"}
		}
		return nil
	}
	first, _ := outbox(k, answer)
	first.Parallel = 1
	deliver := func(o *service.Outbox) time.Time {
		t.Helper()
		next, err := o.Deliver(t.Context(), domain.Worker())
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	deliver(first)
	until := deliver(first)
	if tries != 1 || !until.Equal(k.Clock.Now().Add(5*time.Minute)) {
		t.Fatalf("%d letters were tried; the next at %v", tries, until)
	}
	desk := &service.Desk{Store: k.Store, Now: k.Clock.Now}
	staff := domain.Actor{Grants: []domain.Grant{{Role: domain.RoleCaseWorker, County: "BD"}}}
	p, on, err := desk.MailPause(t.Context(), staff)
	if err != nil || !on || !p.RefusesSignIn() || !p.Since.Equal(k.Clock.Now()) || !p.Until.Equal(until) {
		t.Errorf("staff are told %+v, %v, %v", p, on, err)
	}
	reader := domain.Actor{Grants: []domain.Grant{{Role: domain.RoleCheckIn, County: "BD"}}}
	if _, on, err := desk.MailPause(t.Context(), reader); on || err != nil {
		t.Errorf("who reads no mail is told: %v, %v", on, err)
	}
	if _, on, err := desk.MailPause(t.Context(), domain.Actor{}); on || !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("anyone is told: %v, %v", on, err)
	}

	began := k.Clock.Now()
	again, _ := outbox(k, answer) // after a restart
	again.Parallel = 1
	if next := deliver(again); !next.Equal(until) || tries != 1 {
		t.Errorf("after a restart %d letters were tried, the next at %v", tries, next)
	}
	for round := 2; round < 5; round++ {
		k.Clock.Set(until)
		meanwhile = func() { // another worker, while the one letter is on its way
			meanwhile = func() {}
			if next := deliver(first); !next.After(k.Clock.Now()) {
				t.Errorf("another worker may try at %v", next)
			}
		}
		deliver(again)
		if until = deliver(again); tries != round || !until.After(k.Clock.Now()) {
			t.Fatalf("in round %d the server was asked %d times", round, tries)
		}
	}
	if p, _, _ := desk.MailPause(t.Context(), staff); !p.Since.Equal(began) {
		t.Errorf("the pause began at %v, told %v", began, p.Since)
	}
	k.Clock.Set(until)
	refuses = false
	drain(t, k, again)
	if _, on, _ := desk.MailPause(t.Context(), staff); on {
		t.Error("the pause is told when letters go again")
	}
	if got := state(t, k); got[domain.LetterAccepted] != 100 {
		t.Errorf("letters are %v", got)
	}
}

// clumsy is a composer that fails at its first letter.
type clumsy struct {
	*pen
	failed bool
}

func (c *clumsy) Compose(f domain.LetterFacts) ([]byte, error) {
	if !c.failed {
		c.failed = true
		return nil, errors.New("a word is missing")
	}
	return c.pen.Compose(f)
}

// TestDeliver_trialThatIsNone: where the letter that is to show whether the mail server takes letters again never comes
// to it, another one is tried at once. In the twin they all wait for it.
func TestDeliver_trialThatIsNone(t *testing.T) {
	t.Parallel()
	taken := func(twin bool) (n int) {
		k := testkit.Open(t)
		e := k.AddEvent(t, testkit.Event("lulea", 100))
		for i := range 4 {
			register(t, k, testkit.Input(e, testkit.Person(i)))
		}
		o, _ := outbox(k, func(int, string) error { n++; return nil })
		o.Parallel, o.Composer = 1, &clumsy{pen: &pen{}}
		write := func(fn func(tx *store.Tx) error) {
			t.Helper()
			if err := k.Store.Write(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		now := k.Clock.Now()
		write(func(tx *store.Tx) error {
			return tx.PauseRelay(t.Context(), domain.MailPause{Since: now.Add(-time.Hour), Until: now, Reason: "refused", Code: 451, Status: "4.3.0"})
		})
		if _, err := o.Deliver(t.Context(), domain.Worker()); err == nil || n != 0 {
			t.Fatalf("the trial was composed: %d taken, %v", n, err)
		}
		if twin {
			write(func(tx *store.Tx) error {
				_, err := tx.HoldRelay(t.Context(), now, now.Add(5*time.Minute))
				return err
			})
		}
		for range 5 {
			if _, err := o.Deliver(t.Context(), domain.Worker()); err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	if n := taken(false); n != 3 {
		t.Errorf("%d of 3 letters went at once", n)
	}
	if n := taken(true); n != 0 {
		t.Errorf("the twin sends %d, and proves nothing", n)
	}
}
