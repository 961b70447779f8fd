package journey_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/testkit"
)

// officer is someone who signs in, with a browser that keeps cookies and knows no JavaScript.
type officer struct {
	*visitor
	p *program
}

func newOfficer(t testing.TB, p *program) *officer {
	t.Helper()
	o := &officer{newVisitor(t), p}
	o.fresh()
	return o
}

// fresh forgets every cookie.
func (o *officer) fresh() {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	o.client.Jar = jar
}

// at opens a page of the office and fails unless it says the words.
func (o *officer) at(path string, words ...string) {
	o.t.Helper()
	o.open(o.p.base() + "/handlaggare" + path)
	o.expect(http.StatusOK, words...)
}

// goes follows a link by its words, anywhere on the page, and fails unless it leads to a page that says more.
func (o *officer) goes(link string, words ...string) {
	o.t.Helper()
	for _, a := range find(o.page.root, "a") {
		if clean(text(a)) == link {
			o.open(o.resolve(attr(a, "href")))
			o.expect(http.StatusOK, words...)
			return
		}
	}
	o.t.Fatalf("no link %q on %s:\n%s", link, o.page.url, o.page.words())
}

// sends fills in fields by their labels, presses a button, and fails unless the page that follows says the
// words. Labels and values come in turn; what is chosen in a group is "group|choice", and its value is not
// looked at.
func (o *officer) sends(button string, filled []string, words ...string) {
	o.t.Helper()
	form, pressed := o.buttonOf(button)
	values := url.Values{}
	for i := 0; i+1 < len(filled); i += 2 {
		name, value := o.field(form, filled[i], filled[i+1])
		values.Add(name, value)
	}
	o.submit(form, pressed, values)
	o.expect(http.StatusOK, words...)
}

// buttonOf is a button by its words, and the form it sends, which may stand elsewhere on the page.
func (o *officer) buttonOf(words string) (form, button *html.Node) {
	o.t.Helper()
	for _, b := range find(o.page.root, "button") {
		if clean(text(b)) != words || attr(b, "aria-hidden") == "true" {
			continue
		}
		for n := b; n != nil; n = n.Parent {
			if n.Data == "form" {
				return n, b
			}
		}
		for _, f := range find(o.page.root, "form") {
			if id := attr(b, "form"); id != "" && attr(f, "id") == id {
				return f, b
			}
		}
	}
	o.t.Fatalf("no button %q on %s:\n%s", words, o.page.url, o.page.words())
	return nil, nil
}

// field is the name of the field with a label, and what it sends.
func (o *officer) field(form *html.Node, label, said string) (name, value string) {
	o.t.Helper()
	within := form
	if group, choice, ok := strings.Cut(label, "|"); ok {
		label = choice
		for _, f := range find(form, "fieldset") {
			for _, l := range find(f, "legend") {
				if strings.HasPrefix(clean(text(l)), group) {
					within = f
				}
			}
		}
	}
	for _, l := range find(within, "label") {
		if !strings.HasPrefix(clean(text(l)), label) {
			continue
		}
		for _, n := range find(form, "input", "textarea", "select") {
			if attr(n, "id") != attr(l, "for") || attr(n, "name") == "" {
				continue
			}
			if typ := attr(n, "type"); typ == "checkbox" || typ == "radio" {
				said = attr(n, "value")
			}
			return attr(n, "name"), said
		}
	}
	o.t.Fatalf("no field %q in the form at %s:\n%s", label, o.page.url, clean(text(form)))
	return "", ""
}

func (o *officer) enter(address string)               { o.t.Helper(); o.open(address); o.expect(http.StatusOK) }
func (o *officer) visit(path string, words ...string) { o.t.Helper(); o.at(path, words...) }
func (o *officer) address() *url.URL                  { return o.page.url }
func (o *officer) says() string                       { return o.page.words() }
func (o *officer) secret() string                     { return secretOn(o.page.root) }

// account makes a user as whoever runs the program does, and answers the link that signs her in once.
func (p *program) account(t testing.TB, email, name, county string, role domain.Role) string {
	t.Helper()
	out, err := p.run("user", "add", email, "--name", name, "--county", county, "--role", string(role))
	if err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	for _, word := range strings.Fields(out) {
		if strings.HasPrefix(word, p.base()) {
			return word
		}
	}
	t.Fatalf("user add prints no link:\n%s", out)
	return ""
}

// clock is what the clock of a program shows that was started at morning.
func (p *program) clock(t testing.TB, since time.Time) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02T15:04", morning, domain.Stockholm())
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(time.Since(since))
}

// code is the code that an authenticator app shows for a secret, some steps of half a minute from now.
func code(t testing.TB, secret string, at time.Time, steps int) string {
	t.Helper()
	return testkit.AppCode(t, secret, at.Add(time.Duration(steps)*30*time.Second))
}

// secretOn is the secret that a page shows for those who cannot read the square.
func secretOn(root *html.Node) string {
	for _, n := range find(root, "dd", "code") {
		if s := strings.ReplaceAll(clean(text(n)), " ", ""); len(s) >= 32 && strings.ToUpper(s) == s {
			return s
		}
	}
	return ""
}
