package service

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Composer writes a letter: the same facts give the same bytes.
type Composer interface {
	Compose(f domain.LetterFacts) ([]byte, error)
}

// Sender hands the bytes of one letter to one recipient. Its error is a *domain.DeliveryFault.
type Sender interface {
	Send(ctx context.Context, from, to string, raw []byte) error
}

const (
	claimAtOnce = 64               // letters, at first
	mostAtOnce  = 512              // when that many go within a turn
	lease       = 45 * time.Minute // longer than the slowest conversation that the time-outs allow
	relayPause  = 5 * time.Minute
	stepAside   = 250 * time.Millisecond // in a rush: letters wait, people do not
	fewPeople   = 8                      // who wait for the writer besides our own senders are no rush
	mostSteps   = 120                    // half a minute at a stretch, then a batch goes whatever happens
)

// Outbox sends the letters that are owed. Several may work on one database: a letter is leased to
// one of them at a time.
//
// A letter is composed once and its bytes kept before the first try, so that every try sends the
// same Message-ID and Date. Delivery is at least once: where a server does not say whether it took a
// letter, the letter goes again (RFC 1047).
type Outbox struct {
	Store    *store.Store
	Keys     *auth.Keys
	Composer Composer
	Sender   Sender
	From     string // envelope sender
	// Returns is the address that what comes back is sent to, with a mark of the letter after a plus sign in
	// it; "" where From is the envelope sender of every letter.
	Returns string
	// OwnLink and EventLink make the absolute addresses that letters hold.
	OwnLink   func(l domain.Lang, token string) string
	GroupLink func(l domain.Lang, token string) string
	EventLink func(l domain.Lang, slug string) string
	// PageLink makes the address of any other page, by its route; automatic letters have such.
	PageLink func(l domain.Lang, route string, args ...string) string
	Now      func() time.Time
	Parallel int // letters under way at once; 0 means 4
	// Rate is how many letters a second the relay is given at most, and HostRate how many to one receiving
	// domain; 0 means no limit.
	Rate, HostRate float64
	Log            *slog.Logger

	mu      sync.Mutex
	paused  time.Time // until then the relay is left alone
	refused bool      // it refused everything when it was last asked
	steps   int       // how often in a row the letters have stepped aside
	// unnoted is what has happened and could not be written down yet.
	unnoted []func(tx *store.Tx) error
	policy  policy
	pace    pacing
	events  sync.Map // domain.EventID → toldEvent: a rush writes many letters about one event
	agreed  sync.Map // int64 → domain.Terms: no version of them is ever changed
	atOnce  int      // letters claimed at once; 0 means claimAtOnce
	seen    time.Time
	deaf    bool // in the twins of tests: to what becomes of the clock
}

// Deliver sends what is due and answers when it wants to be called again: at once while letters may
// be due, at the next try, or never (the zero time) while nothing is owed.
func (o *Outbox) Deliver(ctx context.Context, a domain.Actor) (time.Time, error) {
	if err := a.Require(domain.PermDeliver); err != nil {
		return time.Time{}, err
	}
	if err := errors.Join(o.noteAll(), o.join(ctx), o.heedClock(ctx)); err != nil {
		return o.Now().Add(time.Minute), err
	}
	until, trial, err := o.held(ctx)
	if err != nil || !until.IsZero() {
		return until, err
	}
	if o.rush() {
		return o.Now().Add(stepAside), nil
	}
	most := o.many()
	if trial {
		most = 1
	}
	n, wait := o.take(most)
	if n == 0 {
		return o.Now().Add(wait), nil
	}
	var letters []domain.Letter
	claim := func(tx *store.Tx) (int, error) {
		var err error
		letters, err = tx.ClaimLetters(ctx, o.Now(), lease, n)
		return len(letters), err
	}
	if trial {
		err = o.trialOf(ctx, claim)
	} else {
		err = o.Store.WriteBeside(ctx, func(tx *store.Tx) error { _, err := claim(tx); return err })
	}
	o.giveBack(n - len(letters))
	if err != nil {
		return o.Now().Add(time.Minute), err
	}
	if len(letters) == 0 {
		return o.Store.NextLetter(ctx)
	}
	return o.Now(), o.each(ctx, letters)
}

// rush reports whether more people than our own senders are waiting for the writer, and the letters
// should let them through.
func (o *Outbox) rush() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if own := o.parallel(); o.Store.Crowd() > own+min(own, fewPeople) && o.steps < mostSteps {
		o.steps++
		return true
	}
	o.steps = 0
	return false
}

func (o *Outbox) parallel() int {
	if o.Parallel == 0 {
		return 4
	}
	return o.Parallel
}

func (o *Outbox) pausedUntil() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.paused
}

// one composes, keeps, sends and notes. What cannot be composed is put off, not lost.
func (o *Outbox) one(ctx context.Context, r readyLetter) (err error) {
	l, tried := r.Letter, false
	defer func() {
		if !tried {
			err = errors.Join(err, o.untried())
		}
	}()
	if until := o.pausedUntil(); pausedAt(until, o.Now()) {
		o.giveBack(1)
		return o.note(func(tx *store.Tx) error { return tx.LetterGivenBack(bg, l.ID, until) })
	}
	if ctx.Err() != nil {
		return o.putBack([]domain.Letter{l})
	}
	if at := o.mayGo(l.To); !at.IsZero() {
		o.giveBack(1)
		return o.note(func(tx *store.Tx) error { return tx.LetterGivenBack(bg, l.ID, at) })
	}
	raw := r.raw
	if err = r.err; raw == nil && err == nil {
		raw, err = o.bytes(ctx, l)
	}
	if err != nil {
		if stopped, unknown := o.stopped(ctx, l); stopped || unknown != nil { // there may be nobody left to write to
			return unknown
		}
		return errors.Join(err, o.deferred(l, "compose"))
	}
	if stopped, err := o.stopped(ctx, l); err != nil || stopped {
		return err
	}
	tried = true
	heeding, end := o.heeding(ctx, l)
	err = o.Sender.Send(heeding, o.returnPath(l), l.To, raw)
	end()
	if err == nil {
		o.answered(l.To, nil)
		o.policy.accepted()
		return o.noteBeside(func(tx *store.Tx) error {
			return errors.Join(o.serves(bg, tx), tx.LetterAccepted(bg, l.ID, o.Now()))
		})
	}
	return o.afterFault(ctx, l, err)
}

func (o *Outbox) afterFault(ctx context.Context, l domain.Letter, err error) error {
	var f *domain.DeliveryFault
	if !errors.As(err, &f) {
		f = &domain.DeliveryFault{Class: domain.FaultRetry, Reason: "unknown", Cause: err}
	}
	o.Log.WarnContext(ctx, "letter not taken", "letter", int64(l.ID), "attempt", l.Attempts, "class", string(f.Class),
		"code", f.Code, "status", f.Status)
	o.answered(l.To, f)
	switch f.Class {
	case domain.FaultRetry:
		return o.deferred(l, f.Reason)
	case domain.FaultRelay:
		if f.Alone {
			return o.refusedByPolicy(ctx, l, f)
		}
		return o.note(func(tx *store.Tx) error {
			if err := o.pause(ctx, tx, f); err != nil {
				return err
			}
			return tx.LetterHeld(bg, l.ID, o.pausedUntil(), f.Reason)
		})
	case domain.FaultAddress: // it will never work
		return o.note(func(tx *store.Tx) error {
			if err := errors.Join(o.serves(bg, tx), tx.LetterFailed(bg, l.ID, f.Reason)); err != nil {
				return err
			}
			return tx.Suppress(bg, o.Keys.AddressHash(domain.EmailKey(l.To)), "", domain.SuppressUnreachable, domain.Worker().Name, o.Now())
		})
	case domain.FaultMessage:
		return o.note(func(tx *store.Tx) error {
			return errors.Join(o.serves(bg, tx), tx.LetterFailed(bg, l.ID, f.Reason))
		})
	default:
		panic("service: unknown class of delivery fault " + string(f.Class))
	}
}

func (o *Outbox) facts(ctx context.Context, l domain.Letter) (domain.LetterFacts, error) {
	if l.Kind.ToSubscriber() {
		return o.subscriberFacts(ctx, l)
	}
	k, err := o.Store.RegistrationByID(ctx, l.RegistrationID)
	if err != nil {
		return domain.LetterFacts{}, err
	}
	l.EventID = k.EventID
	e, err := o.event(ctx, k.EventID)
	if err != nil {
		return domain.LetterFacts{}, err
	}
	terms, err := o.terms(ctx, k.TermsID)
	if err != nil {
		return domain.LetterFacts{}, err
	}
	k.QueuePosition = l.QueuePosition
	f := domain.LetterFacts{
		Letter: l, Registration: k.Registration, Event: e, Terms: terms, EventLink: o.EventLink(l.Lang, e.Slug),
	}
	if f.Sisters, err = o.sisters(ctx, e.ID); err != nil {
		return f, err
	}
	return f, o.particulars(ctx, k, &f)
}

// particulars adds what only some letters tell: the link, the other event of a move, the group.
func (o *Outbox) particulars(ctx context.Context, k store.Kept, f *domain.LetterFacts) (err error) {
	switch l := f.Letter; {
	case l.Kind.Linkless():
	case l.Kind.ToContact():
		return o.group(ctx, k, f)
	default:
		// The version that was in force when the letter was owed: a later link goes to the later address.
		f.Link = o.OwnLink(l.Lang, o.Keys.Link(k.UID, max(l.Details.LinkVersion, 1)))
	}
	if f.Letter.Details.Event != "" {
		id, err := o.Store.EventID(ctx, f.Letter.Details.Event)
		if err != nil {
			return err
		}
		if f.Other, err = o.event(ctx, id); err != nil {
			return err
		}
	}
	if f.Letter.Mailing != 0 {
		if err := o.written(ctx, f); err != nil {
			return err
		}
		if err := o.automatic(f, o.Keys.Link(k.UID, max(f.Letter.Details.LinkVersion, 1))); err != nil {
			return err
		}
	}
	if f.Letter.Kind == domain.LetterConfirmed || f.Letter.Kind == domain.LetterWaitlisted {
		if err := o.others(ctx, k, f); err != nil {
			return err
		}
	}
	if k.Group != 0 { // whose words the data are must be told (GDPR article 14)
		g, err := o.Store.GroupByID(ctx, k.Group)
		if err != nil {
			return err
		}
		f.Group = g.Group
		f.Group.Places = nil
	}
	if !o.hasSessions(k.EventID) {
		return nil
	}
	f.Sessions, err = chosenSessions(ctx, o.Store.Queries, k.ID, f.Event)
	return err
}

// written adds what staff have written, with its files.
func (o *Outbox) written(ctx context.Context, f *domain.LetterFacts) error {
	m, _, err := o.Store.MailingByID(ctx, f.Letter.Mailing)
	if err != nil {
		return err
	}
	f.Mailing = &m
	if len(m.Files) > 0 {
		f.Enclosed, err = o.Store.MailingFiles(ctx, m.ID)
	}
	return err
}

// others are the other towns of the series where the same address is registered: the letter asks
// whether she means to go to both.
func (o *Outbox) others(ctx context.Context, k store.Kept, f *domain.LetterFacts) error {
	if f.Event.SeriesID == 0 || k.Email == "" {
		return nil
	}
	live, err := o.Store.LiveInSeries(ctx, f.Event.SeriesID, k.EmailKey())
	if err != nil {
		return err
	}
	for _, other := range live {
		if other.ID == k.ID || other.ID == k.Keeps || other.Keeps == k.ID {
			continue
		}
		e, err := o.event(ctx, other.EventID)
		if err != nil {
			return err
		}
		f.Others, f.OtherStatus = append(f.Others, e), append(f.OtherStatus, other.Status)
	}
	return nil
}
