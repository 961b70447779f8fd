package journey_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
)

// sheet is a public page as it should come out of a printer.
type sheet struct {
	path  string
	most  int      // papers
	says  []string // in any place
	never []string
}

// sheets are the pages that people print, of the demonstration, in both languages.
func sheets(t testing.TB, p *program) map[string]sheet {
	t.Helper()
	v, person := newVisitor(t), asa()
	receipt := register(v, p, "temadag-lulea", person).url.Path
	l := p.letterTo(person.Get("email"), 1)
	own := strings.TrimPrefix(l.link(t, "/min-anmalan/"), p.base())
	ownEn := strings.Replace(own, "/min-anmalan/", "/en/my-registration/", 1)
	event := []string{
		"torsdag 1 december 2016", "kl. 09.00–16.00", "Clarion Sense", "Skeppsbrogatan 34, Luleå", "Anmälan är bindande",
		"torsdag 17 november 2016", "platser kvar", "09.20–10.20 Vem köper, och varför?", "Karin Provlund, forskare i socialt arbete",
		"15.30–16.00", "Så hittar du hit", "Entrén är utan trappsteg", "Telefon 0980-319 210", "temadagar.norrbotten@example.se",
		p.base() + "/tillfalle/temadag-lulea", "2 dec Östersund 7 dec Umeå 8 dec Härnösand",
	}
	return map[string]sheet{
		"event": {"/tillfalle/temadag-lulea", 2, event, []string{"Fullbokat", "forbered-dig.pdf"}},
		"event-en": {"/en/event/temadag-lulea", 2, []string{
			"Thursday 1 December 2016", "Clarion Sense", "Your registration is binding", "Karin Provlund", "How to get there", "0980-319 210",
			p.base() + "/en/event/temadag-lulea",
		}, nil},
		"event-next": {"/tillfalle/temadag-harnosand", 2, []string{"Härnösands teater", p.base() + "/tillfalle/temadag-harnosand"}, nil},
		"series": {"/tema/sex-mot-ersattning", 2, []string{
			"1 dec", "Luleå", "Östersund", "Umeå", "Härnösand", "Clarion Sense", "Kostnadsfritt", p.base() + "/tema/sex-mot-ersattning",
		}, nil},
		"series-en": {"/en/theme/sex-mot-ersattning", 2, []string{"1 Dec", "Härnösand", p.base() + "/en/theme/sex-mot-ersattning"}, nil},
		"own": {own, 1, []string{
			"Du är anmäld", "torsdag 1 december 2016", "Referensnummer", "Öhman-Ćurić", "Anmälan är bindande", "0980-319 210",
		}, []string{own}},
		"own-en":          {ownEn, 1, []string{"You are registered", "Öhman-Ćurić", "0980-319 210"}, nil},
		"confirmation":    {own + "/utskrift", 1, []string{"Bekräftelse på anmälan", "Referensnummer", "Åsa Öhman-Ćurić", "Så hittar du hit", "Dina personuppgifter"}, nil},
		"confirmation-en": {ownEn + "/print", 1, []string{"Confirmation", "Åsa Öhman-Ćurić"}, nil},
		"receipt":         {receipt, 1, []string{"Du är anmäld", "torsdag 1 december 2016", person.Get("email"), "0980-319 210"}, nil},
	}
}

// TestPages_onPaper: what people print takes a paper or two, holds what they need in their hand and nothing of
// the screen, and no heading is parted from what it stands over.
func TestPages_onPaper(t *testing.T) {
	testkit.OncePerRun(t)
	p := unhurried(t)
	tab := house().tab(t, browser.Desktop())
	for name, s := range sheets(t, p) {
		if status := tab.Go(p.base() + s.path); status != 200 {
			t.Fatalf("%s: status %d", name, status)
		}
		papers := printed(t, tab)
		if len(papers) > s.most {
			t.Errorf("%s: %d papers, want at most %d, the last of which is:\n%s", name, len(papers), s.most, papers[len(papers)-1])
		}
		whole := clean(strings.Join(papers, " "))
		for _, want := range s.says {
			if !strings.Contains(whole, want) {
				t.Errorf("%s: the paper does not say %q:\n%s", name, want, whole)
			}
		}
		screen := browser.Eval[[]string](tab, screenScript)
		if len(screen) < 7 {
			t.Errorf("%s: for the screen alone are %q", name, screen)
		}
		for _, not := range append(s.never, screen...) {
			if strings.Contains(whole, not) {
				t.Errorf("%s: the paper says %q", name, not)
			}
		}
		if strings.HasPrefix(name, "event") && !strings.Contains(clean(papers[0]), "2016") {
			t.Errorf("%s: the first paper does not tell the day", name)
		}
	}
	tab.Go(p.base() + "/tillfalle/temadag-lulea")
	if cut := cutHeadings(t, tab); len(cut) > 0 {
		t.Errorf("headings are the last of their papers: %q", cut)
	}
}

// TestPages_onPaper_twin: without its rules for paper the page is long, and with a rule that lets headings go
// they are parted from their texts.
func TestPages_onPaper_twin(t *testing.T) {
	testkit.OncePerRun(t)
	p := unhurried(t)
	tab := house().tab(t, browser.Desktop())
	tab.Go(p.base() + "/tillfalle/temadag-lulea")
	browser.Eval[bool](tab, fmt.Sprintf(wearScript, "h1, h2, h3, h4, dt { break-after: auto !important }"))
	if cut := cutHeadings(t, tab); len(cut) == 0 {
		t.Error("headings that may be parted from their texts are not seen to be")
	}
	tab.Reload()
	browser.Eval[bool](tab, `(() => {
		for (const sheet of document.styleSheets)
			for (let i = sheet.cssRules.length - 1; i >= 0; i--)
				if (sheet.cssRules[i].media?.mediaText === "print") sheet.deleteRule(i);
		return true })()`)
	papers := printed(t, tab)
	if len(papers) <= 2 || !strings.Contains(strings.Join(papers, ""), "Nyheter") {
		t.Errorf("without the rules for paper it is %d papers, and the menu is not on them", len(papers))
	}
}

// screenScript is the words of ways that only a screen has: all of them, but such as the page uses besides.
const screenScript = `(() => {
	const told = document.querySelector("main").innerText;
	return [...document.querySelectorAll(".skip, .menu a, .site-footer nav a, .button")].map(e => e.textContent.trim()).filter(w => !told.includes(w));
})()`

// printed is the text of each paper that the page comes out on.
func printed(t testing.TB, tab *browser.Tab) []string {
	t.Helper()
	return strings.Split(strings.TrimSuffix(check.PDFText(t, tab.PDF()), "\f"), "\f")
}

const wearScript = `(() => { const s = new CSSStyleSheet(); s.replaceSync(%q); document.adoptedStyleSheets = [s]; return true })()`

// cutHeadings is the headings that are the last of a paper, wherever on the papers the page begins.
func cutHeadings(t testing.TB, tab *browser.Tab) []string {
	t.Helper()
	headings := browser.Eval[[]string](tab, `[...document.querySelectorAll("main h2, main h3")].map(h => h.innerText.replace(/\s+/g, " ").trim())`)
	browser.Eval[bool](tab, `(document.querySelector("main").prepend(document.createElement("div")), true)`)
	var cut []string
	for down := 0; down < 250; down += 13 {
		browser.Eval[bool](tab, fmt.Sprintf(`(document.querySelector("main > div").style.height = "%dmm", true)`, down))
		for _, paper := range printed(t, tab) {
			var last string
			for _, line := range strings.Split(paper, "\n") {
				if line = clean(line); line != "" && !isPageNumber(line) {
					last = line
				}
			}
			if slices.Contains(headings, last) {
				cut = append(cut, fmt.Sprintf("%d mm down: %s", down, last))
			}
		}
	}
	return cut
}

// isPageNumber reports whether a line is "1 / 2" or "1/2".
func isPageNumber(line string) bool {
	page, of, found := strings.Cut(strings.ReplaceAll(line, " ", ""), "/")
	return found && strings.Trim(page+of, "0123456789") == ""
}
