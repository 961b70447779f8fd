package service

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Desk is what staff see of the events they look after: numbers, what waits to be done, and who waits for
// an answer. What the actor may not reach is not read (store.Reach).
type Desk struct {
	Store *store.Store
	Now   func() time.Time

	keptCounts counted[map[domain.EventID]domain.DeskCounts]
	keptSpread counted[domain.Spread]
}

// pastDays is for how long an event that is over is looked at for things that wait.
const pastDays = 400

// Today are the actor's events and what she has to do.
func (d *Desk) Today(ctx context.Context, a domain.Actor) (domain.Today, error) {
	if err := a.Require(domain.PermToday); err != nil {
		return domain.Today{}, err
	}
	today := domain.DateIn(d.Now())
	reach := store.ReachOf(a, domain.PermReadEvent)
	coming := store.DeskScope{Reach: reach, From: today}
	var out domain.Today
	var err error
	if out.Coming, err = d.events(ctx, a, coming); err != nil {
		return out, err
	}
	past, err := d.events(ctx, a, store.DeskScope{Reach: reach, From: today.AddDays(-pastDays), Before: today})
	if err != nil {
		return out, err
	}
	for i := len(past) - 1; i >= 0; i-- {
		if len(past[i].Todos) > 0 {
			out.Past = append(out.Past, past[i])
		}
	}
	coming.Held = true
	var held []domain.Event
	for _, e := range out.Coming {
		if e.State != domain.EventCancelled {
			held = append(held, e.Event)
			out.Spread.Capacity += e.Capacity
		}
	}
	return out, d.spread(ctx, coming, held, &out.Spread)
}

// Event is one event with its numbers; domain.ErrNotFound for one that the actor does not reach.
func (d *Desk) Event(ctx context.Context, a domain.Actor, slug string) (domain.EventDesk, error) {
	var out domain.EventDesk
	if err := a.Require(domain.PermReadEvent); err != nil {
		return out, err
	}
	scope := store.DeskScope{Reach: store.ReachOf(a, domain.PermReadEvent), Slug: slug}
	found, err := d.events(ctx, a, scope)
	if err != nil {
		return out, err
	}
	if slug == "" || len(found) != 1 {
		return out, domain.NotFound("event.not_found")
	}
	out.DeskEvent = found[0]
	out.Spread.Capacity = out.Capacity
	if err = d.spread(ctx, scope, []domain.Event{out.DeskEvent.Event}, &out.Spread); err != nil || out.SeriesID == 0 {
		return out, err
	}
	siblings, err := d.events(ctx, a, store.DeskScope{Reach: scope.Reach, Series: out.SeriesID})
	if len(siblings) > 1 {
		out.Siblings = siblings
	}
	return out, err
}

// Facts is one event as it is told, drafts too, without its numbers; domain.ErrNotFound for one that the
// actor does not reach.
func (d *Desk) Facts(ctx context.Context, a domain.Actor, slug string) (domain.Event, error) {
	if err := a.Require(domain.PermReadEvent); err != nil {
		return domain.Event{}, err
	}
	found, err := d.Store.DeskEvents(ctx, store.DeskScope{Reach: store.ReachOf(a, domain.PermReadEvent), Slug: slug})
	if err == nil && (slug == "" || len(found) != 1) {
		err = domain.NotFound("event.not_found")
	}
	if err != nil {
		return domain.Event{}, err
	}
	return found[0], nil
}

// AnswersDue are those who wait for an answer at an event, the oldest first; domain.ErrNotFound for an
// event whose registrations the actor does not manage. Who has protected identity is not named.
func (d *Desk) AnswersDue(ctx context.Context, a domain.Actor, slug string) ([]domain.AnswerDue, error) {
	e, err := d.Facts(ctx, a, slug)
	if err == nil && !a.MayAt(domain.PermManage, e) {
		err = domain.NotFound("event.not_found")
	}
	if err != nil {
		return nil, err
	}
	due, err := d.Store.AnswersDue(ctx, store.DeskScope{Reach: store.ReachOf(a, domain.PermManage), Slug: slug})
	for i := range due {
		if due[i].Registration.Protected {
			due[i].Reason = ""
		}
		due[i].Registration = due[i].Registration.Masked()
	}
	return due, err
}

func (d *Desk) events(ctx context.Context, a domain.Actor, s store.DeskScope) ([]domain.DeskEvent, error) {
	events, err := d.Store.DeskEvents(ctx, s)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	counts, err := d.counts(ctx, s)
	if err != nil {
		return nil, err
	}
	out := make([]domain.DeskEvent, len(events))
	for i, e := range events {
		out[i] = domain.DeskEvent{Event: e, DeskCounts: counts[e.ID]}
		for _, todo := range e.Todos(counts[e.ID], d.Now()) {
			if a.MayAt(todo.Kind.Permission(), e) {
				out[i].Todos = append(out[i].Todos, todo)
			}
		}
	}
	return out, nil
}

// spread counts those who hold a place at the events in scope, and leaves the capacity as it is.
func (d *Desk) spread(ctx context.Context, s store.DeskScope, events []domain.Event, out *domain.Spread) error {
	counted, err := d.spreadOf(ctx, s, events)
	counted.Capacity = out.Capacity
	*out = counted
	return err
}

// MailPause is why no letter at all goes out, and false while they go. It is the whole installation's, and
// told to everyone who may read what is written to anybody.
func (d *Desk) MailPause(ctx context.Context, a domain.Actor) (domain.MailPause, bool, error) {
	if err := a.Require(domain.PermToday); err != nil || !a.May(domain.PermReadMail) {
		return domain.MailPause{}, false, err
	}
	return d.Store.RelayPause(ctx)
}
