package journey_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/mattn/go-sqlite3"

	"github.com/temadag/temadag/internal/testkit"
)

// program is the built program on a data folder of its own, and the process that serves it.
type program struct {
	t    testing.TB
	bin  string
	dir  string
	url  string // of its database of PostgreSQL; "" where it keeps a file
	addr string
	env  []string
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
	said *said
	// asked is whether the test itself ended the process.
	asked bool
}

// said is what a process wrote.
type said struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// furnished is a program with the demonstration programme, not yet serving. Every statement is
// carried out on its database first, to bring the events into the states a test needs.
func furnished(t testing.TB, statements ...string) *program {
	t.Helper()
	p := &program{t: t, bin: house().program(t), dir: t.TempDir(), addr: freeAddress(t), said: &said{}}
	if err := os.CopyFS(p.dir, os.DirFS(house().demo(t))); err != nil {
		t.Fatal(err)
	}
	p.env = append(cleanEnvironment(), "TEMADAG_DATA_DIR="+p.dir, "TEMADAG_ADDR="+p.addr, "TEMADAG_BASE_URL="+p.base(),
		"TEMADAG_CLOCK="+morning)
	if testkit.Engine() == testkit.Postgres {
		p.url = testkit.PostgresLike(t, house().database)
		p.env = append(p.env, "TEMADAG_DATABASE_URL="+p.url)
	}
	if len(statements) > 0 {
		p.change(statements...)
	}
	return p
}

// serving is a furnished program that answers.
func serving(t testing.TB, statements ...string) *program {
	t.Helper()
	p := furnished(t, statements...)
	p.start()
	return p
}

// unhurried is serving with neither rate limit nor the watch for robots, for crowds that all come
// from one address and fill in their forms in no time.
func unhurried(t testing.TB, statements ...string) *program {
	t.Helper()
	p := furnished(t, statements...)
	p.env = append(p.env, "TEMADAG_RATE_LIMIT=off")
	p.start()
	return p
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (p *program) base() string { return "http://" + p.addr }

// start runs "temadag serve" and returns when it answers.
func (p *program) start() {
	p.t.Helper()
	p.asked = false
	p.cmd = exec.Command(p.bin, "serve")
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = p.env, p.said, p.said
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	done := make(chan struct{})
	p.done = done
	go func() { _ = p.cmd.Wait(); close(done) }()
	p.t.Cleanup(p.clearAway)
	p.await("the program to answer", func() bool {
		select {
		case <-done:
			p.t.Fatalf("the program ended at once:\n%s", p.said)
		default:
		}
		resp, err := http.Get(p.base() + "/robots.txt")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode < 500
	})
}

// kill ends the process as a power cut would, with no time for a last word.
func (p *program) kill() {
	p.t.Helper()
	p.asked = true
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		p.t.Errorf("the program had ended before it was killed: %v:\n%s", p.cmd.ProcessState, p.said)
	}
	<-p.done
}

// stop asks the process to end and waits until it has.
func (p *program) stop() {
	p.t.Helper()
	p.asked = true
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatalf("the program had ended before it was asked to: %v:\n%s", p.cmd.ProcessState, p.said)
	}
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		p.t.Fatalf("the program did not end when asked to:\n%s", p.said)
	}
}

// clearAway ends the process when the test is over. One that has ended unasked fails the test.
func (p *program) clearAway() {
	if !p.asked {
		p.kill()
	}
}

// run runs another of the program's commands on the same data and returns what it wrote.
func (p *program) run(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.bin, args...)
	cmd.Env = p.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// fsck fails the test where the program itself finds a fault in its data.
func (p *program) fsck() {
	p.t.Helper()
	if out, err := p.run("fsck"); err != nil {
		p.t.Errorf("fsck: %v\n%s", err, out)
	}
}

// await waits for what another process is to bring about, ten seconds at most.
func (p *program) await(what string, ready func() bool) {
	p.t.Helper()
	deadline := time.Now().Add(45 * time.Second) // a machine may have much to do
	for !ready() {
		if time.Now().After(deadline) {
			p.t.Fatalf("waited in vain for %s; the program says:\n%s", what, p.said)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// database opens the database of a program that is not serving, or reads beside one that is.
func (p *program) database() *sqlx.DB {
	p.t.Helper()
	if p.url != "" {
		db, err := sqlx.Open("pgx", p.url)
		if err != nil {
			p.t.Fatal(err)
		}
		return db
	}
	files, err := filepath.Glob(filepath.Join(p.dir, "*.db"))
	if err != nil || len(files) != 1 {
		p.t.Fatalf("one database expected in %s, found %v (%v)", p.dir, files, err)
	}
	db, err := sqlx.Open("sqlite3", "file:"+files[0]+"?_busy_timeout=10000&_foreign_keys=on")
	if err != nil {
		p.t.Fatal(err)
	}
	return db
}

// change carries out statements on the database.
func (p *program) change(statements ...string) {
	p.t.Helper()
	db := p.database()
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			p.t.Fatalf("%s: %v", s, err)
		}
	}
}

// count is the number that a query of one row and column answers.
func (p *program) count(query string, args ...any) int {
	p.t.Helper()
	db := p.database()
	defer db.Close()
	var n int
	if err := db.QueryRow(db.Rebind(query), args...).Scan(&n); err != nil && !errors.Is(err, sql.ErrNoRows) {
		p.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// letterFiles lists the .eml files the program has written, in order of name.
func (p *program) letterFiles() []string {
	p.t.Helper()
	var out []string
	err := filepath.WalkDir(p.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".eml") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// letterTo waits for the letter to an address and returns it parsed; n tells which, counted from 1.
func (p *program) letterTo(address string, n int) *letter {
	p.t.Helper()
	var found *letter
	p.await("a letter to "+address, func() bool {
		seen := 0
		for _, path := range p.letterFiles() {
			raw, err := os.ReadFile(path)
			if err != nil {
				p.t.Fatal(err)
			}
			if l := readLetter(p.t, raw); l.to == address {
				if seen++; seen == n {
					found = l
					return true
				}
			}
		}
		return false
	})
	return found
}

// drain reads a body to its end and closes it, so that the connection is used again.
func drain(body io.ReadCloser) []byte {
	b, _ := io.ReadAll(body) // a short body shows in what the test looks for
	_ = body.Close()
	return b
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

// dump is every row as text, and closes them.
func dump(t testing.TB, rows *sql.Rows) string {
	t.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	var b strings.Builder
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%v\n", values)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
