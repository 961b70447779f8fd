package office_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

func newUser(name, email string) url.Values {
	return url.Values{"name": {name}, "email": {email}, "lang": {"sv"}, "county": {"BD"}, "grants": {"organiser"}}
}

// An address that somebody has is not given away by itself: whoever may know of the account is told whose it
// is, and asked.
func TestUsers_addressOfAnother(t *testing.T) {
	w := newWorld(t)
	const at = "/handlaggare/anvandare/ny"
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	w.user("Bo Exempel", in(domain.RoleReader))
	ask := anna.post(at, newUser("Gun Ny", "Bo.Exempel@example.se")).want(t, http.StatusOK, "Adressen hör redan till Bo Exempel", "Arrangör i Norrbottens län")
	if got := w.userBy("bo.exempel@example.se").Grants; len(got) != 1 {
		t.Fatalf("given before she answered: %+v", got)
	}
	done := anna.post(at, ask.fields()).want(t, http.StatusSeeOther)
	anna.get(done.to()).want(t, http.StatusOK, "Bo Exempel", "Arrangör i Norrbottens län")
	if got := w.userBy("bo.exempel@example.se"); len(got.Grants) != 2 || got.Name != "Bo Exempel" {
		t.Errorf("after the answer: %+v", got)
	}
	// A number of another account is no answer.
	w.user("Cia Exempel", in(domain.RoleReader))
	wrong := with(newUser("Gun Ny", "cia.exempel@example.se"), "known", idOf(w.userBy("bo.exempel@example.se")))
	anna.post(at, wrong).want(t, http.StatusOK, "Adressen hör redan till Cia Exempel")
	if got := w.userBy("cia.exempel@example.se").Grants; len(got) != 1 {
		t.Errorf("given on the answer for another: %+v", got)
	}
}

// A closed account is not added to as if it were open.
func TestUsers_addressOfClosed(t *testing.T) {
	w := newWorld(t)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	w.user("Bo Exempel", in(domain.RoleReader))
	bo := w.userBy("bo.exempel@example.se")
	must(t, w.accounts.Disable(t.Context(), domain.Operator(), bo.ID))
	anna.post("/handlaggare/anvandare/ny", newUser("Bo Exempel", bo.Email)).want(t, http.StatusUnprocessableEntity, "Kontot är stängt. Öppna det först")
	anna.post("/handlaggare/anvandare/ny", with(newUser("Bo Exempel", bo.Email), "known", idOf(bo))).want(t, http.StatusUnprocessableEntity, "Kontot är stängt")
	if got := w.userBy(bo.Email); len(got.Grants) != 1 {
		t.Errorf("given to a closed account: %+v", got.Grants)
	}
}

// Of another county's user she is told nothing before she has given a role.
func TestUsers_addressInAnotherCounty(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	w.user("Zoe Exempel", domain.Grant{Role: domain.RoleReader, County: "Z"})
	done := anna.post("/handlaggare/anvandare/ny", newUser("Gun Ny", "zoe.exempel@example.se")).want(t, http.StatusSeeOther)
	fresh := anna.post("/handlaggare/anvandare/ny", newUser("Ny Exempel", "ny@example.se")).want(t, http.StatusSeeOther)
	if cut(done.to()) != cut(fresh.to()) {
		t.Errorf("it leads to %q, for someone new to %q", done.to(), fresh.to())
	}
	anna.get(done.to()).want(t, http.StatusOK, "Rollerna är givna", "Zoe Exempel")
}

// cut is an address without its query.
func cut(s string) string { path, _, _ := strings.Cut(s, "?"); return path }

// Who has the same role in every county has it in one line.
func TestUsers_everyCounty(t *testing.T) {
	w := newWorld(t)
	var grants []domain.Grant
	for _, c := range domain.Counties() {
		grants = append(grants, domain.Grant{Role: domain.RoleAdministrator, County: c.Code})
	}
	grants = append(grants, in(domain.RoleReader))
	eva := w.user("Eva Exempel", grants...)
	for _, path := range []string{"/handlaggare/anvandare", "/handlaggare/min-profil"} {
		page := eva.get(path).want(t, http.StatusOK, "Administratör i alla län", "Läsare i Norrbottens län").words()
		if strings.Contains(page, "Administratör i Norrbottens") || strings.Contains(page, "i ditt län") {
			t.Errorf("%s tells every county: %s", path, page)
		}
	}
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	anna.get("/handlaggare/anvandare").want(t, http.StatusOK, "Administratör i Norrbottens län")
}

func idOf(u domain.User) string { return strconv.FormatInt(int64(u.ID), 10) }
