package store

import (
	"context"
	"fmt"
	"strings"
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

// FailedTo is a letter that failed, and the address that it was for.
type FailedTo struct {
	ID domain.LetterID `db:"id"`
	To string          `db:"recipient"`
}

// FailedLetters are the letters of a mailing that failed, but for those to someone who has been forgotten since.
func (q Queries) FailedLetters(ctx context.Context, id domain.MailingID) ([]FailedTo, error) {
	var out []FailedTo
	err := q.list(ctx, &out, `
SELECT id, recipient
FROM letters
WHERE mailing_id = ? AND state = 'failed' AND recipient <> ''
ORDER BY id
LIMIT 100000`, int64(id))
	return out, wrap("failed letters", err)
}

// RetryLetters queues letters again that failed, to be sent at once.
func (tx *Tx) RetryLetters(ctx context.Context, ids []domain.LetterID, at time.Time) error {
	for _, id := range ids {
		if _, err := tx.exec(ctx, `
UPDATE letters SET state = 'queued', next_try = ?, attempts = 0, last_error = ''
WHERE id = ? AND state = 'failed'`, stamp(at), int64(id)); err != nil {
			return wrap("retry letters", err)
		}
	}
	return nil
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
UNION ALL
SELECT 'returned' AS state, count(*) AS n
FROM letters JOIN returns ON returns.letter_id = letters.id AND returns.kind = 'failed'
WHERE mailing_id = ? AND letters.state = 'accepted'
ORDER BY state
LIMIT 30`, int64(id), int64(id), int64(id), int64(id))
	for _, r := range rows {
		switch r.State {
		case "r left":
			c.Left += r.N
		case "r withheld", "withheld":
			c.Withheld += r.N
		case "deferred":
			c.Deferred += r.N
			c.Queued += r.N
		case "sending":
			c.Sending += r.N
			c.Queued += r.N
		case "queued":
			c.Queued += r.N
		case "accepted":
			c.Accepted += r.N
		case "returned":
			c.Returned += r.N
		case "failed":
			c.Failed += r.N
		}
	}
	return c, wrap("mailing counts", err)
}

// TakenSince is how many letters of a mailing mail servers have taken from at on, and when the first of them
// was; the zero time for none.
func (q Queries) TakenSince(ctx context.Context, id domain.MailingID, at time.Time) (n int, first time.Time, err error) {
	var r struct {
		N     int   `db:"n"`
		First int64 `db:"first"`
	}
	err = q.get(ctx, &r, `
SELECT count(*) AS n, coalesce(min(accepted_at), 0) AS first
FROM letters
WHERE mailing_id = ? AND state = 'accepted' AND accepted_at >= ?`, int64(id), stamp(at))
	return r.N, instant(r.First), wrap("letters taken", err)
}

// MailingRow is someone whom a mailing goes to: a participant or a subscriber, and what has become of her
// letter.
type MailingRow struct {
	Registration domain.RegistrationID
	Host         string // of a subscriber's address
	Fate         domain.LetterFate
	Letter       domain.SentLetter // the zero SentLetter where none is written yet
}

// fateOfLetter is domain.SentLetter.Fate, for lists of many; a test holds them together.
const fateOfLetter = `CASE
  WHEN l.id IS NULL AND t.state = 'left' THEN 'left'
  WHEN l.id IS NULL THEN 'withheld'
  WHEN l.state = 'accepted' AND EXISTS (SELECT 1 FROM returns b WHERE b.letter_id = l.id AND b.kind = 'failed') THEN 'returned'
  WHEN l.state = 'accepted' AND EXISTS (SELECT 1 FROM returns b WHERE b.letter_id = l.id AND b.kind = 'delayed') THEN 'delayed'
  WHEN l.state = 'accepted' THEN 'taken'
  WHEN l.state = 'queued' AND l.attempts > 0 THEN 'deferred'
  ELSE l.state END`

// MailingRows are those whom a mailing goes to, who has not been reached first and then by name; after the
// first skip of them. fates chooses some, none means all.
func (q Queries) MailingRows(ctx context.Context, id domain.MailingID, fates []domain.LetterFate, skip, limit int) ([]MailingRow, error) {
	var rows []struct {
		Registration int64  `db:"registration"`
		Host         string `db:"host"`
		Fate         string `db:"fate"`
		ID           int64  `db:"id"`
		To           string `db:"recipient"`
		QueuedAt     int64  `db:"queued_at"`
		AcceptedAt   int64  `db:"accepted_at"`
		State        string `db:"state"`
		Attempts     int    `db:"attempts"`
		NextTry      int64  `db:"next_try"`
		LastError    string `db:"last_error"`
	}
	where, args := ``, []any{int64(id), int64(id)}
	if len(fates) > 0 {
		where, args = `WHERE fate IN (`+marks(len(fates))+`)`, append(args, textArgs(fates)...)
	}
	const letter = `coalesce(l.id, 0) AS id, coalesce(l.recipient, '') AS recipient, coalesce(l.queued_at, 0) AS queued_at,
  coalesce(l.accepted_at, 0) AS accepted_at, coalesce(l.state, '') AS state, coalesce(l.attempts, 0) AS attempts,
  coalesce(l.next_try, 0) AS next_try, coalesce(l.last_error, '') AS last_error`
	err := q.list(ctx, &rows, `
SELECT registration, host, fate, id, recipient, queued_at, accepted_at, state, attempts, next_try, last_error
FROM (
  SELECT t.registration_id AS registration, '' AS host, r.sort_key AS name, t.registration_id AS place, `+fateOfLetter+` AS fate, `+letter+`
  FROM mailing_recipients t
  JOIN registrations r ON r.id = t.registration_id
  LEFT JOIN letters l ON l.mailing_id = t.mailing_id AND l.registration_id = t.registration_id
  WHERE t.mailing_id = ?
  UNION ALL
  SELECT 0, `+hostOf+`, '', s.id, `+fateOfLetter+`, `+letter+`
  FROM mailing_subscribers t
  JOIN subscribers s ON s.id = t.subscriber_id
  LEFT JOIN letters l ON l.mailing_id = t.mailing_id AND l.subscriber_id = t.subscriber_id
  WHERE t.mailing_id = ?) AS people
`+where+`
ORDER BY CASE fate `+fateOrder()+` END, name, place
LIMIT ? OFFSET ?`, append(args, limit, skip)...)
	if err != nil {
		return nil, wrap("mailing rows", err)
	}
	out, letters := make([]MailingRow, len(rows)), make([]domain.SentLetter, len(rows))
	for i, r := range rows {
		letters[i] = domain.SentLetter{
			ID: domain.LetterID(r.ID), Kind: domain.LetterMailing, To: r.To, QueuedAt: instant(r.QueuedAt), AcceptedAt: instant(r.AcceptedAt),
			State: domain.LetterState(r.State), Attempts: r.Attempts, NextTry: instant(r.NextTry), LastError: r.LastError, Mailing: id,
		}
		out[i] = MailingRow{Registration: domain.RegistrationID(r.Registration), Host: r.Host, Fate: domain.LetterFate(r.Fate)}
	}
	err = q.withReturns(ctx, letters)
	for i := range out {
		out[i].Letter = letters[i]
	}
	return out, err
}

// fateOrder puts first what somebody has to do something about.
func fateOrder() string {
	var b strings.Builder
	for i, f := range domain.LetterFates() {
		fmt.Fprintf(&b, "WHEN '%s' THEN %d ", f, i)
	}
	return b.String()
}
