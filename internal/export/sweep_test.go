package export_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// What a killed program left behind holds names; it goes with the next export, and what another
// program is writing now stays.
func TestWorkbook_sweepsWhatWasLeftBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "lista.xlsx")
	old, fresh := filepath.Join(dir, ".lista.xlsx.1.part"), filepath.Join(dir, ".lista.xlsx.2.part")
	for _, f := range []string{old, fresh} {
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	if err := export.Workbook(t.Context(), path, listOf(), nil, export.WorkbookOptions{Printer: catalogue(t).For(domain.Swedish)}); err != nil {
		t.Fatal(err)
	}
	for f, want := range map[string]bool{old: false, fresh: true, path: true} {
		if _, err := os.Lstat(f); (err == nil) != want {
			t.Errorf("%s there = %v, want %v", filepath.Base(f), err == nil, want)
		}
	}
}
