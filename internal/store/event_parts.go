package store

import (
	"context"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

type venueRow struct {
	ID         int64  `db:"id"`
	Name       string `db:"name"`
	Address    string `db:"address"`
	PostalCode string `db:"postal_code"`
	Town       string `db:"town"`
	Access     string `db:"access"`
	TravelSv   string `db:"travel_sv"`
	TravelEn   string `db:"travel_en"`
}

const venueColumns = `id, name, address, postal_code, town, access, travel_sv, travel_en`

func (r venueRow) venue() (domain.Venue, error) {
	v := domain.Venue{
		ID: r.ID, Name: r.Name, Address: r.Address, PostalCode: r.PostalCode, Town: r.Town,
		Travel: domain.Text{Sv: r.TravelSv, En: r.TravelEn},
	}
	return v, unpack(r.Access, &v.Access)
}

type speakerRow struct {
	Parent         int64  `db:"parent"`
	ID             int64  `db:"id"`
	Name           string `db:"name"`
	TitleSv        string `db:"title_sv"`
	TitleEn        string `db:"title_en"`
	OrganisationSv string `db:"organisation_sv"`
	OrganisationEn string `db:"organisation_en"`
}

func (r speakerRow) speaker() domain.Speaker {
	return domain.Speaker{
		ID: r.ID, Name: r.Name, Title: domain.Text{Sv: r.TitleSv, En: r.TitleEn},
		Organisation: domain.Text{Sv: r.OrganisationSv, En: r.OrganisationEn},
	}
}

// FillEvent adds to an event its programme, speakers, questions and documents.
func (q Queries) FillEvent(ctx context.Context, e *domain.Event) error {
	var err error
	if e.Programme, err = q.programme(ctx, e.ID); err != nil {
		return err
	}
	if e.Speakers, err = q.eventSpeakers(ctx, e.ID); err != nil {
		return err
	}
	if e.Questions, err = q.questions(ctx, e.ID); err != nil {
		return err
	}
	e.Documents, err = q.documents(ctx, `event_id = ?`, int64(e.ID))
	return err
}

func (q Queries) programme(ctx context.Context, id domain.EventID) ([]domain.Session, error) {
	var rows []struct {
		ID         int64  `db:"id"`
		Day        string `db:"day"`
		Starts     int    `db:"starts"`
		Ends       int    `db:"ends"`
		TitleSv    string `db:"title_sv"`
		TitleEn    string `db:"title_en"`
		AbstractSv string `db:"abstract_sv"`
		AbstractEn string `db:"abstract_en"`
		Parallel   string `db:"parallel"`
		Capacity   int    `db:"capacity"`
		Taken      int    `db:"taken"`
	}
	err := q.list(ctx, &rows, `
SELECT id, day, starts, ends, title_sv, title_en, abstract_sv, abstract_en, parallel, capacity, taken
FROM sessions
WHERE event_id = ?
ORDER BY position, id
LIMIT 500`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("store: programme: %w", err)
	}
	speakers, err := q.sessionSpeakers(ctx, id)
	if err != nil {
		return nil, err
	}
	out := make([]domain.Session, len(rows))
	for i, r := range rows {
		d, err := day(r.Day)
		if err != nil {
			return nil, err
		}
		out[i] = domain.Session{
			ID: r.ID, Day: d, Starts: domain.Clock(r.Starts), Ends: domain.Clock(r.Ends),
			Title: domain.Text{Sv: r.TitleSv, En: r.TitleEn}, Abstract: domain.Text{Sv: r.AbstractSv, En: r.AbstractEn},
			Speakers: speakers[r.ID],
			Parallel: r.Parallel, Capacity: domain.Seats(r.Capacity), Taken: domain.Seats(r.Taken),
		}
	}
	return out, nil
}

func (q Queries) sessionSpeakers(ctx context.Context, id domain.EventID) (map[int64][]domain.Speaker, error) {
	var rows []speakerRow
	err := q.list(ctx, &rows, `
SELECT ss.session_id AS parent, s.id, s.name, s.title_sv, s.title_en, s.organisation_sv, s.organisation_en
FROM session_speakers ss
JOIN sessions p ON p.id = ss.session_id
JOIN speakers s ON s.id = ss.speaker_id
WHERE p.event_id = ?
ORDER BY ss.session_id, ss.position
LIMIT 2000`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("store: speakers of sessions: %w", err)
	}
	out := make(map[int64][]domain.Speaker)
	for _, r := range rows {
		out[r.Parent] = append(out[r.Parent], r.speaker())
	}
	return out, nil
}

func (q Queries) eventSpeakers(ctx context.Context, id domain.EventID) ([]domain.Speaker, error) {
	var rows []speakerRow
	err := q.list(ctx, &rows, `
SELECT es.event_id AS parent, s.id, s.name, s.title_sv, s.title_en, s.organisation_sv, s.organisation_en
FROM event_speakers es JOIN speakers s ON s.id = es.speaker_id
WHERE es.event_id = ?
ORDER BY es.position
LIMIT 500`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("store: speakers: %w", err)
	}
	var out []domain.Speaker
	for _, r := range rows {
		out = append(out, r.speaker())
	}
	return out, nil
}

// questions are those that are asked.
func (q Queries) questions(ctx context.Context, id domain.EventID) ([]domain.Question, error) {
	return q.questionsWhere(ctx, `event_id = ? AND retired = FALSE`, int64(id))
}

func (q Queries) questionsWhere(ctx context.Context, where string, args ...any) ([]domain.Question, error) {
	var rows []struct {
		ID       int64  `db:"id"`
		Position int    `db:"position"`
		Kind     string `db:"kind"`
		LabelSv  string `db:"label_sv"`
		LabelEn  string `db:"label_en"`
		HintSv   string `db:"hint_sv"`
		HintEn   string `db:"hint_en"`
		Required bool   `db:"required"`
		Choices  string `db:"choices"`
	}
	err := q.list(ctx, &rows, `
SELECT id, position, kind, label_sv, label_en, hint_sv, hint_en, required, choices
FROM questions
WHERE `+where+`
ORDER BY position, id
LIMIT 200`, args...)
	if err != nil {
		return nil, fmt.Errorf("store: questions: %w", err)
	}
	out := make([]domain.Question, len(rows))
	for i, r := range rows {
		out[i] = domain.Question{
			ID: r.ID, Position: r.Position, Kind: domain.QuestionKind(r.Kind), Required: r.Required,
			Label: domain.Text{Sv: r.LabelSv, En: r.LabelEn}, Hint: domain.Text{Sv: r.HintSv, En: r.HintEn},
		}
		if err := unpack(r.Choices, &out[i].Choices); err != nil {
			return nil, err
		}
	}
	return out, nil
}
