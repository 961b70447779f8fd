package domain

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const namePart = `\p{Lu}[\p{Ll}’']+(?:-\p{Lu}[\p{Ll}’']+)*`

var (
	personName   = regexp.MustCompile(`^(` + namePart + `(?: (?:von|af|de|van|der|` + namePart + `)){1,3})`)
	personWithin = regexp.MustCompile(`(` + namePart + `(?: (?:von|af|de|van|der))? ` + namePart + `(?: ` + namePart + `)?)`)
	noPerson     = regexp.MustCompile(`(?i)(?:länsstyrelse|region\b|polis|kommun|universitet|university|hotel|teater|folkets|nätverk|myndighet|board|county|stads|clarion|scandic|` +
		`temadag|konferens|anmälan|program|frågor|kontakt|sverige|stockholm|välkom|hus\b|gatan|vägen|moderator|centrum|council|office|ministry|service|norr\b|syd\b)`)
	speakerVerb = regexp.MustCompile(`(?i)(?:medverkar(?: gör)?(?: bland (?:andra|annat))?|medverkande är|föreläser(?: gör)?|föreläsare är|talare är|talar|bland talarna(?: finns| märks)?|speakers (?:are|include)|speaking are):? *`)
	emailText   = regexp.MustCompile(`[\p{L}\d._%+-]{1,64}@[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63}){1,4}`)
	phoneText   = regexp.MustCompile(`(?:\+46 ?(?:\(0\) ?)?|\b0)\d{1,3}[ –/-]{0,3}\d{2,3}(?:[ ]?\d{2,3}){1,3}\b`)
	phoneWords  = regexp.MustCompile(`(?i)(?:tel|telefon|ring|mobil|phone|call|vxl?|växel)\b\.?:? *$`)
	contactLead = regexp.MustCompile(`(?i)(?:kontakt|fråg|upplysning|mer information|hör av dig|mejla|ring|contact|question|further information)`)
	orgLike     = regexp.MustCompile(`^\p{Lu}(?:\p{Lu}{2,}\b|[\p{L}-]*(?:(?i:länsstyrelsen|region|polisen|myndigheten|styrelsen|verket|karolinska|stiftelsen|föreningen|jouren)\b| (?:kommun|universitet|stad|University|stift)\b))|^(?:Länsstyrelsen|Region|Polisen|Karolinska|Rädda|Stiftelsen|Föreningen)\b`)
)

// readPeople finds speakers and whom to ask.
func (r *invReader) readPeople() {
	for i, l := range r.lines {
		switch {
		case l.section == secSpeakers && l.value() != "":
			r.speakersIn(i, l.from)
		case l.section == secNone || l.section == secTitle:
			if m := speakerVerb.FindStringIndex(l.text); m != nil {
				r.speakersIn(i, m[1])
			}
		}
	}
}

// speakersIn reads the people of a line: each name with what stands between it and the next.
func (r *invReader) speakersIn(i, from int) {
	for _, p := range presented(r.lines[i].text, from) {
		r.addSpeaker(i, p.from, p.to, p.who)
	}
}

// invPresented is a person with the words that present her.
type invPresented struct {
	from, to int
	who      InvitedSpeaker
}

// presented are the people of a line from a place on.
func presented(text string, from int) (out []invPresented) {
	for _, part := range speakerParts(text, from) {
		s := text[part.from:part.to]
		if name, title, ok := readPerson(s); ok {
			out = append(out, invPresented{part.from, part.to, InvitedSpeaker{Name: name, Title: title}})
			continue
		}
		if len(out) == 0 {
			continue
		}
		now := &out[len(out)-1]
		now.to = part.to
		switch who := &now.who; {
		case orgLike.MatchString(s) && who.Title != "" && who.Organisation == "":
			who.Organisation = s
		case who.Title == "":
			who.Title = s
		default:
			who.Title += text[lastEnd(text, who.Title, part.from):part.from] + s
		}
	}
	return out
}

// lastEnd is where the title so far ends in the text, so that what divided its parts is kept.
func lastEnd(text, title string, before int) int {
	if at := strings.LastIndex(text[:before], title); at >= 0 {
		return at + len(title)
	}
	return before
}

var partEnd = regexp.MustCompile(`, | [–—-] |; ?| \| |\(|\)|, och | samt `)

// speakerParts cuts a line at its commas, dashes and brackets.
func speakerParts(text string, from int) (out []invSpan) {
	at := from
	add := func(to int) {
		s := text[at:to]
		left := len(s) - len(strings.TrimLeft(s, " ,;:–-"))
		right := len(strings.TrimRight(s, " ,;:.–-"))
		if left < right {
			out = append(out, invSpan{at + left, at + right})
		}
	}
	for _, m := range partEnd.FindAllStringIndex(text[from:], -1) {
		add(from + m[0])
		at = from + m[1]
	}
	add(len(text))
	return out
}

// readPerson reads a part that presents someone: "Åsa Regnér", "kriminalinspektör Anna Lagerdal", "och Max Waltman".
func readPerson(s string) (name, title string, ok bool) {
	for _, lead := range []string{"och ", "samt ", "and "} {
		s = strings.TrimPrefix(s, lead)
	}
	if m := personName.FindStringSubmatch(s); m != nil && !noPerson.MatchString(m[1]) {
		rest := strings.Trim(s[len(m[1]):], " ,:")
		if rest == "" || startsLower.MatchString(rest) && !strings.HasPrefix(rest, "för ") {
			return m[1], rest, true
		}
	}
	m := personWithin.FindStringIndex(s)
	if m == nil || m[1] != len(s) || m[0] == 0 {
		return "", "", false
	}
	name, title = s[m[0]:m[1]], strings.Trim(s[:m[0]], " ,:")
	if n := len(strings.Fields(title)); noPerson.MatchString(name) || n > 5 || prepositionLast.MatchString(title) {
		return "", "", false
	}
	return name, title, true
}

var prepositionLast = regexp.MustCompile(`(?i)(?:^|\s)(?:vid|på|i|för|från|till|av|om|at|of|for|in|the|and|och|med|hos)$`)

func (r *invReader) addSpeaker(i, from, to int, s InvitedSpeaker) {
	for _, g := range r.out.Speakers {
		if g.Value.Name == s.Name {
			return
		}
	}
	c := Likely
	if r.lines[i].section == secSpeakers && s.Title != "" {
		c = Sure
	}
	if s.Title == "" {
		c = Unsure
	}
	if len(r.out.Speakers) < maxSpeakers {
		r.out.Speakers = append(r.out.Speakers, guess(s, r.take(i, from, to), c, ""))
	}
}

type invContact struct {
	line int
	g    Guess[Contact]
}

// contacts are whom the text says to ask, at most one for each line that leads to one.
func (r *invReader) contacts() (out []invContact) {
	for i := 0; i < len(r.lines); i++ {
		l := r.lines[i]
		if l.section == secHeader || l.section == secProgramme {
			continue
		}
		mail, phone := emailText.FindStringIndex(l.text), r.phoneIn(i)
		leads := l.section == secContact || l.section == secSignature || contactLead.MatchString(l.text)
		if mail == nil && phone == nil || !leads && mail == nil {
			continue
		}
		c := invContact{line: i}
		v := &c.g.Value
		to := r.contactEnd(i)
		var words []string
		for k := r.contactStart(i); k <= to; k++ {
			words = append(words, r.readContact(k, v)...)
		}
		c.g.Source, c.g.Confidence = strings.Join(words, ", "), Likely
		if l.section == secContact {
			c.g.Confidence = Sure
		}
		if (v.Email != "" || v.Phone != "") && len(out) < maxOccasions {
			out = append(out, c)
		}
		i = to
	}
	return out
}

// contactStart goes up to the name that stands above a number.
func (r *invReader) contactStart(i int) int {
	for k := i; k > 0 && k > i-3; k-- {
		above := r.lines[k-1]
		if above.block != r.lines[i].block || above.own && above.from == len(above.text) || above.prose() && !contactLead.MatchString(above.text) {
			return k
		}
		if emailText.MatchString(above.text) || r.phoneIn(k-1) != nil || len(r.datesOn(k-1)) > 0 {
			return k
		}
		if m := personWithin.FindString(above.value()); m != "" && !noPerson.MatchString(m) {
			return k - 1
		}
	}
	return i
}

// contactEnd goes down to the last line that adds to the same person.
func (r *invReader) contactEnd(i int) int {
	hasMail, hasPhone := emailText.MatchString(r.lines[i].text), r.phoneIn(i) != nil
	for i+1 < len(r.lines) && r.lines[i+1].block == r.lines[i].block && !(hasMail && hasPhone) {
		mail, phone := emailText.MatchString(r.lines[i+1].text), r.phoneIn(i+1) != nil
		if mail && hasMail || phone && hasPhone || !mail && !phone {
			return i
		}
		hasMail, hasPhone = hasMail || mail, hasPhone || phone
		i++
	}
	return i
}

func (r *invReader) readContact(i int, v *Contact) (sources []string) {
	l := r.lines[i]
	if m := emailText.FindStringIndex(l.text); m != nil && v.Email == "" {
		if mail, ok := ParseEmail(strings.TrimRight(l.text[m[0]:m[1]], ".-")); ok {
			v.Email = mail
			sources = append(sources, r.take(i, m[0], m[1]))
		}
	}
	if m := r.phoneIn(i); m != nil && v.Phone == "" {
		v.Phone = l.text[m[0]:m[1]]
		sources = append(sources, r.take(i, m[0], m[1]))
	}
	if v.Name == "" {
		for _, m := range personWithin.FindAllStringIndex(l.text[l.from:], 4) {
			name := l.text[l.from+m[0] : l.from+m[1]]
			if word, rest, _ := strings.Cut(name, " "); nameLead.MatchString(word) && strings.Contains(rest, " ") {
				name, m[0] = rest, m[0]+len(word)+1
			}
			if !noPerson.MatchString(name) && !isTownName(name) && !nameLead.MatchString(name) {
				v.Name = name
				return append([]string{r.take(i, l.from+m[0], l.from+m[1])}, sources...)
			}
		}
	}
	return sources
}

var nameLead = regexp.MustCompile(`^(?:Kontakta|Kontakt|Ring|Mejla|Frågor|Har|Hör|Contact|Call|Ask|Fråga|Questions|Med|Vid|För|Om|Please)\b`)

func isTownName(s string) bool {
	_, ok := townNamed(s)
	return ok
}

// phoneIn is where a line holds a telephone number: one after "tel", or beside someone to ask.
func (r *invReader) phoneIn(i int) []int {
	l := r.lines[i]
	for _, m := range phoneText.FindAllStringIndex(l.text, 4) {
		digits := strings.Map(onlyDigits, l.text[m[0]:m[1]])
		led := phoneWords.MatchString(tail(l.text[:m[0]], 14)) || l.section == secContact || contactLead.MatchString(l.text) || emailText.MatchString(l.text) || l.quoted
		if n := len(digits); n < 8 || n > 13 || !led || len(r.datesOn(i)) > 0 && r.inDate(i, m[0]) {
			continue
		}
		if m[0] > 0 {
			if before, _ := utf8.DecodeLastRuneInString(l.text[:m[0]]); before == '-' || unicode.IsDigit(before) {
				continue
			}
		}
		return m
	}
	return nil
}

// shareContacts gives each occasion whom to ask: by its town, by its place in the text, or the one
// for all. One with a name comes before a bare number or address, which may be somebody else's.
func (r *invReader) shareContacts(out []InvitedOccasion, spans []invRange) {
	all := r.contacts()
	for _, named := range []bool{true, false} {
		for _, c := range all {
			if (c.g.Value.Name != "") == named {
				r.shareContact(out, spans, c)
			}
		}
	}
}

func (r *invReader) shareContact(out []InvitedOccasion, spans []invRange, c invContact) {
	n := spanOf(spans, c.line, 0)
	if k, ok := linesTown(r.lines[c.line].text, out); ok {
		n = k
	}
	if n >= 0 && len(out) > 1 {
		if had := out[n].Contact; c.g.Value.Name != "" || had.Value.Name == "" {
			out[n].Contact = c.g
		}
		return
	}
	for k := range out {
		fill(&out[k].Contact, c.g)
	}
}
