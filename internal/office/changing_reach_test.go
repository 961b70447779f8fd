package office_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// TestCallOff: it takes a reason and a tick, is done once, and leads to those who must be called.
func TestCallOff(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	w.phones(events["kiruna"], 500)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	const page = "/handlaggare/tillfalle/kiruna/stall-in"
	all := w.counts("kiruna").Registered()
	form := c.get(page).want(t, http.StatusOK, "Ställ in tillfället", "Det går inte att ångra.", "Flytta det till en annan dag").fields()
	reason := "Föreläsaren är sjuk."
	c.post(page, form).want(t, http.StatusUnprocessableEntity, "Skriv varför", "Kryssa i att tillfället ska ställas in")
	c.post(page, with(form, "reason_sv", reason)).want(t, http.StatusUnprocessableEntity, "Kryssa i att tillfället ska ställas in", reason)
	c.post(page, with(url.Values{}, "sure", "yes")).want(t, http.StatusUnprocessableEntity, "Skriv varför")
	if w.queued(domain.LetterEventCancelled) != 0 || w.audited("event.cancelled") != 0 {
		t.Fatal("a refused form called it off")
	}
	for range 2 {
		sent := c.post(page, with(form, "reason_sv", reason, "sure", "yes")).want(t, http.StatusSeeOther)
		c.get(sent.to()).want(t, http.StatusOK, "Vilka beskedet har nått", "Tillfället ställdes in", "Saknar e-post")
	}
	if n := w.queued(domain.LetterEventCancelled); n != all-1 || w.audited("event.cancelled") != 1 {
		t.Errorf("%d letters to %d people, called off %d times", n, all, w.audited("event.cancelled"))
	}
	w.Clock.Turn(2e9)
	w.anyone().get("/tillfalle/kiruna").want(t, http.StatusOK, reason)
	if got := c.get(page).want(t, http.StatusSeeOther).to(); got != "/handlaggare/tillfalle/kiruna/besked" {
		t.Errorf("called off already, it leads to %s", got)
	}
	c.get("/handlaggare/tillfalle/utkast/stall-in").want(t, http.StatusConflict, "inte publicerat")
	w.Clock.Set(events["lulea"].EndsAt())
	c = w.user("Bo Exempel", in(domain.RoleOrganiser))
	c.get("/handlaggare/tillfalle/lulea/stall-in").want(t, http.StatusConflict, "Tillfället har redan hållits.")
}

// TestReach: who has not been reached stands there with a number to call; a protected person only once she
// is asked for by someone who may and has just proved who she is, and that is in the log.
func TestReach(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	ctx := context.Background()
	w.phones(events["kiruna"], 500, func(in *domain.Entry) { in.GivenName, in.FamilyName, in.Phone = "Ring", "Migsson", "0920-12 34 56" })
	hidden := personOf("Kanarie", "Fågelsson")
	hidden.Phone = "0911-99 88 77"
	w.enter(events["kiruna"], hidden)
	must(t, w.Registrations.Protect(ctx, domain.Operator(), "kiruna", hidden.Email))
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	c.get(reachAt).want(t, http.StatusOK, "Inget besked om ändring eller inställt tillfälle har gått ut.")
	_, err := w.events().Cancel(ctx, c.actor(), "kiruna", domain.Text{Sv: "Storm."})
	must(t, err)
	w.delivers(domain.LetterEventCancelled, func(_ int, l domain.Letter) domain.LetterState {
		if l.To == hidden.Email {
			return domain.LetterFailed
		}
		return domain.LetterAccepted
	})
	page := c.get(reachAt).want(t, http.StatusOK, "Migsson, Ring", "0920-12 34 56", "Mejlet kom inte fram", "Skyddade personuppgifter", "Visa personer med skyddade uppgifter")
	if strings.Contains(page.body, "Kanarie") || strings.Contains(page.body, "99 88 77") || strings.Contains(page.words(), "Mejlet är på väg") {
		t.Error("somebody is shown who should not be")
	}
	shown := c.post(reachAt, nil).want(t, http.StatusOK, "Fågelsson, Kanarie", "0911-99 88 77", "Sidan visar personer med skyddade uppgifter")
	called := false
	for _, a := range shown.find("a") {
		called = called || attr(a, "href") == "tel:+46911998877"
	}
	if !called {
		t.Error("she cannot be called")
	}
	if n := w.audited("registration.protected_shown"); n != 1 {
		t.Errorf("shown %d times by the log", n)
	}
	if strings.Contains(c.get(reachAt).body, "Kanarie") || w.audited("registration.protected_shown") != 1 {
		t.Error("a page that is read shows her, or is noted")
	}
	reader := w.user("Frans Exempel", in(domain.RoleReader))
	for _, got := range []*response{reader.get(reachAt), reader.post(reachAt, nil)} {
		if got.want(t, http.StatusOK, "Migsson, Ring"); strings.Contains(got.body, "Kanarie") || strings.Contains(got.body, "Visa personer") {
			t.Error("a reader sees her")
		}
	}
	w.Clock.Turn(domain.SignInRecent + 1)
	if got := c.post(reachAt, nil).want(t, http.StatusSeeOther).to(); !strings.Contains(got, "visa-vem-du-ar") {
		t.Errorf("after a while it leads to %s", got)
	}
	if n := w.audited("registration.protected_shown"); n != 1 {
		t.Errorf("shown %d times", n)
	}
}
