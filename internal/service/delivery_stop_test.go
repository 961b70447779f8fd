package service_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// stopUnderWay runs a mailing to a server that takes its time. Somebody registers under way, and then it is
// stopped. It answers how long she waited for her letter, how long after the stop the last letter was begun, and
// how many went in all.
func stopUnderWay(t *testing.T, twin string) (waited, last time.Duration, n int) {
	t.Helper()
	d := newKilled(t, 400, twin)
	d.sink.wait = 60 * time.Millisecond
	d.Clock.Set(testkit.NewClock(t, "2016-10-01 09:00").Now().Add(time.Hour))
	ctx, cancel := context.WithCancel(t.Context())
	var sender sync.WaitGroup
	k := testkit.OpenWith(t, d.Where())
	sender.Go(func() { send(ctx, t, k, d.c) })
	for began := time.Now(); d.sink.count() < 50 && time.Since(began) < 20*time.Second; {
		time.Sleep(time.Millisecond)
	}
	d.someoneRegisters()
	for asked := time.Now(); waited == 0; {
		for _, c := range d.sink.all()[45:] {
			if strings.HasPrefix(c.to, "person1000001@") {
				waited = c.at.Sub(asked)
			}
		}
		if time.Since(asked) > 20*time.Second {
			t.Fatal("her letter never went")
		}
		time.Sleep(time.Millisecond)
	}
	m, _ := d.mailing()
	if err := d.s.Stop(t.Context(), d.a, m.UID); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	time.Sleep(2500 * time.Millisecond)
	cancel()
	sender.Wait()
	all := d.sink.all()
	for _, c := range all {
		last = max(last, c.at.Sub(at))
	}
	if m, c := d.mailing(); twin == "" && (m.State != domain.MailingStopped || c.Queued > 0 || c.Accepted != len(all)-1 || c.Withheld != 401-len(all)) {
		t.Errorf("%d letters went; it is %s: %+v", len(all), m.State, c)
	}
	return waited, last, len(all)
}

// TestDelivery_stopsAtOnce: no letter of a mailing is begun more than two seconds after it was stopped, however
// slow the server is, and what one person waits for does not wait for what was claimed before.
func TestDelivery_stopsAtOnce(t *testing.T) {
	t.Parallel()
	waited, last, n := stopUnderWay(t, "")
	if waited > 2*time.Second {
		t.Errorf("somebody waited %v for her letter", waited)
	}
	if last > 2*time.Second || n < 50 || n > 300 {
		t.Errorf("of %d letters the last was begun %v after the stop", n, last)
	}
	t.Logf("%d letters went, the last was begun %v after the stop; she waited %v", n, last.Round(time.Millisecond), waited.Round(time.Millisecond))
}

// The twin sends what it has claimed, whatever has become of the mailing meanwhile.
func TestDelivery_stopsAtOnce_twin(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("by design: it waits for a careless sender")
	}
	if waited, last, n := stopUnderWay(t, "claims and sends"); last < 2*time.Second || waited < 2*time.Second {
		t.Errorf("of %d letters the last was begun %v after the stop, and somebody waited %v: the test above proves nothing", n, last, waited)
	}
}

// slowly is a server that says nothing until the conversation is given up.
type slowly struct {
	begun chan struct{}
	mu    sync.Mutex
	n     int
}

func (s *slowly) Send(ctx context.Context, _, _ string, _ []byte) error {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	s.begun <- struct{}{}
	<-ctx.Done()
	return &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "the delivery was called off", Cause: ctx.Err()}
}

// A conversation that has not come to its message when the mailing is stopped ends too, and none of its letters
// is tried again.
func TestDelivery_stopEndsConversations(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 30, nil)
	s := &slowly{begun: make(chan struct{}, 100)}
	d.o.Sender, d.o.Parallel = s, 2
	uid := d.begin(practical())
	d.approve(uid, 30)
	d.Clock.Turn(time.Minute)
	if _, err := d.s.Advance(t.Context(), domain.Worker()); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { _, err := d.o.Deliver(t.Context(), domain.Worker()); done <- err }()
	<-s.begun
	<-s.begun
	at := time.Now()
	if err := d.s.Stop(t.Context(), d.a, uid); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if took := time.Since(at); took > 2*time.Second {
		t.Errorf("the conversations ended %v after the stop", took)
	}
	drain(t, d.Kit, d.o)
	if _, c := d.look(uid); c.Withheld != 30 || s.n != 2 {
		t.Errorf("%d conversations; %+v", s.n, c)
	}
}

// A letter that is put off while its mailing is stopped stays.
func TestDelivery_stoppedWhilePutOff(t *testing.T) {
	t.Parallel()
	d := newMailingDesk(t, 5, nil)
	uid := d.begin(practical())
	d.o.Parallel = 1
	d.r.answer = func(int, string) error {
		if err := d.s.Stop(context.Background(), d.a, uid); err != nil {
			t.Error(err)
		}
		return &domain.DeliveryFault{Class: domain.FaultRetry, Code: 450, Reason: "greylisted"}
	}
	d.approve(uid, 5)
	if d.run(); d.sent() != 1 {
		t.Errorf("%d tries, want the one that was under way", d.sent())
	}
	if _, c := d.look(uid); c.Withheld != 5 {
		t.Errorf("%+v", c)
	}
}
