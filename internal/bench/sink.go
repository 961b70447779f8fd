package main

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// sink is a mail server that accepts everything and keeps nothing. It is as little as a client
// needs, so that it costs the client and not itself.
type sink struct {
	listener net.Listener
	options  sinkOptions
	accepted atomic.Int64
	conns    sync.WaitGroup
	mu       sync.Mutex
	open     map[net.Conn]struct{}
}

// sinkOptions change what a sink does.
type sinkOptions struct {
	Delay  time.Duration // before each reply
	Refuse string        // the reply to every MAIL, "" to accept it
	Simple bool          // it does not offer PIPELINING, as few servers today
}

func newSink(o sinkOptions) (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	k := &sink{listener: l, options: o, open: map[net.Conn]struct{}{}}
	k.conns.Go(k.serve)
	return k, nil
}

func (k *sink) addr() string { return k.listener.Addr().String() }

// close ends every connection and waits for them.
func (k *sink) close() {
	_ = k.listener.Close()
	k.mu.Lock()
	for c := range k.open {
		_ = c.Close()
	}
	k.mu.Unlock()
	k.conns.Wait()
}

func (k *sink) serve() {
	for {
		conn, err := k.listener.Accept()
		if err != nil {
			return
		}
		k.mu.Lock()
		k.open[conn] = struct{}{}
		k.mu.Unlock()
		k.conns.Go(func() {
			_ = k.talk(conn)
			_ = conn.Close()
			k.mu.Lock()
			delete(k.open, conn)
			k.mu.Unlock()
		})
	}
}

func (k *sink) talk(conn net.Conn) error {
	r, w := bufio.NewReaderSize(conn, 64<<10), bufio.NewWriter(conn)
	// Answers to commands that came together go together (RFC 2920 section 3.2).
	reply := func(text string) error {
		if k.options.Delay > 0 {
			time.Sleep(k.options.Delay)
		}
		_, _ = w.WriteString(text) // the writer keeps its first error for Flush
		if r.Buffered() > 0 && k.options.Delay == 0 {
			return nil
		}
		return w.Flush()
	}
	if err := reply("220 sink.example ESMTP\r\n"); err != nil {
		return err
	}
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		answer, data := k.answerTo(line)
		if err := reply(answer); err != nil {
			return err
		}
		if strings.HasPrefix(answer, "221") {
			return nil
		}
		if !data {
			continue
		}
		if err := skipMessage(r); err != nil {
			return err
		}
		k.accepted.Add(1)
		if err := reply("250 2.0.0 accepted\r\n"); err != nil {
			return err
		}
	}
}

// answerTo is the reply to a command, and whether a message follows.
func (k *sink) answerTo(line []byte) (reply string, data bool) {
	verb := strings.ToUpper(string(line[:min(4, len(line))]))
	switch verb {
	case "EHLO":
		if k.options.Simple {
			return "250-sink.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 20000000\r\n", false
		}
		return "250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 20000000\r\n", false
	case "DATA":
		return "354 go ahead\r\n", true
	case "QUIT":
		return "221 2.0.0 bye\r\n", false
	case "MAIL":
		if k.options.Refuse != "" {
			return k.options.Refuse + "\r\n", false
		}
		return "250 2.1.0 ok\r\n", false
	case "HELO", "RCPT", "RSET", "NOOP":
		return "250 2.0.0 ok\r\n", false
	}
	return "500 5.5.2 not understood\r\n", false
}

// skipMessage reads up to and with the line that holds a single dot.
func skipMessage(r *bufio.Reader) error {
	whole := true // the piece begins a line
	for {
		piece, err := r.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			whole = false
		case err != nil:
			return err
		case whole && bytes.Equal(piece, []byte(".\r\n")):
			return nil
		default:
			whole = true
		}
	}
}
