package service

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

const (
	auditPage = 50
	auditMost = 1000
)

// Audit reads the audit log. It is written with Tx.Audit, in the transaction of what it tells.
type Audit struct {
	Store *store.Store
	Now   func() time.Time
}

// scope is what the actor may read: of counties where she holds PermReadAudit, and about the accounts of
// users there.
func (s *Audit) scope(a domain.Actor) (store.AuditScope, error) {
	if err := a.Require(domain.PermReadAudit); err != nil {
		return store.AuditScope{}, err
	}
	counties, all := manages(a, domain.PermReadAudit)
	return store.AuditScope{Counties: counties, All: all}, nil
}

// Entries are the lines that the filter chooses among those the actor may read: of counties where she
// holds PermReadAudit, and about the accounts of users there. next is Before for the next page, 0 at
// the end.
func (s *Audit) Entries(ctx context.Context, a domain.Actor, f domain.AuditFilter) (lines []domain.AuditEntry, next int64, err error) {
	scope, err := s.scope(a)
	if err != nil {
		return nil, 0, err
	}
	if f.Limit <= 0 {
		f.Limit = auditPage
	}
	most := min(f.Limit, auditMost)
	f.Limit = most + 1
	lines, err = s.Store.AuditEntries(ctx, scope, f)
	if len(lines) > most {
		lines = lines[:most]
		next = lines[most-1].ID
	}
	return lines, next, err
}

// Lines are Entries with what their numbers stand for.
func (s *Audit) Lines(ctx context.Context, a domain.Actor, f domain.AuditFilter) (lines []domain.AuditLine, next int64, err error) {
	entries, next, err := s.Entries(ctx, a, f)
	if err != nil {
		return nil, 0, err
	}
	names, err := s.names(ctx, entries)
	if err != nil {
		return nil, 0, err
	}
	lines = make([]domain.AuditLine, len(entries))
	for i, e := range entries {
		lines[i] = names.line(e)
	}
	return lines, next, nil
}

// Choices is what the lines that the actor may read can be chosen by.
func (s *Audit) Choices(ctx context.Context, a domain.Actor) (domain.AuditChoices, error) {
	scope, err := s.scope(a)
	if err != nil {
		return domain.AuditChoices{}, err
	}
	people, err := s.Store.AuditActors(ctx, scope)
	if err != nil {
		return domain.AuditChoices{}, err
	}
	events, err := s.Store.DeskEvents(ctx, store.DeskScope{Reach: store.ReachOf(a, domain.PermReadAudit)})
	return domain.AuditChoices{People: people, Events: events}, err
}

// Export hands every line that the filter chooses to each, the newest first, and then writes in the log that
// it was done: in every county that was read. Where that cannot be written, or each fails, it ends with the
// error, and what was handed out is to be thrown away.
func (s *Audit) Export(ctx context.Context, a domain.Actor, f domain.AuditFilter, each func(domain.AuditLine) error) (rows int, err error) {
	scope, err := s.scope(a)
	if err != nil {
		return 0, err
	}
	f.Limit = auditMost
	for {
		lines, next, err := s.Lines(ctx, a, f)
		if err != nil {
			return rows, err
		}
		for _, l := range lines {
			if err := each(l); err != nil {
				return rows, err
			}
			rows++
		}
		if next == 0 {
			break
		}
		f.Before = next
	}
	return rows, s.taken(ctx, a, scope, f, rows)
}

func (s *Audit) taken(ctx context.Context, a domain.Actor, scope store.AuditScope, f domain.AuditFilter, rows int) error {
	counties := scope.Counties
	switch {
	case scope.All:
		counties = []domain.OrganiserCode{""}
	case f.County != "":
		counties = []domain.OrganiserCode{f.County}
	}
	details := map[string]string{"rows": strconv.Itoa(rows)}
	if !f.From.IsZero() {
		details["from"] = f.From.String()
	}
	if !f.To.IsZero() {
		details["to"] = f.To.String()
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		for _, c := range counties {
			err := tx.Audit(ctx, domain.AuditEntry{
				At: s.Now(), User: a.User, Actor: a.Name, County: c, Action: domain.AuditLogTaken, Object: "audit", Details: details,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// auditNames is what the numbers of some lines stand for.
type auditNames struct {
	users  map[domain.UserID]string
	refs   map[domain.RegistrationID]store.AuditRef
	events map[domain.EventID]domain.Event
	series map[string]domain.Text
}

func (s *Audit) names(ctx context.Context, entries []domain.AuditEntry) (auditNames, error) {
	var n auditNames
	var users []domain.UserID
	var people []domain.RegistrationID
	var events []domain.EventID
	series := false
	for _, e := range entries {
		switch id := number(e.ObjectID); e.Object {
		case "user":
			users = once(users, domain.UserID(id))
			events = once(events, domain.EventID(number(e.Details["event"])))
		case auditPerson:
			people = once(once(people, domain.RegistrationID(id)), domain.RegistrationID(number(e.Details["kept"])))
		case "event":
			events = once(events, domain.EventID(id))
		case "series":
			series = true
		}
	}
	var err error
	if n.users, err = s.Store.UserNames(ctx, users); err != nil {
		return n, err
	}
	if n.refs, err = s.Store.AuditRefs(ctx, people); err != nil {
		return n, err
	}
	for _, r := range n.refs {
		events = once(events, r.Event)
	}
	if series {
		if n.series, err = s.Store.SeriesTitles(ctx); err != nil {
			return n, err
		}
	}
	n.events, err = s.Store.EventOutlines(ctx, events)
	return n, err
}

// number is 0 for what is none: a slug, or nothing.
func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// once is the list with one more, where it is something and not there yet.
func once[T ~int64](list []T, one T) []T {
	if one == 0 || slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

func (n auditNames) line(e domain.AuditEntry) domain.AuditLine {
	l := domain.AuditLine{AuditEntry: e}
	switch id := number(e.ObjectID); e.Object {
	case "user":
		l.Whom, l.Event = n.users[domain.UserID(id)], n.events[domain.EventID(number(e.Details["event"]))]
	case auditPerson:
		r := n.refs[domain.RegistrationID(id)]
		l.Ref, l.Event = r.Ref, n.events[r.Event]
		l.Other = n.refs[domain.RegistrationID(number(e.Details["kept"]))].Ref
	case "event":
		l.Event = n.events[domain.EventID(id)]
	case "series":
		l.Series = n.series[e.Details["series"]]
	}
	return l
}
