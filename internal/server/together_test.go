package server

import (
	"context"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/httprate"
)

// ledger is what instances tell each other through.
type ledger struct {
	mu sync.Mutex
	n  map[int64]int
	at time.Time
}

func (l *ledger) CountTogether(_ context.Context, from time.Time, mine map[int64]int) (map[int64]int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !from.Equal(l.at) {
		l.n, l.at = map[int64]int{}, from
	}
	all := map[int64]int{}
	for k, n := range mine {
		l.n[k] += n
		all[k] = l.n[k]
	}
	return all, nil
}

func TestShared(t *testing.T) {
	l := &ledger{}
	now := time.Now()
	each := make([]*shared, 3)
	limiters := make([]*httprate.RateLimiter, 3)
	for i := range each {
		each[i] = newShared(l, func(string) int64 { return 7 }, func() time.Time { return now })
		limiters[i] = newLimiter(300, each[i])
	}
	passed := 0
	for i := range 600 {
		now = now.Add(20 * time.Millisecond)
		if !limiters[i%3].OnLimit(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), "somebody") {
			passed++
		}
		each[i%3].tell(t.Context())
	}
	t.Log(passed)
	if passed > 340 {
		t.Errorf("%d passed where 300 may", passed)
	}
}
