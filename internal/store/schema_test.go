package store_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// onlyPostgres are the tables that only several instances on one database need.
func onlyPostgres() []string {
	return []string{"commit_marks", "instances", "rate_counts", "site_version"}
}

// ownIndexes are those that only one engine's way of reading asks for: SQLite answers a list from an index that
// holds all of it.
func ownIndexes() []string {
	return []string{
		"registrations index (event_id, sort_key, id, status, protected, organisation_type, municipality, channel, attendance, answered, work_key, search)",
		"registrations index (event_id, sort_key, id)",
		"registrations index of some (id)",
	}
}

// What stands in a schema, one line for each thing, told alike by both engines' catalogues.
const (
	sqliteColumns = `
SELECT m.name || '.' || c.name || ' ' || c.type || CASE WHEN c."notnull" OR c.pk THEN ' never empty' ELSE '' END
FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`
	sqliteIndexes = `
SELECT m.name || ' ' || CASE WHEN i."unique" THEN 'unique' ELSE 'index' END || CASE WHEN i.partial THEN ' of some' ELSE '' END || ' (' ||
  (SELECT group_concat(coalesce(x.name, '?'), ', ') FROM (SELECT name FROM pragma_index_xinfo(i.name) WHERE key ORDER BY seqno) x) || ')'
FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table'
UNION SELECT m.name || ' unique (' || c.name || ')' FROM sqlite_master m JOIN pragma_table_info(m.name) c
WHERE m.type = 'table' AND c.pk = 1 AND c.type = 'INTEGER' AND NOT EXISTS (SELECT 1 FROM pragma_table_info(m.name) o WHERE o.pk > 1)`
	sqliteReferences = `
SELECT m.name || ' (' || group_concat(f."from", ', ') || ') refers to ' || f."table" || ' (' || group_concat(coalesce(f."to", ''), ', ') || ') ' || f.on_delete
FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id`

	postgresColumns = `
SELECT c.relname || '.' || a.attname || ' ' ||
  CASE format_type(a.atttypid, a.atttypmod) WHEN 'bigint' THEN 'INTEGER' WHEN 'boolean' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' WHEN 'bytea' THEN 'BLOB'
    ELSE format_type(a.atttypid, a.atttypmod) END || CASE WHEN a.attnotnull THEN ' never empty' ELSE '' END
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`
	postgresIndexes = `
SELECT c.relname || ' ' || CASE WHEN i.indisunique THEN 'unique' ELSE 'index' END || CASE WHEN i.indpred IS NOT NULL THEN ' of some' ELSE '' END || ' (' ||
  (SELECT string_agg(coalesce(a.attname, '?'), ', ' ORDER BY k.n) FROM unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k (col, n)
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.col AND k.col > 0 WHERE k.n <= i.indnkeyatts) || ')'
FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`
	postgresReferences = `
SELECT c.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(r.conkey) WITH ORDINALITY AS k (col, n)
    JOIN pg_attribute a ON a.attrelid = r.conrelid AND a.attnum = k.col) || ') refers to ' || f.relname || ' (' ||
  (SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(r.confkey) WITH ORDINALITY AS k (col, n)
    JOIN pg_attribute a ON a.attrelid = r.confrelid AND a.attnum = k.col) || ') ' ||
  CASE r.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END
FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid JOIN pg_class f ON f.oid = r.confrelid
WHERE r.contype = 'f' AND c.relnamespace = 'public'::regnamespace`
	postgresChecks = `
SELECT c.relname || ' has ' || count(*) || ' checks' FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid
WHERE r.contype = 'c' AND c.relnamespace = 'public'::regnamespace AND pg_get_constraintdef(r.oid) NOT LIKE '%ARRAY[(0)::bigint, (1)::bigint]%'
GROUP BY c.relname`
)

// schemaOf is what the queries tell, sorted, without the engines' own tables and those named.
func schemaOf(t *testing.T, db sqlx.Queryer, without []string, queries ...string) []string {
	t.Helper()
	var out []string
	for _, q := range queries {
		var lines []string
		if err := sqlx.Select(db, &lines, q); err != nil {
			t.Fatalf("%v:%s", err, q)
		}
		out = append(out, lines...)
	}
	out = slices.DeleteFunc(out, func(line string) bool {
		table := line[:strings.IndexAny(line, ". ")]
		return strings.HasPrefix(table, "sqlite_") || table == "goose_db_version" || slices.Contains(ownIndexes(), line) || slices.Contains(without, table)
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// sqliteChecks counts the checks in the words that the tables were made with, but of those for 0 or 1, which is
// mostly a boolean elsewhere.
func sqliteChecks(t *testing.T, db *sqlx.DB) []string {
	t.Helper()
	var tables []struct{ Name, SQL string }
	if err := db.Select(&tables, `SELECT name, sql FROM sqlite_master WHERE type = 'table'`); err != nil {
		t.Fatal(err)
	}
	boolean := regexp.MustCompile(`\bCHECK\s*\(\w+ IN \(0, 1\)\)`)
	var out []string
	for _, table := range tables {
		if n := len(regexp.MustCompile(`\bCHECK\s*\(`).FindAllString(table.SQL, -1)) - len(boolean.FindAllString(table.SQL, -1)); n > 0 {
			out = append(out, fmt.Sprintf("%s has %d checks", table.Name, n))
		}
	}
	return out
}

// apart lists what stands in one schema alone.
func apart(sqlite, postgres []string) (out []string) {
	for _, line := range sqlite {
		if !slices.Contains(postgres, line) {
			out = append(out, "only SQLite: "+line)
		}
	}
	for _, line := range postgres {
		if !slices.Contains(sqlite, line) {
			out = append(out, "only PostgreSQL: "+line)
		}
	}
	return out
}

// Both engines have the same tables, columns, indexes, references and as many checks; what is missing in one is
// found.
func TestSchema_sameOnBothEngines(t *testing.T) {
	t.Parallel()
	url, path := testkit.FreshPostgres(t), filepath.Join(t.TempDir(), "temadag.db")
	s, err := store.Open(t.Context(), store.Options{Path: path, Migrations: db.Migrations})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, server := sqlx.MustOpen("sqlite3", path), sqlx.MustOpen("pgx", url)
	defer func() { _, _ = file.Close(), server.Close() }()
	sqlite := append(schemaOf(t, file, nil, sqliteColumns, sqliteIndexes, sqliteReferences), sqliteChecks(t, file)...)
	postgres := func(db sqlx.Queryer) []string {
		return schemaOf(t, db, onlyPostgres(), postgresColumns, postgresIndexes, postgresReferences, postgresChecks)
	}
	for _, line := range apart(sqlite, postgres(server)) {
		t.Error(line)
	}
	if len(sqlite) < 500 {
		t.Errorf("only %d things were compared", len(sqlite))
	}
	for name, change := range map[string]string{
		"a column is missing":     `ALTER TABLE events DROP COLUMN timed_at`,
		"a column is there alone": `ALTER TABLE events ADD COLUMN colour TEXT`,
		"a column may be empty":   `ALTER TABLE events ALTER COLUMN day DROP NOT NULL`,
		"a column holds else":     `ALTER TABLE terms ALTER COLUMN version TYPE TEXT`,
		"a table is missing":      `DROP TABLE letter_bodies`,
		"a check is missing":      `ALTER TABLE events DROP CONSTRAINT events_check`,
		"a reference is missing":  `ALTER TABLE events DROP CONSTRAINT events_owner_fkey`,
		"a key is missing":        `ALTER TABLE series DROP CONSTRAINT series_slug_key`,
		"an index is missing":     `DROP INDEX events_day`,
	} {
		tx := server.MustBegin()
		if _, err := tx.Exec(change); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if len(apart(sqlite, postgres(tx))) == 0 {
			t.Errorf("the twin: %s, and nobody sees it", name)
		}
		_ = tx.Rollback()
	}
}

// Migrations are numbered without holes on each engine, and from the eleventh on what one engine gets the other
// gets too.
func TestMigrations_twins(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(db.Migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		names[i] = strings.TrimPrefix(name, "migrations/")
	}
	for _, fault := range holes(names) {
		t.Error(fault)
	}
	for name, broken := range map[string][]string{
		"a hole":        {"0012_more.sql"},
		"no twin":       {"0011_more.postgres.sql"},
		"twice":         {"0011_more.sql", "0011_other.sql"},
		"a twin by ear": {"0011_more.postgres.sql", "0011_more.sqlite.sql", "0011_more.sql"},
	} {
		if len(holes(append(slices.Clone(names[:11]), broken...))) == 0 {
			t.Errorf("the twin: %s, and nobody sees it", name)
		}
	}
}

// holes lists what is wrong with the numbers of migrations.
func holes(names []string) (out []string) {
	ends := map[string]int{"sqlite": 1, "postgres": 10}
	for engine, next := range ends {
		for _, name := range slices.Sorted(slices.Values(names)) {
			if strings.Count(name, ".") == 2 && !strings.HasSuffix(name, "."+engine+".sql") {
				continue
			}
			if want := fmt.Sprintf("%04d_", next); !strings.HasPrefix(name, want) {
				out = append(out, fmt.Sprintf("%s: %s, want %s", engine, name, want))
			}
			next++
		}
		ends[engine] = next
	}
	if ends["sqlite"] != ends["postgres"] {
		out = append(out, fmt.Sprintf("one engine is ahead of the other: %v", ends))
	}
	return out
}
