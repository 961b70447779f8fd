package main

import (
	"testing"

	"github.com/temadag/temadag/internal/testkit"
)

// What has been received stays, and more is received, when the disk fails while the log is folded into the file.
func TestFailingFold_losesNothing(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	b := faultBench(t, built(t))
	base, err := b.newUnfolded(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.tryFolds(t.Context(), base, []fault{
		{slot: slotFailFileWrite, n: 1, full: true, sticky: true},
		{slot: slotFailFileWrite, n: 100},
		{slot: slotFailFileSync, n: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d in the log: %+v", len(base.received), got)
	if err := got.err(); err != nil {
		t.Error(err)
	}
	for range 5 { // nothing is lost yet where somebody reads just then, so that the log is not begun anew
		twin, err := b.tryFolds(t.Context(), base, foldingLies()[:1])
		if err != nil {
			t.Fatal(err)
		}
		if twin.lost+twin.corrupt > 0 {
			return
		}
	}
	t.Error(errTame)
}
