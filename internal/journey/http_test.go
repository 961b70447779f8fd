package journey_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/temadag/temadag/internal/testkit/check"
)

// TestJourney_withoutScripts is the main job from end to end, by someone whose browser knows neither
// JavaScript nor pictures: from the calendar to a confirmed place, the letter, the personal page,
// and the county's attendee list.
func TestJourney_withoutScripts(t *testing.T) {
	p := unhurried(t)
	v := newVisitor(t)

	v.open(p.base() + "/")
	v.expect(http.StatusOK, "Luleå", "Östersund", "Umeå", "Härnösand")
	v.leads("/tema/")
	v.expect(http.StatusOK, "1 dec torsdag, vecka 48", "Clarion Sense", "platser kvar", "17 november 2016")
	v.leads("/tillfalle/temadag-lulea")
	v.expect(http.StatusOK, "Clarion Sense", "torsdag 1 december 2016", "Hiss", "17 november", "bindande")
	v.leads("/tillfalle/temadag-lulea/anmalan")
	v.expect(http.StatusOK, "Steg 1 av 2")

	v.step("review", nil)
	v.expect(http.StatusUnprocessableEntity)
	if got, want := v.page.faults(t), []string{"given_name", "email", "organisation", "organisation_type", "municipality"}; !slices.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
	wrong := asa()
	wrong.Set("email", "asa.exempel.se")
	v.step("review", wrong)
	v.expect(http.StatusUnprocessableEntity)
	if got := v.page.faults(t); !slices.Equal(got, []string{"email"}) {
		t.Errorf("faults %v", got)
	}
	kept, _ := fields(find(v.page.root, "form")[0])
	for name, want := range wrong {
		if got := kept[name]; !slices.Equal(got, want) {
			t.Errorf("after the fault %s holds %q, want %q", name, got, want)
		}
	}

	v.step("review", asa())
	v.expect(http.StatusOK, "Steg 2 av 2", "Åsa", "Öhman-Ćurić", "asa.ohman@exempel.example.se", "Socialtjänst", "Älvsbyn", "Inte angivet")
	v.step("edit", nil)
	v.expect(http.StatusOK, "Steg 1 av 2")
	changed := asa()
	changed.Set("title", "enhetschef")
	v.step("review", changed)
	v.expect(http.StatusOK, "enhetschef")
	v.step("send", nil)
	v.expect(http.StatusOK, "asa.ohman@exempel.example.se")
	receipt := v.page
	if !strings.HasPrefix(receipt.url.Path, "/kvitto/") {
		t.Fatalf("the receipt is at %s", receipt.url)
	}
	if again := v.open(receipt.url.String()); string(again.body) != string(receipt.body) {
		t.Error("the receipt differs when it is opened again")
	}

	l := p.letterTo("asa.ohman@exempel.example.se", 1)
	theLetter(t, l)
	own := v.open(l.link(t, "/min-anmalan/"))
	v.expect(http.StatusOK, "Åsa", "enhetschef", "torsdag 1 december 2016")
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
		if got := own.header.Get(name); !strings.Contains(got, want) {
			t.Errorf("the personal page has %s %q, want %q", name, got, want)
		}
	}
	reference := strings.TrimSpace(clean(text(byClass(own.root, "reference"))))
	reference = reference[strings.LastIndex(reference, " ")+1:]
	if !strings.Contains(receipt.words(), reference) || !strings.Contains(string(l.parts["text/plain"]), reference) {
		t.Errorf("the reference %q is not the same on the receipt and in the letter", reference)
	}
	theList(t, p, reference)
	p.fsck()
}

// theLetter is what the confirmation owes Åsa.
func theLetter(t *testing.T, l *letter) {
	t.Helper()
	if !strings.Contains(l.subject, "Luleå") {
		t.Errorf("subject %q", l.subject)
	}
	for _, kind := range []string{"text/plain", "text/html"} {
		words := clean(string(l.parts[kind]))
		for _, want := range []string{"1 december 2016", "Clarion Sense"} {
			if !strings.Contains(words, want) {
				t.Errorf("%s does not say %q:\n%s", kind, want, words)
			}
		}
	}
	for name, parse := range map[string]func(testing.TB, []byte) []check.CalendarEvent{
		"python": check.CalendarByPython, "node": check.CalendarByNode,
	} {
		t.Run("calendar by "+name, func(t *testing.T) {
			events := parse(t, l.parts["text/calendar"])
			if len(events) != 1 {
				t.Fatalf("%d events", len(events))
			}
			e := events[0]
			if !strings.HasPrefix(e.Start, "20161201T") || e.Method != "REQUEST" || len(e.Attendees) != 1 ||
				!strings.Contains(e.Attendees[0], "asa.ohman@exempel.example.se") || !strings.Contains(e.Location, "Clarion Sense") {
				t.Errorf("%+v", e)
			}
		})
	}
}

// theList is the county's workbook, read back and opened by LibreOffice.
func theList(t *testing.T, p *program, reference string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lista.xlsx")
	if out, err := p.run("export", "--county", "BD", "-o", path); err != nil {
		t.Fatalf("export: %v\n%s", err, out)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	names := f.GetSheetList()
	if names[0] != "Sammanfattning" || names[len(names)-1] != "Om listan" {
		t.Errorf("sheets %v", names)
	}
	found := false
	for _, name := range names {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			line := strings.Join(row, "|")
			if strings.Contains(line, "Öhman-Ćurić") {
				found = true
				for _, want := range []string{"Åsa", "enhetschef", "Socialtjänsten i Älvsbyn", "Älvsbyn", reference} {
					if !slices.Contains(row, want) {
						t.Errorf("%q is not in her row: %s", want, line)
					}
				}
			}
		}
	}
	if !found {
		t.Error("she is not in the workbook")
	}
	t.Run("LibreOffice", func(t *testing.T) {
		sheets := check.Sheets(t, path)
		if len(sheets) != len(names) {
			t.Errorf("LibreOffice sees %d sheets, there are %d", len(sheets), len(names))
		}
	})
}

// TestJourney_hurried is the watch for robots: who sends in no time is asked once more, and nothing
// typed is lost.
func TestJourney_hurried(t *testing.T) {
	p := serving(t)
	v := newVisitor(t)
	v.open(p.base() + "/tillfalle/temadag-lulea/anmalan")
	v.step("review", asa())
	v.step("send", nil)
	v.expect(http.StatusOK, "asa.ohman@exempel.example.se", "Öhman-Ćurić")
	if strings.HasPrefix(v.page.url.Path, "/kvitto/") {
		t.Fatal("a form filled in within a moment was taken without a question")
	}
	time.Sleep(3 * time.Second) // a person reads
	v.step("send", nil)
	if !strings.HasPrefix(v.page.url.Path, "/kvitto/") {
		t.Errorf("no receipt but %s:\n%s", v.page.url, v.page.words())
	}
	if n := p.count("SELECT count(*) FROM registrations WHERE email = ?", asa().Get("email")); n != 1 {
		t.Errorf("%d registrations", n)
	}
}

// TestJourney_twice is someone who does not remember that she has registered: the pages tell
// nobody, the letter tells her.
func TestJourney_twice(t *testing.T) {
	p := unhurried(t)
	v := newVisitor(t)
	first := register(v, p, "temadag-lulea", asa())
	second := register(v, p, "temadag-lulea", asa())
	if first.url.Path == second.url.Path {
		t.Error("two forms have one receipt")
	}
	own := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}|kl\. [0-9.]+`) // the reference and the hour
	if one, two := own.ReplaceAllString(first.words(), ""), own.ReplaceAllString(second.words(), ""); one != two {
		t.Errorf("the second receipt tells:\n%s\n%s", one, two)
	}
	if n := p.count("SELECT count(*) FROM registrations WHERE email = ?", asa().Get("email")); n != 1 {
		t.Errorf("%d registrations", n)
	}
	// Whoever asks with the same form once more, for somebody else, must not learn from the answer
	// whether the first address was registered.
	for name, person := range map[string]string{"new": "ny@example.se", "registered": asa().Get("email")} {
		values := asa()
		values.Set("email", person)
		v.open(p.base() + "/tillfalle/temadag-lulea/anmalan")
		v.step("review", values)
		review := v.page
		v.step("send", nil)
		v.page = review
		v.step("send", url.Values{"email": {"fragvis." + name + "@example.se"}})
		if v.page.status != http.StatusConflict {
			t.Errorf("the form of someone %s, sent again for somebody else: status %d, want 409", name, v.page.status)
		}
	}
	one, two := p.letterTo(asa().Get("email"), 1), p.letterTo(asa().Get("email"), 2)
	if one.link(t, "/min-anmalan/") != two.link(t, "/min-anmalan/") {
		t.Error("the two letters lead to different pages")
	}
	p.fsck()
}
