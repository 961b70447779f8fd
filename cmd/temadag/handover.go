package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/temadag/temadag/internal/server"
)

// A new program takes over from the old one without a connection being refused: the old one starts it with
// its listening sockets already open, goes on answering until the new one says that it answers too, and only
// then takes no more and ends. A new program that does not come so far changes nothing. Both use the
// database meanwhile, as two processes may. It is written here and not taken from a library, since what is
// needed is one fork and one pipe; the libraries for it bring their own idea of how a program lives.
const (
	firstInherited = 3                  // file descriptor, as systemd has it
	handoverName   = "TEMADAG_HANDOVER" // names of the sockets that were handed over, with commas
	aloneName      = "TEMADAG_ALONE"    // those of them that nobody holds besides the program that hands them over
	takeOverWithin = 2 * time.Minute    // the schema may have to be brought up to date first
	politeFor      = time.Second        // for which whoever has a connection open is asked to make a new one
)

// openings are the sockets of the program, in the order they are handed over.
type openings struct {
	names     []string
	listeners []*server.Listener
	inherited map[string]net.Listener
	alone     []string // of the inherited ones those that are this program's own when the one before has gone
	hangup    chan os.Signal
	ready     *os.File // tells the old program that this one answers; nil where there is none
}

// heed keeps a hangup that comes before the program answers until it does: it would end the program otherwise.
func heed() chan os.Signal {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	return hangup
}

// inherit takes what another program has left open: the old Temadag, or systemd (sd_listen_fds(3)), whose
// first socket is for the pages.
func inherit(hangup chan os.Signal) (*openings, error) {
	o := &openings{inherited: map[string]net.Listener{}, hangup: hangup}
	var names []string
	if handed := os.Getenv(handoverName); handed != "" {
		names = strings.Split(handed, ",")
		o.ready = os.NewFile(uintptr(firstInherited+len(names)), "ready")
		syscall.CloseOnExec(firstInherited + len(names))
		o.alone = strings.Split(os.Getenv(aloneName), ",")
	} else if n, err := strconv.Atoi(os.Getenv("LISTEN_FDS")); err == nil && n > 0 && os.Getenv("LISTEN_PID") == strconv.Itoa(os.Getpid()) {
		names = []string{"pages"}
	}
	for _, name := range []string{handoverName, aloneName, "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"} {
		if err := os.Unsetenv(name); err != nil {
			return nil, err
		}
	}
	for i, name := range names {
		f := os.NewFile(uintptr(firstInherited+i), name)
		ln, err := net.FileListener(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("the socket that was handed over for the %s: %w", name, err)
		}
		if tcp, ok := ln.(*net.TCPListener); ok {
			ln = server.NewListener(tcp, true)
		}
		o.inherited[name] = ln
	}
	return o, nil
}

// listen is the socket of that name that was handed over, or a new one on addr.
func (o *openings) listen(ctx context.Context, name, addr string) (net.Listener, error) {
	ln, ok := o.inherited[name]
	if !ok {
		var err error
		if ln, err = server.Listen(ctx, addr); err != nil {
			return nil, err
		}
	}
	if tcp, ok := ln.(*server.Listener); ok {
		o.names, o.listeners = append(o.names, name), append(o.listeners, tcp)
	}
	return ln, nil
}

// answering tells systemd and the old program, where there is one, that this one answers.
func (o *openings) answering() error {
	words := "READY=1"
	if o.ready == nil {
		return notify(words)
	}
	// systemd must know whom to watch before the old program ends.
	err := notify("MAINPID=" + strconv.Itoa(os.Getpid()) + "\n" + words)
	_, written := o.ready.Write([]byte{1})
	if written == nil { // the one before goes: what it alone held is this one's alone
		for _, name := range o.alone {
			if ln, ok := o.inherited[name].(*server.Listener); ok {
				ln.Share(false)
			}
		}
	}
	return errors.Join(err, written, o.ready.Close())
}

// handOver starts the program anew from where it was started, with the sockets, and returns its process when
// it answers. With an error nothing has changed.
func (o *openings) handOver(ctx context.Context) (pid int, err error) {
	if os.Getpid() == 1 {
		return 0, errors.New("the first process of a container cannot be followed by another; start a new container beside it")
	}
	path, err := exec.LookPath(os.Args[0])
	if err != nil {
		return 0, fmt.Errorf("the new program: %w", err)
	}
	fds := []uintptr{0, 1, 2}
	for _, ln := range o.listeners {
		fd, err := duplicate(ln.TCPListener)
		if err != nil {
			return 0, fmt.Errorf("handing over a socket: %w", err)
		}
		defer syscall.Close(fd)
		fds = append(fds, uintptr(fd))
	}
	ready, tell, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer ready.Close()
	// Not os.StartProcess: it would make the sockets block, for this program too.
	pid, err = syscall.ForkExec(path, os.Args, &syscall.ProcAttr{Env: o.environment(), Files: append(fds, tell.Fd())})
	if err = errors.Join(err, tell.Close()); err != nil {
		return 0, fmt.Errorf("starting the new program: %w", err)
	}
	if err := await(ctx, pid, ready); err != nil {
		return 0, err
	}
	for _, ln := range o.listeners {
		ln.Share(true) // who waits to be taken is the new program's
	}
	return pid, nil
}

// environment is this program's own for the next.
func (o *openings) environment() []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "WATCHDOG_PID=") { // it is watched like this one
			env = append(env, e)
		}
	}
	var alone []string
	for i, ln := range o.listeners {
		if !ln.Shared() {
			alone = append(alone, o.names[i])
		}
	}
	return append(env, handoverName+"="+strings.Join(o.names, ","), aloneName+"="+strings.Join(alone, ","))
}

// await is nil when the process says that it answers. One that does not in time is ended.
func await(ctx context.Context, pid int, ready *os.File) error {
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	_ = ready.SetReadDeadline(time.Now().Add(takeOverWithin))
	undo := context.AfterFunc(ctx, func() { _ = ready.SetReadDeadline(time.Now()) })
	defer undo()
	if _, err := ready.Read(make([]byte, 1)); err != nil {
		_ = process.Kill() // it may be gone already
		state, _ := process.Wait()
		return fmt.Errorf("the new program did not come so far as to answer: %v (%v)", state, err)
	}
	return process.Release()
}

func duplicate(ln *net.TCPListener) (int, error) {
	raw, err := ln.SyscallConn()
	if err != nil {
		return 0, err
	}
	var fd int
	var fault error
	err = raw.Control(func(own uintptr) {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		if fd, fault = syscall.Dup(int(own)); fault == nil {
			syscall.CloseOnExec(fd)
		}
	})
	return fd, errors.Join(err, fault)
}
