package journey_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/temadag/temadag/internal/testkit"
)

// Every command does on PostgreSQL what it does with a file, from an empty database on, or says why not. The steps
// are one operator's first day.
func TestCommands_onPostgres(t *testing.T) {
	t.Parallel()
	url := testkit.FreshPostgres(t)
	db, err := sqlx.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.MustExec(`DROP SCHEMA public CASCADE; CREATE SCHEMA public`)
	p := &program{t: t, bin: house().program(t), dir: filepath.Join(t.TempDir(), "data"), url: url, addr: freeAddress(t), said: &said{}}
	without := append(cleanEnvironment(), "TEMADAG_DATA_DIR="+p.dir, "TEMADAG_ADDR="+p.addr, "TEMADAG_BASE_URL="+p.base(), "TEMADAG_CLOCK="+morning)
	p.env = append(without, "TEMADAG_DATABASE_URL="+url)
	book := filepath.Join(t.TempDir(), "list.xlsx")
	for _, step := range []struct {
		args string
		ok   bool
		says string
	}{
		{"fsck", false, "there is no secret in"},
		{"migrate", true, "the schema is up to date: postgres://"},
		{"fsck", true, "every promise holds: postgres://"},
		{"export --county BD -o " + book, false, "BD"},
		{"demo --as-of 2016-10-01", true, "253 made-up registrations"},
		{"demo --if-empty", true, ""},
		{"demo", false, "use an empty one"},
		{"migrate", true, "the schema is up to date"},
		{"export --county BD -o " + book, true, "registered: 48"},
		{"user list", true, "anna.exempel@temadag.example.se"},
		{"user link anna.exempel@temadag.example.se", true, p.base()},
		{"held", true, ""},
		{"backup", false, "backed up with its own tools"},
		{"fsck", true, "every promise holds"},
	} {
		out, err := p.run(strings.Fields(step.args)...)
		if (err == nil) != step.ok || !strings.Contains(out, step.says) {
			t.Errorf("temadag %s: %v, want %q\n%s", step.args, err, step.says, out)
		}
		if strings.HasPrefix(step.args, "fsck") && !step.ok {
			if _, err := os.Stat(p.dir); err == nil {
				t.Error("a command that only looks has made a data directory")
			}
		}
	}
	if out, _ := p.run("doctor"); !strings.Contains(out, "opens, with every change on disk") || !strings.Contains(out, "every place, letter and history agrees") {
		t.Errorf("doctor:\n%s", out)
	}
	p.start()
	v := newVisitor(t)
	v.open(p.base() + "/tillfalle/temadag-lulea")
	v.expect(200, "Clarion Sense")
	p.stop()
	db.MustExec(`UPDATE events SET seats_taken = seats_taken + 1 WHERE slug = 'temadag-lulea'`) // the twin
	if out, err := p.run("fsck"); err == nil || !strings.Contains(out, "seats") && !strings.Contains(out, "place") {
		t.Errorf("a place is counted twice, and fsck says %v\n%s", err, out)
	}
}
