package domain

import "time"

// LetterKind is the occasion of a letter that the program writes.
type LetterKind string

// The letters. A confirmation is owed to every registration exactly once; fsck counts them.
const (
	LetterConfirmed         LetterKind = "registration_confirmed"
	LetterWaitlisted        LetterKind = "registration_waitlisted"
	LetterAlreadyRegistered LetterKind = "already_registered"
)

// LetterState is where a letter is on its way.
type LetterState string

// The states of a letter. Accepted means that a mail server has taken it over, not that it was
// read. Withheld letters are never sent: those of made-up participants.
const (
	LetterQueued   LetterState = "queued"
	LetterSending  LetterState = "sending" // leased by a worker
	LetterAccepted LetterState = "accepted"
	LetterFailed   LetterState = "failed"
	LetterWithheld LetterState = "withheld"
)

// LetterID numbers letters in the order they were owed.
type LetterID int64

// Letter is one message in the outbox: one kind, one recipient. It is written in the same
// transaction as what caused it; composing and sending come later.
type Letter struct {
	ID             LetterID
	Kind           LetterKind
	RegistrationID RegistrationID
	EventID        EventID
	To             string // exactly one address
	Lang           Lang
	Status         RegistrationStatus // what was decided
	QueuePosition  int                // as it was decided; 0 when not waiting
	MessageID      string             // local part; the same on each try
	Date           time.Time          // the same on each try
	State          LetterState
	Attempts       int
	NextTry        time.Time
	LastError      string // in words of ours, without addresses
	Raw            []byte // the bytes as composed; nil before the first try
}

// RetryAfter is how long to wait before the next try of a letter that has been tried n times
// (n ≥ 1), and false when five days of trying are over (RFC 5321 section 4.5.4.1: at least 4–5
// days). The waits grow from one minute to four hours.
func RetryAfter(n int) (time.Duration, bool) {
	waits := [...]time.Duration{
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute,
		30 * time.Minute, time.Hour, 2 * time.Hour,
	}
	if n <= len(waits) {
		return waits[n-1], true
	}
	const steady = 4 * time.Hour
	if n <= len(waits)+29 {
		return steady, true
	}
	return 0, false
}
