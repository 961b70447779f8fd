// Package look has a browser judge pages that a test has made: how wide they are, what axe-core says of them,
// and what they complain of under the policy that the server sets.
//
// It is thrifty, for hundreds of pages are looked at: a page is loaded once and then shown in one window after
// the other, and axe judges each make of page once. Two pages are of one make when they are built of the same
// elements in the same order with the same classes and roles, and differ in words, numbers and addresses
// alone: the Swedish and the English page, or two people's. How wide it is, each page is asked.
package look

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
)

// Window is a window to look in.
type Window struct {
	Name string
	browser.Window
	// Colours has axe judge by the rules about colour alone: for a window that differs from another, in which
	// the page is judged by every rule, in nothing else.
	Colours bool
	// Only tells which pages are looked at in it; nil for all.
	Only func(name string) bool
}

// Wide is a desk's window, by daylight.
func Wide() Window { return Window{Name: "wide", Window: browser.Desktop()} }

// Narrow is a telephone's, by daylight.
func Narrow() Window { return Window{Name: "narrow", Window: browser.Phone()} }

// Dark is a desk's window by night.
func Dark() Window {
	return Window{Name: "dark", Window: browser.Window{Width: 1280, Height: 900, Dark: true}}
}

// Contrast is a desk's window in forced colours.
func Contrast() Window {
	return Window{Name: "contrast", Window: browser.Window{Width: 1280, Height: 900, Contrast: true}}
}

// Options is what to look at, and how.
type Options struct {
	Pages   map[string][]byte // by their address, from the root
	At      string            // where they are served; "" to have them served
	Rest    http.Handler      // what the pages ask for besides, where they are not served already
	Windows []Window
	Shots   string // the first word in the names of the pictures; "" for none
	// Each is called with every page in every window, after the judges; nil for nothing.
	Each func(window, name string, tab *browser.Tab)
	// After is called with the tab that has shown them all; nil for nothing.
	After func(tab *browser.Tab)
}

// At looks at the pages with b, and fails the test for what is found.
func At(t *testing.T, b *browser.Browser, o Options) {
	t.Helper()
	for _, f := range Findings(t, b, o) {
		t.Error(f)
	}
}

// Findings is what At finds.
func Findings(t *testing.T, b *browser.Browser, o Options) []string {
	t.Helper()
	if o.At == "" {
		o.At = Serve(t, o.Pages, o.Rest)
	}
	l := &looker{Options: o, tab: b.Tab(t, o.Windows[0].Window), axe: check.AxeIn(t), judged: make(map[string]bool)}
	names := make([]string, 0, len(o.Pages))
	for name := range o.Pages {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		l.page(name)
	}
	if o.After != nil {
		o.After(l.tab)
	}
	return append(l.findings, l.tab.Complaints()...)
}

type looker struct {
	Options
	tab      *browser.Tab
	shown    string // the window that the tab is
	axe      check.Axe
	judged   map[string]bool // makes of pages, by window
	findings []string
}

// page looks at one page in every window.
func (l *looker) page(name string) {
	kind, loaded, armed := Kind(l.Pages[name]), false, false
	for _, w := range l.Windows {
		if w.Only != nil && !w.Only(name) {
			continue
		}
		if l.shown != w.Name {
			l.tab.Become(w.Window)
			l.shown = w.Name
		}
		if !loaded {
			l.tab.Go(l.At + name)
			loaded = true
		}
		for _, misfit := range browser.Eval[[]string](l.tab, fmt.Sprintf(misfits, w.Width)) {
			l.findings = append(l.findings, name+" ("+w.Name+"): "+misfit)
		}
		if !l.judged[w.Name+kind] {
			l.judged[w.Name+kind] = true
			if !armed {
				browser.Eval[bool](l.tab, l.axe.Load)
				armed = true
			}
			l.judge(name, w)
		}
		if l.Shots != "" {
			l.tab.Shot(l.Shots + "-" + w.Name + strings.ReplaceAll(name, "/", "-"))
		}
		if l.Each != nil {
			l.Each(w.Name, name, l.tab)
		}
	}
}

// judge has axe judge the page that is shown.
func (l *looker) judge(name string, w Window) {
	run := l.axe.Run
	if w.Colours {
		run = l.axe.Colours
	}
	for _, v := range browser.Eval[check.AxeResult](l.tab, run).Violations {
		l.findings = append(l.findings, name+" ("+w.Name+"): "+v.String())
	}
}

// misfits is what does not fit the window.
const misfits = `(() => {
	const out = [], window = %d, wide = document.documentElement.scrollWidth;
	if (wide > window) out.push("it is " + wide + " pixels wide in a window of " + window);
	if ([...document.querySelectorAll(".table-scroll:has(> .desk-rows)")].some(e => e.scrollWidth > e.clientWidth))
		out.push("it has a list that is cut at the side");
	return out;
})()`

// Serve shows pages that have been made, under the policy that the server sets, and is their address. What
// they ask for besides comes from rest.
func Serve(t *testing.T, pages map[string][]byte, rest http.Handler) string {
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
