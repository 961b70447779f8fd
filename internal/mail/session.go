package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/temadag/temadag/internal/domain"
)

// session is one connection to the server, greeted, encrypted and signed in.
type session struct {
	client  *smtp.Client
	conn    net.Conn // the TCP connection under whatever encrypts it
	letters int
	timer   *time.Timer // while idle

	pipelining, utf8, eightBit, sizes bool
	maxSize                           int64 // 0 for not told
}

// outcome is what became of a letter and of the connection.
type outcome struct {
	fault   *domain.DeliveryFault // nil: accepted
	broken  bool                  // the connection is of no more use
	unheard bool                  // the server never listened to this letter
}

// readExtensions notes what the server offers.
func (c *session) readExtensions() {
	c.pipelining, _ = c.client.Extension("PIPELINING")
	c.utf8, _ = c.client.Extension("SMTPUTF8")
	c.eightBit, _ = c.client.Extension("8BITMIME")
	offered, size := c.client.Extension("SIZE")
	c.sizes = offered
	c.maxSize, _ = strconv.ParseInt(strings.TrimSpace(size), 10, 64)
}

// send speaks one transaction.
func (c *session) send(ctx context.Context, o Options, m message) outcome {
	if fault := c.unfit(m); fault != nil {
		return outcome{fault: fault}
	}
	c.letters++
	final, unwatch := c.watch(ctx, o)
	out := c.open(ctx, o, m)
	if out.fault == nil {
		final()
		out = c.body(m)
	}
	if !unwatch() {
		out.broken = true // a deadline may still be on its way to the connection
	}
	if err := ctx.Err(); err != nil && out.fault != nil && out.fault.Code == 0 && out.fault.Reason != phaseDot.broke() {
		out.fault = calledOff(err)
	}
	if out.fault != nil && !out.broken {
		out.broken = !c.reset(o)
	}
	return out
}

// unfit is the fault of a letter that this server cannot take, found without asking it.
func (c *session) unfit(m message) *domain.DeliveryFault {
	switch {
	case m.utf8 && !c.utf8:
		return &domain.DeliveryFault{
			Class: domain.FaultMessage, Status: "5.6.7", // the address is good, and another server may carry it
			Reason: "the mail server cannot carry addresses with other letters than a to z before the at sign",
		}
	case m.eightBit && !c.eightBit:
		return &domain.DeliveryFault{
			Class: domain.FaultMessage, Status: "5.6.3", Reason: "the mail server cannot carry the message unencoded",
		}
	case c.maxSize > 0 && int64(m.size) > c.maxSize:
		return &domain.DeliveryFault{
			Class: domain.FaultMessage, Status: "5.3.4", Reason: "the message is larger than the mail server allows",
		}
	}
	return nil
}

// watch ends the connection's patience when ctx is done: at once, or after the time of grace where
// final was called, since then the letter may have been accepted. unwatch is false where the
// watching has already set in.
func (c *session) watch(ctx context.Context, o Options) (final func(), unwatch func() bool) {
	var mu sync.Mutex
	sent := false
	stop := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		if sent {
			_ = c.client.UpdateDeadline(o.Grace)
			return
		}
		_ = c.conn.SetDeadline(time.Unix(1, 0))
	})
	final = func() {
		mu.Lock()
		defer mu.Unlock()
		sent = true
		_ = c.client.UpdateDeadline(o.Dot)
		if ctx.Err() != nil {
			_ = c.client.UpdateDeadline(o.Grace)
		}
	}
	return final, stop
}

// step is a command and the answer that lets the next one follow.
type step struct {
	phase  phase
	line   string
	expect int
}

// open speaks MAIL, RCPT and DATA: in one go where the server allows it (RFC 2920), else each when
// the one before was answered.
func (c *session) open(ctx context.Context, o Options, m message) outcome {
	steps := [...]step{
		{phaseMail, "MAIL FROM:<" + m.from + ">" + c.parameters(m), 25},
		{phaseRcpt, "RCPT TO:<" + m.to + ">", 25},
		{phaseData, "DATA", 354},
	}
	var out outcome
	if c.pipelining {
		if err := c.command(ctx, o, steps[0].line, steps[1].line, steps[2].line); err != nil {
			return outcome{fault: faultOf(phaseMail, err), broken: true, unheard: true}
		}
	}
	for i, st := range steps {
		if !c.pipelining {
			if err := c.command(ctx, o, st.line); err != nil {
				return outcome{fault: faultOf(st.phase, err), broken: true, unheard: i == 0}
			}
		}
		err := c.answer(ctx, o, st.expect)
		switch {
		case out.fault != nil && err == nil && st.phase == phaseData:
			out.broken = true // it waits for a message that has no recipient; let it wait
		case err != nil && out.fault == nil:
			out = outcome{fault: faultOf(st.phase, err), broken: isFatal(err) || i == 0 && c.full(err)}
			out.unheard = i == 0 && out.broken
		case err != nil:
			out.broken = out.broken || isFatal(err)
		}
		if out.broken || out.fault != nil && !c.pipelining {
			return out
		}
	}
	return out
}

// parameters are what MAIL says besides the sender.
func (c *session) parameters(m message) string {
	var b strings.Builder
	if c.sizes {
		fmt.Fprintf(&b, " SIZE=%d", m.size)
	}
	if m.eightBit {
		b.WriteString(" BODY=8BITMIME")
	}
	if m.utf8 {
		b.WriteString(" SMTPUTF8")
	}
	return b.String()
}

// body sends the message with its final dot and waits for the verdict. A connection that breaks
// from here on leaves it unknown whether the letter was accepted.
func (c *session) body(m message) outcome {
	w := c.client.Text.W
	_, err := w.Write(m.dotted)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		_, _, err = c.client.Text.ReadResponse(25)
	}
	if err != nil {
		return outcome{fault: faultOf(phaseDot, err), broken: isFatal(err)}
	}
	return outcome{}
}

// command writes lines in one go.
func (c *session) command(ctx context.Context, o Options, lines ...string) error {
	if err := c.arm(ctx, o); err != nil {
		return err
	}
	w := c.client.Text.W
	for _, l := range lines {
		_, _ = w.WriteString(l) // the writer keeps its first error for Flush
		_, _ = w.WriteString("\r\n")
	}
	return w.Flush()
}

func (c *session) answer(ctx context.Context, o Options, expect int) error {
	if err := c.arm(ctx, o); err != nil {
		return err
	}
	_, _, err := c.client.Text.ReadResponse(expect)
	return err
}

// arm gives the server time for one command. The order matters: a context that ends after the
// deadline was set is either seen here or shortens it through watch.
func (c *session) arm(ctx context.Context, o Options) error {
	if err := c.client.UpdateDeadline(o.Command); err != nil {
		return err
	}
	return ctx.Err()
}

// reset forgets a refused letter and reports whether the connection is still of use.
func (c *session) reset(o Options) bool {
	return c.client.UpdateDeadline(min(o.Command, farewell)) == nil && c.client.Reset() == nil
}

// farewell is how long a goodbye may take: nothing depends on it.
const farewell = 5 * time.Second

// quit says goodbye and closes the connection.
func (c *session) quit(o Options) {
	if c.client.UpdateDeadline(min(o.Command, farewell)) == nil {
		_ = c.client.Quit()
	}
	c.drop()
}

func (c *session) drop() { _ = c.conn.Close() }

// isFatal reports whether the connection is of no use after err: everything but a plain refusal.
// A server that says 421 is about to hang up (RFC 5321 section 3.8).
func isFatal(err error) bool {
	var reply *textproto.Error
	return !errors.As(err, &reply) || reply.Code == 421 || reply.Code < 400 || reply.Code > 599
}

// full reports whether err is how a server says that this connection has carried letters enough: OpenSMTPD
// answers so to the hundred and first, and to each after it.
func (c *session) full(err error) bool {
	var reply *textproto.Error
	return c.letters > 1 && errors.As(err, &reply) && reply.Code == 452 && statusOf(reply.Msg) == "4.5.3"
}

// message is a letter in the form the server hears.
type message struct {
	from, to string // addresses with their hosts as A-labels
	dotted   []byte // lines that begin with a dot have one more, and the final dot follows
	size     int
	utf8     bool // an address needs SMTPUTF8
	eightBit bool
}

func newMessage(from, to string, raw []byte) (message, *domain.DeliveryFault) {
	m := message{size: len(raw)}
	var ok bool
	if m.from, ok = wireAddress(from); !ok {
		return m, relayFault("the sender's address is no address", nil)
	}
	if m.to, ok = wireAddress(to); !ok {
		return m, &domain.DeliveryFault{
			Class: domain.FaultAddress, Status: "5.1.3", Reason: "the recipient's address is no address",
		}
	}
	if err := checkBytes(raw); err != nil {
		return m, &domain.DeliveryFault{
			Class: domain.FaultMessage, Reason: "the message is not made of lines that can be sent", Cause: err,
		}
	}
	m.utf8 = !isASCII([]byte(m.from)) || !isASCII([]byte(m.to))
	m.eightBit = !isASCII(raw)
	m.dotted = dotStuff(raw)
	return m, nil
}

// dotStuff doubles the dots that begin a line and adds the one that ends the message (RFC 5321
// section 4.5.2). Its argument ends in CR LF and is not changed.
func dotStuff(raw []byte) []byte {
	out := make([]byte, 0, len(raw)+16)
	if raw[0] == '.' {
		out = append(out, '.')
	}
	for {
		i := bytes.Index(raw, []byte("\r\n."))
		if i < 0 {
			break
		}
		out = append(append(out, raw[:i+3]...), '.')
		raw = raw[i+3:]
	}
	return append(append(out, raw...), ".\r\n"...)
}
