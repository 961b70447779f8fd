package service

import (
	"context"
	"slices"
	"strconv"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// PlanCancel is an event with those whom a cancellation would concern. It refuses what Cancel refuses.
func (s *Events) PlanCancel(ctx context.Context, a domain.Actor, slug string) (domain.ChangePlan, error) {
	e, err := s.reachToCancel(ctx, s.Store.Queries, a, slug)
	if err != nil {
		return domain.ChangePlan{}, err
	}
	h, err := s.Store.Holdings(ctx, e.ID)
	return domain.ChangePlan{Was: e, Will: e, Holdings: h}, err
}

// Cancel cancels an event for good: its page says so and why, every registration ends with it, whatever it
// held, offers die, needs are erased, and everyone who had a place, waited or had applied is told, with what
// takes the entry out of her calendar. Nobody in a queue gets a place by it. It answers how many letters are
// on their way. Cancelled already is nil.
//
// Refusals: *domain.Invalid for "reason_sv", which is required, and "reason_en"; of class CodeConflict
// "event.not_published" for a draft; of class CodeClosed "registration.held" for one that is over.
func (s *Events) Cancel(ctx context.Context, a domain.Actor, slug string, reason domain.Text) (told int, err error) {
	return s.CallOff(ctx, a, slug, reason, domain.TellAll)
}

// CallOff is Cancel where those alone get a letter whom tell means; everyone else is told in some other way, and
// has it on her own page. Refusals: those of Cancel, and *domain.Invalid for "tell".
func (s *Events) CallOff(ctx context.Context, a domain.Actor, slug string, reason domain.Text, tell domain.TellWhom) (told int, err error) {
	v := &domain.Invalid{}
	if !slices.Contains(domain.TellWhoms(), tell) {
		v.Add("tell", "edit.tell.missing", nil)
	}
	reason = readNote(v, "reason", reason, true)
	err = s.Registrations.write(ctx, a, domain.ChannelWeb, func(st step) error {
		told = 0
		e, err := s.reachToCancel(ctx, st.tx.Queries, a, slug)
		if err != nil || e.State == domain.EventCancelled {
			return err
		}
		if err := v.Err(); err != nil {
			return err
		}
		told, err = s.cancel(ctx, st, e, reason, tell)
		return err
	})
	if err == nil {
		s.Registrations.clockSet()
	}
	return told, err
}

func (s *Events) reachToCancel(ctx context.Context, q store.Queries, a domain.Actor, slug string) (domain.Event, error) {
	e, err := s.reach(ctx, q, a, domain.PermEditProgramme, slug)
	switch {
	case err != nil:
		return e, err
	case e.State == domain.EventDraft:
		return e, &domain.Error{Code: domain.CodeConflict, Key: "event.not_published"}
	case e.State == domain.EventPublished && !e.Day.IsZero() && !s.Now().Before(e.EndsAt()):
		return e, &domain.Error{Code: domain.CodeClosed, Key: "registration.held"}
	}
	return e, nil
}

// cancel marks the event first, so that no place that comes free is handed out any more.
func (s *Events) cancel(ctx context.Context, st step, e domain.Event, reason domain.Text, tell domain.TellWhom) (told int, err error) {
	h, err := st.tx.Holdings(ctx, e.ID)
	if err != nil {
		return 0, err
	}
	if err := st.tx.CancelEvent(ctx, e.ID, reason, st.now); err != nil {
		return 0, err
	}
	if err := st.tx.EndChoices(ctx, e.ID); err != nil {
		return 0, err
	}
	all := everyone{
		kind: domain.HistoryEventCancelled, letter: domain.LetterEventCancelled, toContact: domain.LetterGroupEventCancelled,
	}
	err = st.each(ctx, e.ID, func(k store.Kept) error {
		if err := st.leave(ctx, k, domain.Withdrawn); err != nil {
			return err
		}
		tells := tell.Tells(k.Status)
		k.Status, k.QueuePosition = domain.Withdrawn, 0
		sent, err := st.tellOne(ctx, k, domain.Details{Reason: reason.In(k.Lang)}, tells, &all)
		told += sent
		return err
	})
	if err != nil {
		return 0, err
	}
	return told, s.audit(ctx, st.tx, st.a, e, domain.AuditEventCancelled, map[string]string{
		"people": strconv.Itoa(h.Live()), "letters": strconv.Itoa(told), "tell": string(tell),
	})
}

// Reach tells how far what was told of the last change or cancellation has come, and who has not been reached:
// those without an address, those whose letter nobody took, those who were to be told in some other way, and
// apart from them those whose letter is on the way. Who
// has left since of her own is not among them. People with protected identity are masked, unless reveal is
// set and the actor may see them, which is in the audit log before she does. It is for whoever reads the
// registrations of the event.
func (s *Events) Reach(ctx context.Context, a domain.Actor, slug string, reveal bool) (domain.Reach, error) {
	e, err := s.reach(ctx, s.Store.Queries, a, domain.PermReadRegistrations, slug)
	if err != nil {
		return domain.Reach{}, err
	}
	cancelled := e.State == domain.EventCancelled
	told, err := s.Store.ToldLast(ctx, e.ID, cancelled)
	if err != nil {
		return domain.Reach{}, err
	}
	reveal = reveal && a.MayAt(domain.PermProtect, e)
	out, hidden := reachOfTold(told, cancelled, reveal)
	if hidden == 0 || !reveal {
		return out, nil
	}
	return out, s.Store.Write(ctx, func(tx *store.Tx) error {
		return s.audit(ctx, tx, a, e, domain.AuditProtectedShown, map[string]string{"people": strconv.Itoa(hidden)})
	})
}

// reachOfTold counts, and answers how many protected people are among those not reached yet.
func reachOfTold(told []store.ToldOfChange, cancelled, reveal bool) (domain.Reach, int) {
	var out domain.Reach
	hidden := 0
	for _, t := range told {
		if out.Kind = domain.LetterEventChanged; cancelled {
			out.Kind = domain.LetterEventCancelled
		}
		out.At = domain.DateIn(t.At)
		second := !t.Named() && t.To == "" && !t.Kind.ToContact() // the contact person is told once for all
		if second || (!cancelled && !t.Status.Live()) {
			continue
		}
		out.Total++
		switch t.State {
		case domain.LetterAccepted:
			out.Accepted++
			continue
		case domain.LetterQueued, domain.LetterSending:
			out.OnTheWay++
			if t.Protected {
				hidden++
			}
			out.Waiting = append(out.Waiting, unreached(t, reveal))
			continue
		case domain.LetterFailed, domain.LetterWithheld:
		}
		if t.Protected {
			hidden++
		}
		out.Unreached = append(out.Unreached, unreached(t, reveal))
	}
	return out, hidden
}

func unreached(t store.ToldOfChange, reveal bool) domain.Unreached {
	u := domain.Unreached{Registration: t.Registration, Why: domain.UnreachedFailed}
	switch {
	case t.To == "":
		u.Why = domain.UnreachedNoEmail
	case t.State == domain.LetterQueued, t.State == domain.LetterSending:
		u.Why = domain.UnreachedYet
	case t.State == domain.LetterWithheld:
		u.Why = domain.UnreachedWithheld
	}
	if !t.Named() {
		u.Contact = t.Group.Name
		u.Phone, u.Email = t.Group.Phone, t.Group.Email
	}
	if t.Protected && !reveal {
		u.Registration, u.Hidden = t.Registration.Masked(), true
	}
	return u
}
