package export_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
)

// rowsOf makes n registrations of each event as they are asked for, in pages of 500.
func rowsOf(n int) export.Rows {
	return func(_ context.Context, e domain.EventID, yield func([]domain.Registration) error) error {
		page := make([]domain.Registration, 0, 500)
		for i := range n {
			page = append(page, person(e, i))
			if len(page) == cap(page) || i == n-1 {
				if err := yield(page); err != nil {
					return err
				}
				page = page[:0]
			}
		}
		return nil
	}
}

func manyEvents(n int) []domain.Event {
	events := make([]domain.Event, n)
	for i := range events {
		events[i] = lulea()
		events[i].ID = domain.EventID(i + 1)
		events[i].Slug += strconv.Itoa(i)
	}
	return events
}

func BenchmarkWorkbook(b *testing.B) {
	for name, c := range map[string]struct{ events, rows int }{
		"10000 rows":              {1, 10_000},
		"100000 rows":             {1, 100_000},
		"100000 rows in 20 parts": {20, 5_000},
	} {
		b.Run(name, func(b *testing.B) {
			words := catalogue(b)
			for b.Loop() {
				path := filepath.Join(b.TempDir(), "list.xlsx")
				peak := peakMemory(func() {
					err := export.Workbook(b.Context(), path, listOf(manyEvents(c.events)...), rowsOf(c.rows),
						export.WorkbookOptions{Printer: words.For(domain.Swedish)})
					if err != nil {
						b.Fatal(err)
					}
				})
				b.ReportMetric(float64(peak)/1e6, "MB-heap")
				if info, err := os.Stat(path); err == nil {
					b.ReportMetric(float64(info.Size())/1e6, "MB-file")
				}
			}
		})
	}
}

// peakMemory is the most that the heap, garbage not yet collected included, takes up while f runs.
func peakMemory(f func()) uint64 {
	runtime.GC()
	var peak atomic.Uint64
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for tick := time.Tick(2 * time.Millisecond); ; {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-tick:
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return peak.Load()
}
