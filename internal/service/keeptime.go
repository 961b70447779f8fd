package service

import (
	"context"
	"errors"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// overAtOnce is how many offers that ran out are looked at in one go.
const overAtOnce = 200

// KeepTime does what the clock alone brings about: offers run out and go to the next, places that
// nobody was named for go back, queues are looked at again where the days have changed the rules,
// and needs are erased. It answers when it wants to be called again, the zero time for when
// something changes.
func (s *Registrations) KeepTime(ctx context.Context, a domain.Actor) (time.Time, error) {
	if err := a.Require(domain.PermKeepTime); err != nil {
		return time.Time{}, err
	}
	// One look at the clock for all of it: whoever calls has made sure of the clock a moment ago, and if it is put on
	// meanwhile, nobody's time is over by it.
	now := s.Now().UTC()
	var next time.Time
	var all []error
	for _, job := range []func(context.Context, domain.Actor, time.Time) (time.Time, error){
		// Offers come after what may make new ones: their ends count for when it wants to be called again.
		s.keepNames, s.settleQueues, s.expireOffers, s.eraseDueNeeds,
	} {
		at, err := job(ctx, a, now)
		all = append(all, err)
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, errors.Join(all...)
}

// expireOffers ends the offers whose time is over, each in a transaction of its own.
func (s *Registrations) expireOffers(ctx context.Context, a domain.Actor, now time.Time) (time.Time, error) {
	ids, next, err := s.Store.OffersOver(ctx, now, overAtOnce)
	if err != nil {
		return time.Time{}, err
	}
	for _, id := range ids {
		if err := s.write(ctx, a, domain.ChannelClock, func(st step) error { return st.expire(ctx, id) }); err != nil {
			return time.Time{}, err
		}
	}
	if len(ids) == overAtOnce {
		return now, nil
	}
	if len(ids) > 0 { // what they held has been offered anew
		_, next, err = s.Store.OffersOver(ctx, now, 1)
	}
	return next, err
}

func (st step) expire(ctx context.Context, id domain.RegistrationID) error {
	k, err := st.tx.RegistrationByID(ctx, id)
	if err != nil {
		return err
	}
	if k.Status != domain.Offered || st.now.Before(k.OfferUntil) {
		return nil // answered meanwhile
	}
	return st.end(ctx, k, domain.Cancelled, domain.HistoryExpired, domain.LetterExpired, domain.Details{Until: k.OfferUntil})
}

// settleQueues looks again at events that have free places and people waiting: the days may have
// changed how places are given out.
func (s *Registrations) settleQueues(ctx context.Context, a domain.Actor, now time.Time) (time.Time, error) {
	ids, err := s.Store.Unsettled(ctx, domain.DateIn(now))
	if err != nil {
		return time.Time{}, err
	}
	for _, id := range ids {
		if err := s.write(ctx, a, domain.ChannelClock, func(st step) error { return st.settle(ctx, id) }); err != nil {
			return time.Time{}, err
		}
	}
	return time.Time{}, nil
}
