package journey_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
)

// TestJourney_inTheBrowser is the main job in a real Chromium, by the words on the screen: on a
// desk, on a phone of 320 pixels, and with JavaScript switched off.
func TestJourney_inTheBrowser(t *testing.T) {
	windows := map[string]browser.Window{
		"1280": browser.Desktop(), "320": browser.Phone(), "320-no-script": {Width: 320, Height: 640, Touch: true, NoScript: true},
	}
	p := unhurried(t)
	for name, w := range windows {
		t.Run(name, func(t *testing.T) {
			j := &journeyInBrowser{tab: house().tab(t, w), p: p, name: name, email: "asa." + name + "@example.se"}
			j.toTheForm(t)
			j.fill(t)
			j.send(t)
			receipt := j.tab.URL()
			if name == "1280" {
				j.onPaper(t)
			}
			j.letter(t)
			j.again(t, receipt)
			quiet(t, j.tab, p.base())
		})
	}
	p.fsck()
}

type journeyInBrowser struct {
	tab   *browser.Tab
	p     *program
	name  string
	email string
	shots int
}

// look takes a picture and fails where the page does not say the words.
func (j *journeyInBrowser) look(t *testing.T, name string, words ...string) {
	t.Helper()
	j.shots++
	j.tab.Shot(fmt.Sprintf("journey/%s/%02d-%s", j.name, j.shots, name))
	shown := clean(j.tab.Text("body"))
	for _, w := range words {
		if !strings.Contains(shown, w) {
			t.Fatalf("%s (%s) does not say %q:\n%s", name, j.tab.URL(), w, shown)
		}
	}
}

func (j *journeyInBrowser) follow(t *testing.T, words string, status int) {
	t.Helper()
	if got := j.tab.Follow(words); got != status {
		t.Fatalf("%q led to status %d, want %d: %s", words, got, status, j.tab.Text("main"))
	}
}

func (j *journeyInBrowser) toTheForm(t *testing.T) {
	t.Helper()
	j.tab.Go(j.p.base() + "/")
	j.look(t, "calendar", "Luleå", "Östersund", "Umeå", "Härnösand")
	j.follow(t, "Temadagar om sex mot ersättning", http.StatusOK)
	j.look(t, "series", "17 november 2016")
	j.follow(t, "Luleå", http.StatusOK)
	j.look(t, "event", "Clarion Sense", "torsdag 1 december 2016", "Anmälan är bindande")
	j.follow(t, "Anmäl dig till Luleå", http.StatusOK)
	j.look(t, "form", "Steg 1 av 2")
}

func (j *journeyInBrowser) fill(t *testing.T) {
	t.Helper()
	j.follow(t, "Granska anmälan", http.StatusUnprocessableEntity)
	j.look(t, "faults", "Rätta 5 fel")
	if !strings.HasPrefix(j.tab.Title(), "Fel: ") {
		t.Errorf("title %q", j.tab.Title())
	}
	j.tab.Fill("Förnamn", "Åsa")
	j.tab.Fill("Efternamn", "Öhman-Ćurić")
	j.tab.Fill("E-postadress", j.email)
	j.tab.Fill("Telefonnummer", "070-174 06 01")
	j.tab.Fill("Arbetsplats", "Socialtjänsten i Älvsbyn")
	j.tab.Choose("Vilken sorts verksamhet", "Socialtjänst")
	j.tab.Fill("Titel eller yrke", "socialsekreterare")
	j.tab.Fill("Kommun där du arbetar", "Älvsbyn")
	j.look(t, "filled")
	j.follow(t, "Granska anmälan", http.StatusOK)
	j.look(t, "review", "Steg 2 av 2", j.email, "Socialtjänsten i Älvsbyn")
	j.follow(t, "Ändra titel eller yrke", http.StatusOK)
	j.tab.Fill("Titel eller yrke", "enhetschef")
	j.follow(t, "Granska anmälan", http.StatusOK)
	j.look(t, "review-again", "enhetschef")
}

func (j *journeyInBrowser) send(t *testing.T) {
	t.Helper()
	j.follow(t, "Skicka bindande anmälan", http.StatusOK)
	j.look(t, "receipt", j.email)
	if !strings.Contains(j.tab.URL(), "/kvitto/") {
		t.Fatalf("the receipt is at %s", j.tab.URL())
	}
	j.tab.Reload()
	j.look(t, "receipt-again", j.email)
	if n := j.p.count("SELECT count(*) FROM registrations WHERE email = ?", j.email); n != 1 {
		t.Errorf("%d registrations", n)
	}
}

// onPaper is the receipt printed: what was promised is there, what is for the screen is not.
func (j *journeyInBrowser) onPaper(t *testing.T) {
	t.Helper()
	printed := clean(check.PDFText(t, j.tab.PDF()))
	for _, want := range []string{"Du är anmäld", "torsdag 1 december 2016", j.email, "Referensnummer"} {
		if !strings.Contains(printed, want) {
			t.Errorf("the printed receipt does not say %q:\n%s", want, printed)
		}
	}
	if strings.Contains(printed, "Hoppa till innehållet") {
		t.Errorf("the printed receipt holds what is for the screen:\n%s", printed)
	}
}

// again is what people do out of worry: they go back and send once more, and find the same receipt.
func (j *journeyInBrowser) again(t *testing.T, receipt string) {
	t.Helper()
	for j.tab.URL() != receipt {
		j.tab.Back()
	}
	j.tab.Back()
	j.look(t, "review-after-all", j.email)
	j.follow(t, "Skicka bindande anmälan", http.StatusOK)
	if got := j.tab.URL(); got != receipt {
		t.Errorf("sent again after going back: %s, want %s", got, receipt)
	}
	if n := j.p.count("SELECT count(*) FROM registrations WHERE email = ?", j.email); n != 1 {
		t.Errorf("%d registrations", n)
	}
}

// letter reads the letter at /dev/mail, as whoever tries the program does, and follows its link.
func (j *journeyInBrowser) letter(t *testing.T) {
	t.Helper()
	l := j.p.letterTo(j.email, 1)
	j.tab.Go(j.p.base() + "/dev/mail")
	j.look(t, "mailbox", j.email)
	j.tab.Go(l.link(t, "/min-anmalan/"))
	j.look(t, "own-page", "Åsa", "enhetschef", "torsdag 1 december 2016")
}

// TestJourney_byKeyboard is the registration by someone who uses no mouse: Tab, letters, arrows,
// space and Enter.
func TestJourney_byKeyboard(t *testing.T) {
	p := unhurried(t)
	tab := house().tab(t, browser.Desktop())
	tab.Go(p.base() + "/tillfalle/temadag-lulea/anmalan")
	tabTo(t, tab, "given_name")
	tab.Type("Åsa\tÖhman\tasa.tangent@example.se\t070-174 06 01\tSocialtjänsten\t ")
	tabTo(t, tab, "title")
	tab.Type("chef\tÄlvsbyn")
	tabTo(t, tab, "review")
	if got := tab.TypeAndFollow("\r"); got != http.StatusOK {
		t.Fatalf("status %d: %s", got, tab.Text("main"))
	}
	if got := clean(tab.Text("main")); !strings.Contains(got, "asa.tangent@example.se") || !strings.Contains(got, "Älvsbyn") {
		t.Fatalf("the review page says %s", got)
	}
	tabTo(t, tab, "send")
	if got := tab.TypeAndFollow("\r"); got != http.StatusOK || !strings.Contains(tab.URL(), "/kvitto/") {
		t.Fatalf("status %d at %s", got, tab.URL())
	}
	if n := p.count("SELECT count(*) FROM registrations WHERE email = 'asa.tangent@example.se'"); n != 1 {
		t.Errorf("%d registrations", n)
	}
}

// tabTo presses Tab until the field with the id, or the button with the value, has the focus.
func tabTo(t *testing.T, tab *browser.Tab, id string) {
	t.Helper()
	for range 100 {
		if browser.Eval[bool](tab, fmt.Sprintf("document.activeElement.id === %q || document.activeElement.value === %q", id, id)) {
			return
		}
		tab.Type("\t")
	}
	t.Fatalf("Tab never reaches %s on %s", id, tab.URL())
}
