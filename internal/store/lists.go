package store

import (
	"context"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

// Numbers are an event's registrations counted.
type Numbers struct {
	ByStatus       map[domain.RegistrationStatus]int
	ByType         map[domain.OrganisationType]int // confirmed only
	ByMunicipality map[string]int                  // confirmed only
}

// Numbers counts the registrations of an event.
func (q Queries) Numbers(ctx context.Context, id domain.EventID) (Numbers, error) {
	n := Numbers{
		ByStatus: make(map[domain.RegistrationStatus]int), ByType: make(map[domain.OrganisationType]int),
		ByMunicipality: make(map[string]int),
	}
	type count struct {
		Label string `db:"label"`
		N     int    `db:"n"`
	}
	for _, c := range []struct {
		query string
		put   func(string, int)
	}{
		{`SELECT status AS label, count(*) AS n FROM registrations WHERE event_id = ? GROUP BY status ORDER BY status LIMIT 100`,
			func(l string, k int) { n.ByStatus[domain.RegistrationStatus(l)] = k }},
		{`SELECT organisation_type AS label, count(*) AS n FROM registrations WHERE event_id = ? AND status = 'confirmed'
GROUP BY organisation_type ORDER BY organisation_type LIMIT 100`,
			func(l string, k int) { n.ByType[domain.OrganisationType(l)] = k }},
		{`SELECT municipality AS label, count(*) AS n FROM registrations WHERE event_id = ? AND status = 'confirmed'
GROUP BY municipality ORDER BY municipality LIMIT 5000`,
			func(l string, k int) { n.ByMunicipality[l] += k }},
	} {
		var rows []count
		if err := q.list(ctx, &rows, c.query, int64(id)); err != nil {
			return n, fmt.Errorf("store: numbers: %w", err)
		}
		for _, r := range rows {
			c.put(r.Label, r.N)
		}
	}
	return n, nil
}

// ListKey is the place in a list after which the next page begins. The zero ListKey is the start.
type ListKey struct {
	SortKey string
	ID      domain.RegistrationID
}

// ListPage is up to limit registrations of an event after key in Swedish order, with the key of the
// next page and whether there may be one.
func (q Queries) ListPage(ctx context.Context, id domain.EventID, after ListKey, limit int) ([]domain.Registration, ListKey, bool, error) {
	var rows []registrationRow
	err := q.list(ctx, &rows, `
SELECT `+registrationColumns+`
FROM registrations
WHERE event_id = ? AND (sort_key, id) > (?, ?)
ORDER BY sort_key, id
LIMIT ?`, int64(id), after.SortKey, int64(after.ID), limit)
	if err != nil {
		return nil, after, false, fmt.Errorf("store: list page: %w", err)
	}
	out := make([]domain.Registration, len(rows))
	for i, r := range rows {
		k, err := r.kept()
		if err != nil {
			return nil, after, false, err
		}
		out[i] = k.Registration
		after = ListKey{SortKey: r.SortKey, ID: k.ID}
	}
	return out, after, len(rows) == limit, nil
}

// Queue is the waiting registrations of an event, the first in line first, at most 100,000.
func (q Queries) Queue(ctx context.Context, id domain.EventID) ([]domain.RegistrationID, error) {
	var ids []int64
	err := q.list(ctx, &ids, `
SELECT id FROM registrations
WHERE event_id = ? AND status = 'waitlisted'
ORDER BY id
LIMIT 100000`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("store: queue: %w", err)
	}
	out := make([]domain.RegistrationID, len(ids))
	for i, n := range ids {
		out[i] = domain.RegistrationID(n)
	}
	return out, nil
}
