package service

import (
	"context"
	"errors"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// manage is write for staff who may manage the registration: the actor must reach its county. What
// is absent and what is not hers look the same.
func (s *Registrations) manage(ctx context.Context, a domain.Actor, ch domain.Channel, id domain.RegistrationID, fn func(st step, k store.Kept, e domain.Event) error) error {
	if err := a.Require(domain.PermManage); err != nil {
		return err
	}
	err := s.write(ctx, a, ch, func(st step) error {
		k, err := st.tx.RegistrationByID(ctx, id)
		if err != nil {
			return err
		}
		e, err := st.event(ctx, k.EventID)
		if err != nil {
			return err
		}
		if !a.MayAt(domain.PermManage, e) {
			return domain.NotFound("registration.not_found")
		}
		return fn(st, k, e)
	})
	if err == nil {
		s.clockSet()
	}
	return err
}

// Withdraw strikes a registration, with a reason that its holder is told. Struck already is nil.
func (s *Registrations) Withdraw(ctx context.Context, a domain.Actor, id domain.RegistrationID, reason string) error {
	reason, err := domain.ReadReason("reason", reason, true)
	if err != nil {
		return err
	}
	return s.manage(ctx, a, domain.ChannelWeb, id, func(st step, k store.Kept, _ domain.Event) error {
		if k.Status == domain.Withdrawn {
			return nil
		}
		if !k.Status.Live() {
			return &domain.Error{Code: domain.CodeClosed, Key: "cancel.ended"}
		}
		return st.end(ctx, k, domain.Withdrawn, domain.HistoryWithdrawn, domain.LetterWithdrawn, domain.Details{Reason: reason})
	})
}

// CancelFor cancels for someone who called or wrote. The last day to cancel does not bind staff.
func (s *Registrations) CancelFor(ctx context.Context, a domain.Actor, id domain.RegistrationID, ch domain.Channel, reason string) error {
	reason, err := domain.ReadReason("reason", reason, false)
	if err != nil {
		return err
	}
	return s.manage(ctx, a, ch, id, func(st step, k store.Kept, _ domain.Event) error {
		if done, err := ended(k); done {
			return err
		}
		return st.cancel(ctx, k, domain.Details{Reason: reason})
	})
}

// AcceptFor is Accept for someone who called or was called: she may have neither e-mail nor the personal
// link. The refusals are those of Accept.
func (s *Registrations) AcceptFor(ctx context.Context, a domain.Actor, id domain.RegistrationID, ch domain.Channel) error {
	return s.manage(ctx, a, ch, id, func(st step, k store.Kept, e domain.Event) error { return st.sayYes(ctx, k, e) })
}

// RefuseFor is Decline for someone who called or was called.
func (s *Registrations) RefuseFor(ctx context.Context, a domain.Actor, id domain.RegistrationID, ch domain.Channel) error {
	return s.manage(ctx, a, ch, id, func(st step, k store.Kept, _ domain.Event) error { return st.sayNo(ctx, k) })
}

// Extend gives one person a later last day to cancel than the event's. Refusals: *domain.Invalid for
// the field "day" where none is given or it has passed.
func (s *Registrations) Extend(ctx context.Context, a domain.Actor, id domain.RegistrationID, d domain.Date) error {
	if err := a.Require(domain.PermManage); err != nil {
		return err
	}
	if d.IsZero() || d.Before(domain.DateIn(s.Now())) {
		v := &domain.Invalid{}
		v.Add("day", "field.day.passed", nil)
		return v
	}
	return s.manage(ctx, a, domain.ChannelWeb, id, func(st step, k store.Kept, _ domain.Event) error {
		if !k.Status.Live() {
			return &domain.Error{Code: domain.CodeClosed, Key: "cancel.ended"}
		}
		if k.CancelUntil == d {
			return nil
		}
		if err := st.tx.SetCancelUntil(ctx, id, d); err != nil {
			return err
		}
		k.CancelUntil = d
		return st.record(ctx, k, domain.HistoryExtended, domain.LetterExtended, domain.Details{Day: d})
	})
}

// PassOver offers the place that one person has been offered to the next in the queue instead. She
// keeps her order, and is told the reason; without one nobody is passed over. Refusals:
// *domain.Invalid for the field "reason"; of class CodeClosed "pass_over.no_offer" and
// "pass_over.nobody".
func (s *Registrations) PassOver(ctx context.Context, a domain.Actor, id domain.RegistrationID, reason string) error {
	reason, err := domain.ReadReason("reason", reason, true)
	if err != nil {
		return err
	}
	return s.manage(ctx, a, domain.ChannelWeb, id, func(st step, k store.Kept, e domain.Event) error {
		mode, until := e.Rules.Offers.Plan(st.now, e.StartsAt(), e.Day)
		if k.Status != domain.Offered || mode != domain.OfferHeld {
			return &domain.Error{Code: domain.CodeClosed, Key: "pass_over.no_offer"}
		}
		next, err := st.next(ctx, e.ID, 1, id)
		if err != nil {
			return err
		}
		if len(next) == 0 {
			return &domain.Error{Code: domain.CodeClosed, Key: "pass_over.nobody"}
		}
		if err := st.toQueue(ctx, &k); err != nil {
			return err
		}
		if err := st.record(ctx, k, domain.HistoryPassedOver, domain.LetterPassedOver, domain.Details{Reason: reason}); err != nil {
			return err
		}
		if _, err := st.promote(ctx, e, next[0], until, next); err != nil {
			return err
		}
		return st.settle(ctx, e.ID)
	})
}

// Decide answers an application where the organiser approves each: yes gives a place, or a place in
// the queue by its order of arrival; no needs a reason, which the applicant is told. Answered so
// already is nil. Refusals: *domain.Invalid for the field "reason"; "decide.not_pending"; CodeFull
// "decide.full" where there is neither place nor queue.
func (s *Registrations) Decide(ctx context.Context, a domain.Actor, id domain.RegistrationID, yes bool, reason string) error {
	reason, err := domain.ReadReason("reason", reason, !yes)
	if err != nil {
		return err
	}
	return s.manage(ctx, a, domain.ChannelWeb, id, func(st step, k store.Kept, e domain.Event) error {
		switch {
		case k.Status == domain.Pending:
		case yes && k.Status.Live(), !yes && k.Status == domain.Declined:
			return nil
		default:
			return &domain.Error{Code: domain.CodeClosed, Key: "decide.not_pending"}
		}
		if !yes {
			return st.end(ctx, k, domain.Declined, domain.HistoryDeclined, domain.LetterDeclined, domain.Details{Reason: reason})
		}
		return st.approve(ctx, k, e)
	})
}

func (st step) approve(ctx context.Context, k store.Kept, e domain.Event) error {
	switch {
	case e.Left() > 0 && k.Keeps == 0:
		if err := st.tx.SetStatus(ctx, k.ID, domain.Pending, domain.Confirmed); err != nil {
			return err
		}
		if err := takeSeat(ctx, st.tx, e.ID); err != nil {
			return err
		}
		return st.seated(ctx, k, domain.HistoryApproved, domain.LetterConfirmed, domain.Details{})
	case e.Left() == 0 && !e.WaitingList:
		return &domain.Error{Code: domain.CodeFull, Key: "decide.full"}
	}
	keeps := k.Keeps
	if err := st.tx.SetStatus(ctx, k.ID, domain.Pending, domain.Waitlisted); err != nil {
		return err
	}
	if keeps != 0 {
		if err := st.tx.SetKeeps(ctx, k.ID, keeps); err != nil {
			return err
		}
	}
	if err := st.tx.JoinQueue(ctx, e.ID); err != nil {
		return err
	}
	k.Status = domain.Waitlisted
	var err error
	if k.QueuePosition, err = st.tx.QueuePosition(ctx, e.ID, k.ID); err != nil {
		return err
	}
	if err := st.record(ctx, k, domain.HistoryApprovedQueue, domain.LetterApprovedQueue, domain.Details{}); err != nil {
		return err
	}
	return st.settle(ctx, e.ID)
}

// DecideRequest answers someone who asked to be let off: yes cancels, no needs a reason.
func (s *Registrations) DecideRequest(ctx context.Context, a domain.Actor, request int64, yes bool, reason string) error {
	reason, err := domain.ReadReason("reason", reason, !yes)
	if err != nil {
		return err
	}
	if err := a.Require(domain.PermManage); err != nil {
		return err
	}
	r, err := s.Store.RequestByID(ctx, request)
	if err != nil {
		return err
	}
	err = s.manage(ctx, a, domain.ChannelWeb, r.RegistrationID, func(st step, k store.Kept, _ domain.Event) error {
		if r, err = st.tx.RequestByID(ctx, request); err != nil {
			return err
		}
		if r.State != "open" {
			if (r.State == "granted") == yes {
				return nil
			}
			return &domain.Error{Code: domain.CodeConflict, Key: "request.answered"}
		}
		if yes {
			return st.cancel(ctx, k, domain.Details{Reason: reason})
		}
		if err := st.tx.CloseRequest(ctx, request, "refused"); err != nil {
			return err
		}
		return st.record(ctx, k, domain.HistoryAskRefused, domain.LetterAskRefused, domain.Details{Reason: reason})
	})
	if errors.Is(err, domain.ErrNotFound) {
		return domain.NotFound("request.not_found") // as for one that is absent
	}
	return err
}

// SetCapacity changes how many places an event has; new places go to the queue first. Fewer than are
// taken is refused: class CodeConflict, "capacity.below", with Args "taken".
func (s *Registrations) SetCapacity(ctx context.Context, a domain.Actor, slug string, n domain.Seats) error {
	if err := a.Require(domain.PermManage); err != nil {
		return err
	}
	err := s.write(ctx, a, domain.ChannelWeb, func(st step) error {
		id, err := st.tx.EventID(ctx, slug)
		if err != nil {
			return err
		}
		e, err := st.event(ctx, id)
		switch {
		case err != nil:
			return err
		case !a.MayAt(domain.PermManage, e):
			return domain.NotFound("event.not_found")
		case n < e.Taken:
			return &domain.Error{Code: domain.CodeConflict, Key: "capacity.below", Args: map[string]any{"taken": int(e.Taken)}}
		}
		if err := st.tx.SetCapacity(ctx, id, n, st.now); err != nil {
			return err
		}
		return st.settle(ctx, id)
	})
	if err == nil {
		s.clockSet()
	}
	return err
}

// Protect marks the identity of the person registered with an address at an event as protected: she
// is masked in every list from then on.
func (s *Registrations) Protect(ctx context.Context, a domain.Actor, slug, email string) error {
	if err := a.Require(domain.PermProtect); err != nil {
		return err
	}
	return s.write(ctx, a, domain.ChannelPhone, func(st step) error {
		id, err := st.tx.EventID(ctx, slug)
		if err != nil {
			return err
		}
		e, err := st.tx.EventFacts(ctx, id)
		if err != nil {
			return err
		}
		if !a.MayAt(domain.PermProtect, e) {
			return domain.NotFound("event.not_found")
		}
		k, err := st.tx.LiveRegistration(ctx, id, domain.EmailKey(email))
		if err != nil || k.Protected {
			return err
		}
		if err := st.protect(ctx, k); err != nil {
			return err
		}
		line := (&People{Now: s.Now}).line(a, e, domain.AuditProtected, auditPerson, int64(k.ID), nil)
		if err := st.tx.Audit(ctx, line); err != nil {
			return err
		}
		return st.record(ctx, k, domain.HistoryProtected, "", domain.Details{})
	})
}
