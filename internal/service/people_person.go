package service

import (
	"context"
	"errors"
	"slices"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Person is all that the actor may see of one registration; domain.ErrNotFound for one that she does not
// reach with PermReadRegistrations. Someone with protected identity is masked: see Reveal. Needs are told
// as a flag alone.
func (s *People) Person(ctx context.Context, a domain.Actor, id domain.RegistrationID) (domain.PersonView, error) {
	k, e, err := s.person(ctx, a, id)
	if err != nil {
		return domain.PersonView{}, err
	}
	return s.view(ctx, a, k, e, k.Protected)
}

// PersonByReference is the id of the registration with a reference number at an event, for addresses that
// hold no number of ours; domain.ErrNotFound as for Person.
func (s *People) PersonByReference(ctx context.Context, a domain.Actor, slug, ref string) (domain.RegistrationID, error) {
	r, err := reachOf(ctx, s.Store.Queries, a, domain.PermReadRegistrations, domain.ListScope{Event: slug})
	if err != nil {
		return 0, err
	}
	ref, ok := domain.ParseReference(ref)
	if !ok {
		return 0, domain.NotFound("registration.not_found")
	}
	k, err := s.Store.PersonByReference(ctx, r.events[0].ID, ref)
	return k.ID, err
}

// Reveal is Person with nothing masked, for those who hold PermProtect at the event. That someone's
// protected identity was looked at is in the audit log before anything is shown.
func (s *People) Reveal(ctx context.Context, a domain.Actor, id domain.RegistrationID, why domain.RevealReason) (domain.PersonView, error) {
	k, e, err := s.person(ctx, a, id)
	if err != nil {
		return domain.PersonView{}, err
	}
	if !a.MayAt(domain.PermProtect, e) {
		return domain.PersonView{}, domain.NotFound("registration.not_found")
	}
	if k.Protected {
		err := s.Store.Write(ctx, func(tx *store.Tx) error {
			return tx.Audit(ctx, s.line(a, e, domain.AuditProtectedShown, auditPerson, int64(id), map[string]string{"why": string(why)}))
		})
		if err != nil {
			return domain.PersonView{}, err
		}
	}
	return s.view(ctx, a, k, e, false)
}

func (s *People) person(ctx context.Context, a domain.Actor, id domain.RegistrationID) (store.Kept, domain.Event, error) {
	if err := a.Require(domain.PermReadRegistrations); err != nil {
		return store.Kept{}, domain.Event{}, err
	}
	k, err := s.Store.RegistrationByID(ctx, id)
	if err != nil {
		return k, domain.Event{}, err
	}
	facts, err := s.Store.EventFacts(ctx, k.EventID)
	if err != nil {
		return k, facts, err
	}
	if !a.MayAt(domain.PermReadRegistrations, facts) {
		return store.Kept{}, domain.Event{}, domain.NotFound("registration.not_found")
	}
	return k, facts, nil
}

func (s *People) view(ctx context.Context, a domain.Actor, k store.Kept, facts domain.Event, hidden bool) (domain.PersonView, error) {
	v := domain.PersonView{Registration: k.Registration, Hidden: hidden}
	var err error
	if v.Event, err = s.Registrations.Programme.Event(ctx, facts.Slug); err != nil {
		return v, err
	}
	if v.Terms, err = s.Store.TermsByID(ctx, k.TermsID); err != nil {
		return v, err
	}
	if v.History, err = s.Store.History(ctx, k.ID); err != nil {
		return v, err
	}
	if v.Letters, err = s.Store.LettersOf(ctx, k.ID); err != nil {
		return v, err
	}
	if v.Sessions, err = chosenSessions(ctx, s.Store.Queries, k.ID, v.Event); err != nil {
		return v, err
	}
	if v.Retired, err = s.Store.RetiredQuestions(ctx, facts.ID); err != nil {
		return v, err
	}
	if v.HasNeeds, err = s.Store.HasNeeds(ctx, k.ID); err != nil {
		return v, err
	}
	if k.Status == domain.Waitlisted {
		if v.QueuePosition, err = s.Store.QueuePosition(ctx, k.EventID, k.ID); err != nil {
			return v, err
		}
	}
	if a.MayAt(domain.PermManage, facts) {
		if v.Versions, err = s.Store.Versions(ctx, k.ID); err != nil {
			return v, err
		}
	}
	if err := s.request(ctx, a, facts, &v); err != nil {
		return v, err
	}
	if err := s.ties(ctx, a, k, &v); err != nil {
		return v, err
	}
	hide(&v)
	return v, nil
}

// hide takes away what tells who someone with protected identity is: also where she works, whom she came
// with, and what she chose.
func hide(v *domain.PersonView) {
	if !v.Hidden {
		return
	}
	v.Registration = v.Masked()
	v.Versions, v.Contact, v.Mates, v.Sessions = nil, nil, nil, nil
	v.Follows, v.FollowedBy, v.Keeps = nil, nil, nil
	for i := range v.Letters {
		v.Letters[i].To, v.Letters[i].LastError = "", "" // mail servers repeat the address
	}
	for i := range v.History {
		v.History[i].Details = domain.Details{}
	}
	if v.Request != nil {
		v.Request.Reason = ""
	}
}

// request is the wish that waits for an answer. Its reason is for those who answer it.
func (s *People) request(ctx context.Context, a domain.Actor, e domain.Event, v *domain.PersonView) error {
	r, err := s.Store.OpenRequest(ctx, v.ID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v.Request = &domain.PersonRequest{ID: r.ID}
	if a.MayAt(domain.PermManage, e) {
		v.Request.Reason = r.Reason
	}
	v.Request.At, err = s.Store.RequestedAt(ctx, r.ID)
	return err
}

// ties are the registrations that belong with this one, as far as the actor reaches them.
func (s *People) ties(ctx context.Context, a domain.Actor, k store.Kept, v *domain.PersonView) (err error) {
	if k.Group != 0 {
		g, err := s.Store.GroupByID(ctx, k.Group)
		if err != nil {
			return err
		}
		g.Places = nil // of other people what the contact person once wrote
		v.Contact = &g.Group
		mates, err := s.Store.GroupMates(ctx, k.Group)
		if err != nil {
			return err
		}
		mates = slices.DeleteFunc(mates, func(o store.Kept) bool { return o.ID == k.ID })
		for _, o := range mates {
			row, err := s.tie(ctx, a, o)
			if err != nil {
				return err
			}
			if row != nil {
				v.Mates = append(v.Mates, *row)
			}
		}
	}
	if v.Follows, err = s.tieTo(ctx, a, k.Follows); err != nil {
		return err
	}
	if v.Keeps, err = s.tieTo(ctx, a, k.Keeps); err != nil {
		return err
	}
	next, err := s.Store.FollowerOf(ctx, k.ID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err == nil {
		v.FollowedBy, err = s.tie(ctx, a, next)
	}
	return err
}

func (s *People) tieTo(ctx context.Context, a domain.Actor, id domain.RegistrationID) (*domain.PersonRow, error) {
	if id == 0 {
		return nil, nil
	}
	k, err := s.Store.RegistrationByID(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.tie(ctx, a, k)
}

// tie is a registration as a list shows it; nil where it is another county's.
func (s *People) tie(ctx context.Context, a domain.Actor, k store.Kept) (*domain.PersonRow, error) {
	e, err := s.Store.EventFacts(ctx, k.EventID)
	if err != nil {
		return nil, err
	}
	if !a.MayAt(domain.PermReadRegistrations, e) {
		return nil, nil
	}
	return &domain.PersonRow{Registration: k.Masked(), Event: peopleEvent(e), Hidden: k.Protected}, nil
}
