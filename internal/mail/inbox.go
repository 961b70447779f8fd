package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/temadag/temadag/internal/domain"
)

// Inbox is the mailbox that what comes back of letters is read from, by IMAP (RFC 9051). Nothing in it is
// moved or removed: a message that has been read bears the flag \Seen, and stays for people to look at.
type Inbox struct {
	Host       string
	Port       string
	User       string
	Password   Secret
	Folder     string // "INBOX" where none is named
	Encryption Encryption
	Unverified bool // the certificate is not checked; only ever true of this machine
	// Trust is a certificate authority of one's own; nil for those of the system.
	Trust *tls.Config
}

// The most that is read in one go.
const (
	mostFetched   = 100
	inboxPatience = 2 * time.Minute
	inboxDial     = 15 * time.Second
)

// ParseInbox reads imaps://user:password@host:993/folder (encrypted from the start) or
// imap://user:password@host:143/folder (encrypted by STARTTLS, or not read at all). ?starttls=off and
// ?insecure=1 are for a server on this machine only. Every fault is reported, without the password.
func ParseInbox(address string) (Inbox, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Inbox{}, errors.New("the address of the mailbox cannot be read: write imaps://user:password@host:993, " +
			"with signs like @ / : % in the password as %40 %2F %3A %25")
	}
	b := Inbox{Host: u.Hostname(), Port: u.Port(), Folder: strings.Trim(u.Path, "/"), Encryption: EncryptTLS}
	if u.User != nil {
		password, _ := u.User.Password()
		b.User, b.Password = u.User.Username(), Secret(password)
	}
	if u.Scheme == "imap" {
		b.Encryption = EncryptSTARTTLS
	}
	var faults []error
	add := func(text string) { faults = append(faults, errors.New("the address of the mailbox "+text)) }
	local := Relay{Host: b.Host}.local()
	for name, values := range u.Query() {
		switch value := values[len(values)-1]; {
		case name == "starttls" && value == "off" && u.Scheme == "imap" && local:
			b.Encryption = EncryptNone
		case name == "insecure" && value == "1" && local:
			b.Unverified = true
		default:
			add(fmt.Sprintf("has an option %q that is unknown, or is for a server on this machine only", name))
		}
	}
	if u.Scheme != "imap" && u.Scheme != "imaps" {
		add("must begin with imaps:// or imap://")
	}
	if b.Host == "" {
		add("names no host")
	}
	if b.User == "" || b.Password == "" {
		add("names no user with a password")
	}
	if b.Port == "" {
		b.Port = map[Encryption]string{EncryptTLS: "993", EncryptSTARTTLS: "143", EncryptNone: "143"}[b.Encryption]
	}
	if b.Folder == "" {
		b.Folder = "INBOX"
	}
	return b, errors.Join(faults...)
}

// Address is the host and port, for people and for dialling.
func (b Inbox) Address() string { return net.JoinHostPort(b.Host, b.Port) }

// Look signs in and tells how many messages there are, and how many of them have not been read.
func (b Inbox) Look(ctx context.Context) (all, unread int, err error) {
	err = b.visit(ctx, func(c *imapclient.Client, found imap.SelectData) error {
		uids, err := unseen(c)
		all, unread = int(found.NumMessages), len(uids)
		return err
	})
	return all, unread, err
}

// Read hands what has not been read to handle, at most a hundred messages, the oldest first, and marks each
// that handle answers without an error as read. It tells how many there were and whether there may be more.
// A message that tells nothing of a letter is marked and not handed on; one of which handle answers with an
// error stays unread, and ends the round.
func (b Inbox) Read(ctx context.Context, handle func(domain.Returned) error) (n int, more bool, err error) {
	err = b.visit(ctx, func(c *imapclient.Client, _ imap.SelectData) error {
		uids, err := unseen(c)
		if err != nil {
			return err
		}
		more = len(uids) > mostFetched
		for _, uid := range uids[:min(len(uids), mostFetched)] {
			raw, err := fetch(c, uid)
			if err != nil {
				return err
			}
			r, err := ReadReturned(bytes.NewReader(raw))
			if err == nil {
				err = handle(r)
			} else if errors.Is(err, ErrNoReturn) {
				err = nil
			}
			if err != nil {
				return err
			}
			n++
			read := imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}
			if err := c.Store(imap.UIDSetNum(uid), &read, nil).Close(); err != nil {
				return fmt.Errorf("marking a message as read: %w", err)
			}
		}
		return nil
	})
	return n, more && err == nil, err
}

// visit is one conversation with the mailbox open. Everything in it ends with ctx, or after a while.
func (b Inbox) visit(ctx context.Context, fn func(*imapclient.Client, imap.SelectData) error) error {
	ctx, cancel := context.WithTimeout(ctx, inboxPatience)
	defer cancel()
	c, err := b.dial()
	if err != nil {
		return fmt.Errorf("mail: the mailbox at %s cannot be reached: %w", b.Address(), err)
	}
	unwatch := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer func() {
		unwatch()
		_ = c.Close()
	}()
	if err := c.Login(b.User, string(b.Password)).Wait(); err != nil {
		return fmt.Errorf("mail: the mailbox at %s refuses the sign-in: %w", b.Address(), err)
	}
	found, err := c.Select(b.Folder, nil).Wait()
	if err != nil {
		return fmt.Errorf("mail: the mailbox at %s has no folder %q: %w", b.Address(), b.Folder, err)
	}
	if err := fn(c, *found); err != nil {
		return fmt.Errorf("mail: reading the mailbox at %s: %w", b.Address(), err)
	}
	_ = c.Logout().Wait() // everything is done; whoever hangs up first does not matter
	return nil
}

func (b Inbox) dial() (*imapclient.Client, error) {
	config := &tls.Config{}
	if b.Trust != nil {
		config = b.Trust.Clone()
	}
	config.ServerName, config.MinVersion = b.Host, tls.VersionTLS12
	config.InsecureSkipVerify = b.Unverified
	o := &imapclient.Options{TLSConfig: config, Dialer: &net.Dialer{Timeout: inboxDial}}
	switch b.Encryption {
	case EncryptSTARTTLS:
		return imapclient.DialStartTLS(b.Address(), o)
	case EncryptNone:
		return imapclient.DialInsecure(b.Address(), o)
	default:
		return imapclient.DialTLS(b.Address(), o)
	}
}

func unseen(c *imapclient.Client) ([]imap.UID, error) {
	found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen, imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	return found.AllUIDs(), nil
}

// fetch is the beginning of a message: what is longer than we read is no report. It leaves the message unread.
func fetch(c *imapclient.Client, uid imap.UID) ([]byte, error) {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: MostReturned}}
	all, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		return nil, fmt.Errorf("fetching: %w", err)
	}
	if len(all) == 0 { // removed meanwhile
		return nil, nil
	}
	return all[0].FindBodySection(section), nil
}
