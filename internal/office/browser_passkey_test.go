package office_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
)

// onLocalhost is the address of the whole site on this machine. A browser there knows no https, so that the
// cookie goes by its other name on the way.
func (w *world) onLocalhost(t *testing.T) string {
	t.Helper()
	home, err := url.Parse(base)
	must(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		r.Host = home.Host
		r.Header.Del("Origin")
		r.Header.Set("Cookie", strings.ReplaceAll(r.Header.Get("Cookie"), "temadag=", "__Host-temadag="))
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		for name, values := range rec.Header() {
			for _, v := range values {
				if name == "Set-Cookie" {
					v = strings.ReplaceAll(strings.ReplaceAll(v, "__Host-", ""), "; Secure", "")
				}
				out.Header().Add(name, v)
			}
		}
		out.WriteHeader(rec.Code)
		_, _ = out.Write(rec.Body.Bytes())
	}))
	t.Cleanup(server.Close)
	at := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	w.accounts.Passkeys, err = auth.NewPasskeys(at, "Temadag")
	must(t, err)
	return at
}

// TestPasskey_inABrowser goes the way that a person goes: she signs in by a link, adds a passkey, signs out,
// and is let in by the passkey alone.
func TestPasskey_inABrowser(t *testing.T) {
	path := browser.Find()
	if path == "" || testing.Short() {
		check.LeaveOut(t, "passkeys in a browser")
		return
	}
	w := newWorld(t)
	at := w.onLocalhost(t)
	w.user("Eva Exempel", in(domain.RoleReader))
	token, err := w.accounts.MakeLink(t.Context(), domain.Operator(), "eva.exempel@example.se")
	must(t, err)
	b, err := browser.Open(path)
	must(t, err)
	t.Cleanup(b.Close)
	tab := b.Tab(t, browser.Desktop())
	tab.Device()
	tab.Go(at + "/handlaggare/lank/" + token)
	tab.Follow("Logga in")
	tab.Go(at + "/handlaggare/min-profil")
	tab.Fill("Namn på nyckeln", "Arbetsdatorn")
	tab.Follow("Lägg till en nyckel")
	if text := tab.Text("main"); !strings.Contains(text, "Dina återställningskoder") {
		t.Fatalf("no codes: %s", text)
	}
	tab.Go(at + "/handlaggare/min-profil")
	if text := tab.Text("main"); !strings.Contains(text, "Arbetsdatorn") {
		t.Errorf("the passkey is not told of: %s", text)
	}
	tab.Follow("Logga ut")
	if text := tab.Text("main"); !strings.Contains(text, "Du är utloggad") {
		t.Fatalf("she is not out: %s", text)
	}
	tab.Follow("Logga in med nyckel")
	tab.Go(at + "/handlaggare")
	if text := tab.Text("footer"); !strings.Contains(text, "Inloggad som Eva Exempel") {
		t.Errorf("she is not in: %s", text)
	}
	w.Clock.Turn(domain.SignInIdle * 2) // the twin: without a device there is no way in
	bare := b.Tab(t, browser.Desktop())
	bare.Go(at + "/handlaggare/logga-in")
	if text := bare.Text("footer"); strings.Contains(text, "Inloggad som") {
		t.Error("another browser is let in")
	}
}
