package service_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// at is when letters went, by address.
type at struct {
	k    *testkit.Kit
	when []time.Time
}

func (a *at) answer(int, string) error {
	a.when = append(a.when, a.k.Clock.Now())
	return nil
}

func TestDeliver_keepsToTheRate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ rate, host, want float64 }{{2, 0, 2}, {0, 0.5, 0.5}, {5, 1, 1}} {
		k := testkit.Open(t)
		e := k.AddEvent(t, testkit.Event("lulea", 100))
		for i := range 90 {
			register(t, k, testkit.Input(e, testkit.Person(i+1)))
		}
		a := &at{k: k}
		o, _ := outbox(k, a.answer)
		o.Rate, o.HostRate = tt.rate, tt.host
		took := drain(t, k, o)
		if got := float64(len(a.when)-1) / took.Seconds(); len(a.when) != 90 || math.Abs(got-tt.want) > 0.05*tt.want {
			t.Errorf("%+v: %d letters, %.3f a second", tt, len(a.when), got)
		}
	}
}

// A domain that asks for a pause is left alone, longer each time; letters to others go meanwhile, and what
// waited for it has not been tried.
func TestDeliver_domainAsksForAPause(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 100))
	for i := range 30 {
		p := testkit.Person(i + 1)
		if i%2 == 0 {
			p.Email = fmt.Sprintf("person%d@trang.example.se", i)
		}
		register(t, k, testkit.Input(e, p))
	}
	tries, free := 0, 0
	open := k.Clock.Now().Add(10 * time.Minute)
	o, _ := outbox(k, nil)
	o.Parallel = 1
	r := &relay{sent: map[string][][]byte{}, answer: func(_ int, to string) error {
		if to[len(to)-len("trang.example.se"):] != "trang.example.se" {
			free++
			return nil
		}
		tries++
		if k.Clock.Now().Before(open) {
			return &domain.DeliveryFault{Class: domain.FaultRetry, Code: 421, Reason: "busy"}
		}
		return nil
	}}
	o.Sender = r
	if _, err := o.Deliver(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	if tries != 1 || free != 15 {
		t.Errorf("at first the domain is tried %d times, the others %d", tries, free)
	}
	drain(t, k, o)
	if tries > 15+6 {
		t.Errorf("it was tried %d times for 15 letters", tries)
	}
	if got := state(t, k); got[domain.LetterAccepted] != 30 {
		t.Errorf("outbox = %v", got)
	}
}
