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

// Registrations takes registrations and shows a person her own.
type Registrations struct {
	Store     *store.Store
	Programme *Programme
	Keys      *auth.Keys
	Now       func() time.Time
	// Wake is called when a letter has been put into the outbox; nil is allowed.
	Wake func()
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
// written together or not at all. The same submission again answers the same receipt and changes
// nothing. An address that is registered already gets a receipt like anyone else's, and a letter
// that tells.
//
// Errors: *domain.Invalid for what was typed; of class CodeConflict where the terms have changed
// ("registration.terms_changed") or the form was already used for someone else
// ("registration.already_sent"); CodeClosed; CodeFull, with the key "registration.queue_only" where
// only the queue is open and SeatOnly is set; CodeNotFound; CodeUnavailable.
func (s *Registrations) Register(ctx context.Context, a domain.Actor, in RegisterInput) (domain.Receipt, error) {
	if err := a.Require(domain.PermRegister); err != nil {
		return domain.Receipt{}, err
	}
	e, err := s.Programme.outline(ctx, in.EventSlug)
	if err != nil {
		return domain.Receipt{}, err
	}
	p, err := e.ReadEntry(in.Entry)
	if err != nil {
		return domain.Receipt{}, err
	}
	if in.TermsID != e.Terms.ID {
		return domain.Receipt{}, &domain.Error{Code: domain.CodeConflict, Key: "registration.terms_changed"}
	}
	uid := auth.UID(in.Key)
	k := store.Kept{
		UID: uid, LinkHash: auth.LinkHash(s.Keys.Link(uid, 1)),
		Registration: domain.Registration{
			Participant: p, EventID: e.ID, Channel: in.Channel, Lang: in.Lang, TermsID: in.TermsID,
			LinkVersion: 1, ReceivedAt: s.Now().UTC().Truncate(time.Microsecond), Ref: domain.ReferenceOf(uid),
		},
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error { return s.admit(ctx, tx, &k, a, in.SeatOnly) })
	if err != nil {
		return domain.Receipt{}, err
	}
	if s.Wake != nil {
		s.Wake()
	}
	return receiptOf(in.EventSlug, k), nil
}

func receiptOf(slug string, k store.Kept) domain.Receipt {
	return domain.Receipt{
		EventSlug: slug, Status: k.Status, Reference: k.Ref, Email: k.Email, ReceivedAt: k.ReceivedAt, Lang: k.Lang,
	}
}

// admit is the one way to a place. It leaves in k what was decided.
func (s *Registrations) admit(ctx context.Context, tx *store.Tx, k *store.Kept, a domain.Actor, seatOnly bool) error {
	e, err := tx.LockEvent(ctx, k.EventID)
	if err != nil {
		return err
	}
	status, refusal := e.Admit(s.Now())
	if status == domain.Waitlisted && seatOnly {
		refusal = &domain.Error{Code: domain.CodeFull, Key: "registration.queue_only"}
	}
	if refusal != nil {
		return s.earlier(ctx, tx, k, refusal)
	}
	k.Status = status
	id, isNew, err := tx.InsertRegistration(ctx, *k)
	if err != nil {
		return err
	}
	if !isNew {
		return s.meetEarlier(ctx, tx, k)
	}
	k.ID = id
	kind, letter := domain.HistoryRegistered, domain.LetterConfirmed
	if status == domain.Waitlisted {
		kind, letter = domain.HistoryWaitlisted, domain.LetterWaitlisted
		k.QueuePosition = e.Waiting + 1
		err = tx.JoinQueue(ctx, k.EventID)
	} else {
		err = takeSeat(ctx, tx, k.EventID)
	}
	if err != nil {
		return err
	}
	err = tx.InsertHistory(ctx, 1, domain.HistoryEntry{
		RegistrationID: id, At: k.ReceivedAt, Kind: kind, Channel: k.Channel, Actor: byWhom(a),
	})
	if err != nil {
		return err
	}
	return s.owe(ctx, tx, 0, letter, *k)
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
func (s *Registrations) earlier(ctx context.Context, tx *store.Tx, k *store.Kept, refusal error) error {
	err := s.sameSubmission(ctx, tx, k)
	if errors.Is(err, domain.ErrNotFound) {
		return refusal
	}
	return err
}

// meetEarlier is what happens when the row was there: the same form sent again, or the same person.
func (s *Registrations) meetEarlier(ctx context.Context, tx *store.Tx, k *store.Kept) error {
	err := s.sameSubmission(ctx, tx, k)
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	first, err := tx.LiveRegistration(ctx, k.EventID, k.EmailKey())
	if err != nil {
		return fmt.Errorf("service: neither new nor a repeat: %w", err)
	}
	return s.noteRepeat(ctx, tx, k, first)
}

// sameSubmission fills k from the first time this form was sent; domain.ErrNotFound where it is
// the first.
func (s *Registrations) sameSubmission(ctx context.Context, tx *store.Tx, k *store.Kept) error {
	first, err := tx.RegistrationByUID(ctx, k.UID)
	if err == nil {
		if first.EventID != k.EventID || first.EmailKey() != k.EmailKey() {
			return &domain.Error{Code: domain.CodeConflict, Key: "registration.already_sent"}
		}
		*k = first
		return nil
	}
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	repeat, err := tx.RepeatByUID(ctx, k.UID)
	if err != nil {
		return err
	}
	if repeat.EventID != k.EventID || domain.EmailKey(repeat.Email) != k.EmailKey() {
		return &domain.Error{Code: domain.CodeConflict, Key: "registration.already_sent"}
	}
	k.Status, k.ReceivedAt, k.Email, k.Lang = repeat.Status, repeat.ReceivedAt, repeat.Email, repeat.Lang
	return nil
}

// noteRepeat remembers that an address was registered again and tells the person, a few times a day
// at most. It changes nothing about the registration.
func (s *Registrations) noteRepeat(ctx context.Context, tx *store.Tx, k *store.Kept, first store.Kept) error {
	today, err := tx.RepeatsSince(ctx, first.ID, k.ReceivedAt.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	isNew, err := tx.InsertRepeat(ctx, store.Repeat{
		UID: k.UID, EventID: k.EventID, RegistrationID: first.ID, Status: k.Status, Email: k.Email, Lang: k.Lang, ReceivedAt: k.ReceivedAt,
	})
	if err != nil || !isNew || today >= lettersToRepeats {
		return err
	}
	n, err := tx.AppendHistory(ctx, domain.HistoryEntry{
		RegistrationID: first.ID, At: k.ReceivedAt, Kind: domain.HistoryRepeated, Channel: k.Channel,
	})
	if err != nil {
		return err
	}
	if first.Status == domain.Waitlisted {
		if first.QueuePosition, err = tx.QueuePosition(ctx, first.EventID, first.ID); err != nil {
			return err
		}
	}
	first.ReceivedAt = k.ReceivedAt
	return s.owe(ctx, tx, n, domain.LetterAlreadyRegistered, first)
}

// owe puts a letter into the outbox. People registered by phone without an address are owed a
// letter too: it is recorded and never sent.
func (s *Registrations) owe(ctx context.Context, tx *store.Tx, n int, kind domain.LetterKind, k store.Kept) error {
	state := domain.LetterQueued
	if s.Withhold || k.Email == "" {
		state = domain.LetterWithheld
	}
	return tx.InsertLetter(ctx, n, domain.Letter{
		Kind: kind, RegistrationID: k.ID, To: k.Email, Lang: k.Lang, Status: k.Status, QueuePosition: k.QueuePosition,
		MessageID: s.Keys.MessageID(k.UID, string(kind), n), Date: k.ReceivedAt.Truncate(time.Second),
		State: state, NextTry: k.ReceivedAt,
	})
}

// Receipt is the receipt of the submission with this key; domain.ErrNotFound where there is none.
func (s *Registrations) Receipt(ctx context.Context, key string) (domain.Receipt, error) {
	uid := auth.UID(key)
	k, err := s.Store.RegistrationByUID(ctx, uid)
	if errors.Is(err, domain.ErrNotFound) {
		var r store.Repeat
		if r, err = s.Store.RepeatByUID(ctx, uid); err == nil {
			k.EventID, k.Status, k.Email, k.ReceivedAt, k.Lang = r.EventID, r.Status, r.Email, r.ReceivedAt, r.Lang
			k.Ref = domain.ReferenceOf(uid)
		}
	} else if err == nil {
		k.Status = statusAtArrival(ctx, s.Store, k)
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

// statusAtArrival is what the history began with: a receipt tells what was decided then, the
// personal page what holds now.
func statusAtArrival(ctx context.Context, q *store.Store, k store.Kept) domain.RegistrationStatus {
	h, err := q.History(ctx, k.ID)
	if err != nil || len(h) == 0 {
		return k.Status
	}
	if h[0].Kind == domain.HistoryWaitlisted {
		return domain.Waitlisted
	}
	return domain.Confirmed
}

// Own is everything about the registration whose personal link is token; domain.ErrNotFound for
// every other token, whatever is wrong with it.
func (s *Registrations) Own(ctx context.Context, a domain.Actor, token string) (domain.OwnRegistration, error) {
	if err := a.Require(domain.PermReadOwn); err != nil {
		return domain.OwnRegistration{}, err
	}
	absent := domain.NotFound("registration.not_found")
	uid, hash, ok := auth.ReadLink(token)
	if !ok {
		return domain.OwnRegistration{}, absent
	}
	k, err := s.Store.RegistrationByUID(ctx, uid)
	if err != nil {
		return domain.OwnRegistration{}, err
	}
	if !auth.SameHash(hash, k.LinkHash) {
		return domain.OwnRegistration{}, absent
	}
	return s.own(ctx, k.Registration)
}

func (s *Registrations) own(ctx context.Context, r domain.Registration) (domain.OwnRegistration, error) {
	out := domain.OwnRegistration{Registration: r}
	facts, err := s.Store.EventFacts(ctx, r.EventID)
	if err != nil {
		return out, err
	}
	if out.Event, err = s.Programme.Event(ctx, facts.Slug); err != nil {
		return out, err
	}
	if out.Terms, err = s.Store.TermsByID(ctx, r.TermsID); err != nil {
		return out, err
	}
	if r.Status == domain.Waitlisted {
		if out.Registration.QueuePosition, err = s.Store.QueuePosition(ctx, r.EventID, r.ID); err != nil {
			return out, err
		}
	}
	out.History, err = s.Store.History(ctx, r.ID)
	return out, err
}

// Protect marks the identity of the person registered with an address at an event as protected: she
// is masked in every list from then on.
func (s *Registrations) Protect(ctx context.Context, a domain.Actor, slug, email string) error {
	if err := a.Require(domain.PermProtect); err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		id, err := tx.EventID(ctx, slug)
		if err != nil {
			return err
		}
		e, err := tx.EventFacts(ctx, id)
		if err != nil {
			return err
		}
		if !a.Reaches(e.Owner.Code) {
			return domain.NotFound("event.not_found")
		}
		k, err := tx.LiveRegistration(ctx, id, domain.EmailKey(email))
		if err != nil || k.Protected {
			return err
		}
		if err := tx.Protect(ctx, k.ID); err != nil {
			return err
		}
		_, err = tx.AppendHistory(ctx, domain.HistoryEntry{
			RegistrationID: k.ID, At: s.Now(), Kind: domain.HistoryProtected, Channel: domain.ChannelPhone, Actor: byWhom(a),
		})
		return err
	})
}
