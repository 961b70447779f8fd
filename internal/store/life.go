package store

import (
	"context"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// The steps in the life of a registration. Each statement that changes who holds a place changes the
// event's counters beside it, and says so where the row was not in the state it was thought to be
// in: then the whole step is undone.

// changeOne runs a statement that must change exactly one row.
func (tx *Tx) changeOne(ctx context.Context, what, query string, args ...any) error {
	n, err := tx.exec(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, err)
	}
	if n != 1 {
		return fmt.Errorf("store: %s: %d rows where one was due", what, n)
	}
	return nil
}

// FreeSeat gives one place back.
func (tx *Tx) FreeSeat(ctx context.Context, id domain.EventID) error {
	tx.changes.seats = true
	return tx.changeOne(ctx, "free seat", `UPDATE events SET seats_taken = seats_taken - 1 WHERE id = ?`, int64(id))
}

// LeaveQueue makes the queue one shorter.
func (tx *Tx) LeaveQueue(ctx context.Context, id domain.EventID) error {
	tx.changes.seats = true
	return tx.changeOne(ctx, "leave queue", `UPDATE events SET waiting = waiting - 1 WHERE id = ?`, int64(id))
}

// QueueToSeat turns one place in the queue into one that holds a seat; the CHECK on the table is the
// last word on whether there is one.
func (tx *Tx) QueueToSeat(ctx context.Context, id domain.EventID) error {
	tx.changes.seats = true
	return tx.changeOne(ctx, "from queue to seat",
		`UPDATE events SET seats_taken = seats_taken + 1, waiting = waiting - 1 WHERE id = ? AND seats_taken < capacity`, int64(id))
}

// SeatToQueue gives a seat back and a place in the queue for it.
func (tx *Tx) SeatToQueue(ctx context.Context, id domain.EventID) error {
	tx.changes.seats = true
	return tx.changeOne(ctx, "from seat to queue",
		`UPDATE events SET seats_taken = seats_taken - 1, waiting = waiting + 1 WHERE id = ?`, int64(id))
}

// SetCapacity changes how many places an event has; the CHECK on the table refuses fewer than are
// taken.
func (tx *Tx) SetCapacity(ctx context.Context, id domain.EventID, n domain.Seats, now time.Time) error {
	tx.changes.programme, tx.changes.seats = true, true
	return tx.changeOne(ctx, "capacity", `UPDATE events SET capacity = ?, updated_at = ? WHERE id = ?`, int(n), stamp(now), int64(id))
}

// SetStatus moves a registration from one status to another. It ends an open offer, and what the
// registration kept elsewhere, and what she has said about coming.
func (tx *Tx) SetStatus(ctx context.Context, id domain.RegistrationID, from, to domain.RegistrationStatus) error {
	tx.changes.seats = true
	return tx.changeOne(ctx, "status", `
UPDATE registrations SET status = ?, offer_until = 0, keeps_id = NULL, race_told = FALSE, coming_at = 0 WHERE id = ? AND status = ?`,
		string(to), int64(id), string(from))
}

// SetOffered offers a place to someone in the queue until an instant.
func (tx *Tx) SetOffered(ctx context.Context, id domain.RegistrationID, until time.Time) error {
	tx.changes.seats = true
	return tx.changeOne(ctx, "offer", `
UPDATE registrations SET status = 'offered', offer_until = ?, race_told = FALSE WHERE id = ? AND status = 'waitlisted'`,
		stamp(until), int64(id))
}

// SetKeeps notes which place someone in the queue keeps meanwhile; 0 for none.
func (tx *Tx) SetKeeps(ctx context.Context, id, keeps domain.RegistrationID) error {
	return tx.changeOne(ctx, "keeps", `UPDATE registrations SET keeps_id = ? WHERE id = ?`, orNull(int64(keeps)), int64(id))
}

// ForgetKept ends what others in queues elsewhere kept of this place: it is no longer theirs.
func (tx *Tx) ForgetKept(ctx context.Context, id domain.RegistrationID) error {
	if _, err := tx.exec(ctx, `UPDATE registrations SET keeps_id = NULL WHERE keeps_id = ?`, int64(id)); err != nil {
		return fmt.Errorf("store: forget kept: %w", err)
	}
	return nil
}

// SetFollows notes whose place a registration took over.
func (tx *Tx) SetFollows(ctx context.Context, id, follows domain.RegistrationID) error {
	return tx.changeOne(ctx, "follows", `UPDATE registrations SET follows_id = ? WHERE id = ?`, orNull(int64(follows)), int64(id))
}

// SetTogether notes that one of a pair comes with the other or not at all.
func (tx *Tx) SetTogether(ctx context.Context, id domain.RegistrationID) error {
	return tx.changeOne(ctx, "together", `UPDATE registrations SET together = TRUE WHERE id = ?`, int64(id))
}

// SetCancelUntil gives one person a day of her own for cancelling.
func (tx *Tx) SetCancelUntil(ctx context.Context, id domain.RegistrationID, d domain.Date) error {
	return tx.changeOne(ctx, "own day", `UPDATE registrations SET cancel_until = ? WHERE id = ?`, d.String(), int64(id))
}

// RaiseRevision is the next SEQUENCE of a registration's calendar entry.
func (tx *Tx) RaiseRevision(ctx context.Context, id domain.RegistrationID) (int, error) {
	n, err := tx.insert(ctx, `UPDATE registrations SET revision = revision + 1 WHERE id = ? RETURNING revision`, int64(id))
	if err != nil {
		return 0, fmt.Errorf("store: revision: %w", err)
	}
	return int(n), nil
}

// WaitingAt is who waits at an event after an id, in order of arrival, at most limit.
func (q Queries) WaitingAt(ctx context.Context, id domain.EventID, after domain.RegistrationID, limit int) ([]domain.Waiting, error) {
	var rows []struct {
		ID       int64 `db:"id"`
		Group    int64 `db:"grp"`
		Together bool  `db:"together"`
		Told     bool  `db:"race_told"`
	}
	err := q.list(ctx, &rows, `
SELECT id, coalesce(group_id, 0) AS grp, together, race_told
FROM registrations
WHERE event_id = ? AND status = 'waitlisted' AND id > ?
ORDER BY id
LIMIT ?`, int64(id), int64(after), limit)
	if err != nil {
		return nil, fmt.Errorf("store: queue: %w", err)
	}
	out := make([]domain.Waiting, len(rows))
	for i, r := range rows {
		out[i] = domain.Waiting{ID: domain.RegistrationID(r.ID), Group: domain.GroupID(r.Group), Together: r.Together, Told: r.Told}
	}
	return out, nil
}

// NoteRaceTold notes that someone in the queue knows of a place that goes to the first to answer.
func (tx *Tx) NoteRaceTold(ctx context.Context, id domain.RegistrationID) error {
	return tx.changeOne(ctx, "race", `UPDATE registrations SET race_told = TRUE WHERE id = ?`, int64(id))
}

// EndRace forgets who was told: the free places are gone, and the next one is told of anew.
func (tx *Tx) EndRace(ctx context.Context, id domain.EventID) error {
	_, err := tx.exec(ctx, `
UPDATE registrations SET race_told = FALSE WHERE event_id = ? AND status = 'waitlisted' AND race_told = TRUE`, int64(id))
	if err != nil {
		return fmt.Errorf("store: end of race: %w", err)
	}
	return nil
}

// OffersAhead counts the open offers at an event to people who came before id.
func (q Queries) OffersAhead(ctx context.Context, event domain.EventID, id domain.RegistrationID) (int, error) {
	var n int
	err := q.get(ctx, &n, `
SELECT count(*) FROM registrations WHERE event_id = ? AND status = 'offered' AND offer_until > 0 AND id < ?`, int64(event), int64(id))
	if err != nil {
		return 0, fmt.Errorf("store: offers ahead: %w", err)
	}
	return n, nil
}

// OffersOver are registrations whose offer ran out at or before now, the earliest first, at most
// limit; next is when the next one will, the zero time for never.
func (q Queries) OffersOver(ctx context.Context, now time.Time, limit int) (ids []domain.RegistrationID, next time.Time, err error) {
	if err = q.list(ctx, &ids, `
SELECT id FROM registrations WHERE offer_until > 0 AND offer_until <= ? ORDER BY offer_until, id LIMIT ?`, stamp(now), limit); err != nil {
		return nil, time.Time{}, fmt.Errorf("store: offers over: %w", err)
	}
	var at []int64
	if err = q.list(ctx, &at, `
SELECT offer_until FROM registrations WHERE offer_until > 0 AND offer_until > ? ORDER BY offer_until, id LIMIT 1`, stamp(now)); err != nil {
		return nil, time.Time{}, fmt.Errorf("store: next offer: %w", err)
	}
	if len(at) == 1 {
		next = instant(at[0])
	}
	return ids, next, nil
}

// Unsettled are the published events from a day on, and those without one, that have free places and people
// waiting, at most 1,000: what the clock may have changed since they were last settled. Those of earlier days stay
// as they are for ever, and are more each year.
func (q Queries) Unsettled(ctx context.Context, from domain.Date) ([]domain.EventID, error) {
	var ids []domain.EventID
	err := q.list(ctx, &ids, `
SELECT id FROM events
WHERE waiting > 0 AND seats_taken < capacity AND state = 'published' AND (day = '' OR day >= ?)
ORDER BY id
LIMIT 1000`, from.String())
	if err != nil {
		return nil, fmt.Errorf("store: unsettled: %w", err)
	}
	return ids, nil
}

// GroupMates are the live registrations of a group, in order of arrival.
func (q Queries) GroupMates(ctx context.Context, group domain.GroupID) ([]Kept, error) {
	return q.registrations(ctx, `group_id = ? AND status IN ('pending', 'confirmed', 'waitlisted', 'offered')`, int64(group))
}

// LiveInSeries are the live registrations of one address at the events of a series.
func (q Queries) LiveInSeries(ctx context.Context, series domain.SeriesID, emailKey string) ([]Kept, error) {
	return q.registrations(ctx, `event_id IN (SELECT id FROM events WHERE series_id = ?) AND email_key = ? AND email_key <> ''
  AND status IN ('pending', 'confirmed', 'waitlisted', 'offered')`, int64(series), emailKey)
}

// FollowerOf is the registration that took over or came from this one; domain.ErrNotFound for none.
func (q Queries) FollowerOf(ctx context.Context, id domain.RegistrationID) (Kept, error) {
	return q.registration(ctx, `follows_id = ? ORDER BY id LIMIT 1`, int64(id))
}

// KeeperOf is the registration that keeps this place while it waits at the event there;
// domain.ErrNotFound for none.
func (q Queries) KeeperOf(ctx context.Context, id domain.RegistrationID, there domain.EventID) (Kept, error) {
	return q.registration(ctx, `keeps_id = ? AND event_id = ? ORDER BY id LIMIT 1`, int64(id), int64(there))
}

func (q Queries) registrations(ctx context.Context, where string, args ...any) ([]Kept, error) {
	var rows []registrationRow
	err := q.list(ctx, &rows, `SELECT `+registrationColumns+` FROM registrations WHERE `+where+` ORDER BY id LIMIT 1000`, args...)
	if err != nil {
		return nil, fmt.Errorf("store: registrations: %w", err)
	}
	out := make([]Kept, len(rows))
	for i, r := range rows {
		if out[i], err = r.kept(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Request is someone's wish to be let off after the last day to cancel.
type Request struct {
	ID             int64                 `db:"id"`
	RegistrationID domain.RegistrationID `db:"registration_id"`
	Reason         string                `db:"reason"`
	State          string                `db:"state"`
}

// InsertRequest notes the wish; false where one is open already.
func (tx *Tx) InsertRequest(ctx context.Context, id domain.RegistrationID, reason string, now time.Time) (bool, error) {
	n, err := tx.exec(ctx, `
INSERT INTO requests (registration_id, at, reason, state) VALUES (?, ?, ?, 'open')
ON CONFLICT DO NOTHING`, int64(id), stamp(now), reason)
	if err != nil {
		return false, fmt.Errorf("store: request: %w", err)
	}
	return n == 1, nil
}

// OpenRequest is the wish of a registration that has not been answered; domain.ErrNotFound for none.
func (q Queries) OpenRequest(ctx context.Context, id domain.RegistrationID) (Request, error) {
	var r Request
	err := q.one(ctx, &r, "request", `
SELECT id, registration_id, reason, state FROM requests WHERE registration_id = ? AND state = 'open'`, int64(id))
	return r, err
}

// RequestByID is a wish by its id; domain.ErrNotFound for none.
func (q Queries) RequestByID(ctx context.Context, id int64) (Request, error) {
	var r Request
	err := q.one(ctx, &r, "request", `SELECT id, registration_id, reason, state FROM requests WHERE id = ?`, id)
	return r, err
}

// CloseRequest answers a wish: "granted" or "refused".
func (tx *Tx) CloseRequest(ctx context.Context, id int64, state string) error {
	return tx.changeOne(ctx, "answer a request", `UPDATE requests SET state = ? WHERE id = ? AND state = 'open'`, state, id)
}

// MoveChoices gives one registration's chosen sessions to another: the one who takes over a place
// takes it over whole.
func (tx *Tx) MoveChoices(ctx context.Context, from, to domain.RegistrationID) error {
	if _, err := tx.exec(ctx, `UPDATE choices SET registration_id = ? WHERE registration_id = ?`, int64(to), int64(from)); err != nil {
		return fmt.Errorf("store: choices: %w", err)
	}
	return nil
}
