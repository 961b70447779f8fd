package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/store"
)

// marked is how each of the findings would be marked, with its words and how it is mended.
func marked(t *testing.T, found ...error) string {
	t.Helper()
	var out []string
	for _, err := range found {
		f := &finding{}
		switch {
		case err == nil:
			continue
		case !errors.As(err, &f):
			out = append(out, "WRONG: "+err.Error())
		case f.mend == "":
			t.Errorf("nothing is said of how to mend: %s", f.text)
		case f.harmless:
			out = append(out, "warn: "+f.text)
		default:
			out = append(out, "WRONG: "+f.text)
		}
	}
	return strings.Join(out, "\n")
}

// What no machine here has: an old SQLite, a PostgreSQL past its days, servers that are set in other ways.
func TestDoctor_engine(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	well := store.ServerHealth{
		Version: 170004, Now: now, Checksums: true, Autovacuum: true, Synchronous: "on", MaxConnections: 97, Connections: 20, ConnectionsPerHost: 19,
	}
	server := func(change func(*store.ServerHealth)) string {
		s := well
		change(&s)
		return marked(t, serverFaults(s, now)...)
	}
	for name, tt := range map[string]struct{ got, want string }{
		"well":                   {server(func(*store.ServerHealth) {}), ""},
		"SQLite":                 {marked(t, sqliteFault(store.SQLiteHealth{Version: "3.51.3", Number: 3051003, Least: 3051003})), ""},
		"an old SQLite":          {marked(t, sqliteFault(store.SQLiteHealth{Version: "3.51.2", Number: 3051002, Least: 3051003})), "WRONG: SQLite 3.51.2 is too old"},
		"14 in November 2026":    {server(func(s *store.ServerHealth) { s.Version = 140020 }), ""},
		"14 a week later":        {marked(t, serverFaults(store.ServerHealth{Version: 140020, Checksums: true, Autovacuum: true, MaxConnections: 97, ConnectionsPerHost: 19}, now.AddDate(0, 0, 7))...), "warn: PostgreSQL 14"},
		"no checksums":           {server(func(s *store.ServerHealth) { s.Checksums = false }), "warn: pages"},
		"no autovacuum":          {server(func(s *store.ServerHealth) { s.Autovacuum = false }), "WRONG: autovacuum"},
		"a standby, not waited":  {server(func(s *store.ServerHealth) { s.Streaming = 1 }), "warn: a standby follows"},
		"a standby, waited for":  {server(func(s *store.ServerHealth) { s.Streaming, s.Standbys = 1, "ANY 1 (a, b)" }), ""},
		"waited for not on disk": {server(func(s *store.ServerHealth) { s.Standbys, s.Synchronous = "ANY 1 (a, b)", "remote_write" }), "warn: synchronous_commit"},
		"few connections":        {server(func(s *store.ServerHealth) { s.MaxConnections = 17 }), "WRONG: 17 connections"},
		"hardly any left":        {server(func(s *store.ServerHealth) { s.Connections = 90 }), "warn: 90 of 97"},
		"the archive fails":      {server(func(s *store.ServerHealth) { s.Archiving, s.ArchiveFailed = true, now }), "WRONG: the log is not archived"},
		"the archive failed":     {server(func(s *store.ServerHealth) { s.Archiving, s.ArchiveFailed, s.Archived = true, now, now.Add(1) }), ""},
		"a replica":              {marked(t, replicaFault(store.ReplicaHealth{Following: true, Behind: 1 << 20})), ""},
		"a replica far behind":   {marked(t, replicaFault(store.ReplicaHealth{Following: true, Behind: 1 << 30})), "warn: 1024 MB behind"},
		"a replica that is gone": {marked(t, replicaFault(store.ReplicaHealth{Err: errors.New("gone")})), "warn: cannot be asked"},
		"a replica of nobody":    {marked(t, replicaFault(store.ReplicaHealth{})), "warn: follows nobody"},
	} {
		if !strings.HasPrefix(tt.got, tt.want) || tt.want == "" && tt.got != "" || strings.Contains(tt.got, "\n") {
			t.Errorf("%s: %q, want %q", name, tt.got, tt.want)
		}
	}
}

func TestDoctor_clock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		newest time.Duration
		server time.Duration
		stamp  string
		want   string
	}{
		"well":                         {-time.Hour, time.Second, "2026-11-23T10:00:00+01:00", ""},
		"an empty, unstamped one":      {-1 << 62, 0, "unknown", ""},
		"a row a moment ahead":         {time.Minute, 0, "unknown", ""}, // another machine's clock
		"a row of tomorrow":            {24 * time.Hour, 0, "unknown", "WRONG: it is 2026-11-24 10:00:00 here, and the newest row"},
		"before it was made":           {-time.Hour, 0, "2026-11-24T10:00:01+01:00", "WRONG: it is 2026-11-24 10:00:00 here, before"},
		"at the moment it was made":    {-time.Hour, 0, "2026-11-24T10:00:00+01:00", ""},
		"apart from the database's":    {-time.Hour, -time.Minute, "unknown", "warn: the clocks"},
		"apart from it the other way":  {-time.Hour, time.Minute, "unknown", "warn: the clocks"},
		"a little apart from it, fine": {-time.Hour, 20 * time.Second, "unknown", ""},
	} {
		h := store.Health{Newest: now.Add(tt.newest), Server: &store.ServerHealth{Now: now.Add(tt.server)}}
		if got := marked(t, clockFaults(h, now, tt.stamp)...); !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
