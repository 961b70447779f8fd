package journey_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/xuri/excelize/v2"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// moving is an installation that has lived, and is moved from a file to PostgreSQL while people register, and
// home again.
type moving struct {
	*program
	url     string // where it moves to
	lived   lived
	links   map[string]string // status → the personal link of somebody
	officer *officer
	secret  string // of the officer's app
	began   time.Time
}

func newMoving(t *testing.T) *moving {
	m := &moving{url: testkit.FreshPostgres(t)}
	p := &program{t: t, bin: house().program(t), dir: filepath.Join(t.TempDir(), "data"), addr: freeAddress(t), said: &said{}}
	p.env = append(cleanEnvironment(), "TEMADAG_DATA_DIR="+p.dir, "TEMADAG_ADDR="+p.addr, "TEMADAG_BASE_URL="+p.base(),
		"TEMADAG_CLOCK="+morning, "TEMADAG_RATE_LIMIT=off")
	m.program = p
	m.does("demo", "--as-of", "2016-10-01")
	p.change(opened(300))
	testkit.InData(t, p.dir, "", "2016-10-03 09:00", func(k *testkit.Kit) {
		m.lived = live(t, k)
		m.links = linksOf(t, k)
	})
	return m
}

// does runs a command of the program, which must succeed and say the words.
func (m *moving) does(args ...string) string {
	m.t.Helper()
	out, err := m.run(args...)
	if err != nil {
		m.t.Fatalf("temadag %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// refuses runs a command that must fail with the words.
func (m *moving) refuses(words string, args ...string) {
	m.t.Helper()
	if out, err := m.run(args...); err == nil || !strings.Contains(out, words) {
		m.t.Errorf("temadag %s: want an error that says %q, got %v\n%s", strings.Join(args, " "), words, err, out)
	}
}

// linksOf are the personal links of one registration of each status.
func linksOf(t testing.TB, k *testkit.Kit) map[string]string {
	t.Helper()
	var all []struct {
		Status string `db:"status"`
		UID    []byte `db:"uid"`
		Link   int    `db:"link_version"`
	}
	raw := k.Raw(t)
	err := errors.Join(raw.Select(&all, `SELECT status, uid, link_version FROM registrations WHERE email <> '' ORDER BY id`), raw.Close())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range all {
		out[r.Status] = k.Keys.Link(r.UID, r.Link)
	}
	return out
}

// noTableIsEmpty fails where the life says nothing of a table of the file.
func (m *moving) noTableIsEmpty() {
	m.t.Helper()
	db := m.database()
	defer db.Close()
	var tables []string
	err := db.Select(&tables, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, name := range tables {
		if m.count(`SELECT count(*) FROM `+name) == 0 {
			m.t.Errorf("nothing stands in %s: let somebody live through it", name)
		}
	}
}

// with sets settings of the program anew from its next start on. An empty value takes one away.
func (m *moving) with(settings ...string) {
	for i := 0; i < len(settings); i += 2 {
		m.env = slices.DeleteFunc(m.env, func(v string) bool { return strings.HasPrefix(v, settings[i]+"=") })
		if settings[i+1] != "" {
			m.env = append(m.env, settings[i]+"="+settings[i+1])
		}
	}
}

// serve starts the program at a time of that day.
func (m *moving) serve(wall string) {
	m.t.Helper()
	m.with("TEMADAG_CLOCK", "2016-10-03T"+wall)
	var err error
	if m.began, err = time.ParseInLocation("2006-01-02T15:04", "2016-10-03T"+wall, domain.Stockholm()); err != nil {
		m.t.Fatal(err)
	}
	m.began = m.began.Add(-time.Duration(time.Now().UnixNano()))
	m.start()
}

// code is what the app of the officer shows.
func (m *moving) code() string {
	return code(m.t, m.secret, m.began.Add(time.Duration(time.Now().UnixNano())), 0)
}

const (
	movedOfficer = "yvonne@example.se"
	movedTown    = "temadag-lulea"
)

// enters gives the officer a password and an app.
func (m *moving) enters() {
	m.t.Helper()
	o := newOfficer(m.t, m.program)
	o.enter(m.account(m.t, movedOfficer, "Yvonne Exempel", "BD", domain.RoleOrganiser))
	o.sends("Logga in", nil, "I dag")
	o.visit("/min-profil/losenord")
	o.sends("Spara lösenordet", []string{"Nytt lösenord", officePassword}, "Lösenordet är valt")
	o.goes("Lägg till en app")
	o.sends("Lägg till en app", nil, "Läs av koden med appen")
	m.officer, m.secret = o, o.secret()
	o.sends("Lägg till appen", []string{"Koden som appen visar", m.code()}, "Appen är tillagd")
}

// entersAgain signs the officer in anew, with password and app.
func (m *moving) entersAgain() {
	m.t.Helper()
	o := newOfficer(m.t, m.program)
	o.visit("/tillfallen", "Logga in")
	o.sends("Logga in", []string{"E-postadress", movedOfficer, "Lösenord", officePassword}, "Bekräfta att det är du")
	o.sends("Bekräfta", []string{"Kod", m.code()}, "Tillfällen", "Kommande 4")
}

// told is what the pages and calendars of everyone whose link is known say.
func (m *moving) told() map[string]string {
	m.t.Helper()
	out, v := map[string]string{}, newVisitor(m.t)
	for status, link := range m.links {
		for _, path := range []string{"/min-anmalan/" + link, "/min-anmalan/" + link + "/kalender.ics"} {
			page := v.open(m.base() + path)
			said := page.words()
			if strings.HasSuffix(path, ".ics") {
				said = withoutStamp(string(page.body))
			}
			out[status+" "+path] = fmt.Sprintf("%d %s", page.status, said)
		}
	}
	return out
}

// withoutStamp leaves out of a calendar when it was fetched.
func withoutStamp(calendar string) string {
	lines := strings.Split(calendar, "\r\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "DTSTAMP") || strings.HasPrefix(l, "LAST-MODIFIED") }), "\r\n")
}

func (m *moving) same(what string, was, is map[string]string) {
	m.t.Helper()
	for _, fault := range changed(was, is) {
		m.t.Errorf("%s: %s", what, fault)
	}
}

// changed is what of the one is not the same in the other.
func changed(was, is map[string]string) (faults []string) {
	for k, v := range was {
		if is[k] != v {
			faults = append(faults, fmt.Sprintf("%s was\n%s\nand is\n%s", k, v, is[k]))
		}
	}
	if len(was) == 0 || len(is) != len(was) {
		faults = append(faults, fmt.Sprintf("there were %d and are %d", len(was), len(is)))
	}
	return faults
}

// cells are the lists of the county and of a series, by sheet and cell.
func (m *moving) cells() map[string]string {
	m.t.Helper()
	out := map[string]string{}
	m.with("TEMADAG_CLOCK", "2016-10-03T13:00") // which the lists tell
	for _, list := range [][]string{{"--county", "BD"}, {"--series", "fullsatta"}} {
		path := filepath.Join(m.t.TempDir(), "list.xlsx")
		m.does(append([]string{"export", "-o", path}, list...)...)
		book, err := excelize.OpenFile(path)
		if err != nil {
			m.t.Fatal(err)
		}
		for _, sheet := range book.GetSheetList() {
			rows, err := book.GetRows(sheet)
			if err != nil {
				m.t.Fatal(err)
			}
			for r, row := range rows {
				for c, cell := range row {
					if strings.HasPrefix(cell, "2016-10-03 13:0") || strings.Contains(cell, "kl. 13.0") {
						cell = "now"
					}
					out[fmt.Sprint(list, sheet, r, c)] = cell
				}
			}
		}
		if err := book.Close(); err != nil {
			m.t.Fatal(err)
		}
	}
	return out
}

// sentOnce fails where a letter stands twice in the spools, or one that was taken in none.
func (m *moving) sentOnce(spools ...*program) {
	m.t.Helper()
	for _, fault := range sendFaults(m.t, m.program, spools...) {
		m.t.Error(fault)
	}
}

func sendFaults(t testing.TB, p *program, spools ...*program) (faults []string) {
	t.Helper()
	seen := map[string]int{}
	for _, s := range spools {
		for _, path := range s.letterFiles() {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			id, _, _ := strings.Cut(strings.Trim(readLetter(t, raw).header.Get("Message-Id"), "<>"), "@")
			seen[id]++
		}
	}
	for id, n := range seen {
		if n > 1 {
			faults = append(faults, fmt.Sprintf("the letter %s was sent %d times", id, n))
		}
	}
	for id := range p.emails(`SELECT message_id FROM letters WHERE state = 'accepted'`) {
		if seen[id] == 0 {
			faults = append(faults, fmt.Sprintf("the letter %s is told to be sent, and was not", id))
		}
	}
	return faults
}

// numbersBehind are the tables of PostgreSQL that would give a new row a number that is or was somebody's.
func numbersBehind(t testing.TB, db *sqlx.DB, atLeast map[string]int64) (behind []string) {
	t.Helper()
	for table, was := range atLeast {
		var last int64
		if err := db.Get(&last, `
SELECT coalesce(max(s.last_value), 0) FROM information_schema.columns c
JOIN pg_sequences s ON s.sequencename = split_part(pg_get_serial_sequence(c.table_name, c.column_name), '.', 2)
WHERE c.table_name = $1 AND c.is_identity = 'YES'`, table); err != nil {
			t.Fatal(err)
		}
		if last < was {
			behind = append(behind, fmt.Sprintf("%s: %d after %d", table, last, was))
		}
	}
	return behind
}

// numbers are the last ones that the file gave.
func (m *moving) numbers() map[string]int64 {
	m.t.Helper()
	db := m.database()
	defer db.Close()
	var all []struct {
		Name string `db:"name"`
		Seq  int64  `db:"seq"`
	}
	if err := db.Select(&all, `SELECT name, seq FROM sqlite_sequence WHERE seq > 0 AND name <> 'goose_db_version'`); err != nil {
		m.t.Fatal(err)
	}
	out := map[string]int64{}
	for _, n := range all {
		out[n.Name] = n.Seq
	}
	return out
}
