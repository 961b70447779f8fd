package domain

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Placeholder stands in a text that staff write, for what differs from person to person.
type Placeholder string

// The placeholders. There are no others, and none tells of anyone but the reader: what she reads of
// herself is hers, and of the event what everyone may read.
const (
	PlaceGivenName    Placeholder = "given_name"
	PlaceName         Placeholder = "name"
	PlaceOrganisation Placeholder = "organisation"
	PlaceReference    Placeholder = "reference"
	PlaceLink         Placeholder = "link" // to her own page
	PlaceEvent        Placeholder = "event"
	PlaceTown         Placeholder = "town"
	PlaceDay          Placeholder = "day"
	PlaceHours        Placeholder = "hours"
	PlaceVenue        Placeholder = "venue"
	PlaceCancelUntil  Placeholder = "cancel_until"
	PlaceContact      Placeholder = "contact"
)

// Placeholders lists every placeholder in the order in which a form offers them.
func Placeholders() []Placeholder {
	return []Placeholder{
		PlaceGivenName, PlaceName, PlaceOrganisation, PlaceReference, PlaceLink,
		PlaceEvent, PlaceTown, PlaceDay, PlaceHours, PlaceVenue, PlaceCancelUntil, PlaceContact,
	}
}

// Word is how a placeholder is written between braces in a text in l.
func (p Placeholder) Word(l Lang) string {
	words := map[Placeholder][2]string{
		PlaceGivenName:    {"förnamn", "given name"},
		PlaceName:         {"namn", "name"},
		PlaceOrganisation: {"organisation", "organisation"},
		PlaceReference:    {"referens", "reference"},
		PlaceLink:         {"länk", "link"},
		PlaceEvent:        {"tillfälle", "event"},
		PlaceTown:         {"ort", "town"},
		PlaceDay:          {"dag", "day"},
		PlaceHours:        {"tid", "hours"},
		PlaceVenue:        {"plats", "venue"},
		PlaceCancelUntil:  {"sista avbokningsdag", "last day to cancel"},
		PlaceContact:      {"kontakt", "contact"},
	}
	if l == English {
		return words[p][1]
	}
	return words[p][0]
}

// Known reports whether a placeholder has a value for someone at an event of which the facts are told: a
// letter that says "Välkommen till ." is not sent.
func (p Placeholder) Known(r Registration, e Event) bool {
	switch p {
	case PlaceGivenName:
		return r.GivenName != ""
	case PlaceOrganisation:
		return r.Organisation != ""
	case PlaceTown:
		return e.Town != ""
	case PlaceDay:
		return !e.Day.IsZero()
	case PlaceHours:
		return e.Starts.Known()
	case PlaceVenue:
		return e.Online || e.Venue.ID != 0 || e.Venue.Name != ""
	case PlaceCancelUntil:
		return !e.CancelUntil.IsZero() || !r.CancelUntil.IsZero()
	case PlaceContact:
		return e.Contact.Name != "" || e.Contact.Phone != "" || e.Contact.Email != ""
	}
	return true
}

// PlaceholderFault is why a text with placeholders cannot be sent.
type PlaceholderFault struct {
	Line  int    // from 1
	Word  string // as it stands between the braces, shortened
	Fault string // the last part of a key: "unknown", "open"
	Meant string // the placeholder nearest to it, "" where none is near
}

// longestWord is more than any placeholder has: what is longer was never meant as one.
const longestWord = 40

// Wording is a text with placeholders. It is read once and filled once for each reader: what stands in
// a value is never read again as a placeholder, so that no name can call for another's data.
type Wording struct {
	parts []wordingPart
}

type wordingPart struct {
	text  string // where place is ""
	place Placeholder
	line  int
}

// ParseWording reads a text in l. A brace of one's own is written with a backslash before it. Faults are
// told in their order, all of them; a text with faults is never to be sent.
func ParseWording(s string, l Lang) (Wording, []PlaceholderFault) {
	r := wordingReader{line: 1, lang: l}
	for s != "" {
		s = r.next(s)
	}
	r.flush()
	return Wording{parts: r.parts}, r.faults
}

type wordingReader struct {
	parts  []wordingPart
	faults []PlaceholderFault
	plain  strings.Builder
	line   int
	lang   Lang
}

func (r *wordingReader) next(s string) string {
	i := strings.IndexAny(s, "{\\\n")
	if i < 0 {
		r.plain.WriteString(s)
		return ""
	}
	r.plain.WriteString(s[:i])
	switch s = s[i:]; {
	case s[0] == '\n':
		r.line++
		r.plain.WriteByte('\n')
		return s[1:]
	case s[0] == '\\':
		if len(s) > 1 && (s[1] == '{' || s[1] == '}') {
			r.plain.WriteByte(s[1])
			return s[2:]
		}
		r.plain.WriteByte('\\')
		return s[1:]
	}
	end := strings.IndexAny(s[1:], "{}\n")
	if end < 0 || s[1+end] != '}' {
		r.fault("open", s[1:], "")
		r.plain.WriteByte('{')
		return s[1:]
	}
	r.place(s[1 : 1+end])
	return s[2+end:]
}

func (r *wordingReader) place(word string) {
	folded := strings.ToLower(strings.Join(strings.Fields(word), " "))
	for _, p := range Placeholders() {
		if folded == p.Word(Swedish) || folded == p.Word(English) {
			r.flush()
			r.parts = append(r.parts, wordingPart{place: p, line: r.line})
			return
		}
	}
	r.fault("unknown", word, meant(folded, r.lang))
	r.plain.WriteString("{" + word + "}")
}

func (r *wordingReader) fault(fault, word, meant string) {
	word, _, _ = strings.Cut(word, "\n")
	for utf8.RuneCountInString(word) > longestWord {
		_, n := utf8.DecodeLastRuneInString(word)
		word = word[:len(word)-n]
	}
	r.faults = append(r.faults, PlaceholderFault{Line: r.line, Word: word, Fault: fault, Meant: meant})
}

func (r *wordingReader) flush() {
	if r.plain.Len() > 0 {
		r.parts = append(r.parts, wordingPart{text: r.plain.String()})
		r.plain.Reset()
	}
}

// Uses lists the placeholders of the text, each once, as they first come.
func (w Wording) Uses() []Placeholder {
	var out []Placeholder
	for _, p := range w.parts {
		if p.place != "" && !slices.Contains(out, p.place) {
			out = append(out, p.place)
		}
	}
	return out
}

// Fill is the text for one reader. Each value goes through escape, which makes it plain in whatever the
// text is written in; nil leaves it as it is.
func (w Wording) Fill(values map[Placeholder]string, escape func(string) string) string {
	var b strings.Builder
	for _, p := range w.parts {
		switch {
		case p.place == "":
			b.WriteString(p.text)
		case escape == nil:
			b.WriteString(values[p.place])
		default:
			b.WriteString(escape(values[p.place]))
		}
	}
	return b.String()
}

// EscapeMarkdown is s so that it reads as it is written where Markdown is read: no name can begin a
// heading, a list or a link, and none breaks a line.
func EscapeMarkdown(s string) string {
	var b strings.Builder
	breaks := func(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' } // dates and hours hold together
	for _, r := range strings.TrimSpace(strings.Join(strings.FieldsFunc(s, breaks), " ")) {
		if r < utf8.RuneSelf && strings.ContainsRune("\\`*_{}[]()<>#+-.!|~=&:@/\"'$^", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
