package service_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// paced is a mail server that notes when each letter came.
type paced struct {
	now    func() time.Time
	takes  time.Duration // of real time
	answer func(to string) error

	mu   sync.Mutex
	came []time.Time
	host map[string][]time.Time
}

func (p *paced) Send(_ context.Context, _, to string, _ []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answer != nil {
		if err := p.answer(to); err != nil {
			return err
		}
	}
	now := p.now()
	_, host, _ := strings.Cut(to, "@")
	p.came, p.host[host] = append(p.came, now), append(p.host[host], now)
	if p.takes > 0 {
		p.mu.Unlock()
		time.Sleep(p.takes)
		p.mu.Lock()
	}
	return nil
}

// owe owes so many letters, to several domains in turn.
func owe(t *testing.T, k *testkit.Kit, e domain.Event, from, n int, hosts ...string) {
	t.Helper()
	for i := range n {
		p := testkit.Person(1)
		p.Email = fmt.Sprintf("person%d@%s", from+i, hosts[i%len(hosts)])
		register(t, k, testkit.Input(e, p))
	}
}

func newPaced(t *testing.T, rate, perHost float64) (*testkit.Kit, domain.Event, *service.Outbox, *paced) {
	t.Helper()
	k := testkit.OpenWith(t, store.Options{Synchronous: "OFF", Unsafe: true})
	e := k.AddEvent(t, testkit.Event("lulea", 1000))
	o, _ := outbox(k, nil)
	p := &paced{now: k.Clock.Now, host: map[string][]time.Time{}}
	o.Sender, o.Parallel, o.Rate, o.HostRate = p, 8, rate, perHost
	return k, e, o, p
}

// wrongPace tells where more came in a while than the setting allows besides what its bucket holds, or fewer
// than it allows in all. when is one run without a rest.
func wrongPace(when []time.Time, rate float64) (wrong []string) {
	bucket := max(rate, 1)
	for i, from := range when {
		for j := i; j < len(when); j++ {
			if most := bucket + rate*when[j].Sub(from).Seconds()*1.0001 + 0.0001; float64(j-i+1) > most {
				return append(wrong, fmt.Sprintf("%d came in %v", j-i+1, when[j].Sub(from)))
			}
		}
	}
	took := when[len(when)-1].Sub(when[0]).Seconds()
	if got := (float64(len(when)) - bucket) / took; math.Abs(got-rate) > 0.05*rate {
		wrong = append(wrong, fmt.Sprintf("%.3f a second", got))
	}
	return wrong
}

// TestDelivery_rate keeps the relay's rate and each domain's, with several letters under way at once, also after
// an hour's rest.
func TestDelivery_rate(t *testing.T) {
	t.Parallel()
	k, e, o, p := newPaced(t, 4, 0)
	owe(t, k, e, 0, 160, "ett.example.se", "tva.example.se")
	drain(t, k, o)
	for _, wrong := range wrongPace(p.came, 4) {
		t.Error("at first " + wrong)
	}
	k.Clock.Turn(time.Hour)
	first := len(p.came)
	owe(t, k, e, 1000, 80, "ett.example.se", "tva.example.se")
	drain(t, k, o)
	for _, wrong := range wrongPace(p.came[first:], 4) {
		t.Error("after a rest " + wrong)
	}
	for _, faster := range []float64{4.25, 3.75} { // the twin: another pace is seen
		if wrongPace(p.came[first:], faster) == nil {
			t.Errorf("%g a second would do as well", faster)
		}
	}

	k, e, o, p = newPaced(t, 0, 0.5)
	owe(t, k, e, 0, 90, "ett.example.se", "tva.example.se", "tre.example.se")
	drain(t, k, o)
	for host, when := range p.host {
		for _, wrong := range wrongPace(when, 0.5) {
			t.Error(host + " " + wrong)
		}
	}
	if len(p.came) != 90 || p.came[89].Sub(p.came[0]) > 63*time.Second {
		t.Errorf("the domains wait for each other: %d letters in %v", len(p.came), p.came[len(p.came)-1].Sub(p.came[0]))
	}
}

// A domain that asks for a pause holds up no other one: theirs come as fast as ever.
func TestDelivery_rateBesideAPause(t *testing.T) {
	t.Parallel()
	k, e, o, p := newPaced(t, 0, 1)
	open := k.Clock.Now().Add(20 * time.Minute)
	asked := 0
	p.answer = func(to string) error {
		if strings.HasSuffix(to, "@trang.example.se") && k.Clock.Now().Before(open) {
			asked++
			return &domain.DeliveryFault{Class: domain.FaultRetry, Code: 421, Status: "4.7.0", Reason: "too fast"}
		}
		return nil
	}
	owe(t, k, e, 0, 90, "trang.example.se", "ett.example.se", "tva.example.se")
	drain(t, k, o)
	for _, host := range []string{"ett.example.se", "tva.example.se"} {
		for _, wrong := range wrongPace(p.host[host], 1) {
			t.Error(host + " " + wrong)
		}
	}
	if got := p.host["trang.example.se"]; len(got) != 30 || got[0].Before(open) || asked > 12 {
		t.Errorf("the domain was asked %d times, and took %d", asked, len(got))
	}
}

// TestDelivery_rateInRealTime keeps the rate by the clock on the wall. A machine that is busy with other things
// can make it slower, so it has three tries; faster it may never be.
func TestDelivery_rateInRealTime(t *testing.T) {
	const rate, n = 50, 120
	var got float64
	for range 3 {
		k, e, o, p := newPaced(t, rate, 0)
		owe(t, k, e, 0, n, "ett.example.se", "tva.example.se")
		began, at := time.Now(), k.Clock.Now()
		o.Now = func() time.Time { return at.Add(time.Since(began)) }
		p.now, p.takes = time.Now, 10*time.Millisecond
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		repeat(ctx, t, o.Now, func() (time.Time, error) {
			next, err := o.Deliver(ctx, domain.Worker())
			if next.IsZero() {
				cancel()
			}
			return next, err
		})
		cancel()
		if len(p.came) != n {
			t.Fatalf("%d letters went", len(p.came))
		}
		got = (n - rate) / p.came[n-1].Sub(p.came[0]).Seconds()
		if got > rate*1.05 {
			t.Fatalf("%.2f a second, want %d", got, rate)
		}
		if got > rate*0.95 {
			t.Logf("%.2f a second", got)
			return
		}
	}
	t.Errorf("%.2f a second, want %d", got, rate)
}
