package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// rowsAtOnce is how many owed rows one statement writes. More save nothing: by then the rows themselves are
// what it costs.
const rowsAtOnce = 16

// newRows is an INSERT of rows. Nothing can refuse those that belong to a row that their own transaction has
// written: nobody else writes what belongs to that.
type newRows struct {
	one, many string // of one row, and of rowsAtOnce
}

func newRowsInto(table string, columns ...string) newRows {
	row := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	one := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ")\nVALUES " + row
	return newRows{one: one, many: one + strings.Repeat(", "+row, rowsAtOnce-1)}
}

// owedRows are rows that stand in no table yet, and will before anybody reads one and before the commit: a
// hundred people who register together are written together, with their letters, as they have their places counted
// together, see heldEvent.
type owedRows struct{ registrations, history, letters [][]any }

// errCrossed is why the registrations that are owed cannot be written as they are: one of them is there already,
// as her submission or as the person.
var errCrossed = errors.New("store: a registration owed is there already")

// oweRegistration takes a registration, whose row it keeps, for new and answers the id that it will have: those who
// register together are hardly ever there already. Where one is, her table says so when it is paid, and all who
// took their places on credit take them again, one by one; see together. False where nothing may be owed.
func (tx *Tx) oweRegistration(row []any) (id int64, owed bool, err error) {
	d, ok := tx.q.(*direct)
	if !ok || !d.owing {
		return 0, false, nil
	}
	if d.nextID == 0 {
		err := d.read(`SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'registrations'`, nil, &d.nextID)
		if err != nil {
			return 0, false, err
		}
	}
	id = d.nextID
	d.nextID++
	row[newID] = id
	d.owed.registrations = append(d.owed.registrations, row)
	return id, true, nil
}

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
	d.owed = owedRows{
		owed.registrations[len(owed.registrations):], owed.history[len(owed.history):], owed.letters[len(owed.letters):],
	}
	d.nextID = 0
	err := d.payRegistrations(owed.registrations)
	if err == nil {
		err = d.pay(historyRows, owed.history)
	}
	if err == nil {
		err = d.pay(letterRows, owed.letters)
	}
	if err != nil {
		d.fault = fmt.Errorf("rows owed: %w", err)
	}
	return d.fault
}

// payRegistrations is errCrossed where one of them is there already.
func (d *direct) payRegistrations(rows [][]any) error {
	var uids []any
	for _, values := range rows {
		uids = append(uids, values[newUID])
	}
	for len(uids) > 0 {
		n := 1
		if len(uids) >= rowsAtOnce {
			n = rowsAtOnce
		}
		var met int64
		if err := d.read(repeated[n], uids[:n], &met); err != nil {
			return err
		}
		if met != 0 {
			return errCrossed
		}
		uids = uids[n:]
	}
	err := d.pay(registrationRows, rows)
	if isConstraint(err) {
		err = errors.Join(errCrossed, err)
	}
	return err
}

// repeated asks whether one of so many submissions is the repeat of an earlier one.
var repeated = map[int]string{1: repeatedOf(1), rowsAtOnce: repeatedOf(rowsAtOnce)}

func repeatedOf(n int) string {
	return "SELECT EXISTS (SELECT 1 FROM repeats WHERE uid IN (?" + strings.Repeat(", ?", n-1) + "))"
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
	return err
}
