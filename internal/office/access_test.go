package office_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// The table of who may open what stands in testdata/access.txt, for a person to read and to judge: a line
// for each route and method, with the roles that it opens for in the county of the event. Everything else
// is closed: to roles in another county, to roles at another event, to those who have not signed in.

var update = flag.Bool("update", false, "write the table of who may open what anew; read the difference before you keep it")

const accessTable = "testdata/access.txt"

// someone is one kind of visitor.
type someone struct {
	*client
	role  domain.Role // "" for somebody who has not signed in
	where string      // "own", "foreign" or "other event"
}

// crowd is everyone there is: each role in the event's county, in another one, and at another event alone.
func crowd(w *world, other domain.EventID) []someone {
	all := []someone{{client: w.anyone()}}
	for i, r := range domain.StaffRoles() {
		all = append(all, someone{w.user(fmt.Sprintf("Own %d", i), in(r)), r, "own"})
		all = append(all, someone{w.user(fmt.Sprintf("Foreign %d", i), domain.Grant{Role: r, County: "Z"}), r, "foreign"})
		if r.AtEvent() {
			all = append(all, someone{w.user(fmt.Sprintf("Other %d", i), domain.Grant{Role: r, County: "BD", Event: other}), r, "other event"})
		}
	}
	return all
}

// walk asks for every route as everyone, and answers the table, and what is open that should not be.
func walk(t *testing.T, settings ...setting) (table []string, findings []string) {
	t.Helper()
	w := newWorld(t, settings...)
	events := season(t, w)
	people := crowd(w, events["pitea"].ID)
	waiting, coming := w.refOf(events["ansok"], "person200@example.se"), w.refOf(events["lulea"], "person1@example.se")
	for _, r := range w.office.Routes() {
		if r.Name == "office_sign_out" { // it would end the walk
			continue
		}
		at := aim{path: r.Paths[domain.Swedish], slug: "lulea", ref: coming}
		if r.Name == "office_answer" || r.Name == "office_answers" {
			at.slug, at.ref = "ansok", waiting
		}
		var open []string
		for _, who := range people {
			in, found := visit(r, who, at)
			findings = append(findings, found...)
			if in && who.where == "own" {
				open = append(open, string(who.role))
			}
		}
		table = append(table, strings.TrimSpace(fmt.Sprintf("%s %s %s: %s", r.Method, r.Name, r.Permission, strings.Join(open, " "))))
	}
	return table, findings
}

// aim is the address of a route with its holes filled.
type aim struct{ path, slug, ref string }

func (a aim) String() string {
	return strings.NewReplacer(":slug", a.slug, ":ref", a.ref, ":token", "nonsense", ":id", "1").Replace(a.path)
}

// visit is one visitor at one route: whether she is let in, and what is wrong with the answer.
func visit(r server.Route, who someone, at aim) (in bool, findings []string) {
	what := fmt.Sprintf("%s %s for %s (%s)", r.Method, at, who.role, who.where)
	got := who.do(r.Method, at.String(), "")
	in = got.StatusCode != http.StatusNotFound && !strings.Contains(got.to(), "/logga-in?")
	aboutEvent := strings.Contains(at.path, ":slug")
	switch {
	case r.Class == server.ClassEntry:
		return in, nil
	case who.role == "" && in:
		findings = append(findings, what+" is open without signing in")
	case aboutEvent && who.where != "own" && in:
		findings = append(findings, fmt.Sprintf("%s is open: %d", what, got.StatusCode))
	}
	if who.role == "" || !aboutEvent {
		return in, findings
	}
	absent := at
	absent.slug = "finns-inte"
	nothing := who.do(r.Method, absent.String(), "")
	if nothing.StatusCode != http.StatusNotFound {
		findings = append(findings, fmt.Sprintf("%s: an event that is not there answers %d", what, nothing.StatusCode))
	}
	if !in && got.body != nothing.body {
		findings = append(findings, what+": absent and forbidden look different")
	}
	return in, findings
}

func TestAccess(t *testing.T) {
	table, findings := walk(t)
	for _, f := range findings {
		t.Error(f)
	}
	text := strings.Join(table, "\n") + "\n"
	if *update {
		must(t, os.WriteFile(accessTable, []byte(text), 0o644))
	}
	kept, err := os.ReadFile(accessTable)
	must(t, err)
	want := strings.Split(strings.TrimSpace(string(kept)), "\n")
	for _, line := range table {
		if !slices.Contains(want, line) {
			t.Errorf("not in %s: %s", accessTable, line)
		}
	}
	for _, line := range want {
		if !slices.Contains(table, line) {
			t.Errorf("%s tells of what is not so: %s", accessTable, line)
		}
	}
}

// TestAccess_findsAHole is the twin: the grants of everyone reach every county, as they would if the
// counties were compared nowhere, and then every event, as if events were not.
func TestAccess_findsAHole(t *testing.T) {
	widen := func(change func(*domain.Grant)) setting {
		return func(o *server.Options) {
			real := o.Staff.SignIn
			o.Staff.SignIn = func(ctx context.Context, token, address, agent string) (domain.SignIn, error) {
				in, err := real(ctx, token, address, agent)
				in.Actor.Grants = slices.Clone(in.Actor.Grants)
				for i := range in.Actor.Grants {
					change(&in.Actor.Grants[i])
				}
				return in, err
			}
		}
	}
	for name, change := range map[string]func(*domain.Grant){
		"counties": func(g *domain.Grant) { g.County = "BD" },
		"events":   func(g *domain.Grant) { g.Event = 0 },
		"roles":    func(g *domain.Grant) { g.Role, g.County = domain.RoleAdministrator, "BD" },
	} {
		if _, findings := walk(t, widen(change)); len(findings) < 30 {
			t.Errorf("%s: only %d holes are found", name, len(findings))
		}
	}
}

// Every method that is not in the table is refused, whatever a header says of it.
func TestAccess_otherMethods(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleAdministrator))
	declared := make(map[string]bool)
	for _, r := range w.office.Routes() {
		declared[r.Method+" "+r.Name] = true
	}
	for _, r := range w.office.Routes() {
		path := aim{r.Paths[domain.Swedish], "lulea", "x"}.String()
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
			if declared[method+" "+r.Name] {
				continue
			}
			got := c.do(method, path, "", "X-HTTP-Method-Override", r.Method)
			if got.StatusCode != http.StatusMethodNotAllowed && got.StatusCode != http.StatusNotFound {
				t.Errorf("%s %s answers %d", method, path, got.StatusCode)
			}
		}
		for _, stray := range []string{"/" + path, strings.ToUpper(path), strings.Replace(path, "/handlaggare", "/handlaggare/.", 1), path + "%2f"} {
			if got := w.anyone().get(stray).StatusCode; got == http.StatusOK {
				t.Errorf("%s answers %d", stray, got)
			}
		}
	}
}

// TestCanary: what is known of the participants of one county never reaches those of another, nor roles
// that may not read it.
func TestCanary(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	p := personOf("Kanarie", "Fågelsson")
	w.enter(events["lulea"], p)
	ref := w.refOf(events["lulea"], p.Email)
	paths := []string{
		"/handlaggare", "/handlaggare/tillfalle/lulea", "/handlaggare/tillfalle/lulea/behov", "/handlaggare/tillfalle/lulea/svara",
		"/handlaggare/tillfalle/lulea/deltagare", "/handlaggare/tillfalle/lulea/deltagare?q=kanarie", "/handlaggare/tillfalle/lulea/deltagare/" + ref,
		"/handlaggare/tillfalle/lulea/deltagare/" + ref + "/utskrift", "/handlaggare/tillfalle/lulea/deltagare/" + ref + "/avboka",
	}
	tells := func(c *client, path string) string {
		body := c.get(path).body
		for _, canary := range []string{"Kanarie", "Fågelsson", "kanarie@", "Kanarieholmen", "Bara frön"} {
			if strings.Contains(strings.ReplaceAll(body, `value="kanarie"`, ""), canary) {
				return canary
			}
		}
		return ""
	}
	for _, role := range domain.StaffRoles() {
		foreign := w.user("Foreign "+string(role), domain.Grant{Role: role, County: "Z"})
		own := w.user("Own "+string(role), in(role))
		reads := role.May(domain.PermReadRegistrations)
		seen := false
		for _, path := range paths {
			if found := tells(foreign, path); found != "" {
				t.Errorf("%s of another county reads %q at %s", role, found, path)
			}
			found := tells(own, path)
			if found != "" && !reads {
				t.Errorf("%s reads %q at %s", role, found, path)
			}
			if found == "Bara frön" {
				t.Errorf("%s reads what she needs at %s", role, path)
			}
			seen = seen || found != ""
		}
		if reads && !seen {
			t.Errorf("%s does not see the canary: the crawl proves nothing", role)
		}
	}
	must(t, w.Registrations.Protect(context.Background(), domain.Operator(), "lulea", p.Email))
	administrator := w.user("Anna Exempel", in(domain.RoleAdministrator))
	for _, path := range paths {
		if found := tells(administrator, path); found != "" {
			t.Errorf("a protected person is told by %q at %s", found, path)
		}
	}
}
