package mail

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// leastKey is how many bits an RSA key must have (RFC 8301), and mostKey what receivers must understand.
const (
	leastKey = 2048
	mostKey  = 4096
)

// NewSigning reads a private key in PEM (RSA or Ed25519) that signs for a domain. The selector is the name that
// the public half has in the domain's DNS. Every fault is told, in words and without the key.
func NewSigning(privatePEM []byte, host, selector string) (*Signing, error) {
	var faults []error
	s := &Signing{selector: selector}
	ascii, err := domain.EmailDomainASCII(host)
	if _, ok := wireAddress("x@" + host); err != nil || !ok {
		faults = append(faults, fmt.Errorf("%q is no domain", host))
	}
	s.domain = ascii
	if !selectorPattern.MatchString(selector) || len(selector) > 100 {
		faults = append(faults, fmt.Errorf("%q is no selector; write small letters and figures, like temadag2026", selector))
	}
	s.key, err = privateKey(privatePEM)
	if err == nil {
		s.algorithm, s.public, err = public(s.key)
	}
	return s, errors.Join(append(faults, err)...)
}

func privateKey(data []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("the file is no private key in PEM; openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 makes one")
	}
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return nil, errors.New("the key is locked with a password; write it without one, readable for the program alone")
	default:
		return nil, fmt.Errorf("the file holds a %s and no private key", strings.ToLower(block.Type))
	}
	if err != nil {
		return nil, errors.New("the private key is damaged")
	}
	if k, ok := key.(*rsa.PrivateKey); ok && (k.N.BitLen() < leastKey || k.N.BitLen() > mostKey) {
		return nil, fmt.Errorf("the RSA key has %d bits; %d is right", k.N.BitLen(), leastKey)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("the key cannot sign")
	}
	return signer, nil
}

func pkixOf(k *rsa.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(k)
	if err != nil {
		panic("mail: an RSA key that cannot be written: " + err.Error())
	}
	return der
}

// Name is where in the DNS the public half belongs.
func (s *Signing) Name() string { return s.selector + "._domainkey." + s.domain }

// Domain is the domain that is signed for, its letters as in the DNS.
func (s *Signing) Domain() string { return s.domain }

// Record is what DNS should have under Name.
func (s *Signing) Record() string { return "v=DKIM1; k=" + s.algorithm + "; p=" + s.public }

// ZoneLine is the record as a line of a zone file, in strings of a length that DNS carries.
func (s *Signing) ZoneLine() string {
	var quoted []string
	for text := s.Record(); text != ""; {
		n := min(250, len(text))
		quoted, text = append(quoted, `"`+text[:n]+`"`), text[n:]
	}
	return s.Name() + ". IN TXT ( " + strings.Join(quoted, " ") + " )"
}

// Published finds out whether what DNS has under Name is the public half of the key. Its error tells what is
// wrong with it.
func (s *Signing) Published(found []string) error {
	if len(found) == 0 {
		return errors.New("the DNS has no key under " + s.Name() + "; temadag doctor --dkim-record tells what to put there")
	}
	if len(found) > 1 {
		return fmt.Errorf("the DNS has %d records under %s where one is allowed", len(found), s.Name())
	}
	tags := make(map[string]string)
	for _, part := range strings.Split(found[0], ";") {
		name, value, _ := strings.Cut(part, "=")
		tags[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
	}
	algorithm := tags["k"]
	if algorithm == "" {
		algorithm = "rsa"
	}
	switch {
	case tags["v"] != "" && tags["v"] != "DKIM1":
		return fmt.Errorf("the record under %s is not one of DKIM", s.Name())
	case tags["p"] == "":
		return fmt.Errorf("the key under %s is taken back: its p= is empty", s.Name())
	case algorithm != s.algorithm || tags["p"] != s.public:
		return fmt.Errorf("the key under %s is another than the one that letters are signed with; receivers take them for forged", s.Name())
	case strings.Contains(":"+tags["t"]+":", ":y:"):
		return fmt.Errorf("the record under %s says t=y: receivers treat the letters as not signed", s.Name())
	}
	return nil
}
