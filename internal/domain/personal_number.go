package domain

import (
	"regexp"
	"slices"
	"strings"
)

// tenDigits is what a personal number is written like.
var tenDigits = regexp.MustCompile(`(?:^|[^0-9])((?:[0-9]{2})?[0-9]{6})[-+ ]?([0-9]{4})(?:[^0-9]|$)`)

// HasPersonalNumber reports whether s holds what looks like a Swedish personal identity number or
// coordination number: six or eight figures of a date and four more, set off by a sign or with the
// right check figure.
func HasPersonalNumber(s string) bool {
	_, found := nextPersonalNumber(s, 0)
	return found
}

// maxNumbersTold is how many personal numbers one fault names; the rest is told when these are gone.
const maxNumbersTold = 3

// maskedPersonalNumbers is the personal numbers that s holds, each once and the first few, with their
// last four figures struck out: "850709-XXXX". Whoever wrote one finds it by its day, and whoever sees
// the fault over her shoulder has learned no number.
func maskedPersonalNumbers(s string) []string {
	var out []string
	for at := 0; len(out) < maxNumbersTold; {
		n, found := nextPersonalNumber(s, at)
		if !found {
			break
		}
		if masked := s[n.from:n.last] + struckOut; !slices.Contains(out, masked) {
			out = append(out, masked)
		}
		at = n.to
	}
	return out
}

// struckOut stands where the last four figures stood, as in the form that everyone knows, ÅÅMMDD-XXXX.
const struckOut = "XXXX"

// MaskPersonalNumbers is s with the last four figures of every personal number struck out.
func MaskPersonalNumbers(s string) string {
	var b strings.Builder
	at := 0
	for {
		n, found := nextPersonalNumber(s, at)
		if !found {
			return b.String() + s[at:]
		}
		b.WriteString(s[at:n.last] + struckOut)
		at = n.to
	}
}

// numberSpan is where a personal number stands: from its day, last where its last four figures begin.
type numberSpan struct{ from, last, to int }

// nextPersonalNumber is the first personal number of s that begins at the place or after it.
func nextPersonalNumber(s string, at int) (numberSpan, bool) {
	if !hasDigits(s[at:], 10) {
		return numberSpan{}, false
	}
	for at < len(s) {
		m := tenDigits.FindStringSubmatchIndex(s[at:])
		if m == nil {
			break
		}
		n, ended := numberSpan{at + m[2], at + m[4], at + m[5]}, at+m[3]
		day := s[n.from:ended]
		six := day[len(day)-6:]
		signed := n.last > ended && s[ended] != ' '
		if isDay(six) && (signed || luhn(six+s[n.last:n.to])) {
			return n, true
		}
		at = ended
	}
	return numberSpan{}, false
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
