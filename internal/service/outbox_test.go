package service_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// pen writes a letter as its Message-ID and a number that grows with each composing, so that a
// letter composed twice would be seen.
type pen struct {
	mu sync.Mutex
	n  int
}

func (p *pen) Compose(f domain.LetterFacts) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	return fmt.Appendf(nil, "%s %d %s", f.Letter.MessageID, p.n, f.Link), nil
}

// relay takes letters as its answer says.
type relay struct {
	mu     sync.Mutex
	answer func(try int, to string) error
	sent   map[string][][]byte // to → bytes of each try
}

func (r *relay) Send(_ context.Context, _, to string, raw []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent[to] = append(r.sent[to], raw)
	return r.answer(len(r.sent[to]), to)
}

func outbox(k *testkit.Kit, answer func(try int, to string) error) (*service.Outbox, *relay) {
	r := &relay{answer: answer, sent: map[string][][]byte{}}
	return &service.Outbox{
		Store: k.Store, Keys: k.Keys, Composer: &pen{}, Sender: r, From: "temadag@example.se",
		OwnLink:   func(_ domain.Lang, token string) string { return "https://example.se/" + token },
		EventLink: func(_ domain.Lang, slug string) string { return "https://example.se/" + slug },
		Now:       k.Clock.Now, Log: slog.New(slog.DiscardHandler),
	}, r
}

// drain delivers until nothing is owed, turning the clock to each next try; it answers how long
// that took on the clock.
func drain(t *testing.T, k *testkit.Kit, o *service.Outbox) time.Duration {
	t.Helper()
	start := k.Clock.Now()
	for range 1000 {
		next, err := o.Deliver(t.Context(), domain.Worker())
		if err != nil {
			t.Fatal(err)
		}
		if next.IsZero() {
			return k.Clock.Now().Sub(start)
		}
		if next.After(k.Clock.Now()) {
			k.Clock.Set(next)
		}
	}
	t.Fatal("the outbox never came to rest")
	return 0
}

func state(t *testing.T, k *testkit.Kit) map[domain.LetterState]int {
	t.Helper()
	var rows []struct {
		State domain.LetterState
		N     int
	}
	if err := k.Raw(t).Select(&rows, `SELECT state, count(*) AS n FROM letters GROUP BY state`); err != nil {
		t.Fatal(err)
	}
	out := make(map[domain.LetterState]int)
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out
}

func TestDeliver_sameBytesOnEachTry(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 10))
	register(t, k, testkit.Input(e, testkit.Person(1)))
	o, r := outbox(k, func(try int, _ string) error {
		if try < 5 {
			return &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "greylisted"}
		}
		return nil
	})
	if waited := drain(t, k, o); waited < 15*time.Minute || waited > time.Hour {
		t.Errorf("four waits took %v", waited)
	}
	tries := r.sent["person1@example.se"]
	if len(tries) != 5 {
		t.Fatalf("%d tries, want 5", len(tries))
	}
	for _, raw := range tries {
		if !bytes.Equal(raw, tries[0]) {
			t.Errorf("a try sent %q, the first %q", raw, tries[0])
		}
	}
	if got := state(t, k); got[domain.LetterAccepted] != 1 {
		t.Errorf("outbox = %v", got)
	}
}

// The twin of the test above: without the kept bytes a second try would be another letter.
func TestDeliver_withoutKeptBytesATryDiffers(t *testing.T) {
	t.Parallel()
	p := &pen{}
	a, _ := p.Compose(domain.LetterFacts{})
	b, _ := p.Compose(domain.LetterFacts{})
	if bytes.Equal(a, b) {
		t.Error("composing twice gives the same bytes: the test above proves nothing")
	}
}

func TestDeliver_outcomes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer error
		want   domain.LetterState
		tries  int
	}{
		"taken":                      {nil, domain.LetterAccepted, 1},
		"no such address":            {&domain.DeliveryFault{Class: domain.FaultAddress, Reason: "no such address"}, domain.LetterFailed, 1},
		"this letter is refused":     {&domain.DeliveryFault{Class: domain.FaultMessage, Reason: "refused"}, domain.LetterFailed, 1},
		"the relay never answers":    {&domain.DeliveryFault{Class: domain.FaultRetry, Reason: "timed out"}, domain.LetterFailed, 38},
		"an error nobody classified": {errors.New("what is this"), domain.LetterFailed, 38},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := testkit.Open(t)
			register(t, k, testkit.Input(k.AddEvent(t, testkit.Event("lulea", 10)), testkit.Person(1)))
			o, r := outbox(k, func(int, string) error { return tt.answer })
			waited := drain(t, k, o)
			if got := state(t, k); got[tt.want] != 1 {
				t.Errorf("outbox = %v, want one %s", got, tt.want)
			}
			if n := len(r.sent["person1@example.se"]); n != tt.tries {
				t.Errorf("%d tries, want %d", n, tt.tries)
			}
			if tt.tries > 1 && waited < 4*24*time.Hour {
				t.Errorf("given up after %v, want days", waited)
			}
		})
	}
}

// A relay that refuses us is left alone for a while, and no letter is lost by it.
func TestDeliver_pausesWhenTheRelayRefuses(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 100))
	for i := range 50 {
		register(t, k, testkit.Input(e, testkit.Person(i)))
	}
	refusing := true
	o, r := outbox(k, func(int, string) error {
		if refusing {
			return &domain.DeliveryFault{Class: domain.FaultRelay, Reason: "sign-in failed"}
		}
		return nil
	})
	if _, err := o.Deliver(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	if n := len(r.sent); n > 4 {
		t.Errorf("%d letters were tried at a relay that refuses us, want no more than were under way", n)
	}
	refusing = false
	drain(t, k, o)
	if got := state(t, k); got[domain.LetterAccepted] != 50 {
		t.Errorf("outbox = %v, want all 50 taken", got)
	}
}

// Several workers share one outbox: nobody gets two.
func TestDeliver_severalWorkersNeverSendTwice(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 500))
	for i := range 300 {
		register(t, k, testkit.Input(e, testkit.Person(i)))
	}
	o, r := outbox(k, func(int, string) error { return nil })
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			other := &service.Outbox{Store: o.Store, Keys: o.Keys, Composer: o.Composer, Sender: o.Sender, From: o.From, OwnLink: o.OwnLink, EventLink: o.EventLink, Now: o.Now, Log: o.Log}
			for range 20 {
				if _, err := other.Deliver(t.Context(), domain.Worker()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if len(r.sent) != 300 {
		t.Errorf("%d people got a letter, want 300", len(r.sent))
	}
	for to, tries := range r.sent {
		if len(tries) != 1 {
			t.Errorf("%s got %d", to, len(tries))
		}
	}
}

// A letter that is leased when the only sender starts was held by a process that has died: it goes at once,
// its try counted. While somebody else sends, the lease must run out.
func TestDeliver_takesOverFromADeadWorker(t *testing.T) {
	t.Parallel()
	for name, alone := range map[string]bool{"nobody else sends": true, "somebody else sends": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := testkit.Open(t)
			register(t, k, testkit.Input(k.AddEvent(t, testkit.Event("lulea", 10)), testkit.Person(1)))
			held, err := claim(k, 10)
			if err != nil || len(held) != 1 {
				t.Fatal(held, err)
			}
			if !alone {
				other := testkit.OpenWith(t, k.Where())
				if n, err := other.Store.JoinSenders(t.Context(), k.Clock.Now()); err != nil || n != 1 {
					t.Fatalf("%d taken over, %v", n, err)
				}
				if _, err := claim(k, 10); err != nil { // held by the other one, say
					t.Fatal(err)
				}
			}
			o, r := outbox(k, func(int, string) error { return nil })
			waited := drain(t, k, o)
			if want := map[bool]time.Duration{true: 0, false: time.Minute}[alone]; waited != want || len(r.sent) != 1 {
				t.Errorf("it went %d times after %v, want %v", len(r.sent), waited, want)
			}
		})
	}
}

func TestDeliver_withheldNeverGo(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	k.Registrations.Withhold = true
	register(t, k, testkit.Input(k.AddEvent(t, testkit.Event("lulea", 10)), testkit.Person(1)))
	o, r := outbox(k, func(int, string) error { return nil })
	drain(t, k, o)
	if len(r.sent) != 0 || state(t, k)[domain.LetterWithheld] != 1 {
		t.Errorf("sent %v, outbox %v", r.sent, state(t, k))
	}
}
