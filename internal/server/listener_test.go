package server_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/server"
)

// busy is a server whose loop has no time for anybody after the first until it is let go on.
type busy struct {
	addr   string
	stop   context.CancelFunc
	goOn   func()
	served chan error
}

func newBusy(t *testing.T, wrap func(*server.Listener) net.Listener) *busy {
	t.Helper()
	own, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	srv := server.NewHTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "here you are")
	}), options(t.Output()).Log)
	wait := make(chan struct{})
	var first sync.Once
	srv.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			first.Do(func() { <-wait })
		}
	}
	b := &busy{addr: own.Addr().String(), stop: stop, goOn: sync.OnceFunc(func() { close(wait) }), served: make(chan error, 1)}
	ln := wrap(own)
	go func() { b.served <- server.Serve(ctx, ln, srv, 30*time.Second) }()
	t.Cleanup(func() { stop(); b.goOn() })
	return b
}

// visit makes connections, each with a question on it.
func (b *busy) visit(t *testing.T, n int) []net.Conn {
	t.Helper()
	out := make([]net.Conn, n)
	for i := range out {
		c, err := net.Dial("tcp", b.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		out[i] = c
	}
	return out
}

// lost is how many of the connections got no answer.
func lost(conns []net.Conn) int {
	n := 0
	for _, c := range conns {
		if got, err := io.ReadAll(c); err != nil || len(got) == 0 {
			n++
		}
	}
	return n
}

// told closes a channel when it is closed.
type told struct {
	net.Listener
	closed func()
}

func (l told) Close() error {
	defer l.closed()
	return l.Listener.Close()
}

// Whoever has a connection when the program is told to stop is answered, though nobody has taken it yet; whoever
// comes later is not let make one.
func TestListener_losesNobodyWhoHasAConnection(t *testing.T) {
	b := newBusy(t, func(own *server.Listener) net.Listener { return own })
	waiting := b.visit(t, 40)
	b.stop()
	var shut error
	for range 5000 { // until nobody gets in
		c, err := net.DialTimeout("tcp", b.addr, 300*time.Millisecond)
		if err != nil {
			shut = err
			break
		}
		_ = c.Close()
		time.Sleep(time.Millisecond)
	}
	if !os.IsTimeout(shut) {
		t.Errorf("people went on getting in, or the socket was closed while some waited: %v", shut)
	}
	b.goOn()
	if n := lost(waiting); n > 0 {
		t.Errorf("%d of %d who had a connection got no answer", n, len(waiting))
	}
	if err := <-b.served; err != nil {
		t.Errorf("serve: %v", err)
	}
	if _, err := net.Dial("tcp", b.addr); err == nil {
		t.Error("somebody was let in after the end")
	}
}

// TestListener_twin: a socket that is closed without more throws away who waits.
func TestListener_twin(t *testing.T) {
	closed := make(chan struct{})
	b := newBusy(t, func(own *server.Listener) net.Listener {
		return told{own.TCPListener, sync.OnceFunc(func() { close(closed) })}
	})
	waiting := b.visit(t, 40)
	b.stop()
	<-closed
	b.goOn()
	if lost(waiting) == 0 {
		t.Error("a socket that was closed at once lost nobody: the trial notices nothing")
	}
	<-b.served
}

// A socket that another process holds is left as it is: people get in, and wait there for the other.
func TestListener_leavesASharedSocketOpen(t *testing.T) {
	var others net.Listener
	b := newBusy(t, func(own *server.Listener) net.Listener {
		f, err := own.File()
		if err != nil {
			t.Fatal(err)
		}
		if others, err = net.FileListener(f); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		return server.NewListener(own.TCPListener, true)
	})
	defer others.Close()
	b.goOn()
	b.stop()
	if err := <-b.served; err != nil {
		t.Errorf("serve: %v", err)
	}
	waiting := b.visit(t, 3)
	for range waiting {
		c, err := others.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, "from the other")
		_ = c.Close()
	}
}
