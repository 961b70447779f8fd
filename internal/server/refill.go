package server

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// refill is the page with what was typed in the fields of its form. A value that has no field is told below
// the first heading, so that nothing is lost where the page shows another step of the form.
func refill(page []byte, form Unsent) ([]byte, error) {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, fmt.Errorf("server: fill in: %w", err)
	}
	left := make(url.Values, len(form.Values))
	for name, values := range form.Values {
		left[name] = slices.Clone(values)
	}
	if f := bestForm(doc, form); f != nil {
		fill(f, form.Values, left)
	}
	tellRest(doc, left, form.Rest)
	var out bytes.Buffer
	if err := html.Render(&out, doc); err != nil {
		return nil, fmt.Errorf("server: fill in: %w", err)
	}
	return out.Bytes(), nil
}

// bestForm is the form that posts to the page's own address and has the most of the names.
func bestForm(doc *html.Node, form Unsent) *html.Node {
	var best *html.Node
	most := 0
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Form || !strings.EqualFold(attrOf(n, "method"), "post") {
			continue
		}
		at, err := url.Parse(attrOf(n, "action"))
		if err != nil || at.Host != "" || at.Path != form.Path && at.Path != "" {
			continue
		}
		names := 0
		for d := range n.Descendants() {
			if _, ok := form.Values[attrOf(d, "name")]; ok && isControl(d) {
				names++
			}
		}
		if names > most {
			best, most = n, names
		}
	}
	return best
}

func isControl(n *html.Node) bool {
	return n.DataAtom == atom.Input || n.DataAtom == atom.Textarea || n.DataAtom == atom.Select
}

// fill puts values into the controls of a form in their order, and takes them out of left.
func fill(form *html.Node, values, left url.Values) {
	for n := range form.Descendants() {
		name := attrOf(n, "name")
		if n.DataAtom == atom.Button { // which step was asked for is not something typed
			delete(left, name)
		}
		if !isControl(n) || name == "" || slices.Contains(secrets(), name) {
			continue
		}
		switch kind := strings.ToLower(attrOf(n, "type")); {
		case n.DataAtom == atom.Select:
			pick(n, name, left)
		case n.DataAtom == atom.Textarea:
			if v, ok := take(left, name); ok {
				setText(n, v)
			}
		case kind == "checkbox" || kind == "radio":
			tick(n, name, kind, values, left)
		case kind == "password" || kind == "file" || kind == "submit" || kind == "button" || kind == "image" || kind == "reset":
		default:
			if v, ok := take(left, name); ok {
				setAttr(n, "value", v)
			}
		}
	}
}

// take is the next value of the name.
func take(left url.Values, name string) (string, bool) {
	if len(left[name]) == 0 {
		return "", false
	}
	v := left[name][0]
	left[name] = left[name][1:]
	return v, true
}

func tick(n *html.Node, name, kind string, values, left url.Values) {
	value := attrOf(n, "value")
	on := slices.Contains(values[name], value)
	if kind == "radio" && !values.Has(name) {
		return
	}
	delAttr(n, "checked")
	if on {
		n.Attr = append(n.Attr, html.Attribute{Key: "checked"})
		drop(left, name, value)
	}
}

func pick(n *html.Node, name string, left url.Values) {
	v, ok := take(left, name)
	if !ok {
		return
	}
	var options []*html.Node
	for d := range n.Descendants() {
		if d.DataAtom == atom.Option {
			options = append(options, d)
		}
	}
	at := slices.IndexFunc(options, func(o *html.Node) bool { return attrOf(o, "value") == v })
	if at < 0 {
		left.Add(name, v)
		return
	}
	for _, o := range options {
		delAttr(o, "selected")
	}
	options[at].Attr = append(options[at].Attr, html.Attribute{Key: "selected"})
}

func drop(left url.Values, name, value string) {
	left[name] = slices.DeleteFunc(left[name], func(v string) bool { return v == value })
}

// tellRest lists what was typed and has no field, at the top of the page.
func tellRest(doc *html.Node, left url.Values, label string) {
	var names, rest []string
	for name := range left {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range left[name] {
			if v = strings.TrimSpace(v); utf8.RuneCountInString(v) > 3 && !slices.Contains(rest, v) && utf8.ValidString(v) {
				rest = append(rest, v)
			}
		}
	}
	main := find(doc, atom.Main)
	if len(rest) == 0 || main == nil || label == "" {
		return
	}
	box, summary, list := element(atom.Details), element(atom.Summary), element(atom.Ul)
	setAttr(box, "class", "behind")
	setText(summary, label)
	box.AppendChild(summary)
	box.AppendChild(list)
	for _, v := range rest {
		item := element(atom.Li)
		setText(item, v)
		list.AppendChild(item)
	}
	at := main.FirstChild
	for n := range main.ChildNodes() {
		if n.Type == html.ElementNode && strings.Contains(attrOf(n, "class"), "notice") {
			at = n.NextSibling
			break
		}
	}
	main.InsertBefore(box, at)
}

func find(doc *html.Node, what atom.Atom) *html.Node {
	for n := range doc.Descendants() {
		if n.DataAtom == what {
			return n
		}
	}
	return nil
}

func element(a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
}

func setText(n *html.Node, text string) {
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
}

func attrOf(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func setAttr(n *html.Node, key, value string) {
	delAttr(n, key)
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
}

func delAttr(n *html.Node, key string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}
