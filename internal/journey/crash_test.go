package journey_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/testkit"
)

// journal is what the clients were promised, kept where the program cannot touch it.
type journal struct {
	mu       sync.Mutex
	received []string // e-mail addresses
	first    chan struct{}
}

func (j *journal) note(email string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.received = append(j.received, email); len(j.received) == 1 {
		close(j.first)
	}
}

// round starts the program, lets clients register until it is killed at a random moment, and
// returns what they were promised.
func round(t testing.TB, p *program, number int) []string {
	t.Helper()
	const clients = 8
	p.start()
	c := newCrowd(t, p)
	j := &journal{first: make(chan struct{})}
	var people sync.WaitGroup
	for client := range clients {
		people.Go(func() {
			for n := 0; ; n++ {
				form, err := c.fill((number*clients+client)*100_000 + n)
				if err != nil {
					return // the power is gone
				}
				a, err := c.send(form)
				if err != nil {
					return
				}
				if !a.received() {
					t.Errorf("round %d: answered %d: %.300s", number, a.status, a.body)
					return
				}
				j.note(form.Get("email"))
			}
		})
	}
	select {
	case <-j.first:
	case <-time.After(10 * time.Second):
		t.Errorf("round %d: nobody could register:\n%s", number, p.said)
	}
	time.Sleep(rand.N(120 * time.Millisecond)) // the random moment
	p.kill()
	people.Wait()
	c.client.CloseIdleConnections()
	return j.received
}

// lost counts the promised registrations that are not in the database.
func lost(p *program, promised []string) int {
	p.t.Helper()
	kept := p.emails("SELECT email FROM registrations")
	n := 0
	for _, email := range promised {
		if !kept[email] {
			n++
		}
	}
	return n
}

// emails is the set of texts that a query of one column answers.
func (p *program) emails(query string) map[string]bool {
	p.t.Helper()
	db := p.database()
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			p.t.Fatal(err)
		}
		out[s] = true
	}
	if err := rows.Err(); err != nil {
		p.t.Fatal(err)
	}
	return out
}

func TestKill_losesNothingThatWasPromised(t *testing.T) {
	rounds := 60
	if testing.Short() || testkit.Engine() != testkit.SQLite { // a server elsewhere outlives the program
		rounds = 6
	}
	p := furnished(t, opened(1_000_000))
	p.env = append(p.env, "TEMADAG_RATE_LIMIT=off")
	var promised []string
	for n := range rounds {
		this := round(t, p, n)
		if gone := lost(p, this); gone > 0 {
			t.Fatalf("round %d: %d of %d promised registrations are gone", n, gone, len(this))
		}
		promised = append(promised, this...)
		p.fsck()
		if t.Failed() {
			t.Fatalf("round %d", n)
		}
	}
	if gone := lost(p, promised); gone > 0 {
		t.Errorf("%d promised registrations vanished in later rounds", gone)
	}
	if len(promised) < rounds {
		t.Errorf("only %d promises in %d rounds: the rounds are too short to prove anything", len(promised), rounds)
	}
	t.Logf("%d rounds, %d registrations promised, none lost", rounds, len(promised))
	lettersHaveRegistrations(t, p)
}

// lettersHaveRegistrations fails where a letter went out to someone who is not registered.
func lettersHaveRegistrations(t *testing.T, p *program) {
	t.Helper()
	kept := p.emails("SELECT email FROM registrations")
	files := p.letterFiles()
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if to := readLetter(t, raw).to; !kept[to] {
			t.Errorf("a letter to %s, who is not registered", to)
		}
	}
	if len(files) == 0 {
		t.Error("no letter was written in all the rounds")
	}
	var owed []string
	for email := range p.emails(`SELECT email FROM registrations r WHERE NOT EXISTS
		(SELECT 1 FROM letters l WHERE l.registration_id = r.id)`) {
		owed = append(owed, email)
	}
	if slices.Sort(owed); len(owed) > 0 {
		t.Errorf("%d registrations have no letter: %.3q", len(owed), owed)
	}
}

// TestKill_twinLoses is the same on a program that answers before it commits.
func TestKill_twinLoses(t *testing.T) {
	testkit.OncePerRun(t)
	p := twin(t, twinAnswersFirst, 1_000_000)
	p.kill()
	gone := 0
	for n := range 10 {
		gone += lost(p, round(t, p, n))
	}
	if gone == 0 {
		t.Error("the twin lost nothing: the rounds above are too tame to prove anything")
	}
	t.Logf("the twin lost %d", gone)
}
