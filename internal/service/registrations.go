package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// lettersToRepeats is how many letters a day may answer someone who registers an address again: a
// form must not become a way to fill another's mailbox.
const lettersToRepeats = 2

// Registrations takes registrations, shows a person her own, and carries each through its life:
// arrival here, the rest in the files beside.
type Registrations struct {
	Store     *store.Store
	Programme *Programme
	Keys      *auth.Keys
	Now       func() time.Time
	// Wake is called when a letter has been put into the outbox, WakeClock when something has been
	// given a time at which it ends. nil is allowed for both.
	Wake      func()
	WakeClock func()
	// Erased writes down outside the database what a step erases for good; nil is allowed.
	Erased Intend
	// Withhold keeps the letters in the outbox without ever sending them: for made-up participants.
	Withhold bool
}

// RegisterInput is one submission of the form.
type RegisterInput struct {
	EventSlug string
	Key       string // the submission key of the form token: the same for every repeat of one form
	Entry     domain.Entry
	TermsID   int64 // the terms that were on the screen
	Lang      domain.Lang
	Channel   domain.Channel
	SeatOnly  bool // she has not been asked whether she wants to stand in the queue
}

// Register gives a person a place, or a place in the queue, once: place, history and letter are
// written together or not at all. Where the organiser approves each application it waits for that
// instead. The same submission again answers the same receipt and changes nothing. An address that
// is registered already gets a receipt like anyone else's, and a letter that tells.
//
// Through any other channel than the web it is staff who register someone: the actor must
// hold PermRegisterOther and reach the event, and the address may be left out; what is owed by
// letter is then recorded and printed instead.
//
// Errors: *domain.Invalid for what was typed; of class CodeConflict where the terms have changed
// ("registration.terms_changed") or the form was already used for someone else
// ("registration.already_sent"); CodeClosed; CodeFull, with the key "registration.queue_only" where
// only the queue is open and SeatOnly is set; CodeNotFound; CodeUnavailable. Those of class CodeClosed and CodeFull
// are *domain.Refused.
func (s *Registrations) Register(ctx context.Context, a domain.Actor, in RegisterInput) (domain.Receipt, error) {
	e, err := s.mayRegister(ctx, a, in.EventSlug, in.Channel)
	if err != nil {
		return domain.Receipt{}, err
	}
	in.Entry.EmailOptional = in.Channel != domain.ChannelWeb
	p, err := e.ReadEntry(in.Entry)
	if err != nil {
		return domain.Receipt{}, err
	}
	if in.TermsID != e.Terms.ID {
		return domain.Receipt{}, &domain.Error{Code: domain.CodeConflict, Key: "registration.terms_changed"}
	}
	ar := arrival{event: e, app: &p, seatOnly: in.SeatOnly}
	ar.k = s.newKept(auth.UID(in.Key), e, p.Participant, in.Lang, in.Channel)
	if err := ar.k.MakeReady(); err != nil {
		return domain.Receipt{}, err
	}
	came := ar
	err = s.writeAt(ctx, e.ID, a, in.Channel, func(st step) error {
		ar = came // it may run twice: whoever is let in from the queue may leave something behind elsewhere
		return st.admit(ctx, &ar)
	})
	if err != nil {
		return domain.Receipt{}, err
	}
	if ar.k.Status == domain.Waitlisted {
		s.clockSet() // where a pair ahead waits for two, she may have been offered the one
	}
	return receiptOf(in.EventSlug, ar.k), nil
}

// mayRegister is the event, for whoever may register people at it through the channel.
func (s *Registrations) mayRegister(ctx context.Context, a domain.Actor, slug string, ch domain.Channel) (*domain.Event, error) {
	perm := domain.PermRegister
	if ch != domain.ChannelWeb && ch != domain.ChannelImport {
		perm = domain.PermRegisterOther
	}
	if err := a.Require(perm); err != nil {
		return nil, err
	}
	e, err := s.Programme.outline(ctx, slug)
	if err == nil && perm == domain.PermRegisterOther && !a.MayAt(perm, *e) {
		err = domain.NotFound("event.not_found")
	}
	return e, err
}

// newKept is a registration that has just come in, without a status.
func (s *Registrations) newKept(uid []byte, e *domain.Event, p domain.Participant, l domain.Lang, ch domain.Channel) store.Kept {
	return store.Kept{
		UID: uid, LinkHash: auth.LinkHash(s.Keys.Link(uid, 1)),
		Registration: domain.Registration{
			Participant: p, EventID: e.ID, Channel: ch, Lang: l, TermsID: e.Terms.ID,
			LinkVersion: 1, ReceivedAt: s.Now().UTC().Truncate(time.Microsecond), Ref: domain.ReferenceOf(uid),
		},
	}
}

func receiptOf(slug string, k store.Kept) domain.Receipt {
	return domain.Receipt{
		EventSlug: slug, Status: k.Status, Reference: k.Ref, Email: k.Email, ReceivedAt: k.ReceivedAt, Lang: k.Lang,
		Organisation: k.Organisation, OrganisationType: k.OrganisationType, Municipality: k.Municipality, Invoice: k.Invoice,
	}
}

// arrival is one person on her way in. What was decided is left in k.
type arrival struct {
	k        store.Kept
	event    *domain.Event // outline: its rules hold, its counters may be old
	app      *domain.Application
	seatOnly bool
	// The four below are for those who do not come through the single form.
	history domain.HistoryKind // of a confirmed place; "" means HistoryRegistered
	letter  domain.LetterKind  // of a confirmed place; "" means LetterConfirmed
	queued  domain.HistoryKind // of a place in the queue; "" means HistoryWaitlisted
	queuing domain.LetterKind  // of a place in the queue; "" means LetterWaitlisted
	details domain.Details
	met     bool // the row was there already: nothing was taken
}

// admit is the one way to a place.
func (st step) admit(ctx context.Context, ar *arrival) error {
	e, err := st.tx.LockEvent(ctx, ar.k.EventID)
	if err != nil {
		return err
	}
	e.Rules = ar.event.Rules
	ar.k.ReceivedAt = st.now // what is kept is the instant that decides, so that the table is in order of it
	status, refusal := e.Admit(st.now)
	if status == domain.Waitlisted && ar.seatOnly {
		refusal = &domain.Error{Code: domain.CodeFull, Key: "registration.queue_only"}
	}
	if refusal != nil {
		return st.earlier(ctx, &ar.k, &domain.Refused{Refusal: refusal, Event: e})
	}
	ar.k.Status = status
	id, isNew, err := st.tx.InsertRegistration(ctx, ar.k)
	if err != nil {
		return err
	}
	if !isNew {
		ar.met = true
		return st.meetEarlier(ctx, &ar.k)
	}
	ar.k.ID = id
	if err := st.arrive(ctx, e, ar); err != nil {
		return err
	}
	return st.bring(ctx, e, ar)
}

// arrive counts the newcomer, and writes the first line of her history and her first letter.
func (st step) arrive(ctx context.Context, e domain.Event, ar *arrival) (err error) {
	k := &ar.k
	var kind domain.HistoryKind
	var letter domain.LetterKind
	switch k.Status {
	case domain.Confirmed:
		kind, letter = or(ar.history, domain.HistoryRegistered), or(ar.letter, domain.LetterConfirmed)
		err = takeSeat(ctx, st.tx, k.EventID)
	case domain.Waitlisted:
		kind, letter = or(ar.queued, domain.HistoryWaitlisted), or(ar.queuing, domain.LetterWaitlisted)
		k.QueuePosition = e.Waiting + 1
		err = st.tx.JoinQueue(ctx, k.EventID)
	case domain.Pending:
		kind, letter = domain.HistoryApplied, domain.LetterApplied
	default:
		panic("service: nobody arrives as " + string(k.Status))
	}
	if err != nil {
		return err
	}
	return st.first(ctx, *k, kind, letter, ar.details)
}

// first writes line 1 of a history and the first letter.
func (st step) first(ctx context.Context, k store.Kept, kind domain.HistoryKind, letter domain.LetterKind, d domain.Details) error {
	err := st.tx.InsertHistory(ctx, 1, domain.HistoryEntry{
		RegistrationID: k.ID, At: k.ReceivedAt, Kind: kind, Channel: st.channel, Actor: byWhom(st.a), Details: d,
	})
	if err != nil {
		return err
	}
	return st.owe(ctx, 0, letter, k, d)
}

// bring keeps what few newcomers bring: needs and chosen sessions. Where a place is free and yet
// somebody waits, the queue is looked at again.
func (st step) bring(ctx context.Context, e domain.Event, ar *arrival) error {
	if err := st.keepNeeds(ctx, ar.k, ar.event, ar.app.Needs); err != nil {
		return err
	}
	if len(ar.app.Sessions) > 0 {
		if err := st.wishSessions(ctx, ar.k, ar.app.Sessions); err != nil {
			return err
		}
		if ar.k.Status == domain.Confirmed {
			if err := st.seatSessions(ctx, ar.k); err != nil {
				return err
			}
		}
	}
	if ar.k.Status == domain.Waitlisted && e.Taken < e.Capacity {
		return st.settle(ctx, ar.k.EventID)
	}
	return nil
}

func or[T ~string](a, b T) T {
	if a == "" {
		return b
	}
	return a
}

// takeSeat fails where domain saw a place and the table sees none: the two must never differ.
func takeSeat(ctx context.Context, tx *store.Tx, id domain.EventID) error {
	taken, err := tx.TakeSeat(ctx, id)
	if err == nil && !taken {
		err = fmt.Errorf("service: event %d had a place and has none", id)
	}
	return err
}

func byWhom(a domain.Actor) string {
	if a.Role == domain.RoleVisitor {
		return ""
	}
	return a.Name
}

// earlier answers a repeat of a submission that was taken before the event closed or filled, and
// refuses everyone else.
func (st step) earlier(ctx context.Context, k *store.Kept, refusal error) error {
	err := st.sameSubmission(ctx, k)
	if errors.Is(err, domain.ErrNotFound) {
		return refusal
	}
	return err
}

// meetEarlier is what happens when the row was there: the same form sent again, or the same person.
func (st step) meetEarlier(ctx context.Context, k *store.Kept) error {
	err := st.sameSubmission(ctx, k)
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	first, err := st.tx.LiveRegistration(ctx, k.EventID, k.EmailKey())
	if err != nil {
		return fmt.Errorf("service: neither new nor a repeat: %w", err)
	}
	return st.noteRepeat(ctx, k, first)
}

// sameSubmission fills k from the first time this form was sent; domain.ErrNotFound where it is
// the first.
func (st step) sameSubmission(ctx context.Context, k *store.Kept) error {
	sent := &domain.Error{Code: domain.CodeConflict, Key: "registration.already_sent"}
	first, err := st.tx.RegistrationByUID(ctx, k.UID)
	if err == nil {
		if first.EventID != k.EventID || first.EmailKey() != k.EmailKey() {
			return sent
		}
		*k = first
		k.Status, err = statusAtArrival(ctx, st.tx.Queries, first)
		return err
	}
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	repeat, err := st.tx.RepeatByUID(ctx, k.UID)
	if err != nil {
		return err
	}
	if repeat.EventID != k.EventID || domain.EmailKey(repeat.Email) != k.EmailKey() {
		return sent
	}
	k.Status, k.ReceivedAt, k.Email, k.Lang = repeat.Status, repeat.ReceivedAt, repeat.Email, repeat.Lang
	return nil
}

// noteRepeat remembers that an address was registered again and tells the person, a few times a day
// at most. It changes nothing about the registration.
func (st step) noteRepeat(ctx context.Context, k *store.Kept, first store.Kept) error {
	today, err := st.tx.RepeatsSince(ctx, first.ID, k.ReceivedAt.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	isNew, err := st.tx.InsertRepeat(ctx, store.Repeat{
		UID: k.UID, EventID: k.EventID, RegistrationID: first.ID, Status: k.Status, Email: k.Email, Lang: k.Lang,
		ReceivedAt: k.ReceivedAt, Work: workOf(k.Participant),
	})
	if err != nil || !isNew || today >= lettersToRepeats {
		return err
	}
	n, err := st.tx.AppendHistory(ctx, domain.HistoryEntry{
		RegistrationID: first.ID, At: k.ReceivedAt, Kind: domain.HistoryRepeated, Channel: k.Channel,
	})
	if err != nil {
		return err
	}
	if first.Status == domain.Waitlisted {
		if first.QueuePosition, err = st.tx.QueuePosition(ctx, first.EventID, first.ID); err != nil {
			return err
		}
	}
	first.ReceivedAt = k.ReceivedAt
	return st.owe(ctx, n, domain.LetterAlreadyRegistered, first, domain.Details{Sequence: first.Revision})
}

// workOf is the workplace that a participant told, and nothing else of her.
func workOf(p domain.Participant) domain.Participant {
	return domain.Participant{
		Organisation: p.Organisation, OrganisationType: p.OrganisationType, Municipality: p.Municipality, Invoice: p.Invoice,
	}
}

// Receipt is the receipt of the submission with this key; domain.ErrNotFound where there is none. It
// takes no actor: the key, which only whoever sent the form has, is what opens it.
func (s *Registrations) Receipt(ctx context.Context, key string) (domain.Receipt, error) {
	uid := auth.UID(key)
	k, err := s.Store.RegistrationByUID(ctx, uid)
	if errors.Is(err, domain.ErrNotFound) {
		var r store.Repeat
		if r, err = s.Store.RepeatByUID(ctx, uid); err == nil {
			k.Participant = r.Work
			k.EventID, k.Status, k.Email, k.ReceivedAt, k.Lang = r.EventID, r.Status, r.Email, r.ReceivedAt, r.Lang
			k.Ref = domain.ReferenceOf(uid)
		}
	} else if err == nil {
		k, err = s.atArrival(ctx, k)
	}
	if err != nil {
		return domain.Receipt{}, err
	}
	e, err := s.Store.EventFacts(ctx, k.EventID)
	if err != nil {
		return domain.Receipt{}, err
	}
	return receiptOf(e.Slug, k), nil
}

// atArrival is a registration as it was when it was sent: a receipt never tells what has been changed
// since.
func (s *Registrations) atArrival(ctx context.Context, k store.Kept) (store.Kept, error) {
	versions, err := s.Store.Versions(ctx, k.ID)
	if err != nil {
		return k, err
	}
	if len(versions) > 0 {
		k.Participant = versions[0].Participant
	}
	k.Status, err = statusAtArrival(ctx, s.Store.Queries, k)
	return k, err
}

// statusAtArrival is what the history began with: a receipt tells what was decided then, the
// personal page what holds now.
func statusAtArrival(ctx context.Context, q store.Queries, k store.Kept) (domain.RegistrationStatus, error) {
	h, err := q.History(ctx, k.ID)
	if err != nil || len(h) == 0 {
		return k.Status, err
	}
	switch h[0].Kind {
	case domain.HistoryWaitlisted, domain.HistoryMoveWaiting:
		return domain.Waitlisted, nil
	case domain.HistoryApplied:
		return domain.Pending, nil
	default:
		return domain.Confirmed, nil
	}
}
