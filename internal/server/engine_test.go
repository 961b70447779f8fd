package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

// unannounced sends a body whose length is not told beforehand.
func unannounced(h http.Handler, body string) int {
	r := httptest.NewRequest(http.MethodPost, base+"/form", struct{ io.Reader }{strings.NewReader(body)})
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Code
}

func TestNew_refusesAnIncompleteTable(t *testing.T) {
	for name, spoil := range map[string]func(*server.Route){
		"no permission":                func(r *server.Route) { r.Permission = "" },
		"a permission that nobody has": func(r *server.Route) { r.Permission = "everything" },
		"no class":                     func(r *server.Route) { r.Class = "" },
		"no handler":                   func(r *server.Route) { r.Handler = nil },
		"no path":                      func(r *server.Route) { r.Paths = nil },
		"no name":                      func(r *server.Route) { r.Name = "" },
		"another method":               func(r *server.Route) { r.Method = http.MethodPut },
		"a page open to other sites":   func(r *server.Route) { r.AnyOrigin = true },
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t.Output())
			spoil(&o.Routes[0])
			if _, err := server.New(o); err == nil {
				t.Error("the table was taken")
			}
		})
	}
	if _, err := server.New(options(t.Output())); err != nil {
		t.Errorf("the table as it should be: %v", err)
	}
}

func TestNew_refusesAnAddressWithoutHost(t *testing.T) {
	for _, address := range []string{"", "temadag.example.se", "ftp://temadag.example.se", "https://"} {
		o := options(t.Output())
		o.BaseURL = address
		if _, err := server.New(o); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
}

func TestMethods(t *testing.T) {
	engine := newEngine(t, options(t.Output()))
	for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "POST"} {
		rec := ask(engine, method, "/page", "", "X-HTTP-Method-Override", "GET")
		if rec.Code != http.StatusMethodNotAllowed || !strings.Contains(rec.Header().Get("Allow"), "GET") {
			t.Errorf("%s: status %d, Allow %q", method, rec.Code, rec.Header().Get("Allow"))
		}
	}
	if got := ask(engine, http.MethodHead, "/page", "").Code; got != http.StatusOK {
		t.Errorf("HEAD: status %d", got)
	}
}

func TestPermissionIsAskedFor(t *testing.T) {
	if got := ask(newEngine(t, options(t.Output())), http.MethodGet, "/closed", "").Code; got != http.StatusNotFound {
		t.Errorf("a page that visitors may not see answers %d, want 404", got)
	}
	if got := ask(unguarded(), http.MethodGet, "/closed", "").Code; got != http.StatusOK {
		t.Errorf("the twin answers %d", got)
	}
}

func TestStrayAddresses(t *testing.T) {
	engine := newEngine(t, options(t.Output()))
	for path, want := range map[string]string{
		"/page/": "/page", "/en": "/en/", "/page/?a=b": "/page?a=b",
		"//evil.example/": "", "/%5cevil.example/": "", "/page//": "", "/PAGE": "", "/page/..": "",
	} {
		rec := ask(engine, http.MethodGet, path, "")
		if got := rec.Header().Get("Location"); got != want {
			t.Errorf("%s: leads to %q, want %q", path, got, want)
		}
		if want == "" && rec.Code != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, rec.Code)
		}
	}
}

func TestFailures(t *testing.T) {
	for want, err := range map[int]error{
		404: domain.NotFound("event.not_found"),
		409: fmt.Errorf("site: %w", &domain.Error{Code: domain.CodeFull, Key: "registration.full"}),
		422: (&domain.Invalid{Faults: []*domain.Error{{Code: domain.CodeInvalid}}}).Err(),
		429: &domain.Error{Code: domain.CodeTooMany},
		503: &domain.Error{Code: domain.CodeUnavailable},
		410: &server.Refusal{Status: http.StatusGone},
		413: &http.MaxBytesError{Limit: 1},
		500: errors.New("disk on fire"),
	} {
		o := options(t.Output())
		o.Routes[0].Handler = func(*gin.Context) error { return err }
		rec := ask(newEngine(t, o), http.MethodGet, "/page", "")
		if rec.Code != want {
			t.Errorf("%v: status %d, want %d", err, rec.Code, want)
		}
		if strings.Contains(rec.Body.String(), "disk") {
			t.Error("a fault of ours is told to the visitor")
		}
		if (want == 429 || want == 503) && rec.Header().Get("Retry-After") == "" {
			t.Errorf("%d without Retry-After", want)
		}
		if got := rec.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%d: Cache-Control %q", want, got)
		}
	}
}

func TestFail_itselfFails(t *testing.T) {
	o := options(t.Output())
	o.Fail = func(*gin.Context, server.Failure) error { return errors.New("no page") }
	rec := ask(newEngine(t, o), http.MethodGet, "/nothing", "")
	if rec.Code != http.StatusNotFound || rec.Body.Len() == 0 {
		t.Errorf("status %d, body %q", rec.Code, rec.Body)
	}
}

func TestPanic(t *testing.T) {
	var book logBook
	rec := ask(newEngine(t, options(&book)), http.MethodGet, "/panic", "")
	if rec.Code != http.StatusInternalServerError || !strings.Contains(rec.Body.String(), "failure 500") {
		t.Errorf("status %d, body %q", rec.Code, rec.Body)
	}
	if !strings.Contains(book.String(), `"panic":"oh"`) {
		t.Errorf("the log does not tell of it: %s", &book)
	}
}

func TestAccessLog_tellsNothingOfAnyone(t *testing.T) {
	var book logBook
	engine := newEngine(t, options(&book))
	ask(engine, http.MethodGet, "/min/secret-token?q=asa@example.se", "", "User-Agent", "Canary/1\r\n", "X-Forwarded-For", "203.0.113.9")
	ask(engine, http.MethodGet, "/min/secret-token/", "")
	ask(engine, http.MethodPost, "/form", "email=asa@example.se")
	for _, canary := range []string{"secret-token", "asa@", "Canary", "203.0.113.9", "192.0.2.1"} {
		if strings.Contains(book.String(), canary) {
			t.Errorf("the log holds %q:\n%s", canary, &book)
		}
	}
	if !strings.Contains(book.String(), `"pattern":"/min/:token"`) {
		t.Errorf("the log does not name the route:\n%s", &book)
	}
}

func TestPaths(t *testing.T) {
	paths, err := server.NewPaths(table())
	if err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]string{
		"/page":              paths.For(domain.Swedish, "home"),
		"/en/page":           paths.For(domain.English, "home"),
		"/min/a%2Fb":         paths.For(domain.Swedish, "own", "a/b"),
		"/file/12/css/a.css": paths.For(domain.Swedish, "file", "12", "css/a.css"),
		"/healthz":           paths.For(domain.English, "health"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for name, wrong := range map[string]func(){
		"unknown name":    func() { paths.For(domain.Swedish, "nowhere") },
		"too few values":  func() { paths.For(domain.Swedish, "own") },
		"too many values": func() { paths.For(domain.Swedish, "home", "x") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			wrong()
		}()
	}
	routes := table()
	routes[0].Name = "own"
	if _, err := server.NewPaths(routes); err == nil {
		t.Error("one name with two paths was taken")
	}
}

func TestServe_finishesWhatWasBegun(t *testing.T) {
	begun, finish := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-finish
		_, _ = io.WriteString(w, "done")
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := options(t.Output())
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, ln, server.NewHTTP(slow, o.Log), 10*time.Second) }()
	answered := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + ln.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		answered <- string(body)
	}()
	<-begun
	stop()
	close(finish)
	if got := <-answered; got != "done" {
		t.Errorf("the request under way was answered %q", got)
	}
	if err := <-served; err != nil {
		t.Errorf("serve: %v", err)
	}
}

func TestNewHTTP_waitsForNobodyForEver(t *testing.T) {
	srv := server.NewHTTP(http.NotFoundHandler(), options(t.Output()).Log)
	if srv.ReadHeaderTimeout <= 0 || srv.ReadTimeout <= 0 || srv.WriteTimeout <= 0 || srv.IdleTimeout <= 0 || srv.MaxHeaderBytes <= 0 {
		t.Errorf("a time-out is missing: %+v", srv)
	}
}
