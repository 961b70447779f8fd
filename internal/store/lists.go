package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/temadag/temadag/internal/domain"
)

// Numbers are an event's registrations counted.
type Numbers struct {
	ByStatus       map[domain.RegistrationStatus]int
	ByType         map[domain.OrganisationType]int // confirmed only
	ByMunicipality map[string]int                  // confirmed only
}

// Numbers counts the registrations of an event, in one pass over them.
func (q Queries) Numbers(ctx context.Context, id domain.EventID) (Numbers, error) {
	n := Numbers{
		ByStatus: make(map[domain.RegistrationStatus]int), ByType: make(map[domain.OrganisationType]int),
		ByMunicipality: make(map[string]int),
	}
	var rows []struct {
		Status       string `db:"status"`
		Type         string `db:"organisation_type"`
		Municipality string `db:"municipality"`
		N            int    `db:"n"`
	}
	err := q.list(ctx, &rows, `
SELECT status, organisation_type, municipality, count(*) AS n
FROM registrations
WHERE event_id = ?
GROUP BY status, organisation_type, municipality
ORDER BY status, organisation_type, municipality
LIMIT 100000`, int64(id))
	if err != nil {
		return n, fmt.Errorf("store: numbers: %w", err)
	}
	for _, r := range rows {
		n.ByStatus[domain.RegistrationStatus(r.Status)] += r.N
		if r.Status == string(domain.Confirmed) {
			n.ByType[domain.OrganisationType(r.Type)] += r.N
			n.ByMunicipality[r.Municipality] += r.N
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
// next page and whether there may be one. Of the links' keys it reads nothing.
//
// It asks twice, first for those of the same name as the last of the page before: one comparison of
// the pair (name, id) would go through all of that name again for each page.
func (q Queries) ListPage(ctx context.Context, id domain.EventID, after ListKey, limit int) ([]domain.Registration, ListKey, bool, error) {
	p := listPage{event: id, last: after, rows: make([]domain.Registration, 0, limit)}
	err := p.read(ctx, q, `event_id = ? AND sort_key = ? AND id > ?
ORDER BY id
LIMIT ?`, int64(id), after.SortKey, int64(after.ID), limit)
	if err == nil && len(p.rows) < limit {
		err = p.read(ctx, q, `event_id = ? AND sort_key > ?
ORDER BY sort_key, id
LIMIT ?`, int64(id), after.SortKey, limit-len(p.rows))
	}
	if err != nil {
		return nil, after, false, fmt.Errorf("store: list page: %w", err)
	}
	return p.rows, p.last, len(p.rows) == limit, nil
}

// listPage is a page being read. Lists are long, so rows are scanned without reflection.
type listPage struct {
	event domain.EventID
	last  ListKey
	rows  []domain.Registration
}

func (p *listPage) read(ctx context.Context, q Queries, where string, args ...any) (err error) {
	rows, err := q.q.QueryxContext(ctx, q.words.rebind(`
SELECT id, uid, status, attendance, channel, lang, received_at, protected, given_name, family_name, sort_key, email, phone,
  organisation, organisation_type, title, municipality, answers
FROM registrations
WHERE `+where), args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r := domain.Registration{EventID: p.event}
		var uid sql.RawBytes
		var received int64
		var answers string
		if err := rows.Scan(&r.ID, &uid, &r.Status, &r.Attendance, &r.Channel, &r.Lang, &received, &r.Protected, &r.GivenName,
			&r.FamilyName, &p.last.SortKey, &r.Email, &r.Phone, &r.Organisation, &r.OrganisationType, &r.Title, &r.Municipality,
			&answers); err != nil {
			return err
		}
		r.Ref, r.ReceivedAt, p.last.ID = domain.ReferenceOf(uid), instant(received), r.ID
		if err := unpack(answers, &r.Answers); err != nil {
			return err
		}
		p.rows = append(p.rows, r)
	}
	return rows.Err()
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
