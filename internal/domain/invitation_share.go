package domain

import (
	"regexp"
	"slices"
	"strings"
)

// shareLastDays gives each occasion its last day to register and to cancel: its own, that of its
// town, or the one for all.
func (r *invReader) shareLastDays(out []InvitedOccasion, spans []invRange) {
	for _, use := range []dateUse{useDeadline, useCancel} {
		for _, d := range r.dates {
			if d.use == use {
				r.shareLastDay(out, spans, d)
			}
		}
	}
}

func (r *invReader) shareLastDay(out []InvitedOccasion, spans []invRange, d invDate) {
	n, one := r.townOfDate(d, out), true
	if n < 0 {
		n = spanOf(spans, d.line, d.from)
	}
	if n < 0 && len(out) == 1 {
		n = 0
	}
	if n < 0 {
		one = false
	}
	source := r.clip(d.line, d.from, d.to)
	for k := range out {
		if one && k != n {
			continue
		}
		g := r.settleLast(d, source, out[k].Day.Value)
		into := &out[k].RegisterUntil
		if d.use == useCancel {
			into = &out[k].CancelUntil
		}
		switch {
		case !into.Found():
			*into = g
		case into.Value != g.Value && !one: // a day for all does not change one of its own
			continue
		case into.Value != g.Value:
			into.Doubt, into.Confidence = DoubtSeveral, Unsure
		case g.Confidence == Sure && into.Doubt == DoubtYear:
			*into = g
		}
	}
}

// settleLast gives a last day its year: where it is left out, the latest that comes before the event.
func (r *invReader) settleLast(d invDate, source string, event Date) Guess[Date] {
	if d.year != 0 || d.shared != 0 || event.IsZero() {
		return r.settle(d, source)
	}
	w := d.in(event.Year)
	if !w.exists() || event.Before(w.date()) {
		w = d.in(event.Year - 1)
	}
	if !w.exists() || !w.agrees() {
		return r.settle(d, source)
	}
	return guess(w.date(), source, inferredConfidence(w), DoubtYear)
}

// spanOf is the item that holds a place in the text, or -1. What stands after the last of several
// items of one line each is said of all.
func spanOf(spans []invRange, line, at int) int {
	for n, s := range spans {
		if !s.holds(line, at) {
			continue
		}
		if n > 0 && n == len(spans)-1 && spans[n-1].first == spans[n-1].last && line > s.first {
			return -1
		}
		return n
	}
	return -1
}

// townOfDate is the occasion whose town stands beside a last day, in a sentence that may hold one for
// each town; -1 where none does.
func (r *invReader) townOfDate(d invDate, out []InvitedOccasion) int {
	text := r.lines[d.line].text
	days := r.datesOn(d.line)
	if len(days) == 1 {
		if n, ok := linesTown(text, out); ok && len(out) > 1 {
			return n
		}
		return -1
	}
	k := 0
	for k < len(days) && days[k].from != d.from {
		k++
	}
	from, to := 0, len(text)
	if k > 0 {
		from = days[k-1].to
	}
	if k+1 < len(days) {
		to = days[k+1].from
	}
	part := text[d.to:to]
	if _, first := linesTown(text[:days[0].from], out); first {
		part = text[from:d.from]
	}
	if n, ok := linesTown(part, out); ok {
		return n
	}
	return -1
}

var capacityText = regexp.MustCompile(`(?i)(?:(?:högst|max(?:imalt|imum|\.)?|upp till|plats för|rum för|begränsat till|begränsad till|up to|room for|limited to|at most) (?:cirka |ca |about )?(\d{1,2} \d{3}|\d{1,4})\b(?: (?:deltagare|personer|platser|participants|people))?` +
	`|\b(\d{1,2} \d{3}|\d{1,4}) (?:\p{L}+ )?(?:platser|plats\b|deltagarplatser|sittplatser|places|seats)|\b(\d{1,4}) (?:deltagare|participants))`)

// shareCapacity finds how many places there are, for each town or for all.
func (r *invReader) shareCapacity(out []InvitedOccasion, spans []invRange) {
	var common Guess[Seats]
	for i, l := range r.lines {
		if l.section == secSignature || l.section == secProgramme {
			continue
		}
		found := r.capacities(i)
		for k, m := range found {
			g := guess(Seats(m.number), r.take(i, m.from, m.to), Sure, "")
			n := spanOf(spans, i, m.from)
			if town := townOfNumber(l.text, found, k, out); town >= 0 {
				n = town
			}
			if n >= 0 && len(out) > 1 && !forEach.MatchString(l.text) {
				fill(&out[n].Capacity, g)
				continue
			}
			switch {
			case !common.Found():
				common = g
			case common.Value != g.Value:
				common.Confidence, common.Doubt = Unsure, DoubtSeveral
			}
		}
	}
	for n := range out {
		fill(&out[n].Capacity, common)
	}
}

var forEach = regexp.MustCompile(`(?i)\b(?:per|varje|vardera|each)\b`)

// townOfNumber is the occasion whose town stands beside the k-th number of a line, or -1.
func townOfNumber(text string, found []invNumber, k int, out []InvitedOccasion) int {
	from, to := 0, len(text)
	if k > 0 {
		from = found[k-1].to
	}
	if k+1 < len(found) {
		to = found[k+1].from
	}
	for _, part := range []string{text[from:found[k].from], text[found[k].to:to]} {
		if n, ok := linesTown(part, out); ok {
			return n
		}
	}
	return -1
}

type invNumber struct{ from, to, number int }

// capacities are the numbers of places that a line tells.
func (r *invReader) capacities(i int) (out []invNumber) {
	l := r.lines[i]
	for _, m := range capacityText.FindAllStringSubmatchIndex(l.text, -1) {
		digits := group(l.text, m, 1) + group(l.text, m, 2) + group(l.text, m, 3)
		n := figure(strings.ReplaceAll(digits, " ", ""))
		if n > 0 {
			out = append(out, invNumber{m[0], m[1], n})
		}
	}
	if len(out) == 0 && l.section == secCapacity {
		if m := leadingNumber.FindStringSubmatchIndex(l.value()); m != nil {
			out = append(out, invNumber{l.from + m[2], l.from + m[3], figure(group(l.value(), m, 1))})
		}
	}
	return out
}

var leadingNumber = regexp.MustCompile(`^(\d{1,4})\b`)

// readOwner tells which county administration would run the registration.
func (r *invReader) readOwner(o *InvitedOccasion) {
	var counties []OrganiserCode
	source := ""
	for _, g := range r.out.InvitedBy {
		for _, c := range Counties() {
			if g.Value == c.Authority() {
				counties = append(counties, c.Code)
				source = g.Source
			}
		}
	}
	c, known := townCounties()[strings.ToLower(o.Town.Value)]
	switch {
	case known && len(counties) == 0:
		o.Owner = guess(c.Code, o.Town.Source, Likely, "")
	case known && slices.Contains(counties, c.Code):
		o.Owner = guess(c.Code, o.Town.Source, Likely, "")
	case len(counties) == 1:
		o.Owner = guess(counties[0], source, Likely, "")
		if known {
			o.Owner.Doubt = DoubtCounty
		}
	case known:
		o.Owner = guess(c.Code, o.Town.Source, Unsure, DoubtCounty)
	}
}

// doubtLastDays marks what cannot be: a last day after the event, an end before the beginning.
func (r *invReader) doubtLastDays(o *InvitedOccasion) {
	end := o.Day.Value
	if o.LastDay.Found() && !o.LastDay.Value.IsZero() {
		end = o.LastDay.Value
	}
	for _, g := range []*Guess[Date]{&o.RegisterUntil, &o.CancelUntil} {
		if g.Found() && !end.IsZero() && end.Before(g.Value) {
			g.Doubt, g.Confidence = DoubtAfterEvent, Unsure
		}
	}
	oneDay := !o.LastDay.Found()
	if o.Starts.Found() && o.Ends.Found() && oneDay && o.Ends.Value <= o.Starts.Value {
		o.Ends.Doubt, o.Ends.Confidence = DoubtBeforeStart, Unsure
	}
}

// hasTerms reports whether the text says by when to register, though not when the event is.
func (r *invReader) hasTerms() bool {
	for _, d := range r.dates {
		if d.use == useDeadline {
			return true
		}
	}
	return false
}
