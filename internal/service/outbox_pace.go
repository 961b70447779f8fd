package service

import (
	"strings"
	"sync"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

const (
	hostHold     = time.Minute // how long a domain is left alone that asks for a pause, at first
	longestHold  = 15 * time.Minute
	mostHosts    = 10_000 // remembered at once
	forgottenFor = time.Hour
)

// pacing keeps to how fast letters may go: in all, and to one receiving domain. A domain that asks for a
// pause is left alone for a while, longer each time. It is kept in memory: what it holds back is in the
// outbox, and a start begins with full buckets.
type pacing struct {
	mu      sync.Mutex
	relay   *domain.Pace
	perHost float64
	hosts   map[string]*hostPace
	among   int // instances that share the rates
}

type hostPace struct {
	pace *domain.Pace
	hold time.Duration // of the last pause; 0 after a letter was taken
	till time.Time
	// booked is until when letters that were given back have filled the time to come: each comes back
	// when it may go, and not all at the next chance.
	booked time.Time
	used   time.Time
}

func hostOf(to string) string {
	return strings.ToLower(to[strings.LastIndexByte(to, '@')+1:])
}

// begin makes the buckets. The caller holds the lock.
func (p *pacing) begin(o *Outbox) {
	if p.relay == nil {
		p.relay, p.perHost, p.hosts, p.among = domain.NewPace(o.Rate), o.HostRate, make(map[string]*hostPace), 1
	}
	n := o.Store.Senders()
	if n == p.among { // the rates are promised to the mail server, which does not ask how many we are
		return
	}
	p.among, p.perHost = n, o.HostRate/float64(n)
	p.relay.Change(o.Now(), o.Rate/float64(n))
	for _, h := range p.hosts {
		h.pace.Change(o.Now(), p.perHost)
	}
}

// take is how many of n letters may go to the relay now, and otherwise how long until one may.
func (o *Outbox) take(n int) (int, time.Duration) {
	o.pace.mu.Lock()
	defer o.pace.mu.Unlock()
	o.pace.begin(o)
	if n = o.pace.relay.Take(o.Now(), n); n > 0 {
		return n, 0
	}
	return 0, o.pace.relay.Wait(o.Now())
}

// giveBack returns what was taken for letters that did not go.
func (o *Outbox) giveBack(n int) {
	o.pace.mu.Lock()
	defer o.pace.mu.Unlock()
	o.pace.relay.Back(n)
}

// mayGo tells until when a letter to an address has to wait for its domain; the zero time for not at all.
func (o *Outbox) mayGo(to string) time.Time {
	o.pace.mu.Lock()
	defer o.pace.mu.Unlock()
	now := o.Now()
	h := o.pace.host(hostOf(to), now)
	if now.Before(h.till) {
		return h.till
	}
	if h.pace.Take(now, 1) == 1 {
		return time.Time{}
	}
	at := now.Add(h.pace.Wait(now))
	if at.Before(h.booked) {
		at = h.booked
	}
	h.booked = at.Add(time.Duration(float64(time.Second) / o.pace.perHost))
	return at
}

// host is what is known of a domain. The caller holds the lock.
func (p *pacing) host(name string, now time.Time) *hostPace {
	h := p.hosts[name]
	if h == nil {
		if len(p.hosts) >= mostHosts {
			for k, old := range p.hosts {
				if now.Sub(old.used) > forgottenFor && !now.Before(old.till) {
					delete(p.hosts, k)
				}
			}
		}
		h = &hostPace{pace: domain.NewPace(p.perHost)}
		p.hosts[name] = h
	}
	h.used = now
	return h
}

// answered notes what the receiving domain said of a letter: nil that it was taken.
func (o *Outbox) answered(to string, f *domain.DeliveryFault) {
	o.pace.mu.Lock()
	defer o.pace.mu.Unlock()
	now := o.Now()
	h := o.pace.host(hostOf(to), now)
	switch {
	case f == nil:
		h.hold = 0
	case f.Class == domain.FaultRetry && (f.Code == 421 || strings.HasPrefix(f.Status, "4.7.")):
		if now.Before(h.till) {
			return
		}
		h.hold = min(max(2*h.hold, hostHold), longestHold)
		h.till = now.Add(h.hold)
	}
}
