package export_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// Where a sheet does not hold everyone another follows it, with the same head, filter and frozen rows, and
// everyone stands on one of them once, in order. Without a limit there is one sheet.
func TestWorkbook_split(t *testing.T) {
	t.Parallel()
	l := listOf(manyEvents(2)...)
	l.Events[0].Confirmed = 25 // the other's sheets are found to be needed while it is written
	for most, want := range map[int][]int{0: {25, 25}, 10: {10, 10, 5, 10, 10, 5}, 5: {5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, 25: {25, 25}} {
		path, told := filepath.Join(t.TempDir(), "lista.xlsx"), 0
		err := export.Workbook(t.Context(), path, l, rowsOf(25), export.WorkbookOptions{
			Printer: catalogue(t).For(domain.Swedish), MostRows: most, Progress: func(done, _ int) { told = done },
		})
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var sizes []int
		var names []string
		filters := 0
		for _, n := range f.GetDefinedName() {
			if n.Name == "_xlnm.Print_Titles" {
				filters++
			}
		}
		for _, name := range f.GetSheetList() {
			rows := rowsIn(t, f, name)
			if !strings.HasPrefix(name, "2016-12-01") {
				continue
			}
			names, sizes = append(names, name), append(sizes, len(rows)-1)
			panes, err := f.GetPanes(name)
			if err != nil || !panes.Freeze || panes.YSplit != 1 || rows[0][0] == "" {
				t.Errorf("%d to a sheet, %s: the head is %v and stands still: %t (%v)", most, name, rows[0], panes.Freeze, err)
			}
		}
		slices.Sort(sizes)
		slices.Sort(want)
		if !slices.Equal(sizes, want) || told != 50 || filters != len(want) {
			t.Errorf("%d to a sheet: %v on %v; %d told of; %d heads repeated in print", most, sizes, names, told, filters)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The numbers go on from sheet to sheet, so that nobody is lost or told of twice where one ends.
func TestWorkbook_splitKeepsEveryone(t *testing.T) {
	t.Parallel()
	l := listOf(manyEvents(1)...)
	l.Events[0].Confirmed = 40 // fifteen have gone since
	path := filepath.Join(t.TempDir(), "lista.xlsx")
	err := export.Workbook(t.Context(), path, l, rowsOf(25), export.WorkbookOptions{Printer: catalogue(t).For(domain.Swedish), MostRows: 10})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var numbers []string
	for _, name := range f.GetSheetList() {
		if strings.HasPrefix(name, "2016-12-01") {
			for _, row := range rowsIn(t, f, name)[1:] {
				numbers = append(numbers, row[0])
			}
		}
	}
	for i, n := range numbers {
		if n != fmt.Sprint(i+1) {
			t.Fatalf("the %d. is number %s", i+1, n)
		}
	}
	if len(numbers) != 25 {
		t.Errorf("%d of 25 stand there", len(numbers))
	}
}
