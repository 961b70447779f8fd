package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/backup"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

type restoreCommand struct {
	File            string   `arg:"" optional:"" help:"The backup; none with --in-place." type:"existingfile"`
	Replace         bool     `help:"Put the database that is there aside, under a name with the time."`
	Identity        string   `type:"existingfile" help:"File with the private key, for a backup that is encrypted." placeholder:"FILE"`
	Drill           bool     `help:"Bring it back in a directory of its own, check it, tell how long it took, and remove it again."`
	InPlace         bool     `name:"in-place" help:"Other tools have brought the database back already (pg_restore, a base backup, Litestream): erase again, hold letters, check. No server may be running."`
	Erasures        []string `type:"existingdir" help:"Directories with more logs of erasures, like the data directories of other servers." placeholder:"DIR"`
	WithoutErasures bool     `name:"without-erasures" help:"Go on where no log of erasures is left: what was erased since the backup comes back."`
}

// Run brings a database back. The server must be stopped. The old database keeps its name until the new one is
// whole, migrated, checked, and everything that was erased since is erased in it.
func (r restoreCommand) Run(ctx context.Context, c *Config) error {
	s, err := c.settings()
	if err != nil {
		return err
	}
	if err := r.mayRestore(s); err != nil {
		return err
	}
	if r.InPlace {
		return r.finishInPlace(ctx, c, s)
	}
	keys, err := c.secretOnly(s)
	if err != nil {
		return err
	}
	dir := filepath.Dir(s.database)
	if r.Drill {
		if dir, err = os.MkdirTemp("", "temadag-drill-*"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
	}
	began := time.Now()
	fresh := filepath.Join(dir, ".temadag-"+auth.NewKey()+".restored")
	defer removeDatabase(fresh)
	told, err := r.bringBack(ctx, s, keys, fresh)
	if err != nil {
		return err
	}
	if r.Drill {
		fmt.Printf("the drill went well in %s: whole, every promise holds; registrations: %d\n", time.Since(began).Round(time.Millisecond), told.registrations)
		return nil
	}
	aside, err := swap(fresh, s.database, s.now())
	if err != nil {
		return err
	}
	r.tell(s, told, aside, time.Since(began))
	return nil
}

func (r restoreCommand) mayRestore(s settings) error {
	switch {
	case r.InPlace && (r.File != "" || r.Drill || r.Replace || r.Identity != ""):
		return errors.New("--in-place goes with --erasures and --without-erasures alone: the database is there already")
	case r.File == "" && !r.InPlace:
		return errors.New("which backup? temadag backup --list shows them; --in-place is for a database that other tools have brought back")
	case s.postgres != "" && !r.InPlace:
		return errors.New("the database is PostgreSQL: bring it back with its own tools (pg_restore, a base backup), and run temadag restore --in-place then, before any server starts")
	case r.Drill:
		return nil
	}
	if _, err := os.Stat(s.database); err == nil && !r.Replace && !r.InPlace {
		return fmt.Errorf("there is a database at %s; --replace puts it aside", s.database)
	}
	if !r.WithoutErasures && !backup.Exists(r.logDirs(s)...) {
		return fmt.Errorf("there is no %s in any of %v: what was erased since the backup would come back; put it there, or say --without-erasures", backup.LogName, r.logDirs(s))
	}
	return nil
}

// logDirs are where erasures may have been written down: also beside the backup itself.
func (r restoreCommand) logDirs(s settings) []string {
	dirs := append(s.logDirs(), r.Erasures...)
	if r.File != "" {
		dirs = append(dirs, filepath.Dir(r.File))
	}
	return dirs
}

// finishInPlace does with a database that other tools have brought back what a restore does with its own.
func (r restoreCommand) finishInPlace(ctx context.Context, c *Config, s settings) error {
	keys, err := c.keptKeys(s)
	if err != nil {
		return err
	}
	began := time.Now()
	p, err := s.openFile(ctx, keys)
	if err != nil {
		return err
	}
	p.registrations.Erased = nil // what is due by the clock is so in every copy
	var told broughtBack
	told.Return, err = p.finish(ctx, r.logDirs(s))
	if err == nil {
		told.registrations, err = p.store.CountRegistrations(ctx)
	}
	if err = errors.Join(err, p.close()); err != nil {
		return err
	}
	r.tell(s, told, "", time.Since(began))
	return nil
}

// secretOnly are the keys of the secret, which must be there.
func (c *Config) secretOnly(s settings) (*auth.Keys, error) {
	if _, err := os.Stat(filepath.Join(s.dataDir, secretName)); c.Secret == "" && err != nil {
		return nil, fmt.Errorf("the secret is not in the backup and not in %s: put the file %q there or set TEMADAG_SECRET; without it links, letters and needs cannot be read: %w", s.dataDir, secretName, err)
	}
	secret, err := c.readSecret()
	if err != nil {
		return nil, err
	}
	return auth.New(secret)
}

type broughtBack struct {
	domain.Return
	registrations int
}

// bringBack makes the database in a file of its own, finished to be served.
func (r restoreCommand) bringBack(ctx context.Context, s settings, keys *auth.Keys, fresh string) (broughtBack, error) {
	var out broughtBack
	if err := backup.Unpack(r.File, fresh, r.Identity); err != nil {
		return out, err
	}
	var found []store.Finding
	var err error
	if out.registrations, found, err = store.CheckCopy(ctx, fresh, keys.Chain); err != nil {
		return out, fmt.Errorf("%s: %w", r.File, err)
	}
	if len(found) > 0 {
		return out, fmt.Errorf("%s breaks a promise: %s: %s", r.File, found[0].Check, found[0].Detail)
	}
	s.database = fresh
	p, err := s.openFile(ctx, keys)
	if err != nil {
		return out, err
	}
	p.registrations.Erased = nil // what is due by the clock is so in every copy
	out.Return, err = p.finish(ctx, r.logDirs(s))
	if err = errors.Join(err, p.close()); err != nil {
		return out, err
	}
	if err := store.SealFile(ctx, fresh); err != nil { // with what was erased, the room that it took
		return out, err
	}
	return out, errors.Join(removeIfThere(fresh+"-senders"), removeIfThere(fresh+"-turns"))
}

// finish erases again, holds what may have gone, and checks.
func (p *program) finish(ctx context.Context, dirs []string) (domain.Return, error) {
	b := p.backupsOf()
	made, err := p.madeAt(ctx)
	if err != nil {
		return domain.Return{}, err
	}
	lines, err := backup.ReadLines(dirs...)
	if err != nil {
		return domain.Return{}, err
	}
	gone, open, _ := backup.Read(p.keys, lines)
	n, err := b.Replay(ctx, domain.Worker(), gone)
	if err != nil {
		return domain.Return{}, err
	}
	cut, err := p.settleCut(ctx, nil, open)
	if err != nil {
		return domain.Return{}, err
	}
	n += cut
	if err := p.registrations.EraseDue(ctx, domain.Worker()); err != nil {
		return domain.Return{}, err
	}
	out, err := b.Settle(ctx, domain.Operator(), made, n)
	if err != nil {
		return out, err
	}
	found, err := p.store.Check(ctx)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("after the return a promise is broken: %s: %s", found[0].Check, found[0].Detail)
	}
	return out, err
}

// madeAt is the instant that a backup shows: when it was made, and in a database that went on after it was brought
// back from one, as another tool's copy may have, its last line.
func (p *program) madeAt(ctx context.Context) (time.Time, error) {
	last, err := p.store.LastLine(ctx)
	if err != nil {
		return last, err
	}
	text, err := p.store.Setting(ctx, service.SettingMadeAt)
	if err != nil || text == "" {
		return last, err
	}
	made, err := time.Parse(time.RFC3339Nano, text)
	if last.After(made) {
		made = last
	}
	return made, err
}

// swap gives the finished file the database's name. The old one is put aside with its log, since a log that
// lies beside another database would be read into it.
func swap(fresh, database string, now time.Time) (aside string, err error) {
	lock, err := os.OpenFile(database+"-senders", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return "", errors.New("temadag serve is running on this database: stop it first")
	}
	aside = database + ".before-" + now.UTC().Format("20060102T150405Z")
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(database+end, aside+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if _, err := os.Stat(aside); err != nil {
		aside = ""
	}
	if err := os.Rename(fresh, database); err != nil {
		return aside, err
	}
	dir, err := os.Open(filepath.Dir(database))
	if err != nil {
		return aside, err
	}
	return aside, errors.Join(dir.Sync(), dir.Close())
}

func (r restoreCommand) tell(s settings, b broughtBack, aside string, took time.Duration) {
	fmt.Printf("%s is back as it was %s, in %s; registrations: %d\n", cmp.Or(s.database, "the database"),
		b.Backup.In(domain.Stockholm()).Format("2006-01-02 15:04:05"), took.Round(time.Millisecond), b.registrations)
	fmt.Printf("  erased again     %d\n  letters held     %d (they may have gone already; temadag held tells more)\n  mailings paused  %d\n",
		b.Erased, b.Letters, b.Mailings)
	fmt.Println("  Everyone signs in again. Look over who has an account, and automatic letters due since then: they do not go late.")
	if aside != "" {
		fmt.Printf("  The database that was there: %s. Remove it when nobody needs it: it holds personal data.\n", aside)
	}
}

type heldCommand struct {
	Send bool `xor:"do" help:"Let them go."`
	Drop bool `xor:"do" help:"Never send them."`
}

// Run tells which letters are held since a return from a backup, or ends that.
func (h heldCommand) Run(ctx context.Context, c *Config) error {
	return c.with(ctx, func(p *program) error {
		b := p.backupsOf()
		kinds, err := b.Hold(ctx, domain.Operator())
		if err != nil {
			return err
		}
		for kind, n := range kinds {
			fmt.Printf("%6d  %s\n", n, kind)
		}
		if !h.Send && !h.Drop {
			fmt.Println("--send lets them go (with the same Message-ID: most mailboxes show one that came twice once), --drop never sends them")
			return nil
		}
		n, err := b.EndHold(ctx, domain.Operator(), h.Send)
		if err == nil {
			fmt.Printf("letters no longer held: %d\n", n)
		}
		return err
	})
}

func removeDatabase(path string) {
	for _, end := range []string{"", "-wal", "-shm", "-senders", "-turns", "-schema", "-journal"} {
		_ = removeIfThere(path + end) // what is left is swept by the server
	}
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// pagesDone draws a bar on a terminal and is silent elsewhere.
func pagesDone() func(done, all int) {
	if !isTerminal(os.Stderr) {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, all int) {
		if bar == nil {
			bar = progressbar.NewOptions(all, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetDescription("pages"),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
		}
		bar.ChangeMax(all)
		_ = bar.Set(done) // a bar that cannot be drawn is no reason to stop
	}
}
