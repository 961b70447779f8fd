package export_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// needsSheet is what four people told, two of them of food.
func needsSheet() domain.NeedsSheet {
	e := lulea()
	e.Rules.Food, e.Rules.Access = true, true
	s := domain.NewNeedsSheet(e, 74)
	s.Count(domain.Needs{Diet: []domain.Diet{domain.DietVegan, domain.DietNuts}}, false)
	s.Count(domain.Needs{Diet: []domain.Diet{domain.DietVegan}, DietText: "Hemlig lökallergi", AccessText: "Hemlig säng"}, true)
	s.Count(domain.Needs{Access: []domain.AccessNeed{domain.NeedQuiet}}, false)
	return s
}

func kitchen(t *testing.T, n domain.NeedsSheet, l domain.Lang) (string, *excelize.File) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kost.xlsx")
	err := export.Kitchen(t.Context(), path, n, export.KitchenOptions{
		Printer: catalogue(t).For(l), MadeAt: time.Date(2016, 11, 20, 8, 0, 0, 0, time.UTC), MadeBy: "kommandoraden",
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return path, f
}

func TestKitchen(t *testing.T) {
	t.Parallel()
	_, f := kitchen(t, needsSheet(), domain.Swedish)
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Till köket", "Till lokalen"}) {
		t.Fatalf("sheets = %q", got)
	}
	wantRows(t, f, "Till köket", [][]string{
		{"Mat", "Antal"},
		{"Deltagare med plats", "74"},
		{"Mat utan särskilda önskemål", "72"},
		{"Deltagare med särskilda önskemål om mat", "2"},
		{"Vegansk mat", "2"},
		{"Mat utan nötter", "1"},
		{"Har skrivit med egna ord", "1"},
	})
	wantRows(t, f, "Till lokalen", [][]string{
		{"Behov", "Antal"},
		{"Deltagare med plats", "74"},
		{"Deltagare som har berättat om behov", "2"},
		{"Ett rum att vila i", "1"},
		{"Har skrivit med egna ord", "1"},
	})
	text := strings.Join(slices.Concat(rowsIn(t, f, "Till köket")...), "\n")
	for _, want := range []string{"torsdag 1\u00a0december 2016", "Inkommet efter torsdag 10\u00a0november 2016: 1", "Behoven raderas torsdag 8\u00a0december 2016"} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet lacks %q:\n%s", want, text)
		}
	}
}

func wantRows(t *testing.T, f *excelize.File, sheet string, want [][]string) {
	t.Helper()
	rows := rowsIn(t, f, sheet)
	at := slices.IndexFunc(rows, func(r []string) bool { return len(r) == 2 })
	if at < 0 || len(rows) < at+len(want) {
		t.Fatalf("%s: %q", sheet, rows)
	}
	for i, w := range want {
		if got := rows[at+i]; !slices.Equal(got, w) {
			t.Errorf("%s: row %d is %q, want %q", sheet, i, got, w)
		}
	}
	if len(rows) > at+len(want) && len(rows[at+len(want)]) == 2 {
		t.Errorf("%s: one row more, %q", sheet, rows[at+len(want)])
	}
}

// The sheet is numbers: what people wrote in their own words is nowhere in it, and nobody's name.
func TestKitchen_tellsOfNobody(t *testing.T) {
	t.Parallel()
	for _, l := range domain.Langs() {
		path, _ := kitchen(t, needsSheet(), l)
		for name, part := range partsOf(t, path) {
			if strings.Contains(part, "Hemlig") || strings.Contains(part, "@example.se") {
				t.Errorf("%s tells what someone wrote", name)
			}
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode = %v, %v", info.Mode(), err)
		}
	}
}

func TestKitchen_asksOneThing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rules domain.Rules
		told  domain.Needs
		want  []string
	}{
		"food alone":                {domain.Rules{Food: true}, domain.Needs{}, []string{"For the kitchen"}},
		"access alone":              {domain.Rules{Access: true}, domain.Needs{}, []string{"For the venue"}},
		"neither":                   {domain.Rules{}, domain.Needs{}, []string{"For the kitchen"}},
		"access, asked before":      {domain.Rules{}, domain.Needs{AccessText: "x"}, []string{"For the venue"}},
		"food, and access at first": {domain.Rules{Food: true}, domain.Needs{AccessText: "x"}, []string{"For the kitchen", "For the venue"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := lulea()
			e.Rules = tt.rules
			n := domain.NewNeedsSheet(e, 10)
			n.Count(tt.told, false)
			_, f := kitchen(t, n, domain.English)
			if got := f.GetSheetList(); !slices.Equal(got, tt.want) {
				t.Errorf("sheets = %q, want %q", got, tt.want)
			}
		})
	}
}

// Where it fails, what stood there before still does.
func TestKitchen_keepsTheOldFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kost.xlsx")
	if err := os.WriteFile(path, []byte("the old one"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := export.Kitchen(ctx, path, needsSheet(), export.KitchenOptions{Printer: catalogue(t).For(domain.Swedish)}); err == nil {
		t.Error("a sheet was written although nobody waits for it")
	}
	if buf, err := os.ReadFile(path); err != nil || string(buf) != "the old one" {
		t.Errorf("the file is %q, %v", buf, err)
	}
	if _, err := os.Stat(path + ".part"); !errors.Is(err, os.ErrNotExist) {
		t.Error("something is left over")
	}
}
