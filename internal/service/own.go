package service

import (
	"context"
	"errors"
	"slices"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Own is everything about the registration whose personal link is token; domain.ErrNotFound for
// every other token, whatever is wrong with it.
func (s *Registrations) Own(ctx context.Context, a domain.Actor, token string) (domain.OwnRegistration, error) {
	if err := a.Require(domain.PermReadOwn); err != nil {
		return domain.OwnRegistration{}, err
	}
	k, err := s.byLink(ctx, s.Store.Queries, token)
	if err != nil {
		return domain.OwnRegistration{}, err
	}
	return s.own(ctx, k)
}

func (s *Registrations) own(ctx context.Context, k store.Kept) (domain.OwnRegistration, error) {
	out := domain.OwnRegistration{Registration: k.Registration}
	facts, err := s.Store.EventFacts(ctx, k.EventID)
	if err != nil {
		return out, err
	}
	if out.Event, err = s.Programme.Event(ctx, facts.Slug); err != nil {
		return out, err
	}
	if out.Terms, err = s.Store.TermsByID(ctx, k.TermsID); err != nil {
		return out, err
	}
	now := s.Now()
	out.Options = out.Event.Options(k.Registration, now)
	if out.History, err = s.Store.History(ctx, k.ID); err != nil {
		return out, err
	}
	if out.Sessions, err = chosenSessions(ctx, s.Store.Queries, k.ID, out.Event); err != nil {
		return out, err
	}
	if out.Needs, err = s.needsOf(ctx, k.ID); err != nil {
		return out, err
	}
	if _, err = s.Store.OpenRequest(ctx, k.ID); err == nil {
		out.Asked = true
	} else if !errors.Is(err, domain.ErrNotFound) {
		return out, err
	}
	if err := s.ownQueue(ctx, k, &out); err != nil {
		return out, err
	}
	return out, s.ownElsewhere(ctx, k, &out)
}

func (s *Registrations) ownQueue(ctx context.Context, k store.Kept, out *domain.OwnRegistration) (err error) {
	if k.Status != domain.Waitlisted {
		return nil
	}
	if out.Registration.QueuePosition, err = s.Store.QueuePosition(ctx, k.EventID, k.ID); err != nil {
		return err
	}
	if out.Offers, err = s.Store.OffersAhead(ctx, k.EventID, k.ID); err != nil {
		return err
	}
	out.Why = out.Event.WhyWaiting(k.Registration, out.Offers, s.Now())
	return nil
}

// ownElsewhere is what the same person has, or had, at other events of the series.
func (s *Registrations) ownElsewhere(ctx context.Context, k store.Kept, out *domain.OwnRegistration) error {
	if k.Keeps != 0 {
		kept, err := s.Store.RegistrationByID(ctx, k.Keeps)
		if err != nil {
			return err
		}
		if out.Keeps, err = s.otherPlace(ctx, kept); err != nil {
			return err
		}
		if kept.EmailKey() != k.EmailKey() {
			out.Keeps.Token = "" // she told another address there, and its link went to that one alone
		}
	}
	if k.Status == domain.Cancelled && slices.ContainsFunc(out.History, func(h domain.HistoryEntry) bool { return h.Kind == domain.HistoryMovedFrom }) {
		next, err := s.Store.FollowerOf(ctx, k.ID)
		if err == nil && next.EmailKey() == k.EmailKey() {
			out.MovedTo, err = s.otherPlace(ctx, next)
		}
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	if !k.Status.Live() || out.Event.SeriesID == 0 || k.Email == "" {
		return nil
	}
	live, err := s.Store.LiveInSeries(ctx, out.Event.SeriesID, k.EmailKey())
	if err != nil {
		return err
	}
	live = slices.DeleteFunc(live, func(o store.Kept) bool { return o.ID == k.ID || o.ID == k.Keeps })
	for _, o := range live {
		p, err := s.otherPlace(ctx, o)
		if err != nil {
			return err
		}
		out.Others = append(out.Others, *p)
	}
	return nil
}

func (s *Registrations) otherPlace(ctx context.Context, k store.Kept) (*domain.OtherPlace, error) {
	facts, err := s.Store.EventFacts(ctx, k.EventID)
	if err != nil {
		return nil, err
	}
	e, err := s.Programme.Event(ctx, facts.Slug)
	if err != nil {
		return nil, err
	}
	return &domain.OtherPlace{Event: e, Status: k.Status, Token: s.Keys.Link(k.UID, k.LinkVersion)}, nil
}
