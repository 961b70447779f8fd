package office_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
	"github.com/temadag/temadag/internal/view"
	"github.com/temadag/temadag/web"
)

// lookAt judges pages that have been made: no template's mistake in them, one heading of the first level,
// nothing for the HTML checker or axe, no wider than the window, wide and narrow, under the policy that the
// server sets. Every route is looked at in the dark besides, by TestEveryRoute.
func lookAt(t *testing.T, what string, pages map[string][]byte) {
	t.Helper()
	judge(t, pages)
	lookAtOver(t, what, pages, static(t), inTheLight())
}

func inTheLight() map[string]browser.Window {
	return map[string]browser.Window{"wide": browser.Desktop(), "narrow": browser.Phone()}
}

func inTheDark() map[string]browser.Window {
	return map[string]browser.Window{"dark": {Width: 1280, Height: 900, Dark: true}}
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
	for _, finding := range check.HTML(t, pages) {
		t.Error(finding)
	}
}

// lookAtOver is the half that needs one. What the pages ask for besides comes from rest. The pictures are
// kept under the first word of what.
func lookAtOver(t *testing.T, what string, pages map[string][]byte, rest http.Handler, windows map[string]browser.Window) {
	t.Helper()
	b := open(t, what+" in a browser")
	if b == nil {
		return
	}
	at, axe := serve(t, pages, rest), check.AxeScript(t)
	folder, _, _ := strings.Cut(what, " ")
	for kind, window := range windows {
		t.Run(kind, func(t *testing.T) {
			tab := b.Tab(t, window)
			for name := range pages {
				tab.Go(at + name)
				if width := browser.Eval[int](tab, "document.documentElement.scrollWidth"); width > window.Width {
					t.Errorf("%s is %d pixels wide in a window of %d", name, width, window.Width)
				}
				if browser.Eval[bool](tab, "[...document.querySelectorAll('.table-scroll:has(> .desk-rows)')].some(e => e.scrollWidth > e.clientWidth)") {
					t.Errorf("%s has a list that is cut at the side in a window of %d", name, window.Width)
				}
				for _, v := range browser.Eval[check.AxeResult](tab, axe).Violations {
					t.Errorf("%s: %s", name, v)
				}
				tab.Shot(folder + "-" + kind + strings.ReplaceAll(name, "/", "-"))
			}
			for _, c := range tab.Complaints() {
				t.Error(c)
			}
		})
	}
}

// open is a browser that ends with the test; nil, and told, where what is left out.
func open(t *testing.T, what string) *browser.Browser {
	t.Helper()
	path := browser.Find()
	if path == "" || testing.Short() {
		check.LeaveOut(t, what)
		return nil
	}
	b, err := browser.Open(path)
	must(t, err)
	t.Cleanup(b.Close)
	return b
}

// serve shows pages that have been made, and is their address. What they ask for besides comes from rest.
func serve(t *testing.T, pages map[string][]byte, rest http.Handler) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'")
		if page, ok := pages[r.URL.Path]; ok {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(page)
			return
		}
		rest.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// static is the style sheets, scripts and fonts.
func static(t *testing.T) http.Handler {
	t.Helper()
	s, err := view.NewStatic(web.Static())
	must(t, err)
	return s
}
