package domain

import "time"

// Receipt is what the page after the button shows. It is the same for an address that was already
// registered as for a new one: it tells what a newcomer got, never what someone else has.
type Receipt struct {
	EventSlug  string
	Status     RegistrationStatus // Pending, Confirmed or Waitlisted
	Reference  string
	Email      string // as typed in this submission
	ReceivedAt time.Time
	Lang       Lang
	// Organisation and the rest of the workplace are what a colleague's form begins with.
	Organisation     string
	OrganisationType OrganisationType
	Municipality     string
	Invoice          Invoice
}

// OwnRegistration is what the personal page shows: the registration with its event as it is now,
// the terms as they were when it was sent, and its history, oldest first.
type OwnRegistration struct {
	Registration Registration
	Event        Event
	Terms        Terms
	History      []HistoryEntry
	Options      Options      // what may be done now
	Why          WaitReason   // why no offer has come; "" when not waiting
	Offers       int          // open offers to people ahead in the queue
	Keeps        *OtherPlace  // the place kept while waiting to move here; nil for none
	MovedTo      *OtherPlace  // where she went, of a registration that ended so; nil for none
	Others       []OtherPlace // her own live registrations in other towns of the series, also one that waits to move her from here
	Sessions     []ChosenSession
	Needs        Needs // her own, to be read by herself alone; zero where she told none
	Asked        bool  // she has asked to be let off and not been answered
}

// OtherPlace is another registration of the same person.
type OtherPlace struct {
	Event  Event
	Status RegistrationStatus
	Token  string // of its personal page; "" where she is reached at another address there
}

// LetterFacts is what a letter is composed from.
type LetterFacts struct {
	Letter       Letter
	Registration Registration
	Event        Event                // with owner, venue and programme as they are when the letter is composed
	Terms        Terms                // the wording the participant accepted
	Link         string               // absolute address of the personal page; "" for letters without one
	EventLink    string               // absolute address of the event's page
	Other        Event                // the other event of a move; zero for none
	Others       []Event              // other towns of the series where she has a live registration, told in a first letter
	OtherStatus  []RegistrationStatus // where she stands in each of Others
	Sisters      int                  // other events of the series that are public, to come and not called off
	Group        Group                // with its places, for letters to a contact person
	Sessions     []ChosenSession
	Mailing      *Mailing // for LetterMailing, with its words
	Enclosed     []Enclosure
	Subscription *SubscriptionFacts // for letters to someone who has asked for invitations
	// Coming and NotComing are where a reminder's two buttons lead, and Papers the documents that a letter of
	// thanks links to: the absolute address of each by its slug.
	Coming, NotComing string
	Papers            map[string]string
}

// Enclosure is a file in a letter.
type Enclosure struct {
	Filename string
	MIME     string
	Content  []byte
}

// FaultClass says what a failed delivery means for the letter.
type FaultClass string

// The classes of delivery fault.
const (
	FaultRetry   FaultClass = "retry"   // nothing was decided: 4xx, refused, timed out, dropped; also an unknown answer after the last dot
	FaultAddress FaultClass = "address" // 5.1.x, 5.2.1: this address will never work
	FaultMessage FaultClass = "message" // any other 5xx about this one message
	FaultRelay   FaultClass = "relay"   // sign-in, certificate or 5.7.x: every letter would fail, stop and tell
)

// DeliveryFault is the error of a delivery that was not accepted. Reason is in words of ours and
// holds no address.
type DeliveryFault struct {
	Class  FaultClass
	Code   int    // SMTP reply code, 0 for none
	Status string // enhanced status "5.1.1", "" for none
	Reason string
	Cause  error // for the log; nil where the server answered
	// Alone is set beside FaultRelay where the policy may concern this recipient or message alone.
	Alone bool
}

// Error is the class and reason.
func (f *DeliveryFault) Error() string { return "delivery: " + string(f.Class) + ": " + f.Reason }

// Unwrap is the cause.
func (f *DeliveryFault) Unwrap() error { return f.Cause }
