package service

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// automatic adds what stands below the words of an automatic letter: the addresses of its buttons and of the
// event's documents. token is the key of the reader's own pages.
func (o *Outbox) automatic(f *domain.LetterFacts, token string) error {
	if f.Mailing == nil || f.Mailing.Auto.Kind == "" {
		return nil
	}
	if o.PageLink == nil {
		return errors.New("service: automatic letters need Outbox.PageLink")
	}
	l := f.Letter.Lang
	switch f.Mailing.Auto.Kind {
	case domain.AutomaticReminder:
		f.Coming, f.NotComing = o.PageLink(l, "own_coming", token), o.PageLink(l, "own_not_coming", token)
	case domain.AutomaticThanks:
		f.Papers = make(map[string]string, len(f.Event.Documents))
		for _, d := range f.Event.Documents {
			f.Papers[d.Slug] = o.PageLink(l, "document", d.Slug)
		}
	}
	return nil
}

const mostLookedAt = 200

// Readers are those whom a letter would go to now and who may be looked at, at most 200: nobody with protected
// identity is among them.
func (s *Automatics) Readers(ctx context.Context, a domain.Actor, slug string, k domain.AutomaticKind) ([]domain.Registration, error) {
	e, stands, err := s.reach(ctx, s.Store.Queries, a, domain.PermReadMail, slug)
	if err != nil {
		return nil, err
	}
	letter := letterOf(stands, k)
	if !k.Timed() { // it goes to whoever has a place then
		letter = domain.Automatic{Kind: domain.AutomaticPractical}
	}
	to, err := s.recipients(ctx, s.Store.Queries, e, letter, s.Now().Add(1))
	if err != nil {
		return nil, err
	}
	var out []domain.Registration
	for _, r := range to.goes {
		if !r.Hidden {
			out = append(out, r.Registration)
		}
	}
	slices.SortStableFunc(out, func(x, y domain.Registration) int { return strings.Compare(byName(x), byName(y)) })
	return out[:min(len(out), mostLookedAt)], nil
}

// byName is what sorts people in Swedish order, by surname.
func byName(r domain.Registration) string {
	return domain.SortKey(r.FamilyName) + "\x00" + domain.SortKey(r.GivenName)
}

// Look is a letter as someone would get it who is among its Readers: the whole message, as it is on the day on
// which it goes. With ref "" it is as
// somebody made up would get it, who reads l. domain.ErrNotFound for everyone else.
func (s *Automatics) Look(ctx context.Context, a domain.Actor, slug string, k domain.AutomaticKind, ref string, l domain.Lang) ([]byte, error) {
	e, stands, err := s.reach(ctx, s.Store.Queries, a, domain.PermReadMail, slug)
	if err != nil {
		return nil, err
	}
	f, err := s.facts(ctx, a, e, k, ref, l)
	if err != nil {
		return nil, err
	}
	letter, link := letterOf(stands, k), "exempel" // whoever looks is not her
	f.Link = s.Mailings.Outbox.OwnLink(f.Letter.Lang, link)
	if k.Timed() {
		f.Letter.Date = letter.WrittenAt(e, s.Now())
		m := domain.Mailing{MailingEntry: s.entry(e, letter, true), Auto: domain.AutoMailing{Kind: k, Event: e.ID, Day: e.Day, Link: letter.Link}}
		f.Letter.Kind, f.Mailing = domain.LetterMailing, &m
		if err := s.Mailings.Outbox.automatic(&f, link); err != nil {
			return nil, err
		}
	} else {
		s.asChanged(&f, letter, k)
	}
	return s.Mailings.Outbox.Composer.Compose(f)
}

// asChanged makes of facts a letter that goes when staff change an event, which is told as if it had been a
// week before, or call it off.
func (s *Automatics) asChanged(f *domain.LetterFacts, letter domain.Automatic, k domain.AutomaticKind) {
	f.Letter.Details.Reason = letter.Body.In(f.Letter.Lang)
	if k == domain.AutomaticCancelled {
		f.Letter.Kind, f.Letter.Status, f.Registration.Status = domain.LetterEventCancelled, domain.Withdrawn, domain.Withdrawn
		f.Event.State, f.Event.CancelNote = domain.EventCancelled, letter.Body
		return
	}
	f.Letter.Kind = domain.LetterEventChanged
	was := f.Event.Occasion()
	if !was.Day.IsZero() {
		was.Day = was.Day.AddDays(-7)
	}
	if !was.LastDay.IsZero() {
		was.LastDay = was.LastDay.AddDays(-7)
	}
	f.Letter.Details.Fields, f.Letter.Details.Was = []string{domain.BoundDay}, was
	f.Letter.Details.Day = f.Event.LaterCancelDay(domain.DateIn(s.Now()))
}

// facts are those of a reader, or of somebody made up.
func (s *Automatics) facts(ctx context.Context, a domain.Actor, e domain.Event, k domain.AutomaticKind, ref string, lang domain.Lang) (domain.LetterFacts, error) {
	o := s.Mailings.Outbox
	l := domain.Letter{Kind: domain.LetterMailing, EventID: e.ID, Status: domain.Confirmed, Date: s.Now(), MessageID: "utkast"}
	if ref == "" {
		l.To, l.Lang = "anna@example.se", lang
		return domain.LetterFacts{
			Letter: l, Event: e, Terms: e.Terms, EventLink: o.EventLink(lang, e.Slug),
			Registration: domain.Registration{
				Participant: domain.Participant{GivenName: "Anna", FamilyName: "Exempel", Email: l.To, Organisation: "Exempelkommun"},
				EventID:     e.ID, Ref: "AAAA-AAAA", Status: domain.Confirmed, Lang: lang, ReceivedAt: s.Now(),
			},
		}, nil
	}
	readers, err := s.Readers(ctx, a, e.Slug, k)
	if err != nil {
		return domain.LetterFacts{}, err
	}
	for _, r := range readers {
		if r.Ref == ref {
			l.RegistrationID, l.To, l.Lang = r.ID, r.Email, r.Lang
			return o.facts(ctx, l)
		}
	}
	return domain.LetterFacts{}, domain.NotFound("registration.not_found")
}

// SayComing notes that the holder of a personal link is coming; once is enough, and again is nil. Refusals: of
// class CodeClosed "coming.no_place" for who has none, and "registration.held" when the event is over.
func (s *Registrations) SayComing(ctx context.Context, a domain.Actor, token string) error {
	return s.change(ctx, a, token, func(st step, k store.Kept, e domain.Event) error {
		switch {
		case k.Status != domain.Confirmed:
			return &domain.Error{Code: domain.CodeClosed, Key: "coming.no_place"}
		case !e.Day.IsZero() && !st.now.Before(e.EndsAt()):
			return &domain.Error{Code: domain.CodeClosed, Key: "registration.held"}
		case !k.Coming.IsZero():
			return nil
		}
		if err := st.tx.SetComing(ctx, k.ID, st.now); err != nil {
			return err
		}
		return st.record(ctx, k, domain.HistoryComing, "", domain.Details{})
	})
}
