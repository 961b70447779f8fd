package journey_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/testkit"
)

// instances are several programs on one database of PostgreSQL behind a plain reverse proxy that gives each
// request to the next of them. Whoever asks sees one site.
type instances struct {
	*program // the front: its address is the proxy's
	each     []*program
	front    net.Listener
}

// newInstances is n instances with the demonstration programme and further settings, not serving yet.
func newInstances(t testing.TB, n int, env ...string) *instances {
	t.Helper()
	s := &instances{}
	address := testkit.FreshPostgres(t)
	l, err := net.Listen("tcp", "127.0.0.1:0") // kept, so that nobody else gets it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s.front = l
	front := l.Addr().String()
	settings := append(cleanEnvironment(), "TEMADAG_DATABASE_URL="+address, "TEMADAG_CLOCK="+morning, "TEMADAG_BASE_URL=http://"+front,
		"TEMADAG_SECRET="+strings.Repeat("0123456789abcdef", 4), "TEMADAG_TRUSTED_PROXIES=127.0.0.1")
	for range n {
		p := &program{t: t, bin: house().program(t), dir: filepath.Join(t.TempDir(), "data"), addr: freeAddress(t), said: &said{}}
		p.env = append(slices.Clone(settings), append([]string{"TEMADAG_DATA_DIR=" + p.dir, "TEMADAG_ADDR=" + p.addr}, env...)...)
		if err := os.MkdirAll(p.dir, 0o700); err != nil {
			t.Fatal(err)
		}
		s.each = append(s.each, p)
	}
	s.program = &program{t: t, bin: s.each[0].bin, dir: s.each[0].dir, url: address, addr: front, env: s.each[0].env, said: s.each[0].said}
	cmd := exec.Command(s.bin, "demo", "--as-of", "2016-10-01")
	cmd.Env = s.env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("demo: %v\n%s", err, out)
	}
	return s
}

// start serves all of them, and the proxy before them.
func (s *instances) start() {
	s.t.Helper()
	for _, p := range s.each {
		p.startOn(p.addr)
	}
	var turn atomic.Int64
	transport := &http.Transport{MaxIdleConnsPerHost: 500}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		to := s.each[int(turn.Add(1))%len(s.each)]
		r.SetURL(&url.URL{Scheme: "http", Host: to.addr})
		r.SetXForwarded()
		r.Out.Host = r.In.Host
	}}
	server := &http.Server{Handler: proxy, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(s.front) }()
	s.t.Cleanup(func() { _ = server.Close(); transport.CloseIdleConnections() })
	s.asked = true // there is no process of the front's own
}

// startOn is start for a program that answers for another address than its own.
func (p *program) startOn(addr string) {
	p.t.Helper()
	p.asked = false
	p.cmd = exec.Command(p.bin, "serve")
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = p.env, p.said, p.said
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.done = make(chan struct{})
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	p.t.Cleanup(p.clearAway)
	p.await("an instance to answer", func() bool {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return false
		}
		_ = c.Close()
		return true
	})
}

// What someone who organises does with one instance she can do with several, each of her requests answered by the
// next: her sign-in, drafts, files and lists are the same everywhere.
func TestInstances_office(t *testing.T) {
	t.Parallel()
	s := newInstances(t, 4, "TEMADAG_RATE_LIMIT=off")
	started := time.Now()
	s.start()
	hands := newOfficer(t, s.program)
	o := &organising{hands: hands, t: t, p: s.program, started: started, email: "yvonne@example.se"}
	o.all()
	o.workbook(hands)
	s.fsck()
}

// A rush over two and four instances takes each place once, writes each letter once, and every page tells the same
// within a second.
func TestInstances_rush(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 4} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s := newInstances(t, n, "TEMADAG_RATE_LIMIT=off")
			s.change(opened(40))
			s.start()
			answers := rush(t, s.program, 120)
			received := 0
			for i, a := range answers {
				switch {
				case a.received():
					received++
				case a.status != http.StatusOK || !bytes.Contains(a.body, []byte("Skicka anmälan till kön")):
					t.Fatalf("person %d: status %d\n%s", i, a.status, a.body)
				}
			}
			const of = ` FROM registrations WHERE event_id = (SELECT id FROM events WHERE slug = '` + openEvent + `') AND email LIKE 'deltagare.%'`
			if seats, queue := s.count(`SELECT count(*)`+of+` AND status = 'confirmed'`), s.count(`SELECT count(*)`+of+` AND status = 'waitlisted'`); seats != 40 || seats+queue != received {
				t.Errorf("%d have places and %d wait, want 40, and %d in all", seats, queue, received)
			}
			s.await("every letter to be written", func() bool { return s.count(`SELECT count(*) FROM letters WHERE state IN ('queued', 'sending')`) == 0 })
			to := map[string]int{}
			for _, p := range s.each {
				for _, path := range p.letterFiles() {
					raw, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					to[readLetter(t, raw).to]++
				}
			}
			for i, was := range answers {
				if a := fmt.Sprintf("deltagare.%d@example.se", i); was.received() != (to[a] == 1) {
					t.Errorf("%s got %d letters", a, to[a])
				}
			}
			s.same(t, "/tillfalle/"+openEvent)
			s.fsck()
		})
	}
}

// same fails unless all instances come to show the same page within a second and a half.
func (s *instances) same(t *testing.T, path string) {
	t.Helper()
	var pages [][]byte
	for until := time.Now().Add(1500 * time.Millisecond); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		pages = nil
		for _, p := range s.each {
			req, err := http.NewRequest(http.MethodGet, p.base()+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = s.addr
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, drain(resp.Body))
		}
		if !slices.ContainsFunc(pages, func(b []byte) bool { return !bytes.Equal(b, pages[0]) }) && bytes.Contains(pages[0], []byte("platser är upptagna")) {
			return
		}
	}
	t.Errorf("%s is not the same everywhere, or not full", path)
}

// One limit holds for what a network sends to all instances together.
func TestInstances_oneLimit(t *testing.T) {
	t.Parallel()
	s := newInstances(t, 3)
	s.start()
	started := time.Now()
	passed := 0
	post := func() bool {
		resp, err := http.PostForm(s.base()+"/tillfalle/"+openEvent+"/anmalan", url.Values{"step": {"review"}})
		if err != nil {
			t.Fatal(err)
		}
		drain(resp.Body)
		if resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusTooManyRequests {
			return false
		}
		passed++
		return true
	}
	toldOf := func() { // whoever was let through has been told to all
		s.await("the instances to tell each other", func() bool { return s.count(`SELECT coalesce(sum(n), 0) FROM rate_counts`) == passed })
	}
	const limit = 300
	for range limit - 10 {
		if !post() {
			t.Fatalf("the %d. was refused", passed+1)
		}
	}
	toldOf()
	for range 120 {
		if post() {
			toldOf()
		}
	}
	// Each learns what the others had when it tells what it had itself; and the minute slides.
	slid := int(time.Since(started).Seconds() * limit / 60)
	if most := limit + 2*len(s.each) + slid; passed > most {
		t.Errorf("%d were let through, want %d at most; each alone lets %d through", passed, most, limit)
	}
	if passed < limit {
		t.Errorf("%d were let through, want %d", passed, limit)
	}
}
