package service

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// knownFor is how long a network counts as one from which a user has signed in.
const knownFor = 180 * 24 * time.Hour

// guess is one attempt at an account from a network, at one of the things that can be guessed. account
// is the key of the address as typed, whether it is anyone's or not; user is 0 where it is nobody's.
type guess struct {
	what    string // "password" or "code"
	account string
	user    domain.UserID
	network string
}

// gate counts under a key how often something failed, and tells how long to wait after that.
type gate struct {
	key  []byte
	wait func(failed int) time.Duration
}

// gates are what a guess must pass. Where the user has signed in from this network before, only what
// failed for her from here is counted: nobody elsewhere can slow her down.
func (s *Accounts) gates(ctx context.Context, q store.Queries, g guess) ([]gate, error) {
	known, err := q.KnowsNetwork(ctx, g.user, g.network, s.Now().Add(-knownFor))
	if err != nil {
		return nil, err
	}
	all := []gate{{s.Keys.AttemptKey(g.what, "here", g.account, g.network), domain.GuessWait}}
	if !known {
		all = append(all,
			gate{s.Keys.AttemptKey(g.what, "elsewhere", g.account), domain.GuessWaitElsewhere},
			gate{s.Keys.AttemptKey(g.what, "network", g.network), domain.GuessWaitNetwork})
	}
	return all, nil
}

// charge counts a guess before it is looked at, so that many at once cannot slip through together, or
// refuses to look: class CodeTooMany "signin.wait". Whoever guesses right is given it back by relieve.
func (s *Accounts) charge(ctx context.Context, tx *store.Tx, g guess) error {
	now := s.Now()
	all, err := s.gates(ctx, tx.Queries, g)
	if err != nil {
		return err
	}
	counts := make([]store.Attempts, len(all))
	var until time.Time
	for i, gt := range all {
		if counts[i], err = tx.Attempts(ctx, gt.key); err != nil {
			return err
		}
		if !now.Before(counts[i].Last.Add(domain.GuessWindow)) {
			counts[i] = store.Attempts{}
		}
		if counts[i].Last.After(now) {
			continue // by a clock that has been put back since: what failed counts, and nobody waits until then
		}
		if w := gt.wait(counts[i].Failed); w > 0 && counts[i].Last.Add(w).After(until) {
			until = counts[i].Last.Add(w)
		}
	}
	if now.Before(until) {
		return waitUntil(now, until)
	}
	for i, gt := range all {
		counts[i].Failed++
		counts[i].Last = now
		if err := tx.PutAttempts(ctx, gt.key, counts[i]); err != nil {
			return err
		}
	}
	if len(all) > 1 && domain.GuessWaitElsewhere(counts[1].Failed-1) == 0 && domain.GuessWaitElsewhere(counts[1].Failed) > 0 {
		return s.slowed(ctx, tx, g)
	}
	return nil
}

func waitUntil(now, until time.Time) error {
	minutes := int((until.Sub(now) + time.Minute - 1) / time.Minute)
	return &domain.Error{Code: domain.CodeTooMany, Key: "signin.wait", Args: map[string]any{"count": minutes}}
}

// slowed tells the audit log that an account is under attack. An address that is nobody's gets its line
// too, without the address: the work is the same, and whoever runs the program can see the attack.
func (s *Accounts) slowed(ctx context.Context, tx *store.Tx, g guess) error {
	e := domain.AuditEntry{At: s.Now(), Action: domain.AuditSlowed, Object: "address", Details: map[string]string{"what": g.what}}
	if g.user != 0 {
		e.Object, e.ObjectID = "user", idOf(g.user)
	}
	return tx.Audit(ctx, e)
}

// relieve gives back what a right guess was charged, and forgets what failed for her from here.
func (s *Accounts) relieve(ctx context.Context, tx *store.Tx, g guess) error {
	all, err := s.gates(ctx, tx.Queries, g)
	if err != nil {
		return err
	}
	for i, gt := range all {
		a, err := tx.Attempts(ctx, gt.key)
		if err != nil {
			return err
		}
		a.Failed = max(a.Failed-1, 0)
		if i == 0 {
			a.Failed = 0
		}
		if err := tx.PutAttempts(ctx, gt.key, a); err != nil {
			return err
		}
	}
	return nil
}

// asked counts a letter that a network asks for, as charge counts guesses.
func (s *Accounts) asked(ctx context.Context, tx *store.Tx, network string) error {
	now := s.Now()
	key := s.Keys.AttemptKey("reset", "network", network)
	a, err := tx.Attempts(ctx, key)
	if err != nil {
		return err
	}
	if !now.Before(a.Last.Add(domain.GuessWindow)) {
		a = store.Attempts{}
	}
	if until := a.Last.Add(domain.GuessWaitNetwork(a.Failed)); now.Before(until) && !a.Last.After(now) {
		return waitUntil(now, until)
	}
	return tx.PutAttempts(ctx, key, store.Attempts{Failed: a.Failed + 1, Last: now})
}

func networkOf(c Caller) string { return auth.Network(c.Address) }
