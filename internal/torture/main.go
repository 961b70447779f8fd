// Command torture does to the built program what it must survive, long and often, and tells what came of it:
// one JSON line for each trial. It fails where a promise was broken. The tests beside it do the same for a
// moment, and show that a program without the defence is found out.
//
// What is measured here is done to fresh databases in temporary directories, never to anybody's data.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// figures is what a trial measured, by name.
type figures map[string]any

// trial is one way to hurt the program. The error says which promise was broken, or why it could not be tried.
type trial struct {
	name string
	run  func(ctx context.Context, s *session) (figures, error)
}

// session is one run of the command.
type session struct {
	binary string
	scale  float64 // 1 is the long way
	stderr io.Writer
}

// count is n at the session's scale, at least 1.
func (s *session) count(n int) int { return max(1, int(float64(n)*s.scale)) }

func (s *session) logf(format string, args ...any) { fmt.Fprintf(s.stderr, format+"\n", args...) }

// trials are all that there are, in their order.
func trials() []trial {
	var all []trial
	for _, of := range [][]trial{rushTrials(), processTrials(), storageTrials(), returnTrials(), jumpTrials()} {
		all = append(all, of...)
	}
	return all
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	do := func() error { return run(ctx, os.Args[1:], os.Stdout, os.Stderr) }
	if len(os.Args) > 1 && os.Args[1] == childWord {
		do = func() error { return runChild(ctx, os.Args[2:]) }
	}
	if len(os.Args) == 3 && os.Args[1] == twinWord {
		do = func() error { return runTwin(ctx, os.Args[2]) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s := &session{stderr: stderr}
	flags := flag.NewFlagSet("torture", flag.ContinueOnError)
	flags.StringVar(&s.binary, "binary", "", "the built program; built anew when absent")
	flags.Float64Var(&s.scale, "scale", 1, "how long: 0.01 for a look")
	only := flags.String("run", ".", "which trials, a regular expression")
	if err := flags.Parse(args); err != nil {
		return err
	}
	wanted, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	if s.binary == "" {
		dir, err := os.MkdirTemp("", "temadag-torture-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		s.binary = filepath.Join(dir, "temadag")
		if out, err := exec.CommandContext(ctx, "go", "build", "-tags=nomsgpack", "-trimpath", "-o", s.binary, "./cmd/temadag").CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w\n%s", err, out)
		}
	}
	return s.runAll(ctx, wanted, stdout)
}

// runAll runs what is wanted, and writes a line for each.
func (s *session) runAll(ctx context.Context, wanted *regexp.Regexp, stdout io.Writer) error {
	broken := 0
	out := json.NewEncoder(stdout)
	for _, t := range trials() {
		if !wanted.MatchString(t.name) || ctx.Err() != nil {
			continue
		}
		start := time.Now()
		f, err := t.run(ctx, s)
		line := figures{"trial": t.name, "held": err == nil, "seconds": time.Since(start).Round(100 * time.Millisecond).Seconds(), "at": start.Format(time.DateTime)}
		for name, value := range f {
			line[name] = value
		}
		if err != nil {
			broken++
			line["broken"] = err.Error()
		}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	if broken > 0 {
		return fmt.Errorf("%d trials broke a promise", broken)
	}
	return ctx.Err()
}
