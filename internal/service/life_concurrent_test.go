package service_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// An invocation is an act of one of many who act at the same moment, or one of three things that only
// order a history: that the clock was turned, a part of what the clock brings about, or a look at
// everything.
type invocation struct {
	act act
	at  time.Time
}

// linear is one state that a history may have passed through.
type linear struct {
	m   *model
	key string
}

func linearOf(m *model) linear { return linear{m, strings.Join(m.dump(), "\n")} }

// sequential is the model as a judge of histories: it takes one act at a time.
func sequential(start *model) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return linearOf(start) },
		Step: func(state, input, output any) (bool, any) {
			in := input.(invocation)
			if in.act.Do == "look" {
				return state.(linear).key == output, state
			}
			m := state.(linear).m.clone()
			if got := m.happen(in); got != output {
				return false, state
			}
			return true, linearOf(m)
		},
		Equal: func(a, b any) bool {
			return a.(linear).key == b.(linear).key && a.(linear).m.now.Equal(b.(linear).m.now)
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%s -> %v", input.(invocation).act, output) },
	}
}

// happen is do, and the parts of which the clock's work consists: it is not one step, but one for each
// offer that has run out and one for each event.
func (m *model) happen(in invocation) string {
	switch in.act.Do {
	case "turn":
		m.now = in.at
	case "expire":
		if r := m.reg(in.act.Reg); r.status == domain.Offered && !m.now.Before(r.until) {
			m.end(r.id, domain.Cancelled, domain.HistoryExpired, domain.LetterExpired, clock)
		}
	case "look again":
		if m.free(in.act.Ev) > 0 && m.waiting(in.act.Ev) > 0 {
			m.settle(in.act.Ev, clock)
		}
	default:
		return m.do(in.act)
	}
	return "ok"
}

// history is who asked what and was told what, and when.
type history struct {
	mu    sync.Mutex
	start time.Time
	ops   []porcupine.Operation
}

func (h *history) now() int64 { return time.Since(h.start).Nanoseconds() }

func (h *history) add(client int, in invocation, call int64, out string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: h.now()})
}

// moments are what many do at the same moment.
var moments = []string{
	"register", "register", "cancel", "cancel", "hand over", "hand over", "move", "move", "accept", "accept", "decline",
	"capacity", "withdraw", "cancel for", "pass over", "wait for two", "leave other", "clock",
}

// crowd is a world in which many act at once.
type crowd struct {
	w    *world
	m    *model // for choosing acts that mean something: what is known before they begin
	h    *history
	rand *rand.Rand
}

// together lets n people act at the same moment and looks at everything when they have.
func (c *crowd) together(ctx context.Context, n int) error {
	at := c.m.now
	c.w.k.Clock.Set(at)
	c.h.add(0, invocation{act: act{Do: "turn"}, at: at}, c.h.now(), "ok")
	gate := make(chan struct{})
	var wg sync.WaitGroup
	clocked := false // one clock is enough: its many parts could come in too many orders to try
	for i := range n {
		a, possible := c.m.settled(c.draw(moments))
		if !possible || (clocked && a.Do == "clock") {
			continue
		}
		clocked = clocked || a.Do == "clock"
		wg.Go(func() {
			<-gate
			call := c.h.now()
			out := c.w.try(ctx, a, auth.NewKey())
			for _, part := range c.m.parts(a) {
				c.h.add(i+1, invocation{act: part}, call, out)
			}
		})
	}
	close(gate)
	wg.Wait()
	call := c.h.now()
	is, err := c.w.dump()
	if err != nil {
		return err
	}
	c.h.add(0, invocation{act: act{Do: "look"}}, call, strings.Join(is, "\n"))
	return nil
}

func (c *crowd) draw(from []string) act {
	return act{
		Do: from[c.rand.IntN(len(from))], Ev: c.rand.IntN(3), Reg: c.rand.IntN(40), A: c.rand.IntN(40), B: c.rand.IntN(40), Yes: c.rand.IntN(3) > 0,
	}
}

// parts are the steps that an act consists of; m is what was known before.
func (m *model) parts(a act) []act {
	if a.Do != "clock" {
		return []act{a}
	}
	var parts []act
	for _, r := range m.regs {
		if r.status == domain.Offered && !m.now.Before(r.until) {
			parts = append(parts, act{Do: "expire", Reg: r.id})
		}
	}
	for ev := range m.events {
		parts = append(parts, act{Do: "look again", Ev: ev})
	}
	return parts
}

// follow makes the model what the tables say: the starting point of the next moment.
func (c *crowd) follow() error {
	rows, err := c.w.rows()
	if err != nil {
		return err
	}
	c.m.regs = rows
	c.m.asked = nil
	return c.w.db.Select(new([]int), `SELECT 1 FROM events`)
}

// crowded is the history of one seed: some people one after another, and then moments at which many act.
func crowded(ctx context.Context, w *world, seed uint64, moments, people int) (*model, *history, error) {
	c := &crowd{w: w, h: &history{start: time.Now()}, rand: rand.New(rand.NewPCG(seed, 2016))}
	s := sequence{Start: int(seed), Events: make([]setting, 3)}
	for i := range s.Events {
		s.Events[i] = setting{Capacity: 1 + c.rand.IntN(3), Ahead: 7 + c.rand.IntN(3), Contact: i == 1, Race: c.rand.IntN(3), SameOrg: c.rand.IntN(4) == 0}
	}
	c.m = s.model()
	if err := w.begin(ctx, c.m); err != nil {
		return nil, nil, err
	}
	for range 14 {
		c.m.now = c.m.now.Add(time.Second)
		w.k.Clock.Set(c.m.now)
		a, _ := c.m.settled(c.draw([]string{"register", "register", "register", "group"}))
		if want, got := c.m.do(a), w.try(ctx, a, auth.NewKey()); got != want {
			return nil, nil, fmt.Errorf("%s: told %q, want %q", a, got, want)
		}
	}
	start := c.m.clone()
	for range moments {
		c.m.pass(act{Do: "wait", A: c.rand.IntN(6), Yes: c.rand.IntN(2) == 0})
		if err := c.together(ctx, people); err != nil {
			return nil, nil, err
		}
		if err := c.follow(); err != nil {
			return nil, nil, err
		}
	}
	return start, c.h, nil
}

// Whatever many people do at the same moment, what each is told and what stands in the tables afterwards
// is what it would be had they come one after another.
func TestLife_atTheSameMoment(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	told := tally{}
	t.Run("seeds", func(t *testing.T) {
		for seed := range rounds(20) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				w := openWorld(t)
				start, h, err := crowded(t.Context(), w, uint64(seed), 9, 8)
				if err != nil {
					t.Fatal(err)
				}
				judge(t, start, h)
				sound(t, w.k)
				if err := settledDown(t.Context(), w, start); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				for _, op := range h.ops {
					if do := op.Input.(invocation).act.Do; do != "look" {
						told["acts"]++
						told[do+" "+op.Output.(string)]++
					}
				}
			})
		}
	})
	t.Logf("%d acts, %d different answers", told["acts"], len(told)-1)
	for _, must := range []string{"cancel ok", "hand over ok", "move ok", "accept ok", "decline ok", "capacity ok", "register ok waitlisted"} {
		if told[must] == 0 && !testing.Short() {
			t.Errorf("nobody came to %q", must)
		}
	}
}

// settledDown is what must hold of the tables when nothing is left to be done.
func settledDown(ctx context.Context, w *world, start *model) error {
	m, last := start.clone(), act{Do: "clock"}
	m.now = w.k.Clock.Now()
	before, err := w.rows()
	if got := w.try(ctx, last, ""); err == nil && got != "ok" {
		return fmt.Errorf("the clock was told %q", got)
	}
	if err != nil {
		return err
	}
	after, err := w.rows()
	if err != nil {
		return err
	}
	return promises(w, m, last, before, after)
}

// judge fails the test where no order of what happened explains what everyone was told.
func judge(t *testing.T, start *model, h *history) {
	t.Helper()
	switch porcupine.CheckOperationsTimeout(sequential(start), h.ops, 30*time.Second) {
	case porcupine.Ok:
	case porcupine.Unknown:
		t.Error("no order was found in time")
	case porcupine.Illegal:
		t.Errorf("no order explains this:\n%s", h.firstMoment(sequential(start)))
	}
}

// firstMoment is the first moment that no order explains, after how things stood before it.
func (h *history) firstMoment(m porcupine.Model) string {
	var b strings.Builder
	for i, op := range h.ops {
		if do := op.Input.(invocation).act.Do; do == "turn" && i > 0 {
			b.Reset()
			fmt.Fprintf(&b, "%s\n%s\n", h.ops[i-1].Output, op.Input.(invocation).at.Format("Mon 2006-01-02 15:04:05.000000"))
		}
		fmt.Fprintf(&b, "%d-%d %s -> %s\n", op.Call, op.Return, op.Input.(invocation).act, op.Output)
		if op.Input.(invocation).act.Do == "look" && !porcupine.CheckOperations(m, h.ops[:i+1]) {
			break
		}
	}
	return b.String()
}

// Two who both see the last place and then both take it, as they would if the look and the step were not
// one, are found out: no order explains that both were told yes.
func TestLife_atTheSameMoment_twins(t *testing.T) {
	testkit.OnlySQLite(t) // where what the table refuses can be let through
	t.Parallel()
	w := openWorld(t)
	ctx := t.Context()
	m := sequence{Events: []setting{{Capacity: 1, Ahead: 10, Race: 20}}}.model()
	if err := w.begin(ctx, m); err != nil {
		t.Fatal(err)
	}
	for who := range 3 {
		if a := (act{Do: "register", A: who}); w.try(ctx, a, auth.NewKey()) != m.do(a) {
			t.Fatal("the model and the program differ")
		}
	}
	if a := (act{Do: "cancel", Reg: 1}); w.try(ctx, a, "") != m.do(a) {
		t.Fatal("the model and the program differ")
	}
	start, h := m.clone(), &history{start: time.Now()}
	if _, err := w.db.Exec(`PRAGMA ignore_check_constraints = ON`); err != nil {
		t.Fatal(err)
	}
	var seen, done sync.WaitGroup
	seen.Add(2)
	for _, id := range []int{2, 3} {
		done.Go(func() {
			call, free := h.now(), 0
			err := w.db.Get(&free, `SELECT capacity - seats_taken FROM events`)
			seen.Done()
			seen.Wait() // until both have seen it
			if err == nil && free > 0 {
				_, err = w.db.Exec(`UPDATE registrations SET status = 'confirmed' WHERE id = ?; UPDATE events SET seats_taken = seats_taken + 1, waiting = waiting - 1`, id)
			}
			if err != nil {
				t.Error(err)
			}
			h.add(id, invocation{act: act{Do: "accept", Reg: id}}, call, "ok")
		})
	}
	done.Wait()
	if porcupine.CheckOperations(sequential(start), h.ops) {
		t.Error("two people took one place, and an order was found that explains it")
	}
	if found, err := w.k.Store.Check(ctx); err != nil || len(found) == 0 {
		t.Errorf("two people in one place, and fsck finds nothing (%v)", err)
	}
	h.ops = h.ops[:1]
	if !porcupine.CheckOperations(sequential(start), h.ops) {
		t.Error("one person took one place, and no order explains it")
	}
}
