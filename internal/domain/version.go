package domain

import "time"

// Version is what a participant had told before a change, kept as it came in until the registration
// is erased.
type Version struct {
	N           int       // the first is 1
	Until       time.Time // when it was replaced
	Participant Participant
}
