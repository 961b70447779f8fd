package service

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Invite begins a draft that invites those who have asked for it to an event, with words that the caller
// proposes. counties are whose subscribers it goes to, of those that arrange the event; none means the
// owner's. Refusals: domain.ErrNotFound where the actor may not write there; CodeClosed "invite.not_public"
// for an event that nobody can see yet, that is called off or over; *domain.Invalid.
func (s *Mailings) Invite(ctx context.Context, a domain.Actor, slug string, counties []domain.OrganiserCode, subject, body domain.Text) (uid string, err error) {
	e, err := s.invitable(ctx, s.Store.Queries, a, slug)
	if err != nil {
		return "", err
	}
	in, err := domain.NewMailing(domain.MailingEntry{
		Audience: domain.Audience{Scope: domain.ListScope{Event: slug}, Counties: invitingOf(e, counties)},
		Subject:  subject, Body: body,
	})
	if err != nil {
		return "", err
	}
	m := domain.Mailing{
		UID: auth.NewKey(), County: e.Owner.Code, Kind: domain.MailingInvitation, MailingEntry: in, By: a.Name, Created: s.Now(),
	}
	return m.UID, s.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.InsertMailing(ctx, m, a.User, []domain.EventID{e.ID})
		return err
	})
}

func invitingOf(e domain.Event, chosen []domain.OrganiserCode) []domain.OrganiserCode {
	var out []domain.OrganiserCode
	for _, c := range e.InvitingCounties() {
		if slices.Contains(chosen, c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		out = append(out, e.Owner.Code)
	}
	return out
}

// invitable is an event to which somebody may be invited.
func (s *Mailings) invitable(ctx context.Context, q store.Queries, a domain.Actor, slug string) (domain.Event, error) {
	r, err := reachOf(ctx, q, a, domain.PermWriteMail, domain.ListScope{Event: slug})
	if err != nil {
		return domain.Event{}, err
	}
	e, err := q.EventFacts(ctx, r.events[0].ID)
	if err != nil {
		return e, err
	}
	if !invites(e, s.Now()) {
		return e, &domain.Error{Code: domain.CodeClosed, Key: "invite.not_public"}
	}
	return e, nil
}

// invites reports whether there is something to be invited to.
func invites(e domain.Event, now time.Time) bool {
	return e.State == domain.EventPublished && (e.Day.IsZero() || now.Before(e.EndsAt()))
}

// InviteFrom says whose subscribers a draft that invites goes to. Refusals: those of Draft, and CodeConflict
// "mailing.saved_by_other".
func (s *Mailings) InviteFrom(ctx context.Context, a domain.Actor, uid string, seen int, counties []domain.OrganiserCode) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := s.draft(ctx, tx, a, uid)
		if err != nil || m.Kind != domain.MailingInvitation {
			return errors.Join(err, notInvitation(m))
		}
		e, err := s.invitedTo(ctx, tx.Queries, m)
		if err != nil {
			return err
		}
		m.Audience.Counties, m.Revision, m.Changed = invitingOf(e, counties), seen, s.Now()
		ok, err := tx.SaveMailing(ctx, m, []domain.EventID{e.ID})
		if err == nil && !ok {
			err = &domain.Error{Code: domain.CodeConflict, Key: "mailing.saved_by_other"}
		}
		return err
	})
}

func notInvitation(m domain.Mailing) error {
	if m.Kind == domain.MailingInvitation {
		return nil
	}
	return errMailing
}

// invitedTo is the event that a mailing invites to.
func (s *Mailings) invitedTo(ctx context.Context, q store.Queries, m domain.Mailing) (domain.Event, error) {
	_, events, err := q.MailingByUID(ctx, m.UID)
	if err != nil {
		return domain.Event{}, err
	}
	if len(events) != 1 {
		return domain.Event{}, errMailing
	}
	return q.EventFacts(ctx, events[0])
}

// InvitationReach is whom an invitation would go to now, in numbers. Refusal: domain.ErrNotFound, also for a
// mailing to participants.
func (s *Mailings) InvitationReach(ctx context.Context, a domain.Actor, uid string) (domain.InvitationReach, error) {
	m, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, uid)
	if err != nil || m.Kind != domain.MailingInvitation {
		return domain.InvitationReach{}, errors.Join(err, notInvitation(m))
	}
	all, err := s.invited(ctx, s.Store.Queries, a, m)
	return reachedBy(all), err
}

// WouldReach is InvitationReach before anything has been begun.
func (s *Mailings) WouldReach(ctx context.Context, a domain.Actor, slug string, counties []domain.OrganiserCode) (domain.InvitationReach, error) {
	e, err := s.invitable(ctx, s.Store.Queries, a, slug)
	if err != nil {
		return domain.InvitationReach{}, err
	}
	all, err := s.invitedOf(ctx, s.Store.Queries, e, invitingOf(e, counties))
	return reachedBy(all), err
}

func reachedBy(all []domain.Recipient) domain.InvitationReach {
	out := domain.InvitationReach{Asked: len(all)}
	for _, r := range all {
		switch r.Refusal {
		case "":
			out.Goes++
			if r.Lang == domain.English {
				out.English++
			}
		case refusalRegistered:
			out.Registered++
		case refusalTwice:
			out.Twice++
		default:
			out.Suppressed++
		}
	}
	return out
}

const (
	refusalRegistered = "mailing.refusal.registered"
	refusalTwice      = "mailing.refusal.same_address"
)

// invited are the subscribers whom an invitation would go to, and those who get none. A Recipient of these has
// a language and the event that she is invited to, and neither name nor address: no list of those who have
// asked is shown to anyone. Its ID is only to choose by, and no registration's.
func (s *Mailings) invited(ctx context.Context, q store.Queries, _ domain.Actor, m domain.Mailing) ([]domain.Recipient, error) {
	e, err := s.invitedTo(ctx, q, m)
	if err != nil {
		return nil, err
	}
	return s.invitedOf(ctx, q, e, invitingOf(e, m.Audience.Counties))
}

func (s *Mailings) invitedOf(ctx context.Context, q store.Queries, e domain.Event, counties []domain.OrganiserCode) ([]domain.Recipient, error) {
	there, err := q.LiveAddresses(ctx, e.ID, e.SeriesID)
	if err != nil {
		return nil, err
	}
	event := domain.PeopleEvent{ID: e.ID, Slug: e.Slug, Town: e.Town, Day: e.Day, Owner: e.Owner.Code}
	seen := make(map[string]bool)
	var out []domain.Recipient
	for _, c := range counties {
		all, err := q.InvitedBy(ctx, c, mostRecipients+1)
		if err != nil {
			return nil, err
		}
		if len(out)+len(all) > mostRecipients {
			return nil, tooMany()
		}
		some, hashes := make([]domain.Recipient, len(all)), make([][]byte, len(all))
		for i, one := range all {
			key := domain.EmailKey(one.Email)
			r := &some[i]
			r.Event, r.Subscriber = event, one.ID
			r.Registration = domain.Registration{ID: domain.RegistrationID(one.ID), EventID: e.ID, Lang: one.Lang}
			switch {
			case there[key]:
				r.Refusal = refusalRegistered
			case seen[key]:
				r.Refusal = refusalTwice
			default:
				hashes[i], seen[key] = s.Registrations.Keys.AddressHash(key), true
			}
		}
		if err := s.suppressed(ctx, q, c, domain.MailingInvitation, some, hashes); err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

func invitedIDs(all []domain.Recipient) []domain.SubscriberID {
	var out []domain.SubscriberID
	for _, r := range all {
		if r.Refusal == "" {
			out = append(out, r.Subscriber)
		}
	}
	return out
}

// freeze keeps whom a mailing goes to.
func (s *Mailings) freeze(ctx context.Context, tx *store.Tx, m domain.Mailing, all []domain.Recipient) error {
	if m.Kind == domain.MailingInvitation {
		return tx.FreezeInvited(ctx, m.ID, invitedIDs(all))
	}
	return tx.FreezeRecipients(ctx, m.ID, goesTo(all))
}

// releaseInvited begins with n letters of an invitation. Each is asked for once more: whoever has ended it,
// has registered meanwhile or cannot be reached gets none, and nobody does when the event is called off.
func (s *Mailings) releaseInvited(ctx context.Context, st step, m domain.Mailing, n int) error {
	e, err := s.invitedTo(ctx, st.tx.Queries, m)
	if err != nil {
		return err
	}
	there, err := st.tx.LiveAddresses(ctx, e.ID, e.SeriesID)
	if err != nil {
		return err
	}
	to, err := st.tx.InvitedLeft(ctx, m.ID, n)
	if err != nil {
		return err
	}
	for _, line := range to {
		one, err := st.tx.SubscriberByID(ctx, line.ID)
		gone := errors.Is(err, domain.ErrNotFound)
		if err != nil && !gone {
			return err
		}
		withhold := gone || one.Confirmed.IsZero() || !invites(e, st.now) || there[domain.EmailKey(one.Email)]
		if !withhold {
			why, err := st.tx.Suppressed(ctx, one.County, st.s.Keys.AddressHash(domain.EmailKey(one.Email)))
			if err != nil {
				return err
			}
			withhold = len(why) > 0
		}
		if err := st.tx.SetInvited(ctx, line.Line, withhold); err != nil {
			return err
		}
		if withhold {
			continue
		}
		if err := st.inviteOne(ctx, m, one); err != nil {
			return err
		}
	}
	return nil
}

func (st step) inviteOne(ctx context.Context, m domain.Mailing, to domain.Subscriber) error {
	state := domain.LetterQueued
	if st.s.Withhold {
		state = domain.LetterWithheld
	}
	lang := m.Audience.Lang(to.Lang)
	return st.tx.InsertLetter(ctx, 0, domain.Letter{
		Kind: domain.LetterInvitation, Subscriber: to.ID, To: to.Email, Lang: lang,
		MessageID: st.s.Keys.MessageID([]byte(to.UID), string(domain.LetterInvitation), int(m.ID)), Date: st.now.Truncate(time.Second),
		State: state, NextTry: st.now, Details: domain.Details{Subject: m.Subject.In(lang)}, Mailing: m.ID,
	})
}

// lookInvited is an invitation as those who read a language would get it, with links that lead nowhere.
func (s *Mailings) lookInvited(ctx context.Context, m domain.Mailing, l domain.Lang) ([]byte, error) {
	facts, err := s.invitedTo(ctx, s.Store.Queries, m)
	if err != nil {
		return nil, err
	}
	e, err := s.Outbox.event(ctx, facts.ID)
	if err != nil {
		return nil, err
	}
	l = m.Audience.Lang(l)
	f := domain.LetterFacts{
		Letter: domain.Letter{
			Kind: domain.LetterInvitation, EventID: e.ID, To: "namn@exempel.se", Lang: l, Date: s.Now(), Mailing: m.ID, MessageID: "utkast",
		},
		Event: e, EventLink: s.Outbox.EventLink(l, e.Slug), Mailing: &m,
	}
	s.Outbox.sampleInvitation(&f)
	if len(m.Files) > 0 {
		if f.Enclosed, err = s.Store.MailingFiles(ctx, m.ID); err != nil {
			return nil, err
		}
	}
	return s.Outbox.Composer.Compose(f)
}

// LookInvited is an invitation as those who read a language would get it: the whole message. Refusal:
// domain.ErrNotFound, also for a mailing to participants.
func (s *Mailings) LookInvited(ctx context.Context, a domain.Actor, uid string, l domain.Lang) ([]byte, error) {
	m, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, uid)
	if err != nil || m.Kind != domain.MailingInvitation {
		return nil, errors.Join(err, notInvitation(m))
	}
	return s.lookInvited(ctx, m, l)
}
