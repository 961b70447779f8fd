package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	sqlite3 "github.com/mattn/go-sqlite3"
)

// direct speaks to the writing connection for the statements that every registration needs: each is
// prepared once and asked without the pool between, which in a rush costs as much again as the
// statement. Everything else goes through sqlx as it does elsewhere. Only the writer's goroutine uses
// it, and no statement is ever given a context that ends: one that is interrupted makes SQLite undo the
// whole transaction, and with it everyone who shares it. A visitor who closes her tab must not cost
// the others their places.
type direct struct {
	conn     *sqlx.Conn
	raw      *sqlite3.SQLiteConn
	prepared map[string]*sqlite3.SQLiteStmt
	args     []driver.NamedValue // of the statement being asked, and
	row      []driver.Value      // what it answers: used again by the next

	unsaved bool // a caller's turn has begun, and has asked nothing yet: see save

	held, before []heldEvent // what is known of events' counters, see held.go
	fault        error       // of settling

	owed, owedBefore   owedRows // rows that are written together, see owed.go
	owing              bool     // registrations may be owed
	nextID, nextBefore int64    // of a registration; 0 where the table must be asked
	together           []any    // the values of those being written
}

func newDirect(conn *sqlx.Conn) (*direct, error) {
	d := &direct{conn: conn, prepared: make(map[string]*sqlite3.SQLiteStmt)}
	err := conn.Raw(func(c any) error {
		var ok bool
		if d.raw, ok = c.(*sqlite3.SQLiteConn); !ok {
			return fmt.Errorf("the driver's connection is a %T", c)
		}
		return nil
	})
	return d, err
}

func (d *direct) close() error {
	var errs []error
	for _, s := range d.prepared {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, d.conn.Close())...)
}

// busyTimeout is for how long SQLite waits on this connection for a lock that another one holds.
func (d *direct) busyTimeout(wait time.Duration) error {
	return d.set("busy_timeout = " + milliseconds(wait))
}

// set changes a setting of this connection alone.
func (d *direct) set(pragma string) error {
	if _, err := d.raw.Exec("PRAGMA "+pragma, nil); err != nil {
		return fmt.Errorf("store: writing connection: %w", err)
	}
	return nil
}

func (d *direct) statement(query string) (*sqlite3.SQLiteStmt, error) {
	if s := d.prepared[query]; s != nil {
		return s, nil
	}
	s, err := d.raw.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	d.prepared[query] = s.(*sqlite3.SQLiteStmt)
	return d.prepared[query], nil
}

// bind makes args ready for the driver, which has copied them when the statement has been asked.
func (d *direct) bind(args []any) ([]driver.NamedValue, error) {
	d.args = d.args[:0]
	for i, a := range args {
		v := driver.NamedValue{Ordinal: i + 1}
		switch a := a.(type) {
		case int64, string, []byte, bool, nil:
			v.Value = a
		case int:
			v.Value = int64(a)
		default:
			var err error
			if v.Value, err = driver.DefaultParameterConverter.ConvertValue(a); err != nil {
				return nil, err
			}
		}
		d.args = append(d.args, v)
	}
	return d.args, nil
}

// turn begins a caller's turn. Whoever only owes needs no savepoint: what she owes is forgotten by goBack.
func (d *direct) turn() {
	d.mark()
	d.unsaved = true
}

// save opens the savepoint of a caller's turn, before the first statement that is asked in it.
func (d *direct) save() error {
	if !d.unsaved {
		return nil
	}
	d.unsaved = false
	_, err := d.command("SAVEPOINT one")
	return err
}

// endTurn closes the savepoint, if there is one, and with undo takes back what has been done since.
func (d *direct) endTurn(undo bool) error {
	if d.unsaved {
		d.unsaved = false
		return nil
	}
	if undo {
		if _, err := d.command("ROLLBACK TO one"); err != nil {
			return err
		}
	}
	_, err := d.command("RELEASE one")
	return err
}

// ExecContext is sqlx.ExecerContext, for a single statement.
func (d *direct) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	if err := d.settle(); err != nil {
		return nil, err
	}
	return d.command(query, args...)
}

// command is ExecContext for what neither reads nor changes the counters of events, as put is: the beginnings
// and ends of transactions.
func (d *direct) command(query string, args ...any) (sql.Result, error) {
	if err := d.save(); err != nil {
		return nil, err
	}
	s, err := d.statement(query)
	if err != nil {
		return nil, err
	}
	values, err := d.bind(args)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), values)
}

// put asks a statement that answers nothing, and does not ask how many rows it changed; it must have nothing to
// do with the counters of events. The driver passes the
// values of a question together, those of a command one by one.
func (d *direct) put(query string, args []any) error {
	rows, err := d.ask(query, args)
	if err != nil {
		return err
	}
	if err := rows.Next(nil); !errors.Is(err, io.EOF) {
		return errors.Join(err, errors.New("a statement that was to answer nothing has a row"), rows.Close())
	}
	return rows.Close()
}

func (d *direct) ask(query string, args []any) (driver.Rows, error) {
	if err := d.save(); err != nil {
		return nil, err
	}
	s, err := d.statement(query)
	if err != nil {
		return nil, err
	}
	values, err := d.bind(args)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), values)
}

// insertNew is the id of the row that an INSERT has written; sql.ErrNoRows where it wrote none.
func (d *direct) insertNew(query string, args []any) (id int64, err error) {
	if err := d.payRows(); err != nil { // or the id might be that of one who is owed
		return 0, err
	}
	if err := d.put(query, args); err != nil {
		return 0, err
	}
	err = d.read(`SELECT CASE WHEN changes() = 0 THEN 0 ELSE last_insert_rowid() END`, nil, &id)
	if err == nil && id == 0 {
		err = sql.ErrNoRows
	}
	return id, err
}

// one reads the first row of a query into dest; sql.ErrNoRows where there is none.
func (d *direct) one(query string, args []any, dest ...any) error {
	if err := d.settle(); err != nil {
		return err
	}
	return d.read(query, args, dest...)
}

func (d *direct) read(query string, args []any, dest ...any) (err error) {
	rows, err := d.ask(query, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	d.row = slices.Grow(d.row[:0], len(dest))[:len(dest)]
	if err := rows.Next(d.row); errors.Is(err, io.EOF) {
		return sql.ErrNoRows
	} else if err != nil {
		return err
	}
	for i, v := range d.row {
		if err := assign(dest[i], v); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
	}
	return nil
}

func assign(dest any, v driver.Value) error {
	switch to := dest.(type) {
	case *int64:
		n, ok := v.(int64)
		*to = n
		return mismatch(ok, v, dest)
	case *string:
		s, ok := v.(string)
		*to = s
		return mismatch(ok, v, dest)
	}
	return fmt.Errorf("cannot read into %T", dest)
}

func mismatch(ok bool, v driver.Value, dest any) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%T does not fit %T", v, dest)
}

// ready makes the connection ready to be asked by way of the pool. Its fault ends the batch, see takeFault.
func (d *direct) ready() error {
	if err := d.save(); err != nil {
		d.fault = fmt.Errorf("savepoint: %w", err)
		return d.fault
	}
	return d.settle()
}

// QueryContext is sqlx.QueryerContext.
func (d *direct) QueryContext(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := d.ready(); err != nil {
		return nil, err
	}
	return d.conn.QueryContext(context.Background(), query, args...)
}

// QueryxContext is sqlx.QueryerContext.
func (d *direct) QueryxContext(_ context.Context, query string, args ...any) (*sqlx.Rows, error) {
	if err := d.ready(); err != nil {
		return nil, err
	}
	return d.conn.QueryxContext(context.Background(), query, args...)
}

// QueryRowxContext is sqlx.QueryerContext.
func (d *direct) QueryRowxContext(_ context.Context, query string, args ...any) *sqlx.Row {
	_ = d.ready() // a row has no place for its fault; the writer asks for it
	return d.conn.QueryRowxContext(context.Background(), query, args...)
}
