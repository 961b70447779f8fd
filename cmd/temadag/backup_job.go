package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/temadag/temadag/internal/backup"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/worker"
)

const (
	rushWrites  = 500 // writes a second from which on a backup steps aside
	rushPause   = time.Minute
	rushPatient = 15 * time.Minute // and for how long it does
)

// eraseFirst does what must have been done before the first page is served: whatever was erased since the
// backup that this database may have been brought back from is erased again, and so is what is due by the
// clock. From then on erasures are written down. Close the log that it answers.
func (p *program) eraseFirst(ctx context.Context) (*backup.Log, error) {
	dirs := p.logDirs()
	log, err := backup.OpenLog(p.keys, dirs...)
	if err != nil && len(dirs) > 1 { // the backups' disk is away; the site goes on without it
		p.log.Error("the log of erasures is kept beside the database alone", "error", err)
		log, err = backup.OpenLog(p.keys, p.dataDir)
	}
	if err != nil {
		return nil, err
	}
	if err := p.eraseAgain(ctx, log, dirs...); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	p.registrations.Erased = log.Intend
	return log, nil
}

// eraseAgain replays the logs in the directories, finds out what became of erasures that a crash has cut off,
// and does what is due by the clock.
func (p *program) eraseAgain(ctx context.Context, log *backup.Log, dirs ...string) error {
	b := p.backupsOf()
	lines, err := backup.ReadLines(dirs...)
	if err != nil {
		return err
	}
	name := p.logName()
	from, err := b.ReplayedUntil(ctx, name)
	if err != nil {
		return err
	}
	all, open, unread := backup.Read(p.keys, lines)
	if unread > 0 {
		p.log.Warn("lines of the log of erasures cannot be read", "lines", unread)
	}
	some := len(all)+len(open) > 0
	n, err := b.Replay(ctx, domain.Worker(), backup.Since(all, from))
	if err != nil {
		return err
	}
	cut, err := p.settleCut(ctx, log, open)
	if n += cut; n > 0 {
		p.log.Info("erased again what an older copy of the database had brought back", "records", n)
	}
	if err == nil {
		err = p.registrations.EraseDue(ctx, domain.Worker())
	}
	if err != nil || !some {
		return err
	}
	return b.Remember(ctx, domain.Worker(), name)
}

// settleCut finds out what became of erasures of which the log tells only that they were meant. What this copy
// of the database has not lived through is erased again. log is nil where nothing is to be written down. It
// answers how much was erased.
func (p *program) settleCut(ctx context.Context, log *backup.Log, open []backup.Open) (int, error) {
	b, again := p.backupsOf(), 0
	for _, o := range open {
		fate, err := b.Fate(ctx, domain.Worker(), o.Meant)
		if err != nil {
			return again, err
		}
		if fate == service.FateLost {
			n, err := b.Replay(ctx, domain.Worker(), []domain.Erased{o.Erased})
			if again += n; err != nil {
				return again, err
			}
		}
		if log == nil || fate == service.FateUnknown {
			continue
		}
		if err := log.Settle(o, fate != service.FateNever); err != nil {
			return again, err
		}
	}
	return again, nil
}

// logName tells the log of this server from those of others on the same database, who keep one each where it is
// PostgreSQL.
func (p *program) logName() string {
	if p.postgres == "" {
		return ""
	}
	host, _ := os.Hostname() // an unknown one costs a replay of everything at each start, and nothing else
	return fmt.Sprintf(" %x", sha256.Sum256([]byte(host+"\x00"+p.dataDir)))[:17]
}

func (p *program) backupsOf() *service.Backups {
	return &service.Backups{Store: p.store, Keys: p.keys, Now: p.now}
}

// backupJobs makes the backups that are due, where a directory for them is set. Two servers on one file make
// one: its name is the slot's, and a name is given once.
func (p *program) backupJobs(log *backup.Log) []*worker.Job {
	if p.backups.dir == "" || p.postgres != "" {
		return nil
	}
	patience := time.Time{}
	return []*worker.Job{worker.New("backup", p.now, p.log, func(ctx context.Context) (time.Time, error) {
		slot := p.now().UTC().Truncate(p.backups.every)
		next := slot.Add(p.backups.every)
		all, err := backup.List(p.backups.dir)
		if err == nil && backup.Made(all, slot, next) {
			return next, nil
		}
		if patience.IsZero() {
			patience = p.now().Add(rushPatient)
		}
		if p.now().Before(patience) && p.rush(ctx) {
			return p.now().Add(rushPause), nil
		}
		patience = time.Time{}
		return p.backUp(ctx, log, slot, next)
	})}
}

func (p *program) backUp(ctx context.Context, log *backup.Log, slot, next time.Time) (time.Time, error) {
	b := p.backupsOf()
	err := errors.Join(log.Append(), log.Fault())
	if err == nil {
		_, err = p.makeBackup(ctx, p.keys, filepath.Join(p.backups.dir, backup.Name(slot, len(p.backups.to) > 0)), nil)
	}
	if errors.Is(err, fs.ErrExist) { // another server on the same file was first
		return next, nil
	}
	if err == nil {
		err = p.rotate()
	}
	if ctx.Err() != nil {
		return next, ctx.Err()
	}
	fault := ""
	if err != nil {
		fault = err.Error()
		p.log.Error("the backup failed", "error", err)
		next = p.now().Add(min(p.backups.every, 5*time.Minute))
	}
	return next, b.Note(ctx, domain.Worker(), p.backups.every, fault)
}

// rotate removes what need not be kept, and what a crash has left half done.
func (p *program) rotate() error {
	all, err := backup.List(p.backups.dir)
	if err != nil {
		return err
	}
	var faults []error
	for _, f := range p.backups.keep.Spare(all, p.now()) {
		faults = append(faults, os.Remove(f.Path))
	}
	for _, dir := range []string{p.backups.dir, filepath.Dir(p.database)} {
		left, err := filepath.Glob(filepath.Join(dir, ".temadag-*.partial*"))
		faults = append(faults, err)
		for _, name := range left {
			if info, err := os.Stat(name); err == nil && p.now().Sub(info.ModTime()) > 24*time.Hour {
				faults = append(faults, os.Remove(name))
			}
		}
	}
	return errors.Join(faults...)
}

// rush reports whether so many people are registering that a backup had better wait.
func (p *program) rush(ctx context.Context) bool {
	before := p.store.Stats().Writes
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
	}
	return p.store.Stats().Writes-before > rushWrites
}

// backup tells how old the newest backup is, and how the last one went.
func (d *doctor) backup(ctx context.Context, p *program) {
	if p.postgres != "" {
		d.say("backup", nil, "by PostgreSQL's own tools; see the README")
		return
	}
	if p.backups.dir == "" {
		d.say("backup", warn("set TEMADAG_BACKUP_DIR to a directory on another disk", "none is made by itself: a disk that fails takes everything with it"), "")
		return
	}
	all, err := backup.List(p.backups.dir)
	var found []error
	switch {
	case err != nil:
		found = append(found, wrong("is the backups' disk there?", "%v", err))
	case len(all) == 0:
		found = append(found, wrong("is temadag serve running? temadag backup makes one now", "there is none in %s", p.backups.dir))
	default:
		if age := p.now().Sub(all[0].At); age > 3*p.backups.every {
			found = append(found, wrong("is temadag serve running, and can it write to "+p.backups.dir+"? temadag backup tells what hinders it",
				"the newest is %s old, and there should be one every %s", age.Round(time.Minute), p.backups.every))
		}
	}
	if o, err := p.backupsOf().Outcome(ctx); err != nil || o.Fault != "" {
		if err == nil {
			err = wrong("temadag backup tries it now, and says what hinders it", "the last one failed: %s", o.Fault)
		}
		found = append(found, err)
	}
	words := ""
	if len(all) > 0 {
		words = fmt.Sprintf("%d kept, the newest of %s, none for longer than %d days", len(all),
			all[0].At.In(domain.Stockholm()).Format("2006-01-02 15:04"), int(p.backups.keep.Oldest().Hours()/24))
	}
	d.sayAll("backup", found, words)
}
