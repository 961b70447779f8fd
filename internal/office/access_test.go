package office_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/testkit"
)

// The table of who may open what stands in testdata/access.txt, for a person to read and to judge: a line
// for each route and method, with the roles that it opens for in the county that owns what it is about.
// Everything else is closed: to roles in another county, to roles at another event, to those who have not
// signed in; and what is closed is the same to the byte as what is not there.

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

// walk asks for every route as everyone, and answers the table, and what is open that should not be. With a
// step of three it asks for every third route alone.
func walk(t *testing.T, step int, settings ...setting) (table []string, findings []string) {
	t.Helper()
	w := newWorld(t, settings...)
	events := season(t, w)
	own, foreign := w.twoCounties(t)
	places := places{own: own, foreign: foreign, nobodys: nobodys(own)}
	people := crowd(w, events["pitea"].ID)
	for i, r := range w.office.Routes() {
		if r.Name == "office_sign_out" || i%step != 0 { // signing out would end the walk
			continue
		}
		if _, unknown := own.fill(r); unknown != "" {
			t.Errorf("%s: aim_test.go does not know what %s is", r.Name, unknown)
			continue
		}
		var open []string
		for _, who := range people {
			in, found := visit(r, who, places)
			findings = append(findings, found...)
			if in && who.where == "own" {
				open = append(open, string(who.role))
			}
		}
		table = append(table, strings.TrimSpace(fmt.Sprintf("%s %s %s: %s", r.Method, r.Name, r.Permission, strings.Join(open, " "))))
	}
	return table, findings
}

// places are what Norrbotten has, what Jämtland has, and what nobody has.
type places struct{ own, foreign, nobodys aims }

// visit is one visitor at one route: whether she is let in to what is Norrbotten's, and what is wrong.
func visit(r server.Route, who someone, at places) (in bool, findings []string) {
	what := fmt.Sprintf("%s %s for %s (%s)", r.Method, r.Paths[domain.Swedish], who.role, who.where)
	own := who.at(r, at.own)
	if r.Class == server.ClassEntry {
		return own.StatusCode != http.StatusNotFound, nil
	}
	if who.role == "" {
		if !strings.Contains(own.to(), "/logga-in?") {
			findings = append(findings, what+" is open without signing in")
		}
		return false, findings
	}
	if len(holes(r)) == 0 {
		return own.StatusCode != http.StatusNotFound, nil
	}
	nothing := who.at(r, at.nobodys)
	if nothing.StatusCode != http.StatusNotFound && nothing.StatusCode == own.StatusCode && own.StatusCode < 400 {
		findings = append(findings, fmt.Sprintf("%s: what is not there answers %d", what, nothing.StatusCode))
	}
	in = !same(own, nothing)
	if in && who.where != "own" && !everybodys(r) {
		findings = append(findings, fmt.Sprintf("%s is open: %d", what, own.StatusCode))
	}
	if theirs := who.at(r, at.foreign); who.where != "foreign" && !same(theirs, nothing) && !everybodys(r) {
		findings = append(findings, fmt.Sprintf("%s: another county's is open: %d", what, theirs.StatusCode))
	}
	if in {
		findings = append(findings, mixed(r, who, at, what)...)
	}
	return in, findings
}

// mixed asks for what is another county's by the address of one's own: her event, their participant.
func mixed(r server.Route, who someone, at places, what string) (findings []string) {
	for _, hole := range holes(r)[1:] {
		if at.own[hole]() == at.foreign[hole]() { // it is nobody's: a section, a county
			continue
		}
		theirs, nothing := who.at(r, at.own.but(at.foreign, hole)), who.at(r, at.own.but(at.nobodys, hole))
		if !same(theirs, nothing) {
			findings = append(findings, fmt.Sprintf("%s: with another's %s it is open: %d", what, hole, theirs.StatusCode))
		}
	}
	return findings
}

// everybodys are the routes whose holes no county's things fill: one's own account, the help, and the pages
// that the counties share.
func everybodys(r server.Route) bool {
	return r.Permission == domain.PermOwnAccount || r.Name == "office_site_page"
}

// at asks for a route, with an empty form where it takes one.
func (s someone) at(r server.Route, a aims) *response {
	path, _ := a.fill(r)
	got := s.do(r.Method, path, "")
	if got.StatusCode == http.StatusUnsupportedMediaType {
		const empty = "--x\r\nContent-Disposition: form-data; name=\"none\"\r\n\r\n\r\n--x--\r\n"
		got = s.do(r.Method, path, empty, "Content-Type", "multipart/form-data; boundary=x")
	}
	return got
}

// same reports whether two answers are the same to the byte, but for the number of the request.
func same(a, b *response) bool {
	one, two := a.Header.Clone(), b.Header.Clone()
	one.Del("X-Request-Id")
	two.Del("X-Request-Id")
	return a.StatusCode == b.StatusCode && a.body == b.body && maps.EqualFunc(one, two, slices.Equal[[]string])
}

func TestAccess(t *testing.T) {
	table, findings := walk(t, 1)
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

// widen changes the grants of everyone who is signed in.
func widen(change func(*domain.Grant)) setting {
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

// TestAccess_findsAHole is the twin: the grants of everyone reach every county, as they would if the
// counties were compared nowhere, and then every event, as if events were not.
func TestAccess_findsAHole(t *testing.T) {
	testkit.OncePerRun(t)
	for name, change := range map[string]func(*domain.Grant){
		"counties": func(g *domain.Grant) { g.County = "BD" },
		"events":   func(g *domain.Grant) { g.Event = 0 },
		"roles":    func(g *domain.Grant) { g.Role, g.County = domain.RoleAdministrator, "BD" },
	} {
		if _, findings := walk(t, 4, widen(change)); len(findings) < 10 {
			t.Errorf("%s: only %d holes are found", name, len(findings))
		}
	}
}

// Every method that is not in the table is refused, whatever a header says of it.
func TestAccess_otherMethods(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	own, _ := w.twoCounties(t)
	c := w.user("Anna Exempel", in(domain.RoleAdministrator))
	declared := make(map[string]bool)
	for _, r := range w.office.Routes() {
		declared[r.Method+" "+r.Name] = true
	}
	for _, r := range w.office.Routes() {
		path, _ := own.fill(r)
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
