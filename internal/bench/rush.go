package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/auth"
)

// rushClients register at the same time while others read.
const rushClients = 256

// steadyKind is a page that is asked for at a steady, modest rate while the rush lasts.
type steadyKind struct {
	name      string
	perSecond int
	staff     bool
	path      string
}

// whileRushing is the wait of those who read pages while 256 clients at a time register, as fast as the
// machine can take it: the slowest p99 of the public pages, or of those of staff. The floor is the same wait
// while nobody registers. Waits count from when a page was due.
func whileRushing(staff bool) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		f, err := s.newFixture(ctx, "rush", true)
		if err != nil {
			return nil, err
		}
		if _, err := f.findable(ctx, s.count(500)); err != nil {
			return nil, err
		}
		app, err := s.startTemadag(ctx, f)
		if err != nil {
			return nil, err
		}
		fig, err := s.measureRush(ctx, f, app, staff)
		return fig, errors.Join(err, app.stop(), os.RemoveAll(f.dir))
	}
}

func (s *session) measureRush(ctx context.Context, f fixture, app *child, staff bool) (*figure, error) {
	cookie, err := s.signIn(ctx, f, app)
	if err != nil {
		return nil, err
	}
	own, err := f.ownPage(app)
	if err != nil {
		return nil, err
	}
	kinds := []steadyKind{
		{"list", 100, false, "/"},
		{"event", 100, false, "/tillfalle/" + fixtureSlug},
		{"own", 25, false, own},
		{"today", 10, true, "/handlaggare"},
		{"people", 10, true, "/handlaggare/tillfalle/" + fixtureSlug + "/deltagare"},
	}
	first, n := 1_000_000, s.count(25_000)
	busy, idle := make(map[string][]time.Duration), make(map[string][]time.Duration)
	var rates []float64
	err = s.alternate(func() error {
		requests := f.requests(app.addr, first, n)
		first += n
		rate, err := s.readBeside(ctx, app, kinds, cookie, requests, busy)
		rates = append(rates, rate)
		return err
	}, func() error { return s.readSteadily(ctx, app, kinds, cookie, idle) })
	if err != nil {
		return nil, err
	}
	fig := &figure{Unit: "ms"}
	for _, k := range kinds {
		p99, rest := percentileOf(busy[k.name], 0.99), percentileOf(idle[k.name], 0.99)
		fig.extra(k.name+"_p50_ms", percentileOf(busy[k.name], 0.50))
		fig.extra(k.name+"_p99_ms", p99)
		if k.staff == staff && k.name != "own" && p99 >= fig.Value {
			fig.Value, fig.Floor = p99, rest
		}
	}
	fig.extra("registrations_per_second", median(rates))
	return fig, nil
}

func percentileOf(waits []time.Duration, p float64) float64 {
	slices.Sort(waits)
	return milliseconds(loadResult{Waits: waits}.percentile(p))
}

// ownPage is the personal page of somebody who has registered.
func (f fixture) ownPage(app *child) (string, error) {
	status, head, _, err := fetch(app.addr, f.request(app.addr, 999_999, time.Now().Add(-time.Minute)))
	where, ok := header(head, "Location")
	_, key, found := strings.Cut(where, "/kvitto/")
	if err != nil || !ok || !found {
		return "", fmt.Errorf("no receipt (status %d): %w", status, orGone(err))
	}
	return "/min-anmalan/" + f.keys.Link(auth.UID(key), 1), nil
}

// readBeside is readSteadily while requests are sent, and at what rate those were answered.
func (s *session) readBeside(
	ctx context.Context, app *child, kinds []steadyKind, cookie string, requests [][]byte, waits map[string][]time.Duration,
) (float64, error) {
	writing, stop := context.WithCancel(ctx)
	defer stop()
	l := load{addr: app.addr, clients: rushClients, accept: isReceipt, next: share(requests, rushClients)}
	result := make(chan loadResult, 1)
	go func() {
		r, _ := l.run(writing) // ended on purpose by stop
		result <- r
	}()
	err := s.readSteadily(ctx, app, kinds, cookie, waits)
	stop()
	written := <-result
	if err == nil && (written.Failed > 0 || written.Done == 0) {
		err = fmt.Errorf("%d registrations and %d failures; the first: %s", written.Done, written.Failed, written.Failure)
	}
	return written.perSecond(), err
}

// readSteadily asks for every kind of page at its own rate and adds how long each took.
func (s *session) readSteadily(ctx context.Context, app *child, kinds []steadyKind, cookie string, waits map[string][]time.Duration) error {
	type outcome struct {
		kind steadyKind
		loadResult
		err error
	}
	done := make(chan outcome, len(kinds))
	for _, k := range kinds {
		fields := []string{asBrowser}
		if k.staff {
			fields = append(fields, "Cookie: "+cookie)
		}
		go func() {
			r, err := steadily(ctx, app.addr, getRequest(app.addr, k.path, fields...), k.perSecond, time.Duration(s.seconds*float64(time.Second)))
			done <- outcome{k, r, err}
		}()
	}
	var faults []error
	for range kinds {
		o := <-done
		waits[o.kind.name] = append(waits[o.kind.name], o.Waits...)
		if o.err != nil || o.Failed > 0 || o.Done == 0 {
			faults = append(faults, fmt.Errorf("%s: %d answers, %d failed, the first: %s: %w\n%s", o.kind.name, o.Done, o.Failed, o.Failure, orGone(o.err), app.lastWords()))
		}
	}
	return errors.Join(faults...)
}

// steadily asks for a page so many times a second, over four connections. Whoever is late asks at once, and
// its lateness is not hidden.
func steadily(ctx context.Context, addr string, request []byte, perSecond int, lasting time.Duration) (loadResult, error) {
	const clients = 4
	every := clients * time.Second / time.Duration(perSecond)
	begun := time.Now()
	asked := make([]int, clients)
	return load{
		addr: addr, clients: clients, lasting: lasting, due: func(client int) time.Time {
			at := begun.Add(time.Duration(asked[client])*every + time.Duration(client)*every/clients)
			asked[client]++
			return at
		},
		next:   func(int) []byte { return request },
		accept: func(status int, _ []byte) bool { return status == 200 },
	}.run(ctx)
}
