package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSettings_reportEveryFaultTogether(t *testing.T) {
	t.Parallel()
	c := Config{
		Addr: "nowhere", DataDir: t.TempDir(), DatabaseURL: "mysql://x", BaseURL: "temadag.se/x", SMTPURL: "http://x",
		TrustedProxies: "10.0.0.1, proxy", RateLimit: "maybe", Secret: "short", Clock: "yesterday",
	}
	_, err := c.settings()
	if err == nil {
		t.Fatal("nothing was refused")
	}
	for _, name := range []string{"ADDR", "DATABASE_URL", "BASE_URL", "SMTP_URL", "TRUSTED_PROXIES", "RATE_LIMIT", "SECRET", "CLOCK"} {
		if !strings.Contains(err.Error(), "TEMADAG_"+name) {
			t.Errorf("TEMADAG_%s is not in: %v", name, err)
		}
	}
	if strings.Contains(err.Error(), "short") {
		t.Error("the secret is in the error")
	}
}

func TestSettings_theSecretIsMadeOnceAndKeptClose(t *testing.T) {
	t.Parallel()
	c := Config{Addr: "127.0.0.1:0", DataDir: filepath.Join(t.TempDir(), "data"), RateLimit: "on"}
	first, err := c.readSecret()
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.readSecret()
	if err != nil || string(again) != string(first) {
		t.Errorf("the second start has another secret (%v)", err)
	}
	info, err := os.Stat(filepath.Join(c.DataDir, "secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v", info.Mode(), err)
	}
	if s := first.String(); strings.Contains(s, string(first)) {
		t.Error("the secret prints")
	}
}

// Only a command that may begin anew begins, and only where nothing was ever kept.
func TestMayOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := settings{dataDir: dir, database: filepath.Join(dir, "temadag.db")}
	if err := mayOpen(s, true); err != nil {
		t.Errorf("beginning in an empty directory: %v", err)
	}
	if err := mayOpen(s, false); err == nil || !strings.Contains(err.Error(), "TEMADAG_DATA_DIR") {
		t.Errorf("looking at nothing: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, secretName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := mayOpen(s, true); err == nil || !strings.Contains(err.Error(), "is gone") {
		t.Errorf("beginning beside a secret whose database is gone: %v", err)
	}
	if err := os.WriteFile(s.database, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := mayOpen(s, false); err != nil {
		t.Errorf("looking at what is there: %v", err)
	}
}

func TestSettings_theClockTurnsOnlyForDemonstrations(t *testing.T) {
	t.Parallel()
	c := Config{Addr: "127.0.0.1:0", DataDir: t.TempDir(), RateLimit: "on", Clock: "2016-10-01T09:00"}
	s, err := c.settings()
	if err != nil || s.now().Year() != 2016 {
		t.Errorf("the clock shows %v (%v)", s.now(), err)
	}
	c.Addr = "0.0.0.0:0"
	if _, err := c.settings(); err == nil {
		t.Error("the clock was turned where others are reached")
	}
}

func TestSettings_realMailNeedsARealSender(t *testing.T) {
	t.Parallel()
	c := Config{Addr: "127.0.0.1:0", DataDir: t.TempDir(), RateLimit: "on", SMTPURL: "smtp://relay.example.se:587"}
	if _, err := c.settings(); err == nil || !strings.Contains(err.Error(), "TEMADAG_MAIL_FROM") {
		t.Errorf("err = %v", err)
	}
	c.MailFrom = "anmalan@example.se"
	if _, err := c.settings(); err != nil {
		t.Error(err)
	}
}

func TestSettings_whatComesBackNeedsAnAddress(t *testing.T) {
	t.Parallel()
	c := Config{
		Addr: "127.0.0.1:0", DataDir: t.TempDir(), RateLimit: "on", ReturnsKey: "kort", ReturnsInbox: "imaps://studs:hemligt@",
	}
	_, err := c.settings()
	for _, want := range []string{"TEMADAG_MAIL_RETURNS_KEY has 4", "TEMADAG_MAIL_RETURNS_INBOX: the address of the mailbox names no host", "TEMADAG_MAIL_RETURNS is needed"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("not told: %s; told: %v", want, err)
		}
	}
	if err != nil && (strings.Contains(err.Error(), "hemligt") || strings.Contains(err.Error(), "kort")) {
		t.Errorf("a secret is in the error: %v", err)
	}
	c.MailReturns, c.ReturnsKey, c.ReturnsInbox = "studs@example.se", "0123456789abcdef0123456789abcdef", "imaps://studs:hemligt@imap.example.se"
	s, err := c.settings()
	if err != nil || s.inbox == nil || s.inbox.Port != "993" || len(s.returnsKey) != 32 {
		t.Errorf("%+v, %v", s.inbox, err)
	}
}
