package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// Finding is one thing that should not be so, found by Check. Detail names rows by id only.
type Finding struct {
	Check  string
	Detail string
}

// check is one invariant: a query that answers a line for each row that breaks it.
type check struct{ name, query string }

func checks() []check {
	return []check{
		{"the counter of places equals the registrations that hold one", `
SELECT 'event ' || e.id || ': counter ' || e.seats_taken || ', registrations ' || count(r.id)
FROM events e LEFT JOIN registrations r ON r.event_id = e.id AND r.status IN ('confirmed', 'offered')
GROUP BY e.id, e.seats_taken HAVING e.seats_taken <> count(r.id)
ORDER BY e.id LIMIT 100`},
		{"no event has more people than places", `
SELECT 'event ' || e.id || ': ' || count(r.id) || ' of ' || e.capacity
FROM events e JOIN registrations r ON r.event_id = e.id AND r.status IN ('confirmed', 'offered')
GROUP BY e.id, e.capacity HAVING count(r.id) > e.capacity
ORDER BY e.id LIMIT 100`},
		{"the counter of the queue equals the registrations that wait", `
SELECT 'event ' || e.id || ': counter ' || e.waiting || ', registrations ' || count(r.id)
FROM events e LEFT JOIN registrations r ON r.event_id = e.id AND r.status = 'waitlisted'
GROUP BY e.id, e.waiting HAVING e.waiting <> count(r.id)
ORDER BY e.id LIMIT 100`},
		{"every registration has exactly one first letter", `
SELECT 'registration ' || r.id || ': ' || count(l.id)
FROM registrations r
LEFT JOIN letters l ON l.registration_id = r.id AND l.n = 0
GROUP BY r.id HAVING count(l.id) <> 1
ORDER BY r.id LIMIT 100`},
		{"every step that owes a letter has it", `
SELECT 'registration ' || h.registration_id || ' line ' || h.n || ': ' || h.kind
FROM history h
WHERE h.n > 1 AND h.kind IN (` + quoted(domain.OwingLetters()) + `)
  AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.registration_id = h.registration_id AND l.n = h.n)
ORDER BY h.registration_id, h.n LIMIT 100`},
		{"every later letter has its step", `
SELECT 'letter ' || l.id
FROM letters l
WHERE l.n > 0 AND NOT EXISTS (SELECT 1 FROM history h WHERE h.registration_id = l.registration_id AND h.n = l.n)
ORDER BY l.id LIMIT 100`},
		{"a place that is kept meanwhile is a place", `
SELECT 'registration ' || r.id
FROM registrations r JOIN registrations o ON o.id = r.keeps_id
WHERE o.status <> 'confirmed' OR r.status NOT IN ('waitlisted', 'pending')
ORDER BY r.id LIMIT 100`},
		{"no session has more people than places, and its counter is right", `
SELECT 'session ' || s.id || ': counter ' || s.taken || ', choices ' || count(c.n)
FROM sessions s LEFT JOIN choices c ON c.session_id = s.id AND c.status = 'confirmed'
WHERE s.parallel <> ''
GROUP BY s.id, s.taken, s.capacity HAVING s.taken <> count(c.n) OR (s.capacity > 0 AND count(c.n) > s.capacity)
ORDER BY s.id LIMIT 100`},
		{"needs are kept of live registrations alone", `
SELECT 'registration ' || n.registration_id
FROM needs n JOIN registrations r ON r.id = n.registration_id
WHERE r.status NOT IN ('pending', 'confirmed', 'waitlisted', 'offered')
ORDER BY r.id LIMIT 100`},
		{"every letter belongs to a registration, or to someone who has asked for invitations", `
SELECT 'letter ' || l.id
FROM letters l LEFT JOIN registrations r ON r.id = l.registration_id
WHERE r.id IS NULL AND (l.registration_id IS NOT NULL OR l.kind NOT IN ('invitation', 'subscription'))
ORDER BY l.id LIMIT 100`},
		{"every registration has a history that begins with its arrival", `
SELECT 'registration ' || r.id
FROM registrations r LEFT JOIN history h ON h.registration_id = r.id AND h.n = 1
WHERE h.n IS NULL OR h.kind NOT IN (` + quoted(domain.Arrivals()) + `)
ORDER BY r.id LIMIT 100`},
		{"a person has one live registration at an event", `
SELECT 'event ' || event_id || ': ' || count(*)
FROM registrations
WHERE email_key <> '' AND status IN ('pending', 'confirmed', 'waitlisted', 'offered')
GROUP BY event_id, email_key HAVING count(*) > 1
ORDER BY event_id LIMIT 100`},
		{"every event has the terms it names", `
SELECT 'event ' || e.id
FROM events e LEFT JOIN terms t ON t.event_id = e.id AND t.version = e.terms_version
WHERE t.id IS NULL
ORDER BY e.id LIMIT 100`},
		{"a taken letter has its bytes", `
SELECT 'letter ' || l.id
FROM letters l LEFT JOIN letter_bodies b ON b.letter_id = l.id
WHERE l.state = 'accepted' AND b.letter_id IS NULL
  AND NOT (l.kind IN ('invitation', 'subscription') AND l.subscriber_id IS NULL) -- erased with whom they went to
ORDER BY l.id LIMIT 100`},
	}
}

// quoted is a list of kinds for an IN; they are constants of the program.
func quoted(kinds []domain.HistoryKind) string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = "'" + string(k) + "'"
	}
	return strings.Join(out, ", ")
}

// Check looks for everything that should never be so, and at the soundness of the file itself. No
// findings means that every promise held. It takes as long as it takes.
func (s *Store) Check(ctx context.Context) (found []Finding, err error) {
	q, end, err := s.patient(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end()) }()
	for _, c := range slices.Concat(checks(), choiceChecks(), accountChecks(), subscriberChecks()) {
		var lines []string
		if err := q.list(ctx, &lines, c.query); err != nil {
			return nil, fmt.Errorf("store: check %q: %w", c.name, err)
		}
		for _, l := range lines {
			found = append(found, Finding{c.name, l})
		}
	}
	audit, err := s.checkAudit(ctx)
	if err != nil {
		return nil, err
	}
	sound, err := s.checkFile(ctx)
	return append(append(found, audit...), sound...), err
}

// patient reads over one connection whose statements no clock ends, as it does those that visitors wait for. Call
// end when it is done.
func (s *Store) patient(ctx context.Context) (q Queries, end func() error, err error) {
	if s.words.engine == sqliteWords.engine {
		return s.Queries, func() error { return nil }, nil
	}
	c, err := s.readers.Connx(ctx)
	if err != nil {
		return q, nil, fmt.Errorf("store: check: %w", err)
	}
	end = func() error {
		_, err := c.ExecContext(context.WithoutCancel(ctx), "RESET statement_timeout")
		return wrap("check", errors.Join(err, c.Close()))
	}
	if _, err := c.ExecContext(ctx, "SET statement_timeout = 0"); err != nil {
		return q, nil, wrap("check", errors.Join(err, end()))
	}
	return Queries{q: c, words: s.words}, end, nil
}

// checkFile looks at SQLite's own file. PostgreSQL looks after its files itself, and keeps every reference.
func (s *Store) checkFile(ctx context.Context) ([]Finding, error) {
	if s.words.engine != sqliteWords.engine {
		return nil, nil
	}
	var found []Finding
	var lines []string
	if err := s.list(ctx, &lines, `PRAGMA integrity_check`); err != nil {
		return nil, fmt.Errorf("store: integrity check: %w", err)
	}
	for _, l := range lines {
		if l != "ok" {
			found = append(found, Finding{"the file is sound", l})
		}
	}
	var orphans []struct {
		Table  string `db:"table"`
		RowID  int64  `db:"rowid"`
		Parent string `db:"parent"`
		FKID   int64  `db:"fkid"`
	}
	if err := s.list(ctx, &orphans, `PRAGMA foreign_key_check`); err != nil {
		return nil, fmt.Errorf("store: foreign key check: %w", err)
	}
	for _, o := range orphans {
		found = append(found, Finding{"every reference has its row", fmt.Sprintf("%s %d lacks its row in %s", o.Table, o.RowID, o.Parent)})
	}
	return found, nil
}
