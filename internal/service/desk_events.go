package service

import (
	"context"
	"slices"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Events is one page of all the events that the actor may see, drafts too.
func (d *Desk) Events(ctx context.Context, a domain.Actor, q domain.DeskQuery) (domain.DeskList, error) {
	if err := a.Require(domain.PermReadEvent); err != nil {
		return domain.DeskList{}, err
	}
	reach := store.ReachOf(a, domain.PermReadEvent)
	all, err := d.everyEvent(ctx, reach)
	if err != nil {
		return domain.DeskList{}, err
	}
	shown, list := domain.PickDesk(all, q, domain.DateIn(d.Now()))
	if len(shown) == 0 {
		return list, nil
	}
	scope := store.DeskScope{Reach: reach}
	for _, e := range shown {
		scope.IDs = append(scope.IDs, e.ID)
	}
	counted, err := d.events(ctx, a, scope)
	for _, e := range shown {
		i := slices.IndexFunc(counted, func(c domain.DeskEvent) bool { return c.ID == e.ID })
		if i >= 0 {
			list.Rows = append(list.Rows, counted[i])
		}
	}
	return list, err
}

// mostPast is how many events that are over are looked through, and firstYear the year before which there
// are none.
const (
	mostPast  = 2_000
	firstYear = 2000
)

// everyEvent is what is to come by day, and then what is over, the latest first. What is over is read a
// year at a time from today on, since a reading has its limit and the latest are those that are asked for.
func (d *Desk) everyEvent(ctx context.Context, reach store.Reach) ([]domain.Event, error) {
	today := domain.DateIn(d.Now())
	all, err := d.Store.DeskEvents(ctx, store.DeskScope{Reach: reach, From: today})
	if err != nil {
		return nil, err
	}
	ahead := len(all)
	for before := today; before.Year >= firstYear && len(all)-ahead < mostPast; before = before.AddDays(-365) {
		past, err := d.Store.DeskEvents(ctx, store.DeskScope{Reach: reach, From: before.AddDays(-365), Before: before})
		if err != nil {
			return nil, err
		}
		slices.Reverse(past)
		all = append(all, past...)
	}
	return all, nil
}
