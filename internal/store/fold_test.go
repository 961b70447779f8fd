package store_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/temadag/temadag/internal/store"
	"github.com/temadag/temadag/internal/testkit"
)

// A marker that was written and erased lies in the log until it is folded into the file.
func TestFoldLog_emptiesTheLog(t *testing.T) {
	testkit.OnlySQLite(t)
	t.Parallel()
	k := testkit.Open(t)
	marker := []byte("a-marker-that-is-erased-again")
	put := func(value string) {
		t.Helper()
		err := k.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.PutSetting(t.Context(), "marker", value) })
		if err != nil {
			t.Fatal(err)
		}
	}
	holds := func() bool {
		t.Helper()
		found := false
		for _, name := range []string{k.Path, k.Path + "-wal"} {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found = found || bytes.Contains(b, marker)
		}
		return found
	}
	put(string(marker))
	put("")
	if !holds() {
		t.Fatal("twin: without folding nothing is found, and the test proves nothing")
	}
	if err := k.Store.FoldLog(t.Context()); err != nil {
		t.Fatal(err)
	}
	if holds() {
		t.Error("what was erased is still in the file or its log")
	}
}
