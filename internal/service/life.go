package service

import (
	"context"
	"errors"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// step is one step in the life of registrations, under way in a transaction: who takes it, through
// which channel, and at which instant. Every use case beyond arrival is made of its methods, so that
// counters, history, letters and the queue move together.
type step struct {
	s       *Registrations
	tx      *store.Tx
	a       domain.Actor
	channel domain.Channel
	now     time.Time
	gone    *[]domain.Erased // what it has erased, or made worth nothing, for good
}

// write runs fn as one step and lets the letters go once it is kept.
func (s *Registrations) write(ctx context.Context, a domain.Actor, ch domain.Channel, fn func(st step) error) error {
	return s.step(ctx, func(do func(tx *store.Tx) error) error { return s.Store.Write(ctx, do) }, a, ch, fn)
}

// writeAt is write for a step that touches one event alone: those on which a rush hangs.
func (s *Registrations) writeAt(ctx context.Context, e domain.EventID, a domain.Actor, ch domain.Channel, fn func(st step) error) error {
	return s.step(ctx, func(do func(tx *store.Tx) error) error { return s.Store.WriteAt(ctx, e, do) }, a, ch, fn)
}

// step runs fn in a transaction of run, lets letters go once it is kept, and writes down outside the database
// what it erases.
func (s *Registrations) step(ctx context.Context, run func(func(tx *store.Tx) error) error, a domain.Actor, ch domain.Channel, fn func(st step) error) error {
	err := forGood(ctx, s.Store, s.Erased, run, func(tx *store.Tx, gone *[]domain.Erased) error {
		return fn(step{s: s, tx: tx, a: a, channel: ch, gone: gone, now: s.Now().UTC().Truncate(time.Microsecond)})
	})
	if err == nil && s.Wake != nil {
		s.Wake()
	}
	return err
}

// clockSet is called after steps that gave something an end.
func (s *Registrations) clockSet() {
	if s.WakeClock != nil {
		s.WakeClock()
	}
}

// change is write for the holder of a personal link.
func (s *Registrations) change(ctx context.Context, a domain.Actor, token string, fn func(st step, k store.Kept, e domain.Event) error) error {
	if err := a.Require(domain.PermChangeOwn); err != nil {
		return err
	}
	if _, _, ok := auth.ReadLink(token); !ok {
		return domain.NotFound("registration.not_found")
	}
	err := s.write(ctx, a, domain.ChannelWeb, func(st step) error {
		k, e, err := st.own(ctx, token)
		if err != nil {
			return err
		}
		return fn(st, k, e)
	})
	if err == nil {
		s.clockSet()
	}
	return err
}

// own is the registration whose personal link is token, with its event locked. Every other token is
// domain.ErrNotFound, whatever is wrong with it.
func (st step) own(ctx context.Context, token string) (store.Kept, domain.Event, error) {
	k, err := st.s.byLink(ctx, st.tx.Queries, token)
	if err != nil {
		return k, domain.Event{}, err
	}
	e, err := st.event(ctx, k.EventID)
	return k, e, err
}

func (s *Registrations) byLink(ctx context.Context, q store.Queries, token string) (store.Kept, error) {
	absent := domain.NotFound("registration.not_found")
	uid, hash, ok := auth.ReadLink(token)
	if !ok {
		return store.Kept{}, absent
	}
	k, err := q.RegistrationByUID(ctx, uid)
	if err == nil && !auth.SameHash(hash, k.LinkHash) {
		return store.Kept{}, absent
	}
	return k, err
}

// event is an event with its rules and counters, locked; it has no words, programme or questions.
func (st step) event(ctx context.Context, id domain.EventID) (domain.Event, error) {
	return st.tx.LockWholeEvent(ctx, id)
}

// record writes what has just happened to a registration: a line of its history and, unless letter is
// "", the letter with the same number. k is the registration as it is now.
func (st step) record(ctx context.Context, k store.Kept, kind domain.HistoryKind, letter domain.LetterKind, d domain.Details) error {
	n, err := st.tx.AppendHistory(ctx, domain.HistoryEntry{
		RegistrationID: k.ID, At: st.now, Kind: kind, Channel: st.channel, Actor: byWhom(st.a), Details: d,
	})
	if err != nil || letter == "" {
		return err
	}
	return st.mail(ctx, n, letter, k, d)
}

// mail owes one more letter beside line n of the history. One that touches the calendar entry raises
// its SEQUENCE, so that it overrules those before.
func (st step) mail(ctx context.Context, n int, letter domain.LetterKind, k store.Kept, d domain.Details) (err error) {
	if letter.Calendar(k.Status) != domain.CalendarNone {
		if d.Sequence, err = st.tx.RaiseRevision(ctx, k.ID); err != nil {
			return err
		}
	}
	k.ReceivedAt = st.now
	return st.owe(ctx, n, letter, k, d)
}

// owe puts a letter into the outbox. People registered by phone without an address are owed a
// letter too: it is recorded and never sent.
func (st step) owe(ctx context.Context, n int, kind domain.LetterKind, k store.Kept, d domain.Details) error {
	return st.oweTo(ctx, n, kind, k, k.Email, k.Lang, d)
}

// oweTo is owe to another address than the registration's: its contact person's, or the one before.
func (st step) oweTo(ctx context.Context, n int, kind domain.LetterKind, k store.Kept, to string, l domain.Lang, d domain.Details) error {
	state := domain.LetterQueued
	if st.s.Withhold || to == "" {
		state = domain.LetterWithheld
	}
	if k.LinkVersion > 1 {
		d.LinkVersion = k.LinkVersion
	}
	return st.tx.InsertLetter(ctx, n, domain.Letter{
		Kind: kind, RegistrationID: k.ID, To: to, Lang: l, Status: k.Status, QueuePosition: k.QueuePosition,
		MessageID: st.s.Keys.MessageID(k.UID, string(kind), n), Date: k.ReceivedAt.Truncate(time.Second),
		State: state, NextTry: k.ReceivedAt, Details: d,
	})
}

// leave ends a live registration: what it held is given back, what it kept elsewhere is forgotten,
// its needs are erased and its sessions freed. Telling and settling are the caller's.
func (st step) leave(ctx context.Context, k store.Kept, to domain.RegistrationStatus) (err error) {
	switch k.Status {
	case domain.Confirmed, domain.Offered:
		err = st.tx.FreeSeat(ctx, k.EventID)
	case domain.Waitlisted:
		err = st.tx.LeaveQueue(ctx, k.EventID)
	case domain.Pending:
	default:
		panic("service: nobody leaves who is " + string(k.Status))
	}
	if err != nil {
		return err
	}
	if err := st.tx.SetStatus(ctx, k.ID, k.Status, to); err != nil {
		return err
	}
	return st.letGo(ctx, k)
}

// letGo is what every end of a registration has in common.
func (st step) letGo(ctx context.Context, k store.Kept) error {
	if err := st.tx.ForgetKept(ctx, k.ID); err != nil {
		return err
	}
	if r, err := st.tx.OpenRequest(ctx, k.ID); err == nil {
		if err := st.tx.CloseRequest(ctx, r.ID, "granted"); err != nil {
			return err
		}
	} else if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	if err := st.eraseNeeds(ctx, k.ID); err != nil {
		return err
	}
	return st.freeSessions(ctx, k)
}

// Cancel gives the place back, leaves the queue, says no to an offer or takes an application back,
// whichever there is; the freed place goes to the queue first. Cancelled already is nil. Refusals
// are those of domain.Event.MayCancel, and "cancel.ended" for a registration that has ended otherwise.
func (s *Registrations) Cancel(ctx context.Context, a domain.Actor, token, reason string) error {
	reason, err := domain.ReadReason("reason", reason, false)
	if err != nil {
		return err
	}
	return s.change(ctx, a, token, func(st step, k store.Kept, e domain.Event) error {
		if done, err := ended(k); done {
			return err
		}
		if err := e.MayCancel(k.Registration, st.now); err != nil {
			return err
		}
		return st.cancel(ctx, k, domain.Details{Reason: reason})
	})
}

// ended reports whether a registration is no longer live, and whether that is just what was asked.
func ended(k store.Kept) (bool, error) {
	switch {
	case k.Status.Live():
		return false, nil
	case k.Status == domain.Cancelled:
		return true, nil
	}
	return true, &domain.Error{Code: domain.CodeClosed, Key: "cancel.ended"}
}

// cancel ends a live registration at its holder's wish, tells, and lets the queue have the place.
func (st step) cancel(ctx context.Context, k store.Kept, d domain.Details) error {
	kind, letter := domain.HistoryCancelled, domain.LetterCancelled
	switch k.Status {
	case domain.Waitlisted, domain.Pending:
		kind, letter = domain.HistoryLeft, domain.LetterLeft
	case domain.Offered:
		kind, letter = domain.HistoryRefused, domain.LetterRefused
	default:
	}
	return st.end(ctx, k, domain.Cancelled, kind, letter, d)
}

// end ends a live registration, tells why, and lets the queue have what it held.
func (st step) end(ctx context.Context, k store.Kept, to domain.RegistrationStatus, kind domain.HistoryKind, letter domain.LetterKind, d domain.Details) error {
	if err := st.leave(ctx, k, to); err != nil {
		return err
	}
	k.Status, k.QueuePosition = to, 0
	if err := st.record(ctx, k, kind, letter, d); err != nil {
		return err
	}
	return st.settle(ctx, k.EventID)
}

// AskToCancel asks the organiser to be let off when the last day to cancel has passed. The reason is
// kept for the organiser alone. Asked already is nil. Refusals: *domain.Invalid for the field
// "reason"; "ask.not_now" where the place can still be cancelled or nobody is to be asked.
func (s *Registrations) AskToCancel(ctx context.Context, a domain.Actor, token, reason string) error {
	return s.ask(ctx, a, token, reason, func(o domain.Options) bool { return o.Ask })
}

// SayNotComing tells the organiser that the holder of a place cannot come and has nobody to hand it over to: a
// request to be let off, which staff answer. It may be said of an event at which nobody is otherwise asked:
// whoever stays away is to be able to tell. Told already is nil. Refusals: as of AskToCancel.
func (s *Registrations) SayNotComing(ctx context.Context, a domain.Actor, token, reason string) error {
	return s.ask(ctx, a, token, reason, func(o domain.Options) bool { return o.HandOver && !o.Cancel })
}

func (s *Registrations) ask(ctx context.Context, a domain.Actor, token, reason string, may func(domain.Options) bool) error {
	reason, err := domain.ReadReason("reason", reason, true)
	if err != nil {
		return err
	}
	return s.change(ctx, a, token, func(st step, k store.Kept, e domain.Event) error {
		if !may(e.Options(k.Registration, st.now)) {
			return &domain.Error{Code: domain.CodeClosed, Key: "ask.not_now"}
		}
		isNew, err := st.tx.InsertRequest(ctx, k.ID, reason, st.now)
		if err != nil || !isNew {
			return err
		}
		return st.record(ctx, k, domain.HistoryAsked, domain.LetterAsked, domain.Details{})
	})
}

// HandOver is what the holder of a place tells of the colleague who takes it over.
type HandOver struct {
	GivenName  string
	FamilyName string
	Email      string
	Lang       domain.Lang
}

// HandOver gives the place to a colleague. It is never free in between: the counter does not move,
// and nobody in the queue is asked. The old person's needs are erased at once; the new one gets a
// registration, a link and a letter of her own, and no more of the old one's than the workplace
// . A colleague who stands in the queue leaves it by this. Handed over already is nil.
//
// Refusals: *domain.Invalid for the fields given_name, family_name and email, there also
// "hand_over.registered"; else those of domain.Event.MayHandOver.
func (s *Registrations) HandOver(ctx context.Context, a domain.Actor, token string, in HandOver) error {
	if err := a.Require(domain.PermChangeOwn); err != nil {
		return err
	}
	to, err := domain.ReadColleague(in.GivenName, in.FamilyName, in.Email)
	if err != nil {
		return err
	}
	return s.change(ctx, a, token, func(st step, k store.Kept, e domain.Event) error {
		if k.Status == domain.Transferred {
			return nil
		}
		if err := e.MayHandOver(k.Registration, to, st.now); err != nil {
			return err
		}
		to.Organisation, to.OrganisationType, to.Municipality, to.Invoice = k.Organisation, k.OrganisationType, k.Municipality, k.Invoice
		if err := st.makeWay(ctx, k, to.EmailKey()); err != nil {
			return err
		}
		if err := st.handOver(ctx, k, to, in.Lang); err != nil {
			return err
		}
		return st.settle(ctx, e.ID) // had the colleague waited in a pair, the other may have a place alone
	})
}

// makeWay lets the colleague leave the queue that she stands in; anything else she has at the event
// speaks against it.
func (st step) makeWay(ctx context.Context, k store.Kept, emailKey string) error {
	there, err := st.tx.LiveRegistration(ctx, k.EventID, emailKey)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return nil
	case err != nil:
		return err
	case there.Status != domain.Waitlisted:
		v := &domain.Invalid{}
		v.Add("email", "hand_over.registered", nil)
		return v
	}
	if err := st.leave(ctx, there, domain.Cancelled); err != nil {
		return err
	}
	there.Status = domain.Cancelled
	return st.record(ctx, there, domain.HistoryLeft, "", domain.Details{})
}

func (st step) handOver(ctx context.Context, k store.Kept, to domain.Participant, l domain.Lang) error {
	if err := st.tx.SetStatus(ctx, k.ID, domain.Confirmed, domain.Transferred); err != nil {
		return err
	}
	next := st.s.newKept(auth.UID(auth.NewKey()), &domain.Event{ID: k.EventID, Terms: domain.Terms{ID: k.TermsID}}, to, l, st.channel)
	next.Status, next.Follows, next.ReceivedAt = domain.Confirmed, k.ID, st.now
	var isNew bool
	var err error
	if next.ID, isNew, err = st.tx.InsertRegistration(ctx, next); err != nil {
		return err
	}
	if !isNew {
		return errors.New("service: the colleague was there after all")
	}
	if err := st.tx.MoveChoices(ctx, k.ID, next.ID); err != nil {
		return err
	}
	if err := st.letGo(ctx, k); err != nil {
		return err
	}
	if err := st.first(ctx, next, domain.HistoryReceived, domain.LetterReceived, domain.Details{}); err != nil {
		return err
	}
	k.Status = domain.Transferred
	return st.record(ctx, k, domain.HistoryHandedOver, domain.LetterHandedOver, domain.Details{})
}
