package service

import (
	"context"
	"errors"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Subscribers are those who have asked for invitations to new events, county by county.
//
// Nothing but one letter goes to an address before its owner has followed the link in that letter. Whoever
// ends it is forgotten at once, with every letter that no server has been given; what is kept is a hash of
// the address and why nothing goes to it. What is asked is answered alike whether the address is known,
// wants nothing, or is new.
type Subscribers struct {
	Store *store.Store
	Keys  *auth.Keys
	Now   func() time.Time
	// Wake is called when a letter is owed; nil is allowed.
	Wake func()
	// WakeClock is called when somebody has been asked, who is forgotten if she does not answer; nil is allowed.
	WakeClock func()
	// Erased writes down outside the database who is forgotten; nil is allowed.
	Erased Intend
	// Withhold keeps the letters in the outbox without ever sending them.
	Withhold bool
}

var errSubscription = domain.NotFound("subscribers.not_found")

// SubscriptionAsk is one request for invitations.
type SubscriptionAsk struct {
	domain.SubscriptionEntry
	Lang    domain.Lang
	Address string // of the network it comes from
}

// Ask writes down that somebody asks for invitations, and owes the letter that asks whether the address is
// hers: at most one a day to an address, and none to one that mail does not reach or that wants no mailings.
// The answer tells nothing of it: nil, *domain.Invalid for what was typed, or CodeTooMany "subscribers.wait"
// where one network asks too much.
func (s *Subscribers) Ask(ctx context.Context, a domain.Actor, in SubscriptionAsk) error {
	if err := a.Require(domain.PermRegister); err != nil {
		return err
	}
	known, err := s.codes(ctx)
	if err != nil {
		return err
	}
	entry, err := domain.NewSubscription(in.SubscriptionEntry, known)
	if err != nil {
		return err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := s.chargeNetwork(ctx, tx, auth.Network(in.Address)); err != nil {
			return err
		}
		return s.ask(ctx, tx, entry, in.Lang)
	})
	if err == nil {
		s.woken()
	}
	return err
}

func (s *Subscribers) codes(ctx context.Context) ([]domain.OrganiserCode, error) {
	all, err := s.Store.Organisers(ctx)
	out := make([]domain.OrganiserCode, len(all))
	for i, o := range all {
		out[i] = o.Code
	}
	return out, err
}

func (s *Subscribers) woken() {
	if s.Wake != nil {
		s.Wake()
	}
	if s.WakeClock != nil {
		s.WakeClock()
	}
}

// chargeNetwork counts what a network asks for in a day. It writes whatever the address is, so that the time
// that an answer takes tells nothing of it.
func (s *Subscribers) chargeNetwork(ctx context.Context, tx *store.Tx, network string) error {
	now, key := s.Now(), s.Keys.AttemptKey("subscribe", "network", network)
	n, err := tx.Attempts(ctx, key)
	if err != nil {
		return err
	}
	if now.Sub(n.Last).Abs() >= domain.GuessWindow { // or by a clock that has been put back since
		n = store.Attempts{}
	}
	if n.Failed >= domain.SubscriptionsFromNetwork {
		return &domain.Error{Code: domain.CodeTooMany, Key: "subscribers.wait"}
	}
	return tx.PutAttempts(ctx, key, store.Attempts{Failed: n.Failed + 1, Last: now})
}

func (s *Subscribers) ask(ctx context.Context, tx *store.Tx, in domain.SubscriptionEntry, l domain.Lang) error {
	now := s.Now()
	open := in.Counties[:0:0]
	for _, c := range in.Counties {
		why, err := s.against(ctx, tx.Queries, in.Email, c)
		if err != nil {
			return err
		}
		if why == "" || why == domain.SuppressUnsubscribed {
			open = append(open, c)
		}
	}
	for _, c := range open {
		err := tx.InsertSubscriber(ctx, domain.Subscriber{
			UID: auth.NewKey(), County: c, Email: in.Email, Lang: l, Source: domain.SubscribedOnPage, Asked: now,
		})
		if err != nil {
			return err
		}
	}
	key := s.Keys.AttemptKey("subscribe", "address", domain.EmailKey(in.Email))
	last, err := tx.Attempts(ctx, key)
	if err != nil || len(open) == 0 || now.Sub(last.Last).Abs() < domain.SubscriptionLetterEvery {
		return err
	}
	if err := tx.PutAttempts(ctx, key, store.Attempts{Failed: 1, Last: now}); err != nil {
		return err
	}
	lines, err := tx.SubscribersAt(ctx, domain.EmailKey(in.Email))
	if err != nil || len(lines) == 0 {
		return err
	}
	return s.owe(ctx, tx, lines[0], l)
}

// against is why no invitation of a county goes to an address, "" where it does.
func (s *Subscribers) against(ctx context.Context, q store.Queries, email string, c domain.OrganiserCode) (domain.SuppressionReason, error) {
	hash := s.Keys.AddressHash(domain.EmailKey(email))
	why, err := q.Suppressed(ctx, c, hash)
	return why[string(hash)], err
}

// owe puts the letter that asks into the outbox. It goes to the address as it is kept, which is as it was
// typed the first time.
func (s *Subscribers) owe(ctx context.Context, tx *store.Tx, to domain.Subscriber, l domain.Lang) error {
	now, state := s.Now(), domain.LetterQueued
	if s.Withhold {
		state = domain.LetterWithheld
	}
	return tx.InsertLetter(ctx, 0, domain.Letter{
		Kind: domain.LetterSubscription, Subscriber: to.ID, To: to.Email, Lang: l,
		MessageID: s.Keys.MessageID([]byte(to.UID), string(domain.LetterSubscription), int(now.Unix())),
		Date:      now.Truncate(time.Second), State: state, NextTry: now,
	})
}

// lines are all that the address behind a link has asked for, that of the link first; domain.ErrNotFound for
// every token that is not ours, and for one whose owner has been forgotten.
func (s *Subscribers) lines(ctx context.Context, q store.Queries, token, what string) ([]domain.Subscriber, error) {
	uid, ok := s.Keys.ReadSubscriberLink(token, what)
	if !ok {
		return nil, errSubscription
	}
	one, err := q.SubscriberByUID(ctx, uid)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, errSubscription
	}
	if err != nil {
		return nil, err
	}
	all, err := q.SubscribersAt(ctx, domain.EmailKey(one.Email))
	out := []domain.Subscriber{one}
	for _, other := range all {
		if other.ID != one.ID {
			out = append(out, other)
		}
	}
	return out, err
}

// Subscription is everything that the address behind a link of hers has asked for; looking changes nothing.
func (s *Subscribers) Subscription(ctx context.Context, a domain.Actor, token string) (domain.Subscription, error) {
	if err := a.Require(domain.PermReadOwn); err != nil {
		return domain.Subscription{}, err
	}
	lines, err := s.lines(ctx, s.Store.Queries, token, auth.SubscriberManages)
	if err != nil {
		return domain.Subscription{}, err
	}
	return s.told(ctx, s.Store.Queries, lines)
}

func (s *Subscribers) told(ctx context.Context, q store.Queries, lines []domain.Subscriber) (domain.Subscription, error) {
	all, err := q.Organisers(ctx)
	if err != nil {
		return domain.Subscription{}, err
	}
	out := domain.Subscription{Email: lines[0].Email, Lang: lines[0].Lang}
	for _, o := range all {
		for _, l := range lines {
			switch {
			case l.County != o.Code:
			case l.Confirmed.IsZero():
				out.Waiting = append(out.Waiting, o)
			default:
				out.Invited = append(out.Invited, o)
			}
		}
	}
	return out, nil
}

// Confirm notes that the address is hers: from now on she gets what she has asked for. That she once wanted
// none is lifted, since this is her own wish; that mail does not reach her, or that staff have noted it by
// hand, is not.
func (s *Subscribers) Confirm(ctx context.Context, a domain.Actor, token string) error {
	if err := a.Require(domain.PermChangeOwn); err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		lines, err := s.lines(ctx, tx.Queries, token, auth.SubscriberManages)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := s.confirm(ctx, tx, l); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Subscribers) confirm(ctx context.Context, tx *store.Tx, l domain.Subscriber) error {
	if !l.Confirmed.IsZero() {
		return nil
	}
	if err := tx.ConfirmSubscriber(ctx, l.ID, s.Now()); err != nil {
		return err
	}
	return tx.Lift(ctx, s.Keys.AddressHash(domain.EmailKey(l.Email)), l.County)
}
