package domain

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// SortKey is a key whose byte order is the Swedish order of s: a … v w x … z å ä ö, w a letter of
// its own, accents apart from å ä ö ignored, ü as y, đ and ð as d, ŋ as n, þ as th, æ beside ä, ø
// beside ö (CLDR sv). Upper and lower case are equal; space, hyphen and apostrophe sort before
// letters. Ties are broken by the caller with the text itself and then the id.
func SortKey(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFC.String(strings.TrimSpace(s)) {
		sortRune(&b, unicode.ToLower(r))
	}
	return b.String()
}

func sortRune(b *strings.Builder, r rune) {
	switch r {
	case 'å':
		b.WriteByte('{')
	case 'ä', 'æ', 'ę', 'ǽ':
		b.WriteByte('|')
	case 'ö', 'ø', 'œ', 'ő', 'ô', 'ǿ':
		b.WriteByte('}')
	case 'ü', 'ű':
		b.WriteByte('y')
	case 'đ', 'ð':
		b.WriteByte('d')
	case 'ŋ':
		b.WriteByte('n')
	case 'ł':
		b.WriteByte('l')
	case 'ŧ':
		b.WriteByte('t')
	case 'ħ':
		b.WriteByte('h')
	case 'ı':
		b.WriteByte('i')
	case 'ß', 'ẞ':
		b.WriteString("ss")
	case 'þ':
		b.WriteString("th")
	case ' ', '-', '\'', '’', '‐', '–', '.', '\u00a0':
		b.WriteByte('!')
	default:
		if r < 0x80 {
			b.WriteRune(r)
			return
		}
		for _, d := range norm.NFD.String(string(r)) {
			if !unicode.Is(unicode.Mn, d) {
				b.WriteRune(d)
			}
		}
	}
}

// SearchKey is a key for finding s without its accents: å and ä as a, ö as o, lower case, single
// spaces.
func SearchKey(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(norm.NFC.String(s))) {
		switch r {
		case 'đ', 'ð':
			b.WriteByte('d')
		case 'ŋ':
			b.WriteByte('n')
		case 'ø':
			b.WriteByte('o')
		case 'æ':
			b.WriteByte('a')
		case 'ł':
			b.WriteByte('l')
		case 'ŧ':
			b.WriteByte('t')
		case 'ß':
			b.WriteString("ss")
		case 'þ':
			b.WriteString("th")
		default:
			if !unicode.Is(unicode.Mn, r) {
				b.WriteRune(r)
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
