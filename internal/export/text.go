package export

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"
)

// cellText is s as a cell may hold it: NFC, line breaks as \n, without characters that XML forbids,
// cut to what a cell takes with mark at the end where something was lost. What begins with = + - @
// is left alone: it is written as a string and shown as one.
func cellText(s, mark string) string {
	if isPlain(s) && len(s) <= excelize.TotalCellChars {
		return s
	}
	s = legalXML(s)
	if len(s) <= excelize.TotalCellChars || utf16Len(s) <= excelize.TotalCellChars {
		return s
	}
	return cutUTF16(s, excelize.TotalCellChars-utf16Len(mark)) + mark
}

// legalXML is s in NFC without what XML 1.0 forbids: controls other than tab and line feed, the
// two non-characters, bytes that are not UTF-8. Carriage returns become line feeds.
func legalXML(s string) string {
	if isPlain(s) {
		return s
	}
	if strings.ContainsFunc(s, isIllegal) || !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
		s = strings.Map(func(r rune) rune {
			if isIllegal(r) {
				return -1
			}
			return r
		}, s)
	}
	return norm.NFC.String(s)
}

func isIllegal(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' || r == 0x7f || r == 0xfffe || r == 0xffff
}

// oneLine is s as one line: legal, white space of every kind as single spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(legalXML(s)), " ") }

// isPlain tells whether s is all printable ASCII and letters such as å and é: most of what people
// write, which is legal and in NFC as it stands.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 0x20 && c <= 0x7e:
		case c == 0xc3 && i+1 < len(s) && s[i+1]&0xc0 == 0x80: // U+00C0 to U+00FF
			i++
		default:
			return false
		}
	}
	return true
}

// utf16Len is the length of s as spreadsheets count it.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// cutUTF16 is the beginning of s that is at most max long as spreadsheets count it, never ending
// in half a character.
func cutUTF16(s string, max int) string {
	n := 0
	for i, r := range s {
		if n += utf16.RuneLen(r); n > max {
			return strings.TrimRightFunc(s[:i], isMarkOrJoiner)
		}
	}
	return s
}

func isMarkOrJoiner(r rune) bool { return unicode.Is(unicode.M, r) || r == '\u200d' }

// sheetNames hands out names of sheets: at most 31 characters, none of []:*?/\ and no apostrophes,
// each once whatever its case.
type sheetNames struct{ taken map[string]bool }

func (n *sheetNames) take(wish string) string {
	name := oneLine(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return ' '
		}
		return r
	}, wish))
	if name == "" {
		name = "–"
	}
	for i := 1; ; i++ {
		suffix := ""
		if i > 1 {
			suffix = " (" + itoa(i) + ")"
		}
		try := strings.TrimSpace(cutUTF16(name, excelize.MaxSheetNameLength-utf16Len(suffix))) + suffix
		if key := strings.ToLower(try); !n.taken[key] {
			if n.taken == nil {
				n.taken = make(map[string]bool)
			}
			n.taken[key] = true
			return try
		}
	}
}

// widthOf is about how many figures wide the longest line of s is in the workbook's type.
func widthOf(s string) float64 {
	widest, line := 0.0, 0.0
	for _, r := range s {
		switch r {
		case '\n':
			widest, line = max(widest, line), 0
		case 'm', 'w', 'M', 'W', '@', '%', 'Æ', 'Œ', 'æ', 'œ', '—':
			line += 1.6
		case 'i', 'l', 'j', 't', 'f', 'r', '.', ',', ':', ';', '\'', '|', '!', '(', ')', '[', ']', '-', ' ', '’':
			line += 0.6
		default:
			line += widthOfOther(r)
		}
	}
	return max(widest, line)
}

func widthOfOther(r rune) float64 {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return 1
	case unicode.Is(unicode.M, r):
		return 0
	case r >= 0x1100:
		return 1.6
	case unicode.IsUpper(r):
		return 1.25
	}
	return 1
}

// firstRunes is the beginning of s, at most n characters.
func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}
