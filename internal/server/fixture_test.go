package server_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/temadag/temadag/internal/domain"
	"github.com/temadag/temadag/internal/server"
)

const base = "https://temadag.example.se"

// table is a small site: a page, a form, a personal page, and things that go wrong.
func table() []server.Route {
	page := func(name, path string, handle func(*gin.Context) error) server.Route {
		return server.Route{
			Name: name, Method: http.MethodGet, Paths: map[domain.Lang]string{"sv": path, "en": "/en" + path},
			Permission: domain.PermReadProgramme, Class: server.ClassPublic, Handler: handle,
		}
	}
	say := func(what string) func(*gin.Context) error {
		return func(c *gin.Context) error { c.String(http.StatusOK, what); return nil }
	}
	own := page("own", "/min/:token", say("own"))
	own.Class, own.Permission = server.ClassPersonal, domain.PermReadOwn
	form := page("form", "/form", func(c *gin.Context) error {
		if err := c.Request.ParseForm(); err != nil {
			return err
		}
		c.String(http.StatusOK, "taken")
		return nil
	})
	form.Method = http.MethodPost
	health := page("health", server.HealthPath, say("ok"))
	health.Paths, health.Class = map[domain.Lang]string{"sv": server.HealthPath}, server.ClassOperational
	closed := page("closed", "/closed", say("never"))
	closed.Permission = domain.PermExport
	return []server.Route{
		page("home", "/page", say("page")), own, form, page("form", "/form", say("form")), health, closed,
		page("panic", "/panic", func(*gin.Context) error { panic("oh") }),
		page("file", "/file/:hash/*file", say("file")),
	}
}

// logBook is a log that tests read.
type logBook struct{ bytes.Buffer }

func options(log io.Writer) server.Options {
	return server.Options{
		Routes: table(), BaseURL: base, Log: slog.New(slog.NewJSONHandler(log, nil)), Now: time.Now,
		Fail: func(c *gin.Context, f server.Failure) error {
			c.String(f.Status, "failure %d %s", f.Status, f.Key)
			return nil
		},
	}
}

func newEngine(t *testing.T, o server.Options) *gin.Engine {
	t.Helper()
	engine, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// ask sends a request to h; headers come in pairs, and "Host" is one of them.
func ask(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, base+path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

// unguarded is the same page and form without any of our middleware: the twin of every guard.
func unguarded() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	for _, r := range table() {
		engine.Handle(r.Method, r.Paths["sv"], func(c *gin.Context) {
			if err := r.Handler(c); err != nil {
				c.String(http.StatusInternalServerError, "%v", err)
			}
		})
	}
	return engine
}
