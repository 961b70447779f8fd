package mail

import (
	"strings"
	"unicode/utf8"
)

// maxWord is the longest encoded word. RFC 2047 allows 75 characters; with fewer, the first one
// stands on the line of the field's name. Some readers take an empty first line for a space.
const maxWord = 62

// encodeWords is s as encoded words (RFC 2047), or as it is where it is plain and cannot be taken
// for one.
func encodeWords(s string) string {
	if isASCII([]byte(s)) && !strings.Contains(s, "=?") {
		return s
	}
	const before, after = "=?UTF-8?q?", "?="
	var words []string
	var word strings.Builder
	for _, r := range s {
		q := quoted(r)
		if len(before)+word.Len()+len(q)+len(after) > maxWord {
			words = append(words, before+word.String()+after)
			word.Reset()
		}
		word.WriteString(q)
	}
	return strings.Join(append(words, before+word.String()+after), " ")
}

// quoted is r as it stands in an encoded word.
func quoted(r rune) string {
	switch {
	case r == ' ':
		return "_"
	case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z':
		return string(r)
	}
	const hex = "0123456789ABCDEF"
	var buf [utf8.UTFMax]byte
	var b strings.Builder
	for _, c := range buf[:utf8.EncodeRune(buf[:], r)] {
		b.WriteByte('=')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
