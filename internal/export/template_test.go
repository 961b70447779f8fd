package export_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/temadag/temadag/internal/export"
)

// A template is read back as its heads, and every column is text: a telephone number keeps its zero.
func TestTemplate(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := export.Template(&b, "Deltagare", []string{"Förnamn", "Telefon", "=1+1"}); err != nil {
		t.Fatal(err)
	}
	table, err := export.ReadTable(t.Context(), b.Bytes(), "")
	if err != nil || cellsOf(table) != "1:Förnamn|Telefon|=1+1\n" {
		t.Errorf("%q, %v", cellsOf(table), err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	style, err := f.GetColStyle("Deltagare", "B")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := f.GetStyle(style); err != nil || s.NumFmt != 49 {
		t.Errorf("the column of telephone numbers has the format %+v, %v", s, err)
	}
}
