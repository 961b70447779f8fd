package domain

import "time"

// LetterKind is the occasion of a letter that the program writes.
type LetterKind string

// The letters. Each registration has exactly one first letter (see LetterKind.First), and each step
// of its life that owes one has its own; fsck counts them.
const (
	LetterConfirmed         LetterKind = "registration_confirmed"
	LetterWaitlisted        LetterKind = "registration_waitlisted"
	LetterAlreadyRegistered LetterKind = "already_registered"

	LetterApplied       LetterKind = "application_received"
	LetterDeclined      LetterKind = "application_declined"
	LetterApprovedQueue LetterKind = "application_waitlisted" // yes, and a place in the queue
	LetterReserved      LetterKind = "place_reserved"         // recorded for a place without a name, never sent
	LetterGroup         LetterKind = "group_registered"       // to the contact person
	LetterNameMissing   LetterKind = "names_missing"          // to the contact person
	LetterNameReturned  LetterKind = "names_returned"         // to the contact person
	LetterCancelled     LetterKind = "registration_cancelled"
	LetterLeft          LetterKind = "queue_left"
	LetterWithdrawn     LetterKind = "registration_withdrawn"
	LetterAsked         LetterKind = "cancellation_asked"
	LetterAskRefused    LetterKind = "cancellation_refused"
	LetterExtended      LetterKind = "cancellation_extended"
	LetterOffered       LetterKind = "place_offered"
	LetterRace          LetterKind = "place_race"
	LetterExpired       LetterKind = "offer_expired"
	LetterRefused       LetterKind = "offer_refused"
	LetterPassedOver    LetterKind = "offer_passed_over" // staff gave the place to someone later, with a reason
	LetterWaitsForTwo   LetterKind = "pair_waiting"
	LetterHandedOver    LetterKind = "place_handed_over" // to the one who left
	LetterReceived      LetterKind = "place_received"    // to the one who came
	LetterMoved         LetterKind = "registration_moved"
	LetterMovedFrom     LetterKind = "registration_moved_from"
	LetterMoveWaiting   LetterKind = "move_waiting"
	LetterMoveLapsed    LetterKind = "move_lapsed"
	LetterChanged       LetterKind = "registration_changed"
	LetterAddressNew    LetterKind = "address_new" // with the new link, to the new address
	LetterAddressOld    LetterKind = "address_old" // without any link, to the old one
	LetterSessionPlace  LetterKind = "session_place"

	LetterEventChanged        LetterKind = "event_changed"
	LetterEventCancelled      LetterKind = "event_cancelled"
	LetterGroupEventChanged   LetterKind = "group_event_changed"   // to the contact person, of places without a name
	LetterGroupEventCancelled LetterKind = "group_event_cancelled" // to the contact person, of places without a name

	// LetterMailing is what staff have written. It is none of LetterKinds: its words are in its Mailing.
	LetterMailing LetterKind = "mailing"

	// Those who have asked for invitations get these two, and nobody else does. They are none of LetterKinds
	// either: they belong to no registration.
	LetterSubscription LetterKind = "subscription" // asks whether the address is hers; the program's own words
	LetterInvitation   LetterKind = "invitation"   // to an event, in words of staff
)

// ToSubscriber reports whether a letter of this kind goes to someone who has asked for invitations.
func (k LetterKind) ToSubscriber() bool { return k == LetterSubscription || k == LetterInvitation }

// LetterKinds lists every kind that is sent.
func LetterKinds() []LetterKind {
	return []LetterKind{
		LetterConfirmed, LetterWaitlisted, LetterAlreadyRegistered, LetterApplied, LetterDeclined, LetterApprovedQueue,
		LetterGroup, LetterNameMissing, LetterNameReturned, LetterCancelled, LetterLeft, LetterWithdrawn, LetterAsked,
		LetterAskRefused, LetterExtended, LetterOffered, LetterRace, LetterExpired, LetterRefused, LetterPassedOver, LetterWaitsForTwo,
		LetterHandedOver, LetterReceived, LetterMoved, LetterMovedFrom, LetterMoveWaiting, LetterMoveLapsed, LetterChanged,
		LetterAddressNew, LetterAddressOld, LetterSessionPlace, LetterEventChanged, LetterEventCancelled,
		LetterGroupEventChanged, LetterGroupEventCancelled,
	}
}

// CalendarMethod is what a letter does to the entry in the recipient's calendar (RFC 5546).
type CalendarMethod string

// The three. The entry has one UID for the life of the registration, so that each letter changes
// or removes what an earlier one made.
const (
	CalendarNone    CalendarMethod = ""
	CalendarRequest CalendarMethod = "REQUEST"
	CalendarCancel  CalendarMethod = "CANCEL"
)

// Calendar is what a letter of this kind does to the calendar of someone whose status is s.
func (k LetterKind) Calendar(s RegistrationStatus) CalendarMethod {
	switch k {
	case LetterConfirmed, LetterReceived, LetterMoved, LetterAddressNew, LetterChanged, LetterSessionPlace, LetterAlreadyRegistered,
		LetterEventChanged:
		if s == Confirmed {
			return CalendarRequest
		}
	case LetterCancelled, LetterWithdrawn, LetterHandedOver, LetterMovedFrom, LetterEventCancelled:
		return CalendarCancel
	case LetterAddressOld:
		if s == Confirmed {
			return CalendarCancel
		}
	default: // nobody has had an entry yet, or nothing about it changes
	}
	return CalendarNone
}

// Linkless reports whether a letter of this kind carries no personal link: those to an address that
// is no longer hers.
func (k LetterKind) Linkless() bool { return k == LetterAddressOld }

// ToContact reports whether a letter of this kind goes to the contact person of a group, with the
// link to the group.
func (k LetterKind) ToContact() bool {
	return k == LetterGroup || k == LetterNameMissing || k == LetterNameReturned || k == LetterGroupEventChanged ||
		k == LetterGroupEventCancelled
}

// OfChange reports whether a letter of this kind tells that the event itself has been changed or cancelled.
func (k LetterKind) OfChange() bool {
	return k == LetterEventChanged || k == LetterEventCancelled || k == LetterGroupEventChanged || k == LetterGroupEventCancelled
}

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
	RegistrationID RegistrationID // 0 for a letter to a subscriber
	Subscriber     SubscriberID   // 0 for a letter to a participant
	EventID        EventID
	To             string // exactly one address
	Lang           Lang
	Status         RegistrationStatus // what was decided
	QueuePosition  int                // as it was decided; 0 when not waiting
	Details        Details            // as it was decided
	MessageID      string             // local part; the same on each try
	Date           time.Time          // the same on each try
	State          LetterState
	Attempts       int
	NextTry        time.Time
	LastError      string    // in words of ours, without addresses
	Mailing        MailingID // 0 for letters that the program writes by itself
	Raw            []byte    // the bytes as composed; nil before the first try
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
