package domain_test

import (
	"slices"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

func date(t *testing.T, s string) domain.Date {
	t.Helper()
	d, err := domain.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// daysOff lists the days of a year from Monday to Friday that are not working days.
func daysOff(year int) (days []string) {
	for d := (domain.Date{Year: year, Month: 1, Day: 1}); d.Year == year; d = d.AddDays(1) {
		weekend := d.Weekday() == 0 || d.Weekday() == 6
		if !weekend && !d.Workday() {
			days = append(days, d.String())
		}
	}
	return days
}

func TestDateWorkday_wholeYears(t *testing.T) {
	t.Parallel()
	tests := map[int][]string{
		2024: {
			"2024-01-01", "2024-03-29", "2024-04-01", "2024-05-01", "2024-05-09", "2024-06-06", "2024-06-21",
			"2024-12-24", "2024-12-25", "2024-12-26", "2024-12-31",
		},
		2026: {
			"2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-06-19",
			"2026-12-24", "2026-12-25", "2026-12-31",
		},
		2027: {
			"2027-01-01", "2027-01-06", "2027-03-26", "2027-03-29", "2027-05-06", "2027-06-25", "2027-12-24",
			"2027-12-31",
		},
		// Ascension Day and the first of May fall on the same day.
		2008: {
			"2008-01-01", "2008-03-21", "2008-03-24", "2008-05-01", "2008-06-06", "2008-06-20", "2008-12-24",
			"2008-12-25", "2008-12-26", "2008-12-31",
		},
	}
	for year, want := range tests {
		if got := daysOff(year); !slices.Equal(got, want) {
			t.Errorf("days off in %d:\n got %v\nwant %v", year, got, want)
		}
	}
}

func TestDateWorkday_easter(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21",
		"2031-04-13", "2032-03-28", "2033-04-17", "2034-04-09", "2035-03-25",
		"2008-03-23", "2038-04-25", // the earliest and latest of our lives
		"1954-04-18", "1981-04-19", "2049-04-18", "2076-04-19", // the exceptions of simpler formulas
	} {
		easter := date(t, s)
		for days, name := range map[int]string{
			-2: "Good Friday", -1: "Easter Eve", 0: "Easter Day", 1: "Easter Monday", 39: "Ascension Day", 49: "Whit Sunday",
		} {
			if d := easter.AddDays(days); d.Workday() {
				t.Errorf("%s, %s, is a working day", d, name)
			}
		}
		if d := easter.AddDays(-4); !d.Workday() {
			t.Errorf("%s, in Holy Week, is not a working day", d)
		}
		if d := easter.AddDays(40); d.Workday() != (d.String()[5:] != "05-01" && d.String()[5:] != "06-06") {
			t.Errorf("%s, the day after Ascension Day, is not a working day", d)
		}
	}
}

func TestDateWorkday_days(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		day  string
		want bool
	}{
		"Midsummer's Eve at its earliest":       {"2026-06-19", false},
		"the Friday before the earliest":        {"2027-06-18", true},
		"Midsummer's Eve at its latest":         {"2027-06-25", false},
		"the Friday after the latest":           {"2026-06-26", true},
		"Thursday before Midsummer's Eve":       {"2026-06-18", true},
		"Midsummer Day":                         {"2026-06-20", false},
		"All Saints' Day at its earliest":       {"2026-10-31", false},
		"All Saints' Day at its latest":         {"2027-11-06", false},
		"the Friday before All Saints' Day":     {"2026-10-30", true},
		"31 October on a weekday":               {"2025-10-31", true},
		"the day before Twelfth Night's Day":    {"2026-01-05", true},
		"the last of April":                     {"2026-04-30", true},
		"Maundy Thursday":                       {"2026-04-02", true},
		"Whit Monday, a working day since 2005": {"2026-05-25", true},
		"the National Day on a Saturday":        {"2026-06-06", false},
		"the Monday after it":                   {"2026-06-08", true},
		"23 December":                           {"2026-12-23", true},
		"27 December on a Sunday":               {"2026-12-27", false},
		"28 December":                           {"2026-12-28", true},
		"the zero Date":                         {"", false},
	}
	for name, tt := range tests {
		if got := date(t, tt.day).Workday(); got != tt.want {
			t.Errorf("%s (%s): got %v, want %v", name, tt.day, got, tt.want)
		}
	}
}

func TestDateAddWorkdays(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		day  string
		n    int
		want string
	}{
		"tomorrow":                               {"2026-11-24", 1, "2026-11-25"},
		"over a weekend":                         {"2026-11-27", 1, "2026-11-30"},
		"from a Saturday":                        {"2026-11-28", 1, "2026-11-30"},
		"back from a Sunday":                     {"2026-11-29", -1, "2026-11-27"},
		"back over a weekend":                    {"2026-11-30", -1, "2026-11-27"},
		"nothing from a Sunday":                  {"2026-11-29", 0, "2026-11-29"},
		"over Easter":                            {"2026-04-02", 1, "2026-04-07"},
		"back over Easter":                       {"2026-04-07", -1, "2026-04-02"},
		"over Christmas":                         {"2026-12-23", 1, "2026-12-28"},
		"over the turn of week 53":               {"2026-12-30", 1, "2027-01-04"},
		"over the turn and Twelfth Night's Day":  {"2026-12-30", 3, "2027-01-07"},
		"back over the turn and Twelfth Night's": {"2027-01-07", -3, "2026-12-30"},
		"over Midsummer":                         {"2026-06-18", 1, "2026-06-22"},
		"a year of working days":                 {"2025-12-31", 251, "2026-12-30"},
		"the zero Date":                          {"", 5, ""},
	}
	for name, tt := range tests {
		if got := date(t, tt.day).AddWorkdays(tt.n).String(); got != tt.want {
			t.Errorf("%s: %s and %d working days: got %s, want %s", name, tt.day, tt.n, got, tt.want)
		}
	}
}
