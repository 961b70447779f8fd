package server

import (
	"context"
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
	tellEvery  = 250 * time.Millisecond // how long the others may not know of what was counted here
	tellGap    = 20 * time.Millisecond  // the same for somebody who comes near the limit
	tellWithin = 5 * time.Second        // for how long the database is waited for, by nobody who sends
)

// shared is an httprate.LimitCounter whose counts are its own plus what the others were last known to have. It
// tells them what it has counted, and learns what they have, beside those who send, who wait for no database: at
// most tellEvery after somebody sent, and at once where somebody comes near the limit, so that over n instances
// nobody gets further beyond it than by what she sends in that time. Where the others cannot be asked it goes on
// alone.
type shared struct {
	all  Together
	hash func(key string) int64 // keyed: nobody can tell an address from what is kept

	hurry chan struct{}

	mu           sync.Mutex
	limit        int
	window, last tally // the present and the one before
	telling      bool
}

// tally is what is known of one window.
type tally struct {
	from   time.Time
	mine   map[int64]int // counted here
	untold map[int64]int // of that, not told to the others yet; 0 asks for theirs
	others map[int64]int // what they have counted
}

func newTally(from time.Time) tally {
	return tally{from: from, mine: map[int64]int{}, untold: map[int64]int{}, others: map[int64]int{}}
}

func (t tally) count(k int64) int { return t.mine[k] + t.others[k] }

func newShared(all Together, hash func(string) int64) *shared {
	return &shared{all: all, hash: hash, hurry: make(chan struct{}, 1), window: newTally(time.Time{}), last: newTally(time.Time{})}
}

// Config is httprate.LimitCounter; the windows are given with each call.
func (s *shared) Config(limit int, _ time.Duration) { s.limit = limit }

// Increment is httprate.LimitCounter.
func (s *shared) Increment(key string, window time.Time) error { return s.IncrementBy(key, window, 1) }

// IncrementBy is httprate.LimitCounter.
func (s *shared) IncrementBy(key string, window time.Time, amount int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roll(window)
	k := s.hash(key)
	s.window.mine[k] += amount
	s.window.untold[k] += amount
	if s.near(s.window.count(k)) {
		select {
		case s.hurry <- struct{}{}:
		default:
		}
	}
	if !s.telling {
		s.telling = true
		go s.keepTelling()
	}
	return nil
}

// near tells whether it matters what the others have counted of somebody just now.
func (s *shared) near(count int) bool { return 4*count >= 3*s.limit }

// Get is httprate.LimitCounter.
func (s *shared) Get(key string, current, previous time.Time) (int, int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.hash(key)
	switch {
	case s.window.from.Equal(previous): // nobody has come yet in the present one
		return 0, s.window.count(k), nil
	case !s.window.from.Equal(current):
		return 0, 0, nil
	case s.last.from.Equal(previous):
		return s.window.count(k), s.last.count(k), nil
	}
	return s.window.count(k), 0, nil
}

// roll begins a new window. What the others had counted in the one that ends is asked for once more: it goes on
// counting for a minute.
func (s *shared) roll(window time.Time) {
	if s.window.from.Equal(window) {
		return
	}
	s.last, s.window = s.window, newTally(window)
	for k := range s.last.mine {
		if 2*s.last.count(k) >= s.limit {
			s.last.untold[k] += 0
		}
	}
}

// keepTelling tells until there is nothing to tell.
func (s *shared) keepTelling() {
	for s.untold() {
		time.Sleep(tellGap)
		select {
		case <-s.hurry:
		case <-time.After(tellEvery - tellGap):
		}
		s.tell(context.Background())
	}
}

// untold reports whether there is something to tell; where there is not, the next who counts begins to tell anew.
func (s *shared) untold() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.telling = len(s.window.untold)+len(s.last.untold) > 0
	return s.telling
}

// tell tells the others what was counted here and learns what they have.
func (s *shared) tell(ctx context.Context) {
	s.mu.Lock()
	windows := [2]tally{s.last, s.window}
	s.last.untold, s.window.untold = map[int64]int{}, map[int64]int{}
	s.mu.Unlock()
	for _, w := range windows {
		if len(w.untold) > 0 {
			s.tellOf(ctx, w.from, w.untold)
		}
	}
}

func (s *shared) tellOf(ctx context.Context, from time.Time, untold map[int64]int) {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	all, err := s.all.CountTogether(ctx, from, untold)
	if err != nil {
		return // what was not told stays counted here, and is missing elsewhere: told twice it would refuse someone
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range []tally{s.window, s.last} {
		if w.from.Equal(from) {
			for k, n := range all {
				w.others[k] = max(0, n-(w.mine[k]-w.untold[k]))
			}
		}
	}
}
