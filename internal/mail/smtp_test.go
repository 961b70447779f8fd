package mail_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

const (
	sender    = "anmalan@temadag.example.se"
	recipient = "anna@example.se"
	ready     = "From: <anmalan@temadag.example.se>\r\nTo: <anna@example.se>\r\nSubject: Hej\r\n\r\nEtt brev.\r\n.\r\n.. och\r\n.slut\r\n"
)

// patient are limits that a busy machine keeps too.
func patient() mail.Options {
	return mail.Options{Dial: 10 * time.Second, Command: 10 * time.Second, Dot: 10 * time.Second, Idle: time.Minute}
}

// hasty are limits short enough to wait for.
func hasty() mail.Options {
	o := patient()
	o.Command, o.Dot, o.Grace = 150*time.Millisecond, 150*time.Millisecond, 100*time.Millisecond
	return o
}

// fitting is hasty where the server says nothing.
func fitting(s script) mail.Options {
	if s.handTLS == hang {
		return hasty()
	}
	for _, what := range s.do {
		if what == hang {
			return hasty()
		}
	}
	return patient()
}

func newSender(t *testing.T, url string, o mail.Options) *mail.SMTP {
	t.Helper()
	r, err := mail.ParseRelay(url)
	if err != nil {
		t.Fatal(err)
	}
	s := mail.NewSMTP(r, o)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// fault is the fault in err, which fails the test where it is anything else; nil for nil.
func fault(t *testing.T, err error) *domain.DeliveryFault {
	t.Helper()
	if err == nil {
		return nil
	}
	var f *domain.DeliveryFault
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a *domain.DeliveryFault", err)
	}
	if strings.Contains(f.Error(), "@") || strings.Contains(f.Reason, "anna") {
		t.Errorf("reason %q holds an address", f.Reason)
	}
	if f.Code != 0 && f.Cause != nil {
		t.Errorf("the server answered %d, yet there is a cause: %v", f.Code, f.Cause)
	}
	return f
}

// TestSMTP_classifiesEveryFault plays each fault in each phase, with and without pipelining.
func TestSMTP_classifiesEveryFault(t *testing.T) {
	const (
		retry   = domain.FaultRetry
		address = domain.FaultAddress
		message = domain.FaultMessage
		relay   = domain.FaultRelay
	)
	phases := []string{"banner", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "dot"}
	type classes [8]domain.FaultClass
	all := func(c domain.FaultClass) classes { return classes{c, c, c, c, c, c, c, c} }
	about := func(sender, rest domain.FaultClass) classes {
		return classes{relay, relay, relay, relay, sender, rest, rest, rest}
	}
	cases := map[string]classes{
		"450 4.2.1 greylisted <anna@example.se>":   all(retry),
		"451 later":                                all(retry),
		"452 4.3.1 no room":                        all(retry),
		"421 4.3.2 closing":                        all(retry),
		"421 too many":                             all(retry),
		"454 4.7.0 not now":                        all(retry),
		"550 5.1.1 <anna@example.se> unknown":      about(relay, address),
		"550 5.1.10 no such domain":                about(relay, address),
		"553 5.1.3 bad address":                    about(relay, address),
		"550 5.2.1 mailbox disabled":               about(relay, address),
		"550 5.1.8 sender's domain does not exist": all(relay),
		"550 5.7.1 policy":                         all(relay),
		"554 5.7.26 unauthenticated":               all(relay),
		"535 5.7.8 bad credentials":                all(relay),
		"530 sign in first":                        all(relay),
		"550 no such user here":                    about(message, message),
		"552 5.2.2 mailbox full":                   about(message, message),
		"552 5.3.4 too big":                        about(message, message),
		"554 5.6.0 content":                        about(message, message),
		"500 5.5.2 syntax":                         about(message, message),
		"199 what":                                 all(retry),
		drop:                                       all(retry),
		hang:                                       all(retry),
		garbage:                                    all(retry),
	}
	serverTLS, roots := certificate(t)
	for what, want := range cases {
		for i, phase := range phases {
			for _, ehlo := range [][]string{{"AUTH PLAIN", "PIPELINING"}, {"AUTH PLAIN"}} {
				t.Run(fmt.Sprintf("%s at %s %d", what, phase, len(ehlo)), func(t *testing.T) {
					t.Parallel()
					f := newFaultServer(t, script{do: map[string]string{phase: what}, ehlo: ehlo, tls: serverTLS})
					o := fitting(f.script)
					o.Roots = roots
					s := newSender(t, strings.Replace(f.url(""), "//", "//user:secret@", 1), o)
					got := fault(t, s.Send(t.Context(), sender, recipient, []byte(ready)))
					if got == nil || got.Class != want[i] {
						t.Errorf("got %+v, want %s", got, want[i])
					}
				})
			}
		}
	}
}

func TestSMTP_classifiesWhatComesBefore(t *testing.T) {
	serverTLS, roots := certificate(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := closed.Addr().String()
	_ = closed.Close()
	old := serverTLS.Clone()
	old.MaxVersion = tls.VersionTLS11
	plain := []string{"PIPELINING"}
	cases := map[string]struct {
		script script
		url    string // "" for the server's own
		user   string
		roots  *x509.CertPool
		want   domain.FaultClass // "" for accepted
	}{
		"nobody listens":                          {url: "smtp://" + refused, want: domain.FaultRetry},
		"the name does not exist":                 {url: "smtp://nowhere.invalid", want: domain.FaultRetry},
		"STARTTLS is not offered":                 {script: script{}, want: domain.FaultRelay},
		"STARTTLS is not offered, nor asked for":  {script: script{}, url: "?starttls=off"},
		"the certificate is nobody's":             {script: script{tls: serverTLS}, want: domain.FaultRelay},
		"the certificate is nobody's, accepted":   {script: script{tls: serverTLS}, url: "?insecure=1"},
		"the certificate is trusted":              {script: script{tls: serverTLS}, roots: roots},
		"TLS from the start, trusted":             {script: script{tls: serverTLS, implicit: true}, roots: roots},
		"TLS from the start, nobody's":            {script: script{tls: serverTLS, implicit: true}, want: domain.FaultRelay},
		"TLS from the start, server speaks plain": {script: script{implicit: true, handTLS: garbage}, roots: roots, want: domain.FaultRelay},
		"TLS from the start, dropped":             {script: script{implicit: true, handTLS: drop}, roots: roots, want: domain.FaultRetry},
		"TLS from the start, silence":             {script: script{implicit: true, handTLS: hang}, roots: roots, want: domain.FaultRetry},
		"handshake answered in the clear":         {script: script{tls: serverTLS, handTLS: garbage}, roots: roots, want: domain.FaultRelay},
		"handshake dropped":                       {script: script{tls: serverTLS, handTLS: drop}, roots: roots, want: domain.FaultRetry},
		"handshake never answered":                {script: script{tls: serverTLS, handTLS: hang}, roots: roots, want: domain.FaultRetry},
		"only TLS of yesterday":                   {script: script{tls: old}, roots: roots, want: domain.FaultRelay},
		"no sign-in offered":                      {script: script{ehlo: plain}, url: "?starttls=off", user: "u:p@", want: domain.FaultRelay},
		"no sign-in we know":                      {script: script{ehlo: []string{"AUTH GSSAPI NTLM"}}, url: "?starttls=off", user: "u:p@", want: domain.FaultRelay},
		"a sign-in we know":                       {script: script{ehlo: []string{"AUTH GSSAPI plain"}}, url: "?starttls=off", user: "u:p@"},
		"the message is too large":                {script: script{ehlo: []string{"SIZE 40"}}, url: "?starttls=off", want: domain.FaultMessage},
		"any size will do":                        {script: script{ehlo: []string{"SIZE 0"}}, url: "?starttls=off"},
		"only HELO":                               {script: script{ehlo: []string{}}, url: "?starttls=off"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := c.url
			if !strings.Contains(url, "://") {
				f := newFaultServer(t, c.script)
				url = strings.Replace(f.url(c.url), "//", "//"+c.user, 1)
			}
			o := fitting(c.script)
			o.Roots = c.roots
			got := fault(t, newSender(t, url, o).Send(t.Context(), sender, recipient, []byte(ready)))
			if (got == nil) != (c.want == "") || got != nil && got.Class != c.want {
				t.Errorf("got %+v, want %q", got, c.want)
			}
		})
	}
}

func TestSMTP_ignoresWhatIsInjectedBeforeEncryption(t *testing.T) {
	serverTLS, roots := certificate(t)
	f := newFaultServer(t, script{tls: serverTLS, inject: "250-evil\r\n250 SIZE 1"})
	o := patient()
	o.Roots = roots
	if err := newSender(t, f.url(""), o).Send(t.Context(), sender, recipient, []byte(ready)); err != nil {
		t.Error(err)
	}
}

func TestSMTP_acceptedIsAccepted(t *testing.T) {
	for _, phase := range []string{"RSET", "QUIT"} {
		for _, what := range []string{drop, hang, garbage, "451 4.3.0 no", "554 5.7.1 no", "421 bye"} {
			t.Run(what+" at "+phase, func(t *testing.T) {
				t.Parallel()
				f := newFaultServer(t, script{do: map[string]string{phase: what}})
				s := newSender(t, f.url("?starttls=off"), fitting(f.script))
				for range 2 {
					if err := s.Send(t.Context(), sender, recipient, []byte(ready)); err != nil {
						t.Error(err)
					}
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if _, accepted, _, _ := f.seen(); accepted != 2 {
					t.Errorf("accepted %d letters, want 2", accepted)
				}
			})
		}
	}
}

// TestSMTP_acceptedIsAccepted_twin sends through go-mail as it comes: it reports an error for a
// letter that the server has accepted, and whoever believes it sends the letter twice.
func TestSMTP_acceptedIsAccepted_twin(t *testing.T) {
	cases := map[string]struct {
		script  script
		timeout time.Duration
	}{
		"RSET breaks":                    {script{do: map[string]string{"RSET": drop}}, time.Second},
		"the answer after the dot lasts": {script{dotDelay: 300 * time.Millisecond}, 100 * time.Millisecond},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFaultServer(t, c.script)
			addr := f.listener.Addr().(*net.TCPAddr)
			client, err := gomail.NewClient("127.0.0.1", gomail.WithPort(addr.Port),
				gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithTimeout(c.timeout))
			if err != nil {
				t.Fatal(err)
			}
			m := gomail.NewMsg()
			if err := errors.Join(m.From(sender), m.To(recipient)); err != nil {
				t.Fatal(err)
			}
			m.SetBodyString(gomail.TypeTextPlain, "Hej")
			err = client.DialAndSend(m)
			if _, accepted, _, _ := f.seen(); err == nil || accepted != 1 {
				t.Errorf("error %v and %d accepted: the trap is gone, and with it the reason for our own transaction", err, accepted)
			}
		})
	}
}

func TestSMTP_waitsForTheVerdict(t *testing.T) {
	f := newFaultServer(t, script{dotDelay: 300 * time.Millisecond})
	o := hasty()
	o.Dot = 10 * time.Second
	if err := newSender(t, f.url("?starttls=off"), o).Send(t.Context(), sender, recipient, []byte(ready)); err != nil {
		t.Error(err)
	}
}

func TestSMTP_sendsTheSameBytesAgain(t *testing.T) {
	f := newFaultServer(t, script{do: map[string]string{"dot": drop}})
	s := newSender(t, f.url("?starttls=off"), patient())
	raw := []byte(ready)
	got := fault(t, s.Send(t.Context(), sender, recipient, raw))
	if got == nil || got.Class != domain.FaultRetry || !strings.Contains(got.Reason, "may have arrived") {
		t.Errorf("got %+v, want a retry that says so", got)
	}
	f.change(script{})
	if err := s.Send(t.Context(), sender, recipient, raw); err != nil {
		t.Fatal(err)
	}
	_, _, _, bodies := f.seen()
	if len(bodies) != 2 || bodies[0] != bodies[1] || string(raw) != ready {
		t.Errorf("the bytes differ: %q", bodies)
	}
}

func TestSMTP_breaksOffInTheMessage(t *testing.T) {
	for _, at := range []int{1, 40, 100} {
		f := newFaultServer(t, script{cutBody: at})
		big := ready + strings.Repeat("Rad efter rad.\r\n", 100_000)
		got := fault(t, newSender(t, f.url("?starttls=off"), patient()).Send(t.Context(), sender, recipient, []byte(big)))
		if got == nil || got.Class != domain.FaultRetry {
			t.Errorf("cut at %d: got %+v, want retry", at, got)
		}
	}
}

func TestSMTP_stuffsDots(t *testing.T) {
	f := newFaultServer(t, script{})
	s := newSender(t, f.url("?starttls=off"), patient())
	for _, raw := range []string{ready, ".\r\n", "..\r\n", "a\r\n.\r\nQUIT\r\n", ".a\r\n.b\r\n..c\r\nd.\r\n"} {
		if err := s.Send(t.Context(), sender, recipient, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		_, _, _, bodies := f.seen()
		wire := bodies[len(bodies)-1]
		if got := strings.TrimPrefix(strings.ReplaceAll("\r\n"+wire, "\r\n.", "\r\n"), "\r\n"); got != raw {
			t.Errorf("got %q, want %q", got, raw)
		}
		for _, line := range strings.Split(wire, "\r\n") {
			if line == "." || strings.HasPrefix(line, ".") && !strings.HasPrefix(line, "..") {
				t.Errorf("line %q of %q begins with a single dot", line, wire)
			}
		}
	}
}

func TestSMTP_refusesWhatCouldBeTwoMessages(t *testing.T) {
	f := newFaultServer(t, script{})
	s := newSender(t, f.url("?starttls=off"), patient())
	cases := map[string]string{
		"a lone LF":               "a\r\n\r\nb\n.\r\n",
		"a lone LF before a dot":  "a\r\n\r\nb\r\n.\nMAIL FROM:<x@example.se>\r\n",
		"a lone CR":               "a\r\n\r\nb\r.\r\n",
		"a CR at the end":         "a\r\n\r",
		"NUL":                     "a\r\n\r\n\x00\r\n",
		"a line without end":      "a\r\n\r\nb",
		"a line that is too long": "a\r\n\r\n" + strings.Repeat("x", 999) + "\r\n",
		"nothing":                 "",
	}
	for name, raw := range cases {
		got := fault(t, s.Send(t.Context(), sender, recipient, []byte(raw)))
		if got == nil || got.Class != domain.FaultMessage {
			t.Errorf("%s: got %+v, want message", name, got)
		}
	}
	if connections, _, _, _ := f.seen(); connections != 0 {
		t.Errorf("%d connections, want none", connections)
	}
}
