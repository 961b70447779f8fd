package domain

import "strings"

// The reference number is read out on the phone and written by hand: 8 characters of Crockford's
// base 32 (no I, L, O, U), the last a check character. It is no secret and opens nothing. A fixed
// permutation hides the order of arrival.

const referenceAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	referenceBits = 35
	referenceMask = 1<<referenceBits - 1
	referenceMul  = 0x2545F4914F6CDD1D & referenceMask // odd, so it has an inverse modulo 2^35
	referenceAdd  = 0x5DEECE66D & referenceMask
)

// ReferenceOf is the reference number of a registration, "K7M2-9QX4". It holds for the first 2^35
// registrations (34 thousand million).
func ReferenceOf(id RegistrationID) string {
	v := (uint64(id)*referenceMul + referenceAdd) & referenceMask
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

// ParseReference is the registration that s names, with or without hyphen, in any case, with the
// letters people mistake for figures; false where s is no reference number.
func ParseReference(s string) (RegistrationID, bool) {
	s = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
	if len(s) != 8 {
		return 0, false
	}
	var v uint64
	sum := 0
	for i := 0; i < 7; i++ {
		d := strings.IndexByte(referenceAlphabet, s[i])
		if d < 0 {
			return 0, false
		}
		sum += d * (i + 3)
		v = v<<5 | uint64(d)
	}
	if s[7] != referenceAlphabet[sum%31] {
		return 0, false
	}
	id := ((v - referenceAdd) * inverse(referenceMul)) & referenceMask
	if id == 0 {
		return 0, false
	}
	return RegistrationID(id), true
}

// inverse is the inverse of the odd a modulo 2^64, by Newton's method.
func inverse(a uint64) uint64 {
	x := a
	for range 6 {
		x *= 2 - a*x
	}
	return x
}
