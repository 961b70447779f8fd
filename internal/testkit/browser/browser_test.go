package browser_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/testkit/browser"
)

const form = `<!doctype html><html lang="sv"><title>Prov</title><meta name="viewport" content="width=device-width">
<h1>Prov</h1><p id="js">utan</p><script src="/on.js"></script>
<form method="post" action="/svar">
<label for="n">Förnamn</label> <input id="n" name="n" value="gammalt">
<label for="k">Kommun</label> <select id="k" name="k"><option value="">Välj<option value="1">Luleå<option value="2">Umeå</select>
<fieldset><legend>Tolk</legend><input type="radio" name="t" id="t1" value="ja"><label for="t1">Ja</label>
<input type="radio" name="t" id="t2" value="nej"><label for="t2">Nej</label></fieldset>
<fieldset><legend>Lunch</legend><input type="radio" name="l" id="l1" value="ja"><label for="l1">Ja</label></fieldset>
<button>Skicka <span>bindande</span> anmälan</button></form>
<a href="/svar" style="outline:none">Utan ram</a>`

func site(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'unsafe-inline'")
		fmt.Fprint(w, form)
	})
	mux.HandleFunc("GET /on.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `document.getElementById("js").textContent = "med"`)
	})
	mux.HandleFunc("POST /svar", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(422)
		fmt.Fprintf(w, "<!doctype html><title>Svar</title><p>%s|%s|%s|%s", r.FormValue("n"), r.FormValue("k"), r.FormValue("t"), r.FormValue("l"))
	})
	mux.HandleFunc("GET /ond", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		http.SetCookie(w, &http.Cookie{Name: "spar", Value: "1"})
		fmt.Fprint(w, `<!doctype html><title>Ond</title><img src="http://tredje.example/pixel.png"><script>alert(1)</script>`)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestTab(t *testing.T) {
	path := browser.Find()
	if path == "" {
		t.Skip("there is no Chromium on this machine; .ci/run installs it")
	}
	chromium, err := browser.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer chromium.Close()
	url := site(t)

	windows := map[string]struct {
		w  browser.Window
		js string
	}{
		"desktop":         {browser.Desktop(), "med"},
		"phone":           {browser.Phone(), "med"},
		"without scripts": {browser.Window{NoScript: true}, "utan"},
		"dark":            {browser.Window{Dark: true}, "med"},
	}
	for name, c := range windows {
		t.Run(name, func(t *testing.T) { fillsTheForm(t, chromium.Tab(t, c.w), url, c.js) })
	}
	t.Run("print", func(t *testing.T) {
		tab := chromium.Tab(t, browser.Desktop())
		tab.Go(url)
		if pdf := tab.PDF(); !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Errorf("no PDF: %.20q", pdf)
		}
	})
	// The twin: a page that does what ours must not.
	t.Run("sees what it should not", func(t *testing.T) { seesMischief(t, chromium.Tab(t, browser.Desktop()), url) })
}

func fillsTheForm(t *testing.T, tab *browser.Tab, url, js string) {
	if got := tab.Go(url); got != 200 {
		t.Fatalf("status %d", got)
	}
	if got := tab.Text("#js"); got != js {
		t.Errorf("the page's script: got %q, want %q", got, js)
	}
	stops := tab.Stops(20)
	var names []string
	for _, s := range stops {
		names = append(names, s.ID)
		if (s.Name == "Utan ram") == s.Visible {
			t.Errorf("focus on %q: visible is %v", s.Name, s.Visible)
		}
	}
	if want := "n,k,t1,l1,,"; strings.Join(names, ",") != want {
		t.Errorf("Tab stops at %v, want %s", names, want)
	}
	tab.Fill("Förnamn", "Åsa 'Öst'")
	tab.Pick("Kommun", "Umeå")
	tab.Choose("Tolk", "Nej")
	tab.Choose("Lunch", "Ja")
	if got := tab.Follow("Skicka bindande anmälan"); got != 422 {
		t.Errorf("status %d, want 422", got)
	}
	if got, want := tab.Text("p"), "Åsa 'Öst'|2|nej|ja"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	tab.Back()
	if got := tab.Title(); got != "Prov" {
		t.Errorf("title %q", got)
	}
	if got := tab.Cookies(); len(got) > 0 {
		t.Errorf("cookies %v", got)
	}
}

func seesMischief(t *testing.T, tab *browser.Tab, url string) {
	tab.Go(url + "/ond")
	if got := tab.Cookies(); len(got) != 1 {
		t.Errorf("cookies %v, want one", got)
	}
	if got := tab.Requests(); !slices.Contains(got, "http://tredje.example/pixel.png") {
		t.Errorf("the request to a third party was not seen: %v", got)
	}
	if got := strings.Join(tab.Complaints(), "\n"); strings.Count(got, "Content Security Policy") < 2 {
		t.Errorf("breaches of the policy were not seen: %s", got)
	}
}
