package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"

	"github.com/jmoiron/sqlx"
	sqlite3 "github.com/mattn/go-sqlite3"
)

// leastSQLite is 3.51.3, the first without the log-reset fault.
const leastSQLite = 3051003

// connector opens connections that all carry the same settings: a PRAGMA sent to a pool reaches one
// connection and is forgotten by the next.
type connector struct {
	dsn    string
	driver *sqlite3.SQLiteDriver
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return c.driver }

func openSQLite(o Options, readOnly bool) *sql.DB {
	v := url.Values{
		"_journal_mode":    {"WAL"},
		"_synchronous":     {"FULL"}, // the driver's own choice would lose acknowledged registrations at a power cut
		"_busy_timeout":    {milliseconds(connectionWaits)},
		"_foreign_keys":    {"on"},
		"_secure_delete":   {"on"},
		"_txlock":          {"immediate"},
		"_stmt_cache_size": {"64"},
	}
	if o.Synchronous != "" {
		v.Set("_synchronous", o.Synchronous)
	}
	if readOnly {
		v.Set("_query_only", "true")
	}
	d := &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		// With temp_store in a file, each savepoint would write every page it touches to that file first:
		// twenty writes a registration, and not much more than half the speed.
		_, err := c.Exec(`PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY`, nil)
		return err
	}}
	return sql.OpenDB(connector{dsn: "file:" + (&url.URL{Path: o.Path}).EscapedPath() + "?" + v.Encode(), driver: d})
}

// checkSQLite asks the connection what it really does.
func checkSQLite(ctx context.Context, db *sqlx.DB, o Options) error {
	if _, number, _ := sqlite3.Version(); number < leastSQLite {
		return fmt.Errorf("store: SQLite %d is too old, at least %d is needed", number, leastSQLite)
	}
	var synchronous, foreignKeys int
	var journal string
	for pragma, dest := range map[string]any{"synchronous": &synchronous, "foreign_keys": &foreignKeys, "journal_mode": &journal} {
		if err := db.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(dest); err != nil {
			return fmt.Errorf("store: pragma %s: %w", pragma, err)
		}
	}
	if o.Unsafe {
		return nil
	}
	if synchronous < 2 || foreignKeys != 1 || journal != "wal" {
		return fmt.Errorf("store: the database would not keep its promises: synchronous=%d foreign_keys=%d journal_mode=%s",
			synchronous, foreignKeys, journal)
	}
	return nil
}
