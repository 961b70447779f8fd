package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/metrics"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
)

// program is the use cases wired to the database: what every command stands on.
type program struct {
	settings
	log           *slog.Logger
	store         *store.Store
	keys          *auth.Keys
	programme     *service.Programme
	registrations *service.Registrations
	lists         *service.Lists
	editing       *service.Editing
	audit         *service.Audit
	desk          *service.Desk
	people        *service.Accounts // see accounts
	ending        ending
	erasures      *lateLog
	watched       *metrics.Metrics // nil where nobody scrapes
}

// open reads the settings and opens the database. Close what it gives.
// Only a command that may begin anew makes a database and a secret where there are none.
func (c *Config) open(ctx context.Context, mayBegin bool) (*program, error) {
	s, err := c.settings()
	if err != nil {
		return nil, err
	}
	if err := mayOpen(s, mayBegin); err != nil {
		return nil, err
	}
	if !mayBegin && c.Secret == "" {
		if _, err := os.Stat(filepath.Join(s.dataDir, secretName)); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no secret in %s; set TEMADAG_DATA_DIR or TEMADAG_SECRET as for the server", s.dataDir)
		}
	}
	if s.secret, err = c.readSecret(); err != nil {
		return nil, err
	}
	keys, err := auth.New(s.secret)
	if err != nil {
		return nil, err
	}
	return s.openWith(ctx, keys, mayBegin)
}

// commandPatience is how long a command waits for another program that holds the file.
const commandPatience = 10 * time.Second

// openFile opens the file that the settings name.
func (s settings) openFile(ctx context.Context, keys *auth.Keys) (*program, error) {
	return s.openWith(ctx, keys, false)
}

func (s settings) openWith(ctx context.Context, keys *auth.Keys, mayBegin bool) (*program, error) {
	p := &program{settings: s, log: newLog(os.Stderr, s.logLevel), keys: keys}
	o := store.Options{
		Path: s.database, URL: s.postgres, Replica: s.replica, PeerURL: s.peer, Migrations: db.Migrations, Log: p.log, MustExist: !mayBegin, Chain: p.keys.Chain,
	}
	if !mayBegin { // a command beside the server: nobody waits at a page for it
		o.Patience = commandPatience
	}
	var err error
	if p.store, err = store.Open(ctx, o); err != nil {
		return nil, err
	}
	if err := p.sameSecret(ctx); err != nil {
		return nil, errors.Join(err, p.store.Close())
	}
	p.programme = &service.Programme{Store: p.store, Now: s.now}
	p.erasures = &lateLog{keys: keys, dirs: s.logDirs()}
	p.registrations = &service.Registrations{Store: p.store, Programme: p.programme, Keys: p.keys, Now: s.now, Erased: p.erasures.intend}
	p.lists = &service.Lists{Store: p.store, Now: s.now}
	p.editing = &service.Editing{Store: p.store, Now: s.now}
	p.audit = &service.Audit{Store: p.store, Now: s.now}
	p.desk = &service.Desk{Store: p.store, Now: s.now}
	return p, nil
}

// mayOpen refuses to make a database where somebody expects hers to be.
func mayOpen(s settings, mayBegin bool) error {
	if s.postgres != "" {
		return nil // the store tells whether there is one, and sameSecret whose it is
	}
	_, err := os.Stat(s.database)
	switch {
	case err == nil || s.isNew() && mayBegin:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the database: %w", err)
	case mayBegin:
		return fmt.Errorf("%s holds a secret, but the database %s is gone; put it back, or remove the secret too to begin anew",
			s.dataDir, s.database)
	}
	return fmt.Errorf("there is no database at %s; set TEMADAG_DATA_DIR to the directory that the server uses", s.database)
}

func (p *program) close() error { return errors.Join(p.store.Close(), p.erasures.close()) }

// sameSecret refuses a secret that is not the one the database was made with: every link that was
// ever mailed would be dead and every kept letter unreadable.
func (p *program) sameSecret(ctx context.Context) error {
	const name = "secret fingerprint"
	mine := p.keys.Fingerprint()
	kept, err := p.store.Setting(ctx, name)
	if err != nil {
		return err
	}
	if kept == "" {
		return p.store.Write(ctx, func(tx *store.Tx) error { return tx.PutSetting(ctx, name, mine) })
	}
	if kept != mine {
		return errors.New("the secret is not the one this database was made with; put back the file \"secret\" or TEMADAG_SECRET, or links already mailed stop working (what stands in the file is not what TEMADAG_SECRET takes: copy the file itself)")
	}
	return nil
}

// newLog writes lines for people to a terminal and JSON to everything else. To a terminal go warnings alone,
// unless more or less was asked for.
func newLog(f *os.File, level slog.Level) *slog.Logger {
	if isTerminal(f) {
		if level == slog.LevelInfo {
			level = slog.LevelWarn
		}
		return slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(slog.NewJSONHandler(f, &slog.HandlerOptions{Level: level}))
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// with runs fn on the program over an existing database, and closes it.
func (c *Config) with(ctx context.Context, fn func(p *program) error) error {
	return c.run(ctx, false, fn)
}

// begin is with, and makes the database where nothing was ever kept.
func (c *Config) begin(ctx context.Context, fn func(p *program) error) error {
	return c.run(ctx, true, fn)
}

func (c *Config) run(ctx context.Context, mayBegin bool, fn func(p *program) error) error {
	p, err := c.open(ctx, mayBegin)
	if err != nil {
		return err
	}
	return errors.Join(fn(p), p.close())
}

type migrateCommand struct{}

// Run opens the database, which brings the schema up to date.
func (migrateCommand) Run(ctx context.Context, c *Config) error {
	return c.begin(ctx, func(p *program) error {
		fmt.Println("the schema is up to date:", p.where())
		return nil
	})
}

type fsckCommand struct{}

// Run prints every finding and fails when there is one.
func (fsckCommand) Run(ctx context.Context, c *Config) error {
	return c.with(ctx, func(p *program) error {
		if err := domain.Operator().Require(domain.PermInspect); err != nil {
			return err
		}
		found, err := p.store.Check(ctx)
		if err != nil {
			return err
		}
		for _, f := range found {
			fmt.Printf("%s: %s\n", f.Check, f.Detail)
		}
		if len(found) > 0 {
			return fmt.Errorf("%d findings", len(found))
		}
		fmt.Println("every promise holds:", p.where())
		return nil
	})
}
