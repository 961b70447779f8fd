package service

import (
	"context"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// invited are the subscribers whom an invitation would go to, and those who get none. A Recipient of these has
// an address, a language and the event that she is invited to, and no name.
func (s *Mailings) invited(context.Context, store.Queries, domain.Actor, domain.Mailing) ([]domain.Recipient, error) {
	return nil, errMailing
}
