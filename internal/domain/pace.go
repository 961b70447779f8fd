package domain

import "time"

// Pace lets so many things through in a while, evenly: a bucket that fills with time and holds a second's
// worth, at least one. The zero Pace lets everything through. It is not safe for use by several goroutines.
type Pace struct {
	perSecond float64
	level     float64
	at        time.Time // when level was so
}

// NewPace is a full bucket; 0 or less a second means no limit.
func NewPace(perSecond float64) *Pace {
	if perSecond <= 0 {
		return &Pace{}
	}
	return &Pace{perSecond: perSecond, level: max(perSecond, 1)}
}

func (p *Pace) fill(now time.Time) {
	if !p.at.IsZero() && now.After(p.at) {
		p.level = min(p.level+now.Sub(p.at).Seconds()*p.perSecond, max(p.perSecond, 1))
	}
	p.at = now // a clock that went back fills nothing, and does not stop it either
}

// Take is how many of n may go now. They are counted as gone.
func (p *Pace) Take(now time.Time, n int) int {
	if p.perSecond <= 0 {
		return n
	}
	p.fill(now)
	n = min(n, int(p.level))
	p.level -= float64(n)
	return n
}

// Change sets another rate from now on; what was left of the bucket stays, as far as it fits.
func (p *Pace) Change(now time.Time, perSecond float64) {
	if p.perSecond <= 0 || perSecond <= 0 {
		return
	}
	p.fill(now)
	p.perSecond, p.level = perSecond, min(p.level, max(perSecond, 1))
}

// Back returns n that did not go after all.
func (p *Pace) Back(n int) {
	if p.perSecond > 0 {
		p.level = min(p.level+float64(n), max(p.perSecond, 1))
	}
}

// Wait is how long until one may go; 0 for now.
func (p *Pace) Wait(now time.Time) time.Duration {
	if p.perSecond <= 0 {
		return 0
	}
	p.fill(now)
	if p.level >= 1 {
		return 0
	}
	return time.Duration((1-p.level)/p.perSecond*float64(time.Second)).Truncate(time.Microsecond) + time.Microsecond
}
