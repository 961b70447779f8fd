package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"strings"

	"github.com/pressly/goose/v3"
)

// ErrNewer says that the database was made by a newer program, which this one must not touch.
var ErrNewer = errors.New("store: the database is newer than the program")

// dialectFiles shows of a folder of migrations only those for one engine, under their plain names:
// 0001_x.sqlite.sql is seen as 0001_x.sql by SQLite and not at all by PostgreSQL.
type dialectFiles struct {
	files  fs.FS
	engine string
}

func (d dialectFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(d.files, name)
	if err != nil {
		return nil, err
	}
	var out []fs.DirEntry
	for _, e := range entries {
		plain, mine := d.plainName(e.Name())
		if mine {
			out = append(out, renamed{e, plain})
		}
	}
	return out, nil
}

func (d dialectFiles) plainName(name string) (string, bool) {
	base := strings.TrimSuffix(name, ".sql")
	if b, engine, ok := strings.Cut(base, "."); ok {
		return b + ".sql", engine == d.engine
	}
	return name, true
}

func (d dialectFiles) Open(name string) (fs.File, error) {
	if f, err := d.files.Open(strings.TrimSuffix(name, ".sql") + "." + d.engine + ".sql"); err == nil {
		return f, nil
	}
	return d.files.Open(name)
}

func (d dialectFiles) Glob(pattern string) ([]string, error) {
	dir, last := path.Split(pattern)
	entries, err := d.ReadDir(path.Clean("./" + dir))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if ok, err := path.Match(last, e.Name()); err != nil {
			return nil, err
		} else if ok {
			out = append(out, dir+e.Name())
		}
	}
	return out, nil
}

type renamed struct {
	fs.DirEntry
	name string
}

func (r renamed) Name() string { return r.name }

// migrate brings the schema of the file at path up to date, one change at a time: each is one transaction, so
// that a program that is killed meanwhile goes on where it was. What was there before is copied.
func migrate(ctx context.Context, db *sql.DB, path string, files fs.FS, log *slog.Logger) error {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dialectFiles{sub, "sqlite"})
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	return alone(path, func() error {
		if err := notNewer(ctx, p); err != nil {
			return err
		}
		have, newest, err := p.GetVersions(ctx)
		if err != nil {
			return fmt.Errorf("store: schema version: %w", err)
		}
		switch {
		case have == newest:
			return dropCopies(path)
		case have > 0:
			if err := keepCopy(ctx, path, have, log); err != nil {
				return err
			}
		}
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("store: migrate: %w", err)
		}
		return nil
	})
}

// roomless is err, with what to do about it where it is that the disk is full.
func roomless(path string, err error) error {
	if !isFull(err) {
		return err
	}
	return fmt.Errorf("store: there is no room on the disk of %s to change its schema and to keep a copy of what was before. "+
		"Nothing is lost: make room for as much again as the file has, and start again: %w", path, err)
}

// notNewer refuses a schema that the program does not know.
func notNewer(ctx context.Context, p *goose.Provider) error {
	have, newest, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("store: schema version: %w", err)
	}
	if have > newest {
		return fmt.Errorf("%w: it has schema %d, the program knows %d", ErrNewer, have, newest)
	}
	return nil
}
