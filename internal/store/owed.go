package store

import (
	"context"
	"fmt"
	"strings"
)

// rowsAtOnce is how many owed rows one statement writes. More save nothing: by then the rows themselves are
// what it costs.
const rowsAtOnce = 16

// newRows is an INSERT of rows that nothing can refuse: they belong to a row that their own transaction has
// written, and nobody else writes what belongs to that.
type newRows struct {
	one, many string // of one row, and of rowsAtOnce
}

func newRowsInto(table string, columns ...string) newRows {
	row := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	one := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ")\nVALUES " + row
	return newRows{one: one, many: one + strings.Repeat(", "+row, rowsAtOnce-1)}
}

// owedRows are rows that stand in no table yet, and will before anybody reads one and before the commit: a
// hundred people who register together have their letters written together, as they have their places counted
// together, see heldEvent.
type owedRows struct{ history, letters [][]any }

// oweHistory writes a row of history, on the writing connection of SQLite together with others.
func (tx *Tx) oweHistory(ctx context.Context, values []any) error {
	if d, ok := tx.q.(*direct); ok {
		d.owed.history = append(d.owed.history, values)
		return nil
	}
	return tx.put(ctx, historyRows.one, values...)
}

// oweLetter is oweHistory for a letter.
func (tx *Tx) oweLetter(ctx context.Context, values []any) error {
	if d, ok := tx.q.(*direct); ok {
		d.owed.letters = append(d.owed.letters, values)
		return nil
	}
	return tx.put(ctx, letterRows.one, values...)
}

// payRows writes what is owed. What it has written stays in the slices behind until the batch is over: goBack
// may owe it again.
func (d *direct) payRows() error {
	owed := d.owed
	d.owed = owedRows{owed.history[len(owed.history):], owed.letters[len(owed.letters):]}
	if err := d.pay(historyRows, owed.history); err != nil {
		return err
	}
	return d.pay(letterRows, owed.letters)
}

func (d *direct) pay(into newRows, rows [][]any) error {
	var err error
	for ; len(rows) >= rowsAtOnce && err == nil; rows = rows[rowsAtOnce:] {
		d.together = d.together[:0]
		for _, values := range rows[:rowsAtOnce] {
			d.together = append(d.together, values...)
		}
		err = d.put(into.many, d.together)
	}
	for ; len(rows) > 0 && err == nil; rows = rows[1:] {
		err = d.put(into.one, rows[0])
	}
	if err != nil {
		d.fault = fmt.Errorf("rows owed: %w", err)
	}
	return d.fault
}
