package auth

import (
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

const (
	totpPeriod = 30 // seconds
	totpSkew   = 1  // steps before and after: people's clocks, and the time it takes to type
	totpSecret = 20 // bytes, as RFC 4226 section 4 recommends
)

// NewTOTPSecret is a fresh secret for an authenticator app, in the form in which apps take it.
func NewTOTPSecret() string {
	b := make([]byte, totpSecret)
	fill(b)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// TOTPURI is the address that the QR code for an app holds.
func TOTPURI(issuer, account, secret string) string {
	v := url.Values{"secret": {secret}, "issuer": {issuer}}
	label := url.PathEscape(issuer) + ":" + url.PathEscape(account)
	return "otpauth://totp/" + label + "?" + strings.ReplaceAll(v.Encode(), "+", "%20")
}

// TOTPStep is the step of time whose code (RFC 6238) was given, and false where it is none near now. The
// library only tells yes or no, so each step is asked for itself: the step is what makes it possible to
// refuse the same code a second time. All of them are asked, whichever it is.
func TOTPStep(secret, code string, now time.Time) (int64, bool) {
	code = strings.Join(strings.Fields(code), "")
	var found int64
	var ok bool
	at := now.Unix() / totpPeriod
	for step := at - totpSkew; step <= at+totpSkew; step++ {
		match, err := hotp.ValidateCustom(code, uint64(step), secret, totpOptions())
		if err == nil && match {
			found, ok = step, true
		}
	}
	return found, ok
}

// TOTPCode is the code of an app at an instant, for demonstrations and tests.
func TOTPCode(secret string, now time.Time) (string, error) {
	code, err := hotp.GenerateCodeCustom(secret, uint64(now.Unix()/totpPeriod), totpOptions())
	if err != nil {
		return "", fmt.Errorf("auth: totp: %w", err)
	}
	return code, nil
}

func totpOptions() hotp.ValidateOpts {
	return hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
}
