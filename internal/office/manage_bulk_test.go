package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// Whom somebody has marked as protected, one at a time or many at once, stands in the log.
func TestProtect_isInTheLog(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleAdministrator), in(domain.RoleOrganiser))
	one := w.refOf(events["lulea"], "person1@example.se")
	c.post(people+"/"+one+"/skydda", url.Values{}).want(t, http.StatusSeeOther)
	c.get("/handlaggare/logg").want(t, http.StatusOK, "Anna Exempel märkte anmälan "+one+" till Temadag i Luleå, 1 december 2016 som skyddad")
	c.post(people+"/"+one+"/skydda", url.Values{})
	if n := strings.Count(c.get("/handlaggare/logg").words(), "märkte anmälan "+one); n != 1 {
		t.Errorf("the log tells it %d times", n)
	}
}

// The page that asks what to do tells what each thing needs, of the things that can be chosen alone.
func TestBulk_hintsFit(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	ask := func(slug, email string) *response {
		ref := w.refOf(events[slug], email)
		return c.post("/handlaggare/tillfalle/"+slug+"/flera", url.Values{"who": {"some"}, "ref": {ref}}).want(t, http.StatusOK)
	}
	page := ask("lulea", "person1@example.se").words()
	if strings.Contains(page, "(frivilligt)") || strings.Contains(page, "säger nej") {
		t.Errorf("it speaks of what cannot be chosen, or calls optional what is needed: %s", page)
	}
	for _, said := range []string{"Behövs om du stryker", "Behövs om du avbokar", "Märkningen går inte att ta bort här"} {
		if !strings.Contains(page, said) {
			t.Errorf("it does not say %q: %s", said, page)
		}
	}
	w.register(events["ansok"], 410)
	c.get("/handlaggare/tillfalle/ansok/deltagare").want(t, http.StatusOK)
	form := c.post("/handlaggare/tillfalle/ansok/flera", url.Values{"who": {"all"}, "query": {""}}).want(t, http.StatusOK, "Behövs om du stryker eller säger nej").fields()
	if form == nil {
		t.Fatal("no form")
	}
}

// A reason of nothing but spaces is none: it has no row on the page that asks.
func TestBulk_noEmptyReason(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	ref := w.refOf(events["lulea"], "person1@example.se")
	asked := c.post("/handlaggare/tillfalle/lulea/flera", url.Values{
		"who": {"some"}, "ref": {ref}, "step": {"confirm"}, "action": {"cancel"}, "channel": {"phone"}, "reason": {" \r\n "},
	}).want(t, http.StatusSeeOther)
	for _, dt := range c.get(asked.to()).want(t, http.StatusOK).find("dt") {
		if dt.FirstChild != nil && strings.TrimSpace(dt.FirstChild.Data) == "Skäl" {
			t.Error("a reason of spaces has a row")
		}
	}
}
