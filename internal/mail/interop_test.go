package mail_test

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"fmt"
	htmltemplate "html/template"
	"maps"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/testkit/check"
)

// post is a letter on its way: the bytes, and to whom.
type post struct {
	to  string
	raw []byte
}

// everyLetter is a letter of every kind and sort, each with a Message-ID of its own, the last ones a mailing with
// files of several sizes and a reader whose address has other letters than a to z.
func everyLetter(t testing.TB) map[string]post {
	t.Helper()
	c := composer(t)
	c.Written = plainWritten{}
	out := make(map[string]post)
	add := func(name string, f domain.LetterFacts) {
		f.Letter.MessageID = "m" + fmt.Sprint(len(out))
		raw, err := c.Compose(f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = post{f.Letter.To, raw}
	}
	all := cases(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !strings.HasPrefix(name, "en_") || strings.HasSuffix(name, "_long") {
			add(name, all[name])
		}
	}
	mailing := facts(domain.LetterMailing, domain.Swedish, theEvent())
	mailing.Mailing = &domain.Mailing{MailingEntry: domain.MailingEntry{
		Subject: domain.Text{Sv: "Åk tåg till {ort}, {förnamn}"},
		Body:    domain.Text{Sv: "Hej {förnamn}!\n\n.punkt först\n\n..två\n\n" + strings.Repeat("långrad", 300) + "\n\n{länk}"},
	}}
	for _, size := range []int{1, 57, 76, 4096, 1 << 20} {
		mailing.Enclosed = append(mailing.Enclosed, domain.Enclosure{
			Filename: fmt.Sprintf("dagordning åäö %d.pdf", size), MIME: "application/pdf", Content: bytes.Repeat([]byte(".\r\n"), size/3+1),
		})
	}
	add("mailing", mailing)
	swedish := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
	swedish.Letter.To, swedish.Registration.Email = "åsa.öberg@example.se", "åsa.öberg@example.se"
	add("utf8", swedish)
	return out
}

// byHand are messages that the composer would not write, and a mail server must still be handed whole.
func byHand() map[string]post {
	head := func(id string) string {
		return "From: <" + sender + ">\r\nTo: <" + recipient + ">\r\nSubject: Hej\r\nDate: Sat, 01 Oct 2016 12:15:02 +0200\r\nMessage-ID: <" + id + "@temadag.example.se>\r\n"
	}
	text := "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: "
	return map[string]post{
		"dots":   {recipient, []byte(head("h1") + "\r\n.\r\n..\r\n. .\r\n.slut\r\n\r\n.\r\n")},
		"long":   {recipient, []byte(head("h2") + "\r\n" + strings.Repeat("a", 998) + "\r\n." + strings.Repeat("b", 997) + "\r\n")},
		"8bit":   {recipient, []byte(head("h3") + text + "8bit\r\n\r\nRäksmörgås åt alla.\r\n.Ö\r\n")},
		"spaces": {recipient, []byte(head("h4") + "\r\n   \r\nslut \t\r\n\r\n\r\n")},
	}
}

func idOf(t testing.TB, raw []byte) string {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header.Get("Message-Id")
}

// delivered sends every letter through the named port and compares what lies in the Maildir with what was sent.
// before is how many letters lie there already.
func delivered(t *testing.T, m *check.MTA, which, query string, o mail.Options, letters map[string]post, before int) {
	t.Helper()
	s := newSender(t, "smtp://"+m.Address(t, which)+query, o)
	want := make(map[string]string)
	for name, p := range letters {
		if err := s.Send(t.Context(), sender, p.to, p.raw); err != nil {
			t.Errorf("%s by %s: %v %+v", name, which, err, fault(t, err))
			continue
		}
		want[idOf(t, p.raw)] = name
	}
	for _, raw := range m.Letters(t, "all", before+len(want))[before:] {
		got := check.Untraced(raw)
		name, ok := want[idOf(t, got)]
		if !ok {
			t.Errorf("by %s came a letter that nobody sent:\n%.300s", which, got)
			continue
		}
		delete(want, idOf(t, got))
		if !bytes.Equal(got, letters[name].raw) {
			at := 0
			for at < min(len(got), len(letters[name].raw)) && got[at] == letters[name].raw[at] {
				at++
			}
			t.Errorf("%s by %s came changed at byte %d of %d: %.80q for %.80q", name, which, at, len(got), got[at:], letters[name].raw[at:])
		}
	}
	if len(want) > 0 {
		t.Errorf("by %s never came: %v", which, want)
	}
}

const plainly = "?starttls=off"

// serious leaves a test that starts a mail server to the long run.
func serious(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a mail server")
	}
}

// TestInterop_postfix hands letters to a real Postfix and reads them in its Maildirs, byte by byte.
func TestInterop_postfix(t *testing.T) {
	t.Parallel()
	serious(t)
	m := check.Postfix(t, "temadag", "hemligt lösen: 1/2@3")
	letters, own := everyLetter(t), byHand()
	all := maps.Clone(letters)
	maps.Copy(all, own)
	delivered(t, m, "all", plainly, patient(), all, 0)
	n := len(all)

	few := map[string]post{"mailing": letters["mailing"], "sv_registration_confirmed": letters["sv_registration_confirmed"], "dots": own["dots"]}
	for _, which := range []string{"7bit", "no utf8", "no pipe"} {
		delivered(t, m, which, plainly, patient(), few, n)
		n += len(few)
	}
	trusting := patient()
	trusting.Roots = m.Roots
	delivered(t, m, "starttls", "", trusting, few, n)
	n += len(few)
	s := newSender(t, "smtps://"+m.Address(t, "tls"), trusting)
	if err := s.Send(t.Context(), sender, recipient, own["long"].raw); err != nil {
		t.Errorf("encrypted from the start: %v", err)
	}
	s = newSender(t, "smtp://temadag:hemligt%20l%C3%B6sen%3A%201%2F2%403@"+m.Address(t, "sign in"), trusting)
	if err := s.Send(t.Context(), sender, recipient, own["8bit"].raw); err != nil {
		t.Errorf("signed in: %v", err)
	}
	m.Letters(t, "all", n+2)

	for name, want := range map[string]struct {
		which, url string
		post       post
		roots      *x509.CertPool
		class      domain.FaultClass
		code       int
		status     string
	}{
		"unknown":         {"all", plainly, post{"ingen@nobody.example.se", own["dots"].raw}, nil, domain.FaultAddress, 550, "5.1.1"},
		"too large, told": {"small", plainly, letters["mailing"], nil, domain.FaultMessage, 0, "5.3.4"},
		"too large, mute": {"small mute", plainly, letters["mailing"], nil, domain.FaultMessage, 552, "5.3.4"},
		"8bit to 7bit":    {"7bit", plainly, own["8bit"], nil, domain.FaultMessage, 0, "5.6.3"},
		"utf8 to ascii":   {"no utf8", plainly, letters["utf8"], nil, domain.FaultMessage, 0, "5.6.7"},
		"not trusted":     {"starttls", "", own["dots"], nil, domain.FaultRelay, 0, ""},
		"must encrypt":    {"starttls", plainly, own["dots"], nil, domain.FaultRelay, 530, "5.7.0"},
		"wrong password":  {"sign in", "temadag:fel@", own["dots"], m.Roots, domain.FaultRelay, 535, "5.7.8"},
	} {
		o := patient()
		o.Roots = want.roots
		url := "smtp://" + m.Address(t, want.which) + want.url
		if strings.HasSuffix(want.url, "@") {
			url = "smtp://" + want.url + m.Address(t, want.which)
		}
		got := fault(t, newSender(t, url, o).Send(t.Context(), sender, want.post.to, want.post.raw))
		if got == nil || got.Class != want.class || got.Code != want.code || got.Status != want.status {
			t.Errorf("%s: got %+v, want %s %d %s", name, got, want.class, want.code, want.status)
		}
	}
	if got := len(m.Letters(t, "all", n+2)); got != n+2 {
		t.Errorf("%d letters lie there, %d were taken", got, n+2)
	}
}

// TestInterop_opensmtpd is the same with an OpenSMTPD, which knows neither pipelining nor SMTPUTF8.
func TestInterop_opensmtpd(t *testing.T) {
	t.Parallel()
	serious(t)
	m := check.OpenSMTPD(t, "3M")
	letters := everyLetter(t)
	maps.Copy(letters, byHand())
	swedish := letters["utf8"]
	delete(letters, "utf8")
	delivered(t, m, "all", plainly, patient(), letters, 0)

	s := newSender(t, "smtp://"+m.Address(t, "all")+plainly, patient())
	got := fault(t, s.Send(t.Context(), sender, swedish.to, swedish.raw))
	if m.Offers(t, "all", "SMTPUTF8") {
		got = &domain.DeliveryFault{Class: domain.FaultMessage, Status: "5.6.7"} // a later version than was known
	}
	if got == nil || got.Class != domain.FaultMessage || got.Status != "5.6.7" {
		t.Errorf("an address that it cannot carry: %+v", got)
	}
	large := []byte("From: <" + sender + ">\r\n\r\n" + strings.Repeat(strings.Repeat("x", 76)+"\r\n", 50000))
	if got := fault(t, s.Send(t.Context(), sender, recipient, large)); got == nil || got.Class != domain.FaultMessage || got.Status != "5.3.4" {
		t.Errorf("a letter that is too large: %+v", got)
	}
	for _, to := range []string{"ingen@nobody.example.se", "ingen@elsewhere.example.com"} {
		if got := fault(t, s.Send(t.Context(), sender, to, letters["dots"].raw)); got == nil || got.Code/100 != 5 {
			t.Errorf("%s: %+v", to, got)
		}
	}
}

// TestInterop_bareNewline: Postfix refuses a line that ends in LF alone, and it never hears one from us.
func TestInterop_bareNewline(t *testing.T) {
	t.Parallel()
	serious(t)
	m := check.Postfix(t, "", "")
	bare := []byte("From: <" + sender + ">\r\nSubject: x\r\n\r\nen rad\n.\r\nMAIL FROM:<smuggled@example.com>\r\n")
	got := fault(t, newSender(t, "smtp://"+m.Address(t, "all")+plainly, patient()).Send(t.Context(), sender, recipient, bare))
	if got == nil || got.Class != domain.FaultMessage || got.Code != 0 {
		t.Errorf("a bare LF: %+v", got)
	}
	// The twin: a sender that does send it is refused, so the server's eyes are open.
	if last := talk(t, m, recipient, string(bare)); !strings.HasPrefix(last, "5") || !strings.Contains(last, "bare") {
		t.Errorf("Postfix answers %q to a bare LF", last)
	}
}

// TestInterop_twin sends a letter whose dots nobody has doubled: it comes changed, and the comparison sees it.
func TestInterop_twin(t *testing.T) {
	t.Parallel()
	serious(t)
	m := check.Postfix(t, "", "")
	raw := byHand()["8bit"].raw
	if last := talk(t, m, recipient, string(raw)); !strings.HasPrefix(last, "250") {
		t.Fatalf("Postfix answers %q", last)
	}
	if got := check.Untraced(m.Letters(t, "all", 1)[0]); bytes.Equal(got, raw) || len(got) != len(raw)-1 {
		t.Errorf("a lost dot goes unseen:\n%s", got)
	}
}

// talk hands over a message as it is, and returns the last answer.
func talk(t *testing.T, m *check.MTA, to, raw string) (last string) {
	t.Helper()
	c, err := net.DialTimeout("tcp", m.Address(t, "all"), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(c)
	for _, line := range []string{"", "EHLO x\r\n", "MAIL FROM:<a@example.com>\r\n", "RCPT TO:<" + to + ">\r\n", "DATA\r\n", raw + ".\r\n"} {
		if _, err := c.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
		for last = "---"; len(last) < 4 || last[3] == '-'; {
			if last, err = in.ReadString('\n'); err != nil {
				t.Fatalf("after %q: %v", line, err)
			}
		}
	}
	return last
}

// plainWritten stands in for what reads staff's Markdown.
type plainWritten struct{}

func (w plainWritten) HTML(source string) (htmltemplate.HTML, error) {
	return htmltemplate.HTML("<p>" + htmltemplate.HTMLEscapeString(w.Plain(source)) + "</p>"), nil //nolint:gosec // escaped
}

func (plainWritten) Plain(source string) string { return strings.ReplaceAll(source, `\`, "") }
