package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// A filter that nobody matches finds nobody: it is never read over, since what is chosen is what a bulk
// action is done to.
func TestPeople_filterThatNobodyMatches(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	all := c.get(people).want(t, http.StatusOK)
	if len(all.refsIn()) == 0 {
		t.Fatal("nobody is registered")
	}
	for _, query := range []string{"municipality=Atlantis", "type=nonsense", "channel=nonsense", "status=nonsense", "letters=nonsense"} {
		page := c.get(people+"?"+query).want(t, http.StatusOK, "0 personer")
		if n := len(page.refsIn()); n != 0 {
			t.Errorf("%s finds %d", query, n)
		}
		c.post("/handlaggare/tillfalle/lulea/flera", url.Values{"who": {"all"}, "query": {query}, "step": {"confirm"}, "action": {"withdraw"}, "reason": {"Fel"}}).
			want(t, http.StatusUnprocessableEntity, "Välj minst en deltagare")
	}
	if page := c.get(people + "?municipality=Atlantis"); !strings.Contains(page.body, `value="Atlantis"`) {
		t.Error("what was typed is gone")
	}
}

// A municipality is found however it is written, also one that is in no list of ours.
func TestPeople_anyMunicipality(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	far := personOf("Väinö", "Exempel")
	far.Municipality = "Övertorneå i Finland"
	w.enter(events["lulea"], far)
	for _, typed := range []string{"Övertorneå i Finland", "  Övertorneå   i Finland "} {
		c.get(people+"?"+url.Values{"municipality": {typed}}.Encode()).want(t, http.StatusOK, "1 person", "Exempel, Väinö")
	}
	if n := len(c.get(people+"?municipality=lulea+kommun").want(t, http.StatusOK).refsIn()); n == 0 {
		t.Error("Luleå written otherwise is not found")
	}
}

// What was answered to a question of yes and no is told in words.
func TestPerson_yesAndNoInWords(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	e := testkit.Event("lunch", 10)
	e.Questions = []domain.Question{{Kind: domain.QuestionYesNo, Label: domain.Text{Sv: "Äter du lunch?", En: "Will you have lunch?"}}}
	must(t, w.Editing.AddEvent(t.Context(), domain.Operator(), e, nil))
	e, err := w.Programme.Event(t.Context(), "lunch")
	must(t, err)
	p := personOf("Gunhild", "Ström")
	p.Answers = map[int64][]string{e.Questions[0].ID: {"no"}}
	w.enter(e, p)
	c, ref := w.user("Anna Exempel", in(domain.RoleOrganiser)), w.refOf(e, p.Email)
	c.get("/handlaggare/tillfalle/lunch/deltagare/"+ref).want(t, http.StatusOK, "Äter du lunch? Nej")
	c.get("/en/office/event/lunch/people/"+ref).want(t, http.StatusOK, "Will you have lunch? No")
}

// A list of several pages tells which part of it stands on each.
func TestPeople_placeInTheList(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	e := testkit.Event("stort", 100)
	must(t, w.Editing.AddEvent(t.Context(), domain.Operator(), e, nil))
	e, err := w.Programme.Event(t.Context(), "stort")
	must(t, err)
	for n := range 53 {
		w.register(e, 700+n)
	}
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	first := c.get("/handlaggare/tillfalle/stort/deltagare").want(t, http.StatusOK, "53 personer", "1–50 av 53")
	next := ""
	for _, a := range first.find("a") {
		if attr(a, "rel") == "next" {
			next = attr(a, "href")
		}
	}
	second := c.get(next).want(t, http.StatusOK, "51–53 av 53", "Till första sidan")
	if strings.Contains(second.words(), "Nästa sida") {
		t.Error("there is a page after the last")
	}
	if few := c.get(people).words(); strings.Contains(few, "1–") {
		t.Error("a list of one page tells its place")
	}
}
