package main

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/testkit"
)

// One of two programs on one file is killed again and again: nothing that either said is lost, and nobody at the
// other sees a fault.
func TestKill_oneOfTwo(t *testing.T) {
	testkit.OnlySQLite(t)
	k, err := killing{binary: built(t), programs: 2, rounds: 3, lanes: 1}.run(t.Context(), t.TempDir())
	if err != nil {
		t.Error(err)
	}
	if k.received < 3 {
		t.Errorf("only %d were received: too tame to prove anything", k.received)
	}
	t.Logf("%+v", k)
}

// The use case and the store are killed at any moment, also while they mend the file after the last kill: nothing
// that they said is lost, and nobody is registered by half.
func TestKill_atAnyMoment(t *testing.T) {
	testkit.OnlySQLite(t)
	if testing.Short() {
		t.Skip("by design: it starts processes")
	}
	bare, err := twinOf(goesWithoutPages)
	if err != nil {
		t.Fatal(err)
	}
	k, err := killing{twin: bare, programs: 1, rounds: 60, lanes: 2}.run(t.Context(), t.TempDir())
	if err != nil {
		t.Error(err)
	}
	if k.received < 60 || k.checks < 2 {
		t.Errorf("only %d were received and %d times everything was looked at: too tame to prove anything", k.received, k.checks)
	}
	t.Logf("%+v", k)
}

// TestKill_twins is the same with programs that go without a defence.
func TestKill_twins(t *testing.T) {
	testkit.OnlySQLite(t)
	if testing.Short() {
		t.Skip("by design: it starts processes")
	}
	for without, twin := range map[string]struct {
		programs int
		found    string
	}{
		answersEarly: {1, "are gone"},
		leavesLocks:  {2, "at program 1 was answered 500"},
	} {
		command, err := twinOf(without)
		if err != nil {
			t.Fatal(err)
		}
		k, err := killing{twin: command, programs: twin.programs, rounds: 40, lanes: 2}.run(t.Context(), t.TempDir())
		if err == nil || !strings.Contains(err.Error(), twin.found) {
			t.Errorf("%s was not found out in %d kills: %v", without, k.rounds, err)
		}
		t.Logf("%s: found after %d kills: %v", without, k.rounds, err)
	}
}

// Hundreds of clients who send a byte now and then, and those who send too much, are not felt by others.
func TestSiege(t *testing.T) {
	testkit.OnlySQLite(t)
	binary := built(t)
	s, err := newSite(t.Context(), binary, t.TempDir(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	defer s.killAll()
	if err := s.serve(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	out, err := lay(t.Context(), s.each[0], 300, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", out)
	if err := out.err(); err != nil {
		t.Error(err)
	}
}

// TestSiege_twin is the same before a server that takes all that comes.
func TestSiege_twin(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	defer server.Close()
	self := &process{addr: strings.TrimPrefix(server.URL, "http://"), cmd: exec.Command("sleep", "60")}
	if err := self.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = self.cmd.Process.Kill(); _ = self.cmd.Wait() }()
	out, err := lay(t.Context(), self, 10, 100*time.Millisecond)
	if err == nil {
		err = out.err()
	}
	if err == nil {
		t.Error("a server without limits was not found out")
	}
}
