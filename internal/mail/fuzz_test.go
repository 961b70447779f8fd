package mail_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/testkit/check"
)

// written is a mailing with what anybody can have typed in every place that has one.
type written struct{ subject, body, name, organisation, title, replyTo, filename, organiser string }

func (w written) facts() domain.LetterFacts {
	f := facts(domain.LetterMailing, domain.Swedish, theEvent())
	f.Registration.GivenName, f.Registration.FamilyName, f.Registration.Organisation = w.name, w.name, w.organisation
	f.Event.Title.Sv, f.Event.Owner.Short = w.title, w.organiser
	f.Mailing = &domain.Mailing{MailingEntry: domain.MailingEntry{
		Subject: domain.Text{Sv: w.subject}, Body: domain.Text{Sv: w.body}, ReplyTo: w.replyTo,
	}}
	f.Enclosed = []domain.Enclosure{{Filename: w.filename, MIME: "application/pdf", Content: []byte("%PDF-1.7 x")}}
	return f
}

func honest() written {
	return written{
		"Åk tåg till {ort}, {förnamn} från {organisation}", "Hej {förnamn}!\n\nVi ses på {tillfälle}. {länk}", "Ánne-Sárá", "Piteå kommun",
		"Temadag", "bo.exempel@example.se", "Dagordning för Luleå.pdf", "Länsstyrelsen Norrbotten",
	}
}

// spoiltWriting is honest with s in one place after the other.
func spoiltWriting(s string) map[string]written {
	out := make(map[string]written)
	for place, put := range map[string]func(w *written){
		"subject":      func(w *written) { w.subject += s },
		"body":         func(w *written) { w.body += s },
		"name":         func(w *written) { w.name = s },
		"organisation": func(w *written) { w.organisation = s },
		"title":        func(w *written) { w.title += s },
		"reply-to":     func(w *written) { w.replyTo = s },
		"reply-to end": func(w *written) { w.replyTo += s },
		"filename":     func(w *written) { w.filename = s },
		"organiser":    func(w *written) { w.organiser += s },
	} {
		w := honest()
		put(&w)
		out[place] = w
	}
	return out
}

// whole checks a mailing for everything that its words should not have been able to do.
func whole(t testing.TB, what string, raw []byte) {
	t.Helper()
	p := parse(t, raw)
	const fields = "Auto-Submitted Content-Language Content-Type Date From Message-Id Mime-Version Reply-To Subject To X-Auto-Response-Suppress"
	if got := strings.Join(sortedKeys(p.header), " "); got != fields {
		t.Errorf("%s: header fields %s", what, got)
	}
	for _, field := range []string{"To", "From", "Reply-To"} {
		list, err := p.header.AddressList(field)
		if err != nil || len(list) != 1 || field == "To" && list[0].Address != recipient || field == "From" && list[0].Address != sender {
			t.Errorf("%s: %s is %q: %v", what, field, p.header.Get(field), err)
		}
	}
	if p.structure != "multipart/mixed(multipart/alternative(text/plain, text/html), application/pdf)" {
		t.Errorf("%s: it is made of %s", what, p.structure)
	}
	header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for _, line := range strings.Split(string(header), "\r\n") {
		if len(line) > 78 && strings.ContainsAny(strings.TrimLeft(line, " \t"), " \t") && !onlyName.MatchString(line) {
			t.Errorf("%s: a line of the header could be folded and is not: %q", what, line)
		}
	}
	for _, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") || !sevenBit(line) {
			t.Errorf("%s: line %.200q", what, line)
		}
	}
}

// onlyName is the name of a field with one word that cannot be broken.
var onlyName = regexp.MustCompile(`^[A-Za-z-]+: \S+$`)

func sevenBit(line []byte) bool {
	return !bytes.ContainsFunc(line, func(r rune) bool { return r > '~' })
}

func writer(t testing.TB) *mail.Composer {
	t.Helper()
	c := composer(t)
	c.Written = plainWritten{}
	return c
}

// TestCompose_mailingSurvivesInjection puts every attempt into every place of a mailing, and has what is composed
// read by two parsers.
func TestCompose_mailingSurvivesInjection(t *testing.T) {
	t.Parallel()
	c := writer(t)
	var composed [][]byte
	var names []string
	for _, s := range injections() {
		for place, w := range spoiltWriting(s) {
			raw, err := c.Compose(w.facts())
			if err != nil {
				continue
			}
			name := fmt.Sprintf("%s %.40q", place, s)
			whole(t, name, raw)
			composed, names = append(composed, raw), append(names, name)
		}
	}
	if len(composed) < 60 {
		t.Errorf("only %d letters were composed: the test has lost its subject", len(composed))
	}
	twin := []byte("From: <" + sender + ">\r\nTo: <" + recipient + ">, <x@evil.example.com>\r\nBcc: <y@evil.example.com>\r\nSubject: x\r\n\r\nx\r\n")
	read := headersByPython(t, append(slices.Clone(composed), compose(t, c, honest().facts()), twin)...)
	for i, got := range read[:len(composed)] {
		p := parse(t, composed[i])
		if len(got.To) != 1 || got.To[0] != recipient || len(got.From) != 1 || got.From[0] != sender || len(got.ReplyTo) != 1 || got.Others != "" {
			t.Errorf("%s: Python reads %+v", names[i], got)
		}
		if want := decoded(t, p.header.Get("Subject")); got.Subject != want {
			t.Errorf("%s: Python reads the subject as %q, Go as %q", names[i], got.Subject, want)
		}
		if strings.ContainsAny(got.Filename, "\r\n/\\") || len(got.Defects) > 0 {
			t.Errorf("%s: Python reads the file as %q, with %v", names[i], got.Filename, got.Defects)
		}
	}
	if got := read[len(composed)]; got.Filename != "Dagordning för Luleå.pdf" {
		t.Errorf("Python reads the file as %q", got.Filename)
	}
	if got := read[len(composed)+1]; len(got.To) != 2 || got.Others != "Bcc" {
		t.Errorf("a second recipient goes unseen: %+v", got)
	}
}

const readHeadersWithPython = `
import email, email.policy, json, sys
for line in iter(sys.stdin.buffer.readline, b""):
    m = email.message_from_bytes(sys.stdin.buffer.read(int(line)), policy=email.policy.default)
    addresses = lambda name: [a.addr_spec for h in m.get_all(name, []) for a in h.addresses]
    files = [p.get_filename() or "" for p in m.walk() if p.is_attachment()]
    print(json.dumps({"To": addresses("To"), "From": addresses("From"), "ReplyTo": addresses("Reply-To"),
      "Subject": m["Subject"], "Filename": files[-1] if files else "",
      "Others": " ".join(k for k in m.keys() if k.lower() in ("cc", "bcc", "resent-to", "sender")),
      "Defects": [str(d) for p in m.walk() for d in p.defects] + [str(d) for p in m.walk() for h in p.values() for d in getattr(h, "defects", [])]}))
`

type readHeaders struct {
	To, From, ReplyTo []string
	Subject, Filename string
	Others            string
	Defects           []string
}

func headersByPython(t testing.TB, all ...[]byte) []readHeaders {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		check.LeaveOut(t, "Python 3")
	}
	var in bytes.Buffer
	for _, raw := range all {
		fmt.Fprintf(&in, "%d\n%s", len(raw), raw)
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", readHeadersWithPython)
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var read []readHeaders
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var h readHeaders
		if err := dec.Decode(&h); err != nil {
			t.Fatal(err)
		}
		read = append(read, h)
	}
	if len(read) != len(all) {
		t.Fatalf("Python read %d messages of %d", len(read), len(all))
	}
	return read
}

// FuzzCompose_mailing: whatever is written and typed, what is composed is one letter to one reader, the same
// each time, with the file's name as one parameter.
func FuzzCompose_mailing(f *testing.F) {
	h := honest()
	f.Add(h.subject, h.body, h.name, h.organisation, h.title, h.replyTo, h.filename)
	for _, s := range injections() {
		if len(s) < 100 {
			f.Add(h.subject+s, h.body+s, s, s, s, s, s)
			f.Add(h.subject, h.body, s, s, h.title+s, h.replyTo, s)
		}
	}
	f.Add("{namn}", "{namn}", "{länk}", "{{namn}}", "{tillfälle}", "a@b.se", "{namn}.pdf")
	c := writer(f)
	f.Fuzz(func(t *testing.T, subject, body, name, organisation, title, replyTo, filename string) {
		w := written{subject, body, name, organisation, title, replyTo, filename, h.organiser}
		raw, err := c.Compose(w.facts())
		if err != nil {
			return
		}
		whole(t, "fuzz", raw)
		if again, err := c.Compose(w.facts()); err != nil || !bytes.Equal(raw, again) {
			t.Errorf("composed twice, %v, and not the same", err)
		}
	})
}

var spoken = regexp.MustCompile(`^(?:EHLO \S+|HELO \S+|DATA|RSET|NOOP|QUIT|(?:MAIL FROM|RCPT TO):<[^<>\s\\"]*>(?: SIZE=[0-9]+| BODY=8BITMIME| SMTPUTF8)*)$`)

// TestSend_oneRecipient: whatever stands for an address, a server hears whole commands and of one recipient.
func TestSend_oneRecipient(t *testing.T) {
	t.Parallel()
	f := newFaultServer(t, script{ehlo: []string{"8BITMIME", "SMTPUTF8", "SIZE"}})
	s := newSender(t, f.url("?starttls=off"), patient())
	tried := 0
	for _, inject := range injections() {
		for _, to := range []string{inject, recipient + inject, inject + recipient, "<" + recipient + inject + ">", "a" + inject + "@example.se", `"` + inject + `"@example.se`} {
			_ = s.Send(t.Context(), sender, to, []byte(ready)) // whatever comes of it
			_ = s.Send(t.Context(), to, recipient, []byte(ready))
			tried += 2
		}
	}
	_, accepted, commands, bodies := f.seen()
	told := 0
	for _, line := range commands {
		if !spoken.MatchString(strings.TrimRight(line, "\r\n")) {
			t.Errorf("the server hears %q", line)
		}
		if strings.HasPrefix(line, "RCPT") {
			told++
		}
	}
	if told != accepted || accepted != len(bodies) || accepted == 0 || accepted == tried {
		t.Errorf("of %d tries %d letters went to %d recipients", tried, accepted, told)
	}
	// The twin: the eyes see a command that has become two recipients.
	if spoken.MatchString("RCPT TO:<a@b.se>,<c@d.se>") || spoken.MatchString("RCPT TO:<a@b.se> <c@d.se>") {
		t.Error("a second recipient goes unseen")
	}
}

// The name of an enclosed file is one parameter, whatever it is, and is read as it was given where it can be.
func TestCompose_filenames(t *testing.T) {
	t.Parallel()
	c := writer(t)
	for name, want := range map[string]string{
		"Dagordning.pdf": "Dagordning.pdf", "Dagordning för Luleå.pdf": "Dagordning för Luleå.pdf", `a"b;c.pdf`: "a_b;c.pdf",
		"../../etc/passwd": ".._.._etc_passwd", "a\r\nBcc: x@y.se": "a__Bcc_ x@y.se", "Ŋ": "Ŋ",
		strings.Repeat("långt ", 30) + ".pdf": strings.Repeat("långt ", 30) + ".pdf",
	} {
		w := honest()
		w.filename = name
		raw, err := c.Compose(w.facts())
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		whole(t, name, raw)
		_, after, ok := strings.Cut(string(raw), "Content-Disposition: ")
		line, _, _ := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(after, "\r\n ", " "), "\r\n\t", " "), "\r\n")
		_, params, err := mime.ParseMediaType(line)
		if got := decoded(t, params["filename"]); !ok || err != nil || got != want {
			t.Errorf("%q is read as %q %v in %s", name, got, err, line)
		}
	}
}
