package domain_test

import (
	"math"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// In an hour as many go as the setting says, within 5 %, however they are asked for.
func TestPace(t *testing.T) {
	for _, rate := range []float64{0.2, 1, 7.5, 50} {
		for _, batch := range []int{1, 3, 64} {
			p, now, sent := domain.NewPace(rate), time.Date(2027, 3, 28, 0, 0, 0, 0, time.UTC), 0
			end := now.Add(time.Hour)
			for now.Before(end) {
				n := p.Take(now, batch)
				if sent += n; n == 0 {
					w := p.Wait(now)
					if w <= 0 {
						t.Fatalf("%g a second: nothing goes and there is nothing to wait for", rate)
					}
					now = now.Add(w)
				}
			}
			if want := rate * 3600; math.Abs(float64(sent)-want) > want*0.05 {
				t.Errorf("%g a second by %d: %d in an hour, want %g", rate, batch, sent, want)
			}
		}
	}
}

func TestPace_clock(t *testing.T) {
	now := time.Date(2027, 3, 28, 12, 0, 0, 0, time.UTC)
	p := domain.NewPace(1)
	if p.Take(now, 10) != 1 || p.Take(now.Add(-time.Hour), 10) != 0 {
		t.Error("a clock that goes back fills the bucket")
	}
	if p.Take(now.Add(-time.Hour+2*time.Second), 1) != 1 {
		t.Error("a clock that went back stops it")
	}
	if n := p.Take(now.Add(1000*time.Hour), 10); n != 1 {
		t.Errorf("after a long rest %d go at once", n)
	}
	if p.Back(1); p.Take(now.Add(1000*time.Hour), 1) != 1 {
		t.Error("what was given back is lost")
	}
	var free domain.Pace
	if free.Take(now, 99) != 99 || free.Wait(now) != 0 {
		t.Error("without a limit there is one")
	}
}
