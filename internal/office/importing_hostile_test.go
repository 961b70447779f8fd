package office_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/hostile"
)

const (
	hostileTime   = 2 * time.Second
	hostileMemory = 64 << 20
)

// resident is how much memory the process holds.
func resident(t testing.TB) int64 {
	t.Helper()
	stat, err := os.ReadFile("/proc/self/statm")
	must(t, err)
	var size, pages int64
	_, err = fmt.Sscan(string(stat), &size, &pages)
	must(t, err)
	return pages * int64(os.Getpagesize())
}

// highest looks at the memory all the time until it is stopped, and answers the most that there was.
func highest(t testing.TB) (stop func() int64) {
	var most atomic.Int64
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			most.Store(max(most.Load(), resident(t)))
			select {
			case <-end:
				return
			case <-time.After(4 * time.Millisecond):
			}
		}
	}()
	return func() int64 {
		close(end)
		<-ended
		return most.Load()
	}
}

// TestImport_hostileFiles sends files of the corpus to the page as an organiser would, every one where the
// tests are to be thorough: each is refused
// within two seconds in words that tell what to do, the process takes less than 64 MiB more for it, and
// nothing in the database has changed afterwards.
func TestImport_hostileFiles(t *testing.T) {
	files := hostile.Files()
	if len(files) < 200 {
		t.Fatalf("only %d files", len(files))
	}
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	at := "/handlaggare/tillfalle/lulea/las-in"
	c.bring(at, "lista.csv", []byte(newcomers)).want(t, http.StatusSeeOther) // an honest one first
	before := w.contents(t)
	slowest, most := time.Duration(0), int64(0)
	for i, f := range files {
		if !testkit.Thorough() && i%4 != 0 { // what reads them is tried with every one in its own room
			continue
		}
		content := f.Make(t)
		name := "lista.xlsx"
		if !bytes.HasPrefix(content, []byte("PK")) {
			name = "lista.csv"
		}
		debug.FreeOSMemory() // what making the file took
		base, stop := resident(t), highest(t)
		start := time.Now()
		got := c.bring(at, name, content)
		took, peak := time.Since(start), stop()-base-4*int64(len(content)) // the test holds the file, its form and their copies
		slowest, most = max(slowest, took), max(most, peak)
		switch {
		case got.StatusCode != http.StatusUnprocessableEntity && got.StatusCode != http.StatusRequestEntityTooLarge:
			t.Errorf("%s: answered with %d to %q", f.Name, got.StatusCode, got.to())
		case !strings.Contains(got.words(), "Filen ") && !strings.Contains(got.words(), "En cell på rad"):
			t.Errorf("%s: the page does not tell what is wrong:\n%s", f.Name, got.words())
		}
		if took > hostileTime {
			t.Errorf("%s: took %v", f.Name, took)
		}
		if peak > hostileMemory {
			t.Errorf("%s: took %d MiB", f.Name, peak>>20)
		}
	}
	if after := w.contents(t); after != before {
		t.Errorf("the database has changed: %s, and was %s", after, before)
	}
	must(t, checkStore(t.Context(), w))
	c.bring(at, "lista.csv", []byte(newcomers)).want(t, http.StatusSeeOther) // and an honest one afterwards
	t.Logf("%d files, the slowest %v, the most %d MiB", len(files), slowest, most>>20)
}

// contents tells whether anything has been written: the registrations, the letters, and the log.
func (w *world) contents(t testing.TB) string {
	t.Helper()
	return fmt.Sprintf("version %d, %d registered, %d lines in the log", w.Store.Version(), w.registered("lulea"), w.linesOf(t, ""))
}

// TestImport_hostileTwin is the twin: a file that is as it should be is not refused, in any of the ways that
// the corpus is told apart by.
func TestImport_hostileTwin(t *testing.T) {
	w := newWorld(t)
	season(t, w)
	c := w.user("Anna Exempel", in(domain.RoleOrganiser))
	at := "/handlaggare/tillfalle/lulea/las-in"
	sheet := strings.Replace(hostile.Honest()["xl/worksheets/sheet1.xml"], "</sheetData>",
		`<row r="2"><c r="A2" t="inlineStr"><is><t>Eva Ek</t></is></c></row></sheetData>`, 1)
	for name, content := range map[string][]byte{
		"a workbook":        hostile.Book(t, map[string]string{"xl/worksheets/sheet1.xml": sheet}),
		"text":              []byte(newcomers),
		"text of old":       []byte("F\xf6rnamn;E-post\n\xc5sa;asa@example.se\n"),
		"two thousand rows": append([]byte("Namn;E-post\n"), bytes.Repeat([]byte("Eva Ek;eva@example.se\n"), 2000)...),
	} {
		if got := c.bring(at, "lista", content); got.StatusCode != http.StatusSeeOther {
			t.Errorf("%s is refused with %d:\n%s", name, got.StatusCode, got.words())
		}
	}
}
