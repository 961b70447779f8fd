package journey_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// crawl visits everything that can be reached from the start pages by links, pictures, styles and
// feeds, and returns every answer by its address without host.
func crawl(t testing.TB, p *program, starts ...string) map[string]*document {
	t.Helper()
	v := newVisitor(t)
	seen := map[string]*document{}
	waiting := append([]string{"/", "/en/", "/sitemap.xml", "/robots.txt"}, starts...)
	for len(waiting) > 0 {
		path := waiting[0]
		waiting = waiting[1:]
		if seen[path] != nil {
			continue
		}
		seen[path] = v.open(p.base() + path)
		if len(seen) > 3000 {
			t.Fatal("the site has no end")
		}
		for _, next := range addresses(t, p, seen[path]) {
			if seen[next] == nil && !slices.Contains(waiting, next) {
				waiting = append(waiting, next)
			}
		}
	}
	return seen
}

// addresses lists the places on our own host that a document leads to.
func addresses(t testing.TB, p *program, d *document) []string {
	t.Helper()
	var raw []string
	switch kind, _, _ := strings.Cut(d.header.Get("Content-Type"), ";"); kind {
	case "text/html":
		raw = references(d.root)
	case "application/xml", "text/xml", "application/atom+xml":
		raw = xmlReferences(t, d.body)
	}
	var out []string
	for _, ref := range raw {
		u, err := d.url.Parse(ref)
		if err != nil {
			t.Errorf("%s: the address %q: %v", d.url, ref, err)
			continue
		}
		if u.Host == p.addr && (u.Scheme == "http" || u.Scheme == "webcal") {
			u.Fragment = ""
			out = append(out, u.RequestURI())
		}
	}
	return out
}

// references lists what a page links to or needs.
func references(root *html.Node) []string {
	var out []string
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "href" || a.Key == "src" || a.Key == "content" && strings.HasPrefix(a.Val, "http") {
				out = append(out, a.Val)
			}
		}
	}
	return out
}

// xmlReferences lists the addresses in a feed or a site map.
func xmlReferences(t testing.TB, body []byte) []string {
	t.Helper()
	var out []string
	d := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		token, err := d.Token()
		if token == nil {
			if err.Error() != "EOF" {
				t.Errorf("a feed is not well-formed: %v", err)
			}
			return out
		}
		switch v := token.(type) {
		case xml.CharData:
			if s := strings.TrimSpace(string(v)); strings.HasPrefix(s, "http") && !strings.ContainsAny(s, " \n") {
				out = append(out, s)
			}
		case xml.StartElement:
			for _, a := range v.Attr {
				if a.Name.Local == "href" {
					out = append(out, a.Value)
				}
			}
		}
	}
}

func TestLinks_allLeadSomewhere(t *testing.T) {
	p := unhurried(t)
	answers := crawl(t, p)
	for path, d := range answers {
		if d.status != http.StatusOK {
			t.Errorf("%s: status %d", path, d.status)
		}
		anchors(t, path, d)
	}
	for _, must := range []string{"/tillfalle/temadag-lulea", "/en/event/temadag-lulea", "/nyheter/atom.xml", "/kalender.ics"} {
		if answers[must] == nil {
			t.Errorf("nothing leads to %s", must)
		}
	}
	t.Logf("%d addresses", len(answers))
}

// anchors fails the test where a link within the page leads to no element of it.
func anchors(t *testing.T, path string, d *document) {
	t.Helper()
	ids := map[string]bool{}
	for n := range d.root.Descendants() {
		if id := attr(n, "id"); id != "" {
			ids[id] = true
		}
	}
	for _, a := range find(d.root, "a") {
		if name, ok := strings.CutPrefix(attr(a, "href"), "#"); ok && !ids[name] {
			t.Errorf("%s: the link %q leads to #%s, which is not there", path, clean(text(a)), name)
		}
	}
}

// canary is a person whose every word is found nowhere else.
func canary() url.Values {
	return url.Values{
		"given_name": {"Kvitterlina"}, "family_name": {"Zwitschermark"}, "email": {"pippifagel@kanariebur.example.se"},
		"phone": {"070-174 06 77"}, "organisation": {"Burverket i Fågelsta"}, "organisation_type": {"shelter"},
		"title": {"näbbvårdare"}, "municipality": {"Överkalix"},
	}
}

func TestCanary_staysOffPublicPages(t *testing.T) {
	p := unhurried(t)
	v := newVisitor(t)
	register(v, p, "temadag-lulea", canary())
	secrets := []string{"Kvitterlina", "Zwitschermark", "pippifagel", "kanariebur", "070-174 06 77", "Burverket", "näbbvårdare"}
	for _, s := range secrets { // the test itself sees what it looks for
		if own := v.open(p.letterTo(canary().Get("email"), 1).link(t, "/min-anmalan/")); !strings.Contains(own.words(), s) {
			t.Errorf("the personal page does not say %q", s)
		}
	}
	answers := crawl(t, p, "/?q=Zwitschermark", "/?q=Burverket", "/tillfalle/finns-inte")
	for path, d := range answers {
		if strings.HasPrefix(path, "/dev/") {
			continue
		}
		for _, s := range secrets {
			if strings.Contains(string(d.body), s) && !strings.Contains(path, "q=") {
				t.Errorf("%s says %q", path, s)
			}
		}
	}
}

// tables is the set of the tables' names, but of those that tell what the program's processes do.
func (p *program) tables() map[string]bool {
	if p.url == "" {
		return p.emails("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
	}
	return p.emails("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('instances', 'commit_marks')")
}

// contents is every row of every table, but what only tells that a letter is on its way.
func (p *program) contents() string {
	p.t.Helper()
	db := p.database()
	defer db.Close()
	var b strings.Builder
	for _, table := range sorted(p.tables()) {
		rows, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			p.t.Fatal(err)
		}
		b.WriteString(table + "\n")
		b.WriteString(dump(p.t, rows))
	}
	return b.String()
}

func TestGet_changesNothing(t *testing.T) {
	times := 20
	if testing.Short() {
		times = 3
	}
	p := unhurried(t)
	v := newVisitor(t)
	register(v, p, "temadag-lulea", canary())
	l := p.letterTo(canary().Get("email"), 1)
	p.await("the letter to be marked as sent", func() bool {
		return p.count("SELECT count(*) FROM letters WHERE state IN ('queued', 'sending')") == 0
	})
	var addresses []string
	for path := range crawl(t, p) {
		addresses = append(addresses, p.base()+path)
	}
	for _, link := range l.links() {
		if strings.HasPrefix(link, p.base()) {
			addresses = append(addresses, link)
		}
	}
	before := p.contents()
	for _, address := range addresses {
		for range times {
			v.open(address)
			resp, err := v.client.Head(address)
			if err != nil {
				t.Fatal(err)
			}
			drain(resp.Body)
		}
	}
	if p.contents() != before {
		t.Error("looking at pages changed the database")
	}
	// The twin: what does change something is noticed.
	other := canary()
	other.Set("email", "en.till@example.se")
	register(v, p, "temadag-lulea", other)
	if p.contents() == before {
		t.Error("a registration was not noticed: this test sees nothing")
	}
	t.Logf("%d addresses, %d times each by GET and HEAD", len(addresses), times)
}
