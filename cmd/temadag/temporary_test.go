package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What is made for a moment stands below the data directory, for its owner alone, and what a killed program left
// there is gone after the next start; what another is just writing stays.
func TestKeepTemporary(t *testing.T) {
	s := settings{dataDir: t.TempDir()}
	dir := filepath.Join(s.dataDir, "tmp")
	t.Setenv("TMPDIR", "")
	if err := s.keepTemporary(); err != nil {
		t.Fatal(err)
	}
	f, err := os.CreateTemp("", "list-*")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if filepath.Dir(f.Name()) != dir {
		t.Errorf("made at %s", f.Name())
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("open to others: %v (%v)", info.Mode(), err)
	}
	old := filepath.Join(dir, "excelize-1")
	if err := os.WriteFile(old, []byte("names"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	if err := s.keepTemporary(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 1 || left[0] != f.Name() {
		t.Errorf("left are %v (%v)", left, err)
	}
	t.Setenv("TMPDIR", t.TempDir()) // said otherwise
	said := os.Getenv("TMPDIR")
	if err := s.keepTemporary(); err != nil || os.Getenv("TMPDIR") != said {
		t.Errorf("moved to %s (%v)", os.Getenv("TMPDIR"), err)
	}
}
