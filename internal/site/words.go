package site

import (
	"strings"
	"unicode"
)

// containsWord reports whether word stands in text as a word of its own.
func containsWord(text, word string) bool {
	for rest := text; ; {
		_, after, found := strings.Cut(rest, word)
		if !found {
			return false
		}
		before := rest[:len(rest)-len(after)-len(word)]
		if !endsInLetter(before) && !startsWithLetter(after) {
			return true
		}
		rest = after
	}
}

func endsInLetter(s string) bool {
	r := []rune(s)
	return len(r) > 0 && unicode.IsLetter(r[len(r)-1])
}

func startsWithLetter(s string) bool {
	for _, r := range s {
		return unicode.IsLetter(r)
	}
	return false
}
