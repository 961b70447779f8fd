package office_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

const unsentCookie = "__Host-temadag-unsent"

// jar is someone's browser with every cookie that it is given.
type jar struct {
	*client
	kept map[string]string
}

func (j *jar) do(method, path, body, kind string) *response {
	var all []string
	for name, value := range j.kept {
		all = append(all, name+"="+value)
	}
	header := []string{"Cookie", strings.Join(all, "; ")}
	if kind != "" {
		header = append(header, "Content-Type", kind)
	}
	r := j.client.do(method, path, body, header...)
	for _, k := range r.Cookies() {
		j.kept[k.Name] = k.Value
		if k.MaxAge < 0 || k.Value == "" {
			delete(j.kept, k.Name)
		}
	}
	return r
}

func (j *jar) get(path string) *response { return j.do(http.MethodGet, path, "", "") }

func (j *jar) post(path string, values url.Values) *response {
	return j.do(http.MethodPost, path, values.Encode(), "")
}

// atHerDesk is someone with a password who is signed in.
func (w *world) atHerDesk(name string, grants ...domain.Grant) (*jar, string) {
	w.t.Helper()
	email := w.withPassword(name, grants...)
	j := &jar{client: w.anyone(), kept: map[string]string{}}
	j.enter(w.t, email, "/handlaggare/logga-in")
	return j, email
}

// enter signs in at the page and answers where it leads.
func (j *jar) enter(t testing.TB, email, page string) string {
	t.Helper()
	form := j.get(page).want(t, http.StatusOK).fields()
	return j.post("/handlaggare/logga-in", with(form, "email", email, "password", password)).want(t, http.StatusSeeOther).to()
}

const registerPath = "/handlaggare/tillfalle/lulea/anmal"

// tooLate fills in the form for a caller and sends it when the sign-in is over.
func (j *jar) tooLate(t testing.TB) *response {
	t.Helper()
	form := j.get(registerPath).want(t, http.StatusOK).fields()
	form = with(form, "given_name", "Karin", "family_name", "Öst", "organisation", "Bodens kommun", "channel", "email", "diet_text", "Inga nötter", "step", "review")
	form["diet"] = []string{"vegan"}
	j.w.Clock.Turn(domain.SignInIdle + time.Minute)
	return j.post(registerPath, form)
}

func TestUnsent_comesBackFilledIn(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	eva, email := w.atHerDesk("Eva Exempel", in(domain.RoleCaseWorker))
	led := eva.tooLate(t).want(t, http.StatusSeeOther).to()
	if strings.Contains(led, "Karin") || strings.Contains(led, "tter") {
		t.Errorf("the address tells what was typed: %s", led)
	}
	page := eva.get(led).want(t, http.StatusOK, "det du skrev finns kvar", "30 minuter")
	if strings.Contains(page.body, "Karin") {
		t.Error("the sign-in page tells what was typed")
	}
	before := len(w.names(t))
	back := eva.enter(t, email, led)
	form := eva.get(back).want(t, http.StatusOK, "Här är det du skrev", "ingenting är sparat än").fields()
	for name, want := range map[string]string{
		"given_name": "Karin", "family_name": "Öst", "organisation": "Bodens kommun", "channel": "email", "diet": "vegan", "diet_text": "Inga nötter",
	} {
		if form.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, form.Get(name), want)
		}
	}
	if len(w.names(t)) != before {
		t.Error("something was sent for her")
	}
	eva.get(back).want(t, http.StatusOK, "Här är det du skrev") // as often as she likes
	if plain := eva.get(registerPath).want(t, http.StatusOK); strings.Contains(plain.body, "Karin") {
		t.Error("the page is filled in though nobody asked for it")
	}
	if _, ok := eva.kept[unsentCookie]; !ok {
		t.Fatal("the cookie went too early")
	}
	eva.post(registerPath, form)
	if _, ok := eva.kept[unsentCookie]; ok {
		t.Error("the cookie is left when the form has been sent")
	}
}

// Another page that she asks for meanwhile does not make her browser forget whose sign-in it was.
func TestUnsent_afterAnotherPage(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	eva, email := w.atHerDesk("Eva Exempel", in(domain.RoleCaseWorker))
	form := with(eva.get(registerPath).want(t, http.StatusOK).fields(), "given_name", "Karin", "step", "review")
	w.Clock.Turn(domain.SignInIdle + time.Minute)
	eva.get("/handlaggare").want(t, http.StatusSeeOther) // in another tab
	led := eva.post(registerPath, form).want(t, http.StatusSeeOther).to()
	eva.get(led).want(t, http.StatusOK, "det du skrev finns kvar")
	back := eva.enter(t, email, led)
	if got := eva.get(back).want(t, http.StatusOK).fields().Get("given_name"); got != "Karin" {
		t.Errorf("she gets back %q", got)
	}
}

// A sign-in that was ended from another place is gone as if she had signed out: it may have been ended because
// somebody else sat there.
func TestUnsent_endedFromElsewhereKeepsNothing(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	eva, email := w.atHerDesk("Eva Exempel", in(domain.RoleCaseWorker))
	elsewhere := &jar{client: w.anyone(), kept: map[string]string{}}
	elsewhere.enter(t, email, "/handlaggare/logga-in")
	elsewhere.post("/handlaggare/min-profil/inloggningar", url.Values{"others": {"yes"}}).want(t, http.StatusSeeOther)
	to := eva.post(registerPath, url.Values{"given_name": {"Karin"}}).want(t, http.StatusSeeOther).to()
	eva.get(to).want(t, http.StatusOK, "ingenting har sparats")
}

// names are the people at the event.
func (w *world) names(t testing.TB) []domain.PersonRow {
	t.Helper()
	found, err := w.people.Find(t.Context(), domain.Actor{Role: domain.RoleUser, User: 1, Grants: []domain.Grant{in(domain.RoleReader)}},
		domain.PeopleQuery{Scope: domain.ListScope{Event: "lulea"}})
	must(t, err)
	return found.Rows
}

// Nobody else gets it: not whoever signs in next in that browser, not another browser of anyone's, and not she
// herself when its time is over.
func TestUnsent_isHersAlone(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	eva, email := w.atHerDesk("Eva Exempel", in(domain.RoleCaseWorker))
	_, other := w.atHerDesk("Nils Exempel", in(domain.RoleCaseWorker))
	led := eva.tooLate(t).to()
	mark := eva.kept[unsentCookie]

	back := eva.enter(t, other, led) // in her browser
	if page := eva.get(back).want(t, http.StatusOK); strings.Contains(page.body, "Karin") || strings.Contains(page.words(), "Här är det du skrev") {
		t.Error("somebody else who signs in gets what she typed")
	}
	elsewhere := &jar{client: w.anyone(), kept: map[string]string{}}
	back = elsewhere.enter(t, email, led)
	if strings.Contains(elsewhere.get(back).body, "Karin") {
		t.Error("it comes without the cookie")
	}
	elsewhere.kept[unsentCookie] = mark // the twin: with the cookie and her own sign-in it comes
	elsewhere.get(back).want(t, http.StatusOK, "Här är det du skrev")
	w.Clock.Turn(domain.UnsentLife)
	if strings.Contains(elsewhere.get(back).body, "Karin") {
		t.Error("it is kept for ever")
	}
}

// What cannot be kept is said not to be: from nobody, after signing out, with a file; and passwords
// are never kept.
func TestUnsent_whatIsNotKept(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	eva, _ := w.atHerDesk("Eva Exempel", in(domain.RoleAdministrator))
	lost := func(what string, led *response) {
		t.Helper()
		to := led.want(t, http.StatusSeeOther).to()
		if _, ok := eva.kept[unsentCookie]; ok {
			t.Errorf("%s: something is kept", what)
		}
		eva.get(to).want(t, http.StatusOK, "ingenting har sparats", "gör om det")
	}
	nobody := &jar{client: w.anyone(), kept: map[string]string{}}
	to := nobody.post(registerPath, url.Values{"given_name": {"Karin"}}).want(t, http.StatusSeeOther).to()
	nobody.get(to).want(t, http.StatusOK, "ingenting har sparats")
	if len(nobody.kept) > 0 {
		t.Error("something of nobody's is kept")
	}
	dead := eva.kept["__Host-temadag"]
	w.Clock.Turn(domain.SignInIdle + time.Minute)
	again := func() { eva.kept["__Host-temadag"] = dead }
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	must(t, m.WriteField("given_name", "Karin"))
	must(t, m.Close())
	lost("a file", eva.do(http.MethodPost, registerPath, b.String(), m.FormDataContentType()))
	again()
	lost("her own account", eva.post("/handlaggare/min-profil/losenord", url.Values{"password": {password}}))
	again()
	lost("what has no page", eva.post("/handlaggare/logg/hamta", url.Values{"what": {"user"}}))
	again() // the twin: a form that may be kept is
	eva.post(registerPath, url.Values{"given_name": {"Karin"}, "password": {"hemligt ord"}})
	if _, ok := eva.kept[unsentCookie]; !ok {
		t.Error("nothing is ever kept: nothing is proved")
	}
}

func TestUnsent_signedOutKeepsNothing(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	eva, _ := w.atHerDesk("Eva Exempel", in(domain.RoleCaseWorker))
	dead := eva.kept["__Host-temadag"]
	eva.post("/handlaggare/logga-ut", nil).want(t, http.StatusSeeOther)
	eva.kept["__Host-temadag"] = dead
	to := eva.post(registerPath, url.Values{"given_name": {"Karin"}}).want(t, http.StatusSeeOther).to()
	eva.get(to).want(t, http.StatusOK, "ingenting har sparats")
}

// The time that the page promises is the time that the link works.
func TestForgot_tellsTheTimeOfTheLink(t *testing.T) {
	w := newWorld(t)
	w.anyone().post("/handlaggare/glomt-losenord", url.Values{"email": {"eva@example.se"}}).want(t, http.StatusOK, "Den gäller i 30 minuter.")
	w.anyone().post("/en/office/forgotten-password", url.Values{"email": {"eva@example.se"}}).want(t, http.StatusOK, "It works for 30 minutes.")
	if domain.ResetLife != 30*time.Minute {
		t.Error("the test tells another time than the constant")
	}
}
