package auth

import (
	"crypto/sha256"
	"strings"
)

const (
	recoveryCodes = 10
	recoverySize  = 10 // bytes: 80 bits, 16 letters
)

// NewRecoveryCodes are ten fresh codes in groups of four letters, and what is kept of each.
func NewRecoveryCodes() (codes []string, hashes [][]byte) {
	for range recoveryCodes {
		var b [recoverySize]byte
		fill(b[:])
		s := encoding.EncodeToString(b[:])
		code := s[0:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16]
		hash, _ := RecoveryHash(code)
		codes, hashes = append(codes, code), append(hashes, hash)
	}
	return codes, hashes
}

// RecoveryHash is what is kept of a recovery code, however it is typed, and false for what is none.
// Eighty random bits need no slow hash.
func RecoveryHash(code string) ([]byte, bool) {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == ' ' || r == '\u00a0':
			return -1
		case r == '0':
			return 'o'
		case r == '1':
			return 'l'
		}
		return r
	}, strings.ToLower(strings.TrimSpace(code)))
	b, err := encoding.DecodeString(plain)
	if err != nil || len(b) != recoverySize || len(plain) != encoding.EncodedLen(recoverySize) {
		return nil, false
	}
	h := sha256.Sum256(append([]byte("temadag recovery code "), b...))
	return h[:], true
}
