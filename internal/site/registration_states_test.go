package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
)

// enter registers someone behind the back of the pages, and is the receipt and the address of the
// personal page, as the letter has it.
func (w *world) enter(slug string, entry domain.Entry) (receipt domain.Receipt, own string) {
	w.t.Helper()
	e, err := w.Programme.Event(quiet(), slug)
	if err != nil {
		w.t.Fatal(err)
	}
	in := testkit.Input(e, entry)
	if receipt, err = w.Registrations.Register(quiet(), domain.Visitor(), in); err != nil {
		w.t.Fatal(err)
	}
	return receipt, site.Paths().For(domain.Swedish, "own", w.Keys.Link(auth.UID(in.Key), 1))
}

// take is enter for the n-th made-up person.
func (w *world) take(slug string, n int) (own string) {
	w.t.Helper()
	_, own = w.enter(slug, testkit.Person(n))
	return own
}

func TestRegistration_placesRunOutMeanwhile(t *testing.T) {
	w, review := reviewed(t, 1)
	w.take("lulea", 2)
	w.Clock.Turn(time.Minute)
	page := w.post(form, with(review, "send")).want(t, http.StatusOK, "Platserna tog slut", "Du är inte anmäld än", "Ánne-Sárá")
	if n := w.registrations("lulea"); n != 1 {
		t.Fatalf("%d registrations: she was put into the queue unasked", n)
	}
	sent := w.post(form, with(page.fields(), "send")).want(t, http.StatusSeeOther)
	w.get(sent.Header.Get("Location")).want(t, http.StatusOK, "Du står i kö")
}

func TestRegistration_fullMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 1, func(e *domain.Event) { e.WaitingList = false }))
	review := w.review("lulea", 1)
	w.take("lulea", 2)
	w.Clock.Turn(time.Minute)
	w.post(form, with(review, "send")).want(t, http.StatusOK, "Alla platser är upptagna", "Du är inte anmäld")
	w.post(form, with(review, "edit")).want(t, http.StatusOK, "Alla platser är upptagna")
	w.post(form, with(review, "review")).want(t, http.StatusOK, "Alla platser är upptagna")
}

func TestRegistration_closedMeanwhile(t *testing.T) {
	w, review := reviewed(t, 10)
	e, err := w.Programme.Event(quiet(), "lulea")
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Set(e.RegisterUntil.End())
	review.Set("token", w.Keys.FormToken("lulea", w.Clock.Now().Add(-time.Minute)))
	w.post(form, with(review, "send")).want(t, http.StatusOK, "Anmälan är stängd", "Du är inte anmäld")
	w.get(form).want(t, http.StatusOK, "Anmälan är stängd")
	if n := w.registrations("lulea"); n != 0 {
		t.Errorf("%d registrations after the last day", n)
	}
}

func TestEvent_everyStateSaysWhatItIs(t *testing.T) {
	later := domain.Date{Year: 2016, Month: time.December, Day: 24}
	for name, c := range map[string]struct {
		change func(*domain.Event)
		words  []string
		way    bool // there is a way to register
	}{
		"open":            {func(*domain.Event) {}, []string{"Anmäl dig till Luleå", "10 av 10 platser kvar"}, true},
		"queue":           {func(e *domain.Event) { e.Capacity = 1 }, []string{"Ställ dig i kö till Luleå", "Alla platser är upptagna", "10 platser kvar i Härnösand"}, true},
		"full":            {func(e *domain.Event) { e.Capacity, e.WaitingList = 1, false }, []string{"Alla platser är upptagna", "10 platser kvar i Härnösand"}, false},
		"cancelled":       {func(e *domain.Event) { e.State = domain.EventCancelled }, []string{"Tillfället är inställt", "10 platser kvar i Härnösand"}, false},
		"not yet open":    {func(e *domain.Event) { e.OpensAt = later.Start() }, []string{"Anmälan har inte öppnat"}, false},
		"undecided":       {func(e *domain.Event) { e.Capacity = 0 }, []string{"Anmälan öppnar senare"}, false},
		"no day, no room": {func(e *domain.Event) { e.Day, e.Venue = domain.Date{}, domain.Venue{} }, []string{"Datum meddelas senare", "Lokal meddelas senare"}, true},
		"closed": {func(e *domain.Event) {
			e.RegisterUntil, e.CancelUntil = domain.Date{Year: 2016, Month: 9, Day: 1}, domain.Date{Year: 2016, Month: 9, Day: 1}
		}, []string{"Anmälan är stängd", "Sista anmälningsdag var torsdag 1 september 2016", "10 platser kvar i Härnösand"}, false},
		"held": {func(e *domain.Event) {
			e.Day, e.RegisterUntil, e.CancelUntil = domain.Date{Year: 2016, Month: 9, Day: 1}, domain.Date{}, domain.Date{}
		}, []string{"Tillfället har hållits"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			series := domain.Series{Slug: "tema", Title: domain.Text{Sv: "Ett tema"}, Events: []domain.Event{
				change("lulea", 10, c.change),
				change("harnosand", 10, func(e *domain.Event) { e.Town = "Härnösand" }),
			}}
			w.addSeries(series)
			if strings.HasPrefix(name, "queue") || name == "full" {
				w.take("lulea", 99)
			}
			page := w.get("/tillfalle/lulea").want(t, http.StatusOK, c.words...)
			if got := strings.Contains(page.body, form); got != c.way {
				t.Errorf("a way to register: %v, want %v", got, c.way)
			}
			asked := w.get(form).want(t, http.StatusOK)
			if got := strings.Contains(asked.body, `name="given_name"`); got != c.way {
				t.Errorf("a form: %v, want %v", got, c.way)
			}
			if !c.way && name != "not yet open" && name != "undecided" {
				asked.want(t, http.StatusOK, "Anmäl dig till Härnösand")
			}
			w.get("/tema/tema").want(t, http.StatusOK, "Anmäl dig till Härnösand")
			w.get("/").want(t, http.StatusOK)
			w.get("/en/event/lulea").want(t, http.StatusOK)
			w.get("/en/event/lulea/registration").want(t, http.StatusOK)
		})
	}
}

func (w *world) addSeries(s domain.Series) {
	w.t.Helper()
	if err := w.Editing.PutOrganisers(quiet(), domain.Operator(), []domain.Organiser{testkit.Norrbotten()}); err != nil {
		w.t.Fatal(err)
	}
	if err := w.Editing.AddSeries(quiet(), domain.Operator(), s, nil); err != nil {
		w.t.Fatal(err)
	}
}

func TestEvent_draftsDoNotExist(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("utkast", 10, func(e *domain.Event) { e.State = domain.EventDraft }))
	draft, absent := w.get("/tillfalle/utkast"), w.get("/tillfalle/saknas")
	if draft.StatusCode != http.StatusNotFound || draft.body != absent.body {
		t.Errorf("a draft answers %d and differs from nothing", draft.StatusCode)
	}
	w.get("/tillfalle/utkast/anmalan").want(t, http.StatusNotFound)
	w.post("/tillfalle/utkast/anmalan", url.Values{"step": {"send"}}).want(t, http.StatusNotFound)
	w.get("/tillfalle/utkast/kalender.ics").want(t, http.StatusNotFound)
	w.get("/bild/utkast").want(t, http.StatusNotFound)
}
