// Command withpostgres runs a command with a PostgreSQL of its own, whose address stands in
// TEMADAG_TEST_POSTGRES, and ends with that command's status. Where PostgreSQL is not installed it says so and
// ends with status 3.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/temadag/temadag/internal/testkit/cluster"
)

func main() {
	status, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpostgres:", err)
		status = 1
		if errors.Is(err, cluster.ErrAbsent) {
			status = 3
		}
	}
	os.Exit(status)
}

func run(args []string) (int, error) {
	if len(args) == 0 {
		return 0, errors.New("which command?")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// Thousands of databases come and go. What the tests prove of crashes they prove with servers of their own.
	c, err := cluster.InMemory(ctx, "shared_buffers=256MB", "autovacuum=off", "max_wal_size=1GB", "checkpoint_timeout=1h")
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "TEMADAG_TEST_POSTGRES="+c.URL("postgres"))
	err = cmd.Run()
	failed := &exec.ExitError{}
	if errors.As(err, &failed) {
		return max(failed.ExitCode(), 1), c.Stop()
	}
	return 0, errors.Join(err, c.Stop())
}
