package main

import (
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/temadag/temadag/internal/server"
)

// The health check reaches a server wherever it listens, without asking anybody what localhost is: a container need
// not know. It tells one that is not ready, and none.
func TestHealth(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"0.0.0.0:8080": "127.0.0.1:8080", ":8080": "127.0.0.1:8080", "[::]:8080": "[::1]:8080",
		"127.0.0.2:80": "127.0.0.2:80", "temadag.example.se:80": "temadag.example.se:80",
	} {
		if got, err := nearAddr(addr); err != nil || got != want {
			t.Errorf("%s is reached at %s (%v), want %s", addr, got, err, want)
		}
	}
	var status atomic.Int32
	status.Store(http.StatusOK)
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+server.ReadyPath, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) })
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: mux}
	go func() { _ = s.Serve(l) }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := &Config{Addr: net.JoinHostPort("0.0.0.0", port)}
	if err := (healthCommand{}).Run(t.Context(), c); err != nil {
		t.Errorf("a server that is ready: %v", err)
	}
	status.Store(http.StatusServiceUnavailable)
	if err := (healthCommand{}).Run(t.Context(), c); err == nil {
		t.Error("a server that takes no visitors is well")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := (healthCommand{}).Run(t.Context(), c); err == nil {
		t.Error("no server is well")
	}
}
