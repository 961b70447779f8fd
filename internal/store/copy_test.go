package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/temadag/temadag/db"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// inUse is a file with an event, people with places and in the queue, references ahead and back among them, and a
// text and a document that try the engines' types.
func inUse(t *testing.T, people int) *testkit.Kit {
	t.Helper()
	k := testkit.OpenWith(t, store.Options{Path: filepath.Join(t.TempDir(), "temadag.db")})
	e := k.AddEvent(t, testkit.Event("lulea", domain.Seats(people/2)))
	for n := range people {
		if _, err := k.Registrations.Register(t.Context(), domain.Operator(), testkit.Input(e, testkit.Person(n))); err != nil {
			t.Fatal(err)
		}
	}
	raw := k.Raw(t)
	for _, query := range []string{
		`UPDATE registrations SET follows_id = 3 WHERE id = 1`,
		`UPDATE registrations SET follows_id = 1, protected = 1 WHERE id = 4`,
		`INSERT INTO settings (name, value) VALUES ('try', 'å "quoted" ' || char(10) || char(128512)), ('empty', '')`,
		`INSERT INTO documents (id, slug, event_id, position, title_sv, title_en, filename, mime, size, lang) VALUES (77, 'd', 1, 1, '', '', '', '', 0, '')`,
		`INSERT INTO questions (event_id, position, kind, label_sv, label_en, hint_sv, hint_en, required, choices)
VALUES (1, 1, 'text', '', '', '', '', 0, ''), (1, 2, 'text', '', '', '', '', 0, '')`,
		`INSERT INTO document_bodies (document_id, content) VALUES (77, x'')`,
		`INSERT INTO suppressions (hash, county, reason, actor, at) VALUES (x'00ff00', 'BD', 'by_hand', '', 9223372036854775807)`,
		`INSERT INTO venues (name, address, postal_code, town, access, travel_sv, travel_en) VALUES ('', '', '', '', '', '', '')`,
		`DELETE FROM venues WHERE id = (SELECT max(id) FROM venues)`,
	} {
		if _, err := raw.Exec(query); err != nil {
			t.Fatal(err, query)
		}
	}
	return k
}

func carried(t *testing.T, o store.CarryOptions) store.Carried {
	t.Helper()
	done, err := store.Carry(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Found) > 0 {
		t.Fatalf("the copy breaks promises: %v", done.Found)
	}
	return done
}

func (w wiredTo) of(o store.Options) store.Options {
	o.Migrations, o.Chain = db.Migrations, w.k.Keys.Chain
	return o
}

// wiredTo gives databases the chain of a Kit.
type wiredTo struct{ k *testkit.Kit }

// There and back again: every row, and the numbers that new rows get.
func TestCarry_thereAndBack(t *testing.T) {
	t.Parallel()
	url := testkit.FreshPostgres(t)
	k := inUse(t, 40)
	w := wiredTo{k}
	file, server := w.of(store.Options{Path: k.Path}), w.of(store.Options{URL: url})
	first := carried(t, store.CarryOptions{From: file, To: server})
	if first.Added == 0 || first.Rows < 130 {
		t.Fatalf("%+v", first)
	}
	if _, err := store.Open(t.Context(), server); !errors.Is(err, store.ErrMidway) {
		t.Errorf("a server starts on an unfinished copy: %v", err)
	}
	if _, err := store.Carry(t.Context(), store.CarryOptions{From: file, To: server, Move: true}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a file is moved away under a server: %v", err)
	}
	changeMeanwhile(t, k)
	stopped := filepath.Join(t.TempDir(), "stopped.db") // the Kit's own server stands until the end of the test
	if err := store.CopyFile(t.Context(), k.Path, stopped, nil); err != nil {
		t.Fatal(err)
	}
	file.Path = stopped
	second := carried(t, store.CarryOptions{From: file, To: server, Move: true})
	if second.Mended == 0 {
		t.Errorf("what changed meanwhile was not mended: %+v", second)
	}
	if _, err := store.Open(t.Context(), file); !errors.Is(err, store.ErrMidway) {
		t.Errorf("a server starts on what was moved away: %v", err)
	}
	back := w.of(store.Options{Path: filepath.Join(t.TempDir(), "back.db")})
	third := carried(t, store.CarryOptions{From: server, To: back, Keep: true})
	if fmt.Sprint(third.Tables) != fmt.Sprint(second.Tables) {
		t.Errorf("the way back differs:\n%v\n%v", third.Tables, second.Tables)
	}
	sameNumbers(t, stopped, back.Path)
	for _, o := range []store.Options{server, back} {
		s, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		r := *k.Registrations
		r.Store, r.Programme = s, &service.Programme{Store: s, Now: k.Clock.Now}
		e, err := r.Programme.Event(t.Context(), "lulea")
		if err == nil {
			_, err = r.Register(t.Context(), domain.Operator(), testkit.Input(e, testkit.Person(1000)))
		}
		if err = errors.Join(err, s.Close()); err != nil {
			t.Errorf("%s: nobody can register on the copy: %v", o.Path+o.URL, err)
		}
	}
	home := w.of(store.Options{Path: filepath.Join(t.TempDir(), "home.db")})
	carried(t, store.CarryOptions{From: server, To: home, Move: true})
	if _, err := store.Open(t.Context(), server); !errors.Is(err, store.ErrMidway) {
		t.Errorf("an instance starts on what was moved away: %v", err)
	}
}

// changeMeanwhile is what a server does between the two steps of a move, rows that change places with each other
// and keys that pass from one row to another among it.
func changeMeanwhile(t *testing.T, k *testkit.Kit) {
	t.Helper()
	raw := k.Raw(t)
	for _, query := range []string{
		`UPDATE registrations SET title = 'Chef' WHERE id = 2`,
		`DELETE FROM suppressions`,
		`DELETE FROM document_bodies`, `DELETE FROM documents`,
		`UPDATE registrations SET email_key = 'x' WHERE id = 20`,
		`UPDATE registrations SET email_key = 'person19@example.se' WHERE id = 19`,
		`UPDATE registrations SET email_key = 'person18@example.se' WHERE id = 18`,
		`UPDATE questions SET position = 9 WHERE id = 1`,
		`UPDATE questions SET position = 1 WHERE id = 2`,
		`UPDATE questions SET position = 2 WHERE id = 1`,
		`UPDATE settings SET value = 'other' WHERE name = 'try'`,
		`INSERT INTO settings VALUES ('a', 'in between')`,
	} {
		if _, err := raw.Exec(query); err != nil {
			t.Fatal(err, query)
		}
	}
	e, err := k.Programme.Event(t.Context(), "lulea")
	if err == nil {
		_, err = k.Registrations.Register(t.Context(), domain.Operator(), testkit.Input(e, testkit.Person(999)))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
}

func sameNumbers(t *testing.T, a, b string) {
	t.Helper()
	var told [2][]struct {
		Name string `db:"name"`
		Seq  int64  `db:"seq"`
	}
	for i, path := range []string{a, b} {
		raw, err := sqlx.Open("sqlite3", path)
		if err == nil {
			err = errors.Join(raw.Select(&told[i], `SELECT name, seq FROM sqlite_sequence WHERE seq > 0 AND name <> 'goose_db_version' ORDER BY name`), raw.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(told[0]) < 4 || fmt.Sprint(told[0]) != fmt.Sprint(told[1]) {
		t.Errorf("the numbers that new rows get:\n%v\n%v", told[0], told[1])
	}
}

// The twin: the copy is changed behind the back of the verification, by one character of one row.
func TestCarry_findsAChangedRow(t *testing.T) {
	t.Parallel()
	url := testkit.FreshPostgres(t)
	k := inUse(t, 10)
	w := wiredTo{k}
	raw, err := sqlx.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	changed := false
	_, err = store.Carry(t.Context(), store.CarryOptions{
		From: w.of(store.Options{Path: k.Path}), To: w.of(store.Options{URL: url}), Keep: true,
		Progress: func(doing, table string, _ int64) {
			if doing == "verifying" && !changed {
				changed = true
				raw.MustExec(`UPDATE registrations SET phone = '070-174 06 06' WHERE id = 9`)
			}
		},
	})
	if !errors.Is(err, store.ErrDiffers) || !strings.Contains(err.Error(), "1 rows of registrations") {
		t.Errorf("one changed row: %v", err)
	}
	if _, err := store.Open(t.Context(), w.of(store.Options{URL: url})); !errors.Is(err, store.ErrMidway) {
		t.Errorf("a server starts on a copy that differs: %v", err)
	}
}

// A target that holds something else is left alone.
func TestCarry_leavesOthersAlone(t *testing.T) {
	t.Parallel()
	url := testkit.FreshPostgres(t)
	k := inUse(t, 4)
	w := wiredTo{k}
	s, err := store.Open(t.Context(), w.of(store.Options{URL: url}))
	if err == nil {
		err = s.Write(t.Context(), func(tx *store.Tx) error { return tx.PutSetting(t.Context(), "mine", "yes") })
		err = errors.Join(err, s.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Carry(t.Context(), store.CarryOptions{From: w.of(store.Options{Path: k.Path}), To: w.of(store.Options{URL: url})})
	if err == nil || !strings.Contains(err.Error(), "holds something already") {
		t.Errorf("a database in use was copied over: %v", err)
	}
}

// later is the migrations and one that is yet to be written, for the engines given.
func later(t *testing.T, sql string, engines ...string) fstest.MapFS {
	t.Helper()
	out := upTo(t, "9998").(fstest.MapFS)
	for _, e := range engines {
		out["migrations/9999_later."+e+".sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + sql)}
	}
	return out
}

// A table or column that only one engine has would be lost in silence; one that both have is copied, whatever it
// is called.
func TestCarry_forgetsNoTable(t *testing.T) {
	t.Parallel()
	const table = `CREATE TABLE later (id BIGINT PRIMARY KEY, what TEXT NOT NULL);`
	file := strings.Replace(table, "BIGINT", "INTEGER", 1) + " INSERT INTO later VALUES (1, 'kept');"
	none := `UPDATE settings SET value = value;`
	for name, c := range map[string]struct{ file, server, want string }{
		"a table that both have":         {file, table, ""},
		"a table that one lacks":         {file, none, "no column later.id"},
		"a table of PostgreSQL alone":    {none, table, "no table later"},
		"a column that PostgreSQL lacks": {`ALTER TABLE news ADD COLUMN later TEXT;`, none, "no column news.later"},
		"a column that the file lacks":   {none, `ALTER TABLE news ADD COLUMN later TEXT;`, "no column news.later"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := testkit.FreshPostgres(t)
			from := store.Options{Path: filepath.Join(t.TempDir(), "x.db"), Migrations: later(t, c.file, "sqlite")}
			s, err := store.Open(t.Context(), from)
			if err == nil {
				err = s.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
			done, err := store.Carry(t.Context(), store.CarryOptions{From: from, To: store.Options{URL: url, Migrations: later(t, c.server, "postgres")}, Keep: true})
			if c.want == "" && (err != nil || !strings.Contains(fmt.Sprint(done.Tables), "later 1")) {
				t.Errorf("%v: %v", done.Tables, err)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

const carryChild = "TEMADAG_TEST_CARRY"

// TestCarry_child is the process that the next test kills.
func TestCarry_child(t *testing.T) {
	at := os.Getenv(carryChild)
	if at == "" {
		t.Skip("by design: another test runs it as a process of its own")
	}
	path, url, _ := strings.Cut(at, "|")
	slow := func(string, string, int64) { fmt.Println("step"); time.Sleep(2 * time.Millisecond) }
	o := store.CarryOptions{From: store.Options{Path: path, Migrations: db.Migrations}, To: store.Options{URL: url, Migrations: db.Migrations}, Progress: slow}
	if _, err := store.Carry(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

// Killed at different points of its way, it goes on, and at the end everything is there once.
func TestCarry_goesOnAfterAKill(t *testing.T) {
	t.Parallel()
	url := testkit.FreshPostgres(t)
	k := inUse(t, 60)
	kills := 0
	for steps := 40; steps <= 140; steps += 50 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCarry_child$", "-test.v")
		cmd.Env = append(os.Environ(), carryChild+"="+k.Path+"|"+url)
		seen := &killAfter{steps: steps, kill: func() { _ = cmd.Process.Kill() }}
		cmd.Stdout = seen
		if err := cmd.Run(); err != nil {
			kills++
		}
	}
	if kills < 2 {
		t.Fatalf("only %d of the processes were killed on their way", kills)
	}
	w := wiredTo{k}
	carried(t, store.CarryOptions{From: w.of(store.Options{Path: k.Path}), To: w.of(store.Options{URL: url}), Keep: true})
}

// killAfter calls kill when it has read so many lines.
type killAfter struct {
	steps int
	kill  func()
}

func (w *killAfter) Write(b []byte) (int, error) {
	w.steps -= bytes.Count(b, []byte("step"))
	if w.steps <= 0 {
		w.kill()
	}
	return len(b), nil
}
