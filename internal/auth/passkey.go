package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// ErrPasskey says that what a browser sent about a passkey does not hold: another site, another
// challenge, another key, a replay.
var ErrPasskey = errors.New("auth: the passkey was refused")

// Passkeys speaks WebAuthn for one site. The person is always asked for by her device (fingerprint, PIN),
// so that a passkey is two factors by itself. No attestation is asked for: which make of device staff use
// is no business of ours.
type Passkeys struct{ w *webauthn.WebAuthn }

// PasskeyUser is a user as passkeys know her. Credentials are what FinishCreate and FinishGet answered.
type PasskeyUser struct {
	Handle      []byte
	Email, Name string
	Credentials []string
}

// PasskeyUse is a passkey that has proved itself. Credential is to be kept in place of the one before.
// Cloned reports that its counter has gone backwards: there may be two of it.
type PasskeyUse struct {
	Handle       []byte
	CredentialID []byte
	Credential   string
	Cloned       bool
}

// NewPasskeys is for the site at baseURL. It is nil, without an error, where browsers allow no passkeys:
// at an address that is a number, and without encryption anywhere but on localhost.
func NewPasskeys(baseURL, name string) (*Passkeys, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return nil, fmt.Errorf("auth: passkeys: %w", err)
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || u.Scheme != "https" && host != "localhost" {
		return nil, nil
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: name, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("auth: passkeys: %w", err)
	}
	return &Passkeys{w}, nil
}

// BeginCreate is what navigator.credentials.create is given, as JSON, and the state that FinishCreate
// needs, which the browser must not see or change.
func (p *Passkeys) BeginCreate(u PasskeyUser) (options, state []byte, err error) {
	k, err := u.known()
	if err != nil {
		return nil, nil, err
	}
	creation, session, err := p.w.BeginRegistration(k, webauthn.WithExclusions(webauthn.Credentials(k.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, nil, fmt.Errorf("auth: passkey: %w", err)
	}
	return both(creation, session)
}

// FinishCreate is the credential that the browser has made. The error is ErrPasskey for everything that
// does not hold.
func (p *Passkeys) FinishCreate(u PasskeyUser, state []byte, response io.Reader) (PasskeyUse, error) {
	k, err := u.known()
	if err != nil {
		return PasskeyUse{}, err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(state, &session); err != nil {
		return PasskeyUse{}, fmt.Errorf("auth: passkey state: %w", err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBody(response)
	if err != nil {
		return PasskeyUse{}, refused(err)
	}
	c, err := p.w.CreateCredential(k, session, parsed)
	if err != nil {
		return PasskeyUse{}, refused(err)
	}
	return used(u.Handle, c)
}

// BeginGet is what navigator.credentials.get is given, as JSON, and the state that FinishGet needs. With
// a user it asks for one of her passkeys, with nil for any that the device has for this site.
func (p *Passkeys) BeginGet(u *PasskeyUser) (options, state []byte, err error) {
	if u == nil {
		assertion, session, err := p.w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
		if err != nil {
			return nil, nil, fmt.Errorf("auth: passkey: %w", err)
		}
		return both(assertion, session)
	}
	k, err := u.known()
	if err != nil {
		return nil, nil, err
	}
	assertion, session, err := p.w.BeginLogin(k, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, nil, fmt.Errorf("auth: passkey: %w", err)
	}
	return both(assertion, session)
}

// FinishGet is the passkey that has signed the challenge. find answers the user with a handle; its error
// is passed on. The error is ErrPasskey for everything that does not hold.
func (p *Passkeys) FinishGet(state []byte, response io.Reader, find func(handle []byte) (PasskeyUser, error)) (PasskeyUse, error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(state, &session); err != nil {
		return PasskeyUse{}, fmt.Errorf("auth: passkey state: %w", err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBody(response)
	if err != nil {
		return PasskeyUse{}, refused(err)
	}
	handle := session.UserID
	if len(handle) == 0 {
		handle = parsed.Response.UserHandle
	}
	u, err := find(handle)
	if err != nil {
		return PasskeyUse{}, err
	}
	k, err := u.known()
	if err != nil {
		return PasskeyUse{}, err
	}
	var c *webauthn.Credential
	if len(session.UserID) > 0 {
		c, err = p.w.ValidateLogin(k, session, parsed)
	} else {
		_, c, err = p.w.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return k, nil }, session, parsed)
	}
	if err != nil {
		return PasskeyUse{}, refused(err)
	}
	return used(handle, c)
}

// refused hides the library's reasons from errors.Is, and keeps them for the log.
func refused(err error) error { return fmt.Errorf("%w: %w", ErrPasskey, err) }

func used(handle []byte, c *webauthn.Credential) (PasskeyUse, error) {
	kept, err := json.Marshal(c)
	if err != nil {
		return PasskeyUse{}, fmt.Errorf("auth: passkey: %w", err)
	}
	return PasskeyUse{
		Handle: handle, CredentialID: c.ID, Credential: string(kept), Cloned: c.Authenticator.CloneWarning,
	}, nil
}

func both(options, session any) ([]byte, []byte, error) {
	o, err := json.Marshal(options)
	if err != nil {
		return nil, nil, fmt.Errorf("auth: passkey options: %w", err)
	}
	s, err := json.Marshal(session)
	if err != nil {
		return nil, nil, fmt.Errorf("auth: passkey state: %w", err)
	}
	return o, s, nil
}

// knownUser is a PasskeyUser as the library wants her.
type knownUser struct {
	PasskeyUser
	credentials []webauthn.Credential
}

func (u PasskeyUser) known() (knownUser, error) {
	k := knownUser{PasskeyUser: u}
	for _, c := range u.Credentials {
		var w webauthn.Credential
		if err := json.Unmarshal([]byte(c), &w); err != nil {
			return k, fmt.Errorf("auth: kept passkey: %w", err)
		}
		k.credentials = append(k.credentials, w)
	}
	return k, nil
}

// WebAuthnID is webauthn.User.
func (k knownUser) WebAuthnID() []byte { return k.Handle }

// WebAuthnName is webauthn.User.
func (k knownUser) WebAuthnName() string { return k.Email }

// WebAuthnDisplayName is webauthn.User.
func (k knownUser) WebAuthnDisplayName() string { return k.Name }

// WebAuthnCredentials is webauthn.User.
func (k knownUser) WebAuthnCredentials() []webauthn.Credential { return k.credentials }
