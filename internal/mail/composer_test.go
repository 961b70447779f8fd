package mail_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestCompose_golden(t *testing.T) {
	c := composer(t)
	for name, f := range cases(t) {
		if !shown(name, f.Letter.Kind) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			p := parse(t, compose(t, c, f))
			var text strings.Builder
			for _, field := range []string{"From", "Reply-To", "To", "Subject", "Date"} {
				fmt.Fprintf(&text, "%s: %s\n", field, decoded(t, p.header.Get(field)))
			}
			text.WriteString("\n" + p.text)
			golden(t, name+".txt", text.String())
			if htmlShown(f.Letter.Kind) {
				golden(t, name+".html", p.html)
			}
		})
	}
}

// shown reports whether a case has a golden file: the first letters in full, of the others one each.
// That the two parts of a letter say the same is another test's.
func shown(name string, k domain.LetterKind) bool {
	for _, same := range []string{"_undecided", "_long", "_twodays"} {
		if strings.HasSuffix(name, same) {
			return k == domain.LetterConfirmed || k == domain.LetterWaitlisted || k == domain.LetterAlreadyRegistered
		}
	}
	return true
}

func htmlShown(k domain.LetterKind) bool {
	switch k {
	case domain.LetterConfirmed, domain.LetterWaitlisted, domain.LetterAlreadyRegistered, domain.LetterOffered, domain.LetterGroup:
		return true
	}
	return false
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, "\r\n", "\n")
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from its golden file (-update writes it anew). Got:\n%s", name, got)
	}
}

func TestCompose_message(t *testing.T) {
	const (
		plain  = "multipart/alternative(text/plain, text/html)"
		invite = "multipart/mixed(multipart/alternative(text/plain, text/html, text/calendar), application/ics)"
	)
	fields := "Auto-Submitted Content-Language Content-Type Date From Message-Id Mime-Version Reply-To Subject To X-Auto-Response-Suppress"
	c := composer(t)
	for name, f := range cases(t) {
		t.Run(name, func(t *testing.T) {
			raw := compose(t, c, f)
			p := parse(t, raw)
			want := plain
			method := f.Letter.Kind.Calendar(f.Letter.Status)
			if method != domain.CalendarNone && !f.Event.Day.IsZero() {
				want = invite
			}
			if p.structure != want {
				t.Errorf("got %s, want %s", p.structure, want)
			}
			if got := strings.Join(sortedKeys(p.header), " "); got != fields {
				t.Errorf("header fields %s, want %s", got, fields)
			}
			checkHeader(t, f, p)
			if want == invite {
				original, _ := invitation(f)
				if p.method != string(method) || p.filename != attachment(method) ||
					!bytes.Equal(p.calendar, original) || !bytes.Equal(p.attachment, original) {
					t.Errorf("method %q, file %q, calendar %q", p.method, p.filename, p.calendar)
				}
			}
			if !bytes.HasPrefix(raw, []byte("Auto")) || bytes.Contains(raw, []byte("Subject:\r\n")) {
				t.Error("the subject begins on a line of its own")
			}
			for _, line := range bytes.SplitAfter(raw, []byte("\r\n")) {
				if len(line) > 80 || len(line) > 0 && !bytes.HasSuffix(line, []byte("\r\n")) || bytes.Count(line, []byte("\n")) > 1 {
					t.Errorf("line %q", line)
				}
			}
			if bytes.ContainsFunc(raw, func(r rune) bool { return r > '~' }) {
				t.Error("the message is not ASCII")
			}
			checkBodies(t, f, p)
		})
	}
}

func attachment(m domain.CalendarMethod) string {
	if m == domain.CalendarCancel {
		return mail.CancellationAttachment
	}
	return mail.Attachment
}

func sortedKeys(h netmail.Header) []string {
	keys := make([]string, 0, len(h))
	for k, v := range h {
		for range v {
			keys = append(keys, k)
		}
	}
	for i := range keys {
		for j := i; j > 0 && keys[j] < keys[j-1]; j-- {
			keys[j], keys[j-1] = keys[j-1], keys[j]
		}
	}
	return keys
}

func checkHeader(t *testing.T, f domain.LetterFacts, p parsed) {
	t.Helper()
	want := map[string]string{
		"From":                     `Länsstyrelsen Norrbotten <` + sender + `>`,
		"Reply-To":                 `Länsstyrelsen Norrbotten <temadagar.norrbotten@example.se>`,
		"To":                       "<" + recipient + ">",
		"Message-Id":               "<q7xk2m0d9s4b@temadag.example.se>",
		"Date":                     "Sat, 01 Oct 2016 12:15:02 +0200",
		"Auto-Submitted":           "auto-generated",
		"X-Auto-Response-Suppress": "All",
		"Content-Language":         string(f.Letter.Lang),
		"Mime-Version":             "1.0",
	}
	for name, w := range want {
		if got := decoded(t, p.header.Get(name)); got != w {
			t.Errorf("%s is %q, want %q", name, got, w)
		}
	}
	subject := decoded(t, p.header.Get("Subject"))
	if subject != strings.TrimSpace(subject) {
		t.Errorf("subject %q has space around it", subject)
	}
	if n := utf8.RuneCountInString(subject); n == 0 || n > 78 {
		t.Errorf("subject %q", subject)
	}
}

var remote = regexp.MustCompile(`(?i)<(img|script|link|iframe|form|object|embed|audio|video)\b|url\(|@import|https?://`)

func checkBodies(t *testing.T, f domain.LetterFacts, p parsed) {
	t.Helper()
	for part, body := range map[string]string{"text": p.text, "html": p.html} {
		for _, secret := range []string{"Hemlig", "Hemlunda", "070-174", "Oŋŋá", "evil", "⟨", "<no value>", "ZgotmplZ", "%!"} {
			if strings.Contains(body, secret) {
				t.Errorf("the %s part holds %q", part, secret)
			}
		}
		needed := []string{f.Link, f.EventLink, f.Registration.Reference()}
		if f.Letter.Kind.Linkless() {
			needed = needed[2:]
		}
		for _, needed := range needed {
			if !strings.Contains(body, needed) {
				t.Errorf("the %s part lacks %q", part, needed)
			}
		}
		rest := strings.NewReplacer(f.Link, "", f.EventLink, "").Replace(body)
		if m := remote.FindString(rest); m != "" {
			t.Errorf("the %s part fetches or links something else: %q", part, m)
		}
	}
	if !strings.Contains(p.html, `<html lang="`+string(f.Letter.Lang)+`">`) {
		t.Error("the html part does not tell its language")
	}
	if strings.Count(p.html, "<table") != strings.Count(p.html, `<table role="presentation"`) {
		t.Error("a table is not for looks only")
	}
	for _, line := range strings.Split(strings.ReplaceAll(p.text, "\r\n", "\n"), "\n") {
		if utf8.RuneCountInString(line) > 72 && strings.Contains(strings.TrimSpace(line), " ") {
			t.Errorf("line of %d characters: %q", utf8.RuneCountInString(line), line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("space at the end of %q", line)
		}
	}
	if regexp.MustCompile(`<[a-z/]|\n\n\n|\*\*|&[a-z]+;`).MatchString(p.text) {
		t.Errorf("the text part holds markup or holes:\n%s", p.text)
	}
}

func TestCompose_sameBytes(t *testing.T) {
	first, second := composer(t), composer(t)
	for name, f := range cases(t) {
		one, two := compose(t, first, f), compose(t, second, f)
		if !bytes.Equal(one, two) {
			t.Errorf("%s is not composed to the same bytes", name)
		}
		f.Letter.MessageID = "another"
		if bytes.Equal(one, compose(t, first, f)) {
			t.Errorf("%s does not depend on its Message-ID", name)
		}
	}
}

// TestCompose_sameBytes_twin writes a message with go-mail as it comes: each time another one.
func TestCompose_sameBytes_twin(t *testing.T) {
	write := func() []byte {
		m := gomail.NewMsg()
		if err := errors.Join(m.From(sender), m.To(recipient)); err != nil {
			t.Fatal(err)
		}
		m.SetMessageIDWithValue("a@example.se")
		m.SetDateWithValue(time.Unix(0, 0))
		m.SetBodyString(gomail.TypeTextPlain, "Hej")
		m.AddAlternativeString(gomail.TypeTextHTML, "<p>Hej</p>")
		var b bytes.Buffer
		if _, err := m.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if bytes.Equal(write(), write()) {
		t.Error("go-mail's boundaries have become fixed, and our own care for them needless")
	}
}

func TestCompose_greetsOnlyWithNames(t *testing.T) {
	cases := map[string]bool{
		"Ánne-Sárá": true, "O": true, "D’Arcy": true, "D'Arcy": true, "Bïengke": true, "Dr. Åsa": true, "Carl G.": true, "李": true,
		"http://evil.example": false, "evil.example": false, "www.evil.example": false, "a@b.se": false, "<b>Eva</b>": false,
		"Ring 070-123 45 67": false, "Eva\u202eavE": false, "Eva\u200bAb": false, "": false, "🎉": false,
		"Du har vunnit en resa klicka på länken nedan så": false,
	}
	c := composer(t)
	for name, greeted := range cases {
		f := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
		f.Registration.GivenName = name
		p := parse(t, compose(t, c, f))
		want := "Hej!"
		if greeted {
			want = "Hej " + name + "!"
		}
		if !strings.HasPrefix(p.text, "\r\n"+want) && !strings.HasPrefix(p.text, want) {
			t.Errorf("%q: %q, want %q", name, strings.SplitN(p.text, "\n", 3)[:2], want)
		}
		if !greeted && len(name) > 3 && (strings.Contains(p.text, name) || strings.Contains(p.html, name)) {
			t.Errorf("%q is in the letter", name)
		}
	}
}

func TestCompose_subjectIsReadAsWritten(t *testing.T) {
	c := composer(t)
	for _, title := range []string{
		"Theme day", "Temadag å", "=?utf-8?q?=0D=0ABcc:_a@b.se?=", "a =?utf-8?b?w6U=?= b", "100 % _ = ? ü", "Ŋ", "🎉🎉",
		strings.Repeat("å", 40), strings.Repeat("x", 41), "Čáhppes – ”sámi”",
	} {
		f := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
		f.Event.Calendar.Sv = title
		got := decoded(t, parse(t, compose(t, c, f)).header.Get("Subject"))
		if want := "Du är anmäld: " + title + ", Luleå 1 december 2016"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCompose_refuses(t *testing.T) {
	c := composer(t)
	spoil := map[string]func(*domain.LetterFacts){
		"no recipient":         func(f *domain.LetterFacts) { f.Letter.To = "" },
		"two recipients":       func(f *domain.LetterFacts) { f.Letter.To = "a@b.se, c@d.se" },
		"a line break":         func(f *domain.LetterFacts) { f.Letter.To = "a@b.se\r\n" },
		"a title of two lines": func(f *domain.LetterFacts) { f.Event.Title.Sv = "a\nb" },
		"no link":              func(f *domain.LetterFacts) { f.Link = "" },
		"a relative link":      func(f *domain.LetterFacts) { f.Link = "/min-anmalan/x" },
		"a script":             func(f *domain.LetterFacts) { f.Link = "javascript:alert(1)" },
		"an unknown letter":    func(f *domain.LetterFacts) { f.Letter.Kind = "../../secret" },
		"an unknown language":  func(f *domain.LetterFacts) { f.Letter.Lang = "xx" },
		"no Message-ID":        func(f *domain.LetterFacts) { f.Letter.MessageID = "" },
		"a strange Message-ID": func(f *domain.LetterFacts) { f.Letter.MessageID = "a@b> <c" },
	}
	for name, put := range spoil {
		f := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
		put(&f)
		if _, err := c.Compose(f); err == nil {
			t.Errorf("%s: composed", name)
		}
	}
	c.Invite = func(domain.LetterFacts) ([]byte, error) { return []byte("BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\n"), nil }
	if _, err := c.Compose(facts(domain.LetterConfirmed, domain.Swedish, theEvent())); err == nil {
		t.Error("an invitation that is none: composed")
	}
}

func TestComposer_Check(t *testing.T) {
	if err := composer(t).Check(); err != nil {
		t.Error(err)
	}
	bad := composer(t)
	bad.FromAddress, bad.MailDomain, bad.Templates = "nobody", "", os.DirFS(t.TempDir())
	if err := bad.Check(); err == nil || strings.Count(err.Error(), "\n") < 7 {
		t.Errorf("got %v, want every fault", err)
	}
}

func BenchmarkCompose(b *testing.B) {
	c := composer(b)
	f := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
	for b.Loop() {
		if _, err := c.Compose(f); err != nil {
			b.Fatal(err)
		}
	}
}
