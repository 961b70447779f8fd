package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// stopping is what became of requests that came at a steady pace while the program was asked to stop.
type stopping struct {
	sent, received int
	refused        int // found nobody listening any more: their senders know that nothing was taken
	cut            int // had a connection, and got no answer
	reset          int // of them those whose connection was thrown away
	lost           int // were told "received" and are not in the books
	told           int // other answers
	took           time.Duration
	exit           int
	firstCut       string
	faults         []string
}

// stopUnder lets registrations come at a pace, asks the program to stop after some and sends more, and compares.
// twin is what is run in place of the program; nil is the program.
func stopUnder(ctx context.Context, binary string, twin []string, perSecond, before, after int, keepAlive bool) (_ stopping, err error) {
	dir, err := os.MkdirTemp("", "temadag-stop-")
	if err != nil {
		return stopping{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := newSite(ctx, binary, dir, "", 1_000_000)
	if err != nil {
		return stopping{}, err
	}
	s.twin = twin
	defer s.killAll()
	if err := s.serve(ctx, 1); err != nil {
		return stopping{}, err
	}
	c := newCrowd(s, 256)
	c.client.Transport.(*http.Transport).DisableKeepAlives = !keepAlive
	var out stopping
	p := s.each[0]
	ended := make(chan time.Duration, 1)
	var refused, cut, reset, told atomic.Int64
	var first sync.Once
	var all sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for ; out.sent < before+after; <-tick.C {
		if out.sent == before {
			if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				return out, err
			}
			asked := time.Now()
			go func() { <-p.gone; ended <- time.Since(asked) }()
		}
		i := out.sent
		out.sent++
		all.Go(func() {
			a, _, err := c.post(ctx, "http://"+p.addr+"/tillfalle/"+slug+"/anmalan", c.form(i))
			var dial *net.OpError
			switch {
			case err == nil && a.status == http.StatusSeeOther:
				c.note(func(j *journal) { j.Received[email(i)] = true })
			case err == nil:
				told.Add(1)
			case errors.As(err, &dial) && dial.Op == "dial":
				refused.Add(1)
			default:
				cut.Add(1)
				if errors.Is(err, syscall.ECONNRESET) {
					reset.Add(1)
				}
				first.Do(func() { out.firstCut = err.Error() })
			}
		})
	}
	all.Wait()
	select {
	case out.took = <-ended:
	case <-time.After(40 * time.Second):
		return out, fmt.Errorf("the program did not end:\n%s", p.lastWords())
	}
	out.exit, out.reset = p.cmd.ProcessState.ExitCode(), int(reset.Load())
	out.refused, out.cut, out.told, out.received = int(refused.Load()), int(cut.Load()), int(told.Load()), len(c.journal.Received)
	b, err := s.read(ctx)
	for who := range c.journal.Received {
		if !b.ever[who] {
			out.lost++
		}
	}
	out.faults = append(b.findings, s.faults()...)
	return out, err
}

// err is what is wrong with the stop, nil for nothing.
func (s stopping) err() error {
	var errs []error
	if s.lost > 0 {
		errs = append(errs, fmt.Errorf("%d registrations were received and are gone", s.lost))
	}
	if s.cut > 0 {
		errs = append(errs, fmt.Errorf("%d requests were cut off: %s", s.cut, s.firstCut))
	}
	if s.exit != 0 {
		errs = append(errs, fmt.Errorf("the program ended with %d", s.exit))
	}
	for _, f := range s.faults {
		errs = append(errs, errors.New(f))
	}
	return errors.Join(errs...)
}

// figures are the stop's.
func (s stopping) figures() figures {
	return figures{"sent": s.sent, "received": s.received, "refused": s.refused, "cut": s.cut, "reset": s.reset, "lost": s.lost, "other_answers": s.told, "stopped_in_s": s.took.Seconds()}
}
