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
		{"killed: one program", killOften(1)},
		{"killed: one of two programs on one file", killOften(2)},
		{"hostile clients", besiege},
	}
}

const (
	stopRounds = 50
	killRounds = 10_000
)

func stopOften(keepAlive bool) func(context.Context, *session) (figures, error) {
	return func(ctx context.Context, s *session) (figures, error) {
		sum := stopping{}
		var broken []error
		rounds := s.count(stopRounds)
		for n := range rounds {
			out, err := stopUnder(ctx, s.binary, 500, 500, 300, keepAlive)
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
func killOften(programs int) func(context.Context, *session) (figures, error) {
	return func(ctx context.Context, s *session) (_ figures, err error) {
		dir, err := os.MkdirTemp("", "temadag-kill-")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		start := time.Now()
		k, err := killLoop(ctx, s.binary, dir, programs, s.count(killRounds))
		f := figures{"rounds": k.rounds, "received": k.received, "lost": k.lost, "asked_again": k.again, "slowest_s": k.slowest.Seconds(), "rounds_per_s": float64(k.rounds) / time.Since(start).Seconds()}
		return f, err
	}
}
