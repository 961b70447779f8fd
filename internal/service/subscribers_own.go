package service

import (
	"context"
	"slices"
	"strings"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// OwnInvitations is what somebody who is registered has asked of the county that she is registered with.
type OwnInvitations struct {
	County  domain.Organiser
	Invited bool
	Link    string // to what she has asked for; "" where she has asked for nothing
}

// OfOwn tells whoever holds the link to a registration what its address has asked for. domain.ErrNotFound
// for a link that leads nowhere, and for a registration without an address.
func (s *Subscribers) OfOwn(ctx context.Context, a domain.Actor, token string) (OwnInvitations, error) {
	if err := a.Require(domain.PermReadOwn); err != nil {
		return OwnInvitations{}, err
	}
	_, e, line, err := s.own(ctx, s.Store.Queries, token)
	if err != nil {
		return OwnInvitations{}, err
	}
	all, err := s.Store.Organisers(ctx)
	if err != nil {
		return OwnInvitations{}, err
	}
	out := OwnInvitations{County: e.Owner}
	if i := slices.IndexFunc(all, func(o domain.Organiser) bool { return o.Code == e.Owner.Code }); i >= 0 {
		out.County = all[i] // with its name: she is asked whether it may write to her
	}
	if line != nil {
		out.Invited, out.Link = !line.Confirmed.IsZero(), s.Keys.SubscriberLink(line.UID, auth.SubscriberManages)
	}
	return out, nil
}

// own is the registration behind a link, its event, and the line of its address for the event's county; nil
// where there is none.
func (s *Subscribers) own(ctx context.Context, q store.Queries, token string) (store.Kept, domain.Event, *domain.Subscriber, error) {
	r := &Registrations{Store: s.Store, Keys: s.Keys, Now: s.Now}
	k, err := r.byLink(ctx, q, token)
	if err == nil && k.Email == "" {
		err = domain.NotFound("registration.not_found")
	}
	if err != nil {
		return k, domain.Event{}, nil, err
	}
	e, err := q.EventFacts(ctx, k.EventID)
	if err != nil {
		return k, e, nil, err
	}
	lines, err := q.SubscribersAt(ctx, k.EmailKey())
	i := slices.IndexFunc(lines, func(l domain.Subscriber) bool { return l.County == e.Owner.Code })
	if err != nil || i < 0 {
		return k, e, nil, err
	}
	return k, e, &lines[i], nil
}

// AskOwn lets the county that somebody is registered with invite her. The link to her registration proves the
// address: no letter asks. Refusals: those of OfOwn; CodeClosed "subscribers.blocked" where something else
// than her own wish stands against her address.
func (s *Subscribers) AskOwn(ctx context.Context, a domain.Actor, token string) error {
	if err := a.Require(domain.PermChangeOwn); err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		k, e, line, err := s.own(ctx, tx.Queries, token)
		if err != nil {
			return err
		}
		why, err := s.against(ctx, tx.Queries, k.Email, e.Owner.Code)
		switch {
		case err != nil:
			return err
		case why != "" && why != domain.SuppressUnsubscribed:
			return &domain.Error{Code: domain.CodeClosed, Key: "subscribers.blocked"}
		case line != nil:
			return s.confirm(ctx, tx, *line)
		}
		return s.add(ctx, tx, domain.Subscriber{Email: k.Email, Lang: k.Lang, Source: domain.SubscribedOnOwn}, e.Owner.Code)
	})
}

// Numbers is how many have asked each county where the actor may read what is mailed, counties that nobody has
// asked included. Who they are is shown to nobody. Refusal: domain.ErrNotFound where there is no such county.
func (s *Subscribers) Numbers(ctx context.Context, a domain.Actor) ([]domain.SubscriberNumbers, error) {
	if err := a.Require(domain.PermReadMail); err != nil {
		return nil, err
	}
	all, err := s.Store.Organisers(ctx)
	if err != nil {
		return nil, err
	}
	known, err := s.Store.SubscriberNumbers(ctx)
	if err != nil {
		return nil, err
	}
	var out []domain.SubscriberNumbers
	for _, o := range all {
		if !a.MayIn(domain.PermReadMail, o.Code) {
			continue
		}
		n := domain.SubscriberNumbers{County: o}
		if i := slices.IndexFunc(known, func(k domain.SubscriberNumbers) bool { return k.County.Code == o.Code }); i >= 0 {
			n = known[i]
			n.County = o
		}
		out = append(out, n)
	}
	if len(out) == 0 {
		return nil, domain.NotFound("page.not_found")
	}
	return out, nil
}

// Remove ends the invitations of counties to an address, for somebody who has asked staff to. Whether the
// address was among them is not told, and no invitation goes to it until its owner asks anew. Refusals:
// domain.ErrNotFound; *domain.Invalid for the fields "email" and "county".
func (s *Subscribers) Remove(ctx context.Context, a domain.Actor, counties []domain.OrganiserCode, email string) error {
	if err := a.Require(domain.PermWriteMail); err != nil {
		return err
	}
	address, ok := domain.ParseEmail(strings.TrimSpace(email))
	if !ok {
		v := &domain.Invalid{}
		v.Add("email", domain.EmailFault(email), nil)
		return v
	}
	if len(counties) == 0 || slices.Contains(counties, "") {
		v := &domain.Invalid{}
		v.Add("county", "office.subscribers.county_missing", nil)
		return v
	}
	known, err := s.codes(ctx)
	if err != nil {
		return err
	}
	for _, c := range counties {
		if !a.MayIn(domain.PermWriteMail, c) || !slices.Contains(known, c) {
			return domain.NotFound("page.not_found")
		}
	}
	return s.forget(ctx, func(tx *store.Tx, gone *[]domain.Erased) error {
		for _, c := range counties {
			left, err := s.removeAt(ctx, tx, a, c, address)
			if err != nil {
				return err
			}
			*gone = append(*gone, left...)
		}
		return nil
	})
}

// removeAt ends the invitations of one county to an address.
func (s *Subscribers) removeAt(ctx context.Context, tx *store.Tx, a domain.Actor, c domain.OrganiserCode, address string) (gone []domain.Erased, err error) {
	lines, err := tx.SubscribersAt(ctx, domain.EmailKey(address))
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		if l.County == c {
			if err := tx.EraseSubscriber(ctx, l.ID); err != nil {
				return nil, err
			}
			gone = append(gone, s.gone(l))
		}
	}
	err = tx.Suppress(ctx, s.Keys.AddressHash(domain.EmailKey(address)), c, domain.SuppressUnsubscribed, a.Name, s.Now())
	if err != nil {
		return nil, err
	}
	return gone, tx.Audit(ctx, domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, County: c, Action: domain.AuditSubscriberRemoved, Object: "subscriber",
	})
}
