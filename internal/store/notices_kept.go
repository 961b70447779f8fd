package store

import (
	"context"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

// InsertComposedNotice puts a letter to a user into the outbox that is composed already. seal is given its id
// and answers the bytes, bound to it.
func (tx *Tx) InsertComposedNotice(ctx context.Context, n domain.Notice, seal func(id int64) []byte) error {
	id, err := tx.insert(ctx, `
INSERT INTO notices (kind, user_id, recipient, lang, sealed, composed, message_id, queued_at, ends_at, state, next_try)
VALUES (?, ?, ?, ?, ?, TRUE, ?, ?, ?, 'queued', ?)
RETURNING id`, string(n.Kind), int64(n.User), n.To, string(n.Lang), []byte{0}, n.MessageID, stamp(n.Date), stamp(n.Ends), stamp(n.Date))
	if err == nil {
		_, err = tx.exec(ctx, `UPDATE notices SET sealed = ? WHERE id = ?`, seal(id), id)
	}
	if err != nil {
		return fmt.Errorf("store: notice: %w", err)
	}
	return nil
}

// LastNotice is what has become of the last letter of a kind to a user; false where there is none.
func (q Queries) LastNotice(ctx context.Context, user domain.UserID, k domain.NoticeKind) (domain.NoticeTold, bool, error) {
	var rows []struct {
		To       string `db:"recipient"`
		State    string `db:"state"`
		Queued   int64  `db:"queued_at"`
		Accepted int64  `db:"accepted_at"`
		Error    string `db:"last_error"`
	}
	err := q.list(ctx, &rows, `
SELECT recipient, state, queued_at, accepted_at, last_error
FROM notices
WHERE user_id = ? AND kind = ?
ORDER BY id DESC
LIMIT 1`, int64(user), string(k))
	if err != nil || len(rows) == 0 {
		return domain.NoticeTold{}, false, wrap("last notice", err)
	}
	r := rows[0]
	return domain.NoticeTold{
		To: r.To, State: domain.LetterState(r.State), At: instant(r.Queued), Accepted: instant(r.Accepted), LastError: r.Error,
	}, true, nil
}
