package office_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/testkit"
)

// bird is someone whose every word is found nowhere else, so that each page tells whether it shows her.
type bird struct {
	county    domain.OrganiserCode
	slug      string
	protected bool
	entry     domain.Entry
	reason    string // why she asks to be let off
}

// words are what is hers, the needs apart. Pages may fold a telephone number, so that it stands in parts.
func (b bird) words() []string {
	e := b.entry
	return []string{e.GivenName, e.FamilyName, e.Email, e.Organisation, e.Title, e.Phone[len(e.Phone)-5:], b.reason}
}

func newBird(county domain.OrganiserCode, slug, given, family, phone string, protected bool) bird {
	e := testkit.Person(900)
	e.GivenName, e.FamilyName, e.Email, e.Phone = given, family, strings.ToLower(given)+"@fagel.example.se", phone
	e.Organisation, e.Title = given+"holmen", given+"vårdare"
	if slug == "lulea" {
		e.Needs.DietText = "Bara " + strings.ToLower(given) + "frön"
	}
	return bird{county: county, slug: slug, protected: protected, entry: e, reason: "Flyttar till " + given + "udden."}
}

func birds() []bird {
	return []bird{
		newBird("BD", "lulea", "Kanarie", "Fågelsson", "070-174 99 31", false),
		newBird("BD", "lulea", "Skymarie", "Gömdqvist", "070-174 99 32", true),
		newBird("Z", "ostersund", "Papegojan", "Ararström", "070-174 99 33", false),
		newBird("Z", "ostersund", "Ugglarie", "Doldström", "070-174 99 34", true),
	}
}

// release lets a bird come to her event, ask to be let off, and be protected where she is.
func (w *world) release(t testing.TB, b bird) {
	t.Helper()
	ctx := context.Background()
	e, err := w.Programme.Event(ctx, b.slug)
	must(t, err)
	w.enter(e, b.entry)
	if err := w.Registrations.AskToCancel(ctx, domain.Visitor(), w.linkOf(e, b.entry.Email), b.reason); err != nil {
		t.Logf("%s does not ask to be let off: %v", b.entry.GivenName, err)
	}
	if b.protected {
		must(t, w.Registrations.Protect(ctx, domain.Operator(), b.slug, b.entry.Email))
	}
}

// mostCrawled is how many pages one visitor looks at. Everything that she can reach is far less, but for
// pages of pages.
const mostCrawled = 400

// crawl follows every link from the start, as one visitor, and hands each answer on.
func (c *client) crawl(start []string, saw func(path string, r *response)) int {
	seen, queue := map[string]bool{}, start
	alike := map[string]int{}
	for len(queue) > 0 && len(seen) < mostCrawled {
		path := queue[0]
		queue = queue[1:]
		if seen[path] || alike[shape(path)] >= 3 {
			continue
		}
		seen[path] = true
		alike[shape(path)]++
		r := c.get(path)
		saw(path, r)
		if to := ownPath(r.to()); to != "" {
			queue = append(queue, to)
		}
		queue = append(queue, links(r)...)
	}
	return len(seen)
}

// shape is what addresses that differ in what was asked for alone have in common.
func shape(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	keys := make([]string, 0, 4)
	for _, pair := range strings.Split(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		keys = append(keys, name)
	}
	parts := strings.Split(u.Path, "/")
	for i, p := range parts {
		if i > 0 && (parts[i-1] == "deltagare" || parts[i-1] == "people") && strings.ContainsAny(p, "0123456789") {
			parts[i] = ":ref"
		}
	}
	return strings.Join(parts, "/") + "?" + strings.Join(keys, "&")
}

// links are the addresses of ours that a page leads to.
func links(r *response) []string {
	var out []string
	if r.page == nil {
		return nil
	}
	for n := range r.page.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, name := range []string{"href", "src"} {
			if to := ownPath(attr(n, name)); to != "" && !strings.HasPrefix(to, "/static/") {
				out = append(out, to)
			}
		}
		if n.Data == "form" && attr(n, "method") != "post" {
			if to := ownPath(attr(n, "action")); to != "" {
				out = append(out, to)
			}
		}
	}
	return out
}

// ownPath is an address of ours without its host and fragment, "" for any other.
func ownPath(address string) string {
	address, _, _ = strings.Cut(strings.TrimPrefix(address, base), "#")
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") {
		return ""
	}
	return address
}

// notebook keeps all that the program logs.
type notebook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *notebook) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(b)
}

func (n *notebook) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

func (n *notebook) setting() setting {
	return func(o *server.Options) {
		o.Log = slog.New(slog.NewTextHandler(n, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
}

// leaking is a fault planted in one route: its pages end with the words.
func leaking(route, words string) setting {
	return func(o *server.Options) {
		for i, r := range o.Routes {
			if r.Name == route && r.Method == http.MethodGet {
				o.Routes[i].Handler = leak(r.Handler, words)
			}
		}
	}
}
