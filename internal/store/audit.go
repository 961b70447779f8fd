package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// Chain is the hash of a line of the audit log, given that of the line before. With a keyed one, whoever
// can write in the file alone cannot make a log that looks whole.
type Chain func(prev, line []byte) []byte

// plainChain is what is used without a key.
func plainChain(prev, line []byte) []byte {
	h := sha256.Sum256(append(append([]byte{}, prev...), line...))
	return h[:]
}

type auditRow struct {
	ID       int64         `db:"id"`
	At       int64         `db:"at"`
	UserID   sql.NullInt64 `db:"user_id"`
	Actor    string        `db:"actor"`
	County   string        `db:"county"`
	Action   string        `db:"action"`
	Object   string        `db:"object"`
	ObjectID string        `db:"object_id"`
	Details  string        `db:"details"`
	PrevHash []byte        `db:"prev_hash"`
	Hash     []byte        `db:"hash"`
}

const auditColumns = `id, at, user_id, actor, county, action, object, object_id, details, prev_hash, hash`

// line is what is hashed: every column, each with its length, so that no two lines read the same.
func (r auditRow) line() []byte {
	var b []byte
	number := func(n int64) { b = binary.BigEndian.AppendUint64(b, uint64(n)) }
	number(r.ID)
	number(r.At)
	number(r.UserID.Int64)
	for _, s := range []string{r.Actor, r.County, r.Action, r.Object, r.ObjectID, r.Details} {
		number(int64(len(s)))
		b = append(b, s...)
	}
	return b
}

func (r auditRow) entry() (domain.AuditEntry, error) {
	e := domain.AuditEntry{
		ID: r.ID, At: instant(r.At), User: domain.UserID(r.UserID.Int64), Actor: r.Actor, County: domain.OrganiserCode(r.County),
		Action: domain.AuditAction(r.Action), Object: r.Object, ObjectID: r.ObjectID,
	}
	return e, unpack(r.Details, &e.Details)
}

// auditHead is the last line of the log.
type auditHead struct {
	ID   int64  `db:"id"`
	Hash []byte `db:"hash"`
}

func (q Queries) auditHead(ctx context.Context) (auditHead, error) {
	var h auditHead
	if err := q.get(ctx, &h, `SELECT id, hash FROM audit_head WHERE one = 1`+q.words.forUpdate); err != nil {
		return h, fmt.Errorf("store: head of the audit log: %w", err)
	}
	return h, nil
}

// Audit adds a line to the audit log: in the transaction of what it tells, so that neither is ever there
// without the other. ID is given here.
func (tx *Tx) Audit(ctx context.Context, e domain.AuditEntry) error {
	details := ""
	if len(e.Details) > 0 {
		var err error
		if details, err = pack(e.Details); err != nil {
			return err
		}
	}
	head, err := tx.auditHead(ctx)
	if err != nil {
		return err
	}
	r := auditRow{
		ID: head.ID + 1, At: stamp(e.At), UserID: sql.NullInt64{Int64: int64(e.User), Valid: e.User != 0}, Actor: e.Actor,
		County: string(e.County), Action: string(e.Action), Object: e.Object, ObjectID: e.ObjectID, Details: details,
		PrevHash: head.Hash,
	}
	r.Hash = tx.chain(r.PrevHash, r.line())
	_, err = tx.exec(ctx, `INSERT INTO audit (`+auditColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.ID, r.At,
		orNull(int64(e.User)), r.Actor, r.County, r.Action, r.Object, r.ObjectID, r.Details, notNil(r.PrevHash), r.Hash)
	if err == nil {
		_, err = tx.exec(ctx, `UPDATE audit_head SET id = ?, hash = ? WHERE one = 1`, r.ID, r.Hash)
	}
	if err != nil {
		return fmt.Errorf("store: audit: %w", err)
	}
	return nil
}

// notNil is b, since the driver takes an empty slice for NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// AuditScope limits what AuditEntries answers to some counties, the accounts of their users and the database as a
// whole, or to nothing at all with All. The zero scope holds nothing.
type AuditScope struct {
	Counties []domain.OrganiserCode
	All      bool
}

// AuditEntries are the lines that the filter chooses in the scope, the newest first.
func (q Queries) AuditEntries(ctx context.Context, s AuditScope, f domain.AuditFilter) ([]domain.AuditEntry, error) {
	where, args := auditWhere(s, f)
	var rows []auditRow
	err := q.list(ctx, &rows, `
SELECT `+auditColumns+`
FROM audit
WHERE `+where+`
ORDER BY id DESC
LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("store: audit entries: %w", err)
	}
	out := make([]domain.AuditEntry, len(rows))
	for i, r := range rows {
		if out[i], err = r.entry(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// auditWhere is the scope, which is always there, and what the filter adds to it.
func auditWhere(s AuditScope, f domain.AuditFilter) (string, []any) {
	var parts []string
	var args []any
	add := func(part string, values ...any) { parts, args = append(parts, part), append(args, values...) }
	switch {
	case s.All:
		add(`1 = 1`)
	case len(s.Counties) == 0:
		add(`1 = 0`)
	default:
		var in []any
		for _, c := range s.Counties {
			in = append(in, string(c))
		}
		m := marks(len(in))
		add(`(county IN (`+m+`) OR (county = '' AND object = 'database') OR (county = '' AND object = 'user'
  AND object_id IN (SELECT CAST(g.user_id AS TEXT) FROM grants g WHERE g.county IN (`+m+`))))`, append(in, in...)...)
	}
	if f.County != "" {
		add(`county = ?`, string(f.County))
	}
	if f.User != 0 {
		add(`user_id = ?`, int64(f.User))
	}
	if a := string(f.Action); strings.HasSuffix(a, ".") {
		add(`substr(action, 1, ?) = ?`, len(a), a)
	} else if a != "" {
		add(`action = ?`, a)
	}
	if f.Object != "" {
		add(`object = ?`, f.Object)
	}
	if f.ObjectID != "" {
		add(`object_id = ?`, f.ObjectID)
	}
	if f.Event != 0 {
		id := strconv.FormatInt(int64(f.Event), 10)
		add(`((object = 'event' AND object_id = ?)
  OR (object = 'registration' AND object_id IN (SELECT CAST(r.id AS TEXT) FROM registrations r WHERE r.event_id = ?))
  OR (object = 'user' AND details LIKE ?))`, id, int64(f.Event), `%"event":"`+id+`"%`)
	}
	if !f.From.IsZero() {
		add(`at >= ?`, stamp(f.From.Start()))
	}
	if !f.To.IsZero() {
		add(`at < ?`, stamp(f.To.End()))
	}
	if f.Before != 0 {
		add(`id < ?`, f.Before)
	}
	return strings.Join(parts, "\n  AND "), args
}

const auditName = "the audit log is whole"

// checkAudit follows the chain from the first line to the head. Where a line was changed it names it, and
// goes on from what stands there, so that one finding does not hide the next.
func (s *Store) checkAudit(ctx context.Context) ([]Finding, error) {
	w := auditWalk{chain: s.chain}
	for len(w.found) < 100 {
		more, err := w.page(ctx, s.Queries)
		if err != nil {
			return nil, err
		}
		if more {
			continue
		}
		head, err := s.auditHead(ctx)
		if err != nil {
			return nil, err
		}
		if head.ID > w.id { // written while we were reading, or gone
			if more, err = w.page(ctx, s.Queries); err != nil {
				return nil, err
			} else if more {
				continue
			}
		}
		if head.ID != w.id || !bytes.Equal(head.Hash, w.prev) {
			w.tell("the log ends at line %d, it should at %d", w.id, head.ID)
		}
		break
	}
	return w.found, nil
}

// auditWalk is how far the chain has been followed.
type auditWalk struct {
	chain Chain
	id    int64
	prev  []byte
	found []Finding
}

func (w *auditWalk) tell(format string, args ...any) {
	w.found = append(w.found, Finding{auditName, fmt.Sprintf(format, args...)})
}

// page follows the next lines, and reports whether there were any.
func (w *auditWalk) page(ctx context.Context, q Queries) (bool, error) {
	var rows []auditRow
	if err := q.list(ctx, &rows, `SELECT `+auditColumns+` FROM audit WHERE id > ? ORDER BY id LIMIT 1000`, w.id); err != nil {
		return false, fmt.Errorf("store: check audit: %w", err)
	}
	for _, r := range rows {
		switch {
		case r.ID != w.id+1:
			w.tell("lines %d to %d are gone", w.id+1, r.ID-1)
		case !bytes.Equal(r.PrevHash, w.prev):
			w.tell("line %d does not follow line %d", r.ID, w.id)
		}
		if !bytes.Equal(w.chain(r.PrevHash, r.line()), r.Hash) {
			w.tell("line %d has been changed", r.ID)
		}
		w.id, w.prev = r.ID, r.Hash
	}
	return len(rows) > 0, nil
}
