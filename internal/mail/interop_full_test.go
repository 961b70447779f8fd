package mail_test

import (
	"net"
	"net/textproto"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// rationed is a mail server that takes so many letters over each connection and then answers as it is told. It
// gives its address and how many connections there have been.
func rationed(t *testing.T, letters int, says, extension string) (address string, connections *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // the test is over
	connections = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			go ration(textproto.NewConn(c), letters, says, extension)
		}
	}()
	return l.Addr().String(), connections
}

func ration(c *textproto.Conn, letters int, says, extension string) {
	defer c.Close()
	_ = c.PrintfLine("220 mx.example.se ESMTP")
	taken := 0
	for {
		line, err := c.ReadLine()
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(line, " ")
		switch {
		case verb == "EHLO":
			_ = c.PrintfLine("250-mx.example.se\r\n250 %s", extension)
		case verb == "MAIL" && taken >= letters:
			_ = c.PrintfLine("%s", says)
			letters = 0
		case verb == "DATA" && taken >= letters:
			_ = c.PrintfLine("503 5.5.1 no recipient")
		case verb == "DATA":
			_ = c.PrintfLine("354 go on")
			if _, err := c.ReadDotBytes(); err != nil {
				return
			}
			taken++
			_ = c.PrintfLine("250 2.0.0 taken")
		default:
			_ = c.PrintfLine("250 2.0.0 well")
		}
	}
}

// TestSend_fullConnection: a server that has had letters enough over one connection gets the next over another,
// and no letter waits for that. Any other refusal for now is one, and so is the same to the first letter.
func TestSend_fullConnection(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		letters            int // over a connection
		says               string
		taken, connections int // of three
	}{
		"enough":       {1, "452 4.5.3 Too many messages sent", 3, 3},
		"two at most":  {2, "452 4.5.3 Too many messages sent", 3, 2},
		"at the start": {0, "452 4.5.3 Too many messages sent", 0, 3},
		"no room":      {1, "452 4.3.1 Insufficient system storage", 1, 1},
		"too fast":     {1, "450 4.7.1 Slow down", 1, 1},
	} {
		for _, extension := range []string{"8BITMIME", "PIPELINING"} {
			address, connections := rationed(t, tt.letters, tt.says, extension)
			s := newSender(t, "smtp://"+address+"?starttls=off", patient())
			taken := 0
			for range 3 {
				got := fault(t, s.Send(t.Context(), sender, recipient, []byte(ready)))
				if got == nil {
					taken++
				} else if got.Class != domain.FaultRetry || got.Code/10 != 45 {
					t.Errorf("%s: %+v", name, got)
				}
			}
			if n := int(connections.Load()); taken != tt.taken || n != tt.connections {
				t.Errorf("%s, %s: %d letters were taken over %d connections, want %d over %d", name, extension, taken, n, tt.taken, tt.connections)
			}
		}
	}
}
