package service

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

const (
	ticketLife  = 10 * time.Minute // between the steps of signing in, and of adding a factor
	ticketTries = 5
	longest     = 4 * domain.MaxPassword // bytes: more is hashed for nobody
)

var (
	errWrong      = &domain.Error{Code: domain.CodeInvalid, Key: "signin.wrong"}
	errTicketOver = &domain.Error{Code: domain.CodeClosed, Key: "signin.ticket_over"}
	errBusyHash   = &domain.Error{Code: domain.CodeUnavailable, Key: "signin.busy"}
)

// SignIn is the first step: address and password. Refusals: class CodeInvalid "signin.wrong", the same
// for an unknown address, a wrong password, a disabled account and one without a password; CodeTooMany
// "signin.wait" with Args "count" (minutes); CodeUnavailable "signin.busy" where too many are being let
// in at once.
func (s *Accounts) SignIn(ctx context.Context, in SignInInput) (SignInResult, error) {
	g := guess{what: "password", account: domain.EmailKey(strings.TrimSpace(in.Email)), network: networkOf(in.Caller)}
	var acc store.Account
	err := s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if acc, err = accountOrNone(tx.AccountByEmail(ctx, g.account)); err != nil {
			return err
		}
		g.user = acc.ID
		return s.charge(ctx, tx, g)
	})
	if err != nil {
		return SignInResult{}, err
	}
	if err := s.comparePassword(ctx, acc, in.Password); err != nil {
		return SignInResult{}, err
	}
	dearer, err := s.rehash(ctx, acc, in.Password)
	if err != nil {
		return SignInResult{}, err
	}
	var out SignInResult
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := s.unchanged(ctx, tx, acc)
		if err != nil {
			return err
		}
		if err := s.relieve(ctx, tx, g); err != nil {
			return err
		}
		if dearer != "" {
			if err := tx.SetPassword(ctx, acc.ID, dearer); err != nil {
				return err
			}
		}
		out, err = s.admit(ctx, tx, now, domain.ByPassword, in.Caller)
		return err
	})
	return out, err
}

// rehash is the password hashed at today's cost where it was hashed at another, else "". Where too many
// are being let in, it waits for another day.
func (s *Accounts) rehash(ctx context.Context, acc store.Account, password string) (string, error) {
	if !s.Hasher.Outdated(acc.Hash) {
		return "", nil
	}
	hash, err := s.Hasher.Hash(ctx, domain.PasswordForm(password))
	if errors.Is(err, auth.ErrBusy) {
		return "", nil
	}
	return hash, err
}

// accountOrNone is the zero account where there is none: it is asked everything that one is.
func accountOrNone(a store.Account, err error) (store.Account, error) {
	if errors.Is(err, domain.ErrNotFound) {
		return store.Account{}, nil
	}
	return a, err
}

// comparePassword does the same work whoever is asked about, and answers errWrong for everyone who may
// not come in.
func (s *Accounts) comparePassword(ctx context.Context, acc store.Account, password string) error {
	hash := acc.Hash
	if len(password) > longest {
		password, hash = "", ""
	}
	ok, err := s.Hasher.Matches(ctx, domain.PasswordForm(password), hash)
	switch {
	case errors.Is(err, auth.ErrBusy):
		return errBusyHash
	case err != nil:
		return err
	case !ok || acc.State != domain.UserActive:
		return errWrong
	}
	return nil
}

// unchanged is the account as it is now, or errWrong where it was closed or given another password while
// the old one was being compared.
func (s *Accounts) unchanged(ctx context.Context, tx *store.Tx, acc store.Account) (store.Account, error) {
	now, err := tx.AccountByID(ctx, acc.ID)
	if err != nil {
		return now, err
	}
	if now.State != domain.UserActive || now.Hash != acc.Hash {
		return now, errWrong
	}
	return now, nil
}

// admit follows a first factor that was right: it asks for the second one, or lets her in.
func (s *Accounts) admit(ctx context.Context, tx *store.Tx, acc store.Account, m domain.SignInMethod, c Caller) (SignInResult, error) {
	if !acc.SecondFactor() {
		token, err := s.enter(ctx, tx, acc, m, c)
		return SignInResult{Token: token, Lang: acc.Lang}, err
	}
	ticket, err := s.ticket(ctx, tx, store.TicketSecondFactor, acc.ID, ticketLife, nil)
	return SignInResult{Ticket: ticket, Methods: s.methods(acc), Lang: acc.Lang}, err
}

func (s *Accounts) methods(acc store.Account) []domain.SignInMethod {
	var out []domain.SignInMethod
	if acc.Passkeys > 0 && s.Passkeys != nil {
		out = append(out, domain.ByPasskey)
	}
	if acc.TOTP {
		out = append(out, domain.ByTOTP)
	}
	if acc.Codes > 0 {
		out = append(out, domain.ByRecovery)
	}
	return out
}

// ticket hands out a ticket. What the next step needs is sealed, bound to the ticket.
func (s *Accounts) ticket(ctx context.Context, tx *store.Tx, k store.TicketKind, user domain.UserID, life time.Duration, state []byte) (string, error) {
	token := auth.NewToken()
	hash, _ := auth.TokenHash(token)
	t := store.Ticket{Hash: hash, Kind: k, User: user, MadeAt: s.Now(), EndsAt: s.Now().Add(life)}
	if state != nil {
		t.Sealed = s.Keys.Seal(state, "ticket "+string(hash))
	}
	return token, tx.InsertTicket(ctx, t)
}

// held is a ticket that still holds, and what was sealed with it; else over.
func (s *Accounts) held(ctx context.Context, q store.Queries, token string, over error, kinds ...store.TicketKind) (store.Ticket, []byte, error) {
	hash, ok := auth.TokenHash(token)
	if !ok {
		return store.Ticket{}, nil, over
	}
	t, err := q.Ticket(ctx, hash, s.Now(), kinds...)
	if errors.Is(err, domain.ErrNotFound) || err == nil && t.Tries >= ticketTries {
		return t, nil, over
	}
	if err != nil || t.Sealed == nil {
		return t, nil, err
	}
	state, err := s.Keys.Open(t.Sealed, "ticket "+string(hash))
	return t, state, err
}

// enter lets her in: a new sign-in with a new token, whatever token her browser had before.
func (s *Accounts) enter(ctx context.Context, tx *store.Tx, acc store.Account, m domain.SignInMethod, c Caller) (string, error) {
	now, network := s.Now(), networkOf(c)
	token := auth.NewToken()
	hash, _ := auth.TokenHash(token)
	in := domain.SignIn{
		User: acc.User, Method: m, Agent: auth.Agent(c.Agent), Network: network, At: now, SeenAt: now, ProvedAt: now,
	}
	if _, err := tx.InsertSignIn(ctx, in, hash); err != nil {
		return "", err
	}
	if err := s.tellNewPlace(ctx, tx, acc, in); err != nil {
		return "", err
	}
	if err := tx.KnowNetwork(ctx, acc.ID, network, now); err != nil {
		return "", err
	}
	if err := tx.SignedIn(ctx, acc.ID, now); err != nil {
		return "", err
	}
	return token, s.log(ctx, tx, acc.User, domain.AuditSignedIn, map[string]string{"method": string(m)})
}

// tellNewPlace writes to someone who has signed in before, but never from this network.
func (s *Accounts) tellNewPlace(ctx context.Context, tx *store.Tx, acc store.Account, in domain.SignIn) error {
	known, err := tx.KnowsNetwork(ctx, acc.ID, in.Network, in.At.Add(-knownFor))
	if err != nil || known || acc.SignedInAt.IsZero() {
		return err
	}
	return s.notify(ctx, tx, acc.User, domain.NoticeNewPlace, letterParts{Network: in.Network, Agent: in.Agent})
}

// log writes a line about a user's own account, done by herself.
func (s *Accounts) log(ctx context.Context, tx *store.Tx, u domain.User, what domain.AuditAction, details map[string]string) error {
	return tx.Audit(ctx, domain.AuditEntry{
		At: s.Now(), User: u.ID, Actor: u.Name, Action: what, Object: "user", ObjectID: idOf(u.ID), Details: details,
	})
}

func idOf(id domain.UserID) string { return strconv.FormatInt(int64(id), 10) }
