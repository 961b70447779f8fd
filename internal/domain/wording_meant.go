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
			if d := slips(typed, word); d < fewest {
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

// slips is how many letters must be changed, added, left out or turned round with their neighbour to make b of a.
func slips(a, b string) int {
	from, to := []rune(a), []rune(b)
	before, last, row := make([]int, len(to)+1), make([]int, len(to)+1), make([]int, len(to)+1)
	for j := range last {
		last[j] = j
	}
	for i := range from {
		row[0] = i + 1
		for j := range to {
			cost := 1
			if from[i] == to[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(to)]
}
