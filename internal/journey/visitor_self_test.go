package journey_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// TestVisitor tries the visitor itself, on a page that has every kind of field.
func TestVisitor(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><title>Prov</title><h1>Ett&nbsp;prov</h1><main><a href="/vidare#x">Vidare</a></main>
			<form method="post" action="/svar"><input type="hidden" name="token" value="abc">
			<input name="namn" value="gammalt"><textarea name="text">
rad</textarea><select name="lista"><option value="1">Ett<option value="2" selected>Två</select>
			<input type="radio" name="val" value="a"><input type="radio" name="val" value="b" checked>
			<input type="checkbox" name="box" value="x"><button name="step" value="fel" formaction="/fel">Fel</button>
			<button name="step" value="send">Skicka</button></form>`)
	})
	mux.HandleFunc("POST /svar", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // what is missing shows in the answer
		fmt.Fprintf(w, "<main><h1>%s</h1></main>", r.PostForm.Encode())
	})
	mux.HandleFunc("GET /vidare", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, `<h1>Vidare</h1><div><dl><dt>Ort</dt><dd>Luleå</dd></dl></div>`)
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	v := newVisitor(t)
	v.open(server.URL)
	v.expect(http.StatusOK, "Ett prov")
	if got := v.page.title() + "|" + v.page.heading(); got != "Prov|Ett prov" {
		t.Errorf("title and heading: %q", got)
	}
	start := v.page
	v.step("send", url.Values{"namn": {"Åsa"}, "box": {"x"}})
	if got, want := v.page.heading(), "box=x&lista=2&namn=%C3%85sa&step=send&text=rad&token=abc&val=b"; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	v.page = start
	v.leads("/vidare")
	v.expect(http.StatusTeapot, "Luleå")
	if got := v.page.row("Ort"); got != "Luleå" {
		t.Errorf("row: %q", got)
	}
}
