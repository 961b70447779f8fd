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
	by := was.Sub(now)
	var n int
	var err error
	switch {
	case o.deaf:
	case was.IsZero():
		n, err = o.write(ctx, func(tx *store.Tx) (int, error) { return tx.PutBackClock(ctx, now, 0, lease) })
	case by > backBy:
		n, err = o.write(ctx, func(tx *store.Tx) (int, error) { return tx.PutBackClock(ctx, now, by, lease) })
		o.Log.WarnContext(ctx, "the clock was put back", "by", by.String(), "letters", n)
	case -by > onBy:
		n, err = o.write(ctx, func(tx *store.Tx) (int, error) { return tx.PutOnClock(ctx, was, now, lease) })
	}
	if err != nil {
		return err
	}
	o.mu.Lock()
	o.seen = now
	o.mu.Unlock()
	return nil
}

func (o *Outbox) write(ctx context.Context, fn func(tx *store.Tx) (int, error)) (n int, err error) {
	err = o.Store.Write(ctx, func(tx *store.Tx) (err error) {
		n, err = fn(tx)
		return err
	})
	return n, err
}
