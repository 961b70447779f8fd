package service

import (
	"context"
	"errors"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

const (
	mailingBatch = 256             // letters begun with in one transaction
	mailingPace  = 2 * time.Second // between looks while letters are on their way
)

// Advance begins with the letters of mailings that are due, a batch of each, and answers when it wants to be
// called again: at once while there is more to begin with, or never (the zero time) while no mailing waits.
// A letter and the note that it is begun with are one transaction: killed at any moment, each recipient has
// one letter or is still to have hers.
func (s *Mailings) Advance(ctx context.Context, a domain.Actor) (time.Time, error) {
	if err := a.Require(domain.PermDeliver); err != nil {
		return time.Time{}, err
	}
	due, err := s.Store.DueMailings(ctx, s.Now())
	if err != nil {
		return time.Time{}, err
	}
	next := time.Time{}
	for _, id := range due {
		at, err := s.advance(ctx, a, id)
		if err != nil {
			return time.Time{}, err
		}
		next = earlier(next, at)
	}
	at, err := s.waiting(ctx)
	return earlier(next, at), err
}

// waiting is when the next mailing that has not begun is due.
func (s *Mailings) waiting(ctx context.Context) (time.Time, error) {
	at, err := s.Store.NextMailing(ctx)
	if err != nil || !at.After(s.Now()) {
		return time.Time{}, err
	}
	return at, nil
}

// earlier is the earlier of two times, of which the zero one is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (s *Mailings) advance(ctx context.Context, a domain.Actor, id domain.MailingID) (next time.Time, err error) {
	err = s.Registrations.write(ctx, a, domain.ChannelWeb, func(st step) error {
		next = time.Time{}
		m, _, err := st.tx.MailingByID(ctx, id)
		if err != nil {
			return err
		}
		if m.State == domain.MailingWaiting {
			m.State = domain.MailingSending
			if err := setMailing(ctx, st.tx, m, domain.MailingWaiting); err != nil {
				return err
			}
		}
		if m.State != domain.MailingSending {
			return nil
		}
		c, err := st.tx.MailingCounts(ctx, id)
		if err != nil {
			return err
		}
		n, pause := c.Release(mailingBatch)
		switch {
		case pause:
			m.State = domain.MailingPaused
			return setMailing(ctx, st.tx, m, domain.MailingSending)
		case c.Left == 0 && c.Queued == 0:
			m.State, m.Ended = domain.MailingDone, s.Now()
			return setMailing(ctx, st.tx, m, domain.MailingSending)
		case n == 0:
			next = s.Now().Add(mailingPace)
			return nil
		}
		next = s.Now()
		if c.Left == n {
			next = s.Now().Add(mailingPace)
		}
		return s.release(ctx, st, m, n)
	})
	return next, err
}

// release begins with n letters. Whoever may not be written to any more gets none.
func (s *Mailings) release(ctx context.Context, st step, m domain.Mailing, n int) error {
	if m.Kind == domain.MailingInvitation {
		return s.releaseInvited(ctx, st, m, n)
	}
	to, err := st.tx.RecipientsLeft(ctx, m.ID, n)
	if err != nil {
		return err
	}
	for _, r := range to {
		k, err := st.tx.RegistrationByID(ctx, r.ID)
		gone := errors.Is(err, domain.ErrNotFound)
		if err != nil && !gone {
			return err
		}
		withhold := gone || k.Email == "" || !m.Audience.Reaches(r.Status, k.Status)
		if !withhold {
			hash := st.s.Keys.AddressHash(k.EmailKey())
			why, err := st.tx.Suppressed(ctx, m.County, hash)
			if err != nil {
				return err
			}
			withhold = why[string(hash)].Against(domain.MailingParticipants)
		}
		if err := st.tx.SetRecipient(ctx, m.ID, r.ID, withhold); err != nil {
			return err
		}
		if withhold {
			continue
		}
		if err := st.writeTo(ctx, m, k); err != nil {
			return err
		}
	}
	return nil
}

// writeTo owes one letter of a mailing, with its line in the history.
func (st step) writeTo(ctx context.Context, m domain.Mailing, k store.Kept) error {
	lang := m.Audience.Lang(k.Lang)
	d := domain.Details{Subject: m.Subject.In(lang)}
	if k.LinkVersion > 1 {
		d.LinkVersion = k.LinkVersion
	}
	n, err := st.tx.AppendHistory(ctx, domain.HistoryEntry{
		RegistrationID: k.ID, At: st.now, Kind: domain.HistoryWrittenTo, Channel: st.channel, Actor: m.ApprovedBy,
		Details: domain.Details{Subject: d.Subject},
	})
	if err != nil {
		return err
	}
	state := domain.LetterQueued
	if st.s.Withhold {
		state = domain.LetterWithheld
	}
	return st.tx.InsertLetter(ctx, n, domain.Letter{
		Kind: domain.LetterMailing, RegistrationID: k.ID, To: k.Email, Lang: lang, Status: k.Status,
		MessageID: st.s.Keys.MessageID(k.UID, string(domain.LetterMailing), n), Date: st.now.Truncate(time.Second),
		State: state, NextTry: st.now, Details: d, Mailing: m.ID,
	})
}
