package office_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/look"
)

// The header of whoever has the most to choose among is two rows on every desk: the brand and the help about the
// page, and the menu, all of it. On a telephone it wraps, and nothing is wider than the window.
func TestHeader(t *testing.T) {
	b := open(t, "the header")
	if b == nil {
		return
	}
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleAdministrator))
	files := static(t)
	at := look.Serve(t, nil, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/handlaggare") && !strings.HasPrefix(r.URL.Path, "/en/") {
			files.ServeHTTP(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = rw.Write([]byte(c.get(r.URL.Path).body))
	}))
	const rows = `new Set([...document.querySelectorAll(%s)].map((e) => Math.round(e.getBoundingClientRect().top))).size`
	count := func(tab *browser.Tab, what string) int {
		return browser.Eval[int](tab, strings.Replace(rows, "%s", `"`+what+`"`, 1))
	}
	for name, path := range map[string]string{"sv": "/handlaggare/tillfalle/lulea/narvaro", "en": "/en/office/event/lulea/attendance"} {
		for _, width := range []int{800, 1000, 1100, 1280} {
			tab := b.Tab(t, browser.Window{Width: width, Height: 700})
			tab.Go(at + path)
			if got := count(tab, ".office-header .menu a"); got != 1 {
				t.Errorf("%s at %d: the menu takes %d rows", path, width, got)
			}
			if height := browser.Eval[float64](tab, `document.querySelector(".office-header").getBoundingClientRect().height`); height > 130 {
				t.Errorf("%s at %d: the header is %v high", path, width, height)
			}
			tab.Shot("header-" + strconv.Itoa(width) + "-" + name)
		}
		tab := b.Tab(t, browser.Phone())
		tab.Go(at + path)
		if browser.Eval[bool](tab, `document.documentElement.scrollWidth > innerWidth`) {
			t.Errorf("%s on a telephone: wider than the window", path)
		}
		tab.Shot("header-320-" + name)
	}
}
