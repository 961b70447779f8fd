package store

import (
	"context"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

// AuditActors are the users who have done something that is told in the scope, in Swedish order of their
// names as they are now: ids and names alone.
func (q Queries) AuditActors(ctx context.Context, s AuditScope) ([]domain.User, error) {
	where, args := auditWhere(s, domain.AuditFilter{})
	return q.userNames(ctx, `u.id IN (SELECT user_id FROM audit WHERE user_id IS NOT NULL AND `+where+`)`, args...)
}

// UserNames are the names of users.
func (q Queries) UserNames(ctx context.Context, ids []domain.UserID) (map[domain.UserID]string, error) {
	out := make(map[domain.UserID]string, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	users, err := q.userNames(ctx, `u.id IN (`+marks(len(ids))+`)`, anys(ids)...)
	for _, u := range users {
		out[u.ID] = u.Name
	}
	return out, err
}

func (q Queries) userNames(ctx context.Context, where string, args ...any) ([]domain.User, error) {
	var rows []struct {
		ID   int64  `db:"id"`
		Name string `db:"name"`
	}
	err := q.list(ctx, &rows, `SELECT u.id, u.name FROM users u WHERE `+where+` ORDER BY u.sort_key, u.id LIMIT 10000`, args...)
	if err != nil {
		return nil, fmt.Errorf("store: names of users: %w", err)
	}
	out := make([]domain.User, len(rows))
	for i, r := range rows {
		out[i] = domain.User{ID: domain.UserID(r.ID), Name: r.Name}
	}
	return out, nil
}

// AuditRef is a registration as the audit log tells of it.
type AuditRef struct {
	Event domain.EventID
	Ref   string
}

// AuditRefs are the reference numbers of registrations, and where they are.
func (q Queries) AuditRefs(ctx context.Context, ids []domain.RegistrationID) (map[domain.RegistrationID]AuditRef, error) {
	out := make(map[domain.RegistrationID]AuditRef, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		ID      int64  `db:"id"`
		EventID int64  `db:"event_id"`
		UID     []byte `db:"uid"`
	}
	err := q.list(ctx, &rows, `SELECT id, event_id, uid FROM registrations WHERE id IN (`+marks(len(ids))+`) ORDER BY id LIMIT 10000`, anys(ids)...)
	if err != nil {
		return nil, fmt.Errorf("store: references: %w", err)
	}
	for _, r := range rows {
		out[domain.RegistrationID(r.ID)] = AuditRef{domain.EventID(r.EventID), domain.ReferenceOf(r.UID)}
	}
	return out, nil
}

// EventOutlines are events by id, with owner, venue and words.
func (q Queries) EventOutlines(ctx context.Context, ids []domain.EventID) (map[domain.EventID]domain.Event, error) {
	out := make(map[domain.EventID]domain.Event, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	events, err := q.eventsWhere(ctx, `events.id IN (`+marks(len(ids))+`)`, anys(ids))
	for _, e := range events {
		out[e.ID] = e
	}
	return out, err
}

// SeriesTitles are the titles of series by their slugs.
func (q Queries) SeriesTitles(ctx context.Context) (map[string]domain.Text, error) {
	all, err := q.AllSeries(ctx)
	out := make(map[string]domain.Text, len(all))
	for _, s := range all {
		out[s.Slug] = s.Title
	}
	return out, err
}

// anys is ids as the driver takes them.
func anys[T ~int64](ids []T) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}
