package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/bits"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/temadag/temadag/internal/domain"
)

const (
	queueLength = 4096 // beyond that people are asked to try again, with their form kept
	batchLength = 512
	lookAbout   = 500 * time.Millisecond // how often another process's changes are looked for
)

var (
	errBusy = &domain.Error{Code: domain.CodeUnavailable, Key: "store.busy"}
	errDown = &domain.Error{Code: domain.CodeUnavailable, Key: "store.down"}
)

// job is one caller's function on its way through the writer.
type job struct {
	fn    func(tx *Tx) error
	state atomic.Int32
	err   error
	done  chan struct{}
	made  changes
}

// The states of a job: a caller may leave only while it is waiting.
const (
	waiting int32 = iota
	taken
	abandoned
)

// writer owns the one connection to SQLite that writes.
type writer struct {
	pool      *sqlx.DB
	conn      *direct
	undo      func() // conn.goBack, save in the twin of its test
	path      string
	file      os.FileInfo // of the database when it was opened
	jobs      chan *job
	fold      chan chan error
	committed func(changes)
	log       *slog.Logger
	chain     Chain

	stopping sync.RWMutex // held for writing by stop, for reading by do while it queues
	stopped  bool
	finished chan struct{}
	down     atomic.Bool

	tally
	senders senders
	foreign int64 // data_version as last seen
}

// tally counts commits and whom they were for.
type tally struct {
	commits, writes, largest atomic.Int64
	crowded                  atomic.Int64 // callers in the largest commit since it was last asked for
	sizes                    [10]atomic.Int64
}

func (t *tally) count(n int64) {
	t.commits.Add(1)
	t.writes.Add(n)
	t.sizes[min(bits.Len64(uint64(max(n, 1)-1)), len(t.sizes)-1)].Add(1)
	if n > t.largest.Load() {
		t.largest.Store(n)
	}
	if n > t.crowded.Load() {
		t.crowded.Store(n)
	}
}

func (t *tally) crowd() int { return int(t.crowded.Swap(0)) }

func (t *tally) told(queued int) WriterStats {
	s := WriterStats{Commits: t.commits.Load(), Writes: t.writes.Load(), Largest: t.largest.Load(), Queued: queued}
	for i := range t.sizes {
		s.Sizes[i] = t.sizes[i].Load()
	}
	return s
}

// WriterStats counts what the writer has done.
type WriterStats struct {
	Commits int64 // transactions of the database
	Writes  int64 // callers served
	Largest int64 // callers in the largest commit
	Queued  int   // callers waiting now
	// Sizes counts commits by how many callers shared them: at most 1, 2, 4 and so on to 512.
	Sizes [10]int64
}

func startWriter(ctx context.Context, db *sqlx.DB, o Options, committed func(changes)) (*writer, error) {
	conn, err := db.Connx(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: writing connection: %w", err)
	}
	d, err := newDirect(conn)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: writing connection: %w", err), conn.Close())
	}
	file, err := os.Stat(o.Path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: database file: %w", err), d.close())
	}
	w := &writer{
		pool: db, conn: d, undo: d.goBack, path: o.Path, file: file, jobs: make(chan *job, queueLength), fold: make(chan chan error), committed: committed, log: o.Log,
		finished: make(chan struct{}), chain: o.Chain,
	}
	go w.run()
	return w, nil
}

func (w *writer) do(ctx context.Context, _ beside, fn func(tx *Tx) error) error {
	j := &job{fn: fn, done: make(chan struct{})}
	if err := w.enqueue(j); err != nil {
		return err
	}
	return j.wait(ctx)
}

// wait answers what became of a job. Who leaves before it is taken has changed nothing.
func (j *job) wait(ctx context.Context) error {
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		if j.state.CompareAndSwap(waiting, abandoned) {
			return ctx.Err()
		}
		<-j.done // its commit is under way: only the outcome is the truth
		return j.err
	}
}

func (w *writer) enqueue(j *job) error {
	w.stopping.RLock()
	defer w.stopping.RUnlock()
	if w.stopped || w.down.Load() {
		return errDown
	}
	select {
	case w.jobs <- j:
		return nil
	default:
		return errBusy
	}
}

func (w *writer) stop() {
	w.stopping.Lock()
	if !w.stopped {
		w.stopped = true
		close(w.jobs)
	}
	w.stopping.Unlock()
	<-w.finished
}

func (w *writer) run() {
	defer close(w.finished)
	defer func() {
		if err := w.conn.close(); err != nil {
			w.log.Error("closing the writing connection failed", "error", err)
		}
	}()
	tick := time.NewTicker(lookAbout)
	defer tick.Stop()
	batch := make([]*job, 0, batchLength)
	for {
		select {
		case j, open := <-w.jobs:
			if !open {
				return
			}
			batch = w.collect(append(batch[:0], j))
			w.serve(batch)
		case <-tick.C:
			w.lookAround()
		case done := <-w.fold:
			done <- w.foldNow()
		}
	}
}

// foldLog asks the writer's goroutine to fold the log.
func (w *writer) foldLog(ctx context.Context) error {
	done := make(chan error, 1)
	select {
	case w.fold <- done:
		return <-done
	case <-w.finished:
		return errDown
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) healthy() error {
	if w.down.Load() {
		return errDown
	}
	return nil
}

// close ends after what is queued and folds the log into the file.
func (w *writer) close() error {
	w.stop()
	_, err := w.pool.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
	return errors.Join(err, w.pool.Close(), w.senders.leave())
}

// foldNow folds the log into the file and empties it.
func (w *writer) foldNow() error {
	var busy, inLog, folded int
	row := w.conn.QueryRowxContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	if err := row.Scan(&busy, &inLog, &folded); err != nil {
		return fmt.Errorf("store: fold log: %w", err)
	}
	if busy != 0 {
		return errors.New("store: fold log: somebody is reading")
	}
	return nil
}

// collect takes what is queued now, and waits for nothing.
func (w *writer) collect(batch []*job) []*job {
	for len(batch) < batchLength {
		select {
		case j, open := <-w.jobs:
			if !open {
				return batch
			}
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// serve runs a batch in one transaction and answers everyone in it.
func (w *writer) serve(batch []*job) {
	live := batch[:0]
	for _, j := range batch {
		if j.state.CompareAndSwap(waiting, taken) {
			live = append(live, j)
		}
	}
	if len(live) == 0 {
		return
	}
	err := w.transact(live)
	var made changes
	for _, j := range live {
		if err != nil {
			j.err = err
		} else if j.err == nil {
			made.programme = made.programme || j.made.programme
			made.seats = made.seats || j.made.seats
		}
	}
	if err == nil {
		w.committed(made) // before the callers are answered: who was told "yes" sees it on the pages
		w.count(int64(len(live)))
	}
	for _, j := range live {
		close(j.done)
	}
}

// transact is nil when the batch is committed; each job then has its own error, or none. The
// context is the background's: a caller who leaves must not undo the others, and the driver is a
// sixth slower with one that can be cancelled.
func (w *writer) transact(batch []*job) error {
	if _, err := w.conn.command("BEGIN IMMEDIATE"); err != nil {
		return w.fault("begin", err)
	}
	defer w.conn.forget()
	kept := 0
	for _, j := range batch {
		if err := w.runInSavepoint(j); err != nil {
			return w.abort("savepoint", err)
		}
		if j.err == nil {
			kept++
		}
	}
	if kept == 0 {
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

// runInSavepoint gives j its own error. The error it returns is the batch's end.
func (w *writer) runInSavepoint(j *job) error {
	if _, err := w.conn.command("SAVEPOINT one"); err != nil {
		return err
	}
	w.conn.mark()
	tx := &Tx{Queries: Queries{q: w.conn, words: sqliteWords}, chain: w.chain}
	j.err = call(j.fn, tx)
	j.made = tx.changes
	if err := w.conn.takeFault(); err != nil {
		return err
	}
	if j.err == nil {
		_, err := w.conn.command("RELEASE one")
		return err
	}
	if isDiskFault(j.err) || isFull(j.err) {
		return j.err // SQLite may have rolled back everything already
	}
	w.undo()
	if _, err := w.conn.command("ROLLBACK TO one"); err != nil {
		return err
	}
	_, err := w.conn.command("RELEASE one")
	return err
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

// lookAround is what the writer does twice a second.
func (w *writer) lookAround() {
	if now, err := os.Stat(w.path); err != nil || !os.SameFile(now, w.file) {
		if !w.down.Swap(true) {
			w.log.Error("the database file was removed or replaced; nothing more is written", "error", err)
		}
		return
	}
	w.lookForForeignChanges()
}

// lookForForeignChanges notices what another process has committed to the same file: SQLite raises
// data_version on this connection for every commit but its own.
func (w *writer) lookForForeignChanges() {
	var v int64
	if err := w.conn.QueryRowxContext(context.Background(), "PRAGMA data_version").Scan(&v); err != nil {
		w.log.Error("looking for changes by other processes failed", "error", err)
		return
	}
	if w.foreign != 0 && v != w.foreign {
		w.committed(changes{programme: true, seats: true})
	}
	w.foreign = v
}

func (w *writer) stats() WriterStats { return w.told(len(w.jobs)) }
