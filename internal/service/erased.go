package service

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Intend writes down outside the database what is about to be erased for good, and returns when that is on
// disk. mark is the number under which the database remembers that something was about to be. settle must be
// called once the outcome is known, with what has been erased, nothing for nothing; where nobody knows, it is
// not called, and the next start finds out (see Backups.Fate).
type Intend func(mark int64, gone []domain.Erased) (settle func(done ...domain.Erased) error, err error)

// errNotErased is told where it could not be written down outside the database that something is about to be
// erased: nothing is, and asking once more is safe.
var errNotErased = &domain.Error{Code: domain.CodeUnavailable, Key: "store.down"}

// errUnsaid undoes a transaction that would erase what nobody has written down outside the database.
var errUnsaid = errors.New("service: about to erase")

// forGood runs fn in a transaction of run, and writes down outside the database what it erases for good:
// before the commit, that it is about to be, and after it, that it has been. A crash at any instant leaves a
// line. fn tells what it erases in gone; what erases runs twice, and the first time is undone. Nothing is
// written down inside the transaction, where a slow disk would keep everyone waiting.
func forGood(ctx context.Context, s *store.Store, intend Intend, run func(fn func(tx *store.Tx) error) error, fn func(tx *store.Tx, gone *[]domain.Erased) error) error {
	var meant []domain.Erased
	settle := func(...domain.Erased) error { return nil }
	for {
		var gone []domain.Erased
		sound := false
		err := run(func(tx *store.Tx) error {
			gone, sound = nil, false
			if err := fn(tx, &gone); err != nil {
				return err
			}
			if intend != nil && !covers(meant, gone) {
				return errUnsaid
			}
			sound = true
			return nil
		})
		switch {
		case errors.Is(err, errUnsaid):
			_ = settle() // of the last round, where somebody came between; a line left open is closed at the next start
			meant = gone
			if settle, err = intendNext(ctx, s, intend, gone); err != nil {
				return errors.Join(errNotErased, err)
			}
		case err == nil:
			// The log keeps what it cannot write now, and tells of it; the intention is on disk.
			_ = settle(gone...)
			return nil
		case sound: // nobody knows whether the commit was kept
			return err
		default:
			_ = settle()
			return err
		}
	}
}

// covers reports whether everything that is gone was meant to be.
func covers(meant, gone []domain.Erased) bool {
	for _, g := range gone {
		if !slices.ContainsFunc(meant, func(m domain.Erased) bool { return m.Kind == g.Kind && m.UID == g.UID && m.N == g.N }) {
			return false
		}
	}
	return true
}

// intendNext lets the database remember, durably, that something is about to be erased, and then writes down
// what. A copy of the database made before is known by its lower number.
func intendNext(ctx context.Context, s *store.Store, intend Intend, gone []domain.Erased) (func(...domain.Erased) error, error) {
	var mark int64
	err := s.Write(ctx, func(tx *store.Tx) (err error) {
		if mark, err = readJSON[int64](ctx, tx.Queries, settingMeant); err != nil {
			return err
		}
		mark++
		return putJSON(ctx, tx, settingMeant, mark)
	})
	if err != nil {
		return nil, err
	}
	return intend(mark, gone)
}

// Fate is what has become of an erasure that was meant, and of which nobody wrote down the end.
type Fate int

// The fates.
const (
	FateDone    Fate = iota // it stands erased
	FateNever               // the database lived through it, and it was not kept
	FateLost                // this is a copy from before it: it must be erased again
	FateUnknown             // it may still be under way, in another process
)

// underWay is how long an erasure may take from being meant to being kept.
const underWay = time.Minute

// errLook undoes what was done to see what it would do.
var errLook = errors.New("service: only looking")

// Fate tells what has become of an erasure that was meant. It changes nothing.
func (s *Backups) Fate(ctx context.Context, a domain.Actor, m domain.Meant) (Fate, error) {
	if err := a.Require(domain.PermKeepTime); err != nil {
		return FateUnknown, err
	}
	last, err := readJSON[int64](ctx, s.Store.Queries, settingMeant)
	if err != nil {
		return FateUnknown, err
	}
	if last < m.Mark {
		return FateLost, nil
	}
	stands := false
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if stands, err = s.again(ctx, tx, m.Erased); err != nil {
			return err
		}
		return errLook
	})
	switch {
	case !errors.Is(err, errLook):
		return FateUnknown, err
	case !stands:
		return FateDone, nil
	case s.Now().Sub(m.At) < underWay:
		return FateUnknown, nil
	}
	return FateNever, nil
}
