package testkit

import (
	"database/sql"
	"testing"

	"github.com/jmoiron/sqlx"
	_ "github.com/mattn/go-sqlite3" // opened by name
)

// Raw is the database itself without the program between, to look at, and to change as somebody with the file or a
// key to the server could. Its queries are written with ? on either engine.
type Raw struct{ *sqlx.DB }

// Raw opens the database of the Kit once more; it is closed with the test. References are not guarded on it.
func (k *Kit) Raw(t testing.TB) Raw {
	t.Helper()
	driver, at := "sqlite3", "file:"+k.Path+"?_busy_timeout=5000&_foreign_keys=0"
	if k.URL != "" {
		driver, at = "pgx", k.URL
	}
	db, err := sqlx.Open(driver, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if k.URL != "" {
		db.SetMaxOpenConns(1) // the setting is the connection's
		if _, err := db.Exec(`SET session_replication_role = replica`); err != nil {
			t.Fatal(err)
		}
	}
	return Raw{db}
}

// LetThrough has a table take what its CHECKs refuse, on this connection and, on PostgreSQL, for good: for twins.
func (r Raw) LetThrough(t testing.TB, table string) {
	t.Helper()
	query := `PRAGMA ignore_check_constraints = ON`
	if r.DriverName() == "pgx" {
		query = `
DO $$ DECLARE c record; BEGIN
  FOR c IN SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = '` + table + `'::regclass LOOP
    EXECUTE format('ALTER TABLE ` + table + ` DROP CONSTRAINT %I', c.conname);
  END LOOP;
END $$`
	}
	r.SetMaxOpenConns(1)
	if _, err := r.DB.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// Number is the number under a key in a column of JSON, for a query.
func (r Raw) Number(column, key string) string {
	if r.DriverName() == "pgx" {
		return "CAST(CAST(nullif(" + column + ", '') AS jsonb) ->> '" + key + "' AS BIGINT)"
	}
	return "json_extract(" + column + ", '$." + key + "')"
}

// Exec is sqlx.DB.Exec.
func (r Raw) Exec(query string, args ...any) (sql.Result, error) {
	return r.DB.Exec(r.Rebind(query), args...)
}

// Get is sqlx.DB.Get.
func (r Raw) Get(dest any, query string, args ...any) error {
	return r.DB.Get(dest, r.Rebind(query), args...)
}

// Select is sqlx.DB.Select.
func (r Raw) Select(dest any, query string, args ...any) error {
	return r.DB.Select(dest, r.Rebind(query), args...)
}

// Query is sqlx.DB.Query.
func (r Raw) Query(query string, args ...any) (*sql.Rows, error) {
	return r.DB.Query(r.Rebind(query), args...)
}

// QueryRow is sqlx.DB.QueryRow.
func (r Raw) QueryRow(query string, args ...any) *sql.Row {
	return r.DB.QueryRow(r.Rebind(query), args...)
}
