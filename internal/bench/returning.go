package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// returning is the time from a lost database to one that can be served, with n registrations in it: unpacked,
// checked, what was erased since erased again, checked once more, and rewritten without a free page. The floor
// is the same bytes copied to disk. Beside it: the same of making the backup.
func returning(asked int) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		n := asked
		if s.quick {
			n = min(asked, 5_000)
		}
		f, err := s.newMillion(ctx, n)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(f.dir, "erasures.log"), nil, 0o600); err != nil {
			return nil, err
		}
		var made, back, floor []float64
		file := filepath.Join(f.dir, "backup.db")
		err = s.alternate(func() error {
			if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			took, err := s.timed(ctx, f, "backup", "--output", file)
			made = append(made, took)
			if err != nil {
				return err
			}
			took, err = s.timed(ctx, f, "restore", "--replace", file)
			back = append(back, took)
			return errors.Join(err, removeAside(f.database()))
		}, func() error {
			start := time.Now()
			err := copyDurably(file, filepath.Join(f.dir, "plain"))
			floor = append(floor, time.Since(start).Seconds())
			return err
		})
		if err != nil {
			return nil, err
		}
		out := &figure{Value: median(back), Unit: "s", Floor: median(floor)}
		mb := sizeMB(file)
		out.extra("registrations", n)
		out.extra("file_mb", rounded(mb))
		out.extra("backup_s", rounded(median(made)))
		out.extra("backup_mb_per_s", rounded(mb/median(made)))
		out.extra("return_mb_per_s", rounded(mb/median(back)))
		return out, os.RemoveAll(f.dir)
	}
}

// timed is how many seconds a command of the program takes.
func (s *session) timed(ctx context.Context, f fixture, args ...string) (float64, error) {
	start := time.Now()
	text, err := s.command(ctx, f, "", args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", args[0], err, text)
	}
	return time.Since(start).Seconds(), nil
}

func removeAside(database string) error {
	aside, err := filepath.Glob(database + ".before-*")
	for _, name := range aside {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// copyDurably copies the bytes of a file and flushes them.
func copyDurably(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return errors.Join(err, in.Close())
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close(), in.Close(), os.Remove(to))
}
