package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	temporaryName = "tmp"     // below the data directory
	temporaryOld  = time.Hour // nothing temporary is written for so long
)

// keepTemporary has everything that is made for a moment made below the data directory: lists of a million
// people are larger than what many machines have for such things, some keep those in memory, and they are about
// people. What a killed program left there is removed. Where TMPDIR says otherwise it is so.
func (s settings) keepTemporary() error {
	dir := filepath.Join(s.dataDir, temporaryName)
	if set := os.Getenv("TMPDIR"); set != "" && set != dir { // it is dir when another of us handed over
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	left, err := os.ReadDir(dir)
	faults := []error{err}
	for _, f := range left {
		info, err := f.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && time.Since(info.ModTime()) < temporaryOld {
			continue
		}
		faults = append(faults, err, os.RemoveAll(filepath.Join(dir, f.Name())))
	}
	return errors.Join(append(faults, os.Setenv("TMPDIR", dir))...)
}
