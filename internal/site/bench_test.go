package site_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/server"
	"github.com/temadag/temadag/internal/site"
)

// BenchmarkCalendar is the first page as it is kept, as it is known to the visitor, and as it is
// made anew with the whole programme in it.
func BenchmarkCalendar(b *testing.B) {
	w := newWorld(b, func(_ *site.Options, so *server.Options) { so.Log = slog.New(slog.DiscardHandler) })
	w.demonstration()
	tag := w.get("/", "Accept-Encoding", "gzip").Header.Get("ETag")
	for name, request := range map[string]func(i int) *http.Request{
		"kept": func(int) *http.Request { return httptest.NewRequest(http.MethodGet, base+"/", nil) },
		"known": func(int) *http.Request {
			r := httptest.NewRequest(http.MethodGet, base+"/", nil)
			r.Header.Set("If-None-Match", tag)
			return r
		},
		"fresh": func(i int) *http.Request {
			return httptest.NewRequest(http.MethodGet, base+"/?q="+neverAsked(i), nil)
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				r := request(i)
				r.Header.Set("Accept-Encoding", "gzip")
				w.engine.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}

// neverAsked is words that every event has, written as nobody wrote them before.
func neverAsked(i int) string {
	return strings.NewReplacer("0", "+e", "1", "+a").Replace(strconv.FormatInt(int64(i), 2))
}
