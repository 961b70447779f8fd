// Package worker runs background jobs: each one alone, woken when there is something to do, and
// otherwise when it said it wants to be called again. It knows nothing of what the jobs do.
package worker

import (
	"context"
	"log/slog"
	"time"
)

const (
	atLeastEvery = time.Minute // other processes may have left work behind
	afterFault   = 5 * time.Second
)

// Job is one kind of background work. Run answers when it wants to run again: a time not in the
// future for at once, the zero time for when it is woken. After an error it is run again a little
// later.
type Job struct {
	Name string
	Run  func(ctx context.Context) (next time.Time, err error)
	Now  func() time.Time
	Log  *slog.Logger

	wake chan struct{}
}

// New is a job that is not running yet.
func New(name string, now func() time.Time, log *slog.Logger, run func(ctx context.Context) (time.Time, error)) *Job {
	return &Job{Name: name, Run: run, Now: now, Log: log, wake: make(chan struct{}, 1)}
}

// Wake makes the job run soon. It never blocks, and many calls may lead to one run.
func (j *Job) Wake() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// Loop runs the job until ctx ends, and returns when the last run has. The waits are real time, so a
// clock that is turned cannot stop it.
func (j *Job) Loop(ctx context.Context) {
	for ctx.Err() == nil {
		next, err := j.Run(ctx)
		wait := atLeastEvery
		if err != nil && ctx.Err() == nil {
			j.Log.ErrorContext(ctx, "job failed", "job", j.Name, "error", err)
			wait = afterFault
		} else if !next.IsZero() {
			wait = min(wait, max(0, next.Sub(j.Now())))
		}
		if wait <= 0 {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-j.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}
