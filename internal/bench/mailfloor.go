package main

import (
	"fmt"
	"net/smtp"
	"sync"
	"sync/atomic"
	"time"
)

// bareMail is the floor of the mails: net/smtp sends the same ready bytes n times over reused
// connections. It returns mails a second.
func bareMail(k *sink, connections, n int, from, to string, raw []byte) (float64, error) {
	clients := make([]*smtp.Client, connections)
	for i := range clients {
		c, err := smtp.Dial(k.addr())
		if err != nil {
			return 0, err
		}
		defer func() { _ = c.Close() }()
		if err := c.Hello("bench.example"); err != nil {
			return 0, err
		}
		clients[i] = c
	}
	return timedShare(connections, n, k, func(worker, _ int) error {
		return sendBare(clients[worker], from, to, raw)
	})
}

func sendBare(c *smtp.Client, from, to string, raw []byte) error {
	if err := c.Mail(from); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}

// timedShare lets workers share n mails and returns the rate. Every mail must have reached the sink.
func timedShare(workers, n int, k *sink, send func(worker, i int) error) (float64, error) {
	before := k.accepted.Load()
	var next atomic.Int64
	var all sync.WaitGroup
	faults := make(chan error, workers)
	start := time.Now()
	for w := range workers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := send(w, i); err != nil {
					faults <- fmt.Errorf("mail %d: %w", i, err)
					return
				}
			}
		})
	}
	all.Wait()
	elapsed := time.Since(start)
	select {
	case err := <-faults:
		return 0, err
	default:
	}
	if got := int(k.accepted.Load() - before); got != n {
		return 0, fmt.Errorf("%d mails sent, %d arrived", n, got)
	}
	return float64(n) / elapsed.Seconds(), nil
}
