package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/temadag/temadag/internal/worker"
)

const (
	leapBy  = 12 * time.Hour // a clock that is put on by more is not believed at once
	leapFor = time.Hour      // but when it has stayed so for that long
)

// leaps watches for a clock that is put on while the program runs: a machine whose time server is wrong, or that
// was copied while it slept. By such a clock people would be forgotten whose time has not come, offers would be
// over, old backups removed and letters sent that are due in a year; none of it comes back with the clock. So the
// jobs that do what time has come for wait for a while, and whoever runs the program is told. Nobody at a page waits.
type leaps struct {
	wall   func() time.Time     // without a monotonic reading
	passed func() time.Duration // since the start, by a clock that nobody turns
	log    *slog.Logger

	mu     sync.Mutex
	seen   bool
	at     time.Time // by the wall, and
	since  time.Duration
	until  time.Duration // from the start; until then jobs wait
	leapt  time.Duration // by how much the clock is not believed
	doubts bool
}

func newLeaps(log *slog.Logger) *leaps {
	began := time.Now()
	return &leaps{
		wall: func() time.Time { return time.Now().Round(0) }, passed: func() time.Duration { return time.Since(began) }, log: log,
	}
}

// doubtful reports whether the clock was put on a short while ago and has not been put back.
func (l *leaps) doubtful() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, since := l.wall(), l.passed()
	by := at.Sub(l.at) - (since - l.since)
	first := !l.seen
	l.seen, l.at, l.since = true, at, since
	switch {
	case first:
	case by.Abs() > leapBy && l.doubts && (l.leapt+by).Abs() <= leapBy:
		l.log.Warn("the clock was put back; jobs go on", "by", (-by).String())
		l.doubts = false
	case by > leapBy:
		l.doubts, l.leapt, l.until = true, l.leapt+by, since+leapFor
		l.log.Error("the clock was put on; jobs that wait for a time do nothing until it has stayed so for a while", "by", by.String(), "while", leapFor.String())
	}
	if l.doubts && since >= l.until {
		l.log.Warn("the clock is believed; jobs go on")
		l.doubts = false
	}
	if !l.doubts {
		l.leapt = 0
	}
	return l.doubts
}

// heed makes jobs wait while the clock is doubtful, but for those named: what they do is asked for by somebody.
func (l *leaps) heed(jobs []*worker.Job, but ...string) []*worker.Job {
	for _, j := range jobs {
		if run := j.Run; !slices.Contains(but, j.Name) {
			j.Run = func(ctx context.Context) (time.Time, error) {
				if l.doubtful() {
					return j.Now().Add(time.Minute), nil
				}
				return run(ctx)
			}
		}
	}
	return jobs
}
