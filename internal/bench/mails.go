package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/web"
)

// mailPlan is one way to send letters.
type mailPlan struct {
	connections int
	perSecond   int
	slow        bool // the mail server answers each command after five milliseconds
}

const (
	mailFrom   = "anmalan@temadag.example.se"
	mailDomain = "temadag.example.se"
)

// mailsDelivered is how many letters a second are composed and handed over, each to a person of its
// own. The floor sends as many ready bytes of the same length with net/smtp, over as many
// connections.
func mailsDelivered(plan mailPlan) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		facts, err := s.letterFacts(ctx)
		if err != nil {
			return nil, err
		}
		composer, err := newComposer()
		if err != nil {
			return nil, err
		}
		ready, err := composer.Compose(facts(0))
		if err != nil {
			return nil, err
		}
		var o sinkOptions
		if plan.slow {
			o.Delay = 5 * time.Millisecond
		}
		k, err := newSink(o)
		if err != nil {
			return nil, err
		}
		defer k.close()
		n := s.count(plan.perSecond * min(plan.connections, 4))
		var app, floor []float64
		err = s.alternate(func() error {
			rate, err := sendLetters(ctx, k, composer, plan.connections, n, facts)
			app = append(app, rate)
			return err
		}, func() error {
			rate, err := bareMail(k, plan.connections, n, mailFrom, "deltagare.0@example.se", ready)
			floor = append(floor, rate)
			return err
		})
		if err != nil {
			return nil, err
		}
		f := &figure{Value: median(app), Unit: "mails/s", Floor: median(floor)}
		f.extra("connections", plan.connections)
		f.extra("bytes", len(ready))
		f.extra("letters", n)
		return f, nil
	}
}

func newComposer() (*mail.Composer, error) {
	catalogue, err := i18n.Load(web.Locales())
	if err != nil {
		return nil, err
	}
	invite := export.InvitationOptions{Catalogue: catalogue, Domain: mailDomain, From: mailFrom}
	c := &mail.Composer{
		Catalogue: catalogue, Templates: web.Templates(), FromAddress: mailFrom, MailDomain: mailDomain,
		Invite: func(f domain.LetterFacts) ([]byte, error) { return export.Invitation(f, invite) },
	}
	return c, c.Check()
}

// letterFacts gives the facts of the confirmation to the i-th participant.
func (s *session) letterFacts(ctx context.Context) (func(i int) domain.LetterFacts, error) {
	f, err := s.newFixture(ctx, "letters", false)
	if err != nil {
		return nil, err
	}
	now := time.Now().Truncate(time.Second)
	return func(i int) domain.LetterFacts {
		p := person(i)
		r := domain.Registration{
			Participant: p, ID: domain.RegistrationID(i + 1), EventID: f.event.ID, Status: domain.Confirmed,
			Channel: domain.ChannelWeb, Lang: domain.Swedish, ReceivedAt: now, TermsID: f.event.Terms.ID, LinkVersion: 1,
			Ref: reference(i),
		}
		return domain.LetterFacts{
			Letter: domain.Letter{
				ID: domain.LetterID(i + 1), Kind: domain.LetterConfirmed, RegistrationID: r.ID, EventID: f.event.ID,
				To: p.Email, Lang: domain.Swedish, Status: domain.Confirmed, MessageID: "bench" + strconv.Itoa(i), Date: now,
			},
			Registration: r, Event: f.event, Terms: f.event.Terms,
			Link:      "https://temadag.example.se/min-anmalan/" + strings.Repeat("a", 58),
			EventLink: "https://temadag.example.se/tillfalle/" + f.event.Slug,
		}
	}, os.RemoveAll(f.dir)
}

func sendLetters(ctx context.Context, k *sink, c *mail.Composer, connections, n int, facts func(int) domain.LetterFacts) (float64, error) {
	host, port, err := net.SplitHostPort(k.addr())
	if err != nil {
		return 0, err
	}
	relay := mail.Relay{Host: host, Port: port, Encryption: mail.EncryptNone}
	sender := mail.NewSMTP(relay, mail.Options{Connections: connections, Hello: mailDomain})
	rate, err := timedShare(connections, n, k, func(_, i int) error {
		f := facts(i)
		raw, err := c.Compose(f)
		if err != nil {
			return err
		}
		return sender.Send(ctx, mailFrom, f.Letter.To, raw)
	})
	return rate, errors.Join(err, sender.Close())
}

// outboxDrained is how many letters a second leave the whole program for a mail server that takes
// them at once: read from the database, composed, kept, handed over and noted. It has no floor of
// its own; mails_4 tells what handing over alone costs.
func outboxDrained(ctx context.Context, s *session) (*figure, error) {
	k, err := newSink(sinkOptions{})
	if err != nil {
		return nil, err
	}
	defer k.close()
	n := s.count(1000)
	var rates []float64
	err = s.alternate(func() error {
		rate, err := s.drainOnce(ctx, k, n)
		rates = append(rates, rate)
		return err
	}, nil)
	if err != nil {
		return nil, err
	}
	f := &figure{Value: median(rates), Unit: "mails/s"}
	f.extra("letters", n)
	return f, nil
}

func (s *session) drainOnce(ctx context.Context, k *sink, n int) (float64, error) {
	f, err := s.newFixture(ctx, "outbox", false)
	if err != nil {
		return 0, err
	}
	if err := f.fillRows(n); err != nil {
		return 0, err
	}
	before := k.accepted.Load()
	start := time.Now()
	c, err := s.startWithRelay(ctx, f, k.addr())
	if err != nil {
		return 0, err
	}
	err = k.await(ctx, before+int64(n), time.Minute+time.Duration(n)*10*time.Millisecond)
	rate := float64(n) / time.Since(start).Seconds()
	return rate, errors.Join(err, c.stop(), os.RemoveAll(f.dir))
}

// await waits until the sink has accepted n letters in all.
func (k *sink) await(ctx context.Context, n int64, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for k.accepted.Load() < n {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of the letters never came", n-k.accepted.Load())
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}
