package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// Draft is what an editor has typed and not saved.
type Draft struct {
	User  domain.UserID
	By    string // her name as it is now
	At    time.Time
	Mark  string // of the entry that she began with
	Entry domain.EventEntry
}

// PutDraft keeps what an editor has typed, in place of what she had typed before.
func (tx *Tx) PutDraft(ctx context.Context, event domain.EventID, d Draft) error {
	entry, err := pack(d.Entry)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `
INSERT INTO drafts (user_id, event_id, at, mark, entry) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (user_id, event_id) DO UPDATE SET at = excluded.at, mark = excluded.mark, entry = excluded.entry`,
		int64(d.User), int64(event), stamp(d.At), d.Mark, entry)
	return wrap("draft", err)
}

// DropDraft forgets what an editor has typed; nothing where there is nothing.
func (tx *Tx) DropDraft(ctx context.Context, event domain.EventID, user domain.UserID) error {
	_, err := tx.exec(ctx, `DELETE FROM drafts WHERE user_id = ? AND event_id = ?`, int64(user), int64(event))
	return wrap("draft", err)
}

// Drafts are what editors have typed at an event and not saved, the newest first, at most 50.
func (q Queries) Drafts(ctx context.Context, event domain.EventID) ([]Draft, error) {
	var rows []struct {
		User  int64  `db:"user_id"`
		Name  string `db:"name"`
		At    int64  `db:"at"`
		Mark  string `db:"mark"`
		Entry string `db:"entry"`
	}
	err := q.list(ctx, &rows, `
SELECT d.user_id, u.name, d.at, d.mark, d.entry
FROM drafts d JOIN users u ON u.id = d.user_id
WHERE d.event_id = ?
ORDER BY d.at DESC, d.user_id
LIMIT 50`, int64(event))
	if err != nil {
		return nil, wrap("drafts", err)
	}
	out := make([]Draft, len(rows))
	for i, r := range rows {
		out[i] = Draft{User: domain.UserID(r.User), By: r.Name, At: instant(r.At), Mark: r.Mark}
		if err := unpack(r.Entry, &out[i].Entry); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Edition is an event as it stood after a save; the first is how it stood before any.
type Edition struct {
	N     int
	At    time.Time
	By    string
	Mark  string
	Entry domain.EventEntry
}

// AddEdition keeps how an event stands, numbered from 1.
func (tx *Tx) AddEdition(ctx context.Context, event domain.EventID, e Edition) error {
	entry, err := pack(e.Entry)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `
INSERT INTO editions (event_id, n, at, actor, mark, entry)
SELECT ?, coalesce(max(n), 0) + 1, ?, ?, ?, ? FROM editions WHERE event_id = ?`,
		int64(event), stamp(e.At), e.By, e.Mark, entry, int64(event))
	return wrap("edition", err)
}

type editionRow struct {
	N     int    `db:"n"`
	At    int64  `db:"at"`
	Actor string `db:"actor"`
	Mark  string `db:"mark"`
	Entry string `db:"entry"`
}

func (r editionRow) edition() (Edition, error) {
	e := Edition{N: r.N, At: instant(r.At), By: r.Actor, Mark: r.Mark}
	return e, unpack(r.Entry, &e.Entry)
}

// LastEdition is the newest edition of an event, with a mark where that is not ""; domain.ErrNotFound
// where there is none.
func (q Queries) LastEdition(ctx context.Context, event domain.EventID, mark string) (Edition, error) {
	where, args := `event_id = ?`, []any{int64(event)}
	if mark != "" {
		where, args = where+` AND mark = ?`, append(args, mark)
	}
	var r editionRow
	err := q.get(ctx, &r, `SELECT n, at, actor, mark, entry FROM editions WHERE `+where+` ORDER BY n DESC LIMIT 1`, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return Edition{}, domain.NotFound("edition.not_found")
	}
	if err != nil {
		return Edition{}, wrap("edition", err)
	}
	return r.edition()
}

// EditionsAfter are the editions of an event with higher numbers, in order, at most 100.
func (q Queries) EditionsAfter(ctx context.Context, event domain.EventID, n int) ([]Edition, error) {
	var rows []editionRow
	err := q.list(ctx, &rows, `
SELECT n, at, actor, mark, entry
FROM editions
WHERE event_id = ? AND n > ?
ORDER BY n
LIMIT 100`, int64(event), n)
	if err != nil {
		return nil, wrap("editions", err)
	}
	out := make([]Edition, len(rows))
	for i, r := range rows {
		if out[i], err = r.edition(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
