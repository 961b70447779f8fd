package site_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
)

// TestDemo: a demonstration is told on every page, and only a demonstration.
func TestDemo(t *testing.T) {
	for _, demo := range []bool{true, false} {
		w := newWorld(t, func(o *site.Options, _ *server.Options) { o.Demo = demo })
		w.AddEvent(t, testkit.Event("lulea", 10))
		for path, told := range map[string]string{
			"/": "Demonstration: programmet", "/tillfalle/lulea": "Demonstration: programmet", "/tillfalle/lulea/anmalan": "Demonstration: programmet",
			"/finns-inte": "Demonstration: programmet", "/en/": "Demonstration: the programme",
		} {
			if got := strings.Contains(w.get(path).body, told); got != demo {
				t.Errorf("%s in a demonstration (%v) tells so: %v", path, demo, got)
			}
		}
	}
}

// TestFooterIsOfTheEvent: the footer of an event's page sends nobody elsewhere than the event does,
// and gives no advice a second time.
func TestFooterIsOfTheEvent(t *testing.T) {
	w := newWorld(t)
	e := testkit.Event("lulea", 10)
	e.Contact.Phone, e.Contact.Email = "070-174 06 01", "lulea@example.se"
	w.AddEvent(t, e)
	for _, path := range []string{"/tillfalle/lulea", "/tillfalle/lulea/anmalan"} {
		_, footer, _ := strings.Cut(w.get(path).body, "<footer")
		if !strings.Contains(footer, e.Contact.Phone) || !strings.Contains(footer, e.Contact.Email) {
			t.Errorf("the footer of %s lacks the contact of the event:\n%s", path, footer)
		}
		if strings.Contains(footer, "skyddade personuppgifter") {
			t.Errorf("the footer of %s repeats the advice of the page", path)
		}
	}
	own := w.take("lulea", 1)
	for _, path := range []string{own, own + "/avboka"} {
		if strings.Contains(w.get(path).want(t, http.StatusOK).body, "skyddade personuppgifter") {
			t.Errorf("%s advises someone who has registered what to do before she does", path)
		}
	}
	if strings.Contains(w.register("lulea", 2).body, "skyddade personuppgifter") {
		t.Error("the receipt gives advice about registering")
	}
	if _, footer, _ := strings.Cut(w.get("/").body, "<footer"); !strings.Contains(footer, "skyddade personuppgifter") {
		t.Error("the first page lacks the advice")
	}
}

// TestReceiptSaysHowToCancel: a place can be given back, a queue can be left, and only a place has a
// day for the calendar.
func TestReceiptSaysHowToCancel(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 1))
	const cancel, leave, calendar = "Får du förhinder: avboka på Min anmälan eller ring", "Vill du lämna kön: gör det på Min anmälan eller ring", "fil till din kalender"
	w.register("lulea", 1).want(t, http.StatusOK, cancel, "senast torsdag 17", calendar, "Var du redan anmäld? Då har vi inte ändrat något.")
	if body := w.register("lulea", 4).body; strings.Index(body, "Var du redan anmäld?") > strings.Index(body, "Det här händer nu") {
		t.Error("what holds for someone registered already does not stand by the number")
	}
	queued := w.take("lulea", 2)
	if body := w.get(queued).want(t, http.StatusOK, "En ledig plats erbjuds den som står först i kön.").body; strings.Contains(body, calendar) {
		t.Error("who waits is asked to put the day in the calendar")
	}
	if body := w.register("lulea", 3).want(t, http.StatusOK, "Du står i kö", leave, "Var du redan anmäld? Då har vi inte ändrat något.").body; strings.Contains(body, calendar) {
		t.Error("the receipt of the queue has the calendar")
	}
}
