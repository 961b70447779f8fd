package main

import (
	"errors"
	"testing"

	"github.com/temadag/temadag/internal/testkit/check"

	"github.com/temadag/temadag/internal/testkit"
)

// faultBench is where a test makes storage faults. Without a compiler the test is left out.
func faultBench(t *testing.T, binary string) *workbench {
	t.Helper()
	if testing.Short() {
		t.Skip("by design: seconds of faults in a process of its own")
	}
	b, err := newBench(t.Context(), binary)
	if errors.Is(err, errNoCompiler) {
		check.LeaveOut(t, "gcc")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestPowerCut_losesNothingThatWasPromised(t *testing.T) {
	testkit.OnlySQLite(t)
	b := faultBench(t, "")
	r, err := b.record(t.Context(), "", 240, false)
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.cutEvery(t.Context(), r, 800, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.err(); err != nil {
		t.Error(err)
	}
	t.Logf("%d power cuts over %d operations (%d syncs) and %d registrations: %d lost; %d different databases, %d looks at a whole one",
		got.points, len(r.operations), r.syncs(), len(r.acknowledged), got.lost, got.images, got.whole)
	if len(r.acknowledged) != 240 || got.points != 800 {
		t.Errorf("%d acknowledged and %d points: too few to prove anything", len(r.acknowledged), got.points)
	}
}

// TestPowerCut_twinsLose is the same where a commit does not wait for the disk, and on a disk that
// says so and does not.
func TestPowerCut_twinsLose(t *testing.T) {
	testkit.OnlySQLite(t)
	b := faultBench(t, "")
	for _, twin := range []struct {
		name, synchronous string
		swallow           bool
	}{{"synchronous=NORMAL", "NORMAL", false}, {"syncs that do nothing", "", true}} {
		r, err := b.record(t.Context(), twin.synchronous, 150, twin.swallow)
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.cutEvery(t.Context(), r, 200, true)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: after %d points %d lost (%s)", twin.name, got.points, got.lost, got.first)
		if got.lost == 0 {
			t.Errorf("%s lost nothing in %d power cuts: the cuts are too tame to prove anything", twin.name, got.points)
		}
	}
}
