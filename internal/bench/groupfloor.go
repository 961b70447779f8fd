package main

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
)

// The rows of one registration, as the program writes them.
const (
	sqlSeat = `UPDATE events SET seats_taken = seats_taken + 1 WHERE id = ? AND seats_taken < capacity`

	sqlRegistration = `INSERT INTO registrations (uid, event_id, status, channel, lang, received_at, terms_id,
  link_version, link_hash, given_name, family_name, sort_key, email, email_key, phone,
  organisation, organisation_type, title, municipality, answers, work_key, search)
VALUES (?, ?, 'confirmed', 'web', 'sv', ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	sqlHistory = `INSERT INTO history (registration_id, n, at, kind, channel, actor)
VALUES (?, 1, ?, 'registered', 'web', '')`

	sqlLetter = `INSERT INTO letters (kind, registration_id, n, recipient, lang, status, queue_position,
  message_id, queued_at, state, next_try)
VALUES ('registration_confirmed', ?, 0, ?, 'sv', 'confirmed', 0, ?, ?, 'queued', ?)`
)

// bareRow is a registration made ready to be written.
type bareRow struct {
	event        []driver.NamedValue
	registration []driver.NamedValue
	history      []driver.NamedValue // registration_id is filled when it is known
	letter       []driver.NamedValue // the same
}

// bareRows makes n rows ready, outside the measured time.
func bareRows(f fixture, n int, now time.Time) []bareRow {
	at := now.UnixMicro()
	rows := make([]bareRow, n)
	for i := range rows {
		p := person(i)
		uid := auth.UID(auth.NewKey())
		r := domain.Registration{Participant: p, Ref: domain.ReferenceOf(uid)}
		rows[i] = bareRow{
			event: named(int64(f.event.ID)),
			registration: named(
				uid, int64(f.event.ID), at, f.event.Terms.ID, auth.LinkHash(f.keys.Link(uid, 1)), p.GivenName, p.FamilyName,
				p.SortKey(), p.Email, p.EmailKey(), p.Phone, p.Organisation, string(p.OrganisationType), p.Title, p.Municipality, f.answersOf(i),
				domain.SortKey(p.Organisation), r.SearchText(),
			),
			history: named(int64(0), at),
			letter:  named(int64(0), p.Email, f.keys.MessageID(uid, string(domain.LetterConfirmed), 0), at, at),
		}
	}
	return rows
}

func named(values ...driver.Value) []driver.NamedValue {
	out := make([]driver.NamedValue, len(values))
	for i, v := range values {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return out
}

// bareLoop writes registrations over one connection of the driver's own, without database/sql.
type bareLoop struct {
	conn *sqlite3.SQLiteConn

	begin, commit, savepoint, release   statement
	seat, registration, history, letter statement
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
}

// openBareLoop opens the file with the settings of the program, durability first of all.
func openBareLoop(path string) (*bareLoop, error) {
	v := url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_foreign_keys": {"on"},
		"_secure_delete": {"on"}, "_busy_timeout": {"5000"},
	}
	c, err := (&sqlite3.SQLiteDriver{}).Open("file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode())
	if err != nil {
		return nil, err
	}
	l := &bareLoop{conn: c.(*sqlite3.SQLiteConn)}
	const settings = `PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY`
	if _, err := l.conn.ExecContext(context.Background(), settings, nil); err != nil {
		return nil, errors.Join(err, l.conn.Close())
	}
	for _, p := range l.statements() {
		st, err := l.conn.PrepareContext(context.Background(), p.sql)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", p.sql, err), l.close())
		}
		*p.to = st.(statement)
	}
	return l, nil
}

type preparation struct {
	to  *statement
	sql string
}

func (l *bareLoop) statements() []preparation {
	return []preparation{
		{&l.begin, "BEGIN IMMEDIATE"},
		{&l.commit, "COMMIT"},
		{&l.savepoint, "SAVEPOINT one"},
		{&l.release, "RELEASE one"},
		{&l.seat, sqlSeat},
		{&l.registration, sqlRegistration},
		{&l.history, sqlHistory},
		{&l.letter, sqlLetter},
	}
}

func (l *bareLoop) close() error {
	var errs []error
	for _, p := range l.statements() {
		if *p.to != nil {
			errs = append(errs, (*p.to).Close())
		}
	}
	return errors.Join(append(errs, l.conn.Close())...)
}

// group is the bare group-commit loop: as many callers as there are clients, each waiting for its row
// to be on disk before it brings the next, and one goroutine that takes what is queued, commits it
// together and answers. It returns registrations a second.
func (l *bareLoop) group(rows []bareRow, callers int) (float64, error) {
	type job struct {
		row  *bareRow
		done chan error
	}
	jobs := make(chan job, callers)
	failed := make(chan error, callers)
	var next atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range callers {
		wg.Go(func() {
			done := make(chan error, 1)
			for i := next.Add(1) - 1; i < int64(len(rows)); i = next.Add(1) - 1 {
				jobs <- job{&rows[i], done}
				if err := <-done; err != nil {
					failed <- err
					return
				}
			}
		})
	}
	go func() { wg.Wait(); close(jobs) }()
	batch := make([]job, 0, callers)
	for j := range jobs {
		batch = append(batch[:0], j)
		for more := true; more && len(batch) < cap(batch); {
			select {
			case j, more = <-jobs:
				if more {
					batch = append(batch, j)
				}
			default:
				more = false
			}
		}
		err := l.together(len(batch), func(i int) *bareRow { return batch[i].row })
		for _, j := range batch {
			j.done <- err
		}
	}
	elapsed := time.Since(start)
	select {
	case err := <-failed:
		return 0, err
	default:
		return float64(len(rows)) / elapsed.Seconds(), nil
	}
}

// together writes n rows in one commit.
func (l *bareLoop) together(n int, row func(i int) *bareRow) error {
	if _, err := execute(l.begin, nil); err != nil {
		return err
	}
	for i := range n {
		if err := l.one(row(i)); err != nil {
			return err
		}
	}
	_, err := execute(l.commit, nil)
	return err
}

// write writes every row without any caller, batch of them to a commit, and returns registrations a
// second: what SQLite alone could do.
func (l *bareLoop) write(rows []bareRow, batch int) (float64, error) {
	start := time.Now()
	for at := 0; at < len(rows); at += batch {
		some := rows[at:min(at+batch, len(rows))]
		if err := l.together(len(some), func(i int) *bareRow { return &some[i] }); err != nil {
			return 0, err
		}
	}
	return float64(len(rows)) / time.Since(start).Seconds(), nil
}

func (l *bareLoop) one(r *bareRow) error {
	if _, err := execute(l.savepoint, nil); err != nil {
		return err
	}
	res, err := execute(l.seat, r.event)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(errors.New("no place was taken"), err)
	}
	if res, err = execute(l.registration, r.registration); err != nil {
		return err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return err
	}
	r.history[0].Value, r.letter[0].Value = id, id
	if _, err := execute(l.history, r.history); err != nil {
		return err
	}
	if _, err := execute(l.letter, r.letter); err != nil {
		return err
	}
	_, err = execute(l.release, nil)
	return err
}

func execute(st statement, args []driver.NamedValue) (driver.Result, error) {
	return st.ExecContext(context.Background(), args)
}
