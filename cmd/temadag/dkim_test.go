package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func keyFile(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "dkim.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDKIM_settings(t *testing.T) {
	t.Parallel()
	key := keyFile(t)
	for name, tt := range map[string]struct {
		dkim  dkimConfig
		where string   // what the DNS is asked for; "" for none
		told  []string // the faults
	}{
		"none":          {dkimConfig{}, "", nil},
		"own domain":    {dkimConfig{Key: key, Selector: "t1"}, "t1._domainkey.mail.example.se", nil},
		"a wider one":   {dkimConfig{Key: key, Selector: "t1", Domain: "example.se"}, "t1._domainkey.example.se", nil},
		"another's":     {dkimConfig{Key: key, Selector: "t1", Domain: "example.com"}, "", []string{"TEMADAG_MAIL_DKIM_DOMAIN"}},
		"no boundary":   {dkimConfig{Key: key, Selector: "t1", Domain: "ample.se"}, "", []string{"TEMADAG_MAIL_DKIM_DOMAIN"}},
		"no selector":   {dkimConfig{Key: key}, "", []string{"selector"}},
		"no key":        {dkimConfig{Selector: "t1"}, "", []string{"TEMADAG_MAIL_DKIM_KEY"}},
		"no file":       {dkimConfig{Key: key + "x", Selector: "t1"}, "", []string{"TEMADAG_MAIL_DKIM_KEY"}},
		"several":       {dkimConfig{Key: key, Selector: "?", Domain: "example.com"}, "", []string{"selector", "TEMADAG_MAIL_DKIM_DOMAIN"}},
		"not a key":     {dkimConfig{Key: "dkim.go", Selector: "t1"}, "", []string{"TEMADAG_MAIL_DKIM_", "PEM"}},
		"not a domain!": {dkimConfig{Key: key, Selector: "t1", Domain: "se"}, "", []string{"domain"}},
	} {
		c := Config{
			Addr: "127.0.0.1:0", DataDir: t.TempDir(), RateLimit: "on", MailFrom: "temadag@mail.example.se", DKIM: tt.dkim,
			Clock: "yesterday",
		}
		_, err := c.settings() // the clock is a fault of its own, told beside those
		for _, want := range append(tt.told, "TEMADAG_CLOCK") {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in: %v", name, want, err)
			}
		}
		c.Clock = ""
		s, err := c.settings()
		if (err == nil) != (tt.told == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if got := s.signing; err == nil && (got == nil) != (tt.where == "") || got != nil && err == nil && got.Name() != tt.where {
			t.Errorf("%s: signed with %v, want %s", name, got, tt.where)
		}
	}
}

func TestDKIM_keyMode(t *testing.T) {
	t.Parallel()
	d := dkimConfig{Key: keyFile(t)}
	if err := d.keyMode(); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(d.Key, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := d.keyMode(); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that everybody can read: %v", err)
	}
}
