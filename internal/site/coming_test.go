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

func TestOwn_coming(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 2))
	own := w.take("lulea", 1)
	page := w.get(own+"/kommer").want(t, http.StatusOK, "Kommer du?", "Ja, jag kommer", "Jag kan inte komma")
	w.get(inEnglish(own+"/kommer")).want(t, http.StatusOK, "Yes, I am coming")
	form := page.filled()
	w.done(w.post(own+"/kommer", form), "kommer").want(t, http.StatusOK, "Tack, då räknar vi med dig", "Du har svarat att du kommer.", "Du svarade att du kommer.")
	w.Clock.Turn(time.Hour)
	w.done(w.post(own+"/kommer", form), "kommer").want(t, http.StatusOK, "Tack, då räknar vi med dig")
	w.get(own+"/kommer").want(t, http.StatusOK, "Du behöver inte svara en gång till")
	if r := w.own(own); countKind(r.History, domain.HistoryComing) != 1 || !r.Registration.Coming.Before(w.Clock.Now().Add(-time.Minute)) {
		t.Errorf("said %d times, last at %v", countKind(r.History, domain.HistoryComing), r.Registration.Coming)
	}
}

// Mail scanners follow every link and fetch ahead: neither page says anything in her name.
func TestOwn_comingIsSaidByHerAlone(t *testing.T) {
	w := newWorld(t)
	w.AddEvent(t, testkit.Event("lulea", 2))
	said := func(do func(own string)) bool {
		own := w.take("lulea", 1)
		before := len(w.own(own).History)
		do(own)
		r := w.own(own)
		changed := len(r.History) != before || !r.Registration.Coming.IsZero() || r.Registration.Status != domain.Confirmed
		must(t, w.Registrations.Cancel(quiet(), domain.Visitor(), tokenOf(own), ""))
		return changed
	}
	for _, at := range []string{"/kommer", "/kommer-inte"} {
		if said(func(own string) {
			w.get(own+at).want(t, http.StatusOK)
			w.get(own + at + "?klart=kommer")
			w.get(own + at + "?step=coming&seen=confirmed")
			w.get(inEnglish(own+at)).want(t, http.StatusOK)
		}) {
			t.Errorf("looking at %s says something", at)
		}
	}
	if !said(func(own string) { w.post(own+"/kommer", url.Values{"seen": {"confirmed"}}) }) { // the twin: what is said is seen
		t.Error("the button says nothing: the test proves nothing")
	}
}

func TestOwn_notComing(t *testing.T) {
	w := newWorld(t)
	e := testkit.Event("lulea", 2)
	e.Binding, e.AfterCancel = true, domain.ContactUs
	w.AddEvent(t, e)
	own := w.take("lulea", 1)
	leads := func(page *response, to ...string) {
		t.Helper()
		for _, at := range to {
			if !strings.Contains(page.body, `href="`+own+at+`"`) {
				t.Errorf("no way to %s", at)
			}
		}
	}
	leads(w.get(own+"/kommer-inte").want(t, http.StatusOK, "Anmälan är bindande.", "Avboka platsen", "Jag kommer ändå"), "/avboka", "/overlat", "/kommer")
	w.get(inEnglish(own+"/kommer-inte")).want(t, http.StatusOK, "If you cannot come", "Your registration is binding.")
	w.Clock.Set(e.CancelUntil.AddDays(2).At(9 * 60))
	late := w.get(own+"/kommer-inte").want(t, http.StatusOK, "Kan du inte komma?", "Sista dag att avboka var", "Har du ingen kollega")
	leads(late, "/overlat")
	if strings.Contains(late.body, `href="`+own+`/avboka"`) {
		t.Error("it leads to where it cannot be cancelled")
	}
	if r := w.post(own+"/kommer-inte", nil); r.StatusCode == http.StatusOK || r.StatusCode == http.StatusSeeOther {
		t.Errorf("the page takes a form: %d", r.StatusCode)
	}
}

// Whoever cannot come tells the organiser with one button, whatever the event says of asking, and only when the
// place cannot be given back. Looking says nothing; staff have it among those who ask to be let off.
func TestOwn_notComingAlone(t *testing.T) {
	for _, after := range []domain.AfterLastCancelDay{domain.ContactUs, domain.TransferOnly} {
		w := newWorld(t)
		e := testkit.Event("lulea", 2)
		e.Binding, e.AfterCancel, e.Contact.Phone = true, after, "010-225 50 00"
		w.AddEvent(t, e)
		own := w.take("lulea", 1)
		const button = "Har du ingen kollega som kan ta platsen?"
		early := w.get(own+"/kommer-inte").want(t, http.StatusOK, "Du kan också ringa arrangören: 010-225 50 00")
		if strings.Contains(early.body, button) {
			t.Error("she is to tell what she can do herself")
		}
		if strings.Index(early.body, "010-225 50 00") > strings.Index(early.body, "/overlat") {
			t.Error("the number does not stand at the top")
		}
		w.Clock.Set(e.CancelUntil.AddDays(2).At(9 * 60))
		form := w.get(own+"/kommer-inte").want(t, http.StatusOK, button).filled()
		if n := countKind(w.own(own).History, domain.HistoryAsked); n != 0 {
			t.Errorf("looking has told it %d times", n)
		}
		form.Set("step", "alone")
		for range 2 {
			w.done(w.post(own+"/avboka", form), "fragat").want(t, http.StatusOK, "Frågan är skickad till arrangören")
		}
		if n := countKind(w.own(own).History, domain.HistoryAsked); n != 1 {
			t.Errorf("%s: told %d times", after, n)
		}
		if again := w.get(own+"/kommer-inte").want(t, http.StatusOK, "Du har frågat arrangören"); strings.Contains(again.body, button) {
			t.Error("what is told is to be told again")
		}
	}
}

// Whoever has no place, or whose event is over, is led to where it says how it stands.
func TestOwn_nothingToComeTo(t *testing.T) {
	w := newWorld(t)
	e := w.AddEvent(t, testkit.Event("lulea", 1))
	own, waits := w.take("lulea", 1), w.take("lulea", 2)
	away := func(page string) {
		t.Helper()
		for _, at := range []string{"/kommer", "/kommer-inte"} {
			if to := w.get(page+at).want(t, http.StatusSeeOther).Header.Get("Location"); to != page {
				t.Errorf("%s leads to %s", at, to)
			}
		}
		w.post(page+"/kommer", url.Values{"seen": {"confirmed"}}).want(t, http.StatusSeeOther)
		if !w.own(page).Registration.Coming.IsZero() {
			t.Error("she comes to nothing")
		}
	}
	away(waits)
	w.Clock.Set(e.EndsAt())
	away(own)
	if a, b := w.get("/min-anmalan/nonsense/kommer"), w.get("/min-anmalan/nonsense"); a.StatusCode != http.StatusNotFound || a.StatusCode != b.StatusCode {
		t.Errorf("an unknown link answers %d", a.StatusCode)
	}
}
