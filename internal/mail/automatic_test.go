package mail_test

import (
	"html"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/web"
)

// automaticFacts are those of a letter that the clock lets go, with our own words.
func automaticFacts(t testing.TB, k domain.AutomaticKind, l domain.Lang) domain.LetterFacts {
	t.Helper()
	words, err := mail.AutomaticWords(web.Templates())
	if err != nil {
		t.Fatal(err)
	}
	f := facts(domain.LetterMailing, l, theEvent())
	f.Letter.Status, f.Letter.Mailing = domain.Confirmed, 1
	f.Event.Documents = []domain.Document{{Slug: "program", Title: domain.Text{Sv: "Program & tider", En: "Programme & hours"}}}
	f.Mailing = &domain.Mailing{MailingEntry: words[k], Auto: domain.AutoMailing{Kind: k, Link: "https://enkat.example.se/a?b=1&c=2"}}
	f.Coming, f.NotComing = f.Link+"/kommer", f.Link+"/kommer-inte"
	f.Papers = map[string]string{"program": "https://temadag.example.se/dokument/program"}
	return f
}

// Each automatic letter has its buttons and links in both parts, and no calendar: the entry in hers stays as it is.
func TestCompose_automatic(t *testing.T) {
	t.Parallel()
	c := composer(t)
	c.Written = plainWritten{}
	const survey, paper = "https://enkat.example.se/a?b=1&c=2", "https://temadag.example.se/dokument/program"
	for _, l := range domain.Langs() {
		for _, k := range domain.AutomaticKinds() {
			if !k.Timed() {
				continue
			}
			f := automaticFacts(t, k, l)
			has := map[string]bool{
				f.Coming: k == domain.AutomaticReminder, f.NotComing: k == domain.AutomaticReminder,
				survey: k == domain.AutomaticThanks, paper: k == domain.AutomaticThanks, f.Link: true,
			}
			raw := compose(t, c, f)
			p := parse(t, raw)
			markup := html.UnescapeString(p.html)
			for link, want := range has {
				inText, inHTML := strings.Contains(strings.ReplaceAll(p.text, "\r\n", "\n")+"\n", link+"\n"), strings.Contains(markup, `href="`+link+`"`)
				if inText != want || inHTML != want {
					t.Errorf("%s %s: %s in the text %v, in the page %v, want %v", l, k, link, inText, inHTML, want)
				}
			}
			if strings.Contains(p.structure, "calendar") || strings.Contains(string(raw), "List-Unsubscribe") {
				t.Errorf("%s %s is built as %s", l, k, p.structure)
			}
			if subject := p.header.Get("Subject"); subject == "" || strings.Contains(p.text, "{") || strings.Contains(p.text, "<no value") {
				t.Errorf("%s %s: %q\n%s", l, k, subject, p.text)
			}
		}
	}
}

// Each document stands once in the letter of thanks: in the reader's language, or in the other where there is no more.
func TestCompose_automaticPapers(t *testing.T) {
	t.Parallel()
	c := composer(t)
	c.Written = plainWritten{}
	same := domain.Text{Sv: "Programblad", En: "Leaflet"}
	for l, want := range map[domain.Lang]map[string]bool{
		domain.Swedish: {"blad-sv": true, "blad-en": false, "karta": true, "english-only": true},
		domain.English: {"blad-sv": false, "blad-en": true, "karta": true, "english-only": true},
	} {
		f := automaticFacts(t, domain.AutomaticThanks, l)
		f.Event.Documents = []domain.Document{
			{Slug: "blad-sv", Title: same, Lang: domain.Swedish},
			{Slug: "blad-en", Title: same, Lang: domain.English},
			{Slug: "karta", Title: domain.Text{Sv: "Karta", En: "Map"}},
			{Slug: "english-only", Title: domain.Text{Sv: "Bilder", En: "Slides"}, Lang: domain.English},
		}
		f.Papers = map[string]string{}
		for _, d := range f.Event.Documents {
			f.Papers[d.Slug] = "https://temadag.example.se/dokument/" + d.Slug
		}
		p := parse(t, compose(t, c, f))
		for slug, stands := range want {
			if got := strings.Contains(p.text, f.Papers[slug]); got != stands || strings.Contains(html.UnescapeString(p.html), f.Papers[slug]) != stands {
				t.Errorf("%s: %s stands there: %v", l, slug, got)
			}
		}
	}
}

// What the reminder says of cancelling is what holds on the day on which it goes.
func TestCompose_automaticCancelling(t *testing.T) {
	t.Parallel()
	c := composer(t)
	c.Written = plainWritten{}
	f := automaticFacts(t, domain.AutomaticReminder, domain.Swedish)
	for day, open := range map[int]bool{0: true, 1: false} {
		f.Letter.Date = f.Event.CancelUntil.AddDays(day).At(9 * 60)
		if p := parse(t, compose(t, c, f)); strings.Contains(strings.Join(strings.Fields(p.text), " "), "På Min anmälan kan du avboka") != open {
			t.Errorf("%d days after the last day to cancel:\n%s", day, p.text)
		}
	}
}

// A button never leads anywhere but to a web address.
func TestCompose_automaticLinks(t *testing.T) {
	t.Parallel()
	c := composer(t)
	c.Written = plainWritten{}
	for name, spoil := range map[string]func(*domain.LetterFacts){
		"no page to say it on": func(f *domain.LetterFacts) { f.Coming = "" },
		"a script":             func(f *domain.LetterFacts) { f.NotComing = "javascript:alert(1)" },
		"two lines":            func(f *domain.LetterFacts) { f.Coming += "\r\nBcc: x@example.se" },
	} {
		f := automaticFacts(t, domain.AutomaticReminder, domain.Swedish)
		spoil(&f)
		if _, err := c.Compose(f); err == nil {
			t.Errorf("%s: the letter is composed", name)
		}
	}
	f := automaticFacts(t, domain.AutomaticThanks, domain.Swedish)
	f.Mailing.Auto.Link = "ftp://example.se"
	if _, err := c.Compose(f); err == nil {
		t.Error("an evaluation that is no web page: the letter is composed")
	}
}

func TestAutomaticWords_faulty(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	for _, l := range domain.Langs() {
		for _, k := range domain.AutomaticKinds() {
			files["mail/"+string(l)+"/automatic_"+string(k)+".md"] = &fstest.MapFile{Data: []byte("Ämne\n\nText.\n")}
		}
	}
	if _, err := mail.AutomaticWords(files); err != nil {
		t.Fatal(err)
	}
	files["mail/en/automatic_thanks.md"] = &fstest.MapFile{Data: []byte("Subject\n\n{nothing}\n")}
	if _, err := mail.AutomaticWords(files); err == nil {
		t.Error("a word that is none goes unnoticed")
	}
	delete(files, "mail/en/automatic_thanks.md")
	if _, err := mail.AutomaticWords(files); err == nil {
		t.Error("a file that is missing goes unnoticed")
	}
}
