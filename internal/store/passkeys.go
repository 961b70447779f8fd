package store

import (
	"context"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// KeptPasskey is a passkey with what is needed to check its signatures.
type KeptPasskey struct {
	domain.Passkey
	User         domain.UserID
	CredentialID []byte
	Credential   string // JSON, as auth keeps it
}

// Passkeys are a user's passkeys, the oldest first.
func (q Queries) Passkeys(ctx context.Context, id domain.UserID) ([]KeptPasskey, error) {
	var rows []struct {
		ID           int64  `db:"id"`
		CredentialID []byte `db:"credential_id"`
		Credential   string `db:"credential"`
		Name         string `db:"name"`
		CreatedAt    int64  `db:"created_at"`
		UsedAt       int64  `db:"used_at"`
	}
	err := q.list(ctx, &rows, `
SELECT id, credential_id, credential, name, created_at, used_at
FROM passkeys
WHERE user_id = ?
ORDER BY id
LIMIT 100`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("store: passkeys: %w", err)
	}
	out := make([]KeptPasskey, len(rows))
	for i, r := range rows {
		out[i] = KeptPasskey{
			Passkey: domain.Passkey{ID: r.ID, Name: r.Name, At: instant(r.CreatedAt), UsedAt: instant(r.UsedAt)},
			User:    id, CredentialID: r.CredentialID, Credential: r.Credential,
		}
	}
	return out, nil
}

// InsertPasskey keeps a passkey. It reports false where the credential is kept already, whoever's it is.
func (tx *Tx) InsertPasskey(ctx context.Context, k KeptPasskey) (bool, error) {
	n, err := tx.exec(ctx, `
INSERT INTO passkeys (user_id, credential_id, credential, name, created_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING`, int64(k.User), k.CredentialID, k.Credential, k.Name, stamp(k.At))
	if err != nil {
		return false, fmt.Errorf("store: passkey: %w", err)
	}
	return n == 1, nil
}

// PasskeyUsed keeps what a passkey is after it was used: its counter has moved.
func (tx *Tx) PasskeyUsed(ctx context.Context, credentialID []byte, credential string, at time.Time) error {
	_, err := tx.exec(ctx, `UPDATE passkeys SET credential = ?, used_at = ? WHERE credential_id = ?`, credential, stamp(at), credentialID)
	if err != nil {
		return fmt.Errorf("store: passkey used: %w", err)
	}
	return nil
}

// DeletePasskey takes one of a user's passkeys away, and reports whether it was hers.
func (tx *Tx) DeletePasskey(ctx context.Context, user domain.UserID, id int64) (bool, error) {
	n, err := tx.exec(ctx, `DELETE FROM passkeys WHERE id = ? AND user_id = ?`, id, int64(user))
	if err != nil {
		return false, fmt.Errorf("store: delete passkey: %w", err)
	}
	return n == 1, nil
}

// DeletePasskeys takes all of a user's passkeys away.
func (tx *Tx) DeletePasskeys(ctx context.Context, user domain.UserID) error {
	if _, err := tx.exec(ctx, `DELETE FROM passkeys WHERE user_id = ?`, int64(user)); err != nil {
		return fmt.Errorf("store: delete passkeys: %w", err)
	}
	return nil
}
