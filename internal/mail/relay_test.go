package mail_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/mail"
)

func TestParseRelay(t *testing.T) {
	const ok = ""
	cases := map[string]struct {
		url  string
		want string // part of the fault, "" for none
		host string
		enc  mail.Encryption
	}{
		"submission":                        {"smtp://user:p%40ss@mail.example.se:587", ok, "mail.example.se:587", mail.EncryptSTARTTLS},
		"its usual port":                    {"smtp://user:pass@mail.example.se", ok, "mail.example.se:587", mail.EncryptSTARTTLS},
		"TLS from the start":                {"smtps://user:pass@mail.example.se", ok, "mail.example.se:465", mail.EncryptTLS},
		"a relay in the house":              {"smtp://relay.example.se:25?starttls=off", ok, "relay.example.se:25", mail.EncryptNone},
		"a password in the clear, at home":  {"smtp://u:p@127.0.0.1:1025?starttls=off", ok, "127.0.0.1:1025", mail.EncryptNone},
		"IPv6":                              {"smtp://[::1]:2525?insecure=1", ok, "[::1]:2525", mail.EncryptSTARTTLS},
		"a password in the clear, outside":  {"smtp://u:p@mail.example.se?starttls=off", "in the clear", "", ""},
		"any certificate, outside":          {"smtp://mail.example.se?insecure=1", "insecure", "", ""},
		"a name that merely sounds local":   {"smtp://localhost.example.se?insecure=1", "insecure", "", ""},
		"another scheme":                    {"http://mail.example.se", "smtp://", "", ""},
		"no scheme":                         {"mail.example.se:25", "smtp://", "", ""},
		"no host":                           {"smtp://:25", "no host", "", ""},
		"no port":                           {"smtp://mail.example.se:0", "port", "", ""},
		"a port too high":                   {"smtp://mail.example.se:70000", "port", "", ""},
		"a path":                            {"smtp://mail.example.se/inbox", "does not belong", "", ""},
		"a user alone":                      {"smtp://user@mail.example.se", "without password", "", ""},
		"an unknown option":                 {"smtp://mail.example.se?tls=on", "unknown option", "", ""},
		"no encryption, encrypted":          {"smtps://mail.example.se?starttls=off", "unknown option", "", ""},
		"a line break":                      {"smtp://u:p%0D%0Ax@mail.example.se", "line break", "", ""},
		"a password that breaks the syntax": {"smtp://u:hemligt%zz@mail.example.se", "cannot be read", "", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r, err := mail.ParseRelay(c.url)
			if c.want == ok {
				if err != nil || r.Address() != c.host || r.Encryption != c.enc {
					t.Errorf("got %s %s, %v, want %s %s", r.Address(), r.Encryption, err, c.host, c.enc)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want a fault with %q", err, c.want)
			}
			if strings.Contains(err.Error(), "hemligt") {
				t.Errorf("%q tells the password", err)
			}
		})
	}
}

func TestParseRelay_reportsEveryFault(t *testing.T) {
	_, err := mail.ParseRelay("smtp://user@:99999/x?insecure=1&y=2")
	if got := strings.Count(err.Error(), "\n") + 1; got != 6 {
		t.Errorf("%d faults, want 6:\n%v", got, err)
	}
}

func TestRelay_hidesItsPassword(t *testing.T) {
	r, err := mail.ParseRelay("smtp://u:hemligt@mail.example.se")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("relay", "relay", r, "password", r.Password)
	for _, s := range []string{fmt.Sprint(r), fmt.Sprintf("%+v %#v %q", r, r, r.Password), b.String()} {
		if strings.Contains(s, "hemligt") {
			t.Errorf("%s tells the password", s)
		}
	}
}
