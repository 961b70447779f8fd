package office_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// A choice that is none finds nobody's lines, and does not show everyone's.
func TestAudit_unknownChoice(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	for _, query := range []string{"event=ostersund", "event=finns-inte", "who=9999", "what=nonsense"} {
		page := anna.get("/handlaggare/logg?"+query).want(t, http.StatusUnprocessableEntity, "finns inte att välja")
		if strings.Contains(page.words(), "Anna Exempel loggade in") {
			t.Errorf("%s shows everything", query)
		}
	}
	anna.get("/handlaggare/logg?event=lulea").want(t, http.StatusOK)
}

// Of two registrations of one person the log, the file and both histories name the other.
func TestAudit_mergeNamesBoth(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	one, two := personOf("Gunhild", "Ström"), personOf("Gunhild", "Ström")
	two.Email = "gunhild.strom@example.se"
	w.enter(events["lulea"], one)
	w.enter(events["lulea"], two)
	a, b := w.refOf(events["lulea"], one.Email), w.refOf(events["lulea"], two.Email)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator), in(domain.RoleOrganiser))
	anna.post(people+"/"+a+"/sla-ihop", url.Values{"med": {b}, "keep": {a}, "reason": {"Två gånger"}, "step": {"confirm"}}).want(t, http.StatusSeeOther)
	anna.get("/handlaggare/logg").want(t, http.StatusOK, "slog ihop anmälan "+b+" till Temadag i Luleå, 1 december 2016 med "+a)
	anna.get(people+"/"+a).want(t, http.StatusOK, "En annan anmälan från samma person ströks ("+b+")")
	anna.get(people+"/"+b).want(t, http.StatusOK, "Struken av arrangören ("+a+")")
}

// A browser that does not say its name is called unknown.
func TestSignIns_unknownBrowser(t *testing.T) {
	w := newWorld(t)
	anna := w.user("Anna Exempel", in(domain.RoleReader))
	anna.get("/handlaggare/min-profil/inloggningar").want(t, http.StatusOK, "Okänd webbläsare – den du använder nu")
}

// What a letter's state is called is true of our side alone, and whoever is protected is told of before it
// goes again.
func TestPerson_letters(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	must(t, w.Store.Write(t.Context(), func(tx *store.Tx) error {
		letters, err := tx.ClaimLetters(t.Context(), w.Clock.Now(), time.Hour, 10_000)
		for _, l := range letters {
			err = errors.Join(err, tx.LetterFailed(t.Context(), l.ID, "mailbox full"))
		}
		return err
	}))
	c := w.user("Anna Exempel", in(domain.RoleCaseWorker))
	ref := w.refOf(events["lulea"], "person1@example.se")
	if page := c.get(people + "/" + ref).words(); strings.Contains(strings.ToLower(page), "mottagarens mejlserver") {
		t.Error("it tells of the recipient's server")
	}
	must(t, w.Registrations.Protect(t.Context(), domain.Operator(), "lulea", "person1@example.se"))
	page := c.get(people + "/" + ref)
	for _, a := range page.find("a") {
		if strings.Contains(attr(a, "href"), "/brev/") {
			c.get(attr(a, "href")).want(t, http.StatusOK, "Personen har skyddade personuppgifter")
			return
		}
	}
	t.Error("no letter can be sent again")
}
