package service

import (
	"context"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// toldEvent is an event as letters tell of it, read at a version of the programme.
type toldEvent struct {
	version  uint64
	event    domain.Event
	series   []domain.Event // the public ones of its series
	sessions bool           // it has any; only then can somebody have chosen one
}

// hasSessions reports whether an event that has been read has sessions.
func (o *Outbox) hasSessions(id domain.EventID) bool {
	k, ok := o.events.Load(id)
	return !ok || k.(toldEvent).sessions
}

// terms are those that somebody agreed to.
func (o *Outbox) terms(ctx context.Context, id int64) (domain.Terms, error) {
	if t, ok := o.agreed.Load(id); ok {
		return t.(domain.Terms), nil
	}
	t, err := o.Store.TermsByID(ctx, id)
	if err == nil {
		o.agreed.Store(id, t)
	}
	return t, err
}

// event is an event with its words. Its counters may be old: letters tell of none.
func (o *Outbox) event(ctx context.Context, id domain.EventID) (domain.Event, error) {
	version := o.Store.Version()
	if k, ok := o.events.Load(id); ok && k.(toldEvent).version == version {
		return k.(toldEvent).event, nil
	}
	facts, err := o.Store.EventFacts(ctx, id)
	if err != nil {
		return facts, err
	}
	events, err := o.Store.Events(ctx, store.EventScope{Slug: facts.Slug, Drafts: true})
	if err != nil {
		return facts, err
	}
	k := toldEvent{version: version, event: events[0]}
	if k.event.SeriesID != 0 {
		if k.series, err = o.Store.Events(ctx, store.EventScope{Series: k.event.SeriesID}); err != nil {
			return facts, err
		}
	}
	if k.sessions, err = o.Store.HasSessions(ctx, id); err != nil {
		return facts, err
	}
	o.events.Store(id, k)
	return k.event, nil
}

// sisters is how many others of its series somebody could go to instead of an event.
func (o *Outbox) sisters(ctx context.Context, id domain.EventID) (n int, err error) {
	if _, err := o.event(ctx, id); err != nil {
		return 0, err
	}
	k, ok := o.events.Load(id)
	if !ok {
		return 0, nil
	}
	for _, e := range k.(toldEvent).series {
		if over := !e.Day.IsZero() && !o.Now().Before(e.EndsAt()); e.ID != id && e.State == domain.EventPublished && !over {
			n++
		}
	}
	return n, nil
}
