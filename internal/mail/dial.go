package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/temadag/temadag/internal/domain"
)

// dial opens a connection and makes it ready for letters.
func (s *SMTP) dial(ctx context.Context) (*session, *domain.DeliveryFault) {
	conn, err := s.reach(ctx)
	if err != nil {
		return nil, s.dialFault(ctx, phaseConnect, err)
	}
	c := &session{conn: conn}
	if fault := s.prepare(ctx, c); fault != nil {
		c.drop()
		return nil, fault
	}
	return c, nil
}

func (s *SMTP) reach(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Dial)
	defer cancel()
	var d net.Dialer
	return d.DialContext(ctx, "tcp", s.relay.Address())
}

// prepare encrypts, greets and signs in, within the time of one command.
func (s *SMTP) prepare(ctx context.Context, c *session) *domain.DeliveryFault {
	within, cancel := context.WithTimeout(ctx, s.options.Command)
	defer cancel()
	unwatch := context.AfterFunc(within, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer unwatch()

	conn := c.conn
	if s.relay.Encryption == EncryptTLS {
		secured := tls.Client(conn, s.tlsConfig())
		if err := s.handshake(within, secured); err != nil {
			return s.dialFault(ctx, phaseTLS, err)
		}
		conn = secured
	}
	client, err := smtp.NewClient(conn, s.relay.Host)
	if err != nil {
		return s.dialFault(ctx, phaseGreeting, err)
	}
	c.client = client
	if err := client.Hello(s.options.Hello); err != nil {
		return s.dialFault(ctx, phaseGreeting, err)
	}
	if fault := s.startTLS(ctx, client); fault != nil {
		return fault
	}
	if fault := s.signIn(ctx, client); fault != nil {
		return fault
	}
	c.readExtensions()
	return nil
}

func (s *SMTP) handshake(ctx context.Context, conn *tls.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, s.options.Dial)
	defer cancel()
	return conn.HandshakeContext(ctx)
}

// startTLS encrypts a connection that began in the clear, or gives it up.
func (s *SMTP) startTLS(ctx context.Context, client *smtp.Client) *domain.DeliveryFault {
	if s.relay.Encryption != EncryptSTARTTLS {
		return nil
	}
	if offered, _ := client.Extension("STARTTLS"); !offered {
		return relayFault("the mail server does not offer encryption (STARTTLS)", nil)
	}
	if err := client.StartTLS(s.tlsConfig()); err != nil {
		return s.dialFault(ctx, phaseTLS, err)
	}
	return nil
}

func (s *SMTP) tlsConfig() *tls.Config {
	return &tls.Config{
		ServerName: s.relay.Host,
		MinVersion: tls.VersionTLS12,
		RootCAs:    s.options.Roots,
		//nolint:gosec // ParseRelay allows it for a server on this machine only
		InsecureSkipVerify: s.relay.Unverified && s.relay.local(),
	}
}

// signIn gives our name and password in the first way we know that the server offers.
func (s *SMTP) signIn(ctx context.Context, client *smtp.Client) *domain.DeliveryFault {
	if s.relay.User == "" {
		return nil
	}
	_, encrypted := client.TLSConnectionState()
	if !encrypted && !s.relay.local() {
		return relayFault("the password would travel in the clear", nil)
	}
	_, offered := client.Extension("AUTH")
	auth := s.auth(strings.Fields(strings.ToUpper(offered)))
	if auth == nil {
		return relayFault("the mail server offers no way to sign in that we know", nil)
	}
	if err := client.Auth(auth); err != nil {
		return s.dialFault(ctx, phaseAuth, err)
	}
	return nil
}

func (s *SMTP) auth(offered []string) smtp.Auth {
	user, password, host := s.relay.User, string(s.relay.Password), s.relay.Host
	ways := []struct {
		name string
		auth func() smtp.Auth
	}{
		{"PLAIN", func() smtp.Auth { return smtp.PlainAuth("", user, password, host, true) }},
		{"LOGIN", func() smtp.Auth { return smtp.LoginAuth(user, password, host, true) }},
		{"SCRAM-SHA-256", func() smtp.Auth { return smtp.ScramSHA256Auth(user, password) }},
		{"CRAM-MD5", func() smtp.Auth { return smtp.CRAMMD5Auth(user, password) }},
	}
	for _, w := range ways {
		if slices.Contains(offered, w.name) {
			return w.auth()
		}
	}
	return nil
}

// dialFault classes what went wrong before the first letter. The network may get better by itself;
// a certificate, a protocol or a password that does not fit will not.
func (s *SMTP) dialFault(ctx context.Context, p phase, err error) *domain.DeliveryFault {
	if ended := ctx.Err(); ended != nil {
		return calledOff(ended)
	}
	var reply *textproto.Error
	if errors.As(err, &reply) || isNetwork(err) || p < phaseTLS {
		return faultOf(p, err)
	}
	if p == phaseTLS {
		return relayFault("the mail server cannot be trusted: its certificate or encryption does not hold", err)
	}
	return relayFault("the sign-in at the mail server fails", err)
}

// isNetwork reports whether err is a connection that broke or took too long, and not something that
// either side said.
func isNetwork(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error") {
		return false // a TLS alert
	}
	var protocol textproto.ProtocolError // an answer that is no answer
	if errors.As(err, &protocol) {
		return true
	}
	var netErr net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &netErr) ||
		errors.Is(err, context.DeadlineExceeded)
}
