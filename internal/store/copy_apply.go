package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	sqlite3 "github.com/mattn/go-sqlite3"
)

// mend is one row to be made as the source has it.
type mend struct {
	table *carried
	difference
}

const (
	batchRows  = 5000
	batchBytes = 4 << 20
)

// sqlValue is a plain value as the target's driver wants it.
func (s *side) sqlValue(t *carried, i int, v any) any {
	if n, ok := v.(int64); ok && t.truth[i] && s.postgres() {
		return n != 0
	}
	return v
}

func (s *side) sqlRow(t *carried, row []any) []any {
	out := make([]any, len(row))
	for i, v := range row {
		out[i] = s.sqlValue(t, i, v)
	}
	return out
}

func (s *side) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.write.ExecContext(ctx, s.words.rebind(query), args...)
	return err
}

// statement is what mends a row.
func (s *side) statement(m mend) (string, []any) {
	t := m.table
	where := " WHERE (" + t.keyColumns() + ") = (" + marks(len(t.key)) + ")"
	if m.from == nil {
		return "DELETE FROM " + t.name + where, t.keyOf(m.to)
	}
	row := s.sqlRow(t, m.from)
	if m.to == nil {
		return "INSERT INTO " + t.name + " (" + t.all() + ") VALUES (" + marks(len(t.columns)) + ")", row
	}
	var set []string
	var args []any
	for i, c := range t.columns {
		if !slices.Contains(t.key, i) {
			set, args = append(set, c+" = ?"), append(args, row[i])
		}
	}
	return "UPDATE " + t.name + " SET " + strings.Join(set, ", ") + where, append(args, t.keyOf(m.from)...)
}

// mendAll carries out what it can, and again what stood in another's way, until nothing is left. A row may be in
// the way of another by a reference or by a key that there is only one of; rows that have changed places with each
// other are set aside first.
func (s *side) mendAll(ctx context.Context, work []mend) error {
	setAside := false
	for len(work) > 0 {
		left, err := s.mendSome(ctx, work)
		if err != nil {
			return err
		}
		if len(left) < len(work) {
			work = left
			continue
		}
		if setAside {
			m := left[0]
			query, args := s.statement(m)
			return fmt.Errorf("store: a row of %s cannot be mended where it stands; begin anew with an empty database: %w", m.table.name, s.exec(ctx, query, args...))
		}
		setAside = true
		for _, m := range work {
			if t := m.table; t.place >= 0 && len(t.key) == 1 && m.from != nil && m.to != nil {
				query := "UPDATE " + t.name + " SET position = -1000000 - " + t.keyColumns() + " WHERE " + t.keyColumns() + " = ?"
				if err := s.exec(ctx, query, t.keyOf(m.from)...); err != nil {
					return fmt.Errorf("store: setting a row of %s aside: %w", t.name, err)
				}
			}
		}
	}
	return nil
}

// mendSome makes one attempt at each, in one transaction, and answers those that were in the way.
func (s *side) mendSome(ctx context.Context, work []mend) (left []mend, err error) {
	if err := s.exec(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.exec(context.WithoutCancel(ctx), "ROLLBACK"))
		}
	}()
	for _, m := range work {
		query, args := s.statement(m)
		if err := s.exec(ctx, "SAVEPOINT one"); err != nil {
			return nil, err
		}
		then := "RELEASE one"
		if failed := s.exec(ctx, query, args...); inTheWay(failed) {
			left, then = append(left, m), "ROLLBACK TO one"
		} else if failed != nil {
			return nil, fmt.Errorf("store: a row of %s: %w", m.table.name, failed)
		}
		if err := s.exec(ctx, then); err != nil {
			return nil, err
		}
	}
	return left, s.exec(ctx, "COMMIT")
}

// inTheWay reports whether another row forbade it: a key of which there is one, or a reference.
func inTheWay(err error) bool {
	var e sqlite3.Error
	if errors.As(err, &e) {
		switch e.ExtendedCode {
		case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintForeignKey, sqlite3.ErrConstraintPrimaryKey:
			return true
		}
		return false
	}
	code := postgresCode(err)
	return code == "23505" || code == "23503"
}

// pour writes what the source has after a key, in order, many rows at a time. References to rows of the same table
// are left out and handed to later; so are rows that others are in the way of.
func (s *side) pour(ctx context.Context, from *side, t *carried, after []any, later func(mend), done func(n int)) error {
	c, err := from.rowsOf(ctx, t, after)
	if err != nil {
		return err
	}
	defer func() { _ = c.rows.Close() }()
	for c.row != nil {
		var rows [][]any
		for size := 0; c.row != nil && len(rows) < batchRows && size < batchBytes; {
			row := slices.Clone(c.row)
			for _, i := range t.self {
				if row[i] != nil {
					row[i] = nil
					later(mend{t, difference{c.row, row}})
					break
				}
			}
			for _, i := range t.self {
				row[i] = nil
			}
			size += len(canon(row))
			rows = append(rows, row)
			if err := c.next(); err != nil {
				return err
			}
		}
		if err := s.insertMany(ctx, t, rows); inTheWay(err) {
			for _, row := range rows {
				later(mend{t, difference{from: row}})
			}
		} else if err != nil {
			return fmt.Errorf("store: rows of %s: %w", t.name, err)
		}
		done(len(rows))
	}
	return nil
}

// insertMany writes all of the rows or none.
func (s *side) insertMany(ctx context.Context, t *carried, rows [][]any) (err error) {
	if s.postgres() {
		return s.write.Raw(func(c any) error {
			std, ok := c.(*stdlib.Conn)
			if !ok {
				return fmt.Errorf("the driver's connection is a %T", c)
			}
			_, err := std.Conn().CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
				return s.sqlRow(t, rows[i]), nil
			}))
			return err
		})
	}
	tx, err := s.write.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after the commit
	insert, err := tx.PreparexContext(ctx, "INSERT INTO "+t.name+" ("+t.all()+") VALUES ("+marks(len(t.columns))+")")
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for _, row := range rows {
		if _, err := insert.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// numberOn makes the target number new rows after all that the source ever had: no id is used twice.
func (s *side) numberOn(ctx context.Context, from *side, t *carried) error {
	var last int64
	query, args := "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", []any{t.name}
	if from.postgres() {
		query, args = "SELECT coalesce(max(last_value), 0) FROM pg_sequences WHERE schemaname = current_schema() AND sequencename = split_part(pg_get_serial_sequence(?, ?), '.', 2)", []any{t.name, t.serial}
	}
	err := from.read.QueryRowxContext(ctx, from.words.rebind(query), args...).Scan(&last)
	switch {
	case err != nil:
	case s.postgres():
		err = s.exec(ctx, "SELECT setval(pg_get_serial_sequence(CAST(? AS text), CAST(? AS text)), greatest(CAST(? AS bigint), 1), CAST(? AS bigint) > 0)", t.name, t.serial, last, last)
	default:
		if err = s.exec(ctx, "DELETE FROM sqlite_sequence WHERE name = ?", t.name); err == nil {
			err = s.exec(ctx, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", t.name, last)
		}
	}
	if err != nil {
		return fmt.Errorf("store: numbers of %s: %w", t.name, err)
	}
	return nil
}
