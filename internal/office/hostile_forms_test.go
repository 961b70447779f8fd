package office_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// form is a form as it stands on a page.
type form struct {
	page, action, method string
	upload               bool
	fields               []formField
}

type formField struct {
	name, kind, value string // kind is text, area, hidden, choice, box, file, or the type that it asks for
	checked           bool
}

// formsOf lists the forms of a page but the way out.
func formsOf(path string, r *response) []form {
	var out []form
	if r.page == nil {
		return nil
	}
	for _, n := range r.find("form") {
		f := form{page: path, action: attr(n, "action"), method: strings.ToUpper(attr(n, "method")), upload: attr(n, "enctype") == "multipart/form-data"}
		if f.action == "" {
			f.action = path
		}
		if f.action = ownPath(f.action); f.action == "" || strings.HasSuffix(f.action, "/logga-ut") || strings.HasSuffix(f.action, "/sign-out") {
			continue
		}
		for d := range n.Descendants() {
			if field, ok := fieldOf(d); ok {
				f.fields = append(f.fields, field)
			}
		}
		out = append(out, f)
	}
	return out
}

func fieldOf(n *html.Node) (formField, bool) {
	f := formField{name: attr(n, "name"), value: attr(n, "value")}
	if n.Type != html.ElementNode || f.name == "" {
		return f, false
	}
	for _, a := range n.Attr {
		f.checked = f.checked || a.Key == "checked"
	}
	switch n.Data {
	case "textarea":
		f.kind, f.value = "area", textIn(n)
	case "select":
		f.kind = "choice"
		for o := range n.Descendants() {
			if o.Type == html.ElementNode && o.Data == "option" && (f.value == "" || slices.ContainsFunc(o.Attr, func(a html.Attribute) bool { return a.Key == "selected" })) {
				f.value = attr(o, "value")
			}
		}
	case "button":
		f.kind = "button"
	case "input":
		f.kind = attr(n, "type")
		if f.kind == "" {
			f.kind = "text"
		}
	default:
		return f, false
	}
	return f, true
}

// key is what two forms of the same kind have in common.
func (f form) key() string {
	var names []string
	for _, field := range f.fields {
		if !slices.Contains(names, field.name) {
			names = append(names, field.name)
		}
	}
	return f.method + " " + shape(f.action) + " " + strings.Join(names, " ")
}

func (f formField) typed() bool {
	return !slices.Contains([]string{"hidden", "choice", "button", "checkbox", "radio", "file", "submit"}, f.kind)
}

func (f form) typed() bool {
	return slices.ContainsFunc(f.fields, func(f formField) bool { return f.typed() || f.kind == "file" })
}

// filled is the form as it is sent, with the words of say where something is typed; other fields keep what
// they hold, and the first choice of each is taken.
func (f form) filled(say func(formField) string, tick bool) url.Values {
	sent := url.Values{}
	for _, field := range f.fields {
		switch {
		case field.typed():
			sent.Set(field.name, say(field))
		case field.kind == "radio" || field.kind == "checkbox":
			if field.checked || (tick && (field.kind == "checkbox" || !sent.Has(field.name))) {
				if field.kind == "radio" {
					sent.Del(field.name)
				}
				sent.Add(field.name, field.value)
			}
		case field.kind == "button":
			if !sent.Has(field.name) {
				sent.Set(field.name, field.value)
			}
		case field.kind != "file" && field.kind != "submit":
			sent.Add(field.name, field.value)
		}
	}
	return sent
}

// plain is what a field that asks for something special takes, "" where it takes words.
func (f formField) plain() string {
	name := strings.ToLower(f.name)
	switch {
	case f.kind == "email" || strings.Contains(name, "email"):
		return "zqx@example.se"
	case f.kind == "tel" || strings.Contains(name, "phone"):
		return "070-174 06 05"
	case f.kind == "date", f.kind == "number", f.kind == "time", strings.Contains(name, "capacity"), strings.Contains(name, "_until"):
		return f.value
	case f.kind == "password":
		return "en helt vanlig mening"
	case slices.Contains([]string{"day", "starts", "ends", "arrival", "municipality", "code"}, name):
		return f.value
	}
	return ""
}

// send sends a form as a browser does.
func (c *client) send(f form, values url.Values, file []byte) *response {
	c.w.t.Helper()
	switch {
	case f.method != http.MethodPost:
		path, _, _ := strings.Cut(f.action, "?")
		return c.get(path + "?" + values.Encode())
	case !f.upload:
		return c.post(f.action, values)
	}
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, all := range values {
		for _, v := range all {
			must(c.w.t, m.WriteField(name, v))
		}
	}
	for _, field := range f.fields {
		if field.kind == "file" {
			part, err := m.CreateFormFile(field.name, fmt.Sprintf("%s.csv", mark))
			must(c.w.t, err)
			_, err = part.Write(file)
			must(c.w.t, err)
		}
	}
	must(c.w.t, m.Close())
	return c.do(http.MethodPost, f.action, b.String(), "Content-Type", m.FormDataContentType())
}
