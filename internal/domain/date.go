package domain

import (
	"fmt"
	"time"
	_ "time/tzdata" // the rules of Europe/Stockholm travel with the program
)

// Stockholm is the zone of every event and every deadline. It panics only where the embedded zone
// data is missing, which would be a broken build.
func Stockholm() *time.Location { return stockholm }

var stockholm = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic("domain: zone data is not embedded: " + err.Error())
	}
	return loc
}()

// Date is a day of the Gregorian calendar without a time or zone. The zero Date means "not
// announced".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads the form 2006-01-02 and refuses days that do not exist. The empty string is the
// zero Date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("domain: date %q is not of the form 2006-01-02", s)
	}
	return DateOf(t), nil
}

// DateOf is the day that t shows on its own clock; convert t to Stockholm first.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// DateIn is the day in Stockholm at the instant t.
func DateIn(t time.Time) Date { return DateOf(t.In(stockholm)) }

// IsZero reports whether the day is not announced.
func (d Date) IsZero() bool { return d == Date{} }

// String is the day as 2006-01-02, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText is String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) (err error) { *d, err = ParseDate(string(b)); return err }

// Start is the first instant of the day in Stockholm.
func (d Date) Start() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, stockholm) }

// End is the first instant of the next day in Stockholm: a deadline "to and including d" has
// passed from that instant on. A day may be 23 or 25 hours long.
func (d Date) End() time.Time { return d.AddDays(1).Start() }

// At is the instant when the clocks in Stockholm show c on the day. A time skipped in spring gives
// the same instant as an hour later.
func (d Date) At(c Clock) time.Time {
	return time.Date(d.Year, d.Month, d.Day, int(c)/60, int(c)%60, 0, 0, stockholm)
}

// AddDays is the day n days later, or earlier for a negative n.
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 12, 0, 0, 0, time.UTC))
}

// Before reports whether d comes before e.
func (d Date) Before(e Date) bool { return d.noon().Before(e.noon()) }

// DaysUntil is the number of days from d to e, negative when e comes first.
func (d Date) DaysUntil(e Date) int { return int(e.noon().Sub(d.noon()) / (24 * time.Hour)) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.noon().Weekday() }

// Week is the week number of ISO 8601.
func (d Date) Week() int { _, w := d.noon().ISOWeek(); return w }

func (d Date) noon() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// Clock is a time of day on the wall, in minutes after midnight. NoClock means "not announced".
type Clock int

// NoClock is the time of day of something whose hour is not announced.
const NoClock Clock = -1

// ParseClock reads 15:04. The empty string is NoClock.
func ParseClock(s string) (Clock, error) {
	if s == "" {
		return NoClock, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return NoClock, fmt.Errorf("domain: time of day %q is not of the form 15:04", s)
	}
	return Clock(t.Hour()*60 + t.Minute()), nil
}

// Known reports whether the hour is announced.
func (c Clock) Known() bool { return c >= 0 }

// String is the time as 15:04, or "" for NoClock.
func (c Clock) String() string {
	if !c.Known() {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60)
}
