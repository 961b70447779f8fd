package service

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

const (
	// turn is how long new conversations are begun with before it is asked again what is due: a letter that
	// one person waits for has come meanwhile, or a lease would grow old in the queue.
	turn = time.Second
	// conversation is what one conversation may take, all waiting in it counted. With a turn it is shorter than the
	// lease, so that no letter has two senders.
	conversation = 40 * time.Minute
	// lookAgain is how often it is asked, during a conversation, whether its mailing has been stopped.
	lookAgain = 500 * time.Millisecond

	giveUp   = 5 * 24 * time.Hour
	steadily = 4 * time.Hour // between tries that are more than domain.RetryAfter knows of
)

// join makes this process one of the senders. Letters that a dead one held are due at once.
func (o *Outbox) join(ctx context.Context) error {
	n, err := o.Store.JoinSenders(ctx, o.Now())
	if n > 0 {
		o.Log.InfoContext(ctx, "letters taken over from a process that died", "letters", n)
	}
	return err
}

// each works on the letters, a few at a time, and waits for all. What is not begun with within a turn goes
// back untried.
func (o *Outbox) each(ctx context.Context, letters []domain.Letter) error {
	work, done := make(chan readyLetter), make(chan struct{})
	errs := make(chan error, len(letters)+1)
	var wg sync.WaitGroup
	for range min(o.parallel(), len(letters)) {
		wg.Go(func() {
			for l := range work {
				errs <- o.one(ctx, l)
			}
		})
	}
	began, ready := o.Now(), o.ahead(ctx, letters, done)
	n := o.feed(work, ready, began)
	close(done)
	close(work)
	if n < len(letters) {
		errs <- errors.Join(o.putBack(letters[n:]), o.untried())
	}
	for range ready { // until nobody composes any more
	}
	wg.Wait()
	close(errs)
	o.resize(n, len(letters), o.Now().Sub(began))
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// feed hands letters out until the turn is over, and answers how many. A letter that waits longer than that
// for somebody to take it is not handed out: its lease would grow old.
func (o *Outbox) feed(work chan<- readyLetter, ready <-chan []readyLetter, began time.Time) (n int) {
	over := time.NewTimer(turn)
	defer over.Stop()
	for some := range ready {
		for _, l := range some {
			if o.Now().Sub(began) > turn {
				return n
			}
			select {
			case work <- l:
				n++
			case <-over.C:
				return n
			}
		}
	}
	return n
}

// many is how many letters are claimed at once.
func (o *Outbox) many() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return max(claimAtOnce, o.atOnce)
}

// resize claims more the next time where all that were claimed went in a part of a turn, and no more than went
// where some had to be put back.
func (o *Outbox) resize(went, of int, took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch n := max(claimAtOnce, o.atOnce); {
	case went < of:
		o.atOnce = went
	case of == n && took < turn/4:
		o.atOnce = min(2*n, mostAtOnce)
	}
}

// putBack gives letters back that were leased and not begun with.
func (o *Outbox) putBack(letters []domain.Letter) error {
	o.giveBack(len(letters))
	return o.noteBeside(func(tx *store.Tx) error {
		for _, l := range letters {
			if err := tx.LetterGivenBack(bg, l.ID, o.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// bg is for noting what has happened already: it must be written even while the program stops.
var bg = context.Background()

// note writes down what has become of letters. What cannot be written now is kept and written before any
// letter is claimed again: a letter that was taken and not noted would go twice.
func (o *Outbox) note(fn func(tx *store.Tx) error) error {
	return o.noted(fn, o.Store.Write(bg, fn))
}

// noteBeside is note for an fn that is right whatever others change meanwhile.
func (o *Outbox) noteBeside(fn func(tx *store.Tx) error) error {
	return o.noted(fn, o.Store.WriteBeside(bg, fn))
}

func (o *Outbox) noted(fn func(tx *store.Tx) error, err error) error {
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.unnoted = append(o.unnoted, fn)
		return fmt.Errorf("service: note: %w", err)
	}
	return nil
}

// noteAll writes down what could not be written before.
func (o *Outbox) noteAll() error {
	o.mu.Lock()
	owed := o.unnoted
	o.unnoted = nil
	o.mu.Unlock()
	var all []error
	for _, fn := range owed {
		all = append(all, o.note(fn))
	}
	return errors.Join(all...)
}

// heeding is ctx until the letter's mailing is stopped or the conversation has taken too long. Either ends a
// conversation that has not come to the message; afterwards the answer is waited for. The end must be called.
func (o *Outbox) heeding(ctx context.Context, l domain.Letter) (heeding context.Context, end func()) {
	ctx, cancel := context.WithTimeout(ctx, conversation)
	if l.Mailing == 0 {
		return ctx, cancel
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(lookAgain)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if stopped, err := o.Store.MailingStopped(ctx, l.Mailing); err == nil && stopped {
					cancel()
				}
			}
		}
	})
	return ctx, func() { cancel(); wg.Wait() }
}

// stopped reports whether the letter's mailing has been stopped since it was claimed, or whoever it is for has
// ended what she once asked for; it stays here then. An error leaves it unknown, and the letter goes back
// untried.
func (o *Outbox) stopped(ctx context.Context, l domain.Letter) (bool, error) {
	stopped, err := o.ended(ctx, l)
	if err == nil && !stopped && l.Mailing != 0 {
		stopped, err = o.Store.MailingStopped(ctx, l.Mailing)
	}
	if err != nil {
		return false, errors.Join(err, o.putBack([]domain.Letter{l}))
	}
	if !stopped {
		return false, nil
	}
	o.giveBack(1)
	return true, o.note(func(tx *store.Tx) error { return tx.LetterStopped(bg, l.ID) })
}

// deferred gives the letter back for a later try, with a little chance in the wait so that letters do
// not come back all at once, or gives it up after five days. Tries that something cut short may be more than
// five days have room for; no letter is given up before.
func (o *Outbox) deferred(l domain.Letter, reason string) error {
	wait, again := domain.RetryAfter(l.Attempts)
	if !again && o.Now().Before(l.Date.Add(giveUp)) {
		wait, again = steadily, true
	}
	if !again {
		return o.note(func(tx *store.Tx) error { return tx.LetterFailed(bg, l.ID, reason) })
	}
	wait += rand.N(wait/5 + 1)
	return o.note(func(tx *store.Tx) error { return tx.LetterDeferred(bg, l.ID, o.Now().Add(wait), reason) })
}
