package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

func TestOwn_cancel(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 1))
	own, waiting := w.take("lulea", 1), w.take("lulea", 2)
	w.get(own).want(t, http.StatusOK, "Du kan avboka till och med torsdag 17 november 2016.", "Avboka platsen")
	page := w.get(own+"/avboka").want(t, http.StatusOK, "Avboka platsen", "Platsen erbjuds direkt till den som står i kö", "Varför avbokar du? (frivilligt)")
	w.get(inEnglish(own+"/avboka")).want(t, http.StatusOK, "Cancel the place", "Why do you cancel?")
	form := page.filled("step", "cancel", "reason", "Får inte ledigt")
	w.done(w.post(own+"/avboka", form), "avbokad").want(t, http.StatusOK, "Platsen är avbokad", "Din anmälan är avbokad", "Du skrev: Får inte ledigt")
	w.done(w.post(own+"/avboka", form), "avbokad").want(t, http.StatusOK, "Platsen är avbokad")
	if got := w.own(waiting).Registration.Status; got != domain.Offered {
		t.Errorf("the first in the queue is %s", got)
	}
	w.get(own+"/avboka").want(t, http.StatusSeeOther)
	if n := countKind(w.own(own).History, domain.HistoryCancelled); n != 1 {
		t.Errorf("cancelled %d times", n)
	}
}

func countKind(history []domain.HistoryEntry, kind domain.HistoryKind) int {
	n := 0
	for _, h := range history {
		if h.Kind == kind {
			n++
		}
	}
	return n
}

func TestOwn_cancelFaultsKeepTheReason(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 1))
	own := w.take("lulea", 1)
	for reason, fault := range map[string]string{
		strings.Repeat("å", domain.MaxReason+1): "Skälet får ha högst 500 tecken",
		"Mitt nummer är 19121212-1212":          "”Varför avbokar du?”: 19121212-XXXX ser ut som ett personnummer",
	} {
		page := w.post(own+"/avboka", w.get(own+"/avboka").filled("step", "cancel", "reason", reason)).
			want(t, http.StatusUnprocessableEntity, "Det finns fel i formuläret", fault)
		if got := page.fields().Get("reason"); got != reason {
			t.Errorf("shows %q, %q was typed", got, reason)
		}
		if title := page.find("title")[0].FirstChild.Data; !strings.HasPrefix(title, "Fel: ") {
			t.Errorf("the title is %q", title)
		}
	}
	if got := w.own(own).Registration.Status; got != domain.Confirmed {
		t.Errorf("the place is %s", got)
	}
}

// TestOwn_cancelsOnlyWhatWasShown: someone who reads "leave the queue" while she is given a place
// must not lose the place by it.
func TestOwn_cancelsOnlyWhatWasShown(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 1))
	first, second := w.take("lulea", 1), w.take("lulea", 2)
	leave := w.get(second+"/avboka").want(t, http.StatusOK, "Lämna kön").filled("step", "cancel")
	must(t, w.Registrations.Cancel(quiet(), domain.Visitor(), tokenOf(first), ""))
	must(t, w.Registrations.Accept(quiet(), domain.Visitor(), tokenOf(second)))
	w.post(second+"/avboka", leave).want(t, http.StatusConflict, "Ingenting är ändrat", "Avboka platsen")
	if got := w.own(second).Registration.Status; got != domain.Confirmed {
		t.Errorf("the place is %s", got)
	}
	now := w.get(second+"/avboka").filled("step", "cancel") // the twin: what is shown now is taken
	w.done(w.post(second+"/avboka", now), "avbokad")
}

func TestOwn_afterTheLastDay(t *testing.T) {
	for name, c := range map[string]struct {
		after domain.AfterLastCancelDay
		words []string
		ask   bool
	}{
		"hand over only": {domain.TransferOnly, []string{"Du kan överlåta platsen till en kollega"}, false},
		"ask":            {domain.ContactUs, []string{"Du kan fråga arrangören", "Fråga arrangören", "överlåta platsen"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			e := w.AddEvent(t, change("lulea", 10, func(e *domain.Event) { e.AfterCancel = c.after }))
			own := w.take("lulea", 1)
			early := w.get(own+"/avboka").filled("step", "cancel")
			w.Clock.Set(e.CancelUntil.End())
			w.get(own).want(t, http.StatusOK, "Sista dag att avboka var torsdag 17 november 2016.")
			page := w.get(own+"/avboka").want(t, http.StatusOK, c.words...)
			if got := strings.Contains(page.body, `name="reason"`); got != c.ask {
				t.Errorf("asks for a reason: %v, want %v", got, c.ask)
			}
			w.post(own+"/avboka", early).want(t, http.StatusConflict, "Ingenting är ändrat", c.words[0])
			if !c.ask {
				return
			}
			form := page.filled("step", "ask")
			w.post(own+"/avboka", form).want(t, http.StatusUnprocessableEntity, "Skriv varför du vill avboka")
			form.Set("reason", "Sjuk")
			for range 2 {
				w.done(w.post(own+"/avboka", form), "fragat").want(t, http.StatusOK, "Frågan är skickad", "Platsen är din tills du får svar")
			}
			w.get(own+"/avboka").want(t, http.StatusOK, "Platsen är din tills du får svar")
		})
	}
}

func TestOwn_longerDay(t *testing.T) {
	w := newWorld(t)
	e := w.AddEvent(t, testkit.Event("lulea", 10))
	own := w.take("lulea", 1)
	must(t, w.Registrations.Extend(quiet(), domain.Operator(), w.own(own).Registration.ID, e.CancelUntil.AddDays(5)))
	w.Clock.Set(e.CancelUntil.End())
	w.get(own).want(t, http.StatusOK, "Arrangören har gett dig längre tid: du kan avboka till och med tisdag 22 november 2016.")
	page := w.get(own+"/avboka").want(t, http.StatusOK, "längre tid")
	w.done(w.post(own+"/avboka", page.filled("step", "cancel")), "avbokad")
}

func TestOwn_queue(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 1))
	w.take("lulea", 1)
	second, third := w.take("lulea", 2), w.take("lulea", 3)
	w.get(second).want(t, http.StatusOK, "Du är nummer 1 i kön.", "Ingen står före dig.", "Ingen plats har blivit ledig än", "minst 24 timmar")
	w.get(third).want(t, http.StatusOK, "Du är nummer 2 i kön.", "1 person står före dig.")
	w.get(inEnglish(third)).want(t, http.StatusOK, "1 person is ahead of you.")
	form := w.get(second+"/avboka").want(t, http.StatusOK, "Lämna kön", "Du förlorar din plats i kön").filled("step", "cancel")
	for range 2 {
		w.done(w.post(second+"/avboka", form), "lamnat").want(t, http.StatusOK, "Du har lämnat kön")
	}
	left := w.get(second).want(t, http.StatusOK, "Du har lämnat kön", "Du lämnade kön.")
	for _, other := range []string{"är avbokad", "tog tillbaka"} {
		if strings.Contains(left.body, other) {
			t.Errorf("who left the queue is told that it %s", other)
		}
	}
	w.get(third).want(t, http.StatusOK, "Du är nummer 1 i kön.")
}

func TestOwn_offer(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 1))
	own := w.offered("lulea")
	page := w.get(own).want(t, http.StatusOK, "Du har fått erbjudande om en plats", "Platsen är din om du tackar ja före måndag 3 oktober 2016 kl. 12.00",
		"Ja, jag tar platsen", "Nej tack", "Tackar du ja är anmälan bindande.", "Därefter kan du avboka till och med torsdag 17 november 2016.")
	if strings.Contains(page.body, `value="wait"`) {
		t.Error("someone alone is asked to wait for two")
	}
	w.get(inEnglish(own)).want(t, http.StatusOK, "Yes, I take the place", "No, thank you")
	for range 2 {
		w.done(w.post(own+"/erbjudande", url.Values{"reply": {"yes"}}), "plats").want(t, http.StatusOK, "Platsen är din", "Du är anmäld")
	}
	if n := countKind(w.own(own).History, domain.HistoryAccepted); n != 1 {
		t.Errorf("accepted %d times", n)
	}
	w.get(own+"/erbjudande").want(t, http.StatusSeeOther)
}

func TestOwn_offerDeclined(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 1))
	own, next := w.offered("lulea"), w.take("lulea", 3)
	for range 2 {
		w.done(w.post(inEnglish(own)+"/offer", url.Values{"reply": {"no"}}), "nej").want(t, http.StatusOK, "You have said no")
	}
	w.get(next).want(t, http.StatusOK, "Du har fått erbjudande om en plats")
	w.get(own).want(t, http.StatusOK, "Du tackade nej till platsen", "Ställ dig i kö till Luleå")
}

func TestOwn_offerTooLate(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 1))
	own := w.offered("lulea")
	until := w.own(own).Registration.OfferUntil
	w.Clock.Set(until)
	if page := w.get(own).want(t, http.StatusOK, "Tiden för att svara på erbjudandet har gått ut."); page.has(own + "/erbjudande") {
		t.Error("the buttons stand on after the end")
	}
	w.post(own+"/erbjudande", url.Values{"reply": {"yes"}}).want(t, http.StatusConflict, "Tiden för att svara har gått ut")
	w.passTime(until)
	w.get(own).want(t, http.StatusOK, "Erbjudandet gick ut", "Anmäl dig till Luleå")
	w.post(own+"/erbjudande", url.Values{"reply": {"yes"}}).want(t, http.StatusConflict, "Det finns inget erbjudande att svara på nu.")
}

func TestOwn_race(t *testing.T) {
	w := newWorld(t)
	e := w.AddEvent(t, change("lulea", 1, func(e *domain.Event) {
		e.Rules.Offers.RaceDays = 3
		e.CancelUntil = e.Day.AddDays(-1)
	}))
	first, second, third := w.take("lulea", 1), w.take("lulea", 2), w.take("lulea", 3)
	w.Clock.Set(e.Day.AddDays(-2).Start())
	w.get(second).want(t, http.StatusOK, "en ledig plats går till den i kön som svarar först")
	must(t, w.Registrations.Cancel(quiet(), domain.Visitor(), tokenOf(first), ""))
	for _, own := range []string{second, third} {
		page := w.get(own).want(t, http.StatusOK, "En plats är ledig: den som svarar först får den", "Ta platsen")
		if strings.Contains(page.body, `value="no"`) {
			t.Error("there is nothing to say no to")
		}
	}
	w.done(w.post(third+"/erbjudande", url.Values{"reply": {"yes"}}), "plats")
	w.post(second+"/erbjudande", url.Values{"reply": {"yes"}}).want(t, http.StatusConflict, "Någon annan svarade före dig", "Du står i kö")
}

func TestOwn_pair(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 1, func(e *domain.Event) { e.Rules.GroupLimit = 5 }))
	first := w.take("lulea", 1)
	one, other := w.pair("lulea")
	third := w.take("lulea", 3)
	must(t, w.Registrations.Cancel(quiet(), domain.Visitor(), tokenOf(first), ""))
	w.get(one).want(t, http.StatusOK, "Vi väntar tills det finns två platser", "Det finns en plats nu, och ni är två")
	for range 2 {
		w.done(w.post(one+"/erbjudande", url.Values{"reply": {"wait"}}), "vantar").want(t, http.StatusOK, "Ni väntar på två platser", "Du och din kollega väntar på två platser.")
	}
	w.get(other).want(t, http.StatusOK, "Du och din kollega väntar på två platser.")
	w.get(third).want(t, http.StatusOK, "Du har fått erbjudande om en plats")
}

func TestOwn_pending(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, change("lulea", 5, func(e *domain.Event) { e.Rules.Approval = true }))
	own, other := w.take("lulea", 1), w.take("lulea", 2)
	w.get(own).want(t, http.StatusOK, "Din ansökan väntar på svar", "Ta tillbaka ansökan")
	must(t, w.Registrations.Decide(quiet(), domain.Operator(), w.own(other).Registration.ID, false, "Dagen är för skolan."))
	w.get(other).want(t, http.StatusOK, "Arrangören sa nej till din ansökan", "Arrangören skrev: Dagen är för skolan.")
	form := w.get(own+"/avboka").want(t, http.StatusOK, "Ta tillbaka ansökan").filled("step", "cancel")
	w.done(w.post(own+"/avboka", form), "atertagen").want(t, http.StatusOK, "Ansökan är tillbakatagen", "Du har tagit tillbaka ansökan", "Du tog tillbaka ansökan.")
}

func TestOwn_struck(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 5))
	own := w.take("lulea", 1)
	must(t, w.Registrations.Withdraw(quiet(), domain.Operator(), w.own(own).Registration.ID, "Dubblett."))
	w.get(own).want(t, http.StatusOK, "Din anmälan är struken av arrangören", "Arrangören skrev: Dubblett.", "Anmäl dig till Luleå")
	w.get(inEnglish(own)).want(t, http.StatusOK, "struck by the organiser")
}

func TestOwn_eventIsOver(t *testing.T) {
	w := newWorld(t)
	e := w.AddEvent(t, testkit.Event("lulea", 1))
	own, waiting := w.take("lulea", 1), w.take("lulea", 2)
	w.Clock.Set(e.EndsAt().Add(time.Hour))
	w.get(own).want(t, http.StatusOK, "Tillfället har hållits", "Du var anmäld.")
	w.get(waiting).want(t, http.StatusOK, "Tillfället har hållits", "Du stod i kö.")
	for _, way := range []string{"/avboka", "/overlat", "/byt-ort", "/andra"} {
		if page := w.get(own+way).want(t, http.StatusOK); len(page.find("form")) > 0 {
			t.Errorf("%s has a form", way)
		}
	}
}
