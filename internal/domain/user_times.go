package domain

import "time"

// For how long what is sent or kept for someone who signs in holds. Pages and letters tell these times, so
// that they stand here and not where they are kept.
const (
	ResetLife  = 30 * time.Minute   // a link to choose a new password that she has asked for
	InviteLife = 7 * 24 * time.Hour // the one in an invitation
	// EndedKnown is for how long it is remembered whose sign-in it was after its time is over, so that what
	// she sends from a page left open can wait until she has signed in again.
	EndedKnown = 72 * time.Hour
	// UnsentLife is for how long that waits.
	UnsentLife = 30 * time.Minute
)
