package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

const (
	linkLife     = 15 * time.Minute
	resetsAtEase = 5 // letters a day: a page must not become a way to fill another's mailbox

	resetAskedLife = 24 * time.Hour
)

var (
	errLinkOver  = &domain.Error{Code: domain.CodeClosed, Key: "signin.link_over"}
	errResetOver = &domain.Error{Code: domain.CodeClosed, Key: "reset.over"}
)

// LinkHolds is nil while a one-time sign-in link can still be used, for the page with the button; it
// changes nothing. Refusal: class CodeClosed "signin.link_over".
func (s *Accounts) LinkHolds(ctx context.Context, token string) error {
	_, _, err := s.held(ctx, s.Store.Queries, token, errLinkOver, store.TicketLink)
	return err
}

// SignInLink uses up a one-time link. It counts as a password: where the user has a second factor, it is
// asked for. Refusal: class CodeClosed "signin.link_over".
func (s *Accounts) SignInLink(ctx context.Context, token string, c Caller) (SignInResult, error) {
	var out SignInResult
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		t, _, err := s.held(ctx, tx.Queries, token, errLinkOver, store.TicketLink)
		if err != nil {
			return err
		}
		acc, err := tx.AccountByID(ctx, t.User)
		if err != nil {
			return err
		}
		if acc.State != domain.UserActive {
			return errLinkOver
		}
		if _, err := tx.UseTicket(ctx, t.Hash); err != nil {
			return err
		}
		out, err = s.admit(ctx, tx, acc, domain.ByLink, c)
		return err
	})
	return out, err
}

// MakeLink is a one-time sign-in link for the user with an address, valid for 15 minutes; for whoever
// runs the program alone. A link made before is dead.
func (s *Accounts) MakeLink(ctx context.Context, a domain.Actor, email string) (string, error) {
	if !a.AllCounties || !a.May(domain.PermManageUsers) {
		return "", domain.NotFound("user.not_found")
	}
	var link string
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		acc, err := tx.AccountByEmail(ctx, domain.EmailKey(strings.TrimSpace(email)))
		if err != nil {
			return err
		}
		if acc.State != domain.UserActive {
			return domain.NotFound("user.not_found")
		}
		if err := tx.DropTickets(ctx, acc.ID, store.TicketLink); err != nil {
			return err
		}
		token, err := s.ticket(ctx, tx, store.TicketLink, acc.ID, linkLife, nil)
		if err != nil {
			return err
		}
		link = s.SignInURL(acc.Lang, token)
		return s.logFor(ctx, tx, a, "", domain.AuditUserLink, acc.ID, nil)
	})
	return link, err
}

// RequestReset sends a letter with a link to choose a new password, if the address is a user's. The
// answer is the same either way: nil, or of class CodeTooMany "signin.wait" where one network asks too
// much. Nothing is looked up here: that someone asked is written down, and AnswerResets looks later, so
// that the time the answer takes tells nothing either.
func (s *Accounts) RequestReset(ctx context.Context, email string, l domain.Lang, c Caller) error {
	if len(email) > longest {
		email = ""
	}
	wish, err := json.Marshal(resetWish{Email: email, Lang: l})
	if err != nil {
		return err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := s.asked(ctx, tx, networkOf(c)); err != nil {
			return err
		}
		_, err := s.ticket(ctx, tx, store.TicketResetAsked, 0, resetAskedLife, wish)
		return err
	})
	if err == nil {
		s.wake()
	}
	return err
}

// resetWish is what someone who has forgotten her password typed.
type resetWish struct {
	Email string      `json:"email"`
	Lang  domain.Lang `json:"lang"`
}

// AnswerResets writes the letters that were asked for by RequestReset.
func (s *Accounts) AnswerResets(ctx context.Context, a domain.Actor) error {
	if err := a.Require(domain.PermDeliver); err != nil {
		return err
	}
	asked, err := s.Store.Tickets(ctx, store.TicketResetAsked, s.Now())
	for _, t := range asked {
		err = errors.Join(err, s.Store.Write(ctx, func(tx *store.Tx) error { return s.answerReset(ctx, tx, t) }))
	}
	return err
}

func (s *Accounts) answerReset(ctx context.Context, tx *store.Tx, t store.Ticket) error {
	used, err := tx.UseTicket(ctx, t.Hash)
	if err != nil || !used {
		return err
	}
	state, err := s.Keys.Open(t.Sealed, "ticket "+string(t.Hash))
	if err != nil {
		return err
	}
	var w resetWish
	if err := json.Unmarshal(state, &w); err != nil {
		return fmt.Errorf("service: reset: %w", err)
	}
	acc, err := accountOrNone(tx.AccountByEmail(ctx, domain.EmailKey(strings.TrimSpace(w.Email))))
	if err != nil || acc.State != domain.UserActive {
		return err
	}
	enough, err := s.hasFreshReset(ctx, tx, acc.ID)
	if err != nil || enough {
		return err
	}
	if w.Lang != "" {
		acc.Lang = w.Lang
	}
	if err := s.log(ctx, tx, acc.User, domain.AuditReset, nil); err != nil {
		return err
	}
	return s.sendReset(ctx, tx, acc.User, domain.NoticeReset, store.TicketReset, domain.ResetLife)
}

// hasFreshReset reports whether she has been sent a link so lately that another would only fill her
// mailbox. The waits are shorter than a link lives: however often others ask, she has one that works.
func (s *Accounts) hasFreshReset(ctx context.Context, tx *store.Tx, id domain.UserID) (bool, error) {
	today, err := tx.NoticesWithin(ctx, id, domain.NoticeReset, s.Now(), 24*time.Hour)
	if err != nil {
		return false, err
	}
	gap := time.Minute
	if today >= resetsAtEase {
		gap = domain.ResetLife - 5*time.Minute
	}
	n, err := tx.NoticesWithin(ctx, id, domain.NoticeReset, s.Now(), gap)
	return n > 0, err
}

// sendReset owes a letter with a link to choose a password; links sent before stay good, so that the
// order in which letters arrive does not matter.
func (s *Accounts) sendReset(ctx context.Context, tx *store.Tx, u domain.User, n domain.NoticeKind, k store.TicketKind, life time.Duration) error {
	token, err := s.ticket(ctx, tx, k, u.ID, life, nil)
	if err != nil {
		return err
	}
	return s.notify(ctx, tx, u, n, letterParts{Link: s.ResetURL(u.Lang, token), Life: life})
}

// ResetHolds is nil while the link of a reset or an invitation can still be used; it changes nothing.
// Refusal: class CodeClosed "reset.over".
func (s *Accounts) ResetHolds(ctx context.Context, token string) error {
	_, _, err := s.held(ctx, s.Store.Queries, token, errResetOver, store.TicketReset, store.TicketInvite)
	return err
}

// Reset sets a new password with the token of a letter, uses up every such token of hers, and ends every
// sign-in. She signs in afterwards as usual, with her second factor. Refusals: *domain.Invalid for the
// field "password"; class CodeClosed "reset.over"; CodeUnavailable "signin.busy".
func (s *Accounts) Reset(ctx context.Context, token, password string, c Caller) error {
	t, _, err := s.held(ctx, s.Store.Queries, token, errResetOver, store.TicketReset, store.TicketInvite)
	if err != nil {
		return err
	}
	acc, err := s.Store.AccountByID(ctx, t.User)
	if err != nil {
		return or2(notFoundIs(err, errResetOver), err)
	}
	hash, err := s.hash(ctx, acc.User, password)
	if err != nil {
		return err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.AccountByID(ctx, acc.ID)
		if err != nil {
			return err
		}
		used, err := tx.UseTicket(ctx, t.Hash)
		if err != nil || !used || now.State != domain.UserActive {
			return or2(err, errResetOver)
		}
		return s.putPassword(ctx, tx, now, hash, 0, c)
	})
	if err == nil {
		s.wake()
	}
	return err
}

func notFoundIs(err, instead error) error {
	if errors.Is(err, domain.ErrNotFound) {
		return instead
	}
	return nil
}

// hash reads a new password and hashes it, outside every transaction.
func (s *Accounts) hash(ctx context.Context, u domain.User, password string) (string, error) {
	password, err := domain.ReadPassword("password", password, u)
	if err != nil {
		return "", err
	}
	hash, err := s.Hasher.Hash(ctx, password)
	if errors.Is(err, auth.ErrBusy) {
		err = errBusyHash
	}
	return hash, err
}

// putPassword keeps a new password and makes everything void that hung on the old one: other sign-ins,
// tickets, and what was counted against her here. Whoever was sent the letter has shown that she reads
// it, so that the network counts as hers.
func (s *Accounts) putPassword(ctx context.Context, tx *store.Tx, acc store.Account, hash string, keep domain.SignInID, c Caller) error {
	if err := tx.SetPassword(ctx, acc.ID, hash); err != nil {
		return err
	}
	if _, err := tx.EndSignIns(ctx, acc.ID, keep); err != nil {
		return err
	}
	err := tx.DropTickets(ctx, acc.ID, store.TicketReset, store.TicketInvite, store.TicketLink, store.TicketSecondFactor, store.TicketPasskey)
	if err != nil {
		return err
	}
	g := guess{what: "password", account: domain.EmailKey(acc.Email), user: acc.ID, network: networkOf(c)}
	if err := tx.KnowNetwork(ctx, acc.ID, g.network, s.Now()); err != nil {
		return err
	}
	if err := s.relieve(ctx, tx, g); err != nil {
		return err
	}
	if err := s.log(ctx, tx, acc.User, domain.AuditPassword, nil); err != nil {
		return err
	}
	return s.notify(ctx, tx, acc.User, domain.NoticePassword, letterParts{})
}
