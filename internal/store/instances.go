package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// tellSeats has the other instances told that places have changed. In a rush many commits are told as one.
func (l *lanes) tellSeats() {
	select {
	case l.raise <- struct{}{}:
	default: // it is about to be told
	}
}

// watch tells other instances what this one has changed and looks for what they have. The number of seats is a
// sequence, raised after the commit: a counter in a row would make everybody who takes a place wait for everybody
// else, and NOTIFY takes a lock that every commit with one waits for.
func (l *lanes) watch(seen siteVersion) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var told time.Time
	for {
		select {
		case <-l.stop:
			return
		case <-l.raise:
			if _, err := l.db.ExecContext(context.Background(), `SELECT nextval('seats_version')`); err != nil {
				l.log.Error("telling other instances failed", "error", err)
			}
			l.rest(tick.C)
		case <-tick.C:
		}
		seen = l.lookAround(seen)
		l.mark.keep(l.db)
		l.beSeen(&told)
	}
}

// rest waits for the next tick, so that telling never becomes a load of its own.
func (l *lanes) rest(tick <-chan time.Time) {
	select {
	case <-l.stop:
	case <-tick:
	}
}

type siteVersion struct {
	Programme int64 `db:"programme"`
	Seats     int64 `db:"seats"`
	raised    int64 // of the programme, by this instance itself
}

// around is siteVersion and how many instances send letters.
type around struct {
	siteVersion
	Senders int64 `db:"senders"`
}

// lookAround notices what any instance has changed, this one too, which costs it a page more now and then.
func (l *lanes) lookAround(seen siteVersion) siteVersion {
	ctx, cancel := context.WithTimeout(context.Background(), longestLock)
	defer cancel()
	var a around
	err := l.db.GetContext(ctx, &a, `
SELECT programme, (SELECT last_value FROM seats_version) AS seats,
  (SELECT count(DISTINCT k.pid)
   FROM pg_locks k JOIN pg_database d ON d.oid = k.database
   WHERE d.datname = current_database() AND k.locktype = 'advisory' AND k.classid = 0 AND k.objid = `+lockSenders+` AND k.granted) AS senders
FROM site_version
WHERE one = 1`)
	v := a.siteVersion
	if err != nil {
		if !l.failing.Swap(true) {
			l.log.Error("the database does not answer", "error", err)
		}
		return seen
	}
	l.sending.Store(a.Senders)
	if l.failing.Swap(false) {
		l.log.Info("the database answers again")
		l.committed(changes{programme: true, seats: true}) // whatever was missed meanwhile
	}
	mine := min(l.raised.Load()-seen.raised, v.Programme-seen.Programme) // what came after the question is for the next look
	v.raised = seen.raised + max(0, mine)
	if first := seen.Programme == 0; first || v.Seats != seen.Seats || v.Programme != seen.Programme {
		l.committed(changes{programme: !first && v.Programme-seen.Programme > mine, seats: !first})
	}
	return v
}

// beSeen lets the others know that this instance is there, and where.
func (l *lanes) beSeen(last *time.Time) {
	if time.Since(*last) < peerEvery {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), longestLock)
	defer cancel()
	_, err := l.db.ExecContext(ctx, `
INSERT INTO instances (name, url) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET url = excluded.url, seen_at = now()`, l.name, l.peerURL)
	if err == nil {
		_, err = l.db.ExecContext(ctx, `DELETE FROM instances WHERE seen_at < now() - INTERVAL '5 minutes'`)
	}
	if err != nil {
		l.log.Warn("other instances could not be told of this one", "error", err)
		return
	}
	*last = time.Now()
}

const peerEvery = 20 * time.Second

// Instance is the name of this instance among those on the same database; "" where there are no others.
func (s *Store) Instance() string {
	if l, ok := s.engine.(*lanes); ok && l.peerURL != "" {
		return l.name
	}
	return ""
}

// PeerURL is where another instance is reached that was there within the last minute or so; "" for none.
func (s *Store) PeerURL(ctx context.Context, name string) (string, error) {
	if s.Instance() == "" {
		return "", nil
	}
	var at string
	err := s.get(ctx, &at, `SELECT coalesce(max(url), '') FROM instances WHERE name = ? AND seen_at > now() - INTERVAL '90 seconds'`, name)
	return at, wrap("instance", err)
}

// senderMark is the mark of an instance that letters are sent through: a lock that PostgreSQL lets go of when
// the connection ends, however it ends. Everyone who sends shares it.
type senderMark struct {
	mu   sync.Mutex
	conn *sqlx.Conn
}

func (l *lanes) joinSenders(ctx context.Context, free func() (int, error)) (freed int, err error) {
	l.mark.mu.Lock()
	defer l.mark.mu.Unlock()
	if l.mark.conn != nil {
		return 0, nil
	}
	conn, err := l.db.Connx(ctx)
	if err != nil {
		return 0, fmt.Errorf("store: senders: %w", err)
	}
	var alone bool
	err = conn.GetContext(ctx, &alone, `SELECT pg_try_advisory_lock(`+lockSenders+`)`)
	if err == nil && alone { // whoever joins next waits below until the leases are free
		freed, err = free()
	}
	if err == nil {
		err = hold(ctx, conn)
	}
	if err == nil && alone {
		_, err = conn.ExecContext(ctx, `SELECT pg_advisory_unlock(`+lockSenders+`)`)
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("store: senders: %w", err), discard(conn))
	}
	l.mark.conn = conn
	return freed, nil
}

func hold(ctx context.Context, conn *sqlx.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock_shared(`+lockSenders+`)`)
	return err
}

// discard closes a connection for good: one that went back to its pool would keep its locks.
func discard(conn *sqlx.Conn) error {
	_, _ = conn.ExecContext(context.Background(), `SELECT pg_advisory_unlock_all()`) // a broken one holds none
	return conn.Close()
}

// keep sets the mark again where the connection that held it was lost.
func (m *senderMark) keep(db *sqlx.DB) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), longestLock)
	defer cancel()
	if m.conn == nil || m.conn.PingContext(ctx) == nil {
		return
	}
	conn, err := db.Connx(ctx)
	if err != nil {
		return // the next look tries again
	}
	if hold(ctx, conn) != nil {
		_ = conn.Close()
		return
	}
	_ = m.conn.Close()
	m.conn = conn
}

// leave takes the mark away.
func (m *senderMark) leave() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.conn == nil {
		return nil
	}
	conn := m.conn
	m.conn = nil
	return discard(conn)
}
