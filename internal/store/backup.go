package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/jmoiron/sqlx"
	sqlite3 "github.com/mattn/go-sqlite3"

	"github.com/temadag/temadag/internal/domain"
)

// A copy of a database in use is made page by page inside one reading transaction: it shows one instant,
// however much is written meanwhile. VACUUM INTO would make as good a copy, but at several times the
// processor's work, and in one breath: this one gives way between its steps, and can be stopped.

const (
	pagesAStep = 512 // 2 MB
	breath     = 2 * time.Millisecond
)

// CopyFile copies a SQLite database, whether or not a server writes to it meanwhile, to a new file of mode
// 0600 that stands alone, without a log. It changes nothing in the source, not even the schema of an older
// program's. progress may be nil; it is told pages done and in all. On an error no file is left.
func CopyFile(ctx context.Context, from, to string, progress func(done, all int)) (err error) {
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("store: copy: %w", err)
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("store: copy: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("store: copy: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	d := &sqlite3.SQLiteDriver{}
	src, err := d.Open("file:" + (&url.URL{Path: from}).EscapedPath() + "?_busy_timeout=5000&_query_only=true")
	if err != nil {
		return fmt.Errorf("store: copy: %w", err)
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	dst, err := d.Open("file:" + (&url.URL{Path: to}).EscapedPath())
	if err != nil {
		return fmt.Errorf("store: copy: %w", err)
	}
	err = copyPages(ctx, src.(*sqlite3.SQLiteConn), dst.(*sqlite3.SQLiteConn), progress)
	return errors.Join(err, dst.Close())
}

func copyPages(ctx context.Context, src, dst *sqlite3.SQLiteConn, progress func(done, all int)) (err error) {
	// Until it ends, the transaction sees what it first saw: without it the copy would begin anew whenever
	// something was committed.
	for _, query := range []string{"BEGIN", "SELECT count(*) FROM sqlite_schema"} {
		if _, err := src.Exec(query, nil); err != nil {
			return fmt.Errorf("store: copy: %w", err)
		}
	}
	// The file is of no worth before it is whole: what makes a commit safe is spared.
	if _, err := dst.Exec("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF", nil); err != nil {
		return fmt.Errorf("store: copy: %w", err)
	}
	b, err := dst.Backup("main", src, "main")
	if err != nil {
		return fmt.Errorf("store: copy: %w", err)
	}
	defer func() { err = errors.Join(err, b.Finish()) }()
	for {
		done, err := b.Step(pagesAStep)
		if err != nil {
			return fmt.Errorf("store: copy: %w", err)
		}
		if progress != nil {
			progress(b.PageCount()-b.Remaining(), b.PageCount())
		}
		if done {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(breath):
		}
	}
}

// SealFile makes a copy a file that stands alone: the log is folded in and gone, free pages are given up, and
// what was erased stands nowhere in it.
func SealFile(ctx context.Context, path string) error {
	db := openSQLite(Options{Path: path}, false)
	db.SetMaxOpenConns(1)
	var faults []error
	for _, query := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA journal_mode = DELETE"} {
		_, err := db.ExecContext(ctx, query)
		faults = append(faults, err)
	}
	if err := errors.Join(append(faults, db.Close())...); err != nil {
		return fmt.Errorf("store: seal copy: %w", err)
	}
	return nil
}

// StampCopy writes a setting into a copy that nobody else uses.
func StampCopy(ctx context.Context, path, name, value string) error {
	db := openSQLite(Options{Path: path}, false)
	db.SetMaxOpenConns(1)
	_, err := db.ExecContext(ctx, `
INSERT INTO settings (name, value) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("store: stamp copy: %w", err)
	}
	return nil
}

// CheckCopy opens a copy that nobody else uses, with its schema as it is, and tells what is wrong with it:
// damage, and every promise that it breaks. registrations is how many it holds. A copy of another program's
// schema is only looked at as a file.
func CheckCopy(ctx context.Context, path string, chain Chain) (registrations int, found []Finding, err error) {
	db := openSQLite(Options{Path: path}, true)
	defer func() { err = errors.Join(err, db.Close()) }()
	s := &Store{Queries: Queries{q: sqlx.NewDb(db, sqliteWords.driver), words: sqliteWords}, chain: chain}
	if s.chain == nil {
		s.chain = plainChain
	}
	if registrations, err = s.CountRegistrations(ctx); err != nil {
		return 0, nil, fmt.Errorf("store: it is no database of ours: %w", err)
	}
	found, err = s.checkFile(ctx)
	if err != nil || len(found) > 0 {
		return registrations, found, err
	}
	if found, err = s.Check(ctx); err != nil { // an older schema lacks what newer promises speak of
		var e sqlite3.Error
		if errors.As(err, &e) && e.Code == sqlite3.ErrError {
			return registrations, nil, nil
		}
	}
	return registrations, found, err
}

// EndTold erases a registration's needs that were told no later than an instant, and reports whether it did.
func (tx *Tx) EndTold(ctx context.Context, id domain.RegistrationID, until time.Time) (bool, error) {
	n, err := tx.exec(ctx, `DELETE FROM needs WHERE registration_id = ? AND told_at <= ?`, int64(id), stamp(until))
	return n == 1, wrap("erase needs again", err)
}

// heldOver is what a letter says that waited when the backup was made.
const heldOver = "held after a return from a backup: it may have gone"

// Settle makes a database that was brought back from a backup safe to go on with at now: letters that waited
// then may have gone, and are held; mailings are paused; automatic letters that were due meanwhile do not go
// late; everyone has to sign in again, and links in letters about accounts are worth nothing.
func (tx *Tx) Settle(ctx context.Context, now time.Time) (letters, mailings int, err error) {
	tx.changes = changes{programme: true, seats: true}
	n, err := tx.exec(ctx, `
UPDATE letters SET state = 'withheld', lease_until = 0, last_error = ? WHERE state IN ('queued', 'sending')`, heldOver)
	if err != nil {
		return 0, 0, wrap("hold letters", err)
	}
	m, err := tx.exec(ctx, `UPDATE mailings SET state = 'paused', revision = revision + 1 WHERE state IN ('waiting', 'sending')`)
	if err != nil {
		return 0, 0, wrap("pause mailings", err)
	}
	for _, query := range []string{
		`UPDATE events SET timed_at = ? WHERE state = 'published' AND timed_at < ?`,
		`UPDATE automatics SET armed_at = ? WHERE armed_at < ?`,
	} {
		if _, err := tx.exec(ctx, query, stamp(now), stamp(now)); err != nil {
			return 0, 0, wrap("hold automatic letters", err)
		}
	}
	for _, query := range []string{
		`UPDATE notices SET state = 'failed', sealed = NULL, last_error = 'over after a return from a backup' WHERE state IN ('queued', 'sending')`,
		`DELETE FROM sign_ins`, `DELETE FROM tickets`,
	} {
		if _, err := tx.exec(ctx, query); err != nil {
			return 0, 0, wrap("end sign-ins", err)
		}
	}
	return int(n), int(m), nil
}

// HeldLetters is how many letters are held since a return, by kind.
func (q Queries) HeldLetters(ctx context.Context) (map[domain.LetterKind]int, error) {
	var rows []struct {
		Kind string `db:"kind"`
		N    int    `db:"n"`
	}
	err := q.list(ctx, &rows, `
SELECT kind, count(*) AS n FROM letters WHERE state = 'withheld' AND last_error = ? GROUP BY kind ORDER BY kind LIMIT 100`, heldOver)
	out := make(map[domain.LetterKind]int, len(rows))
	for _, r := range rows {
		out[domain.LetterKind(r.Kind)] = r.N
	}
	return out, wrap("held letters", err)
}

// EndHold lets held letters go at now, or keeps them for good where send is false.
func (tx *Tx) EndHold(ctx context.Context, send bool, now time.Time) (int, error) {
	query, args := `UPDATE letters SET last_error = '' WHERE state = 'withheld' AND last_error = ?`, []any{heldOver}
	if send {
		query = `UPDATE letters SET state = 'queued', next_try = ?, last_error = '' WHERE state = 'withheld' AND last_error = ?`
		args = []any{stamp(now), heldOver}
	}
	n, err := tx.exec(ctx, query, args...)
	return int(n), wrap("held letters", err)
}

// LastLine is the instant of the latest line of any registration's history, the zero time for none: what a
// copy shows when nobody has noted when it was made.
func (q Queries) LastLine(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	err := q.get(ctx, &at, `SELECT max(at) FROM history`)
	return instant(at.Int64), wrap("last line", err)
}

// CountRegistrations is how many registrations there are, whatever became of them.
func (q Queries) CountRegistrations(ctx context.Context) (n int, err error) {
	err = q.get(ctx, &n, `SELECT count(*) FROM registrations`)
	return n, wrap("count registrations", err)
}
