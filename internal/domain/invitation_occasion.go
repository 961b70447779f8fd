package domain

import (
	"regexp"
	"strings"
)

// readOccasions makes one occasion of each day of the event, with what stands around it.
func (r *invReader) readOccasions() {
	items := r.items()
	var out []InvitedOccasion
	var spans []invRange
	for n, d := range items {
		o := r.occasionOn(d)
		at := r.rangeOf(items, n)
		r.readPlace(&o, at)
		r.readHours(&o, at)
		out, spans = addOccasion(out, spans, o, at)
	}
	out, spans = joinDays(out, spans)
	if len(out) == 0 {
		o := unhourly()
		r.readPlace(&o, r.whole())
		r.readHours(&o, r.whole())
		if o.Venue.Found() || o.Town.Found() && r.out.Kind.Found() || o.Online.Found() || o.Starts.Found() || r.hasTerms() {
			out, spans = []InvitedOccasion{o}, []invRange{r.whole()}
		}
	}
	r.shareTowns(out)
	r.shareOut(out, spans)
	for n := range out {
		r.readOwner(&out[n])
		r.doubtLastDays(&out[n])
	}
	r.out.Occasions = out
}

// occasionOn is an occasion that is known only by its day.
func (r *invReader) occasionOn(d invDate) (o InvitedOccasion) {
	o = unhourly()
	o.Day = r.settle(d, r.take(d.line, d.from, d.to))
	o.LastDay = r.settleUntil(d, o.Day)
	return o
}

// unhourly is an occasion of which no hour is known.
func unhourly() (o InvitedOccasion) {
	o.Arrival.Value, o.Starts.Value, o.Ends.Value = NoClock, NoClock, NoClock
	return o
}

// items are the days of the event, the first mention of each that stands in a list or under a label
// before one that stands in a sentence.
func (r *invReader) items() (out []invDate) {
	for _, d := range r.dates {
		if d.use == useEvent && len(out) < maxOccasions {
			out = append(out, d)
		}
	}
	return out
}

func (r *invReader) whole() invRange {
	last := len(r.lines) - 1
	if last < 0 {
		return invRange{last: -1}
	}
	return invRange{0, 0, last, len(r.lines[last].text)}
}

// rangeOf is the stretch of text that belongs to the n-th day: from where its item begins to where
// the next one does, or to the end of its block.
func (r *invReader) rangeOf(items []invDate, n int) invRange {
	line, from := r.itemStart(items, n)
	g := invRange{first: line, from: from, last: line, to: len(r.lines[line].text)}
	nextLine, nextFrom := len(r.lines), 0
	if n+1 < len(items) {
		nextLine, nextFrom = r.itemStart(items, n+1)
	}
	block, spare := r.lines[items[n].line].block, 4
	if n > 0 && n == len(items)-1 {
		spare = max(0, block-r.lines[items[n-1].line].block-1)
	}
	for i := items[n].line; i < len(r.lines) && i <= items[n].line+12; i++ {
		l := r.lines[i]
		if i > nextLine || i == nextLine && nextFrom == 0 || l.block != block && (l.block > block+spare || !r.continues(items[n].line, i)) {
			break
		}
		g.last, g.to = i, len(l.text)
		if i == nextLine {
			g.to = nextFrom
			break
		}
	}
	return g
}

// continues reports whether a later block still tells of the day: its lines are labelled, or hold an
// address.
func (r *invReader) continues(from, i int) bool {
	switch r.lines[i].section {
	case secPlace, secTime, secDate:
		return true
	}
	l := r.lines[i]
	return l.section == secNone && l.quoted && r.lines[from].quoted && (streetAddress.MatchString(l.text) || postalCode.MatchString(l.text) || r.nextHolds(i))
}

// nextHolds reports whether the line after, in the same block, is an address.
func (r *invReader) nextHolds(i int) bool {
	return i+1 < len(r.lines) && r.lines[i+1].block == r.lines[i].block && streetAddress.MatchString(r.lines[i+1].text)
}

// itemStart is where the item of the n-th day begins: at the town before it where towns come first,
// at a heading that is a town, or at the beginning of its line.
func (r *invReader) itemStart(items []invDate, n int) (line, from int) {
	d := items[n]
	first, last := n, n
	for first > 0 && items[first-1].line == d.line {
		first--
	}
	for last+1 < len(items) && items[last+1].line == d.line {
		last++
	}
	text := r.lines[d.line].text
	if first == last {
		if len(scanTowns(text)) == 0 {
			return r.headingAbove(items, n), 0
		}
		return d.line, 0
	}
	if n == first {
		return d.line, 0
	}
	previous := items[n-1].to
	if !r.townsFirst(items, first, last) {
		return d.line, d.from
	}
	between := text[previous:d.from]
	if towns := scanTowns(between); len(towns) > 0 {
		return d.line, previous + towns[len(towns)-1].from
	}
	return d.line, d.from
}

// townsFirst reports whether, in a sentence with several days, each town stands before its day: the
// text before the first day names one, and what follows the last names none but the same again.
func (r *invReader) townsFirst(items []invDate, first, last int) bool {
	text := r.lines[items[first].line].text
	before := scanTowns(text[:items[first].from])
	if len(before) == 0 {
		return false
	}
	after := scanTowns(text[items[last].to:])
	between := scanTowns(text[items[last-1].to:items[last].from])
	if len(after) == 0 {
		return true
	}
	return len(between) > 0 && between[len(between)-1].name == after[0].name || items[first].from-before[len(before)-1].to < 12
}

// headingAbove is the line of a town that stands above a day as its heading, or the line of the day.
func (r *invReader) headingAbove(items []invDate, n int) int {
	at := items[n].line
	floor := -1
	if n > 0 {
		floor = items[n-1].line
	}
	for i := at - 1; i > floor && i >= at-4; i-- {
		l := r.lines[i]
		if l.block < r.lines[at].block-1 || l.prose() {
			break
		}
		if towns := scanTowns(l.text); len(towns) > 0 && len(strings.Fields(l.text)) <= 6 && (towns[0].strong || l.quoted) {
			return i
		}
		if l.block != r.lines[at].block {
			break
		}
	}
	return at
}

// addOccasion puts an occasion beside the others, or into the one that it speaks of again.
func addOccasion(out []InvitedOccasion, spans []invRange, o InvitedOccasion, at invRange) ([]InvitedOccasion, []invRange) {
	for n := range out {
		same := out[n].Day.Value == o.Day.Value && !o.Day.Value.IsZero()
		if same && (out[n].Town.Value == o.Town.Value || !out[n].Town.Found() || !o.Town.Found()) {
			mergeOccasion(&out[n], o)
			if o.Venue.Found() || o.Address.Found() {
				spans[n] = at
			}
			return out, spans
		}
	}
	return append(out, o), append(spans, at)
}

// mergeOccasion fills in what the first mention left out, and lets a surer day stand.
func mergeOccasion(into *InvitedOccasion, o InvitedOccasion) {
	if o.Day.Confidence == Sure && o.Day.Doubt != DoubtYear && (into.Day.Confidence != Sure || into.Day.Doubt == DoubtYear) {
		into.Day = o.Day
	}
	fill(&into.LastDay, o.LastDay)
	fill(&into.Town, o.Town)
	fill(&into.Venue, o.Venue)
	fill(&into.Address, o.Address)
	fill(&into.PostalCode, o.PostalCode)
	fill(&into.Arrival, o.Arrival)
	fill(&into.Starts, o.Starts)
	fill(&into.Ends, o.Ends)
	fill(&into.Online, o.Online)
}

// fill puts a guess where there is none.
func fill[T any](into *Guess[T], g Guess[T]) {
	if !into.Found() && g.Found() {
		*into = g
	}
}

// joinDays makes one occasion of days that follow each other in one place: "Dag 1 … Dag 2 …".
func joinDays(in []InvitedOccasion, spans []invRange) (out []InvitedOccasion, kept []invRange) {
	for n, o := range in {
		if n > 0 && len(out) > 0 {
			last := &out[len(out)-1]
			end := last.Day.Value
			if last.LastDay.Found() {
				end = last.LastDay.Value
			}
			follows := !end.IsZero() && end.AddDays(1) == o.Day.Value && !o.LastDay.Found()
			elsewhere := o.Town.Found() && o.Town.Value != last.Town.Value || o.Venue.Found() && o.Venue.Value != last.Venue.Value
			if follows && !elsewhere {
				last.LastDay = o.Day
				fill(&last.Venue, o.Venue)
				continue
			}
		}
		out, kept = append(out, o), append(kept, spans[n])
	}
	return out, kept
}

// shareTowns reads the lists that stand apart from the days: "Lokaler: Luleå: Clarion Sense, …".
func (r *invReader) shareTowns(out []InvitedOccasion) {
	if len(out) < 2 {
		return
	}
	for i, l := range r.lines {
		if l.section == secSignature || l.section == secHeader || !streetAddress.MatchString(l.text) {
			continue
		}
		towns := scanTowns(l.text)
		for n := range out {
			o := &out[n]
			if o.Address.Found() || !o.Town.Found() || len(towns) == 0 || !sameTown(towns, o.Town.Value) {
				continue
			}
			r.readPlace(o, invRange{i, 0, i, len(l.text)})
		}
	}
}

// sameTown reports whether every town that was found is the one.
func sameTown(towns []invTown, name string) bool {
	for _, t := range towns {
		if t.name != name {
			return false
		}
	}
	return len(towns) > 0
}

// tellsPlace reports whether a line may tell where the event is: neither a signature nor a row of
// the programme, and no address that only says where letters go.
func (r *invReader) tellsPlace(i int) bool {
	l := r.lines[i]
	switch l.section {
	case secSignature, secHeader, secContact, secProgramme, secSpeakers, secTarget, secCost, secDeadline, secCancel, secCase, secInviter, secSubject:
		return false
	}
	return !writtenToday.MatchString(l.text)
}

var singlePlace = regexp.MustCompile(`(?i)(?:\b(?:på|i|vid|at|in)\b|plats|lokal|venue)`)

// shareOut gives every occasion what the text says of all: place and hours where only one is told,
// capacity and last days.
func (r *invReader) shareOut(out []InvitedOccasion, spans []invRange) {
	if len(out) == 0 {
		return
	}
	common, read := unhourly(), -1 // the last line that a place has been looked for in: each is read once
	for i := range r.lines {
		l := r.lines[i]
		at := invRange{i, 0, i, len(l.text)}
		if insideAny(spans, i) || !r.tellsPlace(i) {
			continue
		}
		if i > read && (l.section == secPlace || len(out) == 1 && r.namesPlace(i)) {
			at.last, at.to = r.placeEnd(i)
			r.readPlace(&common, at)
			read = at.last
		}
		if l.section == secTime || l.section == secDate || l.section == secNone {
			r.readHours(&common, at)
		}
	}
	for n := range out {
		o := &out[n]
		if len(out) == 1 || !o.Venue.Found() && !o.Address.Found() && (!o.Town.Found() || o.Town.Value == common.Town.Value) {
			day, last := o.Day, o.LastDay
			mergeOccasion(o, common)
			o.Day, o.LastDay = day, last
		} else {
			fill(&o.Arrival, common.Arrival)
			fill(&o.Starts, common.Starts)
			fill(&o.Ends, common.Ends)
		}
	}
	r.hoursOfProgramme(out)
	r.shareLastDays(out, spans)
	r.shareCapacity(out, spans)
	r.shareContacts(out, spans)
}

func insideAny(spans []invRange, line int) bool {
	for _, s := range spans {
		if line >= s.first && line <= s.last {
			return true
		}
	}
	return false
}

// namesPlace reports whether a line outside the item may still name the house: it holds an address
// that is led in by "på", "i" or the like, or says that the event is held.
func (r *invReader) namesPlace(i int) bool {
	l := r.lines[i]
	if streetAddress.MatchString(l.text) {
		return singlePlace.MatchString(l.text) || l.quoted
	}
	return eventWords.MatchString(l.text) && len(scanTowns(l.text)) > 0 || r.nextHolds(i) && l.quoted
}

// placeEnd is the end of the lines under a label that tell one place.
func (r *invReader) placeEnd(i int) (line, to int) {
	for i+1 < len(r.lines) && r.lines[i+1].block == r.lines[i].block && !r.lines[i+1].own &&
		(r.lines[i+1].section == secPlace || streetAddress.MatchString(r.lines[i+1].text)) {
		i++
	}
	return i, len(r.lines[i].text)
}
