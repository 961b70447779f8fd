package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// Account is a user with what only the program itself needs of her.
type Account struct {
	domain.User
	Hash     string // of the password; "" for none
	TOTPSeal []byte // the app's secret, sealed; nil for none
	TOTPStep int64  // of the last code that was taken
	Handle   []byte // what passkeys know her by
	Subject  string // what the authority's sign-in service knows her by; "" for none
}

type userRow struct {
	ID         int64  `db:"id"`
	Email      string `db:"email"`
	Name       string `db:"name"`
	Lang       string `db:"lang"`
	State      string `db:"state"`
	Password   string `db:"password"`
	TOTP       []byte `db:"totp"`
	TOTPStep   int64  `db:"totp_step"`
	Handle     []byte `db:"handle"`
	Subject    string `db:"subject"`
	CreatedAt  int64  `db:"created_at"`
	SignedInAt int64  `db:"signed_in_at"`
	Passkeys   int    `db:"passkeys"`
	Codes      int    `db:"codes"`
}

const userColumns = `u.id, u.email, u.name, u.lang, u.state, u.password, u.totp, u.totp_step, u.handle,
  coalesce(u.subject, '') AS subject, u.created_at,
  u.signed_in_at, (SELECT count(*) FROM passkeys p WHERE p.user_id = u.id) AS passkeys,
  (SELECT count(*) FROM recovery_codes c WHERE c.user_id = u.id AND c.used_at = 0) AS codes`

func (r userRow) account() Account {
	return Account{
		User: domain.User{
			ID: domain.UserID(r.ID), Email: r.Email, Name: r.Name, Lang: domain.Lang(r.Lang),
			State: domain.UserState(r.State), Password: r.Password != "", TOTP: r.TOTP != nil, Passkeys: r.Passkeys,
			Codes: r.Codes, CreatedAt: instant(r.CreatedAt), SignedInAt: instant(r.SignedInAt),
		},
		Hash: r.Password, TOTPSeal: r.TOTP, TOTPStep: r.TOTPStep, Handle: r.Handle, Subject: r.Subject,
	}
}

// AccountByEmail is the user with the key of an address; domain.ErrNotFound where there is none.
func (q Queries) AccountByEmail(ctx context.Context, emailKey string) (Account, error) {
	return q.account(ctx, `u.email_key = ?`, emailKey)
}

// AccountByID is the user with an id; domain.ErrNotFound where there is none.
func (q Queries) AccountByID(ctx context.Context, id domain.UserID) (Account, error) {
	return q.account(ctx, `u.id = ?`, int64(id))
}

// AccountByHandle is the user whom passkeys know by a handle; domain.ErrNotFound where there is none.
func (q Queries) AccountByHandle(ctx context.Context, handle []byte) (Account, error) {
	return q.account(ctx, `u.handle = ?`, handle)
}

// AccountBySubject is the user whom the authority's sign-in service knows by a subject.
func (q Queries) AccountBySubject(ctx context.Context, subject string) (Account, error) {
	return q.account(ctx, `u.subject = ?`, subject)
}

func (q Queries) account(ctx context.Context, where string, arg any) (Account, error) {
	var r userRow
	if err := q.one(ctx, &r, "user", `SELECT `+userColumns+` FROM users u WHERE `+where, arg); err != nil {
		return Account{}, err
	}
	a := r.account()
	var err error
	a.Grants, err = q.grants(ctx, `user_id = ?`, r.ID)
	return a, err
}

type grantRow struct {
	UserID  int64         `db:"user_id"`
	Role    string        `db:"role"`
	County  string        `db:"county"`
	EventID sql.NullInt64 `db:"event_id"`
}

func (r grantRow) grant() domain.Grant {
	return domain.Grant{Role: domain.Role(r.Role), County: domain.OrganiserCode(r.County), Event: domain.EventID(r.EventID.Int64)}
}

func (q Queries) grants(ctx context.Context, where string, args ...any) ([]domain.Grant, error) {
	var rows []grantRow
	err := q.list(ctx, &rows, `SELECT user_id, role, county, event_id FROM grants WHERE `+where+` ORDER BY county, id LIMIT 1000`, args...)
	if err != nil {
		return nil, fmt.Errorf("store: grants: %w", err)
	}
	out := make([]domain.Grant, len(rows))
	for i, r := range rows {
		out[i] = r.grant()
	}
	return out, nil
}

// UserScope is whose accounts Users answers: those of everyone with a grant in one of the counties, or
// All. The zero scope is nobody's.
type UserScope struct {
	Counties []domain.OrganiserCode
	All      bool
}

// Users are the accounts in scope, in Swedish order of their names, with every grant they have.
func (q Queries) Users(ctx context.Context, s UserScope) ([]domain.User, error) {
	if !s.All && len(s.Counties) == 0 {
		return nil, nil
	}
	where, args := ``, []any{}
	if !s.All {
		where = `WHERE u.id IN (SELECT g.user_id FROM grants g WHERE g.county IN (` + marks(len(s.Counties)) + `))`
		for _, c := range s.Counties {
			args = append(args, string(c))
		}
	}
	var rows []userRow
	if err := q.list(ctx, &rows, `SELECT `+userColumns+` FROM users u `+where+` ORDER BY u.sort_key, u.id LIMIT 10000`, args...); err != nil {
		return nil, fmt.Errorf("store: users: %w", err)
	}
	var granted []grantRow
	if err := q.list(ctx, &granted, `SELECT user_id, role, county, event_id FROM grants ORDER BY user_id, county, id LIMIT 100000`); err != nil {
		return nil, fmt.Errorf("store: grants: %w", err)
	}
	of := make(map[int64][]domain.Grant)
	for _, g := range granted {
		of[g.UserID] = append(of[g.UserID], g.grant())
	}
	out := make([]domain.User, len(rows))
	for i, r := range rows {
		out[i] = r.account().User
		out[i].Grants = of[r.ID]
	}
	return out, nil
}

// Administrators counts the active users who manage users in a county, leaving one out.
func (q Queries) Administrators(ctx context.Context, c domain.OrganiserCode, but domain.UserID) (int, error) {
	var n int
	err := q.get(ctx, &n, `
SELECT count(DISTINCT g.user_id)
FROM grants g JOIN users u ON u.id = g.user_id
WHERE g.county = ? AND g.role = ? AND g.event_id IS NULL AND u.state = 'active' AND u.id <> ?`,
		string(c), string(domain.RoleAdministrator), int64(but))
	if err != nil {
		return 0, fmt.Errorf("store: administrators: %w", err)
	}
	return n, nil
}

// InsertUser writes an account without password, factors or grants. Its address must be nobody's.
func (tx *Tx) InsertUser(ctx context.Context, u domain.User, handle []byte) (domain.UserID, error) {
	id, err := tx.insert(ctx, `
INSERT INTO users (email, email_key, name, sort_key, lang, state, handle, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
RETURNING id`, u.Email, domain.EmailKey(u.Email), u.Name, domain.SortKey(u.Name), string(u.Lang), string(u.State), handle,
		stamp(u.CreatedAt))
	if err != nil {
		return 0, fmt.Errorf("store: insert user: %w", err)
	}
	return domain.UserID(id), nil
}

func (tx *Tx) userSet(ctx context.Context, id domain.UserID, set string, args ...any) error {
	if _, err := tx.exec(ctx, `UPDATE users SET `+set+` WHERE id = ?`, append(args, int64(id))...); err != nil {
		return fmt.Errorf("store: user: %w", err)
	}
	return nil
}

// SetUserState opens or closes an account.
func (tx *Tx) SetUserState(ctx context.Context, id domain.UserID, s domain.UserState) error {
	return tx.userSet(ctx, id, `state = ?`, string(s))
}

// SetPassword keeps the hash of a password; "" takes it away.
func (tx *Tx) SetPassword(ctx context.Context, id domain.UserID, hash string) error {
	return tx.userSet(ctx, id, `password = ?`, hash)
}

// SetTOTP keeps the sealed secret of an app and the step of the code that proved it; nil takes it away.
func (tx *Tx) SetTOTP(ctx context.Context, id domain.UserID, sealed []byte, step int64) error {
	if sealed == nil {
		return tx.userSet(ctx, id, `totp = NULL, totp_step = ?`, step)
	}
	return tx.userSet(ctx, id, `totp = ?, totp_step = ?`, sealed, step)
}

// SetSubject ties an account to a subject of the authority's sign-in service.
func (tx *Tx) SetSubject(ctx context.Context, id domain.UserID, subject string) error {
	return tx.userSet(ctx, id, `subject = ?`, subject)
}

// TakeTOTPStep uses up the code of a step. It reports false where that or a later one was used already.
func (tx *Tx) TakeTOTPStep(ctx context.Context, id domain.UserID, step int64) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE users SET totp_step = ? WHERE id = ? AND totp_step < ?`, step, int64(id), step)
	if err != nil {
		return false, fmt.Errorf("store: totp step: %w", err)
	}
	return n == 1, nil
}

// SignedIn notes when a user last signed in.
func (tx *Tx) SignedIn(ctx context.Context, id domain.UserID, at time.Time) error {
	return tx.userSet(ctx, id, `signed_in_at = ?`, stamp(at))
}

// InsertGrant gives a user a role, once.
func (tx *Tx) InsertGrant(ctx context.Context, id domain.UserID, g domain.Grant) (bool, error) {
	n, err := tx.exec(ctx, `
INSERT INTO grants (user_id, role, county, event_id) VALUES (?, ?, ?, ?)
ON CONFLICT DO NOTHING`, int64(id), string(g.Role), string(g.County), orNull(int64(g.Event)))
	if err != nil {
		return false, fmt.Errorf("store: grant: %w", err)
	}
	return n == 1, nil
}

// DeleteGrant takes a role back.
func (tx *Tx) DeleteGrant(ctx context.Context, id domain.UserID, g domain.Grant) error {
	_, err := tx.exec(ctx, `
DELETE FROM grants WHERE user_id = ? AND role = ? AND county = ? AND coalesce(event_id, 0) = ?`,
		int64(id), string(g.Role), string(g.County), int64(g.Event))
	if err != nil {
		return fmt.Errorf("store: revoke: %w", err)
	}
	return nil
}

// PutRecoveryCodes replaces a user's recovery codes by those with these hashes.
func (tx *Tx) PutRecoveryCodes(ctx context.Context, id domain.UserID, hashes [][]byte) error {
	if _, err := tx.exec(ctx, `DELETE FROM recovery_codes WHERE user_id = ?`, int64(id)); err != nil {
		return fmt.Errorf("store: recovery codes: %w", err)
	}
	for _, h := range hashes {
		if _, err := tx.exec(ctx, `INSERT INTO recovery_codes (hash, user_id) VALUES (?, ?)`, h, int64(id)); err != nil {
			return fmt.Errorf("store: recovery code: %w", err)
		}
	}
	return nil
}

// TakeRecoveryCode uses a code up. It reports false where it is not hers or was used before.
func (tx *Tx) TakeRecoveryCode(ctx context.Context, id domain.UserID, hash []byte, at time.Time) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE recovery_codes SET used_at = ? WHERE hash = ? AND user_id = ? AND used_at = 0`, stamp(at), hash, int64(id))
	if err != nil {
		return false, fmt.Errorf("store: recovery code: %w", err)
	}
	return n == 1, nil
}

// EventCounty is the county that owns an event, with those that arrange it too.
func (q Queries) EventCounty(ctx context.Context, id domain.EventID) ([]domain.OrganiserCode, error) {
	e, err := q.EventFacts(ctx, id)
	if err != nil {
		return nil, err
	}
	return append([]domain.OrganiserCode{e.Owner.Code}, e.Rules.CoOrganisers...), nil
}

// isNone turns "there is none" into false, for callers to whom that is an answer.
func isNone(err error) (bool, error) {
	if errors.Is(err, domain.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// accountChecks are the invariants of accounts.
func accountChecks() []check {
	return []check{
		{"every grant at an event is one of a county that arranges it", `
SELECT 'grant ' || g.id
FROM grants g
JOIN events e ON e.id = g.event_id
LEFT JOIN event_rules er ON er.event_id = e.id
WHERE g.county <> e.owner
  AND NOT EXISTS (SELECT 1 FROM ` + anyCoOrganisers + ` WHERE co.value = g.county)
ORDER BY g.id LIMIT 100`},
		{"nobody is signed in to a disabled account", `
SELECT 'sign-in ' || s.id
FROM sign_ins s JOIN users u ON u.id = s.user_id
WHERE u.state = 'disabled'
ORDER BY s.id LIMIT 100`},
		{"recovery codes are kept only beside a second factor", `
SELECT 'user ' || u.id
FROM users u
WHERE u.totp IS NULL AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id)
  AND EXISTS (SELECT 1 FROM recovery_codes c WHERE c.user_id = u.id)
ORDER BY u.id LIMIT 100`},
	}
}
