package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// side is a database that rows are read from or written to.
type side struct {
	read  querier    // for the rows of one table after the other
	write *sqlx.Conn // nil for a source
	words words
	close func() error
}

func (s *side) postgres() bool { return s.words.engine != sqliteWords.engine }

// plain is a value as both engines mean it: nil, int64, string or []byte.
func plain(v any) (any, error) {
	switch v := v.(type) {
	case nil, int64, string, []byte:
		return v, nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case time.Time:
		return nil, fmt.Errorf("a column holds a time, which the engines keep in different ways")
	}
	return nil, fmt.Errorf("a column holds a %T, which the engines keep in different ways", v)
}

// order compares two plain values of a key; both engines keep their rows in this order.
func order(a, b any) int {
	switch a := a.(type) {
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b)
		}
	case []byte:
		if b, ok := b.([]byte); ok {
			return bytes.Compare(a, b)
		}
	}
	return 0
}

func orderKeys(a, b []any) int {
	for i := range a {
		if c := order(a[i], b[i]); c != 0 {
			return c
		}
	}
	return 0
}

// canon is a row as bytes that are the same on every engine.
func canon(row []any) []byte {
	var out []byte
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			out = append(out, 'n')
		case int64:
			out = binary.BigEndian.AppendUint64(append(out, 'i'), uint64(v))
		case string:
			out = append(binary.BigEndian.AppendUint64(append(out, 't'), uint64(len(v))), v...)
		case []byte:
			out = append(binary.BigEndian.AppendUint64(append(out, 'b'), uint64(len(v))), v...)
		}
	}
	return out
}

// cursor reads the rows of a table in the order of its key.
type cursor struct {
	table *carried
	rows  *sqlx.Rows
	row   []any // nil after the last
	key   []any
	last  []any // the key before
	n     int64
	sum   hash.Hash
}

// rowsOf begins to read. after is a key; nil for all rows. The marks of an unfinished copy are nobody's rows.
func (s *side) rowsOf(ctx context.Context, t *carried, after []any) (*cursor, error) {
	query, args := "SELECT "+t.all()+"\nFROM "+t.name+"\nWHERE TRUE", []any(nil)
	if t.name == "settings" {
		query, args = query+" AND name NOT IN (?, ?)", append(args, markCopying, markMoved)
	}
	if after != nil {
		query, args = query+" AND ("+t.keyColumns()+") > ("+marks(len(after))+")", append(args, after...)
	}
	rows, err := s.read.QueryxContext(ctx, s.words.rebind(query+"\nORDER BY "+t.keyColumns()), args...)
	if err != nil {
		return nil, fmt.Errorf("store: rows of %s: %w", t.name, err)
	}
	c := &cursor{table: t, rows: rows, sum: sha256.New()}
	if err := c.next(); err != nil {
		return nil, fmt.Errorf("%w (%v)", err, rows.Close())
	}
	return c, nil
}

// next goes to the next row; row is nil after the last one.
func (c *cursor) next() error {
	c.last, c.row, c.key = c.key, nil, nil
	if !c.rows.Next() {
		if err := c.rows.Err(); err != nil {
			return fmt.Errorf("store: rows of %s: %w", c.table.name, err)
		}
		return nil
	}
	row := make([]any, len(c.table.columns))
	dest := make([]any, len(row))
	for i := range row {
		dest[i] = &row[i]
	}
	err := c.rows.Scan(dest...)
	for i := range row {
		if err == nil {
			row[i], err = plain(row[i])
		}
	}
	if err != nil {
		return fmt.Errorf("store: row %d of %s: %w", c.n+1, c.table.name, err)
	}
	c.row, c.key = row, c.table.keyOf(row)
	c.n++
	_, _ = c.sum.Write(canon(row)) // a hash never fails
	return nil
}

// difference is a row that the sides do not have alike; one of them may be nil.
type difference struct{ from, to []any }

// compare walks through a table on both sides at once and hands over each row that is not the same. Where
// whole is not set it ends where the target does. The cursors tell how far it came.
func compare(ctx context.Context, t *carried, from, to *side, whole bool, found func(difference) error) (a, b *cursor, err error) {
	if a, err = from.rowsOf(ctx, t, nil); err != nil {
		return nil, nil, err
	}
	defer func() { _ = a.rows.Close() }()
	if b, err = to.rowsOf(ctx, t, nil); err != nil {
		return nil, nil, err
	}
	defer func() { _ = b.rows.Close() }()
	for a.row != nil || b.row != nil {
		if b.row == nil && !whole {
			break // what follows is the tail
		}
		way := 0
		switch {
		case a.row == nil:
			way = 1
		case b.row == nil:
			way = -1
		default:
			way = orderKeys(a.key, b.key)
		}
		d := difference{}
		if way <= 0 {
			d.from = a.row
		}
		if way >= 0 {
			d.to = b.row
		}
		if way != 0 || !slices.EqualFunc(a.row, b.row, sameValue) {
			if err := found(d); err != nil {
				return a, b, err
			}
		}
		if way <= 0 {
			err = a.next()
		}
		if err == nil && way >= 0 {
			err = b.next()
		}
		if err != nil {
			return a, b, err
		}
	}
	return a, b, nil
}

func sameValue(a, b any) bool {
	if x, ok := a.([]byte); ok {
		y, ok := b.([]byte)
		return ok && bytes.Equal(x, y)
	}
	if _, ok := b.([]byte); ok {
		return false
	}
	return a == b
}
