package store

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// Measure is how full the books are, for those who watch over the program: numbers, nobody's name.
type Measure struct {
	Taken, Waiting, Offered int
	Lanes                   []LaneMeasure
	Refused                 int // letters that were given up
}

// LaneMeasure is what waits in one lane of the outbox in one state.
type LaneMeasure struct {
	Lane   int
	State  domain.LetterState
	Depth  int
	Oldest time.Time // when the oldest was owed
}

// Measure counts by what is small: the events' counters, and indices of what is not finished yet.
func (q Queries) Measure(ctx context.Context) (Measure, error) {
	var m Measure
	var sums struct {
		Taken   int `db:"taken"`
		Waiting int `db:"waiting"`
	}
	if err := q.get(ctx, &sums, `SELECT coalesce(sum(seats_taken), 0) AS taken, coalesce(sum(waiting), 0) AS waiting FROM events`); err != nil {
		return m, wrap("measure", err)
	}
	m.Taken, m.Waiting = sums.Taken, sums.Waiting
	if err := q.get(ctx, &m.Offered, `SELECT count(*) FROM registrations WHERE offer_until > 0`); err != nil {
		return m, wrap("measure", err)
	}
	if err := q.get(ctx, &m.Refused, `SELECT count(*) FROM letters WHERE state = 'failed'`); err != nil {
		return m, wrap("measure", err)
	}
	var rows []struct {
		Lane   int    `db:"lane"`
		State  string `db:"state"`
		N      int    `db:"n"`
		Oldest int64  `db:"oldest"`
	}
	err := q.list(ctx, &rows, `
SELECT lane, state, count(*) AS n, min(queued_at) AS oldest
FROM letters
WHERE state IN ('queued', 'sending')
GROUP BY lane, state
ORDER BY lane, state
LIMIT 10`)
	for _, r := range rows {
		m.Lanes = append(m.Lanes, LaneMeasure{r.Lane, domain.LetterState(r.State), r.N, instant(r.Oldest)})
	}
	return m, wrap("measure", err)
}

// CountByStatus counts every registration by its status. It reads all of them: ask seldom.
func (q Queries) CountByStatus(ctx context.Context) (map[string]int, error) {
	all, err := q.countStatuses(ctx, `TRUE`, nil)
	out := make(map[string]int, len(all))
	for status, n := range all {
		out[string(status)] = n
	}
	return out, wrap("registrations by status", err)
}
