package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/temadag/temadag/internal/domain"
)

// Step is one thing that was tried, and what came of it, for whoever runs the program.
type Step struct {
	Name string
	Said string // what is well, or what the other side said
	Err  error  // in words that tell what to do; nil where it went well
}

// Walk speaks the whole conversation with the relay, to the end of a test message, and tells each step. It
// stops at the first that fails. The message is the one given; from and to are one address each.
func Walk(ctx context.Context, r Relay, o Options, from, to string, raw []byte) []Step {
	w := &walk{relay: r, options: o.withDefaults()}
	defer w.close()
	for _, step := range []func(context.Context) bool{w.look, w.connect, w.greet, w.encrypt, w.signIn} {
		if !step(ctx) {
			return w.steps
		}
	}
	w.hand(from, to, raw)
	return w.steps
}

type walk struct {
	relay   Relay
	options Options
	conn    net.Conn
	client  *smtp.Client
	steps   []Step
}

func (w *walk) close() {
	if w.conn != nil {
		_ = w.conn.Close() // the conversation is over, whatever it says
	}
}

func (w *walk) well(name, said string) bool {
	w.steps = append(w.steps, Step{Name: name, Said: said})
	return true
}

func (w *walk) wrong(name string, err error, mend string) bool {
	w.steps = append(w.steps, Step{Name: name, Err: fmt.Errorf("%s: %s", mend, heard(err))})
	return false
}

// heard is what the other side answered, on one line.
func heard(err error) string {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return fmt.Sprintf("it answered %d %s", reply.Code, strings.Join(strings.Fields(reply.Msg), " "))
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return "the name cannot be found"
	}
	return err.Error()
}

func (w *walk) look(ctx context.Context) bool {
	if net.ParseIP(w.relay.Host) != nil {
		return w.well("name", w.relay.Host+" is an address")
	}
	found, err := net.DefaultResolver.LookupHost(ctx, w.relay.Host)
	if err != nil {
		return w.wrong("name", err, "no address is known of "+w.relay.Host+"; is the host in TEMADAG_SMTP_URL right, and does this machine have DNS?")
	}
	return w.well("name", w.relay.Host+" is "+strings.Join(found, ", "))
}

func (w *walk) connect(ctx context.Context) bool {
	d := net.Dialer{Timeout: w.options.Dial}
	conn, err := d.DialContext(ctx, "tcp", w.relay.Address())
	if err != nil {
		return w.wrong("connection", err, "nobody answers at "+w.relay.Address()+"; is the port right, and does the firewall let this machine out?")
	}
	_ = conn.SetDeadline(time.Now().Add(w.options.Command)) // a closed connection tells itself
	w.conn = conn
	return w.well("connection", "reached "+conn.RemoteAddr().String())
}

func (w *walk) tls() *tls.Config { return NewSMTP(w.relay, w.options).tlsConfig() }

func (w *walk) greet(ctx context.Context) bool {
	if w.relay.Encryption == EncryptTLS {
		c := tls.Client(w.conn, w.tls())
		if err := c.HandshakeContext(ctx); err != nil {
			return w.wrong("encryption", err, "encryption fails; is the port one for smtps:// (465 as a rule), and does the certificate name "+w.relay.Host+"?")
		}
		w.conn = c
		w.well("encryption", secured(c.ConnectionState()))
	}
	client, err := smtp.NewClient(w.conn, w.relay.Host)
	if err != nil {
		return w.wrong("greeting", err, "what answers does not greet as a mail server does; is it one, and is the port right?")
	}
	w.client = client
	if err := client.Hello(w.options.Hello); err != nil {
		return w.wrong("greeting", err, "the mail server does not accept the name "+w.options.Hello+", which is the host of TEMADAG_BASE_URL")
	}
	return w.well("greeting", "it knows us as "+w.options.Hello)
}

func (w *walk) encrypt(context.Context) bool {
	if w.relay.Encryption != EncryptSTARTTLS {
		if w.relay.Encryption == EncryptNone {
			w.well("encryption", "none, as TEMADAG_SMTP_URL says")
		}
		return true
	}
	if ok, _ := w.client.Extension("STARTTLS"); !ok {
		return w.wrong("encryption", errors.New("it does not offer STARTTLS"),
			"the mail server offers no encryption; try smtps:// and port 465, or write ?starttls=off if it is on this machine or network")
	}
	if err := w.client.StartTLS(w.tls()); err != nil {
		return w.wrong("encryption", err, "encryption fails; does the certificate name "+w.relay.Host+", and is it valid today?")
	}
	state, _ := w.client.TLSConnectionState()
	return w.well("encryption", secured(state))
}

func secured(s tls.ConnectionState) string {
	said := tls.VersionName(s.Version)
	if len(s.PeerCertificates) > 0 {
		said += ", certificate until " + s.PeerCertificates[0].NotAfter.Format(time.DateOnly)
	}
	return said
}

func (w *walk) signIn(ctx context.Context) bool {
	offered, ways := w.client.Extension("AUTH")
	if w.relay.User == "" {
		if offered {
			return w.well("sign-in", "none asked for; the server offers it ("+ways+")")
		}
		return w.well("sign-in", "none asked for")
	}
	if fault := NewSMTP(w.relay, w.options).signIn(ctx, w.client); fault != nil {
		mend := "the mail server does not let " + w.relay.User + " in; are name and password right, with signs like @ / : % written as %40 %2F %3A %25?"
		if !offered {
			mend = "the mail server offers no sign-in here; is the port one for submission (587 or 465)?"
		}
		return w.wrong("sign-in", fault, mend)
	}
	return w.well("sign-in", "let in as "+w.relay.User)
}

// hand gives over the message, and says what a server may do to it afterwards.
func (w *walk) hand(from, to string, raw []byte) {
	if err := w.client.Mail(from); err != nil {
		w.wrong("sender", err, "the mail server does not send for "+from+"; may this sign-in use that address (TEMADAG_MAIL_FROM)?")
		return
	}
	w.well("sender", from+" may send")
	if err := w.client.Rcpt(to); err != nil {
		w.wrong("recipient", err, "the mail server does not take letters to "+to)
		return
	}
	w.well("recipient", to+" is taken")
	body, err := w.client.Data()
	if err == nil {
		_, err = body.Write(raw)
	}
	if err == nil {
		err = body.Close()
	}
	if err != nil {
		w.wrong("message", err, "the mail server does not take the message")
		return
	}
	w.well("message", "taken over; look in the mailbox of "+to+", and in its folder for unwanted mail")
	_ = w.client.Quit() // it has the message
}

// LookupTXT asks DNS for the texts under a name, as net.Resolver's method of that name does.
type LookupTXT func(ctx context.Context, name string) ([]string, error)

// Domain looks at what the domain of our address says about who may send for it (SPF, RFC 7208; DMARC, RFC
// 7489; DKIM, RFC 6376, where selector is not "" or signing is not nil, whose key must be the one that DNS has).
// Where DNS does not answer it says so, which is no fault of the domain's.
func Domain(ctx context.Context, ask LookupTXT, from, selector string, signing *Signing) []Step {
	_, host, _ := strings.Cut(from, "@")
	steps := []Step{
		record(ctx, ask, "SPF", host, "v=spf1", "no SPF record; ask whoever keeps the DNS of "+host+" to add one that names the mail server"),
		record(ctx, ask, "DMARC", "_dmarc."+host, "v=DMARC1", "no DMARC record; receivers then decide by themselves what to do with letters that others send in your name"),
	}
	if signing != nil {
		found, err := ask(ctx, signing.Name())
		steps = append(steps, published(signing, found, err))
	}
	if selector != "" {
		steps = append(steps, record(ctx, ask, "DKIM", selector+"._domainkey."+host, "p=", "no DKIM key under that selector; letters are then easily taken for unwanted"))
	} else if signing == nil {
		steps = append(steps, Step{Name: "DKIM", Said: "not looked at; --dkim-selector names the key that the mail server signs with"})
	}
	return steps
}

// published compares what DNS has with the key that letters are signed with.
func published(s *Signing, found []string, err error) Step {
	if unheard(err) {
		return Step{Name: "DKIM", Said: "not looked at: DNS does not answer"}
	}
	return Step{Name: "DKIM", Said: "the key under " + s.Name() + " is ours", Err: s.Published(found)}
}

// unheard reports whether err says nothing of what DNS has.
func unheard(err error) bool {
	var dns *net.DNSError
	return err != nil && (!errors.As(err, &dns) || !dns.IsNotFound)
}

func record(ctx context.Context, ask LookupTXT, name, host, begins, missing string) Step {
	found, err := ask(ctx, host)
	if unheard(err) {
		return Step{Name: name, Said: "not looked at: DNS does not answer"}
	}
	matching := slices.DeleteFunc(found, func(s string) bool { return !strings.Contains(s, begins) })
	switch {
	case len(matching) == 0:
		return Step{Name: name, Err: errors.New(missing)}
	case len(matching) > 1 && name != "DKIM":
		return Step{Name: name, Err: fmt.Errorf("there are %d records where one is allowed: receivers then look at none", len(matching))}
	}
	return Step{Name: name, Said: matching[0]}
}

// TestLetter is a message that says what it is, from our address to one other.
func TestLetter(from, to, host string, at time.Time) ([]byte, error) {
	id := at.UTC().Format("20060102150405.000000")
	return envelope{
		fromName: "Temadag", fromAddress: from, to: to, messageID: "prov." + id + "@" + from[strings.LastIndexByte(from, '@')+1:],
		date: at, lang: domain.Swedish, subject: "Prov från Temadag",
		text: "Det här är ett provbrev från Temadag på " + host + ".\n\nKom det fram i inkorgen fungerar utskicken.\n",
		html: `<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>Prov från Temadag</title></head><body><p>Det här är ett provbrev från Temadag på ` +
			htmltemplate.HTMLEscapeString(host) + `.</p><p>Kom det fram i inkorgen fungerar utskicken.</p></body></html>`,
	}.bytes()
}
