package journey_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// The twin is a program that looks like Temadag to a crowd and lacks one of its defences. It runs
// in a process of its own (this test binary started again), so that it can be killed like the real
// one. A test that passes on the twin proves nothing.

// defect is what the twin does wrong.
type defect string

const (
	// twinLooksFirst counts the places taken, and then writes: no lock, no counter, no key.
	twinLooksFirst defect = "looks-first"
	// twinAnswersFirst says "received" at once and commits a moment later.
	twinAnswersFirst defect = "answers-first"
)

const (
	envTwin       = "TEMADAG_TWIN"
	envTwinDir    = "TEMADAG_TWIN_DIR"
	envTwinAddr   = "TEMADAG_TWIN_ADDR"
	envTwinPlaces = "TEMADAG_TWIN_PLACES"
)

// twin is a running twin, used like the program.
func twin(t testing.TB, d defect, places int) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, bin: self, dir: t.TempDir(), addr: freeAddress(t), said: &said{}}
	p.env = append(cleanEnvironment(), envTwin+"="+string(d), envTwinDir+"="+p.dir, envTwinAddr+"="+p.addr,
		envTwinPlaces+"="+strconv.Itoa(places))
	p.start()
	return p
}

// serveTwin is the twin's main, and never returns.
func serveTwin(d defect) {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, "twin:", err)
		os.Exit(1)
	}
	places, err := strconv.Atoi(os.Getenv(envTwinPlaces))
	if err != nil {
		fail(err)
	}
	db, err := openTwin(filepath.Join(os.Getenv(envTwinDir), "twin.db"))
	if err != nil {
		fail(err)
	}
	s := &twinServer{db: db, places: places, defect: d, late: make(chan string, 1<<16)}
	go s.commitLate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /robots.txt", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /tillfalle/{slug}/anmalan", s.form)
	mux.HandleFunc("POST /tillfalle/{slug}/anmalan", s.register)
	fail(http.ListenAndServe(os.Getenv(envTwinAddr), mux))
}

func openTwin(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", "file:"+path+"?_journal_mode=WAL&_synchronous=NORMAL&_busy_timeout=20000")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(8)
	_, err = db.Exec(`
		CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, slug TEXT UNIQUE);
		INSERT INTO events (id, slug) VALUES (1, '` + openEvent + `') ON CONFLICT DO NOTHING;
		CREATE TABLE IF NOT EXISTS registrations (id INTEGER PRIMARY KEY, event_id INTEGER, email TEXT, status TEXT);`)
	return db, err
}

type twinServer struct {
	db     *sql.DB
	places int
	defect defect
	late   chan string
}

func (s *twinServer) form(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, `<!doctype html><form method="post"><input name="token" value="%s"><input name="given_name">
		<input name="email"><button>Skicka</button></form>`, rand.Text())
}

func (s *twinServer) register(w http.ResponseWriter, r *http.Request) {
	email := r.PostFormValue("email")
	if s.defect == twinAnswersFirst {
		s.late <- email
	} else if err := s.lookThenWrite(r.Context(), email); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, "/kvitto/"+rand.Text(), http.StatusSeeOther)
}

// lookThenWrite is the mistake of every first draft.
func (s *twinServer) lookThenWrite(ctx context.Context, email string) error {
	var taken int
	err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM registrations WHERE status = 'confirmed'").Scan(&taken)
	if err != nil {
		return err
	}
	time.Sleep(2 * time.Millisecond) // what a busy machine does anyway between looking and writing
	status := "confirmed"
	if taken >= s.places {
		status = "waitlisted"
	}
	_, err = s.db.ExecContext(ctx, "INSERT INTO registrations (event_id, email, status) VALUES (1, ?, ?)", email, status)
	return err
}

// commitLate writes down what was answered long ago, as the machine counts.
func (s *twinServer) commitLate() {
	for range time.Tick(25 * time.Millisecond) {
		if err := s.commitWaiting(); err != nil {
			fmt.Fprintln(os.Stderr, "twin:", err)
		}
	}
}

func (s *twinServer) commitWaiting() error {
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	for {
		select {
		case email := <-s.late:
			_, err := tx.Exec("INSERT INTO registrations (event_id, email, status) VALUES (1, ?, 'confirmed')", email)
			if err != nil {
				return errors.Join(err, tx.Rollback())
			}
		default:
			return tx.Commit()
		}
	}
}
