package domain

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

type dateUse int

const (
	useOther dateUse = iota // a day that something else happened or was written
	useEvent
	useDeadline
	useCancel
)

// invDate is a day that the text names, with what it is the day of.
type invDate struct {
	writtenDate
	line   int
	use    dateUse
	score  int // how much speaks for it being a day of the event
	shared int // the year that a later day of the same sentence gives it
}

var (
	registerWords = regexp.MustCompile(`(?i)(?:anm[äa]l|\bosa\b|o\.\s?s\.\s?a|\bsvar|\bregist(?:er|ration)|sign up|rsvp|\bapply|deadline)`)
	cancelWords   = regexp.MustCompile(`(?i)(?:avbok|återbud|avanm[äa]l|lämna (?:in )?återbud|\bcancel)`)
	limitWords    = regexp.MustCompile(`(?i)(?:senast|sista|till och med|t\.\s?o\.\s?m|före|innan|stänger|deadline|\bby\b|\buntil\b|no later than|\blast\b|\bbefore\b|\bcloses\b|\bosa\b|o\.\s?s\.\s?a)`)
	historyWords  = regexp.MustCompile(`(?i)(?:publicera|uppdatera|skicka[dt]|beslut|\bsedan\b|sammanställ|undersökning|trädde|tillträd|infördes|startade|påminn|öppnar|öppnade|` +
		`rapport|lag(?:en)? |behov av|meddela|\bsince\b|\bpublished\b|\bupdated\b|\breport|\bopens\b|eu-dag|internationella dagen|kost|diet|allerg|tolk|specialkost)`)
	eventWords = regexp.MustCompile(`(?i)(?:bjuder|inbjud|välkom|äger rum|hålls|håller|anordn|arrang|genomför|träffas|\bses\b|möts|är vi i|kommer vi till|temadag|konferens|seminari|utbildning|webbinari|` +
		`invit|takes place|\bheld\b|\bjoin\b|welcome|conference|seminar|theme day|meet)`)
)

// readDates finds every day of the text and decides what it is the day of.
func (r *invReader) readDates() {
	for i, l := range r.lines {
		if l.section == secHeader || l.section == secProgramme && len(l.used) > 0 {
			continue
		}
		if len(r.dates) >= maxDates {
			break
		}
		found := scanDates(l.text)
		if r.out.Language.Value != English {
			found = shortWeekday(l.text, found)
		}
		for n, w := range found {
			d := invDate{writtenDate: w, line: i}
			for _, later := range found[n+1:] {
				if w.year == 0 && later.year != 0 && later.to-w.from < 400 {
					d.shared = later.year
					break
				}
			}
			r.classify(&d, l)
			r.dates = append(r.dates, d)
		}
	}
	r.dropWeak()
	r.years = r.writtenYears()
}

// shortWeekday reads the two letters that a row of day, town and hours begins with, which are other words
// anywhere else: "ti 2 feb Sundsvall 9-16".
func shortWeekday(s string, found []writtenDate) []writtenDate {
	m := twoLetters.FindStringSubmatch(s)
	if m == nil || len(found) == 0 || found[0].from != len(m[0]) || found[0].weekday >= 0 || !dayRow.MatchString(s) {
		return found
	}
	for n, day := range []string{"sö", "må", "ti", "on", "to", "fr", "lö"} {
		if strings.EqualFold(m[1], day) {
			found[0].weekday, found[0].from = n, 0
		}
	}
	return found
}

var twoLetters = regexp.MustCompile(`^(?i:(må|ti|on|to|fr|lö|sö))\.? `)

// classify decides by the words around a day.
func (r *invReader) classify(d *invDate, l invLine) {
	before := l.text[max(0, clauseStart(l.text, d.from)):d.from]
	deadline, cancel := lastMatch(registerWords, before), lastMatch(cancelWords, before)
	limited := limitWords.MatchString(before)
	switch {
	case l.section == secSignature, d.weekday < 0 && caseNumber.MatchString(l.text):
		return
	case l.section == secCancel || cancel > deadline && (limited || l.section == secDeadline):
		d.use = useCancel
		return
	case l.section == secDeadline && !historyWords.MatchString(before) && (limited || l.own):
		d.use = useDeadline
		return
	case deadline >= 0 && limited && !historyWords.MatchString(tail(before, 40)):
		d.use = useDeadline
		return
	case lastDayAfter.MatchString(l.text[d.to:min(len(l.text), d.to+40)]):
		d.use = useDeadline
		if cancelWords.MatchString(l.text[d.to:min(len(l.text), d.to+40)]) {
			d.use = useCancel
		}
		return
	case limited && nearLimit.MatchString(tail(before, 30)):
		switch after := l.text[d.to:]; {
		case cancelWords.MatchString(after):
			d.use = useCancel
		case registerWords.MatchString(after):
			d.use = useDeadline
		case registerWords.MatchString(r.sentenceBefore(d.line)) && !historyWords.MatchString(l.text):
			d.use = useDeadline
		}
		return
	}
	d.score = r.eventScore(*d, l, before)
	if d.score > 0 {
		d.use = useEvent
	}
}

// lastDayAfter tells that the day before it is a last one: "17 november är sista anmälningsdag".
var lastDayAfter = regexp.MustCompile(`(?i)^[^.;,]{0,12}\b(?:sista (?:dag(?:en)? (?:för|att)|anmälnings|avboknings)|the last day to|the deadline)`)

var nearLimit = regexp.MustCompile(`(?i)(?:senast|sista|till och med|t\.\s?o\.\s?m\.?|före|innan|\bby|\buntil|no later than|\bbefore)[ \x{a0}]*(?:den|on|the)?[ \x{a0}]*$`)

// clauseStart is where the clause that holds a place begins: at a full stop, a semicolon or a dash, at most 160 bytes
// before.
func clauseStart(s string, at int) int {
	from := max(0, at-160)
	if i := strings.LastIndexAny(s[from:at], ";|"); i >= 0 {
		return from + i + 1
	}
	for from > 0 && from < at && s[from] >= 0x80 && s[from] < 0xc0 {
		from++
	}
	return from
}

func (r *invReader) sentenceBefore(i int) string {
	if i > 0 && r.lines[i-1].block == r.lines[i].block {
		return r.lines[i-1].text
	}
	return ""
}

// eventScore weighs whether a day is one of the event.
func (r *invReader) eventScore(d invDate, l invLine, before string) int {
	score := 0
	switch l.section {
	case secDate, secTime, secTitle, secSubject:
		score += 4
	case secContact, secCase, secCost, secTarget:
		score -= 3
	}
	if d.weekday >= 0 {
		score += 2
	}
	if !l.prose() {
		score++
	}
	if eventWords.MatchString(l.text) {
		score += 2
	}
	if len(scanTowns(l.text)) > 0 {
		score++
	}
	if historyWords.MatchString(before) || historyWords.MatchString(tail(l.text[:min(len(l.text), d.to+30)], 30)) {
		score -= 3
	}
	return score
}

// dropWeak leaves out days that merely stand in a sentence, where others say plainly that they are
// the event's.
func (r *invReader) dropWeak() {
	best := 0
	for _, d := range r.dates {
		if d.use == useEvent {
			best = max(best, d.score)
		}
	}
	for i := range r.dates {
		if d := &r.dates[i]; d.use == useEvent && best >= 3 && d.score < 2 {
			d.use = useOther
		}
	}
}

func lastMatch(re *regexp.Regexp, s string) int {
	at := -1
	for _, m := range re.FindAllStringIndex(s, -1) {
		at = m[0]
	}
	return at
}

// writtenYears are the years that days of the text are written with, the most common first.
func (r *invReader) writtenYears() []int {
	count := map[int]int{}
	for _, d := range r.dates {
		if d.year != 0 && d.use != useOther {
			count[d.year]++
		}
	}
	var years []int
	for y := range count {
		years = append(years, y)
	}
	slices.SortFunc(years, func(a, b int) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return b - a
	})
	return years
}

// settle gives a written day its year and tells what is doubtful about it.
func (r *invReader) settle(d invDate, source string) Guess[Date] {
	w := d.writtenDate
	c := Likely
	if w.weekday >= 0 || r.lines[d.line].own {
		c = Sure
	}
	if w.year == 0 && d.shared != 0 && w.in(d.shared).agrees() && w.in(d.shared).exists() {
		w.year = d.shared
	}
	switch {
	case !w.exists():
		return guess(Date{}, source, Unsure, DoubtNoSuchDay)
	case w.year == 0:
		if day := r.infer(w); !day.IsZero() {
			return guess(day, source, inferredConfidence(w), DoubtYear)
		}
		return guess(Date{}, source, Unsure, DoubtNoSuchDay)
	case !w.agrees():
		return guess(w.date(), source, Unsure, DoubtWeekday)
	case !r.ref.IsZero() && w.date().Before(r.ref):
		return guess(w.date(), source, c, DoubtPast)
	case !w.date().Workday():
		return guess(w.date(), source, c, DoubtWeekend)
	}
	return guess(w.date(), source, c, "")
}

func inferredConfidence(w writtenDate) Confidence {
	if w.weekday >= 0 {
		return Likely
	}
	return Unsure
}

// infer finds the year that was left out: one that another day of the text is written with, or the
// next from the day of reading on.
func (r *invReader) infer(w writtenDate) Date {
	for _, y := range r.years {
		if c := w.in(y); c.exists() && (w.weekday < 0 || c.date().Weekday() == time.Weekday(w.weekday)) {
			return c.date()
		}
	}
	return w.next(r.ref)
}

// settleUntil is the last day of a stretch that began on first.
func (r *invReader) settleUntil(d invDate, first Guess[Date]) Guess[Date] {
	if d.until == nil || first.Value.IsZero() {
		return Guess[Date]{}
	}
	w := *d.until
	if w.year == 0 {
		w.year = first.Value.Year
		if w.month < first.Value.Month {
			w.year++
		}
	}
	switch {
	case !w.exists() || w.date().Before(first.Value):
		return guess(Date{}, first.Source, Unsure, DoubtNoSuchDay)
	case !w.agrees():
		return guess(w.date(), first.Source, Unsure, DoubtWeekday)
	}
	return guess(w.date(), first.Source, first.Confidence, first.Doubt)
}
