package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

type letterRow struct {
	ID             int64         `db:"id"`
	Kind           string        `db:"kind"`
	RegistrationID sql.NullInt64 `db:"registration_id"`
	Subscriber     sql.NullInt64 `db:"subscriber_id"`
	Recipient      string        `db:"recipient"`
	Lang           string        `db:"lang"`
	Status         string        `db:"status"`
	QueuePosition  int           `db:"queue_position"`
	MessageID      string        `db:"message_id"`
	QueuedAt       int64         `db:"queued_at"`
	State          string        `db:"state"`
	Attempts       int           `db:"attempts"`
	NextTry        int64         `db:"next_try"`
	LastError      string        `db:"last_error"`
	Details        string        `db:"details"`
	Mailing        sql.NullInt64 `db:"mailing_id"`
}

const letterColumns = `id, kind, registration_id, subscriber_id, recipient, lang, status, queue_position, message_id, queued_at, state,
  attempts, next_try, last_error, details, mailing_id`

func (r letterRow) letter() (domain.Letter, error) {
	l := domain.Letter{
		ID: domain.LetterID(r.ID), Kind: domain.LetterKind(r.Kind), RegistrationID: domain.RegistrationID(r.RegistrationID.Int64),
		To: r.Recipient, Lang: domain.Lang(r.Lang), Status: domain.RegistrationStatus(r.Status),
		QueuePosition: r.QueuePosition, MessageID: r.MessageID, Date: instant(r.QueuedAt),
		State: domain.LetterState(r.State), Attempts: r.Attempts, NextTry: instant(r.NextTry), LastError: r.LastError,
		Mailing: domain.MailingID(r.Mailing.Int64), Subscriber: domain.SubscriberID(r.Subscriber.Int64),
	}
	return l, unpack(r.Details, &l.Details)
}

// packDetails is the particulars as they are kept, ” for none.
func packDetails(d domain.Details) (string, error) {
	if d.IsZero() {
		return "", nil
	}
	return pack(d)
}

var letterRows = newRowsInto("letters", "kind", "registration_id", "subscriber_id", "n", "recipient", "lang", "status",
	"queue_position", "message_id", "queued_at", "state", "next_try", "details", "mailing_id", "lane")

// InsertLetter puts a letter into the outbox; n tells letters of one kind to one registration apart. It is 0 for
// the first letter to a registration, which its own transaction has written.
func (tx *Tx) InsertLetter(ctx context.Context, n int, l domain.Letter) error {
	details, err := packDetails(l.Details)
	if err != nil {
		return err
	}
	values := []any{
		string(l.Kind), orNull(int64(l.RegistrationID)), orNull(int64(l.Subscriber)), n, l.To, string(l.Lang), string(l.Status),
		l.QueuePosition, l.MessageID, stamp(l.Date), string(l.State), stamp(l.NextTry), details, orNull(int64(l.Mailing)), laneOf(l),
	}
	if n == 0 && l.RegistrationID != 0 && l.Mailing == 0 {
		err = tx.oweLetter(ctx, values)
	} else {
		err = tx.put(ctx, letterRows.one, values...)
	}
	if err != nil {
		return fmt.Errorf("store: letter: %w", err)
	}
	return nil
}

// The lanes: what one person waits for goes before what is written to many.
const (
	lanePersonal = 0
	laneMany     = 1
)

func laneOf(l domain.Letter) int {
	if l.Mailing != 0 {
		return laneMany
	}
	return lanePersonal
}

// ClaimLetters leases up to limit letters that are due at now, personal ones before those of mailings and
// the oldest first, and counts the try. A letter whose lease has run out is due again: whoever held it has
// died.
func (tx *Tx) ClaimLetters(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]domain.Letter, error) {
	out, err := tx.claim(ctx, lanePersonal, now, lease, limit)
	if err != nil || len(out) == limit {
		return out, err
	}
	more, err := tx.claim(ctx, laneMany, now, lease, limit-len(out))
	return append(out, more...), err
}

func (tx *Tx) claim(ctx context.Context, lane int, now time.Time, lease time.Duration, limit int) ([]domain.Letter, error) {
	until := stamp(now.Add(lease))
	var rows []letterRow
	err := tx.list(ctx, &rows, `
UPDATE letters
SET state = 'sending', attempts = attempts + 1, lease_until = ?, next_try = ?
WHERE id IN (
  SELECT id FROM letters
  WHERE state IN ('queued', 'sending') AND lane = ? AND next_try <= ?
  ORDER BY next_try, id
  LIMIT ?`+tx.words.skipLocked+`)
RETURNING `+letterColumns, until, until, lane, stamp(now), limit)
	if err != nil {
		return nil, fmt.Errorf("store: claim letters: %w", err)
	}
	out := make([]domain.Letter, len(rows))
	for i, r := range rows {
		if out[i], err = r.letter(); err != nil {
			return nil, err
		}
	}
	// No engine says in which order it answers what it has updated.
	slices.SortFunc(out, func(a, b domain.Letter) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// KeepBody keeps the sealed bytes of a letter before its first try. It reports false, and keeps nothing, where
// others are kept already or its reader has been forgotten.
func (tx *Tx) KeepBody(ctx context.Context, id domain.LetterID, sealed []byte) (bool, error) {
	n, err := tx.exec(ctx, `
INSERT INTO letter_bodies (letter_id, raw)
SELECT id, ? FROM letters
WHERE id = ? AND (registration_id IS NOT NULL OR subscriber_id IS NOT NULL)
ON CONFLICT DO NOTHING`, sealed, int64(id))
	if err != nil {
		return false, fmt.Errorf("store: letter body: %w", err)
	}
	return n == 1, nil
}

// Letter is a letter of a registration; domain.ErrNotFound where it has no such letter.
func (q Queries) Letter(ctx context.Context, of domain.RegistrationID, id domain.LetterID) (domain.Letter, error) {
	var r letterRow
	err := q.one(ctx, &r, "registration", `SELECT `+letterColumns+` FROM letters WHERE id = ? AND registration_id = ?`, int64(id), int64(of))
	if err != nil {
		return domain.Letter{}, err
	}
	return r.letter()
}

// LetterBody is the sealed bytes of a letter, nil before its first try.
func (q Queries) LetterBody(ctx context.Context, id domain.LetterID) ([]byte, error) {
	var raw []byte
	err := q.get(ctx, &raw, `SELECT raw FROM letter_bodies WHERE letter_id = ?`, int64(id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: letter body: %w", err)
	}
	return raw, nil
}

// LetterBodies are the sealed bytes of those of the letters that have been composed. Longer ones than most are
// nil.
func (q Queries) LetterBodies(ctx context.Context, ids []domain.LetterID, most int) (map[domain.LetterID][]byte, error) {
	args := make([]any, 0, len(ids)+1)
	args = append(args, most)
	for _, id := range ids {
		args = append(args, int64(id))
	}
	var rows []struct {
		ID  int64  `db:"letter_id"`
		Raw []byte `db:"raw"`
	}
	err := q.list(ctx, &rows, `
SELECT letter_id, CASE WHEN length(raw) <= ? THEN raw END AS raw
FROM letter_bodies
WHERE letter_id IN (`+marks(len(ids))+`)
ORDER BY letter_id`, args...)
	if err != nil {
		return nil, fmt.Errorf("store: letter bodies: %w", err)
	}
	out := make(map[domain.LetterID][]byte, len(ids))
	for _, r := range rows {
		out[domain.LetterID(r.ID)] = r.Raw
	}
	return out, nil
}

// LetterAccepted notes that a mail server has taken a letter.
func (tx *Tx) LetterAccepted(ctx context.Context, id domain.LetterID, at time.Time) error {
	_, err := tx.exec(ctx, `
UPDATE letters SET state = 'accepted', accepted_at = ?, lease_until = 0, last_error = ''
WHERE id = ? AND state = 'sending'`, stamp(at), int64(id))
	if err != nil {
		return fmt.Errorf("store: letter accepted: %w", err)
	}
	return nil
}

// LetterDeferred gives a letter back to be tried again at next.
func (tx *Tx) LetterDeferred(ctx context.Context, id domain.LetterID, next time.Time, reason string) error {
	_, err := tx.exec(ctx, `
UPDATE letters SET state = 'queued', next_try = ?, lease_until = 0, last_error = ?
WHERE id = ? AND state = 'sending'`, stamp(next), reason, int64(id))
	if err != nil {
		return fmt.Errorf("store: letter deferred: %w", err)
	}
	return nil
}

// LetterGivenBack gives a letter back that was not tried, to be claimed again at next.
func (tx *Tx) LetterGivenBack(ctx context.Context, id domain.LetterID, next time.Time) error {
	_, err := tx.exec(ctx, `
UPDATE letters SET state = 'queued', attempts = attempts - 1, next_try = ?, lease_until = 0
WHERE id = ? AND state = 'sending'`, stamp(next), int64(id))
	if err != nil {
		return fmt.Errorf("store: letter given back: %w", err)
	}
	return nil
}

// LetterFailed notes that a letter will not be tried again.
func (tx *Tx) LetterFailed(ctx context.Context, id domain.LetterID, reason string) error {
	_, err := tx.exec(ctx, `
UPDATE letters SET state = 'failed', lease_until = 0, last_error = ?
WHERE id = ? AND state = 'sending'`, reason, int64(id))
	if err != nil {
		return fmt.Errorf("store: letter failed: %w", err)
	}
	return nil
}

// NextLetter is when the next letter is due, the zero time where none is owed.
func (q Queries) NextLetter(ctx context.Context) (time.Time, error) {
	var next time.Time
	for _, lane := range []int{lanePersonal, laneMany} {
		var at []int64
		err := q.list(ctx, &at, `
SELECT next_try FROM letters
WHERE state IN ('queued', 'sending') AND lane = ?
ORDER BY next_try, id
LIMIT 1`, lane)
		if err != nil {
			return time.Time{}, fmt.Errorf("store: next letter: %w", err)
		}
		if len(at) > 0 && (next.IsZero() || instant(at[0]).Before(next)) {
			next = instant(at[0])
		}
	}
	return next, nil
}

// Outbox tells of the letters that have not been taken, and of how many there ever were.
type Outbox struct {
	Waiting int             // not yet taken, and still to be tried
	Failed  int             // given up
	Oldest  time.Time       // when the oldest of those that wait was owed, zero where all have gone
	Last    domain.LetterID // number of the newest letter ever owed here, 0 for none
}

// Outbox is the state of the outbox. It reads what waits and what was given up, and nothing of all that has gone.
func (q Queries) Outbox(ctx context.Context) (Outbox, error) {
	var r struct {
		Waiting int   `db:"waiting"`
		Failed  int   `db:"failed"`
		Oldest  int64 `db:"oldest"`
		Last    int64 `db:"last"`
	}
	err := q.get(ctx, &r, `
SELECT count(*) AS waiting, coalesce(min(queued_at), 0) AS oldest,
  (SELECT count(*) FROM letters WHERE state = 'failed') AS failed, (SELECT coalesce(max(id), 0) FROM letters) AS last
FROM letters
WHERE state IN ('queued', 'sending')`)
	if err != nil {
		return Outbox{}, fmt.Errorf("store: outbox: %w", err)
	}
	return Outbox{Waiting: r.Waiting, Failed: r.Failed, Oldest: instant(r.Oldest), Last: domain.LetterID(r.Last)}, nil
}
