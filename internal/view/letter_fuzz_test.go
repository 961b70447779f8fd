package view_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/view"
)

// filled is a text as it is mailed, with the value in every place.
func filled(t testing.TB, text, value string) string {
	t.Helper()
	w, faults := domain.ParseWording(text, domain.Swedish)
	if len(faults) > 0 {
		t.Fatalf("%q has faults %v", text, faults)
	}
	values := make(map[domain.Placeholder]string)
	for _, p := range domain.Placeholders() {
		values[p] = value
	}
	return w.Fill(values, domain.EscapeMarkdown)
}

// places are texts with a value in the middle of everything that Markdown has.
func places() []string {
	return []string{
		"Hej {namn}!", "{namn}", "**{namn}**", "*{namn}*", "# {namn}", "- {namn}\n- b", "1. {namn}", "> {namn}", "a\n{namn}\nb", "a\n\n{namn}\n\nb",
		"[{namn}](https://a.example.se)", "`{namn}`x", "| a | b |\n| - | - |\n| {namn} | c |", "{namn}{namn}", "a {namn} b {ort} c",
	}
}

var tag = regexp.MustCompile(`<[^>]*>`)

// tags are what the HTML is built of, without what it says.
func tags(t testing.TB, source string) []string {
	t.Helper()
	out, err := view.NewLetters().HTML(source)
	if err != nil {
		t.Fatal(err)
	}
	return tag.FindAllString(string(out), -1)
}

// said is the text of the HTML, on one line.
func said(t testing.TB, source string) string {
	t.Helper()
	out, err := view.NewLetters().HTML(source)
	if err != nil {
		t.Fatal(err)
	}
	return oneLine(html.UnescapeString(tag.ReplaceAllString(string(out), " ")))
}

// oneLine is s with every blank but the one that holds words together as a single space.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' }), " ")
}

// FuzzLetters_values: a value changes nothing of how a text is built, and is read as it was typed: never as a
// placeholder, a mark, a link or HTML.
func FuzzLetters_values(f *testing.F) {
	for _, s := range []string{
		"Ánne-Sárá", "{länk}", "{namn}", "**x**", "# x", "<b>x</b>", "<script>alert(1)</script>", "[x](https://evil.example.com)", "https://evil.example.com",
		"www.evil.example.com", "a@evil.example.com", "mailto:a@b.se", "![x](https://evil.example.com/x.png)", "\\", "\\\\*x*", "a\n\n# b", "- a", "1. a", "1) a",
		"> a", "| a | b |", "---", "===", "```", "`x`", "&lt;b&gt;", "&#x3c;", "~~x~~", "x\u2028# y", "\u00a0# x", "x  \ny", "<!-- x", "]]>", "[x]: https://evil.example.com",
		"javascript:alert(1)", "\t code", "    code", "+ a", "a_b_c", "$x$", "^x^", ":smile:", "x\\", "ftp://evil.example.com", "//evil.example.com",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		plain := strings.TrimSpace(oneLine(value))
		if plain == "" || strings.ContainsAny(value, "\x00\ufffd") || strings.ToValidUTF8(value, "") != value || !printable(value) {
			return
		}
		for _, text := range places() {
			if strings.Contains(text, "`") {
				continue // what stands in code is written as it is, marks and all
			}
			source := filled(t, text, value)
			if got, want := tags(t, source), tags(t, filled(t, text, "Anna")); !slices.Equal(got, want) {
				t.Errorf("%q in %q is built of %v, want %v", value, text, got, want)
			}
			if got, want := said(t, source), strings.ReplaceAll(said(t, filled(t, text, "Anna")), "Anna", plain); got != want {
				t.Errorf("%q in %q reads %q, want %q", value, text, got, want)
			}
			if got, want := oneLine(view.NewLetters().Plain(source)), strings.ReplaceAll(oneLine(view.NewLetters().Plain(filled(t, text, "Anna"))), "Anna", plain); got != want {
				t.Errorf("%q in %q reads as text %q, want %q", value, text, got, want)
			}
		}
	})
}

// printable reports whether s has no control characters: letters refuse those.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 })
}

// The twin: a value that is put in as it is does what it says.
func TestLetters_values_twin(t *testing.T) {
	for _, value := range []string{"**x**", "[x](https://evil.example.com)", "https://evil.example.com", "a\n\n# b"} {
		if slices.Equal(tags(t, "Hej "+value), tags(t, "Hej Anna")) {
			t.Errorf("%q, put in as it is, goes unseen", value)
		}
	}
}
