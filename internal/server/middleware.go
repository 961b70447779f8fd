package server

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

const requestIDHeader = "X-Request-Id"

// number gives the request a number of our own making; one sent by the visitor is never used. The
// answer's header is the only place it stands in: a context for it would mean another request too.
func (s *server) number(c *gin.Context) {
	c.Writer.Header()[requestIDHeader] = []string{strconv.FormatUint(rand.Uint64(), 36)}
}

func requestID(c *gin.Context) string { return c.Writer.Header().Get(requestIDHeader) }

// access writes one line for each request. It names the route and never the address, which may
// hold a personal link, nor who asked. Answers of which nothing was new are told at debug level.
func (s *server) access(c *gin.Context) {
	start := s.now()
	c.Next()
	if s.observe != nil {
		s.observe(c.FullPath(), c.Request.Method, c.Writer.Status(), s.now().Sub(start))
	}
	ctx, level, route := c.Request.Context(), slog.LevelInfo, s.routeName(c)
	if c.Writer.Status() == http.StatusNotModified || route == "static" {
		level = slog.LevelDebug
	}
	if !s.log.Enabled(ctx, level) {
		return
	}
	s.log.LogAttrs(ctx, level, "request",
		slog.String("request_id", requestID(c)),
		slog.String("method", c.Request.Method),
		slog.String("route", route),
		slog.String("pattern", c.FullPath()),
		slog.Int("status", c.Writer.Status()),
		slog.Int("bytes", max(c.Writer.Size(), 0)),
		slog.Int64("took_us", s.now().Sub(start).Microseconds()),
	)
}

// routeName is the name of the route that answers, "none" where there is none.
func (s *server) routeName(c *gin.Context) string {
	if name, ok := s.names[c.FullPath()]; ok {
		return name
	}
	return "none"
}

// catch turns a panic into the page for our own faults.
func (s *server) catch(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(v)
		}
		s.log.ErrorContext(c.Request.Context(), "panic", "request_id", requestID(c),
			"route", s.routeName(c), "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		s.fail(c, errors.New("panic"))
	}()
	c.Next()
}

// policy is the Content-Security-Policy: everything from here, nothing inline, framed by nobody.
const policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const features = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"

// header is one header field in its canonical form.
type header struct {
	name   string
	values []string
}

func securityHeaders(https bool) []header {
	h := []header{
		{"Content-Security-Policy", []string{policy}},
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Referrer-Policy", []string{"same-origin"}},
		{"Permissions-Policy", []string{features}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
	}
	if https {
		h = append(h, header{"Strict-Transport-Security", []string{"max-age=31536000"}})
	}
	return h
}

// secure sets the headers every answer has. The values are shared between requests and are
// replaced, never appended to.
func (s *server) secure(c *gin.Context) {
	put(c.Writer.Header(), s.headers)
}

func put(h http.Header, fields []header) {
	for _, f := range fields {
		h[f.name] = f.values
	}
}

// classHeaders are the headers that the routes of a class have beside those. A page about one person
// is kept by no one, found by no search, told to no one. A form and what follows it is kept by the
// visitor's own browser, so that its way back shows what was typed and does not ask whether to send
// everything again.
func classHeaders(c Class) []header {
	hidden := header{"X-Robots-Tag", []string{"noindex, nofollow"}}
	switch c {
	case ClassPersonal:
		return []header{hidden, {"Cache-Control", []string{"no-store"}}, {"Referrer-Policy", []string{"no-referrer"}}}
	case ClassForm:
		return []header{hidden, {"Cache-Control", []string{"private, no-cache"}}}
	case ClassStaff, ClassEntry:
		return []header{hidden, {"Cache-Control", []string{"no-store"}}, {"Vary", []string{"Cookie"}}}
	}
	return nil
}

// host refuses requests for other hosts than ours, so that no page, link or cache can be made with
// a name that someone else chose. Machines that ask how we are may use the bare address.
func (s *server) host(c *gin.Context) {
	if c.Request.Host == s.base.Host { // as nearly everyone writes it
		return
	}
	name := hostname(c.Request.Host)
	if name == hostname(s.base.Host) || (isLoopback(hostname(s.base.Host)) && isLoopback(name)) {
		return
	}
	if path := c.FullPath(); path == HealthPath || path == ReadyPath {
		return
	}
	s.fail(c, &Refusal{Status: http.StatusMisdirectedRequest})
}

// The paths of the routes for machines that ask how we are, and whether to send visitors here.
const (
	HealthPath = "/healthz"
	ReadyPath  = "/readyz"
)

func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(strings.TrimSuffix(host, "."), "[]"))
}

func isLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// crossOrigin refuses what another site made the visitor's browser send, save where a route is open to that.
func (s *server) crossOrigin(c *gin.Context) {
	if s.open[c.Request.Method+" "+c.FullPath()] {
		return
	}
	if err := s.cross.Check(c.Request); err != nil {
		s.fail(c, &Refusal{Status: http.StatusForbidden, Key: "error.cross_origin"})
	}
}

// body limits what is read, and refuses at once what is known to be too much.
func (s *server) body(c *gin.Context) {
	most := int64(MaxBody)
	if more, ok := s.bodies[c.Request.Method+" "+c.FullPath()]; ok {
		most = more
	}
	if c.Request.ContentLength > most {
		s.fail(c, &Refusal{Status: http.StatusRequestEntityTooLarge})
		return
	}
	if c.Request.Body != nil && c.Request.Body != http.NoBody {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most)
	}
}
