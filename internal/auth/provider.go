package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// ErrProvider says that what came back from the sign-in service does not hold.
var ErrProvider = errors.New("auth: the answer of the sign-in service was refused")

// providerPatience is how long the sign-in service may take to answer us.
const providerPatience = 10 * time.Second

// ProviderOptions are what the sign-in service has been told of us, and the other way round.
type ProviderOptions struct {
	Issuer, ClientID, ClientSecret string
	RedirectURL                    string
	GroupsClaim                    string // "" means "groups"
	Now                            func() time.Time
}

// Provider is the authority's own sign-in service (OpenID Connect: the code flow with PKCE, a state and a
// nonce). It is looked up the first time it is needed, so that the program starts without it. This is the
// only place from which the program calls anyone but the mail server.
type Provider struct {
	o ProviderOptions

	mu    sync.Mutex
	found *oidc.Provider
}

// NewProvider calls nobody yet.
func NewProvider(o ProviderOptions) *Provider {
	if o.GroupsClaim == "" {
		o.GroupsClaim = "groups"
	}
	return &Provider{o: o}
}

// ProviderVisit is what must be remembered of someone who was sent to the sign-in service, until she
// comes back.
type ProviderVisit struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// Identity is who the sign-in service says that she is.
type Identity struct {
	Subject  string // with the issuer, so that no two services can mean the same
	Email    string
	Verified bool // the service vouches for the address
	Name     string
	Groups   []string
}

// Begin is the address to send the browser to.
func (p *Provider) Begin(ctx context.Context) (address string, v ProviderVisit, err error) {
	ctx, cancel := context.WithTimeout(ctx, providerPatience)
	defer cancel()
	c, _, err := p.client(ctx)
	if err != nil {
		return "", v, err
	}
	v = ProviderVisit{State: NewToken(), Nonce: NewToken(), Verifier: oauth2.GenerateVerifier()}
	return c.AuthCodeURL(v.State, oidc.Nonce(v.Nonce), oauth2.S256ChallengeOption(v.Verifier)), v, nil
}

// Finish is who came back with a state and a code. The error is ErrProvider where they do not hold.
func (p *Provider) Finish(ctx context.Context, v ProviderVisit, state, code string) (Identity, error) {
	if !SameSecret(state, v.State) || v.State == "" {
		return Identity{}, fmt.Errorf("%w: another state", ErrProvider)
	}
	ctx, cancel := context.WithTimeout(ctx, providerPatience)
	defer cancel()
	c, found, err := p.client(ctx)
	if err != nil {
		return Identity{}, err
	}
	token, err := c.Exchange(ctx, code, oauth2.VerifierOption(v.Verifier))
	var said *oauth2.RetrieveError
	if errors.As(err, &said) {
		return Identity{}, fmt.Errorf("%w: %s", ErrProvider, said.ErrorCode)
	}
	if err != nil {
		return Identity{}, fmt.Errorf("auth: sign-in service: %w", err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Identity{}, fmt.Errorf("%w: no id_token", ErrProvider)
	}
	id, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.o.ClientID, Now: p.o.Now}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrProvider, err)
	}
	if !SameSecret(id.Nonce, v.Nonce) {
		return Identity{}, fmt.Errorf("%w: another nonce", ErrProvider)
	}
	return p.identity(id)
}

func (p *Provider) identity(id *oidc.IDToken) (Identity, error) {
	var told struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Name     string `json:"name"`
	}
	all := map[string]any{}
	if err := errors.Join(id.Claims(&told), id.Claims(&all)); err != nil || id.Subject == "" {
		return Identity{}, fmt.Errorf("%w: its claims: %w", ErrProvider, err)
	}
	out := Identity{Subject: id.Issuer + " " + id.Subject, Email: told.Email, Verified: told.Verified, Name: told.Name}
	groups, _ := all[p.o.GroupsClaim].([]any)
	for _, g := range groups {
		if name, ok := g.(string); ok {
			out.Groups = append(out.Groups, name)
		}
	}
	return out, nil
}

// client finds the service, once.
func (p *Provider) client(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		found, err := oidc.NewProvider(ctx, p.o.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("auth: sign-in service: %w", err)
		}
		p.found = found
	}
	return &oauth2.Config{
		ClientID: p.o.ClientID, ClientSecret: p.o.ClientSecret, RedirectURL: p.o.RedirectURL, Endpoint: p.found.Endpoint(),
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}, p.found, nil
}
