package domain

import (
	"regexp"
	"strings"
	"time"
)

// writtenDate is a day as it stands in a text: parts of it may be left out or contradict each other.
type writtenDate struct {
	from, to int // where in the text
	day      int
	month    time.Month
	year     int // 0: left out
	weekday  int // time.Weekday, -1: left out
	until    *writtenDate
}

func (w writtenDate) date() Date { return Date{w.year, w.month, w.day} }

// exists reports whether the calendar has the day; without a year, whether any year has.
func (w writtenDate) exists() bool {
	d := w.date()
	if w.year == 0 {
		d.Year = 2024 // a leap year
	}
	return d.Year > 0 && d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && DateOf(d.noon()) == d
}

// in is the day in a year.
func (w writtenDate) in(year int) writtenDate { w.year = year; return w }

// agrees reports whether the weekday beside the day, if any, is that of the day.
func (w writtenDate) agrees() bool {
	return w.weekday < 0 || w.year == 0 || !w.exists() || w.date().Weekday() == time.Weekday(w.weekday)
}

// next is the first such day from ref on, on the weekday that stands beside it if any does; the
// zero Date where the next eleven years, within which a weekday always comes back, have none.
func (w writtenDate) next(ref Date) Date {
	for y := ref.Year; y <= ref.Year+11; y++ {
		if c := w.in(y); y > 0 && c.exists() && !c.date().Before(ref) && c.agrees() {
			return c.date()
		}
	}
	return Date{}
}

const (
	dashes = `[-\x{2010}-\x{2015}\x{2212}]`
	spaces = `[ \x{a0}\n]*`
	space  = `[ \x{a0}\n]+`
)

var (
	namedDate = regexp.MustCompile(`(?i)(?:\b(` + weekdayWords + `)\.?,?` + space + `)?(?:\b(?:den|the)` + space + `)?` +
		`\b(\d{1,2})` + ordinal + `(?:` + space + `of)?` +
		`(?:(` + spaces + dashes + spaces + `|` + space + `(?:och|and|till|to|samt)` + space + `)` +
		`(?:(` + weekdayWords + `)\.?,?` + space + `)?(?:den` + space + `)?(\d{1,2})` + ordinal + `)?` +
		spaces + `\b(` + monthWords + `)\b\.?(?:,?` + space + `(\d{4})\b)?`)
	monthFirst = regexp.MustCompile(`(?:\b((?i:` + weekdayWords + `)),?` + space + `)?` +
		`\b(January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?` +
		space + `(\d{1,2})` + ordinal + `(?:` + spaces + dashes + spaces + `(\d{1,2})` + ordinal + `)?\b(?:,?` + space + `(\d{4})\b)?`)
	numberDate = regexp.MustCompile(`(?i)(?:\b(` + weekdayWords + `)\.?,?` + space + `)?(?:\bden` + space + `)?` +
		`(?:\b(\d{4})` + dashes + `(\d{2})` + dashes + `(\d{2})\b|\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b|` +
		`\b(\d{1,2})/(\d{1,2})(?:(?:` + space + `|[-–/])(\d{4}))?\b)`)
)

// scanDates finds the days that stand in s, in order and without overlap: "torsdag den 1 december
// 2016", "1–2 december", "1/12 2016", "2016-12-01", "December 1, 2016". Two days joined by a dash or
// "till" are one with an until; two joined by "och" stay two.
func scanDates(s string) []writtenDate {
	if !hasDigits(s, 1) {
		return nil
	}
	found := scanNamed(s)
	found = mergeScans(found, scanMonthFirst(s))
	found = mergeScans(found, scanNumbers(s))
	return joinRanges(s, found)
}

// clockBefore tells that the figure after it is an hour and no day.
var clockBefore = regexp.MustCompile(`(?i)(?:\bkl(?:ockan)?\.?` + spaces + `|\d` + spaces + dashes + spaces + `|\d[.:])$`)

func scanNamed(s string) (out []writtenDate) {
	for _, m := range namedDate.FindAllStringSubmatchIndex(s, -1) {
		w := writtenDate{
			from: m[0], to: m[1], weekday: weekdayOf(group(s, m, 1)), day: figure(group(s, m, 2)),
			month: monthOf(group(s, m, 6)), year: figure(group(s, m, 7)),
		}
		if name := group(s, m, 6); name == "may" && w.year == 0 { // "3 may stay"
			continue
		}
		if m[10] < 0 {
			out = append(out, w)
			continue
		}
		second := w
		second.day, second.weekday = figure(group(s, m, 5)), weekdayOf(group(s, m, 4))
		if w.weekday < 0 && clockBefore.MatchString(tail(s[:m[4]], 12)) { // "kl. 9–16 och 4 februari"
			second.from = m[7]
			out = append(out, second)
			continue
		}
		switch strings.Trim(group(s, m, 3), " \u00a0\n") {
		case "och", "and", "samt":
			w.to, second.from = m[6], m[7]
			out = append(out, w, second)
		default:
			w.until = &second
			out = append(out, w)
		}
	}
	return out
}

func scanMonthFirst(s string) (out []writtenDate) {
	for _, m := range monthFirst.FindAllStringSubmatchIndex(s, -1) {
		w := writtenDate{
			from: m[0], to: m[1], weekday: weekdayOf(group(s, m, 1)), month: monthOf(group(s, m, 2)),
			day: figure(group(s, m, 3)), year: figure(group(s, m, 5)),
		}
		if m[8] >= 0 {
			second := w
			second.day, second.weekday = figure(group(s, m, 4)), -1
			w.until = &second
		}
		out = append(out, w)
	}
	return out
}

func scanNumbers(s string) (out []writtenDate) {
	for _, m := range numberDate.FindAllStringSubmatchIndex(s, -1) {
		w := writtenDate{from: m[0], to: m[1], weekday: weekdayOf(group(s, m, 1))}
		switch {
		case m[4] >= 0:
			w.year, w.month, w.day = figure(group(s, m, 2)), time.Month(figure(group(s, m, 3))), figure(group(s, m, 4))
		case m[10] >= 0:
			w.day, w.month, w.year = figure(group(s, m, 5)), time.Month(figure(group(s, m, 6))), figure(group(s, m, 7))
		default:
			w.day, w.month, w.year = figure(group(s, m, 8)), time.Month(figure(group(s, m, 9))), figure(group(s, m, 10))
			if bare := w.year == 0 && w.weekday < 0 && !shortDateBefore.MatchString(s[max(0, m[0]-24):m[1]]); bare {
				continue // "öppet 24/7", "1/2 dag"
			}
		}
		if w.month >= 1 && w.month <= 12 && w.day >= 1 && w.day <= 31 {
			out = append(out, w)
		}
	}
	return out
}

// shortDateBefore tells that "1/12" without a year is a day and not a fraction.
var shortDateBefore = regexp.MustCompile(`(?i)(?:\bden|senast|datum:?|dag:?|före|innan|osa|o\.s\.a\.?|till och med|t\.?o\.?m\.?)[ \x{a0}]*(?:den[ \x{a0}]+)?[\d/]+$`)

// mergeScans adds to the one list what the other found elsewhere in the text.
func mergeScans(a, b []writtenDate) []writtenDate {
	out := make([]writtenDate, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		fromA := len(b) == 0 || len(a) > 0 && a[0].from <= b[0].from
		var w writtenDate
		if fromA {
			w, a = a[0], a[1:]
		} else {
			w, b = b[0], b[1:]
		}
		if n := len(out); n == 0 || out[n-1].to <= w.from {
			out = append(out, w)
		}
	}
	return out
}

var rangeBetween = regexp.MustCompile(`(?i)^` + spaces + `(?:` + dashes + `|till|till och med|to)` + spaces + `$`)

// joinRanges makes one of "30 november–1 december 2016": the first takes its year from the second.
func joinRanges(s string, found []writtenDate) []writtenDate {
	var out []writtenDate
	for _, w := range found {
		if n := len(out); n > 0 && out[n-1].until == nil && w.until == nil && rangeBetween.MatchString(s[out[n-1].to:w.from]) {
			first, second := &out[n-1], w
			first.until, first.to = &second, w.to
			if first.year == 0 && w.year != 0 {
				first.year = w.year
				if w.month < first.month {
					first.year--
				}
			}
			continue
		}
		out = append(out, w)
	}
	return out
}

// group is the n-th group of a match, "" where it took no part.
func group(s string, m []int, n int) string {
	if m[2*n] < 0 {
		return ""
	}
	return s[m[2*n]:m[2*n+1]]
}

// monthOf is the month that one of monthWords begins.
func monthOf(word string) time.Month {
	names := [...]string{"jan", "feb", "mar", "apr", "ma", "jun", "jul", "aug", "sep", "o", "nov", "dec"}
	word = strings.ToLower(word)
	for i, n := range names {
		if strings.HasPrefix(word, n) {
			return time.Month(i + 1)
		}
	}
	return 0
}

// weekdayOf is the day that one of weekdayWords names, or -1 for "".
func weekdayOf(word string) int {
	days := [...]string{"sön", "sun", "mån", "mon", "tis", "tue", "ons", "wed", "tor", "thu", "fre", "fri", "lör", "sat"}
	word = strings.ToLower(word)
	for i, d := range days {
		if strings.HasPrefix(word, d) {
			return i / 2
		}
	}
	return -1
}
