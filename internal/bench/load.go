package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// load is a number of clients that each keep one connection open and send the next request when
// the answer to the last is complete. The requests are ready bytes and the answers are parsed no
// further than needed: on two processors a comfortable client would measure itself.
type load struct {
	addr    string
	clients int
	next    func(client int) []byte            // the next request, or nil when the client is done
	accept  func(status int, head []byte) bool // whether an answer counts; anything else is a failure
	lasting time.Duration                      // 0: until next says so
	due     func(client int) time.Time         // when the next request is to be sent; nil for at once
}

// loadResult is what a load did. Failed answers are in no latency and in no rate.
type loadResult struct {
	Done     int
	Failed   int
	Failure  string // the first failure, in words
	Elapsed  time.Duration
	Waits    []time.Duration // sorted
	Received int64           // bytes of the bodies that counted
}

// perSecond is the rate of answers that counted.
func (r loadResult) perSecond() float64 { return float64(r.Done) / r.Elapsed.Seconds() }

// percentile is the wait that p of the answers did not exceed.
func (r loadResult) percentile(p float64) time.Duration {
	if len(r.Waits) == 0 {
		return 0
	}
	return r.Waits[min(len(r.Waits)-1, int(p*float64(len(r.Waits))))]
}

// milliseconds is d as a number for a figure.
func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// run opens every connection first and then lets the clients go together.
func (l load) run(ctx context.Context) (loadResult, error) {
	workers := make([]*client, l.clients)
	for i := range workers {
		conn, err := net.DialTimeout("tcp", l.addr, 5*time.Second)
		if err != nil {
			return loadResult{}, fmt.Errorf("connection %d: %w", i+1, err)
		}
		defer func() { _ = conn.Close() }()
		workers[i] = &client{conn: conn, buf: make([]byte, 32<<10), waits: make([]time.Duration, 0, 4096)}
	}
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true) })()
	var all sync.WaitGroup
	gate := make(chan struct{})
	for i, w := range workers {
		all.Go(func() {
			<-gate
			w.work(i, l, &stopped)
		})
	}
	if l.lasting > 0 {
		timer := time.AfterFunc(l.lasting, func() { stopped.Store(true) })
		defer timer.Stop()
	}
	start := time.Now()
	close(gate)
	all.Wait()
	return gather(workers, time.Since(start)), ctx.Err()
}

func gather(workers []*client, elapsed time.Duration) loadResult {
	r := loadResult{Elapsed: elapsed}
	for _, w := range workers {
		r.Done += len(w.waits)
		r.Failed += w.failed
		r.Received += w.received
		r.Waits = append(r.Waits, w.waits...)
		if r.Failure == "" {
			r.Failure = w.failure
		}
	}
	slices.Sort(r.Waits)
	return r
}

// client is one connection of a load.
type client struct {
	conn     net.Conn
	buf      []byte
	waits    []time.Duration
	received int64
	failed   int
	failure  string
}

func (c *client) work(i int, l load, stopped *atomic.Bool) {
	for !stopped.Load() {
		request := l.next(i)
		if request == nil {
			return
		}
		start := time.Now()
		if l.due != nil {
			start = l.due(i)
			time.Sleep(time.Until(start))
		}
		status, head, body, err := c.exchange(request)
		switch {
		case err != nil:
			c.fail(err.Error())
			return
		case !l.accept(status, head):
			c.fail(fmt.Sprintf("answer %q", firstLines(head)))
		default:
			c.waits = append(c.waits, time.Since(start))
			c.received += int64(body)
		}
	}
}

func (c *client) fail(why string) {
	c.failed++
	if c.failure == "" {
		c.failure = why
	}
}

// exchange sends a request and reads the whole answer. head is valid until the next exchange.
func (c *client) exchange(request []byte) (status int, head []byte, body int, err error) {
	if _, err := c.conn.Write(request); err != nil {
		return 0, nil, 0, err
	}
	have, end := 0, -1
	for end < 0 {
		if have == len(c.buf) {
			return 0, nil, 0, errors.New("the head of an answer is too long")
		}
		n, err := c.conn.Read(c.buf[have:])
		if err != nil {
			return 0, nil, 0, err
		}
		have += n
		end = bytes.Index(c.buf[:have], []byte("\r\n\r\n"))
	}
	head = c.buf[:end]
	status, body, err = parseHead(head)
	if err != nil {
		return 0, nil, 0, err
	}
	for rest := body - (have - end - 4); rest > 0; {
		n, err := c.conn.Read(c.buf[end : end+min(rest, len(c.buf)-end)])
		if err != nil {
			return 0, nil, 0, err
		}
		rest -= n
	}
	return status, head, body, nil
}

// parseHead reads the status and the length of the body. An answer of unknown length is an error:
// everything Temadag answers has one.
func parseHead(head []byte) (status, body int, err error) {
	if len(head) < 12 || !bytes.HasPrefix(head, []byte("HTTP/1.1 ")) {
		return 0, 0, fmt.Errorf("not an answer: %q", firstLines(head))
	}
	if status, err = strconv.Atoi(string(head[9:12])); err != nil {
		return 0, 0, fmt.Errorf("not a status: %q", head[9:12])
	}
	if status == 304 || status == 204 {
		return status, 0, nil
	}
	value, ok := header(head, "Content-Length")
	if !ok {
		return 0, 0, fmt.Errorf("answer without a length: %q", firstLines(head))
	}
	if body, err = strconv.Atoi(value); err != nil {
		return 0, 0, fmt.Errorf("length of an answer: %w", err)
	}
	return status, body, nil
}

// header is the value of a field of an answer's head, written as net/http writes its name.
func header(head []byte, name string) (string, bool) {
	_, after, ok := bytes.Cut(head, []byte("\r\n"+name+": "))
	if !ok {
		return "", false
	}
	value, _, _ := bytes.Cut(after, []byte("\r\n"))
	return string(value), true
}

func firstLines(head []byte) []byte { return head[:min(len(head), 400)] }

// fetch gets one page outside any measurement: its head and body.
func fetch(addr string, request []byte) (status int, head, body []byte, err error) {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return 0, nil, nil, err
	}
	if _, err := conn.Write(request); err != nil {
		return 0, nil, nil, err
	}
	var all []byte
	buf := make([]byte, 16<<10)
	for {
		n, err := conn.Read(buf)
		all = append(all, buf[:n]...)
		if head, body, ok := bytes.Cut(all, []byte("\r\n\r\n")); ok {
			status, length, perr := parseHead(head)
			if perr != nil || len(body) >= length {
				return status, head, body, perr
			}
		}
		if err != nil {
			return 0, nil, nil, fmt.Errorf("answer cut short: %w", errors.Join(err, io.ErrUnexpectedEOF))
		}
	}
}
