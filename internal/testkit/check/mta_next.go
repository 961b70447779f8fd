package check

import (
	"net"
	"net/textproto"
	"strings"
	"testing"
)

// nobodyServer is a mail server that greets everybody and knows nobody. It gives the port it listens on.
func nobodyServer(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // the test is over
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go knowNobody(textproto.NewConn(c))
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func knowNobody(c *textproto.Conn) {
	defer c.Close()
	_ = c.PrintfLine("220 next.example.se ESMTP") // whoever does not hear it goes away
	for {
		line, err := c.ReadLine()
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); verb {
		case "EHLO":
			err = c.PrintfLine("250-next.example.se\r\n250 ENHANCEDSTATUSCODES")
		case "RCPT":
			err = c.PrintfLine("550 5.1.1 there is nobody of that name")
		case "DATA":
			err = c.PrintfLine("503 5.5.1 no recipient")
		case "QUIT":
			_ = c.PrintfLine("221 2.0.0 bye")
			return
		default:
			err = c.PrintfLine("250 2.0.0 well")
		}
		if err != nil {
			return
		}
	}
}
