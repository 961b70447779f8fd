package store

import (
	"math/bits"
	"sync/atomic"
)

// tally counts commits and whom they were for.
type tally struct {
	commits, writes, largest atomic.Int64
	crowded                  atomic.Int64 // callers in the largest commit since it was last asked for
	sizes                    [10]atomic.Int64
}

func (t *tally) count(n int64) {
	t.commits.Add(1)
	t.writes.Add(n)
	t.sizes[min(bits.Len64(uint64(max(n, 1)-1)), len(t.sizes)-1)].Add(1)
	if n > t.largest.Load() {
		t.largest.Store(n)
	}
	if n > t.crowded.Load() {
		t.crowded.Store(n)
	}
}

func (t *tally) crowd() int { return int(t.crowded.Swap(0)) }

func (t *tally) told(queued int) WriterStats {
	s := WriterStats{Commits: t.commits.Load(), Writes: t.writes.Load(), Largest: t.largest.Load(), Queued: queued}
	for i := range t.sizes {
		s.Sizes[i] = t.sizes[i].Load()
	}
	return s
}

// WriterStats counts what the writer has done.
type WriterStats struct {
	Commits int64 // transactions of the database
	Writes  int64 // callers served
	Largest int64 // callers in the largest commit
	Queued  int   // callers waiting now
	// Sizes counts commits by how many callers shared them: at most 1, 2, 4 and so on to 512.
	Sizes [10]int64
}
