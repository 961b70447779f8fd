package journey_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
	"github.com/temadag/temadag/internal/testkit/look"
)

func TestPages_markup(t *testing.T) {
	testkit.OncePerRun(t)
	documents := map[string][]byte{}
	for _, s := range scenes(t) {
		documents[s.name] = s.body
		structure(t, s)
	}
	p := unhurried(t)
	v := newVisitor(t)
	register(v, p, "temadag-lulea", asa())
	documents["letter"] = p.letterTo(asa().Get("email"), 1).parts["text/html"]
	for _, finding := range check.HTML(t, documents) {
		t.Error(finding)
	}
	t.Logf("%d documents", len(documents))
}

// structure is what every page owes a person who cannot see it, beyond what the judges look for.
func structure(t *testing.T, s scene) {
	t.Helper()
	if n := len(find(s.root, "h1")); n != 1 {
		t.Errorf("%s: %d headings of the first order", s.name, n)
	}
	if len(find(s.root, "main")) != 1 || s.title() == "" {
		t.Errorf("%s: no main part or no title", s.name)
	}
	want := "sv"
	if strings.HasSuffix(s.name, "-en") {
		want = "en"
	}
	if lang := attr(find(s.root, "html")[0], "lang"); lang != want {
		t.Errorf("%s: the language is said to be %q, want %q", s.name, lang, want)
	}
	if faults := s.faults(t); (len(faults) > 0) != (s.status == 422) || s.status == 422 && !hasAnyPrefix(s.title(), "Fel: ", "Error: ") {
		t.Errorf("%s: status %d, title %q, faults %v", s.name, s.status, s.title(), faults)
	}
	if strings.Contains(string(s.body), "⟨") {
		t.Errorf("%s: a text is missing: %.80q", s.name, string(s.body)[strings.Index(string(s.body), "⟨"):])
	}
	for _, word := range []string{"vänligen", "tyvärr", "ogiltig", "obligatoriskt", " oj", "<nil>", "%!", "{{"} {
		if strings.Contains(strings.ToLower(s.words()), strings.ToLower(word)) {
			t.Errorf("%s says %q", s.name, word)
		}
	}
	distinct(t, s)
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// distinct fails where the same words on a page lead to different places.
func distinct(t *testing.T, s scene) {
	t.Helper()
	leads := map[string]string{}
	for _, main := range find(s.root, "main") {
		for _, a := range find(main, "a") {
			words, href := clean(text(a)), attr(a, "href")
			if words == "" || href == "" {
				continue
			}
			if other, ok := leads[words]; ok && other != href {
				t.Errorf("%s: %q leads both to %s and to %s", s.name, words, other, href)
			}
			leads[words] = href
		}
	}
}

func TestPages_inTheBrowser(t *testing.T) {
	testkit.OncePerRun(t)
	windows, dark := []look.Window{look.Wide(), look.Narrow()}, look.Dark()
	if !testing.Short() {
		// The English page is the Swedish one in other words, which may be longer, but have the same colours.
		dark.Colours, dark.Only = true, func(name string) bool { return !strings.HasSuffix(name, "-en") }
		windows = append(windows, dark)
	}
	all, pages := scenes(t), map[string][]byte{}
	for _, s := range all {
		pages["/scene/"+s.name] = s.body
	}
	base := theatre(t, all)
	look.At(t, house().browser(t), look.Options{
		Pages: pages, At: base, Windows: windows,
		Each: func(window, name string, tab *browser.Tab) {
			tab.Shot("pages/" + window + "/" + strings.TrimPrefix(name, "/scene/"))
			width := browser.Desktop().Width
			if window == look.Narrow().Name {
				width = browser.Phone().Width
			}
			for _, trouble := range misfits(tab, width) {
				t.Errorf("%s (%s): %s", name, window, trouble)
			}
		},
		After: func(tab *browser.Tab) { quiet(t, tab, base) },
	})
}

// misfits is what does not fit the window's width: what must be scrolled sideways, also with the
// text set as wide as WCAG 1.4.12 says, and what that cuts off.
func misfits(tab *browser.Tab, width int) []string {
	script := fmt.Sprintf(fitScript, width)
	found := browser.Eval[[]string](tab, script)
	browser.Eval[bool](tab, `(() => { const s = new CSSStyleSheet();
		s.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }");
		document.adoptedStyleSheets = [s]; return true })()`)
	for _, trouble := range browser.Eval[[]string](tab, script) {
		found = append(found, "with the text spread out "+trouble)
	}
	browser.Eval[bool](tab, `(document.adoptedStyleSheets = [], true)`)
	return found
}

// TestPages_misfitsAreSeen is the twin: pages that do not fit.
func TestPages_misfitsAreSeen(t *testing.T) {
	testkit.OncePerRun(t)
	tab := house().tab(t, browser.Phone())
	const head = `data:text/html,<!doctype html><meta name="viewport" content="width=device-width"><title>x</title><body style="margin:0">`
	for name, c := range map[string]struct {
		html string
		want int
	}{
		"fits":                 {`<p>Kort</p>`, 0},
		"too wide":             {`<div style="width:400px">Bred</div>`, 2},
		"too wide when spread": {`<p style="white-space:nowrap;width:0;font:16px monospace">aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</p>`, 1},
		"cut off when spread":  {`<p style="overflow:hidden;height:20px;font:16px/20px monospace">Kort</p>`, 1},
	} {
		tab.Go(head + c.html)
		if got := misfits(tab, 320); len(got) != c.want {
			t.Errorf("%s: %q, want %d findings", name, got, c.want)
		}
	}
}

const fitScript = `(() => {
	const wide = %d, out = [];
	const say = e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.className ? "." + String(e.className).replace(/ /g, ".") : "");
	if (document.documentElement.scrollWidth > wide) {
		const beyond = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > wide + 1);
		out.push("it is " + document.documentElement.scrollWidth + " wide in a window of " + wide + ": " + beyond.slice(0, 3).map(say).join(", "));
	}
	for (const e of document.querySelectorAll("body *")) {
		const s = getComputedStyle(e);
		if (!/hidden|clip/.test(s.overflowX + s.overflowY) || /^(INPUT|SELECT|TEXTAREA|SVG)$/i.test(e.tagName) || e.closest("svg")) continue;
		if (e.clientWidth <= 2 || e.clientHeight <= 2) continue; // for screen readers
		if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) out.push("cut off: " + say(e));
	}
	const bytes = performance.getEntriesByType("resource").reduce((sum, r) => sum + r.encodedBodySize, 0);
	if (bytes > 1e6) out.push("it needs " + bytes + " bytes");
	return out;
})()`

// quiet fails where the tab kept a cookie, asked anyone else for anything, or complained.
func quiet(t testing.TB, tab *browser.Tab, base string, meant ...string) {
	t.Helper()
	if cookies := tab.Cookies(); !slices.Equal(cookies, meant) {
		t.Errorf("cookies: %v, want %v", cookies, meant)
	}
	if kept := browser.Eval[int](tab, "localStorage.length + sessionStorage.length"); kept > 0 {
		t.Errorf("%d things kept in the browser's storage", kept)
	}
	own, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range tab.Requests() {
		if u, err := url.Parse(r); err != nil || u.Host != own.Host && u.Scheme != "data" {
			t.Errorf("a request to someone else: %s", r)
		}
	}
	for _, c := range tab.Complaints() {
		if !strings.Contains(c, "the server responded with a status of 4") { // pages of 404, 409 and 422 are meant
			t.Errorf("complaint: %s", c)
		}
	}
}

func TestPages_byTabKey(t *testing.T) {
	testkit.OncePerRun(t)
	all := scenes(t)
	base := theatre(t, all)
	for name, w := range map[string]browser.Window{"1280": browser.Desktop(), "320": browser.Phone()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab, walked := house().tab(t, w), map[string]bool{}
			for _, s := range all {
				if strings.HasSuffix(s.name, "-en") || w.Touch && walked[s.heading()] {
					continue // the same frame in other words; on a phone one page under each heading
				}
				walked[s.heading()] = true
				tab.Go(base + "/scene/" + s.name)
				stops := tab.Stops(200)
				if len(stops) < 3 || len(stops) == 200 {
					t.Errorf("%s: Tab stops %d times", s.name, len(stops))
				}
				for _, stop := range stops {
					if !stop.Visible {
						t.Errorf("%s: the focus cannot be seen on %s %q", s.name, stop.Tag, fmt.Sprint(stop.Name, stop.ID))
					}
				}
				if n := browser.Eval[int](tab, `document.querySelectorAll("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").length`); n > 0 {
					t.Errorf("%s: %d elements jump the queue of the Tab key", s.name, n)
				}
			}
		})
	}
}
