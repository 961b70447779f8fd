package journey_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/testkit/browser"
)

// TestOffice_inTheBrowser is the same path in a real Chromium, on a desk and on a telephone of 320 pixels.
func TestOffice_inTheBrowser(t *testing.T) {
	p := furnished(t)
	p.env = append(p.env, "TEMADAG_RATE_LIMIT=off")
	started := time.Now()
	p.start()
	for name, w := range map[string]browser.Window{"1280": browser.Desktop(), "320": browser.Phone()} {
		t.Run(name, func(t *testing.T) {
			hands := &officerInBrowser{journeyInBrowser{tab: house().tab(t, w), p: p, name: "office-" + name}, t, w}
			o := &organising{hands: hands, t: t, p: p, started: started, email: "yvonne." + name + "@example.se"}
			o.all()
			quiet(t, hands.tab, p.base(), "127.0.0.1 temadag") // the sign-in, and nothing else
		})
	}
	p.fsck()
}

// officerInBrowser is someone who signs in, with Chromium.
type officerInBrowser struct {
	journeyInBrowser
	t      testing.TB
	window browser.Window
}

func (o *officerInBrowser) enter(address string) { o.tab.Go(address) }

func (o *officerInBrowser) visit(path string, words ...string) {
	o.t.Helper()
	o.tab.Go(o.p.base() + "/handlaggare" + path)
	o.seen(path, words...)
}

func (o *officerInBrowser) goes(link string, words ...string) {
	o.t.Helper()
	if got := o.tab.Follow(link); got != http.StatusOK {
		o.t.Fatalf("%q leads to status %d at %s", link, got, o.tab.URL())
	}
	o.seen(link, words...)
}

func (o *officerInBrowser) sends(button string, filled []string, words ...string) {
	o.t.Helper()
	for i := 0; i+1 < len(filled); i += 2 {
		if group, choice, ok := strings.Cut(filled[i], "|"); ok {
			o.tab.Choose(group, choice)
		} else {
			o.tab.Fill(filled[i], filled[i+1])
		}
	}
	o.goes(button, words...)
}

// seen takes a picture, and fails where the page is wider than the window or does not say the words.
func (o *officerInBrowser) seen(what string, words ...string) {
	o.t.Helper()
	o.shots++
	o.tab.Shot(fmt.Sprintf("journey/%s/%02d-%s", o.name, o.shots, strings.NewReplacer("/", "-", " ", "-", ":", "", "?", "").Replace(what)))
	if width := browser.Eval[int](o.tab, "document.documentElement.scrollWidth"); width > o.window.Width {
		o.t.Errorf("%s is %d pixels wide", o.tab.URL(), width)
	}
	shown := o.says()
	for _, w := range words {
		if !strings.Contains(shown, w) {
			o.t.Fatalf("%s does not say %q:\n%s", o.tab.URL(), w, shown)
		}
	}
}

func (o *officerInBrowser) says() string { return clean(o.tab.Text("body")) }

func (o *officerInBrowser) address() *url.URL {
	u, err := url.Parse(o.tab.URL())
	if err != nil {
		o.t.Fatal(err)
	}
	return u
}

func (o *officerInBrowser) secret() string {
	return browser.Eval[string](o.tab, `[...document.querySelectorAll("dd, code")].map(e => e.textContent.replace(/\s/g, "")).find(s => s.length >= 32) || ""`)
}
