package journey_test

import (
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-smtp"
)

// envelopes is a mail server that takes everything, and keeps who it was from and for.
type envelopes struct {
	mu    sync.Mutex
	taken map[string]string // recipient → sender
}

func (e *envelopes) NewSession(*smtp.Conn) (smtp.Session, error) { return &envelope{all: e}, nil }

func (e *envelopes) senders() map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make(map[string]string, len(e.taken))
	for to, from := range e.taken {
		out[to] = from
	}
	return out
}

type envelope struct {
	all      *envelopes
	from, to string
}

func (s *envelope) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }
func (s *envelope) Rcpt(to string, _ *smtp.RcptOptions) error   { s.to = to; return nil }
func (s *envelope) Reset()                                      {}
func (s *envelope) Logout() error                               { return nil }

func (s *envelope) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.all.taken[s.to] = s.from
	return err
}

// report is what a mail server sends about a letter that it could not hand on.
func report(to string) string {
	return "From: MAILER-DAEMON@mx.example.se\r\nTo: " + to + "\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.se\r\n\r\n" +
		"Final-Recipient: rfc822; kim@example.se\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
}

// postbox is an IMAP server with one user.
func postbox(t *testing.T) (address string, user *imapmemserver.User) {
	t.Helper()
	user = imapmemserver.NewUser("studs", "hemligt")
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	users := imapmemserver.New()
	users.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return users.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: true,
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { _ = server.Close() })
	return ln.Addr().String(), user
}

type appended struct{ *strings.Reader }

func (l appended) Size() int64 { return l.Reader.Size() }

// TestReturned_threeWays: what came back of three letters is taken from a pipe, over HTTP and from a mailbox,
// and is known by the mark in the address alone.
func TestReturned_threeWays(t *testing.T) {
	t.Parallel()
	box := &envelopes{taken: map[string]string{}}
	relay := smtp.NewServer(box)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = relay.Serve(ln) }()
	t.Cleanup(func() { _ = relay.Close() })
	mailbox, user := postbox(t)

	p := furnished(t, `UPDATE letters SET state = 'queued', next_try = 1 WHERE id IN (
  SELECT min(l.id) FROM letters l WHERE l.state = 'withheld' AND l.recipient <> '' GROUP BY l.recipient ORDER BY 1 LIMIT 3)`)
	for i, v := range p.env {
		if strings.HasPrefix(v, "TEMADAG_CLOCK=") {
			p.env[i] = "TEMADAG_MAIL_FROM=temadag@temadag.example.se"
		}
	}
	p.env = append(p.env, "TEMADAG_SMTP_URL=smtp://"+ln.Addr().String()+"?starttls=off", "TEMADAG_MAIL_RETURNS=studs@temadag.example.se",
		"TEMADAG_MAIL_RETURNS_KEY=0123456789abcdef0123456789abcdef", "TEMADAG_MAIL_RETURNS_INBOX=imap://studs:hemligt@"+mailbox+"?starttls=off")
	p.start()
	p.await("three letters to be taken", func() bool { return len(box.senders()) == 3 })
	var marked []string
	for _, from := range box.senders() {
		if !strings.HasPrefix(from, "studs+") || !strings.HasSuffix(from, "@temadag.example.se") {
			t.Fatalf("a letter came from %q", from)
		}
		marked = append(marked, from)
	}
	hand := func(message string, args ...string) string {
		cmd := exec.Command(p.bin, append([]string{"returned"}, args...)...)
		cmd.Env, cmd.Stdin = p.env, strings.NewReader(message)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("returned %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if said := hand(report("studs+forged.aaaa@temadag.example.se")); !strings.Contains(said, "no mark") {
		t.Errorf("of a forged report it says %q", said)
	}
	hand(report("postmaster@mx.example.se"), "--to", marked[0])
	hand(report("postmaster@mx.example.se"), "--site", p.base(), "--to", marked[1])
	p.stop()
	if _, err := user.Append("INBOX", appended{strings.NewReader(report(marked[2]))}, &imap.AppendOptions{Time: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if out, err := p.run("doctor"); !strings.Contains(out, "1 messages, 1 of them not read yet") {
		t.Errorf("doctor: %v\n%s", err, out)
	}
	p.start() // it looks into the mailbox at the start
	db := p.database()
	defer db.Close()
	n := 0
	p.await("three letters to have come back", func() bool {
		if err := db.QueryRow(`SELECT count(*) FROM returns WHERE kind = 'failed' AND status = '5.1.1'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n == 3
	})
	if err := db.QueryRow(`SELECT count(*) FROM suppressions WHERE reason = 'unreachable'`).Scan(&n); err != nil || n != 3 {
		t.Errorf("%d addresses are known not to be reached, %v", n, err)
	}
	p.fsck()
}
