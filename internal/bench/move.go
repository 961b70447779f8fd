package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/temadag/temadag/internal/testkit/cluster"
)

// moved is what one run of temadag copy took.
type moved struct {
	seconds  float64
	memoryMB float64 // at its peak
}

// movedToPostgres is how a file with n registrations moves to a PostgreSQL that keeps its promises, on the same
// machine: the peak of memory against that of a file of a tenth, which shows whether it grows with the file, and
// beside it how long each of the steps of a move takes. Each reads every row on both sides.
func movedToPostgres(asked int) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		n := asked
		if s.quick {
			n = min(asked, 5_000)
		}
		out := &figure{Unit: "MB"}
		for _, n := range []int{n / 10, n} {
			steps, mb, err := s.move(ctx, n)
			if errors.Is(err, cluster.ErrAbsent) {
				s.logf("left out: %v", err)
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			peak := 0.0
			for _, m := range steps {
				peak = max(peak, m.memoryMB)
			}
			out.Floor, out.Value = out.Value, peak
			out.extra("registrations", n)
			out.extra("file_mb", rounded(mb))
			for name, m := range steps {
				out.extra(name+"_s", rounded(m.seconds))
			}
		}
		return out, nil
	}
}

// move copies a file with n registrations, copies it again with nothing new, and ends the move.
func (s *session) move(ctx context.Context, n int) (steps map[string]moved, fileMB float64, err error) {
	f, err := s.newMillion(ctx, n)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(f.dir)) }()
	c, err := cluster.Start(ctx, "shared_buffers=256MB", "max_wal_size=2GB")
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	steps, fileMB = map[string]moved{}, sizeMB(f.database())
	for _, step := range []struct {
		name string
		args []string
	}{{"copy", nil}, {"nothing_new", nil}, {"finish", []string{"--finish"}}} {
		m, err := s.carry(ctx, f, append([]string{"copy", "--from", f.database(), "--to", c.URL("postgres")}, step.args...)...)
		if err != nil {
			return nil, 0, err
		}
		steps[step.name] = m
		s.logf("%d registrations, %s: %.1f s, %.0f MB", n, step.name, m.seconds, m.memoryMB)
	}
	return steps, fileMB, nil
}

func (s *session) carry(ctx context.Context, f fixture, args ...string) (moved, error) {
	binary, err := s.program(ctx)
	if err != nil {
		return moved{}, err
	}
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(cleanEnvironment(), "TEMADAG_DATA_DIR="+f.dir, "TEMADAG_SECRET="+string(f.secret))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return moved{}, err
	}
	gone := make(chan error, 1)
	go func() { gone <- cmd.Wait() }()
	var out moved
	for {
		select {
		case err := <-gone:
			if err != nil {
				err = fmt.Errorf("%v: %w\n%s", args, err, said.String())
			}
			out.seconds = time.Since(start).Seconds()
			return out, err
		case <-time.After(20 * time.Millisecond): // what the kernel tells at the end is what this process had when it began the other
			out.memoryMB = max(out.memoryMB, processMemory(cmd.Process.Pid, "VmHWM"))
		}
	}
}
