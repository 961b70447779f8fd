package service

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// held tells whether the mail server refuses everything. Until then it is left alone; when the time has come,
// trial is true for one worker alone, and one letter is tried. The pause stands in the database: a restart
// does not forget it, another worker keeps to it, and staff are told.
func (o *Outbox) held(ctx context.Context) (until time.Time, trial bool, err error) {
	p, ok, err := o.Store.RelayPause(ctx)
	o.remember(p, ok)
	if err != nil || !ok {
		return time.Time{}, false, err
	}
	if pausedAt(p.Until, o.Now()) {
		return p.Until, false, nil
	}
	return time.Time{}, true, nil
}

// pausedAt reports whether a pause that lasts until an instant holds at now. None is longer than relayPause: one
// that seems to be is of a clock that has been put back since.
func pausedAt(until, now time.Time) bool {
	return now.Before(until) && !now.Round(0).Add(relayPause).Before(until.Round(0))
}

// remember keeps in memory what the letters under way ask for.
func (o *Outbox) remember(p domain.MailPause, refused bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.paused, o.refused = p.Until, refused
}

// trialOf claims the one letter that is tried while the mail server refuses everything, and keeps others from
// trying meanwhile. It answers none where another worker tries already.
func (o *Outbox) trialOf(ctx context.Context, claim func(tx *store.Tx) (claimed int, err error)) error {
	return o.Store.Write(ctx, func(tx *store.Tx) error {
		p, ok, err := tx.RelayPause(ctx)
		if err != nil || !ok || pausedAt(p.Until, o.Now()) {
			return err
		}
		n, err := claim(tx)
		if err != nil || n == 0 {
			return err
		}
		_, err = tx.HoldRelay(ctx, p.Until, o.Now().Add(relayPause))
		return err
	})
}

// untried lets another letter be the trial at once where the one that was to be has not come as far as the mail
// server: it was stopped meanwhile, or cannot be composed. All others would wait for it for nothing.
func (o *Outbox) untried() error {
	o.mu.Lock()
	trial := o.refused && !pausedAt(o.paused, o.Now())
	o.mu.Unlock()
	if !trial {
		return nil
	}
	return o.note(func(tx *store.Tx) error {
		p, ok, err := tx.RelayPause(bg)
		if err != nil || !ok {
			return err
		}
		_, err = tx.HoldRelay(bg, p.Until, o.Now())
		return err
	})
}

// pause leaves the mail server alone for a while: every letter would fail the same way.
func (o *Outbox) pause(ctx context.Context, tx *store.Tx, f *domain.DeliveryFault) error {
	now := o.Now()
	p := domain.MailPause{Since: now, Until: now.Add(relayPause), Reason: f.Reason, Code: f.Code, Status: f.Status}
	o.remember(p, true)
	o.Log.ErrorContext(ctx, "the mail server refuses us; sending is paused", "until", p.Until, "code", p.Code, "status", p.Status)
	return tx.PauseRelay(ctx, p)
}

// serves notes, in the transaction that notes the letter, that the mail server has taken a letter or refused
// it for what it is: a pause is over.
func (o *Outbox) serves(ctx context.Context, tx *store.Tx) error {
	o.mu.Lock()
	was := o.refused
	o.paused, o.refused = time.Time{}, false
	o.mu.Unlock()
	if !was {
		return nil
	}
	o.Log.InfoContext(ctx, "the mail server takes letters again")
	return tx.ResumeRelay(ctx)
}
