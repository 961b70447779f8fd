package store

import (
	"context"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// KeepVersion keeps what a participant had told until an instant, numbered from 1.
func (tx *Tx) KeepVersion(ctx context.Context, id domain.RegistrationID, until time.Time, p domain.Participant) error {
	content, err := pack(p)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `
INSERT INTO versions (registration_id, n, until, content)
SELECT ?, coalesce(max(n), 0) + 1, ?, ? FROM versions WHERE registration_id = ?`, int64(id), stamp(until), content, int64(id))
	if err != nil {
		return fmt.Errorf("store: version: %w", err)
	}
	return nil
}

// Versions are what a participant had told before each change, oldest first, at most 1,000.
func (q Queries) Versions(ctx context.Context, id domain.RegistrationID) ([]domain.Version, error) {
	var rows []struct {
		N       int    `db:"n"`
		Until   int64  `db:"until"`
		Content string `db:"content"`
	}
	err := q.list(ctx, &rows, `
SELECT n, until, content
FROM versions
WHERE registration_id = ?
ORDER BY n
LIMIT 1000`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("store: versions: %w", err)
	}
	out := make([]domain.Version, len(rows))
	for i, r := range rows {
		out[i] = domain.Version{N: r.N, Until: instant(r.Until)}
		if err := unpack(r.Content, &out[i].Participant); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// RenewLink writes a registration's new link. The one before is nobody's from then on.
func (tx *Tx) RenewLink(ctx context.Context, k Kept) error {
	_, err := tx.exec(ctx, `UPDATE registrations SET link_version = ?, link_hash = ? WHERE id = ?`, k.LinkVersion, k.LinkHash, int64(k.ID))
	if err != nil {
		return fmt.Errorf("store: renew link: %w", err)
	}
	return nil
}

// Rewrite writes what a registration's participant now tells, her language and her link, and raises
// its revision, whose new value it answers. That nobody else at the event has the address must have
// been looked at: the table refuses it.
func (tx *Tx) Rewrite(ctx context.Context, k Kept) (revision int, err error) {
	answers, invoice, err := packTold(k.Participant)
	if err != nil {
		return 0, err
	}
	found := k.findKeys()
	n, err := tx.insert(ctx, `
UPDATE registrations
SET given_name = ?, family_name = ?, sort_key = ?, email = ?, email_key = ?, phone = ?, organisation = ?,
  organisation_type = ?, title = ?, municipality = ?, answers = ?, invoice = ?, lang = ?, link_version = ?, link_hash = ?,
  answered = ?, work_key = ?, search = ?, revision = revision + 1
WHERE id = ?
RETURNING revision`, k.GivenName, k.FamilyName, found.sort, k.Email, k.EmailKey(), k.Phone, k.Organisation,
		string(k.OrganisationType), k.Title, k.Municipality, answers, invoice, string(k.Lang), k.LinkVersion, k.LinkHash,
		found.answered, found.work, found.search, int64(k.ID))
	if err != nil {
		return 0, fmt.Errorf("store: rewrite: %w", err)
	}
	return int(n), nil
}
