package office_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

const password = "tre gröna båtar vid kajen"

// withPassword adds someone who signs in by password.
func (w *world) withPassword(name string, grants ...domain.Grant) (email string) {
	w.t.Helper()
	c := w.user(name, grants...)
	c.post("/handlaggare/min-profil/losenord", url.Values{"password": {password}}).want(w.t, http.StatusSeeOther)
	return strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.se"
}

// addApp adds an authenticator app and answers its secret and the recovery codes.
func (c *client) addApp(t testing.TB) (secret string, codes []string) {
	t.Helper()
	const page = "/handlaggare/min-profil/app"
	form := with(c.get(page).want(t, http.StatusOK).fields(), "step", "begin")
	setup := c.post(page, form).want(t, http.StatusOK, "Läs av koden med appen")
	for _, dd := range setup.find("dd") {
		if s := strings.ReplaceAll(textOf(dd), " ", ""); len(s) >= 32 && secret == "" {
			secret = s
		}
	}
	code, err := auth.TOTPCode(secret, c.w.Clock.Now())
	must(t, err)
	wrong := c.post(page, with(setup.fields(), "step", "confirm", "code", "000000"))
	wrong.want(t, http.StatusUnprocessableEntity, "Koden stämmer inte")
	done := c.post(page, with(wrong.fields(), "step", "confirm", "code", code)).want(t, http.StatusOK, "Dina återställningskoder")
	for _, li := range done.find("code") {
		codes = append(codes, textOf(li))
	}
	return secret, codes
}

// Someone who has no password chooses one; she has none to change.
func TestPassword_isChosenBeforeItIsChanged(t *testing.T) {
	w := newWorld(t)
	const page = "/handlaggare/min-profil/losenord"
	c := w.user("Eva Exempel", in(domain.RoleReader))
	if words := c.get(page).want(t, http.StatusOK, "Välj ett lösenord").words(); strings.Contains(words, "Byt lösenord") {
		t.Error("she is asked to change what she has not")
	}
	told := c.post(page, url.Values{"password": {password}}).want(t, http.StatusSeeOther)
	c.get(told.to()).want(t, http.StatusOK, "Lösenordet är valt")
	c.get(page).want(t, http.StatusOK, "Byt lösenord")
	told = c.post(page, url.Values{"old": {password}, "password": {"fyra gula bilar i skogen"}}).want(t, http.StatusSeeOther)
	c.get(told.to()).want(t, http.StatusOK, "Lösenordet är bytt")
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	email := w.withPassword("Eva Exempel", in(domain.RoleOrganiser))
	c := w.anyone()
	led := c.get("/handlaggare/tillfalle/lulea?x=1").want(t, http.StatusSeeOther)
	form := c.get(led.to()).want(t, http.StatusOK, "Logga in").fields()
	wrong := c.post("/handlaggare/logga-in", with(form, "email", email, "password", "något annat"))
	wrong.want(t, http.StatusUnprocessableEntity, "E-postadressen eller lösenordet stämmer inte.")
	if strings.Contains(wrong.body, "något annat") {
		t.Error("the password stands on the page")
	}
	in := c.post("/handlaggare/logga-in", with(wrong.fields(), "password", password)).want(t, http.StatusSeeOther)
	if in.to() != "/handlaggare/tillfalle/lulea?x=1" {
		t.Errorf("led to %q", in.to())
	}
	c.get("/handlaggare").want(t, http.StatusOK, "Inloggad som Eva Exempel")
	c.get("/en/office").want(t, http.StatusOK, "Signed in as Eva Exempel")
	if kept := in.Header.Get("Set-Cookie"); !strings.HasPrefix(kept, "__Host-temadag=") || !strings.HasSuffix(kept, "; Path=/; HttpOnly; Secure; SameSite=Lax") {
		t.Errorf("Set-Cookie: %s", kept)
	}
}

// An unknown address is answered as a known one, to the byte.
func TestSignIn_tellsNothingOfAddresses(t *testing.T) {
	w := newWorld(t)
	email := w.withPassword("Eva Exempel", in(domain.RoleOrganiser))
	for _, path := range []string{"/handlaggare/logga-in", "/handlaggare/glomt-losenord"} {
		form := w.anyone().get(path).fields()
		if form.Has("password") {
			form.Set("password", "fel lösenord")
		}
		known := w.anyone().post(path, with(form, "email", email))
		unknown := w.anyone().post(path, with(form, "email", "nobody@example.se"))
		if known.StatusCode != unknown.StatusCode || strings.ReplaceAll(known.body, email, "nobody@example.se") != unknown.body {
			t.Errorf("%s tells the addresses apart", path)
		}
	}
}

// Whatever stands in the address, one is never led to another site.
func TestSignIn_leadsOnlyToOwnPages(t *testing.T) {
	w := newWorld(t)
	email := w.withPassword("Eva Exempel", in(domain.RoleOrganiser))
	for _, to := range []string{
		"//evil.example", "https://evil.example/handlaggare", `/\evil.example`, "/handlaggare/../../evil", "https:evil.example", "/handlaggare\n//evil", "/", "/tema/x",
	} {
		c := w.anyone()
		form := c.get("/handlaggare/logga-in?" + url.Values{"next": {to}}.Encode()).fields()
		form.Set("next", to)
		got := c.post("/handlaggare/logga-in", with(form, "email", email, "password", password)).want(t, http.StatusSeeOther).to()
		if got != "/handlaggare" {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}

func TestSignIn_secondFactor(t *testing.T) {
	w := newWorld(t)
	email := w.withPassword("Eva Exempel", in(domain.RoleOrganiser))
	first := func() (*client, *response) {
		c := w.anyone()
		form := c.get("/handlaggare/logga-in").fields()
		return c, c.post("/handlaggare/logga-in", with(form, "email", email, "password", password))
	}
	c, _ := first()
	secret, codes := c.addApp(t)
	if len(codes) < 8 {
		t.Fatalf("%d recovery codes", len(codes))
	}
	w.Clock.Turn(time.Minute)
	c, step := first()
	step.want(t, http.StatusOK, "Bekräfta att det är du")
	c.get("/handlaggare").want(t, http.StatusSeeOther)
	bad := c.post("/handlaggare/logga-in/kod", with(step.fields(), "code", "123456")).want(t, http.StatusUnprocessableEntity, "Koden stämmer inte")
	code, err := auth.TOTPCode(secret, w.Clock.Now())
	must(t, err)
	c.post("/handlaggare/logga-in/kod", with(bad.fields(), "code", code)).want(t, http.StatusSeeOther)
	c.get("/handlaggare").want(t, http.StatusOK)

	again, step := first()
	again.post("/handlaggare/logga-in/kod", with(step.fields(), "code", code)).want(t, http.StatusUnprocessableEntity)
	for i, want := range []int{http.StatusSeeOther, http.StatusUnprocessableEntity} {
		again, step = first()
		if got := again.post("/handlaggare/logga-in/kod", with(step.fields(), "code", codes[0])).StatusCode; got != want {
			t.Errorf("use %d of a recovery code: %d, want %d", i+1, got, want)
		}
	}
}

func TestLink_isUsedByAButtonAndOnce(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	_, err := w.accounts.AddUser(ctx, domain.Operator(), service.NewUser{
		Email: "eva@example.se", Name: "Eva", Grants: []domain.Grant{in(domain.RoleReader)}, Silent: true,
	})
	must(t, err)
	token, err := w.accounts.MakeLink(ctx, domain.Operator(), "eva@example.se")
	must(t, err)
	c, page := w.anyone(), "/handlaggare/lank/"+token
	for range 5 { // mail programs look at links
		c.get(page).want(t, http.StatusOK, "Länken gäller en gång.")
		c.do(http.MethodHead, page, "")
	}
	if c.cookie != "" {
		t.Error("looking at the link signed someone in")
	}
	c.post(page, nil).want(t, http.StatusSeeOther)
	w.anyone().post(page, nil).want(t, http.StatusConflict, "Länken gäller inte längre")
	w.anyone().get(page).want(t, http.StatusConflict, "Länken gäller inte längre")
}

func TestSignOut_endsTheSignInItself(t *testing.T) {
	w := newWorld(t)
	c := w.user("Eva Exempel", in(domain.RoleReader))
	old := c.cookie
	c.get("/handlaggare/logga-ut").want(t, http.StatusMethodNotAllowed)
	c.post("/handlaggare/logga-ut", nil).want(t, http.StatusSeeOther)
	if c.cookie != "" {
		t.Error("the cookie was left")
	}
	replay := &client{w: w, cookie: old}
	replay.get("/handlaggare").want(t, http.StatusSeeOther)
}

func TestSignIns_ofOthersAreEnded(t *testing.T) {
	w := newWorld(t)
	email := w.withPassword("Eva Exempel", in(domain.RoleReader))
	enter := func() *client {
		c := w.anyone()
		form := c.get("/handlaggare/logga-in").fields()
		c.post("/handlaggare/logga-in", with(form, "email", email, "password", password)).want(t, http.StatusSeeOther)
		return c
	}
	a, b, third := enter(), enter(), enter()
	page := a.get("/handlaggare/min-profil/inloggningar").want(t, http.StatusOK, "den du använder nu", "Logga ut överallt utom här")
	id := ""
	for _, n := range page.find("button") {
		if attr(n, "name") == "id" {
			id = attr(n, "value")
		}
	}
	other := w.user("Nils Exempel", in(domain.RoleReader))
	other.post("/handlaggare/min-profil/inloggningar", url.Values{"id": {id}}).want(t, http.StatusSeeOther)
	if b.get("/handlaggare").StatusCode+third.get("/handlaggare").StatusCode != 2*http.StatusOK {
		t.Error("somebody else ended a sign-in")
	}
	a.post("/handlaggare/min-profil/inloggningar", url.Values{"others": {"yes"}}).want(t, http.StatusSeeOther)
	a.get("/handlaggare").want(t, http.StatusOK)
	b.get("/handlaggare").want(t, http.StatusSeeOther)
	third.get("/handlaggare").want(t, http.StatusSeeOther)
}

// A role that was taken back is gone at the next request.
func TestRoles_areReadAtEachRequest(t *testing.T) {
	w := newWorld(t)
	c := w.user("Eva Exempel", in(domain.RoleOrganiser))
	c.get("/handlaggare").want(t, http.StatusOK)
	u, err := w.accounts.UserByEmail(context.Background(), domain.Operator(), "eva.exempel@example.se")
	must(t, err)
	must(t, w.accounts.SetGrants(context.Background(), domain.Operator(), u.ID, "BD", nil))
	c.get("/handlaggare").want(t, http.StatusNotFound)
	c.get("/handlaggare/min-profil").want(t, http.StatusOK)
	must(t, w.accounts.Disable(context.Background(), domain.Operator(), u.ID))
	c.get("/handlaggare/min-profil").want(t, http.StatusSeeOther)
}

func TestFactors_askForARecentProof(t *testing.T) {
	w := newWorld(t)
	email := w.withPassword("Eva Exempel", in(domain.RoleReader))
	c := w.anyone()
	form := c.get("/handlaggare/logga-in").fields()
	c.post("/handlaggare/logga-in", with(form, "email", email, "password", password)).want(t, http.StatusSeeOther)
	w.Clock.Turn(20 * time.Minute)
	led := c.post("/handlaggare/min-profil/app", url.Values{"step": {"begin"}}).want(t, http.StatusSeeOther)
	ask := c.get(led.to()).want(t, http.StatusOK, "Visa att det är du")
	c.post("/handlaggare/min-profil/visa-vem-du-ar", with(ask.fields(), "proof", "fel")).want(t, http.StatusUnprocessableEntity)
	back := c.post("/handlaggare/min-profil/visa-vem-du-ar", with(ask.fields(), "proof", password)).want(t, http.StatusSeeOther)
	if back.to() != "/handlaggare/min-profil/app" {
		t.Errorf("led to %q", back.to())
	}
	c.addApp(t)
}

func TestMustEnrol_opensNothingElse(t *testing.T) {
	w := newWorld(t)
	c := w.user("Eva Exempel", in(domain.RoleOrganiser))
	w.accounts.RequireFactor = true
	if to := c.get("/handlaggare").want(t, http.StatusSeeOther).to(); to != "/handlaggare/min-profil" {
		t.Errorf("led to %q", to)
	}
	c.get("/handlaggare/min-profil").want(t, http.StatusOK, "Lägg till ett andra steg")
	c.addApp(t)
	c.get("/handlaggare").want(t, http.StatusOK)
}

func TestReset(t *testing.T) {
	w := newWorld(t)
	gone := w.anyone().get("/handlaggare/nytt-losenord/nonsense").want(t, http.StatusConflict, "Länken gäller inte längre")
	if strings.Contains(gone.body, `name="password"`) {
		t.Error("a dead link asks for a password")
	}
}

// Every form of ours refuses what another site makes a browser send (CSRF).
func TestForms_refuseOtherSites(t *testing.T) {
	w := newWorld(t)
	c := w.user("Eva Exempel", in(domain.RoleAdministrator))
	for _, r := range w.office.Routes() {
		if r.Method != http.MethodPost {
			continue
		}
		path := strings.NewReplacer(":slug", "lulea", ":ref", "x", ":token", "x", ":id", "1").Replace(r.Paths[domain.Swedish])
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}} {
			if got := c.post(path, nil, header...).StatusCode; got != http.StatusForbidden {
				t.Errorf("%s from %v: %d", path, header, got)
			}
		}
	}
}
