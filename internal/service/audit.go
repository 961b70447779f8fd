package service

import (
	"context"
	"errors"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Audit reads the audit log. It is written with Tx.Audit, in the transaction of what it tells.
type Audit struct {
	Store *store.Store
	Now   func() time.Time
}

// Entries are the lines that the filter chooses among those the actor may read: of counties where she
// holds PermReadAudit, and about the accounts of users there. next is Before for the next page, 0 at
// the end.
func (s *Audit) Entries(ctx context.Context, a domain.Actor, f domain.AuditFilter) (lines []domain.AuditEntry, next int64, err error) {
	return nil, 0, errors.ErrUnsupported
}
