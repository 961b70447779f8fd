package service

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// queuePage is how many people in a queue are looked at together.
const queuePage = 200

// settle is called after everything that may have freed a place, in the same transaction: free places
// go to the queue in strict order before anyone on the public form can have them. It offers
// them, moves those who wait while keeping a place elsewhere, or, in the last days, tells everyone
// in the queue that the first to answer has the place.
func (st step) settle(ctx context.Context, id domain.EventID) error {
	for {
		e, err := st.event(ctx, id)
		if err != nil {
			return err
		}
		free := e.Capacity - e.Taken
		if e.State != domain.EventPublished || e.Waiting == 0 {
			return nil
		}
		if free <= 0 {
			return st.tx.EndRace(ctx, id)
		}
		mode, until := e.Rules.Offers.Plan(st.now, e.StartsAt(), e.Day)
		switch mode {
		case domain.OfferNone:
			return nil
		case domain.OfferRace:
			return st.tellRace(ctx, e)
		case domain.OfferHeld:
		}
		again, err := st.promoteNext(ctx, e, free, until)
		if err != nil || !again {
			return err
		}
	}
}

// promoteNext gives the free places to those whose turn it is. It reports whether that may have
// freed others, and the event must be looked at again.
func (st step) promoteNext(ctx context.Context, e domain.Event, free domain.Seats, until time.Time) (bool, error) {
	ids, err := st.next(ctx, e.ID, free, 0)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		again, err := st.promote(ctx, e, id, until, ids)
		if err != nil || again {
			return again, err
		}
	}
	return false, nil
}

// next is whose turn it is for the free places, someone passed over left out.
func (st step) next(ctx context.Context, id domain.EventID, free domain.Seats, passed domain.RegistrationID) ([]domain.RegistrationID, error) {
	var queue []domain.Waiting
	for {
		var after domain.RegistrationID
		if len(queue) > 0 {
			after = queue[len(queue)-1].ID
		}
		page, err := st.tx.WaitingAt(ctx, id, after, queuePage)
		if err != nil {
			return nil, err
		}
		queue = append(queue, page...)
		ids := domain.Promote(without(queue, passed), free)
		if len(page) < queuePage || len(ids) >= int(free) {
			return ids, nil
		}
	}
}

func without(queue []domain.Waiting, id domain.RegistrationID) []domain.Waiting {
	if id == 0 {
		return queue
	}
	out := make([]domain.Waiting, 0, len(queue))
	for _, w := range queue {
		if w.ID != id {
			out = append(out, w)
		}
	}
	return out
}

// promote gives a place to one in the queue: at once where she keeps another meanwhile, else as an
// offer. round is everyone whose turn it is now.
func (st step) promote(ctx context.Context, e domain.Event, id domain.RegistrationID, until time.Time, round []domain.RegistrationID) (again bool, err error) {
	k, err := st.tx.RegistrationByID(ctx, id)
	if err != nil {
		return false, err
	}
	if k.Keeps != 0 {
		return true, st.arriveMoved(ctx, k)
	}
	if err := st.tx.SetOffered(ctx, id, until); err != nil {
		return false, err
	}
	if err := st.tx.QueueToSeat(ctx, e.ID); err != nil {
		return false, err
	}
	k.Status, k.OfferUntil = domain.Offered, until
	d := domain.Details{Until: until.UTC()}
	if err := st.pairDetails(ctx, k, round, &d); err != nil {
		return false, err
	}
	return false, st.record(ctx, k, domain.HistoryOffered, domain.LetterOffered, d)
}

// pairDetails tells one of a pair whether both have been offered a place.
func (st step) pairDetails(ctx context.Context, k store.Kept, round []domain.RegistrationID, d *domain.Details) error {
	mate, err := st.mate(ctx, k)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	d.Together = mate.Status == domain.Offered || slices.Contains(round, mate.ID)
	d.Alone = !d.Together
	return err
}

// mate is the other of two who were registered together and both still wait; domain.ErrNotFound
// for everyone else.
func (st step) mate(ctx context.Context, k store.Kept) (store.Kept, error) {
	none := domain.NotFound("registration.not_found")
	if k.Group == 0 {
		return store.Kept{}, none
	}
	mates, err := st.tx.GroupMates(ctx, k.Group)
	if err != nil || len(mates) != 2 {
		return store.Kept{}, errors.Join(err, none)
	}
	for _, m := range mates {
		if m.ID != k.ID && (m.Status == domain.Waitlisted || m.Status == domain.Offered) {
			return m, nil
		}
	}
	return store.Kept{}, none
}

// tellRace tells each in the queue, once for each time that places are free.
func (st step) tellRace(ctx context.Context, e domain.Event) error {
	var after domain.RegistrationID
	for {
		page, err := st.tx.WaitingAt(ctx, e.ID, after, queuePage)
		if err != nil {
			return err
		}
		for _, w := range page {
			after = w.ID
			if w.Told {
				continue
			}
			if err := st.tellRaceTo(ctx, w.ID); err != nil {
				return err
			}
		}
		if len(page) < queuePage {
			return nil
		}
	}
}

func (st step) tellRaceTo(ctx context.Context, id domain.RegistrationID) error {
	k, err := st.tx.RegistrationByID(ctx, id)
	if err != nil {
		return err
	}
	if err := st.tx.NoteRaceTold(ctx, id); err != nil {
		return err
	}
	return st.record(ctx, k, domain.HistoryRaceTold, domain.LetterRace, domain.Details{})
}

// Accept says yes: to an offer, or in the last days to a place that is free for whoever answers
// first. It is the registration, binding as any other. Accepted already is nil. Refusals of class
// CodeClosed: "offer.expired", "offer.none"; of class CodeFull: "offer.gone".
func (s *Registrations) Accept(ctx context.Context, a domain.Actor, token string) error {
	return s.change(ctx, a, token, func(st step, k store.Kept, e domain.Event) error { return st.sayYes(ctx, k, e) })
}

func (st step) sayYes(ctx context.Context, k store.Kept, e domain.Event) error {
	o := e.Options(k.Registration, st.now)
	switch {
	case k.Status == domain.Confirmed:
		return nil
	case o.Answer:
		return st.accept(ctx, k)
	case o.Claim:
		return st.claim(ctx, k)
	case k.Status == domain.Offered:
		return &domain.Error{Code: domain.CodeClosed, Key: "offer.expired"}
	case k.Status == domain.Waitlisted && e.Racing(st.now):
		return &domain.Error{Code: domain.CodeFull, Key: "offer.gone"}
	}
	return &domain.Error{Code: domain.CodeClosed, Key: "offer.none"}
}

func (st step) accept(ctx context.Context, k store.Kept) error {
	if err := st.tx.SetStatus(ctx, k.ID, domain.Offered, domain.Confirmed); err != nil {
		return err
	}
	return st.seated(ctx, k, domain.HistoryAccepted, domain.LetterConfirmed, domain.Details{})
}

// seated is what follows when someone who waited has a place for good.
func (st step) seated(ctx context.Context, k store.Kept, kind domain.HistoryKind, letter domain.LetterKind, d domain.Details) error {
	k.Status, k.QueuePosition = domain.Confirmed, 0
	if err := st.seatSessions(ctx, k); err != nil {
		return err
	}
	return st.record(ctx, k, kind, letter, d)
}

// claim takes a free place in the last days.
func (st step) claim(ctx context.Context, k store.Kept) error {
	if k.Keeps != 0 {
		if err := st.arriveMoved(ctx, k); err != nil {
			return err
		}
		return st.settle(ctx, k.EventID)
	}
	if err := st.tx.SetStatus(ctx, k.ID, domain.Waitlisted, domain.Confirmed); err != nil {
		return err
	}
	if err := st.tx.QueueToSeat(ctx, k.EventID); err != nil {
		return err
	}
	if err := st.seated(ctx, k, domain.HistoryClaimed, domain.LetterConfirmed, domain.Details{}); err != nil {
		return err
	}
	return st.settle(ctx, k.EventID)
}

// Decline says no to an offer: the place goes to the next in the queue, and she leaves it.
func (s *Registrations) Decline(ctx context.Context, a domain.Actor, token string) error {
	return s.change(ctx, a, token, func(st step, k store.Kept, _ domain.Event) error { return st.sayNo(ctx, k) })
}

func (st step) sayNo(ctx context.Context, k store.Kept) error {
	if done, err := ended(k); done {
		return err
	}
	if k.Status != domain.Offered {
		return &domain.Error{Code: domain.CodeClosed, Key: "offer.none"}
	}
	return st.cancel(ctx, k, domain.Details{})
}

// WaitForTwo lets a pair step aside until there are two places; both keep their order, and what one
// was offered goes to the next. Stepped aside already, and a pair that has two places to answer for,
// is nil: else an offer could be had anew for ever. Refusals of class CodeClosed: "offer.expired", and
// "offer.no_pair" where the other of the pair does not wait.
func (s *Registrations) WaitForTwo(ctx context.Context, a domain.Actor, token string) error {
	return s.change(ctx, a, token, func(st step, k store.Kept, e domain.Event) error {
		switch {
		case k.Together && k.Status == domain.Waitlisted:
			return nil
		case k.Status == domain.Offered && !st.now.Before(k.OfferUntil):
			return &domain.Error{Code: domain.CodeClosed, Key: "offer.expired"}
		}
		mate, err := st.mate(ctx, k)
		switch {
		case errors.Is(err, domain.ErrNotFound) || (k.Status != domain.Offered && k.Status != domain.Waitlisted):
			return &domain.Error{Code: domain.CodeClosed, Key: "offer.no_pair"}
		case err != nil:
			return err
		case k.Status == domain.Offered && mate.Status == domain.Offered:
			return nil
		}
		for _, one := range []store.Kept{k, mate} {
			if err := st.waitForTwo(ctx, one); err != nil {
				return err
			}
		}
		return st.settle(ctx, e.ID)
	})
}

func (st step) waitForTwo(ctx context.Context, k store.Kept) error {
	if err := st.tx.SetTogether(ctx, k.ID); err != nil {
		return err
	}
	if k.Status == domain.Offered {
		if err := st.toQueue(ctx, &k); err != nil {
			return err
		}
	}
	k.Together = true
	return st.record(ctx, k, domain.HistoryWaitsForTwo, domain.LetterWaitsForTwo, domain.Details{})
}

// toQueue takes an offer back: she stands where she stood.
func (st step) toQueue(ctx context.Context, k *store.Kept) error {
	if err := st.tx.SetStatus(ctx, k.ID, domain.Offered, domain.Waitlisted); err != nil {
		return err
	}
	if err := st.tx.SeatToQueue(ctx, k.EventID); err != nil {
		return err
	}
	k.Status, k.OfferUntil = domain.Waitlisted, time.Time{}
	return nil
}
