package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

func TestOwn_change(t *testing.T) {
	w := newWorld(t)
	e := w.AddEvent(t, change("lulea", 5, func(e *domain.Event) {
		e.Rules.ChangeUntil = e.Day.AddDays(-10)
		e.Questions = []domain.Question{{Kind: domain.QuestionChoices, Label: domain.Text{Sv: "Välj grupper"}, Choices: []domain.Choice{
			{Value: "a", Label: domain.Text{Sv: "Grupp A"}}, {Value: "b", Label: domain.Text{Sv: "Grupp B"}},
		}}}
	}))
	entry := testkit.Person(1)
	entry.Answers = map[int64][]string{e.Questions[0].ID: {"b"}}
	_, own := w.enter("lulea", entry)
	page := w.get(own+"/andra").want(t, http.StatusOK, "Ändra dina uppgifter", "Du kan ändra till och med måndag 21 november 2016.", "Byter du adress skickar vi en ny länk dit")
	w.get(inEnglish(own+"/andra")).want(t, http.StatusOK, "Change your details")
	form := page.fields()
	for name, want := range map[string]string{
		"given_name": "Ánne-Sárá", "family_name": "Oŋŋá", "email": "person1@example.se", "phone": "070-174 06 05", "organisation": "Piteå kommun",
		"organisation_type": string(domain.OrgSocialServices), "title": "Socialsekreterare", "municipality": "Piteå", e.Questions[0].Field(): "b",
	} {
		if got := form.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	form.Set("phone", "abc")
	form.Set("title", "Kurator")
	wrong := w.post(own+"/andra", form).want(t, http.StatusUnprocessableEntity, "Rätta 1 fel", "Telefonnumret ska ha minst 7 siffror")
	if got := wrong.fields(); got.Get("phone") != "abc" || got.Get("title") != "Kurator" {
		t.Errorf("what was typed is lost: %v", got)
	}
	form.Set("phone", "070-174 06 06")
	w.done(w.post(own+"/andra", form), "andrad").want(t, http.StatusOK, "Ändringarna är sparade", "Kurator", "070-174 06 06",
		"Du ändrade uppgifter i anmälan: telefonnummer, titel eller yrke.")
	w.done(w.post(own+"/andra", form), "oforandrad").want(t, http.StatusOK, "Inget är ändrat", "Kurator")
	if n := countKind(w.own(own).History, domain.HistoryChanged); n != 1 {
		t.Errorf("changed %d times", n)
	}
	w.Clock.Set(e.Rules.ChangeUntil.End())
	form.Set("title", "Polis")
	w.post(own+"/andra", form).want(t, http.StatusConflict, "Det går inte längre att ändra uppgifterna här")
	if w.get(own).has(own + "/andra") {
		t.Error("a way to change after the last day")
	}
}

func TestOwn_changedElsewhere(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 5))
	own := w.take("lulea", 1)
	one, other := w.get(own+"/andra").filled("title", "Kurator"), w.get(own+"/andra").filled("title", "Polis")
	w.done(w.post(own+"/andra", one), "andrad")
	page := w.post(own+"/andra", other).want(t, http.StatusConflict, "Uppgifterna har ändrats på annat håll")
	if got := page.fields().Get("title"); got != "Polis" {
		t.Errorf("what was typed is lost: %q", got)
	}
	w.done(w.post(own+"/andra", page.fields()), "andrad").want(t, http.StatusOK, "Polis")
}

func TestOwn_newAddress(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 5))
	own := w.take("lulea", 1)
	w.take("lulea", 2)
	form := w.get(own+"/andra").filled("email", "person2@example.se")
	w.post(own+"/andra", form).want(t, http.StatusUnprocessableEntity, "Adressen hör till en annan anmälan")
	form.Set("email", "ny@example.se")
	form.Set("given_name", "Kolibri")
	form.Set("family_name", "")
	w.post(own+"/andra", form).want(t, http.StatusUnprocessableEntity, "överlåt platsen")
	form.Set("given_name", "Ánne-Sárá")
	form.Set("family_name", "Oŋŋá")
	told := w.post(own+"/andra", form)
	to := told.want(t, http.StatusSeeOther).Header.Get("Location")
	page := w.get(to).want(t, http.StatusOK, "Din nya e-postadress är sparad", "Vi har skickat en ny länk dit")
	for _, hers := range []string{"ny@example.se", "Oŋŋá", "min-anmalan"} {
		if strings.Contains(page.body, hers) {
			t.Errorf("the page that anyone could have come to tells %q", hers)
		}
	}
	w.get(w.linkOf("lulea", "ny@example.se")).want(t, http.StatusOK, "Oŋŋá")
	w.get(own).want(t, http.StatusNotFound, "Länken gäller inte")
	w.post(own+"/andra", form).want(t, http.StatusNotFound, "Länken gäller inte")
	if w.linkOf("lulea", "ny@example.se") == own {
		t.Error("the link is the same")
	}
}

func TestOwn_needs(t *testing.T) {
	w := newWorld(t)
	e := w.AddEvent(t, change("lulea", 5, func(e *domain.Event) { e.Rules.Food, e.Rules.Access = true, true }))
	own := w.take("lulea", 1)
	if page := w.get(own).want(t, http.StatusOK, "Berätta om mat och tillgänglighet"); !page.has(own + "/behov") {
		t.Fatal("no way to tell")
	}
	page := w.get(own+"/behov").want(t, http.StatusOK, "Vegansk mat", "Teleslinga", "torsdag 8 december 2016")
	if strings.Contains(page.body, `value="erase"`) {
		t.Error("offers to erase nothing")
	}
	w.get(inEnglish(own+"/behov")).want(t, http.StatusOK, "Food and access")
	form := url.Values{"step": {"keep"}, "diet": {"vegan", "nut_free"}, "diet_text": {strings.Repeat("å", domain.MaxNeed+1)}, "access": {"hearing_loop"}, "access_text": {""}}
	wrong := w.post(own+"/behov", form).want(t, http.StatusUnprocessableEntity, "Det finns fel i formuläret")
	if got := wrong.fields(); len(got["diet"]) != 2 || got.Get("diet_text") == "" {
		t.Errorf("what was typed is lost: %v", got)
	}
	form.Set("diet_text", "Inga kanarieärter")
	for range 2 {
		w.done(w.post(own+"/behov", form), "behov").want(t, http.StatusOK, "Det du berättade är sparat", "Vegansk mat", "Teleslinga",
			"Inga kanarieärter", "Det raderas torsdag 8 december 2016.",
			"Ändra det du har berättat om mat och tillgänglighet", "Vi skickar det inte i något mejl.")
	}
	for _, other := range []string{"", "/utskrift", "/avboka", "/overlat", "/andra", "/byt-ort"} {
		page := w.get(own+other).want(t, http.StatusOK)
		if got := strings.Contains(page.body, "kanarieärter"); got != (other == "") {
			t.Errorf("%q tells of needs: %v", other, got)
		}
	}
	w.done(w.post(own+"/behov", url.Values{"step": {"erase"}, "diet_text": {"Inga kanarieärter"}, "access_text": {""}}), "raderade").
		want(t, http.StatusOK, "Det du hade berättat är raderat")
	if page := w.get(own); strings.Contains(page.body, "kanarieärter") || strings.Contains(page.body, "Vegansk") {
		t.Error("still there")
	}
	w.Clock.Set(e.NeedsBy().End())
	w.done(w.post(own+"/behov", form), "behov").want(t, http.StatusOK, "Du berättade efter")
	w.Clock.Set(e.StartsAt())
	w.post(own+"/behov", url.Values{"step": {"keep"}, "diet": {"vegetarian"}}).want(t, http.StatusConflict, "Ingenting är ändrat")
	w.get(own+"/behov").want(t, http.StatusOK, "Ta bort allt jag har berättat")
	w.done(w.post(own+"/behov", url.Values{"step": {"erase"}}), "raderade")
}

func TestOwn_sessions(t *testing.T) {
	w := newWorld(t)
	e := w.AddEvent(t, change("lulea", 5, func(e *domain.Event) {
		for _, title := range []string{"Spår A", "Spår B"} {
			e.Programme = append(e.Programme, domain.Session{
				Day: e.Day, Starts: 13 * 60, Ends: 14 * 60, Title: domain.Text{Sv: title}, Parallel: "efter lunch", Capacity: 1,
			})
		}
	}))
	id := func(i int) string { return w.sessionValue(e, i) }
	first := testkit.Person(1)
	first.Sessions = []string{id(0)}
	w.enter("lulea", first)
	second := testkit.Person(2)
	second.Sessions = []string{id(0)}
	_, own := w.enter("lulea", second)
	w.get(own).want(t, http.StatusOK, "Pass du har valt", "Spår A", "Fullt. Du står först i kön.")
	page := w.get(own+"/andra").want(t, http.StatusOK, "Spår A", "Spår B")
	if got := page.fields().Get("sessions"); got != id(0) {
		t.Errorf("the form has %q chosen", got)
	}
	w.done(w.post(own+"/andra", page.filled("sessions", id(1))), "andrad").want(t, http.StatusOK, "Spår B", "Du har plats")
}

func TestOwn_print(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 1))
	own, waiting := w.take("lulea", 1), w.take("lulea", 2)
	page := w.get(own+"/utskrift").want(t, http.StatusOK, "Bekräftelse på anmälan", "Du är anmäld", "Ánne-Sárá Oŋŋá", "person1@example.se",
		"torsdag 1 december 2016 kl. 09.00–16.00", "Clarion Sense", "Referensnummer", "Anmälan är bindande.", "Sista dag att avboka",
		base+"/tillfalle/lulea", "Eva Exempel", "dataskydd@example.se", "23 februari 2017")
	for _, n := range page.find("a") {
		if strings.Contains(attr(n, "href"), base) {
			t.Errorf("the paper links to %s", attr(n, "href"))
		}
	}
	if strings.Contains(page.words(), base+own) {
		t.Error("the paper holds the link that came by e-mail")
	}
	queue := w.get(waiting+"/utskrift").want(t, http.StatusOK, "Bevis på köplats", "Du står i kö", "Du är nummer 1 i kön.")
	if strings.Contains(queue.body, "Bekräftelse på anmälan") {
		t.Error("a place in the queue is confirmed as a place")
	}
	must(t, w.Registrations.Cancel(quiet(), domain.Visitor(), tokenOf(waiting), ""))
	if w.get(waiting).want(t, http.StatusOK).has(waiting + "/utskrift") {
		t.Error("there is nothing left to print, and it is offered")
	}
	ended := w.get(waiting+"/utskrift").want(t, http.StatusOK, "Så står det till med din anmälan").body
	for _, gone := range []string{"Clarion Sense", "Anmälan är bindande.", "Bekräftelse", "Bevis"} {
		if strings.Contains(ended, gone) {
			t.Errorf("the paper of an ended registration holds %q", gone)
		}
		if !strings.Contains(page.body+queue.body, gone) {
			t.Errorf("no paper holds %q: the search above finds nothing", gone)
		}
	}
	w.get(inEnglish(own+"/utskrift")).want(t, http.StatusOK, "Confirmation of registration", "You are registered")
}

func TestOwn_withoutAddress(t *testing.T) {
	w := newWorld(t)
	e := w.AddEvent(t, testkit.Event("lulea", 5))
	entry := testkit.Person(1)
	entry.Email, entry.EmailOptional = "", true
	in := testkit.Input(e, entry)
	in.Channel = domain.ChannelPhone
	_, err := w.Registrations.Register(quiet(), domain.Operator(), in)
	must(t, err)
	own := w.linkByKey(in.Key)
	w.get(own+"/utskrift").want(t, http.StatusOK, "Ánne-Sárá Oŋŋá", base+own)
	form := w.get(own+"/andra").want(t, http.StatusOK, "E-postadress (frivilligt)").filled("title", "Kurator")
	w.done(w.post(own+"/andra", form), "andrad").want(t, http.StatusOK, "Kurator")
}
