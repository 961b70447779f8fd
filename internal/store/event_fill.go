package store

import (
	"context"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

// fillEvents adds owners, venues, series slugs, words and terms: four short queries however many
// events there are.
func (q Queries) fillEvents(ctx context.Context, events []domain.Event) error {
	if len(events) == 0 {
		return nil
	}
	ids := make([]any, len(events))
	at := make(map[int64]*domain.Event, len(events))
	for i := range events {
		ids[i] = int64(events[i].ID)
		at[int64(events[i].ID)] = &events[i]
	}
	if err := q.fillOwners(ctx, events); err != nil {
		return err
	}
	if err := q.fillVenues(ctx, events); err != nil {
		return err
	}
	if err := q.fillSeriesSlugs(ctx, at, ids); err != nil {
		return err
	}
	if err := q.fillTexts(ctx, at, ids); err != nil {
		return err
	}
	return q.fillTerms(ctx, at, ids)
}

func (q Queries) fillOwners(ctx context.Context, events []domain.Event) error {
	organisers, err := q.Organisers(ctx)
	if err != nil {
		return err
	}
	byCode := make(map[domain.OrganiserCode]domain.Organiser, len(organisers))
	for _, o := range organisers {
		byCode[o.Code] = o
	}
	for i := range events {
		events[i].Owner = byCode[events[i].Owner.Code]
	}
	return nil
}

func (q Queries) fillVenues(ctx context.Context, events []domain.Event) error {
	var ids []any
	for _, e := range events {
		if e.Venue.ID != 0 {
			ids = append(ids, e.Venue.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []venueRow
	err := q.list(ctx, &rows, `SELECT `+venueColumns+` FROM venues WHERE id IN (`+marks(len(ids))+`) ORDER BY id`, ids...)
	if err != nil {
		return fmt.Errorf("store: venues: %w", err)
	}
	byID := make(map[int64]domain.Venue, len(rows))
	for _, r := range rows {
		v, err := r.venue()
		if err != nil {
			return err
		}
		byID[r.ID] = v
	}
	for i := range events {
		events[i].Venue = byID[events[i].Venue.ID]
	}
	return nil
}

func (q Queries) fillSeriesSlugs(ctx context.Context, at map[int64]*domain.Event, ids []any) error {
	var rows []struct {
		EventID int64  `db:"event_id"`
		Slug    string `db:"slug"`
	}
	err := q.list(ctx, &rows, `
SELECT e.id AS event_id, s.slug
FROM events e JOIN series s ON s.id = e.series_id
WHERE e.id IN (`+marks(len(ids))+`)
ORDER BY e.id`, ids...)
	if err != nil {
		return fmt.Errorf("store: series of events: %w", err)
	}
	for _, r := range rows {
		at[r.EventID].SeriesSlug = r.Slug
	}
	return nil
}

func (q Queries) fillTexts(ctx context.Context, at map[int64]*domain.Event, ids []any) error {
	var rows []textRow
	err := q.list(ctx, &rows, `
SELECT `+textColumns+`
FROM event_texts
WHERE event_id IN (`+marks(len(ids))+`)
ORDER BY event_id`, ids...)
	if err != nil {
		return fmt.Errorf("store: words of events: %w", err)
	}
	for _, r := range rows {
		if err := r.fill(at[r.EventID]); err != nil {
			return err
		}
	}
	return nil
}

type termsRow struct {
	ID      int64  `db:"id"`
	EventID int64  `db:"event_id"`
	Version int    `db:"version"`
	TextSv  string `db:"text_sv"`
	TextEn  string `db:"text_en"`
}

func (r termsRow) terms() domain.Terms {
	return domain.Terms{ID: r.ID, Version: r.Version, Text: domain.Text{Sv: r.TextSv, En: r.TextEn}}
}

func (q Queries) fillTerms(ctx context.Context, at map[int64]*domain.Event, ids []any) error {
	var rows []termsRow
	err := q.list(ctx, &rows, `
SELECT t.id, t.event_id, t.version, t.text_sv, t.text_en
FROM terms t JOIN events e ON e.id = t.event_id AND e.terms_version = t.version
WHERE t.event_id IN (`+marks(len(ids))+`)
ORDER BY t.event_id`, ids...)
	if err != nil {
		return fmt.Errorf("store: terms: %w", err)
	}
	for _, r := range rows {
		at[r.EventID].Terms = r.terms()
	}
	return nil
}

// TermsByID is one version of an event's terms; domain.ErrNotFound where there is none.
func (q Queries) TermsByID(ctx context.Context, id int64) (domain.Terms, error) {
	var r termsRow
	err := q.one(ctx, &r, "terms", `SELECT id, event_id, version, text_sv, text_en FROM terms WHERE id = ?`, id)
	return r.terms(), err
}
