package service

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Mailings is what staff write to many: whom it goes to first, then the words, then a look at it with a
// real person's particulars, and then it goes, evenly and after everything that one person waits for. The
// files beside hold how it goes (mailings_send.go) and what is looked at before (mailings_look.go).
//
// Whom it goes to is frozen when it is approved, each once, however often it is approved or the program
// dies; at the moment of sending it is asked again whether she may still be written to. Each letter is one
// message to one address. Who may write to the participants of every event that a mailing is about may see
// it; for everyone else there is none.
type Mailings struct {
	Store         *store.Store
	Registrations *Registrations
	Outbox        *Outbox // composes what is looked at
	Now           func() time.Time
	Log           *slog.Logger
	// Wake is called when a mailing wants to be looked at; nil is allowed.
	Wake func()
	// WakeNotices is called when a letter to a user is owed; nil is allowed.
	WakeNotices func()
}

const mostRecipients = 20_000

// MailingsOnAPage is how many List answers at a time.
const MailingsOnAPage = 50

var errMailing = domain.NotFound("mailing.not_found")

// Begin keeps a new draft and answers its address. Refusals: domain.ErrNotFound for a scope without an event
// where the actor holds PermWriteMail; *domain.Invalid for what cannot be kept.
func (s *Mailings) Begin(ctx context.Context, a domain.Actor, in domain.MailingEntry) (uid string, err error) {
	r, err := reachOf(ctx, s.Store.Queries, a, domain.PermWriteMail, in.Audience.Scope)
	if err != nil {
		return "", err
	}
	if in, err = domain.NewMailing(in); err != nil {
		return "", err
	}
	m := domain.Mailing{UID: auth.NewKey(), County: r.events[0].Owner.Code, MailingEntry: in, By: a.Name, Created: s.Now()}
	return m.UID, s.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.InsertMailing(ctx, m, a.User, r.ids())
		return err
	})
}

// Mailing is one mailing and how far it has come; domain.ErrNotFound where it is not the actor's.
func (s *Mailings) Mailing(ctx context.Context, a domain.Actor, uid string) (domain.Mailing, domain.MailingCounts, error) {
	m, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, uid)
	if err != nil {
		return m, domain.MailingCounts{}, err
	}
	c, err := s.Store.MailingCounts(ctx, m.ID)
	return m, c, err
}

// List is the mailings about the events that the actor may read the mail of, or about the one event with
// the slug, the newest first, 50 at a time; before is the last of the page before.
func (s *Mailings) List(ctx context.Context, a domain.Actor, slug string, before domain.MailingID) ([]domain.Mailing, error) {
	if err := a.Require(domain.PermReadMail); err != nil {
		return nil, err
	}
	var out []domain.Mailing
	for {
		all, err := s.Store.Mailings(ctx, store.ReachOf(a, domain.PermReadMail), slug, before, MailingsOnAPage)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			if _, err := s.own(ctx, s.Store.Queries, a, domain.PermReadMail, m.UID); err == nil {
				out = append(out, m)
			} else if !errors.Is(err, domain.ErrNotFound) {
				return nil, err
			}
			if before = m.ID; len(out) == MailingsOnAPage {
				return out, nil
			}
		}
		if len(all) < MailingsOnAPage { // there are no more, some of them others' or not
			return out, nil
		}
	}
}

// own is a mailing about events at each of which the actor holds p.
func (s *Mailings) own(ctx context.Context, q store.Queries, a domain.Actor, p domain.Permission, uid string) (domain.Mailing, error) {
	m, events, err := q.MailingByUID(ctx, uid)
	if errors.Is(err, domain.ErrNotFound) || err == nil && len(events) == 0 {
		return domain.Mailing{}, errMailing
	}
	if err != nil {
		return m, err
	}
	for _, id := range events {
		e, err := q.EventFacts(ctx, id)
		if err != nil {
			return m, err
		}
		if !a.MayAt(p, e) {
			return domain.Mailing{}, errMailing
		}
	}
	return m, nil
}

// Save replaces what a draft says and whom it goes to. seen is the Revision that the writer began with:
// where somebody has saved since, nothing is changed and the refusal is of class CodeConflict
// "mailing.saved_by_other"; where it has been approved, CodeClosed "mailing.approved". Other refusals are
// those of Begin.
func (s *Mailings) Save(ctx context.Context, a domain.Actor, uid string, seen int, in domain.MailingEntry) error {
	in, err := domain.NewMailing(in)
	if err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := s.own(ctx, tx.Queries, a, domain.PermWriteMail, uid)
		if err != nil {
			return err
		}
		if m.Kind == domain.MailingInvitation { // whom it goes to is said elsewhere
			in.Audience = m.Audience
		}
		r, err := reachOf(ctx, tx.Queries, a, domain.PermWriteMail, in.Audience.Scope)
		if err != nil {
			return err
		}
		if m.State != domain.MailingDraft {
			return &domain.Error{Code: domain.CodeClosed, Key: "mailing.approved"}
		}
		m.MailingEntry, m.Revision, m.Changed = in, seen, s.Now()
		ok, err := tx.SaveMailing(ctx, m, r.ids())
		if err == nil && !ok {
			err = &domain.Error{Code: domain.CodeConflict, Key: "mailing.saved_by_other"}
		}
		return err
	})
}

// Drop throws a draft away. Refusal: class CodeClosed "mailing.approved" for what is no draft.
func (s *Mailings) Drop(ctx context.Context, a domain.Actor, uid string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := s.own(ctx, tx.Queries, a, domain.PermWriteMail, uid)
		if err != nil {
			return err
		}
		ok, err := tx.DropMailing(ctx, m.ID)
		if err == nil && !ok {
			err = &domain.Error{Code: domain.CodeClosed, Key: "mailing.approved"}
		}
		return err
	})
}

// Enclose adds a file to a draft, which raises its Revision; a file that is enclosed already is so once. Its
// kind is told by its bytes, which must agree with the name. Refusals:
// *domain.Invalid for the field "file"; CodeClosed "mailing.approved".
func (s *Mailings) Enclose(ctx context.Context, a domain.Actor, uid, filename string, content []byte) error {
	if _, err := s.own(ctx, s.Store.Queries, a, domain.PermWriteMail, uid); err != nil {
		return err // the kind of a file is told to nobody else
	}
	v := &domain.Invalid{}
	name, mime := readFile(v, filename, content, domain.MailingFiles)
	if err := v.Err(); err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := s.draft(ctx, tx, a, uid)
		if err != nil {
			return err
		}
		if has, err := s.encloses(ctx, tx, m, name, content); err != nil || has {
			return err
		}
		size := len(content)
		for _, f := range m.Files {
			size += f.Size
		}
		if size > domain.MailingFiles {
			return atFile("mailing.files.too_large", map[string]any{"max": domain.MailingFiles >> 20})
		}
		if len(m.Files) >= domain.MailingMostFiles {
			return atFile("mailing.files.too_many", map[string]any{"max": domain.MailingMostFiles})
		}
		if err := tx.AddMailingFile(ctx, m.ID, domain.Enclosure{Filename: name, MIME: mime, Content: content}); err != nil {
			return err
		}
		return tx.TouchMailing(ctx, m.ID, s.Now())
	})
}

func atFile(key string, args map[string]any) error {
	v := &domain.Invalid{}
	v.Add("file", key, args)
	return v
}

// TakeOut takes a file out of a draft, which raises its Revision; nothing where it is not there. Refusal: CodeClosed "mailing.approved".
func (s *Mailings) TakeOut(ctx context.Context, a domain.Actor, uid string, file int64) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := s.draft(ctx, tx, a, uid)
		if err != nil {
			return err
		}
		if err := tx.RemoveMailingFile(ctx, m.ID, file); err != nil {
			return err
		}
		return tx.TouchMailing(ctx, m.ID, s.Now())
	})
}

func (s *Mailings) draft(ctx context.Context, tx *store.Tx, a domain.Actor, uid string) (domain.Mailing, error) {
	m, err := s.own(ctx, tx.Queries, a, domain.PermWriteMail, uid)
	if err == nil && m.State != domain.MailingDraft {
		err = &domain.Error{Code: domain.CodeClosed, Key: "mailing.approved"}
	}
	return m, err
}

// Approval is what whoever lets a mailing go says about it.
type Approval struct {
	Seen     int       // the Revision that she looked at
	Expected int       // how many recipients she was told of
	Typed    string    // the number, typed, where there are more than domain.MailingTyped
	At       time.Time // when it is to go; the zero time for as soon as it can no longer be taken back
}

// Approve freezes whom a mailing goes to and lets it go after domain.MailingUndo, or at a later time. It
// answers when. Refusals: *domain.Invalid for "subject_sv" and the like where the words cannot be sent, for
// "typed", and for "at" where it has passed or is more than a year away; CodeConflict "mailing.saved_by_other", and "mailing.changed"
// with Args "now" where there are more or fewer recipients than she was told of; CodeInvalid
// "mailing.nobody"; CodeClosed "mailing.approved".
func (s *Mailings) Approve(ctx context.Context, a domain.Actor, uid string, in Approval) (time.Time, error) {
	var at time.Time
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := s.draft(ctx, tx, a, uid)
		if err != nil {
			return err
		}
		if m.Revision != in.Seen {
			return &domain.Error{Code: domain.CodeConflict, Key: "mailing.saved_by_other"}
		}
		all, err := s.recipients(ctx, tx.Queries, a, m)
		if err != nil {
			return err
		}
		to := goesTo(all)
		if err := s.mayApprove(ctx, tx.Queries, m, in, all, len(to)); err != nil {
			return err
		}
		if err := s.freeze(ctx, tx, m, all); err != nil {
			return err
		}
		now := s.Now()
		if at = now.Add(domain.MailingUndo); in.At.After(at) {
			at = in.At
		}
		m.State, m.SendAt, m.Recipients, m.ApprovedBy, m.Approved = domain.MailingWaiting, at, len(to), a.Name, now
		if _, err := tx.SetMailing(ctx, m, domain.MailingDraft); err != nil {
			return err
		}
		return tx.Audit(ctx, s.line(a, m, domain.AuditMailingApproved, map[string]string{"count": strconv.Itoa(len(to))}))
	})
	if err == nil {
		s.wake()
	}
	return at, err
}

func (s *Mailings) mayApprove(ctx context.Context, q store.Queries, m domain.Mailing, in Approval, all []domain.Recipient, n int) error {
	switch {
	case n == 0:
		return &domain.Error{Code: domain.CodeInvalid, Key: "mailing.nobody"}
	case n != in.Expected:
		return &domain.Error{Code: domain.CodeConflict, Key: "mailing.changed", Args: map[string]any{"now": n}}
	}
	if err := s.ready(ctx, q, m, all); err != nil {
		return err
	}
	v := &domain.Invalid{}
	if n > domain.MailingTyped && onlyDigits(in.Typed) != strconv.Itoa(n) {
		v.Add("typed", "mailing.typed.wrong", map[string]any{"count": n})
	}
	if !in.At.IsZero() && in.At.Before(s.Now()) {
		v.Add("at", "mailing.at.passed", nil)
	}
	if in.At.After(s.Now().AddDate(1, 0, 0)) {
		v.Add("at", "mailing.at.far", nil)
	}
	return v.Err()
}

// onlyDigits is a number however its thousands are set apart.
func onlyDigits(s string) string {
	var out []rune
	for _, r := range s {
		if r >= '0' && r <= '9' {
			out = append(out, r)
		}
	}
	return string(out)
}

// TakeBack makes a draft again of a mailing whose time has not come. Refusal: CodeClosed "mailing.gone".
func (s *Mailings) TakeBack(ctx context.Context, a domain.Actor, uid string) error {
	return s.turn(ctx, a, uid, domain.AuditMailingTaken, func(tx *store.Tx, m domain.Mailing) error {
		if m.State != domain.MailingWaiting || !s.Now().Before(m.SendAt) {
			return &domain.Error{Code: domain.CodeClosed, Key: "mailing.gone"}
		}
		m.State, m.SendAt, m.Recipients, m.ApprovedBy, m.Approved = domain.MailingDraft, time.Time{}, 0, "", time.Time{}
		return setMailing(ctx, tx, m, domain.MailingWaiting)
	})
}

// Stop ends a mailing: no letter goes that no mail server has been given yet. Stopped or done already is
// nil.
func (s *Mailings) Stop(ctx context.Context, a domain.Actor, uid string) error {
	return s.turn(ctx, a, uid, domain.AuditMailingStopped, func(tx *store.Tx, m domain.Mailing) error {
		if m.State.Ended() {
			return errNothingToDo
		}
		if m.State == domain.MailingDraft {
			return &domain.Error{Code: domain.CodeClosed, Key: "mailing.draft"}
		}
		was := m.State
		m.State, m.Ended = domain.MailingStopped, s.Now()
		if err := setMailing(ctx, tx, m, was); err != nil {
			return err
		}
		_, err := tx.StopLetters(ctx, m.ID)
		return err
	})
}

// Resume lets a mailing go on whose first letters failed, once the cause is mended or known: those letters are
// tried again, save those to addresses that will never work, and the rest follow. Refusal: CodeClosed
// "mailing.not_paused".
func (s *Mailings) Resume(ctx context.Context, a domain.Actor, uid string) error {
	return s.turn(ctx, a, uid, domain.AuditMailingResumed, func(tx *store.Tx, m domain.Mailing) error {
		if m.State != domain.MailingPaused {
			return &domain.Error{Code: domain.CodeClosed, Key: "mailing.not_paused"}
		}
		if _, err := s.again(ctx, tx, m); err != nil {
			return err
		}
		m.State = domain.MailingSending
		if err := setMailing(ctx, tx, m, domain.MailingPaused); err != nil {
			return err
		}
		return s.pastFirst(ctx, tx, a, m)
	})
}

// Retry tries the failed letters of a mailing again, save those to addresses that will never work, and answers
// how many. Refusal: CodeClosed "mailing.stopped".
func (s *Mailings) Retry(ctx context.Context, a domain.Actor, uid string) (n int, err error) {
	err = s.turn(ctx, a, uid, domain.AuditMailingRetried, func(tx *store.Tx, m domain.Mailing) (err error) {
		if m.State == domain.MailingStopped {
			return &domain.Error{Code: domain.CodeClosed, Key: "mailing.stopped"}
		}
		if n, err = s.again(ctx, tx, m); err != nil || n == 0 {
			return cmp.Or(err, errNothingToDo)
		}
		if m.State != domain.MailingDone {
			return nil
		}
		m.State, m.Ended = domain.MailingSending, time.Time{}
		return setMailing(ctx, tx, m, domain.MailingDone)
	})
	return n, err
}

var errNothingToDo = errors.New("service: nothing to do")

// turn does something to a mailing of the actor's and writes it into the audit log, unless there was
// nothing to do.
func (s *Mailings) turn(ctx context.Context, a domain.Actor, uid string, what domain.AuditAction, fn func(*store.Tx, domain.Mailing) error) error {
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := s.own(ctx, tx.Queries, a, domain.PermWriteMail, uid)
		if err != nil {
			return err
		}
		if err := fn(tx, m); err != nil {
			return err
		}
		return tx.Audit(ctx, s.line(a, m, what, nil))
	})
	if errors.Is(err, errNothingToDo) {
		return nil
	}
	if err == nil {
		s.wake()
	}
	return err
}

// setMailing fails where somebody else has turned it meanwhile, which one writer makes impossible.
func setMailing(ctx context.Context, tx *store.Tx, m domain.Mailing, from domain.MailingState) error {
	ok, err := tx.SetMailing(ctx, m, from)
	if err == nil && !ok {
		err = &domain.Error{Code: domain.CodeConflict, Key: "mailing.saved_by_other"}
	}
	return err
}

func (s *Mailings) line(a domain.Actor, m domain.Mailing, what domain.AuditAction, details map[string]string) domain.AuditEntry {
	return domain.AuditEntry{
		At: s.Now(), User: a.User, Actor: a.Name, County: m.County, Action: what, Object: "mailing",
		ObjectID: strconv.FormatInt(int64(m.ID), 10), Details: details,
	}
}

func (s *Mailings) wake() {
	if s.Wake != nil {
		s.Wake()
	}
}
