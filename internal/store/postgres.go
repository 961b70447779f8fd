package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

const (
	leastPostgres  = 140000 // 14
	postgresWrites = 8      // connections that write
	postgresReads  = 8      // connections that read
	// The longest that one statement may take, and the longest wait for whoever writes alone. A web page waits
	// no longer than that for a database that hangs.
	longestStatement = 60 * time.Second
	longestLock      = 10 * time.Second
)

// IsPostgres reports whether a database is given by an address of PostgreSQL.
func IsPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// openPostgres is Open for o.URL.
func openPostgres(ctx context.Context, o Options) (*Store, error) {
	pool, err := openPool(o.URL, postgresWrites+3) // and for telling others, for the mark of senders, for what is asked of a lost commit
	if err != nil {
		return nil, err
	}
	if err := preparePostgres(ctx, pool, o); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	readers, err := openPool(o.URL, max(o.Readers, postgresReads))
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	w := postgresWords()
	s := &Store{Queries: Queries{q: readers, words: w}, readers: readers, chain: o.Chain}
	if o.Replica != "" {
		if s.replica, err = openPool(o.Replica, postgresReads); err != nil {
			return nil, errors.Join(err, readers.Close(), pool.Close())
		}
	}
	if _, err := pool.ExecContext(ctx, `DELETE FROM commit_marks WHERE at < now() - INTERVAL '7 days'`); err != nil {
		o.Log.Warn("old marks of commits were not removed", "error", err)
	}
	s.engine = startLanes(pool, w, o, s.committed)
	return s, nil
}

// openPool opens connections to PostgreSQL that all carry the same settings. It connects to nothing yet.
func openPool(url string, size int) (*sqlx.DB, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("store: address of the database: %w", err) // pgx leaves the password out
	}
	for name, value := range map[string]string{
		"application_name": "temadag", "TimeZone": "UTC", "standard_conforming_strings": "on",
		"statement_timeout": milliseconds(longestStatement), "lock_timeout": milliseconds(longestLock),
		"idle_in_transaction_session_timeout": milliseconds(longestStatement),
	} {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 5 * time.Second
	}
	db := stdlib.OpenDB(*c)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxLifetime(30 * time.Minute) // after a switch to a standby all find it in the end
	return sqlx.NewDb(db, "pgx"), nil
}

func milliseconds(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

func preparePostgres(ctx context.Context, db *sqlx.DB, o Options) error {
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("store: open the database: %w", err)
	}
	if err := checkPostgres(ctx, db, o); err != nil {
		return err
	}
	if err := migratePostgres(ctx, db, o); err != nil {
		return err
	}
	return notMidway(ctx, db, o)
}

// checkPostgres asks the server what it really does, and refuses settings under which an acknowledged
// registration could be lost.
func checkPostgres(ctx context.Context, db *sqlx.DB, o Options) error {
	var s struct {
		Version     int    `db:"version"`
		Encoding    string `db:"encoding"`
		Fsync       string `db:"fsync"`
		Synchronous string `db:"synchronous"`
		Pages       string `db:"pages"`
		Recovering  bool   `db:"recovering"`
	}
	err := db.GetContext(ctx, &s, `
SELECT CAST(current_setting('server_version_num') AS INTEGER) AS version, current_setting('server_encoding') AS encoding,
  current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous,
  current_setting('full_page_writes') AS pages, pg_is_in_recovery() AS recovering`)
	switch {
	case err != nil:
		return fmt.Errorf("store: settings of the database: %w", err)
	case s.Version < leastPostgres:
		return fmt.Errorf("store: PostgreSQL %d is too old, at least %d is needed", s.Version/10000, leastPostgres/10000)
	case s.Encoding != "UTF8":
		return fmt.Errorf("store: the database is encoded in %s; make one with ENCODING 'UTF8'", s.Encoding)
	case s.Recovering:
		return errors.New("store: the database is a standby, which cannot be written to; name the primary, or both with target_session_attrs=read-write")
	case o.Unsafe:
		return nil
	case s.Fsync != "on" || s.Synchronous == "off" || s.Pages != "on":
		return fmt.Errorf("store: the database would not keep its promises: fsync=%s synchronous_commit=%s full_page_writes=%s",
			s.Fsync, s.Synchronous, s.Pages)
	}
	return nil
}

// migratePostgres brings the schema up to date while no other instance does; one that is running goes on with
// the schema that it knows, since migrations add and do not take away.
func migratePostgres(ctx context.Context, db *sqlx.DB, o Options) error {
	sub, err := fs.Sub(o.Migrations, "migrations")
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	var there bool
	if err := db.GetContext(ctx, &there, `SELECT to_regclass('goose_db_version') IS NOT NULL`); err != nil {
		return fmt.Errorf("store: schema version: %w", err)
	}
	if !there && o.MustExist {
		return fmt.Errorf("%w of Temadag at the address given", ErrAbsent)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300), lock.WithUnlockTimeout(1, 10))
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db.DB, dialectFiles{sub, "postgres"}, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	if there {
		if err := notNewer(ctx, p); err != nil {
			return err
		}
		if pending, err := p.HasPending(ctx); err != nil || !pending {
			return wrap("schema version", err)
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}

// Lists answers reads that may be made elsewhere, so that long ones do not slow the rest: from the replica where
// there is one that has everything committed by now, else from the database itself. So nobody is shown a list
// older than what she was told before.
func (s *Store) Lists(ctx context.Context) Queries {
	if s.replica == nil {
		return s.Queries
	}
	var now string
	if err := s.get(ctx, &now, `SELECT CAST(pg_current_wal_insert_lsn() AS text)`); err != nil {
		return s.Queries
	}
	short, cancel := context.WithTimeout(ctx, longestLag)
	defer cancel()
	for {
		var there bool
		err := s.replica.GetContext(short, &there, `SELECT coalesce(pg_last_wal_replay_lsn() >= CAST($1 AS pg_lsn), FALSE)`, now)
		if err != nil {
			return s.Queries
		}
		if there {
			return Queries{q: s.replica, words: s.words}
		}
		select {
		case <-short.Done():
			return s.Queries
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// longestLag is how long a list waits for the replica to catch up.
const longestLag = 300 * time.Millisecond

// lost reports whether an error that the driver told is of the connection rather than of what was asked: the
// server is away, or is going (class 57P), or cannot be reached (class 08).
func lost(err error) bool {
	code := postgresCode(err)
	return code == "" || strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08")
}
