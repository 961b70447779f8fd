package service

import (
	"context"
	"errors"
	"strconv"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// NewSeries is a series with several towns at once, and what its events have in common.
type NewSeries struct {
	Kind   domain.EventKind // "" means a theme day
	Title  domain.Text
	Kicker domain.Text
	Lead   domain.Text
	Body   domain.Text
	Towns  []domain.SeriesTown
}

// CreateSeries makes a series and a draft in each town with its words. It answers the slugs, those of the
// events in the order of the towns. Faults: "title_sv" and those of the other words, "towns" where none is
// named or one twice, "town_2_owner" for a county where the actor may make none, and "town_2_day" and so on
// for what is told of the second town's occasion.
func (s *Events) CreateSeries(ctx context.Context, a domain.Actor, in NewSeries) (slug string, events []string, err error) {
	err = s.write(ctx, a, func(tx *store.Tx) error {
		events = nil
		series, drafts, err := s.readNewSeries(ctx, tx.Queries, a, in)
		if err != nil {
			return err
		}
		made, err := s.addSeries(ctx, tx, a, in.Towns[0].Owner, series)
		if err != nil {
			return err
		}
		slug = made.Slug
		for _, e := range drafts {
			e.SeriesID = made.ID
			one, err := s.add(ctx, tx, a, e, domain.AuditEventCreated, map[string]string{"series": slug})
			if err != nil {
				return err
			}
			events = append(events, one)
		}
		return nil
	})
	return slug, events, err
}

// readNewSeries reads the words of a series and what is told of every town, and gathers every fault of all of
// it. What is wrong with the words they share is told once, of the words.
func (s *Events) readNewSeries(ctx context.Context, q store.Queries, a domain.Actor, in NewSeries) (domain.Series, []domain.Event, error) {
	v := &domain.Invalid{}
	series, err := domain.ReadSeries(domain.Series{Title: in.Title, Kicker: in.Kicker, Lead: in.Lead, Body: in.Body})
	if err := gather(v, err); err != nil {
		return series, nil, err
	}
	names := make([]string, 0, len(in.Towns))
	for _, t := range in.Towns {
		names = append(names, t.Town)
	}
	towns, err := readTowns(names, "")
	if err == nil && (len(towns) != len(in.Towns) || towns[0] == "") {
		err = oneFault("towns", "edit.towns.missing")
	}
	if err != nil {
		if err := gather(v, err); err != nil {
			return series, nil, err
		}
		return series, nil, v.Err()
	}
	drafts, err := s.townDrafts(ctx, q, a, in, towns, v)
	if err != nil {
		return series, nil, err
	}
	return series, drafts, v.Err()
}

// gather adds the faults of a refusal to v, and gives back every other error.
func gather(v *domain.Invalid, err error) error {
	var wrong *domain.Invalid
	if !errors.As(err, &wrong) {
		return err
	}
	v.Faults = append(v.Faults, wrong.Faults...)
	return nil
}

// townDrafts is a draft for each town, and notes in v what is wrong with them.
func (s *Events) townDrafts(ctx context.Context, q store.Queries, a domain.Actor, in NewSeries, towns []string, v *domain.Invalid) ([]domain.Event, error) {
	var out []domain.Event
	for i, t := range in.Towns {
		o, err := s.ownerOf(ctx, q, a, t.Owner)
		var wrong *domain.Invalid
		switch {
		case errors.As(err, &wrong):
			v.Add(domain.RowField("town", i, "owner"), "edit.owner.wrong", nil) // and read on: the rest may be wrong too
		case err != nil:
			return nil, err
		}
		entry := t.Entry(domain.EntryOf(domain.NewEvent(o, in.Title, towns[i])))
		entry.Kind, entry.Lead, entry.Body = string(in.Kind), in.Lead, in.Body
		e, err := s.begin(o, entry)
		switch {
		case errors.As(err, &wrong):
			addTownFaults(v, i, wrong)
		case err != nil:
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func addTownFaults(v *domain.Invalid, town int, wrong *domain.Invalid) {
	for _, f := range wrong.Faults {
		switch f.Field {
		case "day", "starts", "ends", "venue", "address", "capacity":
			v.Add(domain.RowField("town", town, f.Field), f.Key, f.Args)
		default:
			addOnce(v, f.Field, f)
		}
	}
}

// addSeries writes a new series under a slug of its own.
func (s *Events) addSeries(ctx context.Context, tx *store.Tx, a domain.Actor, county domain.OrganiserCode, series domain.Series) (domain.Series, error) {
	slug, err := freeSlug(domain.SlugOf(series.Title.Sv, ""), func(slug string) (bool, error) { return tx.SlugTaken(ctx, slug) })
	if err != nil {
		return series, err
	}
	series.Slug, series.Announced, series.Events = slug, domain.DateIn(s.Now()), nil
	if series.ID, err = tx.InsertSeries(ctx, series); err != nil {
		return series, err
	}
	return series, s.auditSeries(ctx, tx, a, county, series, domain.AuditSeriesCreated)
}

func (s *Events) auditSeries(ctx context.Context, tx *store.Tx, a domain.Actor, county domain.OrganiserCode, series domain.Series, action domain.AuditAction) error {
	return tx.Audit(ctx, domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, County: county, Action: action, Object: "series",
		ObjectID: strconv.FormatInt(int64(series.ID), 10), Details: map[string]string{"series": series.Slug},
	})
}

// Series is a series for whoever may edit an event of it: its words, those of its events that the actor may
// edit, drafts too, the public ones of others, and the mark to be sent with what is typed.
func (s *Events) Series(ctx context.Context, a domain.Actor, slug string) (domain.Series, string, error) {
	series, err := s.reachSeries(ctx, s.Store.Queries, a, slug)
	return series, domain.SeriesMark(series), err
}

func (s *Events) reachSeries(ctx context.Context, q store.Queries, a domain.Actor, slug string) (domain.Series, error) {
	absent := domain.NotFound("series.not_found")
	if err := a.Require(domain.PermEditProgramme); err != nil {
		return domain.Series{}, absent
	}
	series, err := q.Series(ctx, slug)
	if err != nil {
		return domain.Series{}, err
	}
	events, err := q.Events(ctx, store.EventScope{Series: series.ID, Drafts: true})
	if err != nil {
		return domain.Series{}, err
	}
	for _, e := range events {
		if a.MayAt(domain.PermEditProgramme, e) {
			series.Events = append(series.Events, e)
		} else if e.State != domain.EventDraft {
			series.Others = append(series.Others, e)
		}
	}
	if len(series.Events) == 0 {
		return domain.Series{}, absent
	}
	return series, nil
}

// SaveSeries writes the words of a series anew. Refusals: *domain.Invalid for the fields "title_sv" and so
// on; of class CodeConflict "event.edited_meanwhile" where somebody else has saved since seen.
func (s *Events) SaveSeries(ctx context.Context, a domain.Actor, slug, seen string, words domain.Series) error {
	return s.write(ctx, a, func(tx *store.Tx) error {
		was, err := s.reachSeries(ctx, tx.Queries, a, slug)
		if err != nil {
			return err
		}
		next, err := domain.ReadSeries(words)
		if err != nil {
			return err
		}
		next.ID, next.Slug, next.Announced = was.ID, was.Slug, was.Announced
		switch domain.SeriesMark(was) {
		case domain.SeriesMark(next):
			return nil
		case seen:
		default:
			return &domain.Error{Code: domain.CodeConflict, Key: "event.edited_meanwhile"}
		}
		if err := tx.ReplaceSeries(ctx, next); err != nil {
			return err
		}
		return s.auditSeries(ctx, tx, a, was.Events[0].Owner.Code, next, domain.AuditSeriesSaved)
	})
}
