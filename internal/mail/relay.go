package mail

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Encryption is how the connection to a mail server is protected.
type Encryption string

// The ways. EncryptNone is for a server on the same machine or network.
const (
	EncryptSTARTTLS Encryption = "starttls" // begun in the clear, and given up unless the server encrypts
	EncryptTLS      Encryption = "tls"      // from the first byte
	EncryptNone     Encryption = "none"
)

// Secret is a password that prints as "[redacted]".
type Secret string

// String hides the secret from fmt.
func (Secret) String() string { return "[redacted]" }

// GoString hides the secret from fmt's %#v.
func (Secret) GoString() string { return "[redacted]" }

// LogValue hides the secret from logs.
func (Secret) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalText hides the secret from JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Relay is the mail server that takes over our letters.
type Relay struct {
	Host       string
	Port       string
	User       string // "" for a server that asks for no sign-in
	Password   Secret
	Encryption Encryption
	Unverified bool // the certificate is not checked; only ever true of this machine
}

// ParseRelay reads smtp://user:password@host:587 (encrypted by STARTTLS, or not sent at all) or
// smtps://user:password@host:465 (encrypted from the start). ?starttls=off allows an unencrypted
// connection, which may carry a password only on this machine; ?insecure=1 accepts any certificate,
// on this machine only. Every fault is reported, in words and without the password.
func ParseRelay(address string) (Relay, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Relay{}, errors.New("the address of the mail server cannot be read: write smtp://user:password@host:587, " +
			"with signs like @ / : % in the password as %40 %2F %3A %25")
	}
	r := Relay{Host: u.Hostname(), Port: u.Port(), Encryption: EncryptSTARTTLS}
	if u.User != nil {
		password, _ := u.User.Password()
		r.User, r.Password = u.User.Username(), Secret(password)
	}
	if u.Scheme == "smtps" {
		r.Encryption = EncryptTLS
	}
	faults := append(r.readOptions(u), r.check(u)...)
	if r.Port == "" {
		r.Port = map[Encryption]string{EncryptTLS: "465"}[r.Encryption]
		if r.Port == "" {
			r.Port = "587"
		}
	}
	return r, errors.Join(faults...)
}

func (r *Relay) readOptions(u *url.URL) (faults []error) {
	for name, values := range u.Query() {
		switch value := values[len(values)-1]; {
		case name == "starttls" && value == "off" && u.Scheme == "smtp":
			r.Encryption = EncryptNone
		case name == "starttls" && value == "on" && u.Scheme == "smtp":
		case name == "insecure" && value == "1":
			r.Unverified = true
		default:
			faults = append(faults, fmt.Errorf("the address of the mail server has an unknown option %q: "+
				"starttls=off (with smtp) and insecure=1 exist", name))
		}
	}
	return faults
}

func (r *Relay) check(u *url.URL) (faults []error) {
	add := func(text string) { faults = append(faults, errors.New("the address of the mail server "+text)) }
	if u.Scheme != "smtp" && u.Scheme != "smtps" {
		add("must begin with smtp:// or smtps://")
	}
	if r.Host == "" {
		add("names no host")
	}
	if p, err := strconv.Atoi(r.Port); r.Port != "" && (err != nil || p < 1 || p > 65535) {
		add("has a port that is no number from 1 to 65535")
	}
	if strings.Trim(u.Path, "/") != "" || u.Fragment != "" || u.Opaque != "" {
		add("has something after the host that does not belong there")
	}
	if (r.User == "") != (r.Password == "") {
		add("has a user without password or a password without user")
	}
	if strings.ContainsAny(r.User+string(r.Password), "\r\n\x00") {
		add("has a line break in user or password")
	}
	if r.Unverified && !r.local() {
		add("says insecure=1, which is for a server on this machine only")
	}
	if r.Encryption == EncryptNone && r.User != "" && !r.local() {
		add("says starttls=off with a password, which would travel in the clear")
	}
	return faults
}

// local reports whether the server is on this machine.
func (r Relay) local() bool {
	ip := net.ParseIP(r.Host)
	return r.Host == "localhost" || ip != nil && ip.IsLoopback()
}

// Address is the host and port, for people and for dialling.
func (r Relay) Address() string { return net.JoinHostPort(r.Host, r.Port) }
