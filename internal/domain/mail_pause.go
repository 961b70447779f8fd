package domain

import "time"

// MailPause is why no letter goes out: the mail server refuses our sign-in, our certificate or our policy
// (5.7.x), so that every letter would fail the same way.
type MailPause struct {
	Since  time.Time
	Until  time.Time // when one letter is tried again
	Reason string    // in words of ours, in English, without addresses
	Code   int       // SMTP reply code, 0 for none
	Status string    // enhanced status (RFC 3463), "" for none
}

// RefusesSignIn reports whether it is our sign-in that is refused (RFC 4954).
func (p MailPause) RefusesSignIn() bool {
	return p.Code == 530 || p.Code == 534 || p.Code == 535 || p.Code == 538 || p.Status == "5.7.8" || p.Status == "5.7.9"
}
