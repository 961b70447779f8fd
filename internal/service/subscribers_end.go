package service

import (
	"context"
	"slices"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Choose says which counties may invite her, all others no more. Her link proves the address, so that no
// letter asks again. It answers a link that still leads to her, "" where no county is left. Refusal:
// domain.ErrNotFound.
func (s *Subscribers) Choose(ctx context.Context, a domain.Actor, token string, counties []domain.OrganiserCode) (next string, err error) {
	if err := a.Require(domain.PermChangeOwn); err != nil {
		return "", err
	}
	known, err := s.codes(ctx)
	if err != nil {
		return "", err
	}
	err = s.forget(ctx, func(tx *store.Tx, gone *[]domain.Erased) error {
		next = ""
		lines, err := s.lines(ctx, tx.Queries, token, auth.SubscriberManages)
		if err != nil {
			return err
		}
		for _, c := range known {
			i := slices.IndexFunc(lines, func(l domain.Subscriber) bool { return l.County == c })
			switch wanted := slices.Contains(counties, c); {
			case wanted && i < 0:
				err = s.add(ctx, tx, lines[0], c)
			case wanted:
				err = s.confirm(ctx, tx, lines[i])
			case i >= 0:
				*gone = append(*gone, s.gone(lines[i]))
				err = s.end(ctx, tx, lines[i], "")
			}
			if err != nil {
				return err
			}
		}
		next, err = s.linkOf(ctx, tx.Queries, lines[0])
		return err
	})
	return next, err
}

// forget runs fn in a transaction, which tells in gone whom it forgets.
func (s *Subscribers) forget(ctx context.Context, fn func(tx *store.Tx, gone *[]domain.Erased) error) error {
	return forGood(ctx, s.Store, s.Erased, func(do func(tx *store.Tx) error) error { return s.Store.Write(ctx, do) }, fn)
}

// add lets one county more invite somebody whose address is proven.
func (s *Subscribers) add(ctx context.Context, tx *store.Tx, as domain.Subscriber, c domain.OrganiserCode) error {
	now := s.Now()
	as.UID, as.County, as.Asked, as.Confirmed = auth.NewKey(), c, now, now
	if err := tx.InsertSubscriber(ctx, as); err != nil {
		return err
	}
	return tx.Lift(ctx, s.Keys.AddressHash(domain.EmailKey(as.Email)), c)
}

// linkOf is a link to what an address has asked for: the one of the line where it still stands.
func (s *Subscribers) linkOf(ctx context.Context, q store.Queries, was domain.Subscriber) (string, error) {
	left, err := q.SubscribersAt(ctx, domain.EmailKey(was.Email))
	if err != nil || len(left) == 0 {
		return "", err
	}
	for _, l := range left {
		if l.ID == was.ID {
			return s.Keys.SubscriberLink(l.UID, auth.SubscriberManages), nil
		}
	}
	return s.Keys.SubscriberLink(left[0].UID, auth.SubscriberManages), nil
}

// Ending is what a link that ends invitations leads to.
type Ending struct {
	County domain.Organiser // whose invitations the link ends; zero where they have been ended
	Others []domain.Organiser
	Rest   string // a link that ends those of Others; "" for none
}

// Ending tells what a link would end; looking changes nothing. A link that is ours answers always, long after
// she was forgotten; domain.ErrNotFound for every other.
func (s *Subscribers) Ending(ctx context.Context, a domain.Actor, token string) (Ending, error) {
	if err := a.Require(domain.PermReadOwn); err != nil {
		return Ending{}, err
	}
	if _, ok := s.Keys.ReadSubscriberLink(token, auth.SubscriberEnds); !ok {
		return Ending{}, errSubscription
	}
	lines, err := s.lines(ctx, s.Store.Queries, token, auth.SubscriberEnds)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return Ending{}, nil
	}
	if err != nil {
		return Ending{}, err
	}
	return s.ending(ctx, s.Store.Queries, lines)
}

func (s *Subscribers) ending(ctx context.Context, q store.Queries, lines []domain.Subscriber) (Ending, error) {
	all, err := q.Organisers(ctx)
	if err != nil {
		return Ending{}, err
	}
	var out Ending
	for _, o := range all {
		switch i := slices.IndexFunc(lines, func(l domain.Subscriber) bool { return l.County == o.Code }); {
		case i == 0:
			out.County = o
		case i > 0:
			out.Others = append(out.Others, o)
			if out.Rest == "" {
				out.Rest = s.Keys.SubscriberLink(lines[i].UID, auth.SubscriberEnds)
			}
		}
	}
	return out, nil
}

// End ends the invitations that a link stands for, or with all those of every county. It takes effect at
// once: what no server has been given does not go. Ended before is nil; what is answered is what has been
// ended just now, and what is left. Refusal: domain.ErrNotFound for a token that is not ours.
func (s *Subscribers) End(ctx context.Context, a domain.Actor, token string, all bool) (out Ending, err error) {
	if err := a.Require(domain.PermChangeOwn); err != nil {
		return Ending{}, err
	}
	if _, ok := s.Keys.ReadSubscriberLink(token, auth.SubscriberEnds); !ok {
		return Ending{}, errSubscription
	}
	err = s.forget(ctx, func(tx *store.Tx, gone *[]domain.Erased) error {
		out = Ending{}
		lines, err := s.lines(ctx, tx.Queries, token, auth.SubscriberEnds)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if out, err = s.ending(ctx, tx.Queries, lines); err != nil {
			return err
		}
		if !all {
			lines = lines[:1]
		} else {
			out.Rest = ""
		}
		for _, l := range lines {
			*gone = append(*gone, s.gone(l))
			if err := s.end(ctx, tx, l, ""); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// end forgets one line. by is who noted it, "" for herself. That somebody who never said that the address was
// hers is forgotten stands against nothing.
func (s *Subscribers) end(ctx context.Context, tx *store.Tx, l domain.Subscriber, by string) error {
	if err := tx.EraseSubscriber(ctx, l.ID); err != nil || l.Confirmed.IsZero() && by == "" {
		return err
	}
	return tx.Suppress(ctx, s.Keys.AddressHash(domain.EmailKey(l.Email)), l.County, domain.SuppressUnsubscribed, by, s.Now())
}

// gone is that somebody was forgotten, without who she was.
func (s *Subscribers) gone(l domain.Subscriber) domain.Erased {
	return domain.Erased{At: s.Now().UTC(), Kind: domain.ErasedSubscriber, UID: l.UID}
}

// forgottenAtOnce is how many are forgotten in one transaction.
const forgottenAtOnce = 200

// KeepTime forgets those who were asked and have not answered in domain.SubscriberWaits, and answers when it
// wants to be called again, the zero time for when somebody asks.
func (s *Subscribers) KeepTime(ctx context.Context, a domain.Actor) (time.Time, error) {
	if err := a.Require(domain.PermKeepTime); err != nil {
		return time.Time{}, err
	}
	over, next, err := s.Store.SubscribersOver(ctx, s.Now().Add(-domain.SubscriberWaits), forgottenAtOnce)
	if err != nil {
		return time.Time{}, err
	}
	if len(over) > 0 {
		err = s.forget(ctx, func(tx *store.Tx, gone *[]domain.Erased) error {
			for _, l := range over {
				if now, err := tx.SubscriberByID(ctx, l.ID); err != nil || !now.Confirmed.IsZero() {
					continue // she has answered meanwhile
				}
				if err := tx.EraseSubscriber(ctx, l.ID); err != nil {
					return err
				}
				*gone = append(*gone, s.gone(l))
			}
			return nil
		})
	}
	switch {
	case err != nil:
		return time.Time{}, err
	case len(over) == forgottenAtOnce:
		return s.Now(), nil
	case next.IsZero():
		return time.Time{}, nil
	}
	return next.Add(domain.SubscriberWaits), nil
}
