// Command bench measures Temadag against floors: the least work that gives the same result, done
// in the same run on the same machine. Absolute figures move with the machine; the ratio is what
// counts, and it is told with every figure.
//
// It prints one JSON line per figure on standard output and its progress on standard error. It is
// a second composition root that only measures: it may import any room, no room imports it, and it
// changes nothing outside the folder that it makes for itself and removes again.
//
// The program is measured as it is delivered: a child process serving from a file on a disk,
// driven over HTTP by lean clients in this process. Application and floor are run in turn
// (A B A B) and their medians compared. With -profile a child of this command's own serves instead,
// wired in the same way, and leaves profiles of processor time, memory and waiting behind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(os.Args) > 2 && os.Args[1] == childWord {
		err = runChild(ctx, os.Args[2], os.Args[3:])
	} else {
		err = run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run reads the flags and measures what they choose. A missed aim is told in the figure and is no
// error; a figure that could not be taken, or whose work failed in part, is one.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s := &session{stderr: stderr, workbooks: map[int]*figure{}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	only := flags.String("only", "", "take only the figures whose name matches this regular expression")
	flags.Float64Var(&s.seconds, "seconds", 4, "about how long each run of a throughput figure lasts")
	flags.IntVar(&s.runs, "runs", 3, "runs of application and floor each, in turn; medians are told")
	flags.BoolVar(&s.quick, "quick", false, "one short run each: shows that everything runs, not how fast")
	flags.StringVar(&s.binary, "binary", "", "the built program; it is built when this is empty")
	flags.StringVar(&s.work, "dir", "", "folder on a real disk to work in; the default is ./var or the temporary folder")
	flags.StringVar(&s.keep, "keep", "", "folder to keep the file of a million registrations in, for the next run; it takes 2 GB and more")
	flags.StringVar(&s.profiles, "profile", "", "folder to leave profiles of the server in")
	list := flags.Bool("list", false, "print the names of the figures and stop")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	if *list {
		for _, b := range chosen {
			fmt.Fprintln(stdout, b.name)
		}
		return nil
	}
	if s.quick {
		s.seconds, s.runs = min(s.seconds, 0.3), 1
	}
	if s.seconds <= 0 || s.runs < 1 {
		return errors.New("-seconds and -runs must be positive")
	}
	if err := s.open(); err != nil {
		return err
	}
	defer s.close()
	return measure(ctx, s, chosen, newReport(stdout))
}

// measure takes the chosen figures one after another. It goes on after a figure that failed, so
// that one broken path does not hide the rest, and tells of all failures at the end.
func measure(ctx context.Context, s *session, chosen []benchmark, out *report) error {
	if err := out.write(machineFigure(s)); err != nil {
		return err
	}
	var faults []error
	for i, b := range chosen {
		if ctx.Err() != nil {
			return errors.Join(append(faults, ctx.Err())...)
		}
		s.logf("%d/%d %s", i+1, len(chosen), b.name)
		s.current = b.name
		watch := watchBystanders()
		f, err := b.run(ctx, s)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", b.name, err))
			s.logf("%s: %v", b.name, err)
			continue
		}
		if f == nil { // what it needs is not here, and it has said so
			continue
		}
		f.Name = b.name
		if share, ok := watch.share(); ok {
			f.extra("others_cpu_share", share)
			if share > 0.05 {
				s.logf("%s: others used %.0f %% of the machine meanwhile; do not trust it", b.name, 100*share)
			}
		}
		if !s.quick && s.profiles == "" { // such runs show that and where, not how fast
			f.judge(b.aim)
		}
		if err := out.write(f); err != nil {
			return err
		}
	}
	return errors.Join(faults...)
}

// choose is the benchmarks whose names match pattern, in their order.
func choose(pattern string) ([]benchmark, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("-only: %w", err)
	}
	var chosen []benchmark
	all := benchmarks()
	if pattern != "" {
		all = append(append(all, sizeBenchmarks()...), largeBenchmarks()...)
	}
	for _, b := range all {
		if re.MatchString(b.name) {
			chosen = append(chosen, b)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("-only: no figure has a name like %q; -list prints the names", pattern)
	}
	return chosen, nil
}
