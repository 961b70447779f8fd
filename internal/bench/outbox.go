package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// outboxDrained is how many letters a second leave the whole program for a mail server: read from the
// database, composed, kept before the first try, handed over, and noted as taken, each durably. The floor is
// that of the mails, which writes nothing down.
func outboxDrained(plan mailPlan) func(context.Context, *session) (*figure, error) {
	return func(ctx context.Context, s *session) (*figure, error) {
		facts, err := s.letterFacts(ctx, false)
		if err != nil {
			return nil, err
		}
		composer, err := newComposer()
		if err != nil {
			return nil, err
		}
		ready, err := composer.Compose(facts(0))
		if err != nil {
			return nil, err
		}
		k, err := plan.sink()
		if err != nil {
			return nil, err
		}
		defer k.close()
		n := s.count(plan.perSecond)
		var app, floor, appCPU []float64
		err = s.alternate(func() error {
			rate, cpu, err := s.drainOnce(ctx, k, plan.connections, n)
			app, appCPU = append(app, rate), append(appCPU, microseconds(cpu, n))
			return err
		}, func() error {
			rate, err := bareMail(k, plan.connections, n, mailFrom, "deltagare.0@example.se", ready)
			floor = append(floor, rate)
			return err
		})
		if err != nil {
			return nil, err
		}
		f := &figure{Value: median(app), Unit: "mails/s", Floor: median(floor)}
		f.extra("connections", plan.connections)
		f.extra("letters", n)
		f.extra("least_ratio", leastRatio(app, floor))
		f.extra("cpu_us", median(appCPU))
		return f, nil
	}
}

// drainOnce is the rate from the first letter's arrival to the last one's, and the processor time of the
// program and the mail server meanwhile.
func (s *session) drainOnce(ctx context.Context, k *sink, connections, n int) (rate float64, cpu time.Duration, err error) {
	f, err := s.newFixture(ctx, "outbox", false)
	if err != nil {
		return 0, 0, err
	}
	if err := f.fillRows(n + 1); err != nil {
		return 0, 0, err
	}
	before := k.accepted.Load()
	c, err := s.startWithRelay(ctx, f, k.addr(), "TEMADAG_MAIL_CONNECTIONS="+strconv.Itoa(connections))
	if err != nil {
		return 0, 0, err
	}
	err = k.await(ctx, before+1, time.Minute)
	start, already := time.Now(), k.accepted.Load()-before
	cpu = -ownCPU() - c.cpu()
	patience := time.Minute + time.Duration(n)*10*time.Millisecond
	err = errors.Join(err, k.await(ctx, before+int64(n)+1, patience))
	took := time.Since(start)
	cpu += ownCPU() + c.cpu()
	rate = float64(int64(n)+1-already) / took.Seconds()
	return rate, cpu, errors.Join(err, c.stop(), os.RemoveAll(f.dir))
}

// await waits until the sink has accepted n letters in all.
func (k *sink) await(ctx context.Context, n int64, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for k.accepted.Load() < n {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of the letters never came", n-k.accepted.Load())
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}
