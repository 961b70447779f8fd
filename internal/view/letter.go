package view

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"github.com/temadag/temadag/internal/domain"
)

// Letters turns the Markdown of letters into HTML, as the pages' is, and into plain text.
type Letters struct{ md markdown }

// NewLetters is ready for use by several goroutines.
func NewLetters() *Letters { return &Letters{md: newMarkdown()} }

// HTML is safe whatever is written; its highest headings are h2.
func (w *Letters) HTML(source string) (template.HTML, error) {
	return w.md.render(domain.Text{Sv: source}, domain.Swedish, nil)
}

// Plain is the same to be read as it is: marks are taken away, a link is followed by its address, each
// paragraph is one line.
func (w *Letters) Plain(source string) string {
	src := []byte(source)
	doc := w.md.md.Parser().Parse(text.NewReader(src))
	p := plainWriter{source: src}
	p.blocks(doc, "")
	return strings.TrimSpace(strings.Join(p.out, "\n"))
}

type plainWriter struct {
	source []byte
	out    []string
}

// blocks writes the blocks below n, each set in by the indent.
func (p *plainWriter) blocks(n ast.Node, indent string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		p.block(c, indent)
	}
}

func (p *plainWriter) block(n ast.Node, indent string) {
	switch n := n.(type) {
	case *ast.List:
		p.list(n, indent)
	case *ast.Blockquote:
		p.blocks(n, indent+"> ")
	case *ast.ThematicBreak:
		p.line(indent, "–––", true)
	case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
		lines := n.Lines()
		for i := range lines.Len() {
			s := lines.At(i)
			p.line(indent, strings.TrimRight(string(s.Value(p.source)), "\n"), false)
		}
		p.line("", "", false)
	case *east.Table:
		for row := n.FirstChild(); row != nil; row = row.NextSibling() {
			var cells []string
			for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
				cells = append(cells, p.inline(cell))
			}
			p.line(indent, strings.Join(cells, " | "), false)
		}
		p.line("", "", false)
	default:
		_, tight := n.(*ast.TextBlock)
		p.line(indent, p.inline(n), !tight)
	}
}

func (p *plainWriter) list(l *ast.List, indent string) {
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "- "
		if l.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		at := len(p.out)
		p.blocks(item, indent+strings.Repeat(" ", len(mark)))
		if at < len(p.out) {
			p.out[at] = indent + mark + strings.TrimPrefix(p.out[at], indent+strings.Repeat(" ", len(mark)))
		}
	}
	p.line("", "", false)
}

// line adds one line, with an empty one after it.
func (p *plainWriter) line(indent, s string, empty bool) {
	for i, part := range strings.Split(s, "\n") {
		if i > 0 || part != "" || s == "" {
			p.out = append(p.out, strings.TrimRight(indent+part, " "))
		}
	}
	if empty {
		p.out = append(p.out, "")
	}
}

// inline is what stands in one block, as text.
func (p *plainWriter) inline(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.WriteString(unescape(string(c.Segment.Value(p.source))))
			if c.HardLineBreak() {
				b.WriteByte('\n')
			} else if c.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		case *ast.CodeSpan:
			for t := c.FirstChild(); t != nil; t = t.NextSibling() {
				if t, ok := t.(*ast.Text); ok {
					b.Write(t.Segment.Value(p.source))
				}
			}
		case *ast.AutoLink:
			b.Write(c.URL(p.source))
		case *ast.Link:
			said, to := p.inline(c), string(c.Destination)
			b.WriteString(said)
			if to != said && to != "mailto:"+said {
				fmt.Fprintf(&b, " (%s)", to)
			}
		case *ast.RawHTML: // text, as in the HTML
			b.Write(c.Segments.Value(p.source))
		default:
			b.WriteString(p.inline(c))
		}
	}
	return b.String()
}

// unescape takes away the backslash before what could be read as a mark.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
