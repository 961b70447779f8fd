package store_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/check"
)

const envMigratesFull = "TEMADAG_TEST_MIGRATES_FULL" // the file, and the number of the change that is not one transaction

// TestMigrate_fullChild is the process whose disk is full below.
func TestMigrate_fullChild(t *testing.T) {
	var path string
	var loose int
	if _, err := fmt.Sscan(os.Getenv(envMigratesFull), &path, &loose); err != nil {
		t.Skip("by design: it is started by another test")
	}
	var migrations fs.FS = db.Migrations
	if loose > 0 {
		migrations = torn(t, loose, 0, "-- +goose NO TRANSACTION\n", "")
	}
	s, err := store.Open(context.Background(), store.Options{Path: path, Migrations: migrations, Synchronous: "OFF", Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Log("closing:", err) // the log stays, and has everything
	}
}

// fullDisk is a disk without room, made by the layer below SQLite that lies beside the program of torture.
type fullDisk struct{ library string }

// The numbers that the layer shares, as it names them: whether there is a limit, and the bytes that are left.
const (
	slotBudgetOn = 8
	slotBudget   = 9
	slots        = 32
)

func newFullDisk(t *testing.T) fullDisk {
	t.Helper()
	if testing.Short() {
		t.Skip("by design: starts processes")
	}
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		check.LeaveOut(t, "gcc")
	}
	d := fullDisk{filepath.Join(t.TempDir(), "faults.so")}
	source := filepath.Join(check.Root(t), "internal", "torture", "preload", "faults.c")
	if out, err := exec.Command(gcc, "-O1", "-shared", "-fPIC", "-o", d.library, source, "-ldl", "-lpthread").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return d
}

// bring brings the schema up to date in a process that has so much room. It tells what that said, whether it went
// well, and how much room was taken. loose is the number of a change that is not one transaction; 0 for none.
func (d fullDisk) bring(t *testing.T, path string, room int64, loose int) (said string, ok bool, taken int64) {
	t.Helper()
	control := path + "-control"
	numbers := make([]byte, slots*8)
	binary.LittleEndian.PutUint64(numbers[slotBudgetOn*8:], 1)
	binary.LittleEndian.PutUint64(numbers[slotBudget*8:], uint64(room))
	if err := os.WriteFile(control, numbers, 0o600); err != nil {
		t.Fatal(err)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestMigrate_fullChild$")
	cmd.Env = append(os.Environ(), envMigratesFull+"="+fmt.Sprint(real, " ", loose),
		"LD_PRELOAD="+d.library, "TEMADAG_PRELOAD_FILE="+real, "TEMADAG_PRELOAD_CONTROL="+control)
	out, err := cmd.CombinedOutput()
	if numbers, rerr := os.ReadFile(control); rerr == nil {
		taken = room - int64(binary.LittleEndian.Uint64(numbers[slotBudget*8:]))
	}
	return string(out), err == nil, taken
}

// unread is a copy of a database in which the program has not yet written by what people are found: it does so after
// the schema has changed.
func unread(t *testing.T, file string) string {
	t.Helper()
	path := copyOf(t, file)
	raw, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	if _, err := raw.ExecContext(t.Context(), `UPDATE registrations SET sort_key = 'k', answered = '', work_key = '', search = ''`); err != nil &&
		!strings.Contains(err.Error(), "no such column") { // of those times
		t.Fatal(err)
	}
	return path
}

// Whatever schema a database has, and wherever on the way to the newest the disk is full: the program says so, the
// database is one that was released, with all its rows, and the next start with room goes through.
func TestMigrate_diskFull(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	disk := newFullDisk(t)
	files := released(t)
	want := newestOf(t, files)
	var contents []string
	for _, f := range files[firstWithRows:] {
		contents = append(contents, everything(t, f), everything(t, unread(t, f)))
	}
	full := 0
	schemas, tries := rand.Perm(len(files) - 1 - firstWithRows)[:3], 3
	if testkit.Thorough() {
		schemas, tries = rand.Perm(len(files)-1-firstWithRows), 40
	}
	for _, n := range schemas {
		file := files[firstWithRows+n]
		said, ok, needed := disk.bring(t, copyOf(t, file), 1<<40, 0)
		if !ok || needed <= 0 {
			t.Fatalf("with all the room: %d bytes taken: %s", needed, said)
		}
		for try := range tries {
			room := int64(try)*needed/int64(tries) + rand.Int64N(needed/int64(tries))
			path := copyOf(t, file)
			said, ok, _ := disk.bring(t, path, room, 0)
			if !ok {
				full++
			}
			if told := strings.Contains(said, "no room on the disk") && strings.Contains(said, "start again"); ok == told {
				t.Errorf("from schema %d with %d of %d bytes it went well (%t) and said: %s", firstWithRows+n, room, needed, ok, said)
			}
			if got := everything(t, path); ok && got != want || !ok && !slices.Contains(contents[2*n:], got) {
				t.Errorf("from schema %d with %d of %d bytes: what is left was never released:\n%s", firstWithRows+n, room, needed, difference(contents[2*n], got))
			}
			if half, err := filepath.Glob(path + "*.half"); err != nil || len(half) > 0 {
				t.Errorf("half a copy is left: %v, %v", half, err)
			}
			if err := bring(t.Context(), path, db.Migrations); err != nil {
				t.Errorf("from schema %d, once there is room: %v", firstWithRows+n, err)
			} else if got := everything(t, path); got != want {
				t.Errorf("from schema %d, once there is room:\n%s", firstWithRows+n, difference(want, got))
			}
		}
	}
	if full < len(schemas) {
		t.Errorf("the disk was full %d times in %d schemas: too tame to prove anything", full, len(schemas))
	}
	t.Logf("full %d times in %d schemas", full, len(schemas))
}

// The twin: a change that is not one transaction is found half done where the disk was full.
func TestMigrate_diskFull_twin(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	disk := newFullDisk(t)
	files := released(t)
	const schema = 3
	var contents []string
	for _, f := range files[schema:] {
		contents = append(contents, everything(t, f))
	}
	_, _, needed := disk.bring(t, copyOf(t, files[schema]), 1<<40, schema+1)
	for try := range int64(60) {
		path := copyOf(t, files[schema])
		if _, ok, _ := disk.bring(t, path, needed*(try+1)/60-1, schema+1); !ok && !slices.Contains(contents, everything(t, path)) {
			t.Logf("found at the %d-th try", try+1)
			return
		}
	}
	t.Error("a change without a transaction was never found half done: the test above proves nothing")
}
