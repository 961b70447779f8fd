package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// copyKept is how long a copy made before a change of the schema stays: it holds people who may have been erased
// since.
const copyKept = 14 * 24 * time.Hour

const copyMark = ".before-schema-"

// alone runs fn while no other process changes the schema of the file at path: several may be started at once.
func alone(path string, fn func() error) (err error) {
	f, err := os.OpenFile(path+"-schema", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("store: lock of the schema: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }() // which lets go of it, as the end of the process would
	if err := flock(f, syscall.LOCK_EX); err != nil {
		return fmt.Errorf("store: lock of the schema: %w", err)
	}
	return fn()
}

// keepCopy copies the file as it is before its schema is changed, so that the program before this one can be had
// back. The copy is whole or not there.
func keepCopy(ctx context.Context, path string, schema int64, log *slog.Logger) error {
	to := fmt.Sprintf("%s%s%d", path, copyMark, schema)
	half := to + ".half"
	if err := os.Remove(half); err != nil && !errors.Is(err, os.ErrNotExist) { // of a program that was killed
		return fmt.Errorf("store: copy before the schema is changed: %w", err)
	}
	if err := CopyFile(ctx, path, half, nil); err != nil {
		return fmt.Errorf("store: copy before the schema is changed: %w", err)
	}
	if err := os.Rename(half, to); err != nil {
		return fmt.Errorf("store: copy before the schema is changed: %w", errors.Join(err, os.Remove(half)))
	}
	log.WarnContext(ctx, "the schema is changed; a copy of the database as it was is kept for two weeks", "copy", to, "schema", schema)
	return nil
}

// dropCopies removes the copies that the database has outlived by copyKept. The files' own times are compared: a
// clock that is turned removes nothing.
func dropCopies(path string) error {
	now, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("store: copies: %w", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("store: copies: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), filepath.Base(path)+copyMark) {
			continue
		}
		info, err := e.Info()
		if err == nil && now.ModTime().Sub(info.ModTime()) > copyKept {
			err = os.Remove(filepath.Join(filepath.Dir(path), e.Name()))
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("store: copies: %w", err)
		}
	}
	return nil
}
