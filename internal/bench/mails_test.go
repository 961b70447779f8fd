package main

import "testing"

// BenchmarkCompose is one confirmation, composed with the real calendar part.
func BenchmarkCompose(b *testing.B) {
	s := &session{dir: b.TempDir()}
	facts, err := s.letterFacts(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	c, err := newComposer()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := c.Compose(facts(i)); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
