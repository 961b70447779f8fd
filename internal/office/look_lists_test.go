package office_test

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/look"
)

// listScenes are the pages of lists in every state worth looking at, by name, and the papers among them.
func listScenes(t *testing.T) (pages map[string][]byte, papers []string) {
	t.Helper()
	pages = make(map[string][]byte)
	w := newWorld(t)
	events := season(t, w)
	for i := range 21 {
		p := testkit.Person(400 + i)
		p.GivenName = []string{"Ánne-Sárá", "Maximiliana Kristina", "Bo", "Abdirahman"}[i%4]
		p.FamilyName = []string{"Oŋŋá", "von Schwerin-Fjellström", "Ek", "Lindqvist Holmström"}[i%4]
		p.Organisation = []string{"Arjeplogs kommun, enheten för ensamkommande barn och unga, stödet till familjer", "Piteå kommun"}[i%2]
		w.enter(events["lulea"], p)
	}
	must(t, w.Registrations.Protect(t.Context(), domain.Operator(), "lulea", testkit.Person(401).Email))
	c := w.user("Anna Exempel", in(domain.RoleAdministrator))
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/"+name] = []byte(r.want(t, status).body)
		return r
	}
	paper := func(name, path string, values url.Values) {
		t.Helper()
		c := w.user("Eva "+name, in(domain.RoleAdministrator)) // who has proved a moment ago who she is
		keep(name, c.get(c.post(path, values).want(t, http.StatusSeeOther).to()), http.StatusOK)
		papers = append(papers, name)
	}
	keep("lists-first", c.get(luleaLists), http.StatusOK)
	c.fetch(t, c.post(luleaLists, url.Values{"step": {"registered"}}))
	w.Clock.Turn(30 * time.Minute)
	w.enter(events["lulea"], personOf("Nykomna", "Persson"))
	template := own("step", "keep", "name", "Bordsplacering vid lunchen i Kulturens hus")
	c.post(luleaLists, template).want(t, http.StatusSeeOther)
	keep("lists", c.get(luleaLists), http.StatusOK)
	keep("lists-en", c.get("/en/office/event/lulea/lists"), http.StatusOK)
	keep("lists-template", c.get(luleaLists+"?template=1&done=template_kept"), http.StatusOK)
	keep("lists-moved", c.post(luleaLists, own("step", "up:organisation")), http.StatusOK)
	keep("lists-wrong", c.post(luleaLists, url.Values{"step": {"keep"}}), http.StatusUnprocessableEntity)
	contact := own("share", "yes")
	contact["columns"] = []string{"name", "email", "phone"}
	keep("lists-share", c.post(luleaLists, contact), http.StatusOK)
	keep("lists-template-remove", c.get("/handlaggare/listmall/1/ta-bort"), http.StatusOK)
	keep("lists-series", c.get("/handlaggare/tema/efterfragan/listor"), http.StatusOK)
	keep("lists-door", w.user("Cilla Exempel", in(domain.RoleCheckIn)).get(luleaLists), http.StatusOK)
	keep("lists-work", c.get(c.post(luleaLists, own()).to()), http.StatusOK)
	keep("venue", c.get("/handlaggare/tillfalle/lulea/lokal"), http.StatusOK)
	keep("venue-en", c.get("/en/office/event/lulea/venue"), http.StatusOK)
	papers = append(papers, "venue")
	paper("paper-door", luleaLists, url.Values{"step": {"door"}})
	paper("paper-badges", luleaLists, url.Values{"step": {"badges"}})
	paper("paper-list", luleaLists, own("format", "print"))
	wide := own("format", "print")
	wide["columns"] = []string{"name", "title", "organisation", "municipality", "email", "phone", "received"}
	wide["statuses"] = []string{"confirmed", "waitlisted", "cancelled"}
	paper("paper-wide", "/handlaggare/tema/efterfragan/listor", wide)
	return pages, papers
}

// TestLists looks at the pages, and at the papers as a printer gets them.
func TestLists(t *testing.T) {
	pages, papers := listScenes(t)
	lookAt(t, "lists", pages)
	if b := open(t, "the papers of lists in a browser"); b != nil {
		looksAtPapers(t, b.Tab(t, browser.Desktop()), look.Serve(t, pages, static(t)), papers)
	}
}

// looksAtPapers prints the pages, and counts the papers: what stands on a sheet of the page comes out on one.
func looksAtPapers(t *testing.T, tab *browser.Tab, at string, papers []string) {
	t.Helper()
	for _, name := range papers {
		tab.Go(at + "/" + name)
		sheets := browser.Eval[int](tab, "document.querySelectorAll('.sheet').length")
		pdf := tab.PDF()
		if dir := os.Getenv("TEMADAG_PAPERS"); dir != "" {
			must(t, os.WriteFile(dir+"/"+name+".pdf", pdf, 0o600))
		}
		leaves := strings.Count(string(pdf), "/Type /Page\n")
		if name == "paper-door" || name == "paper-badges" {
			if leaves != sheets || sheets < 2 {
				t.Errorf("%s: %d papers come out for %d on the page", name, leaves, sheets)
			}
		} else if leaves < 1 {
			t.Errorf("%s is not printed", name)
		}
	}
}

// The order of the columns is changed in the browser as on the server, with the focus where it was.
func TestLists_columnsMoveInABrowser(t *testing.T) {
	b := open(t, "moving columns in a browser")
	if b == nil {
		return
	}
	w := newWorld(t)
	season(t, w)
	page := w.user("Anna Exempel", in(domain.RoleOrganiser)).get(luleaLists)
	tab := b.Tab(t, browser.Desktop())
	tab.Go(look.Serve(t, map[string][]byte{"/lists": []byte(page.body)}, static(t)) + "/lists")
	const order = `[...document.querySelectorAll("ol.columns input")].map((e) => e.value).join(" ")`
	tab.Click("Upp Organisation")
	if got := browser.Eval[string](tab, order); got != "name organisation title municipality" {
		t.Errorf("the order is %s", got)
	}
	if got := browser.Eval[string](tab, `document.activeElement.value + " " + document.querySelector("[role=status].visually-hidden").textContent`); got != "up:organisation Organisation är nu kolumn 2." {
		t.Errorf("focus and what is said: %s", got)
	}
}
