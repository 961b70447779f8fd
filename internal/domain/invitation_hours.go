package domain

import (
	"regexp"
	"strings"
)

var (
	arrivalWords = regexp.MustCompile(`(?i)(?:registrering|incheckning|avprickning|insläpp|ankomst|drop-?in|kaffe|fika|frukost|samling|registration|check-in|coffee|doors open|arrival)`)
	pauseWords   = regexp.MustCompile(`(?i)(?:lunch|\bpaus|rast|bensträckare|telefontid|\bbreak|middag|dinner|mingel)`)
	beginWords   = regexp.MustCompile(`(?i)(?:börjar|startar|start\b|inled|begin|starts)`)
	endWords     = regexp.MustCompile(`(?i)(?:slutar|avslut|slut\b|tackar för i dag|hemresa|hemfärd|\bends?\b|clos(?:e|ing)|finish)`)
)

// readHours finds when people arrive, when it begins and when it ends.
func (r *invReader) readHours(o *InvitedOccasion, at invRange) {
	for i := at.first; i <= at.last && i < len(r.lines); i++ {
		l := r.lines[i]
		from, to := at.within(i, len(l.text))
		if from >= to || !r.tellsPlace(i) || r.onlyDeadlines(i) {
			continue
		}
		previous := from
		for _, c := range scanClocks(l.text) {
			if c.from < from || c.from >= to || r.inDate(i, c.from) {
				continue
			}
			r.readHour(o, i, c, l.text[min(previous, c.from):c.from])
			previous = c.to
		}
		r.readOnline(o, i)
	}
}

// readHour decides what one hour is the hour of, by the words since the one before it.
func (r *invReader) readHour(o *InvitedOccasion, i int, c writtenClock, before string) {
	l := r.lines[i]
	after := l.text[c.to:min(len(l.text), c.to+40)]
	if end := clockText.FindStringIndex(after); end != nil {
		after = after[:end[0]]
	}
	word := func() string { return r.take(i, c.from, c.to) }
	sure := Likely
	if c.said && l.rowOf() == nil || l.section == secTime || l.section == secDate {
		sure = Sure
	}
	switch {
	case !c.said && !c.ends.Known() && !toldHour.MatchString(tail(before, 20)) && l.section != secTime && l.section != secDate && !arrivalWords.MatchString(l.text):
	case pauseWords.MatchString(before) && !arrivalWords.MatchString(before):
	case arrivalWords.MatchString(before), !c.ends.Known() && leadsIn.MatchString(before) && arrivalWords.MatchString(after):
		fill(&o.Arrival, guess(c.starts, word(), sure, ""))
	case endWords.MatchString(before) && !c.ends.Known():
		fill(&o.Ends, guess(c.starts, word(), sure, ""))
	case beginWords.MatchString(before):
		o.Starts = guess(c.starts, word(), sure, "")
		if c.ends.Known() {
			fill(&o.Ends, guess(c.ends, word(), sure, ""))
		}
	default:
		if !o.Starts.Found() {
			o.Starts = guess(c.starts, word(), sure, "")
			if c.ends.Known() {
				o.Ends = guess(c.ends, o.Starts.Source, sure, "")
			}
		}
	}
}

// toldHour tells that the figures after it are an hour: "vi börjar 9.00 och slutar 16.00".
var toldHour = regexp.MustCompile(`(?i)\b(?:börjar|startar|slutar|begins?|starts?|ends?)(?: at| vid)? $`)

var leadsIn = regexp.MustCompile(`(?i)(?:^|[ (,])(?:från|from)[ ]*$`)

// readOnline notes that people take part from where they are.
func (r *invReader) readOnline(o *InvitedOccasion, i int) {
	l := r.lines[i]
	if l.section != secPlace && l.section != secDate && !r.hasEventDay(i) {
		return
	}
	if m := onlineWords.FindStringIndex(l.text); m != nil {
		c := Likely
		if l.section == secPlace {
			c = Sure
		}
		fill(&o.Online, guess(true, r.take(i, m[0], m[1]), c, ""))
	}
}

// datesOn are the days that a line names.
func (r *invReader) datesOn(line int) []invDate {
	lo, hi := 0, len(r.dates)
	for lo < hi {
		if mid := (lo + hi) / 2; r.dates[mid].line < line {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for hi < len(r.dates) && r.dates[hi].line == line {
		hi++
	}
	return r.dates[lo:hi]
}

func (r *invReader) hasEventDay(line int) bool {
	for _, d := range r.datesOn(line) {
		if d.use == useEvent {
			return true
		}
	}
	return false
}

func (r *invReader) inDate(line, at int) bool {
	for _, d := range r.datesOn(line) {
		if at >= d.from && at < d.to {
			return true
		}
	}
	return false
}

// onlyDeadlines reports whether the days of a line are last days, so that its hours are too.
func (r *invReader) onlyDeadlines(line int) bool {
	found := r.datesOn(line)
	for _, d := range found {
		if d.use == useEvent {
			return false
		}
	}
	return len(found) > 0
}

// hoursOfProgramme takes from the programme what no line says: its first item is when it begins.
func (r *invReader) hoursOfProgramme(out []InvitedOccasion) {
	rows := r.out.Programme
	if len(rows) < 2 {
		return
	}
	var arrival, starts, ends Guess[Clock]
	for n, row := range rows {
		s := row.Value
		switch {
		case n == 0 && arrivalWords.MatchString(s.Title):
			arrival = guess(s.Starts, row.Source, Likely, "")
		case !starts.Found():
			starts = guess(s.Starts, row.Source, Likely, "")
		}
	}
	last := rows[len(rows)-1]
	switch {
	case last.Value.Ends.Known():
		ends = guess(last.Value.Ends, last.Source, Likely, "")
	case endWords.MatchString(last.Value.Title):
		ends = guess(last.Value.Starts, last.Source, Likely, "")
	}
	for n := range out {
		o := &out[n]
		fill(&o.Arrival, arrival)
		fill(&o.Ends, ends)
		later := starts.Found() && o.Arrival.Found() && o.Starts.Value == o.Arrival.Value && starts.Value > o.Arrival.Value
		if !o.Starts.Found() && starts.Found() || later {
			o.Starts = starts
		}
	}
}

// linesTown is the one town that a line is about, among those of the occasions.
func linesTown(text string, out []InvitedOccasion) (n int, ok bool) {
	n = -1
	for _, t := range scanTowns(text) {
		for k := range out {
			if out[k].Town.Value != t.name {
				continue
			}
			if n >= 0 && n != k {
				return 0, false
			}
			n = k
		}
	}
	return n, n >= 0
}

// clip is the words around a place in a line, for a source that can be read at a glance.
func (r *invReader) clip(line, from, to int) string {
	l := r.lines[line]
	if len(l.text) <= 160 {
		return r.takeLine(line)
	}
	start := clauseStart(l.text, from)
	if start < from-80 {
		start = from - 80 + strings.IndexByte(l.text[from-80:from]+" ", ' ')
	}
	return r.take(line, min(start, from), to)
}
