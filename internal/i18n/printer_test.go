package i18n_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/i18n"
)

func load(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load(os.DirFS("../../web/locales"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func day(s string) domain.Date {
	d, err := domain.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func clock(s string) domain.Clock {
	c, err := domain.ParseClock(s)
	if err != nil {
		panic(err)
	}
	return c
}

// spell shows no-break spaces, which a failing test would hide.
func spell(s string) string { return strings.ReplaceAll(s, "\u00a0", "_") }

func TestPrinter_days(t *testing.T) {
	c := load(t)
	tests := map[string]struct {
		first, last string
		sv, en      string
	}{
		"not announced":                  {"", "", "", ""},
		"one day":                        {"2016-12-01", "", "torsdag 1_december 2016", "Thursday 1_December 2016"},
		"one day, told twice":            {"2016-09-29", "2016-09-29", "torsdag 29_september 2016", "Thursday 29_September 2016"},
		"two days of one month":          {"2016-12-01", "2016-12-02", "1–2_december 2016", "1–2_December 2016"},
		"over the end of a month":        {"2016-11-30", "2016-12-01", "30_november–1_december 2016", "30_November–1_December 2016"},
		"over the end of a year":         {"2016-12-30", "2017-01-02", "30_december 2016–2_januari 2017", "30_December 2016–2_January 2017"},
		"the same month of another year": {"2016-12-30", "2017-12-30", "30_december 2016–30_december 2017", "30_December 2016–30_December 2017"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := spell(c.For(domain.Swedish).Days(day(tt.first), day(tt.last))); got != tt.sv {
				t.Errorf("Swedish: got %q, want %q", got, tt.sv)
			}
			if got := spell(c.For(domain.English).Days(day(tt.first), day(tt.last))); got != tt.en {
				t.Errorf("English: got %q, want %q", got, tt.en)
			}
		})
	}
}

func TestPrinter_oneDay(t *testing.T) {
	c := load(t)
	sv, en := c.For(domain.Swedish), c.For(domain.English)
	tests := map[string]struct{ got, want string }{
		"short":                     {sv.DateShort(day("2016-12-01")), "1_dec"},
		"short, English":            {en.DateShort(day("2016-12-01")), "1_Dec"},
		"short, a month left whole": {sv.DateShort(day("2017-05-03")), "3_maj"},
		"short, not announced":      {sv.DateShort(domain.Date{}), ""},
		"without weekday":           {sv.DateNoWeekday(day("2016-12-01")), "1_december 2016"},
		"weekday":                   {sv.Weekday(day("2016-09-29")), "torsdag"},
		"weekday, English":          {en.Weekday(day("2016-09-29")), "Thursday"},
		"week":                      {sv.Week(day("2016-12-01")), "vecka_48"},
		"week 39":                   {sv.Week(day("2016-09-29")), "vecka_39"},
		"week 53 of a long year":    {sv.Week(day("2027-01-01")), "vecka_53"},
		"week 1 before new year":    {en.Week(day("2024-12-30")), "week_1"},
		"week 53 after new year":    {en.Week(day("2021-01-01")), "week_53"},
		"day not announced":         {sv.Date(domain.Date{}), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := spell(tt.got); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPrinter_hours(t *testing.T) {
	c := load(t)
	tests := map[string]struct{ from, to, sv, en string }{
		"both":                       {"09:00", "16:00", "kl._09.00–16.00", "09:00–16:00"},
		"the first alone":            {"09:00", "", "kl._09.00", "09:00"},
		"the last alone":             {"", "16:00", "kl._16.00", "16:00"},
		"an item without length":     {"09:00", "09:00", "kl._09.00", "09:00"},
		"neither":                    {"", "", "", ""},
		"the night keeps its zeroes": {"00:05", "01:00", "kl._00.05–01.00", "00:05–01:00"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			from, to := clock(tt.from), clock(tt.to)
			if got := spell(c.For(domain.Swedish).Hours(from, to)); got != tt.sv {
				t.Errorf("Swedish: got %q, want %q", got, tt.sv)
			}
			if got := spell(c.For(domain.English).Hours(from, to)); got != tt.en {
				t.Errorf("English: got %q, want %q", got, tt.en)
			}
		})
	}
}

func TestPrinter_when(t *testing.T) {
	c := load(t)
	event := func(first, last, from, to string) domain.Event {
		return domain.Event{Day: day(first), LastDay: day(last), Starts: clock(from), Ends: clock(to)}
	}
	tests := map[string]struct {
		event  domain.Event
		sv, en string
	}{
		"one day with hours": {
			event("2016-12-01", "2016-12-01", "09:00", "16:00"),
			"torsdag 1_december 2016 kl._09.00–16.00", "Thursday 1_December 2016, 09:00–16:00",
		},
		"one day, hours not announced": {
			event("2016-12-01", "", "", ""),
			"torsdag 1_december 2016, tiden meddelas senare", "Thursday 1_December 2016, time to be announced",
		},
		"nothing announced": {event("", "", "", ""), "Datum meddelas senare", "Date to be announced"},
		"hours but no day":  {event("", "", "09:00", "16:00"), "Datum meddelas senare", "Date to be announced"},
		"two days with hours": {
			event("2016-12-01", "2016-12-02", "10:00", "15:00"),
			"1–2_december 2016, från kl._10.00 första dagen till kl._15.00 sista dagen",
			"1–2_December 2016, from 10:00 on the first day to 15:00 on the last",
		},
		"two days, the first hour alone": {
			event("2016-12-01", "2016-12-02", "10:00", ""),
			"1–2_december 2016, från kl._10.00 första dagen", "1–2_December 2016, from 10:00 on the first day",
		},
		"two days without hours": {event("2016-12-01", "2016-12-02", "", ""), "1–2_december 2016", "1–2_December 2016"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := spell(c.For(domain.Swedish).When(tt.event)); got != tt.sv {
				t.Errorf("Swedish: got %q, want %q", got, tt.sv)
			}
			if got := spell(c.For(domain.English).When(tt.event)); got != tt.en {
				t.Errorf("English: got %q, want %q", got, tt.en)
			}
		})
	}
}

func TestPrinter_instant(t *testing.T) {
	c := load(t)
	tests := map[string]struct {
		at     time.Time
		sv, en string
	}{
		"winter": {
			time.Date(2016, 12, 1, 8, 15, 0, 0, time.UTC),
			"torsdag 1_december 2016 kl._09.15", "Thursday 1_December 2016 at 09:15",
		},
		"summer, and another day in Stockholm": {
			time.Date(2016, 6, 30, 22, 30, 0, 0, time.UTC),
			"fredag 1_juli 2016 kl._00.30", "Friday 1_July 2016 at 00:30",
		},
		"never": {time.Time{}, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := spell(c.For(domain.Swedish).Instant(tt.at)); got != tt.sv {
				t.Errorf("Swedish: got %q, want %q", got, tt.sv)
			}
			if got := spell(c.For(domain.English).Instant(tt.at)); got != tt.en {
				t.Errorf("English: got %q, want %q", got, tt.en)
			}
		})
	}
}

func TestPrinter_number(t *testing.T) {
	c := load(t)
	tests := map[string]struct {
		n      int
		sv, en string
	}{
		"nothing":           {0, "0", "0"},
		"below a thousand":  {80, "80", "80"},
		"a thousand":        {1234, "1_234", "1,234"},
		"a hundred million": {100000000, "100_000_000", "100,000,000"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := spell(c.For(domain.Swedish).Number(tt.n)); got != tt.sv {
				t.Errorf("Swedish: got %q, want %q", got, tt.sv)
			}
			if got := spell(c.For(domain.English).Number(tt.n)); got != tt.en {
				t.Errorf("English: got %q, want %q", got, tt.en)
			}
		})
	}
}

func TestPrinter_text(t *testing.T) {
	c, err := i18n.Load(fstest.MapFS{
		"sv/a.json": {Data: []byte(`{"plain": "Hej", "hole": "Senast {{.date}} i {{.town}}", "n": {"one": "{{.count}} plats till {{.for}}", "other": "{{.count}} platser till {{.for}}"}}`)},
		"en/a.json": {Data: []byte(`{"plain": "Hello", "hole": "By {{.date}} in {{.town}}", "n": {"one": "A place for {{.for}}", "other": "{{.count}} places for {{.for}}"}}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	var lacking []string
	p := c.WithMissing(func(_ domain.Lang, key string) { lacking = append(lacking, key) }).For(domain.Swedish)
	tests := map[string]struct{ got, want string }{
		"plain":               {p.T("plain"), "Hej"},
		"pairs":               {p.T("hole", "date", day("2016-09-29"), "town", "Luleå"), "Senast torsdag 29_september 2016 i Luleå"},
		"a map":               {p.T("hole", map[string]any{"date": "nu", "town": domain.Text{Sv: "Umeå", En: "no"}}), "Senast nu i Umeå"},
		"one":                 {p.T("n", "count", 1, "for", "dig"), "1 plats till dig"},
		"none is many":        {p.T("n", "count", 0, "for", "dig"), "0 platser till dig"},
		"a named number":      {p.T("n", "count", domain.Seats(1200), "for", "dig"), "1_200 platser till dig"},
		"one without a count": {c.For(domain.English).T("n", "count", 1, "for", "you"), "A place for you"},
		"unknown key":         {p.T("no.such"), "⟨no.such⟩"},
		"unfilled hole":       {p.T("hole", "date", "nu"), "⟨hole.town⟩"},
		"uncounted":           {p.T("n", "for", "dig"), "⟨n.count⟩"},
	}
	for name, tt := range tests {
		if got := spell(tt.got); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
	if want := []string{"no.such", "hole.town", "n.count"}; len(lacking) != len(want) {
		t.Errorf("reported %v, want %v in any order", lacking, want)
	} else {
		for _, w := range want {
			if !slices.Contains(lacking, w) {
				t.Errorf("%q was not reported", w)
			}
		}
	}
}

func FuzzPrinter_holesAreNeverRun(f *testing.F) {
	c, err := i18n.Load(fstest.MapFS{
		"sv/a.json": {Data: []byte(`{"hole": "<{{.x}}>"}`)},
		"en/a.json": {Data: []byte(`{"hole": "<{{.x}}>"}`)},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Åsa")
	f.Add("{{.x}}")
	f.Add("}}{{printf")
	f.Fuzz(func(t *testing.T, x string) {
		if got, want := c.For(domain.Swedish).T("hole", "x", x), "<"+x+">"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
