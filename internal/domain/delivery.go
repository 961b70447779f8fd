package domain

import (
	"strings"
	"time"
)

// LetterFate is what has become of a letter, as staff are told: where it is on its way, and what came back.
type LetterFate string

// The fates, those that somebody has to do something about first.
const (
	FateFailed   LetterFate = "failed"   // refused for good, or tried for five days
	FateReturned LetterFate = "returned" // a mail server took it, and it came back
	FateDeferred LetterFate = "deferred" // tried, and to be tried again
	FateSending  LetterFate = "sending"  // on its way this moment
	FateQueued   LetterFate = "queued"
	FateLeft     LetterFate = "left"     // not written yet
	FateWithheld LetterFate = "withheld" // not sent, and not going to be
	FateDelayed  LetterFate = "delayed"  // taken, and a server on the way says that it has to wait
	FateTaken    LetterFate = "taken"    // a mail server has taken it over: not that it was read
)

// LetterFates lists every fate in the order in which a list shows them.
func LetterFates() []LetterFate {
	return []LetterFate{
		FateFailed, FateReturned, FateDeferred, FateSending, FateQueued, FateLeft, FateWithheld, FateDelayed, FateTaken,
	}
}

// Unreached reports whether she has not been reached, and will not be unless somebody does something.
func (f LetterFate) Unreached() bool { return f == FateFailed || f == FateReturned }

// LetterReturn is what came back of a letter, and when.
type LetterReturn struct {
	Kind   ReturnKind
	Status string // enhanced status (RFC 3463), "" where none is told
	At     time.Time
}

// Fate is what has become of the letter.
func (l SentLetter) Fate() LetterFate {
	switch {
	case l.State == LetterAccepted && l.returned(ReturnFailed) != nil:
		return FateReturned
	case l.State == LetterAccepted && l.returned(ReturnDelayed) != nil:
		return FateDelayed
	case l.State == LetterAccepted:
		return FateTaken
	case l.State == LetterQueued && l.Attempts > 0:
		return FateDeferred
	}
	return LetterFate(l.State)
}

func (l SentLetter) returned(k ReturnKind) *LetterReturn {
	for i := range l.Returns {
		if l.Returns[i].Kind == k {
			return &l.Returns[i]
		}
	}
	return nil
}

// Answered is when an automatic reply to the letter came, the zero time for none. It says nothing of whether
// anyone has read it.
func (l SentLetter) Answered() time.Time {
	if r := l.returned(ReturnReply); r != nil {
		return r.At
	}
	return time.Time{}
}

// CameBack is when the letter came back, or when a server told that it waits; the zero time where none did.
func (l SentLetter) CameBack() time.Time {
	for _, k := range []ReturnKind{ReturnFailed, ReturnDelayed} {
		if r := l.returned(k); r != nil {
			return r.At
		}
	}
	return time.Time{}
}

// Trouble is why a letter has not arrived, as far as it can be told in plain words: the last part of a key.
type Trouble string

// The troubles.
const (
	TroubleNone     Trouble = ""
	TroubleAddress  Trouble = "address" // there is no such address, or it is closed
	TroubleFull     Trouble = "full"    // the mailbox is full
	TroubleSize     Trouble = "size"    // the letter is too large
	TroubleRefused  Trouble = "refused" // the receiving server does not want it: policy, spam filters
	TroubleLater    Trouble = "later"   // the server asked to be tried later
	TroubleRelay    Trouble = "relay"   // our own mail server does not let us
	TroubleNoAnswer Trouble = "no_answer"
	TroubleOurs     Trouble = "ours" // the letter could not be written
	TroubleOther    Trouble = "other"
)

// Trouble is why the letter has not arrived, TroubleNone where there is nothing against it.
func (l SentLetter) Trouble() Trouble {
	switch l.Fate() {
	case FateReturned:
		return troubleOfStatus(l.returned(ReturnFailed).Status)
	case FateDelayed:
		return TroubleLater
	case FateFailed, FateDeferred:
		return troubleOfReason(l.LastError)
	}
	return TroubleNone
}

func troubleOfStatus(status string) Trouble {
	switch {
	case strings.HasPrefix(status, "5.1."), status == "5.2.1", status == "5.4.4":
		return TroubleAddress
	case strings.HasSuffix(status, ".2.2"):
		return TroubleFull
	case status == "5.2.3", status == "5.3.4":
		return TroubleSize
	case strings.HasPrefix(status, "5.7."):
		return TroubleRefused
	case strings.HasPrefix(status, "4."):
		return TroubleNoAnswer
	}
	return TroubleOther
}

// troubleOfReason reads the words that the outbox keeps of a failed try; they are of our own.
func troubleOfReason(reason string) Trouble {
	for _, r := range []struct {
		part string
		is   Trouble
	}{
		{"for now", TroubleLater},
		{"the recipient", TroubleAddress},
		{"the message", TroubleRefused},
		{"the sign-in", TroubleRelay},
		{"the sender", TroubleRelay},
		{"encryption", TroubleRelay},
		{"to talk to us", TroubleRelay},
		{"connections", TroubleRelay},
		{"sign-in", TroubleRelay},
		{"cannot be reached", TroubleRelay},
		{"does not greet", TroubleRelay},
	} {
		if strings.Contains(reason, r.part) && !strings.HasPrefix(reason, "no answer") && !strings.HasPrefix(reason, "the connection broke before") {
			return r.is
		}
	}
	switch {
	case reason == "relay":
		return TroubleRelay
	case reason == "compose":
		return TroubleOurs
	case strings.HasPrefix(reason, "no answer"), strings.HasPrefix(reason, "the connection broke"), strings.HasPrefix(reason, "the delivery was called off"):
		return TroubleNoAnswer
	}
	return TroubleOther
}

// MailingLetter is someone whom a mailing goes to, and what has become of her letter.
type MailingLetter struct {
	PersonRow            // masked where Hidden; without a name where it goes to a subscriber
	Phone     string     // "" where Hidden, or she has told none
	Host      string     // of a subscriber's address, which is told to nobody
	Letter    SentLetter // the zero SentLetter where none is written yet
	Fate      LetterFate
}

// MailingPace is how fast a mailing goes.
type MailingPace struct {
	PerMinute int       // letters that mail servers took in the last minutes, a minute; 0 while nothing is known
	Ends      time.Time // about when the last goes; zero while nothing is known
}

// MailingArchive is a mailing as the archive keeps it.
type MailingArchive struct {
	Mailing
	MailingCounts
	Events  []PeopleEvent
	Words   map[Lang][]byte // the message as it was composed, with its placeholders unfilled
	Letters []MailingLetter
	MadeAt  time.Time
	MadeBy  string
}

// Suppression is why no mailing goes to an address. The address itself is not kept.
type Suppression struct {
	County OrganiserCode // "" for every county
	Reason SuppressionReason
	By     string
	At     time.Time
}

// ReleaseReason is why mailings may go to an address again, or may not.
type ReleaseReason string

// The reasons. They stand in the audit log.
const (
	ReleaseWorks   ReleaseReason = "works"   // she says that it works again
	ReleaseMistake ReleaseReason = "mistake" // it was stopped by mistake
	StopAsked      ReleaseReason = "asked"   // she wants no mailings
	StopWrong      ReleaseReason = "wrong"   // the address is somebody else's
)

// ReleaseReasons lists the reasons for which an address is released.
func ReleaseReasons() []ReleaseReason { return []ReleaseReason{ReleaseWorks, ReleaseMistake} }

// StopReasons lists the reasons for which an address is stopped by hand.
func StopReasons() []ReleaseReason { return []ReleaseReason{StopAsked, StopWrong} }

// What is done with mailings that have gone, and with addresses. The details name nobody.
const (
	AuditMailingArchived AuditAction = "mailing.archived"
	AuditAddressReleased AuditAction = "mailing.address_released"
	AuditAddressStopped  AuditAction = "mailing.address_stopped"
)

// OpenedLetter is a letter as it was sent, for staff to read: without the personal links that it held.
type OpenedLetter struct {
	SentLetter
	Written bool // false before the first try: there is nothing to read yet
	Headers []LetterHeader
	Subject string
	Text    string
	HTML    []byte
	Files   []LetterFile
}

// Header is the first field of the header with the name, as a reader sees it; "" for none.
func (l OpenedLetter) Header(name string) string {
	for _, h := range l.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// LetterHeader is a field of a letter's header.
type LetterHeader struct{ Name, Value string }

// LetterFile is something that was enclosed.
type LetterFile struct {
	Name, MIME string
	Size       int
}
