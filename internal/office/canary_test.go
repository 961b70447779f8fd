package office_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// What is known of a participant reaches those who look after her event and may read it, and nobody else:
// not another county, not a role that needs no names, not the public, no feed and no log. Of someone with
// protected identity no page tells anything until it is asked to. Here everyone follows every link there
// is, and asks for every page of the table besides, with what is hers and what is others'.

// maySee reports whether a word of a bird may stand on a page for someone.
func maySee(who someone, b bird, path, word string) bool {
	at := map[string]domain.OrganiserCode{"own": "BD", "foreign": "Z"}[who.where]
	switch {
	case b.protected || at != b.county:
		return false
	case who.role.May(domain.PermReadRegistrations): // why she wants to be let off is for those who answer her
		return word != b.reason || who.role.May(domain.PermManage)
	case who.role.May(domain.PermCheckIn): // the list at the door and the badges hold two columns
		door := strings.HasPrefix(path, "/handlaggare/tillfalle/") || strings.HasPrefix(path, "/en/office/event/")
		return door && slices.Contains([]string{b.entry.GivenName, b.entry.FamilyName, b.entry.Organisation}, word)
	}
	if who.role == domain.RoleNeedsOfficer { // who has told of needs, by name, so that one at a time can be opened
		return strings.Contains(path, "/behov/") && slices.Contains([]string{b.entry.GivenName, b.entry.FamilyName}, word) ||
			strings.Contains(path, "/needs/") && slices.Contains([]string{b.entry.GivenName, b.entry.FamilyName}, word)
	}
	return false
}

// flight releases the birds and lets the crowd crawl, all or those that which chooses. It answers what was told to whom that should not be,
// how many saw what they may, and the log.
func flight(t *testing.T, which func(someone) bool, settings ...setting) (findings []string, seen map[string]bool, logged string) {
	t.Helper()
	notes := &notebook{}
	w := newWorld(t, append(settings, notes.setting())...)
	events := season(t, w)
	own, foreign := w.twoCounties(t)
	all := birds()
	for _, b := range all {
		w.release(t, b)
	}
	mine, theirs := own["tillfalle/:slug"](), foreign["tillfalle/:slug"]()
	own["deltagare/:ref"] = always(w.refOf(events[mine], all[0].entry.Email))
	foreign["deltagare/:ref"] = always(w.refOf(events[theirs], all[2].entry.Email))
	seen = make(map[string]bool)
	for _, who := range slices.DeleteFunc(crowd(w, events["pitea"].ID), func(s someone) bool { return !which(s) }) {
		start := []string{"/", "/en/", "/sitemap.xml", "/kalender.ics", "/nyheter/atom.xml", "/handlaggare", "/handlaggare/finns-inte"}
		start = append(start, everyPage(w, own, foreign)...)
		for _, slug := range []string{mine, theirs} {
			people := "/handlaggare/tillfalle/" + slug + "/deltagare"
			start = append(start, people+"?q=fagels", people+"?q=arars", people+"?q=gomd", people+"?sort=newest", people+"?status=confirmed&not=yes")
		}
		who.crawl(start, func(path string, r *response) {
			shown := r.body + fmt.Sprint(r.Header)
			for _, b := range all {
				for _, word := range b.words() {
					if !strings.Contains(shown, word) {
						continue
					}
					seen[string(who.role)+" "+who.where+" "+b.entry.GivenName] = true
					if !maySee(who, b, path, word) {
						findings = append(findings, fmt.Sprintf("%s (%s) is told %q at %s", who.role, who.where, word, path))
					}
				}
				if need := b.entry.Needs.DietText; need != "" && strings.Contains(shown, need) {
					findings = append(findings, fmt.Sprintf("%s (%s) is told what %s needs at %s", who.role, who.where, b.entry.GivenName, path))
				}
			}
		})
	}
	return findings, seen, notes.String()
}

// everyPage is the address of every page that can be asked for, with what each county has.
func everyPage(w *world, all ...aims) []string {
	var out []string
	for _, r := range w.office.Routes() {
		for _, a := range all {
			path, unknown := a.fill(r)
			if r.Method == http.MethodGet && unknown == "" && !slices.Contains(out, path) {
				out = append(out, path)
			}
		}
	}
	return out
}

func TestCanary(t *testing.T) {
	findings, seen, logged := flight(t, func(someone) bool { return true })
	for _, f := range findings {
		t.Error(f)
	}
	for _, role := range domain.StaffRoles() {
		if !role.May(domain.PermReadRegistrations) {
			continue
		}
		for where, name := range map[string]string{"own": "Kanarie", "foreign": "Papegojan"} {
			if !seen[string(role)+" "+where+" "+name] {
				t.Errorf("%s (%s) does not see %s: the crawl proves nothing", role, where, name)
			}
		}
	}
	if !strings.Contains(logged, "office_people") {
		t.Error("the log tells of no request")
	}
	for _, b := range birds() {
		for _, word := range append(b.words(), b.entry.Needs.DietText) {
			if word != "" && strings.Contains(logged, word) {
				t.Errorf("the log tells %q", word)
			}
		}
	}
}

// leak ends an answer with words.
func leak(handle func(*gin.Context) error, words string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		c.Header("X-Leak", words)
		return handle(c)
	}
}

// TestCanary_findsALeak is the twin: a page that tells of someone, counties that are compared nowhere, and
// roles that may do everything.
func TestCanary_findsALeak(t *testing.T) {
	testkit.OncePerRun(t)
	few := func(s someone) bool {
		return s.role == "" || (s.where == "own" && s.role == domain.RoleCheckIn) || (s.where == "foreign" && s.role == domain.RoleReader)
	}
	for name, set := range map[string]setting{
		"a protected person on a page":   leaking("office_event", "Gömdqvist"),
		"a participant on the first one": leaking("home", "kanarie@fagel.example.se"),
		"needs":                          leaking("office_today", "Bara kanariefrön"),
		"counties":                       widen(func(g *domain.Grant) { g.County = "BD" }),
		"roles":                          widen(func(g *domain.Grant) { g.Role = domain.RoleAdministrator }),
	} {
		if findings, _, _ := flight(t, few, set); len(findings) == 0 {
			t.Errorf("%s: the crawl finds nothing", name)
		}
	}
}

// What is told when a letter fails, or a page, names nobody either.
func TestCanary_faults(t *testing.T) {
	notes := &notebook{}
	w := newWorld(t, notes.setting())
	season(t, w)
	b := birds()[0]
	w.release(t, b)
	e, err := w.Programme.Event(context.Background(), b.slug)
	must(t, err)
	link, c := w.linkOf(e, b.entry.Email), w.anyone()
	c.get("/min-anmalan/"+link).want(t, http.StatusOK, b.entry.GivenName)
	c.get("/min-anmalan/" + link + "x/" + b.entry.GivenName)
	c.get("/finns-inte/" + b.entry.FamilyName + "?q=" + b.entry.Email)
	c.post("/handlaggare/logga-in", map[string][]string{"email": {b.entry.Email}, "password": {b.entry.FamilyName}})
	for _, word := range append(b.words(), link, "Bara kanariefrön") {
		if strings.Contains(notes.String(), word) {
			t.Errorf("the log tells %q", word)
		}
	}
}

// TestCanary_opened takes the two steps that show what nothing else does, as everyone: who is protected, and
// what someone needs. They are there for those who may, and for nobody else; and nothing of it stays.
func TestCanary_opened(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	all := birds()
	for _, b := range all {
		w.release(t, b)
	}
	refs := []string{w.refOf(events["lulea"], all[0].entry.Email), w.refOf(events["lulea"], all[1].entry.Email)}
	at, needs := "/handlaggare/tillfalle/lulea/deltagare/"+refs[1], "/handlaggare/tillfalle/lulea/behov/personer/"+refs[0]
	revealed, opened := 0, 0
	for _, who := range crowd(w, events["pitea"].ID) {
		for path, form := range map[string]url.Values{
			pathOf(w, "office_reveal", "lulea", refs[1]): {"why": {string(domain.RevealReasons()[0])}}, needs: nil,
		} {
			got := who.post(path, form)
			protected, needed := strings.Contains(got.body, "Gömdqvist"), strings.Contains(got.body, "Bara kanariefrön")
			if protected && (who.where != "own" || !who.role.May(domain.PermProtect)) {
				t.Errorf("%s (%s) is shown who is protected", who.role, who.where)
			}
			if needed && (who.where != "own" || !who.role.May(domain.PermReadNeeds)) {
				t.Errorf("%s (%s) is shown what is needed", who.role, who.where)
			}
			if protected {
				revealed++
			}
			if needed {
				opened++
			}
		}
		if after := who.get(at).body + who.get(needs).body; strings.Contains(after, "Gömdqvist") || strings.Contains(after, "Bara kanariefrön") {
			t.Errorf("%s (%s) still sees what was opened", who.role, who.where)
		}
	}
	if revealed != 3 || opened != 1 {
		t.Errorf("%d see who is protected, and %d what is needed; want 3 and 1", revealed, opened)
	}
}

// pathOf is the Swedish path of a route about a person at an event.
func pathOf(w *world, route, slug, ref string) string {
	for _, r := range w.office.Routes() {
		if r.Name == route {
			return strings.NewReplacer(":slug", slug, ":ref", ref).Replace(r.Paths[domain.Swedish])
		}
	}
	w.t.Fatal("no route is called " + route)
	return ""
}
