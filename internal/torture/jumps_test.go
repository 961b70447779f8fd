package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/testkit/check"
)

// The clock of the whole program jumps by hours and days, on and back, over both nights in which it is turned and back
// before all that was written, while people register, give up and answer: nobody is lost or passed by, nothing is late.
func TestJumps(t *testing.T) {
	testkit.OnlySQLite(t)
	j := shortJumps(built(t))
	out, err := j.run(t.Context(), t.TempDir())
	if errors.Is(err, errNoCompiler) {
		check.LeaveOut(t, "gcc")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", out)
	if err := out.err(); err != nil {
		t.Error(err)
	}
	if out.received < 50 || out.gaveUp == 0 || out.offers == 0 || out.answered == 0 || out.ran == 0 || out.signIns != len(j.turns)+1 {
		t.Error("too tame to prove anything")
	}
}

// TestJumps_twins is the same with programs that go without a defence.
func TestJumps_twins(t *testing.T) {
	testkit.OnlySQLite(t)
	if testing.Short() {
		t.Skip("by design: it builds the program and runs it")
	}
	binary, err := buildJumpTwin(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	twins := jumpTwins()
	if !testkit.Thorough() { // make torture has them all
		twins = twins[:2]
	}
	for _, twin := range twins {
		t.Run(twin.without, func(t *testing.T) {
			t.Parallel()
			j := twin.jumps(binary)
			out, err := j.run(t.Context(), t.TempDir())
			if errors.Is(err, errNoCompiler) {
				check.LeaveOut(t, "gcc")
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := out.err(); err == nil || !strings.Contains(err.Error(), twin.found) {
				t.Errorf("a program without %s was not found out: %v", twin.without, err)
			}
			t.Logf("%+v", out)
		})
	}
}
