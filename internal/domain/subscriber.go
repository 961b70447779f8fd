package domain

import (
	"slices"
	"time"
)

// SubscriberID numbers those who have asked for invitations.
type SubscriberID int64

// Subscriber is someone who has asked for invitations to new events of one county. They go to nobody who has
// not, and to nobody before she has followed the link in the letter that asks whether the address is hers.
type Subscriber struct {
	ID        SubscriberID
	UID       string // her links are made of it
	County    OrganiserCode
	Email     string
	Lang      Lang
	Source    SubscriberSource
	Asked     time.Time
	Confirmed time.Time // zero until she has
}

// SubscriberSource is where somebody asked for invitations.
type SubscriberSource string

// The sources.
const (
	SubscribedOnPage SubscriberSource = "page" // on the public page
	SubscribedOnOwn  SubscriberSource = "own"  // beside her own registration, whose link proves the address
)

// How long is waited, and how much is taken.
const (
	// SubscriberWaits is how long somebody is remembered who has been asked and has not answered.
	SubscriberWaits = 14 * 24 * time.Hour
	// SubscriptionLetterEvery is the least time between two letters that ask one address: the page must not
	// become a way to fill another's mailbox.
	SubscriptionLetterEvery = 24 * time.Hour
	// SubscriptionsFromNetwork is how many times a day one network may ask. A whole authority may stand behind
	// one address.
	SubscriptionsFromNetwork = 100
)

// SubscriptionEntry is what somebody types to ask for invitations.
type SubscriptionEntry struct {
	Email    string
	Counties []OrganiserCode
}

// NewSubscription reads what was typed; known are the counties that there are. Faults are told for the fields
// "email" and "counties".
func NewSubscription(in SubscriptionEntry, known []OrganiserCode) (SubscriptionEntry, error) {
	v := &Invalid{}
	out := SubscriptionEntry{Counties: chosenCounties(in.Counties, known)}
	typed, readable := CleanLine(in.Email)
	address, ok := ParseEmail(typed)
	switch {
	case readable && typed == "":
		v.Add("email", "field.email.missing", nil)
	case !readable || !ok:
		v.Add("email", EmailFault(typed), nil)
	default:
		out.Email = address
	}
	if len(out.Counties) == 0 {
		v.Add("counties", "subscribers.counties.missing", nil)
	}
	return out, v.Err()
}

// chosenCounties are the known ones among those chosen, each once, in the order of known.
func chosenCounties(chosen, known []OrganiserCode) []OrganiserCode {
	var out []OrganiserCode
	for _, c := range known {
		if slices.Contains(chosen, c) {
			out = append(out, c)
		}
	}
	return out
}

// Subscription is everything that one address has asked for.
type Subscription struct {
	Email   string
	Lang    Lang
	Invited []Organiser // who send her invitations
	Waiting []Organiser // whom she has asked, and not yet said that the address is hers
}

// SubscriberNumbers is how many have asked one county for invitations.
type SubscriberNumbers struct {
	County  Organiser
	Invited int
	English int // of these
	Waiting int
}

// InvitationReach is whom an invitation would go to, in numbers: no list of those who have asked is shown to
// anyone.
type InvitationReach struct {
	Asked      int // everyone who has asked the counties
	Goes       int
	English    int // of those it goes to
	Registered int // at the event or another of its series: no invitation goes
	Suppressed int // an address that mail does not reach, or that wants none
	Twice      int // has asked more than one of the counties: one letter
}

// SubscriptionFacts is what a letter to someone who has asked for invitations tells beside the event.
type SubscriptionFacts struct {
	Subscription
	From   Organiser // whose letter it is
	Manage string    // absolute address of the page where she chooses
	End    string    // of the one that ends the invitations of From; "" in the letter that asks
}
