// Package cluster starts a PostgreSQL of its own for tests and measurements: fresh, on a socket in a temporary
// directory, gone when it is stopped. It must never be pointed at anybody's data.
package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrAbsent says that PostgreSQL's programs are not on this machine.
var ErrAbsent = errors.New("PostgreSQL's programs (initdb, postgres) are not installed")

// Cluster is a running server.
type Cluster struct {
	dir    string
	bin    string
	cred   *syscall.Credential // PostgreSQL refuses to run as root; nil where we are somebody else
	server *exec.Cmd
	ended  chan error
	log    bytes.Buffer
}

// Start makes a cluster and waits until it answers. Settings are given as name=value; without any it keeps its
// promises as it is installed, save that it listens to nothing but its socket.
func Start(ctx context.Context, settings ...string) (*Cluster, error) {
	return start(ctx, "", settings)
}

// InMemory is Start with the data in memory where the machine has room there: it keeps every promise but to
// outlive the machine, and none of them costs anything.
func InMemory(ctx context.Context, settings ...string) (*Cluster, error) {
	const memory, room = "/dev/shm", 2 << 30
	var s syscall.Statfs_t
	if err := syscall.Statfs(memory, &s); err != nil || s.Bavail*uint64(s.Bsize) < room {
		return start(ctx, "", settings)
	}
	return start(ctx, memory, settings)
}

func start(ctx context.Context, parent string, settings []string) (*Cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, "temadag-pg-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, bin: bin, ended: make(chan error, 1)}
	if err := errors.Join(c.lowerRights(), c.make(ctx)); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := c.run(ctx, settings); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// programs is the directory with initdb and postgres: the newest of Debian's, or where the path leads.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	at, err := exec.LookPath("initdb")
	if err != nil {
		return "", ErrAbsent
	}
	if at, err = filepath.EvalSymlinks(at); err != nil {
		return "", err
	}
	return filepath.Dir(at), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4]) // what is no number sorts first
	return n
}

// lowerRights hands the directory to somebody who is not root.
func (c *Cluster) lowerRights() error {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil {
			return err
		}
		gid, err := strconv.Atoi(u.Gid)
		if err != nil {
			return err
		}
		c.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return os.Chown(c.dir, uid, gid)
	}
	return errors.New("there is nobody but root to run PostgreSQL as")
}

func (c *Cluster) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred, Pdeathsig: syscall.SIGQUIT}
	return cmd
}

func (c *Cluster) make(ctx context.Context) error {
	out, err := c.command(ctx, "initdb", "-D", c.data(), "-U", "temadag", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) run(ctx context.Context, settings []string) error {
	args := []string{"-D", c.data(), "-k", c.dir, "-c", "listen_addresses=", "-c", "max_connections=500", "-c", "timezone=UTC"}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	c.server = c.command(context.WithoutCancel(ctx), "postgres", args...)
	c.server.Stdout, c.server.Stderr = &c.log, &c.log
	if err := c.server.Start(); err != nil {
		return err
	}
	go func() { c.ended <- c.server.Wait() }()
	for try := 0; try < 600; try++ {
		if c.command(ctx, "pg_isready", "-q", "-h", c.dir, "-U", "temadag").Run() == nil {
			return nil
		}
		select {
		case err := <-c.ended:
			c.server = nil
			return fmt.Errorf("postgres ended: %w\n%s", err, c.log.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.New("postgres does not answer")
}

// URL is the address of one of its databases.
func (c *Cluster) URL(database string) string {
	return "postgres://temadag@/" + url.PathEscape(database) + "?host=" + url.QueryEscape(c.dir)
}

// Kill ends the server at once, as a crash would: what it had not written is lost.
func (c *Cluster) Kill() error {
	if c.server == nil {
		return nil
	}
	err := c.server.Process.Signal(syscall.SIGQUIT)
	<-c.ended
	c.server = nil
	return err
}

// Again starts the server that was killed.
func (c *Cluster) Again(ctx context.Context, settings ...string) error { return c.run(ctx, settings) }

// Stop ends the server and removes all it kept.
func (c *Cluster) Stop() error { return errors.Join(c.Kill(), os.RemoveAll(c.dir)) }

// Follow makes a cluster that is a standby of this one and follows it.
func (c *Cluster) Follow(ctx context.Context, settings ...string) (*Cluster, error) {
	dir, err := os.MkdirTemp("", "temadag-pg-")
	if err != nil {
		return nil, err
	}
	f := &Cluster{dir: dir, bin: c.bin, ended: make(chan error, 1)}
	if err := f.lowerRights(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	out, err := f.command(ctx, "pg_basebackup", "-D", f.data(), "-h", c.dir, "-U", "temadag", "-R", "-X", "stream", "-c", "fast", "--no-sync").CombinedOutput()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("pg_basebackup: %w\n%s", err, out), os.RemoveAll(dir))
	}
	if err := f.run(ctx, append([]string{"hot_standby=on"}, settings...)); err != nil {
		return nil, errors.Join(err, f.Stop())
	}
	return f, nil
}

// Run runs a statement in the database postgres.
func (c *Cluster) Run(ctx context.Context, statement string) error {
	out, err := c.command(ctx, "psql", "-h", c.dir, "-U", "temadag", "-d", "postgres", "-qX", "-c", statement).CombinedOutput()
	if err != nil {
		return fmt.Errorf("psql: %w\n%s", err, out)
	}
	return nil
}
