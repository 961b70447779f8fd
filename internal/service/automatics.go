package service

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Automatics are the letters about an event that go by themselves. Each becomes a mailing when its time has
// come, which the clock approves instead of a person, and goes out as every mailing does. What staff decide
// about them is in automatics_edit.go, and how they are looked at in automatics_look.go.
type Automatics struct {
	Store    *store.Store
	Mailings *Mailings
	// Words are the program's own words, for events whose staff have written none.
	Words map[domain.AutomaticKind]domain.MailingEntry
	Now   func() time.Time
	Log   *slog.Logger
	// Wake is called when Begin may have something to do earlier than it knew; nil is allowed.
	Wake func()
}

const (
	automaticsBack  = 75             // days after an event in which a letter may still be due
	automaticsAgain = time.Hour      // between looks at a letter that something is missing for
	automaticsLook  = 24 * time.Hour // between looks at a letter that nobody is to get yet
	automaticsIdle  = 6 * time.Hour  // between looks while nothing is known to be due
)

// Begin makes mailings of the letters whose time has come, and answers when it wants to be called again: when
// the next is due, and some times a day in any case. Each is one transaction, and the database holds one
// mailing for each kind, event and day: of several workers one makes it, and one that is killed has made it or
// not begun. A letter that cannot go keeps none of the others.
func (s *Automatics) Begin(ctx context.Context, a domain.Actor) (time.Time, error) {
	if err := a.Require(domain.PermDeliver); err != nil {
		return time.Time{}, err
	}
	now := s.Now()
	events, err := s.Store.AutomaticEvents(ctx, domain.DateIn(now).AddDays(-automaticsBack))
	if err != nil {
		return time.Time{}, err
	}
	next, begun := now.Add(automaticsIdle), false
	var faults []error
	for _, e := range events {
		for _, k := range domain.AutomaticKinds() {
			letter := letterOf(e, k)
			switch plan := letter.Plan(e.Event, e.Timed, e.Sent, now); plan.State {
			case domain.AutomaticAhead:
				next = earlier(next, plan.At)
			case domain.AutomaticDue:
				again, err := s.begin(ctx, a, e.ID, k)
				faults = append(faults, err)
				next = earlier(next, again)
				begun = true
			}
		}
	}
	if begun {
		s.Mailings.wake()
	}
	return next, errors.Join(faults...)
}

// letterOf is a letter of an event, as its staff have changed it or as it is by itself.
func letterOf(e store.AutomaticEvent, k domain.AutomaticKind) domain.Automatic {
	for _, l := range e.Letters {
		if l.Kind == k {
			return l
		}
	}
	return domain.DefaultAutomatic(k)
}

// begin makes the mailing of a letter that is due, and answers when to look at it again where it cannot go yet.
func (s *Automatics) begin(ctx context.Context, a domain.Actor, id domain.EventID, k domain.AutomaticKind) (again time.Time, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		again = time.Time{}
		e, err := tx.AutomaticEvent(ctx, id)
		if err != nil {
			return err
		}
		letter := letterOf(e, k)
		plan := letter.Plan(e.Event, e.Timed, nil, s.Now()) // whether it has gone, the database tells when it is kept
		if plan.State != domain.AutomaticDue {
			return nil // it was switched off, moved or called off this very moment
		}
		if again, err = s.waits(ctx, tx.Queries, e.Event, letter); err != nil || !again.IsZero() {
			return err
		}
		to, err := s.recipients(ctx, tx.Queries, e.Event, letter, plan.At)
		if err != nil {
			return err
		}
		if len(to.goes) == 0 && !k.Before() { // until somebody has noted who came
			again = s.Now().Add(automaticsLook)
			return nil
		}
		if err := s.ready(e.Event, letter, to); err != nil {
			again = s.Now().Add(automaticsAgain)
			s.Log.WarnContext(ctx, "an automatic letter cannot go", "event", e.Slug, "kind", string(k), "error", err)
			return nil
		}
		return s.keep(ctx, tx, a, e.Event, letter, to)
	})
	if err != nil {
		again = s.Now().Add(automaticsAgain)
	}
	return again, err
}

// waits is until when a letter waits for whoever is noting who came; the zero time where it does not.
func (s *Automatics) waits(ctx context.Context, q store.Queries, e domain.Event, letter domain.Automatic) (time.Time, error) {
	if letter.Kind.Before() {
		return time.Time{}, nil
	}
	last, err := q.AttendanceNotedAt(ctx, e.ID)
	return letter.WaitsUntil(e, last, s.Now()), err
}

// keep writes the mailing of a letter, ready to be sent; nothing where it is there already.
func (s *Automatics) keep(ctx context.Context, tx *store.Tx, a domain.Actor, e domain.Event, letter domain.Automatic, to automaticTo) error {
	now := s.Now()
	m := domain.Mailing{
		UID: auth.NewKey(), County: e.Owner.Code, Kind: domain.MailingParticipants, MailingEntry: s.entry(e, letter, to.marked),
		Auto:  domain.AutoMailing{Kind: letter.Kind, Event: e.ID, Day: e.Day, Link: letter.Link},
		State: domain.MailingSending, SendAt: now, Recipients: len(to.goes), By: a.Name, ApprovedBy: a.Name,
		Created: now, Approved: now,
	}
	var err error
	if m.ID, err = tx.InsertMailing(ctx, m, a.User, []domain.EventID{e.ID}); err != nil || m.ID == 0 {
		return err
	}
	if len(to.goes) == 0 {
		m.State, m.Ended = domain.MailingDone, now
		return setMailing(ctx, tx, m, domain.MailingDraft)
	}
	frozen := make([]store.MailingRecipient, len(to.goes))
	for i, r := range to.goes {
		frozen[i] = store.MailingRecipient{ID: r.ID, Status: r.Status}
	}
	if err := tx.FreezeRecipients(ctx, m.ID, frozen); err != nil {
		return err
	}
	if err := setMailing(ctx, tx, m, domain.MailingDraft); err != nil {
		return err
	}
	return tx.Audit(ctx, s.line(a, e, domain.AuditAutomaticBegun, map[string]string{
		"kind": string(letter.Kind), "people": strconv.Itoa(len(to.goes)),
	}))
}

// entry is a letter as a mailing.
func (s *Automatics) entry(e domain.Event, letter domain.Automatic, marked bool) domain.MailingEntry {
	in := letter.Words(s.Words[letter.Kind])
	in.Audience = domain.Audience{
		Scope: domain.ListScope{Event: e.Slug}, Filter: domain.PeopleFilter{Statuses: []domain.RegistrationStatus{domain.Confirmed}},
	}
	switch {
	case letter.Kind == domain.AutomaticThanks && marked:
		in.Audience.Filter.Attendance = domain.Present
	case letter.Kind == domain.AutomaticAbsent:
		in.Audience.Filter.Attendance = domain.Absent
	}
	return in
}

// automaticTo is whom a letter goes to.
type automaticTo struct {
	goes, refused []domain.Recipient // refused for a reason of their address
	marked        bool               // somebody has noted who came
}

// recipients are those whom a letter goes to that was due at an instant, each address once.
func (s *Automatics) recipients(ctx context.Context, q store.Queries, e domain.Event, letter domain.Automatic, due time.Time) (automaticTo, error) {
	people, marked, err := q.PlacesBefore(ctx, e.ID, due, mostRecipients)
	if err != nil {
		return automaticTo{}, err
	}
	var all []domain.Recipient
	var hashes [][]byte
	seen := make(map[string]bool)
	for _, p := range people {
		if !letter.GoesTo(p, due, marked) {
			continue
		}
		r, hash, key := domain.Recipient{PersonRow: domain.PersonRow{Registration: p, Hidden: p.Protected}}, []byte(nil), p.EmailKey()
		switch {
		case key == "":
			r.Refusal = "mailing.refusal.no_address"
		case seen[key]:
			r.Refusal = "mailing.refusal.same_address"
		default:
			hash = s.Mailings.Registrations.Keys.AddressHash(key)
		}
		seen[key] = true
		all, hashes = append(all, r), append(hashes, hash)
	}
	if err := s.Mailings.suppressed(ctx, q, e.Owner.Code, domain.MailingParticipants, all, hashes); err != nil {
		return automaticTo{}, err
	}
	to := automaticTo{marked: marked}
	for _, r := range all {
		if r.Refusal == "" {
			to.goes = append(to.goes, r)
		} else {
			to.refused = append(to.refused, r)
		}
	}
	return to, nil
}

// ready tells what keeps a letter from going, as *domain.Invalid, or nil.
func (s *Automatics) ready(e domain.Event, letter domain.Automatic, to automaticTo) error {
	words := letter.Words(s.Words[letter.Kind])
	if err := words.Ready(readEnglish(to.goes) > 0); err != nil {
		return err
	}
	v := &domain.Invalid{}
	people := make([]domain.Registration, len(to.goes))
	for i, r := range to.goes {
		people[i] = r.Registration
	}
	words.Missing(v, people, map[domain.EventID]domain.Event{e.ID: e})
	return v.Err()
}

func (s *Automatics) line(a domain.Actor, e domain.Event, what domain.AuditAction, details map[string]string) domain.AuditEntry {
	details["event"] = e.Slug
	return domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, County: e.Owner.Code, Action: what, Object: "event",
		ObjectID: strconv.FormatInt(int64(e.ID), 10), Details: details,
	}
}
