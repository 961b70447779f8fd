package check

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
)

// saslServer answers on a socket whether a name and a password belong together, in the protocol in which
// Postfix asks a Dovecot.
func saslServer(t testing.TB, path, user, password string) {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })           // the test is over
	if err := os.Chmod(path, 0o666); err != nil { //nolint:gosec // Postfix has an account of its own
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go answerSASL(c, user, password)
		}
	}()
}

func answerSASL(c net.Conn, user, password string) {
	defer c.Close()
	fmt.Fprint(c, "VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00000000000000000000000000000001\nDONE\n")
	for lines := bufio.NewScanner(c); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		if fields[0] != "AUTH" || len(fields) < 3 {
			continue
		}
		_, response, _ := strings.Cut(lines.Text(), "\tresp=")
		said, err := base64.StdEncoding.DecodeString(response)
		if err == nil && fields[2] == "PLAIN" && string(said) == "\x00"+user+"\x00"+password {
			fmt.Fprintf(c, "OK\t%s\tuser=%s\n", fields[1], user)
			continue
		}
		fmt.Fprintf(c, "FAIL\t%s\tuser=%s\n", fields[1], user)
	}
}
