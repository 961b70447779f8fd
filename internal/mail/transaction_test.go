package mail_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

func TestSMTP_addresses(t *testing.T) {
	const refused = "-"
	cases := map[string]struct {
		to   string
		ehlo []string
		mail string // the MAIL command, refused where the address never reaches the server
		rcpt string
	}{
		"plain":                      {"anna@example.se", []string{"SMTPUTF8", "8BITMIME"}, "MAIL FROM:<" + sender + ">", "RCPT TO:<anna@example.se>"},
		"a host with ö":              {"anna@sjö.example.se", nil, "MAIL FROM:<" + sender + ">", "RCPT TO:<anna@xn--sj-gka.example.se>"},
		"ö before the @":             {"bjö@example.se", []string{"SMTPUTF8", "8BITMIME"}, "MAIL FROM:<" + sender + "> SMTPUTF8", "RCPT TO:<bjö@example.se>"},
		"ö before the @, no support": {"bjö@example.se", []string{"8BITMIME"}, refused, ""},
		"size is told":               {"anna@example.se", []string{"SIZE"}, fmt.Sprintf("MAIL FROM:<%s> SIZE=%d", sender, len(ready)), "RCPT TO:<anna@example.se>"},
		"quoted":                     {`"a@evil.se"@b.se`, nil, refused, ""},
		"literal":                    {"a@[127.0.0.1]", nil, refused, ""},
		"comment":                    {"a(b)@c.se", nil, refused, ""},
		"parameter":                  {"a@b.se> SIZE=1", nil, refused, ""},
		"second command":             {"a@b.se\r\nRCPT TO:<c@d.se>", nil, refused, ""},
		"line break at the end":      {"a@b.se\r\n", nil, refused, ""},
		"NUL":                        {"a\x00@b.se", nil, refused, ""},
		"display name":               {"Anna <a@b.se>", nil, refused, ""},
		"two":                        {"a@b.se,c@d.se", nil, refused, ""},
		"route":                      {"@x.se:a@b.se", nil, refused, ""},
		"nothing":                    {"", nil, refused, ""},
		"percent":                    {"a%b.se@c.se", nil, "MAIL FROM:<" + sender + ">", "RCPT TO:<a%b.se@c.se>"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFaultServer(t, script{ehlo: c.ehlo})
			got := fault(t, newSender(t, f.url("?starttls=off"), patient()).Send(t.Context(), sender, c.to, []byte(ready)))
			_, _, commands, _ := f.seen()
			if c.mail == refused {
				want := domain.FaultAddress
				if strings.HasPrefix(name, "ö") {
					want = domain.FaultMessage // the fault is the server's
				}
				if got == nil || got.Class != want || strings.Contains(strings.Join(commands, "\n"), "MAIL") {
					t.Errorf("got %+v and %q, want the address refused before MAIL", got, commands)
				}
				return
			}
			all := strings.Join(commands, "\n") + "\n"
			if got != nil || !strings.Contains(all, c.mail+"\n") || !strings.Contains(all, c.rcpt+"\n") {
				t.Errorf("got %v and %q, want %q and %q", got, commands, c.mail, c.rcpt)
			}
		})
	}
}

func TestSMTP_endsWithItsContext(t *testing.T) {
	cases := map[string]struct {
		script script
		want   string // "" for accepted
	}{
		"before the greeting":       {script{do: map[string]string{"banner": hang}}, "called off"},
		"while MAIL is not heard":   {script{do: map[string]string{"MAIL": hang}}, "called off"},
		"while the verdict is near": {script{dotDelay: 250 * time.Millisecond}, ""},
		"while the verdict is far":  {script{do: map[string]string{"dot": hang}}, "may have arrived"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFaultServer(t, c.script)
			o := mail.Options{Grace: 500 * time.Millisecond}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			got := fault(t, newSender(t, f.url("?starttls=off"), o).Send(ctx, sender, recipient, []byte(ready)))
			switch {
			case (got == nil) != (c.want == ""):
				t.Errorf("got %+v, want %q", got, c.want)
			case got != nil && (got.Class != domain.FaultRetry || !strings.Contains(got.Reason, c.want)):
				t.Errorf("got %+v, want a retry, %q", got, c.want)
			}
		})
	}
}
