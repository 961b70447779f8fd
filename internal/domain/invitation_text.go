package domain

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

type invSpan struct{ from, to int }

// invLine is the unit that is read at a time: a sentence, a labelled line, a bullet or a row.
type invLine struct {
	text    string
	para    int // the paragraph it is of
	block   int // paragraphs without an empty line between
	bullet  bool
	quoted  bool       // a heading or row of its own, not a sentence among others
	section invSection // what it is about, by its own label or the one above it
	from    int        // where its text begins after a label of its own
	own     bool       // the label stands on the line itself
	used    []invSpan
}

// value is the line without its label.
func (l invLine) value() string { return l.text[l.from:] }

// prose reports whether the line reads as running text rather than as a fact in itself.
func (l invLine) prose() bool {
	return strings.ContainsAny(lastRune(l.text), ".!?…") && len(strings.Fields(l.text)) >= 6
}

func lastRune(s string) string {
	_, n := utf8.DecodeLastRuneInString(s)
	return s[len(s)-n:]
}

// cutInvitation divides a text that is too long, at the end of a line where there is one.
func cutInvitation(s string) (text, rest string) {
	if len(s) <= MaxInvitation {
		return s, ""
	}
	at := strings.LastIndexByte(s[:MaxInvitation], '\n')
	if at < MaxInvitation/2 {
		for at = MaxInvitation; at > MaxInvitation-utf8.UTFMax && !utf8.RuneStart(s[at]); at-- {
		}
	}
	return s[:at], strings.ToValidUTF8(s[at:], "")
}

// softBreak is a hyphen that shows only where a line is broken.
var softBreak = regexp.MustCompile("\u00ad[ \u00a0]*\r?\n[ \u00a0>]*")

// invLines cuts a pasted text into the lines it was once written in.
func invLines(text string) []invLine {
	text = strings.ToValidUTF8(text, "")
	text = softBreak.ReplaceAllString(text, "")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n\n", "\u2028", "\n", "\u2029", "\n\n", "\t", " | ").Replace(text)
	text = keepVisible(text, true)
	var out []invLine
	para, block := 0, 0
	for _, p := range invParagraphs(strings.Split(text, "\n")) {
		if p.text == "" {
			block++
			continue
		}
		for _, s := range invSentences(p.text) {
			out = append(out, invLine{text: s, para: para, block: block, bullet: p.bullet})
		}
		para++
	}
	return out
}

type invParagraph struct {
	text   string
	bullet bool
}

var (
	bulletMark = regexp.MustCompile(`^(?:[•●▪◦○■□‣⁃·*\x{f0b7}\x{2010}-\x{2015}-]+|o|\d{1,2}[.)])[ ]+([\p{L}\d”"“(].*)$`)
	rowStart   = regexp.MustCompile(`^(?i:kl(?:ockan)?\.? ?)?\d{1,2}[.:]\d{2}\b`)
	labelLike  = regexp.MustCompile(`^\p{Lu}[\p{L}\d /-]{1,40}:(?: |$)`)
	quoteMarks = regexp.MustCompile(`^[> ]*>[ ]?`)
	wideGap    = regexp.MustCompile(` {3,}`)
)

// invParagraphs joins lines that were broken only to fit a page. An empty paragraph stands for one
// or more empty lines.
func invParagraphs(raw []string) []invParagraph {
	lines := make([]tidied, len(raw))
	for i, l := range raw {
		lines[i].text, lines[i].marked = tidyLine(l)
	}
	measure(lines)
	var out []invParagraph
	var current []byte
	bullet, last := false, tidied{}
	end := func() {
		if len(current) > 0 {
			out = append(out, invParagraph{string(current), bullet})
		}
		current, bullet, last = nil, false, tidied{}
	}
	for _, line := range lines {
		if line.text == "" {
			end()
			if n := len(out); n > 0 && out[n-1].text != "" {
				out = append(out, invParagraph{})
			}
			continue
		}
		glue, joins := wraps(last, line)
		if line.marked || !joins {
			end()
			bullet = line.marked
			current = append(current, line.text...)
		} else {
			current = joinWrapped(current, glue, line.text)
		}
		last = line
	}
	end()
	return out
}

// tidied is one line with the width of the lines it stands among, 0 where they were not broken to
// fit a page.
type tidied struct {
	text   string
	marked bool
	width  int
}

// measure finds how wide the lines of each block are.
func measure(lines []tidied) {
	const page = 100 // nobody breaks lines to fit more than that
	for from := 0; from < len(lines); {
		to, widest := from, 0
		for to < len(lines) && lines[to].text != "" {
			widest = max(widest, utf8.RuneCountInString(lines[to].text))
			to++
		}
		for ; from < to; from++ {
			if widest <= page {
				lines[from].width = widest
			}
		}
		from = to + 1
	}
}

// full reports whether the next word would not have fitted on the line.
func (t tidied) full(next string) bool {
	n := utf8.RuneCountInString(t.text)
	word, _, _ := strings.Cut(next, " ")
	return t.width > 0 && n >= 45 && n+1+utf8.RuneCountInString(word) >= t.width-3 && !strings.ContainsAny(lastRune(t.text), ".!?")
}

// tidyLine is one line with single spaces, without marks of quoting; marked where it was a bullet.
func tidyLine(raw string) (line string, marked bool) {
	raw = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, raw)
	raw = quoteMarks.ReplaceAllString(raw, "")
	raw = strings.Trim(raw, " ")
	raw = wideGap.ReplaceAllString(raw, " | ")
	line = strings.Join(strings.Fields(raw), " ")
	line = strings.Trim(line, "| ")
	if m := bulletMark.FindStringSubmatch(line); m != nil {
		return m[1], true
	}
	if strings.Trim(line, "-–—_=*~.•") == "" { // a rule
		return "", false
	}
	return line, false
}

type wrapGlue int

const (
	glueSpace wrapGlue = iota
	glueNone           // a word was divided: its hyphen goes
	glueKeep           // the hyphen belongs to the word
)

func joinWrapped(b []byte, glue wrapGlue, line string) []byte {
	switch glue {
	case glueSpace:
		b = append(b, ' ')
	case glueNone:
		_, n := utf8.DecodeLastRune(b)
		b = b[:len(b)-n]
	case glueKeep:
	}
	return append(b, line...)
}

var (
	keptAfterHyphen = regexp.MustCompile(`^(?:och|eller|samt|respektive|and|or)\b`)
	asksForMore     = regexp.MustCompile(`(?i)(?:[,&–]|\b(?:den|kl|kl\.|klockan|och|samt|i|på|vid|till|från|senast|the|on|at|in|and|to|by|for|of|med|som|av|om|` +
		weekdayWords + `))$`)
	wantsNumber = regexp.MustCompile(`(?i)(?:` + monthWords + `|gatan|vägen|gränd|torg|torget|allén|gata|väg|tel\.?|telefon|ring|på|dnr:?)$`)
	endsInMail  = regexp.MustCompile(`@[^ ]+$`)
	startsLower = regexp.MustCompile(`^[\p{Ll}(]`)
)

// wraps reports whether next goes on where last was broken, and what stood between them.
func wraps(last, next tidied) (wrapGlue, bool) {
	a, b := last.text, next.text
	if a == "" {
		return 0, false
	}
	lower := startsLower.MatchString(b)
	if before, ok := strings.CutSuffix(a, "-"); ok && endsInLetter(before) && lower {
		return hyphenGlue(before, b), true
	}
	more := asksForMore.MatchString(a) && !shortComma(a, b)
	switch {
	case labelLike.MatchString(b), strings.HasSuffix(a, ":"), strings.HasSuffix(b, ":"), strings.Contains(a+b, "|"):
		return 0, false
	case (rowStart.MatchString(b) || dayRow.MatchString(b)) && !more, endsInMail.MatchString(a) && !lower:
		return 0, false
	case lower && last.listed() && !more:
		return 0, false
	case lower, more, wantsNumber.MatchString(a) && b[0] >= '0' && b[0] <= '9':
		return glueSpace, true
	}
	return glueSpace, last.full(b) && !(startsItem(a) && startsItem(b)) || opened(a)
}

// listed reports whether the line looks like a row of a list without bullets: short among short ones.
func (t tidied) listed() bool {
	r, _ := utf8.DecodeLastRuneInString(t.text)
	return t.width < 45 && utf8.RuneCountInString(t.text) < 35 && !unicode.IsDigit(r)
}

// opened reports whether a line leaves a bracket open.
func opened(s string) bool {
	return strings.LastIndexByte(s, '(') > strings.LastIndexByte(s, ')')
}

func hyphenGlue(before, next string) wrapGlue {
	word := before[strings.LastIndexByte(before, ' ')+1:]
	switch {
	case keptAfterHyphen.MatchString(next):
		return glueSpace
	case utf8.RuneCountInString(word) < 2 || strings.ToUpper(word) == word:
		return glueKeep
	}
	return glueNone
}

// startsItem reports whether a line begins as an item of a list of days or towns does.
func startsItem(s string) bool {
	word, _, _ := strings.Cut(s, " ")
	_, town := townNamed(strings.Trim(word, ",.:;"))
	return town || typedWeekday.MatchString(s) || s[0] >= '0' && s[0] <= '9'
}

// shortComma reports whether a short line that ends in a comma is the row of an address and not a
// broken sentence.
func shortComma(last, line string) bool {
	return strings.HasSuffix(last, ",") && utf8.RuneCountInString(last) < 30 && !startsLower.MatchString(line)
}

func endsInLetter(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r)
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?…][”"')]* +[\p{Lu}\d”"“(]`)
	abbreviated = regexp.MustCompile(`(?i)(?:^|[ (])(?:\p{L}|kl|ca|nr|tel|dnr|mob|bl\.a|t\.ex|m\.m|m\.fl|o\.s\.a|t\.o\.m|fr\.o\.m|dvs|obs|ev|st|s:t|` +
		`jan|feb|mar|apr|jun|jul|aug|sep|sept|okt|oct|nov|dec|mån|tis|ons|tors|fre|lör|sön|prof|doc|dr|mr|mrs|ms|no|ref|e\.g|i\.e|\d{1,2})\.$`)
)

// invSentences cuts a paragraph at the ends of its sentences, and what is longer than maxSentence at
// a space.
func invSentences(s string) (out []string) {
	start := 0
	cut := func(at int) {
		out = append(out, hardCut(strings.Trim(s[start:at], " "), maxSentence)...)
		start = at
	}
	for _, m := range sentenceEnd.FindAllStringIndex(s, -1) {
		stop := m[0] + 1
		if s[m[0]] == '.' && abbreviated.MatchString(s[max(start, m[0]-12):stop]) {
			continue
		}
		space := m[0] + strings.IndexByte(s[m[0]:m[1]], ' ')
		cut(space)
	}
	cut(len(s))
	return out
}

func hardCut(s string, limit int) (out []string) {
	for len(s) > limit {
		at := strings.LastIndexByte(s[:limit], ' ')
		if at < limit/2 {
			for at = limit; at > limit-utf8.UTFMax && !utf8.RuneStart(s[at]); at-- {
			}
		}
		out = append(out, s[:at])
		s = strings.TrimLeft(s[at:], " ")
	}
	if s != "" {
		out = append(out, s)
	}
	return out
}
