package site

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
)

// Changes tells when what everyone may read has changed. service.Programme is one.
type Changes interface {
	Version() uint64                                   // changes with anything public
	SeatsVersion() uint64                              // changes with places and queues alone
	NextChange(ctx context.Context) (time.Time, error) // when something changes by time alone
}

// steady is Changes for what places left do not touch.
type steady struct{ Changes }

// SeatsVersion is always the same.
func (steady) SeatsVersion() uint64 { return 0 }

// seatsLag is how long the number of places left may be behind.
const seatsLag = time.Second

// makeTime is the longest that making one thing may take. It is not the visitor's own deadline,
// since others wait for the same thing.
const makeTime = 15 * time.Second

// memory keeps what was made from the programme until the programme changes, and makes each thing
// once however many ask for it. It holds a bounded number of things and forgets the one that was
// longest without use.
type memory[T any] struct {
	changes Changes
	now     func() time.Time
	limit   int
	off     bool // make anew each time: for the development server

	hits, misses atomic.Int64

	mu      sync.RWMutex
	things  map[string]*remembered[T]
	flights singleflight.Group
	horizon horizon
}

type remembered[T any] struct {
	value   T
	version uint64
	seats   uint64
	made    time.Time
	until   time.Time // zero: no end by time alone
	used    atomic.Int64
}

func newMemory[T any](changes Changes, now func() time.Time, limit int) *memory[T] {
	return &memory[T]{changes: changes, now: now, limit: limit, things: make(map[string]*remembered[T])}
}

// recall is the thing under key where it may still be shown. Who is answered nothing asks get next, which counts.
func (m *memory[T]) recall(key string) (value T, ok bool) {
	if value, ok = m.look(key); ok {
		m.hits.Add(1)
	}
	return value, ok
}

func (m *memory[T]) look(key string) (value T, ok bool) {
	if m.off {
		return value, false
	}
	m.mu.RLock()
	r := m.things[key]
	m.mu.RUnlock()
	if r == nil {
		return value, false
	}
	now := m.now()
	if !m.fresh(r, now) {
		return value, false
	}
	r.used.Store(now.UnixNano())
	return r.value, true
}

func (m *memory[T]) fresh(r *remembered[T], now time.Time) bool {
	// By the wall clock, which alone may go back: what was made later than now tells of what is still to come.
	if r.version != m.changes.Version() || (!r.until.IsZero() && !now.Before(r.until)) || now.Round(0).Before(r.made.Round(0)) {
		return false
	}
	if r.seats == m.changes.SeatsVersion() {
		return true
	}
	age := now.Sub(r.made)
	return age >= 0 && age < seatsLag
}

// get is the thing under key, made by create where it is not there or no longer true. What was made
// for another request that began before the last change is not taken.
func (m *memory[T]) get(ctx context.Context, key string, create func(context.Context) (T, error)) (T, error) {
	if value, ok := m.recall(key); ok {
		return value, nil
	}
	m.misses.Add(1)
	for range 2 {
		if value, ok := m.look(key); ok {
			return value, nil
		}
		if m.off {
			break
		}
		_, err, _ := m.flights.Do(key, func() (any, error) { return nil, m.make(ctx, key, create) })
		if err != nil {
			var none T
			return none, err
		}
	}
	if value, ok := m.look(key); ok {
		return value, nil
	}
	return create(ctx)
}

func (m *memory[T]) make(ctx context.Context, key string, create func(context.Context) (T, error)) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTime)
	defer cancel()
	// The versions are read before the data: a change in between makes the thing old, never wrongly new.
	r := &remembered[T]{version: m.changes.Version(), seats: m.changes.SeatsVersion(), made: m.now()}
	until, err := m.horizon.of(ctx, m.changes, r.version, r.made)
	if err != nil {
		return err
	}
	r.until = until
	if r.value, err = create(ctx); err != nil {
		return err
	}
	r.used.Store(r.made.UnixNano())
	m.mu.Lock()
	defer m.mu.Unlock()
	m.things[key] = r
	if len(m.things) > m.limit {
		m.forget()
	}
	return nil
}

// Kept counts, since the start, those who were answered with something that was made before, and those who had to
// wait for it to be made.
type Kept struct {
	What         string // "pages", "steady_pages", "forms" and so on
	Hits, Misses int64
}

func (m *memory[T]) kept(what string) Kept { return Kept{what, m.hits.Load(), m.misses.Load()} }

// Kept is how much everything that is kept was of use, in the same order each time.
func (s *Site) Kept() []Kept {
	return []Kept{
		s.answers.kept("pages"), s.steady.kept("steady_pages"), s.forms.kept("forms"), s.events.kept("events"),
		s.around.kept("calendar"), s.added.kept("footer"), s.waiting.kept("waiting_pages"),
	}
}

// forget drops the thing that was longest without use.
func (m *memory[T]) forget() {
	oldest, when := "", int64(0)
	for key, r := range m.things {
		if used := r.used.Load(); oldest == "" || used < when {
			oldest, when = key, used
		}
	}
	delete(m.things, oldest)
}

// horizon remembers the next change by time, which is the same for everything made from one
// version.
type horizon struct {
	mu      sync.Mutex
	known   bool
	version uint64
	at      time.Time
	asked   time.Time // by the wall clock: put back before it, other changes come next
}

func (h *horizon) of(ctx context.Context, changes Changes, version uint64, now time.Time) (time.Time, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known && h.version == version && (h.at.IsZero() || now.Before(h.at)) && !now.Round(0).Before(h.asked) {
		return h.at, nil
	}
	at, err := changes.NextChange(ctx)
	if err != nil {
		return time.Time{}, err
	}
	h.known, h.version, h.at, h.asked = true, version, at, now.Round(0)
	return at, nil
}
