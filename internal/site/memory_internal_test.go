package site

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// programme is Changes that a test turns.
type programme struct {
	version, seats atomic.Uint64
	next           time.Time
	asked          atomic.Int64
}

func (p *programme) Version() uint64      { return p.version.Load() }
func (p *programme) SeatsVersion() uint64 { return p.seats.Load() }
func (p *programme) NextChange(context.Context) (time.Time, error) {
	p.asked.Add(1)
	return p.next, nil
}

// deaf is the broken twin: it never hears of a change.
type deaf struct{ *programme }

func (deaf) Version() uint64                               { return 0 }
func (deaf) SeatsVersion() uint64                          { return 0 }
func (deaf) NextChange(context.Context) (time.Time, error) { return time.Time{}, nil }

type turned struct {
	mu  sync.Mutex
	now time.Time
}

func (c *turned) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *turned) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// pageOf asks the memory for the page, which is made of a counter.
func pageOf(t *testing.T, m *memory[int], made *int) int {
	t.Helper()
	got, err := m.get(t.Context(), "page", func(context.Context) (int, error) { *made++; return *made, nil })
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestMemory_forgetsWhatIsNoLongerTrue(t *testing.T) {
	start := time.Date(2016, time.October, 1, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		change func(*programme, *turned)
		fresh  bool // made anew
	}{
		"nothing changed":                 {func(*programme, *turned) {}, false},
		"nothing changed for a day":       {func(_ *programme, c *turned) { c.turn(24 * time.Hour) }, false},
		"the programme changed":           {func(p *programme, _ *turned) { p.version.Add(1) }, true},
		"places changed just now":         {func(p *programme, c *turned) { p.seats.Add(1); c.turn(999 * time.Millisecond) }, false},
		"places changed a second ago":     {func(p *programme, c *turned) { p.seats.Add(1); c.turn(time.Second) }, true},
		"places changed long after":       {func(p *programme, c *turned) { c.turn(time.Hour); p.seats.Add(1) }, true},
		"places changed, clock went back": {func(p *programme, c *turned) { p.seats.Add(1); c.turn(-time.Hour) }, true},
		"the clock went back":             {func(_ *programme, c *turned) { c.turn(-time.Hour) }, true},
		"the clock, a year on and back":   {func(_ *programme, c *turned) { c.turn(365 * 24 * time.Hour); c.turn(-365 * 24 * time.Hour) }, false},
		"a deadline passed":               {func(p *programme, c *turned) { c.turn(48 * time.Hour); p.next = p.next.Add(time.Hour) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			p, clock, made := &programme{next: start.Add(48 * time.Hour)}, &turned{now: start}, 0
			m := newMemory[int](p, clock.Now, 10)
			pageOf(t, m, &made)
			c.change(p, clock)
			if got := pageOf(t, m, &made) == 2; got != c.fresh {
				t.Errorf("made anew: %v, want %v", got, c.fresh)
			}
		})
		t.Run(name+", twin that hears of nothing", func(t *testing.T) {
			p, clock, made := &programme{}, &turned{now: start}, 0
			m := newMemory[int](deaf{p}, func() time.Time { return start }, 10) // nor of the clock
			pageOf(t, m, &made)
			c.change(p, clock)
			if got := pageOf(t, m, &made) == 2; got {
				t.Error("the twin noticed: the table above proves nothing")
			}
		})
	}
}

// TestMemory_asksAnewWhatComesNext: put back, other changes come next than those that were to.
func TestMemory_asksAnewWhatComesNext(t *testing.T) {
	start := time.Date(2016, time.October, 1, 9, 0, 0, 0, time.UTC)
	p, clock, made := &programme{next: start.Add(48 * time.Hour)}, &turned{now: start}, 0
	m := newMemory[int](p, clock.Now, 10)
	pageOf(t, m, &made)
	clock.turn(-2 * time.Hour)
	p.next = start.Add(-time.Hour) // a deadline that had passed, and is to come
	pageOf(t, m, &made)
	clock.turn(time.Hour + time.Minute)
	p.next = start.Add(48 * time.Hour)
	if pageOf(t, m, &made); made != 3 {
		t.Errorf("made %d times, want 3: at first, when the clock was put back, at the deadline", made)
	}
}

func TestMemory_changeWhileMaking(t *testing.T) {
	p, clock := &programme{}, &turned{now: time.Now()}
	m := newMemory[int](p, clock.Now, 10)
	made := 0
	get := func() int {
		got, err := m.get(t.Context(), "page", func(context.Context) (int, error) {
			if made++; made == 1 {
				p.version.Add(1) // someone publishes while the page is being made
			}
			return made, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := get(); got != 2 {
		t.Errorf("page %d is shown, want the one made after the change", got)
	}
}

func TestMemory_makesOnceForARush(t *testing.T) {
	p, clock := &programme{}, &turned{now: time.Now()}
	m := newMemory[int](p, clock.Now, 10)
	var made atomic.Int64
	begun, finish := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			_, _ = m.get(t.Context(), "page", func(context.Context) (int, error) {
				if made.Add(1) == 1 {
					close(begun)
				}
				<-finish
				return 1, nil
			})
		})
	}
	<-begun
	close(finish)
	all.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("made %d times, want once", n)
	}
}

func TestMemory_isBounded(t *testing.T) {
	p, clock := &programme{}, &turned{now: time.Now()}
	m := newMemory[int](p, clock.Now, 10)
	made := 0
	for i := range 1000 {
		clock.turn(time.Millisecond)
		pageOf(t, m, &made) // one page that everyone asks for
		if _, err := m.get(t.Context(), strconv.Itoa(i), func(context.Context) (int, error) { return i, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.things) > 10 {
		t.Errorf("%d things are kept, want 10 at most", len(m.things))
	}
	if made != 1 {
		t.Errorf("the page that everyone asks for was made %d times", made)
	}
	if n := p.asked.Load(); n != 1 {
		t.Errorf("the next change was looked up %d times for one version", n)
	}
}

func TestMemory_keepsNoFault(t *testing.T) {
	p, clock := &programme{}, &turned{now: time.Now()}
	m := newMemory[int](p, clock.Now, 10)
	fault := errors.New("not today")
	if _, err := m.get(t.Context(), "page", func(context.Context) (int, error) { return 0, fault }); !errors.Is(err, fault) {
		t.Errorf("got %v", err)
	}
	made := 6
	if got := pageOf(t, m, &made); got != 7 {
		t.Errorf("got %d after a fault", got)
	}
}

func TestMemory_visitorWhoLeavesSpoilsNothing(t *testing.T) {
	p, clock := &programme{}, &turned{now: time.Now()}
	m := newMemory[int](p, clock.Now, 10)
	gone, leave := context.WithCancel(t.Context())
	leave()
	got, err := m.get(gone, "page", func(ctx context.Context) (int, error) { return 1, ctx.Err() })
	if got != 1 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
}

func TestMemory_counts(t *testing.T) {
	p, clock, made := &programme{}, &turned{now: time.Now()}, 0
	m := newMemory[int](p, clock.Now, 10)
	look := func(want Kept) {
		t.Helper()
		if got := m.kept("pages"); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	pageOf(t, m, &made)
	look(Kept{"pages", 0, 1})
	pageOf(t, m, &made)
	m.recall("page")
	look(Kept{"pages", 2, 1})
	p.version.Add(1)
	m.recall("page") // who asks so asks get next
	pageOf(t, m, &made)
	look(Kept{"pages", 2, 2})
}
