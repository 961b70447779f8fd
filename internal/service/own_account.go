package service

import (
	"context"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// issuer is what an authenticator app calls the product.
const issuer = "Temadag"

var (
	errProveFirst = &domain.Error{Code: domain.CodeClosed, Key: "account.prove_first"}
	errTOTPOver   = &domain.Error{Code: domain.CodeClosed, Key: "totp.over"}
	errTOTPWrong  = &domain.Error{Code: domain.CodeInvalid, Key: "totp.code_wrong", Field: "code"}
	errLastFactor = &domain.Error{Code: domain.CodeConflict, Key: "account.last_factor"}
)

// Enrolled is what adding a factor gives: recovery codes to be shown once, and the session's new token.
type Enrolled struct {
	Codes []string // nil where she has codes already
	Token string
}

// sensitive is nil for a sign-in that may change what its user proves herself with: it must be recent.
func (s *Accounts) sensitive(in domain.SignIn) error {
	if err := own(in.Actor); err != nil {
		return err
	}
	if !in.Recent(s.Now()) {
		return errProveFirst
	}
	return nil
}

// ChangePassword replaces the actor's own password, given the old one where she has one, and ends all
// other sign-ins. It answers a new token for the cookie. Refusals: *domain.Invalid for the field
// "password" (new); class CodeInvalid "field.old_password.wrong" for the field "old"; CodeTooMany
// "signin.wait"; where she has no password, class CodeClosed "account.prove_first".
func (s *Accounts) ChangePassword(ctx context.Context, in domain.SignIn, old, password string, c Caller) (string, error) {
	if err := own(in.Actor); err != nil {
		return "", err
	}
	acc, err := s.Store.AccountByID(ctx, in.User.ID)
	if err != nil {
		return "", err
	}
	if acc.Hash == "" {
		err = s.sensitive(in)
	} else {
		err = s.checkOld(ctx, acc, old, c)
	}
	if err != nil {
		return "", err
	}
	hash, err := s.hash(ctx, acc.User, password)
	if err != nil {
		return "", err
	}
	var token string
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := s.unchanged(ctx, tx, acc)
		if err != nil {
			return err
		}
		if err := s.putPassword(ctx, tx, now, hash, in.ID, c); err != nil {
			return err
		}
		token, err = s.rotate(ctx, tx, in, s.Now())
		return err
	})
	if err == nil {
		s.wake()
	}
	return token, err
}

// checkOld compares the old password, counted like a guess: an open sign-in must not become a way to try
// passwords.
func (s *Accounts) checkOld(ctx context.Context, acc store.Account, old string, c Caller) error {
	g := guess{what: "password", account: domain.EmailKey(acc.Email), user: acc.ID, network: networkOf(c)}
	if err := s.Store.Write(ctx, func(tx *store.Tx) error { return s.charge(ctx, tx, g) }); err != nil {
		return err
	}
	err := s.comparePassword(ctx, acc, old)
	if domain.CodeOf(err) == domain.CodeInvalid {
		return &domain.Error{Code: domain.CodeInvalid, Key: "field.old_password.wrong", Field: "old"}
	}
	return err
}

// BeginTOTP is a fresh secret for an app. Nothing is kept until ConfirmTOTP has seen a code of it.
// Refusal, as for everything below that changes factors, where in is not Recent: class CodeClosed
// "account.prove_first".
func (s *Accounts) BeginTOTP(ctx context.Context, in domain.SignIn) (domain.TOTPSetup, error) {
	if err := s.sensitive(in); err != nil {
		return domain.TOTPSetup{}, err
	}
	secret := auth.NewTOTPSecret()
	out := domain.TOTPSetup{Secret: secret, URI: auth.TOTPURI(issuer, in.User.Email, secret)}
	err := s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if err = tx.DropTickets(ctx, in.User.ID, store.TicketTOTP); err != nil {
			return err
		}
		out.Ticket, err = s.ticket(ctx, tx, store.TicketTOTP, in.User.ID, ticketLife, []byte(secret))
		return err
	})
	return out, err
}

// ResumeTOTP is the setup of a ticket once more, for the page after a wrong code. Refusal: class
// CodeClosed "totp.over".
func (s *Accounts) ResumeTOTP(ctx context.Context, in domain.SignIn, ticket string) (domain.TOTPSetup, error) {
	if err := s.sensitive(in); err != nil {
		return domain.TOTPSetup{}, err
	}
	t, secret, err := s.held(ctx, s.Store.Queries, ticket, errTOTPOver, store.TicketTOTP)
	if err != nil || t.User != in.User.ID {
		return domain.TOTPSetup{}, or2(err, errTOTPOver)
	}
	return domain.TOTPSetup{Secret: string(secret), URI: auth.TOTPURI(issuer, in.User.Email, string(secret)), Ticket: ticket}, nil
}

// ConfirmTOTP adds the app, given the ticket of BeginTOTP and a code, and answers recovery codes: they
// are shown once. An app that she had before is replaced. The answer's token is new; put it into the
// cookie. Refusals: class CodeInvalid "totp.code_wrong", field "code"; CodeClosed "totp.over".
func (s *Accounts) ConfirmTOTP(ctx context.Context, in domain.SignIn, ticket, code string) (Enrolled, error) {
	if err := s.sensitive(in); err != nil {
		return Enrolled{}, err
	}
	t, secret, err := s.held(ctx, s.Store.Queries, ticket, errTOTPOver, store.TicketTOTP)
	if err != nil || t.User != in.User.ID {
		return Enrolled{}, or2(err, errTOTPOver)
	}
	step, ok := auth.TOTPStep(string(secret), code, s.Now())
	if !ok {
		err := s.Store.Write(ctx, func(tx *store.Tx) error { return tx.TicketTried(ctx, t.Hash) })
		return Enrolled{}, or2(err, errTOTPWrong)
	}
	return s.addFactor(ctx, in, t, "totp", func(tx *store.Tx) error {
		return tx.SetTOTP(ctx, in.User.ID, s.Keys.Seal(secret, totpPlace(in.User.ID)), step)
	})
}

// addFactor keeps a factor that has proved itself, gives the first one its recovery codes, and rotates
// the sign-in: it may do more than before.
func (s *Accounts) addFactor(ctx context.Context, in domain.SignIn, t store.Ticket, what string, keep func(tx *store.Tx) error) (Enrolled, error) {
	var out Enrolled
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		acc, err := tx.AccountByID(ctx, in.User.ID)
		if err != nil {
			return err
		}
		if used, err := tx.UseTicket(ctx, t.Hash); err != nil || !used {
			return or2(err, errTOTPOver)
		}
		if err := keep(tx); err != nil {
			return err
		}
		if acc.Codes == 0 {
			if out.Codes, err = s.newCodes(ctx, tx, acc.User); err != nil {
				return err
			}
		}
		if err := s.factorsChanged(ctx, tx, acc.User, domain.AuditFactorOn, what); err != nil {
			return err
		}
		out.Token, err = s.rotate(ctx, tx, in, in.ProvedAt)
		return err
	})
	if err != nil {
		return Enrolled{}, err
	}
	s.wake()
	return out, nil
}

func (s *Accounts) factorsChanged(ctx context.Context, tx *store.Tx, u domain.User, did domain.AuditAction, what string) error {
	if err := s.log(ctx, tx, u, did, map[string]string{"what": what}); err != nil {
		return err
	}
	return s.notify(ctx, tx, u, domain.NoticeFactors, letterParts{})
}

func (s *Accounts) newCodes(ctx context.Context, tx *store.Tx, u domain.User) ([]string, error) {
	codes, hashes := auth.NewRecoveryCodes()
	if err := tx.PutRecoveryCodes(ctx, u.ID, hashes); err != nil {
		return nil, err
	}
	return codes, s.log(ctx, tx, u, domain.AuditCodes, nil)
}

// RemoveTOTP takes the app away. The last factor cannot be removed where one is required: class
// CodeConflict "account.last_factor".
func (s *Accounts) RemoveTOTP(ctx context.Context, in domain.SignIn) (token string, err error) {
	return s.removeFactor(ctx, in, "totp", func(tx *store.Tx, acc store.Account) error {
		if !acc.TOTP {
			return domain.NotFound("totp.not_found")
		}
		return tx.SetTOTP(ctx, acc.ID, nil, acc.TOTPStep)
	})
}

func (s *Accounts) removeFactor(ctx context.Context, in domain.SignIn, what string, remove func(tx *store.Tx, acc store.Account) error) (token string, err error) {
	if err := s.sensitive(in); err != nil {
		return "", err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		acc, err := tx.AccountByID(ctx, in.User.ID)
		if err != nil {
			return err
		}
		if err := remove(tx, acc); err != nil {
			return err
		}
		if acc, err = tx.AccountByID(ctx, acc.ID); err != nil {
			return err
		}
		if !acc.SecondFactor() {
			if s.RequireFactor {
				return errLastFactor
			}
			if err := tx.PutRecoveryCodes(ctx, acc.ID, nil); err != nil {
				return err
			}
		}
		if err := s.factorsChanged(ctx, tx, acc.User, domain.AuditFactorOff, what); err != nil {
			return err
		}
		token, err = s.rotate(ctx, tx, in, in.ProvedAt)
		return err
	})
	if err == nil {
		s.wake()
	}
	return token, err
}

// RecoveryCodes makes ten new codes, each for one use, and kills the old ones. Without a second factor
// there is nothing to recover: class CodeConflict "account.no_factor".
func (s *Accounts) RecoveryCodes(ctx context.Context, in domain.SignIn) (codes []string, err error) {
	if err := s.sensitive(in); err != nil {
		return nil, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		acc, err := tx.AccountByID(ctx, in.User.ID)
		if err != nil {
			return err
		}
		if !acc.SecondFactor() {
			return &domain.Error{Code: domain.CodeConflict, Key: "account.no_factor"}
		}
		codes, err = s.newCodes(ctx, tx, acc.User)
		return err
	})
	return codes, err
}

func (s *Accounts) wake() {
	if s.Wake != nil {
		s.Wake()
	}
}
