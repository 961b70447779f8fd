package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// PeopleSearch chooses registrations. It holds nobody until it is told which events it reaches, so that
// a scope that was forgotten finds nothing.
type PeopleSearch struct {
	Events []domain.EventID
	// Clear are those of Events where people with protected identity are found like everyone; elsewhere
	// by the whole reference number alone.
	Clear  []domain.EventID
	Words  []string // as domain.SearchWords answers them
	Filter domain.PeopleFilter
	Sort   domain.PeopleSort
	After  domain.RegistrationID
	Limit  int
}

// conditions are parts of a WHERE that must all hold.
type conditions struct {
	parts []string
	args  []any
}

func (c *conditions) add(part string, args ...any) {
	c.parts, c.args = append(c.parts, part), append(c.args, args...)
}

func (c *conditions) where() string { return strings.Join(c.parts, "\n  AND ") }

// among adds that a column is one of some values; of none, nothing holds.
func (c *conditions) among(column string, not bool, values []any) {
	switch {
	case len(values) == 0:
		c.add(`1 = 0`)
	case len(values) == 1:
		c.add(column+map[bool]string{false: ` = ?`, true: ` <> ?`}[not], values[0])
	default:
		c.add(column+map[bool]string{false: ` IN (`, true: ` NOT IN (`}[not]+marks(len(values))+`)`, values...)
	}
}

func eventArgs(ids []domain.EventID) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}

func textArgs[T ~string](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// scope is who is reached at all, and found by the words.
func (s PeopleSearch) scope() *conditions {
	c := &conditions{}
	c.among(`event_id`, false, eventArgs(s.Events))
	found := conditions{}
	for _, w := range s.Words {
		found.add(`search LIKE ? ESCAPE '\'`, `%`+likeText(w)+`%`)
	}
	if s.Filter.Telling() || len(s.Words) > 0 {
		clear := conditions{}
		clear.add(`protected = FALSE`)
		if len(s.Clear) > 0 {
			clear.add(`event_id IN (`+marks(len(s.Clear))+`)`, eventArgs(s.Clear)...)
		}
		byReference := s.byReference(&clear)
		c.add(`(`+strings.Join(clear.parts, ` OR `)+byReference+`)`, clear.args...)
	}
	if len(found.parts) > 0 {
		c.add(found.where(), found.args...)
	}
	s.filter(c)
	return c
}

// byReference lets the whole reference number find someone who is protected: it is told by herself.
func (s PeopleSearch) byReference(c *conditions) string {
	if len(s.Words) != 1 || s.Filter.Telling() {
		return ""
	}
	ref, ok := domain.ParseReference(s.Words[0])
	if !ok {
		return ""
	}
	c.args = append(c.args, "%\n"+strings.ToLower(ref))
	return ` OR search LIKE ?`
}

// likeText is s with what LIKE reads otherwise taken by the letter.
func likeText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// filter adds what the filter chooses, but for the status.
func (s PeopleSearch) filter(c *conditions) {
	f := s.Filter
	if len(f.Types) > 0 {
		c.among(`organisation_type`, f.Negated(domain.FieldType), textArgs(f.Types))
	}
	if f.Municipality != "" {
		c.among(`municipality`, f.Negated(domain.FieldMunicipality), []any{f.Municipality})
	}
	if len(f.Channels) > 0 {
		c.among(`channel`, f.Negated(domain.FieldChannel), textArgs(f.Channels))
	}
	if f.Attendance != "" {
		c.among(`attendance`, f.Negated(domain.FieldAttendance), []any{string(f.Attendance)})
	}
	has := func(field domain.PeopleField, part string, args ...any) {
		if f.Negated(field) {
			part = `NOT ` + part
		}
		c.add(part, args...)
	}
	if f.Protected || f.Negated(domain.FieldProtected) {
		has(domain.FieldProtected, `(protected = TRUE)`)
	}
	if f.Question != 0 {
		asked := fmt.Sprintf(`%%,%d,%%`, f.Question)
		if f.Answer == "" {
			has(domain.FieldQuestion, `(answered LIKE ?)`, asked)
		} else { // an answer that is none is no JSON, and never read
			has(domain.FieldAnswer, `(CASE WHEN answered LIKE ? THEN EXISTS (
    SELECT 1 FROM `+answerValues+`
    WHERE `+questionOf+` = ? AND v.value = ?) ELSE FALSE END)`, asked, f.Question, f.Answer)
		}
	}
	if f.Town != "" {
		has(domain.FieldTown, `(event_id IN (SELECT e.id FROM events e WHERE e.town = ?))`, f.Town)
	}
	if f.Event != "" {
		has(domain.FieldEvent, `(event_id IN (SELECT e.id FROM events e WHERE e.slug = ?))`, f.Event)
	}
	if key := domain.SearchKey(f.Organisation); key != "" { // the second of four lines
		has(domain.FieldOrganisation, `(search LIKE ? ESCAPE '\')`, "%\n%"+likeText(key)+"%\n%\n%")
	} else if f.Organisation != "" {
		c.add(`1 = 0`)
	}
	if f.Coming || f.Negated(domain.FieldComing) {
		has(domain.FieldComing, `(coming_at > 0)`)
	}
	if f.Session != 0 {
		has(domain.FieldSession, `(id IN (SELECT registration_id FROM choices WHERE session_id = ?))`, int64(f.Session))
	}
	if f.Letters != "" {
		has(domain.FieldLetters, `(id IN (SELECT registration_id FROM letters WHERE `+letterState(f.Letters)+`))`)
	}
	if f.Asked || f.Negated(domain.FieldAsked) {
		has(domain.FieldAsked, `(id IN (SELECT registration_id FROM requests WHERE state = 'open'))`)
	}
}

// letterState is written out, so that the small indexes of letters on their way and of failed ones are
// used; states that are none hold for no letter.
func letterState(s domain.LetterState) string {
	switch s {
	case domain.LetterQueued, domain.LetterSending:
		return `state IN ('queued', 'sending')`
	case domain.LetterFailed:
		return failedLetter
	case domain.LetterAccepted:
		return `state = 'accepted'`
	case domain.LetterWithheld:
		return `state = 'withheld'`
	}
	return `1 = 0`
}

// order is the ORDER BY of the sort, and the condition that a row comes after one with these keys.
func (s PeopleSearch) order(k findKeys) (order, after string, args []any) {
	id := int64(s.After)
	switch s.Sort {
	case domain.SortByArrival:
		return `id`, `id > ?`, []any{id}
	case domain.SortByNewest:
		return `id DESC`, `id < ?`, []any{id}
	case domain.SortByOrganisation:
		return `work_key, sort_key, id`, `(work_key, sort_key, id) > (?, ?, ?)`, []any{k.work, k.sort, id}
	default:
		return `sort_key, id`, `(sort_key, id) > (?, ?)`, []any{k.sort, id}
	}
}

// FindPeople is a page of those the search finds, in its order, and whether there are more.
func (q Queries) FindPeople(ctx context.Context, s PeopleSearch) ([]domain.Registration, bool, error) {
	ids, err := q.FindIDs(ctx, s, s.Limit+1)
	if err != nil {
		return nil, false, err
	}
	more := len(ids) > s.Limit
	people, err := q.People(ctx, ids[:min(len(ids), s.Limit)])
	return people, more, err
}

// FindIDs is FindPeople for whoever needs no more than the ids: at most limit, read from the index of the
// list alone where the filter allows that.
func (q Queries) FindIDs(ctx context.Context, s PeopleSearch, limit int) ([]domain.RegistrationID, error) {
	c := s.scope()
	if len(s.Filter.Statuses) > 0 {
		c.among(`status`, s.Filter.Negated(domain.FieldStatus), textArgs(s.Filter.Statuses))
	}
	k, err := q.keysOf(ctx, s)
	if err != nil {
		return nil, err
	}
	order, after, args := s.order(k)
	if s.After != 0 {
		c.add(after, args...)
	}
	var ids []domain.RegistrationID
	if err := q.list(ctx, &ids, `
SELECT id
FROM registrations
WHERE `+c.where()+`
ORDER BY `+order+`
LIMIT ?`, append(c.args, limit)...); err != nil {
		return nil, fmt.Errorf("store: find people: %w", err)
	}
	return ids, nil
}

// keysOf are the keys of the last of the page before. One that the search does not reach has none: of
// other counties' people not even an order is told.
func (q Queries) keysOf(ctx context.Context, s PeopleSearch) (findKeys, error) {
	if s.After == 0 {
		return findKeys{}, nil
	}
	var r struct {
		Event int64  `db:"event_id"`
		Sort  string `db:"sort_key"`
		Work  string `db:"work_key"`
	}
	err := q.one(ctx, &r, "page", `SELECT event_id, sort_key, work_key FROM registrations WHERE id = ?`, int64(s.After))
	if err == nil && !slices.Contains(s.Events, domain.EventID(r.Event)) {
		err = domain.NotFound("page.not_found")
	}
	return findKeys{sort: r.Sort, work: r.Work}, err
}

// CountPeople is how many the search finds of each status, whatever statuses its filter chooses.
func (q Queries) CountPeople(ctx context.Context, s PeopleSearch) (map[domain.RegistrationStatus]int, error) {
	c := s.scope()
	out, err := q.countStatuses(ctx, c.where(), c.args)
	return out, wrap("count people", err)
}

// countStatuses counts registrations by their status, each in a column of its own: what an index has in another
// order need not be sorted.
func (q Queries) countStatuses(ctx context.Context, where string, args []any) (map[domain.RegistrationStatus]int, error) {
	columns, dest, read := statusColumns()
	query := `SELECT ` + columns + ` FROM registrations WHERE ` + where
	if err := q.q.QueryRowxContext(ctx, q.words.rebind(query), q.words.texts(args)...).Scan(dest...); err != nil {
		return nil, err
	}
	return read(), nil
}

// statusColumns are columns with how many have each status, what they are scanned into, and how many have those
// that anyone has.
func statusColumns() (columns string, dest []any, read func() map[domain.RegistrationStatus]int) {
	all := domain.RegistrationStatuses()
	parts, counts := make([]string, len(all)), make([]int, len(all))
	for i, status := range all {
		parts[i] = `count(*) FILTER (WHERE status = '` + string(status) + `')`
		dest = append(dest, &counts[i])
	}
	return strings.Join(parts, `, `), dest, func() map[domain.RegistrationStatus]int {
		out := make(map[domain.RegistrationStatus]int, len(all))
		for i, n := range counts {
			if n > 0 {
				out[all[i]] = n
			}
		}
		return out
	}
}

// People are the registrations with these ids, in the order given; ids that are none are left out. Of the
// links' keys it reads nothing.
func (q Queries) People(ctx context.Context, ids []domain.RegistrationID) ([]domain.Registration, error) {
	out := make([]domain.Registration, 0, len(ids))
	const most = 500
	for len(ids) > 0 {
		n := min(most, len(ids))
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = int64(id)
		}
		var rows []registrationRow
		err := q.list(ctx, &rows, `
SELECT `+registrationColumns+`
FROM registrations
WHERE id IN (`+marks(n)+`)
ORDER BY id`, args...)
		if err != nil {
			return nil, fmt.Errorf("store: people: %w", err)
		}
		byID := make(map[domain.RegistrationID]domain.Registration, n)
		for _, r := range rows {
			k, err := r.kept()
			if err != nil {
				return nil, err
			}
			byID[k.ID] = k.Registration
		}
		for _, id := range ids[:n] {
			if r, ok := byID[id]; ok {
				out = append(out, r)
			}
		}
		ids = ids[n:]
	}
	return out, nil
}

// PeopleEvents are the events in a scope with their facts and title, by day and town, at most 1,000. A
// county's are those that it owns or arranges with another.
func (q Queries) PeopleEvents(ctx context.Context, s domain.ListScope) ([]domain.Event, error) {
	c := &conditions{}
	switch {
	case s.Event != "":
		c.add(`slug = ?`, s.Event)
	case s.Series != "":
		c.add(`series_id = (SELECT s.id FROM series s WHERE s.slug = ?)`, s.Series)
	case s.County != "":
		c.add(`(owner = ? OR id IN (SELECT event_id FROM event_rules WHERE rules LIKE ? ESCAPE '\'))`,
			string(s.County), `%"co_organisers":[%"`+likeText(string(s.County))+`"%`)
	default:
		return nil, nil
	}
	var rows []struct {
		factRow
		TitleSv sql.NullString `db:"title_sv"`
		TitleEn sql.NullString `db:"title_en"`
	}
	err := q.list(ctx, &rows, `
SELECT `+factColumns+`,
  (SELECT title_sv FROM event_texts WHERE event_id = events.id) AS title_sv,
  (SELECT title_en FROM event_texts WHERE event_id = events.id) AS title_en
FROM events
WHERE `+c.where()+`
ORDER BY CASE WHEN day = '' THEN 1 ELSE 0 END, day, starts, town, id
LIMIT 1000`, c.args...)
	if err != nil {
		return nil, fmt.Errorf("store: events of people: %w", err)
	}
	out := make([]domain.Event, len(rows))
	for i, r := range rows {
		if out[i], err = r.event(); err != nil {
			return nil, err
		}
		out[i].Title = domain.Text{Sv: r.TitleSv.String, En: r.TitleEn.String}
	}
	return out, nil
}
