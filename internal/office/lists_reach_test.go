package office_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

func TestLists_templates(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	c.post(luleaLists, own("step", "keep")).want(t, http.StatusUnprocessableEntity, "Skriv ett namn")
	keep := own("step", "keep", "name", "Till <lokalen>")
	keep["columns"] = []string{"organisation", "name"}
	kept := c.post(luleaLists, keep).want(t, http.StatusSeeOther)
	page := c.get(kept.to()).want(t, http.StatusOK, "Mallen är sparad", "Till <lokalen>", "Kolumner: Organisation, Namn")
	if got := page.own(); fmt.Sprint(got["columns"]) != "[organisation name]" || got.Get("purpose") != "Bordsplacering" || got.Get("format") != "csv" {
		t.Errorf("the template is not used: %v", got)
	}
	remove := ""
	for _, a := range page.find("a") {
		if strings.Contains(attr(a, "href"), "/listmall/") {
			remove = attr(a, "href")
		}
	}
	path, _, _ := strings.Cut(remove, "?")
	foreign := w.user("Zara Exempel", domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	nothing := foreign.get("/handlaggare/listmall/987654/ta-bort").want(t, http.StatusNotFound)
	for _, got := range []*response{foreign.get(path), foreign.post(path, nil), foreign.get("/handlaggare/tillfalle/ostersund/listor?template=" + strings.Split(path, "/")[3])} {
		if got.want(t, http.StatusNotFound).body != nothing.body {
			t.Error("another county's template looks different from none")
		}
	}
	ask := c.get(remove).want(t, http.StatusOK, "Ta bort mallen Till <lokalen>?", "Anna Exempel")
	done := c.post(path, ask.fields()).want(t, http.StatusSeeOther)
	if words := c.get(done.to()).want(t, http.StatusOK, "Mallen är borttagen").words(); strings.Contains(words, "Till <lokalen>") {
		t.Error("it is still there")
	}
	c.post(path, nil).want(t, http.StatusNotFound)
}

// Whoever arranges with another sees of a series what is hers, and the papers are for those at the door.
func TestLists_whoMay(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	w.enter(events["lulea"], personOf("Kanarie", "Fågelsson"))
	at := w.user("Dora Exempel", domain.Grant{Role: domain.RoleOrganiser, County: "BD", Event: events["pitea"].ID})
	_, content := at.fetch(t, at.post("/handlaggare/tema/efterfragan/listor", own()))
	if n := w.counts("pitea").ByStatus[domain.Confirmed]; strings.Count(content, "\r\n") != n+1 || strings.Contains(content, "Kanarie") {
		t.Errorf("of one event's %d she got: %s", n, content)
	}
	door := w.user("Cilla Exempel", in(domain.RoleCheckIn))
	page := door.get(luleaLists).want(t, http.StatusOK, "Avprickningslista att skriva ut", "Underlag till lokalen")
	if strings.Contains(page.words(), "Excel") || strings.Contains(page.words(), "Egen lista") {
		t.Errorf("the one at the door is offered lists: %s", page.words())
	}
	paper := door.post(luleaLists, url.Values{"step": {"door"}}).want(t, http.StatusSeeOther)
	door.get(paper.to()).want(t, http.StatusOK, "Kanarie", "Fågelsson", "Sida 1 av")
	door.post(luleaLists, own()).want(t, http.StatusNotFound)
	door.get("/handlaggare/tema/efterfragan/listor").want(t, http.StatusNotFound)
	reader := w.user("Rut Exempel", in(domain.RoleReader))
	if words := reader.get("/handlaggare/tillfalle/lulea").want(t, http.StatusOK, "Underlag till lokalen").words(); strings.Contains(words, "Listor och underlag") {
		t.Error("a reader is promised lists")
	}
	door.get("/handlaggare/tillfalle/lulea").want(t, http.StatusOK, "Listor och underlag")
	if words := reader.get(luleaLists).want(t, http.StatusOK, "Underlag till lokalen").words(); strings.Contains(words, "Avprickningslista") {
		t.Error("a reader is offered the list at the door")
	}
	for _, step := range []string{"door", "badges", "registered", "take"} {
		reader.post(luleaLists, own("step", step)).want(t, http.StatusNotFound)
	}
	w.anyone().get(luleaLists).want(t, http.StatusSeeOther)
	w.user("Eva Exempel", in(domain.RoleAdministrator)).get("/handlaggare/tillfalle/utkast/listor").want(t, http.StatusNotFound)
}

// A theme of two counties is one workbook with a sheet for each, as far as she who takes it may see: the twin
// is the same list taken by someone of one county. Who arranges with another reaches that event alone.
func TestLists_aSeriesHasASheetForEachCounty(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	ctx := context.Background()
	here, there, shared := testkit.Event("har", 20), testkit.Event("dar", 20), testkit.Event("delat", 20)
	there.Owner, shared.Owner, shared.Rules.CoOrganisers = testkit.Jamtland(), testkit.Jamtland(), []domain.OrganiserCode{"BD"}
	must(t, w.Editing.AddSeries(ctx, domain.Operator(), domain.Series{
		Slug: "lanen", Title: domain.Text{Sv: "Länen tillsammans"}, Events: []domain.Event{here, there},
	}, nil))
	must(t, w.Editing.AddEvent(ctx, domain.Operator(), shared, nil))
	for slug, name := range map[string]string{"har": "Hemma", "dar": "Borta", "delat": "Delad"} {
		e, err := w.Programme.Event(ctx, slug)
		must(t, err)
		w.enter(e, personOf(name, "Ek"))
	}
	const path = "/handlaggare/tema/lanen/listor"
	book := func(c *client) (sheets, all string) {
		_, content := c.fetch(t, c.post(path, url.Values{"step": {"registered"}}))
		return sheetsOf(t, content)["xl/workbook.xml"], wholeBook(t, content)
	}
	both := w.user("Bo Exempel", in(domain.RoleOrganiser), domain.Grant{Role: domain.RoleRegistrar, County: "Z"})
	sheets, all := book(both)
	if !strings.Contains(sheets, `name="`+testkit.Norrbotten().Region+`"`) || !strings.Contains(sheets, `name="`+testkit.Jamtland().Region+`"`) || !strings.Contains(all, "Hemma") || !strings.Contains(all, "Borta") {
		t.Errorf("the book of both counties has %s", sheets)
	}
	one := w.user("Anna Exempel", in(domain.RoleOrganiser))
	one.get(path).want(t, http.StatusOK, "Länen tillsammans")
	if sheets, all = book(one); strings.Contains(sheets, testkit.Jamtland().Region) || strings.Contains(all, "Borta") || !strings.Contains(all, "Hemma") {
		t.Errorf("the book of one county has %s", sheets)
	}
	page := one.get("/handlaggare/tillfalle/delat/listor").want(t, http.StatusOK, "Anmälda till Excel", "Spara som mall för "+testkit.Norrbotten().Short)
	if _, content := one.fetch(t, one.post("/handlaggare/tillfalle/delat/listor", with(page.own(), "step", "take", "purpose", "Samverkan", "format", "csv"))); !strings.Contains(content, "Delad Ek") {
		t.Errorf("who arranges it with another gets %s", content)
	}
	one.get("/handlaggare/tillfalle/dar/listor").want(t, http.StatusNotFound)
	w.user("Zara Exempel", domain.Grant{Role: domain.RoleOrganiser, County: "AC"}).get(path).want(t, http.StatusNotFound)
}
