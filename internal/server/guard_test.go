package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/temadag/temadag/internal/server"
)

func TestHeaders(t *testing.T) {
	engine := newEngine(t, options(t.Output()))
	want := map[string]string{
		"Content-Security-Policy":   "frame-ancestors 'none'",
		"X-Content-Type-Options":    "nosniff",
		"Referrer-Policy":           "same-origin",
		"Permissions-Policy":        "camera=()",
		"Strict-Transport-Security": "max-age=",
		"X-Request-Id":              "",
	}
	for _, path := range []string{"/page", "/nothing", "/panic", "/min/abc"} {
		h := ask(engine, http.MethodGet, path, "").Header()
		for name, value := range want {
			if path == "/min/abc" && name == "Referrer-Policy" {
				value = "no-referrer"
			}
			if got := h.Get(name); got == "" || !strings.Contains(got, value) {
				t.Errorf("%s: %s is %q, want %q in it", path, name, got, value)
			}
		}
		if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s: the policy allows too much: %s", path, csp)
		}
	}
}

func TestHeaders_overHTTP(t *testing.T) {
	o := options(t.Output())
	o.BaseURL = "http://temadag.example.se"
	if got := ask(newEngine(t, o), http.MethodGet, "/page", "").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("Strict-Transport-Security over plain HTTP: %q", got)
	}
}

func TestPersonalPagesAreKeptByNobody(t *testing.T) {
	h := ask(newEngine(t, options(t.Output())), http.MethodGet, "/min/abc", "").Header()
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
	} {
		if got := h.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// crossSite are requests that another site makes a browser send.
func crossSite() map[string][]string {
	return map[string][]string{
		"told by the browser":    {"Sec-Fetch-Site", "cross-site"},
		"from a sister site":     {"Sec-Fetch-Site", "same-site"},
		"an old browser":         {"Origin", "https://evil.example"},
		"an old browser, hiding": {"Origin", "null"},
	}
}

func TestCrossSite(t *testing.T) {
	engine, twin := newEngine(t, options(t.Output())), unguarded()
	for name, header := range crossSite() {
		t.Run(name, func(t *testing.T) {
			if got := ask(engine, http.MethodPost, "/form", "a=b", header...).Code; got != http.StatusForbidden {
				t.Errorf("status %d, want 403", got)
			}
			if got := ask(twin, http.MethodPost, "/form", "a=b", header...).Code; got != http.StatusOK {
				t.Errorf("the twin without the guard answers %d: the requests prove nothing", got)
			}
		})
	}
	for name, header := range map[string][]string{
		"our own form":                     {"Sec-Fetch-Site", "same-origin"},
		"our own form, old browser":        {"Origin", base},
		"no browser":                       nil,
		"our own form, proxy renames host": {"Origin", base, "Host", "temadag.example.se:8080"},
	} {
		if got := ask(engine, http.MethodPost, "/form", "a=b", header...).Code; got != http.StatusOK {
			t.Errorf("%s: status %d, want 200", name, got)
		}
	}
}

func TestHost(t *testing.T) {
	engine, twin := newEngine(t, options(t.Output())), unguarded()
	for _, host := range []string{"evil.example", "temadag.example.se.evil.example", "127.0.0.1", "", "temadag.example.se@evil.example"} {
		if got := ask(engine, http.MethodGet, "/page", "", "Host", host).Code; got != http.StatusMisdirectedRequest {
			t.Errorf("host %q: status %d, want 421", host, got)
		}
		if got := ask(twin, http.MethodGet, "/page", "", "Host", host).Code; got != http.StatusOK {
			t.Errorf("host %q: the twin answers %d", host, got)
		}
	}
	for _, host := range []string{"temadag.example.se", "TEMADAG.example.se.", "temadag.example.se:443"} {
		if got := ask(engine, http.MethodGet, "/page", "", "Host", host).Code; got != http.StatusOK {
			t.Errorf("host %q: status %d, want 200", host, got)
		}
	}
	if got := ask(engine, http.MethodGet, server.HealthPath, "", "Host", "10.0.0.7").Code; got != http.StatusOK {
		t.Errorf("health by address: status %d, want 200", got)
	}
}

func TestHost_onOwnMachine(t *testing.T) {
	o := options(t.Output())
	o.BaseURL = "http://127.0.0.1:8080"
	engine := newEngine(t, o)
	for host, want := range map[string]int{
		"localhost:8080": 200, "127.0.0.1:9": 200, "[::1]:8080": 200, "evil.example": 421, "192.168.1.2": 421,
	} {
		if got := ask(engine, http.MethodGet, "/page", "", "Host", host).Code; got != want {
			t.Errorf("host %q: status %d, want %d", host, got, want)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	engine, twin := newEngine(t, options(t.Output())), unguarded()
	large := "a=" + strings.Repeat("b", server.MaxBody)
	if got := ask(engine, http.MethodPost, "/form", large).Code; got != http.StatusRequestEntityTooLarge {
		t.Errorf("announced: status %d, want 413", got)
	}
	if got := ask(twin, http.MethodPost, "/form", large).Code; got != http.StatusOK {
		t.Errorf("the twin answers %d", got)
	}
	if got := unannounced(engine, large); got != http.StatusRequestEntityTooLarge {
		t.Errorf("unannounced: status %d, want 413", got)
	}
	if got := ask(engine, http.MethodPost, "/form", large[:server.MaxBody]).Code; got != http.StatusOK {
		t.Errorf("just small enough: status %d, want 200", got)
	}
}

func TestRateLimit(t *testing.T) {
	o := options(t.Output())
	o.RateLimit, o.PostsPerMinute = true, 3
	engine := newEngine(t, o)
	for i, want := range []int{200, 200, 200, 429, 429} {
		// Whoever is no trusted proxy cannot change who she is by a header.
		rec := ask(engine, http.MethodPost, "/form", "a=b", "X-Forwarded-For", "10.0.0."+string(rune('1'+i)))
		if rec.Code != want {
			t.Errorf("post %d: status %d, want %d", i+1, rec.Code, want)
		}
		if want == 429 && rec.Header().Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
	}
	if got := ask(engine, http.MethodGet, "/form", "").Code; got != http.StatusOK {
		t.Errorf("reading is limited too: status %d", got)
	}
}

func TestRateLimit_behindProxy(t *testing.T) {
	o := options(t.Output())
	o.RateLimit, o.PostsPerMinute, o.TrustedProxies = true, 1, []string{"192.0.2.0/24"}
	engine := newEngine(t, o)
	for _, who := range []string{"203.0.113.1", "203.0.113.2", "2001:db8::1"} {
		if got := ask(engine, http.MethodPost, "/form", "a=b", "X-Forwarded-For", who).Code; got != http.StatusOK {
			t.Errorf("first post of %s: status %d", who, got)
		}
	}
	if got := ask(engine, http.MethodPost, "/form", "a=b", "X-Forwarded-For", "2001:db8::2").Code; got != http.StatusTooManyRequests {
		t.Errorf("another address of the same network: status %d, want 429", got)
	}
}

func TestRateLimit_off(t *testing.T) {
	o := options(t.Output())
	o.PostsPerMinute = 1
	engine := newEngine(t, o)
	for range 5 {
		if got := ask(engine, http.MethodPost, "/form", "a=b").Code; got != http.StatusOK {
			t.Fatalf("status %d, want 200", got)
		}
	}
}
