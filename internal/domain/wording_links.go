package domain

import (
	"regexp"
	"strings"
)

// WrongLink is a link in a text that staff write which would lead nobody anywhere.
type WrongLink struct {
	Line int // from 1
	To   string
}

var written = regexp.MustCompile(`\[[^\[\]\n]*\]\(([^()\n]*)\)`)

// WrongLinks are the links of a Markdown text that are none which mail programs follow: a link begins with
// https://, http://, mailto: or tel:, holds no blank, or is a placeholder by itself.
func WrongLinks(s string) []WrongLink {
	var out []WrongLink
	for i, line := range strings.Split(s, "\n") {
		for _, m := range written.FindAllStringSubmatch(line, -1) {
			if to := strings.TrimSpace(m[1]); !leads(to) {
				if r := []rune(to); len(r) > longestWord {
					to = string(r[:longestWord]) + "…"
				}
				out = append(out, WrongLink{Line: i + 1, To: to})
			}
		}
	}
	return out
}

func leads(to string) bool {
	if strings.HasPrefix(to, "{") && strings.HasSuffix(to, "}") {
		return true // whether it is one, ParseWording tells
	}
	to = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(to, "<"), ">"))
	for _, begin := range []string{"https://", "http://", "mailto:", "tel:"} {
		if rest, ok := strings.CutPrefix(to, begin); ok {
			return rest != "" && !strings.ContainsAny(rest, " \t<>\"")
		}
	}
	return false
}
