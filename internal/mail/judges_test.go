package mail_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/export"
	"github.com/temadag/temadag/internal/i18n"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/testkit/check"
	"github.com/temadag/temadag/web"
)

const readWithPython = `
import email, email.policy, json, sys
m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
parts = [p.get_content_type() for p in m.walk()]
body = m.get_body(("plain",)).get_content()
print(json.dumps({"subject": m["subject"], "to": [a.addr_spec for a in m["to"].addresses],
  "from": m["from"].addresses[0].display_name, "parts": parts, "text": body.replace("\r\n", "\n"),
  "defects": [str(d) for p in m.walk() for d in p.defects] + [str(d) for h in m.values() for d in getattr(h, "defects", [])]}))
`

func TestCompose_readByPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		check.LeaveOut(t, "Python 3")
	}
	c := composer(t)
	for _, name := range []string{"sv_registration_confirmed", "en_registration_waitlisted", "sv_already_registered_long"} {
		f := cases(t)[name]
		raw := compose(t, c, f)
		cmd := exec.CommandContext(t.Context(), python, "-c", readWithPython)
		cmd.Stdin = bytes.NewReader(raw)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Subject, From, Text string
			To, Parts, Defects  []string
		}
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		p := parse(t, raw)
		if len(got.Defects) > 0 || len(got.To) != 1 || got.To[0] != recipient || got.From != "Länsstyrelsen Norrbotten" ||
			got.Subject != decoded(t, p.header.Get("Subject")) || got.Text != strings.ReplaceAll(p.text, "\r\n", "\n") {
			t.Errorf("%s: Python reads %+v, and the standard library %q, %q", name, got, decoded(t, p.header.Get("Subject")), p.text)
		}
	}
}

func TestCompose_htmlIsValid(t *testing.T) {
	c := composer(t)
	documents := map[string][]byte{}
	for name, f := range cases(t) {
		if shown(name, f.Letter.Kind) {
			documents[name] = []byte(parse(t, compose(t, c, f)).html)
		}
	}
	for _, finding := range check.HTML(t, documents) {
		t.Error(finding)
	}
}

// TestCompose_realInvitation encloses the invitation that the program makes, and has it read by
// parsers that neither side wrote.
func TestCompose_realInvitation(t *testing.T) {
	texts, err := i18n.Load(web.Locales())
	if err != nil {
		t.Fatal(err)
	}
	c := composer(t)
	c.Invite = func(f domain.LetterFacts) ([]byte, error) {
		return export.Invitation(f, export.InvitationOptions{Catalogue: texts, Domain: c.MailDomain, From: c.FromAddress})
	}
	f := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
	raw := compose(t, c, f)
	if !bytes.Equal(raw, compose(t, c, f)) {
		t.Error("composed twice, and not the same")
	}
	p := parse(t, raw)
	if !bytes.Equal(p.calendar, p.attachment) || p.method != "REQUEST" {
		t.Errorf("method %q, calendar %q, attachment %q", p.method, p.calendar, p.attachment)
	}
	for name, read := range map[string]func(testing.TB, []byte) []check.CalendarEvent{
		"Python": check.CalendarByPython, "ical.js": check.CalendarByNode,
	} {
		t.Run(name, func(t *testing.T) {
			events := read(t, p.calendar)
			if len(events) != 1 {
				t.Fatalf("%d events, want 1", len(events))
			}
			e := events[0]
			if e.Method != "REQUEST" || e.Start != "20161201T080000Z" || e.End != "20161201T150000Z" ||
				!strings.EqualFold(e.Organizer, "mailto:"+sender) || len(e.Attendees) != 1 || !strings.EqualFold(e.Attendees[0], "mailto:"+recipient) {
				t.Errorf("got %+v", e)
			}
			if strings.Contains(e.Description, f.Link) || strings.Contains(e.Description+e.Summary, "Hemlig") {
				t.Errorf("the entry tells too much: %+v", e)
			}
		})
	}
	f.Letter.Details.Sequence = 1
	p = parse(t, compose(t, c, f))
	gone := facts(domain.LetterHandedOver, domain.Swedish, theEvent())
	out := parse(t, compose(t, c, gone))
	entry, was := check.CalendarByNode(t, out.calendar)[0], check.CalendarByNode(t, p.calendar)[0]
	if out.method != "CANCEL" || out.filename != mail.CancellationAttachment || !bytes.Equal(out.calendar, out.attachment) ||
		entry.Method != "CANCEL" || entry.Status != "CANCELLED" || entry.UID != was.UID ||
		entry.Sequence <= was.Sequence {
		t.Errorf("the cancellation is %q %q, %+v", out.method, out.filename, entry)
	}
	f.Event.State = domain.EventCancelled
	if got := parse(t, compose(t, c, f)); got.structure != "multipart/alternative(text/plain, text/html)" {
		t.Errorf("without an invitation: %s", got.structure)
	}
}
