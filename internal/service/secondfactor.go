package service

import (
	"context"
	"strings"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

var errCode = &domain.Error{Code: domain.CodeInvalid, Key: "signin.code_wrong", Field: "code"}

// SecondFactor is the second step: the ticket of the first, and a code of the app or a recovery code,
// told apart by their form. Refusals: class CodeInvalid "signin.code_wrong" (the ticket may be used
// again); CodeClosed "signin.ticket_over" (begin anew); CodeTooMany "signin.wait".
func (s *Accounts) SecondFactor(ctx context.Context, ticket, code string, c Caller) (SignInResult, error) {
	t, _, err := s.held(ctx, s.Store.Queries, ticket, errTicketOver, store.TicketSecondFactor)
	if err != nil {
		return SignInResult{}, err
	}
	g := s.codeGuess(t.User, c)
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := s.charge(ctx, tx, g); err != nil {
			return err
		}
		return tx.TicketTried(ctx, t.Hash)
	})
	if err != nil {
		return SignInResult{}, err
	}
	var out SignInResult
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		acc, err := tx.AccountByID(ctx, t.User)
		if err != nil {
			return err
		}
		if acc.State != domain.UserActive {
			return errTicketOver
		}
		m, err := s.takeCode(ctx, tx, acc, code)
		if err != nil {
			return err
		}
		if used, err := tx.UseTicket(ctx, t.Hash); err != nil || !used {
			return or2(err, errTicketOver)
		}
		if err := s.relieve(ctx, tx, g); err != nil {
			return err
		}
		out.Lang = acc.Lang
		out.Token, err = s.enter(ctx, tx, acc, m, c)
		return err
	})
	return out, err
}

func or2(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// codeGuess counts codes by user: whoever gets so far knows the password, or has opened a sign-in.
func (s *Accounts) codeGuess(user domain.UserID, c Caller) guess {
	return guess{what: "code", account: idOf(user), user: user, network: networkOf(c)}
}

// takeCode uses up a code of the app or a recovery code, and tells which it was; errCode for any other.
func (s *Accounts) takeCode(ctx context.Context, tx *store.Tx, acc store.Account, code string) (domain.SignInMethod, error) {
	if hash, ok := auth.RecoveryHash(code); ok {
		taken, err := tx.TakeRecoveryCode(ctx, acc.ID, hash, s.Now())
		if err != nil || !taken {
			return "", or2(err, errCode)
		}
		if err := s.notify(ctx, tx, acc.User, domain.NoticeRecovered, letterParts{Left: acc.Codes - 1}); err != nil {
			return "", err
		}
		return domain.ByRecovery, s.log(ctx, tx, acc.User, domain.AuditRecovery, nil)
	}
	if acc.TOTPSeal == nil {
		return "", errCode
	}
	secret, err := s.Keys.Open(acc.TOTPSeal, totpPlace(acc.ID))
	if err != nil {
		return "", err
	}
	step, ok := auth.TOTPStep(string(secret), strings.TrimSpace(code), s.Now())
	if !ok {
		return "", errCode
	}
	taken, err := tx.TakeTOTPStep(ctx, acc.ID, step)
	if err != nil || !taken {
		return "", or2(err, errCode)
	}
	return domain.ByTOTP, nil
}

// totpPlace is what the secret of an app is sealed for: moved to another user it opens nothing.
func totpPlace(id domain.UserID) string { return "totp " + idOf(id) }
