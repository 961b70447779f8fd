package export_test

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

func TestWorkbook_leavesNothingWhenStopped(t *testing.T) {
	const before = "what stood there"
	broken := errors.New("the database is gone")
	cases := map[string]func(cancel context.CancelFunc) export.Rows{
		"a fault of the reader": func(context.CancelFunc) export.Rows {
			return func(_ context.Context, e domain.EventID, yield func([]domain.Registration) error) error {
				return cmp.Or(yield(crowd(e, 2000, 10, 10)), broken)
			}
		},
		"cancelled between pages": func(cancel context.CancelFunc) export.Rows {
			return func(_ context.Context, e domain.EventID, yield func([]domain.Registration) error) error {
				for range 3 {
					if err := yield(crowd(e, 1500, 0, 1)); err != nil {
						return err
					}
					cancel()
				}
				return nil
			}
		},
		"cancelled after the last page": func(cancel context.CancelFunc) export.Rows {
			return func(_ context.Context, e domain.EventID, yield func([]domain.Registration) error) error {
				defer cancel()
				return yield(crowd(e, 10, 0, 0))
			}
		},
	}
	for name, rows := range cases {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			dir := t.TempDir()
			path := filepath.Join(dir, "lista.xlsx")
			if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
				t.Fatal(err)
			}
			err := export.Workbook(ctx, path, listOf(lulea()), rows(cancel), export.WorkbookOptions{Printer: catalogue(t).For(domain.Swedish)})
			if !errors.Is(err, broken) && !errors.Is(err, context.Canceled) {
				t.Fatalf("the error is %v", err)
			}
			if got, _ := os.ReadFile(path); string(got) != before {
				t.Error("the file that stood there is lost")
			}
			if left, _ := os.ReadDir(dir); len(left) != 1 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestWorkbook_neverHalf watches the final name while a workbook is written over another.
func TestWorkbook_neverHalf(t *testing.T) {
	if seen := sightings(t, export.Workbook); len(seen) != 2 {
		t.Errorf("the name has stood for %d different files, want the old and the new", len(seen))
	}
	twin := func(ctx context.Context, path string, l domain.List, rows export.Rows, o export.WorkbookOptions) error {
		if err := export.Workbook(ctx, path+".whole", l, rows, o); err != nil {
			return err
		}
		whole, err := os.ReadFile(path + ".whole")
		if err != nil {
			return err
		}
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		defer f.Close()
		for part := range slices.Chunk(whole, 1+len(whole)/20) {
			if _, err := f.Write(part); err != nil {
				return err
			}
			time.Sleep(3 * time.Millisecond)
		}
		return nil
	}
	if seen := sightings(t, twin); len(seen) <= 2 {
		t.Error("a writer straight to the name goes unnoticed; the test above would prove nothing")
	}
}

type writer func(context.Context, string, domain.List, export.Rows, export.WorkbookOptions) error

// sightings are the sizes that a file under the final name is seen with while w writes.
func sightings(t *testing.T, w writer) map[int64]bool {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lista.xlsx")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	done, seen := make(chan struct{}), make(chan map[int64]bool)
	go func() {
		sizes := map[int64]bool{}
		for {
			if info, err := os.Stat(path); err == nil {
				sizes[info.Size()] = true
			}
			select {
			case <-done:
				seen <- sizes
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	err := w(t.Context(), path, listOf(lulea()), pagesOf(map[domain.EventID][]domain.Registration{1: crowd(1, 3000, 0, 0)}),
		export.WorkbookOptions{Printer: catalogue(t).For(domain.Swedish)})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(5 * time.Millisecond)
	close(done)
	return <-seen
}

// tired is a context that ends when it has been asked a number of times, which is to say anywhere:
// between pages or while rows are packed.
type tired struct {
	context.Context
	left *atomic.Int64
}

func (c tired) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func TestWorkbook_leavesNothingWhereverItEnds(t *testing.T) {
	words, people := catalogue(t).For(domain.Swedish), crowd(1, 4000, 100, 100)
	for n := int64(0); ; n++ {
		dir, left := t.TempDir(), &atomic.Int64{}
		left.Store(n)
		rows := func(_ context.Context, _ domain.EventID, yield func([]domain.Registration) error) error {
			return yield(people)
		}
		err := export.Workbook(tired{t.Context(), left}, filepath.Join(dir, "lista.xlsx"), listOf(lulea()), rows, export.WorkbookOptions{Printer: words})
		found, _ := os.ReadDir(dir)
		switch {
		case err == nil && n < 20:
			t.Fatalf("only %d places to end in were tried", n)
		case err == nil && len(found) == 1:
			return
		case !errors.Is(err, context.Canceled) || len(found) != 0:
			t.Fatalf("ended at %d: %v, with %v left behind", n, err, found)
		}
	}
}

func TestWorkbook_isForItsOwnerAlone(t *testing.T) {
	info, err := os.Stat(writtenTo(t, listOf(lulea()), nil, domain.Swedish))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v (%v)", info.Mode(), err)
	}
}

func TestWorkbook_folderThatIsNotThereIsAFault(t *testing.T) {
	err := export.Workbook(t.Context(), filepath.Join(t.TempDir(), "nowhere", "x.xlsx"), listOf(lulea()), pagesOf(nil),
		export.WorkbookOptions{Printer: catalogue(t).For(domain.Swedish)})
	if err == nil {
		t.Error("nobody is told that there is no file")
	}
}

func TestWorkbook_tellsProgress(t *testing.T) {
	l := listOf(lulea())
	l.Events[0].Confirmed = 15
	var told []string
	err := export.Workbook(t.Context(), filepath.Join(t.TempDir(), "x.xlsx"), l,
		pagesOf(map[domain.EventID][]domain.Registration{1: crowd(1, 16, 0, 0)}), export.WorkbookOptions{
			Printer:  catalogue(t).For(domain.Swedish),
			Progress: func(done, total int) { told = append(told, fmt.Sprint(done, "/", total)) },
		})
	if want := []string{"7/15", "14/15", "16/16"}; err != nil || !slices.Equal(told, want) {
		t.Errorf("told %q, want %q (%v)", told, want, err)
	}
}

// TestWorkbook_memoryIsFlat lets the rows grow tenfold.
func TestWorkbook_memoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("by design: -short, and this takes a few seconds")
	}
	words := catalogue(t).For(domain.Swedish)
	measure := func(rows int) uint64 {
		return peakMemory(func() {
			err := export.Workbook(t.Context(), filepath.Join(t.TempDir(), "x.xlsx"), listOf(lulea()), rowsOf(rows),
				export.WorkbookOptions{Printer: words})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	few, many := measure(10_000), measure(100_000)
	t.Logf("peak of the heap: %d MB for 10,000 rows, %d MB for 100,000", few>>20, many>>20)
	if many > 120<<20 || many > 4*few {
		t.Errorf("100,000 rows took %d MB of heap and 10,000 %d MB", many>>20, few>>20)
	}
}

// TestWorkbook_chunksMakeOneSheet reads a list that is long enough to be packed in many chunks.
func TestWorkbook_chunksMakeOneSheet(t *testing.T) {
	const n = 15_000
	path := filepath.Join(t.TempDir(), "x.xlsx")
	err := export.Workbook(t.Context(), path, listOf(lulea()), rowsOf(n), export.WorkbookOptions{Printer: catalogue(t).For(domain.Swedish)})
	if err != nil {
		t.Fatal(err)
	}
	text := partsOf(t, path)["xl/worksheets/sheet2.xml"]
	for _, once := range []string{"<worksheet", "<cols>", "<sheetData>", "</sheetData>", "<autoFilter", "<headerFooter", "</worksheet>"} {
		if got := strings.Count(text, once); got != 1 {
			t.Errorf("%s stands %d times", once, got)
		}
	}
	var sheet struct {
		Rows []struct {
			R int `xml:"r,attr"`
			C []struct {
				R string `xml:"r,attr"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
	}
	if err := xml.Unmarshal([]byte(text), &sheet); err != nil {
		t.Fatal(err)
	}
	if len(sheet.Rows) != n+1 {
		t.Fatalf("%d rows, want %d", len(sheet.Rows), n+1)
	}
	for i, row := range sheet.Rows {
		if row.R != i+1 || len(row.C) != 15 || row.C[14].R != fmt.Sprint("O", i+1) {
			t.Fatalf("row %d is numbered %d and has %d cells", i+1, row.R, len(row.C))
		}
	}
}

// TestWorkbook_manyCancelled reads a sheet that had to wait for another, longer than what is handed
// over at a time.
func TestWorkbook_manyCancelled(t *testing.T) {
	const n = 4000
	people := crowd(1, n, 0, n-500)
	for i := range people {
		people[i].Title, people[i].Organisation = fmt.Sprint("Titel ", i), fmt.Sprint("Organisation ", i)
	}
	f := written(t, listOf(lulea()), map[domain.EventID][]domain.Registration{1: people}, domain.Swedish)
	for sheet, status := range map[string]domain.RegistrationStatus{"2016-12-01 Luleå": domain.Confirmed, "Avbokade": domain.Cancelled} {
		rows, next := rowsIn(t, f, sheet), 1
		for _, r := range people {
			if r.Status != status {
				continue
			}
			if next >= len(rows) || at(t, rows[0], rows[next], "Organisation") != r.Organisation {
				t.Fatalf("%s lacks %s in row %d of %d", sheet, r.Organisation, next, len(rows))
			}
			next++
		}
		if next != len(rows) || next < 100 {
			t.Errorf("%s has %d rows, want %d", sheet, len(rows), next)
		}
	}
}
