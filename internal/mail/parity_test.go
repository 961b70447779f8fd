package mail_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// TestCompose_partsSayTheSame: whoever reads the plain part reads what the other one says, line for
// line, and the other way round. Only headings and buttons are one part's own.
func TestCompose_partsSayTheSame(t *testing.T) {
	c := composer(t)
	for name, f := range cases(t) {
		p := parse(t, compose(t, c, f))
		if only := unlike(p.text, p.html); len(only) > 0 {
			t.Errorf("%s: one part alone says %q", name, only)
		}
	}
}

func TestCompose_partsSayTheSame_twin(t *testing.T) {
	p := parse(t, compose(t, composer(t), cases(t)["sv_place_offered"]))
	for _, broken := range [][2]string{
		{p.text, strings.Replace(p.html, "då är du anmäld", "då är du inte anmäld", 1)},
		{strings.Replace(p.text, "14.00", "15.00", 1), p.html},
		{p.text, strings.Replace(p.html, "</h1>", "</h1><p>Skynda dig!</p>", 1)},
		{p.text + "\nSkynda dig!\n", p.html},
	} {
		if len(unlike(broken[0], broken[1])) == 0 {
			t.Error("a difference goes unnoticed")
		}
	}
}

// ownWords are what a part may have for itself: the buttons, and what stands in their place.
func ownWords() map[string]bool {
	own := map[string]bool{}
	for _, s := range []string{
		"Öppna Min anmälan", "Svara på erbjudandet", "Ta platsen", "Öppna gruppens sida", "Dina personuppgifter",
		"Svara på Min anmälan", "Ta platsen på Min anmälan",
		"Open My registration", "Answer the offer", "Take the place", "Open the page of the group", "Your personal data",
		"Answer on My registration", "Take the place on My registration",
	} {
		own[letters(s)] = true
	}
	return own
}

var (
	letterBody = regexp.MustCompile(`(?s)<h1.*</body>`)
	markupTags = regexp.MustCompile(`<[^>]*>`)
)

// unlike lists the lines of the text and the pieces of the html that the other lacks. The heading of
// the html is the subject.
func unlike(text, markup string) []string {
	markup = letterBody.FindString(markup)
	_, markup, _ = strings.Cut(markup, "</h1>")
	markup = html.UnescapeString(regexp.MustCompile(`<!--.*?-->`).ReplaceAllString(markup, ""))
	inText, inMarkup, own := letters(text), letters(markupTags.ReplaceAllString(markup, "")), ownWords()
	var only []string
	for line := range strings.Lines(text) {
		if s := letters(line); !strings.Contains(inMarkup, s) && !own[s] {
			only = append(only, line)
		}
	}
	for _, piece := range markupTags.Split(markup, -1) {
		if s := letters(piece); !strings.Contains(inText, s) && !own[s] {
			only = append(only, piece)
		}
	}
	return only
}

// letters is s without spaces and punctuation, which the parts set each in their way.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}
