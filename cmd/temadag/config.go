package main

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/store"
)

// Config is every setting, as it was written. Settings makes sense of it; rooms are given values and
// never the Config.
type Config struct {
	Addr           string        `group:"Settings" env:"TEMADAG_ADDR" default:"127.0.0.1:8080" help:"Address to listen on." placeholder:"HOST:PORT"`
	DataDir        string        `group:"Settings" env:"TEMADAG_DATA_DIR" default:"./var" help:"Directory for everything that is kept." placeholder:"DIR"`
	DatabaseURL    string        `group:"Settings" env:"TEMADAG_DATABASE_URL" help:"Database: sqlite:///path or postgres://…; a SQLite file in the data directory when absent." placeholder:"URL"`
	PeerURL        string        `group:"Settings" env:"TEMADAG_PEER_URL" help:"Where other instances on the same PostgreSQL reach this one, like http://10.0.0.3:8080; TEMADAG_ADDR when absent and it names a host." placeholder:"URL"`
	ReplicaURL     string        `group:"Settings" env:"TEMADAG_REPLICA_URL" help:"A PostgreSQL that follows the database, for lists and exports." placeholder:"URL"`
	BaseURL        string        `group:"Settings" env:"TEMADAG_BASE_URL" help:"Address that the public uses; http:// and the listening address when absent." placeholder:"URL"`
	SMTPURL        string        `group:"Settings" name:"smtp-url" env:"TEMADAG_SMTP_URL" help:"Mail server, smtp://user:password@host:587. Absent: letters are kept as files and can be read at /dev/mail." placeholder:"URL"`
	MailFrom       string        `group:"Settings" env:"TEMADAG_MAIL_FROM" help:"Address that letters come from, on a domain of yours; temadag@ and the public host when absent." placeholder:"ADDRESS"`
	MailReturns    string        `group:"Settings" env:"TEMADAG_MAIL_RETURNS" help:"Mailbox for what comes back of letters, like studs@temadag.example.se; it must take studs+anything@ too. Absent: the sender's." placeholder:"ADDRESS"`
	ReturnsInbox   string        `group:"Settings" name:"mail-returns-inbox" env:"TEMADAG_MAIL_RETURNS_INBOX" help:"Read what comes back from this mailbox, imaps://user:password@host:993. Nothing in it is moved or removed." placeholder:"URL"`
	ReturnsKey     string        `group:"Settings" name:"mail-returns-key" env:"TEMADAG_MAIL_RETURNS_KEY" help:"Key, at least 32 characters, with which your mail server signs what it hands in at /retur." placeholder:"TEXT"`
	MailRate       float64       `group:"Settings" env:"TEMADAG_MAIL_RATE" default:"0" help:"Letters a second that the mail server is given at most; 0 for no limit." placeholder:"N"`
	MailHostRate   float64       `group:"Settings" env:"TEMADAG_MAIL_DOMAIN_RATE" default:"0" help:"Letters a second to one receiving domain at most; 0 for no limit." placeholder:"N"`
	MailConns      int           `group:"Settings" name:"mail-connections" env:"TEMADAG_MAIL_CONNECTIONS" default:"4" help:"Connections to the mail server at most." placeholder:"N"`
	DKIM           dkimConfig    `embed:"" prefix:"mail-dkim-"`
	Backup         backupConfig  `embed:"" prefix:"backup-"`
	TrustedProxies string        `group:"Settings" env:"TEMADAG_TRUSTED_PROXIES" help:"Addresses or networks of your reverse proxies, with commas." placeholder:"LIST"`
	RateLimit      string        `group:"Settings" env:"TEMADAG_RATE_LIMIT" default:"on" help:"Limit what one network may send: on or off (off is for load tests)." placeholder:"on|off"`
	TellAbove      int           `group:"Settings" env:"TEMADAG_TELL_ABOVE" default:"500" help:"Tell a county's data protection officer of every list with more people than this." placeholder:"ROWS"`
	Secret         string        `group:"Settings" env:"TEMADAG_SECRET" help:"Secret that links and kept letters hang on, at least 32 characters; made and kept in the data directory when absent." placeholder:"TEXT"`
	OIDC           oidcConfig    `embed:"" prefix:"oidc-"`
	MetricsAddr    string        `group:"Settings" env:"TEMADAG_METRICS_ADDR" help:"Tell Prometheus how the program fares, at /metrics on this address; never at all when absent." placeholder:"HOST:PORT"`
	MetricsOpen    bool          `group:"Settings" env:"TEMADAG_METRICS_OPEN" help:"Let TEMADAG_METRICS_ADDR be one that other machines reach."`
	LogLevel       string        `group:"Settings" env:"TEMADAG_LOG_LEVEL" default:"info" help:"Least that is logged: debug, info, warn or error. None of them tells of a person." placeholder:"LEVEL"`
	StopDelay      time.Duration `group:"Settings" env:"TEMADAG_STOP_DELAY" default:"0s" help:"How long requests are taken after the program was told to stop, with /readyz saying no, for a proxy that asks it." placeholder:"TIME"`
	Clock          string        `group:"Settings" env:"TEMADAG_CLOCK" help:"Start the clock at this time in Stockholm, for demonstrations on this machine: 2016-10-01 or 2016-10-01T09:00." placeholder:"TIME"`
}

// settings are the Config understood.
type settings struct {
	addr        string
	loopback    bool // only this machine reaches the address
	stopDelay   time.Duration
	logLevel    slog.Level
	metricsAddr string // "" for none
	dataDir     string
	database    string // path of the file; "" with postgres
	postgres    string // address of the database of PostgreSQL; "" with a file
	peer        string // where other instances reach this one; "" for nowhere
	replica     string // of a PostgreSQL that follows it; "" for none
	baseURL     string // without a slash at the end
	host        string // of baseURL
	relay       *mail.Relay
	mailFrom    string
	signing     *mail.Signing // nil where letters are not signed here
	returns     string        // "" for none
	inbox       *mail.Inbox   // nil for none
	returnsKey  secret        // empty for none
	pace        pace
	proxies     []string
	rateLimit   bool
	tellAbove   int // rows of a list
	now         func() time.Time
	real        bool // the clock is not turned
	secret      secret
	provider    *auth.ProviderOptions // nil for none
	groups      domain.GroupGrants
	backups     backups
}

// pace is how many letters a second may go: in all, and to one domain; 0 for no limit. And over how many
// connections.
type pace struct {
	all, domain float64
	connections int
}

const mostConnections = 100

// underWay is how many letters are under way at once. While it is noted in the database that a letter was
// taken, its connection carries another: so there are more of them than connections.
func (p pace) underWay() int { return p.connections + max(4, p.connections) }

// secret prints as [redacted].
type secret []byte

func (secret) LogValue() slog.Value { return slog.StringValue("[redacted]") }
func (secret) String() string       { return "[redacted]" }

// settings reads every setting but a kept secret, and reports all faults together, in words.
func (c *Config) settings() (settings, error) {
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return settings{}, fmt.Errorf("the data directory: %w", err)
	}
	s := settings{dataDir: dir, now: time.Now, real: true, stopDelay: c.StopDelay}
	faults := []error{
		c.readAddr(&s), c.readLogLevel(&s), c.readMetrics(&s), c.readDatabase(&s), c.readBaseURL(&s), c.readSMTP(&s), c.readMailFrom(&s), c.readSigning(&s), c.readDelivery(&s), c.readReturns(&s),
		c.readProxies(&s), c.readRateLimit(&s), c.readTellAbove(&s), c.readClock(&s), c.OIDC.read(&s), c.Backup.read(&s),
	}
	if c.Secret != "" && len(c.Secret) < auth.SecretSize {
		faults = append(faults, fmt.Errorf("TEMADAG_SECRET has %d characters, at least %d are needed", len(c.Secret), auth.SecretSize))
	}
	if err := errors.Join(faults...); err != nil {
		return s, fmt.Errorf("the settings have faults:\n%w", err)
	}
	return s, nil
}

// isNew reports whether nothing was ever kept in the data directory: neither secret nor database.
func (s settings) isNew() bool {
	_, errSecret := os.Stat(filepath.Join(s.dataDir, secretName))
	_, errDatabase := os.Stat(s.database)
	return errors.Is(errSecret, fs.ErrNotExist) && (s.postgres != "" || errors.Is(errDatabase, fs.ErrNotExist))
}

const secretName = "secret"

func (c *Config) readAddr(s *settings) error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil || port == "" {
		return fmt.Errorf("TEMADAG_ADDR is %q; write host and port, like 127.0.0.1:8080", c.Addr)
	}
	ip, err := netip.ParseAddr(host)
	s.addr, s.loopback = c.Addr, host == "localhost" || err == nil && ip.IsLoopback()
	return nil
}

func (c *Config) readLogLevel(s *settings) error {
	if c.LogLevel == "" {
		return nil // info
	}
	if err := s.logLevel.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return fmt.Errorf("TEMADAG_LOG_LEVEL is %q; write debug, info, warn or error", c.LogLevel)
	}
	return nil
}

func (c *Config) readDatabase(s *settings) error {
	switch scheme, rest, found := strings.Cut(c.DatabaseURL, "://"); {
	case c.DatabaseURL == "":
		s.database = filepath.Join(s.dataDir, "temadag.db")
	case !found:
		s.database = c.DatabaseURL
	case scheme == "sqlite" || scheme == "file":
		s.database = rest
	case scheme == "postgres" || scheme == "postgresql":
		s.postgres, s.replica = c.DatabaseURL, c.ReplicaURL
		if err := c.readPeer(s); err != nil {
			return err
		}
	default:
		return fmt.Errorf("TEMADAG_DATABASE_URL begins with %q; write sqlite:///path/to/file.db or postgres://user:password@host/database", scheme+"://")
	}
	if c.ReplicaURL != "" && (s.postgres == "" || !store.IsPostgres(c.ReplicaURL)) {
		return errors.New("TEMADAG_REPLICA_URL is a PostgreSQL that follows the one of TEMADAG_DATABASE_URL; write postgres://… in both, or leave it out")
	}
	return nil
}

// readPeer is where other instances reach this one. An address without a host says nothing about that.
func (c *Config) readPeer(s *settings) error {
	if c.PeerURL == "" {
		if host, _, err := net.SplitHostPort(c.Addr); err == nil {
			if ip, err := netip.ParseAddr(host); host != "" && (err != nil || !ip.IsUnspecified()) {
				s.peer = "http://" + c.Addr
			}
		}
		return nil
	}
	u, err := url.Parse(c.PeerURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" || u.RawQuery != "" {
		return fmt.Errorf("TEMADAG_PEER_URL is %q; write http:// and host and port, like http://10.0.0.3:8080", c.PeerURL)
	}
	s.peer = c.PeerURL
	return nil
}

// where names the database for people: the file, or server and name without the password.
func (s settings) where() string {
	if s.postgres == "" {
		return s.database
	}
	u, err := url.Parse(s.postgres)
	if err != nil {
		return "PostgreSQL"
	}
	u.RawQuery = ""
	return u.Redacted()
}

func (c *Config) readBaseURL(s *settings) error {
	s.baseURL = strings.TrimSuffix(c.BaseURL, "/")
	if s.baseURL == "" {
		s.baseURL = "http://" + c.Addr
	}
	u, err := url.Parse(s.baseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" || u.RawQuery != "" {
		return fmt.Errorf("TEMADAG_BASE_URL is %q; write https:// and a host, like https://temadag.example.se", c.BaseURL)
	}
	s.host = u.Hostname()
	return nil
}

func (c *Config) readSMTP(s *settings) error {
	if c.SMTPURL == "" {
		return nil
	}
	r, err := mail.ParseRelay(c.SMTPURL)
	if err != nil {
		return fmt.Errorf("TEMADAG_SMTP_URL: %w", err)
	}
	s.relay = &r
	return nil
}

func (c *Config) readMailFrom(s *settings) error {
	from := c.MailFrom
	if from == "" {
		host := s.host
		if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
			host = "temadag.example.se"
			if c.SMTPURL != "" {
				return errors.New("TEMADAG_MAIL_FROM is needed together with TEMADAG_SMTP_URL, since TEMADAG_BASE_URL names no domain; write an address on a domain of yours")
			}
		}
		from = "temadag@" + host
	}
	address, ok := domain.ParseEmail(from)
	if !ok {
		return fmt.Errorf("TEMADAG_MAIL_FROM is %q, which is not an address; write name@domain", c.MailFrom)
	}
	s.mailFrom = address
	return nil
}

// readSigning makes the key ready that letters are signed with.
func (c *Config) readSigning(s *settings) (err error) {
	s.signing, err = c.DKIM.signing(s.mailFrom)
	return err
}

func (c *Config) readDelivery(s *settings) error {
	if s.pace = (pace{c.MailRate, c.MailHostRate, cmp.Or(c.MailConns, 4)}); c.MailRate < 0 || c.MailHostRate < 0 {
		return errors.New("TEMADAG_MAIL_RATE and TEMADAG_MAIL_DOMAIN_RATE are letters a second; write 0 for no limit")
	}
	if c.MailConns < 0 || c.MailConns > mostConnections {
		return fmt.Errorf("TEMADAG_MAIL_CONNECTIONS is %d; write a number from 1 to %d", c.MailConns, mostConnections)
	}
	if c.MailReturns == "" {
		return nil
	}
	address, ok := domain.ParseEmail(c.MailReturns)
	if local, _, _ := strings.Cut(address, "@"); !ok || len(local) > 20 || strings.Contains(local, "+") {
		return fmt.Errorf("TEMADAG_MAIL_RETURNS is %q; write an address with a short name without a plus sign, like studs@temadag.example.se", c.MailReturns)
	}
	s.returns = address
	return nil
}

// readReturns reads the two ways besides temadag returned in which what comes back of letters is taken. Both need
// TEMADAG_MAIL_RETURNS: without its mark nothing that comes back is believed.
func (c *Config) readReturns(s *settings) error {
	var faults []error
	if c.ReturnsKey != "" && len(c.ReturnsKey) < auth.SecretSize {
		faults = append(faults, fmt.Errorf("TEMADAG_MAIL_RETURNS_KEY has %d characters, at least %d are needed", len(c.ReturnsKey), auth.SecretSize))
	}
	s.returnsKey = secret(c.ReturnsKey)
	if c.ReturnsInbox != "" {
		inbox, err := mail.ParseInbox(c.ReturnsInbox)
		if err != nil {
			faults = append(faults, fmt.Errorf("TEMADAG_MAIL_RETURNS_INBOX: %w", err))
		}
		s.inbox = &inbox
	}
	if c.MailReturns == "" && (c.ReturnsInbox != "" || c.ReturnsKey != "") {
		faults = append(faults, errors.New("TEMADAG_MAIL_RETURNS is needed together with TEMADAG_MAIL_RETURNS_INBOX and TEMADAG_MAIL_RETURNS_KEY"))
	}
	return errors.Join(faults...)
}

func (c *Config) readProxies(s *settings) error {
	for _, p := range strings.FieldsFunc(c.TrustedProxies, func(r rune) bool { return r == ',' || r == ' ' }) {
		_, errA := netip.ParseAddr(p)
		_, errP := netip.ParsePrefix(p)
		if errA != nil && errP != nil {
			return fmt.Errorf("TEMADAG_TRUSTED_PROXIES holds %q; write addresses or networks, like 10.0.0.1,10.1.0.0/16", p)
		}
		s.proxies = append(s.proxies, p)
	}
	return nil
}

func (c *Config) readRateLimit(s *settings) error {
	s.rateLimit = c.RateLimit == "on"
	if c.RateLimit != "on" && c.RateLimit != "off" {
		return fmt.Errorf("TEMADAG_RATE_LIMIT is %q; write on or off", c.RateLimit)
	}
	return nil
}

func (c *Config) readTellAbove(s *settings) error {
	if s.tellAbove = c.TellAbove; s.tellAbove < 0 {
		return fmt.Errorf("TEMADAG_TELL_ABOVE is %d; write how many people a list may hold before anyone is told", c.TellAbove)
	}
	return nil
}

// readClock turns the clock for demonstrations. It is refused where real people could be told a
// wrong time.
func (c *Config) readClock(s *settings) error {
	if c.Clock == "" {
		return nil
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", c.Clock, domain.Stockholm())
	if err != nil {
		at, err = time.ParseInLocation(time.DateOnly, c.Clock, domain.Stockholm())
		at = at.Add(9 * time.Hour)
	}
	if err != nil {
		return fmt.Errorf("TEMADAG_CLOCK is %q; write 2016-10-01 or 2016-10-01T09:00", c.Clock)
	}
	if !s.loopback || c.SMTPURL != "" {
		return errors.New("TEMADAG_CLOCK may only be set where nobody else is reached: on a loopback address and without TEMADAG_SMTP_URL")
	}
	offset := time.Until(at)
	s.now, s.real = func() time.Time { return time.Now().Add(offset) }, false
	return nil
}

// readSecret is the secret as given, or the one kept in the data directory, which is made the first
// time.
func (c *Config) readSecret() (secret, error) {
	if c.Secret != "" {
		return secret(c.Secret), nil
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("the data directory: %w", err)
	}
	path := filepath.Join(c.DataDir, secretName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeSecret(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the secret: %w", err)
	}
	s, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(s) < auth.SecretSize {
		return nil, fmt.Errorf("the file %s holds no secret; put back the one that was there", path)
	}
	return s, nil
}

// makeSecret keeps a fresh secret. Where another process makes one at the same moment, the first
// wins for both.
func makeSecret(path string) (secret, error) {
	made := auth.NewSecret()
	tmp, err := os.CreateTemp(filepath.Dir(path), ".secret-*")
	if err != nil {
		return nil, fmt.Errorf("the secret: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = fmt.Fprintf(tmp, "%x\n", made)
	if err = errors.Join(err, tmp.Chmod(0o600), tmp.Sync(), tmp.Close()); err != nil {
		return nil, fmt.Errorf("the secret: %w", err)
	}
	if err := os.Link(tmp.Name(), path); errors.Is(err, fs.ErrExist) {
		return (&Config{DataDir: filepath.Dir(path)}).readSecret()
	} else if err != nil {
		return nil, fmt.Errorf("the secret: %w", err)
	}
	return made, nil
}
