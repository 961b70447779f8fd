package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
)

// binding is the word by which terms in a language say that a registration is binding.
func binding(l domain.Lang) string {
	if l == domain.English {
		return "binding"
	}
	return "bindande"
}

// says reports whether the word stands in a wording in the letter's own language. Terms in another
// language tell a reader of the letter nothing.
func (w *wording) says(word string) bool {
	return w != nil && w.lang == "" && strings.Contains(strings.ToLower(w.text), word)
}

// tells reports whether the day, written like "24 november 2016", stands in a wording in the
// letter's own language: "4 november 2016" does not stand in "24 november 2016".
func (w *wording) tells(day string) bool {
	if w == nil || w.lang != "" || day == "" {
		return false
	}
	text, day := plainSpaces(w.text), plainSpaces(day)
	for {
		before, after, found := strings.Cut(text, day)
		if !found {
			return false
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		first, _ := utf8.DecodeRuneInString(after)
		if !unicode.IsDigit(last) && !unicode.IsDigit(first) {
			return true
		}
		text = after
	}
}

// plainSpaces is s in small letters with every kind and number of spaces as one.
func plainSpaces(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
