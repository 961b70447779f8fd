package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// KeptGroup is a group with what only the program itself needs of it.
type KeptGroup struct {
	domain.Group
	UID      []byte    // hash of the submission key
	LinkHash []byte    // hash of the link now in force
	WarnedAt time.Time // when the contact person was warned of places without a name; zero for never
}

// GroupPlace is a row of a group as its contact person was told of it. ID is 0 for a row that no
// registration was made for.
type GroupPlace struct {
	ID     int64  `json:"id,omitempty"`
	Name   string `json:"name,omitempty"`
	Status string `json:"status,omitempty"`
}

type groupRow struct {
	ID           int64  `db:"id"`
	UID          []byte `db:"uid"`
	EventID      int64  `db:"event_id"`
	Name         string `db:"name"`
	Email        string `db:"email"`
	Phone        string `db:"phone"`
	Organisation string `db:"organisation"`
	Lang         string `db:"lang"`
	Mode         string `db:"mode"`
	ReceivedAt   int64  `db:"received_at"`
	LinkVersion  int    `db:"link_version"`
	LinkHash     []byte `db:"link_hash"`
	WarnedAt     int64  `db:"warned_at"`
	Answer       string `db:"answer"`
}

const groupColumns = `id, uid, event_id, name, email, phone, organisation, lang, mode, received_at, link_version, link_hash,
  warned_at, answer`

func (r groupRow) group() (KeptGroup, error) {
	g := KeptGroup{
		Group: domain.Group{
			ID: domain.GroupID(r.ID), EventID: domain.EventID(r.EventID), Name: r.Name, Email: r.Email, Phone: r.Phone,
			Organisation: r.Organisation, Lang: domain.Lang(r.Lang), Mode: domain.GroupMode(r.Mode),
			ReceivedAt: instant(r.ReceivedAt), LinkVersion: r.LinkVersion,
		},
		UID: r.UID, LinkHash: r.LinkHash, WarnedAt: instant(r.WarnedAt),
	}
	var places []GroupPlace
	if err := unpack(r.Answer, &places); err != nil {
		return KeptGroup{}, err
	}
	for _, p := range places {
		g.Places = append(g.Places, domain.GroupPlace{
			ID: domain.RegistrationID(p.ID), Name: p.Name, Status: domain.RegistrationStatus(p.Status),
		})
	}
	return g, nil
}

// GroupByUID is the group made by the submission with this hash, with its places as its contact
// person was told of them; domain.ErrNotFound where there is none.
func (q Queries) GroupByUID(ctx context.Context, uid []byte) (KeptGroup, error) {
	return q.group(ctx, `uid = ?`, uid)
}

// GroupByID is the group with an id, with its places as its contact person was told of them;
// domain.ErrNotFound where there is none.
func (q Queries) GroupByID(ctx context.Context, id domain.GroupID) (KeptGroup, error) {
	return q.group(ctx, `id = ?`, int64(id))
}

func (q Queries) group(ctx context.Context, where string, arg any) (KeptGroup, error) {
	var r groupRow
	if err := q.one(ctx, &r, "group", `SELECT `+groupColumns+` FROM groups WHERE `+where, arg); err != nil {
		return KeptGroup{}, err
	}
	return r.group()
}

// InsertGroup writes a group without its places and answers its id.
func (tx *Tx) InsertGroup(ctx context.Context, g KeptGroup) (domain.GroupID, error) {
	id, err := tx.insert(ctx, `
INSERT INTO groups (uid, event_id, name, email, phone, organisation, lang, mode, received_at, link_version, link_hash)
VALUES (`+marks(11)+`)
RETURNING id`, g.UID, int64(g.EventID), g.Name, g.Email, g.Phone, g.Organisation, string(g.Lang), string(g.Mode),
		stamp(g.ReceivedAt), g.LinkVersion, g.LinkHash)
	if err != nil {
		return 0, fmt.Errorf("store: group: %w", err)
	}
	return domain.GroupID(id), nil
}

// PutGroupPlaces notes what the contact person of a group has been told of each place.
func (tx *Tx) PutGroupPlaces(ctx context.Context, id domain.GroupID, places []domain.GroupPlace) error {
	rows := make([]GroupPlace, len(places))
	for i, p := range places {
		rows[i] = GroupPlace{ID: int64(p.ID), Name: p.Name, Status: string(p.Status)}
	}
	answer, err := pack(rows)
	if err != nil {
		return err
	}
	return tx.changeOne(ctx, "places of a group", `UPDATE groups SET answer = ? WHERE id = ?`, answer, int64(id))
}

// NoteGroupWarned notes that the contact person has been warned of places without a name. It reports
// false where she had been already.
func (tx *Tx) NoteGroupWarned(ctx context.Context, id domain.GroupID, at time.Time) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE groups SET warned_at = ? WHERE id = ? AND warned_at = 0`, stamp(at), int64(id))
	if err != nil {
		return false, fmt.Errorf("store: group warned: %w", err)
	}
	return n == 1, nil
}

// UnnamedGroup is a group that has places without a name.
type UnnamedGroup struct {
	ID      domain.GroupID `db:"id"`
	EventID domain.EventID `db:"event_id"`
	Warned  bool           `db:"warned"`
}

// UnnamedGroups are the groups with live places that nobody has been named for, at published events
// that are not dated or begin on a day or later, at most 10,000.
func (q Queries) UnnamedGroups(ctx context.Context, from domain.Date) ([]UnnamedGroup, error) {
	var out []UnnamedGroup
	err := q.list(ctx, &out, `
SELECT g.id, g.event_id, g.warned_at <> 0 AS warned
FROM events e CROSS JOIN groups g -- and not from the groups of all years
WHERE g.event_id = e.id AND e.state = 'published' AND (e.day = '' OR e.day >= ?) AND EXISTS (
  SELECT 1 FROM registrations r WHERE r.group_id = g.id AND r.given_name = '' AND r.status = 'confirmed'
)
ORDER BY g.id
LIMIT 10000`, from.String())
	if err != nil {
		return nil, fmt.Errorf("store: groups without names: %w", err)
	}
	return out, nil
}

// UnnamedPlaces are the live places of a group that nobody has been named for, in order.
func (q Queries) UnnamedPlaces(ctx context.Context, id domain.GroupID) ([]Kept, error) {
	return q.registrations(ctx, `group_id = ? AND given_name = '' AND status = 'confirmed'`, int64(id))
}

// LastHistory is the number and the kind of the last line of a registration's history, and when it
// was written; 0 where there is none.
func (q Queries) LastHistory(ctx context.Context, id domain.RegistrationID) (n int, kind domain.HistoryKind, at time.Time, err error) {
	var r struct {
		N    int    `db:"n"`
		Kind string `db:"kind"`
		At   int64  `db:"at"`
	}
	err = q.get(ctx, &r, `SELECT n, kind, at FROM history WHERE registration_id = ? ORDER BY n DESC LIMIT 1`, int64(id))
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", time.Time{}, nil
	}
	if err != nil {
		return 0, "", time.Time{}, fmt.Errorf("store: last of history: %w", err)
	}
	return r.N, domain.HistoryKind(r.Kind), instant(r.At), nil
}
