package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3" // to look at what is on disk
)

// overload is what becomes of far more people than the machine can take at a time: each has a connection of
// her own, registers, is asked to wait or is not, sends the form of the page that asked her at the time it said,
// and does not give up. Any other answer, a form that is not whole in that page, and an acknowledged registration
// that is not on disk are faults, and end it. The figure is the wait for a receipt, of those who were let in, that
// one in a hundred exceeds.
func overload(clients int) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		if s.quick {
			clients = min(clients, 300)
		}
		f, err := s.newFixture(ctx, "overload", false)
		if err != nil {
			return nil, err
		}
		app, err := s.startTemadag(ctx, f)
		if err != nil {
			return nil, err
		}
		t := &trial{f: f, app: app, until: time.Now().Add(time.Duration(2 * s.seconds * float64(time.Second)))}
		err = t.run(clients)
		if err = errors.Join(err, app.stop()); err != nil {
			return nil, err
		}
		lost, err := t.lost(ctx)
		if err != nil || lost > 0 {
			return nil, errors.Join(err, fmt.Errorf("%d acknowledged registrations are not there", lost))
		}
		slices.Sort(t.received)
		slices.Sort(t.refused)
		fig := &figure{Value: milliseconds(loadResult{Waits: t.received}.percentile(0.99)), Unit: "ms"}
		fig.extra("clients", clients)
		fig.extra("registrations", len(t.received))
		fig.extra("asked_to_wait", len(t.refused))
		fig.extra("asked_p99_ms", milliseconds(loadResult{Waits: t.refused}.percentile(0.99)))
		fig.extra("most_asked_times", t.most)
		fig.extra("lost", 0)
		return fig, os.RemoveAll(f.dir)
	}
}

// trial is one run of overload.
type trial struct {
	f     fixture
	app   *child
	until time.Time // nobody begins anew after it

	mu       sync.Mutex
	received []time.Duration
	refused  []time.Duration
	emails   []string
	most     int // times that one person was asked to wait
}

func (t *trial) run(clients int) error {
	made := time.Now().Add(-time.Minute)
	faults := make([]error, clients)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			conn, err := net.DialTimeout("tcp", t.app.addr, 30*time.Second)
			if err != nil {
				faults[i] = err
				return
			}
			defer func() { _ = conn.Close() }()
			for n := i; time.Now().Before(t.until) && faults[i] == nil; n += clients {
				faults[i] = t.person(conn, n, t.f.request(t.app.addr, n, made))
			}
		})
	}
	all.Wait()
	for _, err := range faults {
		if err != nil {
			return fmt.Errorf("%w\n%s", err, t.app.lastWords())
		}
	}
	return nil
}

// person sends a registration until it is received.
func (t *trial) person(conn net.Conn, n int, request []byte) error {
	_, form, _ := bytes.Cut(request, []byte("\r\n\r\n"))
	email := person(n).Email
	for asked := 0; ; asked++ {
		start := time.Now()
		status, head, page, err := converse(conn, request)
		took := time.Since(start)
		switch {
		case err != nil:
			return err
		case status == http.StatusSeeOther:
			t.mu.Lock()
			defer t.mu.Unlock()
			t.received, t.emails, t.most = append(t.received, took), append(t.emails, email), max(t.most, asked)
			return nil
		case status != http.StatusServiceUnavailable:
			return fmt.Errorf("answer %q", firstLines(head))
		case !strings.Contains(page, html.EscapeString(email)):
			return fmt.Errorf("the page for those who wait has lost the form: %.2000s", page)
		}
		t.mu.Lock()
		t.refused = append(t.refused, took)
		t.mu.Unlock()
		_, action, _ := strings.Cut(page, `method="post" action="`)
		action, _, _ = strings.Cut(action, `"`)
		after, _ := header(head, "Retry-After")
		seconds, err := strconv.Atoi(after)
		if err != nil || action == "" || asked > 100 {
			return fmt.Errorf("asked to wait %d times, at last for %q s at %q", asked+1, after, action)
		}
		time.Sleep(time.Duration(seconds) * time.Second)
		request = formRequest(t.app.addr, html.UnescapeString(action), form)
	}
}

// converse sends a request and reads the whole answer.
func converse(conn net.Conn, request []byte) (status int, head []byte, body string, err error) {
	if err := conn.SetDeadline(time.Now().Add(60 * time.Second)); err != nil {
		return 0, nil, "", err
	}
	if _, err := conn.Write(request); err != nil {
		return 0, nil, "", err
	}
	var all []byte
	buf := make([]byte, 4<<10)
	for {
		n, err := conn.Read(buf)
		all = append(all, buf[:n]...)
		if head, rest, ok := bytes.Cut(all, []byte("\r\n\r\n")); ok {
			status, length, perr := parseHead(head)
			if perr != nil || len(rest) >= length {
				return status, head, string(rest), perr
			}
		}
		if err != nil {
			return 0, nil, "", errors.Join(err, io.ErrUnexpectedEOF)
		}
	}
}

// lost counts those who have a receipt and no registration.
func (t *trial) lost(ctx context.Context) (int, error) {
	db, err := sql.Open("sqlite3", "file:"+t.f.database()+"?mode=ro")
	if err != nil {
		return 0, err
	}
	rows, err := db.QueryContext(ctx, `SELECT email FROM registrations WHERE status = 'confirmed'`)
	if err != nil {
		return 0, errors.Join(err, db.Close())
	}
	there := make(map[string]bool, len(t.emails))
	for rows.Next() {
		var email string
		if err := rows.Scan(&email); err != nil {
			return 0, errors.Join(err, rows.Close(), db.Close())
		}
		there[email] = true
	}
	lost := 0
	for _, email := range t.emails {
		if !there[email] {
			lost++
		}
	}
	return lost, errors.Join(rows.Err(), rows.Close(), db.Close())
}
