package mail_test

import (
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
)

// The letter about a list says who took how many and why, in both languages and both parts, and greets nobody
// by a name that it does not know.
func TestComposeNotice_listTaken(t *testing.T) {
	t.Parallel()
	c := composer(t)
	for l, words := range map[domain.Lang][]string{
		domain.Swedish: {"Hej!", "Anna Exempel tog ut en deltagarlista", "1 501 personer", "Temadag i Luleå", "Utskick om lokalen", "I listan finns e-postadresser eller telefonnummer."},
		domain.English: {"Hello!", "Anna Exempel took a list", "1,501 people", "Theme day in Luleå", "Utskick om lokalen", "The list holds e-mail addresses or telephone numbers."},
	} {
		n := aNotice(domain.NoticeListTaken, l)
		n.Name, n.Link, n.Network, n.Agent = "", "", "", ""
		n.Taken = domain.ListTaken{
			By: "Anna Exempel", List: domain.Text{Sv: "Temadag i Luleå", En: "Theme day in Luleå"}, Purpose: "Utskick om lokalen", Contact: true, Rows: 1501,
		}
		raw, err := c.ComposeNotice(n)
		if err != nil {
			t.Fatal(err)
		}
		p := parse(t, raw)
		text := strings.Join(strings.Fields(p.text), " ")
		for _, word := range words {
			if !strings.Contains(text, strings.Join(strings.Fields(word), " ")) {
				t.Errorf("%s: the letter does not say %q: %s", l, word, text)
			}
		}
		n.Taken.Contact = false
		if raw, err = c.ComposeNotice(n); err != nil || strings.Contains(strings.Join(strings.Fields(parse(t, raw).text), " "), words[5]) {
			t.Errorf("%s: a list without addresses is said to hold them, %v", l, err)
		}
		for name, spoil := range map[string]func(*domain.ListTaken){
			"who":     func(l *domain.ListTaken) { l.By = "Anna\r\nBcc: bo@example.se" },
			"purpose": func(l *domain.ListTaken) { l.Purpose = "x\ny" },
			"list":    func(l *domain.ListTaken) { l.List.Sv = "x\x00" },
		} {
			bad := n
			spoil(&bad.Taken)
			if _, err := c.ComposeNotice(bad); err == nil {
				t.Errorf("a line break in %s was sent", name)
			}
		}
		n.Taken.By, n.Taken.Purpose = "<b>Anna</b>", "<script>x</script>"
		if raw, err = c.ComposeNotice(n); err != nil || strings.Contains(parse(t, raw).html, "<script") || strings.Contains(parse(t, raw).html, "<b>") {
			t.Errorf("what was typed is told as it is, %v", err)
		}
	}
}
