package service

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

var (
	errPasskeyWrong   = &domain.Error{Code: domain.CodeInvalid, Key: "signin.passkey_wrong"}
	errPasskeyRefused = &domain.Error{Code: domain.CodeInvalid, Key: "passkey.refused"}
	errPasskeyOver    = &domain.Error{Code: domain.CodeClosed, Key: "passkey.over"}
	errNoPasskeys     = domain.NotFound("passkey.not_possible")
)

// maxResponse is more than any browser sends about a passkey.
const maxResponse = 64 << 10

// BeginPasskey answers the options for navigator.credentials.get as JSON, and a ticket for
// SignInPasskey. With the ticket of a first step it asks for the passkeys of that user; with "" for any
// passkey that the device has for this site, which is a complete sign-in without a password.
// domain.ErrNotFound where the site's address allows no passkeys.
func (s *Accounts) BeginPasskey(ctx context.Context, ticket string) (options []byte, next string, err error) {
	if s.Passkeys == nil {
		return nil, "", errNoPasskeys
	}
	var user domain.UserID
	var asked *auth.PasskeyUser
	if ticket != "" {
		t, _, err := s.held(ctx, s.Store.Queries, ticket, errTicketOver, store.TicketSecondFactor)
		if err != nil {
			return nil, "", err
		}
		acc, err := s.Store.AccountByID(ctx, t.User)
		if err != nil {
			return nil, "", err
		}
		u, err := passkeyUser(ctx, s.Store.Queries, acc)
		if err != nil {
			return nil, "", err
		}
		if len(u.Credentials) == 0 {
			return nil, "", errNoPasskeys
		}
		user, asked = acc.ID, &u
	}
	options, state, err := s.Passkeys.BeginGet(asked)
	if err != nil {
		return nil, "", err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		next, err = s.ticket(ctx, tx, store.TicketPasskey, user, ticketLife, state)
		return err
	})
	return options, next, err
}

func passkeyUser(ctx context.Context, q store.Queries, acc store.Account) (auth.PasskeyUser, error) {
	keys, err := q.Passkeys(ctx, acc.ID)
	u := auth.PasskeyUser{Handle: acc.Handle, Email: acc.Email, Name: acc.Name}
	for _, k := range keys {
		u.Credentials = append(u.Credentials, k.Credential)
	}
	return u, err
}

// SignInPasskey ends what BeginPasskey began; response is the credential as JSON. Refusals: class
// CodeInvalid "signin.passkey_wrong"; CodeClosed "signin.ticket_over".
func (s *Accounts) SignInPasskey(ctx context.Context, next string, response io.Reader, c Caller) (SignInResult, error) {
	if s.Passkeys == nil {
		return SignInResult{}, errNoPasskeys
	}
	raw, err := io.ReadAll(io.LimitReader(response, maxResponse))
	if err != nil {
		return SignInResult{}, errPasskeyWrong
	}
	var out SignInResult
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		t, state, err := s.held(ctx, tx.Queries, next, errTicketOver, store.TicketPasskey)
		if err != nil {
			return err
		}
		if used, err := tx.UseTicket(ctx, t.Hash); err != nil || !used {
			return or2(err, errTicketOver)
		}
		acc, use, err := s.provenBy(ctx, tx, state, raw)
		if err != nil {
			return err
		}
		if t.User != 0 && t.User != acc.ID || acc.State != domain.UserActive {
			return errPasskeyWrong
		}
		if err := tx.PasskeyUsed(ctx, use.CredentialID, use.Credential, s.Now()); err != nil {
			return err
		}
		if err := tx.DropTickets(ctx, acc.ID, store.TicketSecondFactor); err != nil {
			return err
		}
		out.Lang = acc.Lang
		out.Token, err = s.enter(ctx, tx, acc, domain.ByPasskey, c)
		return err
	})
	return out, err
}

// ProvePasskey is Prove with a passkey, after BeginPasskey with "".
func (s *Accounts) ProvePasskey(ctx context.Context, token, next string, response io.Reader) (string, error) {
	if s.Passkeys == nil {
		return "", errNoPasskeys
	}
	raw, err := io.ReadAll(io.LimitReader(response, maxResponse))
	if err != nil {
		return "", errPasskeyWrong
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		in, err := s.session(ctx, tx.Queries, token)
		if err != nil {
			return err
		}
		t, state, err := s.held(ctx, tx.Queries, next, errTicketOver, store.TicketPasskey)
		if err != nil {
			return err
		}
		if used, err := tx.UseTicket(ctx, t.Hash); err != nil || !used {
			return or2(err, errTicketOver)
		}
		acc, use, err := s.provenBy(ctx, tx, state, raw)
		if err != nil {
			return err
		}
		if acc.ID != in.User.ID {
			return errPasskeyWrong
		}
		if err := tx.PasskeyUsed(ctx, use.CredentialID, use.Credential, s.Now()); err != nil {
			return err
		}
		token, err = s.rotate(ctx, tx, in, s.Now())
		return err
	})
	return token, err
}

// provenBy is whose passkey has signed, as of this transaction: of two answers with the same counter one
// is a copy.
func (s *Accounts) provenBy(ctx context.Context, tx *store.Tx, state, response []byte) (store.Account, auth.PasskeyUse, error) {
	var acc store.Account
	use, err := s.Passkeys.FinishGet(state, bytes.NewReader(response), func(handle []byte) (u auth.PasskeyUser, err error) {
		if acc, err = tx.AccountByHandle(ctx, handle); err != nil {
			return u, err
		}
		return passkeyUser(ctx, tx.Queries, acc)
	})
	switch {
	case errors.Is(err, auth.ErrPasskey), errors.Is(err, domain.ErrNotFound):
		s.Log.InfoContext(ctx, "passkey refused", "user", int64(acc.ID), "error", err)
		return acc, use, errPasskeyWrong
	case err == nil && use.Cloned:
		s.Log.WarnContext(ctx, "a passkey's counter went backwards: there may be a copy of it", "user", int64(acc.ID))
		return acc, use, errPasskeyWrong
	}
	return acc, use, err
}

// BeginAddPasskey answers the options for navigator.credentials.create as JSON, and a ticket.
func (s *Accounts) BeginAddPasskey(ctx context.Context, in domain.SignIn) (options []byte, ticket string, err error) {
	if s.Passkeys == nil {
		return nil, "", errNoPasskeys
	}
	if err := s.sensitive(in); err != nil {
		return nil, "", err
	}
	acc, err := s.Store.AccountByID(ctx, in.User.ID)
	if err != nil {
		return nil, "", err
	}
	u, err := passkeyUser(ctx, s.Store.Queries, acc)
	if err != nil {
		return nil, "", err
	}
	options, state, err := s.Passkeys.BeginCreate(u)
	if err != nil {
		return nil, "", err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		ticket, err = s.ticket(ctx, tx, store.TicketPasskeyNew, acc.ID, ticketLife, state)
		return err
	})
	return options, ticket, err
}

// AddPasskey keeps a new passkey under a name of her own. Refusals: class CodeInvalid
// "passkey.refused"; CodeClosed "passkey.over"; *domain.Invalid for the field "name".
func (s *Accounts) AddPasskey(ctx context.Context, in domain.SignIn, ticket, name string, response io.Reader) (Enrolled, error) {
	if s.Passkeys == nil {
		return Enrolled{}, errNoPasskeys
	}
	if err := s.sensitive(in); err != nil {
		return Enrolled{}, err
	}
	name, err := domain.ReadLabel("name", name)
	if err != nil {
		return Enrolled{}, err
	}
	t, state, err := s.held(ctx, s.Store.Queries, ticket, errPasskeyOver, store.TicketPasskeyNew)
	if err != nil || t.User != in.User.ID {
		return Enrolled{}, or2(err, errPasskeyOver)
	}
	acc, err := s.Store.AccountByID(ctx, in.User.ID)
	if err != nil {
		return Enrolled{}, err
	}
	u, err := passkeyUser(ctx, s.Store.Queries, acc)
	if err != nil {
		return Enrolled{}, err
	}
	made, err := s.Passkeys.FinishCreate(u, state, io.LimitReader(response, maxResponse))
	if errors.Is(err, auth.ErrPasskey) {
		s.Log.InfoContext(ctx, "new passkey refused", "user", int64(acc.ID), "error", err)
		err = errPasskeyRefused
	}
	if err != nil {
		return Enrolled{}, err
	}
	return s.addFactor(ctx, in, t, "passkey", func(tx *store.Tx) error {
		kept, err := tx.InsertPasskey(ctx, store.KeptPasskey{
			Passkey: domain.Passkey{Name: name, At: s.Now()}, User: acc.ID, CredentialID: made.CredentialID, Credential: made.Credential,
		})
		if err == nil && !kept {
			err = errPasskeyRefused
		}
		return err
	})
}

// OwnPasskeys are the actor's passkeys, the oldest first.
func (s *Accounts) OwnPasskeys(ctx context.Context, a domain.Actor) ([]domain.Passkey, error) {
	if err := own(a); err != nil {
		return nil, err
	}
	kept, err := s.Store.Passkeys(ctx, a.User)
	out := make([]domain.Passkey, len(kept))
	for i, k := range kept {
		out[i] = k.Passkey
	}
	return out, err
}

// RemovePasskey takes one of her own passkeys away; see RemoveTOTP for the last one.
func (s *Accounts) RemovePasskey(ctx context.Context, in domain.SignIn, id int64) (token string, err error) {
	return s.removeFactor(ctx, in, "passkey", func(tx *store.Tx, acc store.Account) error {
		hers, err := tx.DeletePasskey(ctx, acc.ID, id)
		if err == nil && !hers {
			err = domain.NotFound("passkey.not_found")
		}
		return err
	})
}
