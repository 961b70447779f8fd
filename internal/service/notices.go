package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// NoticeComposer writes a letter about an account: the same facts give the same bytes.
type NoticeComposer interface {
	ComposeNotice(n domain.Notice) ([]byte, error)
}

// letterParts are the particulars of a letter about an account, sealed until it is composed.
type letterParts struct {
	Link    string        `json:"link,omitempty"`
	Life    time.Duration `json:"life,omitempty"` // of the link
	Network string        `json:"network,omitempty"`
	Agent   string        `json:"agent,omitempty"`
	Left    int           `json:"left,omitempty"` // recovery codes
	Name    string        `json:"name"`
	// Taken is for the letter about a list; nil in all others.
	Taken *domain.ListTaken `json:"taken,omitempty"`
}

// notify owes a user a letter about her account. Wake the worker when the transaction is over.
func (s *Accounts) notify(ctx context.Context, tx *store.Tx, u domain.User, k domain.NoticeKind, p letterParts) error {
	p.Name = u.Name
	parts, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("service: notice: %w", err)
	}
	n := domain.Notice{Kind: k, User: u.ID, To: u.Email, Lang: u.Lang, Date: s.Now(), MessageID: s.Keys.NoticeID(auth.NewToken())}
	if p.Life > 0 {
		n.Ends = n.Date.Add(p.Life)
	}
	return tx.InsertNotice(ctx, n, func(id int64) []byte { return s.Keys.Seal(parts, noticePlace(id, false)) })
}

// noticePlace is what a letter's particulars, and later its bytes, are sealed for.
func noticePlace(id int64, composed bool) string {
	if composed {
		return fmt.Sprintf("notice %d bytes", id)
	}
	return fmt.Sprintf("notice %d", id)
}

// DeliverNotices sends the letters about accounts that are due, and answers when it wants to be called
// again, as Deliver. They do not step aside in a rush: somebody is waiting to be let in.
func (o *Outbox) DeliverNotices(ctx context.Context, a domain.Actor, c NoticeComposer) (time.Time, error) {
	if err := a.Require(domain.PermDeliver); err != nil {
		return time.Time{}, err
	}
	if err := errors.Join(o.join(ctx), o.heedClock(ctx)); err != nil {
		return o.Now().Add(time.Minute), err
	}
	until, trial, err := o.held(ctx)
	if err != nil || !until.IsZero() {
		return until, err
	}
	var due []store.KeptNotice
	if trial {
		err = o.trialOf(ctx, func(tx *store.Tx) (_ int, err error) {
			due, err = tx.ClaimNotices(ctx, o.Now(), lease, 1)
			return len(due), err
		})
	} else {
		err = o.Store.Write(ctx, func(tx *store.Tx) (err error) {
			due, err = tx.ClaimNotices(ctx, o.Now(), lease, claimAtOnce)
			return err
		})
	}
	if err != nil {
		return o.Now().Add(time.Minute), err
	}
	if len(due) == 0 {
		return o.Store.NextNotice(ctx)
	}
	for _, n := range due {
		err = errors.Join(err, o.notice(ctx, n, c))
	}
	return o.Now(), err
}

// notice composes, keeps, sends and notes, as one does. A link that has died is not sent.
func (o *Outbox) notice(ctx context.Context, n store.KeptNotice, c NoticeComposer) error {
	note := func(fn func(tx *store.Tx) error) error { return o.Store.Write(bg, fn) }
	if !n.Ends.IsZero() && !o.Now().Before(n.Ends) {
		return note(func(tx *store.Tx) error { return tx.NoticeFailed(bg, n.ID, "expired") })
	}
	raw, err := o.noticeBytes(ctx, n, c)
	if err != nil {
		return errors.Join(err, note(func(tx *store.Tx) error {
			return tx.NoticeDeferred(bg, n.ID, o.Now().Add(time.Minute), "compose")
		}))
	}
	err = o.Sender.Send(ctx, o.From, n.To, raw)
	if err == nil {
		return note(func(tx *store.Tx) error {
			return errors.Join(o.serves(bg, tx), tx.NoticeAccepted(bg, n.ID, o.Now()))
		})
	}
	return note(func(tx *store.Tx) error { return o.noticeFault(ctx, tx, n, err) })
}

func (o *Outbox) noticeFault(ctx context.Context, tx *store.Tx, n store.KeptNotice, err error) error {
	var f *domain.DeliveryFault
	if !errors.As(err, &f) {
		f = &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "unknown", Cause: err}
	}
	o.Log.WarnContext(ctx, "letter about an account not taken", "notice", n.ID, "attempt", n.Attempts,
		"class", string(f.Class), "code", f.Code)
	wait, again := domain.RetryAfter(n.Attempts)
	switch f.Class {
	case domain.FaultAddress, domain.FaultMessage:
		again = false
	case domain.FaultRelay:
		if f.Alone { // one recipient's domain is to hold up nobody else
			break
		}
		if err := o.pause(ctx, tx, f); err != nil {
			return err
		}
		wait, again = relayPause, true
	case domain.FaultRetry:
	default:
		panic("service: unknown class of delivery fault " + string(f.Class))
	}
	if !again {
		return tx.NoticeFailed(bg, n.ID, f.Reason)
	}
	return tx.NoticeDeferred(bg, n.ID, o.Now().Add(wait), f.Reason)
}

// noticeBytes are the letter as it was composed the first time.
func (o *Outbox) noticeBytes(ctx context.Context, n store.KeptNotice, c NoticeComposer) ([]byte, error) {
	opened, err := o.Keys.Open(n.Sealed, noticePlace(n.ID, n.Composed))
	if err != nil || n.Composed {
		return opened, err
	}
	var p letterParts
	if err := json.Unmarshal(opened, &p); err != nil {
		return nil, fmt.Errorf("service: notice %d: %w", n.ID, err)
	}
	facts := n.Notice
	facts.Name, facts.Link, facts.Network, facts.Agent, facts.Left = p.Name, p.Link, p.Network, p.Agent, p.Left
	if p.Taken != nil {
		facts.Taken = *p.Taken
	}
	raw, err := c.ComposeNotice(facts)
	if err != nil {
		return nil, fmt.Errorf("service: compose notice %d: %w", n.ID, err)
	}
	return raw, o.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.NoticeComposed(ctx, n.ID, o.Keys.Seal(raw, noticePlace(n.ID, true)))
	})
}
