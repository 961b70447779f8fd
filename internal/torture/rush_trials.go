package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/temadag/temadag/internal/testkit/cluster"
)

// rushTrials are two thousand people for fifty places, twenty times in each way to run the program.
func rushTrials() []trial {
	return []trial{
		{"never sold twice: one program", rushOften(1, false)},
		{"never sold twice: two programs on one file", rushOften(2, false)},
		{"never sold twice: two programs on PostgreSQL", rushOften(2, true)},
	}
}

const (
	rushVisitors = 2000
	rushPlaces   = 50
	rushSeeds    = 20
)

func rushOften(programs int, postgres bool) func(context.Context, *session) (figures, error) {
	return func(ctx context.Context, s *session) (_ figures, err error) {
		var c *cluster.Cluster
		if postgres {
			if c, err = cluster.Start(ctx); err != nil {
				return nil, err
			}
			defer func() { err = errors.Join(err, c.Stop()) }()
		}
		f := figures{"programs": programs, "visitors": rushVisitors, "places": rushPlaces}
		var broken []error
		told, again, worst, p99, seeds := 0, 0, 0.0, 0.0, 0
		for seed := range s.count(rushSeeds) {
			r := rushOf{programs: programs, visitors: rushVisitors, places: rushPlaces, seed: uint64(seed)}
			if postgres {
				if err := c.Run(ctx, fmt.Sprintf("CREATE DATABASE rush_%d", seed)); err != nil {
					return f, err
				}
				r.url = c.URL(fmt.Sprintf("rush_%d", seed))
			}
			out, err := r.run(ctx, s.binary)
			if err != nil {
				return f, err
			}
			if err := out.err(); err != nil {
				broken = append(broken, fmt.Errorf("seed %d: %w", seed, err))
			}
			seeds, told, again = seeds+1, told+len(out.Received), again+out.Again
			worst, p99 = max(worst, out.percentile(1).Seconds()), max(p99, out.percentile(0.99).Seconds())
			s.logf("seed %d: %d received, %d asked to come again, slowest %v", seed, len(out.Received), out.Again, out.percentile(1))
		}
		f["seeds"], f["received"], f["asked_again"], f["p99_s_worst"], f["slowest_s"] = seeds, told, again, p99, worst
		return f, errors.Join(broken...)
	}
}
