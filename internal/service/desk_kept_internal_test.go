package service

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestCounted: numbers about a great many are kept for a while and then counted anew behind the back of
// whoever looks; numbers about fewer are always those of now.
func TestCounted(t *testing.T) {
	for name, people := range map[string]int{"few": manyCounted - 1, "many": manyCounted} {
		now, n := time.Unix(1_800_000_000, 0), 0
		counts := make(chan struct{}, 10)
		var fault error
		k := counted[int]{}
		look := func() int {
			got, err := k.get(t.Context(), "a", 0, func() time.Time { return now }, func(context.Context) (int, int, error) {
				defer func() { counts <- struct{}{} }()
				n++
				return n, people, fault
			})
			if err != nil && fault == nil {
				t.Fatal(err)
			}
			return got
		}
		want := func(when string, few, many int) {
			t.Helper()
			if got := look(); name == "few" && got != few || name == "many" && got != many {
				t.Errorf("%s, %s: %d", name, when, got)
			}
		}
		want("at first", 1, 1)
		want("at once", 2, 1)
		if name == "few" { // and never anything else
			continue
		}
		<-counts
		now = now.Add(leastKept)
		want("after a while", 0, 1)
		<-counts // behind the back
		for i := 0; look() != 2; i++ {
			if i == 1000 {
				t.Fatal("what was counted anew is not told")
			}
			time.Sleep(time.Millisecond)
		}
		now = now.Add(2 * leastKept)
		want("long after", 0, 3)
		now, fault = now.Add(2*leastKept), errors.New("out of order")
		if _, err := k.get(t.Context(), "a", 0, func() time.Time { return now }, func(context.Context) (int, int, error) { return 0, 0, fault }); err == nil {
			t.Error("a fault is kept from whoever looks")
		}
	}
}
