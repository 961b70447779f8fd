package office_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

const attendanceAt = "/handlaggare/tillfalle/kiruna/narvaro"

// markOf is the name of the field in which somebody is marked on a page.
func (r *response) markOf(t *testing.T, ref string) string {
	t.Helper()
	for i, who := range r.fields()["who"] {
		if strings.HasPrefix(who, ref+" ") {
			return "mark" + strconv.Itoa(i)
		}
	}
	t.Fatalf("%s is not on the page", ref)
	return ""
}

// theDay lets the day of an event come, with three people of which the last is protected, and answers their
// reference numbers.
func (w *world) theDay(t *testing.T, e domain.Event) []string {
	t.Helper()
	var refs []string
	for _, p := range []domain.Entry{personOf("Gunhild", "Abrahamsson"), personOf("Sixten", "Bergsten"), personOf("Hemlig", "Carlsson")} {
		w.enter(e, p)
		refs = append(refs, w.refOf(e, p.Email))
	}
	must(t, w.Registrations.Protect(t.Context(), domain.Operator(), e.Slug, "hemlig@example.se"))
	w.Clock.Set(e.Day.At(9 * 60))
	return refs
}

func TestAttendance(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	e := events["kiruna"]
	before := w.user("Bo Exempel", in(domain.RoleCheckIn))
	before.get(attendanceAt).want(t, http.StatusOK, "Närvaron noteras från och med")
	before.post(attendanceAt, url.Values{"page": {"1"}}).want(t, http.StatusConflict, "Närvaron noteras från och med")
	refs := w.theDay(t, e)
	c, other := w.user("Cilla Exempel", in(domain.RoleCheckIn)), w.user("Didrik Exempel", in(domain.RoleOrganiser))
	if body := c.get("/handlaggare/tillfalle/kiruna").want(t, http.StatusOK, "Notera närvaro").body; !strings.Contains(body, `href="`+attendanceAt+`"`) {
		t.Error("the page of the event does not lead here")
	}
	page := c.get(attendanceAt).want(t, http.StatusOK, "Abrahamsson, Gunhild", "Gunhildholmen", "Skyddad", refs[2])
	for _, secret := range []string{"gunhild@example.se", "174 06 05", "1740605", "Hemlig", "Carlsson", "frön"} {
		if strings.Contains(page.body, secret) {
			t.Errorf("whoever stands at the door is told %q", secret)
		}
	}
	if strings.Contains(page.body, "attendance-index") {
		t.Error("three people are found by eye")
	}
	if words := page.words(); strings.Index(words, "Abrahamsson") > strings.Index(words, "Bergsten") || strings.Index(words, "Bergsten") > strings.Index(words, refs[2]) {
		t.Error("the list is not in Swedish order with the protected last")
	}

	// Two hold the page; each saves what she changed.
	theirs := other.get(attendanceAt)
	done := c.post(attendanceAt, with(page.fields(), page.markOf(t, refs[0]), "present", page.markOf(t, refs[2]), "absent"))
	c.get(done.want(t, http.StatusSeeOther).to()).want(t, http.StatusOK, "Närvaron är sparad", "2 av", "noterade, 1 kom")
	kept := other.post(attendanceAt, with(theirs.fields(), theirs.markOf(t, refs[0]), "absent", theirs.markOf(t, refs[1]), "present"))
	kept.want(t, http.StatusConflict, "1 person ändrades inte", "Gunhild Abrahamsson (noterad som närvarande)", "Det andra du ändrade är sparat: 1 person", "3 av", "noterade, 2 kom")
	c.get(c.post(attendanceAt, page.fields()).want(t, http.StatusSeeOther).to()).want(t, http.StatusOK, "inget sparades", "3 av", "2 kom")

	// A mistake is taken back, and the history tells.
	page = c.get(attendanceAt)
	c.post(attendanceAt, with(page.fields(), page.markOf(t, refs[0]), "unknown")).want(t, http.StatusSeeOther)
	other.get("/handlaggare/tillfalle/kiruna/deltagare/"+refs[0]).want(t, http.StatusOK, "Noterades som närvarande", "Noteringen om närvaro togs bort")

	// The rest, when it is over.
	rest := attendanceAt + "/ovriga"
	c.get(rest).want(t, http.StatusOK, "Tillfället pågår fortfarande")
	c.post(rest, url.Values{"step": {"confirm"}}).want(t, http.StatusConflict, "Tillfället pågår fortfarande")
	w.Clock.Set(e.EndsAt())
	c = w.user("Eskil Exempel", in(domain.RoleCheckIn))
	if !strings.Contains(c.get(attendanceAt).body, `href="`+rest+`"`) {
		t.Error("no way to note the rest")
	}
	asked := c.get(rest).want(t, http.StatusOK, "noteras nu som frånvarande")
	to := c.post(rest, with(asked.fields(), "step", "confirm")).want(t, http.StatusSeeOther).to()
	c.get(to).want(t, http.StatusOK, "De som var kvar är noterade", "1 kom")
	c.get(rest).want(t, http.StatusOK, "Alla som har en plats är redan noterade.")
}

// What is not the page's own form is refused, and so is everyone of another county, event or role.
func TestAttendance_refuses(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	refs := w.theDay(t, events["kiruna"])
	foreign := w.firstAt(events["pitea"])
	c := w.user("Cilla Exempel", in(domain.RoleCheckIn))
	for name, f := range map[string]url.Values{
		"a mark that is none":  {"who": {refs[0] + " unknown"}, "mark0": {"late"}},
		"no reference":         {"who": {"x unknown"}, "mark0": {"present"}},
		"nothing that it was":  {"who": {refs[0]}, "mark0": {"present"}},
		"somebody twice":       {"who": {refs[0] + " unknown", refs[0] + " unknown"}, "mark0": {"present"}, "mark1": {"absent"}},
		"a field that is none": {"who": {refs[0] + " unknown"}, "mark200": {"present"}},
	} {
		if got := c.post(attendanceAt, f).StatusCode; got != http.StatusBadRequest {
			t.Errorf("%s answers %d", name, got)
		}
	}
	yes := url.Values{"who": {refs[0] + " unknown"}, "mark0": {"present"}}
	c.post(attendanceAt, url.Values{"who": {refs[0] + " unknown", foreign + " unknown"}, "mark0": {"present"}, "mark1": {"present"}}).want(t, http.StatusNotFound)
	for _, who := range []*client{
		w.user("Frida Exempel", in(domain.RoleReader)), w.user("Greta Exempel", domain.Grant{Role: domain.RoleCheckIn, County: "Z"}),
		w.user("Hans Exempel", domain.Grant{Role: domain.RoleCheckIn, County: "BD", Event: events["pitea"].ID}),
	} {
		who.get(attendanceAt).want(t, http.StatusNotFound)
		who.post(attendanceAt, yes).want(t, http.StatusNotFound)
		who.post(attendanceAt+"/ovriga", url.Values{"step": {"confirm"}}).want(t, http.StatusNotFound)
	}
	c.get(attendanceAt).want(t, http.StatusOK, "0 av")
	at := w.user("Ivar Exempel", domain.Grant{Role: domain.RoleCheckIn, County: "BD", Event: events["kiruna"].ID})
	at.post(attendanceAt, yes).want(t, http.StatusSeeOther) // the twin
	c.get(attendanceAt).want(t, http.StatusOK, "1 av", "1 kom")
}

func (w *world) twelveMore(e domain.Event) {
	w.t.Helper()
	must(w.t, w.Registrations.SetCapacity(w.t.Context(), domain.Operator(), e.Slug, 300))
	for i, family := range []string{"Öhman", "Åkesson", "Ärla", "Östberg", "Dahl", "Ek", "Falk", "Gran", "Hed", "af Ekenstam", "Zorn", "Ŋuolla"} {
		p := testkit.Person(1000 + i)
		p.FamilyName = family
		w.enter(e, p)
	}
}

// Whoever stands at the door of many finds the first of a letter, the Swedish ones last, and nobody who is protected.
func TestAttendance_letters(t *testing.T) {
	w := newWorld(t)
	e := season(t, w)["kiruna"]
	w.twelveMore(e)
	refs := w.theDay(t, e)
	page := w.user("Cilla Exempel", in(domain.RoleCheckIn)).get(attendanceAt).want(t, http.StatusOK, "Abrahamsson, Gunhild", "Öhman, ").body
	var letters strings.Builder
	for _, m := range regexp.MustCompile(`href="#(who\d+)">(\PL*\pL)</a>`).FindAllStringSubmatch(page, -1) {
		letters.WriteString(m[2])
		row := regexp.MustCompile(`id="` + m[1] + `"><strong>([^<]*)`).FindStringSubmatch(page)
		if len(row) != 2 || !strings.HasPrefix(strings.ToUpper(row[1]), m[2]) {
			t.Errorf("%s leads to %q", m[2], row)
		}
	}
	if got := letters.String(); !strings.HasPrefix(got, "AB") || !strings.HasSuffix(got, "ÅÄÖ") || strings.Contains(got, "C") {
		t.Errorf("letters %q, reference %s", got, refs[2])
	}
}

// A page of a long list saves its own people, and is the page that comes back.
func TestAttendance_pages(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	e := events["kiruna"]
	must(t, w.Registrations.SetCapacity(t.Context(), domain.Operator(), e.Slug, 300))
	for i := range 201 {
		p := testkit.Person(1000 + i)
		p.FamilyName = "Ek" + string([]rune{rune('a' + i/20), rune('a' + i%20)})
		w.enter(e, p)
	}
	w.Clock.Set(e.Day.At(9 * 60))
	c := w.user("Cilla Exempel", in(domain.RoleCheckIn))
	second := c.get(attendanceAt+"?page=2").want(t, http.StatusOK, "Ekaa – Eket", "Ekfa – Ekjt", "0 av")
	if n := len(second.fields()["who"]); n != 100 {
		t.Fatalf("%d people on the second page", n)
	}
	to := c.post(attendanceAt, with(second.fields(), "mark0", "present", "mark99", "absent")).want(t, http.StatusSeeOther).to()
	back := c.get(to).want(t, http.StatusOK, "Närvaron är sparad", "2 av", "1 kom")
	if !strings.HasPrefix(to, attendanceAt+"?") || !strings.Contains(to, "page=2") || back.fields().Get("mark0") != "present" || back.fields().Get("mark99") != "absent" {
		t.Errorf("it leads to %s", to)
	}
}

// attendanceScenes are the pages on which attendance is noted, in every state worth looking at.
func attendanceScenes(t *testing.T) map[string][]byte {
	t.Helper()
	pages := make(map[string][]byte)
	w := newWorld(t)
	events := season(t, w)
	e := events["kiruna"]
	english := strings.NewReplacer("/handlaggare/tillfalle/", "/en/office/event/", "/narvaro", "/attendance", "/ovriga", "/rest", "/automatiska-mejl", "/automatic-letters")
	keep := func(c *client, name, path string) *response {
		t.Helper()
		pages["/"+name+"-en"] = []byte(c.get(english.Replace(path)).want(t, http.StatusOK).body)
		r := c.get(path).want(t, http.StatusOK)
		pages["/"+name] = []byte(r.body)
		return r
	}
	keep(w.user("Anna Exempel", in(domain.RoleOrganiser)), "attendance-before", attendanceAt)
	refs := w.theDay(t, e)
	c := w.user("Bo Exempel", in(domain.RoleOrganiser))
	page := keep(c, "attendance", attendanceAt)
	c.post(attendanceAt, with(page.fields(), page.markOf(t, refs[0]), "present", page.markOf(t, refs[2]), "absent")).want(t, http.StatusSeeOther)
	keep(c, "attendance-done", attendanceAt+"?done=attendance")
	pages["/attendance-kept"] = []byte(c.post(attendanceAt, with(page.fields(), page.markOf(t, refs[0]), "absent", page.markOf(t, refs[2]), "present")).want(t, http.StatusConflict).body)
	many := newWorld(t)
	full := season(t, many)["kiruna"]
	many.twelveMore(full)
	many.theDay(t, full)
	pages["/attendance-many"] = []byte(many.user("Bo Exempel", in(domain.RoleOrganiser)).get(attendanceAt).want(t, http.StatusOK).body)
	keepMany := many.user("Cilla Exempel", in(domain.RoleOrganiser))
	keep(keepMany, "attendance-found", attendanceAt+"?q=ohm")
	keep(keepMany, "attendance-found-none", attendanceAt+"?q=xyz")
	w.Clock.Set(e.EndsAt())
	c = w.user("Cilla Exempel", in(domain.RoleOrganiser))
	c.post("/handlaggare/tillfalle/kiruna/automatiska-mejl", url.Values{"kind": {"uteblivna"}, "step": {"on"}}).want(t, http.StatusSeeOther)
	keep(c, "attendance-over", attendanceAt)
	keep(c, "attendance-rest", attendanceAt+"/ovriga")
	w.Clock.Set(e.Day.AddDays(2).At(9*60 + 10))
	c = w.user("Didrik Exempel", in(domain.RoleOrganiser))
	page = c.get(attendanceAt)
	c.post(attendanceAt, with(page.fields(), page.markOf(t, refs[1]), "absent")).want(t, http.StatusSeeOther)
	keep(c, "attendance-letters", "/handlaggare/tillfalle/kiruna/automatiska-mejl")
	return pages
}

func TestLookAttendance(t *testing.T) {
	t.Parallel()
	lookAt(t, "attendance", attendanceScenes(t))
}
