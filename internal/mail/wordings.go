package mail

import (
	htmltemplate "html/template"
	"maps"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/temadag/temadag/internal/domain"
)

// wordings are the texts that staff have written, as they were read: the letters of a mailing are all made of
// the same two.
type wordings struct {
	mu   sync.Mutex
	kept map[wordingKey]domain.Wording
	cast map[string]*writtenCast // by the Markdown with marks
}

type wordingKey struct {
	source string
	lang   domain.Lang
}

const mostWordings = 32

// wording reads a text, or finds it read before; false where it has a placeholder that is none.
func (w *wordings) wording(source string, l domain.Lang) (domain.Wording, bool) {
	key := wordingKey{source, l}
	w.mu.Lock()
	defer w.mu.Unlock()
	if read, ok := w.kept[key]; ok {
		return read, true
	}
	read, faults := domain.ParseWording(source, l)
	if len(faults) > 0 {
		return read, false
	}
	if w.kept == nil || len(w.kept) >= mostWordings {
		w.kept = map[wordingKey]domain.Wording{}
	}
	w.kept[key] = read
	return read, true
}

// In a mailing the Markdown of one reader differs from another's by her name and her link. It is read once,
// with marks for those, as the templates are: see mould.

// personal are the placeholders whose value is the reader's own; those of the event are the same for all.
var personal = [...]domain.Placeholder{
	domain.PlaceGivenName, domain.PlaceName, domain.PlaceOrganisation, domain.PlaceReference, domain.PlaceLink,
}

// writtenMark stands for the value of personal[i].
func writtenMark(i int) string {
	if personal[i] == domain.PlaceLink {
		return "https://qxLINKxq.se/x"
	}
	return "qxVALUE" + string(rune('A'+i)) + "xq"
}

// writtenCast is what Markdown with marks became.
type writtenCast struct {
	state       mouldState
	html, plain []writtenPiece
}

type writtenPiece struct {
	text string
	own  domain.Placeholder // "" for the last
}

func withValues(pieces []writtenPiece, values map[domain.Placeholder]string) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.text)
		b.WriteString(values[p.own])
	}
	return b.String()
}

func cutWritten(s string) (out []writtenPiece) {
	for {
		at, which := len(s), none
		for i := range personal {
			if n := strings.Index(s, writtenMark(i)); n >= 0 && n < at {
				at, which = n, i
			}
		}
		if which == none {
			return append(out, writtenPiece{text: s})
		}
		out = append(out, writtenPiece{s[:at], personal[which]})
		s = s[at+len(writtenMark(which)):]
	}
}

// literally finds Markdown in which a value could be more than text: code, where the backslashes that keep
// it text are seen, and addresses.
var literally = regexp.MustCompile("`|~~~|\t|    |\\]:|\\]\\([^)]*qx(?:VALUE.|LINK)xq|" +
	`(?://|www\.|@)\S*qxVALUE.xq|qxVALUE.xq\S*(?://|www\.|@)`)

// castable reports whether a value reads the same in any text that Markdown is made of.
func castable(s string) bool {
	first, last, letters := ' ', ' ', false
	for i, r := range s {
		if i == 0 {
			first = r
		}
		last = r
		letters = letters || unicode.IsLetter(r)
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' && r != '-' {
			return false
		}
	}
	edge := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return edge(first) && edge(last) && letters && !strings.Contains(s, "  ") && !strings.Contains(s, "--")
}

// told is the words of a letter as HTML and as plain text.
func (w *wordings) told(by Written, body domain.Wording, values map[domain.Placeholder]string) (html htmltemplate.HTML, plain string, err error) {
	marked := maps.Clone(values)
	for i, p := range personal {
		if v := values[p]; v != "" && (p == domain.PlaceLink && plainLink(v) || p != domain.PlaceLink && castable(v)) {
			marked[p] = writtenMark(i)
		}
	}
	key := markdownOf(body, marked)
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.cast[key]
	if c == nil {
		if w.cast == nil || len(w.cast) >= mostWordings {
			w.cast = map[string]*writtenCast{}
		}
		c = &writtenCast{}
		if literally.MatchString(key) {
			c.state = mouldUnfit
		}
		w.cast[key] = c
		return render(by, markdownOf(body, values))
	}
	if c.state == mouldReady {
		return htmltemplate.HTML(withValues(c.html, values)), withValues(c.plain, values), nil //nolint:gosec // it was safe, and the values are letters and hyphens
	}
	html, plain, err = render(by, markdownOf(body, values))
	if err != nil || c.state == mouldUnfit {
		return html, plain, err
	}
	c.state = mouldUnfit
	if h, p, err := render(by, key); err == nil {
		c.html, c.plain = cutWritten(string(h)), cutWritten(p)
		if withValues(c.html, values) == string(html) && withValues(c.plain, values) == plain {
			c.state = mouldReady
		}
	}
	return html, plain, nil
}

// markdownOf is the Markdown of one reader. A value in it can be no mark, link or line of its own, but for
// the link, which is ours and nothing that anyone has typed.
func markdownOf(body domain.Wording, values map[domain.Placeholder]string) string {
	source := body.Fill(values, domain.EscapeMarkdown)
	if link := values[domain.PlaceLink]; link != "" {
		source = strings.ReplaceAll(source, domain.EscapeMarkdown(link), "<"+link+">")
	}
	return source
}

func render(by Written, source string) (html htmltemplate.HTML, plain string, err error) {
	html, err = by.HTML(source)
	return dressed(html), by.Plain(source), err
}
