package store

import (
	"context"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// SetAttendance notes whether somebody with a place came, where was is what is noted now. It reports false, and
// changes nothing, where that is not so.
func (tx *Tx) SetAttendance(ctx context.Context, id domain.RegistrationID, was, is domain.Attendance) (bool, error) {
	n, err := tx.exec(ctx, `
UPDATE registrations SET attendance = ? WHERE id = ? AND attendance = ? AND status = 'confirmed'`, string(is), int64(id), string(was))
	return n > 0, wrap("attendance", err)
}

// Attendance is how many of those with a place at an event came, did not come, and are not noted.
func (q Queries) Attendance(ctx context.Context, event domain.EventID) (map[domain.Attendance]int, error) {
	var rows []struct {
		Attendance string `db:"attendance"`
		N          int    `db:"n"`
	}
	err := q.list(ctx, &rows, `
SELECT attendance, count(*) AS n
FROM registrations
WHERE event_id = ? AND status = 'confirmed'
GROUP BY attendance
ORDER BY attendance
LIMIT 3`, int64(event))
	out := make(map[domain.Attendance]int, len(rows))
	for _, r := range rows {
		out[domain.Attendance(r.Attendance)] = r.N
	}
	return out, wrap("attendance", err)
}

// AttendanceNotedAt is when somebody last noted who came to an event, or took that back; zero for never.
func (q Queries) AttendanceNotedAt(ctx context.Context, event domain.EventID) (time.Time, error) {
	var at int64
	err := q.get(ctx, &at, `
SELECT coalesce(max(h.at), 0)
FROM history h JOIN registrations r ON r.id = h.registration_id
WHERE r.event_id = ? AND h.kind IN ('present', 'absent', 'not_noted')`, int64(event))
	return instant(at), wrap("attendance", err)
}
