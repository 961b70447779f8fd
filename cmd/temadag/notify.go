package main

import (
	"context"
	"net"
	"os"
	"strconv"
	"time"
)

// notify tells systemd how the program fares (sd_notify(3)): READY=1, STOPPING=1, WATCHDOG=1. Without
// NOTIFY_SOCKET nobody wants to know, and nil is returned.
func notify(words string) error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	if path[0] == '@' { // an abstract socket
		path = "\x00" + path[1:]
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Write([]byte(words))
	return err
}

// watchdog is how often systemd wants a sign of life of this process; 0 for never.
func watchdog() time.Duration {
	if pid := os.Getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	n, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || n <= 0 {
		return 0
	}
	return time.Duration(n) * time.Microsecond
}

// keepWatch gives the sign of life twice as often as it is wanted, as long as the database answers: a
// program that cannot write any more is started again, and then checks its file. It returns when ctx ends.
func (p *program) keepWatch(ctx context.Context) {
	every := watchdog() / 2
	if every <= 0 {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := p.healthy(ctx); err != nil {
				p.log.ErrorContext(ctx, "no sign of life is given", "error", err)
			} else if err := notify("WATCHDOG=1"); err != nil {
				p.log.WarnContext(ctx, "systemd was not reached", "error", err)
			}
		}
	}
}
