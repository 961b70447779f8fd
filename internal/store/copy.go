package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
)

// CarryOptions tell what is carried from which database to which. One of the two is a file of SQLite and the other a
// PostgreSQL.
type CarryOptions struct {
	// From and To name the databases. The migrations are To's.
	From, To Options
	// Move ends it: nobody uses From, To is opened for use, and From is closed for good.
	Move bool
	// Keep ends it too, but leaves From in use: To is a copy as of now, for safekeeping or a trial.
	Keep bool
	// Fingerprint is of the secret that From must have been made with; "" for any.
	Fingerprint string
	// Progress is told of each table what is being done and how many rows are done; nil for nobody.
	Progress func(doing, table string, rows int64)
}

// Carried is what a carry has done.
type Carried struct {
	Tables []CarriedTable
	Rows   int64     // in all tables
	Added  int64     // rows after the target's last ones
	Mended int64     // rows that were changed, removed or put in between there
	Found  []Finding // what Check finds of the target
}

// CarriedTable is a table that is the same on both sides, row by row.
type CarriedTable struct {
	Name string
	Rows int64
	Sum  string // SHA-256 over all its rows in the order of the key
}

// ErrDiffers says that the target is not what the source is.
var ErrDiffers = errors.New("the copy differs from its source")

// Carry makes To hold every row that From holds, and nothing else, and reads both again to prove it, row by row. It
// may be ended at any time, however roughly, and begun again: it goes on from what is there. Until it is told to Move
// or Keep, no server starts on To; after a Move none starts on From.
//
// From may be in use, unless it is moved: what is copied is one instant of it. The next run brings over what has
// changed since.
func Carry(ctx context.Context, o CarryOptions) (out Carried, err error) {
	if IsPostgres(o.From.URL) == IsPostgres(o.To.URL) {
		return out, errors.New("store: one of the two is a file, and the other one a PostgreSQL")
	}
	if o.Progress == nil {
		o.Progress = func(string, string, int64) {}
	}
	source, err := look(ctx, o)
	if err != nil {
		return out, err
	}
	to, err := openTarget(ctx, o.To)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	from, err := openSource(ctx, o)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, from.close()) }()
	tables, err := tablesOf(ctx, from, to)
	if err == nil {
		err = claim(ctx, source, to, tables)
	}
	if err == nil {
		err = carryRows(ctx, from, to, tables, o, &out)
	}
	if err == nil {
		err = verify(ctx, from, to, tables, o, &out)
	}
	if err == nil {
		out.Found, err = checkCarried(ctx, o.To)
	}
	if err != nil || len(out.Found) > 0 || !o.Move && !o.Keep {
		return out, err
	}
	return out, finish(ctx, from, to, o.Move)
}

// tablesOf is the catalogue, of schemas of the same number.
func tablesOf(ctx context.Context, from, to *side) ([]carried, error) {
	var numbers [2]int64
	for i, s := range []*side{from, to} {
		err := s.read.QueryRowxContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&numbers[i])
		if err != nil {
			return nil, fmt.Errorf("store: schema version: %w", err)
		}
	}
	switch {
	case numbers[0] < numbers[1]:
		return nil, fmt.Errorf("store: the source has schema %d and this program %d; bring it up to date with temadag migrate first", numbers[0], numbers[1])
	case numbers[0] > numbers[1]:
		return nil, fmt.Errorf("store: the source has schema %d and this program only %d; copy with the program that serves the source", numbers[0], numbers[1])
	}
	if from.postgres() {
		return catalogue(ctx, to, from)
	}
	return catalogue(ctx, from, to)
}

// carryRows makes the target's rows those of the source.
func carryRows(ctx context.Context, from, to *side, tables []carried, o CarryOptions, out *Carried) error {
	work, tails := make([][]mend, len(tables)), make([][]any, len(tables))
	var removals []mend
	for i := range tables {
		t := &tables[i]
		o.Progress("comparing", t.name, 0)
		_, b, err := compare(ctx, t, from, to, false, func(d difference) error {
			if d.from == nil {
				removals = append(removals, mend{t, d})
			} else {
				work[i] = append(work[i], mend{t, d})
			}
			return nil
		})
		if err != nil {
			return err
		}
		tails[i] = b.last
		out.Mended += int64(len(work[i]))
	}
	out.Mended += int64(len(removals))
	slices.Reverse(removals) // children before their parents
	later, err := to.mendSome(ctx, removals)
	if err != nil {
		return err
	}
	for i := range tables {
		t, done := &tables[i], int64(0)
		left, err := to.mendSome(ctx, work[i])
		if err != nil {
			return err
		}
		later = append(later, left...)
		err = to.pour(ctx, from, t, tails[i], func(m mend) { later = append(later, m) }, func(n int) {
			done += int64(n)
			o.Progress("copying", t.name, done)
		})
		if err != nil {
			return err
		}
		out.Added += done
	}
	if err := to.mendAll(ctx, later); err != nil {
		return err
	}
	if to.postgres() && out.Added > 0 { // until it counts by itself it would take every table for small
		o.Progress("counting", "", 0)
		if err := to.exec(ctx, "ANALYZE"); err != nil {
			return fmt.Errorf("store: counting what was copied: %w", err)
		}
	}
	for i := range tables {
		if tables[i].serial != "" {
			if err := to.numberOn(ctx, from, &tables[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// verify reads every row on both sides. What differs is named by table and number alone.
func verify(ctx context.Context, from, to *side, tables []carried, o CarryOptions, out *Carried) error {
	var faults []error
	for i := range tables {
		t := &tables[i]
		o.Progress("verifying", t.name, 0)
		different := 0
		a, b, err := compare(ctx, t, from, to, true, func(d difference) error {
			different++
			return nil
		})
		if err != nil {
			return err
		}
		sum, copied := hex.EncodeToString(a.sum.Sum(nil)), hex.EncodeToString(b.sum.Sum(nil))
		if different > 0 || a.n != b.n || sum != copied {
			faults = append(faults, fmt.Errorf("%w: %d rows of %s (%d there, %d here)", ErrDiffers, different, t.name, a.n, b.n))
			continue
		}
		out.Tables = append(out.Tables, CarriedTable{t.name, a.n, sum})
		out.Rows += a.n
	}
	return errors.Join(faults...)
}

// checkCarried proves every promise of the database on the copy.
func checkCarried(ctx context.Context, o Options) (found []Finding, err error) {
	o.midway, o.MustExist = true, true
	s, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.Check(ctx)
}

// snapshot is a file beside the source that shows one instant of it.
func snapshot(ctx context.Context, path string) (name string, remove func() error, err error) {
	name = path + ".carried"
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", nil, fmt.Errorf("store: what an ended copy left: %w", err)
	}
	if err := CopyFile(ctx, path, name, nil); err != nil {
		return "", nil, err
	}
	return name, func() error { return os.Remove(name) }, nil
}
