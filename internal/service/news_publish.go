package service

import (
	"context"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Publish shows an item to everyone, from an instant on; the zero time is now. An instant that has passed
// is the date that the item bears. It is refused while a duty of the checklist is missing, with each as a
// fault in *domain.Invalid.
func (s *News) Publish(ctx context.Context, a domain.Actor, id int64, at time.Time) error {
	return s.write(ctx, a, id, func(tx *store.Tx, n domain.News) error {
		if n.State == domain.NewsRemoved {
			return domain.NotFound("news.not_found")
		}
		if err := newsDuties(n, nil); err != nil {
			return err
		}
		now := s.Now()
		if at.IsZero() {
			if n.Live(now) {
				return nil
			}
			at = now
		}
		action := domain.AuditNewsPublished
		if at.After(now) {
			action = domain.AuditNewsScheduled
		}
		if n.State == domain.NewsPublished && n.PublishedAt.Equal(at) {
			return nil
		}
		n.State, n.PublishedAt, n.UpdatedAt = domain.NewsPublished, at, now
		if err := tx.ReplaceNews(ctx, n); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, n, action, map[string]string{"at": at.UTC().Format(time.RFC3339)})
	})
}

// Unpublish makes a draft of an item again: nobody sees it, a page that comes with the program has its own
// words back. A draft already is nil.
func (s *News) Unpublish(ctx context.Context, a domain.Actor, id int64) error {
	return s.turn(ctx, a, id, domain.NewsPublished, domain.NewsDraft, domain.AuditNewsUnpublished)
}

// Remove puts an item aside: nobody sees it, and it can be put back until it is erased.
func (s *News) Remove(ctx context.Context, a domain.Actor, id int64) error {
	return s.turn(ctx, a, id, "", domain.NewsRemoved, domain.AuditNewsRemoved)
}

// Restore makes a draft of what was removed.
func (s *News) Restore(ctx context.Context, a domain.Actor, id int64) error {
	return s.turn(ctx, a, id, domain.NewsRemoved, domain.NewsDraft, domain.AuditNewsRestored)
}

// turn moves an item from a state, "" for any, to another; one that is elsewhere stays there.
func (s *News) turn(ctx context.Context, a domain.Actor, id int64, from, to domain.NewsState, action domain.AuditAction) error {
	return s.write(ctx, a, id, func(tx *store.Tx, n domain.News) error {
		if n.State == to || (from != "" && n.State != from) {
			return nil
		}
		n.State, n.UpdatedAt = to, s.Now()
		if err := tx.ReplaceNews(ctx, n); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, n, action, nil)
	})
}

// Erase takes away for ever what was removed before: the words, the picture, the documents and the earlier
// versions. What is not removed is refused: "news.remove_first".
func (s *News) Erase(ctx context.Context, a domain.Actor, id int64) error {
	return s.erase(ctx, a, id, func(tx *store.Tx, n domain.News, gone *[]domain.Erased) error {
		if n.State != domain.NewsRemoved {
			return &domain.Error{Code: domain.CodeConflict, Key: "news.remove_first"}
		}
		*gone = append(*gone, domain.Erased{At: s.Now().UTC(), Kind: domain.ErasedNews, UID: strconv.FormatInt(id, 10)})
		if err := tx.EraseNews(ctx, id); err != nil {
			return err
		}
		return s.audit(ctx, tx, a, n, domain.AuditNewsErased, nil)
	})
}

// NewsVersion is how an item stood after a save.
type NewsVersion struct {
	N     int
	At    time.Time
	By    string // "" where it was no editor
	Entry domain.NewsEntry
}

// History is what was done with an item, and its earlier versions, both the newest first.
func (s *News) History(ctx context.Context, a domain.Actor, id int64) ([]domain.AuditEntry, []NewsVersion, error) {
	n, err := s.reach(ctx, s.Store.Queries, a, id)
	if err != nil {
		return nil, nil, err
	}
	lines, err := s.Store.AuditEntries(ctx, store.AuditScope{All: true}, domain.AuditFilter{Object: "news", ObjectID: strconv.FormatInt(n.ID, 10), Limit: 200})
	if err != nil {
		return nil, nil, err
	}
	saved, err := s.Store.NewsEditions(ctx, n.ID)
	versions := make([]NewsVersion, len(saved))
	for i, e := range saved {
		versions[i] = NewsVersion{N: e.N, At: e.At, By: e.By, Entry: e.Entry}
	}
	return lines, versions, err
}
