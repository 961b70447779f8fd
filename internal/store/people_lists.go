package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// Mark is where someone stands in a list that was taken: her status, and the last line of her history that
// tells of other content.
type Mark struct {
	Status domain.RegistrationStatus
	Line   int
}

// contentSteps are the steps after which a row of a list reads otherwise.
const contentSteps = `'changed', 'address_changed', 'named', 'sessions_chosen', 'session_place', 'protected'`

// Marks are those of everyone at an event.
func (q Queries) Marks(ctx context.Context, id domain.EventID) (map[domain.RegistrationID]Mark, error) {
	var rows []struct {
		ID     int64  `db:"id"`
		Status string `db:"status"`
		Line   int    `db:"line"`
	}
	err := q.list(ctx, &rows, `
SELECT r.id, r.status, coalesce((
  SELECT max(h.n) FROM history h WHERE h.registration_id = r.id AND h.kind IN (`+contentSteps+`)), 0) AS line
FROM registrations r
WHERE r.event_id = ?
ORDER BY r.id
LIMIT 1000000`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("store: marks: %w", err)
	}
	out := make(map[domain.RegistrationID]Mark, len(rows))
	for _, r := range rows {
		out[domain.RegistrationID(r.ID)] = Mark{domain.RegistrationStatus(r.Status), r.Line}
	}
	return out, nil
}

// TakenMarks are the marks at an event as they were when a user last took a list of it, and when that was:
// the zero time for never.
func (q Queries) TakenMarks(ctx context.Context, user domain.UserID, id domain.EventID) (map[domain.RegistrationID]Mark, time.Time, error) {
	var at int64
	err := q.get(ctx, &at, `SELECT at FROM lists_taken WHERE user_id = ? AND event_id = ?`, int64(user), int64(id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("store: list taken: %w", err)
	}
	var rows []struct {
		ID   int64  `db:"registration_id"`
		Mark string `db:"mark"`
	}
	err = q.list(ctx, &rows, `
SELECT registration_id, mark
FROM list_marks
WHERE user_id = ? AND event_id = ?
ORDER BY registration_id
LIMIT 1000000`, int64(user), int64(id))
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("store: list taken: %w", err)
	}
	out := make(map[domain.RegistrationID]Mark, len(rows))
	for _, r := range rows {
		out[domain.RegistrationID(r.ID)] = readMark(r.Mark)
	}
	return out, instant(at), nil
}

func (m Mark) text() string { return string(m.Status) + " " + strconv.Itoa(m.Line) }

func readMark(s string) (m Mark) {
	for i := range len(s) {
		if s[i] == ' ' {
			m.Status = domain.RegistrationStatus(s[:i])
			m.Line, _ = strconv.Atoi(s[i+1:]) // written by text; what is damaged counts as changed
		}
	}
	return m
}

// marksAtOnce are written with one statement: nobody registers while a list of a hundred thousand is noted.
const marksAtOnce = 200

// TakeList notes that a user has taken a list of an event, with everyone's marks. Only those that differ
// from were are written.
func (tx *Tx) TakeList(ctx context.Context, user domain.UserID, id domain.EventID, at time.Time, were, are map[domain.RegistrationID]Mark) error {
	_, err := tx.exec(ctx, `
INSERT INTO lists_taken (user_id, event_id, at) VALUES (?, ?, ?)
ON CONFLICT (user_id, event_id) DO UPDATE SET at = excluded.at`, int64(user), int64(id), stamp(at))
	if err != nil {
		return fmt.Errorf("store: take list: %w", err)
	}
	ids := make([]domain.RegistrationID, 0, len(are))
	for id, m := range are {
		if was, ok := were[id]; !ok || was != m {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for some := range slices.Chunk(ids, marksAtOnce) {
		args := make([]any, 0, 4*len(some))
		for _, one := range some {
			args = append(args, int64(user), int64(id), int64(one), are[one].text())
		}
		_, err := tx.exec(ctx, `
INSERT INTO list_marks (user_id, event_id, registration_id, mark)
VALUES `+strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?), ", len(some)), ", ")+`
ON CONFLICT (user_id, event_id, registration_id) DO UPDATE SET mark = excluded.mark`, args...)
		if err != nil {
			return fmt.Errorf("store: take list: %w", err)
		}
	}
	return nil
}

// ChosenBy are the sessions of an event that each person has a place in, in the order of the programme.
func (q Queries) ChosenBy(ctx context.Context, event domain.EventID) (map[domain.RegistrationID][]domain.SessionID, error) {
	var rows []struct {
		ID      int64 `db:"registration_id"`
		Session int64 `db:"session_id"`
	}
	err := q.list(ctx, &rows, `
SELECT c.registration_id, c.session_id
FROM choices c JOIN sessions s ON s.id = c.session_id
WHERE s.event_id = ? AND c.status = 'confirmed'
ORDER BY c.registration_id, s.position, s.id
LIMIT 1000000`, int64(event))
	if err != nil {
		return nil, fmt.Errorf("store: chosen sessions: %w", err)
	}
	out := make(map[domain.RegistrationID][]domain.SessionID)
	for _, r := range rows {
		id := domain.RegistrationID(r.ID)
		out[id] = append(out[id], domain.SessionID(r.Session))
	}
	return out, nil
}

// SessionCounts are how many have a place in each session of an event, and wait for it.
func (q Queries) SessionCounts(ctx context.Context, event domain.EventID) (taken, waiting map[domain.SessionID]int, err error) {
	var rows []struct {
		Session int64 `db:"session_id"`
		Taken   int   `db:"taken"`
		Waiting int   `db:"waiting"`
	}
	err = q.list(ctx, &rows, `
SELECT c.session_id, count(*) FILTER (WHERE c.status = 'confirmed') AS taken,
  count(*) FILTER (WHERE c.status = 'waitlisted') AS waiting
FROM choices c JOIN sessions s ON s.id = c.session_id
WHERE s.event_id = ?
GROUP BY c.session_id
ORDER BY c.session_id
LIMIT 1000`, int64(event))
	if err != nil {
		return nil, nil, fmt.Errorf("store: counts of sessions: %w", err)
	}
	taken, waiting = make(map[domain.SessionID]int), make(map[domain.SessionID]int)
	for _, r := range rows {
		taken[domain.SessionID(r.Session)], waiting[domain.SessionID(r.Session)] = r.Taken, r.Waiting
	}
	return taken, waiting, nil
}

type templateRow struct {
	ID        int64  `db:"id"`
	County    string `db:"county"`
	Name      string `db:"name"`
	Spec      string `db:"spec"`
	UpdatedAt int64  `db:"updated_at"`
	UpdatedBy string `db:"updated_by"`
}

func (r templateRow) template() (domain.ListTemplate, error) {
	t := domain.ListTemplate{
		ID: r.ID, County: domain.OrganiserCode(r.County), Name: r.Name, UpdatedAt: instant(r.UpdatedAt), UpdatedBy: r.UpdatedBy,
	}
	return t, unpack(r.Spec, &t.Spec)
}

// ListTemplates are a county's templates in the order of their names, at most 500.
func (q Queries) ListTemplates(ctx context.Context, c domain.OrganiserCode) ([]domain.ListTemplate, error) {
	var rows []templateRow
	err := q.list(ctx, &rows, `
SELECT id, county, name, spec, updated_at, updated_by
FROM list_templates
WHERE county = ?
ORDER BY name_key, id
LIMIT 500`, string(c))
	if err != nil {
		return nil, fmt.Errorf("store: list templates: %w", err)
	}
	out := make([]domain.ListTemplate, len(rows))
	for i, r := range rows {
		if out[i], err = r.template(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ListTemplate is one template; domain.ErrNotFound where there is none.
func (q Queries) ListTemplate(ctx context.Context, id int64) (domain.ListTemplate, error) {
	var r templateRow
	err := q.one(ctx, &r, "template", `
SELECT id, county, name, spec, updated_at, updated_by FROM list_templates WHERE id = ?`, id)
	if err != nil {
		return domain.ListTemplate{}, err
	}
	return r.template()
}

// PutListTemplate keeps a template under its name, in place of the county's earlier one of that name, and
// answers its id.
func (tx *Tx) PutListTemplate(ctx context.Context, t domain.ListTemplate) (int64, error) {
	spec, err := pack(t.Spec)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(ctx, `
INSERT INTO list_templates (county, name, name_key, spec, updated_at, updated_by) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (county, name_key) DO UPDATE SET name = excluded.name, spec = excluded.spec,
  updated_at = excluded.updated_at, updated_by = excluded.updated_by
RETURNING id`, string(t.County), t.Name, domain.SortKey(t.Name), spec, stamp(t.UpdatedAt), t.UpdatedBy)
	if err != nil {
		return 0, fmt.Errorf("store: list template: %w", err)
	}
	return id, nil
}

// DeleteListTemplate removes a template.
func (tx *Tx) DeleteListTemplate(ctx context.Context, id int64) error {
	if _, err := tx.exec(ctx, `DELETE FROM list_templates WHERE id = ?`, id); err != nil {
		return fmt.Errorf("store: remove a list template: %w", err)
	}
	return nil
}
