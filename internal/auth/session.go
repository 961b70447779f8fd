package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/netip"
	"strings"
)

const tokenSize = 32 // 256 bits

// NewToken is a fresh token of 256 random bits, for a cookie, a link or a ticket. Only its TokenHash is
// kept.
func NewToken() string {
	var b [tokenSize]byte
	fill(b[:])
	return encoding.EncodeToString(b[:])
}

// NewHandle is what passkeys know a user by: random, so that it tells nothing of her.
func NewHandle() []byte {
	b := make([]byte, 32)
	fill(b)
	return b
}

// TokenHash is what is kept of a token, and false for what can be none: nothing need be looked up.
func TokenHash(token string) ([]byte, bool) {
	b, err := encoding.DecodeString(token)
	if err != nil || len(b) != tokenSize || len(token) != encoding.EncodedLen(tokenSize) {
		return nil, false
	}
	h := sha256.Sum256(b)
	return h[:], true
}

// AttemptKey is what attempts are counted under: a hash of the parts under the secret, so that the
// database does not tell which addresses were tried.
func (k *Keys) AttemptKey(parts ...string) []byte {
	b := make([][]byte, len(parts)+1)
	b[0] = []byte("attempt")
	for i, p := range parts {
		b[i+1] = []byte(p)
	}
	return k.letter.mac(16, b...)
}

// TurnKey is what the turns of those who wait are signed with: the same in every instance, and after a restart.
func (k *Keys) TurnKey() []byte { return k.letter.mac(32, []byte("turn")) }

// Chain is the hash of a line of the audit log given that of the line before, under the secret: whoever
// can write in the database alone cannot make a log that looks whole.
func (k *Keys) Chain(prev, line []byte) []byte {
	return k.letter.mac(sha256.Size, []byte("audit"), prev, line)
}

// NoticeID is the local part of the Message-ID of a letter about an account.
func (k *Keys) NoticeID(ticket string) string {
	return encoding.EncodeToString(k.letter.mac(15, []byte("notice"), []byte(ticket)))
}

// Network is the network that an address belongs to, as much of it as is kept: 24 bits of IPv4, 48 of
// IPv6. What is no address is a network of its own.
func Network(address string) string {
	a, err := netip.ParseAddr(strings.TrimSpace(address))
	if err != nil {
		return "unknown"
	}
	a = a.Unmap().WithZone("")
	bits := 48
	if a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// Agent is a browser in a few words, from its User-Agent: "Firefox, Windows". What is not known is "".
func Agent(userAgent string) string {
	var words []string
	for _, list := range [][][2]string{
		{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}},
		{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}},
	} {
		for _, w := range list {
			if strings.Contains(userAgent, w[0]) {
				words = append(words, w[1])
				break
			}
		}
	}
	return strings.Join(words, ", ")
}

// SameSecret compares two secrets in time that does not depend on them.
func SameSecret(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }
