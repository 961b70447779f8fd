package office_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// draftOnly are words of an event of Norrbotten's that nobody has been shown: its draft (season).
const draftOnly = "samverkan mellan skola, vård och socialtjänst"

// sharing lets every role of Jämtland crawl, with everything that Norrbotten has, after what share has done.
// It answers what was told that should not be, and which roles saw whom at the shared event.
func sharing(t *testing.T, share func(w *world), settings ...setting) (findings []string, sees map[domain.Role]bool) {
	t.Helper()
	w := newWorld(t, settings...)
	events := season(t, w)
	own, foreign := w.twoCounties(t)
	shared, hidden := birds()[0], birds()[1]
	alone := newBird("BD", "pitea", "Steglitsan", "Granström", "070-174 99 35", false)
	for _, b := range []bird{shared, hidden, alone} {
		w.release(t, b)
	}
	share(w)
	own["deltagare/:ref"], own["personer/:ref"] = always(w.refOf(events["lulea"], shared.entry.Email)), always(w.refOf(events["lulea"], shared.entry.Email))
	sees = make(map[domain.Role]bool)
	for _, role := range domain.StaffRoles() {
		c := w.user("Zoe "+string(role), domain.Grant{Role: role, County: "Z"})
		start := append([]string{"/", "/handlaggare"}, everyPage(w, own, foreign)...)
		start = append(start, "/handlaggare/tillfalle/lulea/deltagare?q=fagels", "/handlaggare/tillfalle/pitea", "/handlaggare/tillfalle/pitea/deltagare",
			"/handlaggare/tillfalle/pitea/deltagare/"+w.refOf(events["pitea"], alone.entry.Email), "/handlaggare/tillfalle/utkast", "/handlaggare/tillfallen?q=samverkan",
			"/handlaggare/tillfalle/utkast/redigera", "/handlaggare/tema/efterfragan/listor")
		c.crawl(start, func(path string, r *response) {
			told := func(word string) {
				findings = append(findings, fmt.Sprintf("%s of the other county is told %q at %s", role, word, path))
			}
			body := r.body + fmt.Sprint(r.Header)
			for _, word := range append(append(hidden.words(), alone.words()...), draftOnly, shared.entry.Needs.DietText, hidden.entry.Needs.DietText) {
				if strings.Contains(body, word) {
					told(word)
				}
			}
			for _, word := range shared.words() {
				if !strings.Contains(body, word) {
					continue
				}
				sees[role] = true
				if !maySee(someone{role: role, where: "own"}, shared, path, word) {
					told(word)
				}
			}
		})
	}
	return findings, sees
}

func lends(w *world) {
	must(w.t, w.events().Share(context.Background(), domain.Operator(), "lulea", "Z"))
}

// TestCanary_sharedEvent: who arranges an event with another county sees its people as the roles say, and of
// the other county's people and drafts nothing else; before it is shared, and after, nothing at all.
func TestCanary_sharedEvent(t *testing.T) {
	findings, sees := sharing(t, lends)
	for _, f := range findings {
		t.Error(f)
	}
	for _, role := range domain.StaffRoles() {
		if role.May(domain.PermReadRegistrations) && !sees[role] {
			t.Errorf("%s does not see who comes to the shared event", role)
		}
	}
	findings, sees = sharing(t, func(w *world) {
		lends(w)
		must(t, w.events().Unshare(context.Background(), domain.Operator(), "lulea", "Z"))
	})
	for _, f := range findings {
		t.Error(f)
	}
	if len(sees) > 0 {
		t.Errorf("they are still seen when it is shared no longer: %v", sees)
	}
}

// TestCanary_sharedEvent_findsALeak is the twin: an event shared too many, and counties that are compared
// nowhere.
func TestCanary_sharedEvent_findsALeak(t *testing.T) {
	testkit.OncePerRun(t)
	for name, leak := range map[string]func() []string{
		"another event": func() []string {
			findings, _ := sharing(t, func(w *world) {
				lends(w)
				must(t, w.events().Share(context.Background(), domain.Operator(), "pitea", "Z"))
			})
			return findings
		},
		"counties": func() []string {
			findings, _ := sharing(t, lends, widen(func(g *domain.Grant) { g.County = "BD" }))
			return findings
		},
	} {
		if len(leak()) == 0 {
			t.Errorf("%s: the crawl finds nothing", name)
		}
	}
}
