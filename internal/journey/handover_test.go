package journey_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// through is what a crowd met while the program was followed by others.
type through struct {
	promised []string
	requests int64
	refused  []error // connections
	took     time.Duration
}

// whileSomeoneRegisters lets people register, each request over a connection of its own as behind the reverse
// proxy of the README, until change has come to its end.
func whileSomeoneRegisters(t *testing.T, p *program, change func()) *through {
	t.Helper()
	c := newCrowd(t, p)
	c.client.Transport = &http.Transport{DisableKeepAlives: true}
	var asked atomic.Int64
	var mu sync.Mutex
	out := &through{}
	stop := make(chan struct{})
	var people sync.WaitGroup
	start := time.Now()
	for client := range 8 {
		people.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				asked.Add(1)
				form, err := c.fill(client*100_000 + n)
				if err == nil {
					asked.Add(1)
					var a answer
					if a, err = c.send(form); err == nil && !a.received() {
						t.Errorf("answered %d: %.300s", a.status, a.body)
						return
					}
				}
				mu.Lock()
				if err != nil {
					out.refused = append(out.refused, err)
				} else {
					out.promised = append(out.promised, form.Get("email"))
				}
				mu.Unlock()
				if err != nil {
					time.Sleep(10 * time.Millisecond)
				}
			}
		})
	}
	change()
	close(stop)
	people.Wait()
	out.took, out.requests = time.Since(start), asked.Load()
	return out
}

// successors are the processes that the program has said took over, in order.
func (p *program) successors() []int {
	var out []int
	for _, m := range regexp.MustCompile(`another program has taken over","pid":(\d+)`).FindAllStringSubmatch(p.said.String(), -1) {
		pid, _ := strconv.Atoi(m[1])
		out = append(out, pid)
	}
	return out
}

// follow asks the program that serves now to let another take over, and returns when it has.
func (p *program) follow(serving int) int {
	p.t.Helper()
	before := len(p.successors())
	if err := syscall.Kill(serving, syscall.SIGHUP); err != nil {
		p.t.Fatalf("process %d: %v:\n%s", serving, err, p.said)
	}
	p.await("another program to take over", func() bool { return len(p.successors()) > before })
	return p.successors()[before]
}

// endLast ends the last of a chain, and waits until all have gone.
func (p *program) endLast(pid int) {
	p.t.Helper()
	p.asked = true
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		p.t.Fatalf("process %d: %v:\n%s", pid, err, p.said)
	}
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		p.t.Fatalf("the program did not end when asked to:\n%s", p.said)
	}
}

func TestHandover_refusesNoConnectionAndLosesNothing(t *testing.T) {
	restarts := 5
	if testing.Short() {
		restarts = 1
	}
	p := furnished(t, opened(1_000_000))
	p.env = append(p.env, "TEMADAG_RATE_LIMIT=off")
	p.start()
	serving := p.cmd.Process.Pid
	p.asked = true // the first may end
	signedIn := newOfficer(t, p)
	signedIn.enter(p.account(t, "yvonne@example.se", "Yvonne Exempel", "Y", domain.RoleAdministrator))
	signedIn.sends("Logga in", nil, "I dag")
	got := whileSomeoneRegisters(t, p, func() {
		time.Sleep(200 * time.Millisecond)
		for range restarts {
			serving = p.follow(serving)
			signedIn.at("/tillfallen", "Nytt tillfälle")
			time.Sleep(300 * time.Millisecond)
		}
		time.Sleep(time.Second) // until the last but one is gone
	})
	p.endLast(serving)
	if len(got.refused) > 0 {
		t.Errorf("%d of %d requests met no answer, the first: %v", len(got.refused), got.requests, got.refused[0])
	}
	if gone := lost(p, got.promised); gone > 0 {
		t.Errorf("%d of %d promised registrations are gone", gone, len(got.promised))
	}
	if len(got.promised) == 0 {
		t.Error("nobody registered")
	}
	if sent := p.lettersTo(); sent.twice > 0 || sent.people == 0 {
		t.Errorf("of %d people who got letters, %d got more than one", sent.people, sent.twice)
	}
	p.fsck()
	t.Logf("%d restarts, %.0f requests a second, %d registrations promised", restarts,
		float64(got.requests)/got.took.Seconds(), len(got.promised))
}

// mailed is how many people have letters, and how many of those who registered once have several.
type mailed struct{ people, twice int }

func (p *program) lettersTo() (out mailed) {
	p.t.Helper()
	n := map[string]int{}
	for _, path := range p.letterFiles() {
		raw, err := os.ReadFile(path)
		if err != nil {
			p.t.Fatal(err)
		}
		n[readLetter(p.t, raw).to]++
	}
	for to, letters := range n {
		if strings.HasPrefix(to, "deltagare.") {
			out.people++
			if letters > 1 {
				out.twice++
			}
		}
	}
	return out
}

// TestHandover_twin: the same crowd finds the door shut when one program is stopped before the next is started.
func TestHandover_twin(t *testing.T) {
	p := furnished(t, opened(1_000_000))
	p.env = append(p.env, "TEMADAG_RATE_LIMIT=off")
	p.start()
	got := whileSomeoneRegisters(t, p, func() {
		time.Sleep(100 * time.Millisecond)
		p.stop()
		time.Sleep(1500 * time.Millisecond) // TCP itself tries for the callers again after a second
		p.start()
	})
	if len(got.refused) == 0 {
		t.Error("stopping before starting refused nobody: the crowd notices nothing")
	}
	if gone := lost(p, got.promised); gone > 0 {
		t.Errorf("%d of %d promised registrations are gone", gone, len(got.promised))
	}
}

func TestHandover_toAProgramThatCannotStartChangesNothing(t *testing.T) {
	p := furnished(t)
	good, err := os.ReadFile(p.bin)
	if err != nil {
		t.Fatal(err)
	}
	p.bin = filepath.Join(t.TempDir(), "temadag")
	if err := os.WriteFile(p.bin, good, 0o755); err != nil {
		t.Fatal(err)
	}
	p.start()
	if err := os.Rename(p.bin, p.bin+".old"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.bin, []byte("#!/bin/sh\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	p.await("the program to say that it goes on", func() bool { return strings.Contains(p.said.String(), "this program goes on") })
	for _, path := range []string{"/readyz", "/healthz", "/"} {
		resp, err := http.Get(p.base() + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d after a handover that failed", path, resp.StatusCode)
		}
	}
	if len(p.successors()) > 0 {
		t.Error("it says that somebody has taken over")
	}
}

// TestReady_saysNoFromTheMomentOfTheStop asks over connections that are made after the stop was asked for.
func TestReady_saysNoFromTheMomentOfTheStop(t *testing.T) {
	p := furnished(t)
	p.env = append(slices.Clone(p.env), "TEMADAG_STOP_DELAY=1s")
	p.start()
	p.asked = true
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	status := func(path string) int {
		resp, err := client.Get(p.base() + path)
		if err != nil {
			return 0
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	p.await("the program to say no", func() bool { return status("/readyz") == http.StatusServiceUnavailable })
	if got := status("/healthz"); got != http.StatusOK {
		t.Errorf("/healthz: %d while visitors are turned away, want 200: the program is well", got)
	}
	if got := status("/"); got != http.StatusOK {
		t.Errorf("/: %d, want 200: whoever comes is still answered", got)
	}
	<-p.done
}
