package domain

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	webinarWord    = regexp.MustCompile(`(?i)(?:webb?inari|webinar)`)
	themeDayWord   = regexp.MustCompile(`(?i)(?:temadag|temaeftermiddag|temaförmiddag|theme days?)`)
	conferenceWord = regexp.MustCompile(`(?i)(?:konferens(?:en|er)?\b|conference)`)
	seminarWord    = regexp.MustCompile(`(?i)(?:seminari|seminar\b|frukostmöte|workshop)`)
	courseWord     = regexp.MustCompile(`(?i)(?:\bkurs(?:en|er)?\b|utbildning|\bcourse|\btraining\b)`)
	titleLead      = regexp.MustCompile(`(?i)^(?:(?:vb|sv|fw|fwd|re|tr): *)*(?:(?:påminnelse|reminder)[:–-]? *)?(?:(?:inbjudan|välkommen|välkomna|save the date|invitation|you are invited|welcome)(?: till| to)?(?: en| ett| a| an| the)?[:–!-]? *)?`)
	quotedName     = regexp.MustCompile(`[”"“«]([^”"“«»]{8,120})[”"”»]`)
	greeting       = regexp.MustCompile(`(?i)^(?:hej|hejsan|god (?:dag|morgon)|dear|hello|bästa|kära|till den det berör|välkommen!?$|inbjudan$|invitation$|program$)\b`)
)

// readHead finds the title and what kind of event it is.
func (r *invReader) readHead() {
	r.readTitle()
	r.readKind()
}

func (r *invReader) readTitle() {
	for i, l := range r.lines {
		if l.section == secTitle && l.own && l.value() != "" {
			r.out.Title = guess(strings.Trim(l.value(), " ”\"“"), r.takeLine(i), Sure, "")
			return
		}
	}
	for i, l := range r.lines {
		if l.section == secSubject && l.own && l.value() != "" {
			r.setTitle(i, l.value(), Likely)
			break
		}
	}
	for i := range min(len(r.lines), 12) {
		l := r.lines[i]
		if r.isTitle(i) {
			if r.out.Title.Found() && !strings.Contains(strings.ToLower(l.text), strings.ToLower(r.out.Title.Value)) {
				return
			}
			c := Sure
			if i > 2 || len(r.datesOn(i)) > 0 {
				c = Likely
			}
			r.setTitle(i, l.text, c)
			return
		}
	}
	if !r.out.Title.Found() {
		r.titleInside()
	}
}

// isTitle reports whether a line among the first stands as a heading does.
func (r *invReader) isTitle(i int) bool {
	l := r.lines[i]
	name := titleLead.ReplaceAllString(l.text, "")
	words := len(strings.Fields(name))
	first, _ := utf8.DecodeRuneInString(l.text)
	switch {
	case !l.quoted && !(name != l.text && r.sole(i)) || l.bullet || l.section != secNone || l.own, words < 2 || words > 25, strings.HasSuffix(l.text, ","),
		greeting.MatchString(l.text), !unicode.IsUpper(first) && !unicode.IsDigit(first) && first != '”' && first != '"',
		strings.ContainsAny(l.text, "@|>»›"), strings.Contains(l.text, " / "), authority.MatchString(l.text) && words <= 6, caseNumber.MatchString(l.text):
		return false
	}
	if days := r.datesOn(i); len(days) > 0 && days[0].from < 12 {
		return false
	}
	return !streetAddress.MatchString(l.text)
}

func (r *invReader) setTitle(i int, text string, c Confidence) {
	name := titleLead.ReplaceAllString(text, "")
	if m := quotedName.FindStringSubmatch(name); m != nil && len(m[1]) > len(name)/2 {
		name = m[1]
	}
	name = strings.Trim(name, " :–-”\"“!")
	if name == "" {
		return
	}
	source := r.takeLine(i)
	if next := i + 1; next < len(r.lines) && r.lines[next].bullet && r.lines[next].block == r.lines[i].block && startsLower.MatchString(r.lines[next].text) {
		subtitle := r.takeLine(next) // "Mäns våld mot kvinnor / – från kunskap till handling"
		name, source = name+" – "+subtitle, source+" – "+subtitle
	}
	if first, n := utf8.DecodeRuneInString(name); unicode.IsLower(first) {
		name = string(unicode.ToUpper(first)) + name[n:]
	}
	r.out.Title = guess(name, source, c, "")
}

// titleInside takes the name within quotes from the sentence that invites.
func (r *invReader) titleInside() {
	for i := range min(len(r.lines), 20) {
		l := r.lines[i]
		if !eventWords.MatchString(l.text) {
			continue
		}
		if m := quotedName.FindStringSubmatchIndex(l.text); m != nil {
			r.out.Title = guess(group(l.text, m, 1), r.take(i, m[2], m[3]), Likely, "")
			return
		}
		if m := invitesTo.FindStringSubmatchIndex(l.text); m != nil {
			r.out.Title = guess(upperFirst(group(l.text, m, 1)), r.take(i, m[2], m[3]), Unsure, "")
			return
		}
	}
}

var invitesTo = regexp.MustCompile(`(?i)(?:bjuder(?: härmed)? in (?:dig |er )?till|välkomn?a?(?:men)? till|invites? you to|welcome to) (?:en |ett |a |an |the )?([\p{L}][^.!?:;]{8,140}?)(?: (?:den|i|på|on|in|at) (?:\d|\p{Lu})|[.!?:;]|$)`)

func upperFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}

// kindWord finds the words for a kind of event.
func kindWord(k EventKind) *regexp.Regexp {
	switch k {
	case KindThemeDay:
		return themeDayWord
	case KindConference:
		return conferenceWord
	case KindSeminar:
		return seminarWord
	case KindCourse:
		return courseWord
	case KindWebinar:
		return webinarWord
	}
	panic("domain: no words are known for the kind " + string(k))
}

// readKind looks in the title first and then in the first lines.
func (r *invReader) readKind() {
	for n := -1; n < min(len(r.lines), 12); n++ {
		text, c := r.out.Title.Value, Sure
		if n >= 0 {
			text, c = r.lines[n].text, Likely
		}
		at := -1
		var found EventKind
		for _, k := range EventKinds() {
			if m := kindWord(k).FindStringIndex(text); m != nil && (at < 0 || m[0] < at) {
				at, found = m[0], k
			}
		}
		if at >= 0 {
			r.out.Kind = guess(found, text, c, "")
			return
		}
	}
}

// readRemainder keeps what no proposal took in: running text as Lead and Body, the rest as Unread.
func (r *invReader) readRemainder() {
	var paragraphs []string
	for i := 0; i < len(r.lines); {
		to := i
		for to < len(r.lines) && r.lines[to].para == r.lines[i].para {
			to++
		}
		if r.runningText(i, to) {
			paragraphs = append(paragraphs, r.joinLines(i, to))
		} else {
			r.keepUnread(i, to)
		}
		i = to
	}
	if len(paragraphs) > 0 {
		r.out.Lead = paragraphs[0]
		r.out.Body = strings.Join(paragraphs[1:], "\n\n")
	}
}

// runningText reports whether a paragraph is prose: it has a sentence, and is neither the head of an
// e-mail nor a signature nor a list of facts.
func (r *invReader) runningText(from, to int) bool {
	if r.tellsHowToRegister(from, to) || r.allTaken(from, to, &r.out.PhotoNote) {
		return false
	}
	prose := false
	for _, l := range r.lines[from:to] {
		switch l.section {
		case secNone:
			prose = prose || l.prose()
		case secTarget, secSpeakers, secDeadline, secCancel, secCost, secContact, secProgramme, secDate, secPlace:
			prose = prose || l.prose() && !l.own && !l.bullet && len(l.used) == 0
		case secHeader, secSubject, secSignature, secCase, secTitle, secTime, secCapacity, secInviter:
			return false
		}
	}
	return prose
}

// tellsHowToRegister reports whether a paragraph is about the registration alone: it holds its last day and
// stands under a label of its own, or says nothing else.
func (r *invReader) tellsHowToRegister(from, to int) bool {
	last, rest := false, false
	for i := from; i < to; i++ {
		l := r.lines[i]
		for _, d := range r.datesOn(i) {
			last = last || d.use == useDeadline || d.use == useCancel
		}
		rest = rest || l.section != secDeadline && l.section != secCancel && len(l.used) == 0
	}
	return last && !rest
}

// allTaken reports whether a proposal has taken in every line of a paragraph.
func (r *invReader) allTaken(from, to int, by *Guess[string]) bool {
	for _, l := range r.lines[from:to] {
		if len(l.used) == 0 || !strings.Contains(by.Source, l.text) {
			return false
		}
	}
	return true
}

func (r *invReader) joinLines(from, to int) string {
	parts := make([]string, 0, to-from)
	for _, l := range r.lines[from:to] {
		parts = append(parts, l.text)
	}
	s := strings.Join(parts, " ")
	if r.lines[from].bullet {
		return "- " + s
	}
	return s
}

// keepUnread keeps what was not understood: a whole line of which nothing was, and the rest of one of which
// something was.
func (r *invReader) keepUnread(from, to int) {
	for i := from; i < to; i++ {
		l := r.lines[i]
		var rest []string
		for _, gap := range gaps(slices.Clone(l.used), 0, len(l.text)) {
			if part := l.text[gap.from:gap.to]; !onlyGlue(part) {
				rest = append(rest, strings.Trim(part, " ,;:|–—-"))
			}
		}
		switch {
		case len(rest) > 0 && l.section == secHeader: // a label alone says which letter it is of
			r.out.Unread = append(r.out.Unread, l.text)
		case len(rest) > 0:
			r.out.Unread = append(r.out.Unread, strings.Join(rest, " … "))
		}
	}
}

var glueWord = regexp.MustCompile(`(?i)^(?:i|på|vid|den|till|från|kl|klockan|och|samt|är|det|the|at|in|on|from|to|and|of|of:|med|för|en|ett|a|an|ses|vi|hålls|äger|rum|in|` +
	`kontakta|kontakt|kontaktperson|tel|telefon|e-post|mejl|eller|or|senast)$`)

// onlyGlue reports whether nothing is said by a piece between what was understood.
func onlyGlue(s string) bool {
	for _, w := range wordToken.FindAllString(s, -1) {
		if !glueWord.MatchString(w) {
			return false
		}
	}
	return !strings.ContainsAny(s, "0123456789@")
}
