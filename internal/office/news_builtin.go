package office

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/view"
)

// builtin is what somebody begins with who takes a page of ours over: its own words, as she would have
// written them. A county's contact has none beside its facts, which stay.
func (o *Office) builtin(c *gin.Context, in service.NewNewsItem, title string) (domain.NewsEntry, error) {
	if in.Kind != domain.NewsSite {
		return domain.NewsEntry{Title: domain.Text{Sv: title}}, nil
	}
	organisers, err := o.Programme.Organisers(c.Request.Context())
	if err != nil {
		return domain.NewsEntry{}, err
	}
	var e domain.NewsEntry
	for _, l := range domain.Langs() {
		var b bytes.Buffer
		if err := o.View.Page(&b, l, "public/"+in.Slug, view.Page{Title: title, Body: view.Information{Organisers: organisers}}); err != nil {
			return e, err
		}
		w, err := readBuiltin(b.Bytes())
		if err != nil {
			return e, err
		}
		if l == domain.Swedish {
			e.Title.Sv, e.Lead.Sv, e.Body.Sv = w.title, w.lead, w.body
		} else {
			e.Title.En, e.Lead.En, e.Body.En = w.title, w.lead, w.body
		}
	}
	return e, nil
}

// builtinWords is a page as it was written.
type builtinWords struct{ title, lead, body string }

// readBuiltin is a page of ours with marks instead of elements. What the site adds by itself is left out: the
// warning on top, and whom to ask.
func readBuiltin(page []byte) (builtinWords, error) {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return builtinWords{}, err
	}
	var w builtinWords
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Main {
			w.read(&b, n)
		}
	}
	w.body = strings.ReplaceAll(strings.TrimSpace(b.String()), "\u00ad", "")
	return w, nil
}

func (w *builtinWords) read(b *strings.Builder, n *html.Node) {
	for k := range n.ChildNodes() {
		switch {
		case k.Type != html.ElementNode:
		case k.DataAtom == atom.H1:
			w.title = strings.ReplaceAll(marked(k), "\u00ad", "")
		case k.DataAtom == atom.P && hasClass(k, "lead"):
			w.lead = marked(k)
		case k.DataAtom == atom.Dl, k.DataAtom == atom.Svg, hasClass(k, "notice"), addedBySite(k):
		case k.DataAtom == atom.H2, k.DataAtom == atom.H3, k.DataAtom == atom.H4:
			b.WriteString(strings.Repeat("#", int(k.Data[1]-'0')) + " " + marked(k) + "\n\n")
		case k.DataAtom == atom.P:
			b.WriteString(marked(k) + "\n\n")
		case k.DataAtom == atom.Ul, k.DataAtom == atom.Ol:
			markedList(b, k)
		default:
			w.read(b, k)
		}
	}
}

func markedList(b *strings.Builder, n *html.Node) {
	i := 0
	for k := range n.ChildNodes() {
		if k.DataAtom != atom.Li {
			continue
		}
		i++
		if mark := "- "; n.DataAtom == atom.Ul {
			b.WriteString(mark + marked(k) + "\n")
		} else {
			b.WriteString(strconv.Itoa(i) + ". " + marked(k) + "\n")
		}
	}
	b.WriteString("\n")
}

// marked is what stands in an element on one line, with the marks for what is strong and where links lead.
func marked(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for k := range n.ChildNodes() {
			switch {
			case k.Type == html.TextNode:
				b.WriteString(k.Data)
			case k.DataAtom == atom.Strong:
				b.WriteString("**")
				walk(k)
				b.WriteString("**")
			case k.DataAtom == atom.A:
				b.WriteString("[")
				walk(k)
				b.WriteString("](" + leadsTo(k) + ")")
			default:
				walk(k)
			}
		}
	}
	walk(n)
	return strings.Join(strings.Fields(strings.ReplaceAll(b.String(), "\u00a0", " ")), " ")
}

// leadsTo is the address of a link. Whom to ask is at one place, whatever we called it.
func leadsTo(a *html.Node) string {
	for _, at := range a.Attr {
		switch {
		case at.Key == "href" && at.Val == "#rapportera":
			return "#kontakt"
		case at.Key == "href":
			return at.Val
		}
	}
	return ""
}

// addedBySite reports whether the site puts a section there whatever is written (templates/…/written.html).
func addedBySite(n *html.Node) bool {
	for _, at := range n.Attr {
		if at.Key == "id" && (at.Val == "kontakt" || at.Val == "tillsyn") {
			return true
		}
	}
	return false
}

func hasClass(n *html.Node, class string) bool {
	for _, at := range n.Attr {
		if at.Key == "class" {
			for _, c := range strings.Fields(at.Val) {
				if c == class {
					return true
				}
			}
		}
	}
	return false
}
