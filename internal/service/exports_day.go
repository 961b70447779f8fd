package service

import (
	"context"
	"errors"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Door is who is to come to an event, for the list at the door or for badges: name and organisation and
// nothing else, in Swedish order, those with protected identity last and masked. what names the paper in
// the audit log: "sign-in list", "badges". It takes PermExport or PermCheckIn at the event; domain.ErrNotFound
// for everyone else.
func (s *Exports) Door(ctx context.Context, a domain.Actor, slug, what string) (domain.Export, []domain.ExportRow, error) {
	r, err := reachOf(ctx, s.Store.Queries, a, domain.PermExport, domain.ListScope{Event: slug})
	if errors.Is(err, domain.ErrNotFound) { // who hands out lists elsewhere may stand at the door here
		r, err = reachOf(ctx, s.Store.Queries, a, domain.PermCheckIn, domain.ListScope{Event: slug})
	}
	if err != nil {
		return domain.Export{}, nil, err
	}
	e, err := s.Programme.Event(ctx, r.events[0].Slug)
	if err != nil {
		return domain.Export{}, nil, err
	}
	spec := domain.ExportSpec{
		Columns: []domain.ExportColumn{domain.ColumnName, domain.ColumnOrganisation}, Purpose: what, Format: domain.FormatPrint,
		Filter: domain.PeopleFilter{Statuses: []domain.RegistrationStatus{domain.Confirmed}},
	}
	t := &taking{
		actor: a, rows: make(map[domain.EventID]int),
		head: domain.Export{
			Scope: domain.ListScope{Event: slug}, Title: e.Title, Spec: spec, MadeAt: s.Now(), MadeBy: a.Name,
			Events: []domain.ExportEvent{{Event: e}},
		},
	}
	var rows []domain.ExportRow
	err = s.reader(t)(ctx, e.ID, func(page []domain.ExportRow) error {
		for _, p := range page {
			rows = append(rows, domain.ExportRow{Nr: p.Nr, Registration: atTheDoor(p.Registration)})
		}
		return nil
	})
	if err != nil {
		return domain.Export{}, nil, err
	}
	told := false
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if told, err = s.tellOfficers(ctx, tx, t); err != nil {
			return err
		}
		return tx.Audit(ctx, s.line(t, e))
	})
	if err != nil {
		return domain.Export{}, nil, err
	}
	s.wake(told)
	return t.head, rows, nil
}

// atTheDoor is what a paper at a door may show.
func atTheDoor(r domain.Registration) domain.Registration {
	return domain.Registration{
		ID: r.ID, Ref: r.Ref, EventID: r.EventID, Status: r.Status, Protected: r.Protected, Attendance: r.Attendance,
		Participant: domain.Participant{GivenName: r.GivenName, FamilyName: r.FamilyName, Organisation: r.Organisation},
	}
}

// Venue is the numbers that a venue needs, for everyone who may see the event; food and access are counted by
// Registrations.Kitchen.
func (s *Exports) Venue(ctx context.Context, a domain.Actor, slug string) (domain.VenueSummary, error) {
	r, err := reachOf(ctx, s.Store.Queries, a, domain.PermReadEvent, domain.ListScope{Event: slug})
	if err != nil {
		return domain.VenueSummary{}, err
	}
	var v domain.VenueSummary
	if v.Event, err = s.Programme.Event(ctx, r.events[0].Slug); err != nil {
		return v, err
	}
	n, err := s.Store.Numbers(ctx, v.Event.ID)
	if err != nil {
		return v, err
	}
	v.Coming, v.Offered, v.Waiting = n.ByStatus[domain.Confirmed], n.ByStatus[domain.Offered], n.ByStatus[domain.Waitlisted]
	taken, waiting, err := s.Store.SessionCounts(ctx, v.Event.ID)
	for _, session := range v.Event.ChosenSessions() {
		id := domain.SessionID(session.ID)
		v.Sessions = append(v.Sessions, domain.SessionCount{Session: session, Taken: taken[id], Waiting: waiting[id]})
	}
	return v, err
}
