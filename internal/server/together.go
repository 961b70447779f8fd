package server

import (
	"context"
	"maps"
	"sync"
	"time"
)

// Together counts what several instances have been sent, so that a limit is one limit and not one for each.
type Together interface {
	// CountTogether adds what this instance has counted in the window that began at from, and answers what all of
	// them have counted of the same keys.
	CountTogether(ctx context.Context, from time.Time, mine map[int64]int) (map[int64]int, error)
}

const (
	tellEvery  = 500 * time.Millisecond // how far behind the others' counts may be
	tellWithin = 300 * time.Millisecond
)

// shared is an httprate.LimitCounter whose counts are its own plus what the others were last known to have. Where
// they cannot be asked it goes on alone.
type shared struct {
	all  Together
	hash func(key string) int64 // keyed: nobody can tell an address from what is kept
	now  func() time.Time

	mu      sync.Mutex
	window  time.Time
	mine    map[int64]int // counted here in the window
	untold  map[int64]int // of that, not told to the others yet
	others  map[int64]int // what they have counted
	before  map[int64]int // by all, in the window before
	told    time.Time
	telling bool
}

func newShared(all Together, hash func(string) int64, now func() time.Time) *shared {
	return &shared{all: all, hash: hash, now: now, mine: map[int64]int{}, untold: map[int64]int{}, others: map[int64]int{}, before: map[int64]int{}}
}

// Config is httprate.LimitCounter; the windows are given with each call.
func (s *shared) Config(int, time.Duration) {}

// Increment is httprate.LimitCounter.
func (s *shared) Increment(key string, window time.Time) error { return s.IncrementBy(key, window, 1) }

// IncrementBy is httprate.LimitCounter.
func (s *shared) IncrementBy(key string, window time.Time, amount int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roll(window)
	k := s.hash(key)
	s.mine[k] += amount
	s.untold[k] += amount
	return nil
}

// Get is httprate.LimitCounter.
func (s *shared) Get(key string, current, previous time.Time) (int, int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.hash(key)
	switch s.window {
	case current:
		return s.mine[k] + s.others[k], s.before[k], nil
	case previous:
		return 0, s.mine[k] + s.others[k], nil
	}
	return 0, 0, nil
}

// roll begins a new window. A minute apart is the one before; further back is forgotten.
func (s *shared) roll(window time.Time) {
	if s.window.Equal(window) {
		return
	}
	clear(s.before)
	if window.Sub(s.window) <= rateWindow {
		for k, n := range s.mine {
			s.before[k] = n + s.others[k]
		}
	}
	s.window = window
	clear(s.mine)
	clear(s.untold)
	clear(s.others)
}

// tell tells the others what was counted here and learns what they have, when that is due. Whoever comes while
// somebody else tells goes on.
func (s *shared) tell(ctx context.Context) {
	now := s.now()
	s.mu.Lock()
	if s.telling || len(s.untold) == 0 || now.Sub(s.told).Abs() < tellEvery {
		s.mu.Unlock()
		return
	}
	s.telling, s.told = true, now
	window, mine := s.window, maps.Clone(s.untold)
	clear(s.untold)
	s.mu.Unlock()

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellWithin)
	defer cancel()
	all, err := s.all.CountTogether(ctx, window, mine)

	s.mu.Lock()
	defer s.mu.Unlock()
	s.telling = false
	if err != nil || !s.window.Equal(window) {
		return // what was not told stays counted here, and is missing elsewhere for the rest of a minute
	}
	for k, n := range all {
		s.others[k] = max(0, n-(s.mine[k]-s.untold[k]))
	}
}
