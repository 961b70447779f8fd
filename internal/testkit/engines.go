package testkit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // for Raw
	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/store"
)

// The engines that a run of the tests may stand on; TEMADAG_TEST_ENGINE names one.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Engine is what this run's databases are, SQLite where nothing is said.
func Engine() string {
	if os.Getenv("TEMADAG_TEST_ENGINE") == Postgres {
		return Postgres
	}
	return SQLite
}

// OnlySQLite leaves a test out on other engines: it is about the file.
func OnlySQLite(t testing.TB) {
	t.Helper()
	if Engine() != SQLite {
		t.Skip("by design: it is about SQLite's file")
	}
}

// OncePerRun leaves a test out on all engines but the first: what it looks at is made of values that the other tests
// show to be the same on each.
func OncePerRun(t testing.TB) {
	t.Helper()
	if Engine() != SQLite {
		t.Skip("by design: nothing in it depends on the engine, and it is proved in the run on SQLite")
	}
}

// Database is where a fresh database of this run's engine may be made: Path or URL of the options is set. It is
// gone with the test.
func Database(t testing.TB) store.Options {
	t.Helper()
	if Engine() == Postgres {
		return store.Options{URL: FreshPostgres(t), Migrations: db.Migrations}
	}
	return store.Options{Path: t.TempDir() + "/temadag.db", Migrations: db.Migrations}
}

// FreshPostgres is the address of a database of PostgreSQL with the newest schema and nothing in it, gone with the
// test. The server is the one of TEMADAG_TEST_POSTGRES; where there is none the test is left out, and so it is
// where this run is asked for SQLite by name: whoever does that runs the tests on PostgreSQL as well.
func FreshPostgres(t testing.TB) string {
	t.Helper()
	return PostgresLike(t, "")
}

// PostgresLike is FreshPostgres with what KeptPostgres holds.
func PostgresLike(t testing.TB, kept string) string {
	t.Helper()
	server := postgresServer(t)
	name, err := newDatabase(server, kept)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, server)
		if err == nil {
			_, err = conn.Exec(ctx, `DROP DATABASE `+name+` WITH (FORCE)`)
			err = errors.Join(err, conn.Close(ctx))
		}
		if err != nil {
			t.Error(err)
		}
	})
	return named(server, name)
}

// KeptPostgres makes a database to be copied by PostgresLike, which may be done while nobody is connected to it. Its
// address stays good until the server ends.
func KeptPostgres(t testing.TB) (name, address string) {
	t.Helper()
	server := postgresServer(t)
	name, err := newDatabase(server, "")
	if err != nil {
		t.Fatal(err)
	}
	return name, named(server, name)
}

func postgresServer(t testing.TB) string {
	t.Helper()
	if os.Getenv("TEMADAG_TEST_ENGINE") == SQLite {
		t.Skip("by design: it is proved in the run on PostgreSQL")
	}
	server := os.Getenv("TEMADAG_TEST_POSTGRES")
	if server == "" {
		t.Skip("it needs PostgreSQL: run it with go run ./internal/testkit/withpostgres")
	}
	return server
}

// newDatabase makes a database like another, "" for an empty one, and answers its name.
func newDatabase(server, like string) (string, error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), databases.Add(1))
	return name, clone(ctx, conn, server, name, like)
}

// databases numbers the databases of this process.
var databases atomic.Int64

const template = "temadag_template"

// clone makes a database like another, or out of the template, which the first of all tests makes.
func clone(ctx context.Context, conn *pgx.Conn, server, name, like string) error {
	if like != "" {
		_, err := conn.Exec(ctx, `CREATE DATABASE `+name+` TEMPLATE `+like+` STRATEGY FILE_COPY`)
		return err
	}
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate)`, template).Scan(&there); err != nil {
		return err
	}
	if !there {
		if err := makeTemplate(ctx, conn, server); err != nil {
			return err
		}
	}
	_, err := conn.Exec(ctx, `CREATE DATABASE `+name+` TEMPLATE `+template+` STRATEGY FILE_COPY`)
	return err
}

func makeTemplate(ctx context.Context, conn *pgx.Conn, server string) error {
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(1)`); err != nil { // others wait, and find it made
		return err
	}
	var there bool
	err := conn.QueryRow(ctx, `SELECT datistemplate FROM pg_database WHERE datname = $1`, template).Scan(&there)
	if err == nil && there {
		return nil
	}
	if err != nil && !errors.Is(err, pgx.ErrNoRows) && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, err := conn.Exec(ctx, `DROP DATABASE IF EXISTS `+template); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `CREATE DATABASE `+template); err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{URL: named(server, template), Migrations: db.Migrations})
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `ALTER DATABASE `+template+` IS_TEMPLATE true`)
	return err
}

// named is the server's address with another database.
func named(server, database string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // it was connected to
	}
	u.Path = "/" + database
	return u.String()
}
