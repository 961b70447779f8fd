package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

// pipe speaks to a connection to PostgreSQL within one transaction. Over a network each question costs a journey,
// so that statements whose answer nobody reads are owed: they travel with the next question. Only the lane that
// opened it uses it.
type pipe struct {
	ctx  context.Context // ends when the transaction has taken too long
	conn *sqlx.Conn
	raw  *pgx.Conn
	owed *pgx.Batch
}

func openPipe(ctx context.Context, db *sqlx.DB) (*pipe, error) {
	conn, err := db.Connx(ctx)
	if err != nil {
		return nil, err
	}
	p := &pipe{ctx: ctx, conn: conn, owed: &pgx.Batch{}}
	err = conn.Raw(func(c any) error {
		std, ok := c.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the driver's connection is a %T", c)
		}
		p.raw = std.Conn()
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return p, nil
}

// close gives the connection back; one that is in a transaction still, or broken, is thrown away by the pool.
func (p *pipe) close() error { return p.conn.Close() }

// simple runs fixed statements in one journey and answers the first column of the last one's first row, "" for
// none.
func (p *pipe) simple(statements string) (string, error) {
	results, err := p.raw.PgConn().Exec(p.ctx, statements).ReadAll()
	if err != nil || len(results) == 0 {
		return "", err
	}
	last := results[len(results)-1]
	if len(last.Rows) == 0 || len(last.Rows[0]) == 0 {
		return last.CommandTag.String(), nil
	}
	return string(last.Rows[0][0]), nil
}

// owe puts a statement off until the next one that is answered; its fault is then told by that one.
func (p *pipe) owe(query string, args ...any) { p.owed.Queue(query, args...) }

// send sends what is owed and then the query, if any, and hands its answer to read.
func (p *pipe) send(query string, args []any, read func(pgx.BatchResults) error) (err error) {
	b, n := p.owed, p.owed.Len()
	p.owed = &pgx.Batch{}
	if query != "" {
		b.Queue(query, args...)
	}
	if b.Len() == 0 {
		return nil
	}
	res := p.raw.SendBatch(p.ctx, b)
	defer func() {
		if failed := res.Close(); err == nil {
			err = failed
		}
	}()
	for range n {
		if _, err := res.Exec(); err != nil {
			return err
		}
	}
	if query == "" {
		return nil
	}
	return read(res)
}

// flush sends what is owed.
func (p *pipe) flush() error { return p.send("", nil, nil) }

// affected is a sql.Result of PostgreSQL, which knows no last id.
type affected int64

func (affected) LastInsertId() (int64, error) {
	return 0, errors.New("PostgreSQL tells ids by RETURNING")
}
func (n affected) RowsAffected() (int64, error) { return int64(n), nil }

// ExecContext is sqlx.ExecerContext.
func (p *pipe) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	var n affected
	err := p.send(query, args, func(res pgx.BatchResults) error {
		tag, err := res.Exec()
		n = affected(tag.RowsAffected())
		return err
	})
	return n, err
}

// one reads the first row of a query into dest; sql.ErrNoRows where there is none.
func (p *pipe) one(query string, args []any, dest ...any) error {
	err := p.send(query, args, func(res pgx.BatchResults) error { return res.QueryRow().Scan(dest...) })
	if errors.Is(err, pgx.ErrNoRows) {
		return sql.ErrNoRows
	}
	return err
}

// QueryContext is sqlx.QueryerContext.
func (p *pipe) QueryContext(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := p.flush(); err != nil {
		return nil, err
	}
	return p.conn.QueryContext(p.ctx, query, args...)
}

// QueryxContext is sqlx.QueryerContext.
func (p *pipe) QueryxContext(_ context.Context, query string, args ...any) (*sqlx.Rows, error) {
	if err := p.flush(); err != nil {
		return nil, err
	}
	return p.conn.QueryxContext(p.ctx, query, args...)
}

// QueryRowxContext is sqlx.QueryerContext.
func (p *pipe) QueryRowxContext(_ context.Context, query string, args ...any) *sqlx.Row {
	if err := p.flush(); err != nil {
		// A row tells an error only of a query: the transaction is broken by now, and any will say so.
		return p.conn.QueryRowxContext(p.ctx, query, args...)
	}
	return p.conn.QueryRowxContext(p.ctx, query, args...)
}

// lockFor are the locks that a transaction takes before it does anything. They are let go at its end.
func lockFor(b beside) string {
	switch b {
	case nobody:
		return "SELECT pg_advisory_xact_lock(" + lockWrites + ")"
	case anyone:
		return "SELECT pg_advisory_xact_lock_shared(" + lockWrites + ")"
	}
	return "SELECT pg_advisory_xact_lock_shared(" + lockWrites + "); SELECT pg_advisory_xact_lock(" + lockEvent + ", " +
		strconv.FormatInt(int64(b)&0x7fffffff, 10) + ")"
}

// The numbers of our advisory locks: of all that writes, of an event (class, then id), and of who sends letters.
const (
	lockWrites  = "7401001"
	lockEvent   = "7401"
	lockSenders = "7401002"
)
