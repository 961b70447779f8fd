package mail_test

import (
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

const bounced = "From: MAILER-DAEMON@mx.example.se\r\nTo: studs+tag@temadag.example.se\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n" +
	"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.se\r\n\r\n" +
	"Final-Recipient: rfc822; kim@example.se\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"

// mailbox is an IMAP server on this machine with one user and the messages in her INBOX.
func mailbox(t *testing.T, how mail.Encryption, messages ...string) (mail.Inbox, *imapmemserver.User) {
	t.Helper()
	config, roots := certificate(t)
	user := imapmemserver.NewUser("studs", "hemligt")
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		put(t, user, m)
	}
	users := imapmemserver.New()
	users.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return users.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, TLSConfig: config, InsecureAuth: how == mail.EncryptNone,
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if how == mail.EncryptTLS {
		ln = tls.NewListener(ln, config)
	}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { _ = server.Close() })
	host, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return mail.Inbox{
		Host: host, Port: port, User: "studs", Password: "hemligt", Folder: "INBOX", Encryption: how, Trust: &tls.Config{RootCAs: roots}, //nolint:gosec // the version is set later
	}, user
}

func put(t *testing.T, user *imapmemserver.User, message string) {
	t.Helper()
	if _, err := user.Append("INBOX", literal{strings.NewReader(message)}, &imap.AppendOptions{}); err != nil {
		t.Fatal(err)
	}
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// TestInbox_readsEachOnce: over each kind of connection, what came back is handed on once, and everything
// else is marked and left where it is.
func TestInbox_readsEachOnce(t *testing.T) {
	t.Parallel()
	for _, how := range []mail.Encryption{mail.EncryptTLS, mail.EncryptSTARTTLS, mail.EncryptNone} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			long := strings.Replace(bounced, "It did not arrive.", strings.Repeat("It did not arrive. ", 10), 1) + strings.Repeat("x", 2<<20)
			b, user := mailbox(t, how, bounced, "Subject: Hej\r\n\r\nJag kommer.\r\n", "", long)
			if all, unread, err := b.Look(t.Context()); all != 4 || unread != 4 || err != nil {
				t.Fatalf("it holds %d, of which unread %d, %v", all, unread, err)
			}
			var got []domain.Returned
			n, more, err := b.Read(t.Context(), func(r domain.Returned) error { got = append(got, r); return nil })
			if n != 4 || more || err != nil || len(got) != 2 {
				t.Fatalf("%d were read, %v, %v; handed on %+v", n, more, err, got)
			}
			if r := got[0]; r.Kind != domain.ReturnFailed || r.Status != "5.1.1" || len(r.To) != 1 || r.To[0] != "studs+tag@temadag.example.se" {
				t.Errorf("read as %+v", r)
			}
			if n, _, err := b.Read(t.Context(), func(domain.Returned) error { t.Error("handed on again"); return nil }); n != 0 || err != nil {
				t.Errorf("again %d, %v", n, err)
			}
			put(t, user, bounced)
			if all, unread, err := b.Look(t.Context()); all != 5 || unread != 1 || err != nil {
				t.Errorf("it holds %d, of which unread %d, %v: nothing is removed", all, unread, err)
			}
		})
	}
}

// TestInbox_whatCouldNotBeKept stays unread until it could, and nothing after it is lost.
func TestInbox_whatCouldNotBeKept(t *testing.T) {
	t.Parallel()
	b, _ := mailbox(t, mail.EncryptTLS, bounced, bounced, bounced)
	full, tries := errors.New("the disk is full"), 0
	n, more, err := b.Read(t.Context(), func(domain.Returned) error {
		if tries++; tries == 2 {
			return full
		}
		return nil
	})
	if n != 1 || more || !errors.Is(err, full) {
		t.Errorf("%d were read, %v, %v", n, more, err)
	}
	if n, _, err := b.Read(t.Context(), func(domain.Returned) error { return nil }); n != 2 || err != nil {
		t.Errorf("then %d, %v", n, err)
	}
}

func TestInbox_manyAtATime(t *testing.T) {
	t.Parallel()
	messages := make([]string, 130)
	for i := range messages {
		messages[i] = bounced
	}
	b, _ := mailbox(t, mail.EncryptTLS, messages...)
	for _, want := range []struct {
		n    int
		more bool
	}{{100, true}, {30, false}} {
		n, more, err := b.Read(t.Context(), func(domain.Returned) error { return nil })
		if n != want.n || more != want.more || err != nil {
			t.Errorf("%d were read, %v, %v; want %+v", n, more, err, want)
		}
	}
}

// TestInbox_saysWhatIsWrong: in words, and never with the password.
func TestInbox_saysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mend func(*mail.Inbox)
		want string
	}{
		"wrong password":         {func(b *mail.Inbox) { b.Password = "gammalt" }, "refuses the sign-in"},
		"no such folder":         {func(b *mail.Inbox) { b.Folder = "Studsar" }, `no folder "Studsar"`},
		"a certificate unknown":  {func(b *mail.Inbox) { b.Trust = nil }, "certificate"},
		"nobody there":           {func(b *mail.Inbox) { b.Port = "1" }, "cannot be reached"},
		"no encryption on offer": {func(b *mail.Inbox) { b.Encryption = mail.EncryptSTARTTLS }, "cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			how := mail.EncryptTLS
			if name == "no encryption on offer" {
				how = mail.EncryptTLS // it does not speak before it is spoken to in TLS
			}
			b, _ := mailbox(t, how)
			c.mend(&b)
			if name == "no encryption on offer" {
				b.Port = silent(t)
			}
			_, _, err := b.Look(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hemligt") || strings.Contains(err.Error(), "gammalt") {
				t.Errorf("says %v", err)
			}
		})
	}
}

// silent is the port of a server that greets and does not know how to encrypt.
func silent(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("* OK ready\r\n"))
			b := make([]byte, 512)
			n, _ := c.Read(b)
			tag, _, _ := strings.Cut(string(b[:n]), " ")
			_, _ = c.Write([]byte(tag + " BAD unknown\r\n"))
			_ = c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return port
}

func TestParseInbox(t *testing.T) {
	t.Parallel()
	b, err := mail.ParseInbox("imaps://studs%40example.se:hem%2Fligt@imap.example.se/Temadag/Studsar")
	if err != nil || b.Address() != "imap.example.se:993" || b.User != "studs@example.se" || b.Password != "hem/ligt" || b.Folder != "Temadag/Studsar" || b.Encryption != mail.EncryptTLS {
		t.Errorf("%+v, %v", b, err)
	}
	if b, err := mail.ParseInbox("imap://studs:x@imap.example.se"); err != nil || b.Encryption != mail.EncryptSTARTTLS || b.Port != "143" || b.Folder != "INBOX" {
		t.Errorf("%+v, %v", b, err)
	}
	for address, want := range map[string]string{
		"pop3://a:b@example.se":                "imaps://",
		"imaps://example.se":                   "no user",
		"imaps://a:hemligt@":                   "no host",
		"imap://a:hemligt@mail?starttls=off":   "this machine only",
		"imaps://a:hemligt@mail?insecure=1":    "this machine only",
		"imaps://a:hemligt@mail?x=1":           `"x"`,
		"imaps://a:hem%ligt@example.se":        "%40",
		"imaps://a:hemligt@example.se:fel/box": "cannot be read",
	} {
		if _, err := mail.ParseInbox(address); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hemligt") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
