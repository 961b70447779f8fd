package domain

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	longSentence = 25 // words; longer ones are hard to follow
	capitalWord  = 6  // letters; shorter ones are as a rule abbreviations
	perText      = 5  // findings of one kind in one text
)

// programme looks at the programme and the documents: what is told only in a PDF is hard to read on
// a telephone and with a screen reader.
func (c *checking) programme() {
	e := c.event
	pdf := false
	for _, d := range e.Documents {
		if d.Title.Sv == "" {
			c.block("documents", "documents.title_missing")
		}
		pdf = pdf || d.MIME == "application/pdf" || strings.HasSuffix(strings.ToLower(d.Filename), ".pdf")
	}
	switch {
	case len(e.Programme) == 0 && pdf:
		c.advise("programme", "documents.only_pdf", nil)
	case len(e.Programme) == 0:
		c.advise("programme", "programme.missing", nil)
	}
	for _, s := range e.Programme {
		if c.outside(s) {
			c.advise("programme", "programme.outside", map[string]any{"title": s.Title})
		}
	}
}

// outside reports whether a session is not within the days and hours of the event.
func (c *checking) outside(s Session) bool {
	e := c.event
	if e.Day.IsZero() || s.Day.IsZero() {
		return false
	}
	if s.Day.Before(e.Day) || e.FinalDay().Before(s.Day) {
		return true
	}
	early := e.Starts
	if e.Arrival.Known() {
		early = min(e.Arrival, e.Starts)
	}
	before := s.Day == e.Day && s.Starts.Known() && e.Starts.Known() && s.Starts < early
	end := max(s.Starts, s.Ends)
	after := s.Day == e.FinalDay() && end.Known() && e.Ends.Known() && end > e.Ends
	return before || after
}

// writtenText is a wording with the field it is mended in.
type writtenText struct {
	field    string
	text     Text
	markdown bool
	needed   bool // an English wording is expected
}

func (c *checking) written() []writtenText {
	e := c.event
	out := []writtenText{
		{"title", e.Title, false, true},
		{"lead", e.Lead, false, true},
		{"body", e.Body, true, true},
		{"cost", e.Cost, false, true},
		{"terms", e.Terms.Text, false, e.Binding},
		{"photo_note", e.PhotoNote, false, false},
		{"cancel_note", e.CancelNote, false, false},
		{"venue.travel", e.Venue.Travel, false, false},
		{"venue.access", e.Venue.Access.Note, false, false},
		{"venue.access", e.Venue.Access.Parking, false, false},
		{"venue.access", e.Venue.Access.DropOff, false, false},
	}
	for _, t := range e.TargetGroup {
		out = append(out, writtenText{"target_group", t, false, true})
	}
	for _, s := range e.Programme {
		out = append(out, writtenText{"programme", s.Title, false, true}, writtenText{"programme", s.Abstract, true, false})
	}
	for _, q := range e.Questions {
		out = append(out, writtenText{q.Field(), q.Label, false, true}, writtenText{q.Field(), q.Hint, false, false})
	}
	return out
}

// style advises on the words themselves, in both languages.
func (c *checking) style() { c.words(c.written()) }

func (c *checking) words(texts []writtenText) {
	var untranslated []string
	for _, w := range texts {
		if w.needed && w.text.Sv != "" && w.text.En == "" && !slices.Contains(untranslated, w.field) {
			untranslated = append(untranslated, w.field)
		}
		c.wording(w, w.text.Sv, Swedish)
		c.wording(w, w.text.En, English)
	}
	if len(untranslated) > 0 {
		c.advise(untranslated[0], "english.missing", map[string]any{"fields": untranslated})
	}
}

var (
	pictureMark  = regexp.MustCompile(`!\[([^\]\n]{0,300})\]\(`)
	linkMark     = regexp.MustCompile(`!?\[([^\]\n]{0,300})\]\([^)\n]{0,600}\)`)
	linkTarget   = regexp.MustCompile(`\[[^\]\n]{1,300}\]\(<?([^)>\s]{0,600})`)
	linkScheme   = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):`)
	clickHere    = regexp.MustCompile(`(?i)\bklicka (?:på länken )?här\b|\bclick here\b`)
	hereLink     = regexp.MustCompile(`(?i)\[(?:här|here|läs mer|read more|länk|link)\.?\]\(`)
	tooPolite    = regexp.MustCompile(`(?i)(?:^|[^\p{L}])vänligen(?:$|[^\p{L}])`)
	capitalsText = regexp.MustCompile(`\p{Lu}[\p{Lu}\p{M}]+(?:-\p{Lu}+)*`)
	paragraphEnd = regexp.MustCompile(`\n[ \t]*\n`)
	markdownMark = regexp.MustCompile(`(?m)^[ \t]{0,3}(?:#{1,6}|[-*+]|\d{1,3}[.)]|>)[ \t]+`)
)

func (c *checking) wording(w writtenText, s string, l Lang) {
	if s == "" {
		return
	}
	args := func(words string) map[string]any { return map[string]any{"words": words, "lang": l} }
	if w.markdown {
		for _, m := range linkTarget.FindAllStringSubmatch(s, -1) {
			if to := strings.TrimSpace(m[1]); to == "" || nowhere(to) {
				c.advise(w.field, "text.link_nowhere", args(m[0]))
			}
		}
		for _, m := range pictureMark.FindAllStringSubmatch(s, perText) {
			if strings.TrimSpace(m[1]) == "" {
				c.block(w.field, "picture.alt_missing")
			}
		}
	}
	if m := clickHere.FindString(s); m != "" {
		c.advise(w.field, "text.click_here", args(m))
	} else if m := hereLink.FindString(s); m != "" && w.markdown {
		c.advise(w.field, "text.click_here", args(strings.Trim(m, "[](")))
	}
	if l == Swedish && tooPolite.MatchString(s) {
		c.advise(w.field, "text.vanligen", args("vänligen"))
	}
	if w.markdown {
		s = linkMark.ReplaceAllString(s, "$1")
	}
	c.capitals(w.field, s, args)
	c.writtenDays(w.field, s, l)
	c.sentences(w.field, s, l)
}

// nowhere reports whether a page leaves an address out, so that the link would become plain text.
func nowhere(address string) bool {
	m := linkScheme.FindStringSubmatch(address)
	return m != nil && !slices.Contains([]string{"https", "http", "mailto", "tel"}, strings.ToLower(m[1]))
}

func (c *checking) capitals(field, s string, args func(string) map[string]any) {
	said := 0
	for _, m := range capitalsText.FindAllStringIndex(s, -1) {
		word := s[m[0]:m[1]]
		if utf8.RuneCountInString(word) < capitalWord || knownInCapitals(word) || touchesLetter(s, m[0], m[1]) {
			continue
		}
		c.advise(field, "text.capitals", args(word))
		if said++; said == perText {
			return
		}
	}
}

// touchesLetter reports whether the capitals are part of a longer word ("TEMADAGen").
func touchesLetter(s string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	after, _ := utf8.DecodeRuneInString(s[to:])
	return unicode.IsLower(before) || unicode.IsLower(after)
}

// knownInCapitals reports whether a name is always written so.
func knownInCapitals(word string) bool {
	switch word {
	case "UNICEF", "UNESCO", "UNAIDS", "UNODC", "INTERPOL", "EUROPOL", "FRONTEX", "GRETA", "ECPAT", "HBTQI", "HBTQIA":
		return true
	}
	return false
}

// writtenDays advises on days in a text that contradict themselves or leave out the year.
func (c *checking) writtenDays(field, s string, l Lang) {
	said := map[string]bool{}
	for _, w := range scanDates(s) {
		words := strings.Trim(s[w.from:w.to], " \u00a0.")
		args := map[string]any{"words": words, "lang": l}
		key := ""
		disagrees := func(on, w writtenDate) {
			key = "text.weekday"
			args["day"], args["wrote"] = on.date(), time.Weekday(w.weekday)
		}
		switch {
		case !w.exists() || w.until != nil && !w.until.exists():
			key = "text.no_such_day"
		case !w.agrees():
			disagrees(w, w)
		case w.until != nil && !w.until.agrees():
			disagrees(*w.until, *w.until)
		case w.year == 0 && c.contradicts(w):
			disagrees(w.in(c.event.Day.Year), w)
		case w.year == 0:
			key = "text.year_missing"
		}
		if key != "" && !said[key+words] && len(said) < perText {
			said[key+words] = true
			c.advise(field, key, args)
		}
	}
}

// contradicts reports whether a day without a year is the event's own, on another weekday.
func (c *checking) contradicts(w writtenDate) bool {
	day := c.event.Day
	return !day.IsZero() && w.weekday >= 0 && w.day == day.Day && w.month == day.Month && day.Weekday() != time.Weekday(w.weekday)
}

// sentences advises on those that are hard to follow.
func (c *checking) sentences(field, s string, l Lang) {
	said := 0
	for _, paragraph := range paragraphEnd.Split(markdownMark.ReplaceAllString(s, "\n\n"), -1) {
		for _, sentence := range invSentences(strings.Join(strings.Fields(paragraph), " ")) {
			n := len(wordToken.FindAllString(sentence, -1))
			if n <= longSentence {
				continue
			}
			c.advise(field, "text.long_sentence", map[string]any{"words": opening(sentence), "count": n, "lang": l})
			if said++; said == perText {
				return
			}
		}
	}
}

// opening is the beginning of a sentence, enough to find it by.
func opening(s string) string {
	words := strings.Fields(s)
	if len(words) <= 6 {
		return s
	}
	return strings.Join(words[:6], " ") + " …"
}
