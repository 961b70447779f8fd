package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// rushOf is how hard a rush is: so many programs on one database, so many visitors, so many places.
type rushOf struct {
	programs, visitors, places int
	url                        string // of a database with nothing in it; "" for a file
	seed                       uint64
}

// rush is the outcome of one.
type rush struct {
	journal
	books
	took   time.Duration
	faults []string
}

// run lets a crowd rush at the site and compares what it was told with what is kept.
func (r rushOf) run(ctx context.Context, binary string) (_ rush, err error) {
	dir, err := os.MkdirTemp("", "temadag-rush-")
	if err != nil {
		return rush{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := newSite(ctx, binary, dir, r.url, domain.Seats(r.places))
	if err != nil {
		return rush{}, err
	}
	defer s.killAll()
	if err := s.serve(ctx, r.programs); err != nil {
		return rush{}, err
	}
	c := newCrowd(s, r.visitors)
	start := time.Now()
	c.rush(ctx, r.visitors, r.seed)
	out := rush{took: time.Since(start)}
	if err := s.stop(); err != nil {
		return rush{}, err
	}
	if out.books, err = s.read(ctx); err != nil {
		return rush{}, err
	}
	out.journal = c.journal
	out.faults = c.journal.faults(out.books, r.places)
	if full := out.confirmed + out.offered; full != r.places {
		out.faults = append(out.faults, fmt.Sprintf("%d of %d places are taken", full, r.places))
	}
	if out.Unreached > 0 {
		out.faults = append(out.faults, fmt.Sprintf("%d got no answer", out.Unreached))
	}
	for _, line := range s.faults() {
		out.faults = append(out.faults, "a program says: "+line)
	}
	return out, nil
}

// err is what is wrong with a rush, nil for nothing.
func (r rush) err() error {
	if len(r.faults) == 0 {
		return nil
	}
	return errors.New(strings.Join(r.faults[:min(len(r.faults), 12)], "\n"))
}
