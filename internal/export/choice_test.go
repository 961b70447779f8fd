package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// head is a list of some events with columns of its own.
func head(columns []domain.ExportColumn, events ...domain.Event) domain.Export {
	out := domain.Export{
		Title:  events[0].Title,
		Spec:   domain.ExportSpec{Columns: columns, Purpose: "Till lokalen", Filter: domain.PeopleFilter{Statuses: []domain.RegistrationStatus{domain.Confirmed}}},
		MadeAt: time.Date(2016, 11, 20, 9, 0, 0, 0, time.UTC), MadeBy: "Eva Exempel",
	}
	for _, e := range events {
		out.Events = append(out.Events, domain.ExportEvent{Event: e})
	}
	return out
}

// rowsFrom reads rows made before.
func rowsFrom(people map[domain.EventID][]domain.ExportRow) export.ExportRows {
	return func(_ context.Context, e domain.EventID, yield func([]domain.ExportRow) error) error {
		return yield(people[e])
	}
}

// two is someone, and someone with protected identity whom the caller forgot to mask.
func two() []domain.ExportRow {
	a, b := person(1, 1), person(1, 2)
	a.GivenName, a.FamilyName, a.Municipality, a.Phone = "Åsa", "Öberg", "Piteå", "+46 70 174 06 05"
	b.GivenName, b.FamilyName, b.Email, b.Organisation, b.Protected = "Kanarie", "Fågel", "kanarie@example.se", "Hemliga kommun", true
	return []domain.ExportRow{{Registration: a, Nr: 1, Sessions: []string{"Förmiddag", "Eftermiddag"}}, {Registration: b, Nr: 2, Sessions: []string{"Kanariepasset"}, Before: ""}}
}

func choiceOf(t *testing.T, h domain.Export, rows export.ExportRows) *excelize.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lista.xlsx")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := export.WriteChoice(t.Context(), out, h, rows, export.ChoiceOptions{Printer: catalogue(t).For(domain.Swedish), BaseURL: "https://temadag.example.se"}); err != nil {
		t.Fatal(err)
	}
	for name, xml := range partsOf(t, path) {
		if strings.Contains(xml, "Kanarie") || strings.Contains(xml, "Hemliga") || strings.Contains(xml, "kanarie") {
			t.Errorf("%s tells of someone who is protected", name)
		}
		if strings.HasPrefix(name, "xl/worksheets/") && (strings.Contains(xml, "<f>") || strings.Contains(xml, "<f ")) {
			t.Errorf("%s holds a formula", name)
		}
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestChoice_holdsWhatWasChosen(t *testing.T) {
	t.Parallel()
	f := choiceOf(t, head(domain.DefaultColumns(), lulea()), rowsFrom(map[domain.EventID][]domain.ExportRow{1: two()}))
	if got := fmt.Sprint(f.GetSheetList()); got != "[2016-12-01 Luleå Om listan]" {
		t.Errorf("sheets %s", got)
	}
	rows := rowsIn(t, f, f.GetSheetName(0))
	if got := fmt.Sprint(rows[0]); got != "[Namn Titel Organisation Kommun]" || len(rows) != 3 {
		t.Errorf("heads %s, %d rows", got, len(rows))
	}
	if rows[1][0] != "Åsa Öberg" || rows[1][3] != "Piteå" || rows[2][0] != "Deltagare (skyddad)" || len(rows[2]) != 1 {
		t.Errorf("rows %q", rows[1:])
	}
	about := fmt.Sprint(rowsIn(t, f, "Om listan"))
	for _, want := range []string{"Till lokalen", "Eva Exempel", "Namn, Titel, Organisation, Kommun", "Anmäld"} {
		if !strings.Contains(about, want) {
			t.Errorf("%q is not told of the list: %s", want, about)
		}
	}
}

func TestChoice_hasASheetForEachCountyAndOneSinceLast(t *testing.T) {
	t.Parallel()
	one, two_, three := lulea(), lulea(), lulea()
	one.Owner.Region, two_.Owner.Region, three.Owner.Region = "Norrbotten", "Norrbotten", "Jämtland"
	two_.ID, two_.Town, three.ID, three.Town, three.Owner.Code = 2, "Kiruna", 3, "Östersund", "Z"
	h := head([]domain.ExportColumn{domain.ColumnName, domain.ColumnSessions, domain.ColumnReceived, domain.ColumnChannel, domain.ColumnAttendance}, one, two_, three)
	h.Spec.Since = true
	h.Events[0].Taken = time.Date(2016, 11, 1, 9, 0, 0, 0, time.UTC)
	took := person(1, 5)
	took.GivenName, took.FamilyName = "Tar", "Över"
	h.Events[0].Changes = []domain.ExportRow{{Registration: took, Nr: 1, Change: domain.ChangeHandedOver, Before: "Ger Bort"}}
	p := two()
	f := choiceOf(t, h, rowsFrom(map[domain.EventID][]domain.ExportRow{1: p, 2: p[:1], 3: p[:1]}))
	if got := fmt.Sprint(f.GetSheetList()); got != "[Norrbotten Jämtland Sedan sist Om listan]" {
		t.Fatalf("sheets %s", got)
	}
	rows := rowsIn(t, f, "Norrbotten")
	if len(rows) != 4 || rows[0][0] != "Datum" || rows[3][1] != "Kiruna" || at(t, rows[0], rows[1], "Programpunkter") != "Förmiddag\nEftermiddag" {
		t.Errorf("rows %q", rows)
	}
	since := rowsIn(t, f, "Sedan sist")
	if len(since) != 2 || since[1][0] != "Överlåten plats" || since[1][1] != "Ger Bort" || at(t, since[0], since[1], "Namn") != "Tar Över" {
		t.Errorf("since %q", since)
	}
}

func TestWriteChoice_tellsOfRowsThatFail(t *testing.T) {
	t.Parallel()
	bad := errors.New("gone")
	err := export.WriteChoice(t.Context(), io.Discard, head(domain.DefaultColumns(), lulea()),
		func(context.Context, domain.EventID, func([]domain.ExportRow) error) error { return bad },
		export.ChoiceOptions{Printer: catalogue(t).For(domain.English)})
	if !errors.Is(err, bad) {
		t.Errorf("rows that cannot be read give %v", err)
	}
}

func csvOf(t *testing.T, h domain.Export, rows export.ExportRows) string {
	t.Helper()
	var out bytes.Buffer
	if err := export.CSV(t.Context(), &out, h, rows, export.ChoiceOptions{Printer: catalogue(t).For(domain.Swedish)}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestCSV(t *testing.T) {
	t.Parallel()
	h := head([]domain.ExportColumn{domain.ColumnName, domain.ColumnPhone, domain.ColumnDate, domain.ColumnReceived}, lulea())
	p := two()
	p[0].ReceivedAt = time.Date(2016, 10, 30, 0, 30, 0, 0, time.UTC) // half past two, the first time
	got := csvOf(t, h, rowsFrom(map[domain.EventID][]domain.ExportRow{1: p}))
	want := "\ufeffNamn;Telefon;Datum;Inkommen\r\nÅsa Öberg;'+46 70 174 06 05;2016-12-01;2016-10-30 02:30:00\r\nDeltagare (skyddad);;2016-12-01;\r\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// No cell of a text file begins as a formula does, whatever anyone has called herself; and it is read back
// cell by cell as it was told. The twin is the same corpus written as it stands.
func TestCSV_holdsNoFormula(t *testing.T) {
	t.Parallel()
	var people []domain.ExportRow
	for i, text := range append(hostile(), "\u00a0=1+1", "\ufeff=1+1", "'=1+1", "|x", "a;b", `a"b`) {
		r := person(1, i)
		r.GivenName, r.FamilyName, r.Organisation, r.Title = text, "", text, text
		people = append(people, domain.ExportRow{Registration: r, Nr: i + 1})
	}
	columns := []domain.ExportColumn{domain.ColumnName, domain.ColumnOrganisation, domain.ColumnTitle}
	text := csvOf(t, head(columns, lulea()), rowsFrom(map[domain.EventID][]domain.ExportRow{1: people}))
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.Comma, r.FieldsPerRecord = ';', 3
	cells, err := r.ReadAll()
	if err != nil || len(cells) != len(people)+1 {
		t.Fatalf("%d rows of %d, %v", len(cells), len(people), err)
	}
	risky := 0
	for i, row := range cells[1:] {
		if dangerous(people[i].Organisation) {
			risky++
		}
		for _, c := range row {
			if dangerous(c) {
				t.Errorf("%q begins as a formula", c)
			}
		}
	}
	if risky < 15 {
		t.Errorf("only %d of the texts would be dangerous: nothing is proved", risky)
	}
}

// dangerous reports whether a spreadsheet may reckon with the text of a cell.
func dangerous(s string) bool {
	s = strings.TrimLeft(s, " \u00a0\ufeff\"")
	return s != "" && strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(s)[0])
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	pages := export.SignIn(two(), 3, 4)
	if len(pages) != 2 || len(pages[0].Rows) != 3 || len(pages[1].Rows) != 3 || pages[1].Of != 2 || pages[1].Rows[2].Nr != 6 {
		t.Errorf("pages %+v", pages)
	}
	if r := pages[0].Rows; r[0].FamilyName != "Öberg" || !r[1].Hidden || r[1].FamilyName != "" || r[1].Organisation != "" || r[2].Nr != 3 {
		t.Errorf("rows %+v", r)
	}
	if empty := export.SignIn(nil, 0, 0); len(empty) != 1 {
		t.Errorf("nobody is to come: %+v", empty)
	}
}

func TestBadges(t *testing.T) {
	t.Parallel()
	p := two()
	long := person(1, 9)
	long.GivenName, long.FamilyName = strings.Repeat("Ö", 80), "Ek"
	single := person(1, 10)
	single.GivenName, single.FamilyName = "", "Bo"
	pages := export.Badges(append(p, domain.ExportRow{Registration: long}, domain.ExportRow{Registration: single}), 3, 1)
	if len(pages) != 2 || len(pages[1].Badges) != 2 {
		t.Fatalf("pages %+v", pages)
	}
	all := append(pages[0].Badges, pages[1].Badges...)
	if all[0].Given != "Åsa" || all[0].Size != "large" || all[1] != (export.Badge{Size: "large", Work: "large"}) || all[2].Size != "small" || len([]rune(all[2].Given)) != 80 || all[3].Given != "Bo" || all[4].Given != "" {
		t.Errorf("badges %+v", all)
	}
	at := person(1, 11)
	at.GivenName, at.FamilyName, at.Organisation = "Bo", "Ek", strings.Repeat("Enheten för stöd ", 7)
	if b := export.Badges([]domain.ExportRow{{Registration: at}}, 8, 0)[0].Badges[0]; b.Size != "large" || b.Work != "small" {
		t.Errorf("a long workplace makes the name %s and itself %s", b.Size, b.Work)
	}
}

// What stands on a paper fits on it: long names take the room of more lines, and nobody is lost or told twice.
func TestSignIn_leavesRoomForLongNames(t *testing.T) {
	t.Parallel()
	var rows []domain.ExportRow
	for i := range 60 {
		r := person(1, i)
		r.GivenName, r.FamilyName, r.Organisation = "Eva", "Ek", "Piteå kommun"
		if i < 12 {
			r.Organisation = "Arjeplogs kommun, enheten för ensamkommande barn och unga, stödet till familjer"
		}
		rows = append(rows, domain.ExportRow{Registration: r, Nr: i + 1})
	}
	rows[20].FamilyName = strings.Repeat("Å", 100)
	pages, nr := export.SignIn(rows, export.SignInLines, export.SignInBlank), 0
	for _, p := range pages {
		for _, r := range p.Rows {
			if nr++; r.Nr != nr {
				t.Fatalf("number %d stands where %d should", r.Nr, nr)
			}
		}
	}
	if nr != 70 || len(pages) != 4 || len(pages[0].Rows) != 11 || len(pages[2].Rows) != export.SignInLines {
		t.Errorf("%d rows on %d papers, %d on the first", nr, len(pages), len(pages[0].Rows))
	}
	if one := export.SignIn(rows[:1], 1, 0); len(one) != 1 || len(one[0].Rows) != 1 {
		t.Errorf("what is taller than a paper: %+v", one)
	}
}

// A list that is streamed to a writer is the workbook that is written to a file, and a broken writer is told.
func TestWriteChoice(t *testing.T) {
	t.Parallel()
	h, o := head(domain.DefaultColumns(), lulea()), export.ChoiceOptions{Printer: catalogue(t).For(domain.Swedish)}
	people := make([]domain.ExportRow, 700)
	for i := range people {
		people[i] = domain.ExportRow{Registration: person(1, i), Nr: i + 1}
	}
	told := 0
	o.Progress = func(done int) { told = done }
	var out bytes.Buffer
	if err := export.WriteChoice(t.Context(), &out, h, rowsFrom(map[domain.EventID][]domain.ExportRow{1: people}), o); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if rows := rowsIn(t, f, f.GetSheetName(0)); len(rows) != 701 || told != 700 {
		t.Errorf("%d rows, %d told of", len(rows), told)
	}
	if err := export.WriteChoice(t.Context(), full{}, h, rowsFrom(map[domain.EventID][]domain.ExportRow{1: people}), o); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

var errFull = errors.New("the disk is full")

// full is a disk with no room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// What people have called themselves is text in every cell of a list, reopened as a spreadsheet opens it: no
// formula, no link, a row for each, the text as it was. A twin would be the same cells read as formulas.
func TestWriteChoice_holdsNoFormula(t *testing.T) {
	t.Parallel()
	var people []domain.ExportRow
	for i, text := range hostile() {
		r := person(1, i)
		r.GivenName, r.FamilyName, r.Organisation, r.Title = text, "", text, text
		people = append(people, domain.ExportRow{Registration: r, Nr: i + 1})
	}
	columns := []domain.ExportColumn{domain.ColumnOrganisation, domain.ColumnTitle, domain.ColumnPhone}
	h := head(columns, lulea())
	h.Spec.Purpose, h.MadeBy = "=HYPERLINK(\"https://example.se\")", "@SUM(1)"
	f := choiceOf(t, h, rowsFrom(map[domain.EventID][]domain.ExportRow{1: people}))
	sheet, risky := f.GetSheetName(0), 0
	if rows := rowsIn(t, f, sheet); len(rows) != len(people)+1 {
		t.Fatalf("%d rows for %d people", len(rows), len(people))
	}
	for i, r := range people {
		if dangerous(r.Organisation) {
			risky++
		}
		for _, col := range []string{"A", "B", "C"} {
			cell := fmt.Sprint(col, i+2)
			if formula, err := f.GetCellFormula(sheet, cell); err != nil || formula != "" {
				t.Errorf("%s is the formula %q, %v", cell, formula, err)
			}
			if is, target, err := f.GetCellHyperLink(sheet, cell); err != nil || is {
				t.Errorf("%s leads to %q, %v", cell, target, err)
			}
		}
		got, err := f.GetCellValue(sheet, fmt.Sprint("A", i+2))
		if want := legal(r.Organisation); err != nil || strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("row %d reads %q, want %q; %v", i+2, got, want, err)
		}
	}
	if risky < 15 {
		t.Errorf("only %d of the texts would be dangerous: nothing is proved", risky)
	}
	about := fmt.Sprint(rowsIn(t, f, "Om listan"))
	for _, want := range []string{"HYPERLINK", "@SUM(1)", "Anmäld", "Organisation, Titel, Telefon"} {
		if !strings.Contains(about, want) {
			t.Errorf("the sheet about the list lacks %q", want)
		}
	}
}
