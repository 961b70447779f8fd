package service

import (
	"context"

	"github.com/temadag/temadag/internal/domain"
)

// BeginFound is what a worker does that has found a letter due, whatever others have done since.
func (s *Automatics) BeginFound(ctx context.Context, a domain.Actor, id domain.EventID, k domain.AutomaticKind) error {
	_, err := s.begin(ctx, a, id, k)
	return err
}
