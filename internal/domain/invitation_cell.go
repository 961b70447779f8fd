package domain

import (
	"regexp"
	"slices"
	"strings"
)

type cellKind int

const (
	cellText cellKind = iota
	cellAddress
	cellPostal
	cellTown
)

// invCell is a piece of a line between commas, with one thing in it.
type invCell struct {
	line, from, to int
	kind           cellKind
	value          string
	beside         bool // it stands after the town in a row of day, town, house and hours
}

// invRange is a stretch of the text: from a place in the first line to a place in the last.
type invRange struct{ first, from, last, to int }

// within is the part of line i, which has so many bytes, that lies in the range.
func (g invRange) within(i, size int) (from, to int) {
	to = size
	if i == g.first {
		from = g.from
	}
	if i == g.last {
		to = min(to, g.to)
	}
	return from, to
}

func (g invRange) holds(line, at int) bool {
	return (line > g.first || line == g.first && at >= g.from) && (line < g.last || line == g.last && at < g.to)
}

var cellEnd = regexp.MustCompile(`,|;|\(|\)|\||•|·|: | [-–—] |\.$`)

// cells cuts a part of a line at its commas and at the days, hours, addresses and towns in it.
func (r *invReader) cells(line, from, to int) []invCell {
	text := r.lines[line].text
	from = max(from, r.lines[line].from)
	if from >= to {
		return nil
	}
	facts := placeFacts(text, from, to)
	var holes []invSpan
	for _, d := range r.datesOn(line) {
		holes = append(holes, invSpan{d.from, d.to})
	}
	for _, c := range scanClocks(text) {
		holes = append(holes, invSpan{c.from, c.to})
	}
	out := make([]invCell, 0, 8)
	for _, f := range facts {
		f.line = line
		out = append(out, f)
		holes = append(holes, invSpan{f.from, f.to})
	}
	for _, s := range gaps(holes, from, to) {
		for _, part := range splitSpan(text, s) {
			value := text[part.from:part.to]
			if at, town := townFirst(value); at > 0 && dayRow.MatchString(text) {
				out = append(out, invCell{line: line, from: part.from, to: part.from + at, kind: cellTown, value: town},
					invCell{line: line, from: part.from + at + 1, to: part.to, value: value[at+1:], beside: true})
				continue
			}
			if town, ok := townCell(value); ok {
				out = append(out, invCell{line: line, from: part.from, to: part.to, kind: cellTown, value: town})
				continue
			}
			out = append(out, invCell{line: line, from: part.from, to: part.to, value: value})
		}
	}
	slices.SortStableFunc(out, func(a, b invCell) int { return a.from - b.from })
	return out
}

// placeFacts finds the addresses and postal codes, and the towns that say where.
func placeFacts(text string, from, to int) (out []invCell) {
	s := text[from:to]
	for _, m := range streetAddress.FindAllStringSubmatchIndex(s, -1) {
		value := s[m[2]:m[3]] + " " + s[m[4]:m[5]]
		out = append(out, invCell{from: from + m[0], to: from + m[1], kind: cellAddress, value: value})
	}
	for _, m := range postalCode.FindAllStringIndex(s, -1) {
		before := beforePostal.FindStringSubmatchIndex(s[:m[0]])
		if before != nil && !overlaps(out, from+before[2], from+before[3]) {
			out = append(out, invCell{from: from + before[2], to: from + before[3], kind: cellAddress, value: group(s, before, 1)})
		}
		out = append(out, invCell{from: from + m[0], to: from + m[1], kind: cellPostal})
	}
	return out
}

// beforePostal is an address by its place: a name and a number between a comma and the postal code, though the
// name is no word for a street.
var beforePostal = regexp.MustCompile(`(?:^|[,|;(] ?)(\p{Lu}[\p{L}’'.-]*(?: \p{L}[\p{L}’'.-]*){0,3} \d{1,4}(?: ?[A-Z])?)[,|]? *$`)

func overlaps(cells []invCell, from, to int) bool {
	return slices.ContainsFunc(cells, func(c invCell) bool { return from < c.to && c.from < to })
}

// townFirst is the town that a piece begins with before the name of a house, and where it ends: "Sollefteå
// Hullsta gård".
func townFirst(s string) (at int, town string) {
	for _, t := range scanTowns(s) {
		if t.from == 0 && startsName.MatchString(s[t.to:]) {
			return t.to, t.name
		}
	}
	return 0, ""
}

var startsName = regexp.MustCompile(`^ \p{Lu}`)

var townPhrase = regexp.MustCompile(`^(?i:[\p{L} ]{0,60}\b(?:i|till|in)|ort|stad|den)? ?(\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)?)(?i: (?:den|på|at|on|vid|är|i))*$`)

// townCell reports whether a cell is a town and nothing else of weight: "Luleå", "i Luleå", "ses vi i
// Luleå", "Luleå den".
func townCell(s string) (string, bool) {
	s = strings.Trim(s, " .:–-")
	m := townPhrase.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	return townNamed(m[1])
}

// gaps are what the holes leave of a stretch.
func gaps(holes []invSpan, from, to int) (out []invSpan) {
	slices.SortFunc(holes, func(a, b invSpan) int { return a.from - b.from })
	at := from
	for _, h := range holes {
		if h.from > at {
			out = append(out, invSpan{at, min(h.from, to)})
		}
		at = max(at, h.to)
		if at >= to {
			return out
		}
	}
	return append(out, invSpan{at, to})
}

// splitSpan cuts a stretch at its commas and trims the parts; empty ones are left out.
func splitSpan(text string, s invSpan) (out []invSpan) {
	at := s.from
	add := func(to int) {
		part := text[at:to]
		left := len(part) - len(strings.TrimLeft(part, " ,;:()|•·–—-"))
		right := len(strings.TrimRight(part, " ,;:()|•·–—-"))
		if left < right {
			out = append(out, invSpan{at + left, at + right})
		}
	}
	for _, m := range cellEnd.FindAllStringIndex(text[s.from:s.to], -1) {
		add(s.from + m[0])
		at = s.from + m[1]
	}
	add(s.to)
	return out
}

// writtenClock is an hour, or a stretch of hours, as it stands in a text.
type writtenClock struct {
	from, to     int
	starts, ends Clock
	said         bool // "kl." or "am" makes it an hour beyond doubt
}

var (
	clockText = regexp.MustCompile(`(?i)(\b(?:kl(?:ockan)?\b\.?|at)` + spaces + `)?\b(\d{1,2})(?:[.:](\d{2}))?\b` + spaces + `(?:([ap])\.?m\b\.?)?` +
		`(?:` + spaces + `(?:` + dashes + `|till|to|until|and|och)` + spaces + `(?:kl\.?` + spaces + `)?(\d{1,2})(?:[.:](\d{2}))?\b` + spaces + `(?:([ap])\.?m\b\.?)?)?`)
	notAClock = regexp.MustCompile(`(?i)^ ?(?:procent|%|kr|kronor|sek|miljoner|timmar|minuter|poäng|hp|platser|deltagare|år|km|mil)\b`)
)

// scanClocks finds the hours that stand in s: "kl. 9–16", "09.00–16.00", "8.30", "9 am–4 pm".
func scanClocks(s string) (out []writtenClock) {
	if !hasDigits(s, 1) {
		return nil
	}
	for _, m := range clockText.FindAllStringSubmatchIndex(s, -1) {
		half, halfEnd := group(s, m, 4), group(s, m, 7)
		if half == "" {
			half = halfEnd
		}
		c := writtenClock{from: m[0], to: m[1], starts: clockOf(group(s, m, 2), group(s, m, 3), group(s, m, 4)), ends: NoClock}
		c.said = m[2] >= 0 || half != ""
		minutes, both := m[6] >= 0, m[10] >= 0
		if both {
			c.ends = clockOf(group(s, m, 5), group(s, m, 6), halfEnd)
		}
		row := m[6] < 0 && both && c.ends.Known() && rowHours(s, m[4])
		if both && (!c.ends.Known() || c.ends <= c.starts) || both && !c.said && m[12] < 0 && !row {
			c.ends, c.to, both = NoClock, lastOf(m[5], m[7], m[9]), false
		}
		if !c.starts.Known() || !c.said && !minutes && !row || notAClock.MatchString(s[c.to:]) || insideNumber(s, c.from, c.to) {
			continue
		}
		c.to = c.from + len(strings.TrimRight(s[c.from:c.to], " \u00a0\n"))
		out = append(out, c)
	}
	return out
}

// dayRow is a row that begins with a day and holds hours without a word for them: "to 4 feb Sollefteå Hullsta
// gård 9-16".
var dayRow = regexp.MustCompile(`^(?:(?i:` + weekdayWords + `|må|ti|on|to|fr|lö|sö)\.?,? )?(?:den )?\d{1,2}(?: ?(?i:` + monthWords + `)\b\.?|/\d{1,2}\b)(?:,? \d{4})?[^\d]* ` +
	`(?:kl\.? ?)?(\d{1,2})(?:[.:]\d{2})? ?` + dashes + ` ?\d{1,2}(?:[.:]\d{2})?\b`)

// rowHours reports whether the hours of such a row stand at a place in it, and are no number of a street.
func rowHours(s string, at int) bool {
	m := dayRow.FindStringSubmatchIndex(s)
	if m == nil || m[2] != at {
		return false
	}
	for _, street := range streetAddress.FindAllStringIndex(s, -1) {
		if street[0] < at && at < street[1] {
			return false
		}
	}
	return true
}

func lastOf(ns ...int) int { return slices.Max(ns) }

// insideNumber reports whether the figures are part of a longer number, a date or an address.
func insideNumber(s string, from, to int) bool {
	if from > 0 && strings.ContainsRune("0123456789-–/.:", rune(s[from-1])) {
		return true
	}
	rest := s[to:]
	return len(rest) > 1 && strings.ContainsRune("-/.:", rune(rest[0])) && rest[1] >= '0' && rest[1] <= '9'
}
