package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

type doctorCommand struct {
	Mail         string `help:"Send a test letter there, and tell each step of the conversation with the mail server." placeholder:"ADDRESS"`
	DKIMSelector string `name:"dkim-selector" help:"Name of the key that the mail server signs with, to be looked up." placeholder:"NAME"`
	DKIMRecord   bool   `name:"dkim-record" help:"Print what belongs in the DNS for the key that letters are signed with here."`
	Strict       bool   `help:"Fail where anything is marked warn, too."`
}

// Run prints a line for each thing looked at, and how to mend what is not well. It fails when something is
// WRONG: people are harmed or refused, or soon will be. What is marked warn keeps its promises today.
func (v doctorCommand) Run(ctx context.Context, c *Config) error {
	s, err := c.settings()
	if err != nil {
		return err
	}
	if v.DKIMRecord {
		return dkimRecord(s)
	}
	d := &doctor{}
	if v.Mail != "" {
		return d.mail(ctx, s, v)
	}
	d.say("settings", nil, "data in "+s.dataDir+", pages at "+s.baseURL)
	d.files(c, s)
	d.say("signing key", c.DKIM.keyMode(), signingWords(s))
	d.outside(ctx, s)
	d.say("mail server", mend(checkRelay(ctx, s), "see TEMADAG_SMTP_URL; temadag doctor --mail ADDRESS tells each step of the conversation"), relayWords(s))
	if s.inbox != nil {
		all, unread, err := s.inbox.Look(ctx)
		d.say("mailbox", mend(err, "see TEMADAG_MAIL_RETURNS_INBOX"), fmt.Sprintf("%s: %d messages, %d of them not read yet", s.inbox.Address(), all, unread))
	}
	p, err := c.open(ctx, false)
	d.say("database", mend(err, "nothing below was looked at"), "opens, with every change on disk before it is acknowledged")
	if err == nil {
		d.database(ctx, p)
		err = p.close()
	} else {
		err = nil // told above
	}
	return errors.Join(d.verdict(v.Strict), err)
}

// doctor counts what it says.
type doctor struct{ faults, warnings int }

// finding is something that is not as it should be, and what to do about it.
type finding struct {
	text, mend string
	harmless   bool // as yet: marked warn
}

func (f *finding) Error() string { return f.text }

// wrong is a finding that harms people or refuses them, or soon will.
func wrong(mend, text string, args ...any) error {
	return &finding{text: fmt.Sprintf(text, args...), mend: mend}
}

// warn is a finding that breaks no promise today.
func warn(mend, text string, args ...any) error {
	return &finding{text: fmt.Sprintf(text, args...), mend: mend, harmless: true}
}

// mend adds to an error, nil for none, what to do about it.
func mend(err error, how string) error {
	if err == nil {
		return nil
	}
	return &finding{text: err.Error(), mend: how}
}

// say prints a line: err's, or the fine words where it is nil.
func (d *doctor) say(what string, err error, fine string) {
	if err == nil {
		fmt.Printf("ok     %-12s %s\n", what, fine)
		return
	}
	f := &finding{text: err.Error()}
	errors.As(err, &f)
	mark := "WRONG"
	if f.harmless {
		mark = "warn"
		d.warnings++
	} else {
		d.faults++
	}
	fmt.Printf("%-5s  %-12s %s\n", mark, what, f.text)
	if f.mend != "" {
		fmt.Printf("       %-12s %s\n", "  mend:", f.mend)
	}
}

// sayAll prints a line for each finding, or the fine words where there is none.
func (d *doctor) sayAll(what string, found []error, fine string) {
	for _, err := range found {
		d.say(what, err, "")
	}
	if len(found) == 0 {
		d.say(what, nil, fine)
	}
}

// verdict is an error where something is WRONG, and where strict also for a warning.
func (d *doctor) verdict(strict bool) error {
	switch {
	case d.faults > 0:
		return fmt.Errorf("marked WRONG above: %d", d.faults)
	case d.warnings > 0 && strict:
		return fmt.Errorf("marked warn above: %d", d.warnings)
	case d.warnings > 0:
		fmt.Printf("nothing is wrong; marked warn above: %d\n", d.warnings)
	default:
		fmt.Println("nothing is wrong")
	}
	return nil
}

func (d *doctor) database(ctx context.Context, p *program) {
	h, err := p.store.Health(ctx)
	if err != nil {
		d.say("engine", err, "")
	} else {
		d.engine(h, p.now())
		d.clock(h, p.now(), date, p.real)
	}
	found, err := p.store.Check(ctx)
	if err == nil && len(found) > 0 {
		err = wrong("temadag fsck names them; keep the file as it is and a copy of the log of the program, and ask",
			"%d findings", len(found))
	}
	d.say("promises", err, "every place, letter and history agrees")
	d.backup(ctx, p)
	d.outbox(ctx, p)
}

// A letter is taken within seconds; one that waits for long is owed to somebody who wonders.
const (
	longWait  = 10 * time.Minute
	wrongWait = time.Hour
)

func (d *doctor) outbox(ctx context.Context, p *program) {
	box, err := p.store.Outbox(ctx)
	if err != nil {
		d.say("outbox", err, "")
		return
	}
	pause, paused, err := p.store.RelayPause(ctx)
	if err != nil {
		d.say("outbox", err, "")
		return
	}
	wait := time.Duration(0)
	if !box.Oldest.IsZero() {
		wait = p.now().Sub(box.Oldest).Round(time.Second)
	}
	const look = "is temadag serve running, and does the mail server answer? temadag doctor --mail ADDRESS tries it"
	var out []error
	switch {
	case wait > wrongWait:
		out = append(out, wrong(look, "%d letters wait, the oldest for %s", box.Waiting, wait))
	case wait > longWait:
		out = append(out, warn(look, "%d letters wait, the oldest for %s", box.Waiting, wait))
	}
	if paused {
		out = append(out, wrong("see to the mail server; sending goes on by itself when it takes letters again",
			"sending is paused since %s, for the mail server refuses everything: %s", pause.Since.In(domain.Stockholm()).Format("2006-01-02 15:04"), pause.Reason))
	}
	if box.Failed > 0 {
		out = append(out, warn("staff see whose under each event, and can send again or call", "%d letters were refused for good", box.Failed))
	}
	d.sayAll("outbox", out, fmt.Sprintf("%d waiting of the %d that were ever owed", box.Waiting, box.Last))
}

func checkRelay(ctx context.Context, s settings) error {
	if s.relay == nil {
		return nil
	}
	sender := mail.NewSMTP(*s.relay, mail.Options{Hello: s.host, Dial: 10 * time.Second, Command: 10 * time.Second})
	return errors.Join(sender.Check(ctx), sender.Close())
}

func relayWords(s settings) string {
	if s.relay == nil {
		return "none; letters are kept as files"
	}
	words := s.relay.Address() + " answers"
	if s.relay.Encryption != mail.EncryptNone {
		words += ", encrypts"
	}
	if s.relay.User != "" {
		words += ", lets us in"
	}
	return words
}

// exists reports whether there is such a file.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
