// Package browser drives a real Chromium in tests the way a person would: by the words on the
// screen. It finds fields by their labels and buttons by their text, moves a real mouse and presses
// real keys, and writes down everything the page asked the network for or complained about.
//
// It is for tests alone. It knows nothing of Temadag's pages, decides nothing about what is right
// (package check and the tests do), and never talks to anything but the address it is given.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// patience is how long one step in the browser may take before the test gives up.
const patience = 30 * time.Second

// Find is the path of a Chromium on this machine, or "" for none.
func Find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}

// Browser is a running Chromium with a fresh profile of its own. Its tabs may be used in parallel.
type Browser struct {
	ctx  context.Context
	stop context.CancelFunc
}

// Open starts the Chromium at path without a window. It asks nobody but the pages it is sent to:
// updates, sync, translation and QUIC are off, and every name but localhost leads nowhere. Close
// it when the last tab is closed.
func Open(path string) (*Browser, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.Flag("no-sandbox", true), // test machines run as root in a container
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("disable-lcd-text", true), // the same screenshots everywhere
		chromedp.Flag("hide-scrollbars", false), // a scroll bar is part of what a person sees
		chromedp.Flag("lang", "sv-SE"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopContext := chromedp.NewContext(allocator)
	stop := func() { stopContext(); stopAllocator() }
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, fmt.Errorf("browser: start %s: %w", path, err)
	}
	return &Browser{ctx: ctx, stop: stop}, nil
}

// Close ends the browser and removes its profile.
func (b *Browser) Close() { b.stop() }

// Kept is a Chromium for a whole run of tests: started for the first one that asks for it, and closed by
// TestMain. Each test has tabs of its own in it.
type Kept struct {
	once sync.Once
	b    *Browser
	err  error
}

// Open is the Chromium at path, started by the first call.
func (k *Kept) Open(path string) (*Browser, error) {
	k.once.Do(func() { k.b, k.err = Open(path) })
	return k.b, k.err
}

// Close ends it, where it was started.
func (k *Kept) Close() {
	if k.b != nil {
		k.b.Close()
	}
}

// Window says what kind of window a tab is opened in.
type Window struct {
	Width, Height int  // in CSS pixels; 1280 × 900 when zero
	Touch         bool // a phone: touch, and the page's own viewport declaration counts
	NoScript      bool // JavaScript switched off
	Dark          bool // the visitor prefers a dark page
	Contrast      bool // forced colours, as in Windows' high contrast
}

// Desktop is the wide one of the two windows every page is looked at in.
func Desktop() Window { return Window{Width: 1280, Height: 900} }

// Phone is the narrow one: 320 CSS pixels, which is also what 400 % on a desktop gives.
func Phone() Window { return Window{Width: 320, Height: 640, Touch: true} }

// Tab opens a tab with cookies and storage of its own, closed when the test ends. Each of its
// methods fails the test at once when the step cannot be taken.
func (b *Browser) Tab(t testing.TB, w Window) *Tab {
	t.Helper()
	tab := &Tab{t: t, window: w, log: &journal{}}
	ctx, stop := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(tab.log.hear))
	t.Cleanup(stop)
	tab.ctx = ctx
	tab.do("open a tab", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		return w.apply(ctx, target)
	}))
	return tab
}

// apply turns the tab into the window described.
func (w Window) apply(ctx context.Context, target *chromedp.Target) error {
	width, height := int64(w.Width), int64(w.Height)
	if width == 0 || height == 0 {
		width, height = 1280, 900
	}
	var options []chromedp.EmulateViewportOption
	if w.Touch {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	if _, err := chromedp.EmulateViewport(width, height, options...)(ctx, target); err != nil {
		return err
	}
	features := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}
	if w.Dark {
		features = append(features, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	}
	if w.Contrast {
		features = append(features, &emulation.MediaFeature{Name: "forced-colors", Value: "active"})
	}
	if _, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		return err
	}
	_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: w.NoScript})
	return err
}

// shots names the folder that pictures are kept in.
const shots = "TEMADAG_SHOTS"

func shotsWanted() bool { return os.Getenv(shots) != "" }

// keep writes an artefact into the folder named by TEMADAG_SHOTS, and nothing where it is unset.
func keep(t testing.TB, name string, data []byte) {
	t.Helper()
	if !shotsWanted() {
		return
	}
	path := filepath.Join(os.Getenv(shots), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
