package mail

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
)

// maxLine is the longest line of a message without its CR LF (RFC 5322 section 2.1.1).
const maxLine = 998

// checkBytes is nil where raw is made of whole CR LF lines of allowed length without NUL. A lone CR
// or LF could be taken for the end of a message by some server on the way.
func checkBytes(raw []byte) error {
	length := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '\r':
			if i+1 == len(raw) || raw[i+1] != '\n' {
				return fmt.Errorf("mail: CR without LF at byte %d", i)
			}
			i++
			length = 0
			continue
		case '\n':
			return fmt.Errorf("mail: LF without CR at byte %d", i)
		case 0:
			return fmt.Errorf("mail: NUL at byte %d", i)
		}
		if length++; length > maxLine {
			return fmt.Errorf("mail: line too long at byte %d", i)
		}
	}
	if len(raw) == 0 || length > 0 {
		return errors.New("mail: the last line is not ended")
	}
	return nil
}

// wireAddress is the address as it is written in commands and headers, its host as A-labels; false
// where s is anything but one plain address.
func wireAddress(s string) (string, bool) {
	if hasControl(s) {
		return "", false
	}
	email, ok := domain.ParseEmail(s)
	if !ok {
		return "", false
	}
	at := strings.LastIndexByte(email, '@')
	host, err := domain.EmailDomainASCII(email[at+1:])
	if err != nil {
		return "", false
	}
	return email[:at+1] + host, true
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// hasControl reports whether s holds a control character, a line separator or broken UTF-8, each of
// which could end a line somewhere.
func hasControl(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029'
	})
}
