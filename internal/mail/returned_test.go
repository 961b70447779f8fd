package mail_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

// dsn is a delivery status notification as mail servers write it, with the fields about the recipient.
func dsn(recipient string) string {
	return strings.ReplaceAll(`Return-Path: <>
Delivered-To: studs+1.abc@temadag.example.se
From: Mail Delivery System <MAILER-DAEMON@mx.example.se>
To: studs+1.abc@temadag.example.se
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="B0"

--B0
Content-Type: text/plain

Action: failed
Status: 5.1.1
--B0
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.se
Arrival-Date: Thu, 1 Dec 2016 09:00:00 +0100

`+recipient+`
--B0
Content-Type: message/rfc822

Subject: x

--B0--
`, "\n", "\r\n")
}

func TestReadReturned(t *testing.T) {
	for name, tt := range map[string]struct {
		message string
		kind    domain.ReturnKind
		status  string
	}{
		"failed":    {dsn("Final-Recipient: rfc822; a@b.se\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n"), domain.ReturnFailed, "5.1.1"},
		"case":      {dsn("final-recipient: rfc822;a@b.se\nACTION:  Failed \nSTATUS: 5.2.2 (mailbox full)\n"), domain.ReturnFailed, "5.2.2"},
		"given up":  {dsn("Final-Recipient: rfc822; a@b.se\nAction: failed\nStatus: 4.4.7\n"), domain.ReturnFailed, "4.4.7"},
		"delayed":   {dsn("Final-Recipient: rfc822; a@b.se\nAction: delayed\nStatus: 4.2.0\n"), domain.ReturnDelayed, "4.2.0"},
		"relayed":   {dsn("Final-Recipient: rfc822; a@b.se\nAction: relayed\nStatus: 2.0.0\n"), "", ""},
		"no status": {dsn("Final-Recipient: rfc822; a@b.se\nAction: failed\n"), "", ""},
		"away":      {"To: studs+1.abc@temadag.example.se\r\nAuto-Submitted: auto-replied; owner=x\r\nContent-Type: text/plain\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n", domain.ReturnReply, ""},
		"a person":  {"To: studs+1.abc@temadag.example.se\r\n\r\n550 5.1.1 user unknown\r\n", "", ""},
		"nothing":   {"", "", ""},
		"no end":    {strings.SplitAfter(dsn("x"), "boundary=\"B0\"")[0] + "\r\n\r\n--B0\r\n", "", ""},
		"deep":      {"Content-Type: multipart/report; report-type=delivery-status; boundary=a\r\n\r\n" + strings.Repeat("--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n", 5000), "", ""},
		"long":      {"To: a@b.se\r\nX: " + strings.Repeat("x", 3<<20), "", ""},
	} {
		got, err := mail.ReadReturned(strings.NewReader(tt.message))
		if got.Kind != tt.kind || got.Status != tt.status || (err == nil) != (tt.kind != "") || err != nil && !errors.Is(err, mail.ErrNoReturn) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	got, _ := mail.ReadReturned(strings.NewReader(dsn("Action: failed\nStatus: 5.1.1\n")))
	if len(got.To) == 0 || got.To[0] != "studs+1.abc@temadag.example.se" {
		t.Errorf("sent to %v", got.To)
	}
}

func FuzzReadReturned(f *testing.F) {
	f.Add(dsn("Final-Recipient: rfc822; a@b.se\nAction: failed\nStatus: 5.1.1\n"))
	f.Add("To: a@b.se\r\nAuto-Submitted: auto-replied\r\n\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := mail.ReadReturned(strings.NewReader(s))
		if (err == nil) != (got.Kind != "") || len(got.To) > 20 {
			t.Errorf("%+v %v", got, err)
		}
	})
}
