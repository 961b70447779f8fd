package service

import (
	"context"
	"errors"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Move is where someone wants to go, and what she answers there.
type Move struct {
	To      string // slug
	TermsID int64  // the terms of the other event, as they were on the screen
	Queue   bool   // she has been asked, and queues there where it is full
	Entry   domain.Entry
	Lang    domain.Lang
}

// Towns are the other events of the series, by day and town, as they are now.
func (s *Registrations) Towns(ctx context.Context, a domain.Actor, token string) ([]domain.Event, error) {
	if err := a.Require(domain.PermReadOwn); err != nil {
		return nil, err
	}
	k, err := s.byLink(ctx, s.Store.Queries, token)
	if err != nil {
		return nil, err
	}
	here, err := s.Store.EventFacts(ctx, k.EventID)
	if err != nil || here.SeriesID == 0 {
		return nil, err
	}
	all, err := s.Store.Events(ctx, store.EventScope{Series: here.SeriesID, NotOverAt: domain.DateIn(s.Now())})
	var others []domain.Event
	for _, e := range all {
		if e.ID != here.ID {
			others = append(others, e)
		}
	}
	return others, err
}

// Move changes to another town of the series in one step: the new place is taken before the old one
// is given back, or nothing happens. Where the other event is full and Queue is set, she queues there,
// keeps the old place, and is moved when a place comes. It answers the personal link of the new
// registration; moved already, it answers the same.
//
// Refusals: those of domain.Event.MayMove and Admit; *domain.Invalid for what the other event asks;
// of class CodeConflict "move.registered" and "registration.terms_changed"; of class CodeFull
// "move.queue_only" where only the queue is open.
func (s *Registrations) Move(ctx context.Context, a domain.Actor, token string, in Move) (string, error) {
	there, err := s.Programme.outline(ctx, in.To)
	if err != nil {
		return "", err
	}
	k, err := s.byLink(ctx, s.Store.Queries, token)
	if err != nil {
		return "", err
	}
	app, err := there.ReadMove(in.Entry, k.Email)
	if err != nil {
		return "", err
	}
	if in.TermsID != there.Terms.ID {
		return "", &domain.Error{Code: domain.CodeConflict, Key: "registration.terms_changed"}
	}
	var link string
	err = s.change(ctx, a, token, func(st step, k store.Kept, here domain.Event) error {
		m := moving{from: k, here: here, there: *there, app: app, in: in}
		link, err = st.move(ctx, m)
		return err
	})
	return link, err
}

// moving is one person on her way from one event to another.
type moving struct {
	from        store.Kept
	here, there domain.Event // here is locked; there is an outline
	app         domain.Application
	in          Move
}

func (st step) move(ctx context.Context, m moving) (string, error) {
	if next, err := st.moved(ctx, m); err == nil {
		return st.s.Keys.Link(next.UID, max(next.LinkVersion, 1)), nil
	} else if !errors.Is(err, domain.ErrNotFound) {
		return "", err
	}
	to, err := st.event(ctx, m.there.ID)
	if err != nil {
		return "", err
	}
	if err := m.here.MayMove(m.from.Registration, to, st.now); err != nil {
		return "", err
	}
	if _, err := st.tx.LiveRegistration(ctx, to.ID, m.from.EmailKey()); err == nil {
		return "", &domain.Error{Code: domain.CodeConflict, Key: "move.registered"}
	} else if !errors.Is(err, domain.ErrNotFound) {
		return "", err
	}
	status, err := to.Admit(st.now)
	if err == nil && status == domain.Waitlisted && !m.in.Queue {
		err = &domain.Error{Code: domain.CodeFull, Key: "move.queue_only"}
	}
	if err != nil {
		return "", err
	}
	next, err := st.arriveThere(ctx, m, to, status)
	return st.s.Keys.Link(next.UID, 1), err
}

// moved is where she has gone or waits already; domain.ErrNotFound for nowhere. Who has told another
// address there since has another link there, which the holder of this one does not get.
func (st step) moved(ctx context.Context, m moving) (next store.Kept, err error) {
	if m.from.Status == domain.Cancelled {
		next, err = st.tx.FollowerOf(ctx, m.from.ID)
	} else {
		next, err = st.tx.KeeperOf(ctx, m.from.ID, m.there.ID)
	}
	switch {
	case err != nil || (next.EventID == m.there.ID && next.EmailKey() == m.from.EmailKey()):
		return next, err
	case m.from.Status != domain.Cancelled: // one place is kept by one who waits there
		return store.Kept{}, &domain.Error{Code: domain.CodeConflict, Key: "move.registered"}
	}
	return store.Kept{}, domain.NotFound("registration.not_found")
}

// arriveThere writes the registration at the other event, and gives the old place back where she has
// a new one.
func (st step) arriveThere(ctx context.Context, m moving, to domain.Event, status domain.RegistrationStatus) (store.Kept, error) {
	p := m.from.Participant
	p.Answers = m.app.Answers
	needs, err := st.s.readNeeds(ctx, st.tx.Queries, m.from.ID)
	if err != nil {
		return store.Kept{}, err
	}
	ar := arrival{
		event: &m.there, app: &domain.Application{Participant: p, Sessions: m.app.Sessions, Needs: asked(m.there, needs)},
		history: domain.HistoryMoved, letter: domain.LetterMoved,
		queued: domain.HistoryMoveWaiting, queuing: domain.LetterMoveWaiting,
		details: domain.Details{Town: m.here.Town, Event: m.here.Slug},
	}
	ar.k = st.s.newKept(auth.UID(auth.NewKey()), &m.there, p, m.in.Lang, st.channel)
	ar.k.ReceivedAt, ar.k.Protected = st.now, m.from.Protected
	if status == domain.Confirmed {
		ar.k.Follows = m.from.ID
	} else {
		ar.k.Keeps = m.from.ID
	}
	if err := st.admit(ctx, &ar); err != nil {
		return ar.k, err
	}
	if ar.met {
		return ar.k, errors.New("service: she was there after all")
	}
	if ar.k.Status != domain.Confirmed {
		return ar.k, nil
	}
	return ar.k, st.departed(ctx, m.from, to)
}

// departed gives the old place back after a move.
func (st step) departed(ctx context.Context, from store.Kept, to domain.Event) error {
	return st.end(ctx, from, domain.Cancelled, domain.HistoryMovedFrom, domain.LetterMovedFrom,
		domain.Details{Town: to.Town, Event: to.Slug})
}

// arriveMoved is what happens when a place comes for someone who waits and keeps another: she has
// it, and gives the other back; or, where the rules of the other no longer let her go, she keeps that
// one and leaves this queue.
func (st step) arriveMoved(ctx context.Context, k store.Kept) error {
	old, err := st.tx.RegistrationByID(ctx, k.Keeps)
	if err != nil {
		return err
	}
	here, err := st.event(ctx, old.EventID)
	if err != nil {
		return err
	}
	to, err := st.event(ctx, k.EventID)
	if err != nil {
		return err
	}
	if old.Status != domain.Confirmed {
		return st.tx.SetKeeps(ctx, k.ID, 0) // an ordinary place in the queue from now on
	}
	d := domain.Details{Town: here.Town, Event: here.Slug}
	if !here.Options(old.Registration, st.now).Move {
		if err := st.leave(ctx, k, domain.Cancelled); err != nil {
			return err
		}
		k.Status = domain.Cancelled
		return st.record(ctx, k, domain.HistoryMoveLapsed, domain.LetterMoveLapsed, d)
	}
	if err := st.tx.SetStatus(ctx, k.ID, domain.Waitlisted, domain.Confirmed); err != nil {
		return err
	}
	if err := st.tx.QueueToSeat(ctx, k.EventID); err != nil {
		return err
	}
	return st.follow(ctx, k, old, to, d)
}

// follow ties the new place to the old, and gives the old one back.
func (st step) follow(ctx context.Context, k, old store.Kept, to domain.Event, d domain.Details) error {
	if err := st.tx.SetFollows(ctx, k.ID, old.ID); err != nil {
		return err
	}
	if err := st.seated(ctx, k, domain.HistoryMoved, domain.LetterMoved, d); err != nil {
		return err
	}
	return st.departed(ctx, old, to)
}

// LeaveOther gives back what the same person has at another event of the series, for someone who
// found herself registered in two towns. The rules of that event hold. Left already is nil.
func (s *Registrations) LeaveOther(ctx context.Context, a domain.Actor, token, slug string) error {
	return s.change(ctx, a, token, func(st step, k store.Kept, e domain.Event) error {
		id, err := st.tx.EventID(ctx, slug)
		if err != nil {
			return err
		}
		other, err := st.event(ctx, id)
		if err != nil {
			return err
		}
		if e.SeriesID == 0 || other.SeriesID != e.SeriesID || other.ID == e.ID || k.Email == "" || !k.Status.Live() {
			return domain.NotFound("event.not_found")
		}
		there, err := st.tx.LiveRegistration(ctx, id, k.EmailKey())
		if errors.Is(err, domain.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := other.MayCancel(there.Registration, st.now); err != nil {
			return err
		}
		return st.cancel(ctx, there, domain.Details{})
	})
}

// asked is what an event asks for of what was told.
func asked(e domain.Event, n domain.Needs) domain.Needs {
	if !e.Rules.Food {
		n.Diet, n.DietText = nil, ""
	}
	if !e.Rules.Access {
		n.Access, n.AccessText = nil, ""
	}
	return n
}
