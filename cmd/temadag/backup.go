package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/backup"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

// backupConfig is when the server makes backups by itself, and for whom they are sealed.
type backupConfig struct {
	Dir       string        `group:"Settings" env:"TEMADAG_BACKUP_DIR" help:"Directory that the server writes backups to, on another disk. Absent: none are made by themselves." placeholder:"DIR"`
	Every     time.Duration `group:"Settings" env:"TEMADAG_BACKUP_EVERY" default:"1h" help:"Time between two of them." placeholder:"TIME"`
	Keep      string        `group:"Settings" env:"TEMADAG_BACKUP_KEEP" default:"24h 14d 8w" help:"How many hours, days and weeks one backup each is kept of; the longest is the greatest age of a backup." placeholder:"LIST"`
	Recipient string        `group:"Settings" env:"TEMADAG_BACKUP_RECIPIENT" help:"Public key that backups are encrypted to, age1…; the server cannot read them again." placeholder:"KEY"`
}

type backups struct {
	dir   string // "" for none
	every time.Duration
	keep  backup.Keep
	to    []age.Recipient
}

func (c backupConfig) read(s *settings) (err error) {
	b := &s.backups
	if b.keep, err = backup.ParseKeep(cmp.Or(c.Keep, "24h 14d 8w")); err != nil {
		return fmt.Errorf("TEMADAG_BACKUP_KEEP is %q: %w; write something like 24h 14d 8w", c.Keep, err)
	}
	if b.to, err = backup.Recipients(c.Recipient); err != nil {
		return fmt.Errorf("TEMADAG_BACKUP_RECIPIENT: %w", err)
	}
	if b.every = cmp.Or(c.Every, time.Hour); b.every < time.Minute {
		return fmt.Errorf("TEMADAG_BACKUP_EVERY is %s; write a minute or more, like 1h", c.Every)
	}
	if c.Dir != "" {
		if b.dir, err = filepath.Abs(c.Dir); err != nil {
			return fmt.Errorf("TEMADAG_BACKUP_DIR: %w", err)
		}
	}
	return nil
}

// logDirs are where erasures are written down: beside the database, and beside the backups, so that the loss
// of either leaves the other.
func (s settings) logDirs() []string {
	if s.backups.dir == "" || s.backups.dir == s.dataDir {
		return []string{s.dataDir}
	}
	return []string{s.dataDir, s.backups.dir}
}

var errPostgresBackup = errors.New("the database is PostgreSQL, which is backed up with its own tools: pg_dump, or a base backup with an archive of its log (pg_basebackup); keep the secret apart, and erasures.log of each server's data directory with the backups; after a return, temadag restore --in-place erases again what it names")

type backupCommand struct {
	Output  string `short:"o" type:"path" help:"File to write, which must not be there yet. Without it: one named after the time, in TEMADAG_BACKUP_DIR or where you stand." placeholder:"FILE"`
	MakeKey string `name:"make-key" type:"path" help:"Write a new private key to this file, print the public one for TEMADAG_BACKUP_RECIPIENT, and do nothing else." placeholder:"FILE"`
	List    bool   `help:"Tell which backups there are in TEMADAG_BACKUP_DIR."`
}

// Run makes one backup, whether or not the server is running, and has it checked before it bears its name.
func (b backupCommand) Run(ctx context.Context, c *Config) error {
	if b.MakeKey != "" {
		to, err := backup.MakeIdentity(b.MakeKey)
		if err == nil {
			fmt.Printf("%s\nThe private key is in %s. Keep it away from the server: nobody can restore without it.\n", to, b.MakeKey)
		}
		return err
	}
	s, err := c.settings()
	if err != nil {
		return err
	}
	if b.List {
		return listBackups(s)
	}
	if s.postgres != "" {
		return errPostgresBackup
	}
	keys, err := c.keptKeys(s)
	if err != nil {
		return err
	}
	if b.Output == "" {
		b.Output = filepath.Join(s.backups.dir, backup.Name(s.now(), len(s.backups.to) > 0))
	}
	made, err := s.makeBackup(ctx, keys, b.Output, pagesDone())
	if err != nil {
		return err
	}
	fmt.Printf("%s\nregistrations: %d, %d MB, %s; whole, and every promise in it holds\n", b.Output, made.registrations, made.bytes>>20, made.took.Round(time.Millisecond))
	fmt.Println("Not in it: the secret, without which letters and needs cannot be read. Keep a copy of it apart from the backups.")
	return nil
}

// keptKeys are the keys of the secret that is there; none is made.
func (c *Config) keptKeys(s settings) (*auth.Keys, error) {
	if err := mayOpen(s, false); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(s.dataDir, secretName)); c.Secret == "" && err != nil {
		return nil, fmt.Errorf("the secret that belongs to the database is not in %s: %w", s.dataDir, err)
	}
	secret, err := c.readSecret()
	if err != nil {
		return nil, err
	}
	return auth.New(secret)
}

type madeBackup struct {
	registrations int
	bytes         int64
	took          time.Duration
}

// makeBackup copies, checks, and only then gives the file its name. A copy that is to be encrypted never lies
// in the open beside the others: it waits beside the database, which is as open.
func (s settings) makeBackup(ctx context.Context, keys *auth.Keys, final string, progress func(done, all int)) (out madeBackup, err error) {
	if _, err := os.Stat(final); err == nil {
		return out, fmt.Errorf("%s: %w", final, fs.ErrExist)
	}
	began, made := time.Now(), s.now().UTC()
	dir := filepath.Dir(final)
	if len(s.backups.to) > 0 {
		dir = filepath.Dir(s.database)
	}
	if err := roomFor(s.database, dir, filepath.Dir(final)); err != nil {
		return out, err
	}
	tmp := filepath.Join(dir, ".temadag-"+auth.NewKey()+".partial")
	defer func() {
		for _, name := range []string{tmp, tmp + "-wal", tmp + "-shm"} {
			if errRemove := os.Remove(name); !errors.Is(errRemove, fs.ErrNotExist) {
				err = errors.Join(err, errRemove)
			}
		}
	}()
	if err := store.CopyFile(ctx, s.database, tmp, progress); err != nil {
		return out, err
	}
	if err := store.StampCopy(ctx, tmp, service.SettingMadeAt, made.Format(time.RFC3339Nano)); err != nil {
		return out, err
	}
	var found []store.Finding
	if out.registrations, found, err = store.CheckCopy(ctx, tmp, keys.Chain); err != nil {
		return out, err
	}
	if len(found) > 0 {
		return out, fmt.Errorf("the copy breaks a promise: %s: %s; temadag fsck tells whether the database does too", found[0].Check, found[0].Detail)
	}
	if err := backup.Publish(tmp, final, s.backups.to); err != nil {
		return out, err
	}
	info, err := os.Stat(final)
	if err == nil {
		out.bytes = info.Size()
	}
	out.took = time.Since(began)
	return out, err
}

// roomFor refuses where a copy of the database would fill a disk.
func roomFor(database string, dirs ...string) error {
	info, err := os.Stat(database)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		free, err := freeIn(dir)
		if err != nil {
			return err
		}
		if need := uint64(info.Size()) + 64<<20; free < need {
			return fmt.Errorf("%s has %d MB free, and a backup needs %d", dir, free>>20, need>>20)
		}
	}
	return nil
}

func listBackups(s settings) error {
	if s.backups.dir == "" {
		return errors.New("TEMADAG_BACKUP_DIR is not set: the server makes no backups by itself")
	}
	all, err := backup.List(s.backups.dir)
	if err != nil {
		return err
	}
	for _, f := range all {
		fmt.Printf("%s  %6d MB  %s\n", f.At.In(domain.Stockholm()).Format("2006-01-02 15:04"), f.Size>>20, f.Path)
	}
	fmt.Printf("backups: %d; none is kept for longer than %d days\n", len(all), int(s.backups.keep.Oldest().Hours()/24))
	return nil
}
