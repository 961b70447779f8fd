package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// benchmark is one figure and how it is taken.
type benchmark struct {
	name string
	aim  aim
	run  func(ctx context.Context, s *session) (*figure, error)
}

// session is one run of the command: its settings and the folder it works in.
type session struct {
	stderr    io.Writer
	seconds   float64
	runs      int
	quick     bool
	keep      string // where the big file is kept between runs; "" for nowhere
	profiles  string // where profiles go; "" for none
	binary    string // path of the built program; see program
	work      string // parent of dir, from the flag
	dir       string // own folder, removed at the end
	current   string // name of the figure being taken
	serial    int
	workbooks map[int]*figure // those taken, by number of rows
}

func (s *session) logf(format string, args ...any) {
	fmt.Fprintf(s.stderr, format+"\n", args...)
}

// open makes the session's own folder on a real disk. Durability costs nothing on a file system in
// memory, so such a folder is refused.
func (s *session) open() error {
	candidates := []string{"var", os.TempDir()}
	if s.work != "" {
		candidates = []string{s.work}
	}
	for _, parent := range candidates {
		parent, err := filepath.Abs(parent)
		if err != nil {
			return err
		}
		if inMemory(filesystemOf(parent)) {
			continue
		}
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return err
		}
		dir, err := os.MkdirTemp(parent, "bench-")
		if err != nil {
			return err
		}
		s.dir = dir
		return nil
	}
	return fmt.Errorf("no folder on a real disk among %s; name one with -dir", strings.Join(candidates, ", "))
}

func (s *session) close() {
	if s.dir != "" {
		if err := os.RemoveAll(s.dir); err != nil {
			s.logf("the folder %s could not be removed: %v", s.dir, err)
		}
	}
}

// newDir makes an empty folder for one run.
func (s *session) newDir(name string) (string, error) {
	s.serial++
	dir := filepath.Join(s.dir, fmt.Sprintf("%03d-%s", s.serial, name))
	return dir, os.MkdirAll(dir, 0o700)
}

// count is n scaled to the length of a run, at least 1: n is what a run of one second should do.
func (s *session) count(perSecond int) int {
	return max(1, int(float64(perSecond)*s.seconds))
}

// alternate runs application and floor in turn, s.runs times each, so that a change in the
// machine's mood meets both. floor may be nil.
func (s *session) alternate(app, floor func() error) error {
	for i := range s.runs {
		if err := app(); err != nil {
			return fmt.Errorf("run %d: %w", i+1, err)
		}
		if floor == nil {
			continue
		}
		if err := floor(); err != nil {
			return fmt.Errorf("floor, run %d: %w", i+1, err)
		}
	}
	return nil
}
