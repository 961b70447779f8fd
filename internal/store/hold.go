package store

import (
	"time"
)

// Another process may hold the file: an administrator's shell, a copy, a program that is being exchanged. SQLite's
// own patience would count anew for each batch, and make those who are queued behind it wait for hers and theirs;
// so its is none on this connection, and the waiting is done here, where everyone's is counted from when she came.

const (
	patience        = 2 * time.Second // of a visitor, who is asked to come again then
	shortestPause   = 500 * time.Microsecond
	longestPause    = 2 * time.Millisecond // another writer's pauses between its commits are short
	connectionWaits = 5 * time.Second      // for the lock, of every other connection
)

// holding is what is known of another process that holds the file.
type holding struct {
	patience time.Duration
	since    time.Time // zero while nobody is known to
	asked    int       // callers who were asked to come again since
}

// begin begins a transaction for a batch, which is longer where others came while it waited for another process,
// and shorter by those whose patience was over; it has not begun where nobody is left.
func (w *writer) begin(batch []*job) ([]*job, error) {
	w.turns.giveWay()
	_, err := w.conn.command("BEGIN IMMEDIATE")
	defer w.turns.end()
	for pause := shortestPause; isBusy(err); pause = min(2*pause, longestPause) {
		w.turns.wait()
		time.Sleep(pause)
		if batch = w.dismiss(w.collect(batch, queueLength)); len(batch) == 0 {
			return nil, nil
		}
		_, err = w.conn.command("BEGIN IMMEDIATE")
	}
	if err != nil {
		return batch, w.fault("begin", err)
	}
	if w.holding.asked > 0 {
		w.log.Warn("the database is free again", "after", time.Since(w.holding.since).String(), "asked_to_come_again", w.holding.asked)
	}
	w.holding.since, w.holding.asked = time.Time{}, 0
	return batch, nil
}

// dismiss answers those who have waited long enough for another process, and gives back the others. Nothing of
// what they asked for has begun.
func (w *writer) dismiss(batch []*job) []*job {
	h := &w.holding
	if h.since.IsZero() {
		h.since = time.Now()
	}
	kept := batch[:0]
	for _, j := range batch {
		switch {
		case time.Since(j.came) < h.patience:
			kept = append(kept, j)
		case j.state.CompareAndSwap(waiting, taken):
			if h.asked == 0 {
				w.log.Error("another process holds the database; nothing can be written until it lets go", "waited", h.patience.String())
			}
			h.asked++
			j.err = errHeld
			close(j.done)
		}
	}
	return kept
}
