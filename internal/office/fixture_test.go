package office_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/temadag/temadag/internal/auth"
	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/mail"
	"github.com/temadag/temadag/internal/office"
	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/service"
	"github.com/temadag/temadag/internal/site"
	"github.com/temadag/temadag/internal/testkit"
	"github.com/temadag/temadag/internal/view"
	"github.com/temadag/temadag/web"
)

// base is the address of the site in tests.
const base = "https://temadag.example.se"

// world is the whole site and office over a fresh database, without a network.
type world struct {
	t testing.TB
	*testkit.Kit
	accounts    *service.Accounts
	people      *service.People
	desk        *service.Desk
	outbox      *service.Outbox // its letters go to sink
	sink        sink
	mailings    *service.Mailings
	automatics  *service.Automatics
	subscribers *service.Subscribers
	office      *office.Office
	handler     http.Handler
}

// setting changes what the server is made of.
type setting func(*server.Options)

func newWorld(t testing.TB, settings ...setting) *world {
	t.Helper()
	w := &world{t: t, Kit: testkit.Open(t)}
	hasher, err := auth.NewQuickHasher()
	must(t, err)
	passkeys, err := auth.NewPasskeys(base, "Temadag")
	must(t, err)
	w.accounts = &service.Accounts{
		Store: w.Store, Keys: w.Keys, Hasher: hasher, Passkeys: passkeys, Now: w.Clock.Now, Log: slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn})),
		SignInURL: func(_ domain.Lang, token string) string { return token },
		ResetURL:  func(_ domain.Lang, token string) string { return token },
	}
	w.people = &service.People{Store: w.Store, Registrations: w.Registrations, Now: w.Clock.Now}
	w.desk = &service.Desk{Store: w.Store, Now: w.Clock.Now}
	d, err := drawing()
	must(t, err)
	pages, err := site.New(site.Options{
		Programme: w.Programme, Registrations: w.Registrations, Tokens: w.Keys, View: d.view, Catalogue: d.catalogue,
		Static: d.static, BaseURL: base, Now: w.Clock.Now,
	})
	must(t, err)
	w.outbox = &service.Outbox{
		Store: w.Store, Keys: w.Keys, Sender: &w.sink, From: "noreply@temadag.example.se", Now: w.Clock.Now,
		Log: slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Composer: &mail.Composer{
			Catalogue: d.catalogue, Templates: web.Templates(), FromAddress: "noreply@temadag.example.se",
			MailDomain: "temadag.example.se", Written: view.NewLetters(),
		},
		OwnLink:   func(l domain.Lang, token string) string { return base + d.paths.For(l, "own", token) },
		GroupLink: func(l domain.Lang, token string) string { return base + d.paths.For(l, "owngroup", token) },
		EventLink: func(l domain.Lang, slug string) string { return base + d.paths.For(l, "event", slug) },
		PageLink:  func(l domain.Lang, route string, args ...string) string { return base + d.paths.For(l, route, args...) },
	}
	w.mailings = &service.Mailings{Store: w.Store, Registrations: w.Registrations, Outbox: w.outbox, Now: w.Clock.Now}
	words, err := mail.AutomaticWords(web.Templates())
	if err != nil {
		t.Fatal(err)
	}
	w.automatics = &service.Automatics{Store: w.Store, Mailings: w.mailings, Words: words, Now: w.Clock.Now, Log: slog.New(slog.DiscardHandler)}
	w.subscribers = &service.Subscribers{Store: w.Store, Keys: w.Keys, Now: w.Clock.Now}
	so := server.Options{BaseURL: base, Log: slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn})), Now: time.Now}
	w.office, err = office.New(office.Options{
		Accounts: w.accounts, Desk: w.desk, People: w.people, Registrations: w.Registrations, Programme: w.Programme, Forms: pages,
		Events:    &service.Events{Store: w.Store, Registrations: w.Registrations, Now: w.Clock.Now},
		Importing: &service.Importing{Store: w.Store, Registrations: w.Registrations, Now: w.Clock.Now},
		Exports:   &service.Exports{Store: w.Store, Programme: w.Programme, Keys: w.Keys, Now: w.Clock.Now, TellAbove: 15},
		News:      service.NewNews(w.Store, w.Clock.Now),
		Mailings:  w.mailings, Automatics: w.automatics, Subscribers: w.subscribers,
		Audit:  &service.Audit{Store: w.Store, Now: w.Clock.Now},
		Tokens: w.Keys, View: d.view, Catalogue: d.catalogue, Paths: d.paths, BaseURL: base, Now: w.Clock.Now,
	})
	must(t, err)
	t.Cleanup(w.office.Close)
	so.Routes = append(append(so.Routes, pages.Routes()...), w.office.Routes()...)
	so.Fail = w.office.FailOr(pages.Fail)
	so.Staff = w.office.Staff()
	for _, set := range settings {
		set(&so)
	}
	w.handler, err = server.New(so)
	must(t, err)
	t.Cleanup(func() {
		for _, m := range d.missing.take() {
			t.Error("no text for " + m)
		}
	})
	return w
}

// sink takes every letter, as a mail server would, and keeps it.
type sink struct {
	mu    sync.Mutex
	taken []takenLetter
}

type takenLetter struct {
	from, to string
	raw      []byte
}

func (s *sink) Send(_ context.Context, from, to string, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, takenLetter{from, to, raw})
	return nil
}

// deliver sends what is owed until nothing is due, as the program's workers would.
func (w *world) deliver() []takenLetter {
	w.t.Helper()
	for range 200 {
		_, err := w.mailings.Advance(context.Background(), domain.Worker())
		must(w.t, err)
		at, err := w.outbox.Deliver(context.Background(), domain.Worker())
		must(w.t, err)
		if at.IsZero() || at.After(w.Clock.Now()) {
			break
		}
	}
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	return w.sink.taken
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// testWriter shows the log of a failing test.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// client is someone with a browser: it keeps the cookie of a sign-in.
type client struct {
	w      *world
	cookie string
}

// anyone has not signed in.
func (w *world) anyone() *client { return &client{w: w} }

// user adds someone with grants and signs her in by a one-time link.
func (w *world) user(name string, grants ...domain.Grant) *client {
	w.t.Helper()
	ctx := context.Background()
	email := strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.se"
	_, err := w.accounts.AddUser(ctx, domain.Operator(), service.NewUser{Email: email, Name: name, Grants: grants, Silent: true})
	must(w.t, err)
	token, err := w.accounts.MakeLink(ctx, domain.Operator(), email)
	must(w.t, err)
	c := w.anyone()
	c.post("/handlaggare/lank/"+token, nil).want(w.t, http.StatusSeeOther)
	if c.cookie == "" {
		w.t.Fatal("the link gave no cookie")
	}
	return c
}

// in is a grant of a role in Norrbotten.
func in(role domain.Role) domain.Grant { return domain.Grant{Role: role, County: "BD"} }

// response is an answer with its page.
type response struct {
	*http.Response
	body string
	page *html.Node
}

func (c *client) do(method, path, body string, header ...string) *response {
	c.w.t.Helper()
	var reader io.Reader
	if method == http.MethodPost {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(c.w.t.Context(), method, base+path, reader)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if c.cookie != "" {
		r.Header.Set("Cookie", "__Host-temadag="+c.cookie)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	c.w.handler.ServeHTTP(rec, r)
	resp := &response{Response: rec.Result(), body: rec.Body.String()}
	for _, k := range resp.Cookies() {
		if k.Name == "__Host-temadag" {
			c.cookie = k.Value
		}
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		page, err := html.Parse(strings.NewReader(resp.body))
		must(c.w.t, err)
		resp.page = page
	}
	return resp
}

func (c *client) get(path string, header ...string) *response {
	c.w.t.Helper()
	return c.do(http.MethodGet, path, "", header...)
}

func (c *client) post(path string, values url.Values, header ...string) *response {
	c.w.t.Helper()
	return c.do(http.MethodPost, path, values.Encode(), header...)
}

// want fails the test unless the answer has the status and shows the words.
func (r *response) want(t testing.TB, status int, words ...string) *response {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("status %d to %q, want %d:\n%s", r.StatusCode, r.Header.Get("Location"), status, r.words())
	}
	shown := r.words()
	for _, word := range words {
		if !strings.Contains(shown, word) {
			t.Errorf("the page does not say %q:\n%s", word, shown)
		}
	}
	return r
}

// to is where the answer leads.
func (r *response) to() string { return r.Header.Get("Location") }

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

// fields is what a browser would send for the first form of the page that posts, without its buttons.
func (r *response) fields() url.Values {
	sent := url.Values{}
	for _, form := range r.find("form") {
		if attr(form, "method") != "post" || attr(form, "action") == "/handlaggare/logga-ut" {
			continue
		}
		for n := range form.Descendants() {
			name := attr(n, "name")
			if n.Type != html.ElementNode || name == "" {
				continue
			}
			checked := false
			for _, a := range n.Attr {
				checked = checked || a.Key == "checked"
			}
			switch typ := attr(n, "type"); {
			case n.Data == "input" && (typ == "radio" || typ == "checkbox") && !checked:
			case n.Data == "input":
				sent.Add(name, attr(n, "value"))
			case n.Data == "textarea" && n.FirstChild != nil:
				sent.Add(name, strings.TrimPrefix(n.FirstChild.Data, "\n"))
			case n.Data == "textarea":
				sent.Add(name, "")
			}
		}
		return sent
	}
	return sent
}

// with is the form with a field filled in.
func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// register takes the n-th made-up person to an event.
func (w *world) register(e domain.Event, n int) domain.Receipt {
	w.t.Helper()
	r, err := w.Registrations.Register(context.Background(), domain.Visitor(), testkit.Input(e, testkit.Person(n)))
	must(w.t, err)
	return r
}

// personOf is a made-up participant with a name of her own, who needs something.
func personOf(given, family string) domain.Entry {
	p := testkit.Person(900)
	p.GivenName, p.FamilyName, p.Email = given, family, strings.ToLower(given)+"@example.se"
	p.Organisation, p.Needs.DietText = given+"holmen", "Bara frön"
	return p
}

// enter registers someone on the web.
func (w *world) enter(e domain.Event, p domain.Entry) {
	w.t.Helper()
	_, err := w.Registrations.Register(context.Background(), domain.Visitor(), testkit.Input(e, p))
	must(w.t, err)
}
