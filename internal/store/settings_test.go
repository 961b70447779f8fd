package store

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/temadag/temadag/db"
)

// The settings that no answer shows when they are lost: each writing connection is asked itself. It need not wait
// for the disk in each COMMIT, because nobody is answered before the log has been synced.
func TestOpen_settingsOfTheWriter(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "x.db"), Migrations: db.Migrations})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	for pragma, want := range map[string]int{"temp_store": 2, "synchronous": 1, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0} {
		var got int
		err := s.Write(t.Context(), func(tx *Tx) error {
			return tx.q.QueryRowxContext(context.Background(), "PRAGMA "+pragma).Scan(&got)
		})
		if err != nil || got != want {
			t.Errorf("%s = %d (%v), want %d", pragma, got, err, want)
		}
	}
}
