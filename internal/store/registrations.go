package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

type registrationRow struct {
	ID               int64         `db:"id"`
	UID              []byte        `db:"uid"`
	EventID          int64         `db:"event_id"`
	Status           string        `db:"status"`
	Attendance       string        `db:"attendance"`
	Channel          string        `db:"channel"`
	Lang             string        `db:"lang"`
	ReceivedAt       int64         `db:"received_at"`
	TermsID          int64         `db:"terms_id"`
	Protected        bool          `db:"protected"`
	LinkVersion      int           `db:"link_version"`
	LinkHash         []byte        `db:"link_hash"`
	Revision         int           `db:"revision"`
	GivenName        string        `db:"given_name"`
	FamilyName       string        `db:"family_name"`
	SortKey          string        `db:"sort_key"`
	Email            string        `db:"email"`
	Phone            string        `db:"phone"`
	Organisation     string        `db:"organisation"`
	OrganisationType string        `db:"organisation_type"`
	Title            string        `db:"title"`
	Municipality     string        `db:"municipality"`
	Answers          string        `db:"answers"`
	Invoice          string        `db:"invoice"`
	OfferUntil       int64         `db:"offer_until"`
	CancelUntil      string        `db:"cancel_until"`
	Group            sql.NullInt64 `db:"group_id"`
	Together         bool          `db:"together"`
	Keeps            sql.NullInt64 `db:"keeps_id"`
	Follows          sql.NullInt64 `db:"follows_id"`
	ComingAt         int64         `db:"coming_at"`
}

const registrationColumns = `id, uid, event_id, status, attendance, channel, lang, received_at, terms_id, protected,
  link_version, link_hash, revision, given_name, family_name, sort_key, email, phone, organisation, organisation_type,
  title, municipality, answers, invoice, offer_until, cancel_until, group_id, together, keeps_id, follows_id,
  coming_at`

// Kept is a registration with what only the program itself needs of it: the keys of its links.
type Kept struct {
	domain.Registration
	UID      []byte // hash of the submission key
	LinkHash []byte // hash of the personal link now in force
	ready    []any  // see MakeReady
}

func (r registrationRow) kept() (Kept, error) {
	k := Kept{
		Registration: domain.Registration{
			Participant: domain.Participant{
				GivenName: r.GivenName, FamilyName: r.FamilyName, Email: r.Email, Phone: r.Phone,
				Organisation: r.Organisation, OrganisationType: domain.OrganisationType(r.OrganisationType),
				Title: r.Title, Municipality: r.Municipality,
			},
			ID: domain.RegistrationID(r.ID), Ref: domain.ReferenceOf(r.UID), EventID: domain.EventID(r.EventID),
			Status: domain.RegistrationStatus(r.Status), Attendance: domain.Attendance(r.Attendance),
			Channel: domain.Channel(r.Channel), Lang: domain.Lang(r.Lang), ReceivedAt: instant(r.ReceivedAt),
			TermsID: r.TermsID, Protected: r.Protected, LinkVersion: r.LinkVersion, Revision: r.Revision,
			OfferUntil: instant(r.OfferUntil), Group: domain.GroupID(r.Group.Int64), Together: r.Together,
			Keeps: domain.RegistrationID(r.Keeps.Int64), Follows: domain.RegistrationID(r.Follows.Int64), Coming: instant(r.ComingAt),
		},
		UID: r.UID, LinkHash: r.LinkHash,
	}
	var err error
	if k.CancelUntil, err = day(r.CancelUntil); err != nil {
		return Kept{}, err
	}
	if err := unpack(r.Invoice, &k.Invoice); err != nil {
		return Kept{}, err
	}
	return k, unpack(r.Answers, &k.Answers)
}

// RegistrationByUID is the registration made by the submission with this hash; domain.ErrNotFound
// where there is none.
func (q Queries) RegistrationByUID(ctx context.Context, uid []byte) (Kept, error) {
	return q.registration(ctx, `uid = ?`, uid)
}

// RegistrationByID is the registration with an id; domain.ErrNotFound where there is none.
func (q Queries) RegistrationByID(ctx context.Context, id domain.RegistrationID) (Kept, error) {
	return q.registration(ctx, `id = ?`, int64(id))
}

// LiveRegistration is the one that a person has at an event, by the key of the address;
// domain.ErrNotFound where there is none.
func (q Queries) LiveRegistration(ctx context.Context, event domain.EventID, emailKey string) (Kept, error) {
	return q.registration(ctx, `event_id = ? AND email_key = ? AND email_key <> ''
  AND status IN ('pending', 'confirmed', 'waitlisted', 'offered')`, int64(event), emailKey)
}

func (q Queries) registration(ctx context.Context, where string, args ...any) (Kept, error) {
	var r registrationRow
	err := q.one(ctx, &r, "registration", `SELECT `+registrationColumns+` FROM registrations WHERE `+where, args...)
	if err != nil {
		return Kept{}, err
	}
	return r.kept()
}

// QueuePosition is how many stand in the queue up to and including this registration.
func (q Queries) QueuePosition(ctx context.Context, event domain.EventID, id domain.RegistrationID) (int, error) {
	var n int
	err := q.get(ctx, &n, `
SELECT count(*) FROM registrations
WHERE event_id = ? AND status = 'waitlisted' AND id <= ?`, int64(event), int64(id))
	if err != nil {
		return 0, fmt.Errorf("store: queue position: %w", err)
	}
	return n, nil
}

// InsertRegistration writes a registration and answers its id. It reports false, and writes
// nothing, where the submission is there already, as a registration or as a repeat, or the person is.
func (tx *Tx) InsertRegistration(ctx context.Context, k Kept) (domain.RegistrationID, bool, error) {
	row, err := k.newRow()
	if err != nil {
		return 0, false, err
	}
	id, owed, err := tx.oweRegistration(row)
	if err == nil && !owed {
		id, err = tx.insertNew(ctx, insertRegistration, append(row[newUID:], k.UID)...)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("store: insert registration: %w", err)
	}
	return domain.RegistrationID(id), true, tx.insertTies(ctx, domain.RegistrationID(id), k)
}

var newColumns = []string{
	"uid", "status", "received_at", "event_id", "channel", "lang", "terms_id", "protected", "link_version", "link_hash",
	"given_name", "family_name", "sort_key", "email", "email_key", "phone", "organisation", "organisation_type", "title",
	"municipality", "answers", "invoice", "answered", "work_key", "search",
}

// Where in a new row, whose first value is the id, stands what is not known beforehand, and what tells submissions
// apart.
const (
	newID = iota
	newUID
	newStatus
	newReceived
)

// MakeReady works out beforehand what InsertRegistration writes, so that nobody else waits while it does. Only the
// status and the time of arrival may be changed afterwards.
func (k *Kept) MakeReady() error {
	row, err := k.row()
	k.ready = row
	return err
}

// newRow is row as k is now, and the caller's own.
func (k *Kept) newRow() ([]any, error) {
	if k.ready == nil {
		return k.row()
	}
	row := slices.Clone(k.ready)
	row[newStatus], row[newReceived] = string(k.Status), stamp(k.ReceivedAt)
	return row, nil
}

// row is the values of a new registration, in the order of newColumns, after an id that is not known yet.
func (k *Kept) row() ([]any, error) {
	answers, invoice, err := packTold(k.Participant)
	if err != nil {
		return nil, err
	}
	found := k.findKeys()
	return []any{
		nil, k.UID, string(k.Status), stamp(k.ReceivedAt), int64(k.EventID), string(k.Channel), string(k.Lang), k.TermsID,
		k.Protected, k.LinkVersion, k.LinkHash, k.GivenName, k.FamilyName, found.sort, k.Email, k.EmailKey(), k.Phone,
		k.Organisation, string(k.OrganisationType), k.Title, k.Municipality, answers, invoice, found.answered, found.work,
		found.search,
	}, nil
}

// insertRegistration writes a registration that may be there already, and registrationRows those that should not.
var (
	insertRegistration = "INSERT INTO registrations (" + strings.Join(newColumns, ", ") + `)
SELECT ?` + strings.Repeat(", ?", len(newColumns)-1) + `
WHERE NOT EXISTS (SELECT 1 FROM repeats WHERE uid = ?)
ON CONFLICT DO NOTHING`
	registrationRows = newRowsInto("registrations", append([]string{"id"}, newColumns...)...)
)

// insertTies writes what ties a registration to others. Few have any, so that the rest need not pay.
func (tx *Tx) insertTies(ctx context.Context, id domain.RegistrationID, k Kept) error {
	if k.Group == 0 && k.Keeps == 0 && k.Follows == 0 && !k.Together {
		return nil
	}
	_, err := tx.exec(ctx, `
UPDATE registrations SET group_id = ?, together = ?, keeps_id = ?, follows_id = ? WHERE id = ?`,
		orNull(int64(k.Group)), k.Together, orNull(int64(k.Keeps)), orNull(int64(k.Follows)), int64(id))
	if err != nil {
		return fmt.Errorf("store: ties of a registration: %w", err)
	}
	return nil
}

// packTold is what a participant told in forms of its own: her answers and the invoice block, ”
// where there is none.
func packTold(p domain.Participant) (answers, invoice string, err error) {
	if len(p.Answers) > 0 {
		if answers, err = pack(p.Answers); err != nil {
			return "", "", err
		}
	}
	if p.Invoice != (domain.Invoice{}) {
		invoice, err = pack(p.Invoice)
	}
	return answers, invoice, err
}

var historyRows = newRowsInto("history", "registration_id", "n", "at", "kind", "channel", "actor", "details")

// InsertHistory writes line n of a registration's history; the first is 1, and whoever writes that has written
// the registration in the same transaction.
func (tx *Tx) InsertHistory(ctx context.Context, n int, h domain.HistoryEntry) error {
	details, err := packDetails(h.Details)
	if err != nil {
		return err
	}
	values := []any{int64(h.RegistrationID), n, stamp(h.At), string(h.Kind), string(h.Channel), h.Actor, details}
	if n == 1 {
		err = tx.oweHistory(ctx, values)
	} else {
		err = tx.put(ctx, historyRows.one, values...)
	}
	if err != nil {
		return fmt.Errorf("store: history: %w", err)
	}
	return nil
}

// AppendHistory writes the next line of a registration's history.
func (tx *Tx) AppendHistory(ctx context.Context, h domain.HistoryEntry) (n int, err error) {
	err = tx.get(ctx, &n, `SELECT coalesce(max(n), 0) + 1 FROM history WHERE registration_id = ?`, int64(h.RegistrationID))
	if err != nil {
		return 0, fmt.Errorf("store: history: %w", err)
	}
	return n, tx.InsertHistory(ctx, n, h)
}

// History is what happened to a registration, oldest first.
func (q Queries) History(ctx context.Context, id domain.RegistrationID) ([]domain.HistoryEntry, error) {
	var rows []struct {
		At      int64  `db:"at"`
		Kind    string `db:"kind"`
		Channel string `db:"channel"`
		Actor   string `db:"actor"`
		Details string `db:"details"`
	}
	err := q.list(ctx, &rows, `
SELECT at, kind, channel, actor, details
FROM history
WHERE registration_id = ?
ORDER BY n
LIMIT 1000`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("store: history: %w", err)
	}
	out := make([]domain.HistoryEntry, len(rows))
	for i, r := range rows {
		out[i] = domain.HistoryEntry{
			RegistrationID: id, At: instant(r.At), Kind: domain.HistoryKind(r.Kind),
			Channel: domain.Channel(r.Channel), Actor: r.Actor,
		}
		if err := unpack(r.Details, &out[i].Details); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Repeat is a submission that met a registration already there.
type Repeat struct {
	UID            []byte
	EventID        domain.EventID
	RegistrationID domain.RegistrationID
	Status         domain.RegistrationStatus // what a newcomer would have had
	Email          string
	Lang           domain.Lang
	ReceivedAt     time.Time
	Work           domain.Participant // the workplace as typed, and nothing else of the person
}

// InsertRepeat remembers a repeat, so that its receipt can be shown again. It reports false where it
// is remembered already.
func (tx *Tx) InsertRepeat(ctx context.Context, r Repeat) (bool, error) {
	work, err := pack(r.Work)
	if err != nil {
		return false, err
	}
	n, err := tx.exec(ctx, `
INSERT INTO repeats (uid, event_id, registration_id, status, email, lang, received_at, work)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING`, r.UID, int64(r.EventID), int64(r.RegistrationID), string(r.Status), r.Email, string(r.Lang),
		stamp(r.ReceivedAt), work)
	if err != nil {
		return false, fmt.Errorf("store: repeat: %w", err)
	}
	return n == 1, nil
}

// RepeatByUID is the repeat with this hash; domain.ErrNotFound where there is none.
func (q Queries) RepeatByUID(ctx context.Context, uid []byte) (Repeat, error) {
	var r struct {
		EventID        int64  `db:"event_id"`
		RegistrationID int64  `db:"registration_id"`
		Status         string `db:"status"`
		Email          string `db:"email"`
		Lang           string `db:"lang"`
		ReceivedAt     int64  `db:"received_at"`
		Work           string `db:"work"`
	}
	err := q.one(ctx, &r, "registration", `
SELECT event_id, registration_id, status, email, lang, received_at, work FROM repeats WHERE uid = ?`, uid)
	if err != nil {
		return Repeat{}, err
	}
	out := Repeat{
		UID: uid, EventID: domain.EventID(r.EventID), RegistrationID: domain.RegistrationID(r.RegistrationID),
		Status: domain.RegistrationStatus(r.Status), Email: r.Email, Lang: domain.Lang(r.Lang), ReceivedAt: instant(r.ReceivedAt),
	}
	return out, unpack(r.Work, &out.Work)
}

// RepeatsSince counts how often an address was registered again at an event since an instant. What came much later,
// by a clock that has been put back, is not counted.
func (q Queries) RepeatsSince(ctx context.Context, id domain.RegistrationID, since time.Time) (int, error) {
	var n int
	err := q.get(ctx, &n, `SELECT count(*) FROM repeats WHERE registration_id = ? AND received_at BETWEEN ? AND ?`, int64(id), stamp(since), stamp(since.AddDate(0, 0, 7)))
	if err != nil {
		return 0, fmt.Errorf("store: repeats: %w", err)
	}
	return n, nil
}

// Protect marks a registration's identity as protected: she stands last in every list from then on.
func (tx *Tx) Protect(ctx context.Context, id domain.RegistrationID) error {
	if _, err := tx.exec(ctx, `UPDATE registrations SET protected = TRUE, sort_key = ?, work_key = ? WHERE id = ?`,
		standsLast, standsLast, int64(id)); err != nil {
		return fmt.Errorf("store: protect: %w", err)
	}
	return nil
}

// SetComing notes that somebody has said that she is coming; the first time counts.
func (tx *Tx) SetComing(ctx context.Context, id domain.RegistrationID, at time.Time) error {
	return tx.changeOne(ctx, "coming", `UPDATE registrations SET coming_at = ? WHERE id = ? AND coming_at = 0`, stamp(at), int64(id))
}

// ForgetComing forgets who has said that they are coming to an event: it was about another day.
func (tx *Tx) ForgetComing(ctx context.Context, event domain.EventID) error {
	_, err := tx.exec(ctx, `UPDATE registrations SET coming_at = 0 WHERE event_id = ? AND coming_at > 0`, int64(event))
	return wrap("forget coming", err)
}

// Coming is how many of those with a place at an event have said that they are coming.
func (q Queries) Coming(ctx context.Context, event domain.EventID) (int, error) {
	var n int
	err := q.get(ctx, &n, `SELECT count(*) FROM registrations WHERE event_id = ? AND status = 'confirmed' AND coming_at > 0`, int64(event))
	return n, wrap("coming", err)
}
