package service

import (
	"context"

	"github.com/temadag/temadag/internal/domain"
)

// BeginFound is what a worker does that has found a letter due, whatever others have done since.
func BeginFound(ctx context.Context, s *Automatics, a domain.Actor, id domain.EventID, k domain.AutomaticKind) error {
	_, err := s.begin(ctx, a, id, k)
	return err
}
