package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
	"github.com/temadag/temadag/internal/testkit/look"
)

// scenes are the pages behind a personal link in every state worth looking at, by name, in both
// languages.
func scenes(t *testing.T) map[string][]byte {
	t.Helper()
	pages := make(map[string][]byte)
	for _, state := range ownStates() {
		w := newWorld(t)
		own := state.make(w)
		name := "/" + strings.NewReplacer(" ", "-", ",", "").Replace(state.name)
		pages[name] = []byte(w.get(own).body)
		pages[name+"-en"] = []byte(w.get(inEnglish(own)).body)
		if r := w.get(own + "/avboka"); r.StatusCode == http.StatusOK {
			pages[name+"-cancel"] = []byte(r.body)
		}
	}
	w := newWorld(t)
	rich(w)
	entry := testkit.Person(1)
	entry.Invoice.Reference = "Kostnadsställe 4711"
	_, own := w.enter("lulea", entry)
	for _, at := range []string{"", "/overlat", "/byt-ort", "/byt-ort/umea", "/andra", "/behov", "/utskrift", "/avboka", "/kommer", "/kommer-inte"} {
		pages["/rich"+at] = []byte(w.get(own+at).want(t, http.StatusOK).body)
		pages["/rich"+at+"-en"] = []byte(w.get(inEnglish(own+at)).want(t, http.StatusOK).body)
	}
	long := strings.Repeat("å", 400)
	for at, form := range map[string]url.Values{
		"/overlat":      {"given_name": {"1"}, "family_name": {long}, "email": {"fel"}},
		"/byt-ort/umea": {"place": {"seat"}},
		"/andra":        {"given_name": {""}, "title": {long}},
		"/behov":        {"step": {"keep"}, "diet_text": {long}, "diet": {"vegan"}, "access_text": {""}},
		"/avboka":       {"step": {"cancel"}, "seen": {"confirmed"}, "reason": {strings.Repeat("Förhinder ", 60)}},
	} {
		if at == "/byt-ort/umea" {
			form = w.termsOf("umea", form)
		}
		pages["/wrong"+at] = []byte(w.post(own+at, form).want(t, http.StatusUnprocessableEntity).body)
	}
	w.post(own+"/behov", url.Values{"step": {"keep"}, "diet": {"vegan", "nut_free"}, "diet_text": {"Inget stekt"}, "access": {"hearing_loop"}})
	w.post(own+"/kommer", nil)
	pages["/coming"] = []byte(w.get(own+"/kommer").want(t, http.StatusOK, "att du kommer").body)
	pages["/told"] = []byte(w.get(own+"?klart=behov").want(t, http.StatusOK, "Vegansk mat").body)
	moved := w.post(own+"/byt-ort/hemma", w.termsOf("hemma", url.Values{"place": {"queue"}}))
	pages["/moving"] = []byte(w.get(moved.Header.Get("Location")).want(t, http.StatusOK).body)
	pages["/moving-from"] = []byte(w.get(own).want(t, http.StatusOK).body)
	w.post(own+"/overlat", url.Values{"given_name": {"Kolibri"}, "email": {"kolibri@example.se"}})
	pages["/handed-over"] = []byte(w.get(own+"?klart=overlaten").want(t, http.StatusOK).body)
	pages["/received"] = []byte(w.get(w.linkOf("lulea", "kolibri@example.se")).want(t, http.StatusOK).body)
	invitationScenes(t, pages)
	return pages
}

// rich publishes a theme in three towns that asks everything that can be asked.
func rich(w *world) {
	full := testkit.Event("hemma", 1)
	full.Town, full.Day = "Östersund", full.Day.AddDays(6)
	lulea, umea := testkit.Event("lulea", 20), testkit.Event("umea", 20)
	lulea.Rules = domain.Rules{Food: true, Access: true, ChangeUntil: lulea.Day.AddDays(-7)}
	lulea.NoShowFee = 500
	lulea.Venue.Access = domain.Access{StepFree: domain.Yes, Lift: domain.Yes, HearingLoop: domain.Yes, QuietRoom: domain.No}
	for _, title := range []string{"Att möta den som köper sex", "Samverkan mellan skola, vård och socialtjänst i glesbygd"} {
		lulea.Programme = append(lulea.Programme, domain.Session{
			Day: lulea.Day, Starts: 13 * 60, Ends: 14 * 60, Title: domain.Text{Sv: title}, Parallel: "em", Capacity: 10,
		})
	}
	umea.Town, umea.Day = "Umeå", umea.Day.AddDays(1)
	umea.Questions = []domain.Question{{Kind: domain.QuestionYesNo, Label: domain.Text{Sv: "Har du varit med förr?"}, Required: true}}
	w.addSeries(domain.Series{Slug: "tema", Title: domain.Text{Sv: "Temadagar"}, Events: []domain.Event{lulea, umea, full}})
	w.take("hemma", 30)
}

func TestOwn_pagesAreValidHTML(t *testing.T) {
	testkit.OncePerRun(t)
	pages := scenes(t)
	for _, finding := range check.HTML(t, pages) {
		t.Error(finding)
	}
	for name, page := range pages {
		for _, sign := range []string{"⟨", "ZgotmplZ", "no value", " style=", "%!", "<no "} {
			if strings.Contains(string(page), sign) {
				t.Errorf("%s holds %q", name, sign)
			}
		}
	}
}

// TestOwn_inABrowser looks at the pages wide, narrow and dark, under the policy that the server sets.
func TestOwn_inABrowser(t *testing.T) {
	lookInABrowser(t, "own", scenes)
}

// lookInABrowser looks at pages wide, narrow and dark.
func lookInABrowser(t *testing.T, shots string, pages func(*testing.T) map[string][]byte) {
	t.Helper()
	testkit.OncePerRun(t)
	path := browser.Find()
	if path == "" || testing.Short() {
		check.LeaveOut(t, "pages in a browser: "+shots)
		return
	}
	b, err := browser.Open(path)
	must(t, err)
	t.Cleanup(b.Close)
	d, err := drawing()
	must(t, err)
	dark := look.Dark()
	dark.Colours, dark.Only = true, func(name string) bool { return !strings.HasSuffix(name, "-en") }
	look.At(t, b, look.Options{
		Pages: pages(t), Rest: d.static, Windows: []look.Window{look.Wide(), look.Narrow(), dark}, Shots: shots,
	})
}

// TestOwn_onPaper: the confirmation begins on the first page, and is no longer than two.
func TestOwn_onPaper(t *testing.T) {
	testkit.OncePerRun(t)
	path := browser.Find()
	if path == "" || testing.Short() {
		check.LeaveOut(t, "the confirmation on paper")
		return
	}
	w := newWorld(t, func(o *site.Options, _ *server.Options) { o.Demo = true })
	rich(w)
	entry := testkit.Person(1)
	entry.Invoice.Reference = "ZZ 1234"
	_, own := w.enter("lulea", entry)
	b, err := browser.Open(path)
	must(t, err)
	t.Cleanup(b.Close)
	d, err := drawing()
	must(t, err)
	address := look.Serve(t, map[string][]byte{"/paper": []byte(w.get(own+"/utskrift").want(t, http.StatusOK, "Demonstration").body)}, d.static)
	tab := b.Tab(t, browser.Desktop())
	tab.Go(address + "/paper")
	pages := strings.Split(strings.TrimSuffix(check.PDFText(t, tab.PDF()), "\f"), "\f")
	if len(pages) > 2 || !strings.Contains(pages[0], "Bekräftelse på anmälan") || !strings.Contains(pages[0], "Referensnummer") {
		t.Errorf("%d pages, the first of which is:\n%s", len(pages), pages[0])
	}
	if strings.Contains(strings.Join(pages, ""), "Demonstration") {
		t.Error("the banner of the site is on the paper")
	}
}
