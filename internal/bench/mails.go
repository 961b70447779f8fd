package main

import (
	"context"
	"errors"
	"math"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/view"
	"github.com/temadag/temadag/web"
)

// mailPlan is one way to send letters.
type mailPlan struct {
	connections int
	perSecond   int
	slow        bool // the mail server answers each command after five milliseconds
	simple      bool // it does not offer PIPELINING
	written     bool // the letters are a mailing that staff have written
}

// sink is a mail server for the plan.
func (p mailPlan) sink() (*sink, error) {
	o := sinkOptions{Simple: p.simple}
	if p.slow {
		o.Delay = 5 * time.Millisecond
	}
	return newSink(o)
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
		facts, err := s.letterFacts(ctx, plan.written)
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
		k, err := plan.sink()
		if err != nil {
			return nil, err
		}
		defer k.close()
		n := s.count(plan.perSecond)
		defer debug.SetGCPercent(debug.SetGCPercent(400)) // as serve does, for both
		var app, floor, appCPU, floorCPU []float64
		err = s.alternate(func() error {
			cpu := ownCPU()
			rate, err := sendLetters(ctx, k, composer, plan.connections, n, facts)
			app, appCPU = append(app, rate), append(appCPU, microseconds(ownCPU()-cpu, n))
			return err
		}, func() error {
			cpu := ownCPU()
			rate, err := bareMail(k, plan.connections, n, mailFrom, "deltagare.0@example.se", ready)
			floor, floorCPU = append(floor, rate), append(floorCPU, microseconds(ownCPU()-cpu, n))
			return err
		})
		if err != nil {
			return nil, err
		}
		f := &figure{Value: median(app), Unit: "mails/s", Floor: median(floor)}
		f.extra("connections", plan.connections)
		f.extra("bytes", len(ready))
		f.extra("letters", n)
		f.extra("least_ratio", leastRatio(app, floor))
		f.extra("cpu_us", median(appCPU))
		f.extra("cpu_us_floor", median(floorCPU))
		return f, nil
	}
}

// microseconds is the processor time of one of n letters, the server's counted.
func microseconds(all time.Duration, n int) float64 {
	return float64(all.Microseconds()) / float64(n)
}

// leastRatio is the worst of the runs, each held against the floor that was taken right after it.
func leastRatio(app, floor []float64) float64 {
	least := math.Inf(1)
	for i := range app {
		least = min(least, app[i]/floor[i])
	}
	return least
}

func newComposer() (*mail.Composer, error) {
	catalogue, err := i18n.Load(web.Locales())
	if err != nil {
		return nil, err
	}
	invite := export.InvitationOptions{Catalogue: catalogue, Domain: mailDomain, From: mailFrom}
	c := &mail.Composer{
		Catalogue: catalogue, Templates: web.Templates(), FromAddress: mailFrom, MailDomain: mailDomain,
		Invite: func(f domain.LetterFacts) ([]byte, error) { return export.Invitation(f, invite) }, Written: view.NewLetters(),
	}
	return c, c.Check()
}

// fixtureMailing is what staff write to everyone before a theme day.
func fixtureMailing() *domain.Mailing {
	return &domain.Mailing{MailingEntry: domain.MailingEntry{
		Subject: domain.Text{Sv: "Inför {tillfälle}"},
		Body: domain.Text{Sv: "Hej {förnamn}!\n\nSnart ses vi i {ort}, **{dag}**. Här är det du behöver veta.\n\n## Att ta sig hit\n\n" +
			"- tåget stannar tio minuters promenad från lokalen\n- parkeringen framför huset är avgiftsfri\n\n" +
			"Dina uppgifter finns på {länk}. Kan du inte komma? Avboka senast {sista avbokningsdag}, så får någon annan din plats.\n\n{kontakt}"},
	}}
}

// letterFacts gives the facts of the i-th participant's letter: her confirmation, or what staff have written.
func (s *session) letterFacts(ctx context.Context, written bool) (func(i int) domain.LetterFacts, error) {
	f, err := s.newFixture(ctx, "letters", false)
	if err != nil {
		return nil, err
	}
	now, event := time.Now().Truncate(time.Second), f.event
	return func(i int) domain.LetterFacts {
		p := person(i)
		r := domain.Registration{
			Participant: p, ID: domain.RegistrationID(i + 1), EventID: event.ID, Status: domain.Confirmed,
			Channel: domain.ChannelWeb, Lang: domain.Swedish, ReceivedAt: now, TermsID: event.Terms.ID, LinkVersion: 1,
			Ref: reference(i),
		}
		f := domain.LetterFacts{
			Letter: domain.Letter{
				ID: domain.LetterID(i + 1), Kind: domain.LetterConfirmed, RegistrationID: r.ID, EventID: event.ID,
				To: p.Email, Lang: domain.Swedish, Status: domain.Confirmed, MessageID: "bench" + strconv.Itoa(i), Date: now,
			},
			Registration: r, Event: event, Terms: event.Terms,
			Link:      "https://temadag.example.se/min-anmalan/" + strings.Repeat("a", 58),
			EventLink: "https://temadag.example.se/tillfalle/" + event.Slug,
		}
		if written {
			f.Letter.Kind, f.Letter.Mailing, f.Mailing = domain.LetterMailing, 1, fixtureMailing()
		}
		return f
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
