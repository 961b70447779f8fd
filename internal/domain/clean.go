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
)

// hasWebAddress reports whether s holds what looks like the address of a page.
func hasWebAddress(s string) bool {
	return strings.ContainsAny(s, ":.") && webAddress.MatchString(s)
}
