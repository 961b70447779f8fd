package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// SignatureLife is for how long what a mail server has signed is taken, so that what somebody has seen on
// its way cannot be sent again later.
const SignatureLife = 5 * time.Minute

// SignReturned is the signature under a message that a mail server hands in over HTTP: the second of at and
// HMAC-SHA256, in hexadecimal, of "SECOND\nTO\nMESSAGE" under a key that both have. to is the address that
// the message was delivered to, "" where it is not told; one with a line break
// has no signature.
func SignReturned(key []byte, at time.Time, to string, message []byte) string {
	if strings.ContainsAny(to, "\r\n") {
		return ""
	}
	second := strconv.FormatInt(at.Unix(), 10)
	return "t=" + second + ",v1=" + hex.EncodeToString(returnedMAC(key, second, to, message))
}

// CheckReturned reports whether signature is one of SignReturned, made within SignatureLife of now.
func CheckReturned(key []byte, signature, to string, message []byte, now time.Time) bool {
	t, v, ok := strings.Cut(signature, ",")
	second, isT := strings.CutPrefix(strings.TrimSpace(t), "t=")
	given, isV := strings.CutPrefix(strings.TrimSpace(v), "v1=")
	at, err := strconv.ParseInt(second, 10, 64)
	if !ok || !isT || !isV || err != nil || len(key) == 0 || strings.ContainsAny(to, "\r\n") {
		return false
	}
	if age := now.Sub(time.Unix(at, 0)); age > SignatureLife || age < -SignatureLife {
		return false
	}
	mac, err := hex.DecodeString(given)
	return err == nil && hmac.Equal(mac, returnedMAC(key, second, to, message))
}

func returnedMAC(key []byte, second, to string, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range []string{second, "\n", to, "\n"} {
		h.Write([]byte(part))
	}
	h.Write(message)
	return h.Sum(nil)
}
