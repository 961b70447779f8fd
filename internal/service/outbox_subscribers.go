package service

import (
	"context"
	"errors"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
)

// The pages that letters to subscribers lead to.
const (
	routeSubscription = "invitations_own"
	routeEnd          = "unsubscribe"
)

// subscriberFacts are what a letter to somebody who has asked for invitations is composed from.
func (o *Outbox) subscriberFacts(ctx context.Context, l domain.Letter) (domain.LetterFacts, error) {
	to, err := o.Store.SubscriberByID(ctx, l.Subscriber)
	if err != nil {
		return domain.LetterFacts{}, err
	}
	lines, err := o.Store.SubscribersAt(ctx, domain.EmailKey(to.Email))
	if err != nil {
		return domain.LetterFacts{}, err
	}
	s := &Subscribers{Store: o.Store, Keys: o.Keys, Now: o.Now}
	told, err := s.told(ctx, o.Store.Queries, lines)
	if err != nil {
		return domain.LetterFacts{}, err
	}
	f := domain.LetterFacts{Letter: l, Subscription: &domain.SubscriptionFacts{Subscription: told}}
	for _, c := range append(told.Waiting, told.Invited...) {
		if c.Code == to.County {
			f.Subscription.From = c
		}
	}
	f.Subscription.Manage = o.PageLink(l.Lang, routeSubscription, o.Keys.SubscriberLink(to.UID, auth.SubscriberManages))
	f.Link = f.Subscription.Manage
	if l.Kind == domain.LetterSubscription {
		return f, nil
	}
	f.Subscription.End = o.PageLink(l.Lang, routeEnd, o.Keys.SubscriberLink(to.UID, auth.SubscriberEnds))
	return f, o.invitationFacts(ctx, &f)
}

// invitationFacts adds the event and the words.
func (o *Outbox) invitationFacts(ctx context.Context, f *domain.LetterFacts) error {
	_, events, err := o.Store.MailingByID(ctx, f.Letter.Mailing)
	if err != nil {
		return err
	}
	if len(events) != 1 {
		return errors.New("service: an invitation is to one event")
	}
	if f.Event, err = o.event(ctx, events[0]); err != nil {
		return err
	}
	f.Letter.EventID, f.EventLink = f.Event.ID, o.EventLink(f.Letter.Lang, f.Event.Slug)
	return o.written(ctx, f)
}

// sampleInvitation makes facts those of an invitation to nobody: its links lead nowhere.
func (o *Outbox) sampleInvitation(f *domain.LetterFacts) {
	f.Letter.Kind, f.Registration = domain.LetterInvitation, domain.Registration{}
	f.Subscription = &domain.SubscriptionFacts{
		From: f.Event.Owner, Manage: o.PageLink(f.Letter.Lang, routeSubscription, "exempel"), End: o.PageLink(f.Letter.Lang, routeEnd, "exempel"),
	}
	f.Link = f.Subscription.Manage
}

// ended reports whether whoever a letter is for does not want it any more.
func (o *Outbox) ended(ctx context.Context, l domain.Letter) (bool, error) {
	if !l.Kind.ToSubscriber() {
		return false, nil
	}
	_, err := o.Store.SubscriberByID(ctx, l.Subscriber)
	if errors.Is(err, domain.ErrNotFound) {
		return true, nil
	}
	return false, err
}
