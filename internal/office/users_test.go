package office_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// userBy is the account with an address.
func (w *world) userBy(email string) domain.User {
	w.t.Helper()
	u, err := w.accounts.UserByEmail(context.Background(), domain.Operator(), email)
	must(w.t, err)
	return u
}

func userPath(u domain.User, more string) string {
	return "/handlaggare/anvandare/" + strconv.FormatInt(int64(u.ID), 10) + more
}

func TestUsers_addAndChange(t *testing.T) {
	w := newWorld(t)
	events := season(t, w)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	form := anna.get("/handlaggare/anvandare/ny").want(t, http.StatusOK, "Lägg till en användare", "Öppnar behov av kost och tillgänglighet, en person i taget.").fields()
	empty := anna.post("/handlaggare/anvandare/ny", form).want(t, http.StatusUnprocessableEntity, "Välj minst en roll", "Ange en e-postadress")
	if n := len(empty.find("input")); n < 10 {
		t.Errorf("the form has %d inputs", n)
	}
	filled := with(form, "name", "Nils Exempel", "email", "nils@example.se", "grants", "organiser", "event", "lulea")
	anna.post("/handlaggare/anvandare/ny", filled).want(t, http.StatusUnprocessableEntity, "Välj minst en roll vid tillfället")
	filled["at"] = []string{"check_in", "reader"}
	done := anna.post("/handlaggare/anvandare/ny", filled).want(t, http.StatusSeeOther)
	anna.get(done.to()).want(t, http.StatusOK, "Rollerna är givna", "nils@example.se", "Arrangör i Norrbottens län", "Avprickare vid Temadag i Luleå, 1 december 2016", "Aldrig")
	nils := w.userBy("nils@example.se")
	if len(nils.Grants) != 3 || nils.Grants[1].Event != events["lulea"].ID {
		t.Errorf("granted %+v", nils.Grants)
	}
	page := anna.get(userPath(nils, "")).want(t, http.StatusOK, "Skicka en ny länk", "Stäng kontot", "Tvåstegsinloggning Nej")
	if strings.Contains(page.words(), "Öppna kontot") {
		t.Error("an open account can be opened")
	}
	roles := anna.get(userPath(nils, "/roller?county=BD")).want(t, http.StatusOK, "Ändra roller för Nils Exempel").fields()
	if !slices.Equal(roles["grants"], []string{"organiser"}) || !slices.Equal(roles["held"], []string{"check_in lulea", "reader lulea"}) {
		t.Fatalf("the form is filled in with %v", roles)
	}
	roles["grants"], roles["held"] = []string{"case_worker"}, []string{"reader lulea"}
	anna.post(userPath(nils, "/roller"), roles).want(t, http.StatusSeeOther)
	got := w.userBy("nils@example.se").Grants
	want := []domain.Grant{{Role: domain.RoleReader, County: "BD", Event: events["lulea"].ID}, in(domain.RoleCaseWorker)}
	if len(got) != 2 || !slices.Contains(got, want[0]) || !slices.Contains(got, want[1]) {
		t.Errorf("granted %+v, want %+v", got, want)
	}
}

// An administrator reaches nobody in another county, nor sees what somebody of hers has been granted there; an
// account that stretches over both is whole to neither.
func TestUsers_wallBetweenCounties(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	w.user("Bo Exempel", in(domain.RoleOrganiser))
	w.user("Båda Två", in(domain.RoleReader), domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	zoe := w.user("Zoe Exempel", domain.Grant{Role: domain.RoleAdministrator, County: "Z"})
	list := zoe.get("/handlaggare/anvandare").want(t, http.StatusOK, "Zoe Exempel", "Båda Två", "Arrangör i Jämtlands län")
	if shown := list.words(); strings.Contains(shown, "Bo Exempel") || strings.Contains(shown, "Norrbotten") {
		t.Errorf("she sees another county: %s", shown)
	}
	bo, both := w.userBy("bo.exempel@example.se"), w.userBy("båda.två@example.se")
	nobody := domain.User{ID: 9999}
	ways := []string{"", "/roller", "/ny-lank", "/andra-steget", "/borja-om", "/stang", "/oppna"}
	for _, way := range ways {
		theirs, none := zoe.get(userPath(bo, way)), zoe.get(userPath(nobody, way))
		if theirs.StatusCode != http.StatusNotFound || theirs.body != none.body {
			t.Errorf("%q of another county's user answers %d", way, theirs.StatusCode)
		}
		if way == "" {
			continue
		}
		if got := zoe.post(userPath(bo, way), url.Values{}).StatusCode; got != http.StatusNotFound {
			t.Errorf("post %q of another county's user answers %d", way, got)
		}
		if way == "/roller" {
			continue
		}
		if got := zoe.post(userPath(both, way), url.Values{}).StatusCode; got != http.StatusNotFound {
			t.Errorf("post %q of a shared user answers %d", way, got)
		}
	}
	page := zoe.get(userPath(both, "")).want(t, http.StatusOK, "inte själva kontot")
	if strings.Contains(page.words(), "Norrbotten") || strings.Contains(page.words(), "Läsare") {
		t.Error("she sees what another county has granted")
	}
	zoe.get(userPath(both, "/roller?county=BD")).want(t, http.StatusNotFound)
	zoe.post(userPath(both, "/roller"), url.Values{"county": {"BD"}, "grants": {"administrator"}}).want(t, http.StatusNotFound)
	zoe.post("/handlaggare/anvandare/ny", url.Values{
		"name": {"Ny"}, "email": {"ny@example.se"}, "county": {"BD"}, "grants": {"reader"}, "lang": {"sv"},
	}).want(t, http.StatusUnprocessableEntity, "Välj roller i ditt eget län")
	w.user("Tom Exempel", in(domain.RoleOrganiser)).get("/handlaggare/anvandare").want(t, http.StatusNotFound)
	zoe.post(userPath(both, "/roller"), url.Values{"county": {"Z"}}).want(t, http.StatusSeeOther)
	if got := w.userBy("båda.två@example.se").Grants; len(got) != 1 || got[0].County != "BD" {
		t.Errorf("left: %+v", got)
	}
}

func TestUsers_lastAdministratorStays(t *testing.T) {
	w := newWorld(t)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	me := w.userBy("anna.exempel@example.se")
	anna.post(userPath(me, "/roller"), url.Values{"county": {"BD"}, "grants": {"reader"}}).
		want(t, http.StatusConflict, "Det finns ingen annan administratör i länet.")
	anna.post(userPath(me, "/stang"), nil).want(t, http.StatusConflict, "Du kan inte stänga")
	anna.get(userPath(me, "")).want(t, http.StatusOK, "Det här är du.")
	eva := w.user("Eva Exempel", in(domain.RoleAdministrator)) // the twin: with another one it goes
	anna.post(userPath(me, "/roller"), url.Values{"county": {"BD"}, "grants": {"reader"}}).want(t, http.StatusSeeOther)
	anna.get("/handlaggare/anvandare").want(t, http.StatusNotFound)
	eva.get("/handlaggare/anvandare").want(t, http.StatusOK)
}

func TestUsers_acts(t *testing.T) {
	w := newWorld(t)
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator))
	nilsIn := w.user("Nils Exempel", in(domain.RoleReader))
	nilsIn.addApp(t)
	nils := w.userBy("nils.exempel@example.se")
	anna.get(userPath(nils, "")).want(t, http.StatusOK, "Ta bort tvåstegsinloggningen", "Tvåstegsinloggning Ja")
	w.Clock.Turn(domain.SignInRecent * 2)
	for _, way := range []string{"/andra-steget", "/borja-om"} {
		for _, led := range []*response{anna.get(userPath(nils, way)), anna.post(userPath(nils, way), nil)} {
			if !strings.HasPrefix(led.want(t, http.StatusSeeOther).to(), "/handlaggare/min-profil/visa-vem-du-ar?") {
				t.Errorf("%s leads to %q", way, led.to())
			}
		}
	}
	if !w.userBy("nils.exempel@example.se").TOTP {
		t.Fatal("the app went without a proof")
	}
	w.signInAgain(anna, "anna.exempel@example.se")
	anna.get(userPath(nils, "/andra-steget")).want(t, http.StatusOK, "Ta bort tvåstegsinloggningen för Nils Exempel?")
	done := anna.post(userPath(nils, "/andra-steget"), nil).want(t, http.StatusSeeOther)
	anna.get(done.to()).want(t, http.StatusOK, "Tvåstegsinloggningen är borttagen")
	nilsIn.get("/handlaggare").want(t, http.StatusSeeOther)
	anna.get(userPath(nils, "/andra-steget")).want(t, http.StatusOK, "Personen har ingen tvåstegsinloggning.")
	anna.post(userPath(nils, "/ny-lank"), nil).want(t, http.StatusSeeOther)
	anna.get(userPath(nils, "/stang")).want(t, http.StatusOK, "Stäng kontot för Nils Exempel?")
	for range 2 { // harmless when sent twice
		anna.post(userPath(nils, "/stang"), nil).want(t, http.StatusSeeOther)
	}
	anna.get("/handlaggare/anvandare").want(t, http.StatusOK, "Stängt")
	anna.post(userPath(nils, "/ny-lank"), nil).want(t, http.StatusConflict, "Kontot är stängt. Öppna det först.")
	anna.post(userPath(nils, "/oppna"), nil).want(t, http.StatusSeeOther)
	anna.post(userPath(nils, "/borja-om"), nil).want(t, http.StatusSeeOther)
}

// signInAgain gives the client a fresh sign-in by a one-time link.
func (w *world) signInAgain(c *client, email string) {
	w.t.Helper()
	token, err := w.accounts.MakeLink(context.Background(), domain.Operator(), email)
	must(w.t, err)
	c.post("/handlaggare/lank/"+token, nil).want(w.t, http.StatusSeeOther)
}
