package service_test

import (
	"sync/atomic"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// BenchmarkRegister is the use case alone, durable, with many people at once.
func BenchmarkRegister(b *testing.B) {
	k := testkit.Open(b)
	ev := testkit.Event("lulea", 10_000_000)
	e := k.AddEvent(b, ev)
	var n atomic.Int64
	b.SetParallelism(128)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			in := testkit.Input(e, testkit.Person(int(n.Add(1))))
			if _, err := k.Registrations.Register(b.Context(), domain.Visitor(), in); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reg/s")
}
