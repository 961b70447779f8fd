package domain

import "time"

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
