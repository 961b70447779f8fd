package domain

import (
	"strings"
	"unicode/utf8"
)

// meant is the placeholder that somebody perhaps meant who wrote what is none, as it is written in l; "" where none
// is near. Accents do not count; then the fewest letters to mend, two at most and a third of what was written; then
// a placeholder's word that stands in what was written: {dagen}, {efternamn}.
func meant(typed string, l Lang) string {
	typed = SearchKey(typed)
	n := utf8.RuneCountInString(typed)
	if n > longestWord {
		return ""
	}
	best, fewest := "", min(2, n/3)+1
	holds, longest := "", 2
	for _, p := range Placeholders() {
		for _, of := range Langs() {
			word := SearchKey(p.Word(of))
			if d := slips([]rune(typed), []rune(word), 1, 1); d < fewest {
				best, fewest = p.Word(l), d
			}
			if k := utf8.RuneCountInString(word); k > longest && strings.Contains(typed, word) {
				holds, longest = p.Word(l), k
			}
		}
	}
	if best != "" {
		return best
	}
	return holds
}
