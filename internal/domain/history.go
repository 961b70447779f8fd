package domain

import "time"

// HistoryKind is what happened to a registration.
type HistoryKind string

// What can happen. Each has a sentence in the catalogues under "history.".
const (
	HistoryRegistered HistoryKind = "registered"
	HistoryWaitlisted HistoryKind = "waitlisted"
	HistoryRepeated   HistoryKind = "repeated"  // someone registered the same address again
	HistoryProtected  HistoryKind = "protected" // staff marked the identity as protected

	HistoryApplied       HistoryKind = "applied"        // an application that the organiser answers
	HistoryApproved      HistoryKind = "approved"       // yes, and a place
	HistoryApprovedQueue HistoryKind = "approved_queue" // yes, and a place in the queue
	HistoryDeclined      HistoryKind = "declined"
	HistoryReserved      HistoryKind = "reserved"      // a place of a group, to be named later
	HistoryNamed         HistoryKind = "named"         // the place was given a person
	HistoryNameMissing   HistoryKind = "name_missing"  // the contact person was warned
	HistoryNameReturned  HistoryKind = "name_returned" // nobody was named in time: the place went back
	HistoryCancelled     HistoryKind = "cancelled"
	HistoryLeft          HistoryKind = "left" // left the queue, or took back the application
	HistoryWithdrawn     HistoryKind = "withdrawn"
	HistoryAsked         HistoryKind = "asked" // asked the organiser to be let off
	HistoryAskRefused    HistoryKind = "ask_refused"
	HistoryExtended      HistoryKind = "extended" // given a longer day to cancel
	HistoryOffered       HistoryKind = "offered"
	HistoryAccepted      HistoryKind = "accepted"
	HistoryRefused       HistoryKind = "refused"       // said no to the offer
	HistoryExpired       HistoryKind = "expired"       // the offer ran out
	HistoryRaceTold      HistoryKind = "race_told"     // told that a place is free for whoever answers first
	HistoryClaimed       HistoryKind = "claimed"       // answered first
	HistoryWaitsForTwo   HistoryKind = "waits_for_two" // the pair comes together or not at all
	HistoryPassedOver    HistoryKind = "passed_over"   // staff offered the place to someone later, with a reason
	HistoryHandedOver    HistoryKind = "handed_over"
	HistoryReceived      HistoryKind = "received"     // took over a colleague's place
	HistoryMovedFrom     HistoryKind = "moved_from"   // left for another town
	HistoryMoved         HistoryKind = "moved"        // came from another town
	HistoryMoveWaiting   HistoryKind = "move_waiting" // queues here and keeps the other place meanwhile
	HistoryMoveLapsed    HistoryKind = "move_lapsed"  // a place came when the other could no longer be given back
	HistoryChanged       HistoryKind = "changed"
	HistoryAddress       HistoryKind = "address_changed"
	HistoryNeeds         HistoryKind = "needs_told"
	HistoryNeedsErased   HistoryKind = "needs_erased"
	HistoryNeedsOpened   HistoryKind = "needs_opened"  // staff with the right to it read them
	HistorySessionPlace  HistoryKind = "session_place" // a place came in a chosen session
	HistorySessions      HistoryKind = "sessions_chosen"

	HistoryEventChanged   HistoryKind = "event_changed"   // the organiser changed day, hours or place
	HistoryEventCancelled HistoryKind = "event_cancelled" // the event was cancelled, and the registration with it
	HistoryWrittenTo      HistoryKind = "written_to"      // staff wrote to her, among others
	HistoryComing         HistoryKind = "coming"          // she said that she is coming
	HistoryPresent        HistoryKind = "present"         // staff noted that she came
	HistoryAbsent         HistoryKind = "absent"          // staff noted that she did not come
	HistoryNotNoted       HistoryKind = "not_noted"       // staff took back what they had noted of that
)

// HistoryKinds lists every kind.
func HistoryKinds() []HistoryKind {
	return []HistoryKind{
		HistoryRegistered, HistoryWaitlisted, HistoryRepeated, HistoryProtected, HistoryApplied, HistoryApproved,
		HistoryApprovedQueue, HistoryDeclined, HistoryReserved, HistoryNamed, HistoryNameMissing, HistoryNameReturned,
		HistoryCancelled, HistoryLeft, HistoryWithdrawn, HistoryAsked, HistoryAskRefused, HistoryExtended, HistoryOffered,
		HistoryAccepted, HistoryRefused, HistoryExpired, HistoryRaceTold, HistoryClaimed, HistoryWaitsForTwo,
		HistoryPassedOver, HistoryHandedOver, HistoryReceived, HistoryMovedFrom, HistoryMoved, HistoryMoveWaiting,
		HistoryMoveLapsed, HistoryChanged, HistoryAddress, HistoryNeeds, HistoryNeedsErased, HistoryNeedsOpened,
		HistorySessionPlace, HistorySessions, HistoryMerged, HistoryLetterAgain, HistoryEventChanged, HistoryEventCancelled,
		HistoryWrittenTo, HistoryComing, HistoryPresent, HistoryAbsent, HistoryNotNoted,
	}
}

// Arrivals are the kinds that a history can begin with.
func Arrivals() []HistoryKind {
	return []HistoryKind{
		HistoryRegistered, HistoryWaitlisted, HistoryApplied, HistoryReserved, HistoryReceived, HistoryMoved, HistoryMoveWaiting,
	}
}

// OwingLetters are the kinds of step that always owe a letter, after the arrival.
func OwingLetters() []HistoryKind {
	return []HistoryKind{
		HistoryApproved, HistoryApprovedQueue, HistoryDeclined, HistoryNamed, HistoryCancelled, HistoryWithdrawn,
		HistoryAsked, HistoryAskRefused, HistoryExtended, HistoryOffered, HistoryAccepted, HistoryRefused, HistoryExpired,
		HistoryRaceTold, HistoryClaimed, HistoryWaitsForTwo, HistoryPassedOver, HistoryHandedOver, HistoryMovedFrom,
		HistoryMoved, HistoryMoveLapsed, HistoryChanged, HistoryAddress, HistorySessionPlace, HistoryEventChanged,
		HistoryEventCancelled, HistoryLetterAgain,
	}
}

// Details are the particulars of a step, as they were when it was taken: history tells them and the
// letter repeats them. They never hold needs, and of other people nothing.
type Details struct {
	Until       time.Time `json:"until,omitzero"`     // an offer holds until then
	Day         Date      `json:"day,omitzero"`       // a day that was given
	Event       string    `json:"event,omitempty"`    // slug of the other event of a move
	Town        string    `json:"town,omitempty"`     // its town
	Reason      string    `json:"reason,omitempty"`   // in the words of whoever decided
	Fields      []string  `json:"fields,omitempty"`   // what was changed, as the form names it
	Sessions    []string  `json:"sessions,omitempty"` // titles
	Together    bool      `json:"together,omitempty"` // both of a pair
	Alone       bool      `json:"alone,omitempty"`    // one place came for a pair
	Reserved    int       `json:"reserved,omitempty"` // places without a name
	LinkVersion int       `json:"link,omitempty"`     // the link that the letter carries; 0 for the first
	Sequence    int       `json:"sequence,omitempty"` // of the registration's calendar entry
	Group       GroupID   `json:"group,omitempty"`    // whose contact person a letter goes to; she may have no other row
	Was         Occasion  `json:"was,omitzero"`       // when and where the event was to be held before
	Subject     string    `json:"subject,omitempty"`  // of what staff wrote
	Other       string    `json:"other,omitempty"`    // reference of the other of two that were one person's
}

// IsZero reports whether there are no particulars.
func (d Details) IsZero() bool {
	return d.Until.IsZero() && d.Day.IsZero() && d.Event == "" && d.Town == "" && d.Reason == "" && len(d.Fields) == 0 &&
		len(d.Sessions) == 0 && !d.Together && !d.Alone && d.Reserved == 0 && d.LinkVersion == 0 && d.Sequence == 0 && d.Group == 0 &&
		d.Was.IsZero() && d.Subject == "" && d.Other == ""
}

// HistoryEntry is one line in the history of a registration: what, when, by whom, how.
type HistoryEntry struct {
	RegistrationID RegistrationID
	At             time.Time
	Kind           HistoryKind
	Channel        Channel
	Actor          string // "" for the participant
	Details        Details
}
