package service_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// A sender in a process of its own, so that it can be killed at any moment as a power cut would.

const childEnv = "TEMADAG_TEST_SENDER"

// child is what a sender's process is told.
type child struct {
	Path  string    // of the database
	URL   string    // of the database, where it is PostgreSQL
	Relay string    // its address
	Began time.Time // when the clock stood at the Kit's first hour
	Twin  string    // a sender that is careless in one way; "" for the real one
}

// onceOnly writes a letter with something in it that no second composing would hit upon.
type onceOnly struct{}

func (onceOnly) Compose(f domain.LetterFacts) ([]byte, error) {
	nonce := make([]byte, 8)
	_, _ = rand.Read(nonce)
	return fmt.Appendf(nil, "Message-ID: <%s@example.se>\r\nTo: <%s>\r\nSubject: Hej\r\n\r\n%s %s %s\r\n",
		f.Letter.MessageID, f.Letter.To, f.Registration.Email, f.Link, hex.EncodeToString(nonce)), nil
}

const sendersParallel = 4

// TestDelivery_sender is the sender's process. By itself it is no test.
func TestDelivery_sender(t *testing.T) {
	var c child
	if os.Getenv(childEnv) == "" {
		t.Skip("by design: it is run by the tests that kill it")
	}
	if err := json.Unmarshal([]byte(os.Getenv(childEnv)), &c); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // whoever started it has gone
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	send(ctx, t, testkit.OpenWith(t, store.Options{Path: c.Path, URL: c.URL}), c)
}

// send lets letters and mailings go until ctx ends, over SMTP and on a clock that runs.
func send(ctx context.Context, t *testing.T, k *testkit.Kit, c child) {
	begin := testkit.NewClock(t, "2016-10-01 09:00").Now()
	now := func() time.Time { return begin.Add(time.Since(c.Began)) }
	k.Registrations.Now = now
	relay, err := mail.ParseRelay(c.Relay)
	if err != nil {
		t.Error(err)
		return
	}
	sender := mail.NewSMTP(relay, mail.Options{Connections: sendersParallel})
	defer sender.Close()
	o, _ := outbox(k, nil)
	o.Composer, o.Sender, o.Now, o.Parallel = onceOnly{}, sender, now, sendersParallel
	s := &service.Mailings{Store: k.Store, Registrations: k.Registrations, Outbox: o, Now: now, Log: slog.New(slog.DiscardHandler)}
	var loops sync.WaitGroup
	loops.Go(func() { repeat(ctx, t, now, func() (time.Time, error) { return s.Advance(ctx, domain.Worker()) }) })
	loops.Go(func() {
		repeat(ctx, t, now, func() (time.Time, error) {
			if c.Twin != "" {
				return now().Add(10 * time.Millisecond), careless(ctx, k, o, c.Twin)
			}
			return o.Deliver(ctx, domain.Worker())
		})
	})
	loops.Wait()
}

// repeat runs fn until ctx ends, and looks again at least ten times a second.
func repeat(ctx context.Context, t *testing.T, now func() time.Time, fn func() (time.Time, error)) {
	for ctx.Err() == nil {
		next, err := fn()
		if err != nil && ctx.Err() == nil {
			t.Error(err)
		}
		wait := 100 * time.Millisecond
		if !next.IsZero() {
			wait = min(wait, max(0, next.Sub(now())))
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// careless is Deliver as it should not be: it keeps no bytes ("writes anew"), asks for nothing between claiming
// and sending ("claims and sends"), or notes that letters were taken before they are sent ("notes first").
func careless(ctx context.Context, k *testkit.Kit, o *service.Outbox, how string) error {
	if _, err := k.Store.JoinSenders(ctx, o.Now()); err != nil {
		return err
	}
	var letters []domain.Letter
	err := k.Store.Write(ctx, func(tx *store.Tx) (err error) {
		letters, err = tx.ClaimLetters(ctx, o.Now(), time.Hour, 64)
		return err
	})
	note := func() {
		err = cmp.Or(err, k.Store.Write(ctx, func(tx *store.Tx) error {
			for _, l := range letters {
				if err := tx.LetterAccepted(ctx, l.ID, o.Now()); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	if how == "notes first" {
		note()
	}
	for _, l := range letters {
		raw, _ := o.Composer.Compose(domain.LetterFacts{Letter: l, Registration: domain.Registration{Participant: domain.Participant{Email: l.To}}})
		err = cmp.Or(err, o.Sender.Send(ctx, o.From, l.To, raw))
	}
	if how != "notes first" {
		note()
	}
	return err
}
