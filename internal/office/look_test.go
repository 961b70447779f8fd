package office_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// season publishes a theme in three towns, an event with applications, one that is over and a draft, and
// lets people come to them over some weeks.
func season(t testing.TB, w *world) map[string]domain.Event {
	t.Helper()
	ctx := context.Background()
	lulea, pitea, kiruna := testkit.Event("lulea", 40), testkit.Event("pitea", 12), testkit.Event("kiruna", 30)
	pitea.Town, pitea.Day = "Piteå", pitea.Day.AddDays(1)
	kiruna.Town, kiruna.Day = "Kiruna", kiruna.Day.AddDays(6)
	lulea.Rules = domain.Rules{Food: true, Access: true, NeedsBy: lulea.Day.AddDays(-7)}
	lulea.AfterCancel = domain.ContactUs
	lulea.CancelUntil = domain.Date{Year: 2016, Month: time.October, Day: 1}
	must(t, w.Editing.PutOrganisers(ctx, domain.Operator(), []domain.Organiser{testkit.Norrbotten(), testkit.Jamtland()}))
	must(t, w.Editing.AddSeries(ctx, domain.Operator(), domain.Series{
		Slug: "efterfragan", Title: domain.Text{Sv: "Efterfrågan"}, Events: []domain.Event{lulea, pitea, kiruna},
	}, nil))
	asked := testkit.Event("ansok", 10)
	asked.Title, asked.Rules.Approval = domain.Text{Sv: "Utbildning för gruppledare"}, true
	asked.Retention = domain.Retention{}
	draft := testkit.Event("utkast", 20)
	draft.State, draft.Title = domain.EventDraft, domain.Text{Sv: "Konferens om samverkan mellan skola, vård och socialtjänst i glesbygd"}
	must(t, w.Editing.AddEvent(ctx, domain.Operator(), asked, nil))
	must(t, w.Editing.AddEvent(ctx, domain.Operator(), draft, nil))
	theirs := testkit.Event("ostersund", 20)
	theirs.Owner = testkit.Jamtland()
	must(t, w.Editing.AddEvent(ctx, domain.Operator(), theirs, nil))
	events := make(map[string]domain.Event)
	for _, slug := range []string{"lulea", "pitea", "kiruna", "ansok", "ostersund"} {
		e, err := w.Programme.Event(ctx, slug)
		must(t, err)
		events[slug] = e
	}
	towns, types := []string{"Piteå", "Luleå", "Boden", "Kiruna", "Kalix", ""}, domain.OrganisationTypes()
	n := 0
	for day := range 14 {
		for i := range (day*7)%5 + 1 {
			n++
			p := testkit.Person(n)
			p.GivenName, p.FamilyName = []string{"Åsa", "Björn", "Kerstin", "Nils-Ánte"}[n%4], []string{"Öberg", "Åström", "Sárá", "Zetterqvist", "Ek"}[n%5]
			p.Municipality, p.OrganisationType = towns[(n*n)%6], string(types[(n*3)%len(types)])
			slug := []string{"lulea", "lulea", "pitea", "pitea", "kiruna"}[(n+i)%5]
			if slug == "lulea" && n%3 == 0 {
				p.Needs.Diet, p.Needs.DietText = []string{"vegan"}, "Inget stekt"
			}
			if slug == "pitea" && p.Municipality == "" {
				p.Municipality = "Piteå"
			}
			if p.Municipality == "" {
				p.Municipality = "Haparanda"
			}
			_, err := w.Registrations.Register(ctx, domain.Visitor(), testkit.Input(events[slug], p))
			must(t, err)
			w.Clock.Turn(3 * time.Hour)
		}
		w.Clock.Turn(24*time.Hour - time.Duration((day*7)%5+1)*3*time.Hour)
	}
	for i := range 3 {
		w.register(events["ansok"], 200+i)
	}
	w.register(events["ostersund"], 300)
	return events
}

// linkOf is the token of the personal link of someone at an event.
func (w *world) linkOf(e domain.Event, email string) string {
	w.t.Helper()
	k, err := w.Store.LiveRegistration(context.Background(), e.ID, domain.EmailKey(email))
	must(w.t, err)
	return w.Keys.Link(k.UID, 1)
}

// scenes are the pages in every state worth looking at, by name, in both languages.
func scenes(t *testing.T) map[string][]byte {
	t.Helper()
	pages := make(map[string][]byte)
	w := newWorld(t)
	events := season(t, w)
	ctx := context.Background()
	c := w.user("Anna Exempel", in(domain.RoleAdministrator), domain.Grant{Role: domain.RoleNeedsOfficer, County: "BD"})
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/"+name] = []byte(r.want(t, status).body)
		return r
	}
	look := func(name, path string) *response {
		t.Helper()
		english := strings.Replace(path, "/handlaggare", "/en/office", 1)
		for sv, en := range map[string]string{
			"/tillfalle/": "/event/", "/platser": "/places", "/behov": "/needs", "/svara": "/answer", "/anmal": "/register", "/deltagare": "/people",
			"/utskrift": "/print", "/avboka": "/cancel", "/langre-tid": "/longer", "/ga-forbi": "/pass-over", "/stryk": "/withdraw",
			"/min-profil": "/my-profile", "/losenord": "/password", "/koder": "/codes", "/inloggningar": "/sign-ins", "/visa-vem-du-ar": "/prove",
		} {
			english = strings.ReplaceAll(english, sv, en)
		}
		keep(name+"-en", c.get(english), http.StatusOK)
		return keep(name, c.get(path), http.StatusOK)
	}
	own := w.linkOf(events["lulea"], "person1@example.se")
	if err := w.Registrations.AskToCancel(ctx, domain.Visitor(), own, "Jag har blivit kallad till rätten samma dag."); err != nil {
		t.Logf("nobody asks to cancel: %v", err)
	}
	look("today", "/handlaggare")
	look("event", "/handlaggare/tillfalle/lulea")
	look("event-full", "/handlaggare/tillfalle/pitea")
	look("event-applications", "/handlaggare/tillfalle/ansok")
	look("event-draft", "/handlaggare/tillfalle/utkast")
	look("kitchen", "/handlaggare/tillfalle/lulea/behov")
	capacity := look("capacity", "/handlaggare/tillfalle/pitea/platser")
	keep("capacity-wrong", c.post("/handlaggare/tillfalle/pitea/platser", with(capacity.fields(), "capacity", "3")), http.StatusUnprocessableEntity)
	keep("capacity-ask", c.post("/handlaggare/tillfalle/pitea/platser", with(capacity.fields(), "capacity", "15")), http.StatusOK)
	answers := look("answers", "/handlaggare/tillfalle/ansok/svara")
	first := ""
	for _, a := range answers.find("a") {
		if strings.HasPrefix(attr(a, "href"), "/handlaggare/tillfalle/ansok/svara/") && first == "" {
			first = attr(a, "href")
		}
	}
	answer := look("answer", first)
	keep("answer-wrong", c.post(first, with(answer.fields(), "answer", "no")), http.StatusUnprocessableEntity)
	keep("answer-ask", c.post(first, with(answer.fields(), "answer", "no", "reason", "Utbildningen är för dem som leder grupper i länet.")), http.StatusOK)
	look("people", "/handlaggare/tillfalle/pitea/deltagare")
	look("people-filtered", "/handlaggare/tillfalle/lulea/deltagare?status=confirmed&sort=organisation&q=ek")
	look("people-none", "/handlaggare/tillfalle/lulea/deltagare?q=finnsinte")
	ref := w.refOf(events["lulea"], "person1@example.se")
	person := "/handlaggare/tillfalle/lulea/deltagare/" + ref
	look("person", person)
	look("print", person+"/utskrift")
	for _, act := range []string{"avboka", "langre-tid", "ga-forbi", "stryk"} {
		p := c.get(person + "/" + act)
		pages["/act-"+act] = []byte(p.body)
	}
	keep("act-wrong", c.post(person+"/langre-tid", url.Values{"day": {"i morgon"}}), http.StatusUnprocessableEntity)
	must(t, w.Registrations.Protect(ctx, domain.Operator(), "lulea", "person1@example.se"))
	look("person-protected", person)
	form := look("register", "/handlaggare/tillfalle/lulea/anmal")
	keep("register-wrong", c.post("/handlaggare/tillfalle/lulea/anmal", with(form.fields(), "given_name", "1", "step", "review")), http.StatusUnprocessableEntity)
	look("me", "/handlaggare/min-profil")
	look("password", "/handlaggare/min-profil/losenord")
	look("app", "/handlaggare/min-profil/app")
	setup := keep("app-setup", c.post("/handlaggare/min-profil/app", url.Values{"step": {"begin"}}), http.StatusOK)
	keep("app-wrong", c.post("/handlaggare/min-profil/app", with(setup.fields(), "step", "confirm", "code", "1")), http.StatusUnprocessableEntity)
	look("sign-ins", "/handlaggare/min-profil/inloggningar")
	look("prove", "/handlaggare/min-profil/visa-vem-du-ar")
	c.addApp(t)
	keep("codes", c.post("/handlaggare/min-profil/koder", url.Values{"step": {"confirm"}}), http.StatusOK)
	keep("not-found", c.get("/handlaggare/tillfalle/finns-inte"), http.StatusNotFound)
	nobody := w.anyone()
	keep("sign-in", nobody.get("/handlaggare/logga-in"), http.StatusOK)
	keep("sign-in-en", nobody.get("/en/office/sign-in"), http.StatusOK)
	keep("sign-in-wrong", nobody.post("/handlaggare/logga-in", url.Values{"email": {"eva@example.se"}, "password": {"x"}}), http.StatusUnprocessableEntity)
	keep("forgot", nobody.get("/handlaggare/glomt-losenord"), http.StatusOK)
	keep("forgot-sent", nobody.post("/handlaggare/glomt-losenord", url.Values{"email": {"eva@example.se"}}), http.StatusOK)
	keep("reset-over", nobody.get("/handlaggare/nytt-losenord/nonsense"), http.StatusConflict)
	email := w.withPassword("Bo Exempel", in(domain.RoleReader))
	b := w.anyone()
	b.post("/handlaggare/logga-in", url.Values{"email": {email}, "password": {password}})
	b.addApp(t)
	w.Clock.Turn(time.Minute)
	keep("factor", w.anyone().post("/handlaggare/logga-in", url.Values{"email": {email}, "password": {password}}), http.StatusOK)
	keep("today-empty", w.user("Cilla Exempel", domain.Grant{Role: domain.RoleReader, County: "AC"}).get("/handlaggare"), http.StatusOK)
	_, err := w.accounts.AddUser(ctx, domain.Operator(), service.NewUser{Email: "d@example.se", Name: "D", Grants: []domain.Grant{in(domain.RoleReader)}, Silent: true})
	must(t, err)
	token, err := w.accounts.MakeLink(ctx, domain.Operator(), "d@example.se")
	must(t, err)
	keep("link", nobody.get("/handlaggare/lank/"+token), http.StatusOK)
	return pages
}

// refOf is the reference number of someone at an event.
func (w *world) refOf(e domain.Event, email string) string {
	w.t.Helper()
	k, err := w.Store.LiveRegistration(context.Background(), e.ID, domain.EmailKey(email))
	must(w.t, err)
	return k.Ref
}

func TestPages(t *testing.T) { lookAt(t, "pages of the office", scenes(t)) }
