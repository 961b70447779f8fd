package store

import (
	"context"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

type seriesRow struct {
	ID        int64  `db:"id"`
	Slug      string `db:"slug"`
	Announced string `db:"announced"`
	TitleSv   string `db:"title_sv"`
	TitleEn   string `db:"title_en"`
	KickerSv  string `db:"kicker_sv"`
	KickerEn  string `db:"kicker_en"`
	LeadSv    string `db:"lead_sv"`
	LeadEn    string `db:"lead_en"`
	BodySv    string `db:"body_sv"`
	BodyEn    string `db:"body_en"`
}

const seriesColumns = `id, slug, announced, title_sv, title_en, kicker_sv, kicker_en, lead_sv, lead_en, body_sv, body_en`

func (r seriesRow) series() (domain.Series, error) {
	d, err := day(r.Announced)
	if err != nil {
		return domain.Series{}, err
	}
	return domain.Series{
		ID: domain.SeriesID(r.ID), Slug: r.Slug, Announced: d,
		Title:  domain.Text{Sv: r.TitleSv, En: r.TitleEn},
		Kicker: domain.Text{Sv: r.KickerSv, En: r.KickerEn},
		Lead:   domain.Text{Sv: r.LeadSv, En: r.LeadEn},
		Body:   domain.Text{Sv: r.BodySv, En: r.BodyEn},
	}, nil
}

// Series is the series with a slug, without its events; domain.ErrNotFound where there is none.
func (q Queries) Series(ctx context.Context, slug string) (domain.Series, error) {
	all, err := q.seriesWhere(ctx, `slug = ?`, slug)
	if err != nil {
		return domain.Series{}, err
	}
	if len(all) == 0 {
		return domain.Series{}, domain.NotFound("series.not_found")
	}
	return all[0], nil
}

// AllSeries are all series, without their events, the newest first.
func (q Queries) AllSeries(ctx context.Context) ([]domain.Series, error) {
	return q.seriesWhere(ctx, `1 = 1`)
}

func (q Queries) seriesWhere(ctx context.Context, where string, args ...any) ([]domain.Series, error) {
	var rows []seriesRow
	err := q.list(ctx, &rows, `
SELECT `+seriesColumns+`
FROM series
WHERE `+where+`
ORDER BY announced DESC, id DESC
LIMIT 1000`, args...)
	if err != nil {
		return nil, fmt.Errorf("store: series: %w", err)
	}
	out := make([]domain.Series, len(rows))
	for i, r := range rows {
		if out[i], err = r.series(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// InsertSeries writes a series without its events.
func (tx *Tx) InsertSeries(ctx context.Context, s domain.Series) (domain.SeriesID, error) {
	tx.changes.programme = true
	id, err := tx.insert(ctx, `
INSERT INTO series (slug, announced, title_sv, title_en, kicker_sv, kicker_en, lead_sv, lead_en, body_sv, body_en)
VALUES (`+marks(10)+`)
RETURNING id`, s.Slug, s.Announced.String(), s.Title.Sv, s.Title.En, s.Kicker.Sv, s.Kicker.En,
		s.Lead.Sv, s.Lead.En, s.Body.Sv, s.Body.En)
	if err != nil {
		return 0, fmt.Errorf("store: series %s: %w", s.Slug, err)
	}
	return domain.SeriesID(id), nil
}

// ReplaceSeries writes the words of a series anew.
func (tx *Tx) ReplaceSeries(ctx context.Context, s domain.Series) error {
	tx.changes.programme = true
	return tx.changeOne(ctx, "series", `
UPDATE series
SET title_sv = ?, title_en = ?, kicker_sv = ?, kicker_en = ?, lead_sv = ?, lead_en = ?, body_sv = ?, body_en = ?
WHERE id = ?`, s.Title.Sv, s.Title.En, s.Kicker.Sv, s.Kicker.En, s.Lead.Sv, s.Lead.En, s.Body.Sv, s.Body.En, int64(s.ID))
}

// PutInSeries makes an event one of a series.
func (tx *Tx) PutInSeries(ctx context.Context, event domain.EventID, series domain.SeriesID) error {
	tx.changes.programme = true
	return tx.changeOne(ctx, "series of an event", `UPDATE events SET series_id = ? WHERE id = ?`, orNull(int64(series)), int64(event))
}
