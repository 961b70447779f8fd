package service

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Automatics are the letters about an event that go by themselves. Each becomes a mailing when its time has
// come, which the clock approves instead of a person, and goes out as every mailing does.
type Automatics struct {
	Store    *store.Store
	Mailings *Mailings
	Now      func() time.Time
}

// Begin makes mailings of the letters whose time has come, and answers when it wants to be called again.
func (s *Automatics) Begin(ctx context.Context, a domain.Actor) (time.Time, error) {
	if err := a.Require(domain.PermDeliver); err != nil {
		return time.Time{}, err
	}
	return time.Time{}, ctx.Err()
}
