package site_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/net/html"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
)

// base is the address of the site in tests.
const base = "http://temadag.example.se"

// world is the whole site over a fresh database, without a network.
type world struct {
	t testing.TB
	*testkit.Kit
	site   *site.Site
	engine *gin.Engine
}

// setting changes the options of a world before it is made.
type setting func(*site.Options, *server.Options)

func newWorld(t testing.TB, settings ...setting) *world {
	t.Helper()
	d, err := drawing()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, Kit: testkit.Open(t)}
	o := site.Options{
		Programme: w.Programme, Registrations: w.Registrations, Tokens: w.Keys, View: d.view, Catalogue: d.catalogue,
		Static: d.static, BaseURL: base, Now: w.Clock.Now, Guard: true,
	}
	so := server.Options{Door: server.NewDoor(0, time.Now), BaseURL: base, Log: slog.New(slog.NewTextHandler(testWriter{t}, nil)), Now: time.Now}
	for _, set := range settings {
		set(&o, &so)
	}
	if w.site, err = site.New(o); err != nil {
		t.Fatal(err)
	}
	so.Routes, so.Fail, so.Wait = w.site.Routes(), w.site.Fail, w.site.Wait
	if w.engine, err = server.New(so); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, m := range d.missing.take() {
			t.Error("no text for " + m)
		}
	})
	return w
}

// testWriter shows the log of a failing test.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// response is an answer with its page.
type response struct {
	*http.Response
	body string
	page *html.Node
}

func (w *world) do(method, path, body string, header ...string) *response {
	w.t.Helper()
	var reader io.Reader
	if method == http.MethodPost {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(w.t.Context(), method, base+path, reader)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.engine.ServeHTTP(rec, r)
	resp := &response{Response: rec.Result(), body: rec.Body.String()}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		page, err := html.Parse(strings.NewReader(resp.body))
		if err != nil {
			w.t.Fatal(err)
		}
		resp.page = page
	}
	if cookies := resp.Cookies(); len(cookies) > 0 {
		w.t.Errorf("%s sets cookies", path)
	}
	return resp
}

func (w *world) get(path string, header ...string) *response {
	w.t.Helper()
	return w.do(http.MethodGet, path, "", header...)
}

func (w *world) post(path string, values url.Values, header ...string) *response {
	w.t.Helper()
	return w.do(http.MethodPost, path, values.Encode(), header...)
}

// want fails the test unless the answer has the status and shows the words.
func (r *response) want(t testing.TB, status int, words ...string) *response {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("status %d, want %d:\n%s", r.StatusCode, status, r.words())
	}
	shown := r.words()
	for _, word := range words {
		if !strings.Contains(shown, word) {
			t.Errorf("the page does not say %q:\n%s", word, shown)
		}
	}
	return r
}

// words is the text of the page with every run of white space as one space.
func (r *response) words() string {
	if r.page == nil {
		return r.body
	}
	var b strings.Builder
	for n := range r.page.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// find lists the elements of the page with the name.
func (r *response) find(name string) []*html.Node {
	var out []*html.Node
	for n := range r.page.Descendants() {
		if n.Type == html.ElementNode && n.Data == name {
			out = append(out, n)
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

// fields is what a browser would send for the form on the page, without its buttons.
func (r *response) fields() url.Values {
	sent := url.Values{}
	for _, kind := range []string{"input", "textarea"} {
		for _, n := range r.find(kind) {
			name, typ := attr(n, "name"), attr(n, "type")
			if name == "" || typ == "search" {
				continue
			}
			checked := false
			for _, a := range n.Attr {
				checked = checked || a.Key == "checked"
			}
			switch {
			case (typ == "radio" || typ == "checkbox") && !checked:
			case kind == "textarea" && n.FirstChild != nil:
				sent.Add(name, strings.TrimPrefix(n.FirstChild.Data, "\n"))
			default:
				sent.Add(name, attr(n, "value"))
			}
		}
	}
	return sent
}

// person fills a form in for the n-th made-up participant.
func person(form url.Values, n int) url.Values {
	p := testkit.Person(n)
	for name, value := range map[string]string{
		"given_name": p.GivenName, "family_name": p.FamilyName, "email": p.Email, "phone": p.Phone,
		"organisation": p.Organisation, "organisation_type": p.OrganisationType, "title": p.Title,
		"municipality": p.Municipality,
	} {
		form.Set(name, value)
	}
	return form
}

// with is the form with the button for the step.
func with(form url.Values, step string) url.Values {
	form.Set("step", step)
	return form
}

// register goes the whole way for the n-th person and is the receipt.
func (w *world) register(slug string, n int) *response {
	w.t.Helper()
	path := "/tillfalle/" + slug + "/anmalan"
	form := w.get(path).want(w.t, http.StatusOK)
	review := w.post(path, with(person(form.fields(), n), "review")).want(w.t, http.StatusOK)
	w.Clock.Turn(5 * time.Second)
	sent := w.post(path, with(review.fields(), "send")).want(w.t, http.StatusSeeOther)
	return w.get(sent.Header.Get("Location")).want(w.t, http.StatusOK)
}

// change is an event of the kit's with something about it changed.
func change(slug string, capacity domain.Seats, fn func(*domain.Event)) domain.Event {
	e := testkit.Event(slug, capacity)
	if fn != nil {
		fn(&e)
	}
	return e
}

// quiet is a context for calls that have no request.
func quiet() context.Context { return context.Background() }
