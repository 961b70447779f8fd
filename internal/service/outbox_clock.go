package service

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/store"
)

const (
	backBy = time.Second      // what a clock may be put back by and nobody minds
	onBy   = 10 * time.Minute // the jobs ask more often than that: where more has passed, the clock was turned
)

// heedClock makes up for a clock that was turned since it was last asked, or, at the start, for one that may have
// been turned back meanwhile.
func (o *Outbox) heedClock(ctx context.Context) error {
	now := o.Now().Round(0) // the wall clock alone: what stands in the database knows no other
	o.mu.Lock()
	was := o.seen
	o.mu.Unlock()
	var mend func(tx *store.Tx) (int, error)
	switch by := was.Sub(now); {
	case o.deaf:
	case was.IsZero():
		mend = func(tx *store.Tx) (int, error) { return tx.PutBackClock(ctx, now, 0, lease) }
	case by > backBy:
		mend = func(tx *store.Tx) (int, error) { return tx.PutBackClock(ctx, now, by, lease) }
	case -by > onBy:
		mend = func(tx *store.Tx) (int, error) { return tx.PutOnClock(ctx, was, now, lease) }
	}
	if mend != nil {
		var n int
		err := o.Store.Write(ctx, func(tx *store.Tx) (err error) {
			n, err = mend(tx)
			return err
		})
		if err != nil {
			return err
		}
		if n > 0 {
			o.Log.WarnContext(ctx, "the clock was turned; letters that wait by it were put right", "was", was, "letters", n)
		}
	}
	o.mu.Lock()
	o.seen = now
	o.mu.Unlock()
	return nil
}
