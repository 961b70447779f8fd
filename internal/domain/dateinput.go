package domain

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// What can be wrong with a day or an hour that someone typed, as keys of the catalogues.
const (
	DateMissing  = "field.date.missing"           // nothing was typed
	DateUnread   = "field.date.wrong"             // it is written in no form we know
	DateNoYear   = "field.date.year_missing"      // the year is left out
	DateNoDay    = "field.date.no_such_day"       // 31 November
	DateWeekday  = "field.date.weekday_disagrees" // "torsdag" beside a day that is a Tuesday
	ClockMissing = "field.clock.missing"
	ClockUnread  = "field.clock.wrong"
)

// DateFaults lists every fault of ReadDateInput and ReadClockInput.
func DateFaults() []string {
	return []string{DateMissing, DateUnread, DateNoYear, DateNoDay, DateWeekday, ClockMissing, ClockUnread}
}

const (
	weekdayWords = `måndag(?:en)?|mån|tisdag(?:en)?|tis|onsdag(?:en)?|ons|torsdag(?:en)?|tors?|fredag(?:en)?|fre|` +
		`lördag(?:en)?|lör|söndag(?:en)?|sön|monday|mon|tuesday|tues?|wednesday|wed|thursday|thurs?|friday|fri|` +
		`saturday|sat|sunday|sun`
	monthWords = `januari|january|jan|februari|february|feb|mars|march|mar|april|apr|maj|may|juni|june|jun|juli|july|jul|` +
		`augusti|august|aug|september|sept|sep|oktober|october|okt|oct|november|nov|december|dec`
	ordinal = `(?::[ae]|st|nd|rd|th)?`
)

var (
	typedWeekday = regexp.MustCompile(`(?i)^(` + weekdayWords + `)\.?,? *`)
	typedNamed   = regexp.MustCompile(`(?i)^(?:den |the )?(\d{1,2})` + ordinal + `\.? *(?:of )?(` + monthWords + `)\.?,?(?: *['’]?(\d{4}|\d{2}))?$`)
	typedMonth   = regexp.MustCompile(`(?i)^(` + monthWords + `)\.? (\d{1,2})` + ordinal + `(?:,? *(\d{4}))?$`)
	typedYear    = regexp.MustCompile(`^(\d{4})(?:[-./ ](\d{1,2})[-./ ](\d{1,2})|(\d{2})(\d{2}))$`)
	typedShort   = regexp.MustCompile(`^(\d{2})(\d{2})(\d{2})$`)
	typedNumbers = regexp.MustCompile(`(?i)^(?:den )?(\d{1,2}) ?[/.] ?(\d{1,2})(?:[-/., ]+(\d{4}|\d{2}))?\.?$`)
	typedClock   = regexp.MustCompile(`(?i)^(?:kl(?:ockan|\.)? *)?(\d{1,2})(?:(?: ?[.:,] ?|h)?(\d{2}))? *(?:([ap])\.?m\.?)?$`)
)

// ReadDateInput reads a day as people type it: "2026-12-01", "20261201", "261201", "1/12 2026",
// "1.12.2026", "1 december 2026", "1 dec 26", "tis 1 dec 2026", "den 1:a december 2026",
// "December 1, 2026". The day comes before the month, as in Sweden. Where ok is false, hint is one of
// DateFaults and the day is the zero Date, except that it is the day written where the weekday
// disagrees, and the next such day from ref on where the year is missing: for asking "menar du …?",
// never for keeping. ref also tells the century of a year in two figures.
func ReadDateInput(s string, ref Date) (day Date, hint string, ok bool) {
	s = plainDashes(s)
	if s == "" {
		return Date{}, DateMissing, false
	}
	stated := -1
	if m := typedWeekday.FindStringSubmatch(s); m != nil {
		stated, s = weekdayOf(m[1]), s[len(m[0]):]
	}
	w, ok := readTyped(s, ref)
	if !ok {
		return Date{}, DateUnread, false
	}
	w.weekday = stated
	switch {
	case w.year == 0:
		return w.next(ref), DateNoYear, false
	case !w.exists():
		return Date{}, DateNoDay, false
	case stated >= 0 && w.date().Weekday() != time.Weekday(stated):
		return w.date(), DateWeekday, false
	}
	return w.date(), "", true
}

// readTyped reads the figures of a day, without its weekday.
func readTyped(s string, ref Date) (w writtenDate, ok bool) {
	if m := typedNamed.FindStringSubmatch(s); m != nil {
		return writtenDate{day: figure(m[1]), month: monthOf(m[2]), year: fullYear(m[3], ref)}, true
	}
	if m := typedMonth.FindStringSubmatch(s); m != nil {
		return writtenDate{day: figure(m[2]), month: monthOf(m[1]), year: fullYear(m[3], ref)}, true
	}
	if m := typedYear.FindStringSubmatch(s); m != nil {
		w = writtenDate{day: figure(m[3] + m[5]), month: time.Month(figure(m[2] + m[4])), year: figure(m[1])}
		return w, w.year >= 1900 && w.year < 2200
	}
	if m := typedShort.FindStringSubmatch(s); m != nil {
		return writtenDate{day: figure(m[3]), month: time.Month(figure(m[2])), year: fullYear(m[1], ref)}, true
	}
	if m := typedNumbers.FindStringSubmatch(s); m != nil {
		return writtenDate{day: figure(m[1]), month: time.Month(figure(m[2])), year: fullYear(m[3], ref)}, true
	}
	return writtenDate{}, false
}

// ReadClockInput reads an hour as people type it: "0900", "900", "9.00", "09:00", "kl 9", "9",
// "4 pm". Midnight is written 0 and never 24. Where ok is false, hint is ClockMissing or ClockUnread.
func ReadClockInput(s string) (c Clock, hint string, ok bool) {
	s = plainDashes(s)
	if s == "" {
		return NoClock, ClockMissing, false
	}
	m := typedClock.FindStringSubmatch(s)
	if m == nil {
		return NoClock, ClockUnread, false
	}
	if c = clockOf(m[1], m[2], m[3]); !c.Known() {
		return NoClock, ClockUnread, false
	}
	return c, "", true
}

// clockOf is the time of day with these figures, half "a" or "p" or "" for the 24-hour clock, or
// NoClock where there is none.
func clockOf(hour, minute, half string) Clock {
	h, m := figure(hour), figure(minute)
	switch {
	case half != "" && (h < 1 || h > 12):
		return NoClock
	case strings.EqualFold(half, "p") && h < 12:
		h += 12
	case strings.EqualFold(half, "a") && h == 12:
		h = 0
	}
	if h > 23 || m > 59 {
		return NoClock
	}
	return Clock(h*60 + m)
}

// plainDashes is s on one line with every hyphen and dash as "-".
func plainDashes(s string) string {
	s, _ = CleanLine(s)
	return strings.Map(func(r rune) rune {
		if isDash(r) {
			return '-'
		}
		return r
	}, s)
}

func isDash(r rune) bool { return r >= '\u2010' && r <= '\u2015' || r == '\u2212' || r == '-' }

// figure is the number written in s, 0 where s is empty and -1 where it is no small number.
func figure(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// fullYear is a year of two or four figures, in the century of ref; 0 where it is left out.
func fullYear(s string, ref Date) int {
	if len(s) != 2 {
		return figure(s)
	}
	if ref.IsZero() {
		return 2000 + figure(s)
	}
	return ref.Year/100*100 + figure(s)
}
