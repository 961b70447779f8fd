package export_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	corpus "github.com/temadag/temadag/internal/testkit/hostile"
)

// made is a workbook of the honest parts, with some replaced; "" leaves one out.
func made(t testing.TB, instead map[string]string) []byte {
	t.Helper()
	return corpus.Book(t, instead)
}

// Every one is refused within two seconds, in words for the one who brought it, and without taking much
// memory on the way. That no two are the same file, that the bombs are bombs, and that an honest file is
// read, is looked at beside.
func TestReadTable_refusesHostileFiles(t *testing.T) {
	files := corpus.Files()
	if len(files) < 200 {
		t.Errorf("only %d files", len(files))
	}
	var before, after runtime.MemStats
	slowest, most := time.Duration(0), uint64(0)
	seen := make(map[string]string)
	for _, f := range files {
		data := f.Make(t)
		if twin := seen[string(data[:min(len(data), 1<<16)])]; twin != "" && len(data) < 1<<16 {
			t.Errorf("%s is the same file as %s", f.Name, twin)
		}
		seen[string(data[:min(len(data), 1<<16)])] = f.Name
		runtime.ReadMemStats(&before)
		start := time.Now()
		got, err := export.ReadTable(t.Context(), data, "")
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if took > time.Second {
			t.Logf("%s: took %v", f.Name, took)
		}
		slowest, most = max(slowest, took), max(most, after.TotalAlloc-before.TotalAlloc)
		var refusal *domain.Error
		if !errors.As(err, &refusal) || refusal.Code != domain.CodeInvalid || refusal.Field != "file" || !strings.HasPrefix(refusal.Key, "import.file.") {
			t.Errorf("%s: got %d rows, %v", f.Name, len(got.Rows), err)
		}
		if took > 2*time.Second {
			t.Errorf("%s: took %v", f.Name, took)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 256<<20 {
			t.Errorf("%s: took %d MiB in all", f.Name, used>>20)
		}
	}
	t.Logf("%d files, the slowest %v, the largest %d MiB in all", len(files), slowest, most>>20)
	if got, err := export.ReadTable(t.Context(), made(t, nil), ""); err != nil || cellsOf(got) != "1:Namn\n" {
		t.Errorf("the honest one: %q, %v", cellsOf(got), err)
	}
	for _, f := range files {
		if f.Name == "a texts bomb" || f.Name == "a bomb that stays low" || f.Name == "a bomb in another part" {
			isBomb(t, f.Name, f.Make(t))
		}
	}
}

// isBomb fails unless a small file unpacks to much.
func isBomb(t *testing.T, name string, data []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var size uint64
	for _, f := range z.File {
		size += f.UncompressedSize64
	}
	if len(data) > 1<<20 || size < 20<<20 {
		t.Errorf("%s is no bomb: %d bytes become %d", name, len(data), size)
	}
}
