package check

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Sheets has LibreOffice open the workbook at path, as a person would, and returns the text of
// every cell as it is shown, by the name of the sheet.
func Sheets(t testing.TB, path string) map[string][][]string {
	t.Helper()
	dir := t.TempDir()
	// Separator 44, quote 34, UTF-8, from row 1, cells as shown, and every sheet to a file of its own.
	Office(t, path, `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1`, dir)
	stem := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) + "-"
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("check: LibreOffice made no sheet of %s (%v)", path, err)
	}
	sheets := map[string][][]string{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(f)
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		_ = f.Close() // only read
		if err != nil {
			t.Fatalf("check: %s: %v", file, err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".csv")
		sheets[strings.TrimPrefix(name, stem)] = rows
	}
	return sheets
}

// Office has LibreOffice convert the file at path to a format ("pdf", "csv:…") in the folder dir.
func Office(t testing.TB, path, format, dir string) {
	t.Helper()
	office := program(t, "LibreOffice", "soffice", "libreoffice")
	profile := t.TempDir() // so that runs side by side do not wait for each other
	cmd := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+profile,
		"--headless", "--norestore", "--convert-to", format, "--outdir", dir, path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("check: LibreOffice: %v: %s", err, out)
	}
}

// PDFText is the text of a PDF as a reader program extracts it.
func PDFText(t testing.TB, pdf []byte) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t, "pdftotext", "pdftotext"), "-layout", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("check: pdftotext: %v", err)
	}
	return string(out)
}
