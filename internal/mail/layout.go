package mail

import (
	"fmt"
	htmltemplate "html/template"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	width      = 72 // of the plain part, in characters
	maxSubject = 78 // characters: what a telephone shows, and one line of a header
)

// layOut breaks the paragraphs of a plain part, each a line of the template, and leaves at most one
// empty line in a row.
func layOut(body string) string { return layOutKnowing(nil, body) }

// layOutKnowing is layOut where some of the paragraphs have been broken before.
func layOutKnowing(known map[string][]string, body string) string {
	var out []string
	for line := range strings.SplitSeq(strings.ReplaceAll(body, "\r\n", "\n"), "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		lines, ok := known[line]
		if !ok {
			lines = paragraph(line)
		}
		out = append(out, lines...)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}

// paragraph is a line of the template in the lines it becomes.
func paragraph(line string) []string {
	text := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(text)]
	return wrap(text, indent, indent+strings.Repeat(" ", len(bullet.FindString(text))))
}

// paragraphs are those of a plain part, broken, by what they were.
func paragraphs(body string) map[string][]string {
	out := make(map[string][]string)
	for line := range strings.SplitSeq(body, "\n") {
		line = strings.TrimRight(line, " \t\r")
		out[line] = paragraph(line)
	}
	return out
}

// bullet is the mark of an entry of a list, under whose words the next line begins.
var bullet = regexp.MustCompile(`^(?:-|[0-9]{1,2}\.) `)

// wrap breaks a paragraph at its spaces. A word longer than the line, like a link, gets a line of
// its own; a no-break space holds.
func wrap(s, first, rest string) []string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' })
	if len(words) == 0 {
		return []string{""}
	}
	var lines []string
	var line strings.Builder
	line.WriteString(first + words[0])
	n := utf8.RuneCountInString(line.String())
	for _, w := range words[1:] {
		length := utf8.RuneCountInString(w)
		if n+1+length > width {
			lines = append(lines, line.String())
			line.Reset()
			line.WriteString(rest + w)
			n = len(rest) + length
			continue
		}
		line.WriteString(" " + w)
		n += 1 + length
	}
	return append(lines, line.String())
}

// fact is "label: value" with the lines after the first set in.
func fact(label string, value any) string {
	return strings.Join(wrap(label+": "+fmt.Sprint(value), "", "  "), "\n")
}

// shorten is s with at most max characters, broken between words where there are any.
func shorten(s string, max int) string {
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	cut := string([]rune(s)[:max-1])
	if i := strings.LastIndexByte(cut, ' '); i > max/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,.–-…") + "…"
}

// langOf marks a wording in another language than the letter.
func langOf(w *wording) htmltemplate.HTMLAttr {
	if w == nil || w.lang == "" {
		return ""
	}
	return htmltemplate.HTMLAttr(`lang="` + string(w.lang) + `"`) //nolint:gosec // one of our own tags
}

var whole = regexp.MustCompile(`(kl\.\x{00a0})?[0-9]{2}[.:][0-9]{2}–[0-9]{2}[.:][0-9]{2}|RA-(FS|MS) [0-9]{4}:[0-9]+|(dnr )?[0-9]+-[0-9]+-[0-9]+`)

// hold keeps hours like "kl. 09.00–16.00" and numbers like "RA-FS 2021:6" and "dnr 801-2652-2016" on
// one line: browsers break at a space, after a dash and after a hyphen.
func hold(s string) htmltemplate.HTML {
	span := `<span ` + string(looks["whole"]) + `>$0</span>`
	return htmltemplate.HTML(whole.ReplaceAllString(htmltemplate.HTMLEscapeString(s), span)) //nolint:gosec // escaped
}

// tel is a phone number as a link, or "" where it has letters in it.
func tel(number string) htmltemplate.URL {
	var b strings.Builder
	for _, r := range number {
		switch {
		case r >= '0' && r <= '9', r == '+' && b.Len() == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" -–\u00a0()/", r):
		default:
			return ""
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return htmltemplate.URL("tel:" + b.String()) //nolint:gosec // figures only
}

// outlook is what the Outlook of Windows needs to keep the column narrow; all others see a comment.
func outlook(part string) htmltemplate.HTML {
	if part == "open" {
		return `<!--[if mso]><table role="presentation" width="576" align="center"><tr><td><![endif]-->`
	}
	return `<!--[if mso]></td></tr></table><![endif]-->`
}

// looks is the style of each part, written out: some mail programs drop style sheets. The sheet in
// mail/frame.html changes the colours for dark screens by the class.
var looks = func() map[string]htmltemplate.HTMLAttr {
	const (
		sans  = `font-family:'Source Sans 3','Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;`
		serif = `font-family:'Source Serif 4',Charter,Georgia,serif;`
		text  = `font-size:17px;line-height:1.55;`
	)
	styles := map[string]string{
		"paper":  `margin:0;padding:0;background-color:#faf8f4;color:#1c2127;overflow-wrap:anywhere;` + sans + text,
		"column": `max-width:36rem;margin:0 auto;padding:24px 20px 40px;background-color:#ffffff;border-top:6px solid #0a5c4a;`,
		"sender": `margin:0 0 28px;font-weight:600;color:#0a5c4a;` + sans + text,
		"h1":     `margin:0 0 16px;font-weight:600;font-size:32px;line-height:1.15;color:#1c2127;` + serif,
		"h2":     `margin:32px 0 8px;font-weight:600;font-size:21px;line-height:1.3;color:#1c2127;` + serif,
		"event":  `margin:24px 0 12px;font-weight:600;font-size:23px;line-height:1.3;color:#1c2127;` + serif,
		"p":      `margin:0 0 12px;color:#1c2127;` + sans + text,
		"quiet":  `margin:0 0 12px;color:#525a63;` + sans + `font-size:16px;line-height:1.5;`,
		"terms":  `margin:28px 0 24px;padding:16px 20px;background-color:#e4efe9;border-left:4px solid #0a5c4a;`,
		"head":   `margin:0 0 6px;font-weight:600;font-size:21px;line-height:1.3;color:#1c2127;` + serif,
		"last":   `margin:0;color:#1c2127;` + sans + text,
		"facts":  `width:100%;margin:0 0 16px;border-collapse:collapse;border-top:1px solid #dcd8cf;`,
		"label":  `width:116px;padding:9px 12px 9px 0;vertical-align:top;border-bottom:1px solid #dcd8cf;color:#525a63;` + sans + text,
		"fact":   `padding:9px 0;vertical-align:top;border-bottom:1px solid #dcd8cf;color:#1c2127;` + sans + text,
		"strong": `padding:9px 0;vertical-align:top;border-bottom:1px solid #dcd8cf;color:#1c2127;font-weight:600;` + sans + text,
		"wide":   `width:60%;padding:9px 12px 9px 0;vertical-align:top;border-bottom:1px solid #dcd8cf;color:#1c2127;font-weight:600;` + sans + text,
		"quote":  `margin:0 0 12px;padding:2px 0 2px 16px;border-left:4px solid #dcd8cf;color:#1c2127;` + sans + text,
		"note":   `margin:24px 0;padding:16px 20px;border:1px solid #dcd8cf;border-radius:6px;`,
		"button": `display:inline-block;margin:6px 0 10px;padding:12px 20px;background-color:#0a5c4a;color:#ffffff;border-radius:6px;text-decoration:none;font-weight:600;` + sans + text,
		"choice": `display:inline-block;margin:0 0 10px;padding:10px 18px;border:2px solid #0a5c4a;color:#0a5c4a;border-radius:6px;text-decoration:none;font-weight:600;` + sans + text,
		"url":    `color:#0a5c4a;word-break:break-all;overflow-wrap:anywhere;`,
		"link":   `color:#0a5c4a;`,
		"number": `font-weight:600;letter-spacing:0.04em;white-space:nowrap;`,
		"whole":  `white-space:nowrap;`,
		"foot":   `margin:32px 0 0;padding:20px 0 0;border-top:1px solid #dcd8cf;`,
	}
	out := make(map[string]htmltemplate.HTMLAttr, len(styles))
	for part, style := range styles {
		out[part] = htmltemplate.HTMLAttr(`class="` + part + `" style="` + style + `"`) //nolint:gosec // constants
	}
	return out
}()

var named = regexp.MustCompile(`\{\{look "([a-z0-9]+)"\}\}`)

// withLooks is a template with its looks written out: a letter has a hundred of them, the same each time,
// and asking for them would take as long as all the rest of the template.
func withLooks(source string) string {
	return named.ReplaceAllStringFunc(source, func(action string) string {
		if attr, ok := looks[named.FindStringSubmatch(action)[1]]; ok {
			return string(attr)
		}
		return action // look tells that there is none
	})
}

// look is the class of a part and its style.
func look(part string) (htmltemplate.HTMLAttr, error) {
	attr, ok := looks[part]
	if !ok {
		return "", fmt.Errorf("there is no look %q", part)
	}
	return attr, nil
}
