package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

// childWord is the first argument of this command when it runs as its own child, so that a server
// or a workbook has a process, and a peak of memory, of its own.
const childWord = "child"

// runChild does one piece of work and prints what it measured on standard output.
func runChild(ctx context.Context, kind string, args []string) error {
	if strings.HasPrefix(kind, "workbook") && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(25) // as export does, for the floor too
	}
	switch kind {
	case "gin":
		return serveBare(ctx, args)
	case "serve":
		return serveProfiled(ctx, args)
	case "workbook":
		return childWorkbook(ctx, args)
	case "choice":
		return childChoice(ctx, args)
	case "workbook-floor":
		return childWorkbookFloor(args)
	}
	return fmt.Errorf("no child of the kind %q", kind)
}

// child is a running process that serves HTTP.
type child struct {
	cmd   *exec.Cmd
	addr  string
	log   string
	ready time.Duration // from start to the first complete answer
	gone  chan error
	after func() // what to end when the child has ended; nil for nothing
}

// startServer runs a program that listens on the address it is told of through command, and waits
// until path answers 200.
func startServer(ctx context.Context, dir, path string, command func(addr string) *exec.Cmd) (*child, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: command(addr), addr: addr, log: filepath.Join(dir, "server.log"), gone: make(chan error, 1)}
	out, err := os.OpenFile(c.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()
	c.cmd.Stdout, c.cmd.Stderr = out, out
	start := time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { c.gone <- c.cmd.Wait() }()
	if err := c.await(ctx, getRequest(addr, path)); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	c.ready = time.Since(start)
	return c, nil
}

// await asks until the server answers, at most ten seconds.
func (c *child) await(ctx context.Context, request []byte) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		status, _, _, err := fetch(c.addr, request)
		if err == nil && status == 200 {
			return nil
		}
		select {
		case werr := <-c.gone:
			c.gone <- werr
			return fmt.Errorf("the server ended at once: %w\n%s", orGone(werr), c.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer (status %d, %v)\n%s", status, err, c.lastWords())
		case <-time.After(500 * time.Microsecond):
		}
	}
}

func orGone(err error) error {
	if err == nil {
		return errors.New("without an error")
	}
	return err
}

// lastWords is the end of what the server has logged.
func (c *child) lastWords() string {
	b, err := os.ReadFile(c.log)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-2000):])
}

// stop asks the server to end in good order and waits for it.
func (c *child) stop() error {
	if c.after != nil {
		defer c.after()
	}
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case err := <-c.gone:
		if err != nil {
			return fmt.Errorf("the server ended badly: %w\n%s", err, c.lastWords())
		}
		return nil
	case <-time.After(30 * time.Second):
		_ = c.cmd.Process.Kill()
		<-c.gone
		return fmt.Errorf("the server did not end within 30 s\n%s", c.lastWords())
	}
}

// pid is the process to read memory from.
func (c *child) pid() int { return c.cmd.Process.Pid }

// cpu is the processor time the server has used.
func (c *child) cpu() time.Duration { return processCPU(c.pid()) }

// freeAddress is a loopback address that nobody listened on a moment ago.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	addr := l.Addr().String()
	return addr, l.Close()
}

// startBare starts the floor of everything served: gin and nothing else, answering size bytes.
func (s *session) startBare(ctx context.Context, size int) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := s.newDir("gin")
	if err != nil {
		return nil, err
	}
	return startServer(ctx, dir, "/", func(addr string) *exec.Cmd {
		return exec.CommandContext(ctx, self, childWord, "gin", addr, fmt.Sprint(size))
	})
}
