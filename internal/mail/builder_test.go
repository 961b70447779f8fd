package mail_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/quotedprintable"
	"regexp"
	"strings"
	"testing"

	gomail "github.com/wneessen/go-mail"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

// rebuilt is the message that go-mail's builder makes of what a letter of ours says when the standard
// library reads it: whatever we write otherwise than go-mail does shows as a difference.
func rebuilt(t *testing.T, raw []byte, enclosed []domain.Enclosure) []byte {
	t.Helper()
	p := parse(t, raw)
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP))
	for _, name := range []string{"Auto-Submitted", "Content-Language", "Date", "Message-ID", "Subject", "X-Auto-Response-Suppress"} {
		m.SetGenHeader(gomail.Header(name), p.header.Get(name))
	}
	for _, name := range []string{"From", "To", "Reply-To"} {
		all, err := p.header.AddressList(name)
		if name == "Reply-To" && p.header.Get(name) == "" {
			continue
		}
		if err != nil || len(all) != 1 {
			t.Fatalf("%s: %v, %v", name, all, err)
		}
		map[string]func(){
			"From": func() { m.FromMailAddress(all[0]) }, "To": func() { m.ToMailAddress(all[0]) }, "Reply-To": func() { m.ReplyToMailAddress(all[0]) },
		}[name]()
	}
	m.SetBodyString(gomail.TypeTextPlain, p.text)
	m.AddAlternativeString(gomail.TypeTextHTML, p.html)
	if p.calendar != nil {
		m.AddAlternativeString(gomail.ContentType("text/calendar; method="+p.method), string(p.calendar), gomail.WithPartEncoding(gomail.EncodingB64))
		enclosed = append(enclosed, domain.Enclosure{Filename: p.filename, MIME: "application/ics", Content: p.attachment})
	}
	for _, f := range enclosed {
		if err := m.AttachReader(f.Filename, bytes.NewReader(f.Content), gomail.WithFileContentType(gomail.ContentType(f.MIME))); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	theirs, ours := b.Bytes(), boundaries.FindAllSubmatch(raw, -1)
	for i, found := range boundaries.FindAllSubmatch(theirs, -1) {
		if i < len(ours) {
			theirs = bytes.ReplaceAll(theirs, found[1], ours[i][1])
		}
	}
	return theirs
}

// parting tells where ours is no longer theirs.
func parting(ours, theirs []byte) string {
	i := 0
	for i < min(len(ours), len(theirs)) && ours[i] == theirs[i] {
		i++
	}
	from := max(0, i-60)
	return fmt.Sprintf("ours %q, go-mail's %q", ours[from:min(len(ours), i+60)], theirs[from:min(len(theirs), i+60)])
}

var boundaries = regexp.MustCompile(`\r\n boundary=([0-9a-z-]+)\r\n`)

func TestCompose_asGoMailWould(t *testing.T) {
	t.Parallel()
	c := composer(t)
	for _, l := range domain.Langs() {
		for _, k := range domain.LetterKinds() {
			for _, e := range []domain.Event{theEvent(), undecided()} {
				raw := compose(t, c, facts(k, l, e))
				if want := rebuilt(t, raw, nil); !bytes.Equal(raw, want) {
					t.Errorf("%s %s: %s", l, k, parting(raw, want))
				}
			}
		}
	}
}

func TestCompose_filesAsGoMailWould(t *testing.T) {
	t.Parallel()
	c := composer(t)
	for _, name := range []string{"program.pdf", "a\\b/c:d\x7f.txt"} {
		for _, n := range []int{0, 1, 56, 57, 58, 114, 5000} {
			f := facts(domain.LetterConfirmed, domain.Swedish, undecided())
			f.Enclosed = []domain.Enclosure{
				{Filename: name, MIME: "application/pdf", Content: bytes.Repeat([]byte{0xfe, 'x'}, n)[:n]},
				{Filename: "b.csv", MIME: "text/csv", Content: []byte("hej")},
			}
			raw := compose(t, c, f)
			if want := rebuilt(t, raw, f.Enclosed); !bytes.Equal(raw, want) {
				t.Errorf("%q, %d bytes: %s", name, n, parting(raw, want))
			}
		}
	}
}

// The twin: the comparison sees a single blank more.
func TestRebuilt_seesADifference(t *testing.T) {
	t.Parallel()
	raw := compose(t, composer(t), facts(domain.LetterConfirmed, domain.Swedish, theEvent()))
	broken := bytes.Replace(raw, []byte("Content-Transfer-Encoding: base64"), []byte("Content-Transfer-Encoding:  base64"), 1)
	if bytes.Equal(broken, rebuilt(t, broken, nil)) {
		t.Error("a blank too many is not seen")
	}
}

// FuzzQuoted holds our quoted-printable against the standard library's.
func FuzzQuoted(f *testing.F) {
	for _, s := range []string{
		"", " ", "\t\n", "hej \r\n", "å", strings.Repeat("a", 75), strings.Repeat("a", 76), strings.Repeat("a", 77) + "\n", "\r\r\n\n",
		strings.Repeat("x", 74) + " \n", strings.Repeat("x", 75) + " \n", strings.Repeat("é", 80), strings.Repeat("x", 73) + "=\n", ".\n..\n", "a=b \r",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := mail.AppendQuoted([]byte("before: "), text); string(got) != "before: "+b.String() {
			t.Errorf("of %q\n%q, want\n%q", text, got, b.String())
		}
		if _, err := io.ReadAll(quotedprintable.NewReader(&b)); err != nil {
			t.Error(err)
		}
	})
}
