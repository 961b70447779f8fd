package main

import (
	"context"
	"net/http"
	"os/signal"
	"sync/atomic"
	"time"
)

// ending is how a serving program comes to its end.
type ending struct {
	begun atomic.Bool
}

// polite asks, once the end has begun, everyone who is answered to make a new connection for the next
// question: an open one would be closed, perhaps at the moment at which a form is sent over it.
func (e *ending) polite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e.begun.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// wait returns when the program shall take no more: it was told to stop, or another one answers in its
// place. From the moment that is known until then /readyz says no; told to stop, the program goes on taking
// requests for delay.
func (e *ending) wait(ctx context.Context, p *program, o *openings, delay time.Duration) {
	defer signal.Stop(o.hangup)
	for {
		select {
		case <-ctx.Done():
			e.begun.Store(true)
			if err := notify("STOPPING=1"); err != nil {
				p.log.WarnContext(ctx, "systemd was not reached", "error", err)
			}
			time.Sleep(delay)
			return
		case <-o.hangup:
			pid, err := o.handOver(ctx)
			if err != nil {
				p.log.ErrorContext(ctx, "handing over failed; this program goes on", "error", err)
				continue
			}
			e.begun.Store(true)
			p.log.InfoContext(ctx, "another program has taken over", "pid", pid)
			time.Sleep(politeFor)
			return
		}
	}
}
