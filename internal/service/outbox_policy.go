package service

import (
	"context"
	"sync"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

const (
	policyHosts  = 3                // receiving domains that refuse us by policy: then it is about us
	policyWithin = 10 * time.Minute // as long as they do so within this time
	policyTries  = 8                // of a letter that is refused alone; some four hours
)

// policy tells a receiving domain that does not want one letter from a relay that wants none of ours. Both
// say 5.7.x in answer to the recipient or the message, and pausing everything for the former would let one
// address hold up everybody else's letters.
type policy struct {
	mu    sync.Mutex
	hosts map[string]time.Time // when each last refused
}

// accepted notes that a letter was taken: the relay does want some of ours.
func (p *policy) accepted() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.hosts)
}

// refused notes that a letter to an address was not wanted, and reports whether by now it is about us.
func (p *policy) refused(to string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hosts == nil {
		p.hosts = make(map[string]time.Time)
	}
	p.hosts[hostOf(to)] = now
	for host, at := range p.hosts {
		if now.Sub(at) > policyWithin {
			delete(p.hosts, host)
		}
	}
	return len(p.hosts) >= policyHosts
}

// refusedByPolicy notes a letter that was refused for itself or its recipient. Where others are refused too,
// or everything waits already, it waits for the relay to want us again, further behind the rest each time and
// for five days at most; alone it is tried for some hours, in case it was about us after all.
func (o *Outbox) refusedByPolicy(ctx context.Context, l domain.Letter, f *domain.DeliveryFault) error {
	o.mu.Lock()
	waits := o.refused
	o.mu.Unlock()
	switch {
	case l.Attempts >= policyTries && !o.Now().Before(l.Date.Add(giveUp)):
		return o.note(func(tx *store.Tx) error { return tx.LetterFailed(bg, l.ID, f.Reason) })
	case o.policy.refused(l.To, o.Now()) || waits:
		return o.note(func(tx *store.Tx) error {
			if err := o.pause(ctx, tx, f); err != nil {
				return err
			}
			wait, again := domain.RetryAfter(l.Attempts)
			if !again {
				wait = steadily
			}
			return tx.LetterDeferred(bg, l.ID, o.pausedUntil().Add(wait), f.Reason)
		})
	case l.Attempts >= policyTries:
		return o.note(func(tx *store.Tx) error { return tx.LetterFailed(bg, l.ID, f.Reason) })
	}
	return o.deferred(l, f.Reason)
}
