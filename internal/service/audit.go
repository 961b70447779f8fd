package service

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

const (
	auditPage = 50
	auditMost = 1000
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
	if err := a.Require(domain.PermReadAudit); err != nil {
		return nil, 0, err
	}
	counties, all := manages(a, domain.PermReadAudit)
	if f.Limit <= 0 {
		f.Limit = auditPage
	}
	most := min(f.Limit, auditMost)
	f.Limit = most + 1
	lines, err = s.Store.AuditEntries(ctx, store.AuditScope{Counties: counties, All: all}, f)
	if len(lines) > most {
		lines = lines[:most]
		next = lines[most-1].ID
	}
	return lines, next, err
}
