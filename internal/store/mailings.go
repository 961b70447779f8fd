package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

type mailingRow struct {
	ID           int64         `db:"id"`
	UID          string        `db:"uid"`
	County       string        `db:"county"`
	State        string        `db:"state"`
	Audience     string        `db:"audience"`
	SubjectSv    string        `db:"subject_sv"`
	SubjectEn    string        `db:"subject_en"`
	BodySv       string        `db:"body_sv"`
	BodyEn       string        `db:"body_en"`
	ReplyTo      string        `db:"reply_to"`
	SendAt       int64         `db:"send_at"`
	Recipients   int           `db:"recipients"`
	WrittenName  string        `db:"written_name"`
	ApprovedName string        `db:"approved_name"`
	CreatedAt    int64         `db:"created_at"`
	ChangedAt    int64         `db:"changed_at"`
	ApprovedAt   int64         `db:"approved_at"`
	EndedAt      int64         `db:"ended_at"`
	Revision     int           `db:"revision"`
	Kind         string        `db:"kind"`
	AutoKind     string        `db:"auto_kind"`
	AutoEvent    sql.NullInt64 `db:"auto_event"`
	AutoDay      string        `db:"auto_day"`
	AutoLink     string        `db:"auto_link"`
}

const mailingColumns = `id, uid, county, state, audience, subject_sv, subject_en, body_sv, body_en, reply_to, send_at,
  recipients, written_name, approved_name, created_at, changed_at, approved_at, ended_at, revision,
  kind, auto_kind, auto_event, auto_day, auto_link`

func (r mailingRow) mailing() (domain.Mailing, error) {
	m := domain.Mailing{
		ID: domain.MailingID(r.ID), UID: r.UID, County: domain.OrganiserCode(r.County), State: domain.MailingState(r.State),
		SendAt: instant(r.SendAt), Recipients: r.Recipients, By: r.WrittenName, ApprovedBy: r.ApprovedName,
		Created: instant(r.CreatedAt), Changed: instant(r.ChangedAt), Approved: instant(r.ApprovedAt), Ended: instant(r.EndedAt),
		Revision: r.Revision,
		MailingEntry: domain.MailingEntry{
			Subject: domain.Text{Sv: r.SubjectSv, En: r.SubjectEn}, Body: domain.Text{Sv: r.BodySv, En: r.BodyEn}, ReplyTo: r.ReplyTo,
		},
	}
	on, err := day(r.AutoDay)
	if err != nil {
		return m, err
	}
	m.Kind = domain.MailingKind(r.Kind)
	m.Auto = domain.AutoMailing{Kind: domain.AutomaticKind(r.AutoKind), Event: domain.EventID(r.AutoEvent.Int64), Day: on, Link: r.AutoLink}
	return m, unpack(r.Audience, &m.Audience)
}

// InsertMailing keeps a new draft about some events, and answers its id; 0, and nothing is kept, where the clock
// has written this kind for this day already.
func (tx *Tx) InsertMailing(ctx context.Context, m domain.Mailing, by domain.UserID, events []domain.EventID) (domain.MailingID, error) {
	audience, err := pack(m.Audience)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(ctx, `
INSERT INTO mailings (uid, county, state, audience, subject_sv, subject_en, body_sv, body_en, reply_to, written_by,
  written_name, created_at, changed_at, kind, auto_kind, auto_event, auto_day, auto_link)
VALUES (?, ?, 'draft', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
RETURNING id`, m.UID, string(m.County), audience, m.Subject.Sv, m.Subject.En, m.Body.Sv, m.Body.En, m.ReplyTo, orNull(int64(by)),
		m.By, stamp(m.Created), stamp(m.Created), string(cmp.Or(m.Kind, domain.MailingParticipants)), string(m.Auto.Kind), orNull(int64(m.Auto.Event)), m.Auto.Day.String(), m.Auto.Link)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("store: mailing: %w", err)
	}
	return domain.MailingID(id), tx.putMailingEvents(ctx, domain.MailingID(id), events)
}

func (tx *Tx) putMailingEvents(ctx context.Context, id domain.MailingID, events []domain.EventID) error {
	if _, err := tx.exec(ctx, `DELETE FROM mailing_events WHERE mailing_id = ?`, int64(id)); err != nil {
		return fmt.Errorf("store: mailing: %w", err)
	}
	for _, e := range events {
		if _, err := tx.exec(ctx, `INSERT INTO mailing_events (mailing_id, event_id) VALUES (?, ?)`, int64(id), int64(e)); err != nil {
			return fmt.Errorf("store: mailing: %w", err)
		}
	}
	return nil
}

// SaveMailing replaces the words and the audience of a draft that is still at the revision. It reports
// false, and changes nothing, where it is not, or is no draft any more.
func (tx *Tx) SaveMailing(ctx context.Context, m domain.Mailing, events []domain.EventID) (bool, error) {
	audience, err := pack(m.Audience)
	if err != nil {
		return false, err
	}
	n, err := tx.exec(ctx, `
UPDATE mailings
SET audience = ?, subject_sv = ?, subject_en = ?, body_sv = ?, body_en = ?, reply_to = ?, changed_at = ?, revision = revision + 1
WHERE id = ? AND revision = ? AND state = 'draft'`, audience, m.Subject.Sv, m.Subject.En, m.Body.Sv, m.Body.En, m.ReplyTo,
		stamp(m.Changed), int64(m.ID), m.Revision)
	if err != nil || n == 0 {
		return false, wrap("mailing", err)
	}
	return true, tx.putMailingEvents(ctx, m.ID, events)
}

// SetMailing moves a mailing from one state to another. It reports false where it was in another one.
func (tx *Tx) SetMailing(ctx context.Context, m domain.Mailing, from domain.MailingState) (bool, error) {
	n, err := tx.exec(ctx, `
UPDATE mailings
SET state = ?, send_at = ?, recipients = ?, approved_name = ?, approved_at = ?, ended_at = ?, revision = revision + 1
WHERE id = ? AND state = ?`, string(m.State), stamp(m.SendAt), m.Recipients, m.ApprovedBy, stamp(m.Approved), stamp(m.Ended),
		int64(m.ID), string(from))
	return n > 0, wrap("mailing", err)
}

// MailingByUID is a mailing with its files, without their content, and the events it is about.
func (q Queries) MailingByUID(ctx context.Context, uid string) (domain.Mailing, []domain.EventID, error) {
	return q.mailing(ctx, `uid = ?`, uid)
}

// MailingByID is MailingByUID by the number.
func (q Queries) MailingByID(ctx context.Context, id domain.MailingID) (domain.Mailing, []domain.EventID, error) {
	return q.mailing(ctx, `id = ?`, int64(id))
}

func (q Queries) mailing(ctx context.Context, where string, arg any) (domain.Mailing, []domain.EventID, error) {
	var r mailingRow
	if err := q.one(ctx, &r, "mailing", `SELECT `+mailingColumns+` FROM mailings WHERE `+where, arg); err != nil {
		return domain.Mailing{}, nil, err
	}
	m, err := r.mailing()
	if err != nil {
		return m, nil, err
	}
	var events []domain.EventID
	err = q.list(ctx, &events, `
SELECT event_id FROM mailing_events WHERE mailing_id = ? ORDER BY event_id LIMIT 1000`, r.ID)
	if err != nil {
		return m, nil, wrap("mailing", err)
	}
	var files []struct {
		ID       int64  `db:"id"`
		Filename string `db:"filename"`
		MIME     string `db:"mime"`
		Size     int    `db:"size"`
	}
	err = q.list(ctx, &files, `
SELECT id, filename, mime, length(content) AS size FROM mailing_files WHERE mailing_id = ? ORDER BY id LIMIT 100`, r.ID)
	for _, f := range files {
		m.Files = append(m.Files, domain.MailingFile{ID: f.ID, Filename: f.Filename, MIME: f.MIME, Size: f.Size})
	}
	return m, events, wrap("mailing", err)
}

// Mailings are those about the events in reach, the newest first, those with lower ids than before alone
// unless it is 0. What the clock let go and nobody was to get is none.
func (q Queries) Mailings(ctx context.Context, reach Reach, slug string, before domain.MailingID, limit int) ([]domain.Mailing, error) {
	where, args := DeskScope{Reach: reach, Slug: slug}.condition()
	where = `id IN (SELECT me.mailing_id FROM mailing_events me JOIN events ON events.id = me.event_id WHERE ` + where + `)
  AND NOT (auto_kind <> '' AND recipients = 0)`
	if before != 0 {
		where, args = where+` AND id < ?`, append(args, int64(before))
	}
	var rows []mailingRow
	err := q.list(ctx, &rows, `
SELECT `+mailingColumns+`
FROM mailings
WHERE `+where+`
ORDER BY id DESC
LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, wrap("mailings", err)
	}
	out := make([]domain.Mailing, len(rows))
	for i, r := range rows {
		if out[i], err = r.mailing(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// DropMailing removes a draft, its files too. It reports false for what is no draft.
func (tx *Tx) DropMailing(ctx context.Context, id domain.MailingID) (bool, error) {
	var drafts int
	if err := tx.get(ctx, &drafts, `SELECT count(*) FROM mailings WHERE id = ? AND state = 'draft'`, int64(id)); err != nil || drafts == 0 {
		return false, wrap("mailing", err)
	}
	for _, table := range []string{`mailing_files`, `mailing_events`, `mailing_recipients`, `mailing_subscribers`} {
		if _, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE mailing_id = ?`, int64(id)); err != nil {
			return false, wrap("mailing", err)
		}
	}
	_, err := tx.exec(ctx, `DELETE FROM mailings WHERE id = ?`, int64(id))
	return err == nil, wrap("mailing", err)
}

// AddMailingFile encloses a file.
func (tx *Tx) AddMailingFile(ctx context.Context, id domain.MailingID, f domain.Enclosure) error {
	_, err := tx.exec(ctx, `INSERT INTO mailing_files (mailing_id, filename, mime, content) VALUES (?, ?, ?, ?)`,
		int64(id), f.Filename, f.MIME, f.Content)
	return wrap("mailing file", err)
}

// RemoveMailingFile takes a file out; nothing where there is none.
func (tx *Tx) RemoveMailingFile(ctx context.Context, id domain.MailingID, file int64) error {
	_, err := tx.exec(ctx, `DELETE FROM mailing_files WHERE mailing_id = ? AND id = ?`, int64(id), file)
	return wrap("mailing file", err)
}

// TouchMailing raises the revision of a mailing of which something has changed beside its words.
func (tx *Tx) TouchMailing(ctx context.Context, id domain.MailingID, at time.Time) error {
	_, err := tx.exec(ctx, `UPDATE mailings SET revision = revision + 1, changed_at = ? WHERE id = ?`, stamp(at), int64(id))
	return wrap("mailing", err)
}

// MailingFiles are the enclosed files with their content.
func (q Queries) MailingFiles(ctx context.Context, id domain.MailingID) ([]domain.Enclosure, error) {
	var rows []struct {
		Filename string `db:"filename"`
		MIME     string `db:"mime"`
		Content  []byte `db:"content"`
	}
	err := q.list(ctx, &rows, `SELECT filename, mime, content FROM mailing_files WHERE mailing_id = ? ORDER BY id LIMIT 100`, int64(id))
	out := make([]domain.Enclosure, len(rows))
	for i, r := range rows {
		out[i] = domain.Enclosure{Filename: r.Filename, MIME: r.MIME, Content: r.Content}
	}
	return out, wrap("mailing files", err)
}

// NextMailing is when the next mailing wants to be looked at, the zero time where none does.
func (q Queries) NextMailing(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	err := q.get(ctx, &at, `SELECT min(send_at) FROM mailings WHERE state IN ('waiting', 'sending')`)
	if err != nil || !at.Valid {
		return time.Time{}, wrap("next mailing", err)
	}
	return instant(at.Int64), nil
}

// DueMailings are the numbers of those that have begun, or are to begin by now, the oldest first.
func (q Queries) DueMailings(ctx context.Context, now time.Time) ([]domain.MailingID, error) {
	var ids []domain.MailingID
	err := q.list(ctx, &ids, `
SELECT id FROM mailings
WHERE state IN ('waiting', 'sending') AND send_at <= ?
ORDER BY send_at, id
LIMIT 100`, stamp(now))
	return ids, wrap("due mailings", err)
}
