package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"
	sqlite3 "github.com/mattn/go-sqlite3"
)

// The marks, as settings, of a database that a server must not start on. They are of that database alone and are
// not copied.
const (
	markCopying = "unfinished copy" // of the installation with this fingerprint
	markMoved   = "moved"           // its registrations live elsewhere now
)

// ErrMidway says that the database is a copy that is not finished, or one whose registrations were moved away.
var ErrMidway = errors.New("store: the database is not for use")

// notMidway refuses a database that would serve half of the registrations, or old ones.
func notMidway(ctx context.Context, db querier, o Options) error {
	there := `SELECT count(*) FROM sqlite_schema WHERE name = 'settings'`
	if IsPostgres(o.URL) {
		there = `SELECT count(to_regclass('settings'))`
	}
	var n int
	if err := db.QueryRowxContext(ctx, there).Scan(&n); err != nil || n == 0 || o.midway {
		return wrap("marks", err)
	}
	marked := func(name string) (bool, error) {
		var n int
		err := db.QueryRowxContext(ctx, `SELECT count(*) FROM settings WHERE name = '`+name+`'`).Scan(&n)
		return n > 0, wrap("marks", err)
	}
	switch half, err := marked(markCopying); {
	case err != nil:
		return err
	case half:
		return fmt.Errorf("%w: it is an unfinished copy; end it with temadag copy and --finish or --keep", ErrMidway)
	}
	switch gone, err := marked(markMoved); {
	case err != nil:
		return err
	case gone:
		return fmt.Errorf("%w: its registrations were moved to another database with temadag copy --finish; serve that one", ErrMidway)
	}
	return nil
}

// openTarget brings the schema up to date and takes one connection.
func openTarget(ctx context.Context, o Options) (*side, error) {
	o.midway = true
	s, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	if !IsPostgres(o.URL) {
		return connect(ctx, sqlx.NewDb(openSQLite(o, false), sqliteWords.driver), sqliteWords)
	}
	return connectPostgres(ctx, o)
}

func connectPostgres(ctx context.Context, o Options) (*side, error) {
	db, err := openPool(o.URL, 1)
	if err != nil {
		return nil, err
	}
	s, err := connect(ctx, db, postgresWords())
	if err != nil {
		return nil, err
	}
	// A table takes as long as it takes.
	if err := s.exec(ctx, "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0"); err != nil {
		return nil, errors.Join(fmt.Errorf("store: copy: %w", err), s.close())
	}
	return s, nil
}

func connect(ctx context.Context, db *sqlx.DB, w words) (*side, error) {
	conn, err := db.Connx(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: copy: %w", err), db.Close())
	}
	return &side{read: conn, write: conn, words: w, close: func() error { return errors.Join(conn.Close(), db.Close()) }}, nil
}

// openSource shows one instant of the source. To move it nobody else may use it, before and until it is closed.
func openSource(ctx context.Context, o CarryOptions) (*side, error) {
	switch {
	case IsPostgres(o.From.URL):
		return postgresSource(ctx, o.From, o.Move)
	case o.Move:
		return lonelyFile(ctx, o.From.Path)
	}
	name, remove, err := snapshot(ctx, o.From.Path)
	if err != nil {
		return nil, err
	}
	// Its name goes at once: it holds everybody, and would stay behind where the process is killed.
	s, err := connect(ctx, sqlx.NewDb(openFile(name, url.Values{"_query_only": {"true"}, "immutable": {"1"}}), sqliteWords.driver), sqliteWords)
	return s, errors.Join(err, remove())
}

func openFile(path string, v url.Values) *sql.DB {
	v.Set("mode", "rw")
	return sql.OpenDB(connector{dsn: "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode(), driver: &sqlite3.SQLiteDriver{}})
}

// lonelyFile opens a file that no server uses, and keeps every server from it.
func lonelyFile(ctx context.Context, path string) (*side, error) {
	v := url.Values{"_locking_mode": {"EXCLUSIVE"}, "_synchronous": {"FULL"}, "_busy_timeout": {"1000"}}
	s, err := connect(ctx, sqlx.NewDb(openFile(path, v), sqliteWords.driver), sqliteWords)
	if err == nil {
		if err = s.exec(ctx, "BEGIN EXCLUSIVE; COMMIT"); err != nil {
			err = errors.Join(err, s.close())
		}
	}
	if isBusy(err) {
		return nil, fmt.Errorf("store: %s is in use; stop the server, and then move it: %w", path, err)
	}
	return s, wrap("copy", err)
}

func postgresSource(ctx context.Context, o Options, lonely bool) (*side, error) {
	s, err := connectPostgres(ctx, o)
	if err != nil {
		return nil, err
	}
	if !lonely {
		if err := s.exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
			return nil, errors.Join(fmt.Errorf("store: copy: %w", err), s.close())
		}
		return s, nil
	}
	err = s.exec(ctx, "SELECT pg_advisory_lock("+lockWrites+")") // nobody writes until the connection ends
	others := 1
	for tries := 0; err == nil && others > 0 && tries < 20; tries++ { // an instance that has just ended is seen a moment longer
		err = s.read.QueryRowxContext(ctx, `
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'temadag' AND pid <> pg_backend_pid()`).Scan(&others)
		if others > 0 {
			time.Sleep(100 * time.Millisecond)
		}
	}
	if err == nil && others > 0 {
		err = fmt.Errorf("%d connections of instances are open; stop every instance, and then move it", others)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: copy: %w", err), s.close())
	}
	return s, nil
}

// claim marks the target as an unfinished copy of this source. It refuses one that holds anything else.
func claim(ctx context.Context, source origin, to *side, tables []carried) error {
	held, err := to.setting(ctx, markCopying)
	if err != nil {
		return err
	}
	whose := "of " + source.whose
	if held == whose {
		return nil
	}
	if source.moved {
		return errMovedAway
	}
	if held != "" {
		return errors.New("store: the target is an unfinished copy of another installation; give it an empty database")
	}
	for i := range tables {
		if tables[i].name == "audit_head" {
			continue // its one row is made with the schema
		}
		var n int
		if err := to.read.QueryRowxContext(ctx, "SELECT count(*) FROM "+tables[i].name).Scan(&n); err != nil {
			return fmt.Errorf("store: target: %w", err)
		}
		if n > 0 {
			return fmt.Errorf("store: the target holds something already (%s); give it an empty database", tables[i].name)
		}
	}
	return to.putMark(ctx, markCopying, whose)
}

func (s *side) setting(ctx context.Context, name string) (string, error) {
	var v string
	err := s.read.QueryRowxContext(ctx, s.words.rebind(`SELECT coalesce(max(value), '') FROM settings WHERE name = ?`), name).Scan(&v)
	return v, wrap("setting", err)
}

func (s *side) putMark(ctx context.Context, name, value string) error {
	err := s.exec(ctx, `
INSERT INTO settings (name, value) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return wrap("mark", err)
}

// finish closes the source, if it is moved, before it opens the target: at no time do both let servers in.
func finish(ctx context.Context, from, to *side, move bool) error {
	if move {
		if err := from.putMark(ctx, markMoved, "elsewhere"); err != nil {
			return err
		}
	}
	return wrap("mark", to.exec(ctx, `DELETE FROM settings WHERE name = ?`, markCopying))
}
