package service_test

import (
	"bufio"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"
)

// sunk is one copy of a letter that the sink has taken.
type sunk struct {
	life int // of the sender, by when the connection came
	to   string
	id   string // Message-ID
	raw  string
	at   time.Time // when MAIL was said
}

// sink is a mail server that takes everything and remembers it.
type sink struct {
	addr string
	wait time.Duration // before the answer after the dot

	mu     sync.Mutex
	life   int
	copies []sunk
	conns  map[net.Conn]bool
	served sync.WaitGroup
}

func newSink(t testing.TB, wait time.Duration) *sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{addr: l.Addr().String(), wait: wait, conns: map[net.Conn]bool{}}
	s.served.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns[c] = true
			life := s.life
			s.mu.Unlock()
			s.served.Go(func() { defer c.Close(); s.talk(c, life) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		s.mu.Lock()
		for c := range s.conns {
			_ = c.Close()
		}
		s.mu.Unlock()
		s.served.Wait()
	})
	return s
}

func (s *sink) url() string { return "smtp://" + s.addr + "?starttls=off" }

// talk is one connection. It speaks as little as a client needs.
func (s *sink) talk(c net.Conn, life int) {
	in := textproto.NewReader(bufio.NewReader(c))
	say := func(line string) bool { _, err := fmt.Fprint(c, line+"\r\n"); return err == nil }
	if !say("220 sink.example.se") {
		return
	}
	copied := sunk{life: life}
	for {
		line, err := in.ReadLine()
		if err != nil {
			return
		}
		answer := "250 2.0.0 ok"
		switch verb := strings.ToUpper(line[:min(4, len(line))]); verb {
		case "EHLO":
			answer = "250-sink.example.se\r\n250 PIPELINING"
		case "MAIL":
			copied.at = time.Now()
		case "RCPT":
			copied.to = strings.TrimSuffix(strings.TrimPrefix(line, "RCPT TO:<"), ">")
		case "QUIT":
			say("221 2.0.0 bye")
			return
		case "DATA":
			if !say("354 go ahead") {
				return
			}
			raw, err := in.ReadDotBytes()
			if err != nil {
				return
			}
			copied.raw = string(raw)
			copied.id, _, _ = strings.Cut(strings.TrimPrefix(copied.raw, "Message-ID: "), "\n")
			s.mu.Lock()
			s.copies = append(s.copies, copied)
			s.mu.Unlock()
			time.Sleep(s.wait)
		}
		if !say(answer) {
			return
		}
	}
}

// all is what has been taken so far.
func (s *sink) all() []sunk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sunk(nil), s.copies...)
}

func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.copies)
}

// died begins the next life of the sender.
func (s *sink) died() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life++
}
