package server

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Listener is a TCP socket at which nobody who has a connection is lost when Serve comes to its end: the kernel
// makes connections that nobody has taken yet, and throws them away when the socket is closed. Serve therefore
// lets no new connection be made, takes all that wait, and only then closes it.
//
// A socket that another process holds too is closed at once instead: the other one takes who waits, and would
// not be reached any more if nobody could make a connection.
type Listener struct {
	*net.TCPListener
	shared atomic.Bool
}

// Listen is a socket of one's own on addr. It speaks no Multipath TCP, at whose sockets the kernel takes no filter.
func Listen(ctx context.Context, addr string) (*Listener, error) {
	var c net.ListenConfig
	c.SetMultipathTCP(false)
	ln, err := c.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return NewListener(ln.(*net.TCPListener), false), nil
}

// NewListener is ln; shared tells that another process holds the socket too, and will after this one.
func NewListener(ln *net.TCPListener, shared bool) *Listener {
	l := &Listener{TCPListener: ln}
	l.Share(shared)
	return l
}

// Share tells whether another process holds the socket from now on, and will after this one.
func (l *Listener) Share(shared bool) { l.shared.Store(shared) }

// Shared tells whether another process holds the socket too.
func (l *Listener) Shared() bool { return l.shared.Load() }

// underWay is how long somebody has for the last of the three packets that make a connection.
const underWay = 250 * time.Millisecond

// lastCall returns when nobody waits to be taken. Somebody must go on taking them meanwhile.
func (l *Listener) lastCall() {
	if l.Shared() {
		return
	}
	most := 8 // rounds, where people may go on coming
	if shut(l.TCPListener) == nil {
		most = 1 << 30
	}
	for range most {
		time.Sleep(underWay)
		if !l.waited() {
			return
		}
	}
}

// waited tells whether somebody waits to be taken; nobody does at a socket that is closed.
func (l *Listener) waited() bool {
	var n int
	err := control(l.TCPListener, func(fd int) (err error) {
		n, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return err
	})
	return n > 0 || errors.Is(err, unix.EINTR)
}

// control lends the socket's file descriptor to f.
func control(ln *net.TCPListener, f func(fd int) error) error {
	raw, err := ln.SyscallConn()
	if err != nil {
		return err
	}
	var fault error
	err = raw.Control(func(fd uintptr) { fault = f(int(fd)) })
	return errors.Join(err, fault)
}
