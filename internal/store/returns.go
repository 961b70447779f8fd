package store

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// LetterByID is a letter; domain.ErrNotFound where there is none.
func (q Queries) LetterByID(ctx context.Context, id domain.LetterID) (domain.Letter, error) {
	var r letterRow
	if err := q.one(ctx, &r, "letter", `SELECT `+letterColumns+` FROM letters WHERE id = ?`, int64(id)); err != nil {
		return domain.Letter{}, err
	}
	return r.letter()
}

// PutReturn notes what came back of a letter. It reports false where the same came back before.
func (tx *Tx) PutReturn(ctx context.Context, id domain.LetterID, r domain.Returned, at time.Time) (bool, error) {
	n, err := tx.exec(ctx, `
INSERT INTO returns (letter_id, kind, status, at) VALUES (?, ?, ?, ?)
ON CONFLICT (letter_id, kind) DO NOTHING`, int64(id), string(r.Kind), r.Status, stamp(at))
	return n > 0, wrap("return", err)
}

// Returns is what came back of letters, by letter, the gravest first.
func (q Queries) Returns(ctx context.Context, letters []domain.LetterID) (map[domain.LetterID][]domain.LetterReturn, error) {
	out := make(map[domain.LetterID][]domain.LetterReturn)
	for len(letters) > 0 {
		n := min(500, len(letters))
		args := make([]any, n)
		for i, id := range letters[:n] {
			args[i] = int64(id)
		}
		var rows []struct {
			Letter int64  `db:"letter_id"`
			Kind   string `db:"kind"`
			Status string `db:"status"`
			At     int64  `db:"at"`
		}
		err := q.list(ctx, &rows, `
SELECT letter_id, kind, status, at
FROM returns
WHERE letter_id IN (`+marks(n)+`)
ORDER BY letter_id, CASE kind WHEN 'failed' THEN 0 WHEN 'delayed' THEN 1 ELSE 2 END
LIMIT 2000`, args...)
		if err != nil {
			return nil, wrap("returns", err)
		}
		for _, r := range rows {
			id := domain.LetterID(r.Letter)
			out[id] = append(out[id], domain.LetterReturn{Kind: domain.ReturnKind(r.Kind), Status: r.Status, At: instant(r.At)})
		}
		letters = letters[n:]
	}
	return out, nil
}

// Suppress notes that no mailing goes to an address, in one county or, with "", in any. Noted already is nil,
// but that she wants no invitations gives way to a reason that holds against every mailing.
func (tx *Tx) Suppress(ctx context.Context, hash []byte, c domain.OrganiserCode, why domain.SuppressionReason, by string, at time.Time) error {
	_, err := tx.exec(ctx, `
INSERT INTO suppressions (hash, county, reason, actor, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (hash, county) DO UPDATE SET reason = excluded.reason, actor = excluded.actor, at = excluded.at
WHERE suppressions.reason = 'unsubscribed' AND excluded.reason <> 'unsubscribed'`, hash, string(c), string(why), by, stamp(at))
	return wrap("suppression", err)
}

// Unsuppress lets mailings go to an address again. It reports whether none did.
func (tx *Tx) Unsuppress(ctx context.Context, hash []byte, c domain.OrganiserCode) (bool, error) {
	n, err := tx.exec(ctx, `DELETE FROM suppressions WHERE hash = ? AND county IN (?, '')`, hash, string(c))
	return n > 0, wrap("suppression", err)
}

// Suppressions are why no mailing goes to an address, that of every county first.
func (q Queries) Suppressions(ctx context.Context, hash []byte) ([]domain.Suppression, error) {
	var rows []struct {
		County string `db:"county"`
		Reason string `db:"reason"`
		Actor  string `db:"actor"`
		At     int64  `db:"at"`
	}
	err := q.list(ctx, &rows, `SELECT county, reason, actor, at FROM suppressions WHERE hash = ? ORDER BY county LIMIT 100`, hash)
	out := make([]domain.Suppression, len(rows))
	for i, r := range rows {
		out[i] = domain.Suppression{County: domain.OrganiserCode(r.County), Reason: domain.SuppressionReason(r.Reason), By: r.Actor, At: instant(r.At)}
	}
	return out, wrap("suppressions", err)
}

// Release lets mailings go to an address again that was stopped for a reason, in one county or, with "",
// where every county was. It reports whether it was.
func (tx *Tx) Release(ctx context.Context, hash []byte, c domain.OrganiserCode, why domain.SuppressionReason) (bool, error) {
	n, err := tx.exec(ctx, `DELETE FROM suppressions WHERE hash = ? AND county = ? AND reason = ?`, hash, string(c), string(why))
	return n > 0, wrap("suppression", err)
}

// Suppressed is why no mailing of a county goes to some of the addresses, by hash; those to which they do are
// not in it.
func (q Queries) Suppressed(ctx context.Context, c domain.OrganiserCode, hashes ...[]byte) (map[string]domain.SuppressionReason, error) {
	out := make(map[string]domain.SuppressionReason)
	for len(hashes) > 0 {
		n := min(500, len(hashes))
		args := make([]any, 0, n+1)
		for _, h := range hashes[:n] {
			args = append(args, h)
		}
		var rows []struct {
			Hash   []byte `db:"hash"`
			Reason string `db:"reason"`
		}
		err := q.list(ctx, &rows, `
SELECT hash, reason
FROM suppressions
WHERE hash IN (`+marks(n)+`) AND county IN (?, '')
ORDER BY hash, county DESC
LIMIT 1000`, append(args, string(c))...)
		if err != nil {
			return nil, wrap("suppressions", err)
		}
		for _, r := range rows {
			out[string(r.Hash)] = domain.SuppressionReason(r.Reason)
		}
		hashes = hashes[n:]
	}
	return out, nil
}
