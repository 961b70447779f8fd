package site_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// asking is an event that asks everything an event can ask.
func asking(e *domain.Event) {
	e.NoShowFee = 500
	e.Rules = domain.Rules{AccessCode: "Älv 16", Food: true, Access: true}
	session := func(title, mark string, from, to domain.Clock, capacity domain.Seats) domain.Session {
		return domain.Session{
			Day: e.Day, Starts: from, Ends: to, Title: domain.Text{Sv: title}, Parallel: mark, Capacity: capacity,
		}
	}
	e.Programme = []domain.Session{
		{Day: e.Day, Starts: 9 * 60, Ends: 10 * 60, Title: domain.Text{Sv: "Inledning"}},
		session("Samtal om efterfrågan", "fm", 10*60, 11*60, 1),
		session("Polisens arbete", "fm", 10*60, 11*60, 0),
		session("Vägar ut", "em", 13*60, 14*60, 20),
		session("Skolans roll", "em", 10*60+30, 14*60, 20), // reaches into the first choice
	}
}

// sessionID is the number of the session with the title, as the form sends it.
func (w *world) sessionID(slug, title string) string {
	w.t.Helper()
	e, err := w.Programme.Event(quiet(), slug)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range e.ChosenSessions() {
		if s.Title.Sv == title {
			return strconv.FormatInt(s.ID, 10)
		}
	}
	w.t.Fatalf("no session is called %s", title)
	return ""
}

// answered fills in everything that asking asks.
func (w *world) answered(form url.Values, n int) url.Values {
	w.t.Helper()
	form = person(form, n)
	form.Set("access_code", " älv16 ")
	form.Set("sessions", w.sessionID("lulea", "Samtal om efterfrågan"))
	form.Set("sessions_2", w.sessionID("lulea", "Vägar ut"))
	form.Set("invoice_reference", "Ref 4711")
	form.Set("invoice_org_number", "2021002478")
	form.Set("invoice_peppol", "0007:2021002478")
	form.Set("invoice_address", "Box 1, 941 85 Piteå")
	form["diet"] = []string{"vegan", "gluten_free"}
	form.Set("diet_text", "Tål inte selleri")
	form["access"] = []string{"hearing_loop"}
	form.Set("access_text", "Plats nära talaren")
	return form
}

// names of the fields that only some events ask.
var onlySome = []string{
	"access_code", "sessions", "sessions_2", "invoice_reference", "invoice_org_number", "invoice_peppol", "invoice_address",
	"diet", "diet_text", "access", "access_text",
}

func (r *response) names() []string {
	var out []string
	for _, kind := range []string{"input", "textarea"} {
		for _, n := range r.find(kind) {
			if name := attr(n, "name"); !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

func TestForm_asksWhatTheEventAsks(t *testing.T) {
	for path, words := range map[string][]string{
		form: {
			"Åtkomstkod", "Pass kl. 10.00–11.00", "1 av 1 ", "20 av 20 platser kvar", "Inget av dem", "Fakturareferens",
			"500 kronor om du uteblir", "senast torsdag 17 november 2016", "Mat och tillgänglighet", "Vegansk mat",
			"Länsstyrelsen i Norrbottens län kan läsa ditt svar", "raderas torsdag 8 december 2016", "Svara senast torsdag 10 november 2016",
		},
		"/en/event/lulea/registration": {
			"Access code", "20 of 20 places left", "None of them", "Invoice reference", "500 kronor if you stay away",
			"Food and access needs", "can read your answer", "erased on Thursday 8 December 2016", "Answer by Thursday 10 November 2016",
		},
	} {
		w := newWorld(t)
		w.AddEvent(t, change("lulea", 10, asking))
		page := w.get(path).want(t, http.StatusOK, words...)
		for _, name := range onlySome {
			if !slices.Contains(page.names(), name) {
				t.Errorf("%s does not ask %s", path, name)
			}
		}
		w.AddEvent(t, testkit.Event("umea", 10))
		for _, name := range w.get("/tillfalle/umea/anmalan").names() {
			if slices.Contains(onlySome, name) {
				t.Errorf("an event that does not want it asks %s", name)
			}
		}
	}
}

func TestForm_lateNeedsAreTold(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 10, asking))
	w.Clock.Set(domain.Date{Year: 2016, Month: 11, Day: 11}.At(0))
	w.get(form).want(t, http.StatusOK, "var torsdag 10 november 2016", "sent inkommet")
}

func TestRegistration_askedIsShownCarriedAndKept(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 10, asking))
	sent := w.answered(w.get(form).fields(), 1)
	review := w.post(form, with(sent, "review")).want(t, http.StatusOK, "Samtal om efterfrågan", "Vägar ut", "Ref 4711",
		"202100-2478", "0007:2021002478", "Box 1, 941 85 Piteå", "Vegansk mat", "Mat utan gluten", "Tål inte selleri", "Teleslinga", "Plats nära talaren")
	carried := review.fields()
	for _, name := range onlySome {
		want := sent[name]
		switch name {
		case "sessions":
			want = []string{sent.Get("sessions"), sent.Get("sessions_2")}
		case "sessions_2":
			continue
		}
		if got := carried[name]; !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("%s is carried as %v, want %v", name, got, want)
		}
	}
	again := w.post(form, with(carried, "edit")).want(t, http.StatusOK).fields()
	for _, name := range onlySome {
		if got, want := again[name], sent[name]; !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("%s comes back as %v, want %v", name, got, want)
		}
	}
	w.Clock.Turn(time.Minute)
	where := w.post(form, with(carried, "send")).want(t, http.StatusSeeOther).Header.Get("Location")
	receipt := w.get(where).want(t, http.StatusOK, "Du är anmäld", "vilka pass du har fått plats i")
	for _, secret := range []string{"Vegansk mat", "selleri", "Teleslinga", "Plats nära", "Älv 16", "Ref 4711"} {
		if strings.Contains(receipt.body, secret) {
			t.Errorf("the receipt tells %q", secret)
		}
		if secret != "Älv 16" && !strings.Contains(review.body, secret) { // the twin: the review page does tell it
			t.Errorf("the check does not see %q where it stands", secret)
		}
	}
	if body := w.get("/tillfalle/lulea").body + w.get(form).body; strings.Contains(body, "Älv 16") {
		t.Error("a page tells the code")
	}
	w.get(form).want(t, http.StatusOK, "Fullt. Du hamnar i kön till passet.")
}

func TestRegistration_faultsInWhatOnlySomeAsk(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 10, asking))
	for name, c := range map[string]struct {
		set    map[string]string
		field  string
		sv, en string
	}{
		"no code":          {map[string]string{"access_code": ""}, "access_code", "Skriv åtkomstkoden", "Enter the access code"},
		"another code":     {map[string]string{"access_code": "Bäck"}, "access_code", "Koden stämmer inte", "The code does not match"},
		"two at once":      {map[string]string{"sessions_2": w.sessionID("lulea", "Skolans roll")}, "sessions_2", "hålls samtidigt", "at the same time"},
		"no such session":  {map[string]string{"sessions": "999999"}, "sessions", "Välj bland passen", "Choose among the sessions"},
		"no reference":     {map[string]string{"invoice_reference": ""}, "invoice_reference", "Ange en fakturareferens", "Enter an invoice reference"},
		"long reference":   {map[string]string{"invoice_reference": strings.Repeat("å", 121)}, "invoice_reference", "högst 120 tecken", "at most 120"},
		"wrong number":     {map[string]string{"invoice_org_number": "202100-2479"}, "invoice_org_number", "ska ha tio siffror", "has ten digits"},
		"a person's":       {map[string]string{"invoice_org_number": "811218-9876"}, "invoice_org_number", "ser ut som ett personnummer", "personal identity number"},
		"long address":     {map[string]string{"invoice_address": strings.Repeat("å", 121)}, "invoice_address", "högst 120 tecken", "at most 120"},
		"long Peppol":      {map[string]string{"invoice_peppol": strings.Repeat("å", 121)}, "invoice_peppol", "högst 120 tecken", "at most 120"},
		"no such diet":     {map[string]string{"diet": "blod"}, "diet", "Välj bland alternativen om mat", "alternatives about food"},
		"long diet":        {map[string]string{"diet_text": strings.Repeat("å", 301)}, "diet_text", "högst 300 tecken", "at most 300"},
		"number in a need": {map[string]string{"access_text": "811218-9876"}, "access_text", "I texten om tillgänglighet står något som ser ut som ett personnummer", "personal identity number"},
		"no such need":     {map[string]string{"access": "blod"}, "access", "alternativen om tillgänglighet", "alternatives about accessibility"},
	} {
		t.Run(name, func(t *testing.T) {
			for path, words := range map[string]string{form: c.sv, "/en/event/lulea/registration": c.en} {
				sent := w.answered(w.get(path).fields(), 1)
				for k, v := range c.set {
					sent.Set(k, v)
				}
				page := w.post(path, with(sent, "review")).want(t, http.StatusUnprocessableEntity, words)
				if !strings.Contains(page.body, `href="#`+c.field+`"`) || !strings.Contains(page.body, `id="`+c.field+`"`) {
					t.Errorf("the summary does not lead to %s", c.field)
				}
				for _, class := range []string{"errors", "error"} {
					if told := page.ofClass(class); strings.Contains(told, "9876") {
						t.Errorf("a fault tells the whole number: %s", told)
					}
				}
				again := page.fields()
				for _, field := range onlySome {
					want := sent[field]
					if strings.HasPrefix(name, "no such") && field == c.field {
						continue // not among what the page offers
					}
					if !slices.Equal(again[field], want) {
						t.Errorf("%s is shown as %v, %v was typed", field, again[field], want)
					}
				}
			}
		})
	}
	if n := w.registrations("lulea"); n != 0 {
		t.Errorf("%d registrations, want none", n)
	}
}

func TestRegistration_onlySomeAddresses(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 10, func(e *domain.Event) { e.Rules.EmailDomains = []string{"@pitea.se", "boden.se"} }))
	w.get("/tillfalle/lulea").want(t, http.StatusOK, "Du som har en e-postadress hos pitea.se eller boden.se")
	w.get("/en/event/lulea").want(t, http.StatusOK, "pitea.se or boden.se")
	page := w.get(form).want(t, http.StatusOK, "Bara adresser hos pitea.se eller boden.se kan anmälas.")
	sent := person(page.fields(), 1)
	w.post(form, with(sent, "review")).want(t, http.StatusUnprocessableEntity, "Anmäl dig med en e-postadress hos")
	sent.Set("email", "anna@skola.pitea.se")
	w.post(form, with(sent, "review")).want(t, http.StatusOK, "anna@skola.pitea.se")
}

// TestRegistration_questionsThatWereTakenAway: what the event no longer asks is dropped, and nobody
// who filled it in meets a fault.
func TestRegistration_questionsThatWereTakenAway(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 10))
	sent := person(w.get(form).fields(), 1)
	sent.Set("access_code", "x")
	sent.Set("diet", "vegan")
	sent.Set("diet_text", "selleri")
	sent.Set("invoice_reference", "y")
	page := w.post(form, with(sent, "review")).want(t, http.StatusOK, "Granska och skicka")
	if strings.Contains(page.body, "selleri") {
		t.Error("needs that nobody asks are carried on")
	}
}

// ofClass is the words of all elements of a class.
func (r *response) ofClass(class string) string {
	var b strings.Builder
	for n := range r.page.Descendants() {
		if n.Type != html.ElementNode || !slices.Contains(strings.Fields(attr(n, "class")), class) {
			continue
		}
		for in := range n.Descendants() {
			if in.Type == html.TextNode {
				b.WriteString(in.Data + " ")
			}
		}
	}
	return b.String()
}
