package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// peopleKind is one way to ask for the page of participants.
type peopleKind struct{ name, query string }

// peopleKinds are every order, a search by name and a filter: all that makes a page go through everyone.
func peopleKinds() []peopleKind {
	ask := func(pairs ...string) string {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return "?" + v.Encode()
	}
	return []peopleKind{
		{"by_name", ""},
		{"by_organisation", ask("sort", string(domain.SortByOrganisation))},
		{"by_arrival", ask("sort", string(domain.SortByArrival))},
		{"newest", ask("sort", string(domain.SortByNewest))},
		{"a_name", ask("q", "marta")},
		{"one_status", ask("status", string(domain.Confirmed))},
		{"one_type", ask("type", string(domain.OrgSchool))},
	}
}

// participantsPage is how long the page of a list of people takes in the program, the slowest of its kinds.
// The floor goes through the same people in memory, for a word that nobody has, and does nothing else.
func participantsPage(asked int) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		rows := asked
		if s.quick {
			rows = min(asked, 2000)
		}
		f, err := s.newFixture(ctx, "people", true)
		if err != nil {
			return nil, err
		}
		lines, err := f.findable(ctx, rows)
		if err != nil {
			return nil, err
		}
		app, err := s.startTemadag(ctx, f)
		if err != nil {
			return nil, err
		}
		figure, err := s.comparePeople(ctx, f, app, lines)
		return figure, errors.Join(err, app.stop(), os.RemoveAll(f.dir))
	}
}

// findable writes people as the floors do, lets the store make them findable, and answers what each is
// found by.
func (f fixture) findable(ctx context.Context, rows int) ([]string, error) {
	if err := f.fillRows(rows); err != nil {
		return nil, err
	}
	data, err := store.Open(ctx, store.Options{Path: f.database(), Migrations: db.Migrations})
	if err != nil {
		return nil, err
	}
	lines := make([]string, rows)
	for i := range lines {
		p := person(i)
		lines[i] = strings.ToLower(p.GivenName + " " + p.FamilyName + "\n" + p.Organisation + "\n" + p.Email)
	}
	return lines, data.Close()
}

func (s *session) comparePeople(ctx context.Context, f fixture, app *child, lines []string) (*figure, error) {
	cookie, err := s.signIn(ctx, f, app)
	if err != nil {
		return nil, err
	}
	took := make(map[string][]float64)
	var floor []float64
	err = s.alternate(func() error {
		for _, k := range peopleKinds() {
			request := getRequest(app.addr, "/handlaggare/tillfalle/"+fixtureSlug+"/deltagare"+k.query, "Cookie: "+cookie)
			for range 5 {
				start := time.Now()
				status, _, body, err := fetch(app.addr, request)
				if err != nil || status != 200 || len(body) < 1000 {
					return fmt.Errorf("%s: status %d, %d bytes: %w\n%s", k.name, status, len(body), orGone(err), app.lastWords())
				}
				took[k.name] = append(took[k.name], milliseconds(time.Since(start)))
			}
		}
		return nil
	}, func() error {
		start, found := time.Now(), 0
		for _, l := range lines {
			if strings.Contains(l, "finns inte") {
				found++
			}
		}
		floor = append(floor, milliseconds(time.Since(start)))
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &figure{Unit: "ms", Floor: median(floor)}
	for _, k := range peopleKinds() {
		out.extra(k.name+"_ms", median(took[k.name]))
		out.Value = max(out.Value, median(took[k.name]))
	}
	out.extra("people", len(lines))
	return out, nil
}

// signIn makes an organiser by the program's own command, and answers the cookie of her sign-in.
func (s *session) signIn(ctx context.Context, f fixture, app *child) (string, error) {
	return s.signInAt(ctx, f, app, string(fixtureOrganiser().Code))
}

// signInAt is signIn for a county by its letters, or "all".
func (s *session) signInAt(ctx context.Context, f fixture, app *child, county string) (string, error) {
	binary, err := s.program(ctx)
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, binary, "user", "add", "bench."+county+"@example.se", "--name", "Eva Exempel", "--county", county, "--role", "organiser")
	cmd.Env = append(os.Environ(), "TEMADAG_DATA_DIR="+f.dir, "TEMADAG_DATABASE_URL=sqlite://"+f.database(),
		"TEMADAG_BASE_URL=http://"+app.addr, "TEMADAG_SECRET="+string(f.secret))
	text, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("user add: %w\n%s", err, text)
	}
	_, link, ok := strings.Cut(string(text), "http://"+app.addr)
	if !ok {
		return "", fmt.Errorf("user add prints no link:\n%s", text)
	}
	request := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n",
		strings.TrimSpace(link), app.addr, app.addr)
	status, head, _, err := fetch(app.addr, []byte(request))
	if err != nil {
		return "", err
	}
	cookie, _ := header(head, "Set-Cookie")
	cookie, _, _ = strings.Cut(cookie, ";")
	if cookie == "" {
		return "", fmt.Errorf("the link gives no cookie: status %d", status)
	}
	return cookie, nil
}
