package store

import (
	"context"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

type signInRow struct {
	ID       int64  `db:"id"`
	UserID   int64  `db:"user_id"`
	Method   string `db:"method"`
	Agent    string `db:"agent"`
	Network  string `db:"network"`
	At       int64  `db:"at"`
	SeenAt   int64  `db:"seen_at"`
	ProvedAt int64  `db:"proved_at"`
}

const signInColumns = `id, user_id, method, agent, network, at, seen_at, proved_at`

func (r signInRow) signIn() domain.SignIn {
	return domain.SignIn{
		ID: domain.SignInID(r.ID), User: domain.User{ID: domain.UserID(r.UserID)}, Method: domain.SignInMethod(r.Method),
		Agent: r.Agent, Network: r.Network, At: instant(r.At), SeenAt: instant(r.SeenAt), ProvedAt: instant(r.ProvedAt),
	}
}

// SignInByHash is the sign-in whose token has a hash, with nothing but the id of its user;
// domain.ErrNotFound where there is none. Whether its time is over is for the caller to see.
func (q Queries) SignInByHash(ctx context.Context, hash []byte) (domain.SignIn, error) {
	var r signInRow
	err := q.one(ctx, &r, "sign_in", `SELECT `+signInColumns+` FROM sign_ins WHERE token_hash = ?`, hash)
	return r.signIn(), err
}

// SignIns are a user's sign-ins, the newest first.
func (q Queries) SignIns(ctx context.Context, user domain.UserID) ([]domain.SignIn, error) {
	var rows []signInRow
	err := q.list(ctx, &rows, `SELECT `+signInColumns+` FROM sign_ins WHERE user_id = ? ORDER BY at DESC, id DESC LIMIT 1000`, int64(user))
	if err != nil {
		return nil, fmt.Errorf("store: sign-ins: %w", err)
	}
	out := make([]domain.SignIn, len(rows))
	for i, r := range rows {
		out[i] = r.signIn()
	}
	return out, nil
}

// InsertSignIn keeps a sign-in under the hash of its token.
func (tx *Tx) InsertSignIn(ctx context.Context, s domain.SignIn, hash []byte) (domain.SignInID, error) {
	id, err := tx.insert(ctx, `
INSERT INTO sign_ins (user_id, token_hash, method, agent, network, at, seen_at, proved_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
RETURNING id`, int64(s.User.ID), hash, string(s.Method), s.Agent, s.Network, stamp(s.At), stamp(s.SeenAt), stamp(s.ProvedAt))
	if err != nil {
		return 0, fmt.Errorf("store: sign-in: %w", err)
	}
	return domain.SignInID(id), nil
}

// RotateSignIn gives a sign-in another token; the old one is nothing from then on. It reports false
// where the sign-in has ended.
func (tx *Tx) RotateSignIn(ctx context.Context, id domain.SignInID, hash []byte, seen, proved time.Time) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE sign_ins SET token_hash = ?, seen_at = ?, proved_at = ? WHERE id = ?`, hash, stamp(seen), stamp(proved), int64(id))
	if err != nil {
		return false, fmt.Errorf("store: rotate sign-in: %w", err)
	}
	return n == 1, nil
}

// SignInSeen notes that a sign-in was used.
func (tx *Tx) SignInSeen(ctx context.Context, id domain.SignInID, at time.Time, network string) error {
	_, err := tx.exec(ctx, `UPDATE sign_ins SET seen_at = ?, network = ? WHERE id = ? AND seen_at < ?`, stamp(at), network, int64(id), stamp(at))
	if err != nil {
		return fmt.Errorf("store: sign-in seen: %w", err)
	}
	return nil
}

// EndSignIn ends one of a user's sign-ins, and reports whether there was one.
func (tx *Tx) EndSignIn(ctx context.Context, user domain.UserID, id domain.SignInID) (bool, error) {
	n, err := tx.exec(ctx, `DELETE FROM sign_ins WHERE id = ? AND user_id = ?`, int64(id), int64(user))
	if err != nil {
		return false, fmt.Errorf("store: end sign-in: %w", err)
	}
	return n == 1, nil
}

// EndSignIns ends all of a user's sign-ins but one (0 for none), and answers how many.
func (tx *Tx) EndSignIns(ctx context.Context, user domain.UserID, but domain.SignInID) (int, error) {
	n, err := tx.exec(ctx, `DELETE FROM sign_ins WHERE user_id = ? AND id <> ?`, int64(user), int64(but))
	if err != nil {
		return 0, fmt.Errorf("store: end sign-ins: %w", err)
	}
	return int(n), nil
}

// TicketKind is what a ticket is for.
type TicketKind string

// The tickets.
const (
	TicketSecondFactor TicketKind = "second_factor"
	TicketResetAsked   TicketKind = "reset_asked" // someone has typed an address; nobody holds it
	TicketReset        TicketKind = "reset"
	TicketInvite       TicketKind = "invite"
	TicketLink         TicketKind = "link"
	TicketTOTP         TicketKind = "totp"
	TicketPasskeyNew   TicketKind = "passkey_new"
	TicketPasskey      TicketKind = "passkey"
	TicketProvider     TicketKind = "provider"
)

// Ticket is something that is handed out to be handed in once.
type Ticket struct {
	Hash   []byte
	Kind   TicketKind
	User   domain.UserID // 0 where it is not known yet
	MadeAt time.Time
	EndsAt time.Time
	Tries  int
	Sealed []byte
}

// InsertTicket keeps a ticket.
func (tx *Tx) InsertTicket(ctx context.Context, t Ticket) error {
	var sealed any
	if t.Sealed != nil {
		sealed = t.Sealed
	}
	_, err := tx.exec(ctx, `
INSERT INTO tickets (hash, kind, user_id, made_at, ends_at, sealed) VALUES (?, ?, ?, ?, ?, ?)`,
		t.Hash, string(t.Kind), orNull(int64(t.User)), stamp(t.MadeAt), stamp(t.EndsAt), sealed)
	if err != nil {
		return fmt.Errorf("store: ticket: %w", err)
	}
	return nil
}

// Ticket is the ticket with a hash if it is of one of the kinds and holds at now; else
// domain.ErrNotFound. One that was made more than a day later, by a clock that has been put back since, does not
// hold.
func (q Queries) Ticket(ctx context.Context, hash []byte, now time.Time, kinds ...TicketKind) (Ticket, error) {
	var r ticketRow
	args := []any{hash, stamp(now), stamp(now.AddDate(0, 0, 1))}
	for _, k := range kinds {
		args = append(args, string(k))
	}
	err := q.one(ctx, &r, "ticket", `
SELECT `+ticketColumns+`
FROM tickets
WHERE hash = ? AND ends_at > ? AND made_at < ? AND kind IN (`+marks(len(kinds))+`)`, args...)
	return r.ticket(), err
}

// Tickets are those of a kind that hold at now, at most a hundred, the oldest first.
func (q Queries) Tickets(ctx context.Context, k TicketKind, now time.Time) ([]Ticket, error) {
	var rows []ticketRow
	err := q.list(ctx, &rows, `
SELECT `+ticketColumns+`
FROM tickets
WHERE kind = ? AND ends_at > ?
ORDER BY made_at, hash
LIMIT 100`, string(k), stamp(now))
	if err != nil {
		return nil, fmt.Errorf("store: tickets: %w", err)
	}
	out := make([]Ticket, len(rows))
	for i, r := range rows {
		out[i] = r.ticket()
	}
	return out, nil
}

type ticketRow struct {
	Hash   []byte `db:"hash"`
	Kind   string `db:"kind"`
	User   int64  `db:"user_id"`
	MadeAt int64  `db:"made_at"`
	EndsAt int64  `db:"ends_at"`
	Tries  int    `db:"tries"`
	Sealed []byte `db:"sealed"`
}

const ticketColumns = `hash, kind, coalesce(user_id, 0) AS user_id, made_at, ends_at, tries, sealed`

func (r ticketRow) ticket() Ticket {
	return Ticket{
		Hash: r.Hash, Kind: TicketKind(r.Kind), User: domain.UserID(r.User), MadeAt: instant(r.MadeAt), EndsAt: instant(r.EndsAt),
		Tries: r.Tries, Sealed: r.Sealed,
	}
}

// TicketTried counts a wrong answer to a ticket.
func (tx *Tx) TicketTried(ctx context.Context, hash []byte) error {
	if _, err := tx.exec(ctx, `UPDATE tickets SET tries = tries + 1 WHERE hash = ?`, hash); err != nil {
		return fmt.Errorf("store: ticket tried: %w", err)
	}
	return nil
}

// UseTicket takes a ticket in. It reports false where someone was quicker.
func (tx *Tx) UseTicket(ctx context.Context, hash []byte) (bool, error) {
	n, err := tx.exec(ctx, `DELETE FROM tickets WHERE hash = ?`, hash)
	if err != nil {
		return false, fmt.Errorf("store: use ticket: %w", err)
	}
	return n == 1, nil
}

// DropTickets makes a user's tickets of some kinds void.
func (tx *Tx) DropTickets(ctx context.Context, user domain.UserID, kinds ...TicketKind) error {
	args := []any{int64(user)}
	for _, k := range kinds {
		args = append(args, string(k))
	}
	if _, err := tx.exec(ctx, `DELETE FROM tickets WHERE user_id = ? AND kind IN (`+marks(len(kinds))+`)`, args...); err != nil {
		return fmt.Errorf("store: drop tickets: %w", err)
	}
	return nil
}

// Attempts is how often something failed lately.
type Attempts struct {
	Failed int
	Last   time.Time
}

// Attempts is what was counted under a key; zero for nothing.
func (q Queries) Attempts(ctx context.Context, key []byte) (Attempts, error) {
	var r struct {
		Failed int   `db:"failed"`
		LastAt int64 `db:"last_at"`
	}
	none, err := isNone(q.one(ctx, &r, "attempts", `SELECT failed, last_at FROM attempts WHERE key = ?`, key))
	if none || err != nil {
		return Attempts{}, err
	}
	return Attempts{Failed: r.Failed, Last: instant(r.LastAt)}, nil
}

// PutAttempts keeps a count.
func (tx *Tx) PutAttempts(ctx context.Context, key []byte, a Attempts) error {
	_, err := tx.exec(ctx, `
INSERT INTO attempts (key, failed, last_at) VALUES (?, ?, ?)
ON CONFLICT (key) DO UPDATE SET failed = excluded.failed, last_at = excluded.last_at`, key, a.Failed, stamp(a.Last))
	if err != nil {
		return fmt.Errorf("store: attempts: %w", err)
	}
	return nil
}

// KnowsNetwork reports whether a user has signed in from a network since an instant.
func (q Queries) KnowsNetwork(ctx context.Context, user domain.UserID, network string, since time.Time) (bool, error) {
	var n int
	err := q.get(ctx, &n, `SELECT count(*) FROM known_networks WHERE user_id = ? AND network = ? AND at >= ?`, int64(user), network, stamp(since))
	if err != nil {
		return false, fmt.Errorf("store: known network: %w", err)
	}
	return n > 0, nil
}

// KnowNetwork notes that a user has signed in from a network.
func (tx *Tx) KnowNetwork(ctx context.Context, user domain.UserID, network string, at time.Time) error {
	_, err := tx.exec(ctx, `
INSERT INTO known_networks (user_id, network, at) VALUES (?, ?, ?)
ON CONFLICT (user_id, network) DO UPDATE SET at = excluded.at`, int64(user), network, stamp(at))
	if err != nil {
		return fmt.Errorf("store: know network: %w", err)
	}
	return nil
}

// Sweep says what of signing in is old enough to go.
type Sweep struct {
	Seen     time.Time // sign-ins not used since
	Begun    time.Time // sign-ins older than this, however much they are used
	Tickets  time.Time // tickets that ended before
	Attempts time.Time // counts that nothing was added to since
	Networks time.Time // networks not used since
}

// SweepSignIns erases what is over.
func (tx *Tx) SweepSignIns(ctx context.Context, s Sweep) error {
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`DELETE FROM sign_ins WHERE seen_at <= ? OR at <= ?`, []any{stamp(s.Seen), stamp(s.Begun)}},
		{`DELETE FROM tickets WHERE ends_at <= ?`, []any{stamp(s.Tickets)}},
		{`DELETE FROM attempts WHERE last_at <= ?`, []any{stamp(s.Attempts)}},
		{`DELETE FROM known_networks WHERE at <= ?`, []any{stamp(s.Networks)}},
	} {
		if _, err := tx.exec(ctx, step.query, step.args...); err != nil {
			return fmt.Errorf("store: sweep sign-ins: %w", err)
		}
	}
	return nil
}
