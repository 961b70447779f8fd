package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/site"
)

// sizeBenchmarks are taken only where -only names them: to make the file alone takes a minute and more.
func sizeBenchmarks() []benchmark {
	return []benchmark{
		{name: "size_1000000", aim: aim{AtMost: 100, Plain: true}, run: atSize(1_000_000)},
		{name: "move_200000", aim: aim{AtMost: 1.5}, run: movedToPostgres(200_000)},
	}
}

// sizeKinds are the pages that are asked for in the big file of n registrations.
func (f fixture) sizeKinds(n int) []peopleKind {
	own := site.Paths().For(domain.Swedish, "own", f.keys.Link(auth.UID("million-1"), 1))
	half := domain.ReferenceOf(auth.UID(fmt.Sprintf("million-%d", n/millionHot/2)))
	hot := "/handlaggare/tillfalle/" + fixtureSlug + "/deltagare"
	return []peopleKind{
		{"list", "/"},
		{"event", "/tillfalle/" + fixtureSlug},
		{"own", own},
		{"today", "/handlaggare"},
		{"office_events", "/handlaggare/tillfallen"},
		{"office_event", "/handlaggare/tillfalle/" + fixtureSlug},
		{"mailings", "/handlaggare/utskick"},
		{"people", hot},
		{"people_newest", hot + "?sort=newest"},
		{"people_deep", fmt.Sprintf("%s?sort=arrival&after=%s&seen=%d", hot, half, n/millionHot/2)},
		{"people_name", hot + "?q=marta"},
		{"people_email", hot + "?q=deltagare.777%40example.se"},
		{"people_organisation", hot + "?q=kvinnojouren"},
		{"people_nobody", hot + "?q=finnsinte"},
		{"people_status", hot + "?status=cancelled"},
		{"people_type", hot + "?type=school"},
	}
}

// atSize is how the program does with n registrations in the file: the slowest page of the staff is the
// figure, beside it every page by itself for an organiser of one county and for one of all, registrations
// at 256 clients, the start, the checks, the memory and the list of the largest event.
func atSize(asked int) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		n := asked
		if s.quick {
			n = min(asked, 20_000)
		}
		start := time.Now()
		f, err := s.newMillion(ctx, n)
		if err != nil {
			return nil, err
		}
		out := &figure{Unit: "ms"}
		out.extra("registrations", n)
		out.extra("made_s", rounded(time.Since(start).Seconds()))
		out.extra("file_mb", rounded(sizeMB(f.database())))
		err = s.sizeCommands(ctx, f, out)
		if err == nil {
			err = s.sizeServed(ctx, f, n, out)
		}
		return out, errors.Join(err, os.RemoveAll(f.dir))
	}
}

// sizeCommands takes the time of the commands that go through everything.
func (s *session) sizeCommands(ctx context.Context, f fixture, out *figure) error {
	book := filepath.Join(f.dir, "lista.xlsx")
	for name, args := range map[string][]string{
		"fsck_s": {"fsck"}, "export_event_s": {"export", "--event", fixtureSlug, "--output", book},
		"export_county_s": {"export", "--county", "Z", "--output", book},
	} {
		start := time.Now()
		if text, err := s.command(ctx, f, "", args...); err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, text)
		}
		out.extra(name, rounded(time.Since(start).Seconds()))
	}
	return nil
}

// command runs the program beside the fixture; url is where it is said to be served, "" for nowhere.
func (s *session) command(ctx context.Context, f fixture, url string, args ...string) ([]byte, error) {
	binary, err := s.program(ctx)
	if err != nil {
		return nil, err
	}
	if url == "" {
		url = "http://127.0.0.1:8080"
	}
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(cleanEnvironment(), "TEMADAG_DATA_DIR="+f.dir, "TEMADAG_DATABASE_URL="+f.databaseURL(),
		"TEMADAG_BASE_URL="+url, "TEMADAG_SECRET="+string(f.secret))
	return cmd.CombinedOutput()
}

func (s *session) sizeServed(ctx context.Context, f fixture, n int, out *figure) error {
	app, err := s.startTemadag(ctx, f)
	if err != nil {
		return err
	}
	err = s.sizePages(ctx, f, n, app, out)
	if err == nil {
		var r registrationRun
		wanted, clients := s.count(8000), 256
		requests := f.requests(app.addr, n+1000, max(clients, wanted))
		if r, err = s.send(ctx, app, requests, clients); err == nil {
			out.extra("registrations_per_s", rounded(r.perSecond()))
			out.extra("registrations_p99_ms", rounded(milliseconds(r.percentile(0.99))))
		}
	}
	out.extra("memory_peak_mb", rounded(processMemory(app.cmd.Process.Pid, "VmHWM")))
	out.extra("start_ms", rounded(milliseconds(app.ready)))
	return errors.Join(err, app.stop())
}

// send is what registering with ready requests gives.
func (s *session) send(ctx context.Context, app *child, requests [][]byte, clients int) (registrationRun, error) {
	l := load{addr: app.addr, clients: clients, accept: isReceipt, next: share(requests, clients)}
	res, err := l.run(ctx)
	if err == nil && res.Failed > 0 {
		err = fmt.Errorf("%d registrations failed; the first: %s\n%s", res.Failed, res.Failure, app.lastWords())
	}
	return registrationRun{loadResult: res}, err
}

func (s *session) sizePages(ctx context.Context, f fixture, n int, app *child, out *figure) error {
	for _, who := range []struct{ county, prefix string }{{"BD", "county_"}, {"all", "nation_"}} {
		cookie, err := s.signInAt(ctx, f, app, who.county)
		if err != nil {
			return err
		}
		for _, k := range f.sizeKinds(n) {
			staff, times := strings.HasPrefix(k.query, "/handlaggare"), 5
			if !staff {
				times = 500
			}
			took := make([]float64, 0, times)
			for range cap(took) {
				start := time.Now()
				status, _, body, err := fetch(app.addr, getRequest(app.addr, k.query, "Cookie: "+cookie))
				if err != nil || status != 200 {
					return fmt.Errorf("%s: status %d, %d bytes: %w\n%s", k.name, status, len(body), orGone(err), app.lastWords())
				}
				took = append(took, milliseconds(time.Since(start)))
			}
			out.extra(who.prefix+k.name+"_ms", rounded(median(took)))
			out.extra(who.prefix+k.name+"_first_ms", rounded(took[0]))
			if staff {
				out.Value = max(out.Value, median(took))
				continue
			}
			slices.Sort(took)
			out.extra(who.prefix+k.name+"_p99_ms", rounded(took[len(took)*99/100]))
		}
	}
	return nil
}
