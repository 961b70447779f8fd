package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// NewHTTP is an http.Server that waits for nobody for ever.
func NewHTTP(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Serve answers on ln until ctx ends, then takes no more and lets what was begun finish for at most
// drain. Its error is nil when all of it finished.
//
// Where ln is a Listener, everybody who has a connection is taken first. The listener is closed and its loop over
// before the rest is waited for: a connection that was taken at the last moment would be forgotten otherwise. And
// who comes on a connection that she has kept is let in and told that it ends, for as long as such go on coming:
// an idle one is closed without a word.
func Serve(ctx context.Context, ln net.Listener, srv *http.Server, drain time.Duration) error {
	var begun atomic.Int64
	var ending atomic.Bool
	answer := srv.Handler
	srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun.Add(1)
		if ending.Load() {
			w.Header().Set("Connection", "close")
		}
		answer.ServeHTTP(w, r)
	})
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return fmt.Errorf("server: %w", err)
	case <-ctx.Done():
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	ending.Store(true)
	if l, ok := ln.(*Listener); ok {
		l.lastCall()
	}
	closed := ln.Close()
	<-failed
	untilQuiet(&begun)
	err := srv.Shutdown(wait)
	if err != nil {
		err = fmt.Errorf("server: shutdown: %w", errors.Join(err, srv.Close()))
	}
	if closed != nil && !errors.Is(closed, net.ErrClosed) {
		err = errors.Join(err, fmt.Errorf("server: %w", closed))
	}
	return err
}

// untilQuiet waits until nothing was begun for a moment, a second at most.
func untilQuiet(begun *atomic.Int64) {
	const moment, most = 50 * time.Millisecond, 20
	for range most {
		before := begun.Load()
		time.Sleep(moment)
		if begun.Load() == before {
			return
		}
	}
}
