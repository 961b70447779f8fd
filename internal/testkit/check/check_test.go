package check_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/testkit/browser"
	"github.com/temadag/temadag/internal/testkit/check"
)

// Every judge is tried on something sound and on something broken: a judge that finds nothing in
// the broken one would make each test that relies on it worthless.

func TestHTML(t *testing.T) {
	sound := `<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Prov</title></head><body><h1>Å</h1></body></html>`
	got := check.HTML(t, map[string][]byte{
		"sound":  []byte(sound),
		"broken": []byte(strings.Replace(sound, "<h1>Å</h1>", `<h1 id=a>Å</h1><p id=a></div>`, 1)),
	})
	if len(got) < 2 {
		t.Errorf("the broken document passed: %q", got)
	}
	for _, f := range got {
		if !strings.HasPrefix(f, "broken, line 1: ") {
			t.Errorf("unexpected: %s", f)
		}
	}
}

func TestAxe(t *testing.T) {
	path := browser.Find()
	if path == "" {
		check.LeaveOut(t, "Chromium")
	}
	script := check.AxeScript(t)
	chromium, err := browser.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer chromium.Close()
	tab := chromium.Tab(t, browser.Desktop())

	page := `data:text/html,<!doctype html><html lang="sv"><title>Prov</title><main><h1>Prov</h1>`
	tab.Go(page + `<p>Text</p></main>`)
	if got := browser.Eval[check.AxeResult](tab, script); len(got.Violations) > 0 || got.Passes == 0 {
		t.Errorf("the sound page: %v", got)
	}
	tab.Go(page + `<img src="x"><input><p style="color:%23ccc">Text</p>` +
		`<a href="x" style="font-size:8px">a</a><a href="y" style="font-size:8px">b</a></main>`)
	found := ""
	for _, v := range browser.Eval[check.AxeResult](tab, script).Violations {
		found += v.ID + " "
	}
	for _, want := range []string{"image-alt", "label", "color-contrast"} {
		if !strings.Contains(found, want) {
			t.Errorf("the broken page: %s is missing in %q", want, found)
		}
	}
	if got := browser.Eval[check.AxeResult](tab, check.AxeColours(t)).Violations; len(got) != 1 || got[0].ID != "color-contrast" {
		t.Errorf("the broken page by its colours: %v", got)
	}
}

func TestCalendar(t *testing.T) {
	const sound = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//prov//sv\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n" +
		"UID:1@example.se\r\nDTSTAMP:20161001T080000Z\r\nDTSTART:20161201T080000Z\r\nDTEND:20161201T150000Z\r\n" +
		"SUMMARY:Temadag i Lule\u00e5\\, dag 1 och s\u00e5 en lång\r\n  rad\r\nSEQUENCE:2\r\n" +
		"ORGANIZER:mailto:a@example.se\r\nATTENDEE:mailto:b@example.se\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	want := []check.CalendarEvent{{
		Method: "REQUEST", UID: "1@example.se", Summary: "Temadag i Luleå, dag 1 och så en lång rad",
		Start: "20161201T080000Z", End: "20161201T150000Z", Sequence: 2,
		Organizer: "mailto:a@example.se", Attendees: []string{"mailto:b@example.se"},
	}}
	parsers := map[string]func(testing.TB, []byte) []check.CalendarEvent{
		"python": check.CalendarByPython, "node": check.CalendarByNode,
	}
	for name, parse := range parsers {
		t.Run(name, func(t *testing.T) {
			if got := parse(t, []byte(sound)); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestSheets(t *testing.T) {
	const flat = `<?xml version="1.0" encoding="UTF-8"?><office:document office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="Luleå"><table:table-row><table:table-cell office:value-type="string"><text:p>Åsa</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>=1+1</text:p></table:table-cell></table:table-row></table:table>
<table:table table:name="Umeå"><table:table-row><table:table-cell office:value-type="string"><text:p>Ö, ö</text:p></table:table-cell></table:table-row></table:table>
</office:spreadsheet></office:body></office:document>`
	dir := t.TempDir()
	path := filepath.Join(dir, "prov.fods")
	if err := os.WriteFile(path, []byte(flat), 0o600); err != nil {
		t.Fatal(err)
	}
	check.Office(t, path, "xlsx", dir)
	got := check.Sheets(t, filepath.Join(dir, "prov.xlsx"))
	want := map[string][][]string{"Luleå": {{"Åsa", "=1+1"}}, "Umeå": {{"Ö, ö"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
