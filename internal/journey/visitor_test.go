package journey_test

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// visitor is a person with a browser that knows no JavaScript and no pictures.
type visitor struct {
	t      testing.TB
	client *http.Client
	page   *document
	// album is every page seen, where the test keeps one.
	album *[]*document
}

// document is a page as it was answered.
type document struct {
	status int
	url    *url.URL
	header http.Header
	body   []byte
	root   *html.Node
}

func newVisitor(t testing.TB) *visitor {
	return &visitor{t: t, client: &http.Client{Timeout: 30 * time.Second}}
}

// open goes to an address.
func (v *visitor) open(address string) *document {
	v.t.Helper()
	resp, err := v.client.Get(address)
	return v.turn(resp, err)
}

func (v *visitor) turn(resp *http.Response, err error) *document {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	body := drain(resp.Body)
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	v.page = &document{status: resp.StatusCode, url: resp.Request.URL, header: resp.Header, body: body, root: root}
	if cookies := resp.Cookies(); len(cookies) > 0 && v.client.Jar == nil {
		v.t.Errorf("%s sets cookies: %v", v.page.url, cookies)
	}
	if v.album != nil {
		*v.album = append(*v.album, v.page)
	}
	return v.page
}

func (v *visitor) resolve(href string) string {
	v.t.Helper()
	u, err := v.page.url.Parse(href)
	if err != nil {
		v.t.Fatal(err)
	}
	return u.String()
}

// expect fails the test unless the page was answered with the status and shows the words.
func (v *visitor) expect(status int, words ...string) {
	v.t.Helper()
	if v.page.status != status {
		v.t.Fatalf("%s: status %d, want %d\n%s", v.page.url, v.page.status, status, v.page.words())
	}
	shown := v.page.words()
	for _, w := range words {
		if !strings.Contains(shown, w) {
			v.t.Fatalf("%s does not say %q:\n%s", v.page.url, w, shown)
		}
	}
}

// submit sends a form by one of its buttons, after filling in the values by the names of the fields.
func (v *visitor) submit(form, button *html.Node, values url.Values) *document {
	v.t.Helper()
	target, sent := v.filled(form, button, values)
	if !strings.EqualFold(attr(form, "method"), "post") {
		target, _, _ = strings.Cut(target, "?")
		return v.open(target + "?" + sent.Encode())
	}
	resp, err := v.client.PostForm(target, sent)
	return v.turn(resp, err)
}

// filled is what the form would send by the button, and where. A name with no field on the page is a
// mistake of the test's.
func (v *visitor) filled(form, button *html.Node, values url.Values) (target string, sent url.Values) {
	v.t.Helper()
	sent, names := fields(form)
	for name, value := range values {
		if !names[name] {
			v.t.Fatalf("%s has no field %q; it has %v", v.page.url, name, names)
		}
		sent[name] = value
	}
	if name := attr(button, "name"); name != "" {
		sent.Set(name, attr(button, "value"))
	}
	action := attr(form, "action")
	if a := attr(button, "formaction"); a != "" {
		action = a
	}
	return v.resolve(action), sent
}

// fields is what a browser would send for the form as it stands, and the names of all its fields.
func fields(form *html.Node) (sent url.Values, names map[string]bool) {
	sent, names = url.Values{}, map[string]bool{}
	for _, n := range find(form, "input", "textarea", "select") {
		name := attr(n, "name")
		if name == "" {
			continue
		}
		names[name] = true
		switch {
		case n.Data == "textarea":
			sent.Add(name, strings.TrimPrefix(text(n), "\n"))
		case n.Data == "select":
			for i, o := range find(n, "option") {
				if hasAttr(o, "selected") || i == 0 {
					sent.Set(name, attr(o, "value"))
				}
			}
		case attr(n, "type") == "radio" || attr(n, "type") == "checkbox":
			if hasAttr(n, "checked") {
				sent.Add(name, attr(n, "value"))
			}
		default:
			sent.Add(name, attr(n, "value"))
		}
	}
	return sent, names
}

// words is what the page says, as plain text with single spaces.
func (d *document) words() string { return clean(text(body(d.root))) }

// heading is the page's first heading.
func (d *document) heading() string {
	for _, h := range find(d.root, "h1") {
		return clean(text(h))
	}
	return ""
}

// title is the page's title.
func (d *document) title() string {
	for _, h := range find(d.root, "title") {
		return clean(text(h))
	}
	return ""
}

func body(root *html.Node) *html.Node {
	for _, b := range find(root, "body") {
		return b
	}
	return root
}

// find lists the elements with one of the names, in the order of the page.
func find(root *html.Node, names ...string) []*html.Node {
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, name := range names {
			if n.Data == name {
				out = append(out, n)
			}
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style":
			b.WriteString(d.Data)
		case d.Type == html.ElementNode && d.Data == "br":
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// clean is s with every run of white space, hard spaces too, as one space.
func clean(s string) string { return strings.Join(strings.Fields(s), " ") }

// leads follows the first link in the main part of the page whose address begins with the path.
func (v *visitor) leads(path string) *document {
	v.t.Helper()
	for _, main := range find(v.page.root, "main") {
		for _, a := range find(main, "a") {
			if u, err := v.page.url.Parse(attr(a, "href")); err == nil && strings.HasPrefix(u.Path, path) {
				return v.open(u.String())
			}
		}
	}
	v.t.Fatalf("no link to %s on %s:\n%s", path, v.page.url, v.page.words())
	return nil
}

// byClass is the first element of a class, or an empty one.
func byClass(root *html.Node, class string) *html.Node {
	for n := range root.Descendants() {
		if slices.Contains(strings.Fields(attr(n, "class")), class) {
			return n
		}
	}
	return &html.Node{}
}
