package mail_test

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/temadag/temadag/internal/domain"
)

// What a letter may not have: it would be fetched from somewhere when the letter is opened, or run.
var fetched = regexp.MustCompile(`(?i)<(?:img|link|script|iframe|object|embed|video|audio|source|svg|form|input|base|meta[^>]+refresh)\b|\b(?:src|srcset|background|poster|ping|action)\s*=|url\s*\(|@import|@font-face|expression\s*\(|\son[a-z]+\s*=`)

var (
	address = regexp.MustCompile(`href="([^"]*)"`)
	widths  = regexp.MustCompile(`(?i)[^-]\bwidth\s*[:=]\s*"?([0-9]{3,})`)
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// suspect is everything about a letter that filters count against it, or that keeps somebody from reading it.
func suspect(subject, text, page string) []string {
	var out []string
	bare := comment.ReplaceAllString(page, "") // what Outlook alone is told
	for _, found := range fetched.FindAllString(bare, -1) {
		out = append(out, "it fetches or runs something: "+found)
	}
	for _, m := range address.FindAllStringSubmatch(bare, -1) {
		to := html.UnescapeString(m[1])
		scheme, _, _ := strings.Cut(to, ":")
		if scheme != "mailto" && scheme != "tel" && !strings.HasPrefix(to, "https://temadag.example.se/") {
			out = append(out, "a link leads elsewhere: "+to)
		}
		if _, query, ok := strings.Cut(to, "?"); ok && scheme == "https" && strings.Contains(query, "utm_") {
			out = append(out, "a link follows its reader: "+to)
		}
		if scheme == "https" && !strings.Contains(text, to) {
			out = append(out, "the text lacks the link "+to)
		}
	}
	for _, m := range widths.FindAllStringSubmatch(bare, -1) {
		if n, _ := strconv.Atoi(m[1]); n > 320 { // what a small telephone has
			out = append(out, "it is as wide as "+m[1])
		}
	}
	for _, need := range []string{`<meta name="color-scheme" content="light dark">`, "prefers-color-scheme: dark", `name="viewport"`, `<html lang="`} {
		if !strings.Contains(page, need) {
			out = append(out, "it lacks "+need)
		}
	}
	if len(page) > 100<<10 {
		out = append(out, "it is so long that mail programs cut it")
	}
	return append(out, append(suspectSubject(subject), suspectText(text, bare)...)...)
}

func suspectSubject(s string) []string {
	var out []string
	if n := utf8.RuneCountInString(s); n < 8 || n > 78 {
		out = append(out, "a subject of an odd length: "+s)
	}
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
	if letters == strings.ToUpper(letters) || strings.ContainsAny(s, "!$€%") || strings.Contains(s, "??") || strings.HasPrefix(strings.ToLower(s), "re:") {
		out = append(out, "a subject that shouts: "+s)
	}
	return out
}

func suspectText(text, page string) []string {
	var out []string
	if len(strings.Fields(text)) < 20 {
		out = append(out, "a text of a few words")
	}
	if strings.ContainsAny(text, "<>{}\x00") {
		out = append(out, "marks in the text")
	}
	if words := len(text); words*30 < len(page) {
		out = append(out, "much HTML about little text")
	}
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if utf8.RuneCountInString(line) > 78 && strings.Contains(strings.TrimSpace(line), " ") {
			out = append(out, "a long line: "+line)
		}
	}
	return out
}

// TestCompose_nothingSuspect looks at letters of every kind and sort as a filter does, and as somebody who reads
// the text alone.
func TestCompose_nothingSuspect(t *testing.T) {
	t.Parallel()
	c := composer(t)
	all := cases(t)
	for name, f := range all {
		if strings.HasSuffix(name, "_undecided") || strings.HasSuffix(name, "_twodays") {
			continue // which have less to tell
		}
		p := parse(t, compose(t, c, f))
		for _, found := range suspect(decoded(t, p.header.Get("Subject")), p.text, p.html) {
			t.Errorf("%s: %s", name, found)
		}
	}
	for _, l := range domain.Langs() {
		for _, k := range domain.NoticeKinds() {
			raw, err := c.ComposeNotice(domain.Notice{
				Kind: k, Lang: l, To: "eva@example.se", Name: "Eva", MessageID: "x", Link: "https://temadag.example.se/x", Network: "192.0.2.0/24",
				Agent: "Firefox", Taken: domain.ListTaken{By: "Eva Exempel", List: domain.Text{Sv: "Temadag", En: "Theme day"}, Purpose: "Utskick", Rows: 501},
			})
			if err != nil {
				t.Fatal(err)
			}
			p := parse(t, raw)
			for _, found := range suspect(decoded(t, p.header.Get("Subject")), p.text, p.html) {
				t.Errorf("%s %s: %s", l, k, found)
			}
		}
	}
}

// The twins: a letter with each of the faults is found.
func TestSuspect(t *testing.T) {
	t.Parallel()
	p := parse(t, compose(t, composer(t), facts(domain.LetterConfirmed, domain.Swedish, theEvent())))
	subject := decoded(t, p.header.Get("Subject"))
	if found := suspect(subject, p.text, p.html); len(found) > 0 {
		t.Fatalf("the letter itself is suspect: %v", found)
	}
	for name, change := range map[string]func() []string{
		"a pixel": func() []string {
			return suspect(subject, p.text, strings.Replace(p.html, "</body>", `<img src="https://x.se/1">`, 1))
		},
		"a style": func() []string {
			return suspect(subject, p.text, strings.Replace(p.html, "<style>", "<style>@import 'x';", 1))
		},
		"a background": func() []string {
			return suspect(subject, p.text, strings.Replace(p.html, "<body", `<body background="https://x.se/1"`, 1))
		},
		"another host": func() []string {
			return suspect(subject, p.text, strings.Replace(p.html, "https://temadag.", "https://klick.", 1))
		},
		"wide": func() []string {
			return suspect(subject, p.text, strings.Replace(p.html, "<div", `<div style="width: 900px"`, 1))
		},
		"no dark": func() []string {
			return suspect(subject, p.text, strings.Replace(p.html, "prefers-color-scheme", "x", 1))
		},
		"no link":      func() []string { return suspect(subject, strings.ReplaceAll(p.text, "https://", ""), p.html) },
		"HTML as text": func() []string { return suspect(subject, p.text+"<br>", p.html) },
		"no text":      func() []string { return suspect(subject, "Se HTML-delen.", p.html) },
		"shouting":     func() []string { return suspect("ANMÄL DIG NU", p.text, p.html) },
		"exclaiming":   func() []string { return suspect("Anmäl dig nu!!!", p.text, p.html) },
		"long":         func() []string { return suspect(strings.Repeat("Anmäl ", 20), p.text, p.html) },
	} {
		if len(change()) == 0 {
			t.Errorf("%s goes unseen", name)
		}
	}
}
