package journey_test

import (
	"bytes"
	"errors"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/testkit"
)

// copied runs the copy three times while people register: killed on its way, to its end, and the others go on.
func (m *moving) copied() {
	m.t.Helper()
	c := newCrowd(m.t, m.program)
	var forms []url.Values
	for n := range 210 {
		f, err := c.fill(n)
		if err != nil {
			m.t.Fatal(err)
		}
		forms = append(forms, f)
	}
	stop, done := make(chan struct{}), make(chan struct{})
	var got atomic.Int64
	go func() {
		defer close(done)
		for i := 0; i < 200; i++ {
			select {
			case <-stop:
				return
			case <-time.After(30 * time.Millisecond):
			}
			if a, err := c.send(forms[i]); err == nil && a.received() {
				got.Add(1)
			}
		}
	}()
	file := filepath.Join(m.dir, "temadag.db")
	m.await("some to have registered", func() bool { return got.Load() > 2 })
	m.killedCopy(file)
	said := m.does("copy", "--from", file, "--to", m.url)
	before := got.Load()
	m.await("more to register", func() bool { return got.Load() > before || before > 150 })
	close(stop)
	<-done
	if !strings.Contains(said, "The copy stays closed") {
		m.t.Errorf("copy says\n%s", said)
	}
	m.refuses("is in use; stop the server", "copy", "--from", file, "--to", m.url, "--finish")
	m.refuses("it is an unfinished copy", "fsck", "--database-url", m.url)
	for _, f := range forms[200:] { // whose letters are not sent when the program stops
		if a, err := c.send(f); err != nil || !a.received() {
			m.t.Errorf("not received: %+v, %v", a, err)
		}
	}
}

// killedCopy is ended as by a power cut once it has begun to write.
func (m *moving) killedCopy(file string) {
	m.t.Helper()
	db, err := sqlx.Open("pgx", m.url)
	if err != nil {
		m.t.Fatal(err)
	}
	defer db.Close()
	cmd := exec.Command(m.bin, "copy", "--from", file, "--to", m.url)
	cmd.Env = m.env
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.await("the copy to begin", func() bool {
		var n int
		return db.Get(&n, `SELECT count(*) FROM settings`) == nil && n > 0
	})
	time.Sleep(20 * time.Millisecond)
	if err := cmd.Process.Kill(); err != nil {
		m.t.Logf("it was done before it was killed: %v", err)
	}
	_ = cmd.Wait()
}

// A year's installation moves while people register: every link, sign-in, letter, list and promise goes with it, and
// home again.
func TestMoved_wholeLife(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	m.with("TEMADAG_MAIL_RATE", "4")
	m.serve("09:30")
	m.enters()
	m.await("a mailing to be half sent", func() bool {
		return m.count(`SELECT count(*) FROM letters WHERE mailing_id IS NOT NULL AND state = 'accepted'`) > 0
	})
	told := m.told()
	m.copied()
	m.stop()
	if m.count(`SELECT count(*) FROM letters WHERE state = 'queued'`) == 0 {
		t.Fatal("every letter was sent before the move")
	}
	m.change(`INSERT INTO relay_pause (id, since, until, reason, code, status) VALUES (1, 1475000000000000, 1475000000000001, 'refused', 451, '4.3.0')`)
	m.noTableIsEmpty()
	cells, numbers := m.cells(), m.numbers()
	file := filepath.Join(m.dir, "temadag.db")
	if out := m.does("copy", "--from", file, "--to", m.url, "--finish"); !strings.Contains(out, "The move is done") {
		t.Errorf("copy says\n%s", out)
	}
	m.refuses("moved to another database", "fsck")
	old := *m.program
	m.with("TEMADAG_DATABASE_URL", m.url, "TEMADAG_MAIL_RATE", "")
	m.program.url = m.url
	m.moved(cells, told, numbers)
	m.home(&old)
}

// moved looks at what serves from PostgreSQL now.
func (m *moving) moved(cells, told map[string]string, numbers map[string]int64) {
	m.t.Helper()
	m.fsck()
	m.same("the lists", cells, m.cells())
	db := m.database()
	defer db.Close()
	if behind := numbersBehind(m.t, db, numbers); len(behind) > 0 {
		m.t.Error(behind)
	}
	m.serve("10:00")
	m.same("the links", told, m.told())
	m.officer.visit("/tillfallen", "Kommande 4") // her cookie is still good
	m.entersAgain()
	v := newVisitor(m.t)
	register(v, m.program, movedTown, asa())
	m.post()
	m.sentOnce(m.program)
	m.stop()
	m.twins(db, cells, numbers)
	m.others()
	m.fsck()
}

// twins are moves that went wrong: what looks at this one would have told.
func (m *moving) twins(db *sqlx.DB, cells map[string]string, numbers map[string]int64) {
	m.t.Helper()
	var last int64
	if err := db.Get(&last, `SELECT setval(pg_get_serial_sequence('letters', 'id'), 5) * 0 + (SELECT max(id) FROM letters)`); err != nil {
		m.t.Fatal(err)
	}
	if behind := numbersBehind(m.t, db, numbers); len(behind) != 1 {
		m.t.Errorf("letters are numbered from 5 again: %v", behind)
	}
	db.MustExec(`SELECT setval(pg_get_serial_sequence('letters', 'id'), $1)`, last)
	files := m.letterFiles()
	raw, err := os.ReadFile(files[0])
	if err != nil {
		m.t.Fatal(err)
	}
	again := &program{t: m.t, dir: m.t.TempDir()}
	if err := os.WriteFile(filepath.Join(again.dir, "again.eml"), raw, 0o600); err != nil {
		m.t.Fatal(err)
	}
	if faults := sendFaults(m.t, m.program, m.program, again); len(faults) != 1 {
		m.t.Errorf("a letter was sent again: %v", faults)
	}
	if faults, sent := sendFaults(m.t, m.program, again), m.count(`SELECT count(*) FROM letters WHERE state = 'accepted'`); len(faults) < sent-1 {
		m.t.Errorf("all letters but one were lost: %d of %d are told of", len(faults), sent)
	}
	other := maps.Clone(cells)
	for k, v := range other {
		other[k] = v + "\u00a0"
		break
	}
	if len(changed(cells, other)) != 1 {
		m.t.Error("a cell that was changed is not told")
	}
}

// others: the passkey and the codes of somebody, and the needs of another, which are sealed.
func (m *moving) others() {
	m.t.Helper()
	testkit.InData(m.t, m.dir, m.program.url, "2016-10-03 11:00", func(k *testkit.Kit) {
		ctx, s, home := m.t.Context(), accountsOf(m.t, k), service.Caller{Address: "192.0.2.7", Agent: "Firefox/140.0"}
		options, next, err := s.BeginPasskey(ctx, "")
		if err != nil {
			m.t.Fatal(err)
		}
		if in, err := s.SignInPasskey(ctx, next, bytes.NewReader(m.lived.device.Get(m.t, options)), home); err != nil || in.Token == "" {
			m.t.Errorf("by passkey: %+v, %v", in, err)
		}
		first, err := s.SignIn(ctx, service.SignInInput{Email: evaEmail, Password: officePassword, Caller: home})
		if err != nil {
			m.t.Fatal(err)
		}
		used := m.lived.codes[0]
		m.lived.codes = m.lived.codes[1:]
		if in, err := s.SecondFactor(ctx, first.Ticket, used, home); err != nil || in.Token == "" {
			m.t.Errorf("by a code kept for the day: %+v, %v", in, err)
		}
		var id int64
		officer := domain.Actor{Name: "Nils Exempel", Grants: []domain.Grant{{Role: domain.RoleNeedsOfficer, County: "BD"}}}
		raw := k.Raw(m.t)
		if err := raw.Get(&id, `SELECT id FROM registrations WHERE email = ?`, testkit.Person(hungry).Email); err != nil {
			m.t.Fatal(err)
		}
		if needs, err := k.Registrations.OpenNeeds(ctx, officer, domain.RegistrationID(id)); err != nil || needs.DietText != diet {
			m.t.Errorf("the needs say %+v, %v", needs, err)
		}
		_ = raw.Close()
	})
}

// home moves back to a file, in a directory that holds the secret and nothing else.
func (m *moving) home(old *program) {
	m.t.Helper()
	cells := m.cells()
	told := m.toldAt("11:30")
	dir := filepath.Join(m.t.TempDir(), "home")
	secret, err := os.ReadFile(filepath.Join(m.dir, "secret"))
	if err == nil {
		err = errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, "secret"), secret, 0o600))
	}
	if err != nil {
		m.t.Fatal(err)
	}
	m.does("copy", "--from", m.url, "--to", filepath.Join(dir, "temadag.db"), "--finish")
	m.refuses("moved to another database", "fsck")
	m.with("TEMADAG_DATABASE_URL", "", "TEMADAG_DATA_DIR", dir)
	m.program.dir, m.program.url = dir, ""
	m.fsck()
	m.same("the lists at home", cells, m.cells())
	m.same("the links at home", told, m.toldAt("12:00"))
	m.serve("12:30")
	m.entersAgain()
	v := newVisitor(m.t)
	register(v, m.program, movedTown, with(asa(), url.Values{"email": {"hemma@example.se"}}))
	m.post()
	m.sentOnce(old, m.program)
	m.stop()
	m.others()
	m.fsck()
}

// toldAt serves for a moment, to be asked.
func (m *moving) toldAt(wall string) map[string]string {
	m.t.Helper()
	m.serve(wall)
	out := m.told()
	m.stop()
	return out
}
