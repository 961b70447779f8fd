package service

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// File is a document with its bytes.
type File struct {
	domain.Document
	Content []byte
}

// Editing puts events and news into the programme.
type Editing struct {
	Store *store.Store
	Now   func() time.Time
}

// PutOrganisers writes organisers, replacing those with the same codes.
func (s *Editing) PutOrganisers(ctx context.Context, a domain.Actor, organisers []domain.Organiser) error {
	return s.write(ctx, a, func(tx *store.Tx) error {
		for _, o := range organisers {
			if err := tx.PutOrganiser(ctx, o); err != nil {
				return err
			}
		}
		return nil
	})
}

// AddSeries writes a series and its events, each with the documents under its slug.
func (s *Editing) AddSeries(ctx context.Context, a domain.Actor, series domain.Series, files map[string][]File) error {
	return s.write(ctx, a, func(tx *store.Tx) error {
		id, err := tx.InsertSeries(ctx, series)
		if err != nil {
			return err
		}
		for _, e := range series.Events {
			e.SeriesID = id
			if err := s.addEvent(ctx, tx, a, e, files[e.Slug]); err != nil {
				return err
			}
		}
		return nil
	})
}

// AddEvent writes an event of its own with its documents.
func (s *Editing) AddEvent(ctx context.Context, a domain.Actor, e domain.Event, files []File) error {
	return s.write(ctx, a, func(tx *store.Tx) error { return s.addEvent(ctx, tx, a, e, files) })
}

func (s *Editing) addEvent(ctx context.Context, tx *store.Tx, a domain.Actor, e domain.Event, files []File) error {
	if !a.MayAt(domain.PermEditProgramme, e) {
		return domain.NotFound("event.not_found")
	}
	if !e.Venue.IsZero() {
		id, err := tx.InsertVenue(ctx, e.Venue)
		if err != nil {
			return err
		}
		e.Venue.ID = id
	}
	if e.Terms.Version == 0 {
		e.Terms.Version = 1
	}
	e.UpdatedAt = s.Now()
	id, err := tx.InsertEvent(ctx, e)
	if err != nil {
		return err
	}
	for i, f := range files {
		if err := tx.InsertDocument(ctx, store.DocumentOwner{Event: id}, i, f.Document, f.Content); err != nil {
			return err
		}
	}
	return nil
}

// AddNews writes a news item with its documents; it is seen from its PublishedAt on.
func (s *Editing) AddNews(ctx context.Context, a domain.Actor, n domain.News, files []File) error {
	return s.write(ctx, a, func(tx *store.Tx) error {
		id, err := tx.InsertNews(ctx, n)
		if err != nil {
			return err
		}
		for i, f := range files {
			if err := tx.InsertDocument(ctx, store.DocumentOwner{News: id}, i, f.Document, f.Content); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Editing) write(ctx context.Context, a domain.Actor, fn func(tx *store.Tx) error) error {
	if err := a.Require(domain.PermEditProgramme); err != nil {
		return err
	}
	return s.Store.Write(ctx, fn)
}
