package office_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// toSign is what the page's script is told: the options for the device, and the ticket to send back.
func (c *client) toSign(t testing.TB, path, ticket string) (options []byte, back string) {
	t.Helper()
	var told struct {
		Options json.RawMessage `json:"options"`
		Ticket  string          `json:"ticket"`
	}
	answer := c.post(path, url.Values{"ticket": {ticket}}).want(t, http.StatusOK)
	must(t, json.Unmarshal([]byte(answer.body), &told))
	return told.Options, told.Ticket
}

// addsPasskey makes a passkey on a device, and is the page that tells of it.
func (c *client) addsPasskey(t testing.TB, device *testkit.Authenticator, name string) *response {
	t.Helper()
	options, ticket := c.toSign(t, "/handlaggare/min-profil/nyckel/val", "")
	return c.post("/handlaggare/min-profil/nyckel", url.Values{"ticket": {ticket}, "credential": {string(device.Create(t, options))}, "name": {name}})
}

// TestPasskey goes the way that the script goes: a passkey is made, lets its owner in without a password,
// and is taken away.
func TestPasskey(t *testing.T) {
	w := newWorld(t)
	c := w.user("Eva Exempel", in(domain.RoleOrganiser))
	device := &testkit.Authenticator{Origin: base}
	_, unused := c.toSign(t, "/handlaggare/min-profil/nyckel/val", "")
	c.post("/handlaggare/min-profil/nyckel", url.Values{"ticket": {unused}, "credential": {"{}"}, "name": {"x"}}).want(t, http.StatusUnprocessableEntity)
	c.addsPasskey(t, device, "Arbetsdatorn").want(t, http.StatusOK, "Dina återställningskoder")
	me := c.get("/handlaggare/min-profil").want(t, http.StatusOK, "Arbetsdatorn")

	other := w.anyone()
	options, ticket := other.toSign(t, "/handlaggare/logga-in/nyckel/val", "")
	entered := other.post("/handlaggare/logga-in/nyckel", url.Values{
		"ticket": {ticket}, "credential": {string(device.Get(t, options))}, "next": {"/handlaggare/min-profil"},
	}).want(t, http.StatusSeeOther)
	if entered.to() != "/handlaggare/min-profil" {
		t.Errorf("led to %q", entered.to())
	}
	other.get("/handlaggare").want(t, http.StatusOK)
	stranger := w.anyone()
	_, ticket = stranger.toSign(t, "/handlaggare/logga-in/nyckel/val", "")
	stranger.post("/handlaggare/logga-in/nyckel", url.Values{"ticket": {ticket}, "credential": {"{}"}}).want(t, http.StatusUnprocessableEntity, "Nyckeln")

	remove := me.passkeyLink(t)
	c.get(remove).want(t, http.StatusOK, "Ta bort nyckeln Arbetsdatorn?")
	nils := w.user("Nils Exempel", in(domain.RoleOrganiser))
	for _, got := range []*response{nils.get(remove), nils.post(remove, nil)} {
		if got.want(t, http.StatusNotFound).body != nils.get("/handlaggare/min-profil/nycklar/987654").body {
			t.Error("another's passkey looks different from none")
		}
	}
	c.post(remove, nil).want(t, http.StatusSeeOther)
	c.get(remove).want(t, http.StatusNotFound)
}

// passkeyLink is the way to take the first passkey of an account away.
func (r *response) passkeyLink(t testing.TB) string {
	t.Helper()
	for _, a := range r.find("a") {
		if href := attr(a, "href"); strings.Contains(href, "/nycklar/") || strings.Contains(href, "/passkeys/") {
			return href
		}
	}
	t.Fatal("the passkey cannot be taken away")
	return ""
}

// TestPasskeyPages looks at what only an account with a passkey shows, and at what is refused.
func TestPasskeyPages(t *testing.T) {
	w := newWorld(t)
	c, device := w.user("Eva Exempel", in(domain.RoleOrganiser)), &testkit.Authenticator{Origin: base}
	pages := make(map[string][]byte)
	keep := func(name string, r *response, status int) *response {
		t.Helper()
		pages["/"+name] = []byte(r.want(t, status).body)
		return r
	}
	_, ticket := c.toSign(t, "/handlaggare/min-profil/nyckel/val", "")
	keep("passkey-wrong", c.post("/handlaggare/min-profil/nyckel", url.Values{"ticket": {ticket}, "credential": {"{}"}, "name": {"x"}}), http.StatusUnprocessableEntity)
	keep("passkey-added", c.addsPasskey(t, device, "Arbetsdatorn med det långa namnet"), http.StatusOK)
	me := keep("passkey-me", c.get("/handlaggare/min-profil"), http.StatusOK)
	keep("passkey-me-en", c.get("/en/office/my-profile"), http.StatusOK)
	keep("passkey-remove", c.get(me.passkeyLink(t)), http.StatusOK)
	stranger := w.anyone()
	_, ticket = stranger.toSign(t, "/handlaggare/logga-in/nyckel/val", "")
	keep("passkey-refused", stranger.post("/handlaggare/logga-in/nyckel", url.Values{"ticket": {ticket}, "credential": {"{}"}}), http.StatusUnprocessableEntity)
	w.Clock.Turn(domain.SignInRecent + 1)
	keep("passkey-prove", c.get("/handlaggare/min-profil/visa-vem-du-ar?next=/handlaggare"), http.StatusOK)
	keep("passkey-prove-en", c.get("/en/office/my-profile/prove?next=/en/office"), http.StatusOK)
	lookAt(t, "passkeys", pages)
}
