package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/temadag/temadag/internal/worker"
)

// runs starts a job that notes when it ran and answers what next says.
func runs(t *testing.T, next func(n int) (time.Duration, error)) (*worker.Job, *[]time.Duration, func()) {
	t.Helper()
	start := time.Now()
	var at []time.Duration
	j := worker.New("test", time.Now, slog.New(slog.DiscardHandler), func(context.Context) (time.Time, error) {
		at = append(at, time.Since(start))
		wait, err := next(len(at))
		if wait < 0 {
			return time.Time{}, err
		}
		return time.Now().Add(wait), err
	})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); j.Loop(ctx) }()
	return j, &at, func() { stop(); <-done }
}

func TestLoop(t *testing.T) {
	t.Parallel()
	const never = -1
	tests := map[string]struct {
		next func(n int) (time.Duration, error)
		wake time.Duration
		want []time.Duration // of the first runs
	}{
		"nothing owed: every minute":            {func(int) (time.Duration, error) { return never, nil }, 0, []time.Duration{0, time.Minute, 2 * time.Minute}},
		"at the time it asked for":              {func(int) (time.Duration, error) { return 10 * time.Second, nil }, 0, []time.Duration{0, 10 * time.Second, 20 * time.Second}},
		"a far time: every minute all the same": {func(int) (time.Duration, error) { return time.Hour, nil }, 0, []time.Duration{0, time.Minute}},
		"woken":                                 {func(int) (time.Duration, error) { return never, nil }, 7 * time.Second, []time.Duration{0, 7 * time.Second}},
		"after a fault":                         {func(int) (time.Duration, error) { return never, errors.New("x") }, 0, []time.Duration{0, 5 * time.Second, 10 * time.Second}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j, at, stop := runs(t, tt.next)
				if tt.wake > 0 {
					time.Sleep(tt.wake)
					j.Wake()
					j.Wake()
				}
				time.Sleep(150 * time.Second)
				stop()
				for i, want := range tt.want {
					if len(*at) <= i || (*at)[i] != want {
						t.Fatalf("ran at %v, want %v first", *at, tt.want)
					}
				}
			})
		})
	}
}

func TestLoop_atOnceWhileThereIsMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, at, stop := runs(t, func(n int) (time.Duration, error) {
			if n < 100 {
				return 0, nil
			}
			return -1, nil
		})
		time.Sleep(time.Second)
		stop()
		if len(*at) != 100 {
			t.Errorf("ran %d times in the first second, want 100", len(*at))
		}
	})
}
