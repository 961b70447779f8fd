package store

import (
	"context"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

// InsertVenue writes a venue.
func (tx *Tx) InsertVenue(ctx context.Context, v domain.Venue) (int64, error) {
	tx.changes.programme = true
	access, err := pack(v.Access)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(ctx, `
INSERT INTO venues (name, address, postal_code, town, access, travel_sv, travel_en)
VALUES (`+marks(7)+`)
RETURNING id`, v.Name, v.Address, v.PostalCode, v.Town, access, v.Travel.Sv, v.Travel.En)
	if err != nil {
		return 0, fmt.Errorf("store: venue: %w", err)
	}
	return id, nil
}

// InsertEvent writes an event with its words, first terms, programme, speakers and questions. Its
// owner, series and venue must be there; its counters start at nothing.
func (tx *Tx) InsertEvent(ctx context.Context, e domain.Event) (domain.EventID, error) {
	tx.changes.programme = true
	id, err := tx.insertFacts(ctx, e)
	if err != nil {
		return 0, fmt.Errorf("store: event %s: %w", e.Slug, err)
	}
	if err := tx.PutRules(ctx, id, e.Rules); err != nil {
		return 0, err
	}
	if err := tx.insertTexts(ctx, id, e); err != nil {
		return 0, fmt.Errorf("store: words of %s: %w", e.Slug, err)
	}
	if _, err := tx.exec(ctx, `INSERT INTO terms (event_id, version, text_sv, text_en) VALUES (?, ?, ?, ?)`,
		int64(id), e.Terms.Version, e.Terms.Text.Sv, e.Terms.Text.En); err != nil {
		return 0, fmt.Errorf("store: terms of %s: %w", e.Slug, err)
	}
	if err := tx.insertProgramme(ctx, id, e.Programme); err != nil {
		return 0, fmt.Errorf("store: programme of %s: %w", e.Slug, err)
	}
	for i, s := range e.Speakers {
		if err := tx.linkSpeaker(ctx, `INSERT INTO event_speakers (event_id, position, speaker_id) VALUES (?, ?, ?)`, int64(id), i, s); err != nil {
			return 0, fmt.Errorf("store: speakers of %s: %w", e.Slug, err)
		}
	}
	if err := tx.insertQuestions(ctx, id, e.Questions); err != nil {
		return 0, fmt.Errorf("store: questions of %s: %w", e.Slug, err)
	}
	return id, nil
}

func (tx *Tx) insertFacts(ctx context.Context, e domain.Event) (domain.EventID, error) {
	id, err := tx.insert(ctx, `
INSERT INTO events (series_id, slug, owner, kind, state, day, last_day, arrival, starts, ends, venue_id, town, online,
  language, capacity, waiting_list, opens_at, register_until, cancel_until, after_cancel, no_show_fee, terms_version,
  binding, contact_name, contact_phone, contact_email, case_number, retention_weeks, retention_support, revision, updated_at)
VALUES (`+marks(31)+`)
RETURNING id`,
		orNull(int64(e.SeriesID)), e.Slug, string(e.Owner.Code), string(e.Kind), string(e.State), e.Day.String(),
		e.LastDay.String(), int(e.Arrival), int(e.Starts), int(e.Ends), orNull(e.Venue.ID), e.Town, e.Online,
		string(e.Language), int(e.Capacity), e.WaitingList, stamp(e.OpensAt), e.RegisterUntil.String(),
		e.CancelUntil.String(), string(e.AfterCancel), e.NoShowFee, e.Terms.Version, e.Binding, e.Contact.Name,
		e.Contact.Phone, e.Contact.Email, e.CaseNumber, e.Retention.Weeks, e.Retention.Support, e.Revision, stamp(e.UpdatedAt))
	return domain.EventID(id), err
}

// PutRules writes what the organiser has decided about the life of registrations at an event.
func (tx *Tx) PutRules(ctx context.Context, id domain.EventID, r domain.Rules) error {
	tx.changes.programme = true
	rules, err := pack(r)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `
INSERT INTO event_rules (event_id, rules) VALUES (?, ?)
ON CONFLICT (event_id) DO UPDATE SET rules = excluded.rules`, int64(id), rules)
	if err != nil {
		return fmt.Errorf("store: rules: %w", err)
	}
	return nil
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func (tx *Tx) insertTexts(ctx context.Context, id domain.EventID, e domain.Event) error {
	groups, err := pack(e.TargetGroup)
	if err != nil {
		return err
	}
	inviters, err := pack(e.InvitedBy)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO event_texts (`+textColumns+`) VALUES (`+marks(17)+`)`,
		int64(id), e.Title.Sv, e.Title.En, e.Lead.Sv, e.Lead.En, e.Body.Sv, e.Body.En, e.Cost.Sv, e.Cost.En,
		e.CancelNote.Sv, e.CancelNote.En, e.PhotoNote.Sv, e.PhotoNote.En, e.Calendar.Sv, e.Calendar.En, groups, inviters)
	return err
}

func (tx *Tx) insertProgramme(ctx context.Context, id domain.EventID, sessions []domain.Session) error {
	for i, s := range sessions {
		if err := tx.insertSession(ctx, id, i, s); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) insertSession(ctx context.Context, event domain.EventID, position int, s domain.Session) error {
	id, err := tx.insert(ctx, `
INSERT INTO sessions (event_id, position, day, starts, ends, title_sv, title_en, abstract_sv, abstract_en, parallel, capacity)
VALUES (`+marks(11)+`)
RETURNING id`, int64(event), position, s.Day.String(), int(s.Starts), int(s.Ends), s.Title.Sv, s.Title.En, s.Abstract.Sv,
		s.Abstract.En, s.Parallel, int(s.Capacity))
	if err != nil {
		return err
	}
	return tx.linkSessionSpeakers(ctx, id, s.Speakers)
}

// linkSpeaker finds or writes the speaker, and links. One who is told of otherwise anywhere is another:
// what is said of her at one event never changes what is said at the next.
func (tx *Tx) linkSpeaker(ctx context.Context, link string, parent int64, position int, s domain.Speaker) error {
	var ids []int64
	err := tx.list(ctx, &ids, `
SELECT id FROM speakers
WHERE name = ? AND title_sv = ? AND title_en = ? AND organisation_sv = ? AND organisation_en = ?
ORDER BY id
LIMIT 1`, s.Name, s.Title.Sv, s.Title.En, s.Organisation.Sv, s.Organisation.En)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		id, err := tx.insert(ctx, `
INSERT INTO speakers (name, title_sv, title_en, organisation_sv, organisation_en)
VALUES (`+marks(5)+`)
RETURNING id`, s.Name, s.Title.Sv, s.Title.En, s.Organisation.Sv, s.Organisation.En)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	_, err = tx.exec(ctx, link, parent, position, ids[0])
	return err
}

func (tx *Tx) insertQuestions(ctx context.Context, id domain.EventID, questions []domain.Question) error {
	for i, q := range questions {
		if err := tx.insertQuestion(ctx, int64(id), i, q); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) insertQuestion(ctx context.Context, event int64, position int, q domain.Question) error {
	choices, err := pack(q.Choices)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `
INSERT INTO questions (event_id, position, kind, label_sv, label_en, hint_sv, hint_en, required, choices)
VALUES (`+marks(9)+`)`, event, position, string(q.Kind), q.Label.Sv, q.Label.En, q.Hint.Sv, q.Hint.En, q.Required, choices)
	return err
}
