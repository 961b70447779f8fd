package journey_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// letterTimes is how often each letter stands in the spools of all instances, by Message-ID, and whose it is.
func (s *instances) letterTimes(t *testing.T) (times map[string]int, to map[string]string) {
	t.Helper()
	times, to = map[string]int{}, map[string]string{}
	for _, p := range s.each {
		for _, path := range p.letterFiles() {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			l := readLetter(t, raw)
			id := l.header.Get("Message-Id")
			times[id]++
			to[id] = l.to
		}
	}
	return times, to
}

// lostOrDoubled tells who of so many got no letter, and which letters came more often than what was under way when an
// instance was killed explains.
func lostOrDoubled(people, underWay int, times map[string]int, to map[string]string) (faults []string) {
	letters, again := map[string]int{}, 0
	for id, n := range times {
		letters[to[id]]++
		again += n - 1
		if n > 2 {
			faults = append(faults, fmt.Sprintf("%s was sent %d times", id, n))
		}
	}
	for i := range people {
		a := fmt.Sprintf("deltagare.%d@example.se", i)
		if letters[a] != 1 {
			faults = append(faults, fmt.Sprintf("%s has %d letters", a, letters[a]))
		}
	}
	if again > underWay {
		faults = append(faults, fmt.Sprintf("%d letters were sent again, %d were under way", again, underWay))
	}
	return faults
}

// An instance that is killed while it sends leaves its letters to the others: each person gets her one, and none comes
// again but those that were under way, with the same Message-ID.
func TestInstances_killedWhileItSends(t *testing.T) {
	t.Parallel()
	const people = 60
	s := newInstances(t, 2, "TEMADAG_RATE_LIMIT=off", "TEMADAG_MAIL_RATE=10")
	s.change(opened(people))
	s.start()
	for i, a := range rush(t, s.program, people) {
		if !a.received() {
			t.Fatalf("person %d: status %d", i, a.status)
		}
	}
	dies := s.each[0]
	s.await("both to send, and much to be left", func() bool { return len(dies.letterFiles()) > 2 })
	dies.kill()
	// Those under way are the dead one's until their lease ends; here it ends at once.
	underWay := s.count(`SELECT count(*) FROM letters WHERE state = 'sending'`)
	left := s.count(`SELECT count(*) FROM letters WHERE state = 'queued'`)
	s.change(`UPDATE letters SET lease_until = 0, next_try = 0 WHERE state = 'sending'`)
	if left == 0 {
		t.Fatal("everything was sent before the instance was killed")
	}
	for until := time.Now().Add(time.Minute); s.count(`SELECT count(*) FROM letters WHERE state IN ('queued', 'sending')`) > 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("the other one does not send what is left: %d queued, %d under way; there were %d and %d", s.count(`SELECT count(*) FROM letters WHERE state = 'queued'`), s.count(`SELECT count(*) FROM letters WHERE state = 'sending'`), left, underWay)
		}
	}
	times, to := s.letterTimes(t)
	for _, f := range lostOrDoubled(people, underWay, times, to) {
		t.Error(f)
	}
	for id, whose := range to { // the twins: a letter that was lost, and one sent by both
		if !strings.HasPrefix(whose, "deltagare.") {
			continue
		}
		was := times[id]
		times[id] += 2
		if len(lostOrDoubled(people, underWay, times, to)) == 0 {
			t.Error("a letter that was sent again is not told of")
		}
		times[id] = was
		delete(times, id)
		if len(lostOrDoubled(people, underWay, times, to)) == 0 {
			t.Error("a letter that was lost is not told of")
		}
		break
	}
	s.fsck()
}
