package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit/cluster"
)

// onPostgres is how a figure on PostgreSQL is taken: a server of its own that keeps its promises (fsync on), on the
// same machine, and instances of the program on it.
type onPostgres struct {
	clients, perSecond int
	events             int // that people register for, the same number each
	instances          int // behind a plain reverse proxy where there are several
}

// registrationsOnPostgres is registrationsOverHTTP on PostgreSQL. There is no floor: what the server does beside
// the program on the same two cores is part of what is measured.
func registrationsOnPostgres(p onPostgres) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		n := max(p.clients, s.count(p.perSecond))
		var app []registrationRun
		var rates []float64
		err := s.alternate(func() error {
			r, err := s.postgresRun(ctx, p, n)
			app, rates = append(app, r), append(rates, r.perSecond())
			return err
		}, nil)
		if errors.Is(err, cluster.ErrAbsent) {
			s.logf("left out: %v", err)
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		f := &figure{Value: median(rates), Unit: "registrations/s"}
		f.extra("clients", p.clients)
		f.extra("events", p.events)
		f.extra("instances", p.instances)
		f.extra("registrations", n)
		f.extra("p50_ms", medianOf(app, func(r registrationRun) float64 { return milliseconds(r.percentile(0.50)) }))
		f.extra("p99_ms", medianOf(app, func(r registrationRun) float64 { return milliseconds(r.percentile(0.99)) }))
		f.extra("failed", 0)
		f.extra("each", roundedAll(rates))
		return f, nil
	}
}

func (s *session) postgresRun(ctx context.Context, p onPostgres, n int) (r registrationRun, err error) {
	c, err := cluster.Start(ctx, "shared_buffers=256MB", "max_wal_size=2GB")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	f, err := s.postgresFixture(ctx, c.URL("postgres"))
	if err != nil {
		return r, err
	}
	var addrs []string
	for range p.instances {
		server, err := s.startTemadag(ctx, f)
		if err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, server.stop()) }()
		addrs = append(addrs, server.addr)
	}
	addr, end, err := inFront(addrs)
	if err != nil {
		return r, err
	}
	defer end()
	requests := f.spread(addr, n, p.events)
	l := load{addr: addr, clients: p.clients, accept: isReceipt, next: share(requests, p.clients)}
	res, err := l.run(ctx)
	if err == nil && (res.Failed > 0 || res.Done != n) {
		err = fmt.Errorf("%d of %d registrations were answered with a receipt; the first failure: %s", res.Done, n, res.Failure)
	}
	return registrationRun{loadResult: res}, err
}

// postgresFixture is a fixture whose database is PostgreSQL's.
func (s *session) postgresFixture(ctx context.Context, at string) (fixture, error) {
	dir, err := s.newDir("postgres")
	if err != nil {
		return fixture{}, err
	}
	f := fixture{dir: dir, secret: fixtureSecret(), url: at, roomy: true}
	if f.keys, err = auth.New(f.secret); err != nil {
		return fixture{}, err
	}
	data, err := store.Open(ctx, store.Options{URL: at, Migrations: db.Migrations})
	if err != nil {
		return fixture{}, err
	}
	err = errors.Join(f.fill(ctx, data, false), data.Close())
	return f, err
}

// spread is registrations by n different people, in turn for each of the first events.
func (f fixture) spread(addr string, n, events int) [][]byte {
	made := time.Now().Add(-time.Minute)
	out := make([][]byte, n)
	for i := range out {
		out[i] = f.requestFor(addr, i%events, i, made)
	}
	return out
}

// inFront is a plain reverse proxy before several servers, in turn; one server needs none.
func inFront(addrs []string) (addr string, end func(), err error) {
	if len(addrs) == 1 {
		return addrs[0], func() {}, nil
	}
	var turn atomic.Int64
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			to := addrs[int(turn.Add(1))%len(addrs)]
			r.SetURL(&url.URL{Scheme: "http", Host: to})
			// The bench's servers each believe in an address of their own.
			r.Out.Host = to
			r.Out.Header.Set("Origin", "http://"+to)
		},
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: proxy, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	return l.Addr().String(), func() { _ = server.Close(); transport.CloseIdleConnections() }, nil
}

// databaseURL is where the program finds the fixture's database.
func (f fixture) databaseURL() string {
	if f.url != "" {
		return f.url
	}
	return "sqlite://" + f.database()
}

// cleanEnvironment is the environment without the program's own settings, which the figures give themselves.
func cleanEnvironment() []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TEMADAG_") {
			out = append(out, v)
		}
	}
	return out
}
