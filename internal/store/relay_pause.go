package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// RelayPause is why no letter goes out, and false while letters go.
func (q Queries) RelayPause(ctx context.Context) (domain.MailPause, bool, error) {
	var r struct {
		Since  int64  `db:"since"`
		Until  int64  `db:"until"`
		Reason string `db:"reason"`
		Code   int    `db:"code"`
		Status string `db:"status"`
	}
	err := q.get(ctx, &r, `SELECT since, until, reason, code, status FROM relay_pause WHERE id = 1`)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.MailPause{}, false, nil
	}
	p := domain.MailPause{Since: instant(r.Since), Until: instant(r.Until), Reason: r.Reason, Code: r.Code, Status: r.Status}
	return p, err == nil, wrap("relay pause", err)
}

// PauseRelay notes that the mail server refuses everything, and until when it is left alone. A pause that
// goes on keeps the instant at which it began.
func (tx *Tx) PauseRelay(ctx context.Context, p domain.MailPause) error {
	_, err := tx.exec(ctx, `
INSERT INTO relay_pause (id, since, until, reason, code, status) VALUES (1, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET until = excluded.until, reason = excluded.reason, code = excluded.code, status = excluded.status`,
		stamp(p.Since), stamp(p.Until), p.Reason, p.Code, p.Status)
	return wrap("relay pause", err)
}

// HoldRelay moves the instant of the next try of a pause, so that of several workers one alone tries. It
// reports false where another has done so already, or there is no pause.
func (tx *Tx) HoldRelay(ctx context.Context, was, until time.Time) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE relay_pause SET until = ? WHERE id = 1 AND until = ?`, stamp(until), stamp(was))
	return n > 0, wrap("relay pause", err)
}

// ResumeRelay ends a pause, if there is one.
func (tx *Tx) ResumeRelay(ctx context.Context) error {
	_, err := tx.exec(ctx, `DELETE FROM relay_pause WHERE id = 1`)
	return wrap("relay pause", err)
}
