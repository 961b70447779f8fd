package browser

import (
	"fmt"
	"sync"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// journal is what the tab was heard doing.
type journal struct {
	mu         sync.Mutex
	requests   []string
	complaints []string
}

// hear notes one event; it runs on the goroutine that reads from the browser.
func (j *journal) hear(ev any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		j.requests = append(j.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		j.complaints = append(j.complaints, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" || e.Type == "assert" {
			j.complaints = append(j.complaints, fmt.Sprintf("console.%s", e.Type))
		}
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			j.complaints = append(j.complaints, fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	}
}

// Requests lists every address the tab has asked for since it was opened, in order.
func (tab *Tab) Requests() []string {
	tab.log.mu.Lock()
	defer tab.log.mu.Unlock()
	return append([]string(nil), tab.log.requests...)
}

// Complaints lists what the pages of this tab complained of since it was opened: exceptions,
// console errors and warnings, breaches of the Content-Security-Policy, failed loads.
func (tab *Tab) Complaints() []string {
	tab.log.mu.Lock()
	defer tab.log.mu.Unlock()
	return append([]string(nil), tab.log.complaints...)
}

// Cookies lists the names of all cookies that the tab holds, of any site.
func (tab *Tab) Cookies() []string {
	tab.t.Helper()
	res, err := chromedp.CallBrowser(tab.ctx, storage.GetCookies,
		storage.GetCookiesParams{BrowserContextID: chromedp.FromContext(tab.ctx).BrowserContextID})
	if err != nil {
		tab.t.Fatalf("browser: read cookies: %v", err)
	}
	names := make([]string, 0, len(res.Cookies))
	for _, c := range res.Cookies {
		names = append(names, c.Domain+" "+c.Name)
	}
	return names
}

// URL is the address shown.
func (tab *Tab) URL() string {
	tab.t.Helper()
	return Eval[string](tab, "location.href")
}

// Title is the title of the page.
func (tab *Tab) Title() string {
	tab.t.Helper()
	return Eval[string](tab, "document.title")
}

// Text is what a person can read in the first element that the selector finds, "" for none.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return Eval[string](tab, "document.querySelector("+quote(selector)+")?.innerText ?? ''")
}

// Has reports whether the selector finds anything.
func (tab *Tab) Has(selector string) bool {
	tab.t.Helper()
	return Eval[bool](tab, "document.querySelector("+quote(selector)+") !== null")
}

// Shot keeps a picture of the whole page under name in the folder TEMADAG_SHOTS, and takes none
// where that is unset.
func (tab *Tab) Shot(name string) {
	tab.t.Helper()
	if shotsWanted() {
		keep(tab.t, name+".png", run(tab, "take a picture", chromedp.FullScreenshot(100)))
	}
}

// PDF is the page as it prints on A4, tagged.
func (tab *Tab) PDF() []byte {
	tab.t.Helper()
	return run(tab, "print", chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4),
		chromedp.PDFPreferCSSPageSize(), chromedp.PDFOutlineAndTagged()))
}

// Stop is one stop on the way of the Tab key.
type Stop struct {
	Tag     string
	Name    string  // its words
	ID      string  //
	X, Y    float64 // top left corner on the whole page
	Visible bool    // a person sees where it is and that it has the focus
}

// Stops presses Tab from the top of the page until the focus comes round, at most limit times, and
// tells where it stopped.
func (tab *Tab) Stops(limit int) []Stop {
	tab.t.Helper()
	Eval[bool](tab, "(document.activeElement?.blur(), scrollTo(0, 0), true)")
	var stops []Stop
	for range limit {
		tab.Type(kb.Tab)
		s := Eval[Stop](tab, stopScript)
		if s.Tag == "BODY" || s.Tag == "HTML" || len(stops) > 0 && s == stops[0] {
			break
		}
		stops = append(stops, s)
	}
	return stops
}

// stopScript describes the element that has the focus. The focus is visible when outline, shadow,
// border or background differ from the same element without it.
const stopScript = `(() => {
	const e = document.activeElement;
	if (!e) return {Tag: "BODY"};
	const look = () => { const s = getComputedStyle(e);
		return [s.outlineStyle === "none" ? "" : s.outlineStyle + s.outlineWidth + s.outlineColor, s.boxShadow,
			s.borderColor, s.backgroundColor, s.textDecorationLine, s.textDecorationThickness].join() };
	const box = e.getBoundingClientRect();
	const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
	const on = look(), style = getComputedStyle(e), ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
	const name = (e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent || e.value || "").replace(/\s+/g, " ").trim();
	let seen = ring;
	if (!ring) { e.blur(); seen = look() !== on; e.focus({preventScroll: true}); }
	return {Tag: e.tagName, Name: name.slice(0, 80), ID: e.id, X: box.x + scrollX, Y: box.y + scrollY, Visible: inside && seen};
})()`
