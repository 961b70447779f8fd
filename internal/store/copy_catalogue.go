package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
)

// carried is a table as both engines have it.
type carried struct {
	name    string
	columns []string
	truth   []bool   // of each column: PostgreSQL says true and false where SQLite says 1 and 0
	key     []int    // the primary key, as places in columns
	self    []int    // columns that name another row of the same table
	serial  string   // the column that the engine numbers; "" for none
	parents []string // tables that must be there first
	place   int      // the column "position", by which rows may have changed places; -1 for none
}

// ofPostgresAlone are the tables by which instances agree; they say nothing of what was registered.
func ofPostgresAlone() []string {
	return []string{"commit_marks", "instances", "rate_counts", "site_version"}
}

// catalogue reads the tables out of both schemas, parents before children, and refuses schemas that differ: a
// table or column that one side lacks would be lost in silence.
func catalogue(ctx context.Context, file, server *side) ([]carried, error) {
	tables, err := fileTables(ctx, file)
	if err != nil {
		return nil, err
	}
	types, err := serverTypes(ctx, server)
	if err != nil {
		return nil, err
	}
	for _, name := range ofPostgresAlone() {
		delete(types, name)
	}
	var faults []error
	for i := range tables {
		t := &tables[i]
		there := types[t.name]
		delete(types, t.name)
		for _, c := range t.columns {
			if there[c] == "" {
				faults = append(faults, fmt.Errorf("PostgreSQL has no column %s.%s", t.name, c))
			}
			t.truth = append(t.truth, there[c] == "boolean")
			delete(there, c)
		}
		for c := range there {
			faults = append(faults, fmt.Errorf("SQLite has no column %s.%s", t.name, c))
		}
		if len(t.key) == 0 {
			faults = append(faults, fmt.Errorf("%s has no key", t.name))
		}
	}
	for name := range types {
		faults = append(faults, fmt.Errorf("SQLite has no table %s", name))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("store: the two schemas differ: %w", err)
	}
	return inOrder(tables)
}

func fileTables(ctx context.Context, s *side) ([]carried, error) {
	var found []struct {
		Name string `db:"name"`
		SQL  string `db:"sql"`
	}
	err := sqlx.SelectContext(ctx, s.read, &found, `
SELECT name, sql
FROM sqlite_schema
WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'goose_db_version'
ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("store: tables: %w", err)
	}
	var out []carried
	for _, f := range found {
		t := carried{name: f.Name, place: -1}
		if err := t.describe(ctx, s); err != nil {
			return nil, fmt.Errorf("store: table %s: %w", f.Name, err)
		}
		if strings.Contains(f.SQL, "AUTOINCREMENT") && len(t.key) == 1 {
			t.serial = t.columns[t.key[0]]
		}
		out = append(out, t)
	}
	return out, nil
}

// describe reads the columns, the key and the references of a table of SQLite.
func (t *carried) describe(ctx context.Context, s *side) error {
	var columns []struct {
		Name string `db:"name"`
		PK   int    `db:"pk"`
	}
	err := sqlx.SelectContext(ctx, s.read, &columns, `SELECT name, pk FROM pragma_table_info(?) ORDER BY cid`, t.name)
	if err != nil {
		return err
	}
	at := map[int]int{}
	for i, c := range columns {
		t.columns = append(t.columns, c.Name)
		if c.PK > 0 {
			at[c.PK] = i
		}
		if c.Name == "position" {
			t.place = i
		}
	}
	for n := 1; n <= len(at); n++ {
		t.key = append(t.key, at[n])
	}
	var references []struct {
		Table string `db:"table"`
		From  string `db:"from"`
	}
	err = sqlx.SelectContext(ctx, s.read, &references, `SELECT "table", "from" FROM pragma_foreign_key_list(?) ORDER BY id, seq`, t.name)
	for _, r := range references {
		if r.Table == t.name {
			t.self = append(t.self, slices.Index(t.columns, r.From))
		} else if !slices.Contains(t.parents, r.Table) {
			t.parents = append(t.parents, r.Table)
		}
	}
	if t.place >= 0 && slices.Contains(t.key, t.place) {
		t.place = -1
	}
	return err
}

// serverTypes are the types of PostgreSQL's columns, by table and name.
func serverTypes(ctx context.Context, s *side) (map[string]map[string]string, error) {
	var found []struct {
		Table  string `db:"table_name"`
		Column string `db:"column_name"`
		Type   string `db:"data_type"`
	}
	err := sqlx.SelectContext(ctx, s.read, &found, `
SELECT c.table_name, c.column_name, c.data_type
FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name <> 'goose_db_version'
ORDER BY c.table_name, c.ordinal_position`)
	out := map[string]map[string]string{}
	for _, f := range found {
		if out[f.Table] == nil {
			out[f.Table] = map[string]string{}
		}
		out[f.Table][f.Column] = f.Type
	}
	return out, wrap("columns", err)
}

// inOrder puts every table after those that it refers to.
func inOrder(tables []carried) ([]carried, error) {
	var out []carried
	done := map[string]bool{}
	left := slices.Clone(tables)
	for len(left) > 0 {
		before := len(out)
		left = slices.DeleteFunc(left, func(t carried) bool {
			for _, p := range t.parents {
				if !done[p] {
					return false
				}
			}
			done[t.name], out = true, append(out, t)
			return true
		})
		if len(out) == before {
			return nil, fmt.Errorf("store: tables refer to each other in a ring: %d of them, %d in order", len(left), len(slices.Collect(maps.Keys(done))))
		}
	}
	return out, nil
}

// all is the columns as a query names them.
func (t *carried) all() string { return strings.Join(t.columns, ", ") }

func (t *carried) keyColumns() string {
	var names []string
	for _, i := range t.key {
		names = append(names, t.columns[i])
	}
	return strings.Join(names, ", ")
}

func (t *carried) keyOf(row []any) []any {
	var out []any
	for _, i := range t.key {
		out = append(out, row[i])
	}
	return out
}
