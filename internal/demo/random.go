package demo

import "hash/fnv"

// dice is a generator whose rolls are the same for ever, whatever the version of Go: SplitMix64,
// published by Steele, Lea and Flood in 2014. It is for choosing names, never for secrets.
type dice struct{ state uint64 }

func newDice(seed string) *dice {
	h := fnv.New64a()
	h.Write([]byte(seed))
	return &dice{h.Sum64()}
}

// roll is a number from 0 up to, not including, n.
func (d *dice) roll(n int) int {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) >> 1 % uint64(n))
}

// chance is true n times of a hundred.
func (d *dice) chance(n int) bool { return d.roll(100) < n }

func pick[T any](d *dice, from []T) T { return from[d.roll(len(from))] }

// share is something with its weight among others.
type share[T any] struct {
	of     T
	weight int
}

func weighed[T any](d *dice, from []share[T]) T {
	total := 0
	for _, s := range from {
		total += s.weight
	}
	at := d.roll(total)
	for _, s := range from {
		if at -= s.weight; at < 0 {
			return s.of
		}
	}
	return from[len(from)-1].of
}
