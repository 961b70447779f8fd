package service

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Numbers about a great many people take long to count, and longest while they arrive, when the machine has
// other things to do. Those are kept for as long as to spend at most a twentieth of a processor on
// counting, and counted anew behind the back of whoever looks. Numbers about fewer are always counted.

const (
	manyCounted = 5000 // registrations, from which on numbers may be old
	leastKept   = time.Second
	countShare  = 20 // times as long as it took to count
	countTime   = 30 * time.Second
	mostKept    = 256 // scopes that are looked at

	// drawnFor is for how long plots are shown as they were, while they are drawn anew behind the back of whoever
	// looks: they tell of weeks, and read everyone who holds a place.
	drawnFor = 10 * time.Minute
	drawEach = drawnFor / 2
)

// counted keeps numbers by what they are about. The zero value is ready. What it answers is shared and must
// not be changed.
type counted[T any] struct {
	mu     sync.Mutex
	things map[string]*keptCount[T]
}

type keptCount[T any] struct {
	value    T
	at       time.Time
	lasts    time.Duration
	counting bool
}

// get is the numbers about what key names, by count, which also tells of how many people they are. For shown at
// least, old ones are answered while they are counted anew.
func (k *counted[T]) get(ctx context.Context, key string, shown time.Duration, now func() time.Time, count func(context.Context) (T, int, error)) (T, error) {
	k.mu.Lock()
	old := k.things[key]
	if old != nil {
		switch age := now().Sub(old.at); {
		case age >= 0 && age < old.lasts:
			defer k.mu.Unlock()
			return old.value, nil
		case age >= 0 && age < max(shown, 2*old.lasts):
			defer k.mu.Unlock()
			if !old.counting {
				old.counting = true
				go k.recount(context.WithoutCancel(ctx), key, now, count)
			}
			return old.value, nil
		}
	}
	k.mu.Unlock()
	return k.count(ctx, key, now, count)
}

func (k *counted[T]) recount(ctx context.Context, key string, now func() time.Time, count func(context.Context) (T, int, error)) {
	ctx, cancel := context.WithTimeout(ctx, countTime)
	defer cancel()
	if _, err := k.count(ctx, key, now, count); err != nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		delete(k.things, key) // whoever looks next counts, and is told what is wrong
	}
}

func (k *counted[T]) count(ctx context.Context, key string, now func() time.Time, count func(context.Context) (T, int, error)) (T, error) {
	begun := now()
	value, people, err := count(ctx)
	if err != nil {
		return value, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if people < manyCounted {
		delete(k.things, key)
		return value, nil
	}
	if k.things == nil || len(k.things) >= mostKept {
		k.things = make(map[string]*keptCount[T])
	}
	k.things[key] = &keptCount[T]{value: value, at: begun, lasts: max(leastKept, countShare*now().Sub(begun))}
	return value, nil
}

// keyOf names a scope.
func keyOf(s store.DeskScope) string { return fmt.Sprint(s) }

func (d *Desk) counts(ctx context.Context, s store.DeskScope) (map[domain.EventID]domain.DeskCounts, error) {
	return d.keptCounts.get(ctx, keyOf(s), 0, d.Now, func(ctx context.Context) (map[domain.EventID]domain.DeskCounts, int, error) {
		found, err := d.Store.DeskCounts(ctx, s)
		people := 0
		for _, c := range found {
			for _, n := range c.ByStatus {
				people += n
			}
		}
		return found, people, err
	})
}

// spreadOf is the spread of some events in scope. Large ones are counted each by itself, once for everyone who
// looks at any scope that they are in.
func (d *Desk) spreadOf(ctx context.Context, s store.DeskScope, events []domain.Event) (domain.Spread, error) {
	for _, e := range events {
		if large(e) {
			s.Without = append(s.Without, e.ID)
		}
	}
	out := domain.NewSpread()
	if len(s.Without) < len(events) {
		rest, err := d.drawn(ctx, s)
		if err != nil {
			return out, err
		}
		out.Add(rest)
	}
	for _, id := range s.Without {
		one, err := d.drawn(ctx, store.DeskScope{Reach: store.Reach{All: true}, IDs: []domain.EventID{id}}) // it is in reach, or had not been found
		if err != nil {
			return out, err
		}
		out.Add(one)
	}
	return out, nil
}

// large reports whether the plots of an event are kept by themselves.
func large(e domain.Event) bool { return int(e.Taken) >= manyCounted }

// drawn is the spread of all events in a scope, as it is kept or counted.
func (d *Desk) drawn(ctx context.Context, s store.DeskScope) (domain.Spread, error) {
	return d.keptSpread.get(ctx, keyOf(s), drawnFor, d.Now, func(ctx context.Context) (domain.Spread, int, error) {
		found, err := d.Store.DeskSpread(ctx, s)
		return found, found.Total(), err
	})
}

// Draw counts what the plots of large events show before anyone looks, and answers when to do so again: whoever
// opens the page of a large event then waits for nothing.
func (d *Desk) Draw(ctx context.Context, a domain.Actor) (time.Time, error) {
	if err := a.Require(domain.PermKeepTime); err != nil {
		return time.Time{}, err
	}
	now := d.Now()
	ids, err := d.Store.LargeEvents(ctx, domain.DateIn(now), manyCounted)
	for _, id := range ids {
		if err == nil {
			_, err = d.spreadOf(ctx, store.DeskScope{}, []domain.Event{{ID: id, Taken: manyCounted}})
		}
	}
	return now.Add(drawEach), err
}
