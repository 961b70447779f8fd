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
	mu  sync.Mutex
	n   map[time.Time]map[int64]int
	sum map[int64]int
}

// told is how often a key was told of.
func (l *ledger) told(k int64) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sum[k]
}

func (l *ledger) CountTogether(_ context.Context, from time.Time, mine map[int64]int) (map[int64]int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n == nil {
		l.n, l.sum = map[time.Time]map[int64]int{}, map[int64]int{}
	}
	if l.n[from] == nil {
		l.n[from] = map[int64]int{}
	}
	all := map[int64]int{}
	for k, n := range mine {
		l.n[from][k] += n
		l.sum[k] += n
		all[k] = l.n[from][k]
	}
	return all, nil
}

// passed is how many of n, sent in turn to several instances that may take perMinute in all, were let through.
// After each of them the instances have told each other what they are about to.
func passed(t *testing.T, n, instances, perMinute int, between func(*shared)) int {
	t.Helper()
	l := &ledger{}
	each := make([]*shared, instances)
	limiters := make([]*httprate.RateLimiter, instances)
	for i := range each {
		each[i] = newShared(l, func(string) int64 { return 7 })
		each[i].telling = true // the test tells
		limiters[i] = newLimiter(perMinute, each[i])
	}
	out := 0
	for i := range n {
		if !limiters[i%instances].OnLimit(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), "somebody") {
			out++
		}
		between(each[i%instances])
	}
	return out
}

func TestShared(t *testing.T) {
	if time.Until(time.Now().Truncate(rateWindow).Add(rateWindow)) < 5*time.Second {
		time.Sleep(6 * time.Second) // what is let through anew at the turn of a minute would be counted
	}
	const limit, instances = 300, 3
	if got := passed(t, 600, instances, limit, func(s *shared) { s.tell(t.Context()) }); got < limit || got > limit+instances {
		t.Errorf("%d passed where %d may", got, limit)
	}
	if got := passed(t, 600, instances, limit, func(*shared) {}); got != 600 { // the twin: each alone
		t.Errorf("%d of 600 passed three that do not know of each other", got)
	}
}

// What was counted is told without anybody asking for it, and at once where somebody comes near the limit.
func TestShared_tellsByItself(t *testing.T) {
	for name, sent := range map[string]int{"in a while": 10, "near the limit": 290} {
		t.Run(name, func(t *testing.T) {
			l := &ledger{}
			s := newShared(l, func(string) int64 { return 7 })
			limiter := newLimiter(300, s)
			for range sent {
				limiter.OnLimit(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), "somebody")
			}
			for until := time.Now().Add(30 * time.Second); l.told(7) < sent; time.Sleep(time.Millisecond) {
				if time.Now().After(until) {
					t.Fatalf("the others know of %d, want %d", l.told(7), sent)
				}
			}
		})
	}
}
