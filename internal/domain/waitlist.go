package domain

import "time"

// Waiting is one person in the queue, as the order needs her.
type Waiting struct {
	ID       RegistrationID // order of arrival
	Group    GroupID        // the group she was registered in; 0 for none
	Together bool           // she and the other of the pair come together or not at all
	Told     bool           // she has been told that a place is free for whoever answers first
}

// Racing reports whether a freed place now goes to the first in the queue to answer, as the event's
// rules announce for the last days.
func (e Event) Racing(now time.Time) bool {
	mode, _ := e.Rules.Offers.Plan(now, e.StartsAt(), e.Day)
	return mode == OfferRace
}

// Promote is who in the queue is offered one of the free places, in strict order of arrival.
// A pair that has asked to come together is offered two places at once; while there is only one, it
// has stepped aside of its own will and keeps its order. Nobody else is passed.
func Promote(queue []Waiting, free Seats) []RegistrationID {
	var chosen []RegistrationID
	taken := make(map[RegistrationID]bool)
	for i, w := range queue {
		if free <= 0 {
			break
		}
		if taken[w.ID] {
			continue
		}
		other := partner(queue[i+1:], w)
		switch {
		case !w.Together || other == 0:
			chosen = append(chosen, w.ID)
			free--
		case free >= 2:
			chosen = append(chosen, w.ID, other)
			taken[other] = true
			free -= 2
		default:
			taken[other] = true // both wait for two
		}
	}
	return chosen
}

// partner is the other of the pair, where she waits too; 0 for none.
func partner(rest []Waiting, w Waiting) RegistrationID {
	if !w.Together || w.Group == 0 {
		return 0
	}
	for _, o := range rest {
		if o.Group == w.Group && o.Together {
			return o.ID
		}
	}
	return 0
}

// WaitReason is why someone in the queue has not been offered a place.
type WaitReason string

// The reasons, in the order in which they are looked at.
const (
	WaitBegun  WaitReason = "begun"  // the event has begun: no more places are offered
	WaitPair   WaitReason = "pair"   // a place is free, and she and her colleague wait for two
	WaitRace   WaitReason = "race"   // a freed place goes to whoever answers first
	WaitOffers WaitReason = "offers" // places have come free and are offered to people ahead of her
	WaitFull   WaitReason = "full"   // nobody has given a place back
)

// WhyWaiting tells why no offer has come at now; offers is how many are open to people ahead.
func (e Event) WhyWaiting(r Registration, offers int, now time.Time) WaitReason {
	switch {
	case e.begun(now):
		return WaitBegun
	case r.Together && e.Taken < e.Capacity && !e.Racing(now):
		return WaitPair
	case e.Racing(now):
		return WaitRace
	case offers > 0:
		return WaitOffers
	}
	return WaitFull
}
