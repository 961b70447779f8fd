package domain

import (
	"encoding/binary"
	"strings"
)

// The reference number is read out on the phone and written by hand: 8 characters of Crockford's
// base 32 (no I, L, O, U), the last a check character. It is no secret and opens nothing. It is made
// of the hash of the submission, not of the row: so the receipt of an address that was registered
// already looks like any other, and nobody can count registrations by it.

const referenceAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// ReferenceOf is the reference number of the submission whose hash begins with these bytes, at
// least five: "K7M2-9QX4". Two of a million registrations may share one; within one event it is
// practically never so.
func ReferenceOf(hash []byte) string {
	var first [8]byte
	copy(first[3:], hash[:5])
	v := binary.BigEndian.Uint64(first[:]) >> 5
	var b [8]byte
	sum := 0
	for i := 6; i >= 0; i-- {
		d := int(v & 31)
		b[i] = referenceAlphabet[d]
		sum += d * (i + 3)
		v >>= 5
	}
	b[7] = referenceAlphabet[sum%31]
	return string(b[:4]) + "-" + string(b[4:])
}

// ParseReference is the reference number that s means, written as ReferenceOf writes it: with or
// without hyphen, in any case, with the letters that people mistake for figures. It is false where
// s is none.
func ParseReference(s string) (string, bool) {
	s = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
	if len(s) != 8 {
		return "", false
	}
	sum := 0
	for i := range 7 {
		d := strings.IndexByte(referenceAlphabet, s[i])
		if d < 0 {
			return "", false
		}
		sum += d * (i + 3)
	}
	if s[7] != referenceAlphabet[sum%31] {
		return "", false
	}
	return s[:4] + "-" + s[4:], true
}
