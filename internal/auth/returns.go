package auth

import (
	"strconv"
	"strings"
)

// ReturnTag marks the address that what comes back of a letter is sent to: its number and a signature, in
// lower case letters and figures. Without the secret nobody can make one, so a message to another address
// says nothing of any letter of ours.
func (k *Keys) ReturnTag(letter int64) string {
	id := strconv.FormatInt(letter, 36)
	return id + "." + encoding.EncodeToString(k.returns.mac(15, []byte(id)))
}

// ReadReturnTag is the number of the letter that a tag marks; false where the tag is not ours.
func (k *Keys) ReadReturnTag(tag string) (letter int64, ok bool) {
	id, _, _ := strings.Cut(strings.ToLower(tag), ".")
	letter, err := strconv.ParseInt(id, 36, 64)
	if err != nil || letter <= 0 || !SameHash([]byte(k.ReturnTag(letter)), []byte(strings.ToLower(tag))) {
		return 0, false
	}
	return letter, true
}

// AddressHash is what is kept of an address that no mailing goes to. Without the secret nobody can try
// addresses against it.
func (k *Keys) AddressHash(emailKey string) []byte {
	return k.address.mac(32, []byte(emailKey))
}
