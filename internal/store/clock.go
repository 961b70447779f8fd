package store

import (
	"context"
	"math"
	"time"
)

// When letters are due, and how long somebody holds one, stands in the database by the wall clock, which may be
// put right by an hour or be wrong for a while by a year.

// PutBackClock makes up for a clock that shows now and has gone back by so much, 0 where it is not known: what was
// to go by the former time does not lie until the clock shows that time again. A letter that was written later than
// now and not tried is due; others that wait go so much earlier; and nobody holds a letter for longer than a lease from now on.
// Doing it twice does no harm: at worst a try comes early. It answers how many letters it was for.
func (tx *Tx) PutBackClock(ctx context.Context, now time.Time, by, lease time.Duration) (letters int, err error) {
	at, longest := stamp(now), stamp(now.Add(lease))
	writtenAfter, triedAtMost := int64(-1), 0
	if by == 0 { // of a wait that began before now nothing is known
		writtenAfter, triedAtMost = at, math.MaxInt32
	}
	n, err := tx.inBoth(ctx, `
SET next_try = CASE WHEN (queued_at > ? AND attempts <= ?) OR next_try < ? THEN ? ELSE next_try - ? END
WHERE state = 'queued' AND next_try > ? AND queued_at > ?`, at, triedAtMost, stamp(now.Add(by)), at, by.Microseconds(), at, writtenAfter)
	if err != nil {
		return 0, wrap("put back clock", err)
	}
	m, err := tx.inBoth(ctx, `SET next_try = ? WHERE state = 'sending' AND next_try > ?`, longest, longest)
	return n + m, wrap("put back clock", err)
}

// PutOnClock makes up for a clock that shows now and showed was a moment ago: who held a letter then may be in the
// middle of sending it, and holds it for a lease from now on. It answers how many letters it was for.
func (tx *Tx) PutOnClock(ctx context.Context, was, now time.Time, lease time.Duration) (letters int, err error) {
	n, err := tx.inBoth(ctx, `SET next_try = ? WHERE state = 'sending' AND next_try > ? AND next_try <= ?`,
		stamp(now.Add(lease)), stamp(was), stamp(now))
	return n, wrap("put on clock", err)
}

// inBoth changes letters, and those about accounts. lease_until, which is not decided by, is left as it is.
func (tx *Tx) inBoth(ctx context.Context, change string, args ...any) (n int, err error) {
	for _, table := range []string{"letters", "notices"} {
		m, err := tx.exec(ctx, `UPDATE `+table+` `+change, args...)
		if err != nil {
			return n, err
		}
		n += int(m)
	}
	return n, nil
}
