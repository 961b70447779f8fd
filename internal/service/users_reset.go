package service

import (
	"context"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Invite sends someone a new letter with a link to choose a password. What she has goes on holding until she
// uses it. As Disable, for whom; and class CodeConflict "user.disabled" for a closed account.
func (s *Accounts) Invite(ctx context.Context, a domain.Actor, id domain.UserID) error {
	return s.whole(ctx, a, id, func(tx *store.Tx, acc store.Account) error {
		if acc.State != domain.UserActive {
			return &domain.Error{Code: domain.CodeConflict, Key: "user.disabled"}
		}
		if err := s.logFor(ctx, tx, a, "", domain.AuditUserInvited, id, nil); err != nil {
			return err
		}
		return s.sendReset(ctx, tx, acc.User, domain.NoticeInvited, store.TicketInvite, domain.InviteLife)
	})
}

// ClearFactors takes away the app, the passkeys and the recovery codes of someone who has lost them, ends her
// sign-ins and tells her; her password holds. Whoever does it has shown lately who she is: class CodeClosed
// "account.prove_first". As Disable, for whom.
func (s *Accounts) ClearFactors(ctx context.Context, in domain.SignIn, id domain.UserID) error {
	if !in.Recent(s.Now()) {
		return errProveFirst
	}
	return s.whole(ctx, in.Actor, id, func(tx *store.Tx, acc store.Account) error {
		if err := s.dropFactors(ctx, tx, acc); err != nil {
			return err
		}
		if err := s.void(ctx, tx, id); err != nil {
			return err
		}
		if err := s.logFor(ctx, tx, in.Actor, "", domain.AuditUserFactors, id, nil); err != nil {
			return err
		}
		return s.notify(ctx, tx, acc.User, domain.NoticeFactors, letterParts{})
	})
}

// ClearSurely is Clear for someone who has signed in: it takes a recent proof of who she is, as ClearFactors.
func (s *Accounts) ClearSurely(ctx context.Context, in domain.SignIn, id domain.UserID) error {
	if !in.Recent(s.Now()) {
		return errProveFirst
	}
	return s.Clear(ctx, in.Actor, id)
}

func (s *Accounts) dropFactors(ctx context.Context, tx *store.Tx, acc store.Account) error {
	if err := tx.SetTOTP(ctx, acc.ID, nil, acc.TOTPStep); err != nil {
		return err
	}
	if err := tx.DeletePasskeys(ctx, acc.ID); err != nil {
		return err
	}
	return tx.PutRecoveryCodes(ctx, acc.ID, nil)
}

// GrantEvents are the events at which the actor may grant roles, by day: those of the counties where she
// manages users.
func (s *Accounts) GrantEvents(ctx context.Context, a domain.Actor) ([]domain.Event, error) {
	if err := a.Require(domain.PermManageUsers); err != nil {
		return nil, err
	}
	return s.Store.DeskEvents(ctx, store.DeskScope{Reach: store.ReachOf(a, domain.PermManageUsers)})
}
