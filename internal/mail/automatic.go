package mail

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/temadag/temadag/internal/domain"
)

// automatic is what stands below the words of a letter that the clock lets go.
type automatic struct {
	Auto              domain.AutomaticKind // "" for what a person has written
	Coming, NotComing string
	Evaluation        string
	Papers            []paper
}

// paper is a document that a letter links to.
type paper struct {
	Title *wording
	URL   string
}

func automaticOf(f domain.LetterFacts) (automatic, error) {
	a := automatic{Auto: f.Mailing.Auto.Kind, Evaluation: f.Mailing.Auto.Link, Coming: f.Coming, NotComing: f.NotComing}
	links := []string{}
	switch a.Auto {
	case domain.AutomaticReminder:
		links = append(links, a.Coming, a.NotComing)
	case domain.AutomaticThanks:
		if a.Evaluation != "" {
			links = append(links, a.Evaluation)
		}
		for _, d := range f.Event.Documents {
			title := in(d.Title, f.Letter.Lang)
			if title != nil && f.Papers[d.Slug] != "" && !twinOf(d, f.Event.Documents, f.Letter.Lang) {
				a.Papers = append(a.Papers, paper{Title: title, URL: f.Papers[d.Slug]})
				links = append(links, f.Papers[d.Slug])
			}
		}
	}
	for _, s := range links {
		if !isLink(s) {
			return a, errors.New("mail: a link of an automatic letter is no web address")
		}
	}
	return a, nil
}

// twinOf reports whether a document is in another language than the reader's and has the same name as one that
// is in hers. A document that is in the other language alone has none: it is better than nothing.
func twinOf(d domain.Document, all []domain.Document, l domain.Lang) bool {
	return d.Lang != "" && d.Lang != l && slices.ContainsFunc(all, func(o domain.Document) bool {
		return o.Lang == l && strings.TrimSpace(o.Title.In(l)) == strings.TrimSpace(d.Title.In(l))
	})
}

// AutomaticWords reads the words that automatic letters have where staff have written none of their own:
// mail/sv/automatic_reminder.md, whose first line is the subject.
func AutomaticWords(templates fs.FS) (map[domain.AutomaticKind]domain.MailingEntry, error) {
	out := make(map[domain.AutomaticKind]domain.MailingEntry)
	for _, k := range domain.AutomaticKinds() {
		if !k.Timed() {
			continue
		}
		var in domain.MailingEntry
		for _, l := range domain.Langs() {
			name := "mail/" + string(l) + "/automatic_" + string(k) + ".md"
			raw, err := fs.ReadFile(templates, name)
			if err != nil {
				return nil, fmt.Errorf("mail: %w", err)
			}
			subject, body, _ := strings.Cut(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n")
			if l == domain.English {
				in.Subject.En, in.Body.En = subject, strings.TrimSpace(body)
			} else {
				in.Subject.Sv, in.Body.Sv = subject, strings.TrimSpace(body)
			}
		}
		if err := in.Ready(true); err != nil {
			return nil, fmt.Errorf("mail: the words of %s: %w", k, err)
		}
		out[k] = in
	}
	return out, nil
}
