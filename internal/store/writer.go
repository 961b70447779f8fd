package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	foldTries   = 100
	foldPause   = 50 * time.Millisecond
	foldLater   = 10 * time.Second
)

var (
	errBusy = &domain.Error{Code: domain.CodeUnavailable, Key: "store.busy"}
	errHeld = &domain.Error{Code: domain.CodeUnavailable, Key: "store.held"}
	errDown = &domain.Error{Code: domain.CodeUnavailable, Key: "store.down"}
)

// errReading is why the log could not be folded just now.
var errReading = errors.New("store: fold log: somebody is reading, or another process writes")

// job is one caller's function on its way through the writer.
type job struct {
	fn    func(tx *Tx) error
	at    beside
	came  time.Time
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
	undo      func()                 // conn.goBack, save in the twin of its test
	again     func(run []*job) error // runEach, save in the twin of its test
	path      string
	files     map[string]os.FileInfo // the database and its log, when they were opened
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
	senders   senders
	foreign   int64 // data_version as last seen
	turnsLeft int   // for how many runs nobody owes her registration, see runTogether

	foldLater time.Duration // how long after a try that somebody's reading stopped the next one comes
	foldDue   time.Time     // when that is; zero where nobody waits for it
	holding   holding
	turns     turns
	landing   *landing
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
	files := make(map[string]os.FileInfo)
	for _, path := range []string{o.Path, o.Path + logSuffix} {
		if files[path], err = os.Stat(path); err != nil {
			return nil, errors.Join(fmt.Errorf("store: database file: %w", err), d.close())
		}
	}
	w := &writer{
		pool: db, conn: d, undo: d.goBack, path: o.Path, files: files, jobs: make(chan *job, queueLength), fold: make(chan chan error), committed: committed, log: o.Log,
		finished: make(chan struct{}), chain: o.Chain, holding: holding{patience: cmp.Or(o.Patience, patience)},
	}
	w.again, w.foldLater = w.runEach, foldLater
	if err := errors.Join(d.busyTimeout(0), w.landOn(o)); err != nil {
		return nil, errors.Join(err, d.close())
	}
	w.turns = openTurns(o.Path)
	go w.landThem()
	go w.run()
	return w, nil
}

func (w *writer) do(ctx context.Context, at beside, fn func(tx *Tx) error) error {
	// What a wall clock is turned by while she waits makes her wait neither longer nor shorter.
	j := &job{fn: fn, at: at, came: time.Now(), done: make(chan struct{})}
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
		if err := errors.Join(w.landing.end(w.conn), w.conn.busyTimeout(connectionWaits), w.conn.close(), w.turns.close()); err != nil {
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
			batch = w.collect(append(batch[:0], j), batchLength)
			for left := w.serve(batch); len(left) > 0; {
				left = w.serve(left)
			}
		case <-tick.C:
			w.lookAround()
		case done := <-w.fold:
			done <- w.foldNow()
		}
	}
}

// foldLog asks the writer's goroutine to fold the log, again and again while somebody reads it: those who want
// to write go between.
func (w *writer) foldLog(ctx context.Context) error {
	for try := 1; ; try++ {
		err := w.askToFold(ctx)
		if !errors.Is(err, errReading) || try == foldTries {
			return err
		}
		select {
		case <-time.After(foldPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (w *writer) askToFold(ctx context.Context) error {
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

// foldNow folds the log into the file and empties it. Where somebody reads it is tried again later, and at the end.
func (w *writer) foldNow() error {
	var busy, inLog, folded int
	row := w.conn.QueryRowxContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	if err := row.Scan(&busy, &inLog, &folded); err != nil {
		return fmt.Errorf("store: fold log: %w", err)
	}
	if busy != 0 {
		w.foldDue = time.Now().Add(w.foldLater)
		return errReading
	}
	w.foldDue = time.Time{}
	return nil
}

// collect adds what is queued now to batch, up to so many, and waits for nothing.
func (w *writer) collect(batch []*job, most int) []*job {
	for len(batch) < most {
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

// lookAround is what the writer does twice a second.
func (w *writer) lookAround() {
	for path, was := range w.files {
		if now, err := os.Stat(path); err != nil || !os.SameFile(now, was) {
			if !w.down.Swap(true) {
				w.log.Error("a file of the database was removed or replaced; nothing more is written", "file", path, "error", err)
			}
			return
		}
	}
	w.lookForForeignChanges()
	if !w.foldDue.IsZero() && !time.Now().Before(w.foldDue) {
		if err := w.foldNow(); err != nil && !errors.Is(err, errReading) {
			w.log.Error("folding the log failed", "error", err)
		}
	}
}

// lookForForeignChanges notices what another process has committed to the same file: SQLite raises
// data_version on this connection for every commit but its own.
func (w *writer) lookForForeignChanges() {
	var v int64
	if err := w.conn.QueryRowxContext(context.Background(), "PRAGMA data_version").Scan(&v); isBusy(err) {
		return // the next look will tell
	} else if err != nil {
		w.log.Error("looking for changes by other processes failed", "error", err)
		return
	}
	if w.foreign != 0 && v != w.foreign {
		w.committed(changes{programme: true, seats: true})
	}
	w.foreign = v
}

func (w *writer) stats() WriterStats { return w.told(len(w.jobs)) }
