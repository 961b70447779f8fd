package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// answeredWithin is how soon a visitor is answered whose form cannot be kept since another process holds the
// file: the patience of the program, and what a form takes that is not held up.
const answeredWithin = 2*time.Second + 500*time.Millisecond

// holdFile holds the file against the program for so long, lets people come meanwhile, and expects each to be
// answered in time, and the next to be received. The twin's program waits until it is let go.
func (b *workbench) holdFile(ctx context.Context, base *site, lasting time.Duration, twin bool) (_ outcome, err error) {
	v, err := b.attack(ctx, base)
	if err != nil {
		return outcome{}, err
	}
	defer func() { err = errors.Join(err, v.end()) }()
	foreign, err := look(v.url)
	if err != nil {
		return outcome{}, err
	}
	defer func() { err = errors.Join(err, foreign.Close()) }()
	foreign.SetMaxOpenConns(1)
	v.control.set(slotPatient, flag01(twin))
	v.register(ctx, 101)
	v.outcome.slowest = 0
	if _, err := foreign.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return outcome{}, err
	}
	late := v.visit(ctx, lasting, !twin)
	if _, err := foreign.ExecContext(ctx, "ROLLBACK"); err != nil {
		return outcome{}, err
	}
	late.all.Wait()
	v.outcome.late = late.pages
	if most := answeredWithin + 3*late.pages; v.outcome.slowest > most {
		v.outcome.wrong = append(v.outcome.wrong, fmt.Sprintf("someone waited for %v, more than %v", v.outcome.slowest, most))
	}
	if v.said != "" && !strings.Contains(v.said, "Vår databas är upptagen just nu") {
		v.outcome.wrong = append(v.outcome.wrong, fmt.Sprintf("it is told as something else: %.300s", v.said))
	}
	if !v.register(ctx, 100) {
		v.outcome.wrong = append(v.outcome.wrong, "nobody is received after the file was let go")
	}
	v.outcome.injected = 1
	if err := v.stop(); err != nil {
		v.outcome.wrong = append(v.outcome.wrong, err.Error())
	}
	v.outcome.judge(v.inspect(ctx, v.acknowledged))
	return v.outcome, nil
}

// visits are forms on their way, and the slowest page that was asked for beside them, which nothing holds up:
// by so much the machine is slow.
type visits struct {
	all   sync.WaitGroup
	pages time.Duration
}

// visit lets people come for so long: one at once, seven a little later each, and a crowd of forty in the middle.
// Those who came last may still wait when it returns. look asks for pages meanwhile, which are not held up either;
// in the twin they are.
func (v *victim) visit(ctx context.Context, lasting time.Duration, look bool) *visits {
	s := &visits{}
	start := time.Now()
	for i := range 48 {
		s.all.Go(func() {
			after := time.Duration(i) * lasting / 9
			if i >= 8 {
				after = lasting / 3
			}
			select {
			case <-time.After(after):
				v.register(ctx, i)
			case <-ctx.Done():
			}
		})
	}
	for time.Since(start) < lasting && ctx.Err() == nil {
		if asked := time.Now(); look {
			v.mustRead("while the file is held")
			s.pages = max(s.pages, time.Since(asked))
		}
		time.Sleep(min(100*time.Millisecond, max(0, lasting-time.Since(start))))
	}
	return s
}
