package service

import (
	"bytes"
	"context"
	"slices"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Offer is what the audience of a mailing can be chosen by in a scope: the events whose participants the actor
// may write to, with their sessions and questions. domain.ErrNotFound where there are none.
func (s *Mailings) Offer(ctx context.Context, a domain.Actor, scope domain.ListScope) ([]domain.Event, error) {
	r, err := reachOf(ctx, s.Store.Queries, a, domain.PermWriteMail, scope)
	if err != nil {
		return nil, err
	}
	for i, e := range r.events {
		full, err := s.Store.Events(ctx, store.EventScope{Slug: e.Slug, Drafts: true})
		if err != nil {
			return nil, err
		}
		if len(full) > 0 {
			r.events[i] = full[0]
		}
	}
	return r.events, nil
}

// Choose is who a list finds, so that a mailing goes to exactly those. Refusals: domain.ErrNotFound for a scope
// without an event where the actor may write; CodeConflict "mailing.too_many" with Args "max".
func (s *Mailings) Choose(ctx context.Context, a domain.Actor, q domain.PeopleQuery) ([]domain.RegistrationID, error) {
	r, err := reachOf(ctx, s.Store.Queries, a, domain.PermWriteMail, q.Scope)
	if err != nil {
		return nil, err
	}
	ids, err := s.Store.FindIDs(ctx, r.search(q), mostRecipients+1)
	if err == nil && len(ids) > mostRecipients {
		err = tooMany()
	}
	return ids, err
}

func tooMany() error {
	return &domain.Error{Code: domain.CodeConflict, Key: "mailing.too_many", Args: map[string]any{"max": mostRecipients}}
}

// Draft is a mailing that the actor may write on. Refusals: domain.ErrNotFound; CodeClosed "mailing.approved"
// for one that has been let go.
func (s *Mailings) Draft(ctx context.Context, a domain.Actor, uid string) (domain.Mailing, error) {
	m, err := s.own(ctx, s.Store.Queries, a, domain.PermWriteMail, uid)
	if err == nil && m.State != domain.MailingDraft {
		err = &domain.Error{Code: domain.CodeClosed, Key: "mailing.approved"}
	}
	return m, err
}

// whole is a registration as it is kept, for those of a mailing's recipients who are masked: whether a
// placeholder has a value for her is asked of what she told, and nothing of it is shown.
func (s *Mailings) whole(ctx context.Context, q store.Queries, all []domain.Recipient) ([]domain.Registration, error) {
	var hidden []domain.RegistrationID
	out := make([]domain.Registration, 0, len(all))
	for _, r := range all {
		switch {
		case r.Refusal != "":
		case r.Hidden:
			hidden = append(hidden, r.ID)
		default:
			out = append(out, r.Registration)
		}
	}
	people, err := q.People(ctx, hidden)
	return append(out, people...), err
}

// within keeps of a reach the events that a mailing is about: whoever looks after more than its writer does
// not widen it by looking.
func within(ctx context.Context, q store.Queries, r reach, m domain.Mailing) (reach, error) {
	if m.ID == 0 {
		return r, nil
	}
	_, events, err := q.MailingByID(ctx, m.ID)
	if err != nil {
		return r, err
	}
	about := make(map[domain.EventID]bool, len(events))
	for _, id := range events {
		about[id] = true
	}
	kept := r.events[:0:0]
	for _, e := range r.events {
		if about[e.ID] {
			kept = append(kept, e)
		}
	}
	if r.events = kept; len(kept) == 0 {
		return r, errMailing
	}
	return r, nil
}

// encloses reports whether the very same file is in a draft already: the form was sent twice.
func (s *Mailings) encloses(ctx context.Context, tx *store.Tx, m domain.Mailing, name string, content []byte) (bool, error) {
	same := func(f domain.MailingFile) bool { return f.Filename == name && f.Size == len(content) }
	if !slices.ContainsFunc(m.Files, same) {
		return false, nil
	}
	all, err := tx.MailingFiles(ctx, m.ID)
	return slices.ContainsFunc(all, func(f domain.Enclosure) bool { return f.Filename == name && bytes.Equal(f.Content, content) }), err
}
