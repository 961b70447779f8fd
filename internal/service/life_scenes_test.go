package service_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
)

// scene is a short story: what each does and is told, and how everyone stands at the end. It begins on Monday
// 5 October 2026 at 08.00; an event that is ten days ahead is on Thursday 15 October at 09.00, its last day
// to register is the 14th and its last day to cancel the 10th.
type scene struct {
	events []setting
	steps  []deed
	want   []string // one line for each, see short
}

type deed struct {
	at   string // "" for a second later
	do   act
	told string // "" for "ok"
}

// play carries a scene out. Every act is done twice where that must make no difference.
func (s scene) play(t *testing.T, w *world) {
	t.Helper()
	m := sequence{Events: s.events}.model()
	if err := w.begin(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for i, d := range s.steps {
		now := w.k.Clock.Now().Add(time.Second)
		if d.at != "" {
			var err error
			if now, err = time.ParseInLocation("2006-01-02 15:04:05", d.at, domain.Stockholm()); err != nil {
				t.Fatal(err)
			}
		}
		w.k.Clock.Set(now)
		if d.told == "" {
			d.told = "ok"
		}
		if f := once(t.Context(), w, d); f != "" {
			t.Errorf("step %d, %s: %s", i+1, d.do, f)
		}
	}
	rows, err := w.rows()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, short(r))
	}
	if d := differences(got, s.want); d != "" {
		t.Errorf("how they stand:\n%s", d)
	}
	sound(t, w.k)
}

// once does what is to be done, and what it tells must be told; a refusal and a second time change nothing.
func once(ctx context.Context, w *world, d deed) string {
	before, err := w.dump()
	if err != nil {
		return err.Error()
	}
	key := auth.NewKey()
	if got := w.try(ctx, d.do, key); got != d.told {
		return fmt.Sprintf("told %q, want %q", got, d.told)
	}
	after, err := w.dump()
	if err != nil {
		return err.Error()
	}
	if !strings.HasPrefix(d.told, "ok") {
		return differences(after, before)
	}
	if again := w.try(ctx, d.do, key); again != d.told {
		if d.do.Do == "pass over" {
			return ""
		}
		return fmt.Sprintf("told %q a second time", again)
	}
	is, err := w.dump()
	if err != nil {
		return err.Error()
	}
	return differences(is, after)
}

var (
	channels   = regexp.MustCompile(`@web\b`)
	recipients = regexp.MustCompile(`>p\d@\w+\.example\.se`)
)

// short is a registration in a line: number, event and status; its history, with the channel where that is
// not the web; its letters, each after the number of its line, with the recipient where it is not she.
func short(r mreg) string {
	return fmt.Sprintf("%d at %d %s: %s | %s", r.id, r.ev, r.status, channels.ReplaceAllString(strings.Join(r.steps, " "), ""),
		recipients.ReplaceAllString(strings.Join(r.letters, " "), ""))
}

func (s scene) run(name string, t *testing.T) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		s.play(t, openWorld(t))
	})
}

func reg(ev, who int) act                      { return act{Do: "register", Ev: ev, A: who} }
func one(do string, id int) act                { return act{Do: do, Reg: id} }
func yes(do string, id int) act                { return act{Do: do, Reg: id, Yes: true} }
func with(do string, id, who int) act          { return act{Do: do, Reg: id, A: who} }
func to(do string, id, ev int, queue bool) act { return act{Do: do, Reg: id, Ev: ev, Yes: queue} }

const (
	okPlace = "ok confirmed"
	okQueue = "ok waitlisted"
	okAsked = "ok pending"
)
