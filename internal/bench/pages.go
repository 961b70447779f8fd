package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// pageKind is one way to ask for the calendar.
type pageKind struct {
	clients int
	status  int
	// fields are sent along with each request; etag is that of the page.
	fields func(etag string) []string
	// path of the i-th request of a client; nil for the first page of the site each time.
	path func(client, i int) string
}

// asBrowser asks for the compressed form, as every browser does.
const asBrowser = "Accept-Encoding: gzip, deflate, br"

// keptList is the calendar as it is kept, with nothing changed since.
func keptList() pageKind {
	return pageKind{clients: 64, status: 200, fields: func(string) []string { return []string{asBrowser} }}
}

// knownList is the calendar asked for by someone who has it.
func knownList() pageKind {
	return pageKind{clients: 64, status: 304, fields: func(etag string) []string {
		return []string{asBrowser, "If-None-Match: " + etag}
	}}
}

// freshList is the whole calendar made anew from the database for each request: every request has
// words of its own to look for, all of which every event has.
func freshList() pageKind {
	return pageKind{clients: 16, status: 200, fields: func(string) []string { return []string{asBrowser} }, path: freshPath}
}

// freshPath is an address that was not asked for before. Single letters in changing order are found
// in every event.
func freshPath(client, i int) string {
	const found = "aegintdlk"
	words := []byte(found)
	for n, k := client*40009+i, len(words); k > 1; k-- { // the n-th order of the letters
		j := n % k
		n /= k
		words[j], words[k-1] = words[k-1], words[j]
	}
	return "/?q=" + strings.Join(strings.Split(string(words), ""), "+")
}

// listOverHTTP is how many calendars a second are answered. The floor is a bare gin that answers
// the same number of bytes, asked in the same way.
func listOverHTTP(kind pageKind) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		f, err := s.newFixture(ctx, "pages", false)
		if err != nil {
			return nil, err
		}
		app, err := s.startTemadag(ctx, f)
		if err != nil {
			return nil, err
		}
		figure, err := s.comparePages(ctx, kind, app)
		return figure, errors.Join(err, app.stop(), os.RemoveAll(f.dir))
	}
}

func (s *session) comparePages(ctx context.Context, kind pageKind, app *child) (*figure, error) {
	status, head, body, err := fetch(app.addr, getRequest(app.addr, "/", asBrowser))
	if err != nil || status != 200 {
		return nil, fmt.Errorf("the calendar does not answer (status %d): %w", status, orGone(err))
	}
	etag, _ := header(head, "Etag")
	floor, err := s.startBare(ctx, len(body))
	if err != nil {
		return nil, err
	}
	bare := pageKind{clients: kind.clients, status: 200, fields: kind.fields}
	var runs, floors []pageRun
	err = s.alternate(func() error {
		r, err := s.pages(ctx, kind, app, etag)
		runs = append(runs, r)
		return err
	}, func() error {
		r, err := s.pages(ctx, bare, floor, etag)
		floors = append(floors, r)
		return err
	})
	if err = errors.Join(err, floor.stop()); err != nil {
		return nil, err
	}
	rate := func(r pageRun) float64 { return r.perSecond() }
	f := &figure{Value: medianOf(runs, rate), Unit: "answers/s", Floor: medianOf(floors, rate)}
	f.extra("clients", kind.clients)
	f.extra("bytes", len(body))
	f.extra("p50_ms", medianOf(runs, func(r pageRun) float64 { return milliseconds(r.percentile(0.50)) }))
	f.extra("p99_ms", medianOf(runs, func(r pageRun) float64 { return milliseconds(r.percentile(0.99)) }))
	f.extra("load_cpu_share", medianOf(runs, func(r pageRun) float64 { return r.loadShare }))
	f.extra("server_us", medianOf(runs, func(r pageRun) float64 { return r.serverMicros }))
	if len(floors) > 0 {
		f.extra("floor_p99_ms", medianOf(floors, func(r pageRun) float64 { return milliseconds(r.percentile(0.99)) }))
		f.extra("floor_server_us", medianOf(floors, func(r pageRun) float64 { return r.serverMicros }))
	}
	return f, nil
}

// pageRun is one load of page requests. The processor time of the server for one answer is told
// beside the rate, since the rate also holds what the clients cost.
type pageRun struct {
	loadResult
	loadShare    float64
	serverMicros float64
}

func (s *session) pages(ctx context.Context, kind pageKind, server *child, etag string) (pageRun, error) {
	l := load{
		addr: server.addr, clients: kind.clients, accept: func(status int, _ []byte) bool { return status == kind.status },
		next: kind.requests(server.addr, etag), lasting: time.Duration(s.seconds * float64(time.Second)),
	}
	own, theirs := ownCPU(), server.cpu()
	res, err := l.run(ctx)
	own, theirs = ownCPU()-own, server.cpu()-theirs
	r := pageRun{loadResult: res}
	switch {
	case err != nil:
		return r, err
	case res.Failed > 0 || res.Done == 0:
		return r, fmt.Errorf("%d answers came and %d failed; the first failure: %s\n%s", res.Done, res.Failed, res.Failure, server.lastWords())
	}
	if theirs > 0 {
		r.loadShare = float64(own) / float64(own+theirs)
	}
	r.serverMicros = float64(theirs.Microseconds()) / float64(res.Done)
	return r, nil
}

func (k pageKind) requests(addr, etag string) func(client int) []byte {
	fields := k.fields(etag)
	if k.path == nil {
		one := getRequest(addr, "/", fields...)
		return func(int) []byte { return one }
	}
	asked := make([]int, k.clients)
	return func(client int) []byte {
		asked[client]++
		return getRequest(addr, k.path(client, asked[client]), fields...)
	}
}

// listWhileRegistering is the wait of someone who reads the calendar, 200 times a second, while 64
// people at a time register; the floor is the same wait while nobody does.
func listWhileRegistering(ctx context.Context, s *session) (*figure, error) {
	f, err := s.newFixture(ctx, "readers", false)
	if err != nil {
		return nil, err
	}
	app, err := s.startTemadag(ctx, f)
	if err != nil {
		return nil, err
	}
	fig, err := s.measureReaders(ctx, f, app)
	return fig, errors.Join(err, app.stop(), os.RemoveAll(f.dir))
}

func (s *session) measureReaders(ctx context.Context, f fixture, app *child) (*figure, error) {
	lasting := time.Duration(s.seconds * float64(time.Second))
	var idle, busy []loadResult
	var rates []float64
	first, n := 0, s.count(15000)
	err := s.alternate(func() error {
		r, w, err := readersBeside(ctx, app.addr, lasting, f.requests(app.addr, first, n))
		first += n
		busy, rates = append(busy, r), append(rates, w.perSecond())
		return err
	}, func() error {
		r, err := readers(ctx, app.addr, lasting)
		idle = append(idle, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	waits := func(p float64) func(loadResult) float64 {
		return func(r loadResult) float64 { return milliseconds(r.percentile(p)) }
	}
	fig := &figure{Value: medianOf(busy, waits(0.99)), Unit: "ms", Floor: medianOf(idle, waits(0.99))}
	fig.extra("p50_ms", medianOf(busy, waits(0.50)))
	fig.extra("floor_p50_ms", medianOf(idle, waits(0.50)))
	fig.extra("registrations_per_second", median(rates))
	return fig, nil
}

// readersBeside is readers while 64 clients send registrations, and what became of those.
func readersBeside(ctx context.Context, addr string, lasting time.Duration, requests [][]byte) (read, written loadResult, err error) {
	const clients = 64
	writing, stop := context.WithCancel(ctx)
	defer stop()
	l := load{addr: addr, clients: clients, accept: isReceipt, next: share(requests, clients)}
	result := make(chan loadResult, 1)
	go func() {
		r, _ := l.run(writing) // ended on purpose by stop
		result <- r
	}()
	read, err = readers(ctx, addr, lasting)
	stop()
	written = <-result
	if err == nil && (written.Failed > 0 || written.Done == 0) {
		err = fmt.Errorf("%d registrations and %d failures; the first: %s", written.Done, written.Failed, written.Failure)
	}
	return read, written, err
}

// readers asks for the calendar 200 times a second in all, over four connections. A client that is
// late asks at once, and its lateness is not hidden: the wait counts from when it was due.
func readers(ctx context.Context, addr string, lasting time.Duration) (loadResult, error) {
	const clients, every = 4, 20 * time.Millisecond
	request := getRequest(addr, "/", asBrowser)
	begun := time.Now()
	asked := make([]int, clients)
	due := func(client int) time.Time {
		return begun.Add(time.Duration(asked[client])*every + time.Duration(client)*every/clients)
	}
	return load{
		addr: addr, clients: clients, lasting: lasting, due: func(client int) time.Time {
			at := due(client)
			asked[client]++
			return at
		},
		next:   func(int) []byte { return request },
		accept: func(status int, _ []byte) bool { return status == 200 },
	}.run(ctx)
}
