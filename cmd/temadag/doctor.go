package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

type doctorCommand struct {
	Mail         string `help:"Send a test letter there, and tell each step of the conversation with the mail server." placeholder:"ADDRESS"`
	DKIMSelector string `name:"dkim-selector" help:"Name of the key that the mail server signs with, to be looked up." placeholder:"NAME"`
	DKIMRecord   bool   `name:"dkim-record" help:"Print what belongs in the DNS for the key that letters are signed with here."`
}

// leastFree is how much room the data directory should have: the log may grow to some hundred
// megabytes during a rush.
const leastFree = 1 << 30

// Run prints a line for each thing looked at and fails when one needs a hand.
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
	d.say("secret", secretMode(c, s), "kept apart from the database")
	d.say("signing key", c.DKIM.keyMode(), signingWords(s))
	d.say("disk", disk(s.dataDir), "can be written, room enough")
	d.say("mail server", checkRelay(ctx, s), relayWords(s))
	if s.inbox != nil {
		all, unread, err := s.inbox.Look(ctx)
		d.say("mailbox", err, fmt.Sprintf("%s: %d messages, %d of them not read yet", s.inbox.Address(), all, unread))
	}
	p, err := c.open(ctx, false)
	d.say("database", err, "opens, with every change on disk before it is acknowledged")
	if err == nil {
		d.database(ctx, p)
		err = p.close()
	} else {
		err = nil // told above
	}
	if d.faults > 0 {
		return errors.Join(fmt.Errorf("marked WRONG above: %d", d.faults), err)
	}
	return err
}

type doctor struct{ faults int }

func (d *doctor) say(what string, err error, fine string) {
	if err != nil {
		d.faults++
		fmt.Printf("WRONG  %-12s %v\n", what, err)
		return
	}
	fmt.Printf("ok     %-12s %s\n", what, fine)
}

func (d *doctor) database(ctx context.Context, p *program) {
	found, err := p.store.Check(ctx)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("%d findings; temadag fsck names them", len(found))
	}
	d.say("promises", err, "every place, letter and history agrees")
	d.backup(ctx, p)
	box, err := p.store.Outbox(ctx)
	if err != nil {
		d.say("outbox", err, "")
		return
	}
	wait := time.Duration(0)
	if !box.Oldest.IsZero() {
		wait = p.now().Sub(box.Oldest).Round(time.Second)
	}
	if wait > time.Hour {
		err = fmt.Errorf("the oldest letter has waited %s; is temadag serve running, and does the mail server answer?", wait)
	} else if n := box.ByState[domain.LetterFailed]; n > 0 {
		err = fmt.Errorf("%d letters were refused for good", n)
	}
	d.say("outbox", err, fmt.Sprintf("%d handed over, %d waiting, %d kept and never sent (to made-up people, or to nobody: registered without an address)", box.ByState[domain.LetterAccepted],
		box.ByState[domain.LetterQueued]+box.ByState[domain.LetterSending], box.ByState[domain.LetterWithheld]))
}

// secretMode finds a kept secret that others on the machine can read.
func secretMode(c *Config, s settings) error {
	if c.Secret != "" {
		return nil
	}
	path := filepath.Join(s.dataDir, "secret")
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s can be read by others; chmod 600 it", path)
	}
	return nil
}

// disk finds a data directory that cannot be written or is nearly full.
func disk(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return fmt.Errorf("cannot write in %s: %w", dir, err)
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return fmt.Errorf("cannot write in %s: %w", dir, err)
	}
	free, err := freeIn(dir)
	if err == nil && free < leastFree {
		err = fmt.Errorf("only %d MB are free in %s", free>>20, dir)
	}
	return err
}

// freeIn is how many bytes may still be written in a directory.
func freeIn(dir string) (uint64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("asking for free space: %w", err)
	}
	return fs.Bavail * uint64(fs.Bsize), nil
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
