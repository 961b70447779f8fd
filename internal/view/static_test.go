package view_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/temadag/temadag/internal/view"
)

func sampleStatic() fstest.MapFS {
	return fstest.MapFS{
		"css/2-b.css":       {Data: []byte(`b { src: url("../fonts/x.woff2"); }` + strings.Repeat(" ", 400))},
		"css/1-a.css":       {Data: []byte("a {}\n")},
		"fonts/x.woff2":     {Data: []byte("font")},
		"img/favicon.ico":   {Data: []byte("icon")},
		"js/app.js":         {Data: []byte(strings.Repeat("// script\n", 40))},
		"img/horizon.svg":   {Data: []byte("<svg/>")},
		"img/demo/wide.png": {Data: []byte("png")},
	}
}

func get(s *view.Static, method, url string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestStatic_serves(t *testing.T) {
	s, err := view.NewStatic(sampleStatic())
	if err != nil {
		t.Fatal(err)
	}
	const forEver = "public, max-age=31536000, immutable"
	tests := map[string]struct {
		method, url, encoding string
		status                int
		mime, cache, coding   string
	}{
		"a style sheet":                      {"GET", s.URL("css/temadag.css"), "", 200, "text/css; charset=utf-8", forEver, ""},
		"compressed":                         {"GET", s.URL("css/temadag.css"), "br, gzip;q=0.8", 200, "text/css; charset=utf-8", forEver, "gzip"},
		"not compressed where refused":       {"GET", s.URL("css/temadag.css"), "gzip;q=0", 200, "text/css; charset=utf-8", forEver, ""},
		"a script":                           {"GET", s.URL("js/app.js"), "gzip", 200, "text/javascript; charset=utf-8", forEver, "gzip"},
		"a font is compressed already":       {"GET", s.URL("fonts/x.woff2"), "gzip", 200, "font/woff2", forEver, ""},
		"a picture in a folder":              {"HEAD", s.URL("img/demo/wide.png"), "", 200, "image/png", forEver, ""},
		"an old hash is kept no longer":      {"GET", "/static/0123456789abcdef/js/app.js", "", 200, "text/javascript; charset=utf-8", "no-cache", ""},
		"what browsers ask for unasked":      {"GET", "/favicon.ico", "", 200, "image/x-icon", "no-cache", ""},
		"no such file":                       {"GET", "/static/0123456789abcdef/js/other.js", "", 404, "text/plain; charset=utf-8", "", ""},
		"no way out of the folder":           {"GET", "/static/x/../../go.mod", "", 404, "text/plain; charset=utf-8", "", ""},
		"the folder itself":                  {"GET", "/static/", "", 404, "text/plain; charset=utf-8", "", ""},
		"the parts of the sheet are not out": {"GET", "/static/x/css/1-a.css", "", 404, "text/plain; charset=utf-8", "", ""},
		"no writing":                         {"POST", s.URL("js/app.js"), "", 405, "text/plain; charset=utf-8", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := get(s, tt.method, tt.url, "Accept-Encoding", tt.encoding)
			h := w.Result().Header
			if w.Code != tt.status || h.Get("Content-Type") != tt.mime || h.Get("Cache-Control") != tt.cache || h.Get("Content-Encoding") != tt.coding {
				t.Errorf("got %d %q %q %q, want %d %q %q %q", w.Code, h.Get("Content-Type"), h.Get("Cache-Control"),
					h.Get("Content-Encoding"), tt.status, tt.mime, tt.cache, tt.coding)
			}
			if tt.method == http.MethodHead && w.Body.Len() > 0 {
				t.Error("HEAD has a body")
			}
		})
	}
}

func TestStatic_joinsTheSheetsAndPointsAtHashedFonts(t *testing.T) {
	s, err := view.NewStatic(sampleStatic())
	if err != nil {
		t.Fatal(err)
	}
	w := get(s, "GET", s.URL("css/temadag.css"), "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.TrimSpace(string(body)), "a {}\nb { src: url(\""+s.URL("fonts/x.woff2")+"\"); }"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStatic_changesTheAddressWithTheContent(t *testing.T) {
	before, err := view.NewStatic(sampleStatic())
	if err != nil {
		t.Fatal(err)
	}
	changed := sampleStatic()
	changed["fonts/x.woff2"].Data = []byte("another font")
	after, err := view.NewStatic(changed)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"fonts/x.woff2", "css/temadag.css"} { // the sheet refers to the font
		if before.URL(name) == after.URL(name) {
			t.Errorf("%s kept its address %s", name, after.URL(name))
		}
	}
	if got, want := after.URL("js/app.js"), before.URL("js/app.js"); got != want {
		t.Errorf("an unchanged file moved from %s to %s", want, got)
	}
	if after.URL("no/such.png") != "/static/missing/no/such.png" {
		t.Error("an unknown file has an address that could be found")
	}
}

func TestStatic_refusesASheetThatAsksForAMissingFile(t *testing.T) {
	files := sampleStatic()
	delete(files, "fonts/x.woff2")
	if _, err := view.NewStatic(files); err == nil || !strings.Contains(err.Error(), "fonts/x.woff2") {
		t.Errorf("got %v, want a fault", err)
	}
}

func TestStatic_answersNotModified(t *testing.T) {
	s, err := view.NewStatic(sampleStatic())
	if err != nil {
		t.Fatal(err)
	}
	tag := get(s, "GET", s.URL("js/app.js")).Result().Header.Get("ETag")
	if w := get(s, "GET", s.URL("js/app.js"), "If-None-Match", `"x", W/`+tag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("got %d with %d bytes", w.Code, w.Body.Len())
	}
	if w := get(s, "GET", s.URL("js/app.js"), "If-None-Match", `"x"`); w.Code != http.StatusOK {
		t.Errorf("got %d for another tag", w.Code)
	}
}

func TestStaticDev_readsChangesAndKeepsNothing(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(dir+"/app.js", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	s, err := view.NewStaticDev(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	first := s.URL("app.js")
	write("another")
	if s.URL("app.js") == first {
		t.Error("the change was not seen")
	}
	w := get(s, "GET", s.URL("app.js"))
	if w.Body.String() != "another" || w.Result().Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("got %q, %q", w.Body.String(), w.Result().Header.Get("Cache-Control"))
	}
}

// The real files: what the frame refers to is there, the sheet asks for nothing elsewhere, and what
// a first visit fetches stays small.
func TestStatic_ofTheProduct(t *testing.T) {
	s, err := view.NewStatic(os.DirFS("../../web/static"))
	if err != nil {
		t.Fatal(err)
	}
	first := 0
	for _, name := range []string{
		"css/temadag.css", "js/app.js", "fonts/source-sans-3-400.woff2", "fonts/source-sans-3-600.woff2",
		"fonts/source-serif-4-600.woff2", "img/favicon.svg",
	} {
		if !s.Has(name) {
			t.Errorf("no %s", name)
		}
		first += get(s, "GET", s.URL(name), "Accept-Encoding", "gzip").Body.Len()
	}
	if first > 90_000 {
		t.Errorf("a first visit fetches %d bytes besides the page", first)
	}
	css := get(s, "GET", s.URL("css/temadag.css")).Body.String()
	if strings.Contains(css, "url(http") || strings.Contains(css, "@import") || strings.Contains(css, "data:") {
		t.Error("the style sheet reaches outside")
	}
}
