package service

import (
	"context"
	"errors"
	"slices"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Change is a participant's registration as she wants it to be: everything that its form holds.
type Change struct {
	Entry domain.Entry // with every session she wants; needs, access code and EmailOptional are not read
	Seen  int          // domain.Registration.Revision as it was when the form was shown
}

// Changed is what came of a change.
type Changed struct {
	Anything bool
	Address  bool // the link that was used is dead, and a new one is on its way
}

// Change writes what a participant now tells in place of what she told, which is kept as a version
// and tells her by letter. A new address gets a new link, and the earlier one dies;
// the earlier address is told without any link. Whoever types an address has not shown that it is
// hers, and a page tells of everything else that is registered with it: so the new link goes there by
// letter alone, and is answered to nobody. Where nothing differs nothing happens.
//
// Refusals: *domain.Invalid for what was typed, for the field "email" also "change.another_person" and
// "change.address_taken"; of class CodeClosed "change.too_late"; of class CodeConflict
// "change.meanwhile" where the registration is no longer as the form showed it.
func (s *Registrations) Change(ctx context.Context, a domain.Actor, token string, in Change) (out Changed, err error) {
	if err := a.Require(domain.PermChangeOwn); err != nil {
		return Changed{}, err
	}
	k, err := s.byLink(ctx, s.Store.Queries, token)
	if err != nil {
		return Changed{}, err
	}
	to, err := s.readChange(ctx, k, in.Entry)
	if err != nil {
		return Changed{}, err
	}
	err = s.change(ctx, a, token, func(st step, k store.Kept, e domain.Event) error {
		next, changed, err := st.rewrite(ctx, k, e, to, in.Seen)
		out = Changed{Anything: changed, Address: next.LinkVersion != k.LinkVersion}
		return err
	})
	if err != nil {
		return Changed{}, err
	}
	return out, nil
}

// readChange reads a changed entry. Who was let in once is not asked for the code again, nor for an
// address of the right kind while she keeps hers.
func (s *Registrations) readChange(ctx context.Context, k store.Kept, in domain.Entry) (domain.Application, error) {
	facts, err := s.Store.EventFacts(ctx, k.EventID)
	if err != nil {
		return domain.Application{}, err
	}
	e, err := s.Programme.Event(ctx, facts.Slug)
	if err != nil {
		return domain.Application{}, err
	}
	e.Rules.AccessCode = ""
	if email, ok := domain.ParseEmail(in.Email); ok && domain.EmailKey(email) == k.EmailKey() {
		e.Rules.EmailDomains = nil
	}
	in.Needs, in.EmailOptional = domain.NeedsEntry{}, k.Email == ""
	to, err := e.ReadEntry(in)
	if err == nil {
		to.Answers = append(to.Answers, notAsked(k.Answers, e)...)
	}
	return to, err
}

// notAsked are the answers to questions that the event does not ask any more: nobody takes them back by
// not seeing them.
func notAsked(answers []domain.Answer, e domain.Event) []domain.Answer {
	var out []domain.Answer
	for _, a := range answers {
		if !slices.ContainsFunc(e.Questions, func(q domain.Question) bool { return q.ID == a.QuestionID }) {
			out = append(out, a)
		}
	}
	return out
}

// rewrite makes a registration tell what it is to tell. It answers the registration as it is then.
func (st step) rewrite(ctx context.Context, k store.Kept, e domain.Event, to domain.Application, seen int) (next store.Kept, changed bool, err error) {
	fields := k.Changed(to.Participant)
	chosen, err := st.tx.Choices(ctx, k.ID)
	if err != nil {
		return k, false, err
	}
	otherSessions := !sameSessions(chosen, to.Sessions)
	switch {
	case len(fields) == 0 && !otherSessions:
		return k, false, nil
	case seen != k.Revision:
		return k, false, &domain.Error{Code: domain.CodeConflict, Key: "change.meanwhile"}
	}
	if err := e.MayChange(k.Registration, to.Participant, st.now); err != nil {
		return k, false, err
	}
	next = k
	if len(fields) > 0 {
		if next, err = st.replace(ctx, k, to.Participant); err != nil {
			return k, false, err
		}
	}
	var titles []string
	if otherSessions {
		if _, err := st.chooseSessions(ctx, next, to.Sessions); err != nil {
			return k, false, err
		}
		if titles, err = st.titles(ctx, to.Sessions, next.Lang); err != nil {
			return k, false, err
		}
	}
	return next, true, st.tellChange(ctx, k, next, fields, otherSessions, titles)
}

func sameSessions(chosen []store.Choice, ids []domain.SessionID) bool {
	for _, c := range chosen {
		if !slices.Contains(ids, c.Session) {
			return false
		}
	}
	return len(chosen) == len(ids)
}

// replace keeps what was told as a version and writes what is told now.
func (st step) replace(ctx context.Context, k store.Kept, to domain.Participant) (store.Kept, error) {
	next := k
	next.Participant = to
	if next.EmailKey() != k.EmailKey() {
		if err := st.addressFree(ctx, next); err != nil {
			return k, err
		}
		next.LinkVersion++
		next.LinkHash = auth.LinkHash(st.s.Keys.Link(k.UID, next.LinkVersion))
		*st.gone = append(*st.gone, domain.Erased{At: st.now, Kind: domain.ErasedLink, UID: string(k.UID), N: next.LinkVersion})
	}
	if err := st.tx.KeepVersion(ctx, k.ID, st.now, k.Participant); err != nil {
		return k, err
	}
	var err error
	next.Revision, err = st.tx.Rewrite(ctx, next)
	return next, err
}

// addressFree refuses an address that someone else at the event has.
func (st step) addressFree(ctx context.Context, k store.Kept) error {
	there, err := st.tx.LiveRegistration(ctx, k.EventID, k.EmailKey())
	if errors.Is(err, domain.ErrNotFound) || (err == nil && there.ID == k.ID) {
		return nil
	}
	if err != nil {
		return err
	}
	v := &domain.Invalid{}
	v.Add("email", "change.address_taken", nil)
	return v
}

// tellChange writes what was changed into the history and the outbox. An address is a step of its
// own, with a letter to each end.
func (st step) tellChange(ctx context.Context, was, is store.Kept, fields []string, sessions bool, titles []string) error {
	var err error
	if is.Status == domain.Waitlisted {
		if is.QueuePosition, err = st.tx.QueuePosition(ctx, is.EventID, is.ID); err != nil {
			return err
		}
	}
	moved := was.LinkVersion != is.LinkVersion
	if moved {
		fields = slices.DeleteFunc(fields, func(f string) bool { return f == "email" })
	}
	kind := domain.HistoryChanged
	if sessions {
		if len(fields) == 0 {
			kind = domain.HistorySessions
		}
		fields = append(fields, "sessions")
	}
	if len(fields) > 0 {
		if err := st.record(ctx, is, kind, domain.LetterChanged, domain.Details{Fields: fields, Sessions: titles}); err != nil {
			return err
		}
	}
	if !moved {
		return nil
	}
	n, err := st.tx.AppendHistory(ctx, domain.HistoryEntry{
		RegistrationID: is.ID, At: st.now, Kind: domain.HistoryAddress, Channel: st.channel, Actor: byWhom(st.a),
	})
	if err != nil {
		return err
	}
	if was.Email != "" {
		// First, so that its SEQUENCE is the lower one: both letters may end up in one calendar.
		old := is
		old.Email = was.Email
		if err := st.mail(ctx, n, domain.LetterAddressOld, old, domain.Details{}); err != nil {
			return err
		}
	}
	return st.mail(ctx, n, domain.LetterAddressNew, is, domain.Details{})
}

// Versions are what a participant had told before each of her changes, oldest first, for staff who
// manage the event; domain.ErrNotFound for everyone else.
func (s *Registrations) Versions(ctx context.Context, a domain.Actor, id domain.RegistrationID) ([]domain.Version, error) {
	if err := a.Require(domain.PermManage); err != nil {
		return nil, err
	}
	k, err := s.Store.RegistrationByID(ctx, id)
	if err != nil {
		return nil, err
	}
	e, err := s.Store.EventFacts(ctx, k.EventID)
	if err != nil {
		return nil, err
	}
	if !a.MayAt(domain.PermManage, e) {
		return nil, domain.NotFound("registration.not_found")
	}
	return s.Store.Versions(ctx, id)
}
