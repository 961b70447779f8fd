package service

import (
	"context"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// mostTyped is the most that is kept of what somebody has typed and not saved, in bytes: several times what
// an event can hold.
const mostTyped = 1 << 20

// KeepDraft keeps what an editor has typed and not saved, as it is, in place of what she had kept before.
// The refusal, *domain.Invalid: "edit.too_much" where it is more than any event can hold.
func (s *Events) KeepDraft(ctx context.Context, a domain.Actor, in EditInput) error {
	if _, err := s.reach(ctx, s.Store.Queries, a, domain.PermEditProgramme, in.Slug); err != nil {
		return err
	}
	if a.User == 0 {
		return domain.NotFound("draft.not_found")
	}
	if in.Entry.Size() > mostTyped {
		return oneFault("", "edit.too_much")
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		e, err := s.reach(ctx, tx.Queries, a, domain.PermEditProgramme, in.Slug)
		if err != nil {
			return err
		}
		return tx.PutDraft(ctx, e.ID, store.Draft{User: a.User, At: s.Now(), Mark: in.Seen, Entry: in.Entry})
	})
}

// DropDraft forgets what the actor has typed and not saved.
func (s *Events) DropDraft(ctx context.Context, a domain.Actor, slug string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		e, err := s.reach(ctx, tx.Queries, a, domain.PermEditProgramme, slug)
		if err != nil {
			return err
		}
		return tx.DropDraft(ctx, e.ID, a.User)
	})
}
