package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/temadag/temadag/internal/domain"
)

// heldEvent is an event whose row has been read in the batch under way. A hundred people who register at it
// read it once between them, and what they change of its counters is owed and written together: as they
// stand here, so they will stand in the table before anybody else reads it, and before the commit.
type heldEvent struct {
	id                   int64
	event                *domain.Event // as it was read; never changed
	taken, waiting       int64         // now
	moreTaken, moreQueue int64         // of those, owed to the table
}

// held is the event, nil where its row must be read.
func (d *direct) heldEvent(id int64) *heldEvent {
	for i := range d.held {
		if d.held[i].id == id {
			return &d.held[i]
		}
	}
	return nil
}

func (h *heldEvent) now() domain.Event {
	e := *h.event
	e.Taken, e.Waiting = domain.Seats(h.taken), int(h.waiting)
	return e
}

// hold remembers an event that has been read.
func (d *direct) hold(e domain.Event) {
	d.held = append(d.held, heldEvent{id: int64(e.ID), event: &e, taken: int64(e.Taken), waiting: int64(e.Waiting)})
}

// mark remembers what is owed at the beginning of a caller's turn, for goBack.
func (d *direct) mark() {
	d.before = append(d.before[:0], d.held...)
	d.owedBefore, d.nextBefore = d.owed, d.nextID
}

// goBack forgets what a caller has done whose changes are undone: what she made the tables owe, and what she
// had them pay of others' debts.
func (d *direct) goBack() {
	d.held = append(d.held[:0], d.before...)
	d.owed, d.nextID = d.owedBefore, d.nextBefore
}

// settle writes what is owed and lets everything be read anew. Whatever may look at the table or change it
// settles first. A fault ends the batch, see takeFault.
func (d *direct) settle() error {
	if err := d.payRows(); err != nil {
		return err
	}
	if len(d.held) == 0 {
		return nil
	}
	held := slices.Clone(d.held)
	d.held = d.held[:0]
	for _, h := range held {
		if h.moreTaken == 0 && h.moreQueue == 0 {
			continue
		}
		res, err := d.command(`
UPDATE events SET seats_taken = seats_taken + ?, waiting = waiting + ? WHERE id = ? AND seats_taken = ? AND waiting = ?`,
			h.moreTaken, h.moreQueue, h.id, h.taken-h.moreTaken, h.waiting-h.moreQueue)
		if err == nil {
			var n int64
			if n, err = res.RowsAffected(); err == nil && n != 1 {
				err = fmt.Errorf("event %d is not as it was read", h.id)
			}
		}
		if err != nil {
			d.fault = fmt.Errorf("counters: %w", err)
			return d.fault
		}
	}
	return nil
}

// takeFault is what went wrong while the table was settled, once.
func (d *direct) takeFault() error {
	err := d.fault
	d.fault = nil
	return err
}

// forget drops what was held: the batch is over.
func (d *direct) forget() {
	d.held, d.before, d.fault = d.held[:0], d.before[:0], nil
	d.owed, d.owedBefore = owedRows{}, owedRows{}
	d.nextID, d.nextBefore = 0, 0
	d.unsaved = false
}

// hold lets those who come after in the batch know the event without reading it.
func (tx *Tx) hold(e domain.Event) {
	if d, ok := tx.q.(*direct); ok {
		d.hold(e)
	}
}

// lockHeld is LockEvent on the writing connection of SQLite; false elsewhere, and where the row must be read.
func (tx *Tx) lockHeld(id domain.EventID) (domain.Event, bool) {
	if d, ok := tx.q.(*direct); ok {
		if h := d.heldEvent(int64(id)); h != nil {
			return h.now(), true
		}
	}
	return domain.Event{}, false
}

// firstUnsettled is first for a row whose counters are held by nobody.
func (tx *Tx) firstUnsettled(ctx context.Context, query string, args []any, dest ...any) error {
	if d, ok := tx.q.(*direct); ok {
		return d.read(query, args, dest...)
	}
	return tx.first(ctx, query, args, dest...)
}

// takeHeld is TakeSeat of an event that is held; false where none is.
func (tx *Tx) takeHeld(id domain.EventID) (taken, held bool) {
	d, ok := tx.q.(*direct)
	if !ok {
		return false, false
	}
	h := d.heldEvent(int64(id))
	if h == nil {
		return false, false
	}
	if h.taken >= int64(h.event.Capacity) {
		return false, true
	}
	h.taken++
	h.moreTaken++
	return true, true
}

// queueHeld is JoinQueue of an event that is held; false where none is.
func (tx *Tx) queueHeld(id domain.EventID) bool {
	d, ok := tx.q.(*direct)
	if !ok {
		return false
	}
	h := d.heldEvent(int64(id))
	if h == nil {
		return false
	}
	h.waiting++
	h.moreQueue++
	return true
}
