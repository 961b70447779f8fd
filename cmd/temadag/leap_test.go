package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/worker"
)

// hands are a clock on the wall that is turned, and one that is not.
type hands struct {
	wall   time.Time
	passed time.Duration
}

// TestLeaps: after a leap of the clock jobs wait until it is put back or has stayed so for an hour, and not
// otherwise. The twin believes every clock.
func TestLeaps(t *testing.T) {
	type step struct {
		passes, turned time.Duration
		waits          bool
	}
	const year = 365 * 24 * time.Hour
	for name, steps := range map[string][]step{
		"a year on, and put right":     {{0, 0, false}, {time.Minute, year, true}, {time.Minute, 0, true}, {time.Minute, -year, false}, {time.Minute, 0, false}},
		"a year on, and it stays so":   {{0, 0, false}, {time.Minute, year, true}, {59 * time.Minute, 0, true}, {time.Minute, 0, false}, {time.Hour, 0, false}},
		"an hour on and back":          {{0, 0, false}, {time.Minute, time.Hour, false}, {time.Minute, -time.Hour, false}},
		"a year back":                  {{0, 0, false}, {time.Minute, -year, false}},
		"a job that takes two days":    {{0, 0, false}, {48 * time.Hour, 0, false}},
		"a day on, and another":        {{0, 0, false}, {time.Minute, 24 * time.Hour, true}, {30 * time.Minute, 24 * time.Hour, true}, {45 * time.Minute, 0, true}, {15 * time.Minute, 0, false}},
		"two days on in two, and back": {{0, 0, false}, {time.Minute, 24 * time.Hour, true}, {time.Minute, 24 * time.Hour, true}, {time.Minute, -48 * time.Hour, false}},
	} {
		h := &hands{wall: time.Date(2027, time.March, 28, 1, 59, 0, 0, time.UTC)}
		l := &leaps{wall: func() time.Time { return h.wall }, passed: func() time.Duration { return h.passed }, log: slog.New(slog.DiscardHandler)}
		ran, twinRan, wasAsked := 0, 0, 0
		count := func(n *int) func(context.Context) (time.Time, error) {
			return func(context.Context) (time.Time, error) { *n++; return time.Time{}, nil }
		}
		job := func(name string, n *int) *worker.Job {
			return worker.New(name, func() time.Time { return h.wall }, l.log, count(n))
		}
		jobs := l.heed([]*worker.Job{job("clock", &ran), job("letters", &wasAsked)}, "letters")
		twin := job("clock", &twinRan)
		waited := 0
		for i, s := range steps {
			h.passed, h.wall = h.passed+s.passes, h.wall.Add(s.passes+s.turned)
			before := ran
			for _, j := range append(jobs, twin) {
				if _, err := j.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if waits := ran == before; waits != s.waits {
				t.Errorf("%s: step %d: it waits %v, want %v", name, i+1, waits, s.waits)
			}
			if s.waits {
				waited++
			}
		}
		if wasAsked != len(steps) || twinRan-ran != waited {
			t.Errorf("%s: letters went %d times of %d, the twin ran %d times and the job %d", name, wasAsked, len(steps), twinRan, ran)
		}
	}
}
