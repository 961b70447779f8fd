package export_test

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// floor is the least that a list with the same cells can cost: the XML put together by hand,
// packed, forced to disk.
func floor(path string, people []domain.Registration) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z := zip.NewWriter(f)
	part, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(part, 1<<16)
	w.WriteString(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	for i, p := range people {
		row := strconv.Itoa(i + 1)
		w.WriteString(`<row r="` + row + `"><c r="A` + row + `"><v>` + row + `</v></c>`)
		texts := []string{
			p.FamilyName, p.GivenName, p.Organisation, "Anmäld", p.Reference(), "", p.Title,
			string(p.OrganisationType), p.Municipality, p.Email, p.Phone, "42644.38854166667", "Ja", "Samtalet, Nätet",
		}
		for j, text := range texts {
			w.WriteString(`<c r="` + string(rune('B'+j)) + row + `" t="inlineStr"><is><t>`)
			if err := xml.EscapeText(w, []byte(text)); err != nil {
				return err
			}
			w.WriteString(`</t></is></c>`)
		}
		w.WriteString(`</row>`)
	}
	w.WriteString(`</sheetData></worksheet>`)
	if err := w.Flush(); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Sync()
}

// BenchmarkWorkbookAgainstFloor tells how many times the floor a workbook of the same cells costs,
// both made in turns.
func BenchmarkWorkbookAgainstFloor(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			words, dir := catalogue(b), b.TempDir()
			people := make([]domain.Registration, n)
			for i := range people {
				people[i] = person(1, i)
			}
			rows := pagesOf(map[domain.EventID][]domain.Registration{1: people})
			var ours, bare time.Duration
			for b.Loop() {
				start := time.Now()
				err := export.Workbook(b.Context(), filepath.Join(dir, "list.xlsx"), listOf(lulea()), rows,
					export.WorkbookOptions{Printer: words.For(domain.Swedish)})
				ours += time.Since(start)
				if err != nil {
					b.Fatal(err)
				}
				start = time.Now()
				if err := floor(filepath.Join(dir, "floor.zip"), people); err != nil {
					b.Fatal(err)
				}
				bare += time.Since(start)
			}
			b.ReportMetric(ours.Seconds()/bare.Seconds(), "times-floor")
		})
	}
}
