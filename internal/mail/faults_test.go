package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

// What becomes of a letter after a fault.
const (
	again      = "it is tried again"
	fails      = "it has failed"
	noAddress  = "it has failed, and its address gets no more"
	everything = "nothing more goes"
	policy     = "it is tried again for some hours, and nothing more goes where others meet the same"
	taken      = "it is taken"
)

func fate(f *domain.DeliveryFault) string {
	switch {
	case f == nil:
		return taken
	case f.Class == domain.FaultRelay && f.Alone:
		return policy
	}
	return map[domain.FaultClass]string{
		domain.FaultRetry: again, domain.FaultMessage: fails, domain.FaultAddress: noAddress, domain.FaultRelay: everything,
	}[f.Class]
}

// outcomeOf is a fault and exactly what it means for the letter.
type outcomeOf struct {
	script script
	to     string // "" for the usual recipient
	body   string // "" for the usual letter
	user   bool   // signs in
	roots  *x509.CertPool
	off    bool // nobody listens

	fate   string
	reason string
	code   int
	status string
	copies int    // how often the server took the letter at this try
	next   string // the fate of the next try, when the server is well; "" for taken
}

const identified = "Message-ID: <m1@temadag.example.se>\r\n" + ready

// TestSMTP_eachFaultHasItsOutcome plays every fault in every phase and tells all that it leads to. After each
// the server is well again, and the same letter goes once more as it was.
func TestSMTP_eachFaultHasItsOutcome(t *testing.T) {
	cases := faultsBefore(t)
	for _, more := range []map[string]outcomeOf{faultsInTLS(t), faultsInTheLetter(), faultsAfter()} {
		for name, c := range more {
			if _, there := cases[name]; there {
				t.Fatalf("two cases are called %q", name)
			}
			cases[name] = c
		}
	}
	if len(cases) < 70 {
		t.Fatalf("%d cases, want 70 at least", len(cases))
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, c)
		})
	}
	t.Logf("%d cases", len(cases))
}

func play(t *testing.T, c outcomeOf) {
	t.Helper()
	f := newFaultServer(t, c.script)
	if c.off {
		f.stop()
	}
	url := f.url("")
	if c.script.tls == nil {
		url = f.url("?starttls=off")
	}
	if c.user {
		url = strings.Replace(url, "//", "//user:secret@", 1)
	}
	o := fitting(c.script)
	o.Roots = c.roots
	s := newSender(t, url, o)
	to, raw := recipient, identified
	if c.to != "" {
		to = c.to
	}
	if c.body != "" {
		raw = c.body
	}
	got := fault(t, s.Send(t.Context(), sender, to, []byte(raw)))
	if fate(got) != c.fate {
		t.Errorf("%s: %+v; want: %s", fate(got), got, c.fate)
	}
	if got != nil && (got.Reason != c.reason || got.Code != c.code || got.Status != c.status) {
		t.Errorf("got %q %d %q, want %q %d %q", got.Reason, got.Code, got.Status, c.reason, c.code, c.status)
	}
	if _, copies, _, _ := f.seen(); copies != c.copies {
		t.Errorf("the server took it %d times, want %d", copies, c.copies)
	}
	if c.off {
		return
	}
	next(t, f, s, c, to, raw)
}

// next is the next try. Where a fault is played a few times and no more, it goes over the same connection.
func next(t *testing.T, f *faultServer, s *mail.SMTP, c outcomeOf, to, raw string) {
	t.Helper()
	if c.script.times == 0 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		well := script{tls: c.script.tls, implicit: c.script.implicit, ehlo: c.script.ehlo}
		f.change(well)
		url, o := f.url("?starttls=off"), patient()
		if well.tls != nil {
			url, o.Roots = f.url(""), c.roots
		}
		if c.user {
			url = strings.Replace(url, "//", "//user:secret@", 1)
		}
		s = newSender(t, url, o)
	}
	want := c.next
	if want == "" {
		want = taken
	}
	got := fault(t, s.Send(t.Context(), sender, to, []byte(raw)))
	if fate(got) != want {
		t.Errorf("the next try: %s: %+v; want: %s", fate(got), got, want)
	}
	_, copies, _, bodies := f.seen()
	if want == taken {
		c.copies++
	}
	if copies != c.copies {
		t.Errorf("after the next try the server has it %d times, want %d", copies, c.copies)
	}
	for _, b := range bodies {
		if b != bodies[0] || !strings.HasPrefix(b, "Message-ID: <m1@temadag.example.se>\r\n") {
			t.Errorf("a try brought other bytes: %q", b)
		}
	}
}

// selfSigned is a certificate that is its own authority, and the pool that trusts it.
func selfSigned(t *testing.T, host string, from, until time.Time) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}
