package service_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// overSMTP is an outbox with letters to people, by their addresses, and a server that fails as fault says.
func overSMTP(t *testing.T, to []string, fault func(at, to string) string) (*testkit.Kit, *service.Outbox, *sink) {
	t.Helper()
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", 100))
	for _, address := range to {
		p := testkit.Person(1)
		p.Email = address
		register(t, k, testkit.Input(e, p))
	}
	s := newSink(t, 0)
	s.fault = fault
	relay, err := mail.ParseRelay(s.url())
	if err != nil {
		t.Fatal(err)
	}
	sender := mail.NewSMTP(relay, mail.Options{})
	t.Cleanup(func() { _ = sender.Close() })
	o, _ := outbox(k, nil)
	o.Composer, o.Sender, o.Parallel = onceOnly{}, sender, 1
	return k, o, s
}

// firstTimes answers something the first n times.
func firstTimes(n int, what, answer string) func(string, string) string {
	return func(at, _ string) string {
		if at != what || n == 0 {
			return ""
		}
		n--
		return answer
	}
}

// TestDelivery_faults plays some faults all the way: from the server's answer to what stands in the database.
func TestDelivery_faults(t *testing.T) {
	t.Parallel()
	two := []string{"anna@example.se", "bo@trang.example.se"}
	for name, tt := range map[string]struct {
		fault      func(at, to string) string
		accepted   int
		copies     int
		failed     int
		suppressed bool          // anna's address
		paused     bool          // at first
		within     time.Duration // until the outbox rests
	}{
		"taken":                     {func(string, string) string { return "" }, 2, 2, 0, false, false, 0},
		"greylisted, then taken":    {firstTimes(1, "RCPT", "450 4.7.1 greylisted"), 2, 2, 0, false, false, 2 * time.Minute},
		"dropped after the dot":     {firstTimes(1, "dot", "drop"), 2, 3, 0, false, false, 2 * time.Minute},
		"dropped at RCPT":           {firstTimes(1, "RCPT", "drop"), 2, 2, 0, false, false, 2 * time.Minute},
		"421 at MAIL":               {firstTimes(1, "MAIL", "421 4.3.2 closing"), 2, 2, 0, false, false, 3 * time.Minute},
		"no such address":           {firstTimes(1, "RCPT", "550 5.1.1 unknown"), 1, 1, 1, true, false, 0},
		"mailbox disabled":          {firstTimes(1, "RCPT", "550 5.2.1 disabled"), 1, 1, 1, true, false, 0},
		"mailbox full":              {firstTimes(1, "RCPT", "552 5.2.2 full"), 1, 1, 1, false, false, 0},
		"refused after the dot":     {firstTimes(1, "dot", "554 5.6.0 not so"), 1, 1, 1, false, false, 0},
		"policy about the sender":   {firstTimes(1, "MAIL", "550 5.7.1 not from here"), 2, 2, 0, false, true, 6 * time.Minute},
		"a sign-in is asked for":    {firstTimes(1, "MAIL", "530 5.7.0 sign in"), 2, 2, 0, false, true, 6 * time.Minute},
		"policy about one, once":    {firstTimes(1, "RCPT", "550 5.7.1 not from you"), 2, 2, 0, false, false, 2 * time.Minute},
		"policy about one, always":  {policyOf("anna@example.se"), 1, 1, 1, false, false, 5 * time.Hour},
		"a fault that no RFC knows": {firstTimes(1, "RCPT", "599 what"), 1, 1, 1, false, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, o, s := overSMTP(t, two, tt.fault)
			if _, err := o.Deliver(t.Context(), domain.Worker()); err != nil {
				t.Fatal(err)
			}
			if _, on, err := k.Store.RelayPause(t.Context()); on != tt.paused || err != nil {
				t.Errorf("everything waits: %v, want %v (%v)", on, tt.paused, err)
			}
			if took := drain(t, k, o); took > tt.within || took < tt.within/6 {
				t.Errorf("the outbox rested after %v, want at most %v", took, tt.within)
			}
			if got := state(t, k); got[domain.LetterAccepted] != tt.accepted || got[domain.LetterFailed] != tt.failed {
				t.Errorf("the outbox is %v", got)
			}
			why, err := k.Store.Suppressed(t.Context(), "BD", k.Keys.AddressHash(domain.EmailKey("anna@example.se")))
			if err != nil || (len(why) > 0) != tt.suppressed {
				t.Errorf("the address is suppressed for %v, %v", why, err)
			}
			sameBytes(t, s.all(), tt.copies)
			if _, on, err := k.Store.RelayPause(t.Context()); on || err != nil {
				t.Errorf("at the end everything waits: %v, %v", on, err)
			}
		})
	}
}

func policyOf(address string) func(string, string) string {
	return func(at, to string) string {
		if at == "RCPT" && to == address {
			return "550 5.7.1 not from you"
		}
		return ""
	}
}

// sameBytes fails unless there are so many copies, and those of one letter are alike.
func sameBytes(t *testing.T, all []sunk, want int) {
	t.Helper()
	if len(all) != want {
		t.Errorf("the server has taken %d copies, want %d", len(all), want)
	}
	seen := map[string]string{}
	for _, c := range all {
		if raw, was := seen[c.to]; was && raw != c.raw {
			t.Errorf("%s got other bytes: %q and %q", c.to, raw, c.raw)
		}
		seen[c.to] = c.raw
	}
}

// One recipient whose domain does not want us holds up nobody. Several domains that do not are a mail server
// that wants nothing of ours: everything waits then, and nothing is lost.
func TestDelivery_policy(t *testing.T) {
	t.Parallel()
	to := []string{"a@ett.example.se", "b@ett.example.se", "c@ett.example.se", "d@ett.example.se", "e@tva.example.se"}
	k, o, s := overSMTP(t, to, func(at, to string) string {
		if at == "RCPT" && strings.HasSuffix(to, "@ett.example.se") {
			return "554 5.7.1 denied"
		}
		return ""
	})
	drain(t, k, o)
	if got := state(t, k); got[domain.LetterFailed] != 4 || len(s.all()) != 1 {
		t.Errorf("one domain refuses: the outbox is %v", got)
	}

	refuses := true
	to = append(to, "f@tre.example.se", "g@fyra.example.se")
	k, o, s = overSMTP(t, to, func(at, _ string) string {
		if at == "RCPT" && refuses {
			return "554 5.7.1 relay access denied"
		}
		return ""
	})
	for range 200 { // sixteen hours and more
		next, err := o.Deliver(t.Context(), domain.Worker())
		if err != nil {
			t.Fatal(err)
		}
		if next.After(k.Clock.Now()) {
			k.Clock.Set(next)
		}
	}
	p, on, err := k.Store.RelayPause(t.Context())
	if got := state(t, k); !on || err != nil || p.Status != "5.7.1" || got[domain.LetterFailed] > 0 || len(s.all()) > 0 {
		t.Errorf("every domain refuses: the outbox is %v, and everything waits: %v, %+v", got, on, p)
	}
	refuses = false
	drain(t, k, o)
	if got := state(t, k); got[domain.LetterAccepted] != len(to) {
		t.Errorf("when it takes letters again the outbox is %v", got)
	}
}

// Recipients at several domains that want nothing of ours, with nothing else to send, cannot be told from a mail
// server that does not. The next letter to anybody else tells, and goes; theirs fail.
func TestDelivery_policyOfSeveral(t *testing.T) {
	t.Parallel()
	k, o, s := overSMTP(t, []string{"a@ett.example.se", "b@tva.example.se", "c@tre.example.se"}, func(at, to string) string {
		if at == "RCPT" && !strings.HasSuffix(to, "@fyra.example.se") {
			return "550 5.7.1 not from you"
		}
		return ""
	})
	rounds := func(n int) {
		for range n {
			next, err := o.Deliver(t.Context(), domain.Worker())
			if err != nil {
				t.Fatal(err)
			}
			if next.After(k.Clock.Now()) {
				k.Clock.Set(next)
			}
		}
	}
	for range 8 {
		if rounds(30); state(t, k)[domain.LetterQueued]+state(t, k)[domain.LetterSending] == 0 {
			break
		}
		p := testkit.Person(1)
		p.Email = "d" + k.Clock.Now().Format("150405") + "@fyra.example.se"
		e, err := k.Programme.Event(t.Context(), "lulea")
		if err != nil {
			t.Fatal(err)
		}
		before := k.Clock.Now()
		register(t, k, testkit.Input(e, p))
		for had := len(s.all()); len(s.all()) == had; {
			rounds(1)
		}
		if waited := k.Clock.Now().Sub(before); waited > 6*time.Minute {
			t.Errorf("somebody else waited %v for hers", waited)
		}
	}
	if got := state(t, k); got[domain.LetterFailed] != 3 || got[domain.LetterQueued] != 0 {
		t.Errorf("the outbox is %v", got)
	}
}

// Two workers, each with a connection of its own to one file, and a third that starts while they are at it:
// none sends a letter that another one has in hand.
func TestDelivery_workersOnOneFile(t *testing.T) {
	t.Parallel()
	const people = 300
	k := testkit.Open(t)
	e := k.AddEvent(t, testkit.Event("lulea", people))
	for i := range people {
		register(t, k, testkit.Input(e, testkit.Person(i)))
	}
	s := newSink(t, time.Millisecond)
	worker := func(rounds int) {
		own := testkit.OpenWith(t, k.Where())
		relay, err := mail.ParseRelay(s.url())
		if err != nil {
			t.Error(err)
		}
		sender := mail.NewSMTP(relay, mail.Options{})
		defer sender.Close()
		o, _ := outbox(own, nil)
		o.Composer, o.Sender = onceOnly{}, sender
		for range rounds {
			if _, err := o.Deliver(t.Context(), domain.Worker()); err != nil {
				t.Error(err)
			}
		}
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { worker(10) })
	}
	for s.count() < 50 {
		time.Sleep(time.Millisecond)
	}
	wg.Go(func() { worker(10) })
	wg.Wait()
	sameBytes(t, s.all(), people)
	if got := state(t, k); got[domain.LetterAccepted] != people {
		t.Errorf("the outbox is %v", got)
	}
}

// The twin: a second worker that takes back what is leased without asking whether anybody else sends.
func TestDelivery_workersOnOneFile_twin(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	register(t, k, testkit.Input(k.AddEvent(t, testkit.Event("lulea", 20)), testkit.Person(1)))
	o, r := outbox(k, nil)
	rash, twice := outbox(k, func(int, string) error { return nil })
	r.answer = func(int, string) error { // meanwhile
		err := k.Store.Write(t.Context(), func(tx *store.Tx) error {
			held, err := tx.ClaimLetters(t.Context(), k.Clock.Now().Add(24*time.Hour), 0, 10)
			for _, l := range held {
				err = tx.LetterDeferred(t.Context(), l.ID, k.Clock.Now(), "rash")
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		drain(t, k, rash)
		return nil
	}
	drain(t, k, o)
	if len(r.sent)+len(twice.sent) != 2 {
		t.Errorf("it went %d times: the test above proves nothing", len(r.sent)+len(twice.sent))
	}
}

// What cannot be noted is noted later: a letter that was taken does not go again because the disk was full.
func TestDelivery_notesLater(t *testing.T) {
	t.Parallel()
	k := testkit.Open(t)
	register(t, k, testkit.Input(k.AddEvent(t, testkit.Event("lulea", 10)), testkit.Person(1)))
	s, err := store.Open(t.Context(), store.Options{Path: k.Path, URL: k.URL, Migrations: db.Migrations, Chain: k.Keys.Chain})
	if err != nil {
		t.Fatal(err)
	}
	o, r := outbox(k, nil)
	o.Store = s
	r.answer = func(int, string) error { return s.Close() } // before the answer can be noted
	if _, err := o.Deliver(t.Context(), domain.Worker()); err == nil {
		t.Fatal("the note was written to a closed database")
	}
	if got := state(t, k); got[domain.LetterSending] != 1 {
		t.Fatalf("the outbox is %v", got)
	}
	o.Store = k.Store // it can be written to again
	drain(t, k, o)
	if got := state(t, k); got[domain.LetterAccepted] != 1 || len(r.sent["person1@example.se"]) != 1 {
		t.Errorf("the outbox is %v after %d tries", got, len(r.sent["person1@example.se"]))
	}
}
