package store

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// MailingRecipient is someone whom a mailing goes to, as she stood when it was approved.
type MailingRecipient struct {
	ID     domain.RegistrationID
	Status domain.RegistrationStatus
}

// FreezeRecipients keeps whom a mailing goes to, in place of what was kept before.
func (tx *Tx) FreezeRecipients(ctx context.Context, id domain.MailingID, to []MailingRecipient) error {
	if _, err := tx.exec(ctx, `DELETE FROM mailing_recipients WHERE mailing_id = ?`, int64(id)); err != nil {
		return wrap("recipients", err)
	}
	const most = 300 // rows in one statement
	for len(to) > 0 {
		n := min(most, len(to))
		query, args := `INSERT INTO mailing_recipients (mailing_id, registration_id, status) VALUES `, make([]any, 0, 3*n)
		for i, r := range to[:n] {
			if i > 0 {
				query += `, `
			}
			query += `(?, ?, ?)`
			args = append(args, int64(id), int64(r.ID), string(r.Status))
		}
		if _, err := tx.exec(ctx, query, args...); err != nil {
			return wrap("recipients", err)
		}
		to = to[n:]
	}
	return nil
}

// RecipientsLeft are up to limit of those whose letter has not been begun with, in order of arrival.
func (tx *Tx) RecipientsLeft(ctx context.Context, id domain.MailingID, limit int) ([]MailingRecipient, error) {
	var rows []struct {
		ID     int64  `db:"registration_id"`
		Status string `db:"status"`
	}
	err := tx.list(ctx, &rows, `
SELECT registration_id, status
FROM mailing_recipients
WHERE mailing_id = ? AND state = 'left'
ORDER BY registration_id
LIMIT ?`, int64(id), limit)
	out := make([]MailingRecipient, len(rows))
	for i, r := range rows {
		out[i] = MailingRecipient{domain.RegistrationID(r.ID), domain.RegistrationStatus(r.Status)}
	}
	return out, wrap("recipients", err)
}

// SetRecipient notes that somebody's letter has been begun with, or that none goes to her.
func (tx *Tx) SetRecipient(ctx context.Context, id domain.MailingID, to domain.RegistrationID, withheld bool) error {
	state := "begun"
	if withheld {
		state = "withheld"
	}
	_, err := tx.exec(ctx, `
UPDATE mailing_recipients SET state = ? WHERE mailing_id = ? AND registration_id = ? AND state = 'left'`, state, int64(id), int64(to))
	return wrap("recipient", err)
}

// StopLetters withholds every letter of a mailing that no server has been given, and answers how many.
// One that is on its way this very moment goes.
func (tx *Tx) StopLetters(ctx context.Context, id domain.MailingID) (int, error) {
	n, err := tx.exec(ctx, `UPDATE letters SET state = 'withheld', lease_until = 0 WHERE mailing_id = ? AND state = 'queued'`, int64(id))
	if err == nil {
		_, err = tx.exec(ctx, `UPDATE mailing_recipients SET state = 'withheld' WHERE mailing_id = ? AND state = 'left'`, int64(id))
	}
	if err == nil {
		_, err = tx.exec(ctx, `UPDATE mailing_subscribers SET state = 'withheld' WHERE mailing_id = ? AND state = 'left'`, int64(id))
	}
	return int(n), wrap("stop letters", err)
}

// RetryFailed queues the failed letters of a mailing again, to be sent at once, and answers how many.
func (tx *Tx) RetryFailed(ctx context.Context, id domain.MailingID, at time.Time) (int, error) {
	n, err := tx.exec(ctx, `
UPDATE letters SET state = 'queued', next_try = ?, attempts = 0, last_error = ''
WHERE mailing_id = ? AND state = 'failed'`, stamp(at), int64(id))
	return int(n), wrap("retry letters", err)
}

// MailingCounts is how far a mailing has come.
func (q Queries) MailingCounts(ctx context.Context, id domain.MailingID) (domain.MailingCounts, error) {
	var c domain.MailingCounts
	var rows []struct {
		State string `db:"state"`
		N     int    `db:"n"`
	}
	err := q.list(ctx, &rows, `
SELECT 'r ' || state AS state, count(*) AS n FROM mailing_recipients WHERE mailing_id = ? GROUP BY state
UNION ALL
SELECT 'r ' || state AS state, count(*) AS n FROM mailing_subscribers WHERE mailing_id = ? GROUP BY state
UNION ALL
SELECT CASE WHEN state = 'queued' AND attempts > 0 THEN 'deferred' ELSE state END AS state, count(*) AS n
FROM letters WHERE mailing_id = ? GROUP BY 1
ORDER BY state
LIMIT 20`, int64(id), int64(id), int64(id))
	for _, r := range rows {
		switch r.State {
		case "r left":
			c.Left += r.N
		case "r withheld", "withheld":
			c.Withheld += r.N
		case "deferred":
			c.Deferred += r.N
			c.Queued += r.N
		case "queued", "sending":
			c.Queued += r.N
		case "accepted":
			c.Accepted += r.N
		case "failed":
			c.Failed += r.N
		}
	}
	return c, wrap("mailing counts", err)
}

// MailingLetters are the letters of a mailing, those that failed first, then those on their way; after the
// first skip of them.
func (q Queries) MailingLetters(ctx context.Context, id domain.MailingID, skip, limit int) ([]domain.Letter, error) {
	var rows []letterRow
	err := q.list(ctx, &rows, `
SELECT `+letterColumns+`
FROM letters
WHERE mailing_id = ?
ORDER BY CASE state WHEN 'failed' THEN 0 WHEN 'queued' THEN 1 WHEN 'sending' THEN 1 WHEN 'withheld' THEN 2 ELSE 3 END, id
LIMIT ? OFFSET ?`, int64(id), limit, skip)
	if err != nil {
		return nil, wrap("mailing letters", err)
	}
	out := make([]domain.Letter, len(rows))
	for i, r := range rows {
		if out[i], err = r.letter(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
