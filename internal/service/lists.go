package service

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// listPage is how many registrations are read at a time: enough to be fast, few enough to keep
// memory flat and the read short.
const listPage = 400

// Lists reads attendee lists for those who may see them.
type Lists struct {
	Store *store.Store
	Now   func() time.Time
}

// Open is the head of the list in scope, with the events the actor reaches. domain.ErrNotFound
// where the scope holds none of them: absent and forbidden look the same.
func (l *Lists) Open(ctx context.Context, a domain.Actor, s domain.ListScope) (domain.List, error) {
	if err := a.Require(domain.PermExport); err != nil {
		return domain.List{}, err
	}
	scope, title, err := l.scope(ctx, s)
	if err != nil {
		return domain.List{}, err
	}
	events, err := l.Store.Events(ctx, scope)
	if err != nil {
		return domain.List{}, err
	}
	events = slices.DeleteFunc(events, func(e domain.Event) bool { return !a.MayAt(domain.PermExport, e) })
	if len(events) == 0 {
		return domain.List{}, domain.NotFound("list.not_found")
	}
	if title.IsZero() {
		title = events[0].Title
	}
	list := domain.List{Scope: s, Title: title, MadeAt: l.Now(), MadeBy: a.Name}
	for _, e := range events {
		le, err := l.event(ctx, e)
		if err != nil {
			return domain.List{}, err
		}
		list.Events = append(list.Events, le)
	}
	return list, nil
}

func (l *Lists) scope(ctx context.Context, s domain.ListScope) (store.EventScope, domain.Text, error) {
	switch {
	case s.Event != "":
		return store.EventScope{Slug: s.Event}, domain.Text{}, nil
	case s.Series != "":
		series, err := l.Store.Series(ctx, s.Series)
		return store.EventScope{Series: series.ID}, series.Title, err
	case s.County != "":
		organisers, err := l.Store.Organisers(ctx)
		for _, o := range organisers {
			if o.Code == s.County {
				return store.EventScope{Owner: s.County}, domain.Text{Sv: o.Short, En: o.Short}, err
			}
		}
		return store.EventScope{}, domain.Text{}, domain.NotFound("list.not_found")
	}
	return store.EventScope{}, domain.Text{}, domain.NotFound("list.not_found")
}

func (l *Lists) event(ctx context.Context, e domain.Event) (domain.ListEvent, error) {
	if err := l.Store.FillEvent(ctx, &e); err != nil {
		return domain.ListEvent{}, err
	}
	n, err := l.Store.Numbers(ctx, e.ID)
	if err != nil {
		return domain.ListEvent{}, err
	}
	out := domain.ListEvent{
		Event: e, ByType: n.ByType,
		Confirmed: n.ByStatus[domain.Confirmed] + n.ByStatus[domain.Offered],
		Waiting:   n.ByStatus[domain.Waitlisted],
		Cancelled: n.ByStatus[domain.Cancelled] + n.ByStatus[domain.Transferred] + n.ByStatus[domain.Withdrawn] +
			n.ByStatus[domain.Declined],
	}
	for m, k := range n.ByMunicipality {
		out.ByMunicipality = append(out.ByMunicipality, domain.Count{Label: m, N: k})
	}
	slices.SortFunc(out.ByMunicipality, func(a, b domain.Count) int {
		return strings.Compare(domain.SortKey(a.Label)+"\x00"+a.Label, domain.SortKey(b.Label)+"\x00"+b.Label)
	})
	return out, nil
}

// Rows gives yield the registrations of an event page by page in Swedish order, whatever their
// status, with queue positions filled in. domain.ErrNotFound where the actor does not reach it.
func (l *Lists) Rows(ctx context.Context, a domain.Actor, id domain.EventID, yield func([]domain.Registration) error) error {
	if err := a.Require(domain.PermExport); err != nil {
		return err
	}
	e, err := l.Store.EventFacts(ctx, id)
	if err != nil {
		return err
	}
	if !a.MayAt(domain.PermExport, e) {
		return domain.NotFound("list.not_found")
	}
	queue, err := l.Store.Queue(ctx, id)
	if err != nil {
		return err
	}
	position := make(map[domain.RegistrationID]int, len(queue))
	for i, r := range queue {
		position[r] = i + 1
	}
	var after store.ListKey
	for more := true; more; {
		var page []domain.Registration
		if page, after, more, err = l.Store.Lists(ctx).ListPage(ctx, id, after, listPage); err != nil {
			return err
		}
		for i := range page {
			page[i].QueuePosition = position[page[i].ID]
		}
		if err := yield(page); err != nil {
			return err
		}
	}
	return nil
}
