package mail_test

import (
	"html"
	htmltemplate "html/template"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
)

// linked stands in for what reads staff's Markdown, with an address that has no place to break at.
type linked struct{ plainWritten }

func (linked) HTML(string) (htmltemplate.HTML, error) {
	long := "https://temadag.example.se/" + strings.Repeat("a", 90)
	return htmltemplate.HTML(`<h2>Så hittar du</h2><p>Läs på <a href="` + long + `">` + long + `</a></p><ul><li>Ta med ` + strings.Repeat("legitimation", 12) + `</li></ul>`), nil
}

// TestCompose_onSmallScreens opens letters on a telephone in light and in dark: nothing is wider than the screen,
// everything stands out from what is behind it, and nothing is fetched.
func TestCompose_onSmallScreens(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	path := browser.Find()
	if path == "" {
		check.LeaveOut(t, "Chromium")
	}
	c := composer(t)
	c.Written = linked{}
	all := cases(t)
	letters := map[string]domain.LetterFacts{
		"/mailing": honest().facts(), "/rich": all["sv_registration_confirmed_rich"], "/long": all["sv_registration_confirmed_long"],
		"/offered": all["sv_place_offered"], "/group": all["sv_group_registered"],
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/twin" {
			_, _ = w.Write([]byte(`<meta name="viewport" content="width=device-width"><p style="white-space:nowrap;color:#eee">` + html.EscapeString(strings.Repeat("bred ", 90))))
			return
		}
		f, ok := letters[r.URL.Path]
		if !ok { // the browser asks for an icon by itself
			w.WriteHeader(http.StatusNotFound)
			return
		}
		raw, err := c.Compose(f)
		if err != nil {
			t.Errorf("%s: %v", r.URL.Path, err)
			return
		}
		_, _ = w.Write([]byte(parse(t, raw).html))
	}))
	defer server.Close()
	b, err := browser.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	colours := check.AxeColours(t)
	for _, dark := range []bool{false, true} {
		w := browser.Phone()
		w.Dark = dark
		tab := b.Tab(t, w)
		for path := range letters {
			tab.Go(server.URL + path)
			tab.Shot(strings.TrimPrefix(path, "/") + map[bool]string{true: " dark"}[dark])
			if wide := browser.Eval[int](tab, "document.documentElement.scrollWidth"); wide > w.Width {
				t.Errorf("%s is %d wide, dark %v", path, wide, dark)
			}
			for _, v := range browser.Eval[check.AxeResult](tab, colours).Violations {
				t.Errorf("%s, dark %v: %s", path, dark, v)
			}
		}
		if got := tab.Requests(); slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "aaaa") || !strings.Contains(s, server.URL) }) {
			t.Errorf("it asks the network for %v", got)
		}
		tab.Go(server.URL + "/twin") // whose faults must be seen
		if browser.Eval[int](tab, "document.documentElement.scrollWidth") <= w.Width || len(browser.Eval[check.AxeResult](tab, colours).Violations) == 0 {
			t.Error("a wide and pale page goes unseen")
		}
	}
}
