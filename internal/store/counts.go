package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// CountTogether adds what this instance has counted of each key in the window that began at from, and answers
// what all instances have counted of the same keys. It is for limits: the counts may be lost when the server of
// the database crashes, and are forgotten after some minutes. On SQLite nobody else counts, and it answers mine.
func (s *Store) CountTogether(ctx context.Context, from time.Time, mine map[int64]int) (map[int64]int, error) {
	l, ok := s.engine.(*lanes)
	if !ok || len(mine) == 0 {
		return mine, nil
	}
	keys := slices.Sorted(maps.Keys(mine)) // in one order everywhere, so that two never wait for each other
	args := make([]any, 0, 3*len(keys))
	for _, k := range keys {
		args = append(args, k, stamp(from), mine[k])
	}
	var rows []struct {
		Key int64 `db:"key"`
		N   int   `db:"n"`
	}
	q := Queries{q: l.db, words: l.words}
	err := q.list(ctx, &rows, `
INSERT INTO rate_counts (key, since, n)
VALUES `+strings.TrimSuffix(strings.Repeat("(?, ?, ?), ", len(keys)), ", ")+`
ON CONFLICT (key, since) DO UPDATE SET n = rate_counts.n + excluded.n
RETURNING key, n`, args...)
	if err != nil {
		return nil, fmt.Errorf("store: counts: %w", err)
	}
	all := make(map[int64]int, len(rows))
	for _, r := range rows {
		all[r.Key] = r.N
	}
	_, err = l.db.ExecContext(ctx, l.words.rebind(`DELETE FROM rate_counts WHERE since < ?`), stamp(from.Add(-countsKept)))
	return all, wrap("counts", err)
}

const countsKept = 5 * time.Minute

// Senders is how many instances letters are sent through, this one among them: 1 where it is not known.
func (s *Store) Senders() int {
	if l, ok := s.engine.(*lanes); ok {
		return max(1, int(l.sending.Load()))
	}
	return 1
}
