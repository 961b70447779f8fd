package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// processTrials are what becomes of whole programs.
func processTrials() []trial {
	return []trial{
		{"asked to stop under 500 requests per second: a connection each", stopOften(false)},
		{"asked to stop under 500 requests per second: connections that are kept", stopOften(true)},
		{"killed: the use case and the store", killOften(1, killRounds, true)},
		{"killed: one program", killOften(1, killRoundsWhole, false)},
		{"killed: one of two programs on one file", killOften(2, killRoundsOfTwo, false)},
		{"hostile clients", besiege},
	}
}

const (
	stopRounds      = 50
	killRounds      = 10_000
	killRoundsWhole = 3_000 // most of such a round is the start, with all its pages and letters
	killRoundsOfTwo = 2_000
	killLanes       = 4 // the start of a program waits here and there; more of them fill two processors
)

func stopOften(keepAlive bool) func(context.Context, *session) (figures, error) {
	return func(ctx context.Context, s *session) (figures, error) {
		sum := stopping{}
		var broken []error
		rounds := s.count(stopRounds)
		for n := range rounds {
			out, err := stopUnder(ctx, s.binary, nil, 500, 500, 300, keepAlive)
			if err == nil {
				err = out.err()
			}
			if err != nil {
				broken = append(broken, fmt.Errorf("round %d: %w", n, err))
			}
			sum.sent, sum.received, sum.refused, sum.cut, sum.lost = sum.sent+out.sent, sum.received+out.received, sum.refused+out.refused, sum.cut+out.cut, sum.lost+out.lost
			sum.reset, sum.told, sum.took = sum.reset+out.reset, sum.told+out.told, max(sum.took, out.took)
		}
		f := sum.figures()
		f["rounds"] = rounds
		return f, errors.Join(broken...)
	}
}

// killOften kills the first of the programs at a random moment of each round, and starts it again. The others go on.
// A bare program is the use case and the store behind a form, without pages and letters: it starts in no time.
func killOften(programs, rounds int, bare bool) func(context.Context, *session) (figures, error) {
	return func(ctx context.Context, s *session) (_ figures, err error) {
		dir, err := os.MkdirTemp("", "temadag-kill-")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		start := time.Now()
		k := killing{binary: s.binary, programs: programs, rounds: s.count(rounds), lanes: killLanes}
		if bare {
			if k.twin, err = twinOf(goesWithoutPages); err != nil {
				return nil, err
			}
		}
		done, err := k.run(ctx, dir)
		f := done.figures()
		f["rounds_per_s"] = float64(done.rounds) / time.Since(start).Seconds()
		return f, err
	}
}
