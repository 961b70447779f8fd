package backup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/backup"
	"github.com/temadag/temadag/internal/domain"
)

func keys(t *testing.T) *auth.Keys {
	t.Helper()
	k, err := auth.New([]byte("a secret for tests only, 32 bytes or more"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func erased(n int) domain.Erased {
	at := time.Date(2016, 10, 1, 9, 0, n, n*1000, time.UTC)
	return domain.Erased{At: at, Kind: domain.ErasedNeeds, UID: strings.Repeat("u", 16), N: n}
}

// What is written is read again, from any of the directories, whatever a crash has cut; and the file tells
// nothing of whom it is about.
func TestLog(t *testing.T) {
	k, a, b := keys(t), t.TempDir(), t.TempDir()
	l, err := backup.OpenLog(k, a, b)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		if err := l.Append(erased(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(a, backup.LogName)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "uuuu") {
		t.Error("the file names a registration")
	}
	if err := os.WriteFile(path, text[:len(text)-10], 0o600); err != nil { // as a crash leaves it
		t.Fatal(err)
	}
	if l, err = backup.OpenLog(k, a, b); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(erased(3)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	for _, dirs := range [][]string{{a}, {b}, {a, b}, {b, t.TempDir()}} {
		lines, err := backup.ReadLines(dirs...)
		if err != nil {
			t.Fatal(err)
		}
		all, _, _ := backup.Read(k, lines)
		if len(all) != 4 || all[3] != erased(3) || all[2] != erased(2) {
			t.Errorf("%d directories: read %v", len(dirs), all)
		}
	}
	stranger, err := auth.New([]byte("another secret for tests, 32 bytes or more"))
	if err != nil {
		t.Fatal(err)
	}
	lines, _ := backup.ReadLines(b)
	if all, _, unread := backup.Read(stranger, lines); len(all) != 0 || unread < 4 {
		t.Errorf("another installation reads %d lines", len(all))
	}
}

// A directory that is away keeps nobody waiting; the first one must have the line.
func TestLog_aDiskIsAway(t *testing.T) {
	k, a := keys(t), t.TempDir()
	if _, err := backup.OpenLog(k, a, filepath.Join(t.TempDir(), "away")); err == nil {
		t.Error("a directory that is not there was opened")
	}
	l, err := backup.OpenLog(k, a, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Append(erased(1)); err != nil || l.Fault() != nil {
		t.Fatal(err, l.Fault())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(erased(2)); err == nil {
		t.Error("what could not be written was acknowledged")
	}
}

func TestKeep(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 30, 0, 0, time.UTC)
	var all []backup.File
	for h := range 24 * 100 { // one an hour for a hundred days
		at := now.Truncate(time.Hour).Add(-time.Duration(h) * time.Hour)
		all = append(all, backup.File{Path: backup.Name(at, false), At: at})
	}
	keep, err := backup.ParseKeep("24h 14d 8w")
	if err != nil {
		t.Fatal(err)
	}
	spare := keep.Spare(all, now)
	gone := map[string]bool{}
	for _, f := range spare {
		gone[f.Path] = true
	}
	kept, oldest := 0, time.Duration(0)
	for _, f := range all {
		if !gone[f.Path] {
			kept, oldest = kept+1, max(oldest, now.Sub(f.At))
		}
	}
	if kept < 24+12+5 || kept > 24+14+8 {
		t.Errorf("%d are kept", kept)
	}
	if oldest > keep.Oldest() {
		t.Errorf("one of %s is kept, and the greatest age is %s", oldest, keep.Oldest())
	}
	old := []backup.File{{Path: "only", At: now.AddDate(-1, 0, 0)}}
	if len(keep.Spare(old, now)) != 0 {
		t.Error("the only backup was spared")
	}
	for _, wrong := range []string{"", "24", "x", "24x", "0h", "-1d", "h"} {
		if _, err := backup.ParseKeep(wrong); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}

// A file has its final name when it is whole, or not at all, and one that is there is never replaced.
func TestPublish(t *testing.T) {
	dir := t.TempDir()
	id := filepath.Join(dir, "id")
	text, err := backup.MakeIdentity(id)
	if err != nil {
		t.Fatal(err)
	}
	to, err := backup.Recipients(text)
	if err != nil {
		t.Fatal(err)
	}
	src, final := filepath.Join(dir, "src"), filepath.Join(dir, "x.db.age")
	write := func() {
		if err := os.WriteFile(src, []byte("canary of a person"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write()
	if err := backup.Publish(src, final, to); err != nil {
		t.Fatal(err)
	}
	if sealed, _ := os.ReadFile(final); strings.Contains(string(sealed), "canary") {
		t.Error("it is not encrypted")
	}
	if _, err := os.Stat(src); err == nil {
		t.Error("the open copy is left")
	}
	if err := backup.Unpack(final, filepath.Join(dir, "out1"), ""); err == nil {
		t.Error("it was read without the identity")
	}
	if err := backup.Unpack(final, filepath.Join(dir, "out2"), id); err != nil {
		t.Error(err)
	}
	cut, _ := os.ReadFile(final)
	if err := os.WriteFile(filepath.Join(dir, "cut"), cut[:len(cut)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := backup.Unpack(filepath.Join(dir, "cut"), filepath.Join(dir, "out3"), id); err == nil {
		t.Error("a backup that was cut off was taken")
	}
	write()
	if err := backup.Publish(src, final, nil); err == nil {
		t.Error("a backup was replaced")
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".temadag-*"))
	if len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}
