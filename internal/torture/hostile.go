package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// siege is what honest visitors and the machine felt while hostile clients held the program's connections.
type siege struct {
	held          int           // connections of those who send a byte now and then
	p99           time.Duration // of honest pages meanwhile
	before, after usage         // of the program
	during        usage
	bigBody       int // status of a form of ten megabytes
	bigHeader     int // status of a head of a megabyte
	dropped       int // slow clients whose connection the program had ended by itself in the end
}

// usage is what a program holds of the machine.
type usage struct {
	files, kilobytes int
}

func (p *process) usage() (u usage, err error) {
	dir := filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid))
	files, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return u, err
	}
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if _, rest, found := bytes.Cut(status, []byte("VmRSS:")); found {
		u.kilobytes, _ = strconv.Atoi(string(bytes.Fields(rest)[0]))
	}
	u.files = len(files)
	return u, err
}

// lay besieges a program with so many slow clients for as long.
func lay(ctx context.Context, p *process, clients int, lasting time.Duration) (out siege, err error) {
	if out.before, err = p.usage(); err != nil {
		return out, err
	}
	conns := make([]net.Conn, 0, clients)
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	for i := range clients {
		conn, err := net.DialTimeout("tcp", p.addr, 5*time.Second)
		if err != nil {
			return out, fmt.Errorf("slow client %d: %w", i, err)
		}
		conns = append(conns, conn)
		begin := "GET / HTTP/1.1\r\nHost: " + p.addr + "\r\nX-A: "
		if i%2 == 1 { // the other half is slow with its form
			begin = "POST /tillfalle/" + slug + "/anmalan HTTP/1.1\r\nHost: " + p.addr + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nstep="
		}
		_, _ = conn.Write([]byte(begin))
	}
	out.held = len(conns)
	var honest journal
	client := &http.Client{Timeout: 10 * time.Second}
	for start := time.Now(); time.Since(start) < lasting; time.Sleep(10 * time.Millisecond) {
		at := time.Now()
		resp, err := client.Get("http://" + p.addr + "/tillfalle/" + slug)
		if err != nil {
			return out, fmt.Errorf("an honest visitor: %w", err)
		}
		if _ = resp.Body.Close(); resp.StatusCode != http.StatusOK {
			return out, fmt.Errorf("an honest visitor was answered %d", resp.StatusCode)
		}
		honest.Waits = append(honest.Waits, time.Since(at))
		_, _ = conns[len(honest.Waits)%len(conns)].Write([]byte("a"))
	}
	out.p99 = honest.percentile(0.99)
	if out.during, err = p.usage(); err != nil {
		return out, err
	}
	for _, c := range conns {
		if ended(c) {
			out.dropped++
		}
	}
	out.bigBody, err = bigForm(p.addr)
	if err != nil {
		return out, err
	}
	if out.bigHeader, err = bigHead(p.addr); err != nil {
		return out, err
	}
	for _, c := range conns {
		_ = c.Close()
	}
	time.Sleep(200 * time.Millisecond)
	out.after, err = p.usage()
	return out, err
}

// ended reports whether the other side has ended a connection or answered on it.
func ended(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.Read(make([]byte, 1))
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

// bigForm announces a form of ten megabytes and sends nothing of it: the answer must not wait for it.
func bigForm(addr string) (int, error) {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
	const size = 10 << 20
	_, err = fmt.Fprintf(conn, "POST /tillfalle/%s/anmalan HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", slug, addr, size)
	if err != nil {
		return 0, err
	}
	return readStatus(conn)
}

func bigHead(addr string) (int, error) {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
	_, _ = conn.Write([]byte("GET / HTTP/1.1\r\nHost: " + addr + "\r\nX-A: " + strings.Repeat("a", 24<<10))) // it may have been answered already
	return readStatus(conn)
}

func readStatus(conn net.Conn) (int, error) {
	line, err := bufio.NewReader(conn).ReadString('\n')
	if parts := strings.Fields(line); len(parts) > 1 {
		return strconv.Atoi(parts[1])
	}
	return 0, fmt.Errorf("no answer: %q, %w", line, err)
}

// err is what is wrong with the siege, nil for nothing.
func (s siege) err() error {
	var errs []error
	wrong := func(is bool, format string, args ...any) {
		if is {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	wrong(s.p99 > 300*time.Millisecond, "one honest visitor in a hundred waited more than %v", s.p99)
	wrong(s.bigBody != http.StatusRequestEntityTooLarge, "a form of ten megabytes was answered %d", s.bigBody)
	wrong(s.bigHeader != http.StatusRequestHeaderFieldsTooLarge, "a long head was answered %d", s.bigHeader)
	wrong(s.during.kilobytes-s.before.kilobytes > 50<<10+24*s.held, "the program grew from %d to %d kB", s.before.kilobytes, s.during.kilobytes)
	wrong(s.after.files > s.before.files+20, "the program had %d files open and has %d", s.before.files, s.after.files)
	return errors.Join(errs...)
}

const (
	slowClients = 2000
	siegeLasts  = 20 * time.Second
)

// besiege is the long siege: every slow client must have been sent away in the end.
func besiege(ctx context.Context, s *session) (_ figures, err error) {
	dir, err := os.MkdirTemp("", "temadag-siege-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	place, err := newSite(ctx, s.binary, dir, "", 100)
	if err != nil {
		return nil, err
	}
	defer place.killAll()
	if err := place.serve(ctx, 1); err != nil {
		return nil, err
	}
	out, err := lay(ctx, place.each[0], s.count(slowClients), siegeLasts)
	f := figures{
		"slow_clients": out.held, "honest_p99_ms": float64(out.p99.Microseconds()) / 1000, "files_before": out.before.files, "files_after": out.after.files,
		"kilobytes_before": out.before.kilobytes, "kilobytes_during": out.during.kilobytes, "kilobytes_after": out.after.kilobytes, "sent_away": out.dropped,
	}
	if err == nil {
		err = out.err()
	}
	if err == nil && out.dropped < out.held {
		err = fmt.Errorf("%d of %d slow clients are still there after %v", out.held-out.dropped, out.held, siegeLasts)
	}
	return f, err
}
