package domain_test

import (
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// A text that is changed in one place is read otherwise in that place and in no other: the answers
// come from the words, and not from what such texts use to say.
func TestParseInvitation_followsTheWords(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text, old, new string
		want           map[string]string // what differs; "" for not found
	}{
		"another day": {"four_towns_rows", "fredag\u00a02\u00a0december", "lördag\u00a03\u00a0december", map[string]string{"o2.day": "2016-12-03 year_missing"}},
		// Friday 5 December comes in 2025, not in any year that the text is written with.
		"a weekday of another year":     {"four_towns_rows", "fredag\u00a02\u00a0december", "fredag\u00a05\u00a0december", map[string]string{"o2.day": "2025-12-05 year_missing", "o2.register": "2016-11-17"}},
		"a day that contradicts itself": {"four_towns_blocks", "Fredag 2 december 2016", "Fredag 3 december 2016", map[string]string{"o2.day": "2016-12-03 weekday_disagrees"}},
		"another address":               {"four_towns_rows", "Prästgatan 16", "Rådhusgatan 44 B", map[string]string{"o2.address": "Rådhusgatan 44 B"}},
		"no address":                    {"four_towns_rows", ", Storgatan 9", "", map[string]string{"o4.address": ""}},
		"another house":                 {"four_towns_blocks", "Folkets hus Umeå", "Väven", map[string]string{"o3.venue": "Väven"}},
		"another town":                  {"four_towns_rows", "• Luleå,", "• Piteå,", map[string]string{"o1.town": "Piteå"}},
		"a town in another county":      {"four_towns_rows", "• Luleå,", "• Gävle,", map[string]string{"o1.town": "Gävle", "o1.owner": "X other_county"}},
		"no last day": {"four_towns_rows", "Sista anmälningsdag är torsdag 17 november 2016.", "", map[string]string{
			"o1.register": "", "o2.register": "", "o3.register": "", "o4.register": "",
		}},
		"a last day for one": {"four_towns_blocks", "Sista anmälningsdag: 18 november 2016\n", "", map[string]string{"o2.register": ""}},
		"a last day on a Saturday": {"seminar", "fredag 24 februari 2017", "lördag 25 februari 2017", map[string]string{
			"o1.register": "2017-02-25 weekend",
		}},
		"a last day after the event": {"seminar", "fredag 24 februari 2017", "fredag 24 mars 2017", map[string]string{
			"o1.register": "2017-03-24 after_event",
		}},
		"not binding":             {"conference", "Anmälan är bindande.", "Anmälan är inte bindande.", map[string]string{"binding": ""}},
		"another hour":            {"seminar", "kl. 13–16", "kl. 13.30–16.45", map[string]string{"o1.starts": "13:30", "o1.ends": "16:45"}},
		"hours the wrong way":     {"seminar", "kl. 13–16", "kl. 13–12", map[string]string{"o1.ends": "15:45"}},
		"another number":          {"seminar", "Antal platser: 45", "Antal platser: 60", map[string]string{"o1.capacity": "60"}},
		"no number":               {"seminar", "Antal platser: 45", "Antal platser: begränsat", map[string]string{"o1.capacity": ""}},
		"another telephone":       {"seminar", "0980-319 240", "+46 980 319 241", map[string]string{"o1.contact": "Birgitta Demoström; +46 980 319 241; birgitta.demostrom@example.se"}},
		"the date of the text":    {"table", "2016-12-02", "2016-12-09", map[string]string{"o2.day": "2016-12-09"}},
		"the letter's own date":   {"letter", "2016-10-03 ", "2016-10-04 ", nil},
		"another case":            {"letter", "801-5264-2016", "801-99-2016", map[string]string{"case": "801-99-2016"}},
		"one speaker less":        {"webinar", "Föreläsare är Siv Mallander, samordnare mot våld i nära relationer, Länsstyrelsen Jämtland.", "", map[string]string{"speaker1": ""}},
		"a person is no town":     {"doubtful", "Anna Berg", "Anna Luleby", nil},
		"a statistic is no place": {"four_towns_rows", "7,5 procent", "75 personer", nil},
	}
	for name, tt := range tests {
		text, ref, want := readCase(t, tt.text)
		if strings.Count(text, tt.old) != 1 {
			t.Fatalf("%s: %q stands %d times in %s", name, tt.old, strings.Count(text, tt.old), tt.text)
		}
		for field, value := range tt.want {
			want[field] = value
			if value == "" {
				delete(want, field)
			}
		}
		_, faults := compare(proposals(domain.ParseInvitation(strings.Replace(text, tt.old, tt.new, 1), ref)), want)
		for _, f := range faults {
			t.Errorf("%s: %s", name, f)
		}
	}
}

// The year that is left out is the next in which the weekday is right, and always in doubt.
func TestParseInvitation_missingYear(t *testing.T) {
	t.Parallel()
	const text = "Temadag om våld\n\nTorsdag 1 december i Luleå, Clarion Sense, Skeppsbrogatan 34\n"
	for ref, want := range map[string]string{"2016-09-28": "2016-12-01", "2016-12-01": "2016-12-01", "2016-12-02": "2022-12-01", "2026-01-01": "2033-12-01"} {
		o := domain.ParseInvitation(text, date(t, ref)).Occasions
		if len(o) != 1 || o[0].Day.Value.String() != want || o[0].Day.Doubt != domain.DoubtYear || o[0].Day.Confidence == domain.Sure {
			t.Errorf("read on %s: %+v, want %s", ref, o, want)
		}
	}
	o := domain.ParseInvitation(strings.Replace(text, "december", "december 2016", 1), date(t, "2026-01-01")).Occasions
	if len(o) != 1 || o[0].Day.Value.String() != "2016-12-01" || o[0].Day.Doubt != domain.DoubtPast {
		t.Errorf("an old invitation: %+v", o)
	}
}

// The count of what is right would show a fault: one fact changed, one left out, one added.
func TestCompare_findsFaults(t *testing.T) {
	t.Parallel()
	_, _, want := readCase(t, "seminar")
	got := proposals(domain.ParseInvitation("", domain.Date{}))
	if n, _ := compare(got, want); n.missed != len(want) || n.right != 0 {
		t.Errorf("an empty answer counts as %+v", n)
	}
	for field, value := range want {
		got[field] = value
	}
	got["o1.day"], got["o2.day"] = "2017-03-15", "2017-03-16"
	delete(got, "o1.venue")
	if n, _ := compare(got, want); n != (tally{right: len(want) - 2, wrong: 1, missed: 1, invented: 1}) {
		t.Errorf("got %+v", n)
	}
}
