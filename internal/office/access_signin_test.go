package office_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/testkit"
)

// A table that was uploaded, people who were ticked, long work and what came of it are one sign-in's: another
// user of the same county, and the same user in another browser, find nothing there, whatever they send.

// hers is a file to import that was looked at, people chosen, a list made and a paper, of one client: by the
// folder of the hole that each fills.
func (c *client) hers(t *testing.T, events map[string]domain.Event) aims {
	t.Helper()
	last := func(address string, n int) func() string {
		parts := strings.Split(address, "/")
		return always(parts[len(parts)-n])
	}
	check := c.toCheck(t, "lulea", newcomers)
	chosen := c.post("/handlaggare/tillfalle/lulea/flera", url.Values{
		"who": {"some"}, "query": {""}, "ref": {c.w.firstAt(events["lulea"])}, "action": {"withdraw"}, "reason": {"Lokalen är mindre"}, "step": {"confirm"},
	}).want(t, http.StatusSeeOther)
	list := c.post(luleaLists, own()).want(t, http.StatusSeeOther)
	c.fetch(t, list)
	paper := c.post(luleaLists, url.Values{"step": {"door"}}).want(t, http.StatusSeeOther)
	return aims{
		"tillfalle/:slug": always("lulea"), "las-in/:id": last(check, 2), "flera/:id": last(chosen.to(), 1),
		"arbete/:id": last(list.to(), 1), "utskrift/:id": last(paper.to(), 1),
	}
}

// ofOneSignIn are the routes about what one sign-in alone has.
func (w *world) ofOneSignIn() (out []server.Route) {
	mine := []string{"las-in/:id", "flera/:id", "arbete/:id", "utskrift/:id"}
	for _, r := range w.office.Routes() {
		if slices.ContainsFunc(holes(r), func(hole string) bool { return slices.Contains(mine, hole) }) {
			out = append(out, r)
		}
	}
	return out
}

// pries asks for all of it as somebody, and confirms what can be confirmed. It answers what is not the same
// to her as what is not there.
func (c *client) pries(at aims) (findings []string) {
	nothing := nobodys(at)
	nothing["tillfalle/:slug"] = at["tillfalle/:slug"]
	who := someone{client: c}
	for _, r := range c.w.ofOneSignIn() {
		theirs, none := who.at(r, at), who.at(r, nothing)
		if r.Name == "office_import_check" && r.Method == http.MethodPost || r.Name == "office_bulk_go" && r.Method == http.MethodPost {
			path, _ := at.fill(r)
			absent, _ := nothing.fill(r)
			sure := url.Values{"step": {"confirm"}}
			theirs, none = c.post(path, sure), c.post(absent, sure)
		}
		if theirs.StatusCode != http.StatusNotFound || !same(theirs, none) {
			findings = append(findings, r.Method+" "+r.Name)
		}
	}
	return findings
}

func TestAccess_oneSignIn(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	eva, nils, again := w.user("Eva Exempel", in(domain.RoleAdministrator)), w.user("Nils Exempel", in(domain.RoleAdministrator)), w.anyone()
	w.signInAgain(again, "eva.exempel@example.se")
	if again.cookie == eva.cookie {
		t.Fatal("she has not signed in anew")
	}
	at, before := eva.hers(t, events), w.registered("lulea")
	others := map[string]*client{"another user": nils, "another sign-in of hers": again}
	pry := func() {
		t.Helper()
		for name, c := range others {
			for _, f := range c.pries(at) {
				t.Errorf("%s finds something at %s", name, f)
			}
		}
	}
	pry()
	if n := w.registered("lulea"); n != before {
		t.Fatalf("%d are registered after others have pried, %d before", n, before)
	}
	// It has been there all the while, for her; and what comes of it is hers too.
	check, bulk := "/handlaggare/tillfalle/lulea/las-in/"+at["las-in/:id"]()+"/granska", "/handlaggare/tillfalle/lulea/flera/"+at["flera/:id"]()
	done := eva.post(check, with(eva.get(check).want(t, http.StatusOK).fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	eva.get(done.to()).want(t, http.StatusOK, "2 personer är anmälda")
	eva.post(bulk, with(eva.get(bulk).want(t, http.StatusOK).fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	eva.get(bulk).want(t, http.StatusOK, "struken")
	pry()
	eva.get("/handlaggare/arbete/"+at["arbete/:id"]()+"/fil").want(t, http.StatusOK)
	eva.get("/handlaggare/utskrift/"+at["utskrift/:id"]()).want(t, http.StatusOK)
}

// TestAccess_oneSignIn_findsAHole is the twin: everyone has the same sign-in.
func TestAccess_oneSignIn_findsAHole(t *testing.T) {
	testkit.OncePerRun(t)
	w := newWorld(t, func(o *server.Options) {
		real := o.Staff.SignIn
		o.Staff.SignIn = func(ctx context.Context, token, address, agent string) (domain.SignIn, error) {
			in, err := real(ctx, token, address, agent)
			in.ID = 1
			return in, err
		}
	})
	events := season(t, w)
	eva, nils := w.user("Eva Exempel", in(domain.RoleAdministrator)), w.user("Nils Exempel", in(domain.RoleAdministrator))
	found, all := nils.pries(eva.hers(t, events)), w.ofOneSignIn()
	if len(all) < 9 || len(found) != len(all) {
		t.Errorf("of %d ways %d are found open: %v", len(all), len(found), found)
	}
}
