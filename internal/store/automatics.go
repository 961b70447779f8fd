package store

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// AutomaticEvent is an event with what decides when its letters go.
type AutomaticEvent struct {
	domain.Event                        // its facts
	Timed        time.Time              // when it was published or given its days last; zero for always
	Letters      []domain.Automatic     // those that staff have changed something of
	Sent         []domain.AutomaticSent // in the order in which they went
}

// AutomaticEvents are the public events that are not over before a day, with their letters, by day.
func (q Queries) AutomaticEvents(ctx context.Context, from domain.Date) ([]AutomaticEvent, error) {
	return q.automaticEvents(ctx, `state = 'published' AND day <> '' AND (day >= ? OR last_day >= ?)`, from.String(), from.String())
}

// AutomaticEvent is one event with its letters, whatever its state; domain.ErrNotFound where there is none.
func (q Queries) AutomaticEvent(ctx context.Context, id domain.EventID) (AutomaticEvent, error) {
	all, err := q.automaticEvents(ctx, `id = ?`, int64(id))
	if err == nil && len(all) == 0 {
		err = domain.NotFound("event.not_found")
	}
	if err != nil {
		return AutomaticEvent{}, err
	}
	return all[0], nil
}

func (q Queries) automaticEvents(ctx context.Context, where string, args ...any) ([]AutomaticEvent, error) {
	var rows []struct {
		factRow
		Timed int64 `db:"timed_at"`
	}
	err := q.list(ctx, &rows, `SELECT `+factColumns+`, timed_at FROM events WHERE `+where+` ORDER BY day, id LIMIT 10000`, args...)
	if err != nil {
		return nil, wrap("automatic letters", err)
	}
	out := make([]AutomaticEvent, len(rows))
	at := make(map[domain.EventID]*AutomaticEvent, len(rows))
	for i, r := range rows {
		e, err := r.event()
		if err != nil {
			return nil, err
		}
		out[i] = AutomaticEvent{Event: e, Timed: instant(r.Timed)}
		at[e.ID] = &out[i]
	}
	within := `(SELECT id FROM events WHERE ` + where + `)`
	if err := q.automatics(ctx, at, within, args); err != nil {
		return nil, err
	}
	return out, q.automaticsSent(ctx, at, within, args)
}

func (q Queries) automatics(ctx context.Context, at map[domain.EventID]*AutomaticEvent, within string, args []any) error {
	var rows []struct {
		Event     int64  `db:"event_id"`
		Kind      string `db:"kind"`
		On        bool   `db:"is_on"`
		Days      int    `db:"days"`
		Link      string `db:"link"`
		SubjectSv string `db:"subject_sv"`
		SubjectEn string `db:"subject_en"`
		BodySv    string `db:"body_sv"`
		BodyEn    string `db:"body_en"`
		ChangedBy string `db:"changed_by"`
		ChangedAt int64  `db:"changed_at"`
		ArmedAt   int64  `db:"armed_at"`
		Revision  int    `db:"revision"`
	}
	err := q.list(ctx, &rows, `
SELECT event_id, kind, is_on, days, link, subject_sv, subject_en, body_sv, body_en, changed_by, changed_at, armed_at, revision
FROM automatics
WHERE event_id IN `+within+`
ORDER BY event_id, kind
LIMIT 100000`, args...)
	for _, r := range rows {
		if e := at[domain.EventID(r.Event)]; e != nil {
			e.Letters = append(e.Letters, domain.Automatic{
				Kind: domain.AutomaticKind(r.Kind), On: r.On, Days: r.Days, Link: r.Link,
				Subject: domain.Text{Sv: r.SubjectSv, En: r.SubjectEn}, Body: domain.Text{Sv: r.BodySv, En: r.BodyEn},
				ChangedBy: r.ChangedBy, Changed: instant(r.ChangedAt), Armed: instant(r.ArmedAt), Revision: r.Revision,
			})
		}
	}
	return wrap("automatic letters", err)
}

func (q Queries) automaticsSent(ctx context.Context, at map[domain.EventID]*AutomaticEvent, within string, args []any) error {
	var rows []struct {
		Event      int64  `db:"auto_event"`
		Kind       string `db:"auto_kind"`
		Day        string `db:"auto_day"`
		UID        string `db:"uid"`
		At         int64  `db:"created_at"`
		Recipients int    `db:"recipients"`
	}
	err := q.list(ctx, &rows, `
SELECT auto_event, auto_kind, auto_day, uid, created_at, recipients
FROM mailings
WHERE auto_event IN `+within+`
ORDER BY id
LIMIT 100000`, args...)
	if err != nil {
		return wrap("automatic letters", err)
	}
	for _, r := range rows {
		on, err := day(r.Day)
		if err != nil {
			return err
		}
		if e := at[domain.EventID(r.Event)]; e != nil {
			e.Sent = append(e.Sent, domain.AutomaticSent{
				Kind: domain.AutomaticKind(r.Kind), Day: on, At: instant(r.At), Mailing: r.UID, People: r.Recipients,
			})
		}
	}
	return nil
}

// PutAutomatic keeps what staff have decided about a letter of an event, if it is still at the revision before.
// It reports false, and changes nothing, where it is not.
func (tx *Tx) PutAutomatic(ctx context.Context, event domain.EventID, a domain.Automatic) (bool, error) {
	n, err := tx.exec(ctx, `
INSERT INTO automatics (event_id, kind, is_on, days, link, subject_sv, subject_en, body_sv, body_en, changed_by, changed_at,
  armed_at, revision)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (event_id, kind) DO UPDATE
SET is_on = excluded.is_on, days = excluded.days, link = excluded.link, subject_sv = excluded.subject_sv,
  subject_en = excluded.subject_en, body_sv = excluded.body_sv, body_en = excluded.body_en,
  changed_by = excluded.changed_by, changed_at = excluded.changed_at, armed_at = excluded.armed_at,
  revision = excluded.revision
WHERE automatics.revision = excluded.revision - 1`,
		int64(event), string(a.Kind), a.On, a.Days, a.Link, a.Subject.Sv, a.Subject.En, a.Body.Sv, a.Body.En, a.ChangedBy,
		stamp(a.Changed), stamp(a.Armed), a.Revision)
	return n > 0, wrap("automatic letter", err)
}

// CopyAutomatics gives a new event the letters of another, as they have been changed there.
func (tx *Tx) CopyAutomatics(ctx context.Context, from, to domain.EventID) error {
	_, err := tx.exec(ctx, `
INSERT INTO automatics (event_id, kind, is_on, days, link, subject_sv, subject_en, body_sv, body_en, changed_by, changed_at,
  armed_at, revision)
SELECT ?, kind, is_on, days, link, subject_sv, subject_en, body_sv, body_en, changed_by, changed_at, armed_at, 1
FROM automatics
WHERE event_id = ?`, int64(to), int64(from))
	return wrap("copy automatic letters", err)
}

// PlacesBefore are those who have a place at an event and had registered before an instant, in order of
// arrival, and whether anybody's attendance has been noted there.
func (q Queries) PlacesBefore(ctx context.Context, event domain.EventID, before time.Time, most int) ([]domain.Registration, bool, error) {
	var rows []registrationRow
	err := q.list(ctx, &rows, `
SELECT `+registrationColumns+`
FROM registrations
WHERE event_id = ? AND status = 'confirmed' AND received_at < ?
ORDER BY id
LIMIT ?`, int64(event), stamp(before), most)
	if err != nil {
		return nil, false, wrap("places", err)
	}
	out := make([]domain.Registration, len(rows))
	for i, r := range rows {
		k, err := r.kept()
		if err != nil {
			return nil, false, err
		}
		out[i] = k.Registration
	}
	var marked int
	err = q.get(ctx, &marked, `
SELECT count(*) FROM registrations WHERE event_id = ? AND status = 'confirmed' AND attendance <> 'unknown'`, int64(event))
	return out, marked > 0, wrap("attendance", err)
}
