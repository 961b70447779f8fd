package view

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/temadag/temadag/internal/domain"
)

// markdown turns what organisers write into HTML that is safe whatever they write.
type markdown struct {
	md     goldmark.Markdown
	policy *bluemonday.Policy
}

func newMarkdown() markdown {
	policy := bluemonday.NewPolicy()
	policy.AllowElements("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em",
		"blockquote", "code", "pre", "hr", "br", "table", "thead", "tbody", "tr", "th", "td")
	policy.AllowAttrs("start").Matching(regexp.MustCompile(`^\d{1,4}$`)).OnElements("ol")
	policy.AllowAttrs("href").OnElements("a")
	policy.AllowURLSchemes("https", "http", "mailto", "tel")
	policy.AllowRelativeURLs(true)
	policy.RequireParseableURLs(true)
	return markdown{
		md: goldmark.New(
			goldmark.WithExtensions(extension.Linkify, extension.Table),
			goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(rawAsText{}, 1))),
		),
		policy: policy,
	}
}

// render is t as HTML. Its highest heading becomes one of the level given, 2 where none is, and the
// others follow: whoever writes need not know what stands above. A wording in another language than
// the page's is marked.
func (m markdown) render(t domain.Text, l domain.Lang, level []int) (template.HTML, error) {
	if t.IsZero() {
		return "", nil
	}
	top := 2
	if len(level) > 0 {
		top = level[0]
	}
	source := []byte(t.In(l))
	doc := m.md.Parser().Parse(text.NewReader(source))
	setHeadings(doc, top)
	var b bytes.Buffer
	if err := m.md.Renderer().Render(&b, source, doc); err != nil {
		return "", fmt.Errorf("markdown: %w", err)
	}
	safe := m.policy.SanitizeBytes(b.Bytes())
	if attr := langOf(t, l); attr != "" {
		return template.HTML("<div " + string(attr) + ">" + string(safe) + "</div>"), nil
	}
	return template.HTML(safe), nil
}

// rawAsText shows HTML that someone has written as the text it is, so that nothing that was written is lost
// from the page in silence.
type rawAsText struct{}

// RegisterFuncs is what goldmark asks a renderer for.
func (rawAsText) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		block, ok := n.(*ast.HTMLBlock)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		raw := block.Lines().Value(source)
		if block.HasClosure() {
			raw = append(raw, block.ClosureLine.Value(source)...)
		}
		_, err := w.WriteString("<p>" + template.HTMLEscapeString(strings.TrimSpace(string(raw))) + "</p>\n")
		return ast.WalkContinue, err
	})
	r.Register(ast.KindRawHTML, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		raw, ok := n.(*ast.RawHTML)
		if !ok || !entering {
			return ast.WalkSkipChildren, nil
		}
		_, err := w.WriteString(template.HTMLEscapeString(string(raw.Segments.Value(source))))
		return ast.WalkSkipChildren, err
	})
}

// setHeadings moves every heading so that the highest is at top and no level is skipped.
func setHeadings(doc ast.Node, top int) {
	var open []int // the written levels that enclose the present place
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		h, ok := n.(*ast.Heading)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		for len(open) > 0 && open[len(open)-1] >= h.Level {
			open = open[:len(open)-1]
		}
		open = append(open, h.Level)
		h.Level = min(top+len(open)-1, 6)
		return ast.WalkContinue, nil
	})
}
