// Package store keeps everything Temadag knows: it holds all SQL, the transactions, the two
// dialects' differences and the migrations. It decides nothing: rules are domain's, and who may see
// what is decided by service, which passes the actor's scope down into the queries.
//
// Reads are methods of Queries. Store answers them outside a transaction; Tx, which only
// Store.Write hands out, answers them inside one and adds the writes. So a write outside a
// transaction does not compile.
//
// On SQLite one goroutine owns the only writing connection. It takes everything that is queued,
// runs each caller's function inside a savepoint of its own, and commits once; the log is then synced
// for all of them, while the next ones are being written, and only then are they answered: what is
// acknowledged is on disk, and a hundred people pay for one sync (landing.go). It never waits to fill a
// batch.
//
// On PostgreSQL, for more than one machine, the same functions run in transactions that hold advisory locks: a
// plain Write runs alone in the whole database, as it would on SQLite, whatever instance it comes from; WriteAt
// runs beside those of other events, and WriteBeside beside everyone. A function that is careful about nothing is
// so right on both, and the few on which a rush hangs say what they touch.
//
// Instants are stored as microseconds since 1970 in UTC and days as 2006-01-02, so that order and
// comparison mean the same on every engine.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/temadag/temadag/internal/domain"
)

// Options tell Open where the data is.
type Options struct {
	// Path is the database file. Its directory is made when it is missing.
	Path string
	// URL is a database of PostgreSQL, postgres://…, instead of the file; "" for none.
	URL string
	// Replica is a PostgreSQL that follows the one of URL, for lists and exports; "" for none.
	Replica string
	// PeerURL is where other instances on the same PostgreSQL reach this one; "" for nowhere.
	PeerURL string
	// Migrations hold the folder "migrations": db.Migrations.
	Migrations fs.FS
	// MustExist refuses to make a new database: for everything that only looks at one.
	MustExist bool
	// Readers is the number of reading connections; 0 means 4. More change nothing: the limit is the
	// processor.
	Readers int
	// Patience is how long a write waits for another process that holds the file, counted from when it was asked
	// for; 0 means 2 s. It is the file's alone.
	Patience time.Duration
	// Synchronous is for the twins of the crash tests only; "" means that everything is on the disk before
	// anybody is answered. Open refuses less than FULL unless Unsafe is set.
	Synchronous string
	Unsafe      bool
	// Chain makes the hashes of the audit log; nil means one without a key.
	Chain Chain
	Log   *slog.Logger

	midway bool // opens what notMidway refuses
}

// ErrAbsent says that there is no database where one must be.
var ErrAbsent = errors.New("there is no database")

// Store is the database. It is safe for use by several goroutines.
type Store struct {
	Queries
	readers *sqlx.DB
	replica *sqlx.DB // nil for none
	engine  engine
	chain   Chain

	version atomic.Uint64 // raised when anything the public sees has changed
	seats   atomic.Uint64 // raised when only places and queues have
}

// Open opens the database, brings its schema up to date, and starts the writer. It refuses a
// database that is newer than the program, a SQLite older than 3.51.3 (which can corrupt a log that
// two connections reset at once), and settings under which an acknowledged registration could be
// lost.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Readers == 0 {
		o.Readers = 4
	}
	if o.Chain == nil {
		o.Chain = plainChain
	}
	if IsPostgres(o.URL) {
		return openPostgres(ctx, o)
	}
	if _, err := os.Stat(o.Path); o.MustExist && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at %s", ErrAbsent, o.Path)
	}
	if err := os.MkdirAll(filepath.Dir(o.Path), 0o700); err != nil {
		return nil, fmt.Errorf("store: data directory: %w", err)
	}
	if err := makePrivate(o.Path); err != nil {
		return nil, err
	}
	writers := sqlx.NewDb(openSQLite(o, false), sqliteWords.driver)
	writers.SetMaxOpenConns(1)
	if err := prepare(ctx, writers, o); err != nil {
		return nil, errors.Join(err, writers.Close())
	}
	readers := sqlx.NewDb(openSQLite(o, true), sqliteWords.driver)
	readers.SetMaxOpenConns(o.Readers)
	readers.SetMaxIdleConns(o.Readers)
	s := &Store{Queries: Queries{q: readers, words: sqliteWords}, readers: readers, chain: o.Chain}
	w, err := startWriter(ctx, writers, o, s.committed)
	if err != nil {
		return nil, errors.Join(err, readers.Close(), writers.Close())
	}
	s.engine = w
	return s, nil
}

// engine is how a database makes changes durable.
type engine interface {
	do(ctx context.Context, b beside, fn func(tx *Tx) error) error
	stats() WriterStats
	crowd() int
	healthy() error
	foldLog(ctx context.Context) error
	joinSenders(ctx context.Context, free func() (int, error)) (int, error)
	close() error
}

// beside tells whom a write may run beside: an event's id stands for everybody but those at that event.
type beside int64

const (
	nobody beside = 0
	anyone beside = -1
)

// makePrivate lets nobody else on the machine read the file, made where there is none, before it is opened: the
// engine gives the files beside it the mode that it has then. One that is there is not opened here, since closing
// it would let go of every lock that this process has on it.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case err == nil:
		err = f.Close()
	case errors.Is(err, fs.ErrExist):
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		return fmt.Errorf("store: file mode: %w", err)
	}
	return nil
}

func prepare(ctx context.Context, db *sqlx.DB, o Options) error {
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("store: open %s: %w", filepath.Base(o.Path), err)
	}
	if err := checkSQLite(ctx, db, o); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "BEGIN IMMEDIATE; ROLLBACK"); err != nil {
		return fmt.Errorf("store: cannot write to %s: %w", o.Path, err)
	}
	if err := migrate(ctx, db.DB, o.Path, o.Migrations, o.Log); err != nil {
		return roomless(o.Path, err)
	}
	if err := notMidway(ctx, db, o); err != nil {
		return err
	}
	return roomless(o.Path, makeFindable(ctx, db))
}

// Write runs fn in a transaction and returns when it is committed, durably, or not at all. An error
// from fn undoes all that fn did and is returned as it is. Inside fn only tx may be used: a read
// through the Store would not see the new rows, and a nested Write would wait for itself. Nobody else
// changes anything meanwhile.
//
// When too many are queued already, another process has held the file for too long, or the database has failed, the error is of class
// domain.CodeUnavailable and nothing was changed; that of a connection lost at the very end, on
// PostgreSQL alone, is domain.ErrUnsettled.
func (s *Store) Write(ctx context.Context, fn func(tx *Tx) error) error {
	return s.engine.do(ctx, nobody, fn)
}

// WriteAt is Write for an fn that changes, and decides by, rows of one event alone. On PostgreSQL those of other
// events run meanwhile, none of the same.
func (s *Store) WriteAt(ctx context.Context, event domain.EventID, fn func(tx *Tx) error) error {
	return s.engine.do(ctx, beside(event), fn)
}

// WriteBeside is Write for an fn each of whose statements is right by itself, whatever others change meanwhile:
// what it decides by stands in the condition of the statement that changes it.
func (s *Store) WriteBeside(ctx context.Context, fn func(tx *Tx) error) error {
	return s.engine.do(ctx, anyone, fn)
}

// FoldLog folds the log into the file and empties it, so that what was erased is gone from the log too
// . It waits for the writer, and is an error while somebody reads: then it is tried again now and then, without
// being asked, for as long as the Store is open, and at its end. On PostgreSQL it gives the space of erased rows
// back; the log there is the server's own.
func (s *Store) FoldLog(ctx context.Context) error { return s.engine.foldLog(ctx) }

// Version changes whenever something that the public pages show has changed, by this process at
// once, by another one within a second.
func (s *Store) Version() uint64 { return s.version.Load() }

// SeatsVersion changes whenever a place was taken or given back, or a queue moved.
func (s *Store) SeatsVersion() uint64 { return s.seats.Load() }

func (s *Store) committed(c changes) {
	if c.programme {
		s.version.Add(1)
	}
	if c.seats {
		s.seats.Add(1)
	}
}

// Stats tells how the writer has fared since the start.
func (s *Store) Stats() WriterStats { return s.engine.stats() }

// Crowd is how many callers shared the largest commit since Crowd was last called: a sign of how
// many people are waiting for their answer, for work that can wait.
func (s *Store) Crowd() int { return s.engine.crowd() }

// Healthy is nil while the database can be written to.
func (s *Store) Healthy() error { return s.engine.healthy() }

// Engine names the database: "sqlite" or "postgres".
func (s *Store) Engine() string { return s.words.engine }

// Close ends the writer after what is queued, folds the log into the file, and closes. It waits.
func (s *Store) Close() error {
	err := errors.Join(s.engine.close(), s.readers.Close())
	if s.replica != nil {
		err = errors.Join(err, s.replica.Close())
	}
	return err
}

// querier is what a connection, a pool and a transaction of sqlx have in common.
type querier interface {
	sqlx.QueryerContext
	sqlx.ExecerContext
}

// Queries reads. The zero Queries is of no use; Store and Tx hold one.
type Queries struct {
	q     querier
	words words
}

func (q Queries) get(ctx context.Context, dest any, query string, args ...any) error {
	return sqlx.GetContext(ctx, q.q, dest, q.words.rebind(query), q.words.texts(args)...)
}

// one reads a single row; the error is domain.ErrNotFound, with the key "<what>.not_found", where
// there is none.
func (q Queries) one(ctx context.Context, dest any, what, query string, args ...any) error {
	return told(what, q.get(ctx, dest, query, args...))
}

// told is err as callers are told of it: no row is domain.ErrNotFound.
func told(what string, err error) error {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return domain.NotFound(what + ".not_found")
	case err != nil:
		return fmt.Errorf("store: %s: %w", what, err)
	}
	return nil
}

func (q Queries) list(ctx context.Context, dest any, query string, args ...any) error {
	return sqlx.SelectContext(ctx, q.q, dest, q.words.rebind(query), q.words.texts(args)...)
}

// Tx is a transaction: it reads like Store and also writes.
type Tx struct {
	Queries
	changes changes
	chain   Chain
}

// changes are what a transaction has touched of what the public sees.
type changes struct{ programme, seats bool }

func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := tx.q.ExecContext(ctx, tx.words.rebind(query), tx.words.texts(args)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// put runs a statement of which nobody asks how many rows it changed.
func (tx *Tx) put(ctx context.Context, query string, args ...any) error {
	if d, ok := tx.q.(*direct); ok {
		if len(d.owed.registrations) > 0 { // it may belong to one of them
			if err := d.payRows(); err != nil {
				return err
			}
		}
		return d.put(query, args)
	}
	_, err := tx.exec(ctx, query, args...)
	return err
}

// insert runs an INSERT … RETURNING id.
func (tx *Tx) insert(ctx context.Context, query string, args ...any) (int64, error) {
	var id int64
	err := tx.first(ctx, query, args, &id)
	return id, err
}

// insertNew runs an INSERT of one row and answers its id; sql.ErrNoRows where nothing was written. SQLite, which
// tells the last id anyhow, would make two tables in memory for a RETURNING.
func (tx *Tx) insertNew(ctx context.Context, query string, args ...any) (int64, error) {
	if d, ok := tx.q.(*direct); ok {
		return d.insertNew(query, args)
	}
	return tx.insert(ctx, query+"\nRETURNING id", args...)
}

// first reads the first row of a query into dest, pointers to int64 or string; sql.ErrNoRows where
// there is none.
func (tx *Tx) first(ctx context.Context, query string, args []any, dest ...any) error {
	if c, ok := tx.q.(interface {
		one(query string, args []any, dest ...any) error
	}); ok {
		return c.one(tx.words.rebind(query), tx.words.texts(args), dest...)
	}
	return tx.q.QueryRowxContext(ctx, tx.words.rebind(query), tx.words.texts(args)...).Scan(dest...)
}

// stamp is an instant as it is stored; the zero time is 0.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant reads what stamp wrote.
func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// day reads a stored day; a damaged one is told, since it would shift a deadline in silence.
func day(s string) (domain.Date, error) {
	d, err := domain.ParseDate(s)
	if err != nil {
		return d, fmt.Errorf("store: %w", err)
	}
	return d, nil
}

// marks is "?, ?, ?" for n values.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
