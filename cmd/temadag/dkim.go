package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/temadag/temadag/internal/mail"
)

// dkimConfig is the settings of the key that letters are signed with, as they were written.
type dkimConfig struct {
	Key      string `group:"Settings" env:"TEMADAG_MAIL_DKIM_KEY" help:"File with the private key that letters are signed with (PEM, RSA 2048 or Ed25519). Absent: the mail server signs, or nobody." placeholder:"FILE"`
	Selector string `group:"Settings" env:"TEMADAG_MAIL_DKIM_SELECTOR" help:"Name that the key's public half has in the DNS, like temadag2026." placeholder:"NAME"`
	Domain   string `group:"Settings" env:"TEMADAG_MAIL_DKIM_DOMAIN" help:"Domain that is signed for; that of TEMADAG_MAIL_FROM when absent." placeholder:"DOMAIN"`
}

// signing is how letters from the address are signed: nil where they are not signed here. Every fault is told.
func (d dkimConfig) signing(from string) (*mail.Signing, error) {
	if d.Key == "" {
		if d.Selector != "" || d.Domain != "" {
			return nil, errors.New("TEMADAG_MAIL_DKIM_KEY is needed together with TEMADAG_MAIL_DKIM_SELECTOR and TEMADAG_MAIL_DKIM_DOMAIN")
		}
		return nil, nil //nolint:nilnil // there is nothing to sign with, and no fault
	}
	var faults []error
	_, own, _ := strings.Cut(from, "@")
	host := d.Domain
	if host == "" {
		host = own
	}
	if own != "" && !strings.EqualFold(own, host) && !strings.HasSuffix(strings.ToLower(own), "."+strings.ToLower(host)) {
		faults = append(faults, fmt.Errorf("TEMADAG_MAIL_DKIM_DOMAIN is %q, which is neither the domain of TEMADAG_MAIL_FROM nor above it: receivers would not count the signature", host))
	}
	data, err := os.ReadFile(d.Key)
	if err != nil {
		return nil, errors.Join(append(faults, fmt.Errorf("TEMADAG_MAIL_DKIM_KEY: %w", err))...)
	}
	s, err := mail.NewSigning(data, host, d.Selector)
	if err != nil {
		faults = append(faults, fmt.Errorf("the TEMADAG_MAIL_DKIM_ settings: %w", err))
	}
	return s, errors.Join(faults...)
}

// keyMode finds a key that others on the machine can read.
func (d dkimConfig) keyMode() error {
	if d.Key == "" {
		return nil
	}
	info, err := os.Stat(d.Key)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s can be read by others; chmod 600 it", d.Key)
	}
	return nil
}

// dkimRecord prints what belongs in the DNS, as a line of a zone file.
func dkimRecord(s settings) error {
	if s.signing == nil {
		return errors.New("TEMADAG_MAIL_DKIM_KEY is not set: letters are not signed here")
	}
	fmt.Println(s.signing.ZoneLine())
	return nil
}

func signingWords(s settings) string {
	if s.signing == nil {
		return "none; the mail server signs, or nobody"
	}
	return "readable for the program alone; its public half belongs at " + s.signing.Name()
}
