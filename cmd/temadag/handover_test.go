package main

import (
	"os"
	"syscall"
	"testing"
	"time"
)

// A hangup that comes while the program is only coming up would end it; it is kept until the sockets are there.
func TestHeed_keepsAHangupThatComesEarly(t *testing.T) {
	hangup := heed()
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	o, err := inherit(hangup)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-o.hangup:
	case <-time.After(30 * time.Second):
		t.Error("it was forgotten")
	}
}
