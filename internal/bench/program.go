package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// program is the path of the built program; it is built here, as the Makefile does it, where no
// other was named.
func (s *session) program(ctx context.Context) (string, error) {
	if s.binary != "" {
		return filepath.Abs(s.binary)
	}
	out := filepath.Join(s.dir, "temadag")
	s.logf("building the program")
	cmd := exec.CommandContext(ctx, "go", "build", "-tags=nomsgpack", "-trimpath", "-ldflags=-s -w", "-o", out,
		"github.com/temadag/temadag/cmd/temadag")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, text)
	}
	s.binary = out
	return out, nil
}

// startTemadag serves the fixture with the real program, as a child process. Its mail server takes no
// letters, so that the program soon stops trying: letters are owed and wait, and what is measured
// is what the floor does too. Figures of letters have a mail server of their own.
func (s *session) startTemadag(ctx context.Context, f fixture) (*child, error) {
	if s.profiles != "" {
		return s.startProfiled(ctx, f)
	}
	closed, err := newSink(sinkOptions{Refuse: "550 5.7.1 closed"})
	if err != nil {
		return nil, err
	}
	c, err := s.startWithRelay(ctx, f, closed.addr())
	if err != nil {
		closed.close()
		return nil, err
	}
	c.after = closed.close
	return c, nil
}

// startWithRelay is startTemadag with letters handed over to a mail server at addr, and further settings.
func (s *session) startWithRelay(ctx context.Context, f fixture, relay string, more ...string) (*child, error) {
	binary, err := s.program(ctx)
	if err != nil {
		return nil, err
	}
	return startServer(ctx, f.dir, "/", func(addr string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, binary, "serve")
		cmd.Env = append(cleanEnvironment(),
			"TEMADAG_ADDR="+addr,
			"TEMADAG_DATA_DIR="+f.dir,
			"TEMADAG_DATABASE_URL="+f.databaseURL(),
			"TEMADAG_BASE_URL=http://"+addr,
			"TEMADAG_SECRET="+string(f.secret),
			"TEMADAG_RATE_LIMIT=off",
			"TEMADAG_SMTP_URL=smtp://"+relay+"?starttls=off",
			"TEMADAG_MAIL_FROM="+mailFrom,
		)
		cmd.Env = append(cmd.Env, more...)
		return cmd
	})
}
