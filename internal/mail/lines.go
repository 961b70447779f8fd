package mail

import (
	"bytes"
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
	if i := bytes.IndexByte(raw, 0); i >= 0 {
		return fmt.Errorf("mail: NUL at byte %d", i)
	}
	for start := 0; start < len(raw); {
		n := bytes.IndexByte(raw[start:], '\r')
		line := raw[start:]
		if n >= 0 {
			line = line[:n]
		}
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			return fmt.Errorf("mail: LF without CR at byte %d", start+i)
		}
		switch {
		case len(line) > maxLine:
			return fmt.Errorf("mail: line too long at byte %d", start+maxLine)
		case n < 0:
			return errLastLine
		case start+n+1 == len(raw) || raw[start+n+1] != '\n':
			return fmt.Errorf("mail: CR without LF at byte %d", start+n)
		}
		start += n + 2
	}
	if len(raw) == 0 {
		return errLastLine
	}
	return nil
}

var errLastLine = errors.New("mail: the last line is not ended")

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
