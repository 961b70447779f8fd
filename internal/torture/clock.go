package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

//go:embed preload/clock.c
var clockSource []byte

// turnedClock is the clock on the wall that one program reads. Nobody else's is turned, nor is the program's stopwatch.
type turnedClock struct {
	library, path string
	mem           []byte
}

// newTurnedClock compiles what turns the clock, into a folder. Close it.
func newTurnedClock(ctx context.Context, dir string) (*turnedClock, error) {
	library, err := compile(ctx, dir, "clock", clockSource)
	if err != nil {
		return nil, err
	}
	c := &turnedClock{library: library, path: filepath.Join(dir, "clock")}
	if err := os.WriteFile(c.path, make([]byte, 8), 0o600); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(c.path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if c.mem, err = syscall.Mmap(int(f.Fd()), 0, 8, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED); err != nil {
		return nil, fmt.Errorf("sharing %s: %w", c.path, err)
	}
	return c, nil
}

func (c *turnedClock) close() error { return syscall.Munmap(c.mem) }

// environment is what a program needs to read this clock.
func (c *turnedClock) environment() []string {
	return []string{"LD_PRELOAD=" + c.library, "TEMADAG_PRELOAD_CLOCK=" + c.path}
}

func (c *turnedClock) offset() *int64 { return (*int64)(unsafe.Pointer(&c.mem[0])) }

// now is what the clock shows.
func (c *turnedClock) now() time.Time {
	return time.Now().Round(0).Add(time.Duration(atomic.LoadInt64(c.offset())))
}

func (c *turnedClock) turn(by time.Duration) { atomic.AddInt64(c.offset(), int64(by)) }

// shows asks a program for the time: one whose clock is another than this is not being tortured.
func (c *turnedClock) shows(ctx context.Context, p *process) error {
	before := c.now()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/tillfalle/"+slug, nil)
	if err != nil {
		return err
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if at.Before(before.Add(-2*time.Second)) || at.After(c.now().Add(time.Second)) {
		return fmt.Errorf("the program's clock shows %v and should show %v: it could not be turned", at, before)
	}
	return nil
}
