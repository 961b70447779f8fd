package mail_test

import (
	"bytes"
	"errors"
	netmail "net/mail"
	"strings"
	"testing"

	gomail "github.com/wneessen/go-mail"

	"github.com/temadag/temadag/internal/domain"
)

// spoilt are facts with s in one place after the other.
func spoilt(s string) map[string]domain.LetterFacts {
	places := map[string]func(*domain.LetterFacts){
		"recipient":     func(f *domain.LetterFacts) { f.Letter.To = s },
		"recipient end": func(f *domain.LetterFacts) { f.Letter.To += s },
		"message id":    func(f *domain.LetterFacts) { f.Letter.MessageID += s },
		"given name":    func(f *domain.LetterFacts) { f.Registration.GivenName = s },
		"title":         func(f *domain.LetterFacts) { f.Event.Title.Sv += s },
		"calendar name": func(f *domain.LetterFacts) { f.Event.Calendar.Sv += s },
		"town":          func(f *domain.LetterFacts) { f.Event.Town += s },
		"organiser":     func(f *domain.LetterFacts) { f.Event.Owner.Short += s },
		"reply":         func(f *domain.LetterFacts) { f.Event.Owner.Email += s },
		"venue":         func(f *domain.LetterFacts) { f.Event.Venue.Name += s },
		"travel":        func(f *domain.LetterFacts) { f.Event.Venue.Travel.Sv += s },
		"terms":         func(f *domain.LetterFacts) { f.Terms.Text.Sv += s },
		"contact":       func(f *domain.LetterFacts) { f.Event.Contact.Phone += s },
		"link":          func(f *domain.LetterFacts) { f.Link += s },
		"case number":   func(f *domain.LetterFacts) { f.Event.CaseNumber += s },
	}
	out := map[string]domain.LetterFacts{}
	for place, put := range places {
		f := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
		put(&f)
		out[place] = f
	}
	put := func(place string, k domain.LetterKind, change func(*domain.LetterFacts)) {
		f := facts(k, domain.Swedish, theEvent())
		change(&f)
		out[place] = f
	}
	put("reason", domain.LetterWithdrawn, func(f *domain.LetterFacts) { f.Letter.Details.Reason = s })
	put("field", domain.LetterChanged, func(f *domain.LetterFacts) { f.Letter.Details.Fields = []string{s} })
	put("other town", domain.LetterMoveWaiting, func(f *domain.LetterFacts) { f.Other.Town, f.Letter.Details.Town = s, s })
	put("other title", domain.LetterMovedFrom, func(f *domain.LetterFacts) { f.Other.Title.Sv, f.Other.Venue.Name = s, s })
	put("others", domain.LetterConfirmed, func(f *domain.LetterFacts) { f.Others = []domain.Event{{Title: domain.Text{Sv: s}, Town: s}} })
	put("contact person", domain.LetterGroup, func(f *domain.LetterFacts) { f.Group.Name = s })
	put("place of a group", domain.LetterNameReturned, func(f *domain.LetterFacts) { f.Group.Places[0].Name = s })
	put("session", domain.LetterSessionPlace, func(f *domain.LetterFacts) {
		f.Letter.Details.Sessions, f.Sessions[0].Session.Title.Sv = []string{s}, s
	})
	put("legal basis", domain.LetterReceived, func(f *domain.LetterFacts) { f.Event.Owner.LegalBasis.Sv = s })
	return out
}

// injections are attempts to reach the header, a second recipient, the markup or another part.
func injections() []string {
	return []string{
		"\r\nBcc: evil@example.com", "\nBcc: evil@example.com", "\rBcc: evil@example.com", "\r\n\r\n<h1>x</h1>",
		"\x00", "\u2028Bcc: evil@example.com", "\u0085Bcc: evil@example.com", "\x0bBcc: e@x.se",
		"=?utf-8?q?=0D=0ABcc:_evil@example.com?=", "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
		"\">, <evil@example.com>", ", evil@example.com", "> SIZE=1", "%0d%0aBcc: evil@example.com",
		"<script>alert(1)</script>", "\"><img src=//evil.example>", "{{.Link}}", "{{template \"content\"}}", "--part-00",
		"\xff\xfe", strings.Repeat("a", 5000), strings.Repeat("å ", 3000), "\r\n.\r\nMAIL FROM:<x@y.se>", "javascript:alert(1)",
	}
}

func TestCompose_survivesInjection(t *testing.T) {
	c := composer(t)
	composed := 0
	for _, s := range injections() {
		for place, f := range spoilt(s) {
			raw, err := c.Compose(f)
			if err != nil {
				continue
			}
			composed++
			checkUnbroken(t, place, s, raw)
		}
	}
	if composed < 50 {
		t.Errorf("only %d letters were composed: the test has lost its subject", composed)
	}
}

// checkUnbroken reads raw and looks for anything that the facts should not have been able to do.
func checkUnbroken(t testing.TB, place, s string, raw []byte) {
	t.Helper()
	p := parse(t, raw)
	const fields = "Auto-Submitted Content-Language Content-Type Date From Message-Id Mime-Version Reply-To Subject To X-Auto-Response-Suppress"
	if got := strings.Join(sortedKeys(p.header), " "); got != fields {
		t.Errorf("%s %q: header fields %s", place, s, got)
	}
	for _, field := range []string{"To", "From", "Reply-To"} {
		if list, err := p.header.AddressList(field); err != nil || len(list) != 1 {
			t.Errorf("%s %q: %s is %q: %v", place, s, field, p.header.Get(field), err)
		}
	}
	if p.structure != "multipart/alternative(text/plain, text/html)" &&
		p.structure != "multipart/mixed(multipart/alternative(text/plain, text/html, text/calendar), application/ics)" {
		t.Errorf("%s %q: %s", place, s, p.structure)
	}
	if strings.Contains(p.html, "<script") || strings.Contains(p.html, "<img") || strings.Contains(p.html, `href="javascript`) {
		t.Errorf("%s %q: markup got through", place, s)
	}
	for _, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Errorf("%s %q: line %q", place, s, line)
		}
	}
}

// TestCompose_survivesInjection_twin puts a value into a header as go-mail allows it: the field of a
// stranger appears, and the test's eyes see it.
func TestCompose_survivesInjection_twin(t *testing.T) {
	m := gomail.NewMsg()
	if err := errors.Join(m.From(sender), m.To(recipient)); err != nil {
		t.Fatal(err)
	}
	m.SetGenHeaderPreformatted("Subject", "Hej\r\nBcc: evil@example.com")
	m.SetBodyString(gomail.TypeTextPlain, "Hej")
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	read, err := netmail.ReadMessage(&b)
	if err != nil || read.Header.Get("Bcc") == "" {
		t.Errorf("no Bcc, %v: the test would not see an injection", err)
	}
}

func FuzzCompose(f *testing.F) {
	for _, s := range injections() {
		if len(s) < 100 { // shrinking long ones takes longer than finding new ones
			f.Add(s, s, s, s)
		}
	}
	f.Add("Ánne-Sárá", "Temadag", "anna@example.se", "Luleå")
	c := composer(f)
	f.Fuzz(func(t *testing.T, name, title, to, town string) {
		l := facts(domain.LetterConfirmed, domain.Swedish, theEvent())
		l.Registration.GivenName, l.Event.Title.Sv, l.Letter.To, l.Event.Town = name, title, to, town
		l.Event.Calendar.Sv = title
		raw, err := c.Compose(l)
		if err != nil {
			return
		}
		checkUnbroken(t, "fuzz", title, raw)
		again, err := c.Compose(l)
		if err != nil || !bytes.Equal(raw, again) {
			t.Errorf("composed twice, %v, and not the same", err)
		}
	})
}
