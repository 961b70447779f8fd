package store

import (
	"context"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// WholeEvent is an event with everything about it filled in, drafts too; domain.ErrNotFound where there
// is none.
func (q Queries) WholeEvent(ctx context.Context, slug string) (domain.Event, error) {
	if slug == "" {
		return domain.Event{}, domain.NotFound("event.not_found")
	}
	events, err := q.Events(ctx, EventScope{Slug: slug, Drafts: true})
	if err != nil {
		return domain.Event{}, err
	}
	if len(events) == 0 {
		return domain.Event{}, domain.NotFound("event.not_found")
	}
	return events[0], q.FillEvent(ctx, &events[0])
}

// SlugTaken reports whether an event or a series has the slug.
func (q Queries) SlugTaken(ctx context.Context, slug string) (bool, error) {
	var n int
	err := q.get(ctx, &n, `
SELECT (SELECT count(*) FROM events WHERE slug = ?) + (SELECT count(*) FROM series WHERE slug = ?)`, slug, slug)
	return n > 0, wrap("slug", err)
}

// ReplaceEvent writes next over was, which must be the event as it stands: facts, words, rules, programme,
// speakers and questions. Terms of a new version are added, those before stay. A question that is gone
// is retired where it is among answered, else deleted. Counters, state and documents are not touched;
// whether it may be done has been decided (domain.Event.MayReplace).
func (tx *Tx) ReplaceEvent(ctx context.Context, was, next domain.Event, answered map[int64][]string) error {
	tx.changes.programme, tx.changes.seats = true, true
	venue, err := tx.venueFor(ctx, next.Venue)
	if err != nil {
		return err
	}
	next.Venue.ID = venue
	if next.Terms.Version != was.Terms.Version {
		if _, err := tx.exec(ctx, `INSERT INTO terms (event_id, version, text_sv, text_en) VALUES (?, ?, ?, ?)`,
			int64(was.ID), next.Terms.Version, next.Terms.Text.Sv, next.Terms.Text.En); err != nil {
			return fmt.Errorf("store: terms of %s: %w", was.Slug, err)
		}
	}
	if err := tx.replaceFacts(ctx, was.ID, next); err != nil {
		return err
	}
	if err := tx.PutRules(ctx, was.ID, next.Rules); err != nil {
		return err
	}
	if err := tx.replaceTexts(ctx, was.ID, next); err != nil {
		return err
	}
	if err := tx.replaceSessions(ctx, was, next); err != nil {
		return err
	}
	if err := tx.replaceSpeakers(ctx, was.ID, next.Speakers); err != nil {
		return err
	}
	if err := tx.replaceQuestions(ctx, was, next, answered); err != nil {
		return err
	}
	return tx.dropOrphans(ctx)
}

func (tx *Tx) replaceFacts(ctx context.Context, id domain.EventID, e domain.Event) error {
	return tx.changeOne(ctx, "event", `
UPDATE events
SET kind = ?, day = ?, last_day = ?, arrival = ?, starts = ?, ends = ?, venue_id = ?, town = ?, online = ?, language = ?,
  capacity = ?, waiting_list = ?, opens_at = ?, register_until = ?, cancel_until = ?, after_cancel = ?, no_show_fee = ?,
  terms_version = ?, binding = ?, contact_name = ?, contact_phone = ?, contact_email = ?, case_number = ?,
  retention_weeks = ?, retention_support = ?, revision = ?,
  timed_at = CASE WHEN day = ? AND last_day = ? THEN timed_at ELSE ? END, updated_at = ?
WHERE id = ?`,
		string(e.Kind), e.Day.String(), e.LastDay.String(), int(e.Arrival), int(e.Starts), int(e.Ends), orNull(e.Venue.ID), e.Town,
		e.Online, string(e.Language), int(e.Capacity), e.WaitingList, stamp(e.OpensAt), e.RegisterUntil.String(),
		e.CancelUntil.String(), string(e.AfterCancel), e.NoShowFee, e.Terms.Version, e.Binding, e.Contact.Name, e.Contact.Phone,
		e.Contact.Email, e.CaseNumber, e.Retention.Weeks, e.Retention.Support, e.Revision,
		e.Day.String(), e.LastDay.String(), stamp(e.UpdatedAt), stamp(e.UpdatedAt), int64(id))
}

func (tx *Tx) replaceTexts(ctx context.Context, id domain.EventID, e domain.Event) error {
	if _, err := tx.exec(ctx, `DELETE FROM event_texts WHERE event_id = ?`, int64(id)); err != nil {
		return wrap("words", err)
	}
	return wrap("words", tx.insertTexts(ctx, id, e))
}

// venueFor is a house that is just as told: one that is there, or a new one. A house is never changed,
// since other events may be held in it. 0 where none is announced.
func (tx *Tx) venueFor(ctx context.Context, v domain.Venue) (int64, error) {
	if v.IsZero() {
		return 0, nil
	}
	access, err := pack(v.Access)
	if err != nil {
		return 0, err
	}
	var ids []int64
	err = tx.list(ctx, &ids, `
SELECT id FROM venues
WHERE name = ? AND address = ? AND postal_code = ? AND town = ? AND access = ? AND travel_sv = ? AND travel_en = ?
ORDER BY id
LIMIT 1`, v.Name, v.Address, v.PostalCode, v.Town, access, v.Travel.Sv, v.Travel.En)
	if err != nil {
		return 0, wrap("venue", err)
	}
	if len(ids) == 1 {
		return ids[0], nil
	}
	return tx.InsertVenue(ctx, v)
}

// dropOrphans takes away speakers and houses that no event names any more.
func (tx *Tx) dropOrphans(ctx context.Context) error {
	if _, err := tx.exec(ctx, `
DELETE FROM speakers
WHERE NOT EXISTS (SELECT 1 FROM event_speakers es WHERE es.speaker_id = speakers.id)
  AND NOT EXISTS (SELECT 1 FROM session_speakers ss WHERE ss.speaker_id = speakers.id)`); err != nil {
		return wrap("speakers left over", err)
	}
	_, err := tx.exec(ctx, `DELETE FROM venues WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.venue_id = venues.id)`)
	return wrap("venues left over", err)
}

// SetState moves an event from one state to another.
func (tx *Tx) SetState(ctx context.Context, id domain.EventID, from, to domain.EventState, now time.Time) error {
	tx.changes.programme, tx.changes.seats = true, true
	return tx.changeOne(ctx, "state of an event", `
UPDATE events
SET state = ?, timed_at = CASE WHEN ? = 'published' THEN ? ELSE timed_at END, updated_at = ?
WHERE id = ? AND state = ?`, string(to), string(to), stamp(now), stamp(now), int64(id), string(from))
}

// NewDraft writes a new event, its house too.
func (tx *Tx) NewDraft(ctx context.Context, e domain.Event) (domain.EventID, error) {
	venue, err := tx.venueFor(ctx, e.Venue)
	if err != nil {
		return 0, err
	}
	e.Venue.ID = venue
	return tx.InsertEvent(ctx, e)
}

// Holdings are what people have got at an event.
func (q Queries) Holdings(ctx context.Context, id domain.EventID) (domain.Holdings, error) {
	var rows []struct {
		Status  string `db:"status"`
		N       int    `db:"n"`
		NoEmail int    `db:"no_email"`
	}
	err := q.list(ctx, &rows, `
SELECT status, count(*) AS n, sum(CASE WHEN email = '' THEN 1 ELSE 0 END) AS no_email
FROM registrations
WHERE event_id = ?
GROUP BY status
ORDER BY status
LIMIT 20`, int64(id))
	if err != nil {
		return domain.Holdings{}, wrap("holdings", err)
	}
	var h domain.Holdings
	for _, r := range rows {
		h.Ever += r.N
		switch s := domain.RegistrationStatus(r.Status); s {
		case domain.Confirmed:
			h.Confirmed = r.N
		case domain.Offered:
			h.Offered = r.N
		case domain.Waitlisted:
			h.Waiting = r.N
		case domain.Pending:
			h.Pending = r.N
		case domain.Cancelled, domain.Transferred, domain.Withdrawn, domain.Declined:
			continue
		}
		h.NoEmail += r.NoEmail
	}
	if h.Ever == 0 {
		return h, nil
	}
	if h.Answered, err = q.answeredAt(ctx, id); err != nil {
		return h, err
	}
	h.Chosen, err = q.chosenAt(ctx, id)
	return h, err
}

// answeredAt is, by question, each value that anyone has answered at an event, changed since or not.
func (q Queries) answeredAt(ctx context.Context, id domain.EventID) (map[int64][]string, error) {
	var now, before []string
	if err := q.list(ctx, &now, `SELECT DISTINCT answers FROM registrations WHERE event_id = ? AND answers <> ''`, int64(id)); err != nil {
		return nil, wrap("answers", err)
	}
	if err := q.list(ctx, &before, `
SELECT DISTINCT v.content FROM versions v JOIN registrations r ON r.id = v.registration_id WHERE r.event_id = ?`, int64(id)); err != nil {
		return nil, wrap("answers before", err)
	}
	seen := make(map[int64]map[string]bool)
	out := make(map[int64][]string)
	note := func(answers []domain.Answer) {
		for _, a := range answers {
			if seen[a.QuestionID] == nil {
				seen[a.QuestionID] = make(map[string]bool)
			}
			for _, v := range a.Values {
				if !seen[a.QuestionID][v] {
					seen[a.QuestionID][v] = true
					out[a.QuestionID] = append(out[a.QuestionID], v)
				}
			}
		}
	}
	for _, s := range now {
		var answers []domain.Answer
		if err := unpack(s, &answers); err != nil {
			return nil, err
		}
		note(answers)
	}
	for _, s := range before {
		var p domain.Participant
		if err := unpack(s, &p); err != nil {
			return nil, err
		}
		note(p.Answers)
	}
	return out, nil
}

func (q Queries) chosenAt(ctx context.Context, id domain.EventID) (map[domain.SessionID]int, error) {
	var rows []struct {
		Session domain.SessionID `db:"session_id"`
		N       int              `db:"n"`
	}
	err := q.list(ctx, &rows, `
SELECT c.session_id, count(*) AS n
FROM choices c JOIN sessions s ON s.id = c.session_id
WHERE s.event_id = ?
GROUP BY c.session_id
ORDER BY c.session_id
LIMIT 500`, int64(id))
	if err != nil {
		return nil, wrap("chosen sessions", err)
	}
	out := make(map[domain.SessionID]int, len(rows))
	for _, r := range rows {
		out[r.Session] = r.N
	}
	return out, nil
}
