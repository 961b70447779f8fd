package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/worker"
)

type returnedCommand struct {
	To   string `help:"Address that the message was delivered to, where the mail server tells it; else its header fields are read." placeholder:"ADDRESS"`
	Site string `help:"Hand the message in at Temadag on another machine, https://temadag.example.se, signed with TEMADAG_MAIL_RETURNS_KEY." placeholder:"URL"`
}

// Run notes what came back of a letter. A message that is none of ours is no fault: whoever can write to the
// mailbox can send one, and the mail server would answer her with another.
func (v returnedCommand) Run(ctx context.Context, c *Config) error {
	if v.Site != "" {
		message, err := io.ReadAll(io.LimitReader(os.Stdin, mail.MostReturned)) // more is never read of it
		if err != nil {
			return fmt.Errorf("reading the message: %w", err)
		}
		return v.handIn(ctx, secret(c.ReturnsKey), message)
	}
	r, err := mail.ReadReturned(os.Stdin)
	if errors.Is(err, mail.ErrNoReturn) {
		fmt.Println("the message tells nothing of a letter")
		return nil
	}
	if err != nil {
		return err
	}
	if v.To != "" {
		r.To = append([]string{v.To}, r.To...)
	}
	return c.with(ctx, func(p *program) error {
		o := &service.Outbox{Store: p.store, Keys: p.keys, Returns: p.returns, From: p.mailFrom, Now: p.now, Log: p.log}
		known, err := o.Returned(ctx, domain.Worker(), r)
		if err == nil && !known {
			fmt.Println("the message bears no mark of a letter of ours")
		}
		return err
	})
}

// mail walks through the whole way of a test letter.
func (d *doctor) mail(ctx context.Context, s settings, v doctorCommand) error {
	to, ok := domain.ParseEmail(v.Mail)
	if !ok {
		return fmt.Errorf("%q is not an address; write name@domain", v.Mail)
	}
	if s.relay == nil {
		return errors.New("TEMADAG_SMTP_URL is not set: letters are kept as files and go nowhere")
	}
	raw, err := mail.TestLetter(s.mailFrom, to, s.host, s.now())
	if err != nil {
		return err
	}
	if s.signing != nil {
		if raw, err = s.signing.Sign(raw, s.now()); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	steps := mail.Walk(ctx, *s.relay, mail.Options{Hello: s.host, Dial: 15 * time.Second, Command: time.Minute}, s.mailFrom, to, raw)
	for _, step := range append(steps, mail.Domain(ctx, net.DefaultResolver.LookupTXT, s.mailFrom, v.DKIMSelector, s.signing)...) {
		d.say(step.Name, step.Err, step.Said)
	}
	return d.verdict(v.Strict)
}

// inboxPause is between two looks into the mailbox, and longer after one that failed.
const (
	inboxPause = 2 * time.Minute
	inboxRest  = 10 * time.Minute
)

// inboxJobs reads the mailbox for what comes back, where there is one.
func (p *program) inboxJobs(o *service.Outbox) []*worker.Job {
	if p.inbox == nil {
		return nil
	}
	return []*worker.Job{worker.New("returned letters", p.now, p.log, func(ctx context.Context) (time.Time, error) {
		known := 0
		n, more, err := p.inbox.Read(ctx, func(r domain.Returned) error {
			ok, err := o.Returned(ctx, domain.Worker(), r)
			if ok {
				known++
			}
			return err
		})
		if n > 0 {
			p.log.InfoContext(ctx, "read what came back of letters", "messages", n, "of_ours", known)
		}
		switch {
		case err != nil:
			p.log.ErrorContext(ctx, "the mailbox for what comes back cannot be read", "error", err)
			return p.now().Add(inboxRest), nil
		case more:
			return p.now(), nil
		}
		return p.now().Add(inboxPause), nil
	})}
}

// returnedOver takes what a mail server hands in over HTTP, nil where none may.
func (p *program) returnedOver(o *service.Outbox) func(ctx context.Context, signature, to string, message []byte) (bool, error) {
	if len(p.returnsKey) == 0 {
		return nil
	}
	return func(ctx context.Context, signature, to string, message []byte) (bool, error) {
		if !auth.CheckReturned(p.returnsKey, signature, to, message, time.Now()) { // the mail server's clock is not turned
			return false, nil
		}
		r, err := mail.ReadReturned(bytes.NewReader(message))
		if errors.Is(err, mail.ErrNoReturn) {
			return true, nil
		}
		if err != nil {
			return true, err
		}
		if to != "" {
			r.To = append([]string{to}, r.To...)
		}
		_, err = o.Returned(ctx, domain.Worker(), r)
		return true, err
	}
}

// handIn sends a message from a mail server on another machine, signed.
func (v returnedCommand) handIn(ctx context.Context, key secret, message []byte) error {
	if len(key) == 0 {
		return errors.New("TEMADAG_MAIL_RETURNS_KEY is needed to sign what is handed in; give it here and where Temadag runs")
	}
	at := strings.TrimSuffix(v.Site, "/") + site.ReturnsPath
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader(message))
	if err != nil {
		return fmt.Errorf("%q is not an address; write https:// and a host", v.Site)
	}
	r.Header.Set("Content-Type", "message/rfc822")
	r.Header.Set(site.DeliveredHeader, v.To)
	r.Header.Set(site.SignatureHeader, auth.SignReturned(key, time.Now(), v.To, message))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("handing in the message: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		said, _ := io.ReadAll(io.LimitReader(answer.Body, 200))
		return fmt.Errorf("%s answers %s: %s", at, answer.Status, strings.TrimSpace(string(said)))
	}
	return nil
}
