package testkit

import (
	"crypto/hmac"
	"crypto/sha1" // RFC 6238 as every app reads it
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"testing"
	"time"
)

// AppCode is the six digits that an authenticator app shows for a secret at an instant (RFC 6238), worked
// out from the secret as apps do and not as the program does.
func AppCode(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := mac.Sum(nil)
	word := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&15:]) & 0x7fffffff
	return fmt.Sprintf("%06d", word%1_000_000)
}
