package mail_test

import (
	"bytes"
	htmltemplate "html/template"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
)

// asWritten leaves what staff have written as it is.
type asWritten struct{}

func (asWritten) HTML(source string) (htmltemplate.HTML, error) {
	return htmltemplate.HTML("<p>" + htmltemplate.HTMLEscapeString(source) + "</p>"), nil
}

func (asWritten) Plain(source string) string { return source }

const endLink = "https://temadag.example.se/avsluta/mfrggzdfmztwq2lkmnxw4zdsmvqws3tfmfrggzdfmztwq2lkmnxw4zds"

// toSubscriber are the facts of a letter to someone who has asked for invitations.
func toSubscriber(k domain.LetterKind, l domain.Lang) domain.LetterFacts {
	e := theEvent()
	umea := e.Owner
	umea.Code, umea.Short = "AC", "Länsstyrelsen Västerbotten"
	f := domain.LetterFacts{
		Letter: domain.Letter{
			ID: 9, Kind: k, Subscriber: 3, To: recipient, Lang: l, MessageID: "q7xk2m0d9s4b", Date: facts(domain.LetterConfirmed, l, e).Letter.Date,
		},
		Subscription: &domain.SubscriptionFacts{
			Subscription: domain.Subscription{Email: recipient, Lang: l, Waiting: []domain.Organiser{e.Owner, umea}},
			From:         e.Owner, Manage: "https://temadag.example.se/inbjudningar/mfrggzdfmztwq2lkmnxw4zdsmvqws3tf",
		},
	}
	f.Link = f.Subscription.Manage
	if k == domain.LetterInvitation {
		f.Subscription.End = endLink
		f.Event, f.EventLink = e, "https://temadag.example.se/tillfalle/lulea-2016"
		f.Letter.EventID, f.Letter.Mailing = e.ID, 7
		f.Mailing = &domain.Mailing{
			ID: 7, Kind: domain.MailingInvitation, MailingEntry: domain.MailingEntry{
				Subject: domain.Text{Sv: "Välkommen till temadag i {ort}", En: "Welcome to a theme day in {town}"},
				Body:    domain.Text{Sv: "Nu kan du anmäla dig till {tillfälle} i {ort} {dag}.", En: "You can now register for {event} in {town} on {day}."},
			},
		}
	}
	return f
}

func inviting(t testing.TB) *mail.Composer {
	c := composer(t)
	c.Written = asWritten{}
	return c
}

var listFields = []string{"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"}

// listed are the fields of a list in a header, in whatever letters they are written.
func listed(raw []byte) []string {
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	var out []string
	for _, line := range strings.Split(string(head), "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		if strings.HasPrefix(strings.ToLower(name), "list-") || strings.EqualFold(name, "Precedence") {
			out = append(out, line)
		}
	}
	return out
}

// An invitation can be ended with one press in a mail program (RFC 8058): each field stands on one line, and
// once.
func TestInvitation_canBeEndedWithOnePress(t *testing.T) {
	t.Parallel()
	c := inviting(t)
	for _, l := range domain.Langs() {
		raw := compose(t, c, toSubscriber(domain.LetterInvitation, l))
		want := []string{
			"List-Id: <inbjudningar-bd.temadag.example.se>", "List-Unsubscribe: <" + endLink + ">",
			"List-Unsubscribe-Post: List-Unsubscribe=One-Click",
		}
		if got := listed(raw); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: %q", l, got)
		}
		p := parse(t, raw)
		for part, body := range map[string]string{"text": p.text, "html": p.html} {
			if !strings.Contains(body, endLink) {
				t.Errorf("%s: the %s part does not lead to where it is ended", l, part)
			}
		}
		keepToRead(t, "invitation_"+string(l), p)
	}
}

// Nothing but an invitation bears these fields: whoever is registered, or is asked whether an address is hers,
// cannot end by a press what she needs to be told.
func TestInvitation_noOtherLetterIsOfAList(t *testing.T) {
	t.Parallel()
	c := inviting(t)
	tried := 0
	for _, l := range domain.Langs() {
		for _, k := range append(domain.LetterKinds(), domain.LetterMailing) {
			f := facts(k, l, theEvent())
			if k == domain.LetterMailing {
				f.Mailing = toSubscriber(domain.LetterInvitation, l).Mailing
			}
			f.Subscription = toSubscriber(domain.LetterInvitation, l).Subscription // even where it is at hand
			if got := listed(compose(t, c, f)); len(got) > 0 {
				t.Errorf("%s %s: %q", l, k, got)
			}
			tried++
		}
		if got := listed(compose(t, c, toSubscriber(domain.LetterSubscription, l))); len(got) > 0 {
			t.Errorf("%s: the letter that asks has %q", l, got)
		}
	}
	if tried < 60 {
		t.Errorf("only %d letters were tried", tried)
	}
	// The twin: what finds them finds them.
	if got := listed(compose(t, c, toSubscriber(domain.LetterInvitation, domain.Swedish))); len(got) != len(listFields) {
		t.Errorf("an invitation has %q", got)
	}
}

// An invitation that cannot be ended, or whose link could break out of its line, is not written.
func TestInvitation_refusesWhatIsNoLink(t *testing.T) {
	t.Parallel()
	c := inviting(t)
	for _, end := range []string{
		"", "mailto:x@example.se", "https://temadag.example.se/x\r\nBcc: a@example.se", "https://temadag.example.se/å", "https://temadag.example.se/a>,<b",
		"https://temadag.example.se/" + strings.Repeat("a", 1000),
	} {
		f := toSubscriber(domain.LetterInvitation, domain.Swedish)
		f.Subscription.End = end
		if raw, err := c.Compose(f); err == nil {
			t.Errorf("%.60q was written: %q", end, listed(raw))
		}
	}
	f := toSubscriber(domain.LetterInvitation, domain.Swedish)
	f.Subscription = nil
	if _, err := c.Compose(f); err == nil {
		t.Error("an invitation to nobody was written")
	}
}

func TestSubscription_asks(t *testing.T) {
	t.Parallel()
	c := inviting(t)
	for _, l := range domain.Langs() {
		for name, change := range map[string]func(*domain.SubscriptionFacts){
			"new":   func(*domain.SubscriptionFacts) {},
			"known": func(s *domain.SubscriptionFacts) { s.Invited, s.Waiting = s.Waiting, nil },
			"more":  func(s *domain.SubscriptionFacts) { s.Invited, s.Waiting = s.Waiting[:1], s.Waiting[1:] },
		} {
			f := toSubscriber(domain.LetterSubscription, l)
			change(f.Subscription)
			p := parse(t, compose(t, c, f))
			if !strings.Contains(p.text, f.Link) || !strings.Contains(p.html, f.Link) || !strings.Contains(p.text, "Länsstyrelsen Västerbotten") {
				t.Errorf("%s %s: it asks nothing: %s", l, name, p.text)
			}
			keepToRead(t, "subscription_"+name+"_"+string(l), p)
		}
	}
}

// Whoever has asked several counties is told of each of them: who answers for her address, and whom to call.
func TestSubscription_namesEveryCounty(t *testing.T) {
	t.Parallel()
	c := inviting(t)
	for _, l := range domain.Langs() {
		f := toSubscriber(domain.LetterSubscription, l)
		north, west := f.Subscription.Waiting[0], f.Subscription.Waiting[1]
		west.Name, west.Phone, west.DPO = "Länsstyrelsen i Västerbottens län", "010-225 40 00", "dso.ac@example.se"
		f.Subscription.Waiting = []domain.Organiser{west, north} // in the order of their codes
		p := parse(t, compose(t, c, f))
		for part, body := range map[string]string{"text": p.text, "html": p.html} {
			for _, told := range []string{north.Name, north.Email, west.Name, "010-225\u00a040\u00a000", west.DPO} {
				if !strings.Contains(body, told) {
					t.Errorf("%s: the %s part lacks %q", l, part, told)
				}
			}
			if strings.Index(body, north.Short) > strings.Index(body, west.Short) {
				t.Errorf("%s: the %s part is not in alphabetical order", l, part)
			}
		}
		// The twin: who has asked one county reads of no other.
		f.Subscription.Waiting = []domain.Organiser{north}
		if p := parse(t, compose(t, c, f)); strings.Contains(p.text, west.DPO) || !strings.Contains(p.text, north.Name) {
			t.Errorf("%s: the letter of one county reads %s", l, p.text)
		}
	}
}

// keepToRead writes a letter to be looked at where TEMADAG_LETTERS names a folder.
func keepToRead(t *testing.T, name string, p parsed) {
	t.Helper()
	dir := os.Getenv("TEMADAG_LETTERS")
	if dir == "" {
		return
	}
	for ending, body := range map[string]string{".txt": p.header.Get("Subject") + "\n\n" + p.text, ".html": p.html} {
		if err := os.WriteFile(filepath.Join(dir, name+ending), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
