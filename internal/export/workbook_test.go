package export_test

import (
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// written writes a workbook and opens it again.
func written(t *testing.T, l domain.List, people map[domain.EventID][]domain.Registration, lang domain.Lang) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(writtenTo(t, l, people, lang))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func writtenTo(t *testing.T, l domain.List, people map[domain.EventID][]domain.Registration, lang domain.Lang) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lista.xlsx")
	err := export.Workbook(t.Context(), path, l, pagesOf(people), export.WorkbookOptions{
		Printer: catalogue(t).For(lang), BaseURL: "https://temadag.example.se",
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func rowsIn(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// at is the value in a row under a heading, "" beyond its end.
func at(t *testing.T, head, row []string, title string) string {
	t.Helper()
	i := slices.Index(head, title)
	if i < 0 {
		t.Fatalf("no column %q in %q", title, head)
	}
	if i >= len(row) {
		return ""
	}
	return row[i]
}

func TestWorkbook_holdsEveryCell(t *testing.T) {
	a, b := lulea(), lulea()
	b.ID, b.Town, b.Day, b.LastDay, b.Questions = 2, "Umeå", date("2016-12-07"), date("2016-12-07"), nil
	people := map[domain.EventID][]domain.Registration{1: crowd(1, 64, 6, 4), 2: crowd(2, 30, 0, 0)}
	f := written(t, listOf(a, b), people, domain.Swedish)

	want := []string{"Sammanfattning", "2016-12-01 Luleå", "2016-12-07 Umeå", "Avbokade", "Om listan"}
	if got := f.GetSheetList(); !slices.Equal(got, want) {
		t.Fatalf("sheets are %q, want %q", got, want)
	}
	words := catalogue(t).For(domain.Swedish)
	for id, sheet := range map[domain.EventID]string{1: want[1], 2: want[2]} {
		rows := rowsIn(t, f, sheet)
		expected := inListOrder(people[id])
		if len(rows)-1 != len(expected) {
			t.Fatalf("%s has %d rows, want %d", sheet, len(rows)-1, len(expected))
		}
		place := 0
		for i, r := range expected {
			head, row := rows[0], rows[i+1]
			status := "Anmäld"
			if r.Status == domain.Waitlisted {
				place++
				status = "Kö, plats " + strconv.Itoa(place)
			}
			for title, want := range map[string]string{
				"Nr": strconv.Itoa(i + 1), "Efternamn": r.FamilyName, "Förnamn": r.GivenName,
				"Organisation": r.Organisation, "Status": status, "Referens": r.Reference(), "Underskrift": "",
				"Titel": r.Title, "Typ av organisation": words.T("organisation_type." + string(r.OrganisationType)),
				"Kommun": r.Municipality, "E-post": r.Email, "Telefon": r.Phone,
				"Inkommen": inkommen(r.ReceivedAt),
			} {
				if got := at(t, head, row, title); got != want {
					t.Errorf("%s row %d: %s is %q, want %q", sheet, i+2, title, got, want)
				}
			}
			if id == 1 {
				if got := at(t, head, row, "Kommer du till lunchen?"); got != "Ja" {
					t.Errorf("the answer yes reads %q", got)
				}
				if got := at(t, head, row, "Vilka pass vill du gå på?"); got != "Samtalet, Nätet" {
					t.Errorf("the choices read %q", got)
				}
			}
		}
	}
	if got := len(rowsIn(t, f, "Avbokade")) - 1; got != 4 {
		t.Errorf("%d have cancelled, want 4", got)
	}
}

// inListOrder is the order of an event's sheet, thought of apart from the code that makes it.
func inListOrder(people []domain.Registration) []domain.Registration {
	var confirmed, queue []domain.Registration
	for _, r := range people {
		switch r.Status {
		case domain.Confirmed:
			confirmed = append(confirmed, r)
		case domain.Waitlisted:
			queue = append(queue, r)
		}
	}
	slices.SortFunc(queue, func(a, b domain.Registration) int { return cmp.Compare(a.QueuePosition, b.QueuePosition) })
	return append(confirmed, queue...)
}

// inkommen is an instant as a spreadsheet stores the clock of Stockholm.
func inkommen(t time.Time) string {
	local := t.In(domain.Stockholm())
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
	days := float64(wall.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC))) / float64(24*time.Hour)
	return strconv.FormatFloat(days, 'f', -1, 64)
}

func TestWorkbook_datesAreDates(t *testing.T) {
	people := map[domain.EventID][]domain.Registration{1: crowd(1, 3, 0, 0)}
	people[1][0].ReceivedAt = time.Date(2016, 10, 30, 0, 59, 59, 0, time.UTC) // summer time, one second before its end
	f := written(t, listOf(lulea()), people, domain.Swedish)
	for sheet, c := range map[string]struct{ cell, want string }{
		"2016-12-01 Luleå": {"M2", "2016-10-30 02:59:59"},
		"Sammanfattning":   {"B6", "2016-12-01"},
		"Om listan":        {"B7", "2016-11-30 15:05:09"},
	} {
		got, err := f.GetCellValue(sheet, c.cell)
		if err != nil || got != c.want {
			t.Errorf("%s %s shows %q, want %q (%v)", sheet, c.cell, got, c.want, err)
		}
		if kind, _ := f.GetCellType(sheet, c.cell); kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
			t.Errorf("%s %s is text and no date", sheet, c.cell)
		}
	}
}

func TestWorkbook_headingsAreLatin(t *testing.T) {
	latin := regexp.MustCompile(`^[\p{Latin}0-9 .,:;!?()/–-]*$`)
	if latin.MatchString("Affilιation") { // a Greek iota
		t.Fatal("the test takes Greek for Latin")
	}
	for _, lang := range domain.Langs() {
		f := written(t, listOf(lulea()), map[domain.EventID][]domain.Registration{1: crowd(1, 5, 1, 1)}, lang)
		for _, sheet := range f.GetSheetList() {
			for _, title := range append(rowsIn(t, f, sheet)[0], sheet) {
				if !latin.MatchString(title) {
					t.Errorf("%s: the heading %q is not purely Latin", lang, title)
				}
			}
		}
	}
}

func TestWorkbook_protectedPeople(t *testing.T) {
	people := crowd(1, 20, 2, 2)
	secret := map[string]bool{}
	for i := range people {
		if i%4 == 0 {
			people[i].Protected = true
			people[i].GivenName, people[i].FamilyName = "Hemliga", "Kanariefågel"
			people[i].Organisation, people[i].Title, people[i].Municipality = "Kanarieverket", "Kanarietämjare", "Kanarieby"
			people[i].Email, people[i].Phone = "kanarie@example.se", "070-174 06 99"
			people[i].Answers = []domain.Answer{{QuestionID: 11, Values: []string{"kanariesvar"}}}
			secret[people[i].Ref] = true
		}
	}
	path := writtenTo(t, listOf(lulea()), map[domain.EventID][]domain.Registration{1: people}, domain.Swedish)
	for name, xml := range partsOf(t, path) {
		for _, canary := range []string{"kanarie", "hemliga", "070-174 06 99"} {
			if strings.Contains(strings.ToLower(xml), canary) {
				t.Errorf("%s tells %q of a protected person", name, canary)
			}
		}
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := rowsIn(t, f, "2016-12-01 Luleå")
	var shown []string
	for _, row := range rows[1:] {
		masked := at(t, rows[0], row, "Efternamn") == "Deltagare (skyddad)"
		if ref := at(t, rows[0], row, "Referens"); masked != secret[ref] {
			t.Errorf("%s: masked is %v", ref, masked)
		}
		if at(t, rows[0], row, "Status") == "Anmäld" {
			shown = append(shown, at(t, rows[0], row, "Efternamn"))
		}
	}
	first := slices.Index(shown, "Deltagare (skyddad)")
	for _, name := range shown[first:] {
		if name != "Deltagare (skyddad)" {
			t.Errorf("%q stands after a protected person, whose place in the alphabet it tells", name)
		}
	}
}

func TestWorkbook_summaryAgreesWithTheSheets(t *testing.T) {
	a, b := lulea(), lulea()
	b.ID, b.Town = 2, "Umeå"
	people := map[domain.EventID][]domain.Registration{1: crowd(1, 60, 5, 7), 2: crowd(2, 10, 0, 1)}
	f := written(t, listOf(a, b), people, domain.Swedish)
	rows := rowsIn(t, f, "Sammanfattning")
	head, lines := rows[4], rows[5:8]
	for i, want := range [][]string{{"48", "5", "7", "80", "0"}, {"9", "0", "1", "80", "71"}, {"57", "5", "8", "160", ""}} {
		for j, title := range []string{"Anmälda", "I kö", "Avbokade", "Platser", "Lediga platser"} {
			if got := at(t, head, lines[i], title); got != want[j] {
				t.Errorf("line %d: %s is %q, want %q", i, title, got, want[j])
			}
		}
	}
	sums := 0
	for _, row := range rows[8:] {
		if len(row) > 3 && row[0] == "Summa" {
			sums++
			if row[1] != "48" || row[2] != "9" || row[3] != "57" {
				t.Errorf("a group sums to %q", row)
			}
		}
	}
	if sums != 2 {
		t.Errorf("%d groups are summed, want 2", sums)
	}
	if links := partsOf(t, writtenTo(t, listOf(a, b), people, domain.Swedish))["xl/worksheets/sheet1.xml"]; !strings.Contains(links, "2016-12-01 Luleå") {
		t.Error("the summary does not lead to the sheets")
	}
}

func TestWorkbook_sheetNames(t *testing.T) {
	var events []domain.Event
	for i, town := range []string{"Luleå", "Luleå", "LULEÅ", `[a]:b*c?d/e\f`, "'Apostrof'", strings.Repeat("Åäö", 20), "", "😀😀😀😀😀😀😀😀😀😀😀😀"} {
		e := lulea()
		e.ID, e.Town = domain.EventID(i+1), town
		events = append(events, e)
	}
	undated := lulea()
	undated.ID, undated.Day, undated.LastDay = 99, domain.Date{}, domain.Date{}
	f := written(t, listOf(append(events, undated)...), nil, domain.Swedish)
	seen := map[string]bool{}
	for _, name := range f.GetSheetList() {
		if n := len([]rune(name)); n > 31 || strings.ContainsAny(name, `[]:*?/\'`) || seen[strings.ToLower(name)] {
			t.Errorf("%q is no name for a sheet", name)
		}
		seen[strings.ToLower(name)] = true
	}
	if !seen["2016-12-01 luleå (2)"] || !seen["2016-12-01 luleå (3)"] || !seen["datum ej satt luleå"] {
		t.Errorf("the sheets are called %q", f.GetSheetList())
	}
}

func TestWorkbook_isReadyToPrint(t *testing.T) {
	e := lulea()
	e.Title = domain.Text{Sv: strings.Repeat("Stöd & skydd, ", 30)}
	path := writtenTo(t, listOf(e), map[domain.EventID][]domain.Registration{1: crowd(1, 40, 4, 0)}, domain.Swedish)
	parts := partsOf(t, path)
	sheet, book := parts["xl/worksheets/sheet2.xml"], parts["xl/workbook.xml"]
	for what, mark := range map[string]string{
		"A4 in landscape": `paperSize="9"`, "landscape": `orientation="landscape"`, "one page wide": `fitToWidth="1"`,
		"as high as needed": `fitToHeight="0"`, "fitted": `fitToPage="1"`, "a frozen head": `state="frozen"`,
		"a filter over all rows": `<autoFilter ref="$A$1:$O$41"`, "page numbers": `&amp;P av &amp;N`, "time of printing": `&amp;D &amp;T`,
		"the event": `Stöd &amp;&amp; skydd`, "the case number": `801-2652-16`,
	} {
		if !strings.Contains(strings.ReplaceAll(sheet, `="true"`, `="1"`), mark) {
			t.Errorf("the sheet lacks %s (%s)", what, mark)
		}
	}
	selected := 0
	for name, xml := range parts {
		if strings.HasPrefix(name, "xl/worksheets/") {
			selected += strings.Count(xml, "tabSelected=")
		}
	}
	if selected != 1 {
		t.Errorf("%d sheets are selected; what is typed in one would be typed in all", selected)
	}
	if strings.Contains(sheet, "mergeCell") {
		t.Error("cells are merged")
	}
	for what, mark := range map[string]string{
		"a repeated head": `!$1:$1`, "a print area without contact details": `!$A$1:$G$41`,
	} {
		if !strings.Contains(book, mark) {
			t.Errorf("the workbook lacks %s (%s) in %s", what, mark, book)
		}
	}
	header := regexp.MustCompile(`(?s)<oddHeader>(.*?)</oddHeader>`).FindStringSubmatch(sheet)
	if n := len([]rune(strings.NewReplacer("&amp;", "&", "&#34;", `"`, "&#xA;", "\n").Replace(header[1]))); n > 255 {
		t.Errorf("the header is %d characters long, more than Excel opens", n)
	}
	if !strings.Contains(parts["docProps/core.xml"], "Temadagar om sex mot ersättning") || !strings.Contains(parts["docProps/core.xml"], "sv-SE") {
		t.Error("the document's properties lack its title or language")
	}
}
