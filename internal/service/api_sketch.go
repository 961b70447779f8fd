package service

import (
	"context"
	"errors"
	"io"

	"github.com/temadag/temadag/internal/domain"
)

// SignIn is the first step: address and password. Refusals: class CodeInvalid "signin.wrong", the same
// for an unknown address, a wrong password, a disabled account and one without a password; CodeTooMany
// "signin.wait" with Args "minutes" and "at"; CodeUnavailable "signin.busy" where too many are being
// let in at once.
func (s *Accounts) SignIn(ctx context.Context, in SignInInput) (SignInResult, error) {
	return SignInResult{}, errors.ErrUnsupported
}

// SecondFactor is the second step: the ticket of the first, and a code of the app or a recovery code,
// told apart by their form. Refusals: class CodeInvalid "signin.code_wrong" (the ticket may be used
// again); CodeClosed "signin.ticket_over" (begin anew); CodeTooMany "signin.wait".
func (s *Accounts) SecondFactor(ctx context.Context, ticket, code string, c Caller) (SignInResult, error) {
	return SignInResult{}, errors.ErrUnsupported
}

// BeginPasskey answers the options for navigator.credentials.get as JSON, and a ticket for
// SignInPasskey. With the ticket of a first step it asks for the passkeys of that user; with "" for any
// passkey that the device has for this site, which is a complete sign-in without a password.
func (s *Accounts) BeginPasskey(ctx context.Context, ticket string) (options []byte, next string, err error) {
	return nil, "", errors.ErrUnsupported
}

// SignInPasskey ends what BeginPasskey began; response is the credential as JSON. Refusals: class
// CodeInvalid "signin.passkey_wrong"; CodeClosed "signin.ticket_over".
func (s *Accounts) SignInPasskey(ctx context.Context, next string, response io.Reader, c Caller) (SignInResult, error) {
	return SignInResult{}, errors.ErrUnsupported
}

// LinkHolds is nil while a one-time sign-in link can still be used, for the page with the button; it
// changes nothing. Refusal: class CodeClosed "signin.link_over".
func (s *Accounts) LinkHolds(ctx context.Context, token string) error { return errors.ErrUnsupported }

// SignInLink uses up a one-time link. It counts as a password: where the user has a second factor, it is
// asked for.
func (s *Accounts) SignInLink(ctx context.Context, token string, c Caller) (SignInResult, error) {
	return SignInResult{}, errors.ErrUnsupported
}

// Session is the sign-in that the cookie's token names, with the Actor as of this moment: roles are read
// each time, and a disabled user is out at once. domain.ErrNotFound for every other token, and for one
// whose time is over. It notes that she was here, once a minute at most.
func (s *Accounts) Session(ctx context.Context, token string, c Caller) (domain.SignIn, error) {
	return domain.SignIn{}, errors.ErrUnsupported
}

// SignOut ends the sign-in of the token. An unknown token is nil.
func (s *Accounts) SignOut(ctx context.Context, token string) error { return errors.ErrUnsupported }

// SignIns are the actor's own live sign-ins, the newest first; current marks the one that asks.
func (s *Accounts) SignIns(ctx context.Context, a domain.Actor, current domain.SignInID) ([]domain.SignIn, error) {
	return nil, errors.ErrUnsupported
}

// Revoke ends one of the actor's own sign-ins; RevokeOthers all but the current.
func (s *Accounts) Revoke(ctx context.Context, a domain.Actor, id domain.SignInID) error {
	return errors.ErrUnsupported
}

// RevokeOthers ends all of the actor's own sign-ins but the current, and answers how many there were.
func (s *Accounts) RevokeOthers(ctx context.Context, a domain.Actor, current domain.SignInID) (int, error) {
	return 0, errors.ErrUnsupported
}

// Prove asks a signed-in user once more who she is, before a sensitive step (SignIn.Recent): her
// password, or a code of the app. It answers a new token for the cookie; the old one is dead. Refusals
// as SignIn.
func (s *Accounts) Prove(ctx context.Context, token, passwordOrCode string, c Caller) (string, error) {
	return "", errors.ErrUnsupported
}

// RequestReset sends a letter with a link to choose a new password, if the address is a user's. The
// answer is the same either way: nil, or of class CodeTooMany where one network asks too much.
func (s *Accounts) RequestReset(ctx context.Context, email string, l domain.Lang, c Caller) error {
	return errors.ErrUnsupported
}

// ResetHolds is nil while the link of a reset or an invitation can still be used; it changes nothing.
// Refusal: class CodeClosed "reset.over".
func (s *Accounts) ResetHolds(ctx context.Context, token string) error { return errors.ErrUnsupported }

// Reset sets a new password with the token of a letter, uses the token up and ends every sign-in. She
// signs in afterwards as usual, with her second factor. Refusals: *domain.Invalid for the field
// "password"; class CodeClosed "reset.over".
func (s *Accounts) Reset(ctx context.Context, token, password string, c Caller) error {
	return errors.ErrUnsupported
}

// ChangePassword replaces the actor's own password, given the old one where she has one, and ends all
// other sign-ins. It answers a new token for the cookie. Refusals: *domain.Invalid for the fields
// "password" (new) and "old".
func (s *Accounts) ChangePassword(ctx context.Context, in domain.SignIn, old, password string, c Caller) (string, error) {
	return "", errors.ErrUnsupported
}

// BeginTOTP is a fresh secret for an app. Nothing is kept until ConfirmTOTP has seen a code of it.
// Refusal, as for everything below that changes factors, where in is not Recent: class CodeClosed
// "account.prove_first".
func (s *Accounts) BeginTOTP(ctx context.Context, in domain.SignIn) (domain.TOTPSetup, error) {
	return domain.TOTPSetup{}, errors.ErrUnsupported
}

// ConfirmTOTP adds the app, given the ticket of BeginTOTP and a code, and answers recovery codes: they
// are shown once. The answer's token is new; put it into the cookie. Refusals: class CodeInvalid
// "totp.code_wrong", field "code"; CodeClosed "totp.over".
func (s *Accounts) ConfirmTOTP(ctx context.Context, in domain.SignIn, ticket, code string) (Enrolled, error) {
	return Enrolled{}, errors.ErrUnsupported
}

// Enrolled is what adding a factor gives: recovery codes to be shown once, and the session's new token.
type Enrolled struct {
	Codes []string // nil where she has codes already
	Token string
}

// RemoveTOTP takes the app away. The last factor cannot be removed where one is required: class
// CodeConflict "account.last_factor".
func (s *Accounts) RemoveTOTP(ctx context.Context, in domain.SignIn) (token string, err error) {
	return "", errors.ErrUnsupported
}

// RecoveryCodes makes ten new codes, each for one use, and kills the old ones.
func (s *Accounts) RecoveryCodes(ctx context.Context, in domain.SignIn) ([]string, error) {
	return nil, errors.ErrUnsupported
}

// BeginAddPasskey answers the options for navigator.credentials.create as JSON, and a ticket.
func (s *Accounts) BeginAddPasskey(ctx context.Context, in domain.SignIn) (options []byte, ticket string, err error) {
	return nil, "", errors.ErrUnsupported
}

// AddPasskey keeps a new passkey under a name of her own. Refusals: class CodeInvalid
// "passkey.refused"; CodeClosed "passkey.over"; *domain.Invalid for the field "name".
func (s *Accounts) AddPasskey(ctx context.Context, in domain.SignIn, ticket, name string, response io.Reader) (Enrolled, error) {
	return Enrolled{}, errors.ErrUnsupported
}

// OwnPasskeys are the actor's passkeys, the oldest first.
func (s *Accounts) OwnPasskeys(ctx context.Context, a domain.Actor) ([]domain.Passkey, error) {
	return nil, errors.ErrUnsupported
}

// RemovePasskey takes one of her own passkeys away; see RemoveTOTP for the last one.
func (s *Accounts) RemovePasskey(ctx context.Context, in domain.SignIn, id int64) (token string, err error) {
	return "", errors.ErrUnsupported
}

// Users are those with a grant in a county where the actor manages users, in Swedish order of their
// names. Of their grants only those in such counties are told.
func (s *Accounts) Users(ctx context.Context, a domain.Actor) ([]domain.User, error) {
	return nil, errors.ErrUnsupported
}

// User is one of Users; domain.ErrNotFound for everyone else.
func (s *Accounts) User(ctx context.Context, a domain.Actor, id domain.UserID) (domain.User, error) {
	return domain.User{}, errors.ErrUnsupported
}

// NewUser is what is told of someone who is to sign in.
type NewUser struct {
	Email, Name string
	Lang        domain.Lang
	Grants      []domain.Grant // at least one, each in a county where the actor manages users
}

// AddUser makes an account and sends an invitation with a link to choose a password. An address that
// has an account already is given the grants, and nothing else changes. Refusals: *domain.Invalid for
// the fields "email", "name", "grants".
func (s *Accounts) AddUser(ctx context.Context, a domain.Actor, in NewUser) (domain.UserID, error) {
	return 0, errors.ErrUnsupported
}

// SetGrants replaces what a user is granted in one county, and nothing elsewhere. It takes effect at
// her next request. Refusals: *domain.Invalid for the field "grants"; class CodeConflict
// "user.last_administrator" where nobody would be left to manage the county.
func (s *Accounts) SetGrants(ctx context.Context, a domain.Actor, id domain.UserID, c domain.OrganiserCode, grants []domain.Grant) error {
	return errors.ErrUnsupported
}

// Disable closes an account, and Enable opens it again. It takes an actor who manages users in every
// county where she has been granted anything; others take their own grants back instead.
func (s *Accounts) Disable(ctx context.Context, a domain.Actor, id domain.UserID) error {
	return errors.ErrUnsupported
}

// Enable opens a disabled account.
func (s *Accounts) Enable(ctx context.Context, a domain.Actor, id domain.UserID) error {
	return errors.ErrUnsupported
}

// Clear takes away password, factors and sign-ins of someone who has lost them, and sends a new
// invitation. As Disable, for whom.
func (s *Accounts) Clear(ctx context.Context, a domain.Actor, id domain.UserID) error {
	return errors.ErrUnsupported
}

// MakeLink is a one-time sign-in link for the user with an address, valid for 15 minutes; for whoever
// runs the program alone.
func (s *Accounts) MakeLink(ctx context.Context, a domain.Actor, email string) (string, error) {
	return "", errors.ErrUnsupported
}
