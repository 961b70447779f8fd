package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// Reach is the events that somebody may do something with: all of them, or those that her grants cover.
// The zero Reach is none. It stands in the SQL of everything that is read for staff, so that what is
// beyond it is not read at all; domain.Actor.MayAt says the same of one event.
type Reach struct {
	All    bool
	Grants []domain.Grant // whose roles hold the permission
}

// ReachOf is where the actor may do p.
func ReachOf(a domain.Actor, p domain.Permission) Reach {
	r := Reach{All: a.AllCounties && a.Role.May(p)}
	if a.County != "" && a.Role.May(p) {
		r.Grants = append(r.Grants, domain.Grant{Role: a.Role, County: a.County})
	}
	for _, g := range a.Grants {
		if g.Role.May(p) && g.County != "" {
			r.Grants = append(r.Grants, g)
		}
	}
	return r
}

// condition is Reach about a row of the table events.
func (r Reach) condition() (string, []any) {
	if r.All {
		return `TRUE`, nil
	}
	conds, args := make([]string, 0, len(r.Grants)), []any{}
	for _, g := range r.Grants {
		cond := `(events.owner = ? OR EXISTS (SELECT 1 FROM event_rules er, ` + coOrganisers + `
  WHERE er.event_id = events.id AND co.value = ?))`
		args = append(args, string(g.County), string(g.County))
		if g.Event != 0 {
			cond = `(events.id = ? AND ` + cond + `)`
			args = append(args[:len(args)-2], int64(g.Event), string(g.County), string(g.County))
		}
		conds = append(conds, cond)
	}
	if len(conds) == 0 {
		return `FALSE`, nil
	}
	return `(` + strings.Join(conds, ` OR `) + `)`, args
}

// DeskScope is what a page of the staff is about. Zero fields narrow nothing, save Reach.
type DeskScope struct {
	Reach   Reach
	Slug    string
	Series  domain.SeriesID
	IDs     []domain.EventID
	From    domain.Date      // leaves out what was over before this day; undated events stay
	Before  domain.Date      // leaves out what ends on this day or later, and undated events
	Held    bool             // leaves out what was cancelled
	Without []domain.EventID // leaves out these
}

func (s DeskScope) condition() (string, []any) {
	cond, args := s.Reach.condition()
	add := func(more string, values ...any) { cond, args = cond+` AND `+more, append(args, values...) }
	if s.Slug != "" {
		add(`events.slug = ?`, s.Slug)
	}
	if s.Series != 0 {
		add(`events.series_id = ?`, int64(s.Series))
	}
	if len(s.IDs) > 0 {
		add(`events.id IN (?`+strings.Repeat(`, ?`, len(s.IDs)-1)+`)`, ids(s.IDs)...)
	}
	if !s.From.IsZero() {
		add(`(events.day = '' OR events.day >= ? OR events.last_day >= ?)`, s.From.String(), s.From.String())
	}
	if s.Held {
		add(`events.state <> 'cancelled'`)
	}
	if len(s.Without) > 0 {
		add(`events.id NOT IN (?`+strings.Repeat(`, ?`, len(s.Without)-1)+`)`, ids(s.Without)...)
	}
	if !s.Before.IsZero() {
		add(`events.day <> '' AND events.day < ? AND events.last_day < ?`, s.Before.String(), s.Before.String())
	}
	return cond, args
}

func ids(of []domain.EventID) []any {
	out := make([]any, len(of))
	for i, id := range of {
		out[i] = int64(id)
	}
	return out
}

// DeskEvents are the events in scope, drafts too, with owner, venue and words, by day, those without a
// day last; at most 1,000.
func (q Queries) DeskEvents(ctx context.Context, s DeskScope) ([]domain.Event, error) {
	where, args := s.condition()
	return q.eventsWhere(ctx, where, args)
}

// LargeEvents are the events from a day on, and those without one, at which so many or more hold a place, the
// largest first, at most 100. None that was cancelled is one.
func (q Queries) LargeEvents(ctx context.Context, from domain.Date, least int) ([]domain.EventID, error) {
	var out []domain.EventID
	err := q.list(ctx, &out, `
SELECT id FROM events
WHERE seats_taken >= ? AND (day = '' OR day >= ? OR last_day >= ?) AND state <> 'cancelled'
ORDER BY seats_taken DESC, id
LIMIT 100`, least, from.String(), from.String())
	return out, wrap("large events", err)
}

// DeskCounts counts the registrations of the events in scope, and what waits at them.
func (q Queries) DeskCounts(ctx context.Context, s DeskScope) (map[domain.EventID]domain.DeskCounts, error) {
	where, args := s.condition()
	in := `event_id IN (SELECT events.id FROM events WHERE ` + where + `)`
	var rows []struct {
		Event int64  `db:"event_id"`
		What  string `db:"what"`
		N     int    `db:"n"`
		Until int64  `db:"until"`
	}
	out, err := q.byStatus(ctx, in, args)
	if err != nil {
		return nil, err
	}
	err = q.list(ctx, &rows, `
SELECT event_id, 'unnamed' AS what, count(*) AS n, 0 AS until FROM registrations
WHERE given_name = '' AND status IN ('confirmed', 'offered') AND `+in+` GROUP BY event_id
UNION ALL
SELECT r.event_id, 'letters', count(*), 0 FROM letters JOIN registrations r ON r.id = letters.registration_id
WHERE `+failedLetter+` AND r.`+in+` GROUP BY r.event_id
UNION ALL
SELECT r.event_id, 'asked', count(*), 0 FROM requests w CROSS JOIN registrations r -- few are open
WHERE r.id = w.registration_id AND w.state = 'open' AND r.`+in+` GROUP BY r.event_id
UNION ALL
SELECT r.event_id, 'needs', count(*), 0 FROM needs n JOIN registrations r ON r.id = n.registration_id
WHERE r.status = 'confirmed' AND r.`+in+` GROUP BY r.event_id
UNION ALL
SELECT o.event_id, 'calls', count(*), min(o.offer_until) FROM (
  SELECT +event_id AS event_id, offer_until FROM registrations -- + leaves only the index of open offers, which are few
  WHERE offer_until > 0 AND status = 'offered' AND email = '' AND given_name <> ''
) o WHERE o.`+in+` GROUP BY o.event_id
ORDER BY 1, 2
LIMIT 30000`, times(args, 5)...)
	if err != nil {
		return nil, fmt.Errorf("store: numbers of the desk: %w", err)
	}
	for _, r := range rows {
		c := out[domain.EventID(r.Event)]
		switch r.What {
		case "unnamed":
			c.Unnamed = r.N
		case "letters":
			c.Failed = r.N
		case "asked":
			c.Asked = r.N
		case "needs":
			c.Needs = r.N
		case "calls":
			c.Calls, c.CallsFrom = r.N, instant(r.Until)
		}
		out[domain.EventID(r.Event)] = c
	}
	return out, nil
}

// byStatus counts the registrations at some events, each status in a column of its own: they are read once from
// the index, in its order, and need not be sorted.
func (q Queries) byStatus(ctx context.Context, in string, args []any) (map[domain.EventID]domain.DeskCounts, error) {
	columns, dest, read := statusColumns()
	rows, err := q.q.QueryxContext(ctx, q.words.rebind(`
SELECT event_id, `+columns+`
FROM registrations
WHERE `+in+`
GROUP BY event_id
ORDER BY event_id
LIMIT 3000`), q.words.texts(args)...)
	if err != nil {
		return nil, fmt.Errorf("store: numbers of the desk: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := make(map[domain.EventID]domain.DeskCounts)
	for rows.Next() {
		var event int64
		if err := rows.Scan(append([]any{&event}, dest...)...); err != nil {
			return nil, fmt.Errorf("store: numbers of the desk: %w", err)
		}
		out[domain.EventID(event)] = domain.DeskCounts{ByStatus: read()}
	}
	return out, wrap("numbers of the desk", rows.Err())
}

func times(args []any, n int) []any {
	var out []any
	for range n {
		out = append(out, args...)
	}
	return out
}

// DeskSpread counts those who hold a place at the events in scope: by day of arrival in Stockholm, by
// kind of workplace and by municipality. Its Capacity is left to the caller.
func (q Queries) DeskSpread(ctx context.Context, s DeskScope) (domain.Spread, error) {
	where, args := s.condition()
	var rows []struct {
		Hour         int64  `db:"hour"`
		Type         string `db:"organisation_type"`
		Municipality string `db:"municipality"`
		N            int    `db:"n"`
	}
	err := q.list(ctx, &rows, `
SELECT received_at / 3600000000 AS hour, organisation_type, municipality, count(*) AS n
FROM registrations
WHERE status IN ('confirmed', 'offered') AND event_id IN (SELECT events.id FROM events WHERE `+where+`)
GROUP BY hour, organisation_type, municipality
ORDER BY hour, organisation_type, municipality
LIMIT 200000`, args...)
	out := domain.NewSpread()
	if err != nil {
		return out, fmt.Errorf("store: spread: %w", err)
	}
	for _, r := range rows {
		out.ByType[domain.OrganisationType(r.Type)] += r.N
		out.ByMunicipality[r.Municipality] += r.N
		day := domain.DateIn(time.Unix(r.Hour*3600, 0))
		if n := len(out.Arrivals); n > 0 && out.Arrivals[n-1].Day == day {
			out.Arrivals[n-1].N += r.N
			continue
		}
		out.Arrivals = append(out.Arrivals, domain.DayCount{Day: day, N: r.N})
	}
	return out, nil
}

// AnswersDue are those who wait for an answer at the events in scope: applications and wishes to be let
// off, the oldest first, at most 500.
func (q Queries) AnswersDue(ctx context.Context, s DeskScope) ([]domain.AnswerDue, error) {
	where, args := s.condition()
	in := `r.event_id IN (SELECT events.id FROM events WHERE ` + where + `)`
	var rows []struct {
		ID      int64  `db:"id"`
		Request int64  `db:"request"`
		Reason  string `db:"reason"`
		At      int64  `db:"at"`
	}
	err := q.list(ctx, &rows, `
SELECT r.id, 0 AS request, '' AS reason, r.received_at AS at FROM registrations r WHERE r.status = 'pending' AND `+in+`
UNION ALL
SELECT r.id, w.id, w.reason, w.at FROM requests w JOIN registrations r ON r.id = w.registration_id
WHERE w.state = 'open' AND `+in+`
ORDER BY 4, 1, 2
LIMIT 500`, times(args, 2)...)
	if err != nil {
		return nil, fmt.Errorf("store: answers due: %w", err)
	}
	out := make([]domain.AnswerDue, len(rows))
	for i, r := range rows {
		k, err := q.RegistrationByID(ctx, domain.RegistrationID(r.ID))
		if err != nil {
			return nil, err
		}
		out[i] = domain.AnswerDue{Registration: k.Registration, Request: r.Request, Reason: r.Reason, At: instant(r.At)}
	}
	return out, nil
}
