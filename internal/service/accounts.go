package service

import (
	"log/slog"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// Accounts lets people in and out, and keeps what they prove themselves with. The files beside hold the
// ways in (signin.go, secondfactor.go, passkeys.go, links.go), the sessions (signins.go), one's own
// account (own_account.go) and other people's (users.go).
//
// Three things hold throughout. An unknown address is answered as a known one: the same words, and the
// same work. What is guessed is counted before it is looked at, so that guesses side by side gain
// nothing. And nothing that opens a door is kept as it is: passwords as argon2id, tokens and recovery
// codes as hashes, the secret of an app sealed with a key that is not in the database.
type Accounts struct {
	Store  *store.Store
	Keys   *auth.Keys
	Hasher *auth.Hasher
	// Passkeys is nil where the site's address allows none.
	Passkeys *auth.Passkeys
	// Provider is the authority's own sign-in service, nil for none, and Groups what its groups are granted.
	Provider *auth.Provider
	Groups   domain.GroupGrants
	Now      func() time.Time
	Log      *slog.Logger
	// Erased writes down outside the database which accounts are closed, and opened again; nil is allowed.
	Erased Intend
	// Wake is called when a letter has been put into the outbox; nil is allowed.
	Wake func()
	// ResetURL and SignInURL make the absolute addresses that letters and the operator are given. The
	// pages behind show a button: opening them changes nothing.
	ResetURL  func(l domain.Lang, token string) string
	SignInURL func(l domain.Lang, token string) string
	// RequireFactor opens nothing to a user without a second factor but the page where she adds one.
	RequireFactor bool
}

// Caller is where a request comes from: the address of the client as the server knows it, and the
// browser's User-Agent. Of both only what is needed is kept.
type Caller struct {
	Address string // "192.0.2.7"
	Agent   string
}

// SignInInput is what the sign-in page sends.
type SignInInput struct {
	Email, Password string
	Caller
}

// SignInResult is the answer to a step of signing in. Either Token is set, and she is in; or Ticket is,
// and a second factor is asked for: one of Methods, the ticket sent along in a hidden field.
type SignInResult struct {
	Token   string // for the cookie; it is told once and never kept
	Ticket  string
	Methods []domain.SignInMethod // ByTOTP, ByRecovery, ByPasskey
	Lang    domain.Lang
}
