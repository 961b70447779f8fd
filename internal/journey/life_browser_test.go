package journey_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
)

// TestLife_inTheBrowser is the life of a registration in a real Chromium, by the words on the screen
// and by the keyboard where something is decided: on a desk, on a phone of 320 pixels, and with
// JavaScript switched off.
func TestLife_inTheBrowser(t *testing.T) {
	l := newLife(t, nobodyWaits(update("temadag-umea", "capacity = seats_taken + 1"))...)
	windows := map[string]browser.Window{
		"1280": browser.Desktop(), "320": browser.Phone(), "320-no-script": {Width: 320, Height: 640, Touch: true, NoScript: true},
	}
	for name, w := range windows {
		t.Run(name, func(t *testing.T) {
			others := &life{t: t, p: l.p, v: newVisitor(t)}
			j := &lifeInBrowser{journeyInBrowser{tab: house().tab(t, w), p: l.p, name: "life-" + name, email: "asa." + name + "@example.se"}}
			bo := with(who("Bo", "Berg"), url.Values{"email": {"bo." + name + "@example.se"}})
			first := others.arrive("temadag-umea", bo, domain.LetterConfirmed) // has the last place
			l.p.await("the form to know that the event is full", func() bool {
				return strings.Contains(others.v.open(l.p.base()+"/tillfalle/temadag-umea/anmalan").words(), "Alla platser är upptagna")
			})
			j.wait(t)
			first.way("Avboka platsen")
			others.v.press("Avboka platsen", nil)
			l.p.letterOf(domain.LetterOffered, j.email)
			j.accept(t)
			j.change(t)
			j.needs(t)
			j.move(t)
			j.handOver(t)
			j.giveBack(t)
			j.several(t)
			quiet(t, j.tab, l.p.base())
		})
	}
	l.p.fsck()
}

// lifeInBrowser is one person's journey; what others do meanwhile is done without a browser.
type lifeInBrowser struct{ journeyInBrowser }

// enter moves the focus with the Tab key to what bears the words, and presses Enter.
func (j *lifeInBrowser) enter(t *testing.T, words string, status int) {
	t.Helper()
	const focused = `(document.activeElement?.textContent ?? "").replace(/\s+/g, " ").trim()`
	for range 150 {
		if browser.Eval[string](j.tab, focused) == words {
			if got := j.tab.TypeAndFollow("\r"); got != status {
				t.Fatalf("%q by Enter: status %d, want %d: %s", words, got, status, j.tab.Text("main"))
			}
			return
		}
		j.tab.Type("\t")
	}
	t.Fatalf("Tab never reaches %q on %s:\n%s", words, j.tab.URL(), j.tab.Text("main"))
}

// own goes to the page that the letter of the kind leads to.
func (j *lifeInBrowser) own(t *testing.T, kind domain.LetterKind, words ...string) {
	t.Helper()
	j.tab.Go(j.p.letterOf(kind, j.email).link(t, "/min-anmalan/"))
	j.look(t, "own-"+string(kind), words...)
}

// wait: the form of a full event with everything that it asks, and a place in the queue.
func (j *lifeInBrowser) wait(t *testing.T) {
	t.Helper()
	j.tab.Go(j.p.base() + "/tillfalle/temadag-umea")
	j.look(t, "event", "Fullbokat")
	j.follow(t, "Ställ dig i kö till Umeå", http.StatusOK)
	j.look(t, "form", "Alla platser är upptagna")
	j.follow(t, "Granska anmälan", http.StatusUnprocessableEntity)
	j.focusOnFaults(t)
	j.tab.Fill("Förnamn", "Åsa")
	j.tab.Fill("Efternamn", "Öhman")
	j.tab.Fill("E-postadress", j.email)
	j.tab.Fill("Arbetsplats", "Socialtjänsten i Älvsbyn")
	j.tab.Choose("Vilken sorts verksamhet", "Socialtjänst")
	j.tab.Fill("Kommun där du arbetar", "Älvsbyn")
	j.tab.Choose("Hur ofta möter du frågan", "Varje vecka")
	j.tab.Choose("Pass kl. 14.15", "Samtal i grupp: uppsökande arbete på nätet")
	j.tab.Choose("Mat som du behöver", "Vegansk mat")
	j.tab.Fill("Annat om tillgänglighet", secondNeed)
	j.look(t, "filled")
	j.follow(t, "Granska anmälan", http.StatusOK)
	j.look(t, "review", "Så fungerar kön", secondNeed, "uppsökande arbete på nätet")
	j.enter(t, "Skicka anmälan till kön", http.StatusOK)
	j.look(t, "receipt", "Du står i kö")
	j.own(t, domain.LetterWaitlisted, "Du är nummer 1 i kön.", "Ingen plats har blivit ledig än.")
}

// focusOnFaults is the summary of faults, which has the focus also without scripts: by autofocus,
// which comes a moment after the page.
func (j *lifeInBrowser) focusOnFaults(t *testing.T) {
	t.Helper()
	j.p.await("the focus to come to the summary of faults", func() bool {
		return browser.Eval[string](j.tab, "document.activeElement.id") == "errors"
	})
	j.look(t, "faults", "Det finns fel i formuläret")
}

// accept: the offer is the first thing on the page, and its button answers to Enter.
func (j *lifeInBrowser) accept(t *testing.T) {
	t.Helper()
	j.own(t, domain.LetterOffered, "Platsen är din om du tackar ja före", "tisdag 4 oktober 2016 kl. 12.00")
	j.enter(t, "Ja, jag tar platsen", http.StatusOK)
	j.look(t, "accepted", "Platsen är din", "Du är anmäld", "Du har plats")
	j.tab.Back()
	j.look(t, "back")
	j.follow(t, "Ja, jag tar platsen", http.StatusOK) // out of worry
	j.look(t, "accepted-again", "Du är anmäld")
	if n := j.p.count("SELECT count(*) FROM registrations WHERE email = ? AND status = 'confirmed'", j.email); n != 1 {
		t.Errorf("%d places after two answers", n)
	}
}

func (j *lifeInBrowser) change(t *testing.T) {
	t.Helper()
	j.enter(t, "Ändra dina uppgifter", http.StatusOK)
	j.look(t, "change", "Byter du adress skickar vi en ny länk dit.")
	j.tab.Fill("E-postadress", "asa(at)example")
	j.follow(t, "Spara ändringarna", http.StatusUnprocessableEntity)
	j.focusOnFaults(t)
	j.email = "ny." + j.email
	j.tab.Fill("E-postadress", j.email)
	j.tab.Fill("Titel eller yrke", "enhetschef")
	j.enter(t, "Spara ändringarna", http.StatusOK)
	j.look(t, "changed", "Din nya e-postadress är sparad")
	j.own(t, domain.LetterAddressNew, "enhetschef", j.email)
}

func (j *lifeInBrowser) needs(t *testing.T) {
	t.Helper()
	j.follow(t, "Ändra eller ta bort", http.StatusOK)
	j.tab.Choose("Det som behövs", "Teleslinga")
	j.enter(t, "Spara", http.StatusOK)
	j.look(t, "needs-told", "Det du berättade är sparat", "Teleslinga", secondNeed)
}

func (j *lifeInBrowser) move(t *testing.T) {
	t.Helper()
	j.enter(t, "Byt ort", http.StatusOK)
	j.look(t, "towns", "Luleå", "Härnösand")
	j.follow(t, "Byt till Luleå", http.StatusOK)
	j.look(t, "town", "När du trycker på knappen får du platsen i Luleå")
	j.tab.Choose("Hur tar du dig dit?", "Tåg")
	j.enter(t, "Byt till Luleå", http.StatusOK)
	j.look(t, "moved", "Du har bytt till Luleå", "Du är anmäld", "Clarion Sense")
	j.own(t, domain.LetterMovedFrom, "Du har bytt till Luleå")
	j.follow(t, "Visa anmälan till Luleå", http.StatusOK)
}

func (j *lifeInBrowser) handOver(t *testing.T) {
	t.Helper()
	j.enter(t, "Överlåt platsen till en kollega", http.StatusOK)
	j.look(t, "hand-over", "Det du har berättat om mat och tillgänglighet raderas direkt.")
	j.enter(t, "Överlåt platsen", http.StatusUnprocessableEntity)
	j.focusOnFaults(t)
	tabTo(t, j.tab, "given_name")
	next := "eva." + j.email
	j.tab.Type("Eva\tFalk\t" + next)
	j.enter(t, "Överlåt platsen", http.StatusOK)
	j.look(t, "handed-over", "Platsen är överlåten", "Du har överlåtit platsen till en kollega")
	if shown := j.tab.Text("main"); strings.Contains(shown, secondNeed) || strings.Contains(shown, "Falk") {
		t.Errorf("the old link shows what it should not:\n%s", shown)
	}
	j.email = next
	j.own(t, domain.LetterReceived, "Du är anmäld", "Du tog över en kollegas plats.")
	if shown := j.tab.Text("main"); strings.Contains(shown, secondNeed) || strings.Contains(shown, "Öhman") {
		t.Errorf("the colleague is shown what is not hers:\n%s", shown)
	}
}

// giveBack: the confirmation on paper, and then the place is given back.
func (j *lifeInBrowser) giveBack(t *testing.T) {
	t.Helper()
	own := j.tab.URL()
	j.follow(t, "Skriv ut en bekräftelse", http.StatusOK)
	j.look(t, "print", "Bekräftelse på anmälan", "Eva Falk")
	if j.name == "life-1280" {
		printed := clean(check.PDFText(t, j.tab.PDF()))
		for _, want := range []string{"Bekräftelse på anmälan", "Eva Falk", "torsdag 1 december 2016", "Clarion Sense", "Referensnummer"} {
			if !strings.Contains(printed, want) {
				t.Errorf("the paper does not say %q:\n%s", want, printed)
			}
		}
		if strings.Contains(printed, "Tillbaka till Min anmälan") {
			t.Errorf("the paper holds what is for the screen:\n%s", printed)
		}
	}
	j.follow(t, "Tillbaka till Min anmälan", http.StatusOK)
	if j.tab.URL() != own {
		t.Errorf("back from the paper leads to %s", j.tab.URL())
	}
	j.enter(t, "Avboka platsen", http.StatusOK)
	j.look(t, "cancel", "Det går inte att ångra.")
	j.tab.Fill("Varför avbokar du?", "Krock i kalendern")
	j.enter(t, "Avboka platsen", http.StatusOK)
	j.look(t, "cancelled", "Platsen är avbokad", "Du avbokade platsen.")
}

// several: a contact person takes two places more than she has names for, and names one.
func (j *lifeInBrowser) several(t *testing.T) {
	t.Helper()
	greta := "greta." + j.name + "@example.se"
	j.tab.Go(j.p.base() + "/tillfalle/temadag-harnosand/anmalan")
	j.follow(t, "Anmäl flera på en gång", http.StatusOK)
	j.look(t, "group-form", "Kontaktperson")
	j.tab.Fill("Ditt namn", "Greta Gruva")
	j.tab.Fill("E-postadress", greta)
	j.tab.Fill("Arbetsplats", "Socialtjänsten i Älvsbyn")
	j.tab.Choose("Vilken sorts verksamhet", "Socialtjänst")
	j.tab.Fill("Kommun där ni arbetar", "Älvsbyn")
	tabTo(t, j.tab, "people_1_given_name")
	j.tab.Type("Inga\tGruva\tinga." + j.name + "@example.se")
	j.tab.Fill("Platser utan namn", "2")
	j.tab.Choose("Vad gör vi om platserna inte räcker?", "Anmäl alla eller ingen")
	j.follow(t, "Granska anmälan", http.StatusOK)
	j.look(t, "group-review", "Skicka bindande anmälan för 3 platser")
	j.enter(t, "Skicka bindande anmälan för 3 platser", http.StatusOK)
	j.look(t, "group-receipt", "3 platser är anmälda")
	j.tab.Go(j.p.letterOf(domain.LetterGroup, greta).link(t, "/grupp/"))
	j.look(t, "group", "Sätt namn på platserna")
	tabTo(t, j.tab, "place_2_given_name")
	j.tab.Type(fmt.Sprintf("Kajsa\tKvist\tkajsa.%s@example.se", j.name))
	j.enter(t, "Ange vem som ska ha platsen (Plats 2)", http.StatusOK)
	j.look(t, "group-named", "Platsen har fått ett namn", "Kajsa Kvist")
}
