package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

// Choice is a session that a registration has chosen.
type Choice struct {
	Session domain.SessionID    `db:"session_id"`
	Status  domain.ChoiceStatus `db:"status"`
	Ahead   int                 `db:"ahead"` // people before her in its queue; 0 when not waiting
}

// Choices are the sessions that a registration has chosen, in the order of the programme.
func (q Queries) Choices(ctx context.Context, id domain.RegistrationID) ([]Choice, error) {
	var out []Choice
	err := q.list(ctx, &out, `
SELECT c.session_id, c.status,
  CASE WHEN c.status = 'waitlisted' THEN (
    SELECT count(*) FROM choices o WHERE o.session_id = c.session_id AND o.status = 'waitlisted' AND o.n < c.n
  ) ELSE 0 END AS ahead
FROM choices c JOIN sessions s ON s.id = c.session_id
WHERE c.registration_id = ?
ORDER BY s.position, s.id
LIMIT 500`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("store: choices: %w", err)
	}
	return out, nil
}

// HasSessions reports whether an event has sessions, to choose or not.
func (q Queries) HasSessions(ctx context.Context, event domain.EventID) (bool, error) {
	var n int
	if err := q.get(ctx, &n, `SELECT count(*) FROM sessions WHERE event_id = ?`, int64(event)); err != nil {
		return false, fmt.Errorf("store: sessions: %w", err)
	}
	return n > 0, nil
}

// WishSession notes a session that someone wants, where it belongs to her event and participants
// choose it. What she has chosen already stays as it is.
func (tx *Tx) WishSession(ctx context.Context, event domain.EventID, id domain.RegistrationID, session domain.SessionID) error {
	_, err := tx.exec(ctx, `
INSERT INTO choices (registration_id, session_id, status)
SELECT ?, id, 'wished' FROM sessions WHERE id = ? AND event_id = ? AND parallel <> ''
ON CONFLICT DO NOTHING`, int64(id), int64(session), int64(event))
	if err != nil {
		return fmt.Errorf("store: wish session: %w", err)
	}
	return nil
}

// SeatInSession gives someone who wishes for a session a place in it. It reports false, and changes
// nothing, where it is full or anyone waits for it: those come first.
func (tx *Tx) SeatInSession(ctx context.Context, id domain.RegistrationID, session domain.SessionID) (bool, error) {
	tx.changes.seats = true
	n, err := tx.exec(ctx, `
UPDATE sessions SET taken = taken + 1
WHERE id = ? AND (capacity = 0 OR taken < capacity)
  AND NOT EXISTS (SELECT 1 FROM choices WHERE session_id = sessions.id AND status = 'waitlisted')`, int64(session))
	if err != nil || n == 0 {
		return false, wrap("seat in session", err)
	}
	return true, tx.changeOne(ctx, "seat in session", `
UPDATE choices SET status = 'confirmed' WHERE registration_id = ? AND session_id = ? AND status = 'wished'`, int64(id), int64(session))
}

// QueueForSession puts someone who wishes for a session last in its queue. The row is made anew, so
// that its number tells when she came to stand there and not when she first wished.
func (tx *Tx) QueueForSession(ctx context.Context, id domain.RegistrationID, session domain.SessionID) error {
	if err := tx.changeOne(ctx, "queue for session", `
DELETE FROM choices WHERE registration_id = ? AND session_id = ? AND status = 'wished'`, int64(id), int64(session)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `
INSERT INTO choices (registration_id, session_id, status) VALUES (?, ?, 'waitlisted')`, int64(id), int64(session))
	return wrap("queue for session", err)
}

// DropChoice ends a choice and, where it held a place in the session, gives that back.
func (tx *Tx) DropChoice(ctx context.Context, id domain.RegistrationID, c Choice) error {
	if err := tx.changeOne(ctx, "drop choice", `
DELETE FROM choices WHERE registration_id = ? AND session_id = ? AND status = ?`, int64(id), int64(c.Session), string(c.Status)); err != nil {
		return err
	}
	if c.Status != domain.ChoiceConfirmed {
		return nil
	}
	tx.changes.seats = true
	return tx.changeOne(ctx, "free session", `UPDATE sessions SET taken = taken - 1 WHERE id = ?`, int64(c.Session))
}

// PromoteInSession gives a free place in a session to the first in its queue. It reports false, and
// changes nothing, where no place is free or nobody waits.
func (tx *Tx) PromoteInSession(ctx context.Context, session domain.SessionID) (domain.RegistrationID, bool, error) {
	var n, id int64
	err := tx.first(ctx, `
SELECT c.n, c.registration_id
FROM choices c JOIN sessions s ON s.id = c.session_id
WHERE c.session_id = ? AND c.status = 'waitlisted' AND (s.capacity = 0 OR s.taken < s.capacity)
ORDER BY c.n
LIMIT 1`, []any{int64(session)}, &n, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, wrap("queue of a session", err)
	}
	tx.changes.seats = true
	if err := tx.changeOne(ctx, "promote in session", `
UPDATE sessions SET taken = taken + 1 WHERE id = ? AND (capacity = 0 OR taken < capacity)`, int64(session)); err != nil {
		return 0, false, err
	}
	return domain.RegistrationID(id), true, tx.changeOne(ctx, "promote in session",
		`UPDATE choices SET status = 'confirmed' WHERE n = ? AND status = 'waitlisted'`, n)
}

// SessionTitle is what a session is called; domain.ErrNotFound where there is none.
func (q Queries) SessionTitle(ctx context.Context, id domain.SessionID) (domain.Text, error) {
	var r struct {
		Sv string `db:"title_sv"`
		En string `db:"title_en"`
	}
	err := q.one(ctx, &r, "session", `SELECT title_sv, title_en FROM sessions WHERE id = ?`, int64(id))
	return domain.Text{Sv: r.Sv, En: r.En}, err
}

// wrap names the statement that failed.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("store: %s: %w", what, err)
}

// choiceChecks are the invariants of chosen sessions and of places without a name.
func choiceChecks() []check {
	return []check{
		{"nobody waits for a session that has room", `
SELECT 'session ' || s.id
FROM sessions s JOIN choices c ON c.session_id = s.id AND c.status = 'waitlisted'
WHERE s.capacity = 0 OR s.taken < s.capacity
GROUP BY s.id
ORDER BY s.id LIMIT 100`},
		{"only those with a place at the event have one in a session or wait for it", `
SELECT 'registration ' || r.id || ', session ' || c.session_id
FROM choices c JOIN registrations r ON r.id = c.registration_id
WHERE (c.status = 'wished' AND r.status NOT IN ('pending', 'waitlisted', 'offered'))
  OR (c.status <> 'wished' AND r.status <> 'confirmed')
ORDER BY r.id, c.session_id LIMIT 100`},
		{"a place without a name belongs to a group and is held or was given back", `
SELECT 'registration ' || id
FROM registrations
WHERE given_name = '' AND (group_id IS NULL OR status NOT IN ('confirmed', 'cancelled', 'withdrawn'))
ORDER BY id LIMIT 100`},
	}
}
