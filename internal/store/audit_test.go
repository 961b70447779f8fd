package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/store"
)

const auditLines = 6

// audited is a database with a few lines in its audit log, closed, and what opens it again.
func audited(t *testing.T) (path string, open func() *store.Store) {
	t.Helper()
	keys, err := auth.New([]byte(strings.Repeat("a", 32)))
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "temadag.db")
	open = func() *store.Store {
		t.Helper()
		s, err := store.Open(t.Context(), store.Options{Path: path, Migrations: db.Migrations, Chain: keys.Chain})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	for i := range auditLines {
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.Audit(t.Context(), domain.AuditEntry{
				At: time.Unix(int64(i), 0), Actor: "Eva", County: "BD", Action: domain.AuditGranted, Object: "user",
				ObjectID: fmt.Sprint(i), Details: map[string]string{"role": "reader"},
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, open
}

// findings are what Check has against the audit log.
func findings(t *testing.T, s *store.Store) []string {
	t.Helper()
	found, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range found {
		out = append(out, f.Detail)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

const noTriggers = `DROP TRIGGER audit_kept; DROP TRIGGER audit_unchanged; `

func TestAudit_everyChangeIsFound(t *testing.T) {
	t.Parallel()
	_, open := audited(t)
	if found := findings(t, open()); len(found) != 0 {
		t.Fatalf("untouched: %v", found)
	}
	attacks := map[string]string{
		"the last line gone":             `DELETE FROM audit WHERE id = 6`,
		"the last line and the head":     `DELETE FROM audit WHERE id = 6; UPDATE audit_head SET id = 5`,
		"the last gone, numbers kept":    `UPDATE audit SET action = 'x' WHERE id = 6`,
		"everything gone":                `DELETE FROM audit`,
		"two lines changed over":         `UPDATE audit SET id = 99 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = 99`,
		"a line put in":                  `INSERT INTO audit SELECT 7, at, user_id, actor, county, action, object, object_id, details, hash, hash FROM audit WHERE id = 6`,
		"a line put in, with a new head": `INSERT INTO audit SELECT 7, at, user_id, actor, county, action, object, object_id, details, hash, hash FROM audit WHERE id = 6; UPDATE audit_head SET id = 7`,
		"lines renumbered after one":     `DELETE FROM audit WHERE id = 3; UPDATE audit SET id = id - 1 WHERE id > 3; UPDATE audit_head SET id = 5`,
	}
	for id := range auditLines {
		attacks[fmt.Sprintf("line %d gone", id+1)] = fmt.Sprintf(`DELETE FROM audit WHERE id = %d`, id+1)
		for column, value := range map[string]string{
			"at": "1", "actor": "'Bo'", "county": "'Z'", "action": "'x'", "object": "'x'", "object_id": "'x'", "details": "'{}'",
			"hash": "x'00'", "prev_hash": "x'00'",
		} {
			attacks[fmt.Sprintf("%s of line %d", column, id+1)] = fmt.Sprintf(`UPDATE audit SET %s = %s WHERE id = %d`, column, value, id+1)
		}
	}
	for name, attack := range attacks {
		path, open := audited(t)
		raw, err := sql.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(attack, "INSERT") {
			if _, err := raw.ExecContext(t.Context(), attack); err == nil {
				t.Errorf("%s: the table let it happen", name)
			}
		}
		if _, err := raw.ExecContext(t.Context(), noTriggers+attack); err != nil {
			t.Fatal(name, err)
		}
		if err := raw.Close(); err != nil {
			t.Fatal(err)
		}
		if found := findings(t, open()); len(found) == 0 {
			t.Errorf("%s goes unnoticed", name)
		}
	}
}

// A log that was made anew from end to end by someone without the secret is found; with a chain that
// needs none it is not, which is why there is one.
func TestAudit_cannotBeForgedWithoutTheSecret(t *testing.T) {
	t.Parallel()
	path, open := audited(t)
	raw, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.ExecContext(t.Context(), noTriggers+`DELETE FROM audit; UPDATE audit_head SET id = 0, hash = x''`); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	plain, err := store.Open(t.Context(), store.Options{Path: path, Migrations: db.Migrations})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		err := plain.Write(t.Context(), func(tx *store.Tx) error {
			return tx.Audit(t.Context(), domain.AuditEntry{At: time.Unix(1, 0), Actor: "Bo", Action: "x"})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found := findings(t, plain); len(found) != 0 {
		t.Errorf("the twin finds %v", found)
	}
	if found := findings(t, open()); len(found) != 3 {
		t.Errorf("with the secret: %v, want three lines", found)
	}
}

// A line with a good hash, from another history of the same database: a copy that went on by itself.
func TestAudit_lineOfACopy(t *testing.T) {
	t.Parallel()
	path, open := audited(t)
	another, openAnother := audited(t) // the same lines under the same secret
	for i, o := range []func() *store.Store{open, openAnother} {
		s := o()
		for n := range 3 {
			err := s.Write(t.Context(), func(tx *store.Tx) error {
				return tx.Audit(t.Context(), domain.AuditEntry{At: time.Unix(int64(n), 0), Actor: fmt.Sprint("history ", i), Action: "x"})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if found := findings(t, s); len(found) != 0 {
			t.Fatal(found)
		}
	}
	raw, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	raw.SetMaxOpenConns(1)
	_, err = raw.ExecContext(t.Context(), noTriggers+`ATTACH '`+another+`' AS other; DELETE FROM audit WHERE id = 8;
INSERT INTO audit SELECT * FROM other.audit WHERE id = 8`)
	if err := errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
	if found := findings(t, open()); len(found) != 2 {
		t.Errorf("found %v, want that 8 does not follow 7, and 9 not 8", found)
	}
}

func TestAudit_goesWithItsChange(t *testing.T) {
	t.Parallel()
	_, open := audited(t)
	s := open()
	failed := errors.New("the change failed")
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.Audit(t.Context(), domain.AuditEntry{At: time.Unix(1, 0), Action: "x"}); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	lines, err := s.AuditEntries(t.Context(), store.AuditScope{All: true}, domain.AuditFilter{Limit: 100})
	if err != nil || len(lines) != auditLines || lines[0].Details["role"] != "reader" {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	if lines, err := s.AuditEntries(t.Context(), store.AuditScope{}, domain.AuditFilter{Limit: 100}); err != nil || len(lines) != 0 {
		t.Errorf("without a scope: %v, %v", lines, err)
	}
	if found := findings(t, s); len(found) != 0 {
		t.Errorf("a change that was undone: %v", found)
	}
}

// The log is looked at while others write in it.
func TestAudit_checkedWhileWritten(t *testing.T) {
	t.Parallel()
	_, open := audited(t)
	s := open()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				err := s.Write(t.Context(), func(tx *store.Tx) error {
					return tx.Audit(t.Context(), domain.AuditEntry{At: time.Unix(1, 0), Action: "x"})
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 20 {
		found, err := s.Check(t.Context())
		if err != nil || len(found) != 0 {
			t.Errorf("%v, %v", found, err)
			break
		}
	}
	close(stop)
	wg.Wait()
	if found := findings(t, s); len(found) != 0 {
		t.Error(found)
	}
}
