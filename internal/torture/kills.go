package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// killing is how programs are killed.
type killing struct {
	binary   string
	twin     []string // what is run in place of it; nil is nothing
	programs int      // on each file; the first of them is killed, and the others go on
	rounds   int      // kills in all
	lanes    int      // files at a time
}

// A file is replaced by a new one after so many kills: a long one makes no kill harder, and every look at it dearer.
const (
	killsPerFile  = 60
	killsPerCheck = 20 // of everything; who was received is looked up after each
	killsPerStart = 6  // one of so many meets a program that is still opening its file
	callers       = 8  // at all programs of a file together, at a time
	// The first program is killed a moment after it has answered so many, at most.
	answersPerRush = 100
)

// killed is what became of visitors while programs were killed.
type killed struct {
	rounds, starting int // kills, and those of them in the middle of a start
	files, checks    int
	received, lost   int
	unanswered       int // whose program was killed before it told them anything
	slowest          time.Duration
}

func (k *killed) add(o killed) {
	k.rounds, k.starting, k.files, k.checks = k.rounds+o.rounds, k.starting+o.starting, k.files+o.files, k.checks+o.checks
	k.received, k.lost, k.unanswered, k.slowest = k.received+o.received, k.lost+o.lost, k.unanswered+o.unanswered, max(k.slowest, o.slowest)
}

func (k *killed) figures() figures {
	return figures{
		"rounds": k.rounds, "in_a_start": k.starting, "files": k.files, "checks": k.checks, "received": k.received, "lost": k.lost,
		"unanswered": k.unanswered, "slowest_s": k.slowest.Seconds(),
	}
}

// run lets people register without end, kills the first program of each file at a random moment, starts it again,
// and looks then, beside the program that has mended the file itself, whether everyone who was told "received" is
// in the books, wholly. The first promise that is broken ends it.
func (k killing) run(ctx context.Context, dir string) (sum killed, err error) {
	base, err := newSite(ctx, k.binary, dir, "", 100_000_000)
	if err != nil {
		return sum, err
	}
	ctx, enough := context.WithCancelCause(ctx)
	defer enough(nil)
	var left atomic.Int64
	left.Store(int64(k.rounds))
	var all sync.WaitGroup
	var mu sync.Mutex
	for i := range max(1, k.lanes) {
		all.Go(func() {
			for left.Load() > 0 && ctx.Err() == nil {
				got, err := k.wear(ctx, base, fmt.Sprint("127.0.1.", i+1), &left)
				mu.Lock()
				sum.add(got)
				mu.Unlock()
				if err != nil {
					enough(err)
				}
			}
		})
	}
	all.Wait()
	return sum, context.Cause(ctx)
}

// worn is a site whose first program is killed again and again.
type worn struct {
	*site
	killed
	people   atomic.Int64
	received map[string]bool // everyone who was told so by a program on this file
	last     int64           // the newest registration that has been looked at
	fresh    map[string]bool // who was told so after it
	took     time.Duration   // the last start
}

// wear kills programs on one new file, until it has seen enough of them or none are left.
func (k killing) wear(ctx context.Context, base *site, host string, left *atomic.Int64) (_ killed, err error) {
	dir, err := os.MkdirTemp(base.dir, "worn-")
	if err != nil {
		return killed{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w := &worn{site: base.at(dir), received: map[string]bool{}, fresh: map[string]bool{}}
	w.host, w.twin = host, k.twin
	// Nothing of what they allocate is worth collecting in the moment that they live.
	w.env = []string{"GOGC=off", "GOMEMLIMIT=512MiB"}
	if rand.IntN(4) > 0 { // letters take time, and have trials of their own
		w.env = append(w.env, "TEMADAG_SMTP_URL=smtp://127.0.0.1:1?starttls=off", "TEMADAG_MAIL_FROM=anmalan@example.se")
	}
	b, err := os.ReadFile(base.url)
	if err == nil {
		err = os.WriteFile(w.url, b, 0o600)
	}
	if err != nil {
		return killed{}, err
	}
	defer w.killAll()
	w.files = 1
	w.each = make([]*process, k.programs)
	for i := range w.each {
		if err := w.start(ctx, i); err != nil {
			return w.killed, err
		}
	}
	for w.rounds < killsPerFile && left.Add(-1) >= 0 && ctx.Err() == nil {
		if err := w.round(ctx); err != nil {
			return w.killed, fmt.Errorf("round %d of a file: %w", w.rounds, err)
		}
	}
	if ctx.Err() != nil {
		return w.killed, nil //nolint:nilerr // somebody else has found something
	}
	return w.killed, w.end(ctx)
}

// round is one kill, and the start after it.
func (w *worn) round(ctx context.Context) error {
	w.rounds++
	if rand.IntN(killsPerStart) == 0 {
		w.starting++
		w.each[0].kill()
		if err := w.launch(ctx, 0); err != nil {
			return err
		}
		time.Sleep(rand.N(max(w.took, time.Millisecond)))
		w.each[0].kill()
	} else if err := w.rush(ctx); err != nil {
		return err
	}
	if w.rounds%killsPerCheck == 0 && len(w.each) == 1 {
		if err := w.check(ctx); err != nil {
			return err
		}
	}
	begun := time.Now()
	if err := w.start(ctx, 0); err != nil {
		return err
	}
	w.took = time.Since(begun)
	return w.look(ctx)
}

// rush has visitors at every program until a moment after the first of these is killed.
func (w *worn) rush(ctx context.Context) error {
	c := newCrowd(w.site, 2*callers)
	c.hurry = 50 * time.Millisecond
	var over atomic.Bool
	var all sync.WaitGroup
	var answered atomic.Int64
	due, enough := 1+rand.Int64N(answersPerRush), make(chan struct{})
	for i := range callers {
		program := i % len(w.each)
		at := "http://" + w.each[program].addr + "/tillfalle/" + slug + "/anmalan"
		all.Go(func() {
			for !over.Load() {
				n := int(w.people.Add(1))
				a := c.insist(ctx, at, c.form(n))
				switch {
				case a.status == http.StatusSeeOther:
					c.note(func(j *journal) { j.Received[email(n)] = true })
					if program == 0 && answered.Add(1) == due {
						close(enough)
					}
				case a.status == 0 && program == 0:
					return // it is gone
				default:
					c.wrong("someone at program %d was answered %d: %.300s", program, a.status, a.body)
					return
				}
			}
		})
	}
	select { // the random moment, which a machine with much to do only puts off
	case <-enough:
		time.Sleep(rand.N(3 * time.Millisecond))
	case <-time.After(10 * time.Second):
	case <-ctx.Done():
	}
	w.each[0].kill()
	if len(w.each) > 1 {
		time.Sleep(10 * time.Millisecond) // the others notice that one is gone
	}
	over.Store(true)
	all.Wait()
	c.client.CloseIdleConnections()
	for who := range c.journal.Received {
		w.received[who], w.fresh[who] = true, true
	}
	w.killed.received += len(c.journal.Received)
	w.unanswered, w.slowest = w.unanswered+c.journal.Unreached, max(w.slowest, c.journal.percentile(1))
	if len(c.journal.Wrong) > 0 && ctx.Err() == nil {
		return errors.New(strings.Join(c.journal.Wrong[:min(3, len(c.journal.Wrong))], "\n"))
	}
	return nil
}

// look looks beside the programs, which leaves them their log to mend, for those who were received lately, and for
// registrations that are there by half.
func (w *worn) look(ctx context.Context) (err error) {
	db, err := look(w.url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var rows []struct {
		ID       int64
		Email    string
		Letters  int
		Arrivals int
	}
	if err := db.SelectContext(ctx, &rows, `
SELECT id, email,
  (SELECT count(*) FROM letters l WHERE l.registration_id = r.id AND l.n = 0) AS letters,
  (SELECT count(*) FROM history h WHERE h.registration_id = r.id AND h.n = 1) AS arrivals
FROM registrations r WHERE id > ? ORDER BY id`, w.last); err != nil {
		return err
	}
	var places int
	if err := db.GetContext(ctx, &places, `
SELECT (SELECT sum(seats_taken) FROM events) - (SELECT count(*) FROM registrations WHERE status IN ('confirmed', 'offered'))`); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Letters != 1 || r.Arrivals != 1 {
			return fmt.Errorf("registration %d is there by half: %d first letters and %d arrivals", r.ID, r.Letters, r.Arrivals)
		}
		delete(w.fresh, r.Email)
		w.last = max(w.last, r.ID)
	}
	if w.lost += len(w.fresh); len(w.fresh) > 0 {
		return fmt.Errorf("%d who were received are gone", len(w.fresh))
	}
	if places != 0 {
		return fmt.Errorf("the counter of places is %d off", places)
	}
	return nil
}

// check reads everything, once all who have the file open are gone.
func (w *worn) check(ctx context.Context) error {
	w.checks++
	b, err := w.read(ctx)
	if err != nil {
		return err
	}
	for who := range w.received {
		if !b.ever[who] {
			w.lost++
		}
	}
	if w.lost > 0 {
		return fmt.Errorf("%d who were received are gone", w.lost)
	}
	return errors.Join(asErrors(b.findings)...)
}

func asErrors(lines []string) (out []error) {
	for _, l := range lines {
		out = append(out, errors.New(l))
	}
	return out
}

// end kills all of them at once, or asks them to stop, and checks what they leave.
func (w *worn) end(ctx context.Context) error {
	if rand.IntN(2) == 0 {
		w.killAll()
	} else if err := w.stop(); err != nil {
		return err
	}
	if err := w.check(ctx); err != nil {
		return err
	}
	return errors.Join(asErrors(w.faults())...)
}
