package export

import (
	"cmp"
	"slices"

	"github.com/temadag/temadag/internal/domain"
)

func isRegistered(l *line) bool { return l.reg.Status == domain.Confirmed }

// attendees puts the people of one event in order: the registered as they come, then those with
// protected identity, then the queue. Only the last two are kept in memory.
type attendees struct {
	table     *people
	event     *domain.Event
	nr        int
	protected []domain.Registration
	queue     []domain.Registration
	line      line // the one at hand
}

func (a *attendees) add(r *domain.Registration) error {
	switch {
	case r.Status != domain.Confirmed:
		a.queue = append(a.queue, *r)
		return nil
	case r.Protected:
		a.protected = append(a.protected, *r)
		return nil
	}
	return a.write(r, 0)
}

func (a *attendees) write(r *domain.Registration, place int) error {
	a.nr++
	a.line = line{reg: *r, event: a.event, nr: a.nr, place: place}
	return a.table.add(&a.line)
}

// finish writes those kept back. The protected stand in the order of their references, which tells
// nothing; offered places come before the queue.
func (a *attendees) finish() error {
	slices.SortFunc(a.protected, func(x, y domain.Registration) int {
		return cmp.Compare(x.Ref, y.Ref)
	})
	for i := range a.protected {
		if err := a.write(&a.protected[i], 0); err != nil {
			return err
		}
	}
	offeredFirst := map[domain.RegistrationStatus]int{domain.Offered: 0, domain.Waitlisted: 1, domain.Pending: 2}
	slices.SortStableFunc(a.queue, func(x, y domain.Registration) int {
		return cmp.Or(
			cmp.Compare(offeredFirst[x.Status], offeredFirst[y.Status]),
			cmp.Compare(x.QueuePosition, y.QueuePosition),
			cmp.Compare(x.ID, y.ID), // in order of arrival
		)
	})
	place := 0
	for i := range a.queue {
		r, at := &a.queue[i], 0
		if r.Status == domain.Waitlisted {
			place++
			at = cmp.Or(r.QueuePosition, place)
		}
		if err := a.write(r, at); err != nil {
			return err
		}
	}
	return nil
}
