package main

import (
	"fmt"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

// farBehind is how many bytes of the log a replica may lack: more than a rush of some seconds makes.
const farBehind = 64 << 20

// engine judges the database's engine, and what follows it.
func (d *doctor) engine(h store.Health, now time.Time) {
	if h.SQLite != nil {
		d.say("engine", sqliteFault(*h.SQLite), "SQLite "+h.SQLite.Version)
	}
	if h.Server != nil {
		d.sayAll("engine", serverFaults(*h.Server, now), fmt.Sprintf("PostgreSQL %d.%d, %d of %d connections in use, %d standbys follow",
			h.Server.Version/10000, h.Server.Version%10000, h.Server.Connections, h.Server.MaxConnections, h.Server.Streaming))
	}
	if h.Replica != nil {
		d.say("replica", replicaFault(*h.Replica), fmt.Sprintf("follows, %d KB behind", h.Replica.Behind>>10))
	}
}

func sqliteFault(e store.SQLiteHealth) error {
	if e.Number >= e.Least {
		return nil
	}
	return wrong("build the program anew with the module that go.mod names",
		"SQLite %s is too old: before 3.51.3 two connections that reset the log at once can corrupt the file", e.Version)
}

// serverFaults tells what the program itself does not refuse at its start.
func serverFaults(s store.ServerHealth, now time.Time) (found []error) {
	major := s.Version / 10000
	// Each is mended for five years from the autumn before its number's year, 14 until November 2026.
	if end := time.Date(2012+major, time.December, 1, 0, 0, 0, 0, time.UTC); !now.Before(end) {
		found = append(found, warn("move to a newer one", "PostgreSQL %d is no longer mended by its makers", major))
	}
	if !s.Checksums {
		found = append(found, warn("pg_checksums --enable while the server is stopped", "pages carry no checksums: a disk that gives back something else is not noticed"))
	}
	if !s.Autovacuum {
		found = append(found, wrong("autovacuum = on", "autovacuum is off: the tables grow until the server refuses to write"))
	}
	switch waits := s.Synchronous == "on" || s.Synchronous == "remote_apply"; {
	case s.Streaming > 0 && s.Standbys == "":
		found = append(found, warn("synchronous_standby_names = 'ANY 1 (…)' with two standbys named", "a standby follows, and no commit waits for it: a switch to it loses what was acknowledged last"))
	case s.Standbys != "" && !waits:
		found = append(found, warn("synchronous_commit = on", "synchronous_commit = %s: a switch to a standby can lose what was acknowledged last", s.Synchronous))
	}
	if need := s.ConnectionsPerHost + 1; s.MaxConnections < need {
		found = append(found, wrong(fmt.Sprintf("max_connections = %d for each instance, and some for yourself", need),
			"%d connections at most, and one instance opens %d", s.MaxConnections, need-1))
	} else if s.MaxConnections-s.Connections < s.ConnectionsPerHost {
		found = append(found, warn("raise max_connections, or run fewer instances", "%d of %d connections are in use: not enough are left for one more instance", s.Connections, s.MaxConnections))
	}
	if s.Archiving && s.ArchiveFailed.After(s.Archived) {
		found = append(found, wrong("see archive_command, and the server's log; the disk fills until it works",
			"the log is not archived: it failed at %s, and last went well at %s", stockholm(s.ArchiveFailed), stockholm(s.Archived)))
	}
	return found
}

func replicaFault(r store.ReplicaHealth) error {
	const without = "lists and exports are read from the database itself meanwhile"
	switch {
	case r.Err != nil:
		return warn("see TEMADAG_REPLICA_URL and that server; "+without, "cannot be asked: %v", r.Err)
	case !r.Following:
		return warn("name a standby of the database in TEMADAG_REPLICA_URL; "+without, "follows nobody: it is a server of its own")
	case r.Behind > farBehind:
		return warn("see that server's disk and log, and who holds a long reading open on it; "+without, "%d MB behind", r.Behind>>20)
	}
	return nil
}

// The clock decides until when somebody may register and cancel.
const (
	clockSlack  = 2 * time.Minute  // newer rows than now are no accident
	serverSlack = 30 * time.Second // between our clock and the database's
)

// clock compares the machine's clock with what can be no later than now: what was written last, and the day
// the program was built from. stamp is that day as the linker was told it; real is false where it is turned.
func (d *doctor) clock(h store.Health, now time.Time, stamp string, real bool) {
	if !real {
		d.say("clock", nil, "turned to "+stockholm(now)+" by TEMADAG_CLOCK")
		return
	}
	d.sayAll("clock", clockFaults(h, now, stamp), stockholm(now)+", later than everything that was written")
}

func clockFaults(h store.Health, now time.Time, stamp string) (found []error) {
	const set = "set the clock, and have it kept (timedatectl set-ntp true): days until which people may register and cancel hang on it"
	if h.Newest.Sub(now) > clockSlack {
		found = append(found, wrong(set+". Is it right, then it was wrong when that row was written, and nothing else is amiss",
			"it is %s here, and the newest row of the database was written at %s", stockholm(now), stockholm(h.Newest)))
	}
	if built, err := time.Parse(time.RFC3339, stamp); err == nil && now.Before(built) {
		found = append(found, wrong(set, "it is %s here, before the program was made: %s", stockholm(now), stockholm(built)))
	}
	if h.Server != nil {
		if apart := now.Sub(h.Server.Now).Abs(); apart > serverSlack {
			found = append(found, warn(set, "the clocks of this machine and of the database are %s apart", apart.Round(time.Second)))
		}
	}
	return found
}

// stockholm is an instant for the eyes of whoever runs the program; "never" for none.
func stockholm(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.In(domain.Stockholm()).Format("2006-01-02 15:04:05")
}
