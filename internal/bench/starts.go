package main

import (
	"context"
	"errors"
	"os"
	"time"
)

// startToAnswer is the time from starting the program on an existing database to its first page;
// the floor is the same of a bare gin.
func startToAnswer(ctx context.Context, s *session) (*figure, error) {
	if _, err := s.program(ctx); err != nil {
		return nil, err
	}
	f, err := s.newFixture(ctx, "start", false)
	if err != nil {
		return nil, err
	}
	var app, floor []float64
	err = s.alternate(func() error {
		c, err := s.startTemadag(ctx, f)
		if err != nil {
			return err
		}
		app = append(app, milliseconds(c.ready))
		return c.stop()
	}, func() error {
		c, err := s.startBare(ctx, 100)
		if err != nil {
			return err
		}
		floor = append(floor, milliseconds(c.ready))
		return c.stop()
	})
	if err != nil {
		return nil, err
	}
	return &figure{Value: median(app), Unit: "ms", Floor: median(floor)}, os.RemoveAll(f.dir)
}

// idleMemory is what the program holds in memory a moment after its first page; the floor is what a
// bare gin holds.
func idleMemory(ctx context.Context, s *session) (*figure, error) {
	f, err := s.newFixture(ctx, "idle", false)
	if err != nil {
		return nil, err
	}
	c, err := s.startTemadag(ctx, f)
	if err != nil {
		return nil, err
	}
	value := restingMemory(ctx, c)
	if err := errors.Join(c.stop(), os.RemoveAll(f.dir)); err != nil {
		return nil, err
	}
	bare, err := s.startBare(ctx, 100)
	if err != nil {
		return nil, err
	}
	return &figure{Value: value, Unit: "MB", Floor: restingMemory(ctx, bare)}, bare.stop()
}

func restingMemory(ctx context.Context, c *child) float64 {
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
	}
	return processMemory(c.pid(), "VmRSS")
}

// binarySize is the size of the program as it is delivered.
func binarySize(ctx context.Context, s *session) (*figure, error) {
	path, err := s.program(ctx)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return &figure{Value: float64(info.Size()) / (1 << 20), Unit: "MB"}, nil
}
