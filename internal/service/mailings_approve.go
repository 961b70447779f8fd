package service

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

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
		details := map[string]string{"count": strconv.Itoa(len(to))}
		if n := readEnglish(all); m.Audience.Swedish && n > 0 {
			details["english"] = strconv.Itoa(n)
		}
		return tx.Audit(ctx, s.line(a, m, domain.AuditMailingApproved, details))
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
