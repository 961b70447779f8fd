package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	sqlite3 "github.com/mattn/go-sqlite3"
)

// Health is what the database tells of itself, for whoever looks after it. What is well and what is not is
// decided by who asks.
type Health struct {
	// Newest is when the row was written that was written last; the zero time where there is none.
	Newest time.Time
	SQLite *SQLiteHealth // nil on PostgreSQL
	Server *ServerHealth // nil on SQLite
	// Replica is what follows the server; nil where none is set.
	Replica *ReplicaHealth
}

// SQLiteHealth is the engine inside the program.
type SQLiteHealth struct {
	Version       string
	Number, Least int // 3051003 for 3.51.3; the least that Open takes
}

// ServerHealth is a server of PostgreSQL.
type ServerHealth struct {
	Version            int       `db:"version"` // 150004 for 15.4
	Now                time.Time `db:"now"`     // its clock
	Checksums          bool      `db:"checksums"`
	Autovacuum         bool      `db:"autovacuum"`
	Synchronous        string    `db:"synchronous"` // synchronous_commit
	Standbys           string    `db:"standbys"`    // synchronous_standby_names
	Streaming          int       `db:"streaming"`   // standbys that follow now
	MaxConnections     int       `db:"max_connections"`
	Connections        int       `db:"connections"` // of everybody, now
	Archiving          bool      `db:"archiving"`
	Archived           time.Time `db:"archived"` // when a part of the log was last archived; zero for never
	ArchiveFailed      time.Time `db:"archive_failed"`
	ConnectionsPerHost int       `db:"-"` // that one instance may open here
}

// ReplicaHealth is a server that is to follow another.
type ReplicaHealth struct {
	Err       error // why it cannot be asked; the rest then means nothing
	Following bool  `db:"following"`
	Version   int   `db:"version"`
	Behind    int64 // bytes of the log that it has not taken in yet
}

// Health asks the database, and what follows it.
func (s *Store) Health(ctx context.Context) (Health, error) {
	var h Health
	var newest int64
	// By number, not by time: were the clock once ahead and is right again, the last row tells.
	err := s.get(ctx, &newest, `
SELECT max(CASE WHEN a.at > r.at THEN a.at ELSE r.at END)
FROM (SELECT coalesce((SELECT at FROM audit ORDER BY id DESC LIMIT 1), 0) AS at) a,
  (SELECT coalesce((SELECT received_at FROM registrations ORDER BY id DESC LIMIT 1), 0) AS at) r`)
	if err != nil {
		return h, wrap("newest row", err)
	}
	h.Newest = instant(newest)
	l, ok := s.engine.(*lanes)
	if !ok {
		version, number, _ := sqlite3.Version()
		h.SQLite = &SQLiteHealth{Version: version, Number: number, Least: leastSQLite}
		return h, nil
	}
	if h.Server, err = serverHealth(ctx, l.db); err != nil {
		return h, err
	}
	if s.replica != nil {
		h.Replica = replicaHealth(ctx, l.db, s.replica)
	}
	return h, nil
}

func serverHealth(ctx context.Context, db *sqlx.DB) (*ServerHealth, error) {
	s := &ServerHealth{ConnectionsPerHost: postgresWrites + 3 + postgresReads}
	err := db.GetContext(ctx, s, `
SELECT CAST(current_setting('server_version_num') AS INTEGER) AS version, clock_timestamp() AS now,
  current_setting('data_checksums') = 'on' AS checksums, current_setting('autovacuum') = 'on' AS autovacuum,
  current_setting('synchronous_commit') AS synchronous, current_setting('synchronous_standby_names') AS standbys,
  (SELECT count(*) FROM pg_stat_replication WHERE application_name <> 'pg_basebackup') AS streaming,
  CAST(current_setting('max_connections') AS INTEGER) - CAST(current_setting('superuser_reserved_connections') AS INTEGER) AS max_connections,
  (SELECT coalesce(sum(numbackends), 0) FROM pg_stat_database) AS connections,
  current_setting('archive_mode') <> 'off' AS archiving,
  coalesce(last_archived_time, TIMESTAMPTZ '1970-01-01 00:00:00Z') AS archived,
  coalesce(last_failed_time, TIMESTAMPTZ '1970-01-01 00:00:00Z') AS archive_failed
FROM pg_stat_archiver`)
	if err != nil {
		return nil, fmt.Errorf("store: health of the server: %w", err)
	}
	for _, at := range []*time.Time{&s.Archived, &s.ArchiveFailed} {
		if at.Unix() == 0 {
			*at = time.Time{}
		}
	}
	return s, nil
}

// replicaHealth tells of a replica that cannot be asked too: everything works without it.
func replicaHealth(ctx context.Context, primary, replica *sqlx.DB) *ReplicaHealth {
	r := &ReplicaHealth{}
	var now string
	if r.Err = primary.GetContext(ctx, &now, `SELECT CAST(pg_current_wal_lsn() AS text)`); r.Err != nil {
		return r
	}
	if r.Err = replica.GetContext(ctx, r, `
SELECT pg_is_in_recovery() AS following, CAST(current_setting('server_version_num') AS INTEGER) AS version`); r.Err != nil || !r.Following {
		return r
	}
	r.Err = replica.GetContext(ctx, &r.Behind, `
SELECT greatest(0, CAST(pg_wal_lsn_diff(CAST($1 AS pg_lsn), coalesce(pg_last_wal_replay_lsn(), '0/0')) AS BIGINT))`, now)
	return r
}
