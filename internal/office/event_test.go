package office_test

import (
	"context"
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

// counts is how an event's registrations stand.
func (w *world) counts(slug string) domain.DeskEvent {
	w.t.Helper()
	desk, err := w.desk.Event(context.Background(), domain.Actor{Grants: []domain.Grant{in(domain.RoleAdministrator)}}, slug)
	must(w.t, err)
	return desk.DeskEvent
}

func TestToday(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	page := c.get("/handlaggare").want(t, http.StatusOK, "3 ansökningar väntar på svar", "Det saknas beslut om gallring av 3 anmälningar", "12 av 12", "Utkast")
	if !strings.Contains(page.words(), "Nytt tillfälle") || strings.Contains(w.user("Frans Exempel", in(domain.RoleReader)).get("/handlaggare").want(t, http.StatusOK).words(), "Nytt tillfälle") {
		t.Error("the way to a new event is missing, or shown to a reader")
	}
	if strings.Contains(page.body, "ostersund") || strings.Contains(page.body, "Jämtland") {
		t.Error("another county's event is on the page")
	}
	for _, n := range page.find("svg") {
		if attr(n, "role") == "img" && attr(n, "aria-label") == "" {
			t.Error("a plot does not say what it shows")
		}
	}
	if plots, tables := len(page.find("figure")), len(page.find("details")); plots != 4 || tables != plots {
		t.Errorf("%d plots and %d tables behind them", plots, tables)
	}
	if got := c.get("/handlaggare/tillfalle/pitea").want(t, http.StatusOK, "Fullt, kön är öppen").words(); strings.Contains(got, "person1@") {
		t.Error("the page with the numbers names someone")
	}
}

func TestCapacity(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	const page = "/handlaggare/tillfalle/pitea/platser"
	was := w.counts("pitea")
	form := c.get(page).want(t, http.StatusOK, "12 platser är upptagna").fields()
	c.post(page, with(form, "capacity", "3", "step", "confirm")).want(t, http.StatusUnprocessableEntity, "12 platser är redan upptagna", "Det finns fel i formuläret")
	c.post(page, url.Values{"capacity": {"många"}}).want(t, http.StatusUnprocessableEntity, "med siffror")
	ask := c.post(page, url.Values{"capacity": {" 14 "}}).want(t, http.StatusOK, "Från 12 till 14 platser. 2 personer i kön får besked om en plats.")
	if now := w.counts("pitea"); now.Capacity != was.Capacity {
		t.Error("asking changed it")
	}
	done := c.post(page, with(ask.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	c.get(done.to()).want(t, http.StatusOK, "Antalet platser är ändrat")
	if now := w.counts("pitea"); now.Capacity != 14 || now.Registered() != 14 || now.Waiting != was.Waiting-2 {
		t.Errorf("%d of %d places, %d wait", now.Registered(), now.Capacity, now.Waiting)
	}
}

func TestAnswers(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Bo Exempel", in(domain.RoleCaseWorker))
	list := c.get("/handlaggare/tillfalle/ansok/svara").want(t, http.StatusOK, "Ansökan om plats", "10 platser är lediga")
	var pages []string
	for _, a := range list.find("a") {
		if href := attr(a, "href"); strings.Contains(href, "/svara/") {
			pages = append(pages, href)
		}
	}
	if len(pages) != 3 {
		t.Fatalf("%d wait", len(pages))
	}
	form := c.get(pages[0]).want(t, http.StatusOK).fields()
	c.post(pages[0], form).want(t, http.StatusUnprocessableEntity, "Välj ja eller nej")
	c.post(pages[0], with(form, "answer", "no")).want(t, http.StatusUnprocessableEntity, "Skriv ett skäl")
	ask := c.post(pages[0], with(form, "answer", "no", "reason", "Bara för gruppledare.")).want(t, http.StatusOK, "Bara för gruppledare.", "Säg nej")
	if w.counts("ansok").ByStatus[domain.Pending] != 3 {
		t.Error("asking answered")
	}
	c.post(pages[0], with(ask.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	yes := c.post(pages[1], with(c.get(pages[1]).fields(), "answer", "yes")).want(t, http.StatusOK, "Säg ja")
	c.post(pages[1], with(yes.fields(), "step", "confirm")).want(t, http.StatusSeeOther)
	if n := w.counts("ansok").ByStatus; n[domain.Declined] != 1 || n[domain.Confirmed] != 1 || n[domain.Pending] != 1 {
		t.Errorf("the answers gave %v", n)
	}
	c.get(pages[0]).want(t, http.StatusNotFound)
}

func TestPerson_acts(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	person := "/handlaggare/tillfalle/lulea/deltagare/" + w.refOf(events["lulea"], "person1@example.se")
	c.get(person).want(t, http.StatusOK, "Anmäld", "person1@example.se", "Avboka åt personen", "Anmäld, fick en plats, av deltagaren")
	c.post(person+"/langre-tid", url.Values{"day": {"31/11 2016"}}).want(t, http.StatusUnprocessableEntity, "Skriv dagen som")
	c.post(person+"/langre-tid", url.Values{"day": {"1/9 2016"}}).want(t, http.StatusUnprocessableEntity, "Välj en dag som inte har passerat")
	c.post(person+"/langre-tid", url.Values{"day": {"28 november 2016"}}).want(t, http.StatusSeeOther)
	c.get(person).want(t, http.StatusOK, "måndag 28 november 2016")
	c.post(person+"/stryk", url.Values{"reason": {""}}).want(t, http.StatusUnprocessableEntity, "Skriv ett skäl")
	c.get(person+"/ga-forbi").want(t, http.StatusConflict, "inget öppet erbjudande")
	c.get(person+"/avboka").want(t, http.StatusOK, "Avboka åt Björn Åström?")
	before := w.counts("lulea").Registered()
	done := c.post(person+"/avboka", url.Values{"reason": {"Ringde i dag."}}).want(t, http.StatusSeeOther)
	c.get(done.to()).want(t, http.StatusOK, "Platsen är avbokad", "Avbokad", "av Anna Exempel", "Ringde i dag.")
	if after := w.counts("lulea").Registered(); after != before-1 {
		t.Errorf("%d places are held, want %d", after, before-1)
	}
	c.get(person+"/avboka").want(t, http.StatusConflict, "redan avslutad")
	c.get(person+"/utskrift").want(t, http.StatusOK, "Bekräftelse")
}

func TestPeople(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Frans Exempel", in(domain.RoleReader))
	const page = "/handlaggare/tillfalle/lulea/deltagare"
	all := c.get(page).want(t, http.StatusOK, "17 personer")
	if n := len(all.find("tr")); n != 18 {
		t.Errorf("%d rows", n)
	}
	c.get(page+"?q=astrom").want(t, http.StatusOK, "Åström, Björn")
	c.get(page+"?q=finnsinte").want(t, http.StatusOK, "0 personer")
	c.get(page+"?status=confirmed&not=yes").want(t, http.StatusOK, "0 personer")
	c.get(page+"?sort=drop+table&after=&channel[]=1").want(t, http.StatusOK, "17 personer")
	c.get(page+"?status=%00&type=x").want(t, http.StatusOK, "0 personer") // a choice that is none means nobody, never everyone
	c.get(page+"?after=nonsense").want(t, http.StatusNotFound)
	if got := c.get(page+"?q="+url.QueryEscape(`"><script>alert(1)</script>`)).want(t, http.StatusOK); strings.Contains(got.body, "<script>alert") {
		t.Error("the words of a search stand on the page as they are")
	}
	if strings.Contains(all.body, "/anmal\"") {
		t.Error("a reader is offered to register someone")
	}
}

// phoned fills in the form for someone who called.
func phoned(form url.Values, p domain.Entry) url.Values {
	return with(form, "given_name", p.GivenName, "family_name", p.FamilyName, "email", p.Email, "phone", p.Phone,
		"organisation", p.Organisation, "organisation_type", p.OrganisationType, "municipality", p.Municipality)
}

func TestRegister_byPhone(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Bo Exempel", in(domain.RoleCaseWorker))
	const page = "/handlaggare/tillfalle/lulea/anmal"
	form := c.get(page).want(t, http.StatusOK, "Anmäl någon per telefon").fields()
	wrong := c.post(page, with(url.Values{"token": form["token"], "terms": form["terms"]}, "step", "review", "given_name", "Märta"))
	wrong.want(t, http.StatusUnprocessableEntity, "Välj hur anmälan kom in", "Välj språk")
	p := testkit.Person(777)
	p.Email = ""
	review := c.post(page, with(phoned(form, p), "step", "review")).want(t, http.StatusOK, "Läs upp villkoren", "Anmälan är bindande.", "Telefon")
	before := w.counts("lulea").Registered()
	sent := c.post(page, with(review.fields(), "step", "send")).want(t, http.StatusSeeOther)
	again := c.post(page, with(review.fields(), "step", "send")).want(t, http.StatusSeeOther)
	if sent.to() != again.to() || w.counts("lulea").Registered() != before+1 {
		t.Errorf("the form sent twice made %d registrations", w.counts("lulea").Registered()-before)
	}
	person := c.get(sent.to()).want(t, http.StatusOK, "Anmälan är gjord", "Kom genom Telefon", "av Bo Exempel")
	printed := ""
	for _, a := range person.find("a") {
		if strings.HasSuffix(attr(a, "href"), "/utskrift") {
			printed = attr(a, "href")
		}
	}
	c.get(printed).want(t, http.StatusOK, "Bekräftelse", "Anmälan är bindande.", "Skriv ut", "Clarion Sense")
	edit := c.post(page, with(review.fields(), "step", "edit")).want(t, http.StatusOK)
	if edit.fields().Get("given_name") != p.GivenName {
		t.Error("what was typed is gone")
	}
	c.post(page, with(review.fields(), "step", "send", "terms", "999")).want(t, http.StatusConflict)
}

// Whoever is registered by staff can be reached, unless they say that she is reached otherwise.
func TestRegister_reached(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Bo Exempel", in(domain.RoleCaseWorker))
	const page = "/handlaggare/tillfalle/lulea/anmal"
	got := c.get(page).want(t, http.StatusOK, "Om personen", "Om arbetsplatsen", "Läs upp: Bara den som ansvarar")
	if words := got.words(); strings.Contains(words, "Om dig") || strings.Contains(words, "ditt svar") || strings.Contains(words, "där du arbetar") {
		t.Error("the form speaks to the wrong person")
	}
	none := testkit.Person(777)
	none.Email, none.Phone = "", " "
	entry := phoned(got.fields(), none)
	for _, step := range []string{"review", "send"} {
		c.post(page, with(entry, "step", step)).want(t, http.StatusUnprocessableEntity, "Skriv ett telefonnummer eller en e-postadress, så att vi når personen")
	}
	review := c.post(page, with(entry, "step", "review", "reached", "otherwise")).want(t, http.StatusOK, "Läs upp villkoren")
	if edit := c.post(page, with(review.fields(), "step", "edit")).want(t, http.StatusOK); edit.fields().Get("reached") != "otherwise" {
		t.Error("the tick is gone")
	}
	c.post(page, with(review.fields(), "step", "send")).want(t, http.StatusSeeOther)
	for _, change := range []func(*domain.Entry){func(p *domain.Entry) { p.Email = "" }, func(p *domain.Entry) { p.Phone = "" }} {
		p := testkit.Person(778)
		change(&p)
		c.post(page, with(phoned(got.fields(), p), "step", "review")).want(t, http.StatusOK, "Läs upp villkoren")
	}
}

// A full event puts whoever calls into the queue, and says so before.
func TestRegister_byPhone_full(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Bo Exempel", in(domain.RoleCaseWorker))
	const page = "/handlaggare/tillfalle/pitea/anmal"
	form := c.get(page).want(t, http.StatusOK, "Det är fullt").fields()
	review := c.post(page, with(phoned(form, testkit.Person(778)), "step", "review")).want(t, http.StatusOK, "Ställ personen i kö")
	sent := c.post(page, with(review.fields(), "step", "send")).want(t, http.StatusSeeOther)
	c.get(sent.to()).want(t, http.StatusOK, "I kö", "Plats i kön 5")
}

// Whoever looks at pages changes nothing.
func TestReadingChangesNothing(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleAdministrator))
	person := w.refOf(events["lulea"], "person1@example.se")
	state := func() string {
		return c.get("/handlaggare").body + c.get("/handlaggare/tillfalle/lulea/deltagare/"+person).body
	}
	own, _ := w.twoCounties(t)
	before := state()
	for _, r := range w.office.Routes() {
		path, _ := own.fill(r)
		c.get(path)
		c.do(http.MethodHead, path, "")
	}
	if state() != before {
		t.Error("looking at every page changed something")
	}
}

func TestStale_formsAreRefusedInWords(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	person := "/handlaggare/tillfalle/lulea/deltagare/" + w.refOf(events["lulea"], "person1@example.se")
	people := &service.People{Store: w.Store, Registrations: w.Registrations, Now: w.Clock.Now}
	a := domain.Actor{Grants: []domain.Grant{in(domain.RoleOrganiser)}}
	id, err := people.PersonByReference(context.Background(), a, "lulea", w.refOf(events["lulea"], "person1@example.se"))
	must(t, err)
	must(t, w.Registrations.Withdraw(context.Background(), a, id, "Anmäld av misstag."))
	c.post(person+"/avboka", url.Values{"reason": {""}}).want(t, http.StatusConflict, "Anmälan är redan avslutad.")
	c.post(person+"/stryk", url.Values{"reason": {"x"}, "extra": {"1"}}).want(t, http.StatusBadRequest)
}

// Every line that a history can have is told to staff in both languages.
func TestHistory_everyLineHasWords(t *testing.T) {
	catalogue, err := i18n.Load(web.Locales())
	must(t, err)
	for _, l := range domain.Langs() {
		for _, kind := range domain.HistoryKinds() {
			if !catalogue.For(l).Has("office.history." + string(kind)) {
				t.Errorf("%s: no words for %s", l, kind)
			}
		}
	}
}

// Someone registered by telephone, without e-mail, who is offered a place is somebody's to call, and the
// one who calls can answer for her.
func TestPerson_offeredWithoutEmail(t *testing.T) {
	for name, tt := range map[string]struct {
		folder string
		status domain.RegistrationStatus
	}{"yes": {"tacka-ja", domain.Confirmed}, "no": {"tacka-nej", domain.Cancelled}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			e := w.AddEvent(t, testkit.Event("lulea", 1))
			w.register(e, 1)
			in2 := testkit.Input(e, testkit.Person(2))
			in2.Channel, in2.Entry.Email = domain.ChannelPhone, ""
			called, err := w.Registrations.Register(t.Context(), domain.Operator(), in2)
			must(t, err)
			c := w.user("Anna Exempel", in(domain.RoleOrganiser))
			if got := c.get("/handlaggare").want(t, http.StatusOK).words(); strings.Contains(got, "saknar e-post") {
				t.Error("there is somebody to call before anyone has an offer")
			}
			person := "/handlaggare/tillfalle/lulea/deltagare/" + called.Reference
			c.get(person+"/tacka-ja").want(t, http.StatusConflict, "inget erbjudande")
			first, err := w.Store.LiveRegistration(t.Context(), e.ID, domain.EmailKey(testkit.Person(1).Email))
			must(t, err)
			must(t, w.Registrations.CancelFor(t.Context(), domain.Operator(), first.ID, domain.ChannelPhone, ""))
			for _, page := range []string{"/handlaggare", "/handlaggare/tillfalle/lulea"} {
				c.get(page).want(t, http.StatusOK, "Ring 1 person som har fått en plats erbjuden och saknar e-post, senast")
			}
			c.get(person).want(t, http.StatusOK, "Tacka ja åt personen", "Tacka nej åt personen")
			c.get(person+"/"+tt.folder).want(t, http.StatusOK, "åt")
			done := c.post(person+"/"+tt.folder, url.Values{}).want(t, http.StatusSeeOther)
			c.get(done.to()).want(t, http.StatusOK, "av Anna Exempel")
			if got := w.statusOf(e, called.Reference); got != tt.status {
				t.Errorf("she is %s, want %s", got, tt.status)
			}
			if got := c.get("/handlaggare").want(t, http.StatusOK).words(); strings.Contains(got, "saknar e-post") {
				t.Error("there is somebody to call after she answered")
			}
		})
	}
}
