package service

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// People finds participants for staff, shows one of them, and does to many what Registrations does to
// one. The files beside hold what is done to many (people_bulk.go) and two registrations of one person
// (people_merge.go).
//
// Someone with protected identity is masked wherever she stands, and found by her reference number
// alone: a search that finds her by name would tell that she comes. Who may protect may also look, by a
// step of its own that is written into the audit log first.
type People struct {
	Store         *store.Store
	Registrations *Registrations
	Now           func() time.Time
	// WakeAutomatics is called when somebody has noted who came; nil is allowed.
	WakeAutomatics func()
}

const (
	peoplePage    = 50
	mostOnAPage   = 500
	mostPersons   = 10_000 // that anything is done to at once
	mostSameNames = 2_000
)

// The audit log's words for what is done to people.
const (
	auditPerson = "registration"
	auditList   = "list"
)

// reach is the events of a scope where the actor holds a permission, and of these the ones where she may
// see protected people.
type reach struct {
	events []domain.Event
	clear  []domain.EventID
}

// reachOf is never empty: a scope without an event for the actor is domain.ErrNotFound, absent or not.
func reachOf(ctx context.Context, q store.Queries, a domain.Actor, p domain.Permission, s domain.ListScope) (reach, error) {
	var r reach
	if err := a.Require(p); err != nil {
		return r, err
	}
	events, err := q.PeopleEvents(ctx, s)
	if err != nil {
		return r, err
	}
	for _, e := range events {
		if a.MayAt(p, e) {
			r.events = append(r.events, e)
			if a.MayAt(domain.PermProtect, e) {
				r.clear = append(r.clear, e.ID)
			}
		}
	}
	if len(r.events) == 0 {
		return r, domain.NotFound("list.not_found")
	}
	return r, nil
}

func (r reach) ids() []domain.EventID {
	out := make([]domain.EventID, len(r.events))
	for i, e := range r.events {
		out[i] = e.ID
	}
	return out
}

func (r reach) named() map[domain.EventID]domain.PeopleEvent {
	out := make(map[domain.EventID]domain.PeopleEvent, len(r.events))
	for _, e := range r.events {
		out[e.ID] = peopleEvent(e)
	}
	return out
}

func peopleEvent(e domain.Event) domain.PeopleEvent {
	return domain.PeopleEvent{ID: e.ID, Slug: e.Slug, Title: e.Title, Town: e.Town, Day: e.Day, Owner: e.Owner.Code}
}

// namedEvent is an event as lists of people name it, with its title.
func namedEvent(ctx context.Context, q store.Queries, id domain.EventID) (domain.PeopleEvent, error) {
	facts, err := q.EventFacts(ctx, id)
	if err != nil {
		return domain.PeopleEvent{}, err
	}
	titled, err := q.PeopleEvents(ctx, domain.ListScope{Event: facts.Slug})
	if err != nil {
		return domain.PeopleEvent{}, err
	}
	if len(titled) == 0 { // deleted meanwhile
		return peopleEvent(facts), nil
	}
	return peopleEvent(titled[0]), nil
}

// search is what the store is asked for a query within reach.
func (r reach) search(q domain.PeopleQuery) store.PeopleSearch {
	s := store.PeopleSearch{
		Events: r.ids(), Words: domain.SearchWords(q.Search), Filter: q.Filter, Sort: q.Sort, After: q.After, Limit: q.Limit,
	}
	if q.Reveal {
		s.Clear = r.clear
	}
	return s
}

// Find is a page of the participants that a query chooses among those of the events where the actor holds
// PermReadRegistrations. domain.ErrNotFound where the scope holds none of these, and where After is nobody
// there. With Reveal, protected people are shown at the events where the actor holds PermProtect, and how
// many were is in the audit log before they are.
func (s *People) Find(ctx context.Context, a domain.Actor, q domain.PeopleQuery) (domain.PeoplePage, error) {
	r, err := reachOf(ctx, s.Store.Queries, a, domain.PermReadRegistrations, q.Scope)
	if err != nil {
		return domain.PeoplePage{}, err
	}
	if q.Limit <= 0 {
		q.Limit = peoplePage
	}
	q.Limit = min(q.Limit, mostOnAPage)
	search := r.search(q)
	people, more, counts, err := s.pageAndCounts(ctx, search)
	if err != nil {
		return domain.PeoplePage{}, err
	}
	page := domain.PeoplePage{Counts: counts, Total: chosen(counts, q.Filter)}
	named := r.named()
	for _, e := range r.events {
		page.Events = append(page.Events, named[e.ID])
	}
	if more {
		page.Next = people[len(people)-1].ID
	}
	page.Rows, err = s.rows(ctx, people, named, search.Clear)
	if err == nil && q.Reveal {
		err = s.noteRevealed(ctx, a, r, page.Rows)
	}
	if err != nil {
		return domain.PeoplePage{}, err
	}
	return page, nil
}

// pageAndCounts asks once where that tells all. In the order of names the page is at hand, or else there
// is little to find; in any other, both go through everyone in scope and are asked side by side.
func (s *People) pageAndCounts(ctx context.Context, search store.PeopleSearch) ([]domain.Registration, bool, map[domain.RegistrationStatus]int, error) {
	if search.Sort == domain.SortByName || search.Sort == "" {
		people, more, err := s.Store.Lists(ctx).FindPeople(ctx, search)
		if err != nil {
			return nil, false, nil, err
		}
		if !more && search.After == 0 && len(search.Filter.Statuses) == 0 {
			return people, false, countOf(people), nil
		}
		counts, err := s.Store.Lists(ctx).CountPeople(ctx, search)
		return people, more, counts, err
	}
	type counted struct {
		n   map[domain.RegistrationStatus]int
		err error
	}
	done := make(chan counted, 1)
	go func() {
		n, err := s.Store.Lists(ctx).CountPeople(ctx, search)
		done <- counted{n, err}
	}()
	people, more, err := s.Store.Lists(ctx).FindPeople(ctx, search)
	c := <-done
	return people, more, c.n, errors.Join(err, c.err)
}

func countOf(people []domain.Registration) map[domain.RegistrationStatus]int {
	out := make(map[domain.RegistrationStatus]int)
	for _, p := range people {
		out[p.Status]++
	}
	return out
}

// chosen is how many of those counted have a status that the filter chooses.
func chosen(counts map[domain.RegistrationStatus]int, f domain.PeopleFilter) int {
	n := 0
	for status, k := range counts {
		if len(f.Statuses) == 0 || slices.Contains(f.Statuses, status) != f.Negated(domain.FieldStatus) {
			n += k
		}
	}
	return n
}

// rows are people as a list shows them. Those of clear events are shown as they are.
func (s *People) rows(ctx context.Context, people []domain.Registration, events map[domain.EventID]domain.PeopleEvent, clear []domain.EventID) ([]domain.PersonRow, error) {
	ids := make([]domain.RegistrationID, len(people))
	waiting := make(map[domain.EventID][]domain.RegistrationID)
	for i, p := range people {
		ids[i] = p.ID
		if p.Status == domain.Waitlisted {
			waiting[p.EventID] = append(waiting[p.EventID], p.ID)
		}
	}
	failed, asked, err := s.Store.PeopleMarks(ctx, ids)
	if err != nil {
		return nil, err
	}
	place := make(map[domain.RegistrationID]int)
	for event, ids := range waiting {
		positions, err := s.Store.QueuePositions(ctx, event, ids)
		if err != nil {
			return nil, err
		}
		for id, n := range positions {
			place[id] = n
		}
	}
	out := make([]domain.PersonRow, len(people))
	for i, p := range people {
		p.QueuePosition = place[p.ID]
		out[i] = domain.PersonRow{Registration: p, Event: events[p.EventID], Failed: failed[p.ID], Asked: asked[p.ID]}
		if p.Protected && !slices.Contains(clear, p.EventID) {
			out[i].Registration, out[i].Hidden = p.Masked(), true
		}
	}
	return out, nil
}

// noteRevealed writes down who was shown although she is protected, event by event.
func (s *People) noteRevealed(ctx context.Context, a domain.Actor, r reach, rows []domain.PersonRow) error {
	shown := make(map[domain.EventID][]domain.RegistrationID)
	for _, p := range rows {
		if p.Protected && !p.Hidden {
			shown[p.EventID] = append(shown[p.EventID], p.ID)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		for _, e := range r.events {
			for _, id := range shown[e.ID] {
				if err := tx.Audit(ctx, s.line(a, e, domain.AuditProtectedShown, auditPerson, int64(id), nil)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// line is a line of the audit log about something at an event.
func (s *People) line(a domain.Actor, e domain.Event, what domain.AuditAction, object string, id int64, details map[string]string) domain.AuditEntry {
	return domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, County: e.Owner.Code, Action: what, Object: object,
		ObjectID: strconv.FormatInt(id, 10), Details: details,
	}
}
