package domain

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// SortKey is a key whose byte order is the Swedish order of s: a … v w x … z å ä ö, w a letter of
// its own, accents apart from å ä ö ignored, ü as y, đ and ð as d, ŋ as n, þ as th, æ beside ä, ø
// beside ö (CLDR sv). Upper and lower case are equal; space, hyphen and apostrophe sort before
// letters. Ties are broken by the caller with the text itself and then the id.
func SortKey(s string) string {
	if isTidy(s) {
		return tidySortKeys().of(s)
	}
	return sortKey(s)
}

func sortKey(s string) string {
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
	if isTidy(s) {
		return tidySearchKeys().of(s)
	}
	return searchKey(s)
}

// tidyKeys are the keys of the characters that are tidy: that of a tidy line is theirs, one after the other.
type tidyKeys struct {
	one  [lastTidy + 1]byte   // where the key is a single byte
	many [lastTidy + 1]string // where it is not
}

var (
	tidySortKeys   = sync.OnceValue(func() *tidyKeys { return tidyKeysBy(sortKey) })
	tidySearchKeys = sync.OnceValue(func() *tidyKeys { return tidyKeysBy(searchKey) })
)

func tidyKeysBy(key func(string) string) *tidyKeys {
	var keys tidyKeys
	for r := range lastTidy + 1 {
		if !isTidyRune(r) {
			continue
		}
		// Between two others: a space at the end of a line has no key.
		k := strings.TrimSuffix(strings.TrimPrefix(key("0"+string(r)+"0"), "0"), "0")
		if len(k) == 1 {
			keys.one[r] = k[0]
		} else {
			keys.many[r] = k
		}
	}
	return &keys
}

func (k *tidyKeys) of(s string) string { return string(k.append(make([]byte, 0, len(s)), s)) }

func (k *tidyKeys) append(b []byte, s string) []byte {
	for _, r := range s {
		if c := k.one[r]; c != 0 {
			b = append(b, c)
		} else {
			b = append(b, k.many[r]...)
		}
	}
	return b
}

func searchKey(s string) string {
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
