package domain

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// The limits of RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.3 (a path of 256 octets less its brackets).
const (
	maxLocalPart = 64
	maxEmail     = 254
)

// ParseEmail reads one address: a dot-atom (RFC 5322 section 3.2.3) of ASCII, or of letters of any
// script where the mail servers speak SMTPUTF8 (RFC 6531), at a domain of at least two labels. It
// refuses quoted local parts, address literals, comments and display names: each is a way to smuggle
// something past a mail server, and no one's work address needs them. The answer is NFC with the
// domain in lower case.
func ParseEmail(s string) (string, bool) {
	s, ok := CleanLine(s)
	if !ok || len(s) > maxEmail {
		return "", false
	}
	local, host, ok := strings.Cut(s, "@")
	if !ok || !isDotAtom(local) || len(local) > maxLocalPart {
		return "", false
	}
	host = strings.ToLower(host)
	if !isHost(host) {
		return "", false
	}
	return local + "@" + host, true
}

// EmailFault is the key of the sentence that says what is wrong with an address that ParseEmail refuses: the slip of
// the finger where one is seen, and else how an address looks.
func EmailFault(s string) string {
	s = strings.TrimSpace(s)
	_, host, _ := strings.Cut(s, "@")
	switch {
	case strings.Contains(s, ","):
		return "field.email.comma"
	case strings.ContainsFunc(s, unicode.IsSpace):
		return "field.email.space"
	case s != "" && !strings.Contains(s, "@"):
		return "field.email.at_missing"
	case strings.Contains(host, "@"):
		return "field.email.at_twice"
	case host != "" && !strings.Contains(host, "."):
		return "field.email.dot_missing"
	}
	return "field.email.wrong"
}

func isDotAtom(s string) bool {
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf && (isAlphanumeric(r) || strings.ContainsRune(".!#$%&'*+-/=?^_`{|}~", r)):
		case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)):
		default:
			return false
		}
	}
	return true
}

func isAlphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

func isHost(host string) bool {
	ascii, err := EmailDomainASCII(host)
	if err != nil || len(ascii) > 253 {
		return false
	}
	labels := strings.Split(ascii, ".")
	if len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, r := range l {
			if !isAlphanumeric(r) && r != '-' {
				return false
			}
		}
	}
	top := labels[len(labels)-1]
	return len(top) >= 2 && strings.IndexFunc(top, unicode.IsLetter) >= 0
}

// EmailDomainASCII is the host in the form that travels in mail: A-labels by UTS 46, not
// transitional, so that ß and ss stay different hosts.
func EmailDomainASCII(host string) (string, error) {
	if isPlain(host) && !strings.Contains(host, "xn--") {
		return strings.ToLower(host), nil
	}
	profile := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true), idna.BidiRule())
	return profile.ToASCII(host)
}

// EmailKey is what makes two addresses the same person's: NFC, lower case, the host as A-labels.
// The empty address has the empty key.
func EmailKey(email string) string {
	local, host, ok := strings.Cut(norm.NFC.String(email), "@")
	if !ok {
		return ""
	}
	if ascii, err := EmailDomainASCII(host); err == nil {
		host = ascii
	}
	return strings.ToLower(local) + "@" + strings.ToLower(host)
}

// EmailSuggestion is the address that was perhaps meant, where the host is one slip away from a
// common one ("hotnail.com"), else "". It is a hint and never refuses.
func EmailSuggestion(email string) string {
	local, host, ok := strings.Cut(email, "@")
	if !ok {
		return ""
	}
	known := [...]string{
		"gmail.com", "hotmail.com", "hotmail.se", "outlook.com", "icloud.com", "telia.com",
		"live.se", "yahoo.com", "yahoo.se", "protonmail.com",
	}
	for _, k := range known {
		if host == k {
			return ""
		}
	}
	for _, k := range known {
		if oneSlip(host, k) {
			return local + "@" + k
		}
	}
	return ""
}

// oneSlip reports whether a becomes b by one letter added, dropped, changed or swapped with its
// neighbour.
func oneSlip(a, b string) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) <= 1 && len(b) <= 1 && a != b || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}
