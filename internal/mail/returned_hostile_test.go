package mail_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

// report is a message with a status part that says what it is told to, in a body built by hand.
func report(boundary, body string) string {
	return "To: studs+1.abc@temadag.example.se\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"" +
		boundary + "\"\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n")
}

func statusPart(boundary, fields string) string {
	return "--" + boundary + "\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.se\n\n" + fields + "\n"
}

// hostileReturns are messages that anybody can send to the mailbox for returns, and what may be read of each.
func hostileReturns() map[string]struct {
	raw    string
	kind   domain.ReturnKind
	status string
} {
	type want = struct {
		raw    string
		kind   domain.ReturnKind
		status string
	}
	failed := "Final-Recipient: rfc822; a@b.se\nAction: failed\nStatus: 5.1.1\n"
	part := func(fields string) string { return report("B", statusPart("B", fields)+"--B--\n") }
	nested := ""
	for range 500 {
		nested += "Content-Type: multipart/mixed; boundary=B\n\n--B\n"
	}
	return map[string]want{
		"as it should be":     {part(failed), domain.ReturnFailed, "5.1.1"},
		"LF alone":            {strings.ReplaceAll(part(failed), "\r\n", "\n"), domain.ReturnFailed, "5.1.1"},
		"no last boundary":    {report("B", statusPart("B", failed)), domain.ReturnFailed, "5.1.1"},
		"ten thousand parts":  {report("B", strings.Repeat("--B\nContent-Type: text/plain\n\nx\n", 10000)+statusPart("B", failed)), "", ""},
		"the 21st part":       {report("B", strings.Repeat("--B\n\nx\n", 20)+statusPart("B", failed)), "", ""},
		"nested":              {report("B", "--B\n"+nested+statusPart("B", failed)), "", ""},
		"inside another part": {report("A", "--A\nContent-Type: multipart/mixed; boundary=B\n\n"+statusPart("B", failed)+"--B--\n--A--\n"), "", ""},
		"quoted letter":       {report("B", "--B\nContent-Type: message/rfc822\n\n"+part(failed)+"\n--B--\n"), "", ""},
		"sixty recipients":    {part(strings.Repeat("Final-Recipient: rfc822; x@b.se\nAction: delivered\nStatus: 2.0.0\n\n", 60) + failed), "", ""},
		"huge header":         {"X-A: " + strings.Repeat("a", 900<<10) + "\r\n" + part(failed), domain.ReturnFailed, "5.1.1"},
		"a million fields":    {strings.Repeat("a: b\r\n", 1_000_000) + part(failed), "", ""},
		"huge field":          {part("X: " + strings.Repeat("x", 2<<20) + "\n" + failed), "", ""},
		"huge boundary":       {report(strings.Repeat("B", 200000), "--B\n"), "", ""},
		"no boundary":         {strings.Replace(part(failed), `boundary="B"`, "x=y", 1), "", ""},
		"empty boundary":      {report("", "--\nContent-Type: message/delivery-status\n\n\n"+failed), "", ""},
		"NUL in a value":      {part("Action: failed\x00\nStatus: 5.1.1\n"), "", ""},
		"NUL in a status":     {part("Action: failed\nStatus: 5.1.1\x00\n"), "", ""},
		"NULs":                {strings.Repeat("\x00", 100000), "", ""},
		"broken UTF-8":        {part("Action: failed\nStatus: 5.1.1\nX: \xff\xfe\n"), domain.ReturnFailed, "5.1.1"},
		"base64":              {report("B", "--B\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\nQWN0aW9uOiBmYWlsZWQK\n--B--\n"), "", ""},
		"two actions":         {part("Action: delivered\nAction: failed\nStatus: 5.1.1\n"), "", ""},
		"called mixed":        {strings.Replace(part(failed), "multipart/report; report-type=delivery-status", "multipart/mixed", 1), domain.ReturnFailed, "5.1.1"},
		"mixed, of a person":  {strings.Replace(report("B", "--B\nContent-Type: text/plain\n\n"+failed+"--B--\n"), "multipart/report; report-type=delivery-status", "multipart/mixed", 1), "", ""},
		"mixed, forwarded":    {strings.Replace(report("B", "--B\nContent-Type: message/rfc822\n\n"+part(failed)+"\n--B--\n"), "multipart/report; report-type=delivery-status", "multipart/mixed", 1), "", ""},
		"mixed, automatic":    {"Auto-Submitted: auto-replied\r\n" + strings.Replace(report("B", "--B\n\nborta\n--B--\n"), "multipart/report; report-type=delivery-status", "multipart/mixed", 1), domain.ReturnReply, ""},
		"alternative":         {strings.Replace(part(failed), "multipart/report; report-type=delivery-status", "multipart/alternative", 1), "", ""},
		"two types":           {"Content-Type: text/plain\r\n" + part(failed), "", ""},
		"a report of reading": {strings.Replace(part(failed), "report-type=delivery-status", "report-type=disposition-notification", 1), "", ""},
		"failed, 2.1.5":       {part("Action: failed\nStatus: 2.1.5\n"), "", ""},
		"failed, no class":    {part("Action: failed\nStatus: 7.1.1\n"), "", ""},
		"failed, words":       {part("Action: failed\nStatus: 5.1.1.1.1\n"), "", ""},
		"failed, negative":    {part("Action: failed\nStatus: -5.1.1\n"), "", ""},
		"failed, long":        {part("Action: failed\nStatus: 5." + strings.Repeat("1", 3000) + ".1\n"), "", ""},
		"failed, far":         {part("Action: failed\nStatus: 5.1.1; DROP TABLE letters\n"), "", ""},
		"delayed, 5.1.1":      {part("Action: delayed\nStatus: 5.1.1\n"), domain.ReturnDelayed, "5.1.1"},
		"delivered, 5.1.1":    {part("Action: delivered\nStatus: 5.1.1\n"), "", ""},
		"expanded":            {part("Action: expanded\nStatus: 2.0.0\n"), "", ""},
		"exploded":            {part("Action: exploded\nStatus: 5.1.1\n"), "", ""},
		"auto-generated":      {"To: a@b.se\r\nAuto-Submitted: auto-generated\r\n\r\nAction: failed\r\n", "", ""},
		"not automatic":       {"To: a@b.se\r\nAuto-Submitted: no\r\n\r\nx\r\n", "", ""},
		"auto-replied, twice": {"To: a@b.se\r\nAuto-Submitted: no\r\nAuto-Submitted: auto-replied\r\n\r\nx\r\n", "", ""},
	}
}

// TestReadReturned_hostile: whatever is sent is read within a moment, for what its fields say and no more.
func TestReadReturned_hostile(t *testing.T) {
	for name, tt := range hostileReturns() {
		began := time.Now()
		got, err := mail.ReadReturned(strings.NewReader(tt.raw))
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s takes %s", name, took)
		}
		if got.Kind != tt.kind || got.Status != tt.status || (err == nil) != (tt.kind != "") || err != nil && !errors.Is(err, mail.ErrNoReturn) {
			t.Errorf("%s: %q %q %v, want %q %q", name, got.Kind, got.Status, err, tt.kind, tt.status)
		}
	}
}

// TestReadReturned_addressees: the mark is looked for where a mail server writes the address it delivered to, and
// in To, and nowhere else.
func TestReadReturned_addressees(t *testing.T) {
	const mark = "studs+1.abc@temadag.example.se"
	for field, want := range map[string]bool{
		"To": true, "Delivered-To": true, "X-Original-To": true, "Envelope-To": true,
		"Cc": false, "Bcc": false, "From": false, "Reply-To": false, "Subject": false, "References": false, "Return-Path": false,
		"X-Failed-Recipients": false, "Original-Recipient": false,
	} {
		got, _ := mail.ReadReturned(strings.NewReader(field + ": " + mark + "\r\nAuto-Submitted: auto-replied\r\n\r\nx\r\n"))
		if found := len(got.To) == 1 && got.To[0] == mark; found != want {
			t.Errorf("%s: sent to %v", field, got.To)
		}
	}
	crowd := "To: " + strings.Repeat("x@b.se, ", 5000) + mark + "\r\n" + strings.Repeat("Delivered-To: y@b.se\r\n", 5000) + "Auto-Submitted: auto-replied\r\n\r\n"
	if got, _ := mail.ReadReturned(strings.NewReader(crowd)); len(got.To) > 20 {
		t.Errorf("%d addresses are kept", len(got.To))
	}
}

// FuzzReadReturned_fields: a report with any fields is read for its kind, never for more than a status code.
func FuzzReadReturned_fields(f *testing.F) {
	f.Add("failed", "5.1.1", "a@b.se", "studs+1.abc@temadag.example.se")
	f.Add("delayed", "4.2.0 (busy)", "a@b.se\r\nAction: failed", "x@y.se")
	f.Add("failed\r\n\r\nAction: delivered", "5.1.1\r\n\r\nStatus: 2.0.0", "\x00", "\r\nTo: z@y.se")
	f.Add("FAILED ", " 5.999.999", "\xff", "\"studs+1.abc\"@temadag.example.se")
	f.Fuzz(func(t *testing.T, action, status, recipient, to string) {
		raw := "To: " + to + "\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n" +
			"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; " + recipient +
			"\r\nAction: " + action + "\r\nStatus: " + status + "\r\n\r\n--B--\r\n"
		got, err := mail.ReadReturned(strings.NewReader(raw))
		if (err == nil) != (got.Kind != "") || len(got.To) > 20 {
			t.Errorf("%+v %v", got, err)
		}
		if len(got.Status) > len("5.999.999") || strings.Trim(got.Status, "0123456789.") != "" {
			t.Errorf("a status of %q", got.Status)
		}
		if got.Unreachable() && got.Status[0] != '5' {
			t.Errorf("%s stops an address", got.Status)
		}
	})
}
