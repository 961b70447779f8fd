package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// killed is what became of visitors while programs were killed.
type killed struct {
	rounds, received, lost, again int
	slowest                       time.Duration
}

// killLoop lets people register without end, kills the first program at a random moment of each round, starts it
// again, and looks after each round that everyone who was told "received" is in the books.
func killLoop(ctx context.Context, binary, dir string, programs, rounds int) (k killed, err error) {
	s, err := newSite(ctx, binary, dir, "", 100_000_000)
	if err != nil {
		return k, err
	}
	defer s.killAll()
	if err := s.serve(ctx, programs); err != nil {
		return k, err
	}
	var number atomic.Int64
	for k.rounds < rounds && ctx.Err() == nil {
		j := killRound(ctx, s, &number)
		k.rounds++
		k.received, k.again, k.slowest = k.received+len(j.Received), k.again+j.Again, max(k.slowest, j.percentile(1))
		if k.rounds%50 == 0 || k.rounds == rounds || len(j.Wrong) > 0 {
			b, err := s.read(ctx)
			if err != nil {
				return k, err
			}
			if len(b.findings) > 0 {
				return k, errors.New(strings.Join(b.findings, "\n"))
			}
		}
		missing, err := s.missing(ctx, j.Received)
		if k.lost += missing; err != nil {
			return k, err
		}
		if k.lost > 0 || len(j.Wrong) > 0 {
			return k, fmt.Errorf("round %d: %d of %d are gone; %.3q", k.rounds, missing, len(j.Received), j.Wrong)
		}
		if err := s.start(ctx, 0); err != nil {
			return k, err
		}
	}
	return k, errors.Join(ctx.Err(), s.stop())
}

// killRound is one round: visitors at every program until a moment after the first of these is killed.
func killRound(ctx context.Context, s *site, number *atomic.Int64) *journal {
	c := newCrowd(s, 64)
	c.hurry = 50 * time.Millisecond
	var over atomic.Bool
	var all sync.WaitGroup
	for i := range 8 * len(s.each) {
		at := s.each[i%len(s.each)].addr
		all.Go(func() {
			for !over.Load() {
				n := int(number.Add(1))
				a := c.insist(ctx, "http://"+at+"/tillfalle/"+slug+"/anmalan", c.form(n))
				switch a.status {
				case http.StatusSeeOther:
					c.note(func(j *journal) { j.Received[email(n)] = true })
				case 0:
					return // the power is gone
				default:
					c.wrong("someone was answered %d: %.300s", a.status, a.body)
				}
			}
		})
	}
	time.Sleep(20*time.Millisecond + rand.N(120*time.Millisecond)) // the random moment
	s.each[0].kill()
	time.Sleep(10 * time.Millisecond)
	over.Store(true)
	all.Wait()
	c.client.CloseIdleConnections()
	return &c.journal
}

// missing counts those of the addresses that are not in the books.
func (s *site) missing(ctx context.Context, emails map[string]bool) (n int, err error) {
	db, err := look(s.url)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for who := range emails {
		var there int
		if err := db.GetContext(ctx, &there, db.Rebind(`SELECT count(*) FROM registrations WHERE email = ?`), who); err != nil {
			return n, err
		}
		if there == 0 {
			n++
		}
	}
	return n, nil
}
