package mail_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// What the fault server can do instead of answering.
const (
	drop    = "drop"    // hang up
	hang    = "hang"    // say nothing
	garbage = "garbage" // speak another protocol
)

// script is what the fault server does in each phase: "banner", "EHLO", "STARTTLS", "EHLO again", "AUTH",
// "MAIL", "RCPT", "DATA", "dot", "RSET", "QUIT". A phase that is not named goes well.
type script struct {
	do       map[string]string
	ehlo     []string // extensions; nil for PIPELINING, 8BITMIME and ENHANCEDSTATUSCODES
	cutBody  int      // hang up after so many bytes of the message
	tls      *tls.Config
	implicit bool   // TLS from the first byte
	inject   string // sent in the clear in the same packet as the answer to STARTTLS
	handTLS  string // what happens instead of the handshake
	dotDelay time.Duration
	times    int    // how often what is done is done before all goes well; 0 for always
	slow     string // the phase that is answered late
	lateBy   time.Duration
	cutSays  string // said in the message before hanging up, with the rest of it still read
}

// faultServer is a mail server that fails as it is told to.
type faultServer struct {
	t        *testing.T
	listener net.Listener
	wait     sync.WaitGroup

	mu          sync.Mutex
	script      script
	connections int
	open        map[net.Conn]bool
	commands    []string
	bodies      []string // as they came over the wire, with the dots doubled
	accepted    int
	done        int // faults that were played
}

func newFaultServer(t *testing.T, s script) *faultServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &faultServer{t: t, listener: l, script: s, open: map[net.Conn]bool{}}
	f.wait.Add(1)
	go f.serve()
	t.Cleanup(f.stop)
	return f
}

func (f *faultServer) stop() {
	_ = f.listener.Close()
	f.mu.Lock()
	for c := range f.open {
		_ = c.Close()
	}
	f.mu.Unlock()
	f.wait.Wait()
}

func (f *faultServer) url(query string) string {
	scheme := "smtp"
	if f.script.implicit {
		scheme = "smtps"
	}
	return scheme + "://" + f.listener.Addr().String() + query
}

func (f *faultServer) serve() {
	defer f.wait.Done()
	for {
		c, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.connections++
		f.open[c] = true
		s := f.script
		f.mu.Unlock()
		f.wait.Add(1)
		go func() {
			defer f.wait.Done()
			defer c.Close()
			(&faultTalk{f: f, s: s, conn: c, raw: c}).run()
		}()
	}
}

func (f *faultServer) change(s script) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = s
}

func (f *faultServer) seen() (connections, accepted int, commands, bodies []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.connections, f.accepted, append([]string(nil), f.commands...), append([]string(nil), f.bodies...)
}

// faultTalk is one connection.
type faultTalk struct {
	f         *faultServer
	s         script
	conn, raw net.Conn
	in        *bufio.Reader
	mail      bool // a sender was taken
	rcpt      bool // and a recipient
}

func (c *faultTalk) run() {
	if c.s.implicit {
		if c.s.handTLS != "" {
			_, _ = c.raw.Read(make([]byte, 1024))
			c.act(c.s.handTLS)
			return
		}
		c.conn = tls.Server(c.conn, c.s.tls)
	}
	c.in = bufio.NewReader(c.conn)
	if !c.say("banner", "220 fault.example.se ESMTP") {
		return
	}
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(line, "\r\n")
		c.f.mu.Lock()
		c.f.commands = append(c.f.commands, line)
		c.f.mu.Unlock()
		if !c.obey(line) {
			return
		}
	}
}

func (c *faultTalk) obey(line string) bool {
	verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
	verb, _, _ = strings.Cut(verb, ":")
	switch verb {
	case "EHLO", "HELO":
		if _, encrypted := c.conn.(*tls.Conn); encrypted && !c.s.implicit {
			return c.say("EHLO again", c.greeting())
		}
		return c.say("EHLO", c.greeting())
	case "STARTTLS":
		return c.startTLS()
	case "AUTH":
		return c.say("AUTH", "235 2.7.0 welcome")
	case "MAIL":
		c.mail, c.rcpt = c.does("MAIL") == "", false
		return c.say("MAIL", "250 2.1.0 sender ok")
	case "RCPT":
		c.rcpt = c.does("RCPT") == "" && c.mail
		return c.say("RCPT", "250 2.1.5 recipient ok")
	case "DATA":
		if !c.rcpt {
			return c.say("early DATA", "503 5.5.1 no recipient")
		}
		what := c.does("DATA")
		if !c.say("DATA", "354 go ahead") || what != "" {
			return what != "" && what != drop && what != hang && !strings.HasPrefix(what, "421")
		}
		return c.body()
	case "NOOP":
		return c.say("NOOP", "250 2.0.0 here")
	case "RSET":
		return c.say("RSET", "250 2.0.0 forgotten")
	case "QUIT":
		c.say("QUIT", "221 2.0.0 bye")
		return false
	}
	return c.say(verb, "500 5.5.2 what?")
}

func (c *faultTalk) greeting() string {
	lines := c.s.ehlo
	if lines == nil {
		lines = []string{"PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"}
	}
	_, encrypted := c.conn.(*tls.Conn)
	if c.s.tls != nil && !encrypted {
		lines = append([]string{"STARTTLS"}, lines...)
	}
	lines = append([]string{"fault.example.se"}, lines...)
	var b strings.Builder
	for i, l := range lines {
		sep := "-"
		if i == len(lines)-1 {
			sep = " "
		}
		fmt.Fprintf(&b, "250%s%s\r\n", sep, l)
	}
	return strings.TrimSuffix(b.String(), "\r\n")
}

func (c *faultTalk) startTLS() bool {
	answer := "220 2.0.0 go"
	if c.s.inject != "" {
		answer += "\r\n" + c.s.inject
	}
	if !c.say("STARTTLS", answer) || c.s.do["STARTTLS"] != "" {
		return c.s.do["STARTTLS"] != drop
	}
	if c.s.handTLS != "" {
		_, _ = c.raw.Read(make([]byte, 1024)) // the client's hello
		c.act(c.s.handTLS)
		return false
	}
	c.conn = tls.Server(c.conn, c.s.tls)
	c.in = bufio.NewReader(c.conn)
	return true
}

func (c *faultTalk) body() bool {
	var b strings.Builder
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(line)
		if c.s.cutBody > 0 && b.Len() >= c.s.cutBody {
			if c.s.cutSays != "" {
				_, _ = c.conn.Write([]byte(c.s.cutSays + "\r\n"))
				_ = c.raw.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
				_, _ = io.Copy(io.Discard, c.in)
			}
			return false
		}
	}
	what := c.does("dot")
	c.f.mu.Lock()
	c.f.bodies = append(c.f.bodies, b.String())
	if what == "" || what == drop || what == hang || what == garbage {
		c.f.accepted++
	}
	c.f.mu.Unlock()
	time.Sleep(c.s.dotDelay)
	return c.say("dot", "250 2.0.0 accepted")
}

// does is what the script wants in a phase, as long as it is to be done.
func (c *faultTalk) does(phase string) string {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	if c.s.times > 0 && c.f.done >= c.s.times {
		return ""
	}
	return c.s.do[phase]
}

// say answers as the script wants it, and reports whether the talk goes on.
func (c *faultTalk) say(phase, well string) bool {
	what := c.does(phase)
	if phase == c.s.slow {
		time.Sleep(c.s.lateBy)
	}
	if what != "" {
		c.f.mu.Lock()
		c.f.done++
		c.f.mu.Unlock()
	}
	if what == "" {
		_, err := c.conn.Write([]byte(well + "\r\n"))
		return err == nil
	}
	return c.act(what)
}

func (c *faultTalk) act(what string) bool {
	switch what {
	case drop:
		return false
	case hang:
		_, _ = c.raw.Read(make([]byte, 1))
		buf := make([]byte, 1024)
		for {
			if _, err := c.raw.Read(buf); err != nil {
				return false
			}
		}
	case garbage:
		_, _ = c.conn.Write([]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))
		return false
	}
	_, err := c.conn.Write([]byte(what + "\r\n"))
	return err == nil && !strings.HasPrefix(what, "421")
}

// certificate is one for 127.0.0.1 and the pool that trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates}, pool
}
