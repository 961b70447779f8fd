package service

import (
	"context"
	"errors"

	"github.com/temadag/temadag/internal/domain"
)

// Began is how an event stood when an editor began, told by the marks of what she has open: the oldest of
// them, with the entry that it is the mark of. What she sends is to be sent with that mark. Where one of the
// marks is not known, it is that one and the event as it stands now: what others have saved is then told of
// field by field, and nothing of it lost.
func (s *Events) Began(ctx context.Context, a domain.Actor, slug string, marks ...string) (mark string, entry domain.EventEntry, err error) {
	e, err := s.reach(ctx, s.Store.Queries, a, domain.PermEditProgramme, slug)
	if err != nil {
		return "", entry, err
	}
	now := domain.EntryOf(e)
	mark, entry = now.Mark(), now
	oldest := 0
	for _, m := range marks {
		if m == now.Mark() {
			continue
		}
		one, err := s.Store.LastEdition(ctx, e.ID, m)
		switch {
		case m == "" || errors.Is(err, domain.ErrNotFound):
			return m, now, nil
		case err != nil:
			return "", entry, err
		case oldest == 0 || one.N < oldest:
			mark, entry, oldest = m, one.Entry, one.N
		}
	}
	return mark, entry, nil
}
