package service_test

import (
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// BenchmarkRows reads a list of 20,000 people.
func BenchmarkRows(b *testing.B) {
	const people = 20_000
	k := testkit.Open(b)
	e := k.AddEvent(b, testkit.Event("lulea", people))
	sem := make(chan struct{}, 256)
	for i := range people {
		sem <- struct{}{}
		go func() {
			defer func() { <-sem }()
			if _, err := k.Registrations.Register(b.Context(), domain.Visitor(), testkit.Input(e, testkit.Person(i))); err != nil {
				b.Error(err)
			}
		}()
	}
	for range cap(sem) {
		sem <- struct{}{}
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		err := k.Lists.Rows(b.Context(), domain.Operator(), e.ID, func(page []domain.Registration) error { n += len(page); return nil })
		if err != nil || n != people {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(people*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
