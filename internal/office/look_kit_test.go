package office_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
	"github.com/temadag/temadag/internal/testkit/look"
)

// lookAt judges pages that have been made: no template's mistake in them, one heading of the first level,
// nothing for the HTML checker or axe, no wider than the window, wide and narrow, under the policy that the
// server sets. Every route is looked at in the dark besides, by TestEveryRoute.
func lookAt(t *testing.T, what string, pages map[string][]byte) {
	t.Helper()
	judge(t, pages)
	lookAtOver(t, what, pages, static(t), look.Wide(), look.Narrow())
}

// judge is the half of lookAt that needs no browser.
func judge(t *testing.T, pages map[string][]byte) {
	t.Helper()
	for name, page := range pages {
		for _, sign := range []string{"⟨", "ZgotmplZ", "&lt;no value", " style=", "/static/missing/", "%!", "{{", "map["} {
			if strings.Contains(string(page), sign) {
				t.Errorf("%s holds %q", name, sign)
			}
		}
		if n := strings.Count(string(page), "<h1"); n != 1 {
			t.Errorf("%s has %d headings of the first level", name, n)
		}
	}
	if !looks() {
		return
	}
	for _, finding := range check.HTML(t, pages) {
		t.Error(finding)
	}
}

// looks reports whether the checkers and the browser judge pages in this run. On PostgreSQL every page is made and read,
// but not judged once more: it is the same templates' work.
func looks() bool { return testkit.Engine() == testkit.SQLite }

// lookAtOver is the half that needs one. What the pages ask for besides comes from rest. The pictures are
// kept under the first word of what.
func lookAtOver(t *testing.T, what string, pages map[string][]byte, rest http.Handler, windows ...look.Window) {
	t.Helper()
	if !looks() {
		return
	}
	if b := open(t, what+" in a browser"); b != nil {
		folder, _, _ := strings.Cut(what, " ")
		look.At(t, b, look.Options{Pages: pages, Rest: rest, Windows: windows, Shots: folder})
	}
}

// chromium is the one browser of this run; each test has tabs of its own in it.
var chromium browser.Kept

func TestMain(m *testing.M) {
	code := m.Run()
	chromium.Close()
	os.Exit(code)
}

// open is the browser; nil, and told, where what is left out.
func open(t *testing.T, what string) *browser.Browser {
	t.Helper()
	path := browser.Find()
	if path == "" || testing.Short() {
		check.LeaveOut(t, what)
		return nil
	}
	b, err := chromium.Open(path)
	must(t, err)
	return b
}

// static is the style sheets, scripts and fonts.
func static(t *testing.T) http.Handler {
	t.Helper()
	d, err := drawing()
	must(t, err)
	return d.static
}
