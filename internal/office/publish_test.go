package office_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/web"
)

// TestCheckTexts: whatever the checklist can say has words in both languages.
func TestCheckTexts(t *testing.T) {
	t.Parallel()
	catalogue, err := i18n.Load(web.Locales())
	must(t, err)
	var lacking []string
	catalogue = catalogue.WithMissing(func(l domain.Lang, key string) { lacking = append(lacking, string(l)+" "+key) })
	args := map[string]any{
		"day": "1 december 2027", "weekday": "onsdag", "wrote": "torsdag", "facts": "hiss", "fields": "rubriken",
		"title": "Kaffe", "words": "här", "count": 30,
	}
	for _, l := range domain.Langs() {
		p := catalogue.For(l)
		for _, key := range domain.CheckKeys() {
			p.T(key, args)
		}
	}
	for _, key := range lacking {
		t.Error("no text for " + key)
	}
	lacking = nil
	if catalogue.For(domain.English).T("checklist.nothing.such", args); len(lacking) != 1 {
		t.Error("a text that is not there is not found out")
	}
}

// faultyDrafts are drafts of which much is to be said.
func faultyDrafts() []domain.Event {
	nothing := domain.Event{Slug: "tomt", Owner: testkit.Norrbotten(), Kind: domain.KindThemeDay, State: domain.EventDraft, Arrival: domain.NoClock, Starts: domain.NoClock, Ends: domain.NoClock}
	nothing.Title, nothing.AfterCancel = domain.Text{Sv: "Tomt"}, domain.TransferOnly
	wrong := testkit.Event("fel", 0)
	wrong.State, wrong.Title.En = domain.EventDraft, ""
	wrong.Body = domain.Text{
		Sv: "Vi ses torsdag 1 december 2027. Klicka här senast 31 november 2016. Vänligen anmäl dig NUMERA till 29 september. ![](/x.png) " + strings.Repeat("ord ", 30) + "slut.",
		En: "Click here before 29 September.",
	}
	wrong.Day, wrong.LastDay = wrong.Day.AddDays(2), wrong.Day.AddDays(1)
	wrong.RegisterUntil, wrong.CancelUntil = wrong.Day.AddDays(1), wrong.Day.AddDays(1)
	wrong.Terms, wrong.Contact.Phone = domain.Terms{}, ""
	wrong.Venue.Access = domain.Access{StepFree: domain.Yes}
	past := testkit.Event("forr", 0)
	past.State, past.Online, past.Venue, past.Town = domain.EventDraft, false, domain.Venue{}, ""
	past.Day = domain.Date{Year: 2016, Month: 9, Day: 1}
	past.RegisterUntil, past.CancelUntil, past.Contact = domain.Date{Year: 2016, Month: 8, Day: 20}, domain.Date{Year: 2016, Month: 8, Day: 10}, domain.Contact{Name: "Eva"}
	past.Starts, past.Ends, past.Arrival = 10*60, 9*60, 11*60
	past.Programme = []domain.Session{{Day: past.Day, Starts: 8 * 60, Ends: 20 * 60, Title: domain.Text{Sv: "Natt"}}}
	return []domain.Event{nothing, wrong, past}
}

func TestPublish_checklist(t *testing.T) {
	w := newWorld(t)
	for _, e := range faultyDrafts() {
		w.AddEvent(t, e)
	}
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	page := c.get("/handlaggare/tillfalle/fel/publicera").want(t, http.StatusOK,
		"1 december 2027 är en onsdag, du skrev torsdag.", "finns inte i kalendern", "Det står inte vad som gäller för hiss, teleslinga",
		"Engelsk text saknas för rubriken", "”29 september” saknar årtal", "Klart: ")
	links := make(map[string]string)
	for _, a := range page.find("a") {
		links[attr(a, "href")] = (&response{page: a}).words()
	}
	for href, label := range map[string]string{
		"/handlaggare/tillfalle/fel/redigera/grunder#body_sv":                     "Rätta: Text på svenska",
		"/handlaggare/tillfalle/fel/redigera/grunder#title_en":                    "Rätta: Rubrik på engelska",
		"/handlaggare/tillfalle/fel/redigera/grunder#body_en":                     "Rätta: Text på engelska",
		"/handlaggare/tillfalle/fel/redigera/platser-och-anmalan#capacity":        "Rätta: Antal platser",
		"/handlaggare/tillfalle/fel/redigera/tid-och-plats#step_free":             "Rätta: Lokalens tillgänglighet",
		"/handlaggare/tillfalle/fel/redigera/platser-och-anmalan#terms_sv":        "Rätta: Villkor på svenska",
		"/handlaggare/tillfalle/fel/redigera/kontakt-och-handlingar#contact_name": "Rätta: Kontaktperson",
	} {
		if links[href] != label {
			t.Errorf("the way to %s is called %q, want %q", href, links[href], label)
		}
	}
	for _, slug := range []string{"tomt", "fel", "forr"} {
		for _, a := range c.get("/handlaggare/tillfalle/" + slug + "/publicera").find("a") {
			at, field, ok := strings.Cut(attr(a, "href"), "#")
			if ok && at != "" && !strings.Contains(c.get(at).want(t, http.StatusOK).body, `id="`+field+`"`) {
				t.Errorf("%s has no field %s", at, field)
			}
		}
	}
	if first, advice := strings.Index(page.body, `id="blocks"`), strings.Index(page.body, `id="advice"`); first < 0 || advice < first {
		t.Error("what blocks does not come first")
	}
	for _, slug := range []string{"tomt", "fel", "forr"} {
		c.get("/handlaggare/tillfalle/"+slug+"/publicera").want(t, http.StatusOK)
		c.get("/en/office/event/"+slug+"/publish").want(t, http.StatusOK)
		for _, step := range []string{"", "confirm"} {
			got := c.post("/handlaggare/tillfalle/"+slug+"/publicera", url.Values{"step": {step}})
			got.want(t, http.StatusUnprocessableEntity, "Tillfället kan inte publiceras än")
		}
		w.anyone().get("/tillfalle/"+slug).want(t, http.StatusNotFound)
	}
	c.get("/en/office/event/fel/publish").want(t, http.StatusOK, "1 December 2027 is a Wednesday, you wrote Thursday.")
}

// readyDraft is a draft that lacks nothing.
func (w *world) readyDraft(slug string) domain.Event {
	w.t.Helper()
	e := testkit.Event(slug, 20)
	e.State, e.Venue.Access = domain.EventDraft, domain.Access{StepFree: domain.Yes}
	e.TargetGroup = []domain.Text{{Sv: "Socialtjänst", En: "Social services"}}
	return w.AddEvent(w.t, e)
}

func TestPublish(t *testing.T) {
	w := newWorld(t)
	w.readyDraft("klar")
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	const page = "/handlaggare/tillfalle/klar/publicera"
	c.get(page).want(t, http.StatusOK, "Allt som måste finnas är på plats.", "Det hindrar inte att du publicerar.")
	ask := c.post(page, nil).want(t, http.StatusOK, "Publicera tillfället?", base+"/tillfalle/klar", "Alla kan anmäla sig till och med torsdag 17 november 2016")
	w.anyone().get("/tillfalle/klar").want(t, http.StatusNotFound) // asking shows nothing
	for range 2 {
		sent := c.post(page, with(ask.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
		after := c.get(sent.to()).want(t, http.StatusOK, "Tillfället är publicerat", "Kopiera", "Avpublicera")
		if !strings.Contains(after.body, `value="`+base+`/tillfalle/klar"`) {
			t.Error("the page does not tell the address")
		}
	}
	w.anyone().get("/tillfalle/klar").want(t, http.StatusOK)
	if n := w.audited("event.published"); n != 1 {
		t.Errorf("published %d times", n)
	}
}

func TestUnpublish(t *testing.T) {
	w := newWorld(t)
	w.readyDraft("klar")
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	const page = "/handlaggare/tillfalle/klar/avpublicera"
	publish := func() {
		c.post("/handlaggare/tillfalle/klar/publicera", url.Values{"step": {"confirm"}}).want(t, http.StatusSeeOther)
	}
	publish()
	c.get(page).want(t, http.StatusOK, "Avpublicera tillfället?")
	w.anyone().get("/tillfalle/klar").want(t, http.StatusOK)
	for range 2 {
		c.get(c.post(page, nil).want(t, http.StatusSeeOther).to()).want(t, http.StatusOK, "Tillfället är ett utkast igen")
	}
	w.anyone().get("/tillfalle/klar").want(t, http.StatusNotFound)
	publish()
	e, err := w.Programme.Event(context.Background(), "klar")
	must(t, err)
	w.register(e, 1)
	c.get(page).want(t, http.StatusConflict, "1 anmälan har kommit in", "Ställ in")
	c.post(page, nil).want(t, http.StatusConflict, "1 anmälan har kommit in")
	w.anyone().get("/tillfalle/klar").want(t, http.StatusOK)
	if body := c.get("/handlaggare/tillfalle/klar/publicera").body; strings.Contains(body, "avpublicera") {
		t.Error("a way is shown that is closed")
	}
}

// upload sends a document to an event.
func (c *client) upload(path, filename string, content []byte, pairs ...string) *response {
	c.w.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		must(c.w.t, form.WriteField(pairs[i], pairs[i+1]))
	}
	part, err := form.CreateFormFile("file", filename)
	must(c.w.t, err)
	_, err = part.Write(content)
	must(c.w.t, err)
	must(c.w.t, form.Close())
	return c.do(http.MethodPost, path, b.String(), "Content-Type", form.FormDataContentType())
}

// events is the work with events over the world's database.
func (w *world) events() *service.Events {
	return &service.Events{Store: w.Store, Registrations: w.Registrations, Now: w.Clock.Now}
}

// audited is how often the audit log tells of an action.
func (w *world) audited(action domain.AuditAction) int {
	w.t.Helper()
	audit := &service.Audit{Store: w.Store, Now: w.Clock.Now}
	lines, _, err := audit.Entries(context.Background(), domain.Operator(), domain.AuditFilter{Limit: 1000})
	must(w.t, err)
	n := 0
	for _, l := range lines {
		if l.Action == action {
			n++
		}
	}
	return n
}

// The page of a theme that nobody sees yet is shown with its first event, and whoever publishes is told with
// which words; and at the words stands in which towns of others they are shown.
func TestPublish_showsTheTheme(t *testing.T) {
	w := newWorld(t)
	lulea, kiruna := testkit.Event("lulea", 40), testkit.Event("kiruna", 30)
	lulea.State, kiruna.State, kiruna.Town, kiruna.Owner = domain.EventDraft, domain.EventDraft, "Östersund", testkit.Jamtland()
	for _, e := range []*domain.Event{&lulea, &kiruna} {
		e.TargetGroup, e.Venue.Access = []domain.Text{{Sv: "Socialtjänsten"}}, domain.Access{StepFree: domain.Yes}
	}
	must(t, w.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{testkit.Norrbotten(), testkit.Jamtland()}))
	must(t, w.Editing.AddSeries(t.Context(), domain.Operator(), domain.Series{
		Slug: "tema", Title: domain.Text{Sv: "Efterfrågan"}, Body: domain.Text{Sv: "Senast 4 november 2011."}, Events: []domain.Event{lulea, kiruna},
	}, nil))
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	const page = "/handlaggare/tillfalle/lulea/publicera"
	c.get(page).want(t, http.StatusOK, "Temats sida blir också synlig", "Senast 4 november 2011.", "Ändra temats texter")
	c.post(page, url.Values{}).want(t, http.StatusOK, "Temats sida blir också synlig")
	if got := c.get("/handlaggare/tema/tema").want(t, http.StatusOK).words(); strings.Contains(got, "Östersund") {
		t.Error("another county's draft is told of")
	}
	events := &service.Events{Store: w.Store, Registrations: w.Registrations, Now: w.Clock.Now}
	must(t, events.Publish(t.Context(), domain.Operator(), "kiruna"))
	if got := c.get(page).want(t, http.StatusOK).words(); strings.Contains(got, "Temats sida blir också synlig") {
		t.Error("a theme that is public is said to become so")
	}
	c.get("/handlaggare/tema/tema").want(t, http.StatusOK, "Texten visas också för Östersund (Jämtland)")
}
