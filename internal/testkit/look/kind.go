package look

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// Kind is the make of a page: the same for two pages that axe cannot tell apart by anything but their words.
// A text or a label that is there and one that is empty are of different makes.
func Kind(page []byte) string {
	var b strings.Builder
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if len(bytes.TrimSpace(z.Text())) > 0 {
				b.WriteByte('t')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			b.WriteString("</" + string(name) + ">")
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			b.WriteString("<" + token.Data)
			for _, a := range token.Attr {
				b.WriteString(" " + a.Key + "=" + told(token.Data, a))
			}
			b.WriteByte('>')
		}
	}
}

// told is what an attribute tells of the make: words and addresses only whether they are there, the rest
// without its numbers.
func told(element string, a html.Attribute) string {
	if strings.HasPrefix(a.Key, "data-") { // what scripts say
		return "t"
	}
	switch a.Key {
	case "href", "action", "src", "srcset", "title", "alt", "aria-label", "placeholder", "value", "content", "datetime":
		if strings.TrimSpace(a.Val) == "" {
			return ""
		}
		return "t"
	case "lang", "hreflang":
		if element == "html" || element == "a" || element == "link" {
			return "t"
		}
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, a.Val)
}
