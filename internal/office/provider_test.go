package office_test

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
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
)

// authority is the sign-in service of an authority, with a page of its own that sends the browser back.
type authority struct {
	*httptest.Server
	key *rsa.PrivateKey
	now func() time.Time

	mu     sync.Mutex
	claims map[string]any
	nonce  string // told in place of the one that was asked for; "" for that one
	asked  map[string]url.Values
}

func newAuthority(t *testing.T, w *world) *authority {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	a := &authority{key: key, now: w.Clock.Now, asked: map[string]url.Values{}}
	a.claims = map[string]any{"sub": "eva", "email": "eva@example.se", "email_verified": true, "name": "Eva Exempel", "groups": []string{"bd-arr"}}
	known := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.RS256}}}
	mux := http.NewServeMux()
	mux.Handle("/", known)
	mux.HandleFunc("GET /auth", a.page)
	mux.HandleFunc("POST /token", a.token)
	a.Server = httptest.NewServer(mux)
	t.Cleanup(a.Close)
	known.SetIssuer(a.URL)
	w.accounts.Provider = auth.NewProvider(auth.ProviderOptions{
		Issuer: a.URL, ClientID: "temadag", ClientSecret: "x", RedirectURL: base + "/handlaggare/logga-in/tjanst/tillbaka", Now: w.Clock.Now,
	})
	w.accounts.Groups, err = domain.ParseGroupGrants("bd-arr=organiser:BD; z-adm=administrator:Z")
	must(t, err)
	return a
}

// page is where she signs in: at once.
func (a *authority) page(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	q, code := r.URL.Query(), auth.NewKey()
	a.asked[code] = q
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"state": {q.Get("state")}, "code": {code}}.Encode(), http.StatusFound)
}

func (a *authority) token(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	q, ok := a.asked[r.FormValue("code")]
	delete(a.asked, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	w.Header().Set("Content-Type", "application/json")
	if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != q.Get("code_challenge") {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"error":"invalid_grant"}`)
		return
	}
	claims := map[string]any{
		"iss": a.URL, "aud": "temadag", "nonce": q.Get("nonce"), "iat": a.now().Unix(), "exp": a.now().Add(time.Hour).Unix(),
	}
	if a.nonce != "" {
		claims["nonce"] = a.nonce
	}
	for k, v := range a.claims {
		claims[k] = v
	}
	text, _ := json.Marshal(claims)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"access_token": "x", "token_type": "Bearer", "id_token": oidctest.SignIDToken(a.key, "k", oidc.RS256, string(text)),
	})
}

// away follows the browser from our sign-in page to the service and to where that sends it: the way back.
func (j *jar) away(t *testing.T, page string) *url.URL {
	t.Helper()
	link := ""
	for _, a := range j.get(page).want(t, http.StatusOK, "Logga in genom din myndighet").find("a") {
		if strings.HasPrefix(attr(a, "href"), "/handlaggare/logga-in/tjanst") {
			link = attr(a, "href")
		}
	}
	service := j.get(link).want(t, http.StatusSeeOther).to()
	stop := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, service, nil)
	must(t, err)
	answer, err := stop.Do(r)
	must(t, err)
	must(t, answer.Body.Close())
	back, err := url.Parse(answer.Header.Get("Location"))
	must(t, err)
	return back
}

// backPath is where the service has been told to send people back to.
func backPath(t *testing.T, w *world) string {
	t.Helper()
	for _, r := range w.office.Routes() {
		if r.Name == "office_provider_back" {
			return r.Paths[domain.Swedish]
		}
	}
	t.Fatal("nobody can come back")
	return ""
}

func TestProvider_theWholeWay(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	a := newAuthority(t, w)
	eva := &jar{client: w.anyone(), kept: map[string]string{}}
	led := eva.get("/handlaggare/tillfalle/lulea").want(t, http.StatusSeeOther).to()
	back := eva.away(t, led)
	if way := eva.kept["__Host-temadag-way"]; way == "" {
		t.Fatal("nothing ties the way to this browser")
	}
	in := eva.get(backPath(t, w)+"?"+back.RawQuery).want(t, http.StatusSeeOther)
	if in.to() != "/handlaggare/tillfalle/lulea" {
		t.Errorf("led to %q", in.to())
	}
	if _, ok := eva.kept["__Host-temadag-way"]; ok {
		t.Error("the cookie of the way is left")
	}
	eva.get(in.to()).want(t, http.StatusOK, "Inloggad som Eva Exempel")
	eva.get("/handlaggare/anvandare").want(t, http.StatusNotFound)
	eva.get("/handlaggare/tillfalle/ostersund").want(t, http.StatusNotFound)

	a.claims["groups"] = []string{"z-adm"} // another group the next time: other roles at once
	again := &jar{client: w.anyone(), kept: map[string]string{}}
	back = again.away(t, "/handlaggare/logga-in")
	to := again.get(backPath(t, w)+"?"+back.RawQuery).want(t, http.StatusSeeOther).to()
	again.get(to).want(t, http.StatusOK)
	again.get("/handlaggare/tillfalle/lulea").want(t, http.StatusNotFound)
	again.get("/handlaggare/tillfalle/ostersund").want(t, http.StatusOK)
	again.get("/handlaggare/anvandare").want(t, http.StatusOK, "Eva Exempel")
	eva.get("/handlaggare/tillfalle/lulea").want(t, http.StatusNotFound)

	a.claims["groups"] = []string{"nothing"}
	a.claims["sub"], a.claims["email"] = "nils", "nils@example.se"
	nils := &jar{client: w.anyone(), kept: map[string]string{}}
	back = nils.away(t, "/handlaggare/logga-in")
	nils.get(backPath(t, w)+"?"+back.RawQuery).want(t, http.StatusUnprocessableEntity, "har ingen roll här")
	nils.get("/handlaggare").want(t, http.StatusSeeOther)
}

// What does not belong together is refused: another state, another browser, a second time, another nonce, a
// code of somebody else's, and a way on that leads elsewhere.
func TestProvider_refuses(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	a := newAuthority(t, w)
	at := backPath(t, w)
	refused := func(what string, j *jar, query url.Values) {
		t.Helper()
		got := j.get(at + "?" + query.Encode())
		if got.StatusCode == http.StatusSeeOther || j.kept["__Host-temadag"] != "" {
			t.Errorf("%s: %d to %q", what, got.StatusCode, got.to())
		}
	}
	fresh := func() (*jar, url.Values) {
		j := &jar{client: w.anyone(), kept: map[string]string{}}
		return j, j.away(t, "/handlaggare/logga-in").Query()
	}
	j, q := fresh()
	refused("another state", j, with(q, "state", auth.NewToken()))
	j, q = fresh()
	refused("no state", j, url.Values{"code": q["code"]})
	_, q = fresh()
	refused("in a browser where it did not begin", &jar{client: w.anyone(), kept: map[string]string{}}, q)
	j, _ = fresh()
	_, theirs := fresh()
	refused("with somebody else's code and state", j, theirs)
	j, q = fresh()
	refused("with somebody else's code", j, with(q, "code", auth.NewKey()))
	a.nonce = "another"
	j, q = fresh()
	refused("another nonce", j, q)
	a.nonce = ""
	j, q = fresh()
	way := j.kept["__Host-temadag-way"]
	j.get(at+"?"+q.Encode()).want(t, http.StatusSeeOther)
	twice := &jar{client: w.anyone(), kept: map[string]string{"__Host-temadag-way": way}}
	refused("a second time", twice, q)

	evil := base64.RawURLEncoding.EncodeToString([]byte("https://evil.example/handlaggare"))
	j, q = fresh()
	ticket, _, _ := strings.Cut(j.kept["__Host-temadag-way"], ".")
	j.kept["__Host-temadag-way"] = ticket + "." + evil
	if to := j.get(at+"?"+q.Encode()).want(t, http.StatusSeeOther).to(); to != "/handlaggare" {
		t.Errorf("led to %q", to)
	}
}
