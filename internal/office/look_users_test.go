package office_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/office"
)

// accountScenes are the pages about users, the log and the help, and those of a sign-in that was over.
func accountScenes(t *testing.T) map[string][]byte {
	t.Helper()
	w := newWorld(t)
	season(t, w)
	pages := make(map[string][]byte)
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/"+name] = []byte(r.want(t, status).body)
		return r
	}
	anna := w.user("Anna Exempel", in(domain.RoleAdministrator), domain.Grant{Role: domain.RoleAdministrator, County: "AC"})
	w.user("Nils-Ánte Långtnamn Sárá Zetterqvist Öberg", in(domain.RoleOrganiser), in(domain.RoleNeedsOfficer)).addApp(t)
	w.user("Båda Två", in(domain.RoleReader), domain.Grant{Role: domain.RoleOrganiser, County: "Z"})
	w.user("Stängd Exempel", in(domain.RoleRegistrar))
	nils, both, closed := w.userBy("nils-ánte.långtnamn.sárá.zetterqvist.öberg@example.se"), w.userBy("båda.två@example.se"), w.userBy("stängd.exempel@example.se")
	must(t, w.accounts.Disable(t.Context(), domain.Operator(), closed.ID))
	anna.post(userPath(nils, "/roller"), url.Values{"county": {"BD"}, "grants": {"organiser"}, "event": {"lulea"}, "at": {"check_in"}}).want(t, http.StatusSeeOther)

	keep("users", anna.get("/handlaggare/anvandare?done=user_added"), http.StatusOK)
	keep("users-en", anna.get("/en/office/users"), http.StatusOK)
	form := keep("user-new", anna.get("/handlaggare/anvandare/ny"), http.StatusOK).fields()
	keep("user-new-en", anna.get("/en/office/users/new"), http.StatusOK)
	keep("user-new-wrong", anna.post("/handlaggare/anvandare/ny", with(form, "name", "", "email", "x", "event", "lulea")), http.StatusUnprocessableEntity)
	keep("user", anna.get(userPath(nils, "?done=user_roles")), http.StatusOK)
	keep("user-shared", anna.get(userPath(both, "")), http.StatusOK)
	keep("user-closed", anna.get(userPath(closed, "")), http.StatusOK)
	keep("user-own", anna.get(userPath(w.userBy("anna.exempel@example.se"), "")), http.StatusOK)
	keep("user-roles", anna.get(userPath(nils, "/roller?county=BD")), http.StatusOK)
	keep("user-roles-last", anna.post(userPath(w.userBy("anna.exempel@example.se"), "/roller"), url.Values{"county": {"BD"}}), http.StatusConflict)
	for _, act := range []string{"ny-lank", "andra-steget", "borja-om", "stang", "oppna"} {
		keep("user-"+act, anna.get(userPath(nils, "/"+act)), http.StatusOK)
	}
	keep("log", anna.get("/handlaggare/logg"), http.StatusOK)
	keep("log-en", anna.get("/en/office/log?what=user"), http.StatusOK)
	keep("log-none", anna.get("/handlaggare/logg?to=2011-01-01"), http.StatusOK)
	keep("log-wrong", anna.get("/handlaggare/logg?from=ig%C3%A5r"), http.StatusUnprocessableEntity)
	keep("help", anna.get("/handlaggare/hjalp"), http.StatusOK)
	keep("help-en", anna.get("/en/office/help"), http.StatusOK)
	for slug := range office.HelpPages() {
		keep("help-"+slug, anna.get("/handlaggare/hjalp/"+slug), http.StatusOK)
		keep("help-"+slug+"-en", anna.get("/en/office/help/"+slug), http.StatusOK)
	}
	eva, email := w.atHerDesk("Eva Exempel", in(domain.RoleCaseWorker))
	led := eva.tooLate(t).to()
	keep("unsent-sign-in", eva.get(led), http.StatusOK)
	back := eva.enter(t, email, led)
	keep("unsent", eva.get(back), http.StatusOK)
	w.Clock.Turn(domain.SignInLife + time.Hour)
	keep("unsent-lost", eva.get(eva.post("/handlaggare/logg/hamta", url.Values{"what": {"user"}}).to()), http.StatusOK)
	keep("forgot-sent", w.anyone().post("/handlaggare/glomt-losenord", url.Values{"email": {"eva@example.se"}}), http.StatusOK)
	return pages
}

func TestAccountPages(t *testing.T) { lookAt(t, "users, the log and the help", accountScenes(t)) }
