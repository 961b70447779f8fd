package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/temadag/temadag/internal/domain"
)

// turn is one time that the clock is turned, and what follows.
type turn struct {
	by      time.Duration // so much; or
	to      string        // until it shows this in Stockholm, 2006-01-02T15:04:05, the first time where it does so twice
	stopped bool          // while the program is stopped, as that of a machine that sleeps
	doubted bool          // it is put on by more than is believed: nobody's offer ends by it
	hold    time.Duration // for so long people come then
}

// jumping lets people register, cancel and answer offers at the whole program while its clock jumps.
type jumping struct {
	binary  string
	env     []string // more of what the program is told
	places  domain.Seats
	callers int           // at a time
	pause   time.Duration // between two things that one of them does
	putOff  int           // one letter of so many is put off by the mail server at first
	patient time.Duration // for so long no letter at all may come in the end while some are owed
	begins  string        // what the clock shows in the beginning, as turn.to
	turns   []turn

	*site
	clock  *turnedClock
	office *postOffice
	crowd  *crowd
	staff  *signingIn
	next   atomic.Int64
	turned atomic.Int64 // how often the clock has been
	still  sync.RWMutex // whoever holds it keeps everybody from coming
	over   atomic.Bool
	slow   sync.WaitGroup // those who send a form that they opened by another clock

	mu       sync.Mutex
	visits   map[int]*visit
	seated   []int          // some who have a place, as the file told a moment ago
	offered  []int          // some who are offered one
	ended    map[int64]bool // offers that have run out, by registration
	shown    time.Time      // the last that the clock showed before it was turned, when it was believed last
	doubting bool           // it is not believed
	out      jumped
}

// jumped is what became of it.
type jumped struct {
	turns                                   int
	received, gaveUp, offers, answered, ran int // told so; offers made, answered and run out
	letters, twice, again                   int // letters that came; more than once; people who had to send a form once more
	signIns                                 int
	slowest                                 time.Duration
	broken                                  []string
}

func (o *jumped) add(n jumped) {
	o.turns, o.received, o.gaveUp, o.offers, o.answered = o.turns+n.turns, o.received+n.received, o.gaveUp+n.gaveUp, o.offers+n.offers, o.answered+n.answered
	o.ran, o.letters, o.twice, o.again, o.signIns = o.ran+n.ran, o.letters+n.letters, o.twice+n.twice, o.again+n.again, o.signIns+n.signIns
	o.slowest, o.broken = max(o.slowest, n.slowest), append(o.broken, n.broken...)
}

func (o *jumped) figures() figures {
	return figures{
		"turns": o.turns, "received": o.received, "gave_up": o.gaveUp, "offers": o.offers, "answered": o.answered, "ran_out": o.ran,
		"letters": o.letters, "came_twice": o.twice, "sent_once_more": o.again, "sign_ins": o.signIns, "slowest_s": o.slowest.Seconds(),
	}
}

func (o *jumped) err() error {
	if len(o.broken) == 0 {
		return nil
	}
	return errors.New(strings.Join(o.broken[:min(len(o.broken), 12)], "\n"))
}

func (j *jumping) broken(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.out.broken = append(j.out.broken, fmt.Sprintf(format, args...))
}

// jumpMailDomain is the right half of the number of each letter.
const jumpMailDomain = "example.se"

// jumpDay is when everybody's event is: after all that the clock shows.
func jumpDay() domain.Date { return domain.DateOf(stockholmAt("2027-12-15T00:00:00")) }

// stockholmAt reads a turn's clock. Of the hour that is twice it is the first.
func stockholmAt(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02T15:04:05", s, domain.Stockholm())
	if err != nil {
		panic("torture: " + err.Error())
	}
	if earlier := at.Add(-time.Hour); earlier.Format("15:04:05") == at.Format("15:04:05") {
		return earlier
	}
	return at
}

// run turns the clock in a folder of its own and judges what came of it. The error is why it could not be tried;
// what was broken stands in the outcome.
func (j *jumping) run(ctx context.Context, dir string) (_ jumped, err error) {
	j.visits, j.ended = map[int]*visit{}, map[int64]bool{}
	if j.clock, err = newTurnedClock(ctx, dir); err != nil {
		return j.out, err
	}
	defer func() { err = errors.Join(err, j.clock.close()) }()
	if j.office, err = openPostOffice(0); err != nil {
		return j.out, err
	}
	j.office.putOff = j.putOff
	defer func() { err = errors.Join(err, j.office.close()) }()
	if j.site, err = newSiteOn(ctx, j.binary, dir, "", j.places, jumpDay()); err != nil {
		return j.out, err
	}
	j.site.env = append(append(j.clock.environment(),
		"TEMADAG_SMTP_URL=smtp://"+j.office.listener.Addr().String()+"?starttls=off", "TEMADAG_MAIL_FROM=anmalan@"+jumpMailDomain, "TEMADAG_RATE_LIMIT=on"), j.env...)
	j.clock.turn(stockholmAt(j.begins).Sub(j.clock.now()))
	j.crowd = newCrowd(j.site, 1)
	transport := j.crowd.client.Transport.(*http.Transport)
	transport.DisableKeepAlives, transport.DialContext = true, fromOwnNetwork
	defer j.killAll()
	if err := j.serve(ctx, 1); err != nil {
		return j.out, err
	}
	if j.staff, err = j.newSigningIn(ctx); err != nil {
		return j.out, err
	}
	db, err := look(j.url)
	if err != nil {
		return j.out, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := j.turnAll(ctx, db); err != nil {
		return j.out, err
	}
	err = j.judge(ctx, db)
	return j.out, err
}

// turnAll is the time in which the clock jumps, with everybody there.
func (j *jumping) turnAll(ctx context.Context, db *sqlx.DB) error {
	var all sync.WaitGroup
	defer func() { j.over.Store(true); all.Wait(); j.slow.Wait() }() // whoever is there finishes
	for i := range j.callers {
		all.Go(func() { j.live(ctx, rand.New(rand.NewPCG(uint64(i), uint64(time.Now().UnixNano())))) })
	}
	watched := make(chan error, 1)
	all.Go(func() {
		for !j.over.Load() {
			if err := j.watch(ctx, db); err != nil {
				watched <- err
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	for _, t := range append([]turn{{hold: j.turns[0].hold}}, j.turns...) {
		if err := j.turn(ctx, db, t); err != nil {
			return err
		}
		select {
		case err := <-watched:
			return err
		case <-j.each[0].gone:
			return errors.New("the program ended\n" + j.each[0].lastWords())
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
	}
	return nil
}

// turn turns the clock, under letters that are on their way, forms that people have before them and guesses at a
// password; then all of these have to come to their end.
func (j *jumping) turn(ctx context.Context, db *sqlx.DB, t turn) error {
	var forms []opened
	for range 3 {
		f, err := j.open(ctx)
		if err != nil {
			return err
		}
		forms = append(forms, f)
	}
	if t.by <= -time.Hour {
		if err := j.staff.guess(ctx, j); err != nil {
			return err
		}
	}
	if err := j.turnNow(ctx, t); err != nil {
		return err
	}
	if err := j.clock.shows(ctx, j.each[0]); err != nil {
		return err
	}
	for _, f := range forms {
		j.slow.Go(func() {
			j.still.RLock()
			defer j.still.RUnlock()
			j.send(ctx, f.n, f.form)
		})
	}
	err := j.staff.signIn(ctx, j)
	select {
	case <-time.After(t.hold):
	case <-ctx.Done():
	}
	return errors.Join(err, j.judgeOffers(ctx, db, t))
}

func (j *jumping) turnNow(ctx context.Context, t turn) error {
	if !t.stopped {
		j.office.gate.Lock() // so that letters are owed and under way when the clock jumps
		time.Sleep(200 * time.Millisecond)
		j.turnClock(t)
		time.Sleep(200 * time.Millisecond)
		j.office.gate.Unlock()
		return nil
	}
	j.still.Lock()
	defer j.still.Unlock()
	if err := j.each[0].stop(); err != nil {
		return err
	}
	j.turnClock(t)
	return j.start(ctx, 0)
}

func (j *jumping) turnClock(t turn) {
	now := j.clock.now()
	if t.to != "" {
		t.by = stockholmAt(t.to).Sub(now)
	}
	j.clock.turn(t.by)
	if t.by != 0 {
		j.turned.Add(1)
	}
	if !j.doubting {
		j.shown = now
	}
}

// jumpTrials are the clock on the wall, turned under load.
func jumpTrials() []trial {
	return []trial{{"never lost: the clock jumps", jumpOften}}
}

const (
	jumpRounds = 6
	jumpLanes  = 2 // at a time: most of it is waiting for what a clock might have delayed
)

func jumpOften(ctx context.Context, s *session) (_ figures, err error) {
	dir, err := os.MkdirTemp("", "temadag-jumps-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var sum jumped
	rounds := s.count(jumpRounds)
	try := func(j *jumping, name string) (jumped, error) {
		at := filepath.Join(dir, name)
		if err := os.Mkdir(at, 0o700); err != nil {
			return jumped{}, err
		}
		out, err := j.run(ctx, at)
		return out, errors.Join(err, os.RemoveAll(at))
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var faults error
	var begun atomic.Int64
	for range jumpLanes {
		all.Go(func() {
			for n := int(begun.Add(1)) - 1; n < rounds; n = int(begun.Add(1)) - 1 {
				out, err := try(longJumps(s.binary, uint64(n)), fmt.Sprint("round-", n))
				mu.Lock()
				if err != nil {
					faults = errors.Join(faults, fmt.Errorf("round %d: %w", n, err))
				}
				for i := range out.broken {
					out.broken[i] = fmt.Sprintf("round %d: %s", n, out.broken[i])
				}
				sum.add(out)
				s.logf("round %d: %+v", n, out)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if faults != nil {
		return sum.figures(), faults
	}
	f := sum.figures()
	f["rounds"] = rounds
	broken := sum.err()
	binary, err := buildJumpTwin(ctx, dir)
	if err != nil {
		return f, errors.Join(broken, err)
	}
	for _, twin := range jumpTwins() {
		out, err := try(twin.jumps(binary), twin.without)
		if err != nil {
			return f, errors.Join(broken, err)
		}
		if found := out.err(); found == nil || !strings.Contains(found.Error(), twin.found) {
			broken = errors.Join(broken, fmt.Errorf("without %s: %w (%v)", twin.without, errTame, found))
		}
		f["twin_"+twin.without] = len(out.broken)
	}
	return f, broken
}
