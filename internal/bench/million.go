package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"
	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

const (
	millionEvents = 2000 // over the counties and eight years, some of them still to come
	millionHot    = 10   // one in so many registrations is for the first event
	millionBytes  = 600  // of a letter as it is kept; real ones are about ten times as long
)

// The rows that the program leaves of registrations whose letters have gone.
const (
	sqlOldRegistration = `INSERT INTO registrations (id, uid, event_id, status, attendance, channel, lang, received_at, terms_id,
  link_version, link_hash, given_name, family_name, sort_key, email, email_key, phone, organisation, organisation_type, title,
  municipality, answers, answered, work_key, search)
VALUES (?, ?, ?, ?, ?, 'web', 'sv', ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', ?, ?)`
	sqlOldHistory = `INSERT INTO history (registration_id, n, at, kind, channel, actor) VALUES (?, ?, ?, ?, 'web', '')`
	sqlOldLetter  = `INSERT INTO letters (id, kind, registration_id, n, recipient, lang, status, queue_position, message_id, queued_at,
  state, attempts, next_try, accepted_at) VALUES (?, ?, ?, ?, ?, 'sv', ?, 0, ?, ?, 'accepted', 1, ?, ?)`
	sqlOldBody = `INSERT INTO letter_bodies (letter_id, raw) VALUES (?, ?)`
	sqlCounted = `UPDATE events SET
  seats_taken = (SELECT count(*) FROM registrations r WHERE r.event_id = events.id AND r.status IN ('confirmed', 'offered')),
  waiting = (SELECT count(*) FROM registrations r WHERE r.event_id = events.id AND r.status = 'waitlisted')`
	sqlFull = `UPDATE events SET capacity = seats_taken WHERE waiting > 0` // or the clock would give free places to those who wait
)

// newMillion is a fixture with n registrations at millionEvents events of every county, with the history,
// the letters and the keys that they are found by: always the same ones for the same n and day. The
// program's own checks, run on it, prove that they could have been its own. Where the session keeps a folder
// for them they are made there once, and a copy is answered.
func (s *session) newMillion(ctx context.Context, n int) (fixture, error) {
	if s.keep == "" {
		return s.makeMillion(ctx, n)
	}
	kept := filepath.Join(s.keep, fmt.Sprintf("registrations-%d.db", n))
	if _, err := os.Stat(kept); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(s.keep, 0o700); err != nil {
			return fixture{}, err // before the minutes that the file takes
		}
		f, err := s.makeMillion(ctx, n)
		if err == nil {
			err = copyFile(f.database(), kept)
		}
		return f, err
	}
	dir, err := s.newDir("million")
	if err != nil {
		return fixture{}, err
	}
	f := fixture{dir: dir, secret: fixtureSecret()}
	if f.keys, err = auth.New(f.secret); err != nil {
		return f, err
	}
	if err := copyFile(kept, f.database()); err != nil {
		return f, err
	}
	data, err := store.Open(ctx, store.Options{Path: f.database(), Migrations: db.Migrations})
	if err != nil {
		return f, err
	}
	f.event, err = (&service.Programme{Store: data, Now: time.Now}).Event(ctx, fixtureSlug)
	f.terms = []int64{f.event.Terms.ID}
	return f, errors.Join(err, data.Close())
}

// copyFile copies a database that nobody has open.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Rename(to+".part", to)
}

func (s *session) makeMillion(ctx context.Context, n int) (fixture, error) {
	f, err := s.newFixture(ctx, "million", true)
	if err != nil {
		return f, err
	}
	data, err := store.Open(ctx, store.Options{Path: f.database(), Migrations: db.Migrations})
	if err != nil {
		return f, err
	}
	start := time.Now()
	events, err := f.manyEvents(ctx, data)
	if err = errors.Join(err, data.Close()); err != nil {
		return f, err
	}
	s.logf("%d events after %.1f s", len(events), time.Since(start).Seconds())
	if err := f.fillOld(n, events, time.Now()); err != nil {
		return f, err
	}
	s.logf("%d registrations after %.1f s", n, time.Since(start).Seconds())
	return f, nil
}

// manyEvents adds the events, the one that people register for first.
func (f fixture) manyEvents(ctx context.Context, data *store.Store) ([]domain.Event, error) {
	now, editing := time.Now(), &service.Editing{Store: data, Now: time.Now}
	var organisers []domain.Organiser
	for _, c := range domain.Counties() {
		if c.Code == fixtureOrganiser().Code {
			continue
		}
		o := fixtureOrganiser()
		o.Code, o.SCB, o.Slug, o.County, o.Name, o.Short, o.Region, o.Town = c.Code, c.SCB, c.Slug, c.Name, c.Authority(), c.Short(), c.Region, c.Town
		o.OrgNumber = "202100-0000"
		organisers = append(organisers, o)
	}
	if err := editing.PutOrganisers(ctx, domain.Operator(), organisers); err != nil {
		return nil, err
	}
	organisers = append(organisers, fixtureOrganiser())
	programme, out := &service.Programme{Store: data, Now: time.Now}, []domain.Event{f.event}
	for i := range millionEvents {
		e := fixtureEvent(i+fixtureEvents, now)
		day := domain.DateIn(now).AddDays(180 - i*8*365/millionEvents)
		e.Owner, e.Day, e.Capacity, e.Terms.ID = organisers[i%len(organisers)], day, 1000, 0
		e.RegisterUntil, e.CancelUntil = day.AddDays(-14), day.AddDays(-14)
		if err := editing.AddEvent(ctx, domain.Operator(), e, nil); err != nil {
			return nil, err
		}
		kept, err := programme.Event(ctx, e.Slug)
		if err != nil {
			return nil, err
		}
		out = append(out, kept)
	}
	return out, nil
}

// bulk writes rows over one connection of the driver's own, and waits for no disk before the end.
type bulk struct {
	conn                                *sqlite3.SQLiteConn
	registration, history, letter, body statement
}

func openBulk(path string) (*bulk, error) {
	v := url.Values{"_journal_mode": {"WAL"}, "_synchronous": {"OFF"}, "_foreign_keys": {"off"}}
	c, err := (&sqlite3.SQLiteDriver{}).Open("file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode())
	if err != nil {
		return nil, err
	}
	b := &bulk{conn: c.(*sqlite3.SQLiteConn)}
	if err := b.run(`PRAGMA cache_size = -1000000; PRAGMA wal_autocheckpoint = 50000`); err != nil {
		return nil, errors.Join(err, b.conn.Close())
	}
	for query, to := range map[string]*statement{
		sqlOldRegistration: &b.registration, sqlOldHistory: &b.history, sqlOldLetter: &b.letter, sqlOldBody: &b.body,
	} {
		st, err := b.conn.PrepareContext(context.Background(), query)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", query, err), b.conn.Close())
		}
		*to = st.(statement)
	}
	return b, nil
}

func (b *bulk) run(query string) error {
	_, err := b.conn.ExecContext(context.Background(), query, nil)
	return err
}

func (f fixture) fillOld(n int, events []domain.Event, now time.Time) error {
	b, err := openBulk(f.database())
	if err != nil {
		return err
	}
	chance := rand.New(rand.NewPCG(1, 2))
	raw := make([]byte, millionBytes)
	for i := range raw {
		raw[i] = byte(chance.Uint32())
	}
	err = b.run("BEGIN")
	hot := n / millionHot
	for i := 0; i < n && err == nil; i++ {
		e := &events[0]
		if i >= hot { // by event, as they came to it; the years run backwards
			e = &events[len(events)-1-(i-hot)*(len(events)-1)/(n-hot)]
		}
		err = f.oldOne(b, i, e, now, raw)
		if i%100_000 == 99_999 && err == nil {
			err = b.run("COMMIT; BEGIN")
		}
	}
	if err == nil {
		err = b.run(sqlCounted + "; " + sqlFull + "; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
	}
	for _, st := range []statement{b.registration, b.history, b.letter, b.body} {
		err = errors.Join(err, st.Close())
	}
	return errors.Join(err, b.conn.Close())
}

// oldOne writes the i-th registration: one in twenty waits, but for the first event, which has room for everyone,
// and one in ten has cancelled.
func (f fixture) oldOne(b *bulk, i int, e *domain.Event, now time.Time, raw []byte) error {
	status, kind, letter := domain.Confirmed, domain.HistoryRegistered, domain.LetterConfirmed
	if i%20 == 7 && e.ID != f.event.ID {
		status, kind, letter = domain.Waitlisted, domain.HistoryWaitlisted, domain.LetterWaitlisted
	}
	cancelled := i%10 == 3
	uid, at := auth.UID(fmt.Sprintf("million-%d", i)), e.Day.AddDays(-60).Start()
	if at.After(now) {
		at = now.AddDate(0, 0, -20)
	}
	when := at.UnixMicro() + int64(i)
	p := person(i)
	r := domain.Registration{Ref: domain.ReferenceOf(uid), Status: status, Participant: p}
	attendance := "unknown"
	if e.Day.Before(domain.DateIn(now)) && i%50 != 0 && status == domain.Confirmed {
		attendance = "present"
	}
	first := status
	if cancelled {
		r.Status, attendance = domain.Cancelled, "unknown"
	}
	id := int64(i + 1)
	if _, err := execute(b.registration, named(id, uid, int64(e.ID), string(r.Status), attendance, when, e.Terms.ID,
		auth.LinkHash(f.keys.Link(uid, 1)), p.GivenName, p.FamilyName, p.SortKey(), p.Email, p.EmailKey(), p.Phone, p.Organisation,
		string(p.OrganisationType), p.Title, p.Municipality, domain.SortKey(p.Organisation), r.SearchText())); err != nil {
		return err
	}
	step := func(n int64, kind domain.HistoryKind, letter domain.LetterKind, status domain.RegistrationStatus, owes int64) error {
		lid := 2*id + n - 2
		if _, err := execute(b.history, named(id, n, when+n, string(kind))); err != nil {
			return err
		}
		if _, err := execute(b.letter, named(lid, string(letter), id, owes, p.Email, string(status),
			f.keys.MessageID(uid, string(letter), int(owes)), when+n, when+n, when+n+1_000_000)); err != nil {
			return err
		}
		_, err := execute(b.body, named(lid, bytes.Clone(raw)))
		return err
	}
	err := step(1, kind, letter, first, 0)
	if err == nil && cancelled {
		gone := domain.HistoryCancelled
		if first == domain.Waitlisted {
			gone = domain.HistoryLeft
		}
		err = step(2, gone, domain.LetterCancelled, domain.Cancelled, 2)
	}
	return err
}
