package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// SealedNeeds is what a participant told of food and access, sealed: the database cannot read it.
type SealedNeeds struct {
	RegistrationID domain.RegistrationID `db:"registration_id"`
	Sealed         []byte                `db:"sealed"`
	Late           bool                  `db:"late"` // told after the day on which it can surely be met
}

// PutNeeds writes a registration's sealed needs in place of those that were there.
func (tx *Tx) PutNeeds(ctx context.Context, n SealedNeeds, toldAt time.Time) error {
	_, err := tx.exec(ctx, `
INSERT INTO needs (registration_id, sealed, told_at, late) VALUES (?, ?, ?, ?)
ON CONFLICT (registration_id) DO UPDATE SET sealed = excluded.sealed, told_at = excluded.told_at, late = excluded.late`,
		int64(n.RegistrationID), n.Sealed, stamp(toldAt), n.Late)
	if err != nil {
		return fmt.Errorf("store: needs: %w", err)
	}
	return nil
}

// EraseNeeds erases a registration's needs and reports whether there were any. What it erases is
// overwritten in the file.
func (tx *Tx) EraseNeeds(ctx context.Context, id domain.RegistrationID) (bool, error) {
	n, err := tx.exec(ctx, `DELETE FROM needs WHERE registration_id = ?`, int64(id))
	if err != nil {
		return false, fmt.Errorf("store: erase needs: %w", err)
	}
	return n == 1, nil
}

// NeedsOf is a registration's sealed needs; false where it has none.
func (q Queries) NeedsOf(ctx context.Context, id domain.RegistrationID) (SealedNeeds, bool, error) {
	var n SealedNeeds
	err := q.get(ctx, &n, `SELECT registration_id, sealed, late FROM needs WHERE registration_id = ?`, int64(id))
	if errors.Is(err, sql.ErrNoRows) {
		return SealedNeeds{}, false, nil
	}
	if err != nil {
		return SealedNeeds{}, false, fmt.Errorf("store: needs: %w", err)
	}
	return n, true, nil
}

// NeedsComing is the sealed needs of those who have a place at an event, in no order that tells whose
// they are, and how many have a place at all.
func (q Queries) NeedsComing(ctx context.Context, id domain.EventID) (all []SealedNeeds, coming int, err error) {
	err = q.list(ctx, &all, `
SELECT n.registration_id, n.sealed, n.late
FROM needs n JOIN registrations r ON r.id = n.registration_id
WHERE r.event_id = ? AND r.status = 'confirmed'
ORDER BY n.registration_id
LIMIT 100000`, int64(id))
	if err != nil {
		return nil, 0, fmt.Errorf("store: needs of an event: %w", err)
	}
	if err := q.get(ctx, &coming, `
SELECT count(*) FROM registrations WHERE event_id = ? AND status = 'confirmed'`, int64(id)); err != nil {
		return nil, 0, fmt.Errorf("store: people with a place: %w", err)
	}
	return all, coming, nil
}

// NeedsTold are the registrations at an event that have told of needs, and whether they did so late, in the
// order of names; of what they told nothing. At most 100,000.
func (q Queries) NeedsTold(ctx context.Context, id domain.EventID) (ids []domain.RegistrationID, late []bool, err error) {
	var rows []struct {
		ID   int64 `db:"registration_id"`
		Late bool  `db:"late"`
	}
	err = q.list(ctx, &rows, `
SELECT n.registration_id, n.late
FROM needs n JOIN registrations r ON r.id = n.registration_id
WHERE r.event_id = ?
ORDER BY r.sort_key, r.id
LIMIT 100000`, int64(id))
	if err != nil {
		return nil, nil, fmt.Errorf("store: who told of needs: %w", err)
	}
	for _, r := range rows {
		ids, late = append(ids, domain.RegistrationID(r.ID)), append(late, r.Late)
	}
	return ids, late, nil
}

// EventsWithNeeds are the events that needs are kept for, at most 10,000.
func (q Queries) EventsWithNeeds(ctx context.Context) ([]domain.EventID, error) {
	var ids []domain.EventID
	err := q.list(ctx, &ids, `
SELECT DISTINCT r.event_id
FROM needs n CROSS JOIN registrations r -- from those who have told, and not through everyone who ever came
WHERE r.id = n.registration_id
ORDER BY r.event_id
LIMIT 10000`)
	if err != nil {
		return nil, fmt.Errorf("store: events with needs: %w", err)
	}
	return ids, nil
}

// NeedsToErase are registrations at an event that have needs, at most limit.
func (q Queries) NeedsToErase(ctx context.Context, id domain.EventID, limit int) ([]domain.RegistrationID, error) {
	var ids []domain.RegistrationID
	err := q.list(ctx, &ids, `
SELECT n.registration_id
FROM needs n JOIN registrations r ON r.id = n.registration_id
WHERE r.event_id = ?
ORDER BY n.registration_id
LIMIT ?`, int64(id), limit)
	if err != nil {
		return nil, fmt.Errorf("store: needs to erase: %w", err)
	}
	return ids, nil
}

// Erasure is a line of the archival record of what was erased: counts, and nothing of any person
//
type Erasure struct {
	EventID domain.EventID
	At      time.Time // when the run began: its batches share one line
	What    string
	Rule    string
	Records int
	Actor   string
}

// NoteErasure adds to the record what a run has erased, batch by batch.
func (tx *Tx) NoteErasure(ctx context.Context, e Erasure) error {
	n, err := tx.exec(ctx, `
UPDATE erasures SET records = records + ? WHERE event_id = ? AND at = ? AND what = ? AND rule = ? AND actor = ?`,
		e.Records, int64(e.EventID), stamp(e.At), e.What, e.Rule, e.Actor)
	if err == nil && n == 0 {
		_, err = tx.exec(ctx, `
INSERT INTO erasures (event_id, at, what, rule, records, actor) VALUES (?, ?, ?, ?, ?, ?)`,
			int64(e.EventID), stamp(e.At), e.What, e.Rule, e.Records, e.Actor)
	}
	if err != nil {
		return fmt.Errorf("store: erasure: %w", err)
	}
	return nil
}

// Erasures is the record of what was erased of an event, the oldest first, at most 1,000 lines.
func (q Queries) Erasures(ctx context.Context, id domain.EventID) ([]Erasure, error) {
	var rows []struct {
		At      int64  `db:"at"`
		What    string `db:"what"`
		Rule    string `db:"rule"`
		Records int    `db:"records"`
		Actor   string `db:"actor"`
	}
	err := q.list(ctx, &rows, `
SELECT at, what, rule, records, actor
FROM erasures
WHERE event_id = ?
ORDER BY id
LIMIT 1000`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("store: erasures: %w", err)
	}
	out := make([]Erasure, len(rows))
	for i, r := range rows {
		out[i] = Erasure{EventID: id, At: instant(r.At), What: r.What, Rule: r.Rule, Records: r.Records, Actor: r.Actor}
	}
	return out, nil
}
