package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// factRow is what the rules need of an event: everything but its words.
type factRow struct {
	ID               int64         `db:"id"`
	SeriesID         sql.NullInt64 `db:"series_id"`
	Slug             string        `db:"slug"`
	Owner            string        `db:"owner"`
	Kind             string        `db:"kind"`
	State            string        `db:"state"`
	Day              string        `db:"day"`
	LastDay          string        `db:"last_day"`
	Arrival          int           `db:"arrival"`
	Starts           int           `db:"starts"`
	Ends             int           `db:"ends"`
	VenueID          sql.NullInt64 `db:"venue_id"`
	Town             string        `db:"town"`
	Online           bool          `db:"online"`
	Language         string        `db:"language"`
	Capacity         int           `db:"capacity"`
	Taken            int           `db:"seats_taken"`
	Waiting          int           `db:"waiting"`
	WaitingList      bool          `db:"waiting_list"`
	OpensAt          int64         `db:"opens_at"`
	RegisterUntil    string        `db:"register_until"`
	CancelUntil      string        `db:"cancel_until"`
	AfterCancel      string        `db:"after_cancel"`
	NoShowFee        int           `db:"no_show_fee"`
	TermsVersion     int           `db:"terms_version"`
	Binding          bool          `db:"binding"`
	ContactName      string        `db:"contact_name"`
	ContactPhone     string        `db:"contact_phone"`
	ContactEmail     string        `db:"contact_email"`
	CaseNumber       string        `db:"case_number"`
	RetentionWeeks   int           `db:"retention_weeks"`
	RetentionSupport string        `db:"retention_support"`
	Revision         int           `db:"revision"`
	UpdatedAt        int64         `db:"updated_at"`
	Rules            string        `db:"rules"`
}

const factColumns = `id, series_id, slug, owner, kind, state, day, last_day, arrival, starts, ends, venue_id, town,
  online, language, capacity, seats_taken, waiting, waiting_list, opens_at, register_until, cancel_until, after_cancel,
  no_show_fee, terms_version, binding, contact_name, contact_phone, contact_email, case_number, retention_weeks,
  retention_support, revision, updated_at,
  coalesce((SELECT rules FROM event_rules WHERE event_id = events.id), '') AS rules`

func (r factRow) event() (domain.Event, error) {
	days := make([]domain.Date, 4)
	for i, s := range []string{r.Day, r.LastDay, r.RegisterUntil, r.CancelUntil} {
		d, err := day(s)
		if err != nil {
			return domain.Event{}, err
		}
		days[i] = d
	}
	e := domain.Event{
		ID: domain.EventID(r.ID), SeriesID: domain.SeriesID(r.SeriesID.Int64), Slug: r.Slug,
		Owner: domain.Organiser{Code: domain.OrganiserCode(r.Owner)},
		Kind:  domain.EventKind(r.Kind), State: domain.EventState(r.State),
		Day: days[0], LastDay: days[1], RegisterUntil: days[2], CancelUntil: days[3],
		Arrival: domain.Clock(r.Arrival), Starts: domain.Clock(r.Starts), Ends: domain.Clock(r.Ends),
		Venue: domain.Venue{ID: r.VenueID.Int64}, Town: r.Town, Online: r.Online, Language: domain.Lang(r.Language),
		Capacity: domain.Seats(r.Capacity), Taken: domain.Seats(r.Taken), Waiting: r.Waiting,
		WaitingList: r.WaitingList, OpensAt: instant(r.OpensAt),
		AfterCancel: domain.AfterLastCancelDay(r.AfterCancel), NoShowFee: r.NoShowFee,
		Terms: domain.Terms{Version: r.TermsVersion}, Binding: r.Binding,
		Contact:    domain.Contact{Name: r.ContactName, Phone: r.ContactPhone, Email: r.ContactEmail},
		CaseNumber: r.CaseNumber,
		Retention:  domain.Retention{Weeks: r.RetentionWeeks, Support: r.RetentionSupport},
		Revision:   r.Revision, UpdatedAt: instant(r.UpdatedAt),
	}
	return e, unpack(r.Rules, &e.Rules)
}

// textRow is an event's words in both languages, with its terms in force.
type textRow struct {
	EventID      int64  `db:"event_id"`
	TitleSv      string `db:"title_sv"`
	TitleEn      string `db:"title_en"`
	LeadSv       string `db:"lead_sv"`
	LeadEn       string `db:"lead_en"`
	BodySv       string `db:"body_sv"`
	BodyEn       string `db:"body_en"`
	CostSv       string `db:"cost_sv"`
	CostEn       string `db:"cost_en"`
	CancelNoteSv string `db:"cancel_note_sv"`
	CancelNoteEn string `db:"cancel_note_en"`
	PhotoNoteSv  string `db:"photo_note_sv"`
	PhotoNoteEn  string `db:"photo_note_en"`
	CalendarSv   string `db:"calendar_sv"`
	CalendarEn   string `db:"calendar_en"`
	TargetGroup  string `db:"target_group"`
	InvitedBy    string `db:"invited_by"`
}

const textColumns = `event_id, title_sv, title_en, lead_sv, lead_en, body_sv, body_en, cost_sv, cost_en,
  cancel_note_sv, cancel_note_en, photo_note_sv, photo_note_en, calendar_sv, calendar_en, target_group, invited_by`

func (r textRow) fill(e *domain.Event) error {
	e.Title = domain.Text{Sv: r.TitleSv, En: r.TitleEn}
	e.Lead = domain.Text{Sv: r.LeadSv, En: r.LeadEn}
	e.Body = domain.Text{Sv: r.BodySv, En: r.BodyEn}
	e.Cost = domain.Text{Sv: r.CostSv, En: r.CostEn}
	e.CancelNote = domain.Text{Sv: r.CancelNoteSv, En: r.CancelNoteEn}
	e.PhotoNote = domain.Text{Sv: r.PhotoNoteSv, En: r.PhotoNoteEn}
	e.Calendar = domain.Text{Sv: r.CalendarSv, En: r.CalendarEn}
	if err := unpack(r.TargetGroup, &e.TargetGroup); err != nil {
		return err
	}
	return unpack(r.InvitedBy, &e.InvitedBy)
}

func unpack(s string, dest any) error {
	if s == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(s), dest); err != nil {
		return fmt.Errorf("store: stored JSON: %w", err)
	}
	return nil
}

func pack(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("store: to JSON: %w", err)
	}
	return string(b), nil
}

// EventFacts is the event with its facts and counters: no words, and of owner and venue only the
// key. domain.ErrNotFound where there is none.
func (q Queries) EventFacts(ctx context.Context, id domain.EventID) (domain.Event, error) {
	var r factRow
	if err := q.one(ctx, &r, "event", `SELECT `+factColumns+` FROM events WHERE id = ?`, int64(id)); err != nil {
		return domain.Event{}, err
	}
	return r.event()
}

// LockEvent is what Event.Admit needs of an event and nothing more, holding the row until the
// transaction ends. It is read once for every registration, so it is read without reflection.
func (tx *Tx) LockEvent(ctx context.Context, id domain.EventID) (domain.Event, error) {
	if e, ok := tx.lockHeld(id); ok {
		return e, nil
	}
	var state, first, last, until string
	var starts, ends, capacity, taken, waiting, list, opens int64
	err := tx.firstUnsettled(ctx, `
SELECT state, day, last_day, register_until, starts, ends, capacity, seats_taken, waiting,
  CASE WHEN waiting_list THEN 1 ELSE 0 END, opens_at
FROM events
WHERE id = ?`+tx.words.forUpdate, []any{int64(id)},
		&state, &first, &last, &until, &starts, &ends, &capacity, &taken, &waiting, &list, &opens)
	if err != nil {
		return domain.Event{}, told("event", err)
	}
	e := domain.Event{
		ID: id, State: domain.EventState(state), Starts: domain.Clock(starts), Ends: domain.Clock(ends),
		Capacity: domain.Seats(capacity), Taken: domain.Seats(taken), Waiting: int(waiting), WaitingList: list != 0,
		OpensAt: instant(opens),
	}
	var errs [3]error
	e.Day, errs[0] = day(first)
	e.LastDay, errs[1] = day(last)
	e.RegisterUntil, errs[2] = day(until)
	if err = errors.Join(errs[:]...); err == nil {
		tx.hold(e)
	}
	return e, err
}

// LockWholeEvent is EventFacts, holding the row until the transaction ends.
func (tx *Tx) LockWholeEvent(ctx context.Context, id domain.EventID) (domain.Event, error) {
	var r factRow
	if err := tx.one(ctx, &r, "event", `SELECT `+factColumns+` FROM events WHERE id = ?`+tx.words.forUpdate, int64(id)); err != nil {
		return domain.Event{}, err
	}
	return r.event()
}

// EventID is the id of the event with a slug; domain.ErrNotFound where there is none.
func (q Queries) EventID(ctx context.Context, slug string) (domain.EventID, error) {
	var id int64
	err := q.one(ctx, &id, "event", `SELECT id FROM events WHERE slug = ?`, slug)
	return domain.EventID(id), err
}

// EventScope narrows Events. Zero fields narrow nothing, except that drafts are left out unless
// asked for.
type EventScope struct {
	Slug   string
	Series domain.SeriesID
	Owner  domain.OrganiserCode
	// NotOverAt leaves out events whose last day was before this day; undated ones stay.
	NotOverAt domain.Date
	Drafts    bool
}

// Events are the events in scope with owner, venue, words and terms, by day and town, those without
// a day last; at most 1,000.
func (q Queries) Events(ctx context.Context, s EventScope) ([]domain.Event, error) {
	where, args := s.conditions()
	return q.eventsWhere(ctx, where, args)
}

// eventsWhere reads the events for which a condition of ours holds.
func (q Queries) eventsWhere(ctx context.Context, where string, args []any) ([]domain.Event, error) {
	var rows []factRow
	err := q.list(ctx, &rows, `
SELECT `+factColumns+`
FROM events
WHERE `+where+`
ORDER BY CASE WHEN day = '' THEN 1 ELSE 0 END, day, starts, town, id
LIMIT 1000`, args...)
	if err != nil {
		return nil, fmt.Errorf("store: events: %w", err)
	}
	events := make([]domain.Event, len(rows))
	for i, r := range rows {
		if events[i], err = r.event(); err != nil {
			return nil, err
		}
	}
	return events, q.fillEvents(ctx, events)
}

func (s EventScope) conditions() (string, []any) {
	conds, args := []string{`1 = 1`}, []any{}
	add := func(cond string, arg any) { conds, args = append(conds, cond), append(args, arg) }
	if !s.Drafts {
		conds = append(conds, `state <> 'draft'`)
	}
	if s.Slug != "" {
		add(`slug = ?`, s.Slug)
	}
	if s.Series != 0 {
		add(`series_id = ?`, int64(s.Series))
	}
	if s.Owner != "" {
		add(`owner = ?`, string(s.Owner))
	}
	if !s.NotOverAt.IsZero() {
		d := s.NotOverAt.String()
		conds = append(conds, `(day = '' OR day >= ? OR last_day >= ?)`)
		args = append(args, d, d)
	}
	return strings.Join(conds, ` AND `), args
}

// TakeSeat takes one place. It reports false, and changes nothing, where none is left: the last
// word on that is the condition here and the CHECK on the table, whatever was decided before.
func (tx *Tx) TakeSeat(ctx context.Context, id domain.EventID) (bool, error) {
	tx.changes.seats = true
	if taken, held := tx.takeHeld(id); held {
		return taken, nil
	}
	n, err := tx.exec(ctx, `UPDATE events SET seats_taken = seats_taken + 1 WHERE id = ? AND seats_taken < capacity`, int64(id))
	if err != nil {
		return false, fmt.Errorf("store: take seat: %w", err)
	}
	return n == 1, nil
}

// JoinQueue makes the queue one longer.
func (tx *Tx) JoinQueue(ctx context.Context, id domain.EventID) error {
	tx.changes.seats = true
	if tx.queueHeld(id) {
		return nil
	}
	_, err := tx.exec(ctx, `UPDATE events SET waiting = waiting + 1 WHERE id = ?`, int64(id))
	if err != nil {
		return fmt.Errorf("store: join queue: %w", err)
	}
	return nil
}

// CancelEvent marks an event as cancelled by its organiser, with the reason the page tells.
func (tx *Tx) CancelEvent(ctx context.Context, id domain.EventID, note domain.Text, now time.Time) error {
	tx.changes.programme = true
	if _, err := tx.exec(ctx, `UPDATE events SET state = 'cancelled', revision = revision + 1, updated_at = ? WHERE id = ?`,
		stamp(now), int64(id)); err != nil {
		return fmt.Errorf("store: cancel event: %w", err)
	}
	if _, err := tx.exec(ctx, `UPDATE event_texts SET cancel_note_sv = ?, cancel_note_en = ? WHERE event_id = ?`,
		note.Sv, note.En, int64(id)); err != nil {
		return fmt.Errorf("store: cancel note: %w", err)
	}
	return nil
}
