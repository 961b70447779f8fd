package main

import (
	"testing"

	"github.com/temadag/temadag/internal/testkit"
)

// Whoever was let in while the program is asked to stop gets her answer, and what she was told holds.
func TestStop_underLoad(t *testing.T) {
	testkit.OnlySQLite(t)
	binary := built(t)
	for name, keepAlive := range map[string]bool{"a connection each": false, "connections that are kept": true} {
		t.Run(name, func(t *testing.T) {
			out, err := stopUnder(t.Context(), binary, nil, 500, 200, 150, keepAlive)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", out)
			if err := out.err(); err != nil {
				t.Error(err)
			}
			if out.received == 0 || out.refused == 0 {
				t.Error("it was not asked to stop in the middle")
			}
		})
	}
}

// TestStop_twin is the same with a program that ends as soon as it is asked to.
func TestStop_twin(t *testing.T) {
	testkit.OnlySQLite(t)
	if testing.Short() {
		t.Skip("by design: it starts a process")
	}
	abrupt, err := twinOf(stopsAtOnce)
	if err != nil {
		t.Fatal(err)
	}
	out, err := stopUnder(t.Context(), "", abrupt, 500, 100, 50, true)
	if err != nil {
		t.Fatal(err)
	}
	if out.received == 0 || out.cut == 0 || out.err() == nil {
		t.Errorf("a program that lets nobody finish was not found out: %+v", out)
	}
}
