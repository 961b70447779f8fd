package look_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
	"github.com/temadag/temadag/internal/testkit/look"
)

func TestKind(t *testing.T) {
	const page = `<html lang="sv"><p class="hint">Ditt namn</p><a href="/12" id="n1">Ja</a>`
	cases := map[string]struct {
		page string
		same bool
	}{
		"other words, numbers and addresses": {`<html lang="en"><p class="hint">Your name</p><a href="/en/7" id="n2">Yes</a>`, true},
		"another class":                      {strings.Replace(page, "hint", "error", 1), false},
		"another element":                    {strings.Replace(page, "<p class=\"hint\">Ditt namn</p>", "<h2 class=\"hint\">Ditt namn</h2>", 1), false},
		"no words":                           {strings.Replace(page, "Ja", " ", 1), false},
		"no address":                         {strings.Replace(page, "/12", "", 1), false},
		"words in another language":          {strings.Replace(page, "<p ", `<p lang="en" `, 1), false},
		"one more":                           {page + `<a href="/13" id="n2">Nej</a>`, false},
	}
	for name, c := range cases {
		if same := look.Kind([]byte(page)) == look.Kind([]byte(c.page)); same != c.same {
			t.Errorf("%s: of one make is %v", name, same)
		}
	}
}

// Every fault is found in the window that it shows in, and on each page that has it; and a page without any
// is let be.
func TestFindings(t *testing.T) {
	path := browser.Find()
	if path == "" || testing.Short() {
		check.LeaveOut(t, "looking at pages in a browser")
		return
	}
	b, err := browser.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	const head = `<!doctype html><html lang="sv"><meta name="viewport" content="width=device-width"><title>Prov</title>` +
		`<link rel="stylesheet" href="/s.css"><main><h1>Prov</h1>`
	o := look.Options{
		Pages: map[string][]byte{
			"/a-sound":    []byte(head + `<p>Text</p></main>`),
			"/b-another":  []byte(head + `<p>Words</p></main>`),
			"/c-wide":     []byte(head + `<p class="wide">Text</p></main>`),
			"/d-wider":    []byte(head + `<p class="wide">Aaaaaaaaaaaaaaaaaaaaaaaaaa</p></main>`),
			"/e-nameless": []byte(head + `<input></main>`),
			"/f-pale":     []byte(head + `<p class="pale">Text</p></main>`),
			"/g-night":    []byte(head + `<p class="night">Text</p></main>`),
			"/h-script":   []byte(head + `<p>Text</p><script>alert(1)</script></main>`),
		},
		Rest: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(`.wide{width:600px}.pale{color:#ddd}@media (prefers-color-scheme:dark){.night{color:#ddd}}`))
		}),
		Windows: []look.Window{look.Wide(), look.Narrow(), look.Dark()},
	}
	o.Windows[2].Colours = true
	found := strings.Join(look.Findings(t, b, o), "\n")
	for _, want := range []string{
		"/c-wide (narrow): it is", "/d-wider (narrow): it is",
		"/e-nameless (wide): label", "/e-nameless (narrow): label",
		"/f-pale (wide): color-contrast", "/f-pale (narrow): color-contrast", "/f-pale (dark): color-contrast",
		"/g-night (dark): color-contrast", "Content Security Policy",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("%s is not found", want)
		}
	}
	for _, wrong := range []string{"/a-", "/b-", "/c-wide (wide)", "/g-night (wide)", "/e-nameless (dark)", "/h-script"} {
		if strings.Contains(found, wrong+" (") || strings.Contains(found, wrong+":") {
			t.Errorf("%s is found fault with", wrong)
		}
	}
	if t.Failed() {
		t.Log(found)
	}
}
