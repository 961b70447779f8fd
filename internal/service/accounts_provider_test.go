package service_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
)

// authority is a sign-in service: the library's own for tests, with the steps that it leaves out.
type authority struct {
	*httptest.Server
	key    *rsa.PrivateKey
	now    func() time.Time
	claims map[string]any              // of whoever signs in
	lie    func(claims map[string]any) // what it says wrongly; nil for nothing
	asked  map[string]url.Values       // by code
	hint   *rsa.PrivateKey             // signs in place of key
}

func newAuthority(t *testing.T, now func() time.Time) *authority {
	t.Helper()
	a := &authority{now: now, asked: map[string]url.Values{}}
	var err error
	if a.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	known := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: a.key.Public(), KeyID: "k", Algorithm: oidc.RS256}}}
	mux := http.NewServeMux()
	mux.Handle("/", known)
	mux.HandleFunc("POST /token", a.token)
	a.Server = httptest.NewServer(mux)
	t.Cleanup(a.Close)
	known.SetIssuer(a.URL)
	return a
}

// signIn is what happens in the browser between leaving and coming back.
func (a *authority) signIn(t *testing.T, address string) (state, code string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{
		"client_id": "temadag", "response_type": "code", "code_challenge_method": "S256", "redirect_uri": "https://temadag.example.se/back",
	} {
		if q.Get(name) != want {
			t.Errorf("%s is %q", name, q.Get(name))
		}
	}
	code = auth.NewKey()
	a.asked[code] = q
	return q.Get("state"), code
}

func (a *authority) token(w http.ResponseWriter, r *http.Request) {
	q, ok := a.asked[r.FormValue("code")]
	delete(a.asked, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != q.Get("code_challenge") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"error":"invalid_grant"}`)
		return
	}
	claims := map[string]any{
		"iss": a.URL, "aud": "temadag", "nonce": q.Get("nonce"), "iat": a.now().Unix(), "exp": a.now().Add(time.Hour).Unix(),
	}
	for k, v := range a.claims {
		claims[k] = v
	}
	if a.lie != nil {
		a.lie(claims)
	}
	key := a.key
	if a.hint != nil {
		key = a.hint
	}
	text, _ := json.Marshal(claims)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"access_token": "x", "token_type": "Bearer", "id_token": oidctest.SignIDToken(key, "k", oidc.RS256, string(text)),
	})
}

func withAuthority(t *testing.T) (*desk, *authority) {
	t.Helper()
	d := newDesk(t)
	a := newAuthority(t, d.kit.Clock.Now)
	d.Provider = auth.NewProvider(auth.ProviderOptions{
		Issuer: a.URL, ClientID: "temadag", ClientSecret: "x", RedirectURL: "https://temadag.example.se/back", Now: d.kit.Clock.Now,
	})
	var err error
	d.Groups, err = domain.ParseGroupGrants("bd-arr=organiser:BD; bd-adm=administrator:bd,z ;lasare=reader:BD")
	if err != nil {
		t.Fatal(err)
	}
	a.claims = map[string]any{"sub": "eva", "email": "eva@example.se", "email_verified": true, "name": "Eva Exempel", "groups": []string{"bd-arr", "other"}}
	return d, a
}

func (d *desk) through(t *testing.T, a *authority) (service.SignInResult, error) {
	t.Helper()
	address, ticket, err := d.BeginProvider(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	state, code := a.signIn(t, address)
	return d.SignInProvider(t.Context(), ticket, state, code, from(home))
}

func TestSignInProvider_followsGroups(t *testing.T) {
	t.Parallel()
	d, a := withAuthority(t)
	grants := func() []domain.Grant {
		t.Helper()
		r, err := d.through(t, a)
		if err != nil {
			t.Fatal(err)
		}
		in := d.in(t, r.Token)
		if in.Method != domain.ByProvider || in.User.Email != "eva@example.se" || in.User.Name != "Eva Exempel" {
			t.Errorf("she is %+v", in)
		}
		return in.Actor.Grants
	}
	if g := grants(); len(g) != 1 || g[0] != grant(domain.RoleOrganiser, "BD") {
		t.Errorf("the first time: %v", g)
	}
	a.claims["email"] = "eva.new@example.se" // she is known by her subject from now on
	a.claims["groups"] = []string{"bd-adm"}
	delete(a.claims, "email_verified")
	if g := grants(); len(g) != 2 || g[0] != grant(domain.RoleAdministrator, "BD") || g[1] != grant(domain.RoleAdministrator, "Z") {
		t.Errorf("another group: %v", g)
	}
	if _, err := d.AddUser(t.Context(), domain.Operator(), service.NewUser{Email: "eva@example.se", Name: "x", Grants: []domain.Grant{grant(domain.RoleReader, "AB")}}); err != nil {
		t.Fatal(err)
	}
	a.claims["groups"] = []string{}
	if g := grants(); len(g) != 1 || g[0] != grant(domain.RoleReader, "AB") {
		t.Errorf("no group: %v", g)
	}
	lines, _, err := (&service.Audit{Store: d.Store, Now: d.Now}).Entries(t.Context(), domain.Operator(), domain.AuditFilter{Action: domain.AuditRevoked})
	if err != nil || len(lines) != 3 || lines[0].Actor != "inloggningstjänsten" {
		t.Errorf("%+v, %v", lines, err)
	}
}

func TestSignInProvider_refuses(t *testing.T) {
	t.Parallel()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		spoil func(d *desk, a *authority)
		key   string
	}{
		"another audience": {func(_ *desk, a *authority) { a.lie = func(c map[string]any) { c["aud"] = "x" } }, "signin.provider_wrong"},
		"another issuer":   {func(_ *desk, a *authority) { a.lie = func(c map[string]any) { c["iss"] = "https://x" } }, "signin.provider_wrong"},
		"another nonce":    {func(_ *desk, a *authority) { a.lie = func(c map[string]any) { c["nonce"] = "x" } }, "signin.provider_wrong"},
		"no nonce":         {func(_ *desk, a *authority) { a.lie = func(c map[string]any) { delete(c, "nonce") } }, "signin.provider_wrong"},
		"an old token": {func(d *desk, a *authority) {
			a.lie = func(c map[string]any) { c["exp"] = d.kit.Clock.Now().Add(-time.Minute).Unix() }
		}, "signin.provider_wrong"},
		"another key":                        {func(_ *desk, a *authority) { a.hint = other }, "signin.provider_wrong"},
		"no group":                           {func(_ *desk, a *authority) { a.claims["groups"] = []string{"other"} }, "signin.provider_nobody"},
		"groups of another kind":             {func(_ *desk, a *authority) { a.claims["groups"] = "bd-arr" }, "signin.provider_nobody"},
		"an address that nobody vouches for": {func(_ *desk, a *authority) { a.claims["email_verified"] = false }, "signin.provider_nobody"},
	} {
		d, a := withAuthority(t)
		tt.spoil(d, a)
		_, err := d.through(t, a)
		refused(t, name, err, domain.CodeInvalid, tt.key)
	}
}

func TestSignInProvider_stepsOfAnother(t *testing.T) {
	t.Parallel()
	d, a := withAuthority(t)
	address, ticket, err := d.BeginProvider(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	state, code := a.signIn(t, address)
	_, err = d.SignInProvider(t.Context(), "", state, code, from(home))
	refused(t, "in a browser where it did not begin", err, domain.CodeClosed, "signin.ticket_over")
	_, err = d.SignInProvider(t.Context(), ticket, "x", code, from(home))
	refused(t, "with another state", err, domain.CodeInvalid, "signin.provider_wrong")
	_, err = d.SignInProvider(t.Context(), ticket, state, code, from(home))
	refused(t, "a second time", err, domain.CodeClosed, "signin.ticket_over")

	_, mine, err := d.BeginProvider(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.SignInProvider(t.Context(), mine, state, code, from(home))
	refused(t, "with somebody else's code and state", err, domain.CodeInvalid, "signin.provider_wrong")
}

// An account is tied to the service by an address that the service vouches for, once, and never to
// another subject after that.
func TestSignInProvider_ties(t *testing.T) {
	t.Parallel()
	d, a := withAuthority(t)
	id := d.add(t, "eva@example.se", grant(domain.RoleReader, "AB"))
	a.claims["email_verified"] = false
	_, err := d.through(t, a)
	refused(t, "an address that anyone can claim", err, domain.CodeInvalid, "signin.provider_nobody")
	a.claims["email_verified"] = true
	r, err := d.through(t, a)
	if err != nil || d.in(t, r.Token).User.ID != id {
		t.Fatalf("her own address: %v", err)
	}
	a.claims["sub"] = "mallory"
	_, err = d.through(t, a)
	refused(t, "another subject with her address", err, domain.CodeInvalid, "signin.provider_nobody")
	a.claims["sub"] = "eva"
	if err := d.Disable(t.Context(), domain.Operator(), id); err != nil {
		t.Fatal(err)
	}
	_, err = d.through(t, a)
	refused(t, "a closed account", err, domain.CodeInvalid, "signin.provider_nobody")
}

func TestSignInProvider_down(t *testing.T) {
	t.Parallel()
	d, a := withAuthority(t)
	a.Close()
	_, _, err := d.BeginProvider(t.Context())
	refused(t, "nobody answers", err, domain.CodeUnavailable, "signin.provider_down")
	d.Provider = nil
	if _, _, err := d.BeginProvider(t.Context()); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("there is none: %v", err)
	}
}

func TestParseGroupGrants(t *testing.T) {
	t.Parallel()
	m, err := domain.ParseGroupGrants("a=reader:all;\n b = organiser : bd , z")
	if err != nil || len(m["a"]) != 21 || len(m["b"]) != 2 || !m.Reaches("AB") || len(m.Of([]string{"b", "b", "c"})) != 2 {
		t.Errorf("%v, %v", m, err)
	}
	for _, wrong := range []string{"a", "a=reader", "=reader:BD", "a=king:BD", "a=reader:QQ", "a=reader:", "a=operator:BD"} {
		if _, err := domain.ParseGroupGrants(wrong); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}
