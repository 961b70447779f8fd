package export_test

import (
	"archive/zip"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit/check"
)

// partsOf is the XML that a workbook is made of, by name.
func partsOf(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	parts := make(map[string]string)
	for _, f := range z.File {
		if _, twice := parts[f.Name]; twice {
			t.Errorf("the part %s is there twice", f.Name)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		buf, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(buf)
	}
	return parts
}

// TestWorkbook_opensInLibreOffice lets another program read every sheet, and compares the number
// of rows and the hostile texts.
func TestWorkbook_opensInLibreOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("by design: -short, and this starts LibreOffice")
	}
	people := crowd(1, 120, 10, 5)
	for i, text := range hostile()[:12] {
		people[i].Organisation = text
	}
	path := writtenTo(t, listOf(lulea()), map[domain.EventID][]domain.Registration{1: people}, domain.Swedish)
	sheets := check.Sheets(t, path)
	if len(sheets) != 4 {
		t.Errorf("LibreOffice sees %d sheets", len(sheets))
	}
	rows := sheets["2016-12-01 Luleå"]
	if got, want := len(rows)-1, len(inListOrder(people)); got != want {
		t.Fatalf("LibreOffice sees %d people, want %d", got, want)
	}
	for i, r := range inListOrder(people) {
		if got, want := at(t, rows[0], rows[i+1], "Organisation"), legal(r.Organisation); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("LibreOffice reads %q, want %q", got, want)
		}
	}
	if got := at(t, rows[0], rows[1], "Inkommen"); !strings.HasPrefix(got, "2016-10-0") || len(got) != len("2016-10-03 08:00:00") {
		t.Errorf("LibreOffice shows the arrival as %q", got)
	}
	if got := len(sheets["Avbokade"]) - 1; got != 5 {
		t.Errorf("LibreOffice sees %d who have cancelled, want 5", got)
	}
}

// TestWorkbook_printsAsAList has LibreOffice print the workbook, and looks at the paper of an event.
func TestWorkbook_printsAsAList(t *testing.T) {
	if testing.Short() {
		t.Skip("by design: -short, and this starts LibreOffice")
	}
	text, err := exec.LookPath("pdftotext")
	if err != nil {
		check.LeaveOut(t, "pdftotext")
	}
	path := writtenTo(t, listOf(lulea()), map[domain.EventID][]domain.Registration{1: crowd(1, 60, 4, 0)}, domain.Swedish)
	dir := t.TempDir()
	check.Office(t, path, "pdf", dir)
	out, err := exec.CommandContext(t.Context(), text, "-layout", filepath.Join(dir, "lista.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	door := 0
	for page := range strings.SplitSeq(string(out), "\f") {
		if !strings.Contains(page, "Underskrift") || strings.Contains(page, "Vad kolumnerna betyder") {
			continue
		}
		door++
		for _, word := range []string{"Efternamn", "Referens", "Temadag om sex", "torsdag 1", "801-2652-16", "Sida "} {
			if !strings.Contains(page, word) {
				t.Errorf("page %d of the list lacks %q", door, word)
			}
		}
		if strings.Contains(page, "@example.se") || strings.Contains(page, "070-174") {
			t.Error("contact details are on the paper at the door")
		}
	}
	if door < 3 {
		t.Errorf("60 people to sign are on %d pages", door)
	}
}
