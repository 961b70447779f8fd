package main

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"github.com/temadag/temadag/internal/backup"
)

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := &Config{Addr: "127.0.0.1:0", DataDir: filepath.Join(dir, "data"), RateLimit: "on"}
	key, sealed := filepath.Join(dir, "key"), filepath.Join(dir, "sealed.age")
	plain, cut, newer := filepath.Join(dir, "plain.db"), filepath.Join(dir, "cut.db"), filepath.Join(dir, "newer.db")
	if err := (backupCommand{Output: plain}).Run(t.Context(), c); err == nil {
		t.Error("a backup was made of nothing")
	}
	if _, err := os.Stat(filepath.Join(c.DataDir, secretName)); err == nil {
		t.Error("a secret was made on the way")
	}
	if err := (demoCommand{AsOf: "2016-10-01"}).Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	to, err := backup.MakeIdentity(key)
	if err != nil {
		t.Fatal(err)
	}
	forReader := *c
	forReader.Backup.Recipient = to
	for _, err := range []error{(backupCommand{Output: plain}).Run(t.Context(), c), (backupCommand{Output: sealed}).Run(t.Context(), &forReader)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	spoil(t, cut, whole[:len(whole)/2])
	spoil(t, newer, whole)
	ageOn(t, newer)
	if err := os.WriteFile(filepath.Join(c.DataDir, backup.LogName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	stranger := *c
	stranger.Secret = strings.Repeat("another secret ", 3)
	before, err := os.ReadFile(filepath.Join(c.DataDir, "temadag.db"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		c *Config
		r restoreCommand
	}{
		"over a database":        {c, restoreCommand{File: plain}},
		"half a file":            {c, restoreCommand{File: cut, Replace: true}},
		"a newer schema":         {c, restoreCommand{File: newer, Replace: true}},
		"no database":            {c, restoreCommand{File: key, Replace: true}},
		"sealed, no identity":    {c, restoreCommand{File: sealed, Replace: true}},
		"another's secret":       {&stranger, restoreCommand{File: plain, Replace: true}},
		"a backup over a backup": {c, restoreCommand{File: filepath.Join(dir, "none"), Replace: true}},
	} {
		if err := tt.r.Run(t.Context(), tt.c); err == nil {
			t.Errorf("%s: was brought back", name)
		}
	}
	if now, err := os.ReadFile(filepath.Join(c.DataDir, "temadag.db")); err != nil || !bytes.Equal(before, now) {
		t.Error("a return that failed has changed the database")
	}
	for _, r := range []restoreCommand{{File: plain, Drill: true}, {File: plain, Replace: true}, {File: sealed, Replace: true, Identity: key}} {
		if err := r.Run(t.Context(), c); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
	if err := (fsckCommand{}).Run(t.Context(), c); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(c.DataDir, ".temadag-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	if err := os.Remove(filepath.Join(c.DataDir, backup.LogName)); err != nil {
		t.Fatal(err)
	}
	if err := (restoreCommand{File: plain, Replace: true}).Run(t.Context(), c); err == nil {
		t.Error("brought back without a log of what was erased")
	}
}

func spoil(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// ageOn lets a database look as a later program leaves it.
func ageOn(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
}
