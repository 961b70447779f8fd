package main

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"time"
)

// postOffice takes letters as a mail server does, and counts how often each came, by its Message-ID.
type postOffice struct {
	listener net.Listener
	pause    time.Duration // before it says that it has taken one
	gate     sync.RWMutex  // whoever holds it keeps letters from being taken meanwhile
	putOff   int           // one of so many letters is asked to come again when it comes for the first time; 0: none

	mu    sync.Mutex
	asked map[string]bool // of the letters that came so far, whether they were put off the first time
	came  map[string]int
}

func openPostOffice(pause time.Duration) (*postOffice, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	o := &postOffice{listener: l, pause: pause, asked: map[string]bool{}, came: map[string]int{}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go o.talk(conn)
		}
	}()
	return o, nil
}

func (o *postOffice) close() error { return o.listener.Close() }

// talk is one conversation; whoever goes away in the middle of a letter has not handed it in.
func (o *postOffice) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	say := func(s string) bool { _, err := conn.Write([]byte(s + "\r\n")); return err == nil }
	if !say("220 localhost") {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		answer := "250 ok"
		switch word, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); word {
		case "EHLO":
			answer = "250-localhost\r\n250 8BITMIME"
		case "DATA":
			if !say("354 go on") {
				return
			}
			id, ok := letterIn(in)
			if !ok {
				return
			}
			time.Sleep(o.pause)
			o.gate.RLock()
			if !o.take(id) {
				answer = "451 4.3.0 come again"
			}
			o.gate.RUnlock()
		case "QUIT":
			say("221 bye")
			return
		}
		if !say(answer) {
			return
		}
	}
}

// take takes a letter, unless it is one of those that are put off.
func (o *postOffice) take(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, known := o.asked[id]; !known && o.putOff > 0 {
		if o.asked[id] = len(o.asked)%o.putOff == o.putOff-1; o.asked[id] {
			return false
		}
	}
	o.came[id]++
	return true
}

// letterIn reads a letter to its end and answers its Message-ID.
func letterIn(in *bufio.Reader) (id string, ok bool) {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", false
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "." {
			return id, true
		}
		if name, value, found := strings.Cut(line, ":"); found && id == "" && strings.EqualFold(name, "Message-ID") {
			id = strings.TrimSpace(value)
		}
	}
}

// counted is how many letters came, and how many of them more than once.
func (o *postOffice) counted() (letters, more int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, n := range o.came {
		if letters++; n > 1 {
			more++
		}
	}
	return letters, more
}
