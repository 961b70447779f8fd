package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/service"
)

type returnedCommand struct {
	To string `help:"Address that the message was delivered to, where the mail server tells it; else its header fields are read." placeholder:"ADDRESS"`
}

// Run notes what came back of a letter. A message that is none of ours is no fault: whoever can write to the
// mailbox can send one, and the mail server would answer her with another.
func (v returnedCommand) Run(ctx context.Context, c *Config) error {
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
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	steps := mail.Walk(ctx, *s.relay, mail.Options{Hello: s.host, Dial: 15 * time.Second, Command: time.Minute}, s.mailFrom, to, raw)
	for _, step := range append(steps, mail.Domain(ctx, s.mailFrom, v.DKIMSelector)...) {
		d.say(step.Name, step.Err, step.Said)
	}
	if d.faults > 0 {
		return fmt.Errorf("marked WRONG above: %d", d.faults)
	}
	return nil
}
