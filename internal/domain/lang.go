package domain

// Lang is a language of the pages and letters, as a BCP 47 tag.
type Lang string

// The languages Temadag is written in. Swedish is the first: a text that is missing in English is
// shown in Swedish and marked as such.
const (
	Swedish Lang = "sv"
	English Lang = "en"
)

// Langs lists every language in the order they are offered.
func Langs() []Lang { return []Lang{Swedish, English} }

// ParseLang is the language with the tag s, or Swedish and false.
func ParseLang(s string) (Lang, bool) {
	switch l := Lang(s); l {
	case Swedish, English:
		return l, true
	}
	return Swedish, false
}

// Text is a wording in Swedish and, where someone has written it, in English. The zero Text is a
// wording not given.
type Text struct {
	Sv string `json:"sv"`
	En string `json:"en,omitempty"`
}

// In is the wording in l, or the Swedish one where l has none.
func (t Text) In(l Lang) string {
	if l == English && t.En != "" {
		return t.En
	}
	return t.Sv
}

// LangIn is the language that In(l) answers in, for marking parts in another language (WCAG 3.1.2).
func (t Text) LangIn(l Lang) Lang {
	if l == English && t.En != "" {
		return English
	}
	return Swedish
}

// IsZero reports whether no wording is given.
func (t Text) IsZero() bool { return t.Sv == "" && t.En == "" }
