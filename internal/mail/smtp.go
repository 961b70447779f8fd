package mail

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

// Options are the limits of SMTP; each zero value stands for the one named.
type Options struct {
	Connections   int           // kept at most: 4
	PerConnection int           // letters before a connection is renewed: 500
	Hello         string        // our name in EHLO; "localhost" where not told
	Dial          time.Duration // for reaching the server and encrypting: 30 seconds
	Command       time.Duration // for each answer: 5 minutes (RFC 5321 section 4.5.3.2)
	Dot           time.Duration // for the answer after the message: 10 minutes (section 4.5.3.2.6)
	Grace         time.Duration // the same, once the caller's context is done: 10 seconds
	Idle          time.Duration // before an unused connection is closed: 20 seconds
	Roots         *x509.CertPool
}

func (o Options) withDefaults() Options {
	o.Connections = cmp.Or(o.Connections, 4)
	o.PerConnection = cmp.Or(o.PerConnection, 500)
	o.Hello = cmp.Or(o.Hello, "localhost")
	o.Dial = cmp.Or(o.Dial, 30*time.Second)
	o.Command = cmp.Or(o.Command, 5*time.Minute)
	o.Dot = cmp.Or(o.Dot, 10*time.Minute)
	o.Grace = cmp.Or(o.Grace, 10*time.Second)
	o.Idle = cmp.Or(o.Idle, 20*time.Second)
	return o
}

// SMTP hands letters to one mail server over a few connections that it keeps between letters. It is
// safe for use by several goroutines. Make it with NewSMTP and end it with Close.
type SMTP struct {
	relay   Relay
	options Options
	slots   chan struct{} // one for each delivery under way

	mu     sync.Mutex
	idle   []*session // the one used last is at the end
	closed bool
	expiry sync.WaitGroup // idle connections being closed
}

// NewSMTP is a sender for the server r. It connects when the first letter is sent.
func NewSMTP(r Relay, o Options) *SMTP {
	o = o.withDefaults()
	return &SMTP{relay: r, options: o, slots: make(chan struct{}, o.Connections)}
}

// Send delivers raw, a complete message, from our address to one recipient. Nil means that the
// server has taken the letter over, whatever became of the connection afterwards; every other
// outcome is a *domain.DeliveryFault. Send waits for a free connection. When ctx ends before the
// message is sent it gives up at once; afterwards it waits a little longer for the answer, since a
// letter that was accepted and not known to be is sent twice.
func (s *SMTP) Send(ctx context.Context, from, to string, raw []byte) error {
	m, fault := newMessage(from, to, raw)
	if fault == nil {
		fault = s.deliver(ctx, m)
	}
	if fault != nil {
		return fault
	}
	return nil
}

// Check connects, encrypts and signs in, and says goodbye: whether letters could be sent now. Its
// error is a *domain.DeliveryFault.
func (s *SMTP) Check(ctx context.Context) error {
	c, fault := s.dial(ctx)
	if fault != nil {
		return fault
	}
	c.quit(s.options)
	return nil
}

// Close waits for the deliveries under way and closes every connection politely. A later Send is
// refused as something to try again.
func (s *SMTP) Close() error {
	s.mu.Lock()
	already := s.closed
	s.closed = true
	s.mu.Unlock()
	if already {
		return nil
	}
	for range cap(s.slots) {
		s.slots <- struct{}{}
	}
	s.mu.Lock()
	idle := s.idle
	s.idle = nil
	s.mu.Unlock()
	for _, c := range idle {
		c.timer.Stop()
		c.quit(s.options)
	}
	s.expiry.Wait()
	return nil
}

var errClosed = errors.New("mail: sender is closed")

func (s *SMTP) deliver(ctx context.Context, m message) *domain.DeliveryFault {
	if err := s.enter(ctx); err != nil {
		return calledOff(err)
	}
	defer func() { <-s.slots }()
	for {
		c, kept := s.take()
		if c == nil {
			var fault *domain.DeliveryFault
			if c, fault = s.dial(ctx); fault != nil {
				return fault
			}
		}
		out := c.send(ctx, s.options, m)
		s.giveBack(c, out.broken)
		// A server may hang up on a connection it finds idle. That says nothing about the letter.
		if kept && out.unheard && ctx.Err() == nil {
			continue
		}
		return out.fault
	}
}

// enter waits for a turn.
func (s *SMTP) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return errClosed
	}
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take is a connection kept from an earlier letter, or nil and false.
func (s *SMTP) take() (*session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.idle) == 0 {
		return nil, false
	}
	c := s.idle[len(s.idle)-1]
	s.idle = s.idle[:len(s.idle)-1]
	c.timer.Stop()
	return c, true
}

func (s *SMTP) giveBack(c *session, broken bool) {
	if broken {
		c.drop()
		return
	}
	s.mu.Lock()
	keep := !s.closed && c.letters < s.options.PerConnection
	if keep {
		s.idle = append(s.idle, c)
		c.timer = time.AfterFunc(s.options.Idle, func() { s.expire(c) })
	}
	s.mu.Unlock()
	if !keep {
		c.quit(s.options)
	}
}

// expire closes c if nobody has taken it since.
func (s *SMTP) expire(c *session) {
	s.mu.Lock()
	i := slices.Index(s.idle, c)
	if i < 0 {
		s.mu.Unlock()
		return
	}
	s.idle = slices.Delete(s.idle, i, i+1)
	s.expiry.Add(1)
	s.mu.Unlock()
	defer s.expiry.Done()
	c.quit(s.options)
}
