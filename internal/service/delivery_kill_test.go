package service_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// killed is a mailing under way, with a sender that is killed again and again.
type killed struct {
	*mailingDesk
	c     child
	sink  *sink
	noted []map[string]bool // after each death, the letters noted as taken
	want  map[string]int    // address → letters
	late  int               // people who have registered meanwhile
	began time.Time
}

func newKilled(t *testing.T, people int, twin string) *killed {
	t.Helper()
	k := testkit.OpenWith(t, store.Options{})
	d := &killed{mailingDesk: &mailingDesk{Kit: k, t: t}, sink: newSink(t, 2*time.Millisecond), want: map[string]int{}}
	d.event = k.AddEvent(t, testkit.Event("lulea", domain.Seats(2*people)))
	k.Registrations.Withhold = true
	var wg sync.WaitGroup
	for part := range 16 {
		wg.Go(func() {
			for i := part; i < people; i += 16 {
				if _, err := k.Registrations.Register(t.Context(), domain.Visitor(), testkit.Input(d.event, testkit.Person(i+1))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	k.Registrations.Withhold = false
	for i := range people {
		d.want[testkit.Person(i+1).Email] = 1
	}
	d.s = &service.Mailings{Store: k.Store, Registrations: k.Registrations, Now: k.Clock.Now}
	d.a = domain.Actor{Name: "Bo Exempel", Grants: []domain.Grant{{Role: domain.RoleCaseWorker, County: "BD"}}}
	d.approve(d.begin(practical()), people)
	d.began = time.Now().Add(-domain.MailingUndo)
	d.c = child{Path: k.Path, URL: k.URL, Relay: d.sink.url(), Began: d.began, Twin: twin}
	return d
}

// live is one life of the sender, until enough says so.
func (d *killed) live(enough func() bool) {
	d.t.Helper()
	told, err := json.Marshal(d.c)
	if err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestDelivery_sender$", "-test.count=1")
	cmd.Env = append(os.Environ(), childEnv+"="+string(told))
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	in, err := cmd.StdinPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	defer in.Close()
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	for !enough() {
		time.Sleep(time.Millisecond)
	}
	err = cmd.Process.Kill()
	_ = cmd.Wait()
	if err != nil || said.Len() > 0 {
		d.t.Fatalf("the sender had ended before it was killed: %v\n%s", err, &said)
	}
	d.sink.died()
	d.noted = append(d.noted, d.letters("accepted"))
}

// letters are the Message-IDs of the letters in a state.
func (d *killed) letters(states ...string) map[string]bool {
	d.t.Helper()
	db := d.Raw(d.t)
	out := map[string]bool{}
	for _, state := range states {
		var ids []string
		if err := db.Select(&ids, `SELECT message_id FROM letters WHERE state = ?`, state); err != nil {
			d.t.Fatal(err)
		}
		for _, id := range ids {
			out[id] = true
		}
	}
	return out
}

// someoneRegisters owes a personal letter while the mailing goes out.
func (d *killed) someoneRegisters() {
	d.t.Helper()
	d.late++
	p := testkit.Person(1_000_000 + d.late)
	d.Clock.Set(testkit.NewClock(d.t, "2016-10-01 09:00").Now().Add(time.Since(d.began)))
	if _, err := d.Registrations.Register(d.t.Context(), domain.Visitor(), testkit.Input(d.event, p)); err != nil {
		d.t.Fatal(err)
	}
	d.want[p.Email] = 1
}

// run kills the sender so many times, at moments that rnd chooses, and lets the last life end its work.
func (d *killed) run(kills int, rnd *mathrand.Rand) {
	d.t.Helper()
	each := max(2*len(d.want)/(kills+1), 2)
	for range kills {
		d.someoneRegisters()
		d.live(d.until(rnd, each))
		time.Sleep(time.Duration(rnd.IntN(3)) * time.Millisecond)
	}
	deadline := time.Now().Add(5 * time.Minute)
	quiet, last := time.Now(), 0
	d.live(func() bool {
		if n := d.sink.count(); n != last {
			last, quiet = n, time.Now()
		}
		if time.Since(quiet) < 200*time.Millisecond {
			return false
		}
		if _, c := d.mailing(); c.Left+c.Queued == 0 && len(d.letters("queued", "sending")) == 0 {
			return true
		}
		quiet = time.Now()
		return time.Now().After(deadline)
	})
}

// until is the moment at which a life ends: now and then at any time from its start on, otherwise when some more
// letters have gone or none goes any more.
func (d *killed) until(rnd *mathrand.Rand, most int) func() bool {
	began, had := time.Now(), d.sink.count()
	if rnd.IntN(4) == 0 {
		lives := time.Duration(rnd.IntN(500)) * time.Millisecond
		return func() bool { return time.Since(began) > lives }
	}
	want, last, quiet := had+1+rnd.IntN(most), had, began
	return func() bool {
		n := d.sink.count()
		if n != last {
			last, quiet = n, time.Now()
		}
		return n >= want || n > had && time.Since(quiet) > 300*time.Millisecond || time.Since(began) > 20*time.Second
	}
}

func (d *killed) mailing() (domain.Mailing, domain.MailingCounts) {
	d.t.Helper()
	all, err := d.s.List(d.t.Context(), d.a, "lulea", 0)
	if err != nil || len(all) != 1 {
		d.t.Fatal(all, err)
	}
	return d.look(all[0].UID)
}

// judge is everything that is wrong with what the sink has taken, and how many copies were repeats.
func (d *killed) judge() (wrong []string, repeats int) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	first, byTo, inLife := map[string]sunk{}, map[string]map[string]bool{}, map[int]int{}
	for _, c := range d.sink.all() {
		id := strings.TrimSuffix(strings.TrimPrefix(c.id, "<"), "@example.se>")
		if !strings.Contains(c.raw, "\nTo: <"+c.to+">\n") || strings.Count(c.raw, "person") != 2 || strings.Count(c.raw, c.to) != 2 {
			say("a letter to %s holds another address: %q", c.to, c.raw)
		}
		if byTo[c.to] == nil {
			byTo[c.to] = map[string]bool{}
		}
		byTo[c.to][id] = true
		before, was := first[id]
		if !was {
			first[id] = c
			continue
		}
		repeats++
		inLife[before.life]++
		switch {
		case before.raw != c.raw:
			say("letter %s came again with other bytes: %q and %q", id, before.raw, c.raw)
		case before.life == c.life:
			say("letter %s went twice in one life", id)
		case d.noted[c.life-1][id]:
			say("letter %s went again although it had been noted that it was taken", id)
		}
		first[id] = c
	}
	for life, n := range inLife {
		if n > sendersParallel {
			say("%d letters of life %d went again, more than were under way", n, life)
		}
	}
	for to, n := range d.want {
		if len(byTo[to]) != n {
			say("%s got %d letters, want %d", to, len(byTo[to]), n)
		}
		delete(byTo, to)
	}
	for to := range byTo {
		say("%s got a letter that nobody owed", to)
	}
	return wrong, repeats
}

// TestDelivery_killedAtAnyMoment kills the sender of a mailing again and again. With TEMADAG_TEST_LONG set it
// does so 50 times in 10 000 letters; TEMADAG_TEST_SEED repeats a run.
func TestDelivery_killedAtAnyMoment(t *testing.T) {
	t.Parallel()
	people, kills := 1500, 8
	if testing.Short() {
		people, kills = 300, 3
	}
	if os.Getenv("TEMADAG_TEST_LONG") != "" {
		people, kills = 10_000, 50
	}
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv("TEMADAG_TEST_SEED"), strconv.FormatInt(time.Now().UnixNano(), 10)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	d := newKilled(t, people, "")
	set := time.Since(began)
	d.run(kills, mathrand.New(mathrand.NewPCG(seed, 1)))
	wrong, repeats := d.judge()
	for i, w := range wrong {
		if i < 20 {
			t.Error(w)
		}
	}
	if m, c := d.mailing(); c.Accepted != people || c.Total() != people {
		t.Errorf("the mailing is %s: %+v", m.State, c)
	}
	if repeats > kills*sendersParallel {
		t.Errorf("%d letters went again, want %d at most", repeats, kills*sendersParallel)
	}
	t.Logf("seed %d: %d letters and %d personal ones, %d kills: %d copies, %d repeats, %d wrong; %v, of which %v to register",
		seed, people, d.late, kills, d.sink.count(), repeats, len(wrong), time.Since(began).Round(time.Millisecond), set.Round(time.Millisecond))
}

// The twins: what the real sender does in between is what the test above sees.
func TestDelivery_killedAtAnyMoment_twins(t *testing.T) {
	t.Parallel()
	for twin, want := range map[string]string{"notes first": " got 0 letters", "writes anew": "with other bytes"} {
		t.Run(twin, func(t *testing.T) {
			t.Parallel()
			d := newKilled(t, 60, twin)
			d.run(4, mathrand.New(mathrand.NewPCG(7, 7)))
			wrong, _ := d.judge()
			if !strings.Contains(strings.Join(wrong, "\n"), want) {
				t.Errorf("a sender that %s is found to do nothing like %q: %q", twin, want, wrong)
			}
		})
	}
}
