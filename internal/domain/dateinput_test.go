package domain_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

func TestReadDateInput(t *testing.T) {
	t.Parallel()
	ref := date(t, "2026-08-15")
	tests := map[string]struct{ want, hint string }{
		"2026-12-01":                     {"2026-12-01", ""},
		"2026–12–01":                     {"2026-12-01", ""},
		"2026/12/01":                     {"2026-12-01", ""},
		"20261201":                       {"2026-12-01", ""},
		"261201":                         {"2026-12-01", ""},
		"1/12 2026":                      {"2026-12-01", ""},
		"1/12/2026":                      {"2026-12-01", ""},
		"1/12-26":                        {"2026-12-01", ""},
		"1.12.2026":                      {"2026-12-01", ""},
		"01.12.26":                       {"2026-12-01", ""},
		"1 december 2026":                {"2026-12-01", ""},
		"1\u00a0december\u00a02026":      {"2026-12-01", ""},
		" 1  DECEMBER 2026 ":             {"2026-12-01", ""},
		"1 dec 26":                       {"2026-12-01", ""},
		"1 dec. 2026":                    {"2026-12-01", ""},
		"1dec2026":                       {"2026-12-01", ""},
		"tis 1 dec 2026":                 {"2026-12-01", ""},
		"tisdagen den 1 december 2026":   {"2026-12-01", ""},
		"den 1:a december 2026":          {"2026-12-01", ""},
		"December 1, 2026":               {"2026-12-01", ""},
		"Tuesday 1st of December 2026":   {"2026-12-01", ""},
		"3 maj 2027":                     {"2027-05-03", ""},
		"29 februari 2028":               {"2028-02-29", ""},
		"29 september":                   {"2026-09-29", domain.DateNoYear},
		"1/8":                            {"2027-08-01", domain.DateNoYear},
		"fredag 1 augusti":               {"2031-08-01", domain.DateNoYear},
		"tors 1 dec 2026":                {"2026-12-01", domain.DateWeekday},
		"29 februari 2026":               {"", domain.DateNoDay},
		"31/11 2026":                     {"", domain.DateNoDay},
		"2026-13-01":                     {"", domain.DateNoDay},
		"12/25/2026":                     {"", domain.DateNoDay},
		"":                               {"", domain.DateMissing},
		" \u00a0\u200b":                  {"", domain.DateMissing},
		"i morgon":                       {"", domain.DateUnread},
		"1 desember 2026":                {"", domain.DateUnread},
		"0001-01-01":                     {"", domain.DateUnread},
		"2026-12-01 09:00":               {"", domain.DateUnread},
		"1 december 2026'; DROP TABLE":   {"", domain.DateUnread},
		strings.Repeat("9", 100):         {"", domain.DateUnread},
		"torsdag":                        {"", domain.DateUnread},
		"\xff":                           {"", domain.DateMissing},
		"den 1 december 2026, tisdag kl": {"", domain.DateUnread},
	}
	for typed, tt := range tests {
		got, hint, ok := domain.ReadDateInput(typed, ref)
		if got.String() != tt.want || hint != tt.hint || ok != (tt.hint == "") {
			t.Errorf("%q = %v, %q, %v; want %q, %q", typed, got, hint, ok, tt.want, tt.hint)
		}
	}
}

func TestReadClockInput(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"0900": "09:00", "900": "09:00", "9.00": "09:00", "09:00": "09:00", "9,30": "09:30", "kl 9": "09:00", "kl. 9.30": "09:30",
		"klockan 13": "13:00", "9": "09:00", "KL.08.15": "08:15", "0": "00:00", "23.59": "23:59", "4 pm": "16:00", "12 am": "00:00",
		"12.30 p.m.": "12:30", "9\u00a030": "", "24.00": "", "9.60": "", "25": "", "13 pm": "", "nio": "", "9–10": "", "": "", "-1": "", "99999": "",
	} {
		got, hint, ok := domain.ReadClockInput(typed)
		if got.String() != want || ok != (want != "") || (hint == "") != ok {
			t.Errorf("%q = %q, %q, %v; want %q", typed, got, hint, ok, want)
		}
		if hint != "" && !slices.Contains(domain.DateFaults(), hint) {
			t.Errorf("%q: the fault %q is not listed", typed, hint)
		}
	}
}

func FuzzReadDateInput(f *testing.F) {
	for _, s := range []string{"2026-12-01", "1/12 2026", "tors 1 dec 26", "den 1:a december", "December 1, 2026", "\xff", "9.00"} {
		f.Add(s)
	}
	ref := domain.Date{Year: 2026, Month: 8, Day: 15}
	f.Fuzz(func(t *testing.T, s string) {
		d, hint, ok := domain.ReadDateInput(s, ref)
		if ok != (hint == "") || ok == d.IsZero() && ok {
			t.Fatalf("%q = %v, %q, %v", s, d, hint, ok)
		}
		if again, err := domain.ParseDate(d.String()); err != nil || again != d {
			t.Fatalf("%q gave the day %v, which does not exist", s, d)
		}
		if c, hint, ok := domain.ReadClockInput(s); ok != c.Known() || ok != (hint == "") || c >= 24*60 {
			t.Fatalf("%q = %v, %q, %v", s, c, hint, ok)
		}
	})
}
