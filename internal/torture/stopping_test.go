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
			out, err := stopUnder(t.Context(), binary, 500, 200, 150, keepAlive)
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
