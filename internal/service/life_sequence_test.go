package service_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"pgregory.net/rapid"
)

// sequence is some events and what happens at them.
type sequence struct {
	Start  int // which of the starts
	Events []setting
	Acts   []act
}

type setting struct {
	Capacity, Ahead                    int // Ahead is days until it
	NoList, Approval, SameOrg, Contact bool
	Short, Race                        int // in so many of the last days
}

// GoString is the sequence as it can be pasted into a test.
func (s sequence) GoString() string {
	var b strings.Builder
	fmt.Fprintf(&b, "sequence{Start: %d, Events: %#v, Acts: []act{\n", s.Start, s.Events)
	for _, a := range s.Acts {
		if a.Do != "nothing" {
			fmt.Fprintf(&b, "\t%s,\n", a)
		}
	}
	return strings.ReplaceAll(b.String(), "service_test.", "") + "}}"
}

// starts lie before the nights and days on which clocks go wrong: both ends of summer time, Christmas in
// a year of 53 weeks, Midsummer, Easter, and a plain week.
var starts = []string{
	"2026-10-05 08:00", "2026-12-18 15:30", "2027-03-24 09:00", "2027-06-22 13:00", "2027-10-28 23:00",
}

// model is the sequence before anything has happened.
func (s sequence) model() *model {
	now, err := time.ParseInLocation("2006-01-02 15:04", starts[s.Start%len(starts)], domain.Stockholm())
	if err != nil {
		panic(err)
	}
	m := &model{now: now}
	for _, e := range s.Events {
		day := domain.DateIn(now).AddDays(e.Ahead)
		ev := mevent{
			capacity: e.Capacity, list: !e.NoList, approval: e.Approval, sameOrg: e.SameOrg, contact: e.Contact, raceDays: e.Race,
			day: day, start: day.At(9 * 60), registerUntil: day.AddDays(-1), cancelUntil: day.AddDays(-5),
		}
		if e.Short > 0 {
			ev.shortDays, ev.shortHours = e.Short, 3
		}
		m.events = append(m.events, ev)
	}
	return m
}

// deeds are what may happen, the common things several times. Nothing is the simplest: what does not
// matter to a fault that was found shrinks to it.
var deeds = []string{
	"nothing", "register", "register", "register", "register", "phone", "group", "group", "cancel", "cancel", "cancel for", "ask",
	"decide request", "extend", "hand over", "hand over", "move", "move", "move", "leave other", "accept", "accept", "accept",
	"decline", "wait for two", "wait for two", "pass over", "withdraw", "decide", "decide", "capacity", "capacity", "change",
	"clock", "clock", "wait", "wait", "wait", "wait",
}

func sequences() *rapid.Generator[sequence] {
	small := rapid.IntRange(0, 40)
	acts := rapid.Custom(func(t *rapid.T) act {
		return act{
			Do: rapid.SampledFrom(deeds).Draw(t, "do"), Ev: rapid.IntRange(0, 2).Draw(t, "event"), Reg: small.Draw(t, "reg"),
			A: small.Draw(t, "a"), B: small.Draw(t, "b"), Yes: rapid.Bool().Draw(t, "yes"), Twice: rapid.IntRange(0, 5).Draw(t, "twice") == 5,
		}
	})
	events := rapid.Custom(func(t *rapid.T) setting {
		one := func(of int, what string) bool { return rapid.IntRange(1, of).Draw(t, what) == of }
		return setting{
			Capacity: rapid.IntRange(1, 3).Draw(t, "capacity"), Ahead: rapid.IntRange(6, 16).Draw(t, "ahead"),
			NoList: one(5, "no list"), Approval: one(4, "approval"), SameOrg: one(4, "same"), Contact: one(2, "contact"),
			Short: rapid.IntRange(0, 6).Draw(t, "short"), Race: rapid.IntRange(0, 2).Draw(t, "race"),
		}
	})
	return rapid.Custom(func(t *rapid.T) sequence {
		return sequence{
			Start: rapid.IntRange(0, len(starts)-1).Draw(t, "start"), Events: rapid.SliceOfN(events, 3, 3).Draw(t, "events"),
			Acts: rapid.SliceOfN(acts, 45, 45).Draw(t, "acts"),
		}
	})
}

// tally counts what the sequences were about, so that a figure can be told, and a sequence that never
// gets anywhere is seen.
type tally map[string]int

// drive carries a sequence out in a world and in its model, and answers the first difference. fault, where
// it is not nil, breaks something behind the program's back after each act.
func drive(ctx context.Context, w *world, s sequence, fault func(w *world) error, seen tally) error {
	m := s.model()
	if err := w.begin(ctx, m); err != nil {
		return err
	}
	before, err := w.rows()
	if err != nil {
		return err
	}
	acts := append(slices.Clone(s.Acts), act{Do: "clock"})
	for i, a := range acts {
		m.pass(a)
		w.k.Clock.Set(m.now)
		a, possible := m.settled(a)
		if !possible || a.Do == "nothing" {
			continue
		}
		after, err := compare(ctx, w, m, a, before, fault, seen)
		if err != nil {
			return fmt.Errorf("act %d, %s at %s: %w", i+1, a, m.now.Format("Mon 2006-01-02 15:04:05.000000"), err)
		}
		before = after
	}
	return last(ctx, w, m)
}

// compare carries one act out in both.
func compare(ctx context.Context, w *world, m *model, a act, before []mreg, fault func(w *world) error, seen tally) ([]mreg, error) {
	was := m.dump()
	want := m.do(a)
	got, again := w.do(ctx, a)
	if fault != nil {
		if err := fault(w); err != nil {
			return nil, err
		}
	}
	seen["acts"]++
	seen[a.Do+" "+got]++
	after, err := w.rows()
	if err != nil {
		return nil, err
	}
	if err := promises(w, m, a, before, after); err != nil {
		return nil, err
	}
	if got != want {
		return nil, fmt.Errorf("told %q, want %q", got, want)
	}
	is, err := w.dump()
	if err != nil {
		return nil, err
	}
	if d := differences(is, m.dump()); d != "" {
		return nil, fmt.Errorf("told %q, and then differs:\n%s", got, d)
	}
	if !strings.HasPrefix(got, "ok") && !slices.Equal(is, was) {
		return nil, fmt.Errorf("refused with %q, and yet something changed", got)
	}
	if a.Twice && again != got && repeatable(a, m) {
		return nil, fmt.Errorf("told %q, and a second time %q", got, again)
	}
	return after, nil
}

// repeatable reports whether an act that is sent twice must be answered twice alike. Passing someone
// over, and a change that killed the link, are not.
func repeatable(a act, m *model) bool {
	switch a.Do {
	case "pass over", "change":
		return false
	case "accept", "decide": // of a place that was lost by it
		return m.reg(a.Reg).status.Live()
	}
	return true
}

// last is what must hold at the end: the tables are sound and the links tell where each stands.
func last(ctx context.Context, w *world, m *model) error {
	found, err := w.k.Store.Check(ctx)
	if err != nil || len(found) > 0 {
		return fmt.Errorf("fsck: %v %v", found, err)
	}
	for _, r := range m.regs {
		own, err := w.k.Registrations.Own(ctx, domain.Visitor(), w.token(r.id))
		switch {
		case err != nil:
			return fmt.Errorf("the link of %d: %w", r.id, err)
		case own.Registration.Status != r.status || len(own.History) != len(r.steps):
			return fmt.Errorf("the link of %d tells %s after %d steps, want %s after %d", r.id, own.Registration.Status, len(own.History), r.status, len(r.steps))
		case (own.MovedTo != nil) != m.tellsWhere(r):
			return fmt.Errorf("the link of %d tells of a move: %t, after %v", r.id, own.MovedTo != nil, r.steps)
		case (own.Registration.QueuePosition > 0) != (r.status == domain.Waitlisted) || (own.Why != "") != (r.status == domain.Waitlisted):
			return fmt.Errorf("the link of %d, %s, tells place %d in the queue, because %q", r.id, r.status, own.Registration.QueuePosition, own.Why)
		}
	}
	return w.rising()
}

// tellsWhere is whether an old link leads to where its holder has moved. Who has told another address there
// has another link there, and the old one does not give it away.
func (m *model) tellsWhere(r mreg) bool {
	if r.status != domain.Cancelled || !strings.HasPrefix(r.steps[len(r.steps)-1], string(domain.HistoryMovedFrom)) {
		return false
	}
	for _, o := range m.regs {
		if o.follows == r.id {
			return o.who == r.who
		}
	}
	return false
}

// rising is whether the numbers that calendars go by rise from letter to letter.
func (w *world) rising() error {
	var rows []struct {
		Reg      int `db:"registration_id"`
		Sequence int `db:"sequence"`
	}
	err := w.db.Select(&rows, `
SELECT registration_id, `+w.db.Number("details", "sequence")+` AS sequence FROM letters
WHERE details <> '' AND `+w.db.Number("details", "sequence")+` > 0 AND kind <> 'already_registered' ORDER BY registration_id, id`)
	for i, r := range rows {
		if i > 0 && rows[i-1].Reg == r.Reg && rows[i-1].Sequence >= r.Sequence {
			return fmt.Errorf("the letters of %d carry SEQUENCE %d and then %d", r.Reg, rows[i-1].Sequence, r.Sequence)
		}
	}
	return err
}

// Random sequences of everything that can happen, at random times, do in the tables what the promises
// say. -rapid.checks gives more of them.
func TestLife_randomSequences(t *testing.T) {
	t.Parallel()
	all := tally{}
	t.Run("worlds", func(t *testing.T) {
		var mu sync.Mutex
		for n := range rounds(3) {
			t.Run(fmt.Sprint(n+1), func(t *testing.T) {
				t.Parallel()
				w, seen := openWorld(t), tally{}
				rapid.Check(t, func(rt *rapid.T) {
					s := sequences().Draw(rt, "sequence")
					seen["sequences"]++
					if err := drive(t.Context(), w, s, nil, seen); err != nil {
						rt.Fatal(err)
					}
				})
				mu.Lock()
				defer mu.Unlock()
				for answer, n := range seen {
					all[answer] += n
				}
			})
		}
	})
	t.Logf("%d sequences, %d acts, %d different answers", all["sequences"], all["acts"], len(all)-2)
	for _, must := range mustHappen {
		if all[must] == 0 && !testing.Short() {
			t.Errorf("no sequence came to %q", must)
		}
	}
}

// mustHappen are answers that the sequences must come to, or they prove less than they seem to.
var mustHappen = []string{
	"accept ok", "accept closed: offer.expired", "accept full: offer.gone", "accept closed: offer.none", "move ok",
	"move full: move.queue_only", "move conflict: move.registered", "move closed: move.too_late", "hand over ok",
	"hand over invalid email: hand_over.other_organisation", "hand over invalid email: hand_over.registered",
	"cancel closed: cancel.ask", "cancel closed: cancel.hand_over", "cancel closed: cancel.begun", "wait for two ok",
	"pass over ok", "pass over closed: pass_over.nobody", "decide ok", "ask ok", "capacity conflict: capacity.below",
	"register full: registration.queue_only", "register closed: registration.closed", "change ok",
}
