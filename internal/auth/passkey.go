package auth

// Passkeys speaks WebAuthn for one site.
type Passkeys struct{}
