package i18n

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/sv"

	"github.com/temadag/temadag/internal/domain"
)

const (
	nbsp   = "\u00a0"
	enDash = "–"
)

// words is what the languages do differently with days and hours.
type words struct {
	locale  locales.Translator
	hourSep string // between hours and minutes
	oClock  string // before an hour
	beside  string // between the days and the hours of one line
	at      string // between a day and an instant's hour
	week    string
}

func wordsOf(l domain.Lang) words {
	if l == domain.English {
		return words{locale: en_GB.New(), hourSep: ":", oClock: "", beside: ", ", at: " at ", week: "week"}
	}
	return words{
		locale: sv.New(), hourSep: ".", oClock: "kl." + nbsp, beside: " kl." + nbsp, at: " kl." + nbsp,
		week: "vecka",
	}
}

// Date is the day in running text, "torsdag 1 december 2016", or "" for a day not announced.
func (p *Printer) Date(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.Weekday(d) + " " + p.DateNoWeekday(d)
}

// DateNoWeekday is the day without its weekday, "1 december 2016", or "".
func (p *Printer) DateNoWeekday(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.dayMonth(d) + " " + strconv.Itoa(d.Year)
}

// DateShort is the day as the large dates show it, "1 dec", or "". May, June and July have no
// shorter form in Swedish.
func (p *Printer) DateShort(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return strconv.Itoa(d.Day) + nbsp + p.MonthShort(d)
}

// MonthShort is the month as the large dates show it, "dec", or "".
func (p *Printer) MonthShort(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return strings.TrimSuffix(p.words.locale.MonthAbbreviated(d.Month), ".")
}

// Days is the days of an event that lasts from first to last: "1–2 december 2016",
// "30 november–1 december 2016", "30 december 2016–2 januari 2017". One day alone is Date. Days not
// announced give "".
func (p *Printer) Days(first, last domain.Date) string {
	switch {
	case first.IsZero():
		return ""
	case last.IsZero() || last == first:
		return p.Date(first)
	case first.Year != last.Year:
		return p.DateNoWeekday(first) + enDash + p.DateNoWeekday(last)
	case first.Month != last.Month:
		return p.dayMonth(first) + enDash + p.DateNoWeekday(last)
	}
	return strconv.Itoa(first.Day) + enDash + p.DateNoWeekday(last)
}

// Weekday is the day of the week, "torsdag", or "".
func (p *Printer) Weekday(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.words.locale.WeekdayWide(d.Weekday())
}

// Month is the month, "december", or "".
func (p *Printer) Month(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.words.locale.MonthWide(d.Month)
}

// Week is the week of ISO 8601, "vecka 48", or "".
func (p *Printer) Week(d domain.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.words.week + nbsp + strconv.Itoa(d.Week())
}

// Time is the time of day, "09.00", or "" where it is not announced.
func (p *Printer) Time(c domain.Clock) string {
	if !c.Known() {
		return ""
	}
	return strings.Replace(c.String(), ":", p.words.hourSep, 1)
}

// Hours is the time from one hour to another, "kl. 09.00–16.00"; one of them alone where the other
// is not announced or the same, "" where neither is.
func (p *Printer) Hours(from, to domain.Clock) string {
	span := p.span(from, to)
	if span == "" {
		return ""
	}
	return p.words.oClock + span
}

// Span is Hours without the word before it, for tables and programmes: "09.00–16.00".
func (p *Printer) Span(from, to domain.Clock) string { return p.span(from, to) }

func (p *Printer) span(from, to domain.Clock) string {
	switch {
	case !from.Known() || from == to:
		return p.Time(to)
	case !to.Known():
		return p.Time(from)
	}
	return p.Time(from) + enDash + p.Time(to)
}

// When is the days and hours of an event in one line: "torsdag 1 december 2016 kl. 09.00–16.00".
// What is not announced is said to be so. Over several days the hours are told of the first and
// the last.
func (p *Printer) When(e domain.Event) string {
	days := p.Days(e.Day, e.LastDay)
	manyDays := e.FinalDay() != e.Day
	switch {
	case days == "":
		return p.T("when.undecided")
	case manyDays && e.Starts.Known() && e.Ends.Known():
		return p.T("when.many_days", "days", days, "starts", e.Starts, "ends", e.Ends)
	case manyDays && e.Starts.Known():
		return p.T("when.many_days_start", "days", days, "starts", e.Starts)
	case manyDays:
		return days
	}
	span := p.span(e.Starts, e.Ends)
	if span == "" {
		return p.T("when.hour_undecided", "days", days)
	}
	return days + p.words.beside + span
}

// Instant is the moment on the clocks of Stockholm, "torsdag 1 december 2016 kl. 09.15", or "" for
// the zero time.
func (p *Printer) Instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	local := t.In(domain.Stockholm())
	clock := domain.Clock(local.Hour()*60 + local.Minute())
	return p.Date(domain.DateOf(local)) + p.words.at + p.Time(clock)
}

// Number is the whole number with its thousands apart, "1 234".
func (p *Printer) Number(n int) string { return p.words.locale.FmtNumber(float64(n), 0) }

func (p *Printer) dayMonth(d domain.Date) string {
	return strconv.Itoa(d.Day) + nbsp + p.words.locale.MonthWide(d.Month)
}
