package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jmoiron/sqlx"
	"github.com/temadag/temadag/internal/domain"
)

const (
	laneBatch   = 64 // jobs in a transaction: more savepoints than that slow everybody's snapshots
	besideLanes = 4  // lanes of those who may run beside anyone
	pollEvery   = 250 * time.Millisecond
	settleFor   = 10 * time.Second // how long it is asked whether a commit without an answer was made
)

// lanes write to PostgreSQL. What may not run side by side – everything at one event, everything that runs
// alone – queues in one lane, in order of arrival; a lane is served by one connection at a time, which takes what
// is queued there, runs each function in a savepoint, and commits once: people who want places at the same event
// pay for one commit together, and never wait for each other's locks. Other instances are kept apart by the
// advisory locks that each transaction begins with.
type lanes struct {
	db        *sqlx.DB
	words     words
	chain     Chain
	log       *slog.Logger
	committed func(changes)

	mu      sync.Mutex
	wake    *sync.Cond
	queued  map[beside][]*job
	ready   []beside // lanes with jobs that nobody serves, the one that waited longest first
	waiting int
	closed  bool
	turn    int // of the lanes beside

	tally
	failing atomic.Bool
	raised  atomic.Int64 // how often this instance has raised the number of the programme
	workers sync.WaitGroup
	stop    chan struct{}
	raise   chan struct{} // seats have changed; others are to be told
	mark    senderMark
	sending atomic.Int64 // instances that send letters, as last seen
	name    string       // of this instance
	peerURL string
}

func startLanes(db *sqlx.DB, w words, o Options, committed func(changes)) *lanes {
	l := &lanes{
		db: db, words: w, chain: o.Chain, log: o.Log, committed: committed,
		name: strings.ToLower(rand.Text()[:8]), peerURL: o.PeerURL,
		queued: map[beside][]*job{}, stop: make(chan struct{}), raise: make(chan struct{}, 1),
	}
	l.wake = sync.NewCond(&l.mu)
	for i := range postgresWrites {
		l.workers.Go(func() { l.work(&mark{who: fmt.Sprintf("%s/%d", l.name, i)}) })
	}
	seen := l.lookAround(siteVersion{}) // before anything is read: what changes from now on is noticed
	l.workers.Go(func() { l.watch(seen) })
	return l
}

func (l *lanes) do(ctx context.Context, b beside, fn func(tx *Tx) error) error {
	j := &job{fn: fn, done: make(chan struct{})}
	if err := l.enqueue(b, j); err != nil {
		return err
	}
	return j.wait(ctx)
}

func (l *lanes) enqueue(b beside, j *job) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return errDown
	}
	if l.waiting >= queueLength {
		return errBusy
	}
	if b == anyone {
		l.turn = (l.turn + 1) % besideLanes
		b = anyone - beside(l.turn)
	}
	l.waiting++
	jobs, served := l.queued[b]
	l.queued[b] = append(jobs, j)
	if !served {
		l.ready = append(l.ready, b)
		l.wake.Signal()
	}
	return nil
}

// mark is what a writer leaves in each transaction: who it is, and which of its transactions.
type mark struct {
	who string
	n   int64
}

// work serves one lane after another until all is closed and nothing is left.
func (l *lanes) work(m *mark) {
	for {
		l.mu.Lock()
		for len(l.ready) == 0 && !l.closed {
			l.wake.Wait()
		}
		if len(l.ready) == 0 {
			l.mu.Unlock()
			return
		}
		b := l.ready[0]
		l.ready = l.ready[1:]
		jobs := l.queued[b]
		n := min(len(jobs), laneBatch)
		batch := jobs[:n:n]
		l.queued[b] = jobs[n:]
		l.waiting -= n
		l.mu.Unlock()

		l.serve(b, batch, m)

		l.mu.Lock()
		if len(l.queued[b]) == 0 {
			delete(l.queued, b)
		} else {
			l.ready = append(l.ready, b)
			l.wake.Signal()
		}
		l.mu.Unlock()
	}
}

// serve runs a batch in one transaction and answers everyone in it.
func (l *lanes) serve(b beside, batch []*job, m *mark) {
	live := make([]*job, 0, len(batch))
	for _, j := range batch {
		if j.state.CompareAndSwap(waiting, taken) {
			live = append(live, j)
		}
	}
	if len(live) == 0 {
		return
	}
	if b < anyone {
		b = anyone
	}
	err := l.transact(b, live, m)
	made := outcome(live, err)
	if err == nil {
		l.raised.Add(made.raised)
		l.committed(made.changes) // before the callers are answered: who was told "yes" sees it on the pages
		l.count(int64(len(live)))
		if made.seats {
			l.tellSeats()
		}
	}
	for _, j := range live {
		close(j.done)
	}
}

// outcome gives each job its error and answers what those that stand have changed.
func outcome(live []*job, err error) (made outcomes) {
	for _, j := range live {
		if err != nil {
			j.err = err
		} else if j.err == nil {
			if j.made.programme {
				made.programme = true
				made.raised++
			}
			made.seats = made.seats || j.made.seats
		}
	}
	return made
}

// outcomes are what a batch has changed, and how often it raised the number of the programme.
type outcomes struct {
	changes
	raised int64
}

// transact is nil when the batch is committed; each job then has its own error, or none.
func (l *lanes) transact(b beside, batch []*job, m *mark) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), longestStatement)
	defer cancel()
	p, err := openPipe(ctx, l.db)
	if err != nil {
		return l.fault("connect", err)
	}
	defer func() { _ = p.close() }() // what it could tell has been told by the commit
	xid, err := p.simple("BEGIN; " + lockFor(b) + "; SELECT pg_current_xact_id()")
	if err != nil {
		return l.fault("begin", errors.Join(err, p.undo()))
	}
	kept := 0
	for _, j := range batch {
		if err := l.runInSavepoint(p, j, len(batch) > 1); err != nil {
			return l.fault("savepoint", errors.Join(err, p.undo()))
		}
		if j.err == nil {
			kept++
		}
	}
	if kept == 0 {
		return p.undo()
	}
	return l.commit(p, xid, m)
}

// commit is nil when the transaction is durable. PostgreSQL answers the COMMIT of a transaction that has failed
// with ROLLBACK and without an error.
func (l *lanes) commit(p *pipe, xid string, m *mark) error {
	m.n++
	p.owed = &pgx.Batch{} // the last savepoint's release, which the commit does as well
	p.owe(`INSERT INTO commit_marks (who, n) VALUES ($1, $2) ON CONFLICT (who) DO UPDATE SET n = excluded.n, at = now()`, m.who, m.n)
	var tag string
	err := p.send("COMMIT", nil, func(res pgx.BatchResults) error {
		t, err := res.Exec()
		tag = t.String()
		return err
	})
	switch {
	case err == nil && tag == "COMMIT":
		l.failing.Store(false)
		return nil
	case err == nil:
		return l.fault("commit", fmt.Errorf("the database answered %s", tag))
	case !lost(err) && !p.raw.IsClosed():
		return l.fault("commit", errors.Join(err, p.undo()))
	}
	l.log.Error("the connection was lost during a commit", "error", err)
	return l.settle(xid, *m, err)
}

// settle asks the server what became of a transaction whose commit it did not answer. While the server still works
// at it, it may yet be committed; after that the mark tells. (Its number alone would not: after a crash
// PostgreSQL gives the numbers of transactions that were lost to others.)
func (l *lanes) settle(xid string, m mark, cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), settleFor)
	defer cancel()
	for {
		var under bool
		var last int64
		err := l.db.GetContext(ctx, &under, `SELECT coalesce(pg_xact_status(CAST($1 AS xid8)) = 'in progress', FALSE)`, xid)
		if postgresCode(err) == "22023" { // a number that is not given out yet: the server has crashed, and nobody works at it
			under, err = false, nil
		}
		if err == nil && !under {
			err = l.db.GetContext(ctx, &last, `SELECT coalesce(max(n), 0) FROM commit_marks WHERE who = $1`, m.who)
			if err == nil && last == m.n {
				return nil
			}
			if err == nil {
				return l.fault("commit", cause)
			}
		}
		select {
		case <-ctx.Done():
			l.failing.Store(true)
			return errors.Join(domain.ErrUnsettled, fmt.Errorf("store: commit: %w", cause))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// undo ends the transaction without a trace.
func (p *pipe) undo() error {
	_, err := p.simple("ROLLBACK")
	return err
}

// runInSavepoint gives j its own error. The error it returns is the batch's end. Where j is alone the transaction
// is its savepoint.
func (l *lanes) runInSavepoint(p *pipe, j *job, shared bool) error {
	if shared {
		p.owe("SAVEPOINT one")
	}
	tx := &Tx{Queries: Queries{q: p, words: l.words}, chain: l.chain}
	j.err = call(j.fn, tx)
	j.made = tx.changes
	if j.err == nil && tx.changes.programme {
		p.owe(`UPDATE site_version SET programme = programme + 1 WHERE one = 1`)
	}
	if j.err == nil {
		j.err = p.flush() // what this one owes is this one's fault
	}
	switch {
	case j.err != nil && (p.raw.IsClosed() || isFull(j.err)):
		return j.err
	case !shared:
		return nil
	case j.err == nil:
		p.owe("RELEASE one")
		return nil
	}
	_, err := p.simple("ROLLBACK TO one; RELEASE one")
	return err
}

// fault is what callers are told when the database failed them: nothing was changed.
func (l *lanes) fault(op string, err error) error {
	told := errBusy
	if !isBusy(err) {
		told = errDown
	}
	if lost(err) {
		l.failing.Store(true)
	}
	l.log.Error("the database failed", "operation", op, "error", err)
	return errors.Join(told, fmt.Errorf("store: %s: %w", op, err))
}

func (l *lanes) stats() WriterStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.told(l.waiting)
}

func (l *lanes) healthy() error {
	if l.failing.Load() {
		return errDown
	}
	return nil
}

// foldLog gives back the space of what was erased from the tables that hold what is erased.
func (l *lanes) foldLog(ctx context.Context) error {
	for _, table := range []string{"needs", "letter_bodies", "registrations", "subscribers"} {
		if _, err := l.db.ExecContext(ctx, "VACUUM "+table); err != nil {
			return fmt.Errorf("store: vacuum: %w", err)
		}
	}
	return nil
}

// close ends after what is queued.
func (l *lanes) close() error {
	l.mu.Lock()
	already := l.closed
	l.closed = true
	l.wake.Broadcast()
	l.mu.Unlock()
	if already {
		return nil
	}
	close(l.stop)
	l.workers.Wait()
	return errors.Join(l.mark.leave(), l.db.Close())
}
