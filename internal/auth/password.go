package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/alexedwards/argon2id"
)

// The cost of a password hash: 19 MiB of memory, two passes, one lane, as OWASP advises. At most
// hashesAtOnce are under way, so that a flood of sign-ins can take neither the memory nor all the
// processor from those who register.
const (
	hashMemory   = 19 * 1024 // KiB
	hashPasses   = 2
	hashesAtOnce = 2
	hashesQueued = 16
)

// ErrBusy says that too many passwords are being looked at; nothing was looked at.
var ErrBusy = errors.New("auth: too many passwords at once")

// Hasher hashes passwords and compares them. It is safe for use by several goroutines.
type Hasher struct {
	params argon2id.Params
	turn   chan struct{} // those under way
	queue  chan struct{} // those and the ones waiting
	dummy  string        // for those who have no hash
}

// NewHasher is a Hasher of the cost above.
func NewHasher() (*Hasher, error) { return newHasher(hashMemory, hashPasses) }

// NewQuickHasher is a Hasher of next to no cost, for tests of what is around it.
func NewQuickHasher() (*Hasher, error) { return newHasher(64, 1) }

func newHasher(memory, passes uint32) (*Hasher, error) {
	h := &Hasher{
		params: argon2id.Params{Memory: memory, Iterations: passes, Parallelism: 1, SaltLength: 16, KeyLength: 32},
		turn:   make(chan struct{}, hashesAtOnce), queue: make(chan struct{}, hashesAtOnce+hashesQueued),
	}
	var err error
	if h.dummy, err = argon2id.CreateHash(NewKey(), &h.params); err != nil {
		return nil, fmt.Errorf("auth: hash: %w", err)
	}
	return h, nil
}

// Hash is what is kept of a password, in the PHC form. The error is ErrBusy, or that of ctx.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	var out string
	err := h.do(ctx, func() (err error) {
		out, err = argon2id.CreateHash(password, &h.params)
		return err
	})
	return out, err
}

// Matches reports whether the password is the one that was hashed. Where hash is "", since there is no
// such user or she has no password, it does the same work and answers false.
func (h *Hasher) Matches(ctx context.Context, password, hash string) (bool, error) {
	var ok bool
	kept := hash
	if kept == "" {
		kept = h.dummy
	}
	err := h.do(ctx, func() (err error) {
		ok, err = argon2id.ComparePasswordAndHash(password, kept)
		return err
	})
	return ok && hash != "", err
}

// Outdated reports whether a hash was made at another cost than today's, and should be made anew when
// the password is at hand.
func (h *Hasher) Outdated(hash string) bool {
	p, _, _, err := argon2id.DecodeHash(hash)
	return err != nil || *p != h.params
}

// do waits for its turn, in a queue of limited length.
func (h *Hasher) do(ctx context.Context, work func() error) error {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		return ErrBusy
	}
	select {
	case h.turn <- struct{}{}:
		defer func() { <-h.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := work(); err != nil {
		return fmt.Errorf("auth: hash: %w", err)
	}
	return nil
}
