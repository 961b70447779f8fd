package mail_test

import (
	"bytes"
	"html"
	"strings"
	"testing"
	"time"

	"github.com/temadag/temadag/internal/domain"
)

func aNotice(k domain.NoticeKind, l domain.Lang) domain.Notice {
	at := time.Date(2016, 10, 1, 7, 0, 0, 0, time.UTC)
	return domain.Notice{
		ID: 1, Kind: k, To: "eva@example.se", Name: "Eva Exempel", Lang: l, MessageID: "abc", Date: at, Ends: at.Add(30 * time.Minute),
		Link: "https://temadag.example.se/logga-in/ny/" + strings.Repeat("a", 52), Network: "192.0.2.0/24", Agent: "Firefox, Windows", Left: 9,
	}
}

func TestComposeNotice(t *testing.T) {
	t.Parallel()
	c := composer(t)
	if err := c.CheckNotices(); err != nil {
		t.Fatal(err)
	}
	subjects := map[string]bool{}
	for _, k := range domain.NoticeKinds() {
		for _, l := range domain.Langs() {
			n := aNotice(k, l)
			raw, err := c.ComposeNotice(n)
			if err != nil {
				t.Fatal(k, l, err)
			}
			again, err := c.ComposeNotice(n)
			if err != nil || !bytes.Equal(raw, again) {
				t.Errorf("%s %s: two bytes for one letter", k, l)
			}
			p := parse(t, raw)
			subjects[p.header.Get("Subject")] = true
			if only := unlike(p.text, strings.ReplaceAll(p.html, "</a><br>", ":</a><br>")); len(only) > 0 {
				t.Errorf("%s %s: one part alone says %q", k, l, only)
			}
			tokens := strings.Count(p.text, n.Link)
			if want := k == domain.NoticeInvited || k == domain.NoticeReset; (tokens == 1) != want {
				t.Errorf("%s %s holds the link %d times", k, l, tokens)
			}
			for _, gap := range []string{"<no value>", "{{", "%!"} {
				if strings.Contains(p.text+p.html, gap) {
					t.Errorf("%s %s holds %q", k, l, gap)
				}
			}
		}
	}
	if len(subjects) != 2*len(domain.NoticeKinds()) {
		t.Errorf("subjects %v", subjects)
	}
}

func TestComposeNotice_hostile(t *testing.T) {
	t.Parallel()
	c := composer(t)
	for name, spoil := range map[string]func(*domain.Notice){
		"a line in the name":    func(n *domain.Notice) { n.Name = "Eva\r\nBcc: bo@example.se" },
		"two recipients":        func(n *domain.Notice) { n.To = "a@example.se, b@example.se" },
		"a script as link":      func(n *domain.Notice) { n.Link = "javascript:alert(1)" },
		"a line in the browser": func(n *domain.Notice) { n.Agent = "x\ny" },
		"no message id":         func(n *domain.Notice) { n.MessageID = "" },
	} {
		n := aNotice(domain.NoticeReset, domain.Swedish)
		spoil(&n)
		if _, err := c.ComposeNotice(n); err == nil {
			t.Errorf("%s was sent", name)
		}
	}
	n := aNotice(domain.NoticeNewPlace, domain.Swedish)
	n.Name, n.Agent = "<b>Eva</b> https://evil.example", "<script>x</script>"
	raw, err := c.ComposeNotice(n)
	if err != nil {
		t.Fatal(err)
	}
	p := parse(t, raw)
	if strings.Contains(p.html, "<script") || strings.Contains(p.html, "<b>") || strings.Contains(html.UnescapeString(p.html), "evil.example") {
		t.Errorf("what was typed is told as it is: %s", p.html)
	}
}
