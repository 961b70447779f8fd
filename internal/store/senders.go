package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// senders is the mark of a Store that letters are sent through: a lock on a file beside the database, which
// the system lets go of when the process ends, however it ends. Everyone who sends shares it. A file of its
// own is needed, since closing the database's would let go of SQLite's locks.
type senders struct {
	mu   sync.Mutex
	file *os.File
}

// JoinSenders declares that letters are sent through this Store from now on, until it is closed or its
// process ends. Where no other Store has declared so, a letter that is still leased was held by a process
// that has died: it is due again at now, with its try counted. It answers how many these were. While another
// one sends, its leases are left to run out: which of them are a dead one's nobody can tell. Joining again
// does nothing.
func (s *Store) JoinSenders(ctx context.Context, now time.Time) (freed int, err error) {
	return s.engine.joinSenders(ctx, func() (freed int, err error) {
		err = s.Write(ctx, func(tx *Tx) (err error) {
			freed, err = tx.freeLeases(ctx, now)
			return err
		})
		return freed, err
	})
}

func (w *writer) joinSenders(_ context.Context, free func() (int, error)) (freed int, err error) {
	w.senders.mu.Lock()
	defer w.senders.mu.Unlock()
	if w.senders.file != nil {
		return 0, nil
	}
	f, err := os.OpenFile(w.path+"-senders", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return 0, fmt.Errorf("store: senders: %w", err)
	}
	switch err = flock(f, syscall.LOCK_EX|syscall.LOCK_NB); {
	case err == nil: // whoever joins next waits below until the leases are free
		freed, err = free()
	case errors.Is(err, syscall.EWOULDBLOCK):
		err = nil
	}
	if err == nil {
		err = flock(f, syscall.LOCK_SH)
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("store: senders: %w", err), f.Close())
	}
	w.senders.file = f
	return freed, nil
}

func flock(f *os.File, how int) error {
	for {
		if err := syscall.Flock(int(f.Fd()), how); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// leave takes the mark away.
func (s *senders) leave() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	f := s.file
	s.file = nil
	return f.Close()
}

// freeLeases makes every leased letter due at now, those about accounts too.
func (tx *Tx) freeLeases(ctx context.Context, now time.Time) (int, error) {
	n, err := tx.exec(ctx, `UPDATE letters SET state = 'queued', next_try = ?, lease_until = 0 WHERE state = 'sending'`, stamp(now))
	if err != nil {
		return 0, wrap("free letters", err)
	}
	more, err := tx.exec(ctx, `UPDATE notices SET state = 'queued', next_try = ? WHERE state = 'sending'`, stamp(now))
	return int(n + more), wrap("free notices", err)
}

// LetterHeld gives a letter back that met something which says nothing about it, to be claimed again at
// next: the try is not counted.
func (tx *Tx) LetterHeld(ctx context.Context, id domain.LetterID, next time.Time, reason string) error {
	_, err := tx.exec(ctx, `
UPDATE letters SET state = 'queued', attempts = attempts - 1, next_try = ?, lease_until = 0, last_error = ?
WHERE id = ? AND state = 'sending'`, stamp(next), reason, int64(id))
	return wrap("letter held", err)
}

// LetterStopped notes that a letter will not go: what it belongs to was stopped.
func (tx *Tx) LetterStopped(ctx context.Context, id domain.LetterID) error {
	_, err := tx.exec(ctx, `UPDATE letters SET state = 'withheld', lease_until = 0 WHERE id = ? AND state = 'sending'`, int64(id))
	return wrap("letter stopped", err)
}

// MailingStopped reports whether no more letters of a mailing may go.
func (q Queries) MailingStopped(ctx context.Context, id domain.MailingID) (bool, error) {
	var state string
	err := q.get(ctx, &state, `SELECT state FROM mailings WHERE id = ?`, int64(id))
	return domain.MailingState(state) == domain.MailingStopped, wrap("mailing", err)
}
