package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// firstWithRows is the oldest schema whose rows are followed through all later ones.
const firstWithRows = 2

// released is a database of each schema that ever was, with the same rows, by number.
func released(t *testing.T) (files []string) {
	t.Helper()
	dir := t.TempDir()
	numbers := sqliteNumbers(t)
	files = make([]string, len(numbers)+1)
	path := filepath.Join(dir, "grown.db")
	for n := firstWithRows; n <= len(numbers); n++ {
		err := bring(t.Context(), path, upTo(t, fmt.Sprintf("%04d", n)))
		if err != nil && !strings.Contains(err.Error(), "findable") { // this program looks for its own columns then
			t.Fatal(err)
		}
		if n == firstWithRows {
			raw, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000&_foreign_keys=on")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := raw.ExecContext(t.Context(), schema2); err != nil {
				t.Fatal(err)
			}
			if err := raw.Close(); err != nil {
				t.Fatal(err)
			}
		}
		files[n] = filepath.Join(dir, fmt.Sprintf("%04d.db", n))
		if err := store.CopyFile(t.Context(), path, files[n], nil); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// newestOf is what the newest of the databases holds once this program has opened it.
func newestOf(t *testing.T, files []string) string {
	t.Helper()
	path := copyOf(t, files[len(files)-1])
	if err := bring(t.Context(), path, db.Migrations); err != nil {
		t.Fatal(err)
	}
	return everything(t, path)
}

// sqliteNumbers are the changes of the schema that SQLite goes through, its own and those of both engines, in order.
func sqliteNumbers(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(db.Migrations, "migrations/*.sql")
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, ".postgres.sql") })
	if err != nil || len(names) < 11 {
		t.Fatalf("%v, %v", names, err)
	}
	for i, name := range names {
		if !strings.HasPrefix(name, fmt.Sprintf("migrations/%04d_", i+1)) {
			t.Fatalf("the %d-th change is %s", i+1, name)
		}
	}
	return names
}

// bring opens a database, which brings it to the newest of the migrations, and closes it.
func bring(ctx context.Context, path string, migrations fs.FS) error {
	s, err := store.Open(ctx, store.Options{Path: path, Migrations: migrations, Synchronous: "OFF", Unsafe: true})
	if err != nil {
		return err
	}
	return s.Close()
}

// everything is the schema of a file and all its rows.
func everything(t *testing.T, path string) string {
	t.Helper()
	raw, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	var b strings.Builder
	for _, line := range texts(t, raw, `SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1`) {
		b.WriteString(line + "\n")
	}
	for _, table := range texts(t, raw, `SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'goose_db_version' ORDER BY 1`) {
		columns := texts(t, raw, `SELECT 'quote("' || name || '")' FROM pragma_table_info('`+table+`')`)
		for _, row := range texts(t, raw, `SELECT `+strings.Join(columns, ` || ',' || `)+` FROM "`+table+`" ORDER BY 1`) {
			b.WriteString(table + " " + row + "\n")
		}
	}
	for _, line := range texts(t, raw, `SELECT 'version ' || max(version_id) FROM goose_db_version`) {
		b.WriteString(line + "\n")
	}
	return b.String()
}

func texts(t *testing.T, raw *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// statements cuts a migration into its head and its statements.
func statements(text string) (head string, all []string) {
	head, rest, _ := strings.Cut(text, "-- +goose Up\n")
	var one strings.Builder
	block := false
	for line := range strings.Lines(rest) {
		one.WriteString(line)
		code, _, _ := strings.Cut(line, "--")
		switch {
		case strings.Contains(line, "+goose StatementBegin"):
			block = true
		case strings.Contains(line, "+goose StatementEnd"):
			block = false
			all = append(all, one.String())
			one.Reset()
		case !block && strings.HasSuffix(strings.TrimSpace(code), ";"):
			all = append(all, one.String())
			one.Reset()
		}
	}
	return head + "-- +goose Up\n", all
}

// torn is the migrations with something put into the n-th after k of its statements; head goes before all.
func torn(t *testing.T, n, k int, head, put string) fs.FS {
	t.Helper()
	out := upTo(t, "9999").(fstest.MapFS)
	name := sqliteNumbers(t)[n-1]
	start, all := statements(string(out[name].Data))
	text := head + start + strings.Join(all[:k], "") + put + strings.Join(all[k:], "")
	out[name] = &fstest.MapFile{Data: []byte(text)}
	return out
}

func copyOf(t *testing.T, file string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "temadag.db")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Whatever schema a database has, and whichever statement of its change was the last that came about, starting
// again ends with the same schema and the same rows.
func TestMigrate_interruptedAtEveryStatement(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	files := released(t)
	newest := len(files) - 1
	want := newestOf(t, files)
	every := 8
	if testkit.Thorough() {
		every = 1
	}
	tried := 0
	for n := firstWithRows + 1; n <= newest; n++ {
		before := everything(t, files[n-1])
		_, all := statements(string(upTo(t, "9999").(fstest.MapFS)[sqliteNumbers(t)[n-1]].Data))
		for k := rand.IntN(min(every, len(all)+1)); k <= len(all); k += every {
			path := copyOf(t, files[n-1])
			if err := bring(t.Context(), path, torn(t, n, k, "", "INSERT INTO no_such_table VALUES (1);\n")); err == nil || strings.Contains(err.Error(), "findable") {
				t.Fatalf("%d after %d statements: nothing failed", n, k)
			}
			if got := everything(t, path); got != before {
				t.Errorf("%d after %d statements: the database is neither old nor new:\n%s", n, k, difference(before, got))
			}
			if err := bring(t.Context(), path, db.Migrations); err != nil {
				t.Errorf("%d after %d statements: starting again: %v", n, k, err)
			} else if got := everything(t, path); got != want {
				t.Errorf("%d after %d statements, and once more:\n%s", n, k, difference(want, got))
			}
			tried++
		}
	}
	t.Logf("%d interruptions of %d changes of the schema", tried, newest-firstWithRows)
}

// The twin: a change that is not one transaction is found half done.
func TestMigrate_interrupted_twin(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	files := released(t)
	path, before := copyOf(t, files[3]), everything(t, files[3])
	if err := bring(t.Context(), path, torn(t, 4, 3, "-- +goose NO TRANSACTION\n", "INSERT INTO no_such_table VALUES (1);\n")); err == nil {
		t.Fatal("nothing failed")
	}
	if everything(t, path) == before {
		t.Error("a change without a transaction left nothing behind: the test above proves nothing")
	}
	if err := bring(t.Context(), path, db.Migrations); err == nil {
		t.Error("starting again on half a change went well")
	}
}

func difference(want, got string) string {
	in := func(s string) map[string]bool {
		out := map[string]bool{}
		for l := range strings.Lines(s) {
			out[l] = true
		}
		return out
	}
	var b strings.Builder
	w, g := in(want), in(got)
	for l := range strings.Lines(want) {
		if !g[l] {
			b.WriteString("- " + l)
		}
	}
	for l := range strings.Lines(got) {
		if !w[l] {
			b.WriteString("+ " + l)
		}
	}
	return b.String()
}

const envMigrates = "TEMADAG_TEST_MIGRATES" // the file, the marker and the place, with spaces

// TestMigrate_child is the process that is killed below.
func TestMigrate_child(t *testing.T) {
	var path, marker string
	var n, k int
	if _, err := fmt.Sscan(os.Getenv(envMigrates), &path, &marker, &n, &k); err != nil {
		t.Skip("by design: it is started by another test")
	}
	// A file appears, and then the statement takes for ever.
	stall := "ATTACH DATABASE '" + marker + "' AS marker;\nWITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c;\n"
	t.Error(bring(context.Background(), path, torn(t, n, k, "", stall)))
}

// The same with the process killed in the middle of the change.
func TestMigrate_killed(t *testing.T) {
	testkit.OnlySQLite(t)
	if testing.Short() {
		t.Skip("by design: starts processes")
	}
	t.Parallel()
	files := released(t)
	newest := len(files) - 1
	want := newestOf(t, files)
	for n := firstWithRows + 1; n <= newest; n++ {
		_, all := statements(string(upTo(t, "9999").(fstest.MapFS)[sqliteNumbers(t)[n-1]].Data))
		at := []int{rand.IntN(len(all) + 1)}
		if testkit.Thorough() {
			at = at[:0]
			for k := range len(all) + 1 {
				at = append(at, k)
			}
		}
		for _, k := range at {
			path := copyOf(t, files[n-1])
			killedAt(t, path, n, k)
			if err := bring(t.Context(), path, db.Migrations); err != nil {
				t.Errorf("killed in %d after %d statements: starting again: %v", n, k, err)
			} else if got := everything(t, path); got != want {
				t.Errorf("killed in %d after %d statements, and once more:\n%s", n, k, difference(want, got))
			}
		}
	}
}

func killedAt(t *testing.T, path string, n, k int) {
	t.Helper()
	marker := path + ".marker"
	cmd := exec.Command(os.Args[0], "-test.run=^TestMigrate_child$")
	cmd.Env = append(os.Environ(), envMigrates+"="+fmt.Sprint(path, " ", marker, " ", n, " ", k))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var seen bool
	for start := time.Now(); !seen && time.Since(start) < 10*time.Second; time.Sleep(2 * time.Millisecond) {
		_, err := os.Stat(marker)
		seen = err == nil
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if !seen {
		t.Fatalf("the child never came to statement %d of %d: %s", k, n, said.String())
	}
}

// Several programs that meet an old database at once bring it up to date once, and all of them go on.
func TestMigrate_manyAtOnce(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	files := released(t)
	path := copyOf(t, files[firstWithRows])
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = bring(t.Context(), path, db.Migrations) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if got, want := everything(t, path), newestOf(t, files); got != want {
		t.Error(difference(want, got))
	}
}

// Before a database is changed a copy of it is kept; where none can be made nothing is changed.
func TestMigrate_keepsACopy(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	files := released(t)
	path, before := copyOf(t, files[5]), everything(t, files[5])
	copied := path + ".before-schema-5"
	if err := os.MkdirAll(filepath.Join(copied, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := bring(t.Context(), path, db.Migrations); err == nil {
		t.Error("the schema was changed without a copy")
	}
	if everything(t, path) != before {
		t.Error("the database was changed")
	}
	if err := os.RemoveAll(copied); err != nil {
		t.Fatal(err)
	}
	if err := bring(t.Context(), path, db.Migrations); err != nil {
		t.Fatal(err)
	}
	if everything(t, copied) != before {
		t.Error("the copy is not what was there")
	}
	// It is of people who may have asked to be erased: it does not stay for ever.
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, days := range []time.Duration{13, 15} {
		age, want := days*24*time.Hour, days == 13
		then := info.ModTime().Add(-age)
		if err := os.Chtimes(copied, then, then); err != nil {
			t.Fatal(err)
		}
		if err := bring(t.Context(), path, db.Migrations); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(copied); (err == nil) != want {
			t.Errorf("after %v there is a copy: %t", age, err == nil)
		}
	}
	names, err := filepath.Glob(path + "*")
	if err != nil || slices.ContainsFunc(names, func(s string) bool { return strings.Contains(s, "before-schema") }) {
		t.Errorf("left behind: %v, %v", names, err)
	}
}
