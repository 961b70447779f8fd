package store

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"
)

// Recorded reads as the store does, and tells of each statement before it runs.
func (s *Store) Recorded(tell func(query string, args []any)) Queries {
	return Queries{q: recorder{s.q, tell}, words: s.words}
}

type recorder struct {
	querier
	tell func(query string, args []any)
}

func (r recorder) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.tell(query, args)
	return r.querier.QueryContext(ctx, query, args...)
}

func (r recorder) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	r.tell(query, args)
	return r.querier.QueryxContext(ctx, query, args...)
}

func (r recorder) QueryRowxContext(ctx context.Context, query string, args ...any) *sqlx.Row {
	r.tell(query, args)
	return r.querier.QueryRowxContext(ctx, query, args...)
}
