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

// sink is a mail server that takes everything, unless it is told otherwise, and remembers it.
type sink struct {
	addr string
	wait time.Duration // before the answer after the dot
	// fault is what is answered to MAIL, RCPT or the dot instead of taking it, or "drop"; "" for nothing. A
	// drop at the dot comes when the letter has been taken. nil for never.
	fault func(at, to string) string

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

// sinkTalk is one connection. It speaks as little as a client needs.
type sinkTalk struct {
	s    *sink
	out  net.Conn
	in   *textproto.Reader
	copy sunk // of the letter under way
}

func (s *sink) talk(c net.Conn, life int) {
	k := &sinkTalk{s: s, out: c, in: textproto.NewReader(bufio.NewReader(c)), copy: sunk{life: life}}
	for on := k.say("220 sink.example.se"); on; {
		line, err := k.in.ReadLine()
		on = err == nil && k.obey(line)
	}
}

func (k *sinkTalk) say(line string) bool {
	_, err := fmt.Fprint(k.out, line+"\r\n")
	return err == nil
}

// obey answers a command, and reports whether the talk goes on.
func (k *sinkTalk) obey(line string) bool {
	switch strings.ToUpper(line[:min(4, len(line))]) {
	case "EHLO":
		return k.say("250-sink.example.se\r\n250-ENHANCEDSTATUSCODES\r\n250 PIPELINING")
	case "MAIL":
		k.copy.at, k.copy.to = time.Now(), ""
		return k.unless("MAIL", "", func() {})
	case "RCPT":
		to := strings.TrimSuffix(strings.TrimPrefix(line, "RCPT TO:<"), ">")
		return k.unless("RCPT", to, func() { k.copy.to = to })
	case "DATA":
		return k.data()
	case "QUIT":
		k.say("221 2.0.0 bye")
		return false
	}
	return k.say("250 2.0.0 ok")
}

// unless does what was asked for and says so, unless a fault is to be played.
func (k *sinkTalk) unless(at, to string, do func()) bool {
	what := ""
	if k.s.fault != nil {
		k.s.mu.Lock()
		what = k.s.fault(at, to)
		k.s.mu.Unlock()
	}
	if what == "" || what == "drop" && at == "dot" {
		do()
	}
	switch what {
	case "":
		return k.say("250 2.0.0 ok")
	case "drop":
		return false
	}
	return k.say(what)
}

func (k *sinkTalk) data() bool {
	if k.copy.to == "" {
		return k.say("503 5.5.1 no recipient")
	}
	if !k.say("354 go ahead") {
		return false
	}
	raw, err := k.in.ReadDotBytes()
	if err != nil {
		return false
	}
	k.copy.raw = string(raw)
	k.copy.id, _, _ = strings.Cut(strings.TrimPrefix(k.copy.raw, "Message-ID: "), "\n")
	return k.unless("dot", k.copy.to, func() {
		k.s.mu.Lock()
		k.s.copies = append(k.s.copies, k.copy)
		k.s.mu.Unlock()
		time.Sleep(k.s.wait)
	})
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
