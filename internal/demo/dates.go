package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// text is a wording in both languages, with ~ written where a no-break space stands.
func text(sv, en string) domain.Text {
	return domain.Text{
		Sv: strings.ReplaceAll(sv, "~", "\u00a0"),
		En: strings.ReplaceAll(en, "~", "\u00a0"),
	}
}

// calendar moves the historical days of the programme by whole weeks.
type calendar struct{ weeks int }

// day is the historical day 2006-01-02 as it is shown. It panics on what is no day, which only a
// slip in this package can cause.
func (c calendar) day(historical string) domain.Date {
	d, err := domain.ParseDate(historical)
	if err != nil {
		panic("demo: " + err.Error())
	}
	return d.AddDays(7 * c.weeks)
}

// at is the instant at a clock hour, Stockholm time, on a historical day as it is shown.
func (c calendar) at(historical, hour string) time.Time {
	return c.day(historical).At(clock(hour))
}

func clock(hour string) domain.Clock {
	at, err := domain.ParseClock(hour)
	if err != nil {
		panic("demo: " + err.Error())
	}
	return at
}

func firstThemeDay() domain.Date { return calendar{}.day("2016-12-01") }

// long is a day in both languages: "torsdag 1 december 2016".
func (c calendar) long(historical string) domain.Text {
	d := c.day(historical)
	return text(
		fmt.Sprintf("%s %d~%s %d", weekdaySv(d.Weekday()), d.Day, monthSv(d.Month), d.Year),
		fmt.Sprintf("%s %d~%s %d", d.Weekday(), d.Day, d.Month, d.Year))
}

// short is a day in both languages without weekday and year: "1 december".
func (c calendar) short(historical string) domain.Text {
	d := c.day(historical)
	return text(fmt.Sprintf("%d~%s", d.Day, monthSv(d.Month)), fmt.Sprintf("%d~%s", d.Day, d.Month))
}

// month is the month of a day in both languages: "augusti".
func (c calendar) month(historical string) domain.Text {
	d := c.day(historical)
	return text(monthSv(d.Month), d.Month.String())
}

// season is the season of a day in both languages, with its article: "hösten", "the autumn".
func (c calendar) season(historical string) domain.Text {
	switch c.day(historical).Month {
	case time.March, time.April, time.May:
		return text("våren", "the spring")
	case time.June, time.July, time.August:
		return text("sommaren", "the summer")
	case time.September, time.October, time.November:
		return text("hösten", "the autumn")
	}
	return text("vintern", "the winter")
}

func monthSv(m time.Month) string {
	return [...]string{
		"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september",
		"oktober", "november", "december",
	}[m-1]
}

func weekdaySv(d time.Weekday) string {
	return [...]string{"söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"}[d]
}

// fill puts the wording of each hole, named in braces, into t: "{day}" becomes holes["day"].
func fill(t domain.Text, holes map[string]domain.Text) domain.Text {
	for name, with := range holes {
		t.Sv = strings.ReplaceAll(t.Sv, "{"+name+"}", with.Sv)
		t.En = strings.ReplaceAll(t.En, "{"+name+"}", with.En)
	}
	return t
}
