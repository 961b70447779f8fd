package mail

import (
	"fmt"
	"strings"
	"unicode"
)

// longestPiece is how much of an encoded value stands on one line.
const longestPiece = 54

// withName is a field's value with a file's name as a parameter: in quotes where it is short and plain, else encoded
// and in numbered pieces (RFC 2231), which every mail program of today reads and which keeps lines short. The field's
// own name takes up the first bytes of the line.
func withName(field, value, parameter, filename string) string {
	if quoted := value + "; " + parameter + `="` + filename + `"`; isASCII([]byte(filename)) && len(field)+2+len(quoted) <= longestField {
		return quoted
	}
	pieces := encodedPieces("UTF-8''", filename)
	var b strings.Builder
	b.WriteString(value)
	for i, piece := range pieces {
		number := ""
		if len(pieces) > 1 {
			number = fmt.Sprintf("*%d", i)
		}
		fmt.Fprintf(&b, ";\r\n %s%s*=%s", parameter, number, piece)
	}
	return b.String()
}

// encodedPieces is s, with its signs that mean something in a header encoded, cut where a line is full.
func encodedPieces(prefix, s string) []string {
	pieces := []string{prefix}
	for i := range len(s) {
		sign := s[i : i+1]
		if s[i] >= 0x80 || !(s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z' || s[i] >= '0' && s[i] <= '9' || strings.IndexByte("-._", s[i]) >= 0) {
			sign = fmt.Sprintf("%%%02X", s[i])
		}
		if len(pieces[len(pieces)-1])+len(sign) > longestPiece {
			pieces = append(pieces, "")
		}
		pieces[len(pieces)-1] += sign
	}
	return pieces
}

// plainFilename is a file name that can stand in quotes and on any disk, and cannot be read as ending otherwise
// than it does.
func plainFilename(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == unicode.ReplacementChar || strings.ContainsRune("\"/:<>?\\|\x7f\u2028\u2029", r) || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) {
			return '_'
		}
		return r
	}, name)
}
