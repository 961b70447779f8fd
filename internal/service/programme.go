// Package service holds the use cases. Each one says who may ask, runs one transaction, lets domain
// decide, records what happened, and puts the letters it owes into the outbox.
//
// It is the only room that opens transactions, and inside one it uses nothing but the Tx it was
// given. It knows nothing of HTTP, pages or mail servers: composing and sending are behind the two
// small interfaces of outbox.go.
package service

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Programme is what everyone may read: events, series, news and documents. Drafts and news of
// tomorrow do not exist for it. It needs no actor, and it never answers anything about a person.
type Programme struct {
	Store *store.Store
	Now   func() time.Time

	kept  sync.Map                  // slug → *keptEvent
	ahead atomic.Pointer[keptAhead] // see upcoming
}

// keptAhead is every event that was not over on a day, as read at a version of the programme.
type keptAhead struct {
	version, seats uint64
	day            domain.Date
	events         []domain.Event
}

// keptEvent is an event as it was read at a version of the programme. Its counters may be old; the
// rest holds until the version moves.
type keptEvent struct {
	version, seats uint64
	event          domain.Event
}

// Upcoming are the events that are not over, cancelled ones among them, by day and town, those
// without a day last.
func (p *Programme) Upcoming(ctx context.Context, f domain.CalendarFilter) ([]domain.Event, error) {
	all, err := p.notOver(ctx)
	if err != nil {
		return nil, err
	}
	now, words := p.Now(), strings.Fields(domain.SearchKey(f.Query))
	var events []domain.Event
	for _, e := range all {
		if e.Availability(now) != domain.AvailableHeld && holds(f, e) && matches(e, words) {
			events = append(events, e)
		}
	}
	return events, nil
}

// notOver is what Upcoming chooses from, read anew only when the programme or a place has changed.
func (p *Programme) notOver(ctx context.Context) ([]domain.Event, error) {
	k := keptAhead{version: p.Version(), seats: p.SeatsVersion(), day: domain.DateIn(p.Now())}
	if old := p.ahead.Load(); old != nil && old.version == k.version && old.seats == k.seats && old.day == k.day {
		return old.events, nil
	}
	var err error
	if k.events, err = p.Store.Events(ctx, store.EventScope{NotOverAt: k.day}); err != nil {
		return nil, err
	}
	p.ahead.Store(&k)
	return k.events, nil
}

// holds reports whether the event is of the county, kind and town that the filter names.
func holds(f domain.CalendarFilter, e domain.Event) bool {
	return (f.County == "" || e.Owner.Code == f.County) && (f.Kind == "" || e.Kind == f.Kind) && (f.Town == "" || e.Town == f.Town)
}

// matches reports whether each word is found somewhere in what the calendar tells of the event.
func matches(e domain.Event, words []string) bool {
	if len(words) == 0 {
		return true
	}
	parts := []string{
		e.Title.Sv, e.Title.En, e.Lead.Sv, e.Lead.En, e.Town, e.Venue.Name, e.Venue.Address, e.Owner.Name, e.Owner.Short,
		e.Owner.County,
	}
	for _, g := range e.TargetGroup {
		parts = append(parts, g.Sv, g.En)
	}
	parts = append(parts, e.InvitedBy...)
	hay := domain.SearchKey(strings.Join(parts, " "))
	for _, w := range words {
		if !strings.Contains(hay, w) {
			return false
		}
	}
	return true
}

// Towns are the towns of the events that are not over, in Swedish order.
func (p *Programme) Towns(ctx context.Context) ([]string, error) {
	events, err := p.Upcoming(ctx, domain.CalendarFilter{})
	if err != nil {
		return nil, err
	}
	var towns []string
	for _, e := range events {
		if e.Town != "" && !slices.Contains(towns, e.Town) {
			towns = append(towns, e.Town)
		}
	}
	slices.SortFunc(towns, func(a, b string) int { return strings.Compare(domain.SortKey(a), domain.SortKey(b)) })
	return towns, nil
}

// Organisers are the organisers, in Swedish order of their region.
func (p *Programme) Organisers(ctx context.Context) ([]domain.Organiser, error) {
	all, err := p.Store.Organisers(ctx)
	slices.SortFunc(all, func(a, b domain.Organiser) int {
		return strings.Compare(domain.SortKey(a.Region), domain.SortKey(b.Region))
	})
	return all, err
}

// Series is a series with its events, past ones too. A series without any event that everyone may
// see does not exist.
func (p *Programme) Series(ctx context.Context, slug string) (domain.Series, error) {
	s, err := p.Store.Series(ctx, slug)
	if err != nil {
		return s, err
	}
	s.Events, err = p.Store.Events(ctx, store.EventScope{Series: s.ID})
	if err == nil && len(s.Events) == 0 {
		err = domain.NotFound("series.not_found")
	}
	return s, err
}

// AllSeries are the series with events that are not over, with those events, the newest first.
func (p *Programme) AllSeries(ctx context.Context) ([]domain.Series, error) {
	all, err := p.Store.AllSeries(ctx)
	if err != nil {
		return nil, err
	}
	events, err := p.Upcoming(ctx, domain.CalendarFilter{})
	if err != nil {
		return nil, err
	}
	var out []domain.Series
	for _, s := range all {
		for _, e := range events {
			if e.SeriesID == s.ID {
				s.Events = append(s.Events, e)
			}
		}
		if len(s.Events) > 0 {
			out = append(out, s)
		}
	}
	return out, nil
}

// Event is an event with everything about it filled in; domain.ErrNotFound for drafts.
func (p *Programme) Event(ctx context.Context, slug string) (domain.Event, error) {
	version, seats := p.Version(), p.SeatsVersion()
	if k, ok := p.kept.Load(slug); ok && k.(*keptEvent).version == version && k.(*keptEvent).seats == seats {
		return k.(*keptEvent).event, nil
	}
	e, err := p.read(ctx, slug)
	if err == nil {
		p.kept.Store(slug, &keptEvent{version: version, seats: seats, event: e})
	}
	return e, err
}

// outline is Event, with counters that may be old: for checking what was typed, before the
// transaction that decides. It is shared, and never changed.
func (p *Programme) outline(ctx context.Context, slug string) (*domain.Event, error) {
	if k, ok := p.kept.Load(slug); ok && k.(*keptEvent).version == p.Version() {
		return &k.(*keptEvent).event, nil
	}
	e, err := p.Event(ctx, slug)
	if err != nil {
		return nil, err
	}
	return &e, nil
}

func (p *Programme) read(ctx context.Context, slug string) (domain.Event, error) {
	events, err := p.Store.Events(ctx, store.EventScope{Slug: slug})
	if err != nil {
		return domain.Event{}, err
	}
	if slug == "" || len(events) == 0 {
		return domain.Event{}, domain.NotFound("event.not_found")
	}
	return events[0], p.Store.FillEvent(ctx, &events[0])
}

// News are the newest items, at most limit.
func (p *Programme) News(ctx context.Context, limit int) ([]domain.News, error) {
	return p.Store.News(ctx, p.Now(), limit)
}

// NewsItem is a published item with its documents.
func (p *Programme) NewsItem(ctx context.Context, slug string) (domain.News, error) {
	return p.Store.NewsItem(ctx, domain.NewsItem, slug, p.Now())
}

// Page is what the authorities have written and published at a page of a kind: in place of one that comes
// with the program, for a county's contact, or as a page of its own; domain.ErrNotFound where there is none.
func (p *Programme) Page(ctx context.Context, k domain.NewsKind, slug string) (domain.News, error) {
	if k == domain.NewsItem {
		return domain.News{}, domain.NotFound("page.not_found")
	}
	return p.Store.NewsItem(ctx, k, slug, p.Now())
}

// FooterPages are the pages that the footer of every page leads to.
func (p *Programme) FooterPages(ctx context.Context) ([]domain.News, error) {
	return p.Store.FooterPages(ctx, p.Now())
}

// OwnPages are the published pages that the authorities have added, without their documents.
func (p *Programme) OwnPages(ctx context.Context) ([]domain.News, error) {
	return p.Store.PublishedPages(ctx, domain.NewsPage, p.Now())
}

// Picture is an uploaded picture, by the name of one of its sizes, while what it belongs to is public.
func (p *Programme) Picture(ctx context.Context, name string) ([]byte, error) {
	return p.Store.Picture(ctx, name, p.Now())
}

// Document is a document and its bytes.
func (p *Programme) Document(ctx context.Context, slug string) (domain.Document, []byte, error) {
	return p.Store.Document(ctx, slug, p.Now())
}

// Version changes when anything here does, but for places taken.
func (p *Programme) Version() uint64 { return p.Store.Version() }

// SeatsVersion changes when a place is taken or given back, or a queue moves.
func (p *Programme) SeatsVersion() uint64 { return p.Store.SeatsVersion() }

// NextChange is the first instant when the pages change by time alone: a deadline, an opening, a
// news item, or midnight in Stockholm at the latest.
func (p *Programme) NextChange(ctx context.Context) (time.Time, error) {
	now := p.Now()
	next := domain.DateIn(now).End()
	news, err := p.Store.NextNews(ctx, now)
	if err != nil {
		return next, err
	}
	events, err := p.notOver(ctx)
	if err != nil {
		return next, err
	}
	consider := func(t time.Time) {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	consider(news)
	for _, e := range events {
		consider(e.NextChange(now))
	}
	return next, nil
}
