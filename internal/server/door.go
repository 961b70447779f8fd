package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The door bounds how long anybody waits for an answer. Whoever stands inside waits for those before
// her: as many as are inside, at the pace at which they come out. So no more are let in than come out in
// DoorWait, and the others are told at once, on a page that keeps what they sent, when to come again.
//
// Each of those is given a time of her own, one after the other at the pace at which people come out. A
// quarter of the room is kept for those who come back at their time, so that who came first does not lose
// to those who came last; what they do not need nobody waits for long, since times pass by themselves.

const (
	// DoorWait is about how long whoever was let in waits at most.
	DoorWait = 2 * time.Second
	// mostInside is how many are let in at most, however fast they come out: as many as the database queues.
	mostInside = 4096
	// leastInside is how many are let in however slowly they come out.
	leastInside = 128
	// firstPace is how many a second are thought to come out before it has been seen: what lets in as many as may be.
	firstPace = 2048
	paceSpan  = 250 * time.Millisecond

	soonest     = 4 * time.Second // after which somebody is asked to come again
	latest      = 2 * time.Minute
	turnHolds   = 30 * time.Minute // for which a turn that has come is good
	turnMACSize = 12
)

// Door counts who is inside. Make one with NewDoor; it is safe for use by several goroutines.
type Door struct {
	now  func() time.Time
	most int64
	key  [32]byte

	inside, out, refused atomic.Int64
	limit                atomic.Int64

	mu      sync.Mutex
	pace    float64 // a second
	counted int64   // of out, at since
	since   time.Time
	busy    bool      // the room was in use at since
	tail    time.Time // the last turn that was given
}

// NewDoor is a door that lets in at most so many at a time; 0 means as many as the program can take.
func NewDoor(most int, now func() time.Time) *Door {
	if most <= 0 {
		most = mostInside
	}
	d := &Door{now: now, most: int64(most), pace: firstPace, since: now()}
	_, _ = rand.Read(d.key[:]) // never fails
	d.setLimit()
	return d
}

// Share signs turns with a key that other instances have too, before the door is used: who was given a turn by
// one of them, or before a restart, keeps it.
func (d *Door) Share(key []byte) { d.key = sha256.Sum256(key) }

// DoorStats counts at the door.
type DoorStats struct {
	Inside  int     // now
	Limit   int     // how many are let in now
	Pace    float64 // how many a second come out when many are inside
	Refused int64   // how many were asked to come again, since the start
}

// Stats tells how the door fares.
func (d *Door) Stats() DoorStats {
	d.mu.Lock()
	defer d.mu.Unlock()
	return DoorStats{Inside: int(d.inside.Load()), Limit: int(d.limit.Load()), Pace: d.pace, Refused: d.refused.Load()}
}

// enter lets somebody in, or reports false. Those who come first must leave a quarter of the room.
func (d *Door) enter(first bool) bool {
	limit := d.limit.Load()
	if first {
		limit -= limit / 4
	}
	if d.inside.Add(1) > limit {
		d.inside.Add(-1)
		d.refused.Add(1)
		d.look()
		return false
	}
	return true
}

func (d *Door) leave() {
	d.inside.Add(-1)
	if d.out.Add(1)%64 == 0 {
		d.look()
	}
}

// look measures the pace. Only a time in which many were inside throughout says how fast it goes.
func (d *Door) look() {
	if !d.mu.TryLock() {
		return
	}
	defer d.mu.Unlock()
	now := d.now()
	span := now.Sub(d.since)
	if span >= 0 && span < paceSpan {
		return
	}
	out, busy := d.out.Load(), d.inside.Load() >= leastInside/2
	if d.busy && busy && span < 4*paceSpan && span > 0 {
		d.pace = max(1, (d.pace+float64(out-d.counted)/span.Seconds())/2)
		d.setLimit()
	}
	d.counted, d.since, d.busy = out, now, busy
}

func (d *Door) setLimit() {
	d.limit.Store(min(d.most, max(leastInside, int64(d.pace*DoorWait.Seconds()))))
}

// turn is the time at which somebody who was not let in is asked to come again.
func (d *Door) turn() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	if first := now.Add(soonest); d.tail.Before(first) {
		d.tail = first
	}
	d.tail = d.tail.Add(time.Duration(float64(time.Second) / d.pace)).Truncate(time.Microsecond) // as tickets tell it
	if last := now.Add(latest); d.tail.After(last) {
		d.tail = last
	}
	return d.tail
}

// ticket is a turn in writing, for this very form and no other.
func (d *Door) ticket(turn time.Time, form []byte) string {
	at := turn.UnixMicro()
	return strconv.FormatInt(at, 36) + "." + base64.RawURLEncoding.EncodeToString(d.mac(at, form))
}

func (d *Door) mac(at int64, form []byte) []byte {
	m := hmac.New(sha256.New, d.key[:])
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(at))
	m.Write(b[:])
	m.Write(form)
	return m.Sum(nil)[:turnMACSize]
}

// readTicket is the turn that a ticket gives, the zero time where it is none of ours or too old.
func (d *Door) readTicket(ticket string, form []byte) time.Time {
	when, mac, _ := strings.Cut(ticket, ".")
	at, err := strconv.ParseInt(when, 36, 64)
	given, unreadable := base64.RawURLEncoding.DecodeString(mac)
	if err != nil || unreadable != nil || !hmac.Equal(given, d.mac(at, form)) {
		return time.Time{}
	}
	turn := time.UnixMicro(at)
	// None is given later than latest: such a one is of a clock that has been put back since.
	if now := d.now(); now.Sub(turn) > turnHolds || turn.Sub(now) > latest+soonest {
		return time.Time{}
	}
	return turn
}
