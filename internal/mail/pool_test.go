package mail_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	netsmtp "net/smtp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

// sink is a mail server that takes everything, written by someone else than the client.
type sink struct {
	url         string
	addr        string
	connections atomic.Int64
	quits       atomic.Int64
	keep        bool
	mu          sync.Mutex
	got         []received
}

type received struct {
	from, to string
	raw      []byte
}

func newSink(t testing.TB, keep bool) *sink {
	t.Helper()
	s := &sink{keep: keep}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		s.connections.Add(1)
		return &sinkSession{sink: s}, nil
	}))
	server.EnableSMTPUTF8 = true
	server.Domain = "sink.example.se"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	s.addr = l.Addr().String()
	s.url = "smtp://" + s.addr + "?starttls=off"
	return s
}

type sinkSession struct {
	sink     *sink
	from, to string
}

func (s *sinkSession) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }
func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error   { s.to = to; return nil }
func (s *sinkSession) Reset()                                      {}
func (s *sinkSession) Logout() error                               { s.sink.quits.Add(1); return nil }

func (s *sinkSession) Data(r io.Reader) error {
	if !s.sink.keep {
		_, err := io.Copy(io.Discard, r)
		return err
	}
	raw, err := io.ReadAll(r)
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.got = append(s.sink.got, received{s.from, s.to, raw})
	return err
}

func TestSMTP_reusesItsConnections(t *testing.T) {
	s := newSink(t, true)
	out := newSender(t, s.url, mail.Options{Connections: 3})
	var wait sync.WaitGroup
	for i := range 9 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 20 {
				if err := out.Send(t.Context(), sender, "n"+strconv.Itoa(i)+"@example.se", []byte(ready)); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wait.Wait()
	if n := s.connections.Load(); n < 1 || n > 3 {
		t.Errorf("%d connections, want at most 3", n)
	}
	if len(s.got) != 180 {
		t.Errorf("%d letters, want 180", len(s.got))
	}
	for _, g := range s.got {
		if g.from != sender || !bytes.Equal(g.raw, []byte(ready)) {
			t.Fatalf("got %+v, want the bytes as given", g)
		}
	}
	if err := out.Close(); err != nil {
		t.Error(err)
	}
	f := fault(t, out.Send(t.Context(), sender, recipient, []byte(ready)))
	if f == nil || f.Class != domain.FaultRetry {
		t.Errorf("after Close: got %+v, want retry", f)
	}
}

func TestSMTP_renewsItsConnections(t *testing.T) {
	s := newSink(t, true)
	out := newSender(t, s.url, mail.Options{PerConnection: 10})
	for range 25 {
		if err := out.Send(t.Context(), sender, recipient, []byte(ready)); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.connections.Load(); n != 3 {
		t.Errorf("%d connections, want 3", n)
	}
}

func TestSMTP_saysGoodbyeWhenIdle(t *testing.T) {
	f := newFaultServer(t, script{})
	o := patient()
	o.Idle = 20 * time.Millisecond
	out := newSender(t, f.url("?starttls=off"), o)
	if err := out.Send(t.Context(), sender, recipient, []byte(ready)); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(5 * time.Second)
	for {
		_, _, commands, _ := f.seen()
		if commands[len(commands)-1] == "QUIT" {
			break
		}
		select {
		case <-deadline:
			t.Fatalf("no QUIT in %q", commands)
		case <-time.After(5 * time.Millisecond):
		}
	}
	if err := out.Send(t.Context(), sender, recipient, []byte(ready)); err != nil {
		t.Error(err)
	}
}

// TestSMTP_dialsAgain shows that a server which hung up on an idle connection costs no try.
func TestSMTP_dialsAgain(t *testing.T) {
	for _, bye := range []string{drop, "421 4.4.2 idle too long"} {
		f := newFaultServer(t, script{})
		out := newSender(t, f.url("?starttls=off"), patient())
		if err := out.Send(t.Context(), sender, recipient, []byte(ready)); err != nil {
			t.Fatal(err)
		}
		f.change(script{})
		f.mu.Lock()
		for c := range f.open {
			if bye != drop {
				_, _ = c.Write([]byte(bye + "\r\n"))
			}
			_ = c.Close()
		}
		f.mu.Unlock()
		if err := out.Send(t.Context(), sender, recipient, []byte(ready)); err != nil {
			t.Errorf("after %s: %v", bye, err)
		}
		if connections, accepted, _, _ := f.seen(); connections != 2 || accepted != 2 {
			t.Errorf("after %s: %d connections and %d accepted, want 2 and 2", bye, connections, accepted)
		}
	}
}

func TestSMTP_goesOnAfterARefusal(t *testing.T) {
	for _, ehlo := range [][]string{nil, {"8BITMIME"}} {
		f := newFaultServer(t, script{do: map[string]string{"RCPT": "550 5.1.1 unknown"}, ehlo: ehlo})
		out := newSender(t, f.url("?starttls=off"), patient())
		for range 3 {
			if got := fault(t, out.Send(t.Context(), sender, recipient, []byte(ready))); got.Class != domain.FaultAddress {
				t.Errorf("got %+v, want address", got)
			}
		}
		connections, accepted, commands, _ := f.seen()
		if connections != 1 || accepted != 0 || strings.Count(strings.Join(commands, " "), "RSET") != 3 {
			t.Errorf("%d connections, %d accepted, %q: want one connection, reset each time", connections, accepted, commands)
		}
	}
}

func TestSMTP_waitsForItsTurn(t *testing.T) {
	f := newFaultServer(t, script{do: map[string]string{"MAIL": hang}})
	o := patient()
	o.Connections, o.Command = 1, 300*time.Millisecond
	out := newSender(t, f.url("?starttls=off"), o)
	first := make(chan error, 1)
	go func() { first <- out.Send(context.Background(), sender, recipient, []byte(ready)) }()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	<-time.After(20 * time.Millisecond)
	if got := fault(t, out.Send(ctx, sender, recipient, []byte(ready))); got == nil || !errors.Is(got, context.DeadlineExceeded) {
		t.Errorf("got %+v, want called off", got)
	}
	if got := fault(t, <-first); got == nil || got.Class != domain.FaultRetry {
		t.Errorf("got %+v, want retry", got)
	}
}

func TestSMTP_Check(t *testing.T) {
	f := newFaultServer(t, script{})
	if err := newSender(t, f.url("?starttls=off"), patient()).Check(t.Context()); err != nil {
		t.Error(err)
	}
	if got := fault(t, newSender(t, f.url(""), patient()).Check(t.Context())); got == nil || got.Class != domain.FaultRelay {
		t.Errorf("got %+v, want relay", got)
	}
}

var body = []byte(ready + strings.Repeat("Lorem ipsum dolor sit amet, consectetur adipiscing elit.\r\n", 200))

// BenchmarkSMTP and BenchmarkNetSMTP send the same ready bytes over four kept connections.
func BenchmarkSMTP(b *testing.B) {
	s := newSink(b, false)
	r, err := mail.ParseRelay(s.url)
	if err != nil {
		b.Fatal(err)
	}
	out := mail.NewSMTP(r, mail.Options{Connections: 4})
	defer out.Close()
	perSecond(b, func() func() error {
		return func() error { return out.Send(context.Background(), sender, recipient, body) }
	})
}

func BenchmarkNetSMTP(b *testing.B) {
	s := newSink(b, false)
	perSecond(b, func() func() error {
		c, err := netsmtp.Dial(s.addr)
		if err != nil {
			b.Fatal(err)
		}
		return func() error {
			if err := errors.Join(c.Mail(sender), c.Rcpt(recipient)); err != nil {
				return err
			}
			w, err := c.Data()
			if err != nil {
				return err
			}
			_, err = w.Write(body)
			return errors.Join(err, w.Close())
		}
	})
}

func perSecond(b *testing.B, worker func() func() error) {
	b.Helper()
	jobs := make(chan struct{})
	var wait sync.WaitGroup
	for range 4 {
		send := worker()
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range jobs {
				if err := send(); err != nil {
					b.Error(err)
				}
			}
		}()
	}
	b.ResetTimer()
	for range b.N {
		jobs <- struct{}{}
	}
	close(jobs)
	wait.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}
