package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// registrationsOverHTTP is how many registrations a second are answered with a receipt, each of
// them on disk by then. The floor is the same rows written by the bare group-commit loop for as many
// callers as there are clients; "alone" is the loop without any caller, a commit for as many rows, and
// "floor_beside_busy" the floor while one goroutine does sums all the time: the floor has every processor to
// itself, and the program shares them with HTTP and with the clients.
func registrationsOverHTTP(clients, perSecond int) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		n := max(clients, s.count(perSecond))
		var app []registrationRun
		var rates, floors, alone, floorCPU, beside []float64
		err := s.alternate(func() error {
			r, err := s.registrationRun(ctx, clients, n)
			app, rates = append(app, r), append(rates, r.perSecond())
			return err
		}, func() error {
			rate, cpu, err := s.registrationFloor(ctx, n, func(l *bareLoop, rows []bareRow) (float64, error) { return l.group(rows, clients) })
			if err != nil {
				return err
			}
			floors, floorCPU = append(floors, rate), append(floorCPU, cpu)
			rate, _, err = s.registrationFloor(ctx, n, func(l *bareLoop, rows []bareRow) (float64, error) { return l.write(rows, clients) })
			alone = append(alone, rate)
			if err != nil {
				return err
			}
			defer busyProcessor()()
			rate, _, err = s.registrationFloor(ctx, n, func(l *bareLoop, rows []bareRow) (float64, error) { return l.group(rows, clients) })
			beside = append(beside, rate)
			return err
		})
		if err != nil {
			return nil, err
		}
		f := &figure{Value: median(rates), Unit: "registrations/s", Floor: median(floors)}
		f.extra("clients", clients)
		f.extra("registrations", n)
		f.extra("p50_ms", medianOf(app, func(r registrationRun) float64 { return milliseconds(r.percentile(0.50)) }))
		f.extra("p99_ms", medianOf(app, func(r registrationRun) float64 { return milliseconds(r.percentile(0.99)) }))
		f.extra("load_cpu_share", medianOf(app, func(r registrationRun) float64 { return r.loadShare }))
		f.extra("server_us", medianOf(app, func(r registrationRun) float64 { return r.serverMicros }))
		f.extra("floor_us", median(floorCPU))
		f.extra("alone", rounded(median(alone)))
		if besides := median(beside); besides > 0 {
			f.extra("floor_beside_busy", rounded(besides))
			f.extra("ratio_beside_busy", rounded(f.Value/besides))
		}
		f.extra("failed", 0) // a run with a failure is an error, never a figure
		f.extra("each", roundedAll(rates))
		f.extra("floor_each", roundedAll(floors))
		return f, nil
	}
}

// busyProcessor keeps one processor busy until the function that it answers is called.
func busyProcessor() (end func()) {
	var stopped atomic.Bool
	var gone sync.WaitGroup
	gone.Go(func() {
		sum := uint64(1)
		for i := uint64(0); i&0xffff != 0 || !stopped.Load(); i++ {
			sum = sum*6364136223846793005 + i
		}
		runtime.KeepAlive(sum)
	})
	return func() { stopped.Store(true); gone.Wait() }
}

func medianOf[T any](runs []T, of func(T) float64) float64 {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = of(r)
	}
	return median(values)
}

// registrationRun is one load of registrations against one server. Processor time moves less than
// rates do when something else runs on the machine.
type registrationRun struct {
	loadResult
	loadShare    float64 // of the processor time spent by clients and server together
	serverMicros float64 // of the server's processor time for one registration
}

func (s *session) registrationRun(ctx context.Context, clients, n int) (registrationRun, error) {
	f, err := s.newFixture(ctx, "registrations", false)
	if err != nil {
		return registrationRun{}, err
	}
	server, err := s.startTemadag(ctx, f)
	if err != nil {
		return registrationRun{}, err
	}
	r, err := s.register(ctx, f, server, clients, n)
	return r, errors.Join(err, server.stop(), os.RemoveAll(f.dir))
}

func (s *session) register(ctx context.Context, f fixture, server *child, clients, n int) (registrationRun, error) {
	l := load{addr: server.addr, clients: clients, accept: isReceipt, next: share(f.requests(server.addr, 0, n), clients)}
	own, theirs := ownCPU(), server.cpu()
	res, err := l.run(ctx)
	own, theirs = ownCPU()-own, server.cpu()-theirs
	r := registrationRun{loadResult: res}
	if theirs > 0 {
		r.loadShare = float64(own) / float64(own+theirs)
		r.serverMicros = float64(theirs.Microseconds()) / float64(n)
	}
	switch {
	case err != nil:
		return r, err
	case res.Failed > 0 || res.Done != n:
		return r, fmt.Errorf("%d of %d registrations were answered with a receipt; the first failure: %s\n%s",
			res.Done, n, res.Failure, server.lastWords())
	}
	return r, nil
}

// share deals the requests out to the clients, the same number to each, in advance.
func share(requests [][]byte, clients int) func(client int) []byte {
	at := make([]int, clients*16) // a cache line for each
	return func(client int) []byte {
		i := at[client*16]*clients + client
		if i >= len(requests) {
			return nil
		}
		at[client*16]++
		return requests[i]
	}
}

// isReceipt accepts what follows a registration and nothing else.
func isReceipt(status int, head []byte) bool {
	if status != 303 {
		return false
	}
	where, ok := header(head, "Location")
	return ok && strings.Contains(where, "/kvitto/")
}

// requests are registrations by n different people from the first on, each with a form token of its
// own, as a browser sends them from the review page.
func (f fixture) requests(addr string, first, n int) [][]byte {
	made := time.Now().Add(-time.Minute) // when the visitor opened the form
	out := make([][]byte, n)
	for i := range out {
		out[i] = f.request(addr, first+i, made)
	}
	return out
}

func (f fixture) request(addr string, i int, made time.Time) []byte {
	return f.requestFor(addr, 0, i, made)
}

// requestFor is a registration for one of the events.
func (f fixture) requestFor(addr string, event, i int, made time.Time) []byte {
	p, slug := person(i), fmt.Sprintf("dag-%d", event)
	body := url.Values{
		"token": {f.keys.FormToken(slug, made)}, "step": {"send"}, "place": {"seat"},
		"terms": {strconv.FormatInt(f.terms[event], 10)}, "given_name": {p.GivenName}, "family_name": {p.FamilyName},
		"email": {p.Email}, "phone": {p.Phone}, "organisation": {p.Organisation},
		"organisation_type": {string(p.OrganisationType)}, "title": {p.Title}, "municipality": {p.Municipality},
	}.Encode()
	return formRequest(addr, "/tillfalle/"+slug+"/anmalan", []byte(body))
}

// formRequest is a form as a browser sends it.
func formRequest(addr, path string, form []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nSec-Fetch-Site: same-origin\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", path, addr, addr, len(form), form)
	return b.Bytes()
}

// registrationFloor writes the rows of n registrations into a fresh database of the same kind, and
// tells the rate and the microseconds of processor time for each.
func (s *session) registrationFloor(ctx context.Context, n int, write func(*bareLoop, []bareRow) (float64, error)) (rate, micros float64, err error) {
	f, err := s.newFixture(ctx, "bare", false)
	if err != nil {
		return 0, 0, err
	}
	rows := bareRows(f, n, time.Now())
	loop, err := openBareLoop(filepath.Join(f.dir, databaseName))
	if err != nil {
		return 0, 0, err
	}
	cpu := ownCPU()
	rate, err = write(loop, rows)
	micros = float64((ownCPU() - cpu).Microseconds()) / float64(n)
	return rate, micros, errors.Join(err, loop.close(), os.RemoveAll(f.dir))
}
