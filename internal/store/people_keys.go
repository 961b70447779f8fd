package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jmoiron/sqlx"
	"github.com/temadag/temadag/internal/domain"
)

// standsLast is a key after every other: the order of names tells nothing of who is protected.
const standsLast = "\U0010ffff"

// findKeys is what a registration is ordered and found by.
type findKeys struct{ sort, work, answered, search string }

func (k Kept) findKeys() findKeys {
	r := k.Registration
	if r.Ref == "" {
		r.Ref = domain.ReferenceOf(k.UID)
	}
	f := findKeys{sort: k.SortKey(), work: domain.SortKey(k.Organisation), answered: answered(k.Answers), search: r.SearchText()}
	if k.Protected {
		f.sort, f.work = standsLast, standsLast
	}
	return f
}

// answered is the questions that have an answer, each between commas.
func answered(answers []domain.Answer) string {
	if len(answers) == 0 {
		return ""
	}
	b := []byte{','}
	for _, a := range answers {
		b = append(strconv.AppendInt(b, a.QuestionID, 10), ',')
	}
	return string(b)
}

// unreadBatch is how many registrations are made findable in one transaction.
const unreadBatch = 1000

// makeFindable writes the keys of registrations that came before there were any. No engine folds
// letters as domain does, so that a migration cannot. A schema from before that has nothing to fill.
func makeFindable(ctx context.Context, db *sqlx.DB) error {
	var columns int
	err := db.GetContext(ctx, &columns, `SELECT count(*) FROM pragma_table_info('registrations') WHERE name = 'search'`)
	if err != nil || columns == 0 {
		return err
	}
	for {
		n, err := makeBatchFindable(ctx, db)
		if err != nil {
			return fmt.Errorf("store: make registrations findable: %w", err)
		}
		if n < unreadBatch {
			return nil
		}
	}
}

func makeBatchFindable(ctx context.Context, db *sqlx.DB) (int, error) {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // nothing is left to undo after the commit
	q := Queries{q: tx, words: sqliteWords}
	var rows []registrationRow
	err = q.list(ctx, &rows, `SELECT `+registrationColumns+` FROM registrations WHERE search = '' ORDER BY id LIMIT ?`, unreadBatch)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	for _, r := range rows {
		k, err := r.kept()
		if err != nil {
			return 0, err
		}
		f := k.findKeys()
		if _, err := tx.ExecContext(ctx, q.words.rebind(`
UPDATE registrations SET sort_key = ?, answered = ?, work_key = ?, search = ? WHERE id = ?`), f.sort, f.answered, f.work, f.search, r.ID); err != nil {
			return 0, err
		}
	}
	return len(rows), tx.Commit()
}
