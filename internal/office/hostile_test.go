package office_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/browser"
)

// Whatever is typed into any field of any form is shown as the text it is, or refused, and never becomes
// an element, an attribute, an address or a header line: not on the page that answers, and not on any page
// that shows it later.

// siege is a world that hostile strings are sent into.
type siege struct {
	*world
	staff, public *client
	starts        map[*client][]string
	findings      []string
	forms         int
	fields        map[string]bool
	sent          int
}

func besiege(t *testing.T, settings ...setting) *siege {
	t.Helper()
	w := newWorld(t, settings...)
	events := season(t, w)
	own, _ := w.twoCounties(t)
	s := &siege{world: w, public: w.anyone(), fields: make(map[string]bool)}
	s.staff = w.user("Anna Exempel", in(domain.RoleAdministrator), domain.Grant{Role: domain.RoleNeedsOfficer, County: "BD"})
	link := "/min-anmalan/" + w.linkOf(events["lulea"], "person1@example.se")
	s.starts = map[*client][]string{
		s.staff:  append([]string{"/handlaggare", "/handlaggare/tillfalle/utkast", "/handlaggare/tillfalle/utkast/redigera"}, everyPage(w, own)...),
		s.public: {"/", link, "/tillfalle/lulea/anmalan", "/tillfalle/lulea/anmalan/grupp", "/tillfalle/ansok/anmalan", "/handlaggare/logga-in", "/handlaggare/glomt-losenord"},
	}
	return s
}

// batches are the strings as they are sent: many to a line, so that each field gets all of them.
func batches(most int) []string {
	var out []string
	for chunk := range slices.Chunk(hostileStrings(), most) {
		out = append(out, strings.Join(chunk, " "))
	}
	return out
}

func (s *siege) note(where string, r *response) *response {
	for _, h := range harm(r) {
		s.findings = append(s.findings, where+": "+h)
	}
	return r
}

// storm finds every form that someone reaches and sends all strings through every field: all at once as
// nobody would, and then a few by themselves, in fields that take words, so that they are kept.
func (s *siege) storm(c *client, most int) {
	seen := make(map[string]bool)
	var queue []form
	found := func(path string, r *response) {
		for _, f := range formsOf(path, r) {
			if f.typed() && !seen[f.key()] && len(seen) < 250 {
				seen[f.key()] = true
				queue = append(queue, f)
			}
		}
	}
	c.crawl(s.starts[c], found)
	all, short := batches(most), shortOnes()
	for i := 0; i < len(queue); i++ { // answers bring more forms
		f := queue[i]
		s.forms++
		for n, words := range all {
			f.note(s)
			found(f.action, s.note(f.String(), c.send(f, f.filled(func(formField) string { return words }, n%2 == 1), []byte(hostileTable(words)))))
		}
		for n := range 4 {
			next := n * 7
			values := f.filled(func(field formField) string {
				if plain := field.plain(); plain != "" {
					return plain
				}
				next++
				return short[(i+next)%len(short)]
			}, n%2 == 0)
			found(f.action, s.note(f.String(), c.send(f, values, []byte(hostileTable(short[n])))))
		}
		hidden := f.filled(func(field formField) string { return field.value }, true)
		for _, field := range f.fields {
			if field.kind == "hidden" {
				hidden.Set(field.name, all[i%len(all)])
			}
		}
		s.note(f.String(), c.send(f, hidden, nil))
		s.sent += len(all) + 5
		if c == s.staff && c.get("/handlaggare").StatusCode != http.StatusOK { // a form has ended the sign-in
			*c = *s.user(fmt.Sprintf("Anna Exempel %d", i), in(domain.RoleAdministrator), domain.Grant{Role: domain.RoleNeedsOfficer, County: "BD"})
		}
	}
}

func (f form) note(s *siege) {
	for _, field := range f.fields {
		s.fields[f.method+" "+shape(f.action)+" "+field.name] = true
	}
}

func (f form) String() string { return f.method + " " + f.action }

// shortOnes are strings that a field takes by their length and their signs.
func shortOnes() []string {
	var out []string
	for _, s := range hostileStrings() {
		if len(s) < 60 && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '\ufffd' }) {
			out = append(out, s)
		}
	}
	return out
}

// hostileTable is a list of people with hostile cells.
func hostileTable(words string) string {
	cell := `"` + strings.ReplaceAll(words, `"`, `""`) + `"`
	return "Förnamn;Efternamn;E-post;Organisation;" + cell + "\n" + strings.Repeat(cell+";", 4) + cell + "\nÅsa;Öberg;asa@example.se;" + cell + ";" + cell + "\n"
}

// look goes over all pages once more, now that they show what was kept.
func (s *siege) look(c *client) (shown []string) {
	c.crawl(s.starts[c], func(path string, r *response) {
		s.note("GET "+path, r)
		if r.page != nil && r.StatusCode == http.StatusOK && strings.Contains(r.words(), mark) {
			shown = append(shown, path)
		}
	})
	return shown
}

func TestHostile(t *testing.T) {
	most := 110
	if testkit.Thorough() { // fewer strings at a time say more plainly which of them does harm
		most = 40
	}
	s := besiege(t)
	s.storm(s.public, most)
	s.storm(s.staff, most)
	shown := append(s.look(s.staff), s.look(s.public)...)
	slices.Sort(s.findings)
	for _, f := range slices.Compact(s.findings) {
		t.Error(f)
	}
	t.Logf("%d strings through %d fields of %d forms, %d submissions; %d pages show what was kept", len(hostileStrings()), len(s.fields), s.forms, s.sent, len(shown))
	if s.forms < 25 || len(shown) < 5 {
		t.Errorf("only %d forms were found, and %d pages show anything", s.forms, len(shown))
	}
	s.inABrowser(t, shown)
}

// inABrowser opens pages that show hostile strings, and sends some anew, under the policy of the server.
func (s *siege) inABrowser(t *testing.T, shown []string) {
	b := open(t, "hostile strings in a browser")
	if b == nil {
		return
	}
	at := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = strings.TrimPrefix(base, "https://")
		if s.staff.cookie != "" && strings.Contains(r.URL.Path, "handlaggare") {
			r.Header.Set("Cookie", "__Host-temadag="+s.staff.cookie)
		}
		s.handler.ServeHTTP(w, r)
	}))
	t.Cleanup(at.Close)
	tab := b.Tab(t, browser.Desktop())
	looked := 0
	for i, p := range shown {
		if looked >= 20 || i%max(1, len(shown)/20) != 0 {
			continue
		}
		looked++
		tab.Go(at.URL + p)
		if browser.Eval[bool](tab, "typeof window."+mark+" !== 'undefined' || document.querySelector('"+mark+"') !== null") {
			t.Errorf("%s: a script ran", p)
		}
	}
	for i, words := range batches(60) {
		tab.Go(at.URL + "/handlaggare/tillfalle/lulea/deltagare?" + url.Values{"q": {words}, "municipality": {words}}.Encode())
		if i == 0 && !strings.Contains(tab.Text("body"), "0 ") {
			t.Log("somebody is found")
		}
	}
	for _, c := range tab.Complaints() {
		t.Error(c)
	}
}

// TestHostile_findsAHole is the twin: a page that shows what was typed as it was typed.
func TestHostile_findsAHole(t *testing.T) {
	s := besiege(t, func(o *server.Options) {
		for i, r := range o.Routes {
			if r.Name == "office_people" {
				o.Routes[i].Handler = func(c *gin.Context) error {
					c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(`<form><input name=q value="`+c.Query("q")+`"></form>`))
					return nil
				}
			}
		}
	})
	s.starts[s.staff] = []string{"/handlaggare/tillfalle/lulea/deltagare"}
	s.storm(s.staff, 40)
	if len(s.findings) == 0 {
		t.Error("nothing is found on a page that escapes nothing")
	}
}
