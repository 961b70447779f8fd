package domain

import "time"

// Workday reports whether the day is a working day in Sweden: Monday to Friday, and neither a
// public holiday (1989:253, as it reads since 2005) nor Midsummer's, Christmas or New Year's Eve,
// which the Annual Leave Act (1977:480, 3 a §) counts as Sundays. The zero Date is not one.
func (d Date) Workday() bool {
	switch d.Weekday() {
	case time.Saturday, time.Sunday:
		return false
	}
	return !d.IsZero() && !d.fixedHoliday() && !d.movingHoliday()
}

// AddWorkdays is the n-th working day after d, or before it for a negative n. d itself is not
// counted and need not be a working day; n = 0 gives d back. The zero Date stays zero.
func (d Date) AddWorkdays(n int) Date {
	if d.IsZero() {
		return d
	}
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.AddDays(step)
		if d.Workday() {
			n--
		}
	}
	return d
}

func (d Date) fixedHoliday() bool {
	switch d.Month {
	case time.January:
		return d.Day == 1 || d.Day == 6
	case time.May:
		return d.Day == 1
	case time.June:
		return d.Day == 6
	case time.December:
		return d.Day >= 24 && d.Day <= 26 || d.Day == 31
	}
	return false
}

// movingHoliday leaves out those that are always a Saturday or a Sunday: Easter Day, Whit Sunday,
// Midsummer Day and All Saints' Day.
func (d Date) movingHoliday() bool {
	if d.Month == time.June && d.Weekday() == time.Friday && d.Day >= 19 && d.Day <= 25 {
		return true // Midsummer's Eve
	}
	switch easter(d.Year).DaysUntil(d) {
	case -2, 1, 39: // Good Friday, Easter Monday, Ascension Day
		return true
	}
	return false
}

// easter is Easter Day of a Gregorian year, by the computus of Meeus, Jones and Butcher. Most of its
// letters are kept, so that the two can be compared.
func easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	g := (8*b + 13) / 25
	h := (19*a + b - b/4 - g + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return Date{year, time.Month(n / 31), n%31 + 1}
}
