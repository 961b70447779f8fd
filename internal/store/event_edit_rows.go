package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/temadag/temadag/internal/domain"
)

// replaceSessions makes the programme what it is to be. Positions are unique within an event, so that
// all are moved out of the way first.
func (tx *Tx) replaceSessions(ctx context.Context, was, next domain.Event) error {
	id := int64(was.ID)
	if _, err := tx.exec(ctx, `
DELETE FROM session_speakers WHERE session_id IN (SELECT id FROM sessions WHERE event_id = ?)`, id); err != nil {
		return wrap("speakers of sessions", err)
	}
	for _, s := range was.Programme {
		if slices.ContainsFunc(next.Programme, func(o domain.Session) bool { return o.ID == s.ID }) {
			continue
		}
		if err := tx.changeOne(ctx, "remove session", `DELETE FROM sessions WHERE id = ? AND event_id = ?`, s.ID, id); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, `UPDATE sessions SET position = -1 - position WHERE event_id = ?`, id); err != nil {
		return wrap("programme", err)
	}
	for i, s := range next.Programme {
		if err := tx.putSession(ctx, was.ID, i, s); err != nil {
			return fmt.Errorf("store: programme of %s: %w", was.Slug, err)
		}
	}
	return nil
}

func (tx *Tx) putSession(ctx context.Context, event domain.EventID, position int, s domain.Session) error {
	if s.ID == 0 {
		return tx.insertSession(ctx, event, position, s)
	}
	err := tx.changeOne(ctx, "session", `
UPDATE sessions
SET position = ?, day = ?, starts = ?, ends = ?, title_sv = ?, title_en = ?, abstract_sv = ?, abstract_en = ?, parallel = ?,
  capacity = ?
WHERE id = ? AND event_id = ?`, position, s.Day.String(), int(s.Starts), int(s.Ends), s.Title.Sv, s.Title.En, s.Abstract.Sv,
		s.Abstract.En, s.Parallel, int(s.Capacity), s.ID, int64(event))
	if err != nil {
		return err
	}
	return tx.linkSessionSpeakers(ctx, s.ID, s.Speakers)
}

func (tx *Tx) linkSessionSpeakers(ctx context.Context, session int64, speakers []domain.Speaker) error {
	for i, s := range speakers {
		if err := tx.linkSpeaker(ctx, `INSERT INTO session_speakers (session_id, position, speaker_id) VALUES (?, ?, ?)`, session, i, s); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) replaceSpeakers(ctx context.Context, id domain.EventID, speakers []domain.Speaker) error {
	if _, err := tx.exec(ctx, `DELETE FROM event_speakers WHERE event_id = ?`, int64(id)); err != nil {
		return wrap("speakers", err)
	}
	for i, s := range speakers {
		if err := tx.linkSpeaker(ctx, `INSERT INTO event_speakers (event_id, position, speaker_id) VALUES (?, ?, ?)`, int64(id), i, s); err != nil {
			return wrap("speakers", err)
		}
	}
	return nil
}

// replaceQuestions keeps those that have been answered: their answers would mean nothing without.
func (tx *Tx) replaceQuestions(ctx context.Context, was, next domain.Event, answered map[int64][]string) error {
	id := int64(was.ID)
	for _, q := range was.Questions {
		if slices.ContainsFunc(next.Questions, func(o domain.Question) bool { return o.ID == q.ID }) {
			continue
		}
		query := `DELETE FROM questions WHERE id = ? AND event_id = ?`
		if _, ok := answered[q.ID]; ok {
			query = `UPDATE questions SET retired = TRUE WHERE id = ? AND event_id = ?`
		}
		if err := tx.changeOne(ctx, "remove question", query, q.ID, id); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, `UPDATE questions SET position = -1 - position WHERE event_id = ? AND retired = FALSE`, id); err != nil {
		return wrap("questions", err)
	}
	if err := tx.retiredLast(ctx, id, len(next.Questions)); err != nil {
		return err
	}
	for i, q := range next.Questions {
		if err := tx.putQuestion(ctx, id, i, q); err != nil {
			return fmt.Errorf("store: questions of %s: %w", was.Slug, err)
		}
	}
	return nil
}

// retiredLast puts the questions that are not asked any more behind those that are.
func (tx *Tx) retiredLast(ctx context.Context, event int64, asked int) error {
	var ids []int64
	if err := tx.list(ctx, &ids, `SELECT id FROM questions WHERE event_id = ? AND retired = TRUE ORDER BY id`, event); err != nil {
		return wrap("questions not asked", err)
	}
	for _, query := range []string{
		`UPDATE questions SET position = -100000 - ? WHERE id = ?`, `UPDATE questions SET position = ? WHERE id = ?`,
	} {
		for i, id := range ids {
			if _, err := tx.exec(ctx, query, asked+i, id); err != nil {
				return wrap("questions not asked", err)
			}
		}
	}
	return nil
}

func (tx *Tx) putQuestion(ctx context.Context, event int64, position int, q domain.Question) error {
	if q.ID == 0 {
		return tx.insertQuestion(ctx, event, position, q)
	}
	choices, err := pack(q.Choices)
	if err != nil {
		return err
	}
	return tx.changeOne(ctx, "question", `
UPDATE questions
SET position = ?, kind = ?, label_sv = ?, label_en = ?, hint_sv = ?, hint_en = ?, required = ?, choices = ?
WHERE id = ? AND event_id = ?`, position, string(q.Kind), q.Label.Sv, q.Label.En, q.Hint.Sv, q.Hint.En, q.Required, choices,
		q.ID, event)
}

// RetiredQuestions are the questions of an event that are not asked any more and have been answered.
func (q Queries) RetiredQuestions(ctx context.Context, id domain.EventID) ([]domain.Question, error) {
	return q.questionsWhere(ctx, `event_id = ? AND retired = TRUE`, int64(id))
}

// KnownSpeaker is someone who takes part somewhere, with the event where she does.
type KnownSpeaker struct {
	domain.Speaker
	Event domain.Event // id, owner, state and rules alone
}

// KnownSpeakers are those who take part at any event, once for each, the newest events first, at most
// 5,000.
func (q Queries) KnownSpeakers(ctx context.Context) ([]KnownSpeaker, error) {
	var rows []struct {
		speakerRow
		ownedRow
	}
	err := q.list(ctx, &rows, `
SELECT e.id AS parent, s.id, s.name, s.title_sv, s.title_en, s.organisation_sv, s.organisation_en,
  e.owner, e.state, coalesce((SELECT rules FROM event_rules WHERE event_id = e.id), '') AS rules
FROM (
  SELECT event_id, speaker_id FROM event_speakers
  UNION
  SELECT p.event_id, ss.speaker_id FROM session_speakers ss JOIN sessions p ON p.id = ss.session_id
) t
JOIN events e ON e.id = t.event_id
JOIN speakers s ON s.id = t.speaker_id
ORDER BY e.id DESC, s.id
LIMIT 5000`)
	if err != nil {
		return nil, wrap("known speakers", err)
	}
	out := make([]KnownSpeaker, len(rows))
	for i, r := range rows {
		out[i].Speaker = r.speaker()
		if out[i].Event, err = r.event(r.Parent); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ownedRow is what tells who may see something of an event.
type ownedRow struct {
	Owner string `db:"owner"`
	State string `db:"state"`
	Rules string `db:"rules"`
}

func (r ownedRow) event(id int64) (domain.Event, error) {
	e := domain.Event{ID: domain.EventID(id), Owner: domain.Organiser{Code: domain.OrganiserCode(r.Owner)}, State: domain.EventState(r.State)}
	return e, unpack(r.Rules, &e.Rules)
}

// KnownVenue is a house with an event that is held there.
type KnownVenue struct {
	domain.Venue
	Event domain.Event // id, owner, state and rules alone
}

// KnownVenues are the houses of the events of a county, once for each, the newest events first, at most
// 2,000.
func (q Queries) KnownVenues(ctx context.Context, county domain.OrganiserCode) ([]KnownVenue, error) {
	var rows []struct {
		venueRow
		ownedRow
		Event int64 `db:"event"`
	}
	err := q.list(ctx, &rows, `
SELECT v.id, v.name, v.address, v.postal_code, v.town, v.access, v.travel_sv, v.travel_en,
  e.id AS event, e.owner, e.state, coalesce((SELECT rules FROM event_rules WHERE event_id = e.id), '') AS rules
FROM events e JOIN venues v ON v.id = e.venue_id
WHERE e.owner = ?
ORDER BY e.id DESC
LIMIT 2000`, string(county))
	if err != nil {
		return nil, wrap("known venues", err)
	}
	out := make([]KnownVenue, len(rows))
	for i, r := range rows {
		if out[i].Venue, err = r.venue(); err != nil {
			return nil, err
		}
		if out[i].Event, err = r.ownedRow.event(r.Event); err != nil {
			return nil, err
		}
	}
	return out, nil
}
