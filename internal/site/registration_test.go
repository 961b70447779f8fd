package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
)

const form = "/tillfalle/lulea/anmalan"

// reviewed is a world with an event and a form of it that is ready to be sent.
func reviewed(t *testing.T, capacity domain.Seats, settings ...setting) (*world, url.Values) {
	t.Helper()
	w := newWorld(t, settings...)
	w.AddEvent(t, testkit.Event("lulea", capacity))
	return w, w.review("lulea", 1)
}

// review fills the form in for the n-th person and is the form of the review page.
func (w *world) review(slug string, n int) url.Values {
	w.t.Helper()
	path := "/tillfalle/" + slug + "/anmalan"
	page := w.get(path).want(w.t, http.StatusOK)
	return w.post(path, with(person(page.fields(), n), "review")).want(w.t, http.StatusOK, "Granska och skicka").fields()
}

// registrations counts what has been taken for the event.
func (w *world) registrations(slug string) int {
	w.t.Helper()
	e, err := w.Programme.Event(quiet(), slug)
	if err != nil {
		w.t.Fatal(err)
	}
	return int(e.Taken) + e.Waiting
}

func TestRegistration_wholeWay(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	w.get("/").want(t, http.StatusOK, "Temadag i Luleå", "10 av 10 platser kvar")
	w.get("/tillfalle/lulea").want(t, http.StatusOK, "Anmäl dig till Luleå", "Anmälan är bindande")
	receipt := w.register("lulea", 1)
	receipt.want(t, http.StatusOK, "Du är anmäld", "person1@example.se", "torsdag 1 december 2016 kl. 09.00–16.00")
	if n := w.registrations("lulea"); n != 1 {
		t.Errorf("%d registrations, want 1", n)
	}
}

func TestRegistration_faultsKeepWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 10, func(e *domain.Event) {
		e.Questions = []domain.Question{
			{Kind: domain.QuestionLongText, Label: domain.Text{Sv: "Vad vill du fråga?"}, Required: true},
			{Kind: domain.QuestionChoices, Label: domain.Text{Sv: "Välj grupper"}, Choices: []domain.Choice{
				{Value: "a", Label: domain.Text{Sv: "Grupp A"}}, {Value: "b", Label: domain.Text{Sv: "Grupp B"}},
			}},
		}
	}))
	e, err := w.Programme.Event(quiet(), "lulea")
	if err != nil {
		t.Fatal(err)
	}
	long, choices := e.Questions[0].Field(), e.Questions[1].Field()
	sent := with(person(w.get(form).fields(), 1), "review")
	sent.Set("email", "fel<adress")
	sent.Set("given_name", "")
	sent.Set("organisation", `"><script>alert(1)</script>`)
	sent.Set(long, "19121212-1212 är mitt nummer")
	sent[choices] = []string{"a", "b"}
	page := w.post(form, sent).want(t, http.StatusUnprocessableEntity, "Det finns fel i formuläret", "Rätta 3 fel",
		"Ange ditt förnamn", "E-postadressen saknar @. Den ska se ut som namn@exempel.se", "”Vad vill du fråga?”: 19121212-XXXX ser ut som ett personnummer")
	again := page.fields()
	for _, name := range []string{"email", "organisation", "family_name", long, "organisation_type", "token"} {
		if got, want := again.Get(name), sent.Get(name); got != want {
			t.Errorf("%s: %q is shown, %q was typed", name, got, want)
		}
	}
	if got := again[choices]; len(got) != 2 {
		t.Errorf("the boxes ticked are %v", got)
	}
	if strings.Contains(page.body, "<script>alert") {
		t.Error("what was typed became part of the page")
	}
	if title := page.find("title")[0].FirstChild.Data; !strings.HasPrefix(title, "Fel: ") {
		t.Errorf("the title is %q", title)
	}
	for _, input := range page.find("input") {
		wrong := attr(input, "name") == "email" || attr(input, "name") == "given_name"
		if got := attr(input, "aria-invalid") == "true"; got != wrong {
			t.Errorf("%s: marked wrong: %v, want %v", attr(input, "name"), got, wrong)
		}
	}
	if n := w.registrations("lulea"); n != 0 {
		t.Errorf("%d registrations, want none", n)
	}
}

func TestRegistration_changeAndComeBack(t *testing.T) {
	w, review := reviewed(t, 10)
	page := w.post(form, with(review, "edit")).want(t, http.StatusOK, "Steg 1 av 2")
	if got, want := page.fields().Get("email"), "person1@example.se"; got != want {
		t.Errorf("the form shows %q, want %q", got, want)
	}
	if len(page.find("h2")) > 0 && strings.Contains(page.words(), "Det finns fel") {
		t.Error("a form without faults tells of faults")
	}
}

func TestRegistration_formHasNothingOfTheBrowsersChecks(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	page := w.get(form)
	for _, n := range append(page.find("input"), page.find("textarea")...) {
		for _, a := range n.Attr {
			if a.Key == "required" || a.Key == "placeholder" || a.Key == "pattern" || a.Key == "maxlength" {
				t.Errorf("%s has %s", attr(n, "name"), a.Key)
			}
		}
	}
	if len(page.find("form")) != 1 || !strings.Contains(page.body, "novalidate") {
		t.Error("the form lacks novalidate")
	}
	for name, want := range map[string]string{
		"given_name": "given-name", "family_name": "family-name", "email": "email", "phone": "tel",
		"organisation": "organization", "title": "organization-title", "municipality": "address-level2",
	} {
		for _, n := range page.find("input") {
			if attr(n, "name") == name && attr(n, "autocomplete") != want {
				t.Errorf("%s: autocomplete %q, want %q", name, attr(n, "autocomplete"), want)
			}
		}
	}
}

func TestRegistration_refusesForeignForms(t *testing.T) {
	w, review := reviewed(t, 10)
	w.Clock.Turn(time.Minute)
	columns := []string{
		"id", "event_id", "status", "attendance", "channel", "received_at", "protected", "link_hash", "email_key",
		"capacity", "county", "role", "question_999", "submission_key", "lang",
	}
	for _, name := range columns {
		sent := url.Values{name: {"1"}}
		for k, v := range review {
			sent[k] = v
		}
		w.post(form, with(sent, "send")).want(t, http.StatusBadRequest, "Ingen anmälan har gjorts")
	}
	twice := url.Values{}
	for k, v := range review {
		twice[k] = v
	}
	twice["email"] = []string{"a@example.se", "b@example.se"}
	w.post(form, with(twice, "send")).want(t, http.StatusBadRequest)
	w.post(form, with(review, "confirm")).want(t, http.StatusBadRequest)
	w.do(http.MethodPost, form, `{"email":"a@example.se"}`, "Content-Type", "application/json").want(t, http.StatusUnsupportedMediaType)
	w.do(http.MethodPost, form, "email=%zz").want(t, http.StatusBadRequest)
	if n := w.registrations("lulea"); n != 0 {
		t.Fatalf("%d registrations, want none", n)
	}
	w.post(form+"?status=confirmed", with(review, "send")).want(t, http.StatusSeeOther) // the address is not read
}

func TestRegistration_robots(t *testing.T) {
	for name, robot := range map[string]func(*world, url.Values){
		"too quick":        func(*world, url.Values) {},
		"fills everything": func(w *world, v url.Values) { w.Clock.Turn(time.Minute); v.Set("website", "http://spam.example") },
	} {
		t.Run(name, func(t *testing.T) {
			w, review := reviewed(t, 10)
			robot(w, review)
			page := w.post(form, with(review, "send")).want(t, http.StatusOK, "Anmälan är inte skickad än")
			if n := w.registrations("lulea"); n != 0 {
				t.Fatalf("%d registrations, want none", n)
			}
			w.Clock.Turn(4 * time.Second)
			w.post(form, with(page.fields(), "send")).want(t, http.StatusSeeOther) // a person presses again
		})
		t.Run(name+", twin without the guard", func(t *testing.T) {
			w, review := reviewed(t, 10, func(o *site.Options, _ *server.Options) { o.Guard = false })
			robot(w, review)
			w.post(form, with(review, "send")).want(t, http.StatusSeeOther)
		})
	}
}

// Whoever had a form before her when the clock was put back by less than a minute sends it at once: she does not wait
// until the clock shows that time again, as she would in a program that takes her for a robot.
func TestRegistration_clockPutBack(t *testing.T) {
	w, review := reviewed(t, 10)
	w.Clock.Turn(-40 * time.Second)
	w.post(form, with(review, "send")).want(t, http.StatusSeeOther)

	w = groupWorld(t, 10)
	several := w.post(groupPath, with(group(w.get(groupPath).fields(), string(domain.GroupAll), 0, 3, 4), "review")).want(t, http.StatusOK).fields()
	w.Clock.Turn(-40 * time.Second)
	w.post(groupPath, with(several, "send")).want(t, http.StatusSeeOther)

	asked := w.get("/inbjudningar").fields()
	asked.Set("email", "tillbaka@example.se")
	asked["counties"] = []string{"BD"}
	w.Clock.Turn(-40 * time.Second)
	w.post("/inbjudningar", asked).want(t, http.StatusSeeOther)
	if w.asked("tillbaka@example.se") != 1 {
		t.Error("she was not heard")
	}
}

func TestRegistration_crowded(t *testing.T) {
	w, review := reviewed(t, 10, func(_ *site.Options, so *server.Options) { so.RateLimit, so.PostsPerMinute = true, 2 })
	w.Clock.Turn(time.Minute)
	form2 := w.get(form).fields()
	w.post(form, with(person(form2, 2), "review")).want(t, http.StatusOK)
	page := w.post(form, with(review, "send")).want(t, http.StatusTooManyRequests, "Anmälan är inte skickad än", "Ánne-Sárá")
	if page.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if got := page.fields().Get("email"); got != "person1@example.se" {
		t.Errorf("what was typed is lost: %q", got)
	}
}

func TestRegistration_oldToken(t *testing.T) {
	w, review := reviewed(t, 10)
	w.Clock.Turn(25 * time.Hour)
	page := w.post(form, with(review, "send")).want(t, http.StatusOK, "Sidan hade varit öppen länge", "Ánne-Sárá")
	if n := w.registrations("lulea"); n != 0 {
		t.Fatalf("%d registrations, want none", n)
	}
	if page.fields().Get("token") == review.Get("token") {
		t.Error("the old token is offered again")
	}
	w.Clock.Turn(4 * time.Second)
	first := w.post(form, with(page.fields(), "send")).want(t, http.StatusSeeOther).Header.Get("Location")
	// The old page, sent once more, is the same form: it leads to the same receipt.
	if second := w.post(form, with(review, "send")).want(t, http.StatusSeeOther).Header.Get("Location"); second != first {
		t.Errorf("the old page leads to %s, want %s", second, first)
	}
	if n := w.registrations("lulea"); n != 1 {
		t.Errorf("%d registrations, want 1", n)
	}
}

func TestRegistration_foreignToken(t *testing.T) {
	for name, token := range map[string]string{"none": "", "made up": "aaaa", "of another event": "other"} {
		t.Run(name, func(t *testing.T) {
			w, review := reviewed(t, 10)
			if token == "other" {
				token = w.Keys.FormToken("umea", w.Clock.Now())
			}
			w.Clock.Turn(time.Minute)
			review.Set("token", token)
			page := w.post(form, with(review, "send")).want(t, http.StatusOK, "Anmälan är inte skickad än")
			w.Clock.Turn(4 * time.Second)
			w.post(form, with(page.fields(), "send")).want(t, http.StatusSeeOther)
		})
	}
}

func TestRegistration_repeatsAreHarmless(t *testing.T) {
	w, review := reviewed(t, 1)
	w.Clock.Turn(time.Minute)
	var first string
	for range 3 { // double click, back and again, retry: also when the event has filled up by the first
		where := w.post(form, with(review, "send")).want(t, http.StatusSeeOther).Header.Get("Location")
		if first == "" {
			first = where
		}
		if where != first {
			t.Errorf("a repeat leads to %s, want %s", where, first)
		}
		w.Clock.Turn(2 * time.Second)
	}
	if n := w.registrations("lulea"); n != 1 {
		t.Errorf("%d registrations, want 1", n)
	}
	review.Set("email", "annan@example.se")
	review.Set("place", "queue")
	w.post(form, with(review, "send")).want(t, http.StatusConflict, "redan skickat")
	review.Set("place", "seat") // now also doubtful: the event has a queue
	w.post(form, with(review, "send")).want(t, http.StatusConflict, "redan skickat")
}
