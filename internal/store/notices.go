package store

import (
	"context"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// KeptNotice is a letter about an account on its way. Sealed holds its particulars until it has been
// composed, and then its bytes.
type KeptNotice struct {
	domain.Notice
	Sealed   []byte
	Composed bool
}

// InsertNotice puts a letter about an account into the outbox, and answers its id. seal is given the id
// and answers the particulars, bound to it.
func (tx *Tx) InsertNotice(ctx context.Context, n domain.Notice, seal func(id int64) []byte) error {
	id, err := tx.insert(ctx, `
INSERT INTO notices (kind, user_id, recipient, lang, sealed, message_id, queued_at, ends_at, state, next_try)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)
RETURNING id`, string(n.Kind), int64(n.User), n.To, string(n.Lang), []byte{0}, n.MessageID, stamp(n.Date), stamp(n.Ends), stamp(n.Date))
	if err == nil {
		_, err = tx.exec(ctx, `UPDATE notices SET sealed = ? WHERE id = ?`, seal(id), id)
	}
	if err != nil {
		return fmt.Errorf("store: notice: %w", err)
	}
	return nil
}

// ClaimNotices leases up to limit letters that are due, and counts the try, as ClaimLetters.
func (tx *Tx) ClaimNotices(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]KeptNotice, error) {
	var rows []struct {
		ID        int64  `db:"id"`
		Kind      string `db:"kind"`
		UserID    int64  `db:"user_id"`
		Recipient string `db:"recipient"`
		Lang      string `db:"lang"`
		Sealed    []byte `db:"sealed"`
		Composed  bool   `db:"composed"`
		MessageID string `db:"message_id"`
		QueuedAt  int64  `db:"queued_at"`
		EndsAt    int64  `db:"ends_at"`
		Attempts  int    `db:"attempts"`
	}
	err := tx.list(ctx, &rows, `
UPDATE notices
SET state = 'sending', attempts = attempts + 1, next_try = ?
WHERE id IN (
  SELECT id FROM notices
  WHERE state IN ('queued', 'sending') AND next_try <= ?
  ORDER BY next_try, id
  LIMIT ?`+tx.words.skipLocked+`)
RETURNING id, kind, user_id, recipient, lang, sealed, composed, message_id, queued_at, ends_at, attempts`,
		stamp(now.Add(lease)), stamp(now), limit)
	if err != nil {
		return nil, fmt.Errorf("store: claim notices: %w", err)
	}
	out := make([]KeptNotice, len(rows))
	for i, r := range rows {
		out[i] = KeptNotice{
			Notice: domain.Notice{
				ID: r.ID, Kind: domain.NoticeKind(r.Kind), User: domain.UserID(r.UserID), To: r.Recipient, Lang: domain.Lang(r.Lang),
				MessageID: r.MessageID, Date: instant(r.QueuedAt), Ends: instant(r.EndsAt), Attempts: r.Attempts,
			},
			Sealed: r.Sealed, Composed: r.Composed,
		}
	}
	return out, nil
}

// NoticeComposed keeps the sealed bytes of a letter before its first try, in place of its particulars.
func (tx *Tx) NoticeComposed(ctx context.Context, id int64, sealed []byte) error {
	return tx.noticeSet(ctx, id, `sealed = ?, composed = TRUE`, sealed)
}

// NoticeAccepted notes that a mail server has taken a letter, and erases what was written.
func (tx *Tx) NoticeAccepted(ctx context.Context, id int64, at time.Time) error {
	return tx.noticeSet(ctx, id, `state = 'accepted', accepted_at = ?, sealed = NULL, last_error = ''`, stamp(at))
}

// NoticeDeferred gives a letter back to be tried again at next.
func (tx *Tx) NoticeDeferred(ctx context.Context, id int64, next time.Time, reason string) error {
	return tx.noticeSet(ctx, id, `state = 'queued', next_try = ?, last_error = ?`, stamp(next), reason)
}

// NoticeFailed notes that a letter will not be tried again, and erases what was written.
func (tx *Tx) NoticeFailed(ctx context.Context, id int64, reason string) error {
	return tx.noticeSet(ctx, id, `state = 'failed', sealed = NULL, last_error = ?`, reason)
}

func (tx *Tx) noticeSet(ctx context.Context, id int64, set string, args ...any) error {
	if _, err := tx.exec(ctx, `UPDATE notices SET `+set+` WHERE id = ? AND state = 'sending'`, append(args, id)...); err != nil {
		return fmt.Errorf("store: notice: %w", err)
	}
	return nil
}

// NoticesWithin counts the letters of a kind to a user in the time before now, and, by a clock that has been put
// back since, in as much after it.
func (q Queries) NoticesWithin(ctx context.Context, user domain.UserID, k domain.NoticeKind, now time.Time, within time.Duration) (int, error) {
	var n int
	err := q.get(ctx, &n, `SELECT count(*) FROM notices WHERE user_id = ? AND kind = ? AND queued_at BETWEEN ? AND ?`, int64(user), string(k), stamp(now.Add(-within)), stamp(now.Add(within)))
	if err != nil {
		return 0, fmt.Errorf("store: notices: %w", err)
	}
	return n, nil
}

// NextNotice is when the next letter about an account is due, the zero time where none is owed.
func (q Queries) NextNotice(ctx context.Context) (time.Time, error) {
	var at []int64
	err := q.list(ctx, &at, `SELECT next_try FROM notices WHERE state IN ('queued', 'sending') ORDER BY next_try, id LIMIT 1`)
	if err != nil {
		return time.Time{}, fmt.Errorf("store: next notice: %w", err)
	}
	if len(at) == 0 {
		return time.Time{}, nil
	}
	return instant(at[0]), nil
}
