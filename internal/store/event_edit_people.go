package store

import (
	"context"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// LiveAt are the live registrations at an event after an id, in order of arrival, at most limit.
func (q Queries) LiveAt(ctx context.Context, event domain.EventID, after domain.RegistrationID, limit int) ([]Kept, error) {
	var ids []int64
	err := q.list(ctx, &ids, `
SELECT id FROM registrations
WHERE event_id = ? AND id > ? AND status IN ('pending', 'confirmed', 'waitlisted', 'offered')
ORDER BY id
LIMIT ?`, int64(event), int64(after), limit)
	if err != nil {
		return nil, wrap("live registrations", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return q.registrations(ctx, `id IN (`+marks(len(args))+`)`, args...)
}

// PromiseCancelDay gives everyone who is registered at an event a day of her own for cancelling, where
// hers was earlier: what stood there when she registered holds for her.
func (tx *Tx) PromiseCancelDay(ctx context.Context, event domain.EventID, d domain.Date) error {
	_, err := tx.exec(ctx, `
UPDATE registrations SET cancel_until = ?
WHERE event_id = ? AND cancel_until < ? AND status IN ('pending', 'confirmed', 'waitlisted', 'offered')`,
		d.String(), int64(event), d.String())
	return wrap("promised day", err)
}

// EndChoices ends every choice of a session at an event, without anyone taking another's place.
func (tx *Tx) EndChoices(ctx context.Context, event domain.EventID) error {
	tx.changes.seats = true
	if _, err := tx.exec(ctx, `
DELETE FROM choices WHERE session_id IN (SELECT id FROM sessions WHERE event_id = ?)`, int64(event)); err != nil {
		return wrap("end of choices", err)
	}
	_, err := tx.exec(ctx, `UPDATE sessions SET taken = 0 WHERE event_id = ?`, int64(event))
	return wrap("end of choices", err)
}

// ToldOfChange is someone who was owed a letter when an event was changed or cancelled.
type ToldOfChange struct {
	Kept
	Kind  domain.LetterKind
	At    time.Time
	To    string // whom the letter went to; "" for nobody
	State domain.LetterState
	Group KeptGroup // of a place without a name
}

// ToldLast are those who were owed a letter when an event was cancelled, or last changed, in Swedish order
// of their names, at most 10,000.
func (q Queries) ToldLast(ctx context.Context, event domain.EventID, cancelled bool) ([]ToldOfChange, error) {
	kinds := quotedLetters(domain.LetterEventChanged, domain.LetterGroupEventChanged)
	if cancelled {
		kinds = quotedLetters(domain.LetterEventCancelled, domain.LetterGroupEventCancelled)
	}
	var rows []struct {
		registrationRow
		Kind      string `db:"kind"`
		QueuedAt  int64  `db:"queued_at"`
		Recipient string `db:"recipient"`
		State     string `db:"state"`
	}
	err := q.list(ctx, &rows, `
SELECT `+prefixed("r", registrationColumns)+`, l.kind, l.queued_at, l.recipient, l.state
FROM registrations r JOIN letters l ON l.registration_id = r.id AND l.kind IN (`+kinds+`)
WHERE r.event_id = ? AND l.queued_at = (
  SELECT max(o.queued_at) FROM registrations x JOIN letters o ON o.registration_id = x.id AND o.kind IN (`+kinds+`)
  WHERE x.event_id = ?
)
ORDER BY r.sort_key, r.id
LIMIT 10000`, int64(event), int64(event))
	if err != nil {
		return nil, wrap("told of a change", err)
	}
	out := make([]ToldOfChange, len(rows))
	for i, r := range rows {
		t := ToldOfChange{Kind: domain.LetterKind(r.Kind), At: instant(r.QueuedAt), To: r.Recipient, State: domain.LetterState(r.State)}
		if t.Kept, err = r.kept(); err != nil {
			return nil, err
		}
		if t.Kept.Group != 0 && !t.Named() {
			if t.Group, err = q.GroupByID(ctx, t.Kept.Group); err != nil {
				return nil, err
			}
		}
		out[i] = t
	}
	return out, nil
}

// DocumentFacts is a document of an event, without its bytes, whatever the event's state.
func (q Queries) DocumentFacts(ctx context.Context, event domain.EventID, slug string) (domain.Document, error) {
	docs, err := q.documents(ctx, `d.event_id = ? AND d.slug = ?`, int64(event), slug)
	if err != nil {
		return domain.Document{}, err
	}
	if len(docs) == 0 {
		return domain.Document{}, domain.NotFound("document.not_found")
	}
	return docs[0], nil
}

// DocumentSlugTaken reports whether a document has the slug.
func (q Queries) DocumentSlugTaken(ctx context.Context, slug string) (bool, error) {
	var n int
	err := q.get(ctx, &n, `SELECT count(*) FROM documents WHERE slug = ?`, slug)
	return n > 0, wrap("slug of a document", err)
}

// SameDocument is the slug of a document of an event that has the same name, title and bytes;
// domain.ErrNotFound for none.
func (q Queries) SameDocument(ctx context.Context, event domain.EventID, d domain.Document, content []byte) (string, error) {
	var r struct {
		Slug string `db:"slug"`
	}
	err := q.one(ctx, &r, "document", `
SELECT d.slug
FROM documents d
JOIN document_bodies b ON b.document_id = d.id
WHERE d.event_id = ? AND d.filename = ? AND d.title_sv = ? AND d.lang = ? AND d.size = ? AND b.content = ?
LIMIT 1`, int64(event), d.Filename, d.Title.Sv, string(d.Lang), len(content), content)
	return r.Slug, err
}

// DescribeDocument changes what is said of a document.
func (tx *Tx) DescribeDocument(ctx context.Context, d domain.Document) error {
	tx.changes.programme = true
	return tx.changeOne(ctx, "document", `
UPDATE documents SET title_sv = ?, title_en = ?, about_sv = ?, about_en = ?, lang = ? WHERE id = ?`,
		d.Title.Sv, d.Title.En, d.About.Sv, d.About.En, string(d.Lang), d.ID)
}

// PlaceDocuments puts the documents of an event in an order.
func (tx *Tx) PlaceDocuments(ctx context.Context, event domain.EventID, ids []int64) error {
	tx.changes.programme = true
	for i, id := range ids {
		if err := tx.changeOne(ctx, "order of documents", `UPDATE documents SET position = ? WHERE id = ? AND event_id = ?`,
			i, id, int64(event)); err != nil {
			return err
		}
	}
	return nil
}

// RemoveDocument takes a document away with its bytes.
func (tx *Tx) RemoveDocument(ctx context.Context, id int64) error {
	tx.changes.programme = true
	if err := tx.changeOne(ctx, "bytes of a document", `DELETE FROM document_bodies WHERE document_id = ?`, id); err != nil {
		return err
	}
	return tx.changeOne(ctx, "document", `DELETE FROM documents WHERE id = ?`, id)
}

// quotedLetters is a list of kinds for an IN; they are constants of the program.
func quotedLetters(kinds ...domain.LetterKind) string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = "'" + string(k) + "'"
	}
	return strings.Join(out, ", ")
}

// prefixed is a list of columns of the table with an alias.
func prefixed(alias, columns string) string {
	names := strings.Split(columns, ",")
	for i, n := range names {
		names[i] = alias + "." + strings.TrimSpace(n)
	}
	return strings.Join(names, ", ")
}
