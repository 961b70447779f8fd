package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func idArgs(ids []domain.RegistrationID) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}

// failedLetter holds for a letter that did not arrive, refused or come back, and has not been sent again since;
// nor has she got a new address.
const failedLetter = `letters.id IN (SELECT id FROM letters WHERE state = 'failed' UNION ALL SELECT letter_id FROM returns WHERE kind = 'failed')
  AND NOT EXISTS (
  SELECT 1 FROM letters again
  WHERE again.registration_id = letters.registration_id AND again.kind IN (letters.kind, 'address_new') AND again.n > letters.n)`

// PeopleMarks are those of some registrations that have a letter which failed, and those that wait for an
// answer to their wish to be let off.
func (q Queries) PeopleMarks(ctx context.Context, ids []domain.RegistrationID) (failed, asked map[domain.RegistrationID]bool, err error) {
	if failed, err = q.marked(ctx, `SELECT DISTINCT registration_id FROM letters WHERE `+failedLetter+` AND registration_id IN (`, ids); err != nil {
		return nil, nil, err
	}
	asked, err = q.marked(ctx, `SELECT DISTINCT registration_id FROM requests WHERE state = 'open' AND registration_id IN (`, ids)
	return failed, asked, err
}

func (q Queries) marked(ctx context.Context, query string, ids []domain.RegistrationID) (map[domain.RegistrationID]bool, error) {
	out := make(map[domain.RegistrationID]bool)
	for part := range slices.Chunk(ids, 500) {
		var found []domain.RegistrationID
		if err := q.list(ctx, &found, query+marks(len(part))+`) ORDER BY registration_id`, idArgs(part)...); err != nil {
			return nil, fmt.Errorf("store: marks of people: %w", err)
		}
		for _, id := range found {
			out[id] = true
		}
	}
	return out, nil
}

// QueuePositions are the places of some waiting registrations in the queue of their event. It goes
// through the queue once, however many they are.
func (q Queries) QueuePositions(ctx context.Context, event domain.EventID, ids []domain.RegistrationID) (map[domain.RegistrationID]int, error) {
	ids = slices.Sorted(slices.Values(ids))
	out := make(map[domain.RegistrationID]int, len(ids))
	var last domain.RegistrationID
	place := 0
	for _, id := range ids {
		var n int
		err := q.get(ctx, &n, `
SELECT count(*) FROM registrations
WHERE event_id = ? AND status = 'waitlisted' AND id > ? AND id <= ?`, int64(event), int64(last), int64(id))
		if err != nil {
			return nil, fmt.Errorf("store: queue positions: %w", err)
		}
		place += n
		out[id], last = place, id
	}
	return out, nil
}

// LettersOf are the letters of a registration, the oldest first, at most 1,000.
func (q Queries) LettersOf(ctx context.Context, id domain.RegistrationID) ([]domain.SentLetter, error) {
	var rows []struct {
		ID         int64  `db:"id"`
		Kind       string `db:"kind"`
		Status     string `db:"status"`
		Recipient  string `db:"recipient"`
		QueuedAt   int64  `db:"queued_at"`
		AcceptedAt int64  `db:"accepted_at"`
		State      string `db:"state"`
		Attempts   int    `db:"attempts"`
		NextTry    int64  `db:"next_try"`
		LastError  string `db:"last_error"`
		Details    string `db:"details"`
		Mailing    int64  `db:"mailing"`
	}
	err := q.list(ctx, &rows, `
SELECT id, kind, status, recipient, queued_at, accepted_at, state, attempts, next_try, last_error, details,
  coalesce(mailing_id, 0) AS mailing
FROM letters
WHERE registration_id = ?
ORDER BY id
LIMIT 1000`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("store: letters of a registration: %w", err)
	}
	out := make([]domain.SentLetter, len(rows))
	for i, r := range rows {
		out[i] = domain.SentLetter{
			ID: domain.LetterID(r.ID), Kind: domain.LetterKind(r.Kind), Status: domain.RegistrationStatus(r.Status), To: r.Recipient,
			QueuedAt:   instant(r.QueuedAt),
			AcceptedAt: instant(r.AcceptedAt), State: domain.LetterState(r.State), Attempts: r.Attempts, LastError: r.LastError,
			NextTry: instant(r.NextTry), Mailing: domain.MailingID(r.Mailing),
		}
		var d domain.Details
		if err := unpack(r.Details, &d); err != nil {
			return nil, err
		}
		out[i].Subject = d.Subject
	}
	return out, q.withReturns(ctx, out)
}

// withReturns adds what came back.
func (q Queries) withReturns(ctx context.Context, letters []domain.SentLetter) error {
	ids := make([]domain.LetterID, len(letters))
	for i, l := range letters {
		ids[i] = l.ID
	}
	came, err := q.Returns(ctx, ids)
	for i, l := range letters {
		letters[i].Returns = came[l.ID]
	}
	return err
}

// HasNeeds reports whether a registration has told of food or access; what it told stays sealed.
func (q Queries) HasNeeds(ctx context.Context, id domain.RegistrationID) (bool, error) {
	var n int
	if err := q.get(ctx, &n, `SELECT count(*) FROM needs WHERE registration_id = ?`, int64(id)); err != nil {
		return false, fmt.Errorf("store: has needs: %w", err)
	}
	return n > 0, nil
}

// RequestedAt is when a wish to be let off was made.
func (q Queries) RequestedAt(ctx context.Context, id int64) (time.Time, error) {
	var at int64
	err := q.one(ctx, &at, "request", `SELECT at FROM requests WHERE id = ?`, id)
	return instant(at), err
}

// PersonByReference is the registration of an event with a reference number, in full;
// domain.ErrNotFound where there is none. Of two with the same, which is next to impossible, it is the
// first.
func (q Queries) PersonByReference(ctx context.Context, event domain.EventID, ref string) (Kept, error) {
	ids, err := q.FindIDs(ctx, PeopleSearch{
		Events: []domain.EventID{event}, Clear: []domain.EventID{event}, Words: domain.SearchWords(ref), Sort: domain.SortByArrival,
	}, 10)
	if err != nil {
		return Kept{}, err
	}
	for _, id := range ids {
		if k, err := q.RegistrationByID(ctx, id); err != nil || k.Ref == ref {
			return k, err
		}
	}
	return Kept{}, domain.NotFound("registration.not_found")
}

// SameNames are the live registrations of an event that share a name with another, by name and then
// arrival, at most limit. Those with protected identity are left out.
func (q Queries) SameNames(ctx context.Context, event domain.EventID, limit int) ([]domain.Registration, error) {
	const live = `event_id = ? AND protected = FALSE AND status IN ('pending', 'confirmed', 'waitlisted', 'offered')`
	var ids []domain.RegistrationID
	err := q.list(ctx, &ids, `
SELECT id
FROM registrations
WHERE `+live+` AND sort_key <> '' AND sort_key IN (
  SELECT sort_key FROM registrations WHERE `+live+` GROUP BY sort_key HAVING count(*) > 1)
ORDER BY sort_key, id
LIMIT ?`, int64(event), int64(event), limit)
	if err != nil {
		return nil, fmt.Errorf("store: same names: %w", err)
	}
	return q.People(ctx, ids)
}

// LiveByName are the live registrations of an event with a name, by its sort key. Those with protected
// identity have no such key and are not among them.
func (q Queries) LiveByName(ctx context.Context, event domain.EventID, sortKey string) ([]Kept, error) {
	return q.registrations(ctx, `event_id = ? AND sort_key = ? AND status IN ('pending', 'confirmed', 'waitlisted', 'offered')`,
		int64(event), sortKey)
}
