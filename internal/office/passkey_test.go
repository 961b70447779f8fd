package office_test

import (
	"encoding/json"
	"net/http"
	"net/url"
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

// TestPasskey goes the way that the script goes: a passkey is made, lets its owner in without a password,
// and is taken away.
func TestPasskey(t *testing.T) {
	w := newWorld(t)
	c := w.user("Eva Exempel", in(domain.RoleOrganiser))
	device := &testkit.Authenticator{Origin: base}
	options, ticket := c.toSign(t, "/handlaggare/min-profil/nyckel/val", "")
	made := url.Values{"ticket": {ticket}, "credential": {string(device.Create(t, options))}, "name": {"Arbetsdatorn"}}
	c.post("/handlaggare/min-profil/nyckel", with(url.Values{"ticket": {ticket}, "credential": {"{}"}}, "name", "x")).want(t, http.StatusUnprocessableEntity)
	options, ticket = c.toSign(t, "/handlaggare/min-profil/nyckel/val", "")
	made = with(made, "ticket", ticket, "credential", string(device.Create(t, options)))
	c.post("/handlaggare/min-profil/nyckel", made).want(t, http.StatusOK, "Dina återställningskoder")
	me := c.get("/handlaggare/min-profil").want(t, http.StatusOK, "Arbetsdatorn")

	other := w.anyone()
	options, ticket = other.toSign(t, "/handlaggare/logga-in/nyckel/val", "")
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

	for _, a := range me.find("a") {
		if href := attr(a, "href"); len(href) > len("/handlaggare/min-profil/nycklar/") && href[:len("/handlaggare/min-profil/nycklar/")] == "/handlaggare/min-profil/nycklar/" {
			c.get(href).want(t, http.StatusOK, "Ta bort nyckeln Arbetsdatorn?")
			w.user("Nils Exempel", in(domain.RoleOrganiser)).get(href).want(t, http.StatusNotFound)
			c.post(href, nil).want(t, http.StatusSeeOther)
			c.get(href).want(t, http.StatusNotFound)
			return
		}
	}
	t.Error("the passkey cannot be taken away")
}
