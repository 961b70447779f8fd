package store

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

type subscriberRow struct {
	ID          int64  `db:"id"`
	UID         string `db:"uid"`
	County      string `db:"county"`
	Email       string `db:"email"`
	Lang        string `db:"lang"`
	Source      string `db:"source"`
	AskedAt     int64  `db:"asked_at"`
	ConfirmedAt int64  `db:"confirmed_at"`
}

const subscriberColumns = `id, uid, county, email, lang, source, asked_at, confirmed_at`

func (r subscriberRow) subscriber() domain.Subscriber {
	return domain.Subscriber{
		ID: domain.SubscriberID(r.ID), UID: r.UID, County: domain.OrganiserCode(r.County), Email: r.Email, Lang: domain.Lang(r.Lang),
		Source: domain.SubscriberSource(r.Source), Asked: instant(r.AskedAt), Confirmed: instant(r.ConfirmedAt),
	}
}

// InsertSubscriber keeps that somebody asks a county for invitations; nothing where her address has asked it
// already.
func (tx *Tx) InsertSubscriber(ctx context.Context, s domain.Subscriber) error {
	_, err := tx.exec(ctx, `
INSERT INTO subscribers (uid, county, email, email_key, lang, source, asked_at, confirmed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (county, email_key) DO NOTHING`, s.UID, string(s.County), s.Email, domain.EmailKey(s.Email), string(s.Lang),
		string(s.Source), stamp(s.Asked), stamp(s.Confirmed))
	return wrap("subscriber", err)
}

// ConfirmSubscriber notes that the address is hers; nothing where she has said so before.
func (tx *Tx) ConfirmSubscriber(ctx context.Context, id domain.SubscriberID, at time.Time) error {
	_, err := tx.exec(ctx, `UPDATE subscribers SET confirmed_at = ? WHERE id = ? AND confirmed_at = 0`, stamp(at), int64(id))
	return wrap("subscriber", err)
}

// SubscriberByUID is a subscriber; domain.ErrNotFound for none.
func (q Queries) SubscriberByUID(ctx context.Context, uid string) (domain.Subscriber, error) {
	return q.subscriber(ctx, `uid = ?`, uid)
}

// SubscriberByID is SubscriberByUID by the number.
func (q Queries) SubscriberByID(ctx context.Context, id domain.SubscriberID) (domain.Subscriber, error) {
	return q.subscriber(ctx, `id = ?`, int64(id))
}

func (q Queries) subscriber(ctx context.Context, where string, arg any) (domain.Subscriber, error) {
	var r subscriberRow
	err := q.one(ctx, &r, "subscription", `SELECT `+subscriberColumns+` FROM subscribers WHERE `+where, arg)
	return r.subscriber(), err
}

// SubscribersAt are the lines of one address, a county each, by county.
func (q Queries) SubscribersAt(ctx context.Context, emailKey string) ([]domain.Subscriber, error) {
	return q.subscribers(ctx, `email_key = ? ORDER BY county LIMIT 100`, emailKey)
}

// SubscribersOver are up to limit of those who asked before an instant and have not said that the address is
// theirs, and when the next of the others asked; the zero time where none waits.
func (q Queries) SubscribersOver(ctx context.Context, before time.Time, limit int) ([]domain.Subscriber, time.Time, error) {
	over, err := q.subscribers(ctx, `confirmed_at = 0 AND asked_at <= ? ORDER BY asked_at, id LIMIT ?`, stamp(before), limit)
	if err != nil {
		return nil, time.Time{}, err
	}
	next, err := q.subscribers(ctx, `confirmed_at = 0 AND asked_at > ? ORDER BY asked_at, id LIMIT 1`, stamp(before))
	if err != nil || len(next) == 0 {
		return over, time.Time{}, err
	}
	return over, next[0].Asked, nil
}

// InvitedBy are those whom a county may invite, in the order in which they asked, up to limit.
func (q Queries) InvitedBy(ctx context.Context, c domain.OrganiserCode, limit int) ([]domain.Subscriber, error) {
	return q.subscribers(ctx, `county = ? AND confirmed_at > 0 ORDER BY id LIMIT ?`, string(c), limit)
}

func (q Queries) subscribers(ctx context.Context, where string, args ...any) ([]domain.Subscriber, error) {
	var rows []subscriberRow
	err := q.list(ctx, &rows, `SELECT `+subscriberColumns+` FROM subscribers WHERE `+where, args...)
	out := make([]domain.Subscriber, len(rows))
	for i, r := range rows {
		out[i] = r.subscriber()
	}
	return out, wrap("subscribers", err)
}

// SubscriberNumbers is how many have asked each county, by county; counties that nobody has asked are not in
// it, and of each only its code is told.
func (q Queries) SubscriberNumbers(ctx context.Context) ([]domain.SubscriberNumbers, error) {
	var rows []struct {
		County  string `db:"county"`
		Invited int    `db:"invited"`
		English int    `db:"english"`
		Waiting int    `db:"waiting"`
	}
	err := q.list(ctx, &rows, `
SELECT county, sum(CASE WHEN confirmed_at > 0 THEN 1 ELSE 0 END) AS invited,
  sum(CASE WHEN confirmed_at > 0 AND lang = 'en' THEN 1 ELSE 0 END) AS english, sum(CASE WHEN confirmed_at = 0 THEN 1 ELSE 0 END) AS waiting
FROM subscribers
GROUP BY county
ORDER BY county
LIMIT 100`)
	out := make([]domain.SubscriberNumbers, len(rows))
	for i, r := range rows {
		out[i] = domain.SubscriberNumbers{
			County: domain.Organiser{Code: domain.OrganiserCode(r.County)}, Invited: r.Invited, English: r.English, Waiting: r.Waiting,
		}
	}
	return out, wrap("subscribers", err)
}

// EraseSubscriber forgets a subscriber: none of her letters that no server has been given goes, and those that
// have gone tell neither whom they went to nor what they said to her.
func (tx *Tx) EraseSubscriber(ctx context.Context, id domain.SubscriberID) error {
	for _, query := range []string{
		`DELETE FROM letter_bodies WHERE letter_id IN (SELECT id FROM letters WHERE subscriber_id = ?)`,
		`UPDATE letters SET state = CASE state WHEN 'queued' THEN 'withheld' ELSE state END, recipient = '', last_error = '' WHERE subscriber_id = ?`,
		`UPDATE mailing_subscribers SET state = 'withheld' WHERE subscriber_id = ? AND state = 'left'`,
		`DELETE FROM subscribers WHERE id = ?`,
	} {
		if _, err := tx.exec(ctx, query, int64(id)); err != nil {
			return wrap("erase subscriber", err)
		}
	}
	return nil
}

// LiveAddresses are the keys of the addresses with a live registration at an event or, with a series, at any
// of its events.
func (q Queries) LiveAddresses(ctx context.Context, event domain.EventID, series domain.SeriesID) (map[string]bool, error) {
	var keys []string
	err := q.list(ctx, &keys, `
SELECT DISTINCT email_key
FROM registrations
WHERE event_id IN (SELECT id FROM events WHERE id = ? OR (? <> 0 AND series_id = ?))
  AND email_key <> '' AND status IN ('pending', 'confirmed', 'waitlisted', 'offered')
ORDER BY email_key
LIMIT 100000`, int64(event), int64(series), int64(series))
	out := make(map[string]bool, len(keys))
	for _, k := range keys {
		out[k] = true
	}
	return out, wrap("live addresses", err)
}

// Invited is someone to whom an invitation goes.
type Invited struct {
	Line int64 // of the mailing
	ID   domain.SubscriberID
}

// FreezeInvited keeps whom an invitation goes to, in place of what was kept before.
func (tx *Tx) FreezeInvited(ctx context.Context, id domain.MailingID, to []domain.SubscriberID) error {
	if _, err := tx.exec(ctx, `DELETE FROM mailing_subscribers WHERE mailing_id = ?`, int64(id)); err != nil {
		return wrap("invited", err)
	}
	const most = 400 // rows in one statement
	for len(to) > 0 {
		n := min(most, len(to))
		query, args := `INSERT INTO mailing_subscribers (mailing_id, subscriber_id) VALUES `, make([]any, 0, 2*n)
		for i, s := range to[:n] {
			if i > 0 {
				query += `, `
			}
			query += `(?, ?)`
			args = append(args, int64(id), int64(s))
		}
		if _, err := tx.exec(ctx, query, args...); err != nil {
			return wrap("invited", err)
		}
		to = to[n:]
	}
	return nil
}

// InvitedLeft are up to limit of those whose letter has not been begun with.
func (tx *Tx) InvitedLeft(ctx context.Context, id domain.MailingID, limit int) ([]Invited, error) {
	var rows []struct {
		Line int64 `db:"id"`
		ID   int64 `db:"subscriber_id"`
	}
	err := tx.list(ctx, &rows, `
SELECT id, coalesce(subscriber_id, 0) AS subscriber_id
FROM mailing_subscribers
WHERE mailing_id = ? AND state = 'left'
ORDER BY id
LIMIT ?`, int64(id), limit)
	out := make([]Invited, len(rows))
	for i, r := range rows {
		out[i] = Invited{r.Line, domain.SubscriberID(r.ID)}
	}
	return out, wrap("invited", err)
}

// SetInvited notes that somebody's letter has been begun with, or that none goes to her.
func (tx *Tx) SetInvited(ctx context.Context, line int64, withheld bool) error {
	state := "begun"
	if withheld {
		state = "withheld"
	}
	_, err := tx.exec(ctx, `UPDATE mailing_subscribers SET state = ? WHERE id = ? AND state = 'left'`, state, line)
	return wrap("invited", err)
}

// Lift lets mailings of a county go to an address again that wanted none; what stands against it for another
// reason stays.
func (tx *Tx) Lift(ctx context.Context, hash []byte, c domain.OrganiserCode) error {
	_, err := tx.exec(ctx, `DELETE FROM suppressions WHERE hash = ? AND county IN (?, '') AND reason = 'unsubscribed'`, hash, string(c))
	return wrap("suppression", err)
}

// subscriberChecks are what must hold of those who have asked for invitations.
func subscriberChecks() []check {
	return []check{
		{"nothing goes to someone who has ended it", `
SELECT 'letter ' || id
FROM letters
WHERE kind IN ('invitation', 'subscription') AND subscriber_id IS NULL AND (recipient <> '' OR state = 'queued')
ORDER BY id LIMIT 100`},
		{"nothing is kept of what was said to someone who has ended it", `
SELECT 'letter ' || l.id
FROM letters l JOIN letter_bodies b ON b.letter_id = l.id
WHERE l.kind IN ('invitation', 'subscription') AND l.subscriber_id IS NULL
ORDER BY l.id LIMIT 100`},
		{"an invitation is of a mailing, and goes to someone who has said that the address is hers", `
SELECT 'letter ' || l.id
FROM letters l LEFT JOIN subscribers s ON s.id = l.subscriber_id LEFT JOIN mailings m ON m.id = l.mailing_id
WHERE l.kind = 'invitation' AND (m.kind IS NULL OR m.kind <> 'invitation' OR s.confirmed_at = 0)
ORDER BY l.id LIMIT 100`},
		{"nobody is invited who wants no invitation", `
SELECT 'mailing ' || m.id
FROM mailing_subscribers m
WHERE m.subscriber_id IS NULL AND m.state = 'left'
ORDER BY m.id LIMIT 100`},
	}
}
