package browser

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed find.js
var findScript string

// Tab is one tab. Use it from the test's own goroutine.
type Tab struct {
	t      testing.TB
	ctx    context.Context
	window Window
	log    *journal
}

// do runs steps with patience, and fails the test when one cannot be taken.
func (tab *Tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	run(tab, what, chromedp.Steps(steps...))
}

// run runs one action with patience and returns its value.
func run[T any](tab *Tab, what string, action chromedp.Action[T]) T {
	tab.t.Helper()
	// The first run makes the tab, which must outlive the step: so the time limit sits inside.
	v, err := chromedp.Run(tab.ctx, func(ctx context.Context, target *chromedp.Target) (T, error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return action(ctx, target)
	})
	if err != nil {
		tab.t.Fatalf("browser: %s: %v", what, err)
	}
	return v
}

// Go opens an address and returns the status of the answer, once the page is loaded.
func (tab *Tab) Go(url string) int {
	tab.t.Helper()
	return int(run(tab, "open "+url, chromedp.NavigateResponse(url)).Status)
}

// Become turns the tab into another window, with the page that it shows.
func (tab *Tab) Become(w Window) {
	tab.t.Helper()
	tab.window = w
	tab.do("become another window", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		return w.apply(ctx, target)
	}))
}

// Back is the browser's own way back.
func (tab *Tab) Back() {
	tab.t.Helper()
	// A page from the back/forward cache never loads, so waiting for its load would be in vain.
	run(tab, "go back", chromedp.WaitEvent(page.FrameNavigated, nil, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		var none chromedp.Void
		history, err := cdp.Call(ctx, target, page.GetNavigationHistory, cdp.Empty{})
		if err != nil || history.CurrentIndex == 0 {
			return none, cmp.Or(err, errors.New("there is nowhere to go back to"))
		}
		_, err = cdp.Call(ctx, target, page.NavigateToHistoryEntry,
			page.NavigateToHistoryEntryParams{EntryID: history.Entries[history.CurrentIndex-1].ID})
		return none, err
	}))
	for start := time.Now(); Eval[string](tab, "document.readyState") != "complete"; {
		if time.Since(start) > patience {
			tab.t.Fatalf("browser: %s never finished loading", tab.URL())
		}
	}
}

// Reload is the browser's own way to ask again.
func (tab *Tab) Reload() {
	tab.t.Helper()
	tab.do("reload", chromedp.Reload())
}

// Follow presses the link or button with the words and waits for the page it leads to; it returns
// the status of that page.
func (tab *Tab) Follow(words string) int {
	tab.t.Helper()
	spot := tab.find("press", words)
	resp := run(tab, "follow "+words, func(ctx context.Context, target *chromedp.Target) (*network.Response, error) {
		return chromedp.RunResponse(ctx, tab.press(spot))
	})
	return int(resp.Status)
}

// Click presses whatever bears the words and waits for nothing.
func (tab *Tab) Click(words string) {
	tab.t.Helper()
	tab.do("click "+words, tab.press(tab.find("press", words)))
}

// Choose ticks the radio button or box whose label is words, within the group whose legend is
// group ("" for any).
func (tab *Tab) Choose(group, words string) {
	tab.t.Helper()
	tab.do("choose "+words, tab.press(tab.find("choice", words, group)))
}

// Pick chooses an option of the list with the label.
func (tab *Tab) Pick(label, option string) {
	tab.t.Helper()
	tab.find("option", label, option)
}

// Fill replaces what stands in the field with the label.
func (tab *Tab) Fill(label, value string) {
	tab.t.Helper()
	spot := tab.find("field", label)
	tab.do("fill "+label, tab.press(spot), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		all := chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
		if _, err := all(ctx, target); err != nil {
			return err
		}
		if value == "" {
			_, err := chromedp.KeyEvent(kb.Delete)(ctx, target)
			return err
		}
		_, err := cdp.Call(ctx, target, input.InsertText, input.InsertTextParams{Text: value})
		return err
	}))
}

// Type sends keys to whatever has the focus.
func (tab *Tab) Type(keys string) {
	tab.t.Helper()
	tab.do("type", chromedp.KeyEvent(keys))
}

// TypeAndFollow sends keys that lead to another page, and returns its status.
func (tab *Tab) TypeAndFollow(keys string) int {
	tab.t.Helper()
	resp := run(tab, "type and follow", func(ctx context.Context, target *chromedp.Target) (*network.Response, error) {
		return chromedp.RunResponse(ctx, chromedp.KeyEvent(keys))
	})
	return int(resp.Status)
}

// spot is where something was found on the screen.
type spot struct {
	X, Y float64
	Why  string // why it cannot be pressed; "" when it can
}

// find looks for a thing by its words, scrolls it into view and tells where it is.
func (tab *Tab) find(kind string, words ...string) spot {
	tab.t.Helper()
	args, err := json.Marshal(words)
	if err != nil {
		tab.t.Fatal(err)
	}
	s := Eval[spot](tab, "("+findScript+")("+quote(kind)+","+string(args)+")")
	if s.Why != "" {
		keep(tab.t, "trouble.png", run(tab, "take a picture", chromedp.FullScreenshot(100)))
		tab.t.Fatalf("browser: %s %q on %s: %s", kind, words, tab.URL(), s.Why)
	}
	return s
}

// press is a tap or a click, after the window.
func (tab *Tab) press(s spot) chromedp.Action[chromedp.Void] {
	if tab.window.Touch {
		return chromedp.TapXY(s.X, s.Y)
	}
	return chromedp.MouseClickXY(s.X, s.Y)
}

// Eval is the value of a JavaScript expression in the page, promises awaited. It also works in a
// window without scripts, where the page's own code does not run.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	return run(tab, "look at the page", chromedp.EvaluateAsDevTools[T](expression, chromedp.EvalAwaitPromise))
}

func quote(s string) string {
	b, _ := json.Marshal(s) // a string always marshals
	return string(b)
}
