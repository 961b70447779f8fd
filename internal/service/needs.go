package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Needs are sealed before they reach the database and bound to their registration, so that whoever
// has the file alone reads nothing, and nobody can be given another's. Their bytes are in no error,
// no log and no letter.

// needsPlace is what the sealed needs of a registration are bound to.
func needsPlace(id domain.RegistrationID) string { return "needs " + strconv.FormatInt(int64(id), 10) }

// keepNeeds keeps what a newcomer tells of food and access, where she tells anything.
func (st step) keepNeeds(ctx context.Context, k store.Kept, e *domain.Event, n domain.Needs) error {
	if n.Empty() {
		return nil
	}
	plain, err := json.Marshal(n)
	if err != nil {
		return errors.New("service: needs to JSON") // the cause might quote them
	}
	return st.tx.PutNeeds(ctx, store.SealedNeeds{
		RegistrationID: k.ID, Sealed: st.s.Keys.Seal(plain, needsPlace(k.ID)), Late: e.NeedsLate(st.now),
	}, st.now)
}

// eraseNeeds erases a registration's needs, where it has any.
func (st step) eraseNeeds(ctx context.Context, id domain.RegistrationID) error {
	did, err := st.tx.EraseNeeds(ctx, id)
	if err != nil || !did {
		return err
	}
	k, err := st.tx.RegistrationByID(ctx, id)
	if err != nil {
		return err
	}
	*st.gone = append(*st.gone, domain.Erased{At: st.now, Kind: domain.ErasedNeeds, UID: string(k.UID)})
	return nil
}

// needsOf is what a participant has told, for herself; zero where she has told nothing.
func (s *Registrations) needsOf(ctx context.Context, id domain.RegistrationID) (domain.Needs, error) {
	return s.readNeeds(ctx, s.Store.Queries, id)
}

func (s *Registrations) readNeeds(ctx context.Context, q store.Queries, id domain.RegistrationID) (domain.Needs, error) {
	sealed, told, err := q.NeedsOf(ctx, id)
	if err != nil || !told {
		return domain.Needs{}, err
	}
	return s.openSealed(sealed)
}

func (s *Registrations) openSealed(n store.SealedNeeds) (domain.Needs, error) {
	var out domain.Needs
	plain, err := s.Keys.Open(n.Sealed, needsPlace(n.RegistrationID))
	if err != nil {
		return out, fmt.Errorf("service: needs of registration %d: %w", n.RegistrationID, err)
	}
	if json.Unmarshal(plain, &out) != nil {
		return domain.Needs{}, fmt.Errorf("service: needs of registration %d are no JSON", n.RegistrationID)
	}
	return out, nil
}

// TellNeeds replaces what a participant has told of food and access, or erases it where in is empty:
// the history tells that, and no letter. The same again changes nothing. Refusals: *domain.Invalid
// for what was typed; that of domain.Event.MayTellNeeds, which never stands in the way of erasing.
func (s *Registrations) TellNeeds(ctx context.Context, a domain.Actor, token string, in domain.NeedsEntry) error {
	return s.change(ctx, a, token, func(st step, k store.Kept, e domain.Event) error {
		n, err := e.ReadNeeds(in)
		if err != nil {
			return err
		}
		was, err := s.readNeeds(ctx, st.tx.Queries, k.ID)
		if err != nil || was.Equal(n) {
			return err
		}
		if n.Empty() {
			if err := st.eraseNeeds(ctx, k.ID); err != nil {
				return err
			}
			return st.record(ctx, k, domain.HistoryNeedsErased, "", domain.Details{})
		}
		if err := e.MayTellNeeds(k.Registration, st.now); err != nil {
			return err
		}
		if err := st.keepNeeds(ctx, k, &e, n); err != nil {
			return err
		}
		return st.record(ctx, k, domain.HistoryNeeds, "", domain.Details{})
	})
}

// Kitchen counts the needs of those who have a place at an event: numbers and nothing of anyone
// . domain.ErrNotFound for an event that the actor does not reach.
func (s *Registrations) Kitchen(ctx context.Context, a domain.Actor, slug string) (domain.NeedsSheet, error) {
	if err := a.Require(domain.PermCountNeeds); err != nil {
		return domain.NeedsSheet{}, err
	}
	e, err := s.Programme.Event(ctx, slug)
	if err != nil {
		return domain.NeedsSheet{}, err
	}
	if !a.MayAt(domain.PermCountNeeds, e) {
		return domain.NeedsSheet{}, domain.NotFound("event.not_found")
	}
	sealed, coming, err := s.Store.NeedsComing(ctx, e.ID)
	if err != nil {
		return domain.NeedsSheet{}, err
	}
	sheet := domain.NewNeedsSheet(e, coming)
	for _, n := range sealed {
		told, err := s.openSealed(n)
		if err != nil {
			return domain.NeedsSheet{}, err
		}
		sheet.Count(told, n.Late)
	}
	return sheet, nil
}

// OpenNeeds is what one participant has told of food and access, for the needs officer. Each opening
// stands in the registration's history with the officer's name, before anything is shown.
// domain.ErrNotFound where there is no such registration within reach.
func (s *Registrations) OpenNeeds(ctx context.Context, a domain.Actor, id domain.RegistrationID) (domain.Needs, error) {
	if err := a.Require(domain.PermReadNeeds); err != nil {
		return domain.Needs{}, err
	}
	var out domain.Needs
	err := s.write(ctx, a, domain.ChannelWeb, func(st step) error {
		k, err := st.tx.RegistrationByID(ctx, id)
		if err != nil {
			return err
		}
		e, err := st.tx.EventFacts(ctx, k.EventID)
		if err != nil {
			return err
		}
		if !a.MayAt(domain.PermReadNeeds, e) {
			return domain.NotFound("registration.not_found")
		}
		if out, err = s.readNeeds(ctx, st.tx.Queries, id); err != nil {
			return err
		}
		return st.record(ctx, k, domain.HistoryNeedsOpened, "", domain.Details{})
	})
	if err != nil {
		return domain.Needs{}, err
	}
	return out, nil
}

// WhoNeeds are those who have told of food or access at an event, and nothing of what, for the needs officer;
// domain.ErrNotFound where she does not reach it. Those with protected identity are masked, and of the others
// she is told no more than the name: she reads no registrations.
func (s *Registrations) WhoNeeds(ctx context.Context, a domain.Actor, slug string) (domain.Event, []domain.NeedsTold, error) {
	if err := a.Require(domain.PermReadNeeds); err != nil {
		return domain.Event{}, nil, err
	}
	e, err := s.Programme.Event(ctx, slug)
	if err == nil && !a.MayAt(domain.PermReadNeeds, e) {
		err = domain.NotFound("event.not_found")
	}
	if err != nil {
		return domain.Event{}, nil, err
	}
	ids, late, err := s.Store.NeedsTold(ctx, e.ID)
	if err != nil {
		return e, nil, err
	}
	people, err := s.Store.People(ctx, ids)
	if err != nil {
		return e, nil, err
	}
	isLate := make(map[domain.RegistrationID]bool, len(ids))
	for i, id := range ids {
		isLate[id] = late[i]
	}
	out := make([]domain.NeedsTold, len(people))
	for i, p := range people {
		told := domain.Registration{ID: p.ID, Ref: p.Ref, EventID: p.EventID, Status: p.Status, Protected: p.Protected}
		if !p.Protected {
			told.GivenName, told.FamilyName = p.GivenName, p.FamilyName
		}
		out[i] = domain.NeedsTold{Registration: told, Late: isLate[p.ID]}
	}
	return e, out, nil
}

// needsBatch is how many needs are erased in one transaction: registrations come in between.
const needsBatch = 200

// eraseDueNeeds erases the needs of events whose day for that has come, a batch at a time,
// each with its lines in the histories and in the archival record. next is when the next event's day
// comes, the zero time for never.
func (s *Registrations) eraseDueNeeds(ctx context.Context, a domain.Actor, now time.Time) (next time.Time, err error) {
	events, err := s.Store.EventsWithNeeds(ctx)
	if err != nil {
		return next, err
	}
	erased := false
	var all []error // one event that fails must not keep the needs of the others
	for _, id := range events {
		e, err := s.Store.EventFacts(ctx, id)
		due := e.NeedsErasedOn()
		switch {
		case err != nil:
		case due.IsZero():
		case now.Before(due.Start()):
			next = sooner(next, due.Start())
		default:
			if err = s.eraseNeedsOf(ctx, a, e, now); err == nil {
				erased = true
			}
		}
		all = append(all, err)
	}
	if erased { // the log still holds what the file no longer does
		all = append(all, s.Store.FoldLog(ctx))
	}
	return next, errors.Join(all...)
}

// sooner is the earlier of two instants, of which a zero one is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func (s *Registrations) eraseNeedsOf(ctx context.Context, a domain.Actor, e domain.Event, now time.Time) error {
	for {
		erased := 0
		err := s.write(ctx, a, domain.ChannelClock, func(st step) (err error) {
			erased, err = st.eraseNeedsBatch(ctx, e, now)
			return err
		})
		if err != nil || erased < needsBatch {
			return err
		}
	}
}

func (st step) eraseNeedsBatch(ctx context.Context, e domain.Event, began time.Time) (int, error) {
	ids, err := st.tx.NeedsToErase(ctx, e.ID, needsBatch)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	for _, id := range ids {
		if err := st.eraseNeeds(ctx, id); err != nil {
			return 0, err
		}
		k := store.Kept{Registration: domain.Registration{ID: id}}
		if err := st.record(ctx, k, domain.HistoryNeedsErased, "", domain.Details{}); err != nil {
			return 0, err
		}
	}
	return len(ids), st.tx.NoteErasure(ctx, store.Erasure{
		EventID: e.ID, At: began, What: "needs", Rule: fmt.Sprintf("behov: %d dagar efter tillfället", e.NeedsKept()),
		Records: len(ids), Actor: st.a.Name,
	})
}
