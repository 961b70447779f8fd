package service

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

const (
	bodiesAtOnce = 32      // letters whose bytes are kept in one transaction, at least
	mostBytes    = 4 << 20 // of such letters; what is enclosed by staff may be large
	largeBody    = mostBytes / bodiesAtOnce
)

// readyLetter is a letter with its bytes, which are durable; or with neither bytes nor a fault, where they
// have still to be made.
type readyLetter struct {
	domain.Letter
	raw []byte
	err error
}

// ahead makes letters ready, some at a time and in their order, while those before are being sent. It ends
// with the letters or when done is closed.
func (o *Outbox) ahead(ctx context.Context, letters []domain.Letter, done <-chan struct{}) <-chan []readyLetter {
	out := make(chan []readyLetter)
	go func() {
		defer close(out)
		for n := max(bodiesAtOnce, o.parallel()); len(letters) > 0; letters = letters[min(n, len(letters)):] {
			select {
			case out <- o.ready(ctx, letters[:min(n, len(letters))]):
			case <-done:
				return
			}
		}
	}()
	return out
}

// ready composes letters that have not been composed before, and keeps them all in one transaction, before
// any of them is tried. Where that does not succeed each is made by itself when its turn comes: what is
// wrong with one letter is not to hold up another.
func (o *Outbox) ready(ctx context.Context, letters []domain.Letter) []readyLetter {
	out := make([]readyLetter, len(letters))
	ids := make([]domain.LetterID, len(letters))
	for i, l := range letters {
		out[i].Letter, ids[i] = l, l.ID
	}
	if o.Now().Before(o.pausedUntil()) || ctx.Err() != nil {
		return out
	}
	kept, err := o.Store.LetterBodies(ctx, ids, largeBody)
	if err != nil {
		return out
	}
	fresh := o.composed(ctx, out, kept)
	if err := o.keep(ctx, fresh, kept); err != nil {
		for i := range out {
			if slices.Contains(fresh, out[i].ID) {
				out[i].raw = nil
			}
		}
	}
	return out
}

var errNotFirst = errors.New("service: somebody else has composed a letter")

// keep keeps the bytes of letters that nobody has composed before.
func (o *Outbox) keep(ctx context.Context, fresh []domain.LetterID, sealed map[domain.LetterID][]byte) error {
	if len(fresh) == 0 {
		return nil
	}
	return o.Store.WriteBeside(ctx, func(tx *store.Tx) error {
		for _, id := range fresh {
			if kept, err := tx.KeepBody(bg, id, sealed[id]); err != nil {
				return err
			} else if !kept {
				return errNotFirst // hers may have gone already, or there is nobody left to write to
			}
		}
		return nil
	})
}

// composed gives each letter its bytes: those kept, or new ones, whose sealed form it adds to kept. It
// answers which are new.
func (o *Outbox) composed(ctx context.Context, letters []readyLetter, kept map[domain.LetterID][]byte) (fresh []domain.LetterID) {
	var mu sync.Mutex
	var next, size atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(letters)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(letters) && size.Load() < mostBytes; i = int(next.Add(1)) - 1 {
				l := &letters[i]
				mu.Lock()
				sealed, known := kept[l.ID]
				mu.Unlock()
				if known && sealed == nil { // too large to be read ahead
					continue
				}
				if known {
					l.raw, l.err = o.Keys.Open(sealed, sealFor(l.ID))
					continue
				}
				if l.raw, l.err = o.compose(ctx, l.Letter); l.err != nil {
					continue
				}
				sealed = o.Keys.Seal(l.raw, sealFor(l.ID))
				size.Add(int64(len(sealed)))
				mu.Lock()
				kept[l.ID], fresh = sealed, append(fresh, l.ID)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return fresh
}

// sealFor is where the sealed bytes of a letter belong: they open nowhere else.
func sealFor(id domain.LetterID) string { return "letter " + strconv.FormatInt(int64(id), 10) }

func (o *Outbox) compose(ctx context.Context, l domain.Letter) ([]byte, error) {
	f, err := o.facts(ctx, l)
	if err != nil {
		return nil, err
	}
	raw, err := o.Composer.Compose(f)
	if err != nil {
		return nil, fmt.Errorf("service: compose letter %d: %w", l.ID, err)
	}
	return raw, nil
}

// bytes are one letter as it was composed the first time.
func (o *Outbox) bytes(ctx context.Context, l domain.Letter) ([]byte, error) {
	sealed, err := o.Store.LetterBody(ctx, l.ID)
	if err != nil {
		return nil, err
	}
	if sealed != nil {
		return o.Keys.Open(sealed, sealFor(l.ID))
	}
	raw, err := o.compose(ctx, l)
	if err != nil {
		return nil, err
	}
	mine := o.Keys.Seal(raw, sealFor(l.ID))
	err = o.Store.Write(bg, func(tx *store.Tx) (err error) {
		if sealed, err = tx.LetterBody(bg, l.ID); err != nil || sealed != nil {
			return err // somebody else was first: hers may have gone already
		}
		_, err = tx.KeepBody(bg, l.ID, mine)
		return err
	})
	if err != nil || sealed == nil {
		return raw, err
	}
	return o.Keys.Open(sealed, sealFor(l.ID))
}
