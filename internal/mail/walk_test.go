package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/mail"
)

// The walk tells each step, ends at the one that fails, and says what to do about it.
func TestWalk(t *testing.T) {
	raw, err := mail.TestLetter(sender, "anna@example.se", "temadag.example.se", time.Date(2016, 10, 1, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		script script
		query  string
		fails  string
		told   string
	}{
		"well":          {script{}, "?starttls=off", "", ""},
		"no greeting":   {script{do: map[string]string{"banner": garbage}}, "?starttls=off", "greeting", "is it one"},
		"refuses us":    {script{do: map[string]string{"banner": "554 5.7.1 no"}}, "?starttls=off", "greeting", "554"},
		"not this EHLO": {script{do: map[string]string{"EHLO": "550 5.5.2 bad name"}}, "?starttls=off", "greeting", "TEMADAG_BASE_URL"},
		"no STARTTLS":   {script{}, "", "encryption", "?starttls=off"},
		"sender":        {script{do: map[string]string{"MAIL": "550 5.7.1 not yours"}}, "?starttls=off", "sender", "TEMADAG_MAIL_FROM"},
		"recipient":     {script{do: map[string]string{"RCPT": "550 5.1.1 unknown"}}, "?starttls=off", "recipient", "5.1.1"},
		"message":       {script{do: map[string]string{"dot": "554 5.6.0 no"}}, "?starttls=off", "message", "554"},
	} {
		f := newFaultServer(t, tt.script)
		r, err := mail.ParseRelay(f.url(tt.query))
		if err != nil {
			t.Fatal(err)
		}
		steps := mail.Walk(t.Context(), r, mail.Options{Hello: "temadag.example.se", Dial: 2 * time.Second, Command: 2 * time.Second}, sender, "anna@example.se", raw)
		last := steps[len(steps)-1]
		switch {
		case tt.fails == "" && (last.Name != "message" || last.Err != nil):
			t.Errorf("%s: it ends at %s: %v", name, last.Name, last.Err)
		case tt.fails != "" && (last.Name != tt.fails || last.Err == nil || !strings.Contains(last.Err.Error(), tt.told)):
			t.Errorf("%s: it ends at %s: %v", name, last.Name, last.Err)
		}
		for _, s := range steps[:len(steps)-1] {
			if s.Err != nil {
				t.Errorf("%s: %s failed, and it went on", name, s.Name)
			}
		}
	}
}
