package export_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// cellsOf is a table as text: rows on lines, cells between bars.
func cellsOf(t domain.Table) string {
	var b strings.Builder
	for _, r := range t.Rows {
		fmt.Fprintf(&b, "%d:%s\n", r.Line, strings.Join(r.Cells, "|"))
	}
	return b.String()
}

func TestReadTable_readsText(t *testing.T) {
	t.Parallel()
	const want = "1:Förnamn|E-post\n2:Åsa|asa@example.se\n"
	latin := strings.NewReplacer("ö", "\xf6", "Å", "\xc5")
	cases := map[string]struct{ file, want string }{
		"UTF-8, semicolons":            {"Förnamn;E-post\nÅsa;asa@example.se\n", want},
		"with the mark of UTF-8":       {"\ufeffFörnamn;E-post\r\nÅsa;asa@example.se", want},
		"Windows, semicolons":          {latin.Replace("Förnamn;E-post\r\nÅsa;asa@example.se\r\n"), want},
		"commas":                       {"Förnamn,E-post\nÅsa,asa@example.se\n", want},
		"tabs":                         {"Förnamn\tE-post\nÅsa\tasa@example.se\n", want},
		"the separator told":           {"sep=,\nFörnamn,E-post\nÅsa,asa@example.se\n", want},
		"quotation marks":              {"\"Förnamn\";\"E-post\"\n\"Åsa\";\"asa@example.se\"\n", want},
		"a separator inside a cell":    {"Namn;Arbete\n\"Öberg; Åsa\";\"Rad 1\nRad 2\"\n", "1:Namn|Arbete\n2:Öberg; Åsa|Rad 1\nRad 2\n"},
		"empty rows and cells":         {"a;;\n;;\n;b;\n", "1:a\n3:|b\n"},
		"one column":                   {"Namn\nÅsa\n", "1:Namn\n2:Åsa\n"},
		"a formula is what it looks":   {"=1+1;@x\n", "1:=1+1|@x\n"},
		"a stray quotation mark":       {"a \"b\" c;d\n", "1:a \"b\" c|d\n"},
		"commas beside more semicolon": {"a;b;c, d\n", "1:a|b|c, d\n"},
	}
	for name, c := range cases {
		got, err := export.ReadTable(t.Context(), []byte(c.file), "")
		if name == "the separator told" { // its line is taken away
			c.want = want
		}
		if err != nil || cellsOf(got) != c.want {
			t.Errorf("%s: got %q, %v; want %q", name, cellsOf(got), err, c.want)
		}
	}
}

func book(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	fill(f)
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadTable_readsWorkbooks(t *testing.T) {
	t.Parallel()
	set := func(f *excelize.File, sheet, cell string, v any) {
		if err := f.SetCellValue(sheet, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	data := book(t, func(f *excelize.File) {
		set(f, "Sheet1", "A1", "Förnamn")
		set(f, "Sheet1", "C1", "Telefon")
		set(f, "Sheet1", "A3", "  Ánne-Sárá ")
		set(f, "Sheet1", "C3", 701740605)
		set(f, "Sheet1", "D3", 46701740605.0)
		set(f, "Sheet1", "E3", true)
		if err := f.SetCellFormula("Sheet1", "F3", "=1+1"); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellRichText("Sheet1", "G3", []excelize.RichTextRun{{Text: "två "}, {Text: "delar", Font: &excelize.Font{Bold: true}}}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Andra", "Gömt"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			set(f, name, "B2", "på "+name)
		}
		if err := f.SetSheetVisible("Gömt", false); err != nil {
			t.Fatal(err)
		}
	})
	got, err := export.ReadTable(t.Context(), data, "")
	if want := "1:Förnamn||Telefon\n3:  Ánne-Sárá ||701740605|46701740605|1||två delar\n"; err != nil || cellsOf(got) != want || got.Sheet != "Sheet1" {
		t.Errorf("got %q of %q, %v; want %q", cellsOf(got), got.Sheet, err, want)
	}
	if fmt.Sprint(got.Sheets) != "[Sheet1 Andra]" {
		t.Errorf("sheets %q", got.Sheets)
	}
	if got, err = export.ReadTable(t.Context(), data, "Andra"); err != nil || cellsOf(got) != "2:|på Andra\n" {
		t.Errorf("the other sheet: %q, %v", cellsOf(got), err)
	}
	if _, err = export.ReadTable(t.Context(), data, "Gömt"); !errors.Is(err, &domain.Error{Code: domain.CodeInvalid, Key: "import.file.sheet"}) {
		t.Errorf("a hidden sheet: %v", err)
	}
}

// Our own workbooks are read too: sheets written row by row, texts beside the cells.
func TestReadTable_readsWhatWasExported(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	rows := [][]any{{"Förnamn", "E-post"}, {"=1+1", "åsa@example.se"}, {"Bo", 7}}
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	got, err := export.ReadTable(t.Context(), out.Bytes(), "")
	if want := "1:Förnamn|E-post\n2:=1+1|åsa@example.se\n3:Bo|7\n"; err != nil || cellsOf(got) != want {
		t.Errorf("got %q, %v; want %q", cellsOf(got), err, want)
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add([]byte("a;b\n1;2\n"))
	f.Add([]byte("sep=\t\n\"a"))
	f.Add(book(f, func(x *excelize.File) { _ = x.SetCellValue("Sheet1", "B2", "Åsa") }))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := export.ReadTable(t.Context(), data, "")
		var refusal *domain.Error
		if err != nil && !errors.As(err, &refusal) {
			t.Errorf("%v is no refusal", err)
		}
		if err == nil && (len(got.Rows) == 0 || len(got.Rows) > domain.MaxTableRows || got.Width() > domain.MaxTableColumns) {
			t.Errorf("a table of %d rows and %d columns", len(got.Rows), got.Width())
		}
	})
}
