package store

import (
	"errors"
	"fmt"
	"slices"
)

// serve runs those who came first of a batch in one transaction, has everyone in it answered, and gives back the
// others: where another process held the file, more have come meanwhile than one commit is for.
func (w *writer) serve(batch []*job) (left []*job) {
	batch, err := w.begin(batch)
	if len(batch) == 0 {
		return nil
	}
	first := min(len(batch), batchLength)
	left = batch[first:]
	live := make([]*job, 0, first)
	for _, j := range batch[:first] {
		if j.state.CompareAndSwap(waiting, taken) {
			live = append(live, j)
		}
	}
	if err == nil {
		err = w.transact(live)
	}
	w.bring(flight{live, err})
	return left
}

// answer tells those who shared a transaction what became of it.
func (w *writer) answer(live []*job, err error) {
	var made changes
	for _, j := range live {
		if err != nil {
			j.err = err
		} else if j.err == nil {
			made.programme = made.programme || j.made.programme
			made.seats = made.seats || j.made.seats
		}
	}
	if err == nil && len(live) > 0 {
		w.committed(made) // before the callers are answered: who was told "yes" sees it on the pages
		w.count(int64(len(live)))
	}
	for _, j := range live {
		close(j.done)
	}
}

// transact is nil when the transaction that has begun is committed with the batch; each job then has its own
// error, or none. The context is the background's: a caller who leaves must not undo the others, and the driver is a
// sixth slower with one that can be cancelled.
func (w *writer) transact(batch []*job) error {
	defer w.conn.forget()
	for rest := batch; len(rest) > 0; {
		run := atEvents(rest)
		if err := w.runTogether(run); err != nil {
			return w.abort("savepoint", err)
		}
		rest = rest[len(run):]
	}
	if !slices.ContainsFunc(batch, func(j *job) bool { return j.err == nil }) {
		return w.abort("", nil)
	}
	if err := w.conn.settle(); err != nil {
		return w.abort("counters", err)
	}
	if _, err := w.conn.command("COMMIT"); err != nil {
		return w.abort("commit", err)
	}
	return nil
}

// atEvents is those who came first, as far as each touches one event alone, or else the first.
func atEvents(batch []*job) []*job {
	n := slices.IndexFunc(batch, func(j *job) bool { return j.at <= nobody })
	switch n {
	case -1:
		return batch
	case 0:
		return batch[:1]
	}
	return batch[:n]
}

// turnsAfterwards is how many runs take turns after one has been run twice: where many click twice, hardly any run is
// without somebody who is there already.
const turnsAfterwards = 64

// runTogether lets a run of callers at events owe their registrations to the table. Where one of them turns out to be
// there already, nobody of the run has done anything, and each takes a turn of her own.
func (w *writer) runTogether(run []*job) error {
	if len(run) < 2 {
		return w.runEach(run)
	}
	if w.turnsLeft > 0 {
		w.turnsLeft--
		return w.runEach(run)
	}
	if err := w.conn.settle(); err != nil {
		return err
	}
	if _, err := w.conn.command("SAVEPOINT run"); err != nil {
		return err
	}
	w.conn.owing = true
	err := w.runEach(run)
	if err == nil {
		err = w.conn.settle()
	}
	w.conn.owing = false
	if errors.Is(err, errCrossed) {
		w.turnsLeft = turnsAfterwards
		w.conn.forget()
		if _, err := w.conn.command("ROLLBACK TO run"); err != nil {
			return err
		}
		err = w.again(run)
	}
	if err != nil {
		return err
	}
	_, err = w.conn.command("RELEASE run")
	return err
}

func (w *writer) runEach(run []*job) error {
	for _, j := range run {
		if err := w.runInSavepoint(j); err != nil {
			return err
		}
	}
	return nil
}

// runInSavepoint gives j its own error. The error it returns is the batch's end.
func (w *writer) runInSavepoint(j *job) error {
	w.conn.turn()
	tx := &Tx{Queries: Queries{q: w.conn, words: sqliteWords}, chain: w.chain}
	j.err = call(j.fn, tx)
	j.made = tx.changes
	if err := w.conn.takeFault(); err != nil {
		return err
	}
	if j.err != nil {
		if isDiskFault(j.err) || isFull(j.err) {
			return j.err // SQLite may have rolled back everything already
		}
		w.undo()
	}
	return w.conn.endTurn(j.err != nil)
}

// call turns a panic of one caller into that caller's error: the others must not pay for it.
func call(fn func(tx *Tx) error, tx *Tx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("store: panic in a transaction: %v", r)
		}
	}()
	return fn(tx)
}

// abort undoes the batch. With a cause every caller gets it; without one each keeps its own error.
func (w *writer) abort(op string, cause error) error {
	w.conn.forget()
	if _, err := w.conn.command("ROLLBACK"); err != nil && cause == nil {
		cause, op = err, "rollback"
	}
	if cause == nil {
		return nil
	}
	return w.fault(op, cause)
}

// fault is what callers are told when the database failed them: nothing was changed. After a fault
// of the disk nothing more is written until the program is started again and has checked its file.
func (w *writer) fault(op string, err error) error {
	told := errBusy
	if !isBusy(err) {
		told = errDown
	}
	if isDiskFault(err) {
		w.down.Store(true)
	}
	w.log.Error("the database failed", "operation", op, "error", err, "writing", !w.down.Load())
	return errors.Join(told, fmt.Errorf("store: %s: %w", op, err))
}
