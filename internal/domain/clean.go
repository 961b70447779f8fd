package domain

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	zeroWidthJoiner = '\u200d'
	softHyphen      = '\u00ad'
	variation16     = '\ufe0f'
)

// CleanLine is s as one line of text: NFC, without control, direction and invisible format
// characters, white space of every kind as single spaces, none at the ends. It is false where s is
// not UTF-8.
func CleanLine(s string) (string, bool) {
	if isTidy(s) {
		return s, true
	}
	if !utf8.ValidString(s) {
		return "", false
	}
	return strings.Join(strings.Fields(keepVisible(s, false)), " "), true
}

// CleanText is s as text of several lines: like CleanLine, but line breaks are kept as \n, at most
// one empty line in a row. It is false where s is not UTF-8.
func CleanText(s string) (string, bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	lines := strings.Split(keepVisible(s, true), "\n")
	out, empty := lines[:0], 0
	for _, l := range lines {
		l = strings.TrimRightFunc(l, unicode.IsSpace)
		if l == "" {
			if empty++; empty > 1 {
				continue
			}
		} else {
			empty = 0
		}
		out = append(out, l)
	}
	return strings.Trim(strings.Join(out, "\n"), "\n "), true
}

// keepVisible drops what cannot be seen but can deceive. A joiner stays only between two symbols,
// where it makes one emoji of them.
func keepVisible(s string, lines bool) string {
	s = norm.NFC.String(s)
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	var before rune
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case r == '\n' && lines, !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r) && r != utf8.RuneError:
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r == zeroWidthJoiner && i+1 < len(runes) && joinable(before) && joinable(runes[i+1]):
			b.WriteRune(r)
		}
		before = r
	}
	return b.String()
}

func joinable(r rune) bool {
	return unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || r == variation16 || r == '♀' || r == '♂'
}

// isTidy reports whether s is what nearly everybody types: one line of letters that are written in Swedish and
// its neighbours' languages, each a single character, with single spaces. Such a line is clean, in NFC, and what
// it is folded to depends on each character alone; this is asked of each field while others wait.
func isTidy(s string) bool {
	before := ' '
	for _, r := range s {
		if r == ' ' && before == ' ' || !isTidyRune(r) {
			return false
		}
		before = r
	}
	return before != ' ' || s == ""
}

// lastTidy ends the block of Latin Extended-A, with the letters of Northern Sámi, Polish and Turkish.
const lastTidy = '\u017f'

func isTidyRune(r rune) bool {
	return r >= ' ' && r <= '~' || r > '\u00a0' && r <= lastTidy && r != softHyphen
}

func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// isName reports whether s is made of what names are made of: letters of any script with their
// marks, space, hyphen, apostrophe and full stop. A part that looks like a web address is no name.
func isName(s string) bool {
	letters := false
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters = true
		case unicode.Is(unicode.M, r), strings.ContainsRune(" -'’.·‐‑", r):
		default:
			return false
		}
	}
	return letters && !(strings.Contains(s, ".") && hostLike.MatchString(s))
}

var (
	hostLike   = regexp.MustCompile(`\.\p{Ll}{2,}`)
	webAddress = regexp.MustCompile(`(?i)(https?:|www\.|://)`)
	tenDigits  = regexp.MustCompile(`(?:^|[^0-9])((?:[0-9]{2})?[0-9]{6})[-+ ]?([0-9]{4})(?:[^0-9]|$)`)
)

// HasPersonalNumber reports whether s holds what looks like a Swedish personal identity number or
// coordination number: six or eight figures of a date and four more, set off by a sign or with the
// right check figure.
func HasPersonalNumber(s string) bool {
	if !hasDigits(s, 10) {
		return false
	}
	for len(s) > 0 {
		m := tenDigits.FindStringSubmatchIndex(s)
		if m == nil {
			return false
		}
		day, last := s[m[2]:m[3]], s[m[4]:m[5]]
		signed := m[4] > m[3] && s[m[3]] != ' '
		if isDay(day[len(day)-6:]) && (signed || luhn(day[len(day)-6:]+last)) {
			return true
		}
		s = s[m[3]:]
	}
	return false
}

// hasDigits reports whether s holds n figures or more.
func hasDigits(s string, n int) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			if n--; n == 0 {
				return true
			}
		}
	}
	return false
}

// hasWebAddress reports whether s holds what looks like the address of a page.
func hasWebAddress(s string) bool {
	return strings.ContainsAny(s, ":.") && webAddress.MatchString(s)
}

// isDay reports whether six figures are a day of a year, or that of a coordination number.
func isDay(six string) bool {
	month := int(six[2]-'0')*10 + int(six[3]-'0')
	day := int(six[4]-'0')*10 + int(six[5]-'0')
	if day > 60 {
		day -= 60
	}
	return month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// luhn checks figures whose last is the check figure, weights 2, 1, 2, 1 … from the left over an
// even number of figures.
func luhn(digits string) bool {
	sum := 0
	for i := 0; i < len(digits); i++ {
		d := int(digits[i] - '0')
		if i%2 == len(digits)%2 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
