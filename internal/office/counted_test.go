package office_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// Who is offered a place has not taken it: the pages count her apart, and never among those who cancelled.
func TestCounted_offeredApart(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	c.get("/handlaggare/tillfalle/pitea").want(t, http.StatusOK, "Anmälda 12 Platser 12")
	for _, row := range c.get("/handlaggare/tillfalle/pitea/deltagare").want(t, http.StatusOK).refsIn() {
		e, err := w.Programme.Event(t.Context(), "pitea")
		must(t, err)
		if w.statusOf(e, row) == domain.Confirmed {
			r, err := w.Store.PersonByReference(t.Context(), e.ID, row)
			must(t, err)
			must(t, w.Registrations.CancelFor(t.Context(), domain.Operator(), r.ID, domain.ChannelPhone, ""))
			break
		}
	}
	c.get("/handlaggare/tillfalle/pitea").want(t, http.StatusOK, "Anmälda 11 Erbjudna plats 1 Platser 12")
	for _, page := range []string{"/handlaggare", "/handlaggare/tillfallen"} {
		c.get(page).want(t, http.StatusOK, "11 av 12 och 1 erbjuden plats")
	}
}

// A last day that has passed is said to have, while there is still an event to look after.
func TestCounted_lastDayHasPassed(t *testing.T) {
	w := newWorld(t)
	e := testkit.Event("konferens", 20)
	e.Day, e.Starts, e.Ends = domain.Date{}, domain.NoClock, domain.NoClock
	e.RegisterUntil = domain.DateIn(w.Clock.Now()).AddDays(1)
	must(t, w.Editing.PutOrganisers(t.Context(), domain.Operator(), []domain.Organiser{testkit.Norrbotten()}))
	must(t, w.Editing.AddEvent(t.Context(), domain.Operator(), e, nil))
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	for _, page := range []string{"/handlaggare", "/handlaggare/tillfallen", "/handlaggare/tillfalle/konferens"} {
		if strings.Contains(c.get(page).want(t, http.StatusOK).words(), "har passerat") {
			t.Errorf("%s: tomorrow has passed", page)
		}
	}
	w.Clock.Turn(48 * time.Hour)
	c = w.user("Bo Exempel", in(domain.RoleOrganiser))
	for _, page := range []string{"/handlaggare", "/handlaggare/tillfallen", "/handlaggare/tillfalle/konferens"} {
		c.get(page).want(t, http.StatusOK, "har passerat")
	}
}

// A drawing says what it leaves out, and of places that nobody has decided it does not say that there are none.
func TestCounted_drawingsTellWhatTheyLeaveOut(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	for i := range 15 {
		p := testkit.Person(400 + i)
		p.Municipality = fmt.Sprintf("Kommun %d", i)
		_, err := w.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(events["lulea"], p))
		must(t, err)
	}
	open := testkit.Event("boden", 0)
	open.Town, open.Day = "Boden", open.Day.AddDays(9)
	must(t, w.Editing.AddEvent(t.Context(), domain.Operator(), open, nil))
	page := w.user("Anna Exempel", in(domain.RoleOrganiser)).get("/handlaggare").want(t, http.StatusOK, "0, antal platser är inte bestämt", "till, som står i tabellen")
	if strings.Contains(page.words(), "0 av 0") {
		t.Error("0 of 0 places")
	}
}
