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

// get is the numbers about what key names, by count, which also tells of how many people they are.
func (k *counted[T]) get(ctx context.Context, key string, now func() time.Time, count func(context.Context) (T, int, error)) (T, error) {
	k.mu.Lock()
	old := k.things[key]
	if old != nil {
		switch age := now().Sub(old.at); {
		case age >= 0 && age < old.lasts:
			defer k.mu.Unlock()
			return old.value, nil
		case age >= 0 && age < 2*old.lasts:
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
	return d.keptCounts.get(ctx, keyOf(s), d.Now, func(ctx context.Context) (map[domain.EventID]domain.DeskCounts, int, error) {
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

func (d *Desk) spreadOf(ctx context.Context, s store.DeskScope) (domain.Spread, error) {
	return d.keptSpread.get(ctx, keyOf(s), d.Now, func(ctx context.Context) (domain.Spread, int, error) {
		found, err := d.Store.DeskSpread(ctx, s)
		people := 0
		for _, n := range found.ByMunicipality {
			people += n
		}
		return found, people, err
	})
}
