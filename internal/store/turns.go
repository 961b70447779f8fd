package store

import (
	"errors"
	"os"
	"syscall"
	"time"
)

const (
	givesWay  = 10 * time.Millisecond // at most, to another program that waits
	glimpse   = time.Millisecond
	turnsName = "-turns"
)

// turns lets several programs on one file write in turn: SQLite gives its lock to whoever asks when it is free, which
// is the one that has just let go of it, and the others starve. Who waits shows it by a lock on a file beside the
// database, which ends with its process; who could go on writing sees that and lets the other one first. Only the
// writer's goroutine uses it. The zero turns gives way to nobody.
type turns struct {
	file  *os.File
	shown bool
}

// openTurns answers a turns that gives way to nobody where the file cannot be had: that costs others time alone.
func openTurns(path string) turns {
	f, err := os.OpenFile(path+turnsName, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return turns{}
	}
	return turns{file: f}
}

// wait shows that this program waits to write.
func (t *turns) wait() {
	if t.file != nil && !t.shown { // another one that waits may be in the way, for now
		t.shown = flock(t.file, syscall.LOCK_EX|syscall.LOCK_NB) == nil
	}
}

// end shows that it does not wait any longer.
func (t *turns) end() {
	if t.shown {
		_ = flock(t.file, syscall.LOCK_UN)
		t.shown = false
	}
}

// giveWay lets another program write first that waits to.
func (t *turns) giveWay() {
	if t.file == nil || t.shown {
		return
	}
	for range givesWay / glimpse {
		err := flock(t.file, syscall.LOCK_SH|syscall.LOCK_NB)
		if err == nil {
			_ = flock(t.file, syscall.LOCK_UN)
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return
		}
		time.Sleep(glimpse)
	}
}

func (t *turns) close() error {
	if t.file == nil {
		return nil
	}
	return t.file.Close()
}
