package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// NewEvent is what a draft begins with.
type NewEvent struct {
	Owner domain.OrganiserCode
	Kind  domain.EventKind // "" means a theme day
	Title domain.Text
	Town  string
}

// Create makes a draft with nothing but a title, and answers its slug. Faults: "title_sv", and "owner" for a
// county where the actor may make none.
func (s *Events) Create(ctx context.Context, a domain.Actor, in NewEvent) (slug string, err error) {
	err = s.write(ctx, a, func(tx *store.Tx) error {
		o, err := s.ownerOf(ctx, tx.Queries, a, in.Owner)
		if err != nil {
			return err
		}
		entry := domain.EntryOf(domain.NewEvent(o, in.Title, in.Town))
		entry.Kind = string(in.Kind)
		e, err := s.begin(o, entry)
		if err != nil {
			return err
		}
		slug, err = s.add(ctx, tx, a, e, domain.AuditEventCreated, nil)
		return err
	})
	return slug, err
}

// begin is a draft of a county as an entry tells of it.
func (s *Events) begin(o domain.Organiser, entry domain.EventEntry) (domain.Event, error) {
	e, err := domain.NewEvent(o, domain.Text{}, "").ReadEvent(entry, domain.DateIn(s.Now()))
	e.Terms.Version = 1
	return e, err
}

func (s *Events) write(ctx context.Context, a domain.Actor, fn func(tx *store.Tx) error) error {
	if err := a.Require(domain.PermEditProgramme); err != nil {
		return err
	}
	return s.Store.Write(ctx, fn)
}

// ownerOf is the county administration that a new event is to belong to.
func (s *Events) ownerOf(ctx context.Context, q store.Queries, a domain.Actor, code domain.OrganiserCode) (domain.Organiser, error) {
	o, err := organiser(ctx, q, code)
	if errors.Is(err, domain.ErrNotFound) || (err == nil && !a.MayIn(domain.PermEditProgramme, code)) {
		return o, oneFault("owner", "edit.owner.wrong")
	}
	return o, err
}

// add writes a new draft under a slug of its own.
func (s *Events) add(ctx context.Context, tx *store.Tx, a domain.Actor, e domain.Event, action domain.AuditAction, details map[string]string) (string, error) {
	slug, err := freeSlug(domain.SlugOf(e.Title.Sv, e.Town), func(slug string) (bool, error) { return tx.SlugTaken(ctx, slug) })
	if err != nil {
		return "", err
	}
	e.Slug, e.UpdatedAt = slug, s.Now()
	if e.ID, err = tx.NewDraft(ctx, e); err != nil {
		return "", err
	}
	return slug, s.audit(ctx, tx, a, e, action, details)
}

// freeSlug is the first of the slug's next ones that is not taken.
func freeSlug(slug string, taken func(string) (bool, error)) (string, error) {
	for n := 1; n < 10_000; n++ {
		try := domain.NextSlug(slug, n)
		if is, err := taken(try); err != nil || !is {
			return try, err
		}
	}
	return "", fmt.Errorf("service: no address is free that begins with %s", slug)
}

// CopySeries says which series a copy belongs to.
type CopySeries string

// The answers.
const (
	CopyAlone CopySeries = ""     // none
	CopySame  CopySeries = "same" // the one of the event that is copied: another town
	CopyNew   CopySeries = "new"  // one of its own, with the words of the old one where there was one
)

// CopyInput is what is to be copied, and where to.
type CopyInput struct {
	Slug   string
	Towns  []string             // none means one copy in the same town
	Owner  domain.OrganiserCode // "" means the owner of what is copied
	Series CopySeries
}

// Copied is a copy that was made.
type Copied struct {
	Slug string
	Town string
	// OldDays names the fields of running text that tell of a day: those of the event that was copied.
	OldDays []string
}

// Copy makes a draft in each town with the texts, the form and the rules of an event. Never anything of a
// participant; every day must be entered again. Faults: "owner" as for Create, "towns" for one that is named
// twice.
func (s *Events) Copy(ctx context.Context, a domain.Actor, in CopyInput) (out []Copied, err error) {
	err = s.write(ctx, a, func(tx *store.Tx) error {
		out = nil
		e, err := s.reach(ctx, tx.Queries, a, domain.PermEditProgramme, in.Slug)
		if err != nil {
			return err
		}
		o, err := s.ownerOf(ctx, tx.Queries, a, or(in.Owner, e.Owner.Code))
		if err != nil {
			return err
		}
		towns, err := readTowns(in.Towns, e.Town)
		if err != nil {
			return err
		}
		if e.SeriesID, err = s.copySeries(ctx, tx, a, e, in.Series); err != nil {
			return err
		}
		for _, town := range towns {
			c, err := s.copyTo(ctx, tx, a, e, o, town)
			if err != nil {
				return err
			}
			out = append(out, c)
		}
		return nil
	})
	return out, err
}

func (s *Events) copyTo(ctx context.Context, tx *store.Tx, a domain.Actor, e domain.Event, o domain.Organiser, town string) (Copied, error) {
	c := e.CopyFor(town)
	c.SeriesID = e.SeriesID
	if c.Owner = o; o.Code != e.Owner.Code {
		c.Contact = domain.Contact{Name: o.Short, Phone: o.Phone, Email: o.Email}
		c.Retention = domain.Retention{} // its decision was the other county's
	}
	slug, err := s.add(ctx, tx, a, c, domain.AuditEventCopied, map[string]string{"from": e.Slug})
	if err == nil {
		var id domain.EventID
		if id, err = tx.EventID(ctx, slug); err == nil {
			err = tx.CopyAutomatics(ctx, e.ID, id)
		}
	}
	return Copied{Slug: slug, Town: c.Town, OldDays: c.TextsWithDays()}, err
}

// copySeries is the series that copies belong to, 0 for none.
func (s *Events) copySeries(ctx context.Context, tx *store.Tx, a domain.Actor, e domain.Event, which CopySeries) (domain.SeriesID, error) {
	switch which {
	case CopyAlone:
		return 0, nil
	case CopySame:
		return e.SeriesID, nil
	case CopyNew:
	default:
		return 0, oneFault("series", "edit.choice.wrong")
	}
	series := domain.Series{Title: e.Title, Lead: e.Lead, Body: e.Body}
	if e.SeriesSlug != "" {
		old, err := tx.Series(ctx, e.SeriesSlug)
		if err != nil {
			return 0, err
		}
		series = old
	}
	made, err := s.addSeries(ctx, tx, a, e.Owner.Code, series)
	return made.ID, err
}

// readTowns cleans the names of towns; without any it is the one town.
func readTowns(typed []string, one string) ([]string, error) {
	var towns []string
	seen := make(map[string]bool)
	for _, t := range typed {
		t, ok := domain.CleanLine(t)
		switch key := domain.SearchKey(t); {
		case !ok:
			return nil, oneFault("towns", "field.encoding")
		case t == "":
		case seen[key]:
			return nil, oneFault("towns", "edit.towns.twice")
		case len([]rune(t)) > domain.MaxMunicipality:
			return nil, oneFault("towns", "edit.towns.too_long")
		default:
			seen[key] = true
			towns = append(towns, t)
		}
	}
	if len(towns) == 0 {
		return []string{one}, nil
	}
	return towns, nil
}
